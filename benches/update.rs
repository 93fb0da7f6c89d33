//! How long `upshift update` takes beside curl, for the same answers of a server on this machine that takes its time, and
//! how much memory it needs. `--check` fails where a limit is broken.
//!
//! Must not be a part of `cargo test`: times depend on what else the machine does.

#![expect(clippy::expect_used, reason = "a measurement that cannot go on stops")]
#![expect(clippy::print_stdout, reason = "what is measured is printed")]

#[path = "../tests/harness/harness.rs"]
mod harness;
#[path = "harness/measure.rs"]
mod measure;

use std::fs;
use std::path::Path;
use std::process::{Command, ExitCode, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use harness::repository;
use serde_json::{Value, json};
use tokio::runtime::Runtime;
use wiremock::matchers::any;
use wiremock::{Mock, MockServer, Request, ResponseTemplate};

const SOURCES: usize = 200;

/// So many that the limit of each host is never what a request waits for.
const HOSTS: usize = 25;

/// What the server waits before each answer.
const LATENCY: Duration = Duration::from_millis(100);

/// The most requests in flight: of curl here, and of `upshift` unless the settings say otherwise.
const IN_FLIGHT: usize = 32;

const ROUNDS: usize = 7;

/// How many times as long as curl an update may take.
const LARGEST_RATIO: f64 = 1.3;

/// The most memory that an update may take, in kB.
const LARGEST_PEAK: u64 = 100_000;

fn main() -> ExitCode {
    measure::main(measure)
}

/// Measures and prints; says whether the limits are kept.
fn measure() -> bool {
    let server = Server::start();
    let folder = repository(&[("data/a.yaml", &to_catalog("")), ("curl.txt", &server.to_curl_config())]);
    let folder = folder.path();
    let (mut cold, mut curl, mut warm) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        forget(folder);
        cold.push(server.time(server.to_update(folder), [SOURCES, 0]));
        curl.push(server.time(to_curl(folder), [SOURCES, 0]));
        warm.push(server.time(server.to_update(folder), [0, SOURCES]));
    }
    forget(folder);
    let plain = find_peak(server.to_update(folder));
    let go = "  go: { name: Go, scheme: go, process: work, releases: [{ go: {} }] }";
    let large = find_peak(server.to_update(repository(&[("data/a.yaml", &to_catalog(go))]).path()));

    let latency = LATENCY.as_millis();
    let load = measure::find_load();
    println!("{SOURCES} sources, {latency} ms each, {IN_FLIGHT} in flight; {ROUNDS} rounds; {load}");
    println!("                       median       min       max");
    let [cold, curl, warm] = [("update, nothing known", cold), ("curl", curl), ("update, all known", warm)].map(show);
    println!("nothing known / curl    {:>5.2}    at most {LARGEST_RATIO}", cold / curl);
    println!("all known / curl        {:>5.2}    at most {LARGEST_RATIO}", warm / curl);
    let most = LARGEST_PEAK / 1000;
    println!("peak of memory          {:>5.1} MB at most {most} MB", plain as f64 / 1e3);
    println!("  with 3 MB of go.dev   {:>5.1} MB at most {most} MB", large as f64 / 1e3);
    cold.max(warm) / curl <= LARGEST_RATIO && plain.max(large) <= LARGEST_PEAK
}

/// Prints the median and the extremes of some times; gives the median, in seconds.
fn show((name, mut times): (&str, Vec<Duration>)) -> f64 {
    times.sort();
    let [median, min, max] = [times.len() / 2, 0, times.len() - 1].map(|at| times[at].as_secs_f64());
    println!("{name:<22} {median:>5.3} s   {min:>5.3} s   {max:>5.3} s");
    median
}

/// A proxy cache in a thread of its own that stands for all upstreams.
struct Server {
    _engine: Runtime,
    server: MockServer,
    /// How many answers were whole, and how many said that nothing has changed.
    counts: Arc<[AtomicUsize; 2]>,
}

impl Server {
    fn start() -> Self {
        let engine = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("starts");
        let server = engine.block_on(MockServer::builder().disable_request_recording().start());
        let counts = Arc::new([AtomicUsize::new(0), AtomicUsize::new(0)]);
        let [go, tags] =
            [to_go_releases(), to_tags()].map(|text| ResponseTemplate::new(200).set_body_raw(text, "application/json"));
        let counted = Arc::clone(&counts);
        let answer = move |request: &Request| {
            let is_known = request.headers.contains_key("if-none-match");
            counted[usize::from(is_known)].fetch_add(1, Ordering::Relaxed);
            let answer = match request.url.path() {
                _ if is_known => ResponseTemplate::new(304),
                "/go.dev/dl/" => go.clone(),
                _ => tags.clone(),
            };
            answer.insert_header("etag", "\"1\"").set_delay(LATENCY)
        };
        engine.block_on(Mock::given(any()).respond_with(answer).mount(&server));
        Self { _engine: engine, server, counts }
    }

