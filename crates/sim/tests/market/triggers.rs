//! Triggers: each waits for one thing, fires once, and does what it says.

use crate::players::{ACME, ZINC, market, ms, outside, rich};
use pitfloor_model::command::Command;
use pitfloor_model::event::{Event, Phase};
use pitfloor_model::units::{AccountId, Price, Side, Time};
use pitfloor_sim::history::Journal;
use pitfloor_sim::kernel::{Kernel, Observer, Progress, Seen};
use pitfloor_sim::trigger::{EventKind, Then, Trigger, When};

/// One trade of one lot every ten milliseconds: 1000, 1001, 1002, … at 10, 20, 30, … ms; each is
/// two commands, after the eight that open the accounts of two outsiders.
fn rising() -> Kernel {
    let mut kernel = market(1);
    let [ann, bob] = [(); 2].map(|()| kernel.open_outside(&rich()));
    for n in 0..10_u64 {
        let (at, price) = (ms(10 * (n + 1)), 1_000 + n as i64);
        kernel.inject(at, outside(ann, n, Side::Sell, price, 1));
        kernel.inject(at, outside(bob, n, Side::Buy, price, 1));
    }
    kernel
}

/// Arms `when` to pause, runs to the end, and says when that happened.
fn pauses(when: When) -> Vec<Time> {
    let mut kernel = rising();
    kernel.arm(Trigger { name: "it".to_owned(), when, then: vec![Then::Pause] });
    let mut at = Vec::new();
    while kernel.advance(ms(1_000), &mut ()) == Progress::Paused(0) {
        at.push(kernel.now());
    }
    assert_eq!(kernel.now(), ms(1_000));
    at
}

#[test]
fn each_kind_waits_for_its_own_thing_and_fires_once() {
    assert_eq!(pauses(When::At(ms(35))), [ms(35)]);
    assert_eq!(pauses(When::At(Time::ZERO)), [Time::ZERO]);
    assert_eq!(pauses(When::TradeAtOrAbove(ACME, Price(1_003))), [ms(40)]);
    assert_eq!(pauses(When::TradeAtOrBelow(ACME, Price(1_003))), [ms(10)]);
    assert_eq!(pauses(When::TradeAtOrAbove(ACME, Price(1_010))), []);
    assert_eq!(pauses(When::TradeAtOrBelow(ACME, Price(999))), []);
    assert_eq!(pauses(When::TradeAtOrAbove(ZINC, Price(1))), []);
    assert_eq!(pauses(When::Trades(7)), [ms(70)]);
    assert_eq!(pauses(When::Trades(11)), []);
    // Eight commands open two accounts with cash and two holdings each.
    assert_eq!(pauses(When::Commands(8)), [Time::ZERO]);
    assert_eq!(pauses(When::Commands(9)), [ms(10)]);
    assert_eq!(pauses(When::Commands(11)), [ms(20)]);
    assert_eq!(pauses(When::Commands(29)), []);
    assert_eq!(pauses(When::Event(EventKind::Traded)), [ms(10)]);
    for kind in [EventKind::Rejected, EventKind::Cancelled, EventKind::Prevented] {
        assert_eq!(pauses(When::Event(kind)), []);
    }
}

#[test]
fn a_refusal_can_be_waited_for() {
    let mut kernel = rising();
    let then = vec![Then::Pause];
    let when = When::Event(EventKind::Rejected);
    kernel.arm(Trigger { name: "no".to_owned(), when, then });
    kernel.inject(ms(44), outside(AccountId(0), 99, Side::Sell, 1_000, 0));
    assert_eq!(kernel.advance(ms(1_000), &mut ()), Progress::Paused(0));
    assert_eq!(kernel.now(), ms(44));
}

/// A pause gives the host a look around; going on is the same history as without it.
#[test]
fn a_pause_changes_nothing() {
    let (mut plain, mut paused) = (Journal::default(), Journal::default());
    rising().run(ms(500), &mut plain);
    let mut kernel = rising();
    for when in [When::Trades(3), When::At(ms(55)), When::Commands(10)] {
        kernel.arm(Trigger { name: "stop".to_owned(), when, then: vec![Then::Pause] });
    }
    let mut pauses = Vec::new();
    while let Progress::Paused(which) = kernel.advance(ms(500), &mut paused) {
        pauses.push(which);
    }
    assert_eq!(pauses, [2, 0, 1]);
    assert_eq!(plain, paused);
    // A run passes them by itself.
    let mut kernel = rising();
    let (when, then) = (When::Trades(3), vec![Then::Pause]);
    kernel.arm(Trigger { name: "stop".to_owned(), when, then });
    assert_eq!(kernel.run(ms(500), &mut ()), Progress::Reached);
}

