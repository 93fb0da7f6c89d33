//! The list of pages for search engines, by the protocol of <https://www.sitemaps.org/protocol.html>.

use std::fmt::Write as _;

use super::frame::to_address;
use crate::text::escape::to_html;

/// How many pages a list may have, by the protocol.
const MOST_PAGES: usize = 50_000;

/// Makes the list of the pages with these paths.
pub fn sitemap<'a>(site_url: &str, pages: impl Iterator<Item = &'a str>) -> String {
    let mut out =
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">\n"
            .to_owned();
    for path in pages.take(MOST_PAGES) {
        let _ = writeln!(out, "<url><loc>{}</loc></url>", to_html(&to_address(site_url, path)));
    }
    out.push_str("</urlset>\n");
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_have_their_published_addresses() {
        assert_eq!(
            sitemap("https://x.org/u&p/", ["index.html", "go/index.html"].into_iter()),
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">\n\
             <url><loc>https://x.org/u&amp;p/</loc></url>\n<url><loc>https://x.org/u&amp;p/go/</loc></url>\n</urlset>\n"
        );
    }
}
