//! Parses the command line, runs the verb, prints the error, chooses the exit code. The only place that knows the clock
//! and the environment.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser as _;
use upshift::cli::Cli;
use upshift::commands::{self, Surroundings, Tokens};
use upshift::report::Report;

fn main() -> ExitCode {
    let cli = Cli::parse();
    let surroundings = Surroundings { today: today(), cache: cache(), tokens: tokens() };
    let mut report = Report::new(&cli.global);
    let exit = commands::run(&cli, &surroundings, &mut report).unwrap_or_else(|error| {
        report.failure(&format!("{error:#}"), &[]);
        commands::Exit::Outside
    });
    ExitCode::from(exit.code())
}

/// The day in UTC, so that a run gives the same on every machine.
#[expect(clippy::disallowed_methods, reason = "the clock is read here and nowhere else")]
fn today() -> jiff::civil::Date {
    jiff::tz::Offset::UTC.to_datetime(jiff::Timestamp::now()).date()
}

/// The user's folder for caches, as the XDG base directory specification names it.
#[expect(clippy::disallowed_methods, reason = "the environment is read here and nowhere else")]
fn cache() -> Option<PathBuf> {
    let named = std::env::var_os("XDG_CACHE_HOME").map(PathBuf::from).filter(|path| path.is_absolute());
    let base = named.or_else(|| std::env::var_os("HOME").map(|home| PathBuf::from(home).join(".cache")))?;
    Some(base.join("upshift"))
}

/// The tokens of the environment.
#[expect(clippy::disallowed_methods, reason = "the environment is read here and nowhere else")]
fn tokens() -> Tokens {
    Tokens::parse(std::env::vars_os())
}
