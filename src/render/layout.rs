//! Tidies generated Markdown so that it reads well as plain text: aligned tables, single blank lines, no space at the
//! end of lines. What stands inside fenced code is left as it is.

use unicode_width::UnicodeWidthStr as _;

/// Columns are padded to their widest cell, but cells wider than this do not count: one long address must not push
/// every line off the screen.
const WIDEST_PADDING: usize = 72;

/// Tidies a page.
#[must_use]
pub fn tidy(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut table: Vec<Vec<&str>> = Vec::new();
    let mut fence: Option<&str> = None;
    for line in text.lines() {
        if let Some(open) = fence {
            push_line(&mut out, line);
            if line.trim_end() == open {
                fence = None;
            }
            continue;
        }
        let line = line.trim_end();
        if line.starts_with('|') && line.ends_with('|') && line.len() > 1 {
            table.push(split_row(line));
            continue;
        }
        align(&mut out, &std::mem::take(&mut table));
        let ticks = line.len() - line.trim_start_matches('`').len();
        if ticks >= 3 && !line[ticks..].contains('`') {
            fence = Some(&line[..ticks]);
        }
        let follows_blank = out.is_empty() || out.ends_with("\n\n");
        if !(line.is_empty() && follows_blank) {
            push_line(&mut out, line);
        }
    }
    align(&mut out, &table);
    out.truncate(out.trim_end_matches('\n').len());
    out.push('\n');
    out
}

fn push_line(out: &mut String, line: &str) {
    out.push_str(line);
    out.push('\n');
}

/// A Markdown text as the inside of a table cell: on one line, its pipes escaped. GitHub's tables split cells before
/// they look for code, so this holds inside code spans, too.
#[must_use]
pub fn to_cell(markdown: &str) -> String {
    let line = markdown.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut out = String::with_capacity(line.len());
    let mut escaped = false;
    for c in line.chars() {
        if c == '|' && !escaped {
            out.push('\\');
        }
        out.push(c);
        escaped = c == '\\' && !escaped;
    }
    out
}

/// Splits a row at its pipes; an escaped pipe belongs to its cell.
fn split_row(line: &str) -> Vec<&str> {
    let row = &line[1..line.len() - 1];
    let mut cells = Vec::new();
    let (mut start, mut escaped) = (0, false);
    for (at, c) in row.char_indices() {
        if c == '|' && !escaped {
            cells.push(row[start..at].trim());
            start = at + 1;
        }
        escaped = c == '\\' && !escaped;
    }
    cells.push(row[start..].trim());
    cells
}

fn align(out: &mut String, rows: &[Vec<&str>]) {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let is_rule =
        |row: &[&str]| row.iter().all(|cell| !cell.is_empty() && cell.chars().all(|c| matches!(c, '-' | ':')));
    let mut widths = vec![3; columns];
    for row in rows.iter().filter(|row| !is_rule(row)) {
        for (column, cell) in row.iter().enumerate() {
            let width = cell.width();
            if width <= WIDEST_PADDING {
                widths[column] = widths[column].max(width);
            }
        }
    }
    for row in rows {
        let is_rule = is_rule(row);
        out.push('|');
        for (column, width) in widths.iter().enumerate() {
            let cell = row.get(column).copied().unwrap_or_default();
            out.push(' ');
            if is_rule {
                let right = usize::from(cell.ends_with(':'));
                out.extend(std::iter::repeat_n('-', width - right).chain(std::iter::repeat_n(':', right)));
            } else {
                out.push_str(cell);
                out.extend(std::iter::repeat_n(' ', width.saturating_sub(cell.width())));
            }
            out.push_str(" |");
        }
        out.push('\n');
    }
}

/// The anchor that GitLab and GitHub give a heading: lower case, words joined by `-`, nothing else.
#[must_use]
pub fn to_anchor(heading: &str) -> String {
    let kept: String = heading
        .to_lowercase()
        .chars()
        .filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'))
        .map(|c| if c == ' ' { '-' } else { c })
        .collect();
    // GitLab makes one `-` of several where GitHub keeps them, so headings must not have several.
    kept.split('-').filter(|part| !part.is_empty()).collect::<Vec<_>>().join("-")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn aligns_tables_and_keeps_escaped_pipes() {
        let text = "| a | long name |\n|---|--:|\n| x\\|y | 1 |\n";
        assert_eq!(tidy(text), "| a    | long name |\n| ---- | --------: |\n| x\\|y | 1         |\n");
    }

    #[test]
    fn keeps_a_cell_in_its_column() {
        assert_eq!(to_cell("a | b\n`c|d` e\\|f"), "a \\| b `c\\|d` e\\|f");
    }

    #[test]
    fn collapses_blank_lines_outside_code() {
        let text = "\n\na\n\n\n\nb  \n```sh\n\n\nx  \n```\n\n\n";
        assert_eq!(tidy(text), "a\n\nb\n```sh\n\n\nx  \n```\n");
    }

    #[test]
    fn makes_the_anchors_of_headings() {
        assert_eq!(to_anchor("3.1 Build each component with Go 1.27.0"), "31-build-each-component-with-go-1270");
        assert_eq!(to_anchor("Who, what & when"), "who-what-when");
    }
}
