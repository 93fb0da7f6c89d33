//! Puts generated Markdown between markers in a page that people write, and refuses markers that are not sound.

use std::ops::Range;

use pulldown_cmark::{Event, Parser, Tag, TagEnd};
use thiserror::Error;

/// What is wrong with the markers of a page.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum InjectError {
    /// There is no such marker.
    #[error("the marker `{0}` is missing")]
    Missing(String),
    /// There are several.
    #[error("the marker `{marker}` stands {count} times")]
    Repeated {
        /// The marker.
        marker: String,
        /// How often.
        count: usize,
    },
    /// The end comes before the beginning.
    #[error("the marker `{0}` comes before the one that begins its region")]
    Reversed(String),
    /// Another region begins or ends inside.
    #[error("the marker `{0}` stands inside the region")]
    Nested(String),
}

/// Replaces what stands between the markers of an upgrade.
///
/// Markers are HTML comments on lines of their own. In code they are text, not markers, so a page can explain them.
///
/// # Errors
///
/// Markers that are missing, repeated, reversed or nested; the page is then as it was.
pub fn inject(page: &str, upgrade: &str, text: &str) -> Result<String, InjectError> {
    let begin = format!("<!-- BEGIN upshift: {upgrade} -->");
    let end = format!("<!-- END upshift: {upgrade} -->");
    let markers = find_markers(page);
    let begin = find_one(page, &markers, begin)?;
    let end_marker = end.clone();
    let end = find_one(page, &markers, end)?;
    if end.start < begin.end {
        return Err(InjectError::Reversed(end_marker));
    }
    if let Some(inner) = markers.iter().find(|marker| marker.start >= begin.end && marker.end <= end.start) {
        return Err(InjectError::Nested(page[inner.clone()].to_owned()));
    }
    let line_end = if page.contains("\r\n") { "\r\n" } else { "\n" };
    let text = text.trim_end().replace('\n', line_end);
    let mut out = String::with_capacity(page.len() + text.len());
    out.push_str(&page[..begin.end]);
    out.push_str(line_end);
    out.push_str(line_end);
    out.push_str(&text);
    out.push_str(line_end);
    out.push_str(line_end);
    out.push_str(&page[end.start..]);
    Ok(out)
}

fn find_one(page: &str, markers: &[Range<usize>], wanted: String) -> Result<Range<usize>, InjectError> {
    let found: Vec<&Range<usize>> = markers.iter().filter(|marker| page[(*marker).clone()] == wanted).collect();
    match found.as_slice() {
        [] => Err(InjectError::Missing(wanted)),
        [one] => Ok((*one).clone()),
        several => Err(InjectError::Repeated { marker: wanted, count: several.len() }),
    }
}

/// The places of all markers, of whichever upgrade: comments that a Markdown reader sees as HTML.
fn find_markers(page: &str) -> Vec<Range<usize>> {
    let mut markers = Vec::new();
    let mut in_block = false;
    for (event, range) in Parser::new(page).into_offset_iter() {
        match event {
            Event::Start(Tag::HtmlBlock) => in_block = true,
            Event::End(TagEnd::HtmlBlock) => in_block = false,
            Event::Html(_) if in_block => find_in(page, range, &mut markers),
            Event::InlineHtml(_) => find_in(page, range, &mut markers),
            _ => {}
        }
    }
    markers
}

fn find_in(page: &str, range: Range<usize>, markers: &mut Vec<Range<usize>>) {
    let mut from = range.start;
    while let Some(at) = page[from..range.end].find("<!--") {
        let start = from + at;
        let Some(length) = page[start..range.end].find("-->") else { return };
        let end = start + length + "-->".len();
        let inner = page[start..end].trim_start_matches("<!--").trim_start();
        if inner.starts_with("BEGIN upshift:") || inner.starts_with("END upshift:") {
            markers.push(start..end);
        }
        from = end;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BEGIN: &str = "<!-- BEGIN upshift: go-1.27.0 -->";
    const END: &str = "<!-- END upshift: go-1.27.0 -->";

    #[test]
    fn replaces_the_region_and_nothing_else() {
        let page = format!("# Mine\n\n{BEGIN}\nold\n{END}\n\nAfter.\n");
        let expected = format!("# Mine\n\n{BEGIN}\n\n## New\n\ntext\n\n{END}\n\nAfter.\n");
        let first = inject(&page, "go-1.27.0", "## New\n\ntext\n").expect("injects");
        assert_eq!(first, expected);
        assert_eq!(inject(&first, "go-1.27.0", "## New\n\ntext\n").expect("injects"), expected);
    }

    #[test]
    fn does_not_take_code_for_markers() {
        let page = format!("```\n{BEGIN}\n{END}\n```\n\n{BEGIN}\n{END}\n");
        let expected = format!("```\n{BEGIN}\n{END}\n```\n\n{BEGIN}\n\nx\n\n{END}\n");
        assert_eq!(inject(&page, "go-1.27.0", "x"), Ok(expected));
    }

    #[test]
    fn keeps_the_line_ends_of_the_page() {
        let page = format!("a\r\n\r\n{BEGIN}\r\n{END}\r\n");
        assert_eq!(inject(&page, "go-1.27.0", "x\ny"), Ok(format!("a\r\n\r\n{BEGIN}\r\n\r\nx\r\ny\r\n\r\n{END}\r\n")));
    }

    #[test]
    fn refuses_broken_markers() {
        let other = "<!-- BEGIN upshift: go-1.26.7 -->";
        let cases = [
            ("no markers".to_owned(), format!("the marker `{BEGIN}` is missing")),
            (format!("{BEGIN}\n"), format!("the marker `{END}` is missing")),
            (format!("{BEGIN}\n\n{BEGIN}\n\n{END}\n"), format!("the marker `{BEGIN}` stands 2 times")),
            (format!("{END}\n\n{BEGIN}\n"), format!("the marker `{END}` comes before the one that begins its region")),
            (format!("{BEGIN}\n\n{other}\n\n{END}\n"), format!("the marker `{other}` stands inside the region")),
        ];
        for (page, message) in cases {
            assert_eq!(inject(&page, "go-1.27.0", "x").map_err(|error| error.to_string()), Err(message));
        }
    }
}
