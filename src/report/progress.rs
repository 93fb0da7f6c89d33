//! Lines on a terminal that tell how far each source is. Where nobody watches there are none.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::model::exchange::Progress;
use crate::text::escape::to_terminal;

/// How often a line moves while its source is asked.
const TICK: Duration = Duration::from_millis(120);

/// A line for each source that is being asked or has answered.
pub struct ProgressLines {
    lines: Option<Lines>,
}

struct Lines {
    screen: MultiProgress,
    bars: Mutex<BTreeMap<String, ProgressBar>>,
}

impl ProgressLines {
    pub(super) fn new(is_watched: bool) -> Self {
        let screen = || MultiProgress::with_draw_target(ProgressDrawTarget::stderr());
        Self { lines: is_watched.then(|| Lines { screen: screen(), bars: Mutex::default() }) }
    }

    /// Tells how far a source of a runtime is.
    pub fn tell(&self, runtime: &str, source: &str, progress: Progress) {
        let Some(lines) = &self.lines else { return };
        let name = format!("{}: {}", to_terminal(runtime), to_terminal(source));
        let mut bars = lines.bars.lock().unwrap_or_else(PoisonError::into_inner);
        let bar = bars.entry(name.clone()).or_insert_with(|| {
            let bar = lines.screen.add(ProgressBar::new_spinner());
            if let Ok(style) = ProgressStyle::with_template("{spinner} {msg}") {
                bar.set_style(style);
            }
            bar.enable_steady_tick(TICK);
            bar
        });
        match progress {
            Progress::Asked => bar.set_message(format!("{name}: asking")),
            Progress::Unchanged => bar.finish_with_message(format!("{name}: unchanged")),
            Progress::Answered => bar.finish_with_message(format!("{name}: answered")),
            Progress::Failed => bar.finish_with_message(format!("{name}: failed")),
        }
    }

    /// Takes the lines away, so that what follows stands alone.
    pub fn clear(self) {
        if let Some(lines) = self.lines {
            // What cannot be drawn cannot be taken away, and does no harm.
            let _ = lines.screen.clear();
        }
    }
}
