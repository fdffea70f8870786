//! The wall clock: the one place in this crate where it is read.
//!
//! It is tokio's, so that a test can hold it still and let it jump from timer to timer.

use pitfloor_model::units::Time;
use std::time::Duration;
use tokio::time::{Instant, sleep_until};

/// The longest one sleep: a day. Who waits longer wakes up in between and goes back to sleep.
const SLEEP_MAX: Duration = Duration::from_secs(86_400);

/// How long to wait for the clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wake {
    /// Not at all.
    Now,
    /// Until then.
    At(Instant),
    /// For ever: only somebody's knock wakes.
    Never,
}

impl Wake {
    /// `wait` after `start`, or a day from now when that is farther.
    pub(crate) fn after(start: Instant, wait: Duration) -> Self {
        let now = wall();
        let farthest = now + SLEEP_MAX;
        let at = start.checked_add(wait).map_or(farthest, |at| at.min(farthest));
        // Timers tick in milliseconds and round up: what is due by now must not wait for a tick.
        if at <= now { Self::Now } else { Self::At(at) }
    }

    /// Waits for it. May be dropped and begun anew.
    pub(crate) async fn wait(self) {
        match self {
            Self::Now => tokio::task::consume_budget().await,
            Self::At(at) => sleep_until(at).await,
            Self::Never => std::future::pending().await,
        }
    }
}

/// Now.
pub(crate) fn wall() -> Instant {
    Instant::now()
}

/// How much wall time has passed since `start`, as a moment of a run that began then.
pub(crate) fn since(start: Instant) -> Time {
    let nanos = wall().duration_since(start).as_nanos();
    Time(u64::try_from(nanos).expect("no run lasts 584 years"))
}

/// When a run that began at `start` comes to the moment `at`.
pub(crate) fn due(start: Instant, at: Time) -> Wake {
    Wake::after(start, Duration::from_nanos(at.0))
}
