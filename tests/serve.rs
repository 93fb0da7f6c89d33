//! The preview, from outside: pages are served from memory, made anew when something changes, and problems are told.

#![expect(
    clippy::expect_used,
    clippy::disallowed_methods,
    reason = "a test that cannot go on stops, and writes where it likes"
)]

#[path = "harness/harness.rs"]
mod harness;

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};

use harness::{copy, read_tree, root};
use serde_json::Value;

/// A running preview; it is killed when it is dropped.
struct Preview {
    child: Child,
    port: u16,
    said: Receiver<String>,
}

impl Preview {
    fn start(folder: &Path) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_upshift"))
            .args(["serve", "--port", "0"])
            .current_dir(folder)
            .env_clear()
            .env("NO_COLOR", "1")
            .stderr(Stdio::piped())
            .spawn()
            .expect("starts");
        let lines = BufReader::new(child.stderr.take().expect("is piped")).lines();
        let (sender, said) = channel();
        std::thread::spawn(move || lines.map_while(Result::ok).for_each(|line| _ = sender.send(line)));
        let mut preview = Self { child, port: 0, said };
        let line = preview.wait_for("http://127.0.0.1:");
        let port = line.split("127.0.0.1:").nth(1).and_then(|rest| rest.split('/').next()).expect("names the port");
        preview.port = port.parse().expect("is a number");
        preview
    }

    /// The next line that it says with these words.
    fn wait_for(&self, words: &str) -> String {
        loop {
            let line = self.said.recv().expect("still says something");
            if line.contains(words) {
                return line;
            }
        }
    }

    fn ask(&self, path: &str, host: &str) -> (u16, String) {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).expect("connects");
        write!(stream, "GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n").expect("asks");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("answers");
        let (head, body) = answer.split_once("\r\n\r\n").expect("has a head");
        let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).expect("has a status");
        (status, body.to_owned())
    }

    fn page(&self, path: &str) -> (u16, String) {
        self.ask(path, &format!("localhost:{}", self.port))
    }

    /// What pages are told, once it is other than before.
    fn news(&self, after: Option<u64>) -> Value {
        let query = after.map(|after| format!("?after={after}")).unwrap_or_default();
        let (status, body) = self.page(&format!("/.upshift/events{query}"));
        assert_eq!(status, 200);
        serde_json::from_str(&body).expect("is JSON")
    }
}

impl Drop for Preview {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn version(news: &Value) -> Option<u64> {
    news["version"].as_u64()
}

#[test]
fn a_change_is_shown_and_a_problem_is_told() {
    let work = tempfile::tempdir().expect("a folder");
    let situation = root().join("tests/golden/released_revisions");
    for part in ["data", "site"] {
        copy(&situation.join(part), &work.path().join(part));
    }
    fs::copy(situation.join("upshift.lock"), work.path().join("upshift.lock")).expect("copies");
    let before = read_tree(work.path());
    let preview = Preview::start(work.path());

    let (status, page) = preview.page("/");
    assert_eq!(status, 200);
    assert_eq!(page.matches("/.upshift/reload.js?pages=").count(), 1);
    assert_eq!(preview.page("/go/1.27.0/r1/").0, 200);
    assert_eq!(preview.page("/go").0, 308);
    assert_eq!(preview.page("/api/index.json").0, 200);
    assert_eq!(preview.page("/nothing/").0, 404);
    assert_eq!(preview.page("/../upshift.lock").0, 404);
    assert_eq!(preview.page("/%2e%2e/upshift.lock").0, 404);
    assert_eq!(preview.ask("/", "evil.example").0, 421);
    assert_eq!(read_tree(work.path()), before, "nothing is written");

    let news = preview.news(None);
    assert_eq!(news["problems"], "");
    let (file, text) =
        before.iter().find(|(path, text)| path.starts_with("data/") && text.contains("teams:")).expect("has teams");
    let file = work.path().join(file);

    fs::write(&file, text.replacen("teams:", "teamz:", 1)).expect("writes");
    let broken = preview.news(version(&news));
    assert!(broken["problems"].as_str().expect("is a text").contains("error[unknown-key]"), "{broken}");
    assert_eq!(broken["pages"], news["pages"], "the last sound site stays");
    preview.wait_for("error[unknown-key]");
    assert_eq!(preview.page("/").0, 200);

    fs::write(&file, text.replacen("name: ", "name: Renamed ", 1)).expect("writes");
    let mended = preview.news(version(&broken));
    assert_eq!(mended["problems"], "");
    assert_ne!(mended["pages"], news["pages"]);
    preview.wait_for("changed: ");
    assert!(preview.page("/teams/").1.contains("Renamed"));
}

#[test]
fn a_catalog_that_was_never_sound_shows_its_problems() {
    let work = tempfile::tempdir().expect("a folder");
    fs::create_dir(work.path().join("data")).expect("makes a folder");
    fs::write(work.path().join("data/a.yaml"), "settingz: {}\n").expect("writes");
    let preview = Preview::start(work.path());
    let (status, page) = preview.page("/");
    assert_eq!(status, 503);
    assert!(page.contains("settingz"), "{page}");
    let news = preview.news(None);
    fs::write(work.path().join("data/a.yaml"), "settings: { title: Now }\n").expect("writes");
    assert_ne!(preview.news(version(&news))["pages"], news["pages"]);
    assert_eq!(preview.page("/").0, 200);
}
