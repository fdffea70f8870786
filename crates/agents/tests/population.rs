//! All kinds together in one market: it lives, it is fair to everybody's means, and it is the same
//! every time.

use pitfloor_model::command::{Command, Stamped};
use pitfloor_model::event::{Event, Reject};
use pitfloor_model::instrument::{Currency, Instrument, Venue};
use pitfloor_model::units::{AccountId, CurrencyId, InstrumentId, Price, Qty, Span, Time};
use pitfloor_sim::history::{Journal, Tally};
use pitfloor_sim::kernel::{Endowment, Kernel, Observer, Seen};
use pitfloor_sim::latency::Latency;
use pitfloor_sim::params::{Params, Role};
use pitfloor_sim::world::{Fundamental, World};
use std::collections::BTreeMap;
use std::sync::Arc;

const ACME: InstrumentId = InstrumentId(0);
const USD: CurrencyId = CurrencyId(0);
const REFERENCE: Price = Price(10_000);
const MINUTES: Span = Span::secs(600);

const CROWD: [(&str, u32); 5] =
    [("noise", 150), ("market-maker", 3), ("momentum", 6), ("mean-reversion", 6), ("informed", 5)];

fn market(seed: u64, law: Fundamental, crowd: &[(&str, u32)]) -> Kernel {
    let usd = Currency::new("USD", 2).unwrap();
    let means = Endowment::new(vec![(USD, usd.cash("100000").unwrap())], vec![(ACME, Qty(500))]);
    let share = Instrument::equity("ACME", USD, "0.01").unwrap();
    let venue = Arc::new(Venue::new("XPIT", vec![usd], vec![share]).unwrap());
    let mut kernel = Kernel::new(venue.clone(), seed, World::new(seed, [("ACME", Some(law))]));
    for (name, count) in crowd {
        let kind = pitfloor_agents::find(name).unwrap();
        let params = Params::of(kind, &[], &venue.instruments()[0]).unwrap();
        for index in 0..*count {
            let role = Role { instrument: ACME, reference: REFERENCE, index };
            let link = Latency::Uniform(Span::millis(1), Span::millis(5));
            kernel.seat(
                &format!("{name}-{index}"),
                link,
                &means,
                kind.agent(std::slice::from_ref(&params), &[role]),
            );
        }
    }
    kernel
}

fn law() -> Fundamental {
    Fundamental {
        mean: 10_000.0,
        reversion_per_s: 1e-4,
        volatility: 1.0,
        jumps_per_s: 0.0,
        jump_size: 0.0,
        step: Span::millis(100),
    }
}

/// What a spectator writes down.
#[derive(Default)]
struct Spectator {
    last: Time,
    two_sided: u64,
    spread: f64,
    open: Option<i64>,
    trades: BTreeMap<AccountId, u64>,
    refusals: BTreeMap<Reject, u64>,
    commands: u64,
    mid: f64,
}

impl Observer for Spectator {
    fn saw(&mut self, seen: &Seen<'_>) {
        let passed = seen.stamped.at.since(self.last).0;
        self.last = seen.stamped.at;
        self.commands += 1;
        if let Some(spread) = self.open {
            self.two_sided += passed;
            self.spread += spread as f64 * passed as f64;
        }
        let quote = seen.board.quote(ACME);
        self.open = quote.spread();
        if let (Some((bid, _)), Some((ask, _))) = (quote.bid, quote.ask) {
            self.mid = (bid.0 + ask.0) as f64 / 2.0;
        }
        for event in seen.events {
            match *event {
                Event::Traded { maker, taker, .. } => {
                    *self.trades.entry(maker.account).or_default() += 1;
                    *self.trades.entry(taker.account).or_default() += 1;
                }
                Event::Rejected { why, .. } => *self.refusals.entry(why).or_default() += 1,
                _ => {}
            }
        }
    }
}

