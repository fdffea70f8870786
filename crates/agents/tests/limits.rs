//! Limits hold: of every kind that has a `max_position`, in random markets, near and far away.
//!
//! Not by one lot, not for one moment until they go home; nothing is sold that is not there,
//! nothing bought that cannot be paid; and whoever is told to be flat at a moment is flat at the
//! end.
#![allow(missing_docs)]

use pitfloor_agents::KINDS;
use pitfloor_model::event::{Event, Reject};
use pitfloor_model::units::{AccountId, InstrumentId, Side, Time};
use pitfloor_sim::kernel::{Observer, Seen};
use pitfloor_sim::params::{Build, Kind};
use pitfloor_sim::scenario::Scenario;

const HELD: i128 = 60;
const MOST: i128 = 45;

/// Nine minutes, when all go home.
const HOMEWARDS: Time = Time(540_000_000_000);

/// Members of the kind in question: the first two accounts.
const MEMBERS: u32 = 2;

/// A wild market for `kind`, whose members have few shares and little money.
fn market(kind: &Kind, seed: u64, latency: &str) -> Scenario {
    let text = format!(
        r#"
        seed = {seed}
        span = "12m"
        [[instrument]]
        symbol = "ACME"
        price = "100.00"
        [instrument.fundamental]
        process = "jump"
        volatility = "0.05"
        jump_every = "1m"
        jump_size = "1.00"
        [[agents]]
        kind = "{}"
        name = "tested"
        count = {MEMBERS}
        cash = 8000
        shares = {HELD}
        max_position = {MOST}
        flat_at = "9m"
        latency = "{latency}"
        [[agents]]
        kind = "noise"
        name = "crowd"
        count = 80
        shares = 500
        rate = "exp(mean = 2s)"
        distance = 30
        [[agents]]
        kind = "informed"
        name = "knowing"
        count = 4
        shares = 1000
        [[event]]
        at = "2m"
        what = "news"
        text = "good"
        instrument = "ACME"
        jump = "3%"
        [[event]]
        at = "5m"
        what = "news"
        text = "bad"
        instrument = "ACME"
        jump = "-4%"
        "#,
        kind.name
    );
    Scenario::parse(&text, &[], KINDS).unwrap_or_else(|bad| panic!("{}: {bad}", kind.name))
}

/// What the members ever held, and what they were refused.
struct Watched {
    held: Vec<i128>,
    least: i128,
    most: i128,
    trades: u64,
    refused: Vec<(Time, Reject)>,
    orders: u64,
}

impl Observer for Watched {
    fn saw(&mut self, seen: &Seen<'_>) {
        if seen.stamped.command.account().0 < MEMBERS {
            self.orders += 1;
        }
        for event in seen.events {
            match *event {
                Event::Traded { maker, taker, aggressor, qty, .. } => {
                    for (key, side) in [(taker, aggressor), (maker, aggressor.opposite())] {
                        let Some(held) = self.held.get_mut(key.account.0 as usize) else {
                            continue;
                        };
                        let lots = i128::from(qty.0);
                        *held += if side == Side::Buy { lots } else { -lots };
                        self.trades += 1;
                        // On the way home what was on its way before may still be filled.
                        if seen.stamped.at < HOMEWARDS {
                            self.least = self.least.min(*held);
                            self.most = self.most.max(*held);
                        }
                    }
                }
                Event::Rejected { key, why } if key.account.0 < MEMBERS => {
                    self.refused.push((seen.stamped.at, why));
                }
                _ => {}
            }
        }
    }
}

#[test]
fn limits_and_means_hold_for_every_kind() {
    let nears = ["1ms", "lognormal(median = 800ms, sigma = 1)"];
    let has_limit = |kind: &&&Kind| {
        matches!(kind.build, Build::One(_))
            && kind.parameters.iter().any(|it| it.name == "max_position")
    };
    for kind in KINDS.iter().filter(has_limit) {
        let mut trades = 0;
        for (seed, latency) in (1..=2).flat_map(|seed| nears.map(|near| (seed, near))) {
            let scenario = market(kind, seed, latency);
            let mut watched = Watched {
                held: vec![HELD; MEMBERS as usize],
                least: HELD,
                most: HELD,
                trades: 0,
                refused: Vec::new(),
                orders: 0,
            };
            let mut kernel = scenario.kernel();
            kernel.run(Time(scenario.span().0), &mut watched);
            let told = || format!("{} seed {seed} {latency}", kind.name);
            let Watched { least, most, .. } = watched;
            assert!(least >= HELD - MOST && most <= HELD + MOST, "{least}..{most}: {}", told());
            // News may cross an order on its way: what was there is gone then, not what never was.
            let others =
                |(at, why): &&(Time, Reject)| *why != Reject::UnknownOrder && *at < HOMEWARDS;
            let others: Vec<_> = watched.refused.iter().filter(others).collect();
            assert!(others.is_empty(), "{others:?}: {}", told());
            for member in 0..MEMBERS {
                let lots = kernel.exchange().lots(AccountId(member), InstrumentId(0)).unwrap();
                assert_eq!((lots.total, lots.reserved), (HELD, 0), "flat at the end: {}", told());
            }
            trades += watched.trades;
        }
        println!("{}: {trades} trades", kind.name);
    }
}
