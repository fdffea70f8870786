//! One seed, one history: run again, run in steps, or replayed from the journal.

use crate::players::{KINDS, longer, seeds};
use pitfloor_model::command::{Command, Stamped};
use pitfloor_model::event::Phase;
use pitfloor_model::units::{AccountId, InstrumentId, Qty, Span, Time};
use pitfloor_sim::Setting;
use pitfloor_sim::dice::Dice;
use pitfloor_sim::history::{BrokenHistory, Journal, Replay, Tally};
use pitfloor_sim::kernel::{Kernel, Progress};
use pitfloor_sim::scenario::Scenario;

const SEEDS: u64 = 32;

/// Two shares, four sorts of links, a fundamental that jumps, a pause and a halt.
const MARKET: &str = r#"
    name = "histories"
    span = "10s"

    [[instrument]]
    symbol = "ACME"
    price = "10.00"
    [instrument.fundamental]
    process = "jump"
    jump_every = "2s"

    [[instrument]]
    symbol = "ZINC"
    price = "5.00"
    tick = "0.05"

    [[agents]]
    kind = "noise"
    name = "near"
    count = 4
    shares = 500
    latency = "200us"

    [[agents]]
    kind = "noise"
    name = "far"
    count = 4
    shares = 500
    latency = "uniform(1ms, 80ms)"
    mood = "wild"

    [[agents]]
    kind = "noise"
    name = "poor"
    count = 2
    cash = 50
    latency = "lognormal(median = 5ms, sigma = 1.5)"
    instruments = ["ZINC"]

    [[agents]]
    kind = "noise"
    name = "abroad"
    count = 2
    shares = 100
    latency = "distance(9000000)"

    [[trigger]]
    at = "3s"
    then = ["pause"]

    [[trigger]]
    instrument = "ACME"
    trades = 60
    then = ["halt", "pause"]

    [[trigger]]
    instrument = "ACME"
    at = "8s"
    then = ["reopen"]
"#;

fn scenario(seed: u64, extra: &str) -> Scenario {
    let seed = Setting::parse(&format!("seed={seed}")).unwrap();
    Scenario::parse(&format!("{MARKET}{extra}"), &[seed], &KINDS).unwrap()
}

fn end() -> Time {
    Time::ZERO.after(Span::secs(10 * longer()))
}

/// A history in full.
struct Run {
    journal: Journal,
    tally: Tally,
    kernel: Kernel,
}

/// A run that jumps to its end.
fn run(scenario: &Scenario) -> Run {
    let (mut journal, mut tally, mut kernel) =
        (Journal::default(), Tally::new(), scenario.kernel());
    assert_eq!(kernel.run(end(), &mut (&mut journal, &mut tally)), Progress::Reached);
    Run { journal, tally, kernel }
}

#[test]
fn one_seed_is_one_history_and_another_seed_another() {
    let mut histories = std::collections::HashSet::new();
    for seed in seeds(SEEDS) {
        let (once, again) = (run(&scenario(seed, "")), run(&scenario(seed, "")));
        assert_eq!(once.journal, again.journal, "seed {seed}");
        assert_eq!(once.tally.digest(), again.tally.digest(), "seed {seed}");
        assert_eq!(once.tally.journal_digest(), again.tally.journal_digest(), "seed {seed}");
        assert!(once.tally.trades > 50, "seed {seed} trades: {}", once.tally.trades);
        assert!(histories.insert(once.tally.digest()), "seed {seed} repeats another");
    }
}

