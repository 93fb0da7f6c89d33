//! Turns code into HTML in which its parts have classes of one letter, for the stylesheet to colour. Each block is looked
//! at once, however many pages show it: grammars are slow.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::ops::Range;
use std::sync::{Arc, LazyLock, Mutex, OnceLock, PoisonError};

use syntect::parsing::{ParseState, Scope, ScopeStack, SyntaxReference, SyntaxSet};
use syntect::util::LinesWithEndings;

use crate::text::escape::to_html;

/// How much highlighted code is kept for the next page that shows it, in bytes.
const MOST_KEPT: usize = 48 << 20;

/// The largest block that is highlighted, in bytes; a larger one stays plain.
const LARGEST_BLOCK: usize = 64 << 10;

/// The longest line that is highlighted, in bytes: the time that grammars take grows faster than lines do.
const LONGEST_LINE: usize = 2000;

/// Scopes, as grammars name the parts of code, with the class of each; the first that fits holds.
const CLASSES: [(&str, char); 26] = [
    ("comment", 'c'),
    ("punctuation.definition.comment", 'c'),
    ("punctuation.definition.variable", 'v'),
    ("constant.character.escape", 'e'),
    ("constant.other.placeholder", 'e'),
    ("constant.numeric", 'n'),
    ("variable.function", 'f'),
    ("variable.parameter.option", 'o'),
    ("variable.language", 'v'),
    ("variable", 'v'),
    ("string", 's'),
    ("constant", 'n'),
    ("keyword", 'k'),
    ("storage", 'k'),
    ("entity.name.function", 'f'),
    ("support.function", 'f'),
    ("entity.name.tag", 't'),
    ("entity.other.attribute-name", 'a'),
    ("entity.name", 't'),
    ("entity.other", 't'),
    ("support", 't'),
    ("meta.diff.header", 'h'),
    ("markup.inserted", 'i'),
    ("markup.deleted", 'd'),
    ("markup.heading", 'h'),
    ("markup.raw", 's'),
];

/// The same with scopes that can be compared at once; empty where a name is none.
static SCOPES: LazyLock<Vec<(Scope, char)>> = LazyLock::new(|| {
    CLASSES.iter().filter_map(|(name, class)| Scope::new(name).ok().map(|scope| (scope, *class))).collect()
});

/// Highlights code.
#[derive(Default)]
pub struct Highlighter {
    syntaxes: OnceLock<SyntaxSet>,
    known: Mutex<Known>,
}

#[derive(Default)]
struct Known {
    blocks: BTreeMap<(String, String), Arc<str>>,
    size: usize,
}

impl Highlighter {
    /// The inside of a `code` element for a block of a language; plain text where the language is not known.
    #[must_use]
    pub fn to_html(&self, language: &str, code: &str) -> Arc<str> {
        if language.is_empty() || code.len() > LARGEST_BLOCK {
            return to_html(code).into();
        }
        let key = (language.to_owned(), code.to_owned());
        let known = |key| self.known.lock().unwrap_or_else(PoisonError::into_inner).blocks.get(key).cloned();
        if let Some(html) = known(&key) {
            return html;
        }
        let syntaxes = self.syntaxes.get_or_init(two_face::syntax::extra_newlines);
        let html: Arc<str> = match syntaxes.find_syntax_by_token(language) {
            Some(syntax) => highlight(syntaxes, syntax, code).unwrap_or_else(|| to_html(code)).into(),
            None => to_html(code).into(),
        };
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.size += key.0.len() + key.1.len() + html.len();
        if known.size <= MOST_KEPT {
            known.blocks.insert(key, Arc::clone(&html));
        }
        html
    }
}

