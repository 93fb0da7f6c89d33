//! How long `upshift scan --checkouts` takes for a made-up fleet, beside `find | xargs cat` of the same files, and how much
//! memory it needs. `--check` fails where a limit is broken.
//!
//! Must not be a part of `cargo test`: times depend on what else the machine does.

#![expect(clippy::expect_used, reason = "a measurement that cannot go on stops")]
#![expect(clippy::disallowed_methods, reason = "it makes the fleet")]
#![expect(clippy::print_stdout, reason = "what is measured is printed")]

#[path = "harness/measure.rs"]
mod measure;

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::{Command, ExitCode, Stdio};

use measure::Taken;

const SIZES: [usize; 2] = [1000, 2000];

const ROUNDS: usize = 7;

/// How many times as long as reading the files a scan may take.
const LARGEST_RATIO: f64 = 3.0;

/// The most memory that a scan may take, in kB.
const LARGEST_PEAK: u64 = 50_000;

/// Files that name versions, of which each repository has some.
const PINS: [(&str, &str); 8] = [
    (
        "go.mod",
        "module example.org/a\n\ngo 1.26.0\n\nrequire (\n\texample.org/b v1.2.3\n\texample.org/c v1.4.0 // indirect\n)\n",
    ),
    (".tool-versions", "golang 1.26.5\nnodejs 22.11.0\nmarkdownlint-cli2 0.22.1\n"),
    (".ruby-version", "3.4.1\n"),
    (
        "Dockerfile",
        "ARG GO_VERSION=1.26.5\nFROM golang:${GO_VERSION}-alpine AS build\nWORKDIR /src\nCOPY . .\nRUN go build ./...\nFROM alpine:3.20\nCOPY --from=build /src/a /a\n",
    ),
    (
        "package.json",
        "{\n  \"name\": \"a\",\n  \"engines\": { \"node\": \">=22\" },\n  \"dependencies\": { \"left\": \"^1.0.0\" }\n}\n",
    ),
    (
        ".gitlab-ci.yml",
        "variables:\n  GO_VERSION: \"1.26.5\"\n\n.base: &base\n  image: golang:${GO_VERSION}\n  before_script: [go version]\n\ntest:\n  <<: *base\n  parallel:\n    matrix:\n      - GO_VERSION: [\"1.25\", \"1.26\"]\n  script:\n    - go test ./...\n\nlint:\n  <<: *base\n  script: [make lint]\n",
    ),
    (
        ".github/workflows/ci.yml",
        "on: push\njobs:\n  test:\n    runs-on: ubuntu-latest\n    strategy:\n      matrix:\n        go: ['1.25', '1.26']\n    steps:\n      - uses: actions/checkout@v4\n      - uses: actions/setup-go@v5\n        with:\n          go-version: ${{ matrix.go }}\n      - run: go test ./...\n",
    ),
    ("Makefile", "GO_VERSION ?= 1.26.5\n\nall: build\n\nbuild:\n\tgo build ./...\n\nlint:\n\tgolangci-lint run\n"),
];

fn main() -> ExitCode {
    measure::main(measure)
}

/// Measures and prints; says whether the limits are kept.
fn measure() -> bool {
    let mut is_kept = true;
    println!("{ROUNDS} rounds; {}", measure::find_load());
    println!("repositories    scan       cat        ratio    peak");
    for size in SIZES {
        let folder = tempfile::tempdir().expect("a folder");
        make_fleet(folder.path(), size);
        let (mut scans, mut cats) = (Vec::new(), Vec::new());
        for _ in 0..ROUNDS {
            scans.push(run(to_scan(folder.path())));
            cats.push(run(to_cat(folder.path())));
        }
        let (scan, cat) = (median(&scans), median(&cats));
        let peak = scans.iter().map(|taken| taken.peak).max().unwrap_or(0);
        let ratio = scan / cat;
        println!("{size:<12}    {scan:>5.3} s    {cat:>5.3} s    {ratio:>5.2}    {:>5.1} MB", peak as f64 / 1e3);
        is_kept &= ratio <= LARGEST_RATIO && peak <= LARGEST_PEAK;
    }
    println!("at most                                 {LARGEST_RATIO:>5.2}    {:>5.1} MB", LARGEST_PEAK as f64 / 1e3);
    is_kept
}

/// A catalog with a component for each checkout; each has five files that name versions and twenty that do not.
fn make_fleet(folder: &Path, size: usize) {
    let mut catalog = "teams: { us: { name: Us } }\nruntimes:\n  go: { name: Go, scheme: go }\n  node: { name: Node.js, scheme: node }\n  ruby: { name: Ruby, scheme: ruby }\ncomponents:\n".to_owned();
    for number in 0..size {
        writeln!(catalog, "  c{number}: {{ owner: us, uses: {{ go: {{}}, node: {{}}, ruby: {{}} }} }}")
            .expect("writes");
        let repository = folder.join(format!("checkouts/c{number}"));
        for (path, text) in PINS.iter().cycle().skip(number % PINS.len()).take(5) {
            put(&repository.join(path), text);
        }
        for other in 0..20 {
            let text = format!("package a\n\nfunc f{other}() string {{ return \"1.26.{number}\" }}\n").repeat(20);
            put(&repository.join(format!("internal/p{}/f{other}.go", other % 4)), &text);
        }
    }
    put(&folder.join("data/a.yaml"), &catalog);
}

fn put(path: &Path, text: &str) {
    fs::create_dir_all(path.parent().expect("has a folder")).expect("makes a folder");
    fs::write(path, text).expect("writes");
}

fn to_scan(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_upshift"));
    command.args(["--as-of", "2026-11-26", "-q", "scan", "--checkouts", "checkouts", "--check"]).current_dir(folder);
    // Whatever was found before, all is read again; with `--check` nothing is written.
    command.env_clear();
    command
}

/// Reads the same files, and does nothing with them.
fn to_cat(folder: &Path) -> Command {
    let names: Vec<String> = PINS
        .iter()
        .map(|(path, _)| path.rsplit('/').next().unwrap_or(path))
        .map(|name| format!("-name '{name}'"))
        .collect();
    let mut command = Command::new("sh");
    command.args(["-c", &format!("find checkouts -type f \\( {} \\) -print0 | xargs -0 cat", names.join(" -o "))]);
    command.current_dir(folder);
    command
}

fn run(mut command: Command) -> Taken {
    command.stderr(Stdio::null());
    let taken = measure::run(command);
    // A scan of what is not in the lock yet has something to tell.
    assert!(matches!(taken.status.code(), Some(0 | 1)), "{}", taken.status);
    taken
}

fn median(times: &[Taken]) -> f64 {
    let mut seconds: Vec<f64> = times.iter().map(|taken| taken.seconds).collect();
    seconds.sort_by(f64::total_cmp);
    seconds[seconds.len() / 2]
}