/// Who calls the kernel, how often, and up to when, changes nothing: a simulation and a live market
/// are the same history.
#[test]
fn to_jump_is_to_step() {
    for seed in seeds(SEEDS) {
        let jumped = run(&scenario(seed, ""));
        let mut dice = Dice::new(seed, "the host");
        let (mut journal, mut kernel) = (Journal::default(), scenario(seed, "").kernel());
        let mut pauses = 0;
        while kernel.now() < end() {
            let next = match dice.below(3) {
                // Exactly the next thing, like a host that sleeps in between.
                0 => kernel.due().unwrap_or(end()),
                1 => kernel.now().after(Span(dice.below(1_000_000))),
                _ => kernel.now().after(Span(dice.below(400_000_000))),
            };
            match kernel.advance(next.min(end()), &mut journal) {
                Progress::Reached => assert_eq!(kernel.now(), next.min(end())),
                Progress::Paused(_) => pauses += 1,
                Progress::Stopped(which) => panic!("nobody stops: {which}"),
            }
        }
        kernel.advance(end(), &mut journal);
        assert_eq!(jumped.journal, journal, "seed {seed}");
        assert_eq!(pauses, 2, "seed {seed}");
    }
}

/// One more who does nothing, seated last, changes nobody's numbers: what everybody else asks, and
/// when, stays.
#[test]
fn somebody_idle_changes_nothing() {
    for seed in seeds(SEEDS) {
        let without = run(&scenario(seed, ""));
        let with = run(&scenario(seed, "\n[[agents]]\nkind = \"idle\"\ncount = 3\n"));
        let others = |journal: &Journal| -> Vec<(Time, Command)> {
            let command = |stamped: &Stamped| (stamped.at, stamped.command.clone());
            let idle = |(_, command): &(Time, Command)| (12..15).contains(&command.account().0);
            journal.0.iter().map(command).filter(|seen| !idle(seen)).collect()
        };
        assert_eq!(others(&without.journal), others(&with.journal), "seed {seed}");
        assert_eq!(with.journal.0.len() - without.journal.0.len(), 6, "three accounts with cash");
    }
}

/// Whoever has the journal has the market: the same answers, the same digests, the same books.
#[test]
fn the_journal_is_the_whole_history() {
    for seed in seeds(SEEDS) {
        let live = run(&scenario(seed, ""));
        let mut replay = Replay::new(scenario(seed, "").venue().clone());
        let (mut tally, mut journal) = (Tally::new(), Journal::default());
        replay.all(&live.journal.0, &mut (&mut tally, &mut journal)).unwrap();
        assert_eq!(tally.digest(), live.tally.digest(), "seed {seed}");
        assert_eq!(tally.journal_digest(), live.tally.journal_digest());
        assert_eq!(
            (tally.commands, tally.events, tally.trades),
            (live.tally.commands, live.tally.events, live.tally.trades)
        );
        assert_eq!(journal, live.journal);
        let (rebuilt, exchange) = (replay.exchange(), live.kernel.exchange());
        assert_eq!(rebuilt.now(), exchange.now());
        for account in (0..12).map(AccountId) {
            let currency = crate::players::USD;
            assert_eq!(rebuilt.cash(account, currency), exchange.cash(account, currency));
            for instrument in [0, 1].map(InstrumentId) {
                assert_eq!(rebuilt.lots(account, instrument), exchange.lots(account, instrument));
            }
        }
        let (cash, lots) = rebuilt.ledger().resum();
        assert!(cash.iter().chain(&lots).all(|sum| *sum == 0), "books balance");
    }
}

/// The history of seed 7, known by its digests: the same on every machine, in every process and
/// with every build. They change only when the rules of the market, the byte form or the dice do,
/// and whoever changes those says so by changing them here.
#[test]
fn the_history_of_seed_seven_is_known() {
    let run = run(&scenario(7, ""));
    if longer() == 1 {
        assert_eq!(
            [run.tally.digest(), run.tally.journal_digest()].map(|digest| digest.to_string()),
            [
                "ed6a21894737486506240f9cced055fe0d134cb90bb824cb08f5677718836ba9",
                "74f21f70c759bab96b1f751a2a436360e31587c9c18a59e9a4f2aa86cdd260ff",
            ]
        );
    }
}

