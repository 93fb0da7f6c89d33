//! How many requests are in flight: a server counts them, and holds each back until as many are there as may be.

use std::collections::BTreeMap;
use std::sync::{Arc, Condvar, Mutex};

use super::*;

const IN_ALL: usize = 6;
const PER_HOST: usize = 2;

#[derive(Default)]
struct Count {
    /// Requests that are not answered yet, by host: those that the client has yet to send, and those in flight.
    left: BTreeMap<String, usize>,
    in_flight: BTreeMap<String, usize>,
    most: usize,
    most_per_host: usize,
}

impl Count {
    fn in_all(&self) -> usize {
        self.in_flight.values().sum()
    }

    /// How many are in flight when no request waits that need not.
    fn full(&self) -> usize {
        IN_ALL.min(self.left.values().map(|left| PER_HOST.min(*left)).sum())
    }
}

#[test]
fn as_many_requests_are_in_flight_as_may_be_and_no_more() {
    let hosts = ["a.example", "b.example", "c.example", "d.example", "e.example"];
    let left = hosts.map(|host| (host.to_owned(), 8)).into();
    let shared = Arc::new((Mutex::new(Count { left, ..Count::default() }), Condvar::new()));
    let served = Arc::clone(&shared);
    let server = serve(move |head, stream| {
        let host = head.split('/').nth(1).unwrap().to_owned();
        let (count, changed) = &*served;
        let mut count = count.lock().unwrap();
        let here = count.in_flight.entry(host.clone()).or_default();
        *here += 1;
        let here = *here;
        count.most_per_host = count.most_per_host.max(here);
        count.most = count.most.max(count.in_all());
        changed.notify_all();
        let patience = Duration::from_secs(20);
        let waited = changed.wait_timeout_while(count, patience, |count| count.in_all() < count.full());
        let (mut count, waited) = waited.unwrap();
        assert!(!waited.timed_out(), "some request waits that need not");
        *count.in_flight.get_mut(&host).unwrap() -= 1;
        *count.left.get_mut(&host).unwrap() -= 1;
        changed.notify_all();
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\nok");
    });
    let http = Http::new(Options { requests: IN_ALL, per_host: PER_HOST, tries: 1, ..options(&server) }).unwrap();
    let urls: Vec<Request> = (0..40).map(|number| get(&format!("https://{}/{number}", hosts[number / 8]))).collect();
    let replies = run(futures::future::join_all(urls.iter().map(|request| http.fetch(request))));
    assert!(replies.iter().all(|reply| reply.as_ref().is_ok_and(|reply| reply.body == b"ok")));
    let count = shared.0.lock().unwrap();
    assert_eq!((count.most, count.most_per_host, count.in_all()), (IN_ALL, PER_HOST, 0));
}

#[test]
fn a_busy_host_keeps_nobody_from_another() {
    let (told, heard) = std::sync::mpsc::channel();
    let heard = Mutex::new(heard);
    // Host `a` answers only once host `b` was asked.
    let server = serve(move |head, stream| {
        if head.starts_with("GET /b.example/") {
            told.send(()).unwrap();
        } else {
            heard.lock().unwrap().recv_timeout(Duration::from_secs(20)).unwrap();
            told.send(()).unwrap();
        }
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\nok");
    });
    let http = Http::new(Options { requests: 2, per_host: 1, tries: 1, ..options(&server) }).unwrap();
    let requests: Vec<Request> = ["a.example/1", "a.example/2", "a.example/3", "b.example/"]
        .map(|place| get(&format!("https://{place}")))
        .into();
    let replies = run(futures::future::join_all(requests.iter().map(|request| http.fetch(request))));
    assert!(replies.iter().all(Result::is_ok));
}
