//! Turns what a YAML parser says into what a person can mend: it looks at the text around the place, finds the usual
//! mistakes, and says where they are. It must not refuse anything itself.

use std::sync::Arc;

use crate::model::place::Place;
use crate::model::problem::Problem;

/// Finds the mistake behind a text that is not YAML, and says where it is and how it is mended.
pub fn explain_syntax(problem: Problem, text: &str) -> Problem {
    let lines: Vec<&str> = text.lines().collect();
    if let Some(line) = lines.iter().position(|line| line.starts_with("<<<<<<< ")) {
        let place = to_place(&problem.place.file, line, 0, 7);
        return Problem::error(problem.code, &place, "this is a conflict of a merge that nobody has resolved")
            .help("keep one of both sides, and take out the lines with `<<<<<<<`, `=======` and `>>>>>>>`");
    }
    let near = problem.place.line.saturating_sub(2) as usize..(problem.place.line as usize + 1).min(lines.len());
    let is_tabbed = |line: &&str| line.trim_start_matches(' ').starts_with('\t') && !line.trim().is_empty();
    if let Some(line) = near.into_iter().find(|&line| lines.get(line).is_some_and(is_tabbed)) {
        let column = lines[line].len() - lines[line].trim_start_matches(' ').len();
        let place = to_place(&problem.place.file, line, column, 1);
        return Problem::error(problem.code, &place, "this line is indented with a tab")
            .help("YAML takes spaces only: write two for each level");
    }
    let before = (problem.place.line as usize).saturating_sub(1).min(lines.len());
    if let Some((line, open)) = find_open(&lines[..before]) {
        return problem.help(format!("line {} opens a `{open}` that nothing closes", line + 1));
    }
    match problem.message.as_str() {
        "mapping values are not allowed in this context" => {
            problem.help("a text that holds a colon and a space stands in quotes: \"one: two\"")
        }
        _ => problem,
    }
}

/// Says what to write where a value has another shape than is expected.
pub fn explain_shape(problem: Problem, text: &str) -> Problem {
    let (line, column) = (problem.place.line as usize, problem.place.column as usize);
    let Some(line) = line.checked_sub(1).and_then(|line| text.lines().nth(line)) else { return problem };
    let rest: String = line.chars().skip(column.saturating_sub(1)).take(80).collect();
    let word = rest.split([' ', ',', '}', ']', '#']).next().unwrap_or_default();
    match (problem.message.as_str(), rest.chars().next()) {
        ("a text is expected here", Some('{' | '[')) => {
            problem.help("a text that begins with `{` or `[` stands in quotes: \"{{ to }} is there\"")
        }
        ("a map is expected here", Some('-')) => problem.help("leave out the dash: a dash begins an entry of a list"),
        ("a list is expected here", Some(first)) if first.is_alphanumeric() && rest.trim_end() == word => {
            problem.help(format!("write `[{word}]`"))
        }
        _ => problem,
    }
}

/// Says when a map ends too early for its missing key, because a line is indented like none above it.
pub fn explain_missing(problem: Problem, text: &str) -> Problem {
    let at = (problem.place.line as usize).saturating_sub(1);
    let indents = text.lines().enumerate().filter(|(_, line)| {
        let line = line.trim_start();
        !line.is_empty() && !line.starts_with('#')
    });
    let indents: Vec<(usize, usize)> = indents.map(|(at, line)| (at, line.len() - line.trim_start().len())).collect();
    let Some(start) = indents.iter().position(|(line, _)| *line == at) else { return problem };
    let own = indents[start].1;
    let Some(&(line, indent)) = indents[start..].iter().find(|(_, indent)| *indent < own) else { return problem };
    if indents[..start].iter().any(|(_, above)| *above == indent) {
        return problem;
    }
    problem.help(format!(
        "line {} is indented by {indent} spaces, and the keys above it by {own}: indent them alike",
        line + 1
    ))
}

/// Shows where a key stands first, when both stand on lines of their own.
pub fn explain_duplicate(problem: Problem, key: &str, text: &str) -> Problem {
    let lines: Vec<&str> = text.lines().collect();
    let indent = |line: &str| line.len() - line.trim_start().len();
    let is_key = |line: &str| line.trim_start().strip_prefix(key).is_some_and(|rest| rest.starts_with(':'));
    let at = (problem.place.line as usize).saturating_sub(1);
    let Some(own) = lines.get(at).filter(|line| is_key(line)).map(|line| indent(line)) else { return problem };
    let above = lines[..at].iter().enumerate().rev();
    let mut same_map = above.take_while(|(_, line)| line.trim().is_empty() || indent(line) >= own);
    let Some((line, _)) = same_map.find(|(_, line)| indent(line) == own && is_key(line)) else { return problem };
    let length = u32::try_from(key.chars().count()).unwrap_or(0);
    let first = to_place(&problem.place.file, line, own, length);
    problem.related(&first, "first here")
}

/// A place by its line and column from 0.
fn to_place(file: &Arc<str>, line: usize, column: usize, length: u32) -> Place {
    let small = |number: usize| u32::try_from(number + 1).unwrap_or(0);
    Place { file: Arc::clone(file), line: small(line), column: small(column), length }
}

