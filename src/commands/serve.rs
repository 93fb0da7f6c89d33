//! `upshift serve`.

use std::sync::Arc;
use std::sync::mpsc;

use anyhow::{Context as _, Result};

use super::{Exit, changes, load, schema, site};
use crate::cli::{Global, ServeArgs};
use crate::model::count::count;
use crate::model::page::Page;
use crate::render;
use crate::render::output::Output;
use crate::report::Report;
use crate::serve::{Event, Server, Site, Watch};

/// How many changed pages are named.
const MOST_NAMED: usize = 5;

/// Serves the pages, and makes them again at each change, until the user ends it.
pub fn run(global: &Global, args: &ServeArgs, report: &mut Report) -> Result<Exit> {
    let (sender, events) = mpsc::channel();
    // Before the pages are made, so that no change between is missed.
    let watch =
        Watch::begin(&global.root, sender.clone()).with_context(|| format!("watching `{}`", global.root.display()))?;
    let server = Server::start(args.port, sender).with_context(|| format!("listening on port {}", args.port))?;
    let address = format!("http://127.0.0.1:{}/ (Ctrl-C ends)", server.port());
    if args.port != 0 && args.port != server.port() {
        report.note(&format!("port {} is taken", args.port));
    }
    let mut site = make_or_warn(global, &server, report);
    match &site {
        Some(site) => report.note(&format!("serving {} on {address}", count(site.len(), "file"))),
        None => report.note(&format!("serving the problems on {address}")),
    }
    while events.recv().is_ok_and(|event| event == Event::Changed) {
        watch.renew();
        if let Some(made) = make_or_warn(global, &server, report) {
            let nothing = Site::new();
            report.note(&to_news(site.as_deref().unwrap_or(&nothing), &made));
            site = Some(made);
        }
    }
    Ok(Exit::Done)
}

/// Makes the site and shows it, or prints and shows what is wrong.
fn make_or_warn(global: &Global, server: &Server, report: &mut Report) -> Option<Arc<Site>> {
    report.keep();
    let made = make(global, report).unwrap_or_else(|error| {
        report.failure(&format!("{error:#}"), &[]);
        None
    });
    let problems = report.take_kept();
    match made.map(Arc::new) {
        Some(site) => {
            server.show(Arc::clone(&site));
            Some(site)
        }
        None => {
            server.warn(&problems);
            None
        }
    }
}

fn make(global: &Global, report: &mut Report) -> Result<Option<Site>> {
    let Some(mut loaded) = load::sound_catalog(global, report)? else { return Ok(None) };
    // The preview is not where the site is published.
    loaded.catalog.settings.site_url = None;
    let Some(judged) = load::judged(global, loaded, report)? else { return Ok(None) };
    let templates = match render::load_templates(&global.root) {
        Ok(templates) => templates,
        Err(error) => return load::refuse_template(error, report).map(|_| None),
    };
    let schemas = schema::pages()?;
    let changes = changes::compare(&judged.loaded.catalog, &judged.runbooks, &judged.revisions);
    let material = judged.material(&changes, &schemas);
    let mut memory = InMemory(Site::new());
    match site::make(&material, &templates, &mut memory) {
        Ok(()) => Ok(Some(memory.0)),
        Err(error) => load::refuse_template(error, report).map(|_| None),
    }
}

/// Keeps the pages of the site.
struct InMemory(Site);

impl Output for InMemory {
    fn take(&mut self, page: Page, _made_of: Option<String>) -> Result<()> {
        self.0.insert(page.path, page.text);
        Ok(())
    }
}

/// Which pages are other than before.
fn to_news(before: &Site, after: &Site) -> String {
    let new = after.iter().filter(|(path, text)| before.get(*path) != Some(*text)).map(|(path, _)| path.as_str());
    let gone = before.keys().filter(|path| !after.contains_key(*path)).map(String::as_str);
    let changed: Vec<&str> = new.chain(gone).collect();
    let mut named = changed[..changed.len().min(MOST_NAMED)].join(", ");
    if changed.len() > MOST_NAMED {
        named.push_str(&format!(" and {} more", changed.len() - MOST_NAMED));
    }
    match changed.len() {
        0 => "no file changed".to_owned(),
        number => format!("{} changed: {named}", count(number, "file")),
    }
}
