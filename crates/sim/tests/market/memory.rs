//! Memory: what the board keeps of the past depends on how far behind its readers are, not on how
//! long the market has been open.

use crate::players::{ACME, Noise, ZINC, market, rich};
use pitfloor_model::command::Command;
use pitfloor_model::event::Phase;
use pitfloor_model::units::{Span, Time};
use pitfloor_sim::kernel::{Kernel, Observer, Seen};
use pitfloor_sim::latency::Latency;
use pitfloor_sim::view::Board;

/// The most that the board kept in each minute.
#[derive(Default)]
struct ByMinute(Vec<usize>);

impl Observer for ByMinute {
    fn saw(&mut self, seen: &Seen<'_>) {
        let minute = (seen.stamped.at.0 / 60_000_000_000) as usize;
        if self.0.len() <= minute {
            self.0.resize(minute + 1, 0);
        }
        self.0[minute] = self.0[minute].max(seen.board.kept());
    }
}

fn busy(latency: Latency) -> Kernel {
    let mut kernel = market(1);
    for number in 0..6 {
        let noise = Noise::new(if number % 2 == 0 { ACME } else { ZINC }, Span::millis(250));
        kernel.seat(&format!("noise-{number}"), latency, &rich(), Box::new(noise));
    }
    kernel
}

#[test]
fn the_board_keeps_no_more_in_the_hundredth_minute_than_in_the_tenth() {
    let mut kept = ByMinute::default();
    let mut kernel = busy(Latency::Uniform(Span::millis(1), Span::millis(5)));
    kernel.run(Time::ZERO.after(Span::secs(102 * 60)), &mut kept);
    assert!(kernel.commands() > 100_000, "{}", kernel.commands());
    let most = |minutes: std::ops::Range<usize>| *kept.0[minutes].iter().max().unwrap();
    let (early, late) = (most(8..12), most(98..102));
    // Of the tape it always keeps some; what a few milliseconds add is little.
    let tape = 2 * Board::PRINTS_KEPT;
    assert!(early > tape && early < tape + 100, "{early} kept, {tape} of the tape");
    assert!(late < tape + 100 && late.abs_diff(early) < 50, "{early} in minute 10, {late} in 100");
}

/// Readers that are further behind need more of the past, and no more than that.
#[test]
fn what_is_kept_grows_with_the_distance() {
    let most = |latency| {
        let mut kept = ByMinute::default();
        busy(latency).run(Time::ZERO.after(Span::secs(15 * 60)), &mut kept);
        *kept.0.iter().max().unwrap()
    };
    let near = most(Latency::Fixed(Span::millis(1)));
    let far = most(Latency::Fixed(Latency::MAX));
    assert!(far > near + 100, "{near} near, {far} far");
    assert!(far < near + 5_000, "{near} near, {far} far");
}

/// A board whose instrument only halts and reopens forgets that too.
#[test]
fn phases_are_forgotten_like_everything_else() {
    let mut kernel = market(1);
    let mut kept = ByMinute::default();
    for round in 0..2_000 {
        for (step, to) in (0..).zip([Phase::Halt, Phase::ReopenCall, Phase::Continuous]) {
            let at = Time::ZERO.after(Span::millis(round * 1_000 + step));
            kernel.inject(
                at,
                Command::SetPhase {
                    instrument: ACME,
                    to,
                    why: pitfloor_model::event::PhaseReason::Scheduled,
                },
            );
        }
    }
    kernel.run(Time::ZERO.after(Span::secs(2_000)), &mut kept);
    assert_eq!(kernel.commands(), 6_000);
    assert!(kept.0.iter().all(|kept| *kept < 10), "{:?}", kept.0.iter().max());
}
