//! Progress of long work, on stderr and only when that is a terminal.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use pitfloor_model::units::{Span, Time};
use std::io::IsTerminal;

/// A bar that knows simulated time and the rate of commands.
pub(crate) struct Progress {
    bar: ProgressBar,
    end: Span,
}

impl Progress {
    /// For work that lasts `end` of simulated time; invisible when `quiet` or not at a terminal.
    pub(crate) fn new(end: Span, quiet: bool) -> Self {
        let bar = ProgressBar::new(1_000);
        let visible = !quiet && std::io::stderr().is_terminal();
        bar.set_draw_target(if visible {
            ProgressDrawTarget::stderr_with_hz(10)
        } else {
            ProgressDrawTarget::hidden()
        });
        let style = ProgressStyle::with_template("{bar:32} {percent:>3}%  {msg}  {eta} left");
        bar.set_style(style.expect("the template is well formed"));
        Self { bar, end }
    }

    /// Says how far the work is.
    pub(crate) fn tell(&self, now: Time, commands: u64) {
        if self.bar.is_hidden() {
            return;
        }
        let done = now.0 as f64 / self.end.0.max(1) as f64;
        self.bar.set_position((done * 1_000.0) as u64);
        let rate = commands as f64 / self.bar.elapsed().as_secs_f64().max(1e-9);
        let (h, m, s) =
            (now.0 / 3_600_000_000_000, now.0 / 60_000_000_000 % 60, now.0 / 1_000_000_000 % 60);
        self.bar.set_message(format!("{h}:{m:02}:{s:02} simulated  {:.0} commands/s", rate));
    }

    /// Takes the bar away.
    pub(crate) fn end(self) {
        self.bar.finish_and_clear();
    }
}
