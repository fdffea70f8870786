//! What the set pieces of this crate's kinds are about: a spoofer is found and nobody else is, and
//! a herd makes a bubble.
#![allow(missing_docs)]

use pitfloor_analysis::layering::{Criteria, Layering, Trace};
use pitfloor_model::event::Event;
use pitfloor_model::units::{InstrumentId, Price, Time};
use pitfloor_sim::Setting;
use pitfloor_sim::kernel::{Observer, Seen};
use pitfloor_sim::scenario::Scenario;

const ACME: InstrumentId = InstrumentId(0);

fn scenario(name: &str, settings: &[&str]) -> Scenario {
    let path = format!("{}/../../scenarios/{name}.toml", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(path).expect("the scenario is there");
    let settings: Vec<_> = settings.iter().map(|text| Setting::parse(text).unwrap()).collect();
    Scenario::parse(&text, &settings, pitfloor_agents::KINDS).unwrap_or_else(|bad| panic!("{bad}"))
}

#[derive(Default)]
struct Watched {
    layering: Layering,
    prices: Vec<f64>,
}

impl Observer for Watched {
    fn saw(&mut self, seen: &Seen<'_>) {
        self.layering.see(seen.stamped, seen.events, |instrument| seen.board.quote(instrument));
        for event in seen.events {
            if let Event::Traded { instrument: ACME, price: Price(ticks), .. } = *event {
                self.prices.push(ticks as f64);
            }
        }
    }
}

fn watch(scenario: &Scenario) -> Watched {
    let layering = Layering::new(Criteria::default());
    let mut watched = Watched { layering, ..Watched::default() };
    scenario.kernel().run(Time(scenario.span().0), &mut watched);
    watched
}

/// The groups that look like layering, with what they left behind.
fn suspects(settings: &[&str]) -> Vec<(String, Trace)> {
    let scenario = scenario("spoofing", settings);
    let found = watch(&scenario);
    for (account, trace) in found.layering.traces().filter(|(_, trace)| trace.walls > 0) {
        println!("{}: {trace:?}", scenario.groups()[scenario.group_of(account).unwrap()].name);
    }
    let name = |(account, trace)| {
        (scenario.groups()[scenario.group_of(account).expect("an agent's")].name.clone(), trace)
    };
    found.layering.suspicious().map(name).collect()
}

#[test]
fn the_spoofer_is_found_and_nobody_else() {
    for seed in ["seed=1", "seed=2", "seed=3"] {
        let found = suspects(&[seed]);
        let names: Vec<_> = found.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["spoofer"], "{seed}");
        assert!(found[0].1.wall_lots > 10 * found[0].1.executed_lots, "{:?}", found[0].1);
        assert!(suspects(&[seed, "agents.spoofer.layers=0"]).is_empty(), "{seed}: who plays fair");
    }
}

/// Walls have what is meant filled more often than it would be by itself.
#[test]
fn readers_of_queues_believe_the_walls() {
    let filled = |layers: &str| {
        let mut lots = 0;
        for seed in ["seed=1", "seed=2", "seed=3"] {
            let scenario = scenario("spoofing", &[seed, layers]);
            let place = scenario.groups().iter().position(|group| group.name == "spoofer").unwrap();
            let first: u32 = scenario.groups()[..place].iter().map(|group| group.count).sum();
            let mut traded = Fills { account: first, lots: 0 };
            scenario.kernel().run(Time(scenario.span().0), &mut traded);
            lots += traded.lots;
        }
        lots
    };
    let (with, without) = (filled("agents.spoofer.layers=4"), filled("agents.spoofer.layers=0"));
    println!("filled with walls {with}, without {without}");
    assert!(with > without, "{with} lots with walls, {without} without");
}

struct Fills {
    account: u32,
    lots: u64,
}

impl Observer for Fills {
    fn saw(&mut self, seen: &Seen<'_>) {
        for event in seen.events {
            if let Event::Traded { maker, qty, .. } = event {
                self.lots += if maker.account.0 == self.account { qty.0 } else { 0 };
            }
        }
    }
}

/// With the herd prices rise far above where they were and fall again; without it they do not.
#[test]
fn a_herd_makes_a_bubble() {
    let shape = |settings: &[&str]| {
        let prices = watch(&scenario("bubble", settings)).prices;
        let (top, high) = prices
            .iter()
            .enumerate()
            .fold((0, 0.0), |best, (at, price)| if *price > best.1 { (at, *price) } else { best });
        let after = prices[top..].iter().copied().fold(f64::MAX, f64::min);
        (high / prices[0] - 1.0, after / high - 1.0)
    };
    for seed in ["seed=1", "seed=2", "seed=3"] {
        let (with, without) = (shape(&[seed]), shape(&[seed, "agents.herd.count=0"]));
        println!("{seed}: rise and fall {with:?}, without the herd {without:?}");
        assert!(with.0 > 0.05 && with.1 < -0.04, "{with:?}");
        assert!(with.0 > 2.0 * without.0, "{with:?} against {without:?}");
    }
}