#[test]
fn ten_minutes_of_a_living_market() {
    for seed in 1..=3 {
        let mut kernel = market(seed, law(), &CROWD);
        let mut spectator = Spectator::default();
        kernel.run(Time::ZERO.after(MINUTES), &mut spectator);
        let trades = spectator.trades.values().sum::<u64>() / 2;
        assert!(trades > 3_000, "{trades} trades with seed {seed}");
        let two_sided = spectator.two_sided as f64 / MINUTES.0 as f64;
        assert!(two_sided > 0.99, "{two_sided} with seed {seed}");
        let spread = spectator.spread / spectator.two_sided as f64;
        assert!((1.5..6.0).contains(&spread), "{spread} ticks with seed {seed}");
        let refused = spectator.refusals.values().sum::<u64>();
        assert!(refused * 100 < spectator.commands, "{:?}", spectator.refusals);
    }
}

/// Nobody tries to sell what he has not got or to spend what he has not got, except when news crosses
/// an order on its way.
#[test]
fn everybody_keeps_to_his_means() {
    let mut kernel = market(1, law(), &CROWD);
    let mut spectator = Spectator::default();
    kernel.run(Time::ZERO.after(Span::secs(3_600)), &mut spectator);
    for why in [Reject::ShortSale, Reject::InsufficientCash] {
        let refused = spectator.refusals.get(&why).copied().unwrap_or(0);
        assert!(refused * 2_000 < spectator.commands, "{why}: {refused}");
    }
    let accounts = CROWD.iter().map(|(_, count)| count).sum();
    let lots: i128 = (0..accounts)
        .map(|account| kernel.exchange().lots(AccountId(account), ACME).unwrap().total)
        .inspect(|lots| assert!(*lots >= 0))
        .sum();
    assert_eq!(lots, 500 * i128::from(accounts), "shares only change hands");
}

#[test]
fn every_kind_trades() {
    let mut kernel = market(1, law(), &CROWD);
    let mut spectator = Spectator::default();
    kernel.run(Time::ZERO.after(Span::secs(1_800)), &mut spectator);
    let mut first = 0;
    for (name, count) in CROWD {
        let range = AccountId(first)..AccountId(first + count);
        let trades: u64 = spectator.trades.range(range).map(|(_, trades)| trades).sum();
        assert!(trades >= 20, "{name} traded {trades} times");
        first += count;
    }
}

/// The price goes where the value goes: with informed traders it finds a jump of one percent within
/// the hour, without them it does not know of it.
#[test]
fn the_price_follows_the_value_because_somebody_knows_it() {
    let high = Fundamental { mean: 10_100.0, volatility: 0.0, ..law() };
    let end = |crowd: &[(&str, u32)]| {
        let mut spectator = Spectator::default();
        market(1, high, crowd).run(Time::ZERO.after(Span::secs(3_600)), &mut spectator);
        spectator.mid
    };
    let with = end(&[("noise", 60), ("market-maker", 2), ("informed", 8)]);
    let without = end(&[("noise", 60), ("market-maker", 2)]);
    assert!((with - 10_100.0).abs() < 15.0, "{with}");
    assert!((without - 10_100.0).abs() > 30.0, "{without}");
}

#[test]
fn the_same_seed_is_the_same_history() {
    let digest = |seed| {
        let mut tally = Tally::new();
        market(seed, law(), &CROWD).run(Time::ZERO.after(MINUTES), &mut tally);
        (tally.digest(), tally.journal_digest(), tally.trades)
    };
    assert_eq!(digest(7), digest(7));
    assert_ne!(digest(7).0, digest(8).0);
}