#[test]
fn a_stop_ends_the_run_where_it_is() {
    let mut kernel = rising();
    let (when, then) = (When::Trades(3), vec![Then::Pause, Then::Stop]);
    kernel.arm(Trigger { name: "both".to_owned(), when, then });
    assert_eq!(kernel.run(ms(500), &mut ()), Progress::Stopped(0));
    assert_eq!(kernel.now(), ms(30));
    assert_eq!(kernel.exchange().last_price(ACME), Some(Price(1_002)));
    assert_eq!(kernel.triggers()[0].name, "both");
}

/// A circuit breaker: the market halts when it falls or rises too far, and reopens later.
#[test]
fn a_halt_stops_trading_until_it_reopens() {
    let mut kernel = rising();
    let halt = Then::phases(ACME, &[Phase::Halt]).collect();
    let reopen = Then::phases(ACME, &[Phase::ReopenCall, Phase::Continuous]).collect();
    let above = When::TradeAtOrAbove(ACME, Price(1_004));
    kernel.arm(Trigger { name: "breaker".to_owned(), when: above, then: halt });
    kernel.arm(Trigger { name: "again".to_owned(), when: When::At(ms(75)), then: reopen });
    let mut seen = Story::default();
    kernel.run(ms(500), &mut seen);
    let changes = [
        (ms(50), Phase::Continuous, Phase::Halt),
        (ms(75), Phase::Halt, Phase::ReopenCall),
        (ms(75), Phase::ReopenCall, Phase::Continuous),
    ];
    assert_eq!(seen.phases, changes, "the breaker fires once, though prices go on rising");
    let trades = [10, 20, 30, 40, 50, 80, 90, 100].map(ms);
    assert_eq!(seen.trades, trades);
    assert_eq!(seen.refused, [60, 60, 70, 70].map(ms));
    assert_eq!(kernel.exchange().phase(ACME), Phase::Continuous);
}

/// What happened before a trigger was armed counts, whatever else was armed then.
#[test]
fn trades_are_counted_from_the_first_one() {
    for others in [0, 1] {
        let mut kernel = rising();
        for _ in 0..others {
            let when = When::Event(EventKind::Prevented);
            kernel.arm(Trigger { name: "never".to_owned(), when, then: vec![Then::Stop] });
        }
        kernel.run(ms(35), &mut ());
        let (when, then) = (When::Trades(5), vec![Then::Stop]);
        kernel.arm(Trigger { name: "late".to_owned(), when, then });
        assert_eq!(kernel.run(ms(500), &mut ()), Progress::Stopped(others));
        assert_eq!(kernel.now(), ms(50));
    }
}

/// A moment that has passed already comes at once.
#[test]
fn a_late_moment_fires_now() {
    let mut kernel = rising();
    kernel.run(ms(35), &mut ());
    let send = Then::Send(Command::SetPhase {
        instrument: ACME,
        to: Phase::Halt,
        why: pitfloor_model::event::PhaseReason::Scheduled,
    });
    let then = vec![send, Then::Pause];
    kernel.arm(Trigger { name: "late".to_owned(), when: When::At(ms(5)), then });
    assert_eq!(kernel.advance(ms(40), &mut ()), Progress::Paused(0));
    assert_eq!((kernel.now(), kernel.exchange().phase(ACME)), (ms(35), Phase::Continuous));
    kernel.advance(ms(35), &mut ());
    assert_eq!(kernel.exchange().phase(ACME), Phase::Halt);
}

#[derive(Default)]
struct Story {
    phases: Vec<(Time, Phase, Phase)>,
    trades: Vec<Time>,
    refused: Vec<Time>,
}

impl Observer for Story {
    fn saw(&mut self, seen: &Seen<'_>) {
        let at = seen.stamped.at;
        for event in seen.events {
            match *event {
                Event::PhaseChanged { from, to, .. } => self.phases.push((at, from, to)),
                Event::Traded { .. } => self.trades.push(at),
                Event::Rejected { .. } => self.refused.push(at),
                _ => {}
            }
        }
    }
}
