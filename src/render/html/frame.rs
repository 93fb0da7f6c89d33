//! What stands around every page of the site: the way to it, the way on, where its facts are edited.

use serde::Serialize;

use super::Site;
use super::paths::{to_relative, to_root};
use crate::model::place::Place;
use crate::model::settings::Settings;
use crate::render::markup::Heading;
use crate::text::escape;

/// What stands around a page.
#[derive(Clone, Serialize)]
pub struct Frame {
    /// The title of the page, and of the site.
    pub title: String,
    site: String,
    /// The way to the top of the site.
    pub root: String,
    css: String,
    script: String,
    icon: String,
    /// The address at which it is published, where that is known.
    canonical: Option<String>,
    /// The pages above it, from the top.
    crumbs: Vec<Link>,
    /// The pages of the same upgrade or runtime.
    tabs: Vec<Link>,
    sections: Vec<Link>,
    previous: Option<Link>,
    next: Option<Link>,
    /// Where the facts of the page stand in the catalog.
    source: Option<Source>,
    /// What readers must know before they read on.
    pub notice: Option<Notice>,
    /// Whether search engines leave it out.
    pub is_hidden: bool,
    as_of: Option<String>,
    /// Whether there is a calendar file.
    has_days: bool,
    /// The headings, for a list of contents.
    pub contents: Vec<Heading>,
}

/// A link to a page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Link {
    pub name: String,
    pub href: String,
    pub is_here: bool,
}

/// A place in the catalog.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Source {
    /// The file, with the line.
    place: String,
    /// Where it can be read and edited.
    href: Option<String>,
}

/// Something that readers must know.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Notice {
    pub text: String,
    pub link: Option<Link>,
}

/// What a page says of itself.
#[derive(Clone, Default)]
pub struct About<'a> {
    pub path: &'a str,
    pub title: String,
    /// The pages above it, by path and name.
    pub above: Vec<(String, String)>,
    pub tabs: Vec<(String, String)>,
    pub place: Option<&'a Place>,
}

impl Frame {
    /// Makes the frame of a page.
    pub fn new(site: &Site<'_>, about: About<'_>) -> Self {
        let About { path, title, above, tabs, place } = about;
        let settings = &site.material.catalog.settings;
        let link = |to: &str, name: &str| Link::new(path, to, name);
        let sections = [
            ("index.html", "Overview"),
            ("teams/index.html", "Teams"),
            ("components/index.html", "Components"),
            ("calendar/index.html", "Calendar"),
        ];
        let at = tabs.iter().position(|(to, _)| to == path);
        let beside = |at: Option<usize>| at.and_then(|at| tabs.get(at)).map(|(to, name)| link(to, name));
        Self {
            site: settings.title.clone(),
            root: to_root(path),
            css: to_relative(path, &site.assets.css),
            script: to_relative(path, &site.assets.script),
            icon: to_relative(path, &site.assets.icon),
            canonical: settings.site_url.as_ref().map(|url| to_address(url, path)),
            crumbs: match path {
                "index.html" => Vec::new(),
                _ => std::iter::once(("index.html".to_owned(), "Overview".to_owned()))
                    .chain(above)
                    .map(|(to, name)| link(&to, &name))
                    .collect(),
            },
            previous: beside(at.and_then(|at| at.checked_sub(1))),
            next: beside(at.map(|at| at + 1)),
            sections: sections.iter().map(|(to, name)| link(to, name)).collect(),
            source: place.map(|place| to_source(place, settings.repo.as_deref())),
            tabs: tabs.iter().map(|(to, name)| link(to, name)).collect(),
            notice: None,
            is_hidden: false,
            as_of: site.material.as_of.map(|day| day.to_string()),
            has_days: site.days.is_some(),
            contents: Vec::new(),
            title,
        }
    }

    /// Makes all ways begin at the top of the server, below the path at which the site is published.
    pub fn lead_from_top(&mut self, settings: &Settings) {
        let path = settings
            .site_url
            .as_deref()
            .and_then(|url| url.split_once("://"))
            .and_then(|(_, rest)| rest.split_once('/'));
        let top =
            path.map_or_else(|| "/".to_owned(), |(_, path)| format!("/{}/", path.trim_matches('/')).replace("//", "/"));
        for way in [&mut self.css, &mut self.script, &mut self.icon] {
            way.insert_str(0, &top);
        }
        for link in self.crumbs.iter_mut().chain(&mut self.sections) {
            link.href.insert_str(0, &top);
        }
        self.root = top;
        self.canonical = None;
        self.is_hidden = true;
    }

    /// Makes another page the one that search engines show.
    pub fn point_to(&mut self, site: &Site<'_>, to: &str) {
        self.canonical = site.material.catalog.settings.site_url.as_ref().map(|url| to_address(url, to));
        self.is_hidden = true;
    }

    /// Makes the page one that never changes, whatever day it is.
    pub fn freeze(&mut self) {
        self.as_of = None;
    }
}

impl Link {
    /// Makes the link from one page to another.
    pub fn new(from: &str, to: &str, name: &str) -> Self {
        Self { name: name.to_owned(), href: to_relative(from, to), is_here: from == to }
    }
}

/// The address of a page at the published site; folders stand for their index.
pub fn to_address(site_url: &str, path: &str) -> String {
    let path = path.strip_suffix("index.html").unwrap_or(path);
    format!("{}/{path}", site_url.trim_end_matches('/'))
}

/// Where a place of the catalog can be read and edited; both forges show the newest commit as `HEAD`.
fn to_source(place: &Place, repo: Option<&str>) -> Source {
    let shown = if place.line == 0 { place.file.to_string() } else { format!("{}:{}", place.file, place.line) };
    let href = repo.and_then(|repo| {
        let repo = repo.trim_end_matches('/').trim_end_matches(".git");
        let blob = if repo.contains("://github.com/") { "blob" } else { "-/blob" };
        let line = if place.line == 0 { String::new() } else { format!("#L{}", place.line) };
        escape::to_link_target(&format!("{repo}/{blob}/HEAD/{}", place.file)).map(|url| url + &line)
    });
    Source { place: shown, href }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_of_the_catalog_are_found_at_both_forges() {
        let place = Place { file: "data/a b.yaml".into(), line: 7, column: 1, length: 0 };
        let cases = [
            (Some("https://gitlab.com/x/y"), Some("https://gitlab.com/x/y/-/blob/HEAD/data/a%20b.yaml#L7")),
            (Some("https://github.com/x/y.git"), Some("https://github.com/x/y/blob/HEAD/data/a%20b.yaml#L7")),
            (Some("javascript:alert(1)"), None),
            (None, None),
        ];
        for (repo, expected) in cases {
            assert_eq!(to_source(&place, repo).href.as_deref(), expected);
        }
    }

    #[test]
    fn an_address_names_the_folder() {
        assert_eq!(to_address("https://x.org/u/", "go/index.html"), "https://x.org/u/go/");
        assert_eq!(to_address("https://x.org", "index.html"), "https://x.org/");
        assert_eq!(to_address("https://x.org", "feed.xml"), "https://x.org/feed.xml");
    }
}