/// One more who does nothing changes nothing for the others.
#[test]
fn an_idle_newcomer_changes_nothing() {
    let asked = |crowd: &[(&str, u32)], but: u32| -> Vec<(Time, Command)> {
        let mut journal = Journal::default();
        market(5, law(), crowd).run(Time::ZERO.after(MINUTES), &mut journal);
        let of_others = |it: &Stamped| it.command.account() != AccountId(but);
        let Journal(all) = journal;
        all.into_iter().filter(of_others).map(|it| (it.at, it.command)).collect()
    };
    let newcomer = CROWD.iter().map(|(_, count)| count).sum();
    let with_idle: Vec<_> = CROWD.into_iter().chain([("idle", 1)]).collect();
    let (before, after) = (asked(&CROWD, newcomer), asked(&with_idle, newcomer));
    assert!(before.len() > 10_000);
    assert!(before == after, "every command at the same moment");
}

/// Every kind can be read from its own list: names are unique and well formed, defaults are values
/// that the parameter takes, on shares and coins of any tick, and everything is explained.
#[test]
fn the_lists_are_in_order() {
    let usd = || Currency::new("USD", 6).unwrap();
    let fine = Instrument::equity("ACME", USD, "0.05").unwrap();
    let coin = Instrument::crypto("COIN", USD, "0.1", "0.001").unwrap();
    let venue = Venue::new("XPIT", vec![usd()], vec![fine, coin]).unwrap();
    let word = |name: &str| name.chars().all(|c| c.is_ascii_lowercase() || "-_".contains(c));
    for (place, kind) in pitfloor_agents::KINDS.iter().enumerate() {
        assert!(word(kind.name) && !kind.about.is_empty() && !kind.source.is_empty());
        let found = pitfloor_agents::find(kind.name).unwrap();
        assert!(std::ptr::eq(found, *kind), "{} is listed once", kind.name);
        for (at, parameter) in kind.parameters.iter().enumerate() {
            assert!(word(parameter.name) && !parameter.about.is_empty(), "{}", parameter.name);
            let twice = kind.parameters[..at].iter().any(|other| other.name == parameter.name);
            assert!(!twice, "{}.{} is listed once", kind.name, parameter.name);
        }
        for (id, instrument) in (0_u32..).zip(venue.instruments()) {
            let params = Params::of(kind, &[], instrument).unwrap();
            let index = place as u32;
            let role = Role { instrument: InstrumentId(id), reference: REFERENCE, index };
            let _ = kind.agent(std::slice::from_ref(&params), &[role]);
        }
    }
    assert!(pitfloor_agents::find("nobody").is_none());
}

/// Steps in price and quantity, a smallest order: nobody asks for what the instrument does not allow.
#[test]
fn everybody_keeps_to_the_grid() {
    let usd = Currency::new("USD", 2).unwrap();
    let means = Endowment::new(vec![(USD, usd.cash("1000000").unwrap())], vec![(ACME, Qty(5_000))]);
    let mut share = Instrument::equity("ACME", USD, "0.01").unwrap();
    share.limits.price_step = 5;
    share.limits.qty_step = 4;
    share.limits.qty_min = Qty(8);
    let venue = Arc::new(Venue::new("XPIT", vec![usd], vec![share]).unwrap());
    let mut kernel = Kernel::new(venue.clone(), 1, World::new(1, [("ACME", Some(law()))]));
    for (name, count) in CROWD {
        let kind = pitfloor_agents::find(name).unwrap();
        let params = Params::of(kind, &[], &venue.instruments()[0]).unwrap();
        for index in 0..count {
            let role = Role { instrument: ACME, reference: REFERENCE, index };
            let link = Latency::Fixed(Span::millis(2));
            kernel.seat(
                &format!("{name}-{index}"),
                link,
                &means,
                kind.agent(std::slice::from_ref(&params), &[role]),
            );
        }
    }
    let mut spectator = Spectator::default();
    kernel.run(Time::ZERO.after(MINUTES), &mut spectator);
    for why in [Reject::OffTick, Reject::OffLot, Reject::QtyUnderMin, Reject::ZeroQty] {
        assert_eq!(spectator.refusals.get(&why), None, "{why}");
    }
    assert!(spectator.trades.values().sum::<u64>() > 1_000, "{:?}", spectator.refusals);
}
