//! `pitfloor run --speed N`: the same market, at so many simulated seconds per real second.

use crate::fail::Failure;
use crate::interrupt;
use crate::progress::Progress;
use crate::recording::Recording;
use crate::run::paused;
use pitfloor_model::units::Time;
use pitfloor_server::doors::{Control, Desk, doors};
use pitfloor_server::pace::{End, Pace, paced};
use pitfloor_server::speed::Speed;
use pitfloor_sim::kernel::{Kernel, Observer, Seen};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// How often somebody looks whether Ctrl-C was pressed.
const LOOK: Duration = Duration::from_millis(50);

/// Records, moves the progress bar, and says when recording has failed: a market that nobody
/// records does not go on.
struct Told<'a, 'r> {
    recording: &'a mut Recording<'r>,
    bar: &'a Progress,
    failed: Arc<AtomicBool>,
}

impl Observer for Told<'_, '_> {
    fn saw(&mut self, seen: &Seen<'_>) {
        self.recording.saw(seen);
        if self.recording.failed() {
            self.failed.store(true, Ordering::Relaxed);
        }
        self.bar.tell(seen.stamped.at, seen.stamped.seq);
    }
}

/// Runs `kernel` until `end` at `speed`. True when somebody interrupted it.
pub(crate) fn run(
    kernel: &mut Kernel,
    speed: Speed,
    end: Time,
    recording: &mut Recording<'_>,
    bar: &Progress,
    quiet: bool,
) -> Result<bool, Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build();
    let runtime = runtime.map_err(|error| Failure::World(format!("cannot keep time: {error}")))?;
    let (desk, mut doors) = doors();
    let mut pace = Pace::new(speed);
    let failed = Arc::new(AtomicBool::new(false));
    let mut told = Told { recording, bar, failed: failed.clone() };
    runtime.block_on(async {
        let mut listening = std::pin::pin!(listen(desk, failed));
        loop {
            let market = paced(kernel, &mut pace, end, &mut doors, &mut told);
            let ended = tokio::select! {
                biased;
                ended = market => ended,
                () = &mut listening => unreachable!("listening ends with the market"),
            };
            match ended {
                End::Reached => return Ok(false),
                End::Asked => return Ok(interrupt::asked()),
                End::Paused(trigger) => paused(kernel, trigger, quiet),
                End::Stopped(trigger) => {
                    if !quiet {
                        let name = &kernel.triggers()[trigger].name;
                        eprintln!("{name}: ends the run at {}", kernel.now());
                    }
                    return Ok(false);
                }
            }
        }
    })
}

/// Waits for Ctrl-C, or for recording to fail, and ends the market then.
async fn listen(desk: Desk, failed: Arc<AtomicBool>) {
    let mut passed_on = false;
    loop {
        tokio::time::sleep(LOOK).await;
        if (interrupt::asked() || failed.load(Ordering::Relaxed)) && !passed_on {
            passed_on = desk.tell(Control::Stop).await.is_ok();
        }
    }
}
