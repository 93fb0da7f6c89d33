//! Turns Markdown into HTML for the site. Nothing in it can run or load anything: raw HTML becomes text, links keep only
//! harmless addresses, pictures become links.

use std::borrow::Cow;
use std::collections::BTreeMap;

use jiff::civil::Date;
use linkify::{LinkFinder, LinkKind};
use pulldown_cmark::{
    Alignment, BlockQuoteKind, CodeBlockKind, CowStr, Event, HeadingLevel, Options, Parser, Tag, TagEnd, html,
};

use crate::render::highlight::Highlighter;
use crate::render::layout::to_anchor;
use crate::text::escape::to_html;

/// A Markdown text as HTML.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Document {
    /// The text of the first heading of the first level, which the page shows itself.
    pub title: Option<String>,
    /// All else.
    pub html: String,
    /// The headings below the title, in order.
    pub headings: Vec<Heading>,
    /// The words, for a search.
    pub words: String,
}

/// A heading.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Heading {
    /// Its level, from 2.
    pub level: u8,
    /// Its anchor.
    pub id: String,
    /// Its text.
    pub text: String,
}

/// What a page adds to a text.
pub struct Setting<'a> {
    /// Colours code.
    pub highlighter: &'a Highlighter,
    /// Says where a link to another file of the site leads.
    pub link: &'a dyn Fn(&str) -> String,
    /// HTML that is put below the headings with these anchors.
    pub inserts: BTreeMap<String, String>,
    /// Whether words are collected.
    pub with_words: bool,
    /// What the text is.
    pub kind: Kind,
}

/// What a text is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A page: it has headings, and links to others.
    Page,
    /// A text of the catalog inside a page.
    Fragment,
}

fn options() -> Options {
    Options::ENABLE_TABLES
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_GFM
        | Options::ENABLE_YAML_STYLE_METADATA_BLOCKS
}

/// Turns a text into HTML.
#[must_use]
pub fn to_document(markdown: &str, setting: &Setting<'_>) -> Document {
    let mut reader = Reader::new(setting);
    Parser::new_ext(markdown, options()).for_each(|event| reader.take(event));
    // The size of the HTML is near that of the text.
    let mut out = String::with_capacity(markdown.len() * 2);
    html::push_html(&mut out, reader.out.into_iter());
    Document { title: reader.title, html: out, headings: reader.headings, words: reader.words }
}

/// Turns a text of the catalog, which is no page, into HTML: it has no headings of its own, and links lead outside.
#[must_use]
pub fn to_fragment(markdown: &str, highlighter: &Highlighter) -> String {
    let setting = Setting {
        highlighter,
        link: &str::to_owned,
        inserts: BTreeMap::new(),
        with_words: false,
        kind: Kind::Fragment,
    };
    to_document(markdown, &setting).html
}

/// A sentence as HTML, without a paragraph around it.
#[must_use]
pub fn to_inline(markdown: &str, highlighter: &Highlighter) -> String {
    let html = to_fragment(markdown, highlighter);
    let html = html.trim();
    match html.strip_prefix("<p>").and_then(|html| html.strip_suffix("</p>")) {
        Some(inside) if !inside.contains("<p>") => inside.to_owned(),
        _ => html.to_owned(),
    }
}

/// Takes events one by one and puts those in order that HTML is made of.
struct Reader<'a, 's> {
    setting: &'s Setting<'s>,
    out: Vec<Event<'a>>,
    title: Option<String>,
    headings: Vec<Heading>,
    words: String,
    /// How often each anchor was given.
    anchors: BTreeMap<String, usize>,
    /// The language and text of a block of code.
    code: Option<(String, String)>,
    /// The level of a heading, where it began, and its text.
    heading: Option<(HeadingLevel, usize, String)>,
    /// Where the head of a table began, and whether it says anything.
    head: Option<(usize, bool)>,
    /// How the columns of a table are aligned.
    alignments: Vec<Alignment>,
    /// The column of a cell.
    column: usize,
    /// Where a cell began, and its text.
    cell: Option<(usize, String)>,
    /// For each link or picture that is open, whether it became one.
    links: Vec<bool>,
    is_in_metadata: bool,
}

