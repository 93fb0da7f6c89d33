//! Where pages of the site are, and how one leads to another. Links are relative and name files, so that the site works
//! from a disk as from a server.

/// The path of the HTML page of a Markdown page, or of the document that a file of the repository is.
#[must_use]
pub fn to_public(path: &str) -> String {
    match path.strip_suffix(".md") {
        Some("index") => "index.html".to_owned(),
        Some(page) => match page.strip_suffix("/index").or_else(|| page.strip_suffix("/handbook")) {
            Some(folder) => format!("{folder}/index.html"),
            None => format!("{page}/index.html"),
        },
        None if path.ends_with(".json") => format!("api/{path}"),
        None => path.to_owned(),
    }
}

/// The way from one page to another, or to a file.
#[must_use]
pub fn to_relative(from: &str, to: &str) -> String {
    let from: Vec<&str> = from.split('/').collect();
    let to: Vec<&str> = to.split('/').collect();
    let most = (from.len() - 1).min(to.len() - 1);
    let shared = (0..most).take_while(|at| from[*at] == to[*at]).count();
    let up = std::iter::repeat_n("..", from.len() - 1 - shared);
    up.chain(to[shared..].iter().copied()).collect::<Vec<_>>().join("/")
}

/// The way from a page to the top of the site: empty there, `../` one folder below.
#[must_use]
pub fn to_root(from: &str) -> String {
    "../".repeat(from.matches('/').count())
}

/// Where a link of a Markdown page leads in the site, seen from the HTML page of it.
#[must_use]
pub fn follow(page: &str, link: &str) -> String {
    let (path, rest) = link.split_at(link.find(['#', '?']).unwrap_or(link.len()));
    if path.is_empty() {
        return rest.to_owned();
    }
    let mut parts: Vec<&str> = page.split('/').collect();
    parts.pop();
    for part in path.split('/') {
        match part {
            ".." => _ = parts.pop(),
            "." | "" => {}
            part => parts.push(part),
        }
    }
    format!("{}{rest}", to_relative(&to_public(page), &to_public(&parts.join("/"))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_of_markdown_pages_lead_to_pages_of_the_site() {
        let cases = [
            ("go/1.27.0/handbook.md", "runbook.md", "runbook/index.html"),
            ("go/1.27.0/handbook.md", "../process.md#roles", "../process/index.html#roles"),
            ("go/1.27.0/runbook.md", "handbook.md#security", "../index.html#security"),
            ("go/1.27.0/runbook.md", "runbook.json", "../../../api/go/1.27.0/runbook.json"),
            ("go/1.27.0/runbook.md", "teams/gitaly.md", "../teams/gitaly/index.html"),
            ("go/1.27.0/teams/gitaly.md", "../runbook.md", "../../runbook/index.html"),
            ("go/index.md", "1.27.0/handbook.md", "1.27.0/index.html"),
            ("index.md", "go/index.md", "go/index.html"),
            ("groups/g.md", "../go/1.27.0/handbook.md", "../../go/1.27.0/index.html"),
            ("go/index.md", "#windows", "#windows"),
            ("index.md", "../../../x.md", "x/index.html"),
        ];
        for (page, link, expected) in cases {
            assert_eq!(follow(page, link), expected, "{page}: {link}");
        }
    }

    #[test]
    fn the_top_is_as_many_folders_up_as_there_are() {
        for (page, root) in [("index.html", ""), ("go/index.html", "../"), ("go/1.27.0/r1/index.html", "../../../")] {
            assert_eq!(to_root(page), root);
        }
    }
}
