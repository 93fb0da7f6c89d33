//! The order at the door: so many requests in flight, and so many to one host; the rest wait for their turn.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use reqwest::Url;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

#[derive(Debug)]
pub(super) struct Gate {
    all: Arc<Semaphore>,
    per_host: usize,
    hosts: Mutex<BTreeMap<String, Arc<Semaphore>>>,
}

/// A request's turn, until it is dropped.
#[derive(Debug)]
pub(super) struct Turn {
    _host: Option<OwnedSemaphorePermit>,
    _all: Option<OwnedSemaphorePermit>,
}

impl Gate {
    pub(super) fn new(requests: usize, per_host: usize) -> Self {
        Self { all: Arc::new(Semaphore::new(requests.max(1))), per_host: per_host.max(1), hosts: Mutex::default() }
    }

    /// Waits for a turn at the host of a true address; a mirror spreads its load by itself.
    ///
    /// First the host, then the whole, so that those who wait for a busy host keep nobody from another one.
    pub(super) async fn enter(&self, url: &Url) -> Turn {
        // These fail only for a semaphore that somebody closed, and nobody does.
        let host = self.host(url).acquire_owned().await.ok();
        Turn { _host: host, _all: Arc::clone(&self.all).acquire_owned().await.ok() }
    }

    fn host(&self, url: &Url) -> Arc<Semaphore> {
        let mut hosts = self.hosts.lock().unwrap_or_else(PoisonError::into_inner);
        let name = url.origin().ascii_serialization();
        Arc::clone(hosts.entry(name).or_insert_with(|| Arc::new(Semaphore::new(self.per_host))))
    }
}
