//! What a picture is drawn on: shapes and texts in whole pixels. All that comes from outside is escaped here, and no text
//! is wider than its room.

use std::fmt::{Display, Write as _};

use unicode_width::UnicodeWidthChar as _;

use crate::text::escape::{to_html, to_one_line};

/// The class of small text.
pub const SMALL: &str = "sv-small";

/// The class of strong text.
pub const STRONG: &str = "sv-strong";

/// The most characters of a text that are drawn: marks without a width could otherwise be many.
const MOST_CHARACTERS: usize = 200;

/// Which point of a text stands where it is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Anchor {
    /// Its left end.
    Start,
    /// Its middle.
    Middle,
    /// Its right end.
    End,
}

/// A picture that is being drawn.
pub struct Canvas {
    body: String,
    has_links: bool,
}

impl Canvas {
    /// Begins an empty picture.
    pub fn new() -> Self {
        Self { body: String::new(), has_links: false }
    }

    /// Draws a rectangle; one that is narrower than a pixel becomes a pixel wide.
    pub fn rect(&mut self, class: &str, [x, y, width, height]: [i64; 4], round: i64) {
        let (width, height) = (width.max(1), height.max(1));
        let _ = write!(self.body, "<rect class=\"{class}\" x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\"");
        if round > 0 {
            let _ = write!(self.body, " rx=\"{round}\"");
        }
        self.body.push_str("/>\n");
    }

    /// Draws a straight line.
    pub fn line(&mut self, class: &str, [x1, y1]: [i64; 2], [x2, y2]: [i64; 2]) {
        let _ = writeln!(self.body, "<line class=\"{class}\" x1=\"{x1}\" y1=\"{y1}\" x2=\"{x2}\" y2=\"{y2}\"/>");
    }

    /// Draws a circle.
    pub fn circle(&mut self, class: &str, [x, y]: [i64; 2], radius: i64) {
        let _ = writeln!(self.body, "<circle class=\"{class}\" cx=\"{x}\" cy=\"{y}\" r=\"{radius}\"/>");
    }

    /// Draws a path that was made here.
    pub fn path(&mut self, class: &str, path: impl Display) {
        let _ = writeln!(self.body, "<path class=\"{class}\" d=\"{path}\"/>");
    }

    /// Draws a check mark around a point.
    pub fn check(&mut self, [x, y]: [i64; 2]) {
        self.path("sv-check", format_args!("M{} {}l3 3 6 -7", x - 4, y));
    }

    /// Writes a text in the room that it has, and says how wide it became. What does not fit ends in an ellipsis, and the
    /// whole can be seen by pointing at it.
    pub fn text(&mut self, class: &str, at: [i64; 2], anchor: Anchor, text: &str, room: i64) -> i64 {
        let whole = to_one_line(text);
        let shown = fit(&whole, room, class);
        if shown.is_empty() {
            return 0;
        }
        let title = if shown == whole { "" } else { &whole };
        self.push_text(class, at, anchor, &shown, title)
    }

    fn push_text(&mut self, class: &str, [x, y]: [i64; 2], anchor: Anchor, shown: &str, title: &str) -> i64 {
        self.body.push_str("<text");
        if !class.is_empty() {
            let _ = write!(self.body, " class=\"{class}\"");
        }
        let _ = write!(self.body, " x=\"{x}\" y=\"{y}\"");
        match anchor {
            Anchor::Start => {}
            Anchor::Middle => self.body.push_str(" text-anchor=\"middle\""),
            Anchor::End => self.body.push_str(" text-anchor=\"end\""),
        }
        let _ = write!(self.body, ">{}", escape(shown));
        if !title.is_empty() {
            let _ = write!(self.body, "<title>{}</title>", escape(title));
        }
        self.body.push_str("</text>\n");
        width(shown, class)
    }

    /// Writes a text in at most two lines, of which the first stands at the given point; says how many it took.
    pub fn two_lines(&mut self, class: &str, [x, y]: [i64; 2], text: &str, room: i64, step: i64) -> i64 {
        let whole = to_one_line(text);
        let (first, rest) = break_line(&whole, room, class);
        if rest.is_empty() {
            return i64::from(self.text(class, [x, y], Anchor::Start, first, room) > 0);
        }
        let second = fit(rest, room, class);
        let title = if second == rest { "" } else { &whole };
        self.push_text(class, [x, y], Anchor::Start, first, "");
        self.push_text(class, [x, y + step], Anchor::Start, &second, title);
        2
    }

    /// Begins a group of shapes.
    pub fn open(&mut self, class: &str) {
        let _ = writeln!(self.body, "<g class=\"{class}\">");
    }

