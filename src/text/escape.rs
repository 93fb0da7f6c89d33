//! Escapes outside values for the place where they land: Markdown, a shell command, a terminal.
//! A value stays what it was for a reader; it can no longer be markup, a command or a control sequence.

use std::borrow::Cow;
use std::io::{self, Write};

use crate::model::quote::is_hidden;

/// Writes a value as Markdown text: no markup, no HTML, no table cell, no line of its own.
///
/// The rules are those of CommonMark (any ASCII punctuation may be escaped by a backslash) and of GitHub's tables (a
/// pipe in a cell must be). Underscores inside words are left alone because neither reads them as emphasis.
///
/// # Errors
///
/// Those of the writer.
pub fn write_markdown(value: &str, out: &mut dyn Write) -> io::Result<()> {
    out.write_all(to_markdown(value).as_bytes())
}

/// A value as Markdown text.
#[must_use]
pub fn to_markdown(value: &str) -> String {
    let value = to_one_line(value);
    let mut out = String::with_capacity(value.len());
    let marker = find_list_marker(&value);
    let mut before: Option<char> = None;
    let mut chars = value.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        let is_word = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
        let escaped = match c {
            '\\' | '`' | '*' | '[' | ']' | '<' | '|' | '~' | '$' | '&' => true,
            '_' => !(is_word(before) && is_word(chars.peek().map(|(_, next)| *next))),
            '#' | '-' | '+' | '=' | '>' => at == 0,
            _ => marker == Some(at),
        };
        if escaped {
            out.push('\\');
        }
        out.push(c);
        before = Some(c);
    }
    out
}

/// A sentence of this tool as Markdown: its code spans stay, all else is text.
#[must_use]
pub fn to_prose(sentence: &str) -> String {
    fill_sentence(sentence, &to_markdown, &to_code)
}

/// A sentence of this tool as a part of a comment in GitLab or GitHub: nobody is mentioned, nothing is linked or done.
///
/// A backslash before `@` or `#` stops only some of these systems, so a word with such a mark becomes code, where all of
/// them leave it alone (<https://docs.gitlab.com/user/markdown/#gitlab-specific-references>).
#[must_use]
pub fn to_comment(sentence: &str) -> String {
    let to_words = |text: &str| {
        let words = to_one_line(text);
        let words = words.split(' ').map(|word| if is_reference(word) { to_code(word) } else { to_markdown(word) });
        words.collect::<Vec<_>>().join(" ")
    };
    fill_sentence(sentence, &to_words, &to_code)
}

/// Says whether a comment could read a word as a mention, as the number of an issue, as an address or as a command.
fn is_reference(word: &str) -> bool {
    let is_numbered = |mark: char| {
        let mut after = word.split(mark).skip(1);
        after.any(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
    };
    word.contains('@')
        || word.contains("://")
        || word.starts_with('/')
        || word.starts_with("www.")
        || ['#', '!', '$', '%', '~', '&'].into_iter().any(is_numbered)
}

/// Writes a value into HTML, as text or as the value of an attribute.
///
/// # Errors
///
/// Those of the writer.
pub fn write_html(value: &str, out: &mut dyn Write) -> io::Result<()> {
    out.write_all(to_html(value).as_bytes())
}

/// A sentence of this tool as HTML: its code spans become elements, all else is text.
#[must_use]
pub fn to_html_prose(sentence: &str) -> String {
    let to_element = |code: &str| format!("<code>{}</code>", to_html(code));
    fill_sentence(sentence, &|text| to_html(&to_one_line(text)), &to_element)
}

/// A value as text in HTML or as the value of an attribute; control and direction characters are shown.
#[must_use]
pub fn to_html(value: &str) -> String {
    let mut out = String::with_capacity(value.len());
    for c in value.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c if is_hidden(c) && c != '\n' && c != '\t' => out.extend(c.escape_unicode()),
            c => out.push(c),
        }
    }
    out
}

