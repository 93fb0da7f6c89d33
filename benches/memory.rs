//! How much memory a build takes at its peak, at three sizes. The kernel keeps that count for each process, so each
//! build has a process of its own: this program again, with the folder as its argument.

#![expect(clippy::expect_used, reason = "a measurement that cannot go on stops")]
#![expect(clippy::print_stdout, reason = "what is measured is printed")]

#[path = "../tests/harness/fleet.rs"]
mod fleet;
#[path = "harness/measure.rs"]
mod measure;

use std::env;
use std::path::Path;
use std::process::Command;

use fleet::Fleet;

/// What tells the second process from the first; `cargo bench` has arguments of its own.
const CHILD: &str = "--build-in";

fn main() {
    let arguments: Vec<String> = env::args().collect();
    if let [_, word, folder] = arguments.as_slice()
        && word == CHILD
    {
        fleet::build(Path::new(folder));
        println!("{}", measure::find_peak("/proc/self/status").expect("Linux counts"));
        return;
    }
    for tasks in [3_000, 30_000, 300_000] {
        let folder = tempfile::tempdir().expect("a folder");
        Fleet::of(tasks).write(folder.path());
        let child = Command::new(&arguments[0]).arg(CHILD).arg(folder.path()).output().expect("runs");
        let peak: u64 = String::from_utf8_lossy(&child.stdout).trim().parse().expect("builds");
        println!(
            "peak memory of {tasks:>7} tasks: {:>5} MiB, {:.1} KiB a task",
            peak >> 10,
            peak as f64 / tasks as f64
        );
    }
}
