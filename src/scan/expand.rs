//! Puts the values of variables into a text, as shells write them: `$X`, `${X}`, `${X:-default}`, `${X:+other}`; and as
//! make does: `$(X)`. Must not run anything.

/// The longest text that comes of it; a longer one stays as it was.
const LONGEST: usize = 1000;

/// Puts in what is known. What is not stays as it is written, as `${X}`; a default counts where the variable is unknown or
/// empty. `$$` is a dollar sign that means no variable, and stays.
#[must_use]
pub fn expand(text: &str, find: &dyn Fn(&str) -> Option<String>) -> String {
    if !text.contains('$') {
        return text.to_owned();
    }
    expand_within(text, find, 8)
}

fn expand_within(text: &str, find: &dyn Fn(&str) -> Option<String>, depth: usize) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find('$') {
        out.push_str(&rest[..at]);
        let after = &rest[at + 1..];
        let (whole, value) = read_variable(after, find, depth);
        match value {
            Some(value) => out.push_str(&value),
            None => {
                out.push('$');
                out.push_str(&after[..whole]);
            }
        }
        rest = &after[whole..];
        if out.len() > LONGEST {
            return text.to_owned();
        }
    }
    out.push_str(rest);
    out
}

/// Reads what follows a dollar sign: how many bytes belong to it, and what it stands for.
fn read_variable(after: &str, find: &dyn Fn(&str) -> Option<String>, depth: usize) -> (usize, Option<String>) {
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
    if after.starts_with('$') {
        return (1, None);
    }
    let close = match after.chars().next() {
        Some('{') if !after.starts_with("{{") => '}',
        Some('(') => ')',
        Some(c) if c.is_ascii_alphabetic() || c == '_' => {
            let end = after.find(|c| !is_name(c)).unwrap_or(after.len());
            return (end, find(&after[..end]));
        }
        _ => return (0, None),
    };
    let Some(end) = find_end(after, close) else { return (0, None) };
    let inner = &after[1..end];
    let name_end = inner.find(|c| !is_name(c)).unwrap_or(inner.len());
    let (name, operator) = inner.split_at(name_end);
    if name.is_empty() || depth == 0 {
        return (end + 1, None);
    }
    let known = find(name).filter(|value| !value.is_empty());
    let default = |text: &str| Some(expand_within(text, find, depth - 1));
    let value = if operator.is_empty() {
        find(name)
    } else if let Some(text) = operator.strip_prefix(":-").or_else(|| operator.strip_prefix('-')) {
        known.or_else(|| default(text))
    } else if let Some(text) = operator.strip_prefix(":=").or_else(|| operator.strip_prefix('=')) {
        known.or_else(|| default(text))
    } else if let Some(text) = operator.strip_prefix(":+").or_else(|| operator.strip_prefix('+')) {
        known.and_then(|_| default(text))
    } else if operator.starts_with([':', '?']) {
        known
    } else {
        None
    };
    (end + 1, value)
}

fn find_end(text: &str, close: char) -> Option<usize> {
    let open = if close == '}' { '{' } else { '(' };
    let mut depth = 0_usize;
    for (at, c) in text.char_indices() {
        if c == open {
            depth += 1;
        } else if c == close {
            depth -= 1;
            if depth == 0 {
                return Some(at);
            }
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn puts_in_what_is_known() {
        let find = |name: &str| match name {
            "A" => Some("1.26".to_owned()),
            "EMPTY" => Some(String::new()),
            _ => None,
        };
        for (text, expected) in [
            ("golang:$A-alpine", "golang:1.26-alpine"),
            ("golang:${A}", "golang:1.26"),
            ("golang:$(A)", "golang:1.26"),
            ("golang:${B}", "golang:${B}"),
            ("golang:${B:-1.25}", "golang:1.25"),
            ("golang:${B-1.25}", "golang:1.25"),
            ("golang:${B:-${A}}", "golang:1.26"),
            ("golang:${EMPTY:-1.25}", "golang:1.25"),
            ("golang:${A:-1.25}", "golang:1.26"),
            ("golang${A:+-x}", "golang-x"),
            ("golang:${A:?is needed}", "golang:1.26"),
            ("$$A", "$$A"),
            ("${A", "${A"),
            ("${{ matrix.go }}", "${{ matrix.go }}"),
            ("$[[ inputs.go ]]", "$[[ inputs.go ]]"),
            ("a$", "a$"),
            ("", ""),
        ] {
            assert_eq!(expand(text, &find), expected, "{text}");
        }
    }

    #[test]
    fn a_text_that_grows_without_end_stays_as_it_was() {
        let find = |_: &str| Some("x".repeat(600));
        assert_eq!(expand("$A$A", &find), "$A$A");
    }
}