/// A sentence whose code spans and other parts are written in two ways.
fn fill_sentence(sentence: &str, to_text: &dyn Fn(&str) -> String, to_span: &dyn Fn(&str) -> String) -> String {
    let parts: Vec<&str> = sentence.split('`').collect();
    if parts.len().is_multiple_of(2) {
        return to_text(sentence);
    }
    let mut out = String::new();
    for (at, part) in parts.into_iter().enumerate() {
        if at % 2 == 1 {
            out.push_str(&to_span(part));
            continue;
        }
        let inner = to_text(part);
        // Spaces at the seams are part of the sentence.
        let (before, after) = (part.starts_with(' '), part.ends_with(' ') && !part.trim().is_empty());
        out.push_str(if before { " " } else { "" });
        out.push_str(&inner);
        out.push_str(if after { " " } else { "" });
    }
    out
}

/// The place of the `.` or `)` that would make a numbered list of the text.
fn find_list_marker(text: &str) -> Option<usize> {
    let digits = text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let mut rest = text[digits..].chars();
    let marked = digits > 0 && matches!(rest.next(), Some('.' | ')'));
    (marked && rest.next().is_none_or(char::is_whitespace)).then_some(digits)
}

/// A value as the inside of a code span, with the backticks around it.
///
/// Nothing can be escaped in a code span, so the fence is made longer than any run of backticks inside.
#[must_use]
pub fn to_code(value: &str) -> String {
    let value = to_one_line(value);
    if value.is_empty() {
        return String::new();
    }
    let fence = "`".repeat(longest_run(&value, '`') + 1);
    let space = if value.starts_with('`') || value.ends_with('`') { " " } else { "" };
    format!("{fence}{space}{value}{space}{fence}")
}

/// A text as a fenced block of code.
#[must_use]
pub fn to_fence(text: &str, language: &str) -> String {
    let fence = "`".repeat((longest_run(text, '`') + 1).max(3));
    let text: String = text.trim_end().chars().filter(|&c| c == '\n' || c == '\t' || !is_hidden(c)).collect();
    format!("{fence}{language}\n{text}\n{fence}")
}

/// An address as the target of a Markdown link; nothing that is not http or https becomes one.
#[must_use]
pub fn to_link_target(url: &str) -> Option<String> {
    if !(url.starts_with("https://") || url.starts_with("http://")) {
        return None;
    }
    let mut out = String::with_capacity(url.len());
    for c in url.chars() {
        match c {
            '(' | ')' | '<' | '>' | '"' | '\\' | '|' | '`' | '[' | ']' | '*' => {
                out.push_str(&format!("%{:02X}", u32::from(c)));
            }
            c if c.is_whitespace() || is_hidden(c) => {
                let mut bytes = [0; 4];
                c.encode_utf8(&mut bytes).bytes().for_each(|byte| out.push_str(&format!("%{byte:02X}")));
            }
            c => out.push(c),
        }
    }
    Some(out)
}

/// Writes a value into a command. It may stand inside quotes there, or outside, so quoting it is not safe; a value that
/// a shell could read as anything but a word is refused instead.
///
/// # Errors
///
/// Such a value, and those of the writer.
pub fn write_shell(value: &str, out: &mut dyn Write) -> io::Result<()> {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "_@%+=:,./{}-".contains(c);
    if value.chars().all(is_plain) {
        return out.write_all(value.as_bytes());
    }
    Err(io::Error::other("a shell could read this value as something else than a word"))
}

/// A value for a terminal: control and direction characters are shown, not sent.
#[must_use]
pub fn to_terminal(value: &str) -> Cow<'_, str> {
    if !value.chars().any(is_hidden) {
        return Cow::Borrowed(value);
    }
    let shown = value.chars().flat_map(|c| match is_hidden(c) {
        true => c.escape_unicode().collect::<Vec<char>>(),
        false => vec![c],
    });
    Cow::Owned(shown.collect())
}

/// A value on one line: white space becomes single spaces, what cannot be seen is left out.
#[must_use]
pub fn to_one_line(value: &str) -> String {
    let mut out = String::with_capacity(value.len());
    let mut follows_space = false;
    for c in value.chars() {
        if c.is_whitespace() {
            follows_space = true;
        } else if !is_hidden(c) {
            if follows_space && !out.is_empty() {
                out.push(' ');
            }
            follows_space = false;
            out.push(c);
        }
    }
    out
}

