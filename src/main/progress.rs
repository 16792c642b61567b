//! How far long work is: a line at a terminal that moves, and nothing elsewhere.

use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

/// A line that says what is being done, since when, and how much of it is done. It goes when this goes.
pub struct Progress {
    line: ProgressBar,
    what: &'static str,
}

impl Progress {
    /// Something whose length nobody knows.
    pub fn begin(what: &'static str) -> Self {
        Self::on(
            ProgressBar::new_spinner(),
            what,
            "{spinner} {msg} {pos} {elapsed}",
        )
    }

    /// Something of so many steps.
    pub fn of(what: &'static str, steps: usize) -> Self {
        let bar = ProgressBar::new(steps as u64);
        Self::on(bar, what, "{msg} [{bar:40}] {pos} of {len} {elapsed}")
    }

    fn on(line: ProgressBar, what: &'static str, template: &str) -> Self {
        // A template that is none shows in the first run at a terminal, and is no reason not to do the work.
        if let Ok(style) = ProgressStyle::with_template(template) {
            line.set_style(style);
        }
        line.set_message(what);
        // It moves also while a step takes long.
        line.enable_steady_tick(Duration::from_millis(200));
        Self { line, what }
    }

    /// So many more are done.
    pub fn more(&mut self, more: u64) {
        self.line.inc(more);
    }

    /// So many more are done of this. Something else begins anew.
    pub fn more_of(&mut self, what: &'static str, more: u64) {
        if what != self.what {
            self.what = what;
            self.line.set_message(what);
            self.line.set_position(0);
        }
        self.line.inc(more);
    }

    /// So many are done.
    pub fn at(&self, done: u64) {
        self.line.set_position(done);
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.line.finish_and_clear();
    }
}