impl<'a, 's> Reader<'a, 's> {
    fn new(setting: &'s Setting<'s>) -> Self {
        Self {
            setting,
            out: Vec::new(),
            title: None,
            headings: Vec::new(),
            words: String::new(),
            anchors: BTreeMap::new(),
            code: None,
            heading: None,
            head: None,
            alignments: Vec::new(),
            column: 0,
            cell: None,
            links: Vec::new(),
            is_in_metadata: false,
        }
    }

    fn take(&mut self, event: Event<'a>) {
        match event {
            Event::Start(Tag::MetadataBlock(_)) => self.is_in_metadata = true,
            Event::End(TagEnd::MetadataBlock(_)) => self.is_in_metadata = false,
            _ if self.is_in_metadata => {}
            Event::Start(tag) => self.open(tag),
            Event::End(tag) => self.close(tag),
            Event::Text(text) => self.text(text),
            Event::Code(code) => {
                self.say(&code);
                self.out.push(Event::Code(code));
            }
            // A comment says nothing to readers.
            Event::Html(html) | Event::InlineHtml(html) if html.trim_start().starts_with("<!--") => {}
            Event::Html(html) | Event::InlineHtml(html) => self.out.push(Event::Text(html)),
            Event::TaskListMarker(is_done) => self.push(match is_done {
                true => "<span class=\"box\" role=\"img\" aria-label=\"done\">☑</span> ",
                false => "<span class=\"box\" role=\"img\" aria-label=\"open\">☐</span> ",
            }),
            other => {
                if matches!(other, Event::SoftBreak | Event::HardBreak) {
                    self.say(" ");
                }
                self.out.push(other);
            }
        }
    }

    fn push(&mut self, html: impl Into<CowStr<'a>>) {
        self.out.push(Event::Html(html.into()));
    }

    /// Notes words of a heading, and for the search.
    fn say(&mut self, text: &str) {
        if let Some((_, _, heading)) = &mut self.heading {
            heading.push_str(text);
        } else if let Some((_, says)) = &mut self.head {
            *says |= !text.trim().is_empty();
        } else if let Some((_, cell)) = &mut self.cell {
            cell.push_str(text);
        }
        if self.setting.with_words {
            self.words.push_str(text);
            self.words.push(' ');
        }
    }

    /// Keeps the words of one part from those of the next.
    fn end_words(&mut self) {
        if self.setting.with_words {
            self.words.push('\n');
        }
    }

    fn text(&mut self, text: CowStr<'a>) {
        if let Some((_, code)) = &mut self.code {
            code.push_str(&text);
            return;
        }
        self.say(&text);
        if self.links.is_empty() && self.heading.is_none() && text.contains("://") {
            self.addresses(&text);
            return;
        }
        self.out.push(Event::Text(text));
    }

    /// Makes links of addresses that merely stand there.
    fn addresses(&mut self, text: &str) {
        let mut finder = LinkFinder::new();
        finder.kinds(&[LinkKind::Url]);
        for span in finder.spans(text) {
            let (shown, owned) = (span.as_str(), CowStr::from(span.as_str().to_owned()));
            if span.kind().is_some() && is_outside(shown) {
                self.push(format!("<a href=\"{}\" rel=\"noopener\">", to_html(shown)));
                self.out.push(Event::Text(owned));
                self.push("</a>");
            } else {
                self.out.push(Event::Text(owned));
            }
        }
    }