    /// Begins what leads to an address, where there is one, else a group.
    pub fn open_link(&mut self, href: Option<&str>) -> &'static str {
        match href {
            Some(href) => {
                self.has_links = true;
                let _ = writeln!(self.body, "<a href=\"{}\">", escape(href));
                "</a>\n"
            }
            None => {
                self.body.push_str("<g>\n");
                "</g>\n"
            }
        }
    }

    /// Says what is shown when somebody points at the group that was just begun.
    pub fn say(&mut self, text: &str) {
        let text: String = to_one_line(text).chars().take(4 * MOST_CHARACTERS).collect();
        let _ = writeln!(self.body, "<title>{}</title>", escape(&text));
    }

    /// Ends what `open_link` began.
    pub fn close_link(&mut self, end: &'static str) {
        self.body.push_str(end);
    }

    /// Ends a group.
    pub fn close(&mut self) {
        self.body.push_str("</g>\n");
    }

    /// The whole picture.
    ///
    /// A picture with links is a group to those who do not see it: an image has no parts that one could go to.
    pub fn finish(self, id: &str, [width, height]: [i64; 2], title: &str, description: &str) -> String {
        let role = if self.has_links { "group" } else { "img" };
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"sv\" role=\"{role}\" aria-labelledby=\"{id}-title {id}-desc\" \
             viewBox=\"0 0 {width} {height}\" width=\"{width}\" height=\"{height}\">\n<title id=\"{id}-title\">{}</title>\n\
             <desc id=\"{id}-desc\">{}</desc>\n{}</svg>",
            escape(&to_one_line(title)),
            escape(&to_one_line(description)),
            self.body
        )
    }
}

/// A text of the picture as XML, which has no place for the last two code points of a plane at all.
fn escape(text: &str) -> String {
    to_html(&text.replace(['\u{fffe}', '\u{ffff}'], "\u{fffd}"))
}

/// An id that can stand in an attribute and in a list of ids.
pub fn to_id(id: &str) -> String {
    id.chars().map(|c| if c.is_ascii_alphanumeric() || c == '-' || c == '_' { c } else { '-' }).collect()
}

/// How wide a text is at most, in pixels. Nobody knows the font of the reader, so this is reckoned with a wide one.
pub fn width(text: &str, class: &str) -> i64 {
    let thousandths: i64 = text.chars().map(to_thousandths).sum();
    (thousandths * size(class) + 999) / 1000
}

/// The width of a character of a size of 1,000, as in the widest of the usual fonts.
fn to_thousandths(c: char) -> i64 {
    match c {
        'i' | 'j' | 'l' | 'I' | '.' | ',' | ':' | ';' | '|' | '\'' | '!' | ' ' => 340,
        'f' | 'r' | 't' | '(' | ')' | '[' | ']' | '/' | '-' => 420,
        'm' | 'w' | 'M' | 'W' | '@' | '%' | '–' | '…' => 1010,
        c if c.is_ascii_uppercase() => 790,
        c => match c.width() {
            Some(0) => 0,
            Some(1) if c.is_ascii() => 650,
            Some(1) => 850,
            _ => 1250,
        },
    }
}

/// The size of the text of a class, which strong letters make a tenth wider.
fn size(class: &str) -> i64 {
    match class {
        class if class.contains(SMALL) => 11,
        class if class.contains(STRONG) => 15,
        _ => 13,
    }
}

/// A text, or as much of its beginning as fits with an ellipsis.
pub fn fit(text: &str, room: i64, class: &str) -> String {
    if text.chars().count() <= MOST_CHARACTERS && width(text, class) <= room {
        return text.to_owned();
    }
    let room = room - width("…", class);
    if room < 0 {
        return String::new();
    }
    let mut kept = text[..take(text, room, class)].trim_end_matches([' ', '.', ',']).to_owned();
    kept.push('…');
    kept
}

/// Where the longest beginning of a text that fits ends.
fn take(text: &str, room: i64, class: &str) -> usize {
    let mut thousandths = 0;
    let most = text.char_indices().enumerate().find(|(at, (_, c))| {
        thousandths += to_thousandths(*c);
        *at == MOST_CHARACTERS || thousandths * size(class) > room * 1000
    });
    most.map_or(text.len(), |(_, (at, _))| at)
}

/// Splits a text behind the last word that fits into a line.
fn break_line<'a>(text: &'a str, room: i64, class: &str) -> (&'a str, &'a str) {
    let end = take(text, room, class);
    if end == text.len() {
        return (text, "");
    }
    // A space that is the first thing without room ends a word that has some.
    let space = if text[end..].starts_with(' ') { Some(end) } else { text[..end].rfind(' ') };
    let at = space.filter(|at| *at > 0).unwrap_or(end);
    (&text[..at], text[at..].trim_start())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_cut_to_its_room() {
        for (text, room, expected) in [
            ("Go", 40, "Go"),
            ("Open the epic", 60, "Open t…"),
            ("Open the epic", 14, "…"),
            ("Open the epic", 5, ""),
            ("漢字漢字", 60, "漢字…"),
        ] {
            assert_eq!(fit(text, room, ""), expected);
        }
    }

    #[test]
    fn a_line_is_broken_between_words() {
        for (text, expected) in [
            ("Open the epic now", ("Open the epic", "now")),
            ("Openallthoseepics", ("Openallthose", "epics")),
            ("Open it", ("Open it", "")),
        ] {
            assert_eq!(break_line(text, 100, ""), expected);
        }
    }

    #[test]
    fn an_id_holds_nothing_that_ends_it() {
        assert_eq!(to_id("go-1.27.0 \"x"), "go-1-27-0--x");
    }
}
