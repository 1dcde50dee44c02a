//! Says on a terminal what is going on, once it takes longer than a second.

use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget};

/// Nobody needs to be told of what is done sooner.
const PATIENCE: Duration = Duration::from_secs(1);

/// A line on standard error, if that is a terminal.
#[derive(Clone)]
pub(crate) struct Progress {
    bar: ProgressBar,
    begun: Instant,
}

impl Progress {
    /// Begins, showing nothing yet.
    pub(crate) fn new() -> Self {
        Self { bar: ProgressBar::with_draw_target(None, ProgressDrawTarget::hidden()), begun: Instant::now() }
    }

    /// Says what is going on.
    pub(crate) fn say(&self, what: impl Into<std::borrow::Cow<'static, str>>) {
        if self.bar.is_hidden() && self.begun.elapsed() > PATIENCE {
            self.bar.set_draw_target(ProgressDrawTarget::stderr());
        }
        self.bar.set_message(what);
        self.bar.tick();
    }

    /// Takes the line away.
    pub(crate) fn end(&self) {
        self.bar.finish_and_clear();
    }
}
