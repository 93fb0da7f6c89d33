//! What commands take, and what a bench that has limits does with its arguments.

#![allow(dead_code, reason = "each bench uses a part of it")]
#![allow(clippy::expect_used, reason = "a measurement that cannot go on stops")]

use std::env;
use std::fs;
use std::process::{Command, ExitCode, ExitStatus, Stdio};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

/// How long the kernel's counts may be old.
const MOMENT: Duration = Duration::from_millis(1);

/// Measures, and fails with `--check` where a limit is broken, which `measure` says by `false`.
///
/// `cargo bench` gives the word `--bench`; `cargo test --all-targets` does not, and nothing is measured.
pub fn main(measure: impl FnOnce() -> bool) -> ExitCode {
    let is_given = |word: &str| env::args().any(|argument| argument == word);
    let is_kept = !is_given("--bench") || measure();
    if !is_kept && is_given("--check") { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

/// What else the machine does: `load 0.42 on 2 cores`.
pub fn find_load() -> String {
    let load = fs::read_to_string("/proc/loadavg").expect("Linux counts");
    let load = load.split(' ').next().unwrap_or_default();
    format!("load {load} on {} cores", thread::available_parallelism().map_or(1, usize::from))
}

/// What a command took.
#[derive(Clone, Copy)]
pub struct Taken {
    /// How long it ran.
    pub seconds: f64,
    /// The most memory that it had at once, in kB.
    pub peak: u64,
    /// How it ended.
    pub status: ExitStatus,
}

/// Runs a command, whose output goes nowhere.
pub fn run(mut command: Command) -> Taken {
    let begin = Instant::now();
    let mut child = command.stdout(Stdio::null()).spawn().expect("runs");
    let path = format!("/proc/{}/status", child.id());
    let (peak, is_over) = (AtomicU64::new(0), AtomicBool::new(false));
    let (seconds, status) = thread::scope(|scope| {
        scope.spawn(|| {
            while !is_over.load(Ordering::Relaxed) {
                // What has ended and waits to be noticed has none.
                peak.fetch_max(find_peak(&path).unwrap_or(0), Ordering::Relaxed);
                thread::sleep(MOMENT);
            }
        });
        let status = child.wait().expect("waits");
        let seconds = begin.elapsed().as_secs_f64();
        is_over.store(true, Ordering::Relaxed);
        (seconds, status)
    });
    Taken { seconds, peak: peak.into_inner(), status }
}

/// The most memory that a process has had at once, in kB, by the path of its status, as `proc(5)` counts it; Linux only.
pub fn find_peak(path: &str) -> Option<u64> {
    let status = fs::read_to_string(path).ok()?;
    status.lines().find_map(|line| line.strip_prefix("VmHWM:")?.strip_suffix(" kB")?.trim().parse().ok())
}
