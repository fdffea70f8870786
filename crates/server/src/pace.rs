//! The paced host: the simulation's kernel, and a clock that says how far it may go.
//!
//! The kernel decides what happens and in which order; this host decides *when it may*. It sleeps
//! until the next moment is due, lets the kernel do everything due by then, and takes in what
//! people and programs send from outside. Without anything from outside the history is
//! the simulated one, event for event, at any speed and with any pauses.
//!
//! Start reading at [`paced`].

use crate::clock::{Wake, wall};
use crate::doors::{Control, Doors, Knock};
use crate::speed::Speed;
use pitfloor_model::units::Time;
use pitfloor_sim::kernel::{Kernel, Observer, Progress};
use std::time::Duration;
use tokio::time::Instant;

/// How many moments the market does in one go before it looks at the doors again, so that a market
/// that cannot keep up still hears.
pub const MOMENTS_PER_TURN: usize = 256;

/// How many commands from outside the market takes in before it goes on, so that a flood does not
/// stop time.
pub const COMMANDS_PER_TURN: usize = 64;

/// How far a market may fall behind the clock, in wall time, before its time slips: a machine that
/// slept, or is too slow for the speed, goes on from where it is instead of rushing after the clock.
pub const LAG_MAX: Duration = Duration::from_secs(1);

/// How time passes in a paced market: speed, pause, and where the clock stands.
///
/// Outlives a run, so that a market goes on after a pause point as it went before.
#[derive(Clone, Debug)]
pub struct Pace {
    speed: Speed,
    paused: bool,
    /// At this moment of ours it was this moment of the market.
    anchor: (Instant, Time),
    /// The latest stamp given to a command from outside: later ones never overtake it.
    stamped: Time,
    slipped: Duration,
}

/// How a paced run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// It came to the moment it was told.
    Reached,
    /// It came to a pause point: the trigger of this number. Call [`paced`] again to go on.
    Paused(usize),
    /// The trigger of this number ended it.
    Stopped(usize),
    /// Somebody outside ended it, with [`Control::Stop`].
    Asked,
}

/// How a turn of the market went.
enum Turn {
    Reached,
    Behind,
    Ended(End),
}

/// Runs `kernel` at `pace` until the moment `until`, taking in what comes through `doors`.
///
/// A command from outside is stamped with the market's time when it is taken in, and is then like
/// any other: it is in the journal, and the journal alone replays the run. While time stands still
/// commands wait at the door. When the last desk is left, a market that stood still goes on, since
/// nobody could make it.
///
/// # Panics
///
/// When `until` lies in the kernel's past.
pub async fn paced(
    kernel: &mut Kernel,
    pace: &mut Pace,
    until: Time,
    doors: &mut Doors,
    observer: &mut (dyn Observer + Send),
) -> End {
    pace.anchor_at(kernel.now());
    loop {
        if pace.paused && doors.deserted() {
            pace.obey(Control::Resume, kernel.now());
        }
        pace.slip(kernel);
        let target = pace.target(until);
        let wake = match turn(kernel, target, observer) {
            Turn::Ended(end) => return end,
            Turn::Reached if target == until => return End::Reached,
            Turn::Reached => pace.wake(kernel.due().map_or(until, |due| due.min(until))),
            Turn::Behind => {
                // Others on this thread want to run too, and perhaps to send.
                tokio::task::yield_now().await;
                Wake::Now
            }
        };
        match doors.knock(wake, !pace.paused).await {
            Knock::Command(command) => {
                let at = pace.stamp(kernel.now(), until);
                kernel.inject(at, command);
                let more = doors.more().take(COMMANDS_PER_TURN - 1);
                more.for_each(|command| kernel.inject(at, command));
            }
            Knock::Control(Control::Stop) => return End::Asked,
            Knock::Control(control) => pace.obey(control, kernel.now()),
            Knock::Nobody => {}
        }
    }
}

/// Lets the market do what is due by `target`, but no more than a turn's worth of moments.
fn turn(kernel: &mut Kernel, target: Time, observer: &mut dyn Observer) -> Turn {
    for _ in 0..MOMENTS_PER_TURN {
        let due = kernel.due().filter(|due| *due <= target);
        match (kernel.advance(due.unwrap_or(target), observer), due) {
            (Progress::Paused(trigger), _) => return Turn::Ended(End::Paused(trigger)),
            (Progress::Stopped(trigger), _) => return Turn::Ended(End::Stopped(trigger)),
            (Progress::Reached, Some(_)) => {}
            (Progress::Reached, None) => return Turn::Reached,
        }
    }
    Turn::Behind
}

impl Pace {
    /// Time passes at `speed`.
    #[must_use]
    pub fn new(speed: Speed) -> Self {
        Self {
            speed,
            paused: false,
            anchor: (wall(), Time::ZERO),
            stamped: Time::ZERO,
            slipped: Duration::ZERO,
        }
    }

    /// How fast time passes when it passes.
    #[must_use]
    pub const fn speed(&self) -> Speed {
        self.speed
    }

    /// True when time stands still.
    #[must_use]
    pub const fn is_paused(&self) -> bool {
        self.paused
    }

    /// How much wall time the market has given up because it was more than [`LAG_MAX`] behind.
    #[must_use]
    pub const fn slipped(&self) -> Duration {
        self.slipped
    }

    /// Makes it `moment` now.
    fn anchor_at(&mut self, moment: Time) {
        self.anchor = (wall(), moment);
    }

    /// What time it is in the market; where nothing is waited for, that is up to the kernel.
    fn moment(&self, kernel_now: Time) -> Time {
        if self.paused {
            return self.anchor.1;
        }
        let passed = self.speed.market(wall().duration_since(self.anchor.0));
        passed.map_or(kernel_now, |span| self.anchor.1.after(span))
    }

    /// How far the kernel may go.
    fn target(&self, until: Time) -> Time {
        self.moment(until).min(until)
    }

    /// The stamp of a command that comes in now.
    fn stamp(&mut self, kernel_now: Time, until: Time) -> Time {
        // The clock may have passed the end since the doors were looked at; the run has not.
        self.stamped = self.stamped.max(self.moment(kernel_now).min(until));
        self.stamped
    }

    /// When to do what is due at `due`.
    fn wake(&self, due: Time) -> Wake {
        if self.paused {
            return Wake::Never;
        }
        let wait = self.speed.wall(due.since(self.anchor.1));
        wait.map_or(Wake::Now, |wait| Wake::after(self.anchor.0, wait))
    }

    /// Does as told. Whatever changes, market time goes on from the moment it is.
    fn obey(&mut self, control: Control, kernel_now: Time) {
        self.anchor_at(self.moment(kernel_now));
        match control {
            Control::Pause => self.paused = true,
            Control::Resume => self.paused = false,
            Control::Speed(speed) => self.speed = speed,
            Control::Stop => {}
        }
    }

    /// Gives up the time that a market too far behind could only make up by rushing.
    fn slip(&mut self, kernel: &Kernel) {
        let Some(due) = kernel.due().filter(|_| !self.paused) else { return };
        let behind = self.moment(kernel.now()).since(due);
        if let Some(behind) = self.speed.wall(behind).filter(|behind| *behind > LAG_MAX) {
            self.slipped += behind;
            self.anchor_at(due);
        }
    }
}