/// Highlights code; nothing where the grammar fails.
fn highlight(syntaxes: &SyntaxSet, syntax: &SyntaxReference, code: &str) -> Option<String> {
    let mut state = ParseState::new(syntax);
    let mut stack = ScopeStack::new();
    let mut out = Spans::default();
    for line in LinesWithEndings::from(code) {
        if line.len() > LONGEST_LINE {
            return None;
        }
        let mut from = 0;
        for (at, change) in state.parse_line(line, syntaxes).ok()? {
            out.push(line, from..at, &stack);
            from = at;
            stack.apply(&change).ok()?;
        }
        out.push(line, from..line.len(), &stack);
    }
    Some(out.finish())
}

/// HTML in which neighbours of one class are one element.
#[derive(Default)]
struct Spans {
    html: String,
    open: Option<char>,
    text: String,
}

impl Spans {
    fn push(&mut self, line: &str, range: Range<usize>, stack: &ScopeStack) {
        let Some(text) = line.get(range).filter(|text| !text.is_empty()) else { return };
        // White space has no colour, so it does not break an element in two.
        if text.trim().is_empty() {
            self.text.push_str(text);
            return;
        }
        let class = find_class(stack);
        if class != self.open {
            self.close();
            self.open = class;
        }
        self.text.push_str(text);
    }

    fn close(&mut self) {
        let text = std::mem::take(&mut self.text);
        if text.is_empty() {
            return;
        }
        let (text, space) = text.split_at(text.trim_end().len());
        match self.open {
            Some(class) => _ = write!(self.html, "<span class=\"{class}\">{}</span>{space}", to_html(text)),
            None => _ = write!(self.html, "{}{space}", to_html(text)),
        }
    }

    fn finish(mut self) -> String {
        self.close();
        self.html
    }
}

fn find_class(stack: &ScopeStack) -> Option<char> {
    stack
        .scopes
        .iter()
        .rev()
        .find_map(|scope| SCOPES.iter().find(|(known, _)| known.is_prefix_of(*scope)).map(|(_, class)| *class))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_of_code_have_classes() {
        let highlighter = Highlighter::default();
        let cases = [
            (
                "sh",
                "git push \"$remote\" # now\n",
                "<span class=\"f\">git</span> push <span class=\"s\">&quot;</span><span class=\"v\">$remote</span><span class=\"s\">&quot;</span> <span class=\"c\"># now</span>\n",
            ),
            ("yaml", "go: \"1.27\"\n", "<span class=\"t\">go</span>: <span class=\"s\">&quot;1.27&quot;</span>\n"),
            ("no-such-language", "a <b> & c\n", "a &lt;b&gt; &amp; c\n"),
            ("", "a <b>\n", "a &lt;b&gt;\n"),
        ];
        for (language, code, expected) in cases {
            assert_eq!(&*highlighter.to_html(language, code), expected, "{language}");
        }
    }

    #[test]
    fn all_classes_are_of_scopes_that_exist() {
        assert_eq!(SCOPES.len(), CLASSES.len());
    }

    #[test]
    fn code_cannot_leave_its_element() {
        let highlighter = Highlighter::default();
        for language in ["sh", "html", "js", "yaml", "diff"] {
            let html = highlighter.to_html(language, "</code></pre><script>alert('1')</script>\n");
            assert!(!html.contains("<script") && !html.contains("</code"), "{language}: {html}");
        }
    }

    #[test]
    fn the_text_stays_the_same() {
        let highlighter = Highlighter::default();
        let code = "for f in *.go; do\n\tsed -i 's/1.26/1.27/' \"$f\"   # each\ndone\n\n{ broken: [\n";
        for language in ["sh", "go", "ruby", "json", "toml", "dockerfile", "yaml", "rust"] {
            let html = highlighter.to_html(language, code);
            let mut text = String::new();
            let mut inside = false;
            for c in html.chars() {
                match c {
                    '<' => inside = true,
                    '>' => inside = false,
                    c if !inside => text.push(c),
                    _ => {}
                }
            }
            let text = text.replace("&quot;", "\"").replace("&#39;", "'").replace("&lt;", "<").replace("&gt;", ">");
            assert_eq!(text.replace("&amp;", "&"), code, "{language}");
        }
    }
}