/// How many lines are searched for a bracket that is open.
const LINES_BACK: usize = 20;

/// The last bracket that is open at the end of some lines, with the position of its line.
fn find_open(lines: &[&str]) -> Option<(usize, char)> {
    let mut closed = 0;
    for (at, line) in lines.iter().enumerate().rev().take(LINES_BACK) {
        let (open, closing) = find_brackets(line);
        match open.len().checked_sub(closed + 1) {
            Some(last) => return Some((at, open[last])),
            None => closed = closed - open.len() + closing,
        }
    }
    None
}

/// The brackets that a line opens and does not close, and how many it closes that it has not opened; those in quotes
/// and comments are none.
fn find_brackets(line: &str) -> (Vec<char>, usize) {
    let (mut open, mut closing) = (Vec::new(), 0);
    let mut quote = None;
    let mut before = ' ';
    for c in line.chars() {
        match (quote, c) {
            (Some(end), _) if c == end => quote = None,
            (Some(_), _) => {}
            (None, '"' | '\'') if matches!(before, ' ' | '[' | '{' | ',') => quote = Some(c),
            (None, '#') if before == ' ' => break,
            (None, '{' | '[') => open.push(c),
            (None, '}' | ']') => closing += usize::from(open.pop().is_none()),
            _ => {}
        }
        before = c;
    }
    (open, closing)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::raw;
    use crate::catalog::yaml::parse;

    /// Where the problem of a catalog file is, what it says, and what helps.
    fn told(text: &str) -> (u32, u32, String) {
        let problem = parse::<raw::File>(text, &Arc::from("data/x.yaml")).expect_err(text);
        let said = std::iter::once(problem.message.clone()).chain(problem.help.clone());
        (problem.place.line, problem.place.column, said.collect::<Vec<_>>().join("; "))
    }

    #[test]
    fn tells_the_usual_mistakes_where_they_are() {
        let cases = [
            (
                "teams:\n<<<<<<< HEAD\n  a: {}\n=======\n  b: {}\n>>>>>>> main\n",
                (2, 1),
                "this is a conflict of a merge that nobody has resolved; keep one of both sides, and take out the lines \
                 with `<<<<<<<`, `=======` and `>>>>>>>`",
            ),
            (
                "teams:\n  a:\n    name: A\n\tchat: \"#a\"\n",
                (4, 1),
                "this line is indented with a tab; YAML takes spaces only: write two for each level",
            ),
            (
                "teams:\n  a: { name: A\n  b: { name: B }\n",
                (3, 4),
                "while parsing a flow mapping, did not find expected ',' or '}'; line 2 opens a `{` that nothing closes",
            ),
            (
                "teams:\n  a:\n    name: A: B\n",
                (3, 12),
                "mapping values are not allowed in this context; a text that holds a colon and a space stands in \
                 quotes: \"one: two\"",
            ),
            (
                "teams:\n  a:\n    name: {{ to }}\n",
                (3, 11),
                "a text is expected here; a text that begins with `{` or `[` stands in quotes: \"{{ to }} is there\"",
            ),
            (
                "teams:\n  - a: {}\n",
                (2, 3),
                "a map is expected here; leave out the dash: a dash begins an entry of a list",
            ),
            (
                "processes:\n  go:\n    steps:\n      a:\n        needs: announce\n",
                (5, 16),
                "a list is expected here; write `[announce]`",
            ),
            (
                "components:\n  a:\n    owner: b\n   uses: {}\n",
                (3, 5),
                "the key `uses` is missing; line 4 is indented by 3 spaces, and the keys above it by 4: indent them \
                 alike",
            ),
            ("components:\n  a:\n    owner: b\n  c:\n    uses: {}\n", (3, 5), "the key `uses` is missing"),
        ];
        for (text, (line, column), said) in cases {
            assert_eq!(told(text), (line, column, said.to_owned()), "{text}");
        }
    }

    #[test]
    fn shows_where_a_key_stands_first() {
        let first = |text: &str| {
            let problem = parse::<raw::File>(text, &Arc::from("data/x.yaml")).expect_err(text);
            problem.related.iter().map(|(place, _)| (place.line, place.column, place.length)).collect::<Vec<_>>()
        };
        assert_eq!(first("teams:\n  a: { name: A }\n  b:\n    name: B\n\n  a: {}\n"), [(2, 3, 1)]);
        assert_eq!(first("teams:\n  a: { name: A }\nteams: {}\n"), [(1, 1, 5)]);
        assert_eq!(first("teams: { a: {}, a: {} }\n"), []);
    }

    #[test]
    fn finds_the_bracket_that_is_open() {
        for (text, open) in [
            ("- { a: b, c: [d]", Some((0, '{'))),
            ("- { a: \"}\" }", None),
            ("- [a, {b: c}", Some((0, '['))),
            ("it's { here", Some((0, '{'))),
            ("a: b # {", None),
            ("- { a: b\n- { c: d }", Some((0, '{'))),
            ("a: [\n  b,\n  c ]", None),
            ("a: {\n  b: [\n    c ]", Some((0, '{'))),
        ] {
            assert_eq!(find_open(&text.lines().collect::<Vec<_>>()), open, "{text}");
        }
    }
}
