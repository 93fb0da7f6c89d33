//! The command line of `upshift serve`.

use clap::Args;

/// Shows the pages in a browser on this machine, and shows them anew when something changes.
///
/// Nothing is written: pages are made in memory, and again when the catalog, the lock, a template or a released revision
/// changes. Problems are printed, and shown above the pages as they were before; Esc hides them. Only this machine is
/// answered. Ctrl-C ends.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  upshift serve
  upshift serve --port 8080
  upshift serve --port 0             let the system choose")]
pub struct ServeArgs {
    /// The port; when it is taken, one of the next ten; 0 lets the system choose
    #[arg(long, default_value_t = 4000)]
    pub port: u16,
}