fn longest_run(text: &str, wanted: char) -> usize {
    let mut longest = 0;
    let mut run = 0;
    for c in text.chars() {
        run = if c == wanted { run + 1 } else { 0 };
        longest = longest.max(run);
    }
    longest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn leaves_plain_names_alone() {
        for name in ["GitLab Runner", "1.27.0", "node_exporter", "a-b", "CNG (charts)", "go 1.26"] {
            assert_eq!(to_markdown(name), name);
        }
    }

    #[test]
    fn makes_markup_readable_text() {
        let cases = [
            ("a|b", "a\\|b"),
            ("`x`", "\\`x\\`"),
            ("<script>", "\\<script>"),
            ("> x", "\\> x"),
            ("](javascript:alert(1))", "\\](javascript:alert(1))"),
            ("a\nb", "a b"),
            ("# x", "\\# x"),
            ("- x", "\\- x"),
            ("1. x", "1\\. x"),
            ("_x_", "\\_x\\_"),
            ("&amp;", "\\&amp;"),
            ("a\u{202e}b\u{7}", "ab"),
        ];
        for (value, expected) in cases {
            assert_eq!(to_markdown(value), expected);
        }
    }

    #[test]
    fn keeps_the_code_of_a_sentence() {
        assert_eq!(to_prose("from 1.26 in `<1.27`, tagged a|b"), "from 1.26 in `<1.27`, tagged a\\|b");
        assert_eq!(to_prose("`a` `b` c"), "`a` `b` c");
        assert_eq!(to_prose("odd ` tick <b>"), "odd \\` tick \\<b>");
    }

    #[test]
    fn a_comment_mentions_nobody_and_does_nothing() {
        let cases = [
            ("ask @all, then a@b.org", "ask `@all,` then `a@b.org`"),
            ("`@all` see #12 and group!3, not C# or # 1", "`@all` see `#12` and `group!3,` not C# or \\# 1"),
            ("/close", "`/close`"),
            ("go\n/approve now", "go `/approve` now"),
            ("see https://x.org and www.x.org", "see `https://x.org` and `www.x.org`"),
            ("<b>`x`</b> @`y` ` odd @", "\\<b>\\`x\\`\\</b> `` @`y` `` \\` odd `@`"),
        ];
        for (value, expected) in cases {
            assert_eq!(to_comment(value), expected);
        }
    }

    #[test]
    fn html_is_text_and_code() {
        assert_eq!(to_html_prose("a `<b>` & 'c'"), "a <code>&lt;b&gt;</code> &amp; &#39;c&#39;");
        assert_eq!(to_html_prose("odd ` <b>"), "odd ` &lt;b&gt;");
        assert_eq!(to_html("a\u{1b}[1m\u{202e}\n\"b\""), "a\\u{1b}[1m\\u{202e}\n&quot;b&quot;");
    }

    #[test]
    fn fences_code_with_more_backticks_than_it_holds() {
        assert_eq!(to_code("a"), "`a`");
        assert_eq!(to_code("a`b"), "``a`b``");
        assert_eq!(to_code("`a"), "`` `a ``");
        assert_eq!(to_code("a|b"), "`a|b`");
        assert_eq!(to_fence("```\nx", "sh"), "````sh\n```\nx\n````");
    }

    #[test]
    fn links_to_the_web_only() {
        assert_eq!(to_link_target("https://x.org/a(b)").as_deref(), Some("https://x.org/a%28b%29"));
        assert_eq!(to_link_target("https://x.org/a b").as_deref(), Some("https://x.org/a%20b"));
        assert_eq!(to_link_target("javascript:alert(1)"), None);
    }

    #[test]
    fn refuses_what_a_shell_would_read() {
        let shell = |value: &str| {
            let mut out = Vec::new();
            write_shell(value, &mut out).ok().and_then(|()| String::from_utf8(out).ok())
        };
        for value in ["workhorse/go.mod", "1.27.0", "{to}", "https://x.org/a"] {
            assert_eq!(shell(value).as_deref(), Some(value));
        }
        for value in ["a; rm -rf $HOME", "it's", "a b", "`x`", "$(x)", "a\nb", "a|b", "\"", "*", "~", "é"] {
            assert_eq!(shell(value), None, "{value}");
        }
    }

    #[test]
    fn shows_control_characters_on_a_terminal() {
        assert_eq!(to_terminal("a\u{1b}[31mb"), "a\\u{1b}[31mb");
        assert_eq!(to_terminal("plain"), "plain");
    }
}