    fn open(&mut self, tag: Tag<'a>) {
        match tag {
            Tag::CodeBlock(kind) => {
                let language = match kind {
                    CodeBlockKind::Fenced(info) => info.split_whitespace().next().unwrap_or_default().to_owned(),
                    CodeBlockKind::Indented => String::new(),
                };
                self.code = Some((language, String::new()));
            }
            Tag::Heading { level, .. } => self.heading = Some((level, self.out.len(), String::new())),
            Tag::Table(alignments) => {
                self.alignments = alignments;
                self.push("<div class=\"table\" tabindex=\"0\"><table>\n");
            }
            Tag::TableHead => {
                self.head = Some((self.out.len(), false));
                self.column = 0;
                self.push("<thead><tr>");
            }
            Tag::TableRow => {
                self.column = 0;
                self.push("<tr>");
            }
            Tag::TableCell => {
                let is_right = self.alignments.get(self.column) == Some(&Alignment::Right);
                self.column += 1;
                self.cell = Some((self.out.len(), String::new()));
                self.push(match (self.head.is_some(), is_right) {
                    (true, true) => "<th scope=\"col\" class=\"number\">",
                    (true, false) => "<th scope=\"col\">",
                    (false, true) => "<td class=\"number\">",
                    (false, false) => "<td>",
                });
            }
            Tag::Link { dest_url, title, .. } => self.open_link(&dest_url, &title),
            // A picture would be a request to somebody else.
            Tag::Image { dest_url, title, .. } => self.open_link(&dest_url, &title),
            Tag::HtmlBlock => {}
            Tag::BlockQuote(Some(kind)) => {
                let (class, name) = match kind {
                    BlockQuoteKind::Note => ("note", "Note"),
                    BlockQuoteKind::Tip => ("tip", "Tip"),
                    BlockQuoteKind::Important => ("important", "Important"),
                    BlockQuoteKind::Warning => ("warning", "Warning"),
                    BlockQuoteKind::Caution => ("caution", "Caution"),
                };
                self.push(format!("<blockquote class=\"alert {class}\"><p class=\"alert-name\">{name}</p>\n"));
            }
            other => self.out.push(Event::Start(other)),
        }
    }

    fn close(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::CodeBlock => {
                if let Some((language, code)) = self.code.take() {
                    self.code(&language, &code);
                }
            }
            TagEnd::Heading(_) => self.close_heading(),
            TagEnd::Table => self.push("</tbody></table></div>\n"),
            TagEnd::TableHead => match self.head.take() {
                // A head without a word is there for the sake of Markdown.
                Some((from, false)) => {
                    self.out.truncate(from);
                    self.push("<tbody>\n");
                }
                _ => self.push("</tr></thead><tbody>\n"),
            },
            TagEnd::TableRow => self.push("</tr>\n"),
            TagEnd::TableCell => {
                self.end_words();
                // A day is not broken in two.
                if let Some((from, text)) = self.cell.take()
                    && text.parse::<Date>().is_ok()
                {
                    self.out[from] = Event::Html("<td class=\"date\">".into());
                }
                self.push(if self.head.is_some() { "</th>" } else { "</td>" });
            }
            TagEnd::Link | TagEnd::Image => {
                if self.links.pop() == Some(true) {
                    self.push("</a>");
                }
            }
            TagEnd::HtmlBlock => {}
            TagEnd::Paragraph | TagEnd::Item => {
                self.end_words();
                self.out.push(Event::End(tag));
            }
            other => self.out.push(Event::End(other)),
        }
    }

    fn open_link(&mut self, target: &str, title: &str) {
        let address = match self.setting.kind {
            _ if is_outside(target) => Some((Cow::Borrowed(target), " rel=\"noopener\"")),
            Kind::Page if is_inside(target) => Some((Cow::Owned((self.setting.link)(target)), "")),
            Kind::Page | Kind::Fragment => None,
        };
        self.links.push(address.is_some());
        if let Some((address, rel)) = address {
            let title = if title.is_empty() { String::new() } else { format!(" title=\"{}\"", to_html(title)) };
            self.push(format!("<a href=\"{}\"{title}{rel}>", to_html(&address)));
        }
    }

    /// A heading with its anchor; that of the page is not part of the text, and a fragment has none.
    fn close_heading(&mut self) {
        let Some((level, from, text)) = self.heading.take() else { return };
        if self.setting.kind == Kind::Fragment {
            self.out.insert(from, Event::Html("<p><strong>".into()));
            self.push("</strong></p>\n");
            return;
        }
        if level == HeadingLevel::H1 && self.title.is_none() {
            self.out.truncate(from);
            self.title = Some(text.trim().to_owned());
            return;
        }
        let base = to_anchor(&text);
        let times = self.anchors.entry(base.clone()).or_default();
        let id = if *times == 0 { base.clone() } else { format!("{base}-{times}") };
        *times += 1;
        let level = (level as u8).max(2);
        let name = to_html(text.trim());
        self.out.insert(from, Event::Html(format!("<h{level} id=\"{}\">", to_html(&id)).into()));
        self.push(format!(
            " <a class=\"anchor\" href=\"#{0}\" aria-label=\"Link to {name}\">#</a></h{level}>\n",
            to_html(&id)
        ));
        if let Some(insert) = self.setting.inserts.get(&base).filter(|_| base == id) {
            self.push(insert.clone());
        }
        self.headings.push(Heading { level, id, text: text.trim().to_owned() });
    }

    fn code(&mut self, language: &str, code: &str) {
        // Diagrams in this notation are for readers who draw them; the site has pictures of its own.
        if language == "mermaid" && self.setting.kind == Kind::Page {
            return;
        }
        let html = self.setting.highlighter.to_html(language, code);
        self.push(to_block(&html));
        if self.setting.with_words {
            self.words.push_str(code);
        }
    }
}

