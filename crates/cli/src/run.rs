//! `pitfloor run`: a scenario from its first moment to its last.

use crate::Done;
use crate::args::Run;
use crate::builtin;
use crate::fail::Failure;
use crate::interrupt;
use crate::pace;
use crate::progress::Progress;
use crate::recording::{self, Keep, Recording};
use pitfloor_model::units::Time;
use pitfloor_server::speed::Speed;
use pitfloor_sim::Setting;
use pitfloor_sim::kernel::{Kernel, Progress as Step};
use pitfloor_sim::scenario::Scenario;
use std::io::IsTerminal;
use std::sync::mpsc::RecvTimeoutError;
use std::time::Duration;

/// How many moments of a market pass between two looks at Ctrl-C and the progress bar.
const MOMENTS_PER_LOOK: usize = 1 << 13;

/// How often a paused run looks whether Ctrl-C was pressed.
const PAUSE_LOOK: Duration = Duration::from_millis(50);

impl Run {
    /// What happens when nothing is typed.
    pub(crate) fn by_default() -> Self {
        Self { speed: "max".to_owned(), ..Self::default() }
    }
}

/// Runs and records.
pub(crate) fn run(args: &Run, quiet: bool) -> Result<Done, Failure> {
    let scenario = builtin::scenario(args.scenario.as_deref(), &settings(args)?)?;
    let pace = Pace::parse(&args.speed)?;
    let keep = Keep {
        history: !args.no_history,
        report: !args.no_report && !args.no_history,
        live: matches!(pace, Pace::Times(_)),
    };
    let name = format!("{}-{}", scenario.name(), scenario.seed());
    let folder = recording::folder(args.out.as_deref(), &name, args.force)?;
    let mut kernel = scenario.kernel();
    let mut recording = Recording::begin(&scenario, folder, keep)?;
    let bar = Progress::new(scenario.span(), quiet);
    let end = Time(scenario.span().0);
    let interrupted = match pace {
        Pace::Max => simulate(&mut kernel, &scenario, &mut recording, &bar, quiet),
        Pace::Times(speed) => pace::run(&mut kernel, speed, end, &mut recording, &bar, quiet)?,
    };
    bar.end();
    recording.finish(kernel.now(), kernel.exchange(), None, interrupted)
}

/// Simulated seconds per real second.
enum Pace {
    Max,
    Times(Speed),
}

impl Pace {
    fn parse(text: &str) -> Result<Self, Failure> {
        if text == "max" {
            return Ok(Self::Max);
        }
        let speed = text.parse().map_err(|_| ()).and_then(|f| Speed::times(f).map_err(|_| ()));
        speed.map(Self::Times).map_err(|()| {
            let (least, most) = (Speed::LEAST, Speed::MOST);
            let expected = format!("max or a number from {least} to {most}");
            Failure::Input(format!("--speed: found {text:?}, expected {expected}"))
        })
    }
}

/// Jumps from moment to moment. True when somebody interrupted it.
fn simulate(
    kernel: &mut Kernel,
    scenario: &Scenario,
    recording: &mut Recording<'_>,
    bar: &Progress,
    quiet: bool,
) -> bool {
    let end = Time(scenario.span().0);
    let mut moments = 0;
    loop {
        let until = kernel.due().map_or(end, |due| due.min(end));
        match kernel.advance(until, recording) {
            Step::Reached if until == end => return false,
            Step::Reached => {}
            Step::Paused(trigger) => paused(kernel, trigger, quiet),
            Step::Stopped(trigger) => {
                if !quiet {
                    eprintln!(
                        "{}: ends the run at {}",
                        kernel.triggers()[trigger].name,
                        kernel.now()
                    );
                }
                return false;
            }
        }
        moments += 1;
        if moments % MOMENTS_PER_LOOK == 0 {
            bar.tell(kernel.now(), recording.commands());
            if interrupt::asked() {
                return true;
            }
            if recording.failed() {
                return false;
            }
        }
    }
}

/// A pause point: a person at a terminal is waited for, a script is told.
pub(crate) fn paused(kernel: &Kernel, trigger: usize, quiet: bool) {
    let name = &kernel.triggers()[trigger].name;
    let wait = std::io::stdin().is_terminal() && !quiet;
    if !quiet {
        let then = if wait { "press Enter to go on" } else { "going on" };
        eprintln!("{name}: paused at {}; {then}", kernel.now());
    }
    if wait {
        wait_for_enter();
    }
}

/// Waits until somebody presses Enter, or Ctrl-C.
fn wait_for_enter() {
    let (typed, pressed) = std::sync::mpsc::channel();
    #[expect(
        clippy::disallowed_methods,
        reason = "a read from the terminal cannot be interrupted"
    )]
    std::thread::spawn(move || {
        let _whatever_was_typed = std::io::stdin().read_line(&mut String::new());
        let _gone = typed.send(());
    });
    while !interrupt::asked() && pressed.recv_timeout(PAUSE_LOOK) == Err(RecvTimeoutError::Timeout)
    {
    }
}

/// `--seed`, `--until` and `--set` are all settings; the first two win.
fn settings(args: &Run) -> Result<Vec<Setting>, Failure> {
    let mut settings = builtin::settings(&args.set)?;
    settings.extend(args.until.iter().map(|until| Setting::by("--until", "span", until)));
    settings.extend(args.seed.iter().map(|seed| Setting::by("--seed", "seed", seed)));
    Ok(settings)
}