    fn to_update(&self, folder: &Path) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_upshift"));
        command.args(["update", "-q", "--mirror", &self.server.uri()]).current_dir(folder);
        command.env_clear().env("XDG_CACHE_HOME", folder);
        command
    }

    /// The same questions for curl, one after the other.
    fn to_curl_config(&self) -> String {
        let to_lines = |number| {
            let (host, project) = to_place(number);
            let path = format!("{host}/api/v4/projects/{}/repository/tags?per_page=100", project.replace('/', "%2F"));
            format!("url = {}/{path}\noutput = /dev/null\n", self.server.uri())
        };
        (0..SOURCES).map(to_lines).collect()
    }

    /// Runs a command that has to end well; `expected` is how many answers are whole, and how many say that nothing has
    /// changed.
    fn time(&self, mut command: Command, expected: [usize; 2]) -> Duration {
        let begin = Instant::now();
        let output = command.output().expect("runs");
        let took = begin.elapsed();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        assert_eq!(self.counts.each_ref().map(|count| count.swap(0, Ordering::Relaxed)), expected);
        took
    }
}

fn to_curl(folder: &Path) -> Command {
    let mut command = Command::new("curl");
    command.args(["--disable", "--parallel", "--parallel-immediate", "--silent", "--show-error", "--fail"]);
    command.args(["--parallel-max", &IN_FLIGHT.to_string(), "--noproxy", "*", "--config", "curl.txt"]);
    command.current_dir(folder);
    command
}

/// Removes what is known, so that all is asked for the first time.
fn forget(folder: &Path) {
    // Neither is there before the first run.
    let _ = fs::remove_file(folder.join("upshift.lock"));
    let _ = fs::remove_dir_all(folder.join("upshift"));
}

/// The most memory that a command takes which has to end well, in kB.
fn find_peak(mut command: Command) -> u64 {
    command.stderr(Stdio::null());
    let taken = measure::run(command);
    assert!(taken.status.success(), "{}", taken.status);
    taken.peak
}

const COMMIT: &str = "60a8ff033665e1207714d6670fcd7b65304ec02f";

const DIGEST: &str = "60a8ff033665e1207714d6670fcd7b65304ec02f60a8ff033665e1207714d666";

/// The host of a source and its project there.
fn to_place(number: usize) -> (String, String) {
    (format!("gitlab-{}.example", number % HOSTS), format!("languages/runtime-{number}"))
}

/// A catalog with a runtime for each source, and another one.
fn to_catalog(another: &str) -> String {
    let to_runtime = |number| {
        let (host, project) = to_place(number);
        let source = format!("gitlab-tags: {{ project: {project}, url: \"https://{host}\" }}");
        format!(
            "  r{number}: {{ name: Runtime {number}, scheme: semver, process: work, releases: [{{ {source} }}] }}\n"
        )
    };
    let runtimes: String = (0..SOURCES).map(to_runtime).collect();
    let process =
        "processes: { work: { phases: [{ id: work }], steps: { build: { title: Build, each: component } } } }";
    format!("{process}\nruntimes:\n{runtimes}{another}\n")
}

/// Twenty tags, as GitLab sends them.
fn to_tags() -> Vec<u8> {
    let to_tag = |minor| {
        let day = format!("2026-01-{:02}T10:40:21.000+00:00", minor + 1);
        let commit = json!({
            "id": COMMIT, "short_id": &COMMIT[..8], "created_at": day, "parent_ids": [COMMIT], "title": "Update changelog",
            "message": "Update changelog\n\n[ci skip]\n", "author_name": "Release bot", "author_email": "bot@example.com",
            "authored_date": day, "committer_name": "Release bot", "committer_email": "bot@example.com",
            "committed_date": day, "trailers": {}, "extended_trailers": {}, "web_url": "https://gitlab.example/commit",
        });
        json!({
            "name": format!("v1.{minor}.0"), "message": format!("Version v1.{minor}.0"), "target": COMMIT, "commit": commit,
            "release": { "tag_name": format!("v1.{minor}.0"), "description": "See the changelog" }, "protected": true,
            "created_at": day,
        })
    };
    (0..20).map(to_tag).collect::<Value>().to_string().into_bytes()
}

/// As many releases with as many files as go.dev lists, about 3 MB.
fn to_go_releases() -> Vec<u8> {
    let to_release = |(minor, patch)| {
        let version = format!("go1.{minor}.{patch}");
        let to_file = |number: usize| {
            json!({
                "filename": format!("{version}.linux-{number}.tar.gz"), "os": "linux", "arch": number.to_string(),
                "version": version, "sha256": DIGEST, "size": 65_000_000, "kind": "archive",
            })
        };
        json!({ "version": version, "stable": true, "files": (0..48).map(to_file).collect::<Value>() })
    };
    let releases = (1..28).flat_map(|minor| (0..13).map(move |patch| (minor, patch)));
    let text = releases.map(to_release).collect::<Value>().to_string();
    assert_eq!(text.len() / 1_000_000, 3);
    text.into_bytes()
}