/// A block of code whose inside is HTML already. It scrolls, so it can be reached by keyboard.
#[must_use]
pub fn to_block(code: &str) -> String {
    format!("<pre tabindex=\"0\"><code>{code}</code></pre>\n")
}

/// Says whether an address leads to another site in a way that cannot do harm.
fn is_outside(target: &str) -> bool {
    let lower = target.trim_start().get(..8).unwrap_or(target).to_ascii_lowercase();
    lower.starts_with("https://") || lower.starts_with("http://") || lower.starts_with("mailto:")
}

/// Says whether an address leads to a place of this site: it names no scheme and no server.
fn is_inside(target: &str) -> bool {
    let path = target.split(['#', '?']).next().unwrap_or_default();
    !path.contains([':', '\\']) && !path.starts_with('/') && !target.chars().any(char::is_control)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(markdown: &str) -> Document {
        let highlighter = Highlighter::default();
        let setting = Setting {
            highlighter: &highlighter,
            link: &|target| target.replace(".md", "/index.html"),
            inserts: BTreeMap::from([("when".to_owned(), "<figure></figure>\n".to_owned())]),
            with_words: false,
            kind: Kind::Page,
        };
        to_document(markdown, &setting)
    }

    #[test]
    fn texts_become_html() {
        let cases = [
            ("a *b* `c<d`", "<p>a <em>b</em> <code>c&lt;d</code></p>\n"),
            ("~~a~~", "<p><del>a</del></p>\n"),
            (
                "see https://x.org/a_b, now",
                "<p>see <a href=\"https://x.org/a_b\" rel=\"noopener\">https://x.org/a_b</a>, now</p>\n",
            ),
            ("[a](r.md#b)", "<p><a href=\"r/index.html#b\">a</a></p>\n"),
            (
                "- [x] a\n- [ ] b\n",
                "<ul>\n<li><span class=\"box\" role=\"img\" aria-label=\"done\">☑</span> a</li>\n<li><span class=\"box\" role=\"img\" aria-label=\"open\">☐</span> b</li>\n</ul>\n",
            ),
            (
                "```sh\nls <a>\n```",
                "<pre tabindex=\"0\"><code><span class=\"f\">ls</span> <span class=\"k\">&lt;</span>a<span class=\"k\">&gt;</span>\n</code></pre>\n",
            ),
            (
                "> [!WARNING]\n> hot\n",
                "<blockquote class=\"alert warning\"><p class=\"alert-name\">Warning</p>\n<p>hot</p>\n</blockquote>\n",
            ),
            (
                "| a | b |\n|---|--:|\n| 1 | 2 |\n",
                "<div class=\"table\" tabindex=\"0\"><table>\n<thead><tr><th scope=\"col\">a</th><th scope=\"col\" class=\"number\">b</th></tr></thead><tbody>\n<tr><td>1</td><td class=\"number\">2</td></tr>\n</tbody></table></div>\n",
            ),
            (
                "| | |\n|---|---|\n| 1 | 2 |\n",
                "<div class=\"table\" tabindex=\"0\"><table>\n<tbody>\n<tr><td>1</td><td>2</td></tr>\n</tbody></table></div>\n",
            ),
        ];
        for (markdown, expected) in cases {
            assert_eq!(read(markdown).html, expected, "{markdown}");
        }
    }

    #[test]
    fn headings_have_anchors_and_places_for_pictures() {
        let document = read("---\ntitle: x\n---\n# The `page`\n\n## When\n\n## When\n\n### Go 1.27: *now*\n");
        assert_eq!(document.title.as_deref(), Some("The page"));
        let ids: Vec<&str> = document.headings.iter().map(|heading| heading.id.as_str()).collect();
        assert_eq!(ids, ["when", "when-1", "go-127-now"]);
        assert_eq!(
            document.html,
            "<h2 id=\"when\">When <a class=\"anchor\" href=\"#when\" aria-label=\"Link to When\">#</a></h2>\n\
             <figure></figure>\n\
             <h2 id=\"when-1\">When <a class=\"anchor\" href=\"#when-1\" aria-label=\"Link to When\">#</a></h2>\n\
             <h3 id=\"go-127-now\">Go 1.27: <em>now</em> <a class=\"anchor\" href=\"#go-127-now\" aria-label=\"Link to Go 1.27: now\">#</a></h3>\n"
        );
    }

    #[test]
    fn nothing_runs_and_nothing_is_loaded() {
        let texts = [
            "<script>alert(1)</script>",
            "a <img src=x onerror=alert(1)> b",
            "[a](javascript:alert(1))",
            "[a](JaVaScRiPt:alert(1))",
            "[a](data:text/html,<script>)",
            "[a](vbscript:x)",
            "[a](//evil.example/x)",
            "[a](/etc/passwd)",
            "[a](java\nscript:x)",
            "![a](https://evil.example/pixel.png)",
            "![a](javascript:x)",
            "<https://x.org/\"onmouseover=alert(1)>",
            "# <svg onload=alert(1)>\n",
            "[a]: javascript:x\n\n[a]",
            "| <b> | `<i>` |\n|---|---|\n| <iframe> | x |\n",
        ];
        for text in texts {
            let html = read(text).html.to_lowercase();
            for bad in [
                "<script",
                "<img",
                "<svg",
                "<iframe",
                "<b>",
                "href=\"javascript",
                "href=\"data",
                "href=\"vb",
                "href=\"/",
                "src=",
            ] {
                assert!(!html.contains(bad) || (bad == "src=" && html.contains("&lt;img src=")), "{text}: {html}");
            }
        }
    }

    #[test]
    fn sentences_have_no_paragraph() {
        let highlighter = Highlighter::default();
        assert_eq!(
            to_inline("`a` of [b](https://c.org)", &highlighter),
            "<code>a</code> of <a href=\"https://c.org\" rel=\"noopener\">b</a>"
        );
        assert_eq!(to_inline("[b](c.md)", &highlighter), "b");
        assert_eq!(to_fragment("## a\n\nb", &highlighter), "<p><strong>a</strong></p>\n<p>b</p>\n");
    }
}
