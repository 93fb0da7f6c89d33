//! Serves a site from memory to browsers on this machine: the only listener. A request never touches the disk.

mod answer;
mod watch;

use std::collections::BTreeMap;
use std::io::{self, ErrorKind};
use std::net::{Ipv4Addr, TcpListener};
use std::sync::Arc;
use std::sync::mpsc::Sender;

use axum::Router;
use tokio::runtime::Runtime;
use tokio::sync::watch as state;

pub use watch::Watch;

/// The pages by their path.
pub type Site = BTreeMap<String, String>;

/// How many ports are tried when the first is taken.
const PORTS_TO_TRY: u16 = 11;

/// What happened while the server runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// A file changed that pages are made of.
    Changed,
    /// The user asked for the end.
    End,
}

/// What browsers are shown.
#[derive(Clone, Debug, Default)]
struct Shown {
    /// Grows with each change of pages or problems.
    version: u64,
    /// The version with which the pages changed last: what browsers that show older ones load again.
    pages: u64,
    site: Arc<Site>,
    problems: Arc<str>,
}

/// A server that runs beside the caller until it is dropped.
pub struct Server {
    port: u16,
    shown: state::Sender<Shown>,
    runtime: Option<Runtime>,
}

impl Server {
    /// Listens on this machine only, on the port or one of the next; sends [`Event::End`] at Ctrl-C.
    ///
    /// # Errors
    ///
    /// All these ports are taken, or the system refuses.
    pub fn start(port: u16, events: Sender<Event>) -> io::Result<Self> {
        let listener = listen(port)?;
        let port = listener.local_addr()?.port();
        listener.set_nonblocking(true)?;
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
        let (shown, seen) = state::channel(Shown::default());
        let listener = {
            let _inside = runtime.enter();
            tokio::net::TcpListener::from_std(listener)?
        };
        let router = Router::new().fallback(answer::answer).with_state(answer::Desk { port, seen });
        runtime.spawn(async move { axum::serve(listener, router).await });
        runtime.spawn(async move {
            if tokio::signal::ctrl_c().await.is_ok() {
                let _ = events.send(Event::End);
            }
        });
        Ok(Self { port, shown, runtime: Some(runtime) })
    }

    /// The port on which it listens.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Shows other pages, and no problems.
    pub fn show(&self, site: Arc<Site>) {
        self.shown.send_if_modified(|shown| {
            let (same_pages, same_problems) = (shown.site == site, shown.problems.is_empty());
            if same_pages && same_problems {
                return false;
            }
            shown.version += 1;
            if !same_pages {
                shown.pages = shown.version;
            }
            (shown.site, shown.problems) = (site, Arc::from(""));
            true
        });
    }

    /// Shows problems above the pages.
    pub fn warn(&self, problems: &str) {
        self.shown.send_modify(|shown| {
            shown.version += 1;
            shown.problems = Arc::from(problems);
        });
    }
}

impl Drop for Server {
    /// Ends at once: a browser that waits for news must not hold the end back.
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

fn listen(port: u16) -> io::Result<TcpListener> {
    let mut taken = None;
    for port in port..=port.saturating_add(if port == 0 { 0 } else { PORTS_TO_TRY - 1 }) {
        match TcpListener::bind((Ipv4Addr::LOCALHOST, port)) {
            Err(error) if error.kind() == ErrorKind::AddrInUse => taken = Some(error),
            other => return other,
        }
    }
    Err(taken.unwrap_or_else(|| ErrorKind::AddrInUse.into()))
}
