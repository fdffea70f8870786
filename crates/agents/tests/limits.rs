//! Whatever a kind is told not to exceed, it does not: over random markets, for every kind that has such a
//! parameter, near the venue and far from it.
#![allow(missing_docs)]

use pitfloor_agents::KINDS;
use pitfloor_model::event::{Event, Reject};
use pitfloor_model::units::{AccountId, Side, Time};
use pitfloor_sim::kernel::{Observer, Seen};
use pitfloor_sim::params::{Build, Kind};
use pitfloor_sim::scenario::Scenario;
use std::collections::BTreeMap;

/// What each member of the group under test starts with, and how far from it it may go.
const SHARES: i128 = 5_000;
const MOST: i128 = 400;

/// Kinds of one instrument that promise to keep within `max_position`.
fn bounded() -> impl Iterator<Item = &'static Kind> {
    let one = |kind: &Kind| !matches!(kind.build, Build::Legs { .. });
    let promises = |kind: &Kind| kind.parameters.iter().any(|p| p.name == "max_position");
    KINDS.iter().copied().filter(move |kind| one(kind) && promises(kind))
}

/// A lively market, and three of `kind` who go home before it ends.
fn market(kind: &Kind, seed: u64, latency: &str) -> Scenario {
    let text = format!(
        r#"
        seed = {seed}
        span = "12m"
        [[instrument]]
        symbol = "ACME"
        price = "100.00"
        [instrument.fundamental]
        volatility = "0.05"
        [[agents]]
        kind = "noise"
        count = 80
        shares = 5000
        rate = "exp(mean = 2s)"
        [[agents]]
        kind = "market-maker"
        name = "dealers"
        count = 2
        shares = 50000
        cash = 10000000
        spread = "0.40"
        [[agents]]
        kind = "{}"
        name = "tried"
        count = 3
        shares = {SHARES}
        cash = 1000000
        max_position = {MOST}
        latency = "{latency}"
        flat_at = "8m"
        "#,
        kind.name
    );
    Scenario::parse(&text, &[], KINDS).unwrap_or_else(|bad| panic!("{}: {bad}", kind.name))
}

/// What the three hold, at every moment.
#[derive(Default)]
struct Held {
    now: BTreeMap<AccountId, i128>,
    farthest: i128,
    trades: u64,
    refused: BTreeMap<String, u64>,
}

const FIRST: u32 = 82;

impl Observer for Held {
    fn saw(&mut self, seen: &Seen<'_>) {
        for event in seen.events {
            match *event {
                Event::Traded { maker, taker, aggressor, qty, .. } => {
                    let taken = i128::from(qty.0) * if aggressor == Side::Buy { 1 } else { -1 };
                    for (key, lots) in [(taker, taken), (maker, -taken)] {
                        if key.account.0 >= FIRST {
                            let held = self.now.entry(key.account).or_insert(0);
                            *held += lots;
                            self.farthest = self.farthest.max(held.abs());
                            self.trades += 1;
                        }
                    }
                }
                // What had just ended when it was to be changed: news and order crossed.
                Event::Rejected { why: Reject::UnknownOrder, .. } => {}
                Event::Rejected { key, why } if key.account.0 >= FIRST => {
                    *self.refused.entry(format!("{why:?}")).or_insert(0) += 1;
                }
                _ => {}
            }
        }
    }
}

#[test]
fn no_kind_goes_beyond_its_limit_and_all_go_home() {
    for kind in bounded() {
        let mut trades = 0;
        for (seed, latency) in [(1, "uniform(1ms, 5ms)"), (2, "0s"), (3, "700ms")] {
            let scenario = market(kind, seed, latency);
            let (mut kernel, mut held) = (scenario.kernel(), Held::default());
            kernel.run(Time(scenario.span().0), &mut held);
            let name = format!("{}, seed {seed}, {latency}", kind.name);
            assert!(held.farthest <= MOST, "{name}: {} lots away", held.farthest);
            assert!(held.now.values().all(|away| *away == 0), "{name}: {:?}", held.now);
            assert!(held.refused.is_empty(), "{name}: {:?}", held.refused);
            trades += held.trades;
        }
        assert!(trades > 5, "{}: {trades} trades in three markets", kind.name);
    }
    assert!(bounded().count() >= 5);
}