#[test]
fn a_journal_with_a_gap_or_a_step_back_in_time_is_refused() {
    let live = run(&scenario(1, ""));
    let fresh = || Replay::new(scenario(1, "").venue().clone());
    let journal = live.journal.0;

    let mut gap = journal.clone();
    gap.remove(40);
    let (mut replay, mut tally) = (fresh(), Tally::new());
    let broken = replay.all(&gap, &mut tally).unwrap_err();
    assert_eq!(broken, BrokenHistory::Gap { expected: 40, found: 41 });
    assert_eq!(broken.to_string(), "command 41 stands where command 40 should");
    assert_eq!(tally.commands, 40, "everything before it has been applied");
    // Nothing has changed: the right one still fits.
    replay.all(&journal[40..], &mut tally).unwrap();
    assert_eq!(tally.digest(), live.tally.digest());

    let mut twice = journal.clone();
    twice.insert(40, journal[39].clone());
    let broken = fresh().all(&twice, &mut ()).unwrap_err();
    assert_eq!(broken, BrokenHistory::Gap { expected: 40, found: 39 });

    let late = journal.iter().position(|stamped| stamped.at > Time(5_000_000_000)).unwrap();
    let (mut back, before) = (journal.clone(), journal[late - 1].at);
    back[late].at = Time(before.0 - 1);
    let (mut replay, mut tally) = (fresh(), Tally::new());
    let broken = replay.all(&back, &mut tally).unwrap_err();
    let (seq, found) = (late as u64, Time(before.0 - 1));
    assert_eq!(broken, BrokenHistory::Backwards { seq, found, before });
    assert!(broken.to_string().contains(&format!("is stamped {found}, before {before}")));
    replay.all(&journal[late..], &mut tally).unwrap();
    assert_eq!(tally.digest(), live.tally.digest());
}

/// A digest tells apart whatever is not the same history, however small the difference.
#[test]
fn digests_distinguish_what_they_should() {
    let venue = crate::players::venue();
    let of = |journal: &[Stamped]| {
        let (mut tally, mut replay) = (Tally::new(), Replay::new(venue.clone()));
        replay.all(journal, &mut tally).unwrap();
        (tally.digest(), tally.journal_digest())
    };
    let stamp = |commands: &[(u64, Command)]| -> Vec<Stamped> {
        let numbered = (0..).zip(commands);
        numbered
            .map(|(seq, (at, command))| Stamped { seq, at: Time(*at), command: command.clone() })
            .collect()
    };
    let account = AccountId(0);
    let credit = pitfloor_model::event::Credit::None;
    let open = || Command::OpenAccount { account, credit };
    let deliver = |lots| {
        let (instrument, qty) = (InstrumentId(0), Qty(lots));
        Command::Deliver { account, instrument, qty }
    };
    let halt = |instrument| Command::SetPhase {
        instrument: InstrumentId(instrument),
        to: Phase::Halt,
        why: pitfloor_model::event::PhaseReason::Scheduled,
    };
    let histories = [
        stamp(&[]),
        stamp(&[(0, open())]),
        stamp(&[(1, open())]),
        stamp(&[(0, open()), (0, open())]),
        stamp(&[(0, open()), (0, deliver(1))]),
        stamp(&[(0, open()), (0, deliver(2))]),
        stamp(&[(0, open()), (5, deliver(2))]),
        stamp(&[(0, open()), (5, deliver(2)), (6, halt(0)), (6, halt(1))]),
        stamp(&[(0, open()), (5, deliver(2)), (6, halt(1)), (6, halt(0))]),
        stamp(&[(0, open()), (5, deliver(2)), (6, halt(0)), (7, halt(1))]),
    ];
    let events: std::collections::HashSet<_> = histories.iter().map(|h| of(h).0).collect();
    let journals: std::collections::HashSet<_> = histories.iter().map(|h| of(h).1).collect();
    assert_eq!((events.len(), journals.len()), (histories.len(), histories.len()));
    // Two refusals for different reasons are the same to nobody; two commands with the same answer
    // differ in the journal.
    let (one, other) = (stamp(&[(0, halt(7))]), stamp(&[(0, halt(8))]));
    assert_eq!(of(&one).0, of(&other).0, "both are refused for the same reason");
    assert_ne!(of(&one).1, of(&other).1);
    assert_ne!(of(&one).0, of(&stamp(&[(0, deliver(1))])).0);
}
