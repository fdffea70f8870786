//! Set pieces: scenarios that show one mechanism do what their pages say, over seeds.
#![allow(missing_docs)]

use pitfloor_agents::KINDS;
use pitfloor_model::event::Event;
use pitfloor_model::units::Time;
use pitfloor_sim::Setting;
use pitfloor_sim::kernel::{Observer, Seen};
use pitfloor_sim::scenario::Scenario;
use std::fs;

fn scenario(name: &str, settings: &[&str]) -> Scenario {
    let path = format!("{}/../../scenarios/{name}.toml", env!("CARGO_MANIFEST_DIR"));
    let text = fs::read_to_string(path).expect("the scenario");
    let settings: Vec<_> =
        settings.iter().map(|it| Setting::parse(it).expect("a setting")).collect();
    Scenario::parse(&text, &settings, KINDS).unwrap_or_else(|bad| panic!("{bad}"))
}

/// The price of the auction, in ticks, and how far the indicative price was from it in the first minute.
#[derive(Default)]
struct Opening {
    indicative: Vec<i64>,
    auction: Option<i64>,
}

impl Observer for Opening {
    fn saw(&mut self, seen: &Seen<'_>) {
        for event in seen.events {
            match *event {
                Event::Indicative { price: Some(price), .. } => self.indicative.push(price.0),
                Event::Uncrossed { price: Some(price), .. } => {
                    self.auction.get_or_insert(price.0);
                }
                _ => {}
            }
        }
    }
}

fn opening(settings: &[&str], seed: u64) -> Opening {
    let seed = format!("seed={seed}");
    let scenario = scenario("opening-auction", &[settings, &[seed.as_str()]].concat());
    let mut opening = Opening::default();
    scenario.kernel().run(Time(660_000_000_000), &mut opening);
    opening
}

#[test]
fn an_opening_auction_finds_what_was_learned_overnight() {
    let (close, worth) = (10_000, 10_300);
    for seed in 1..=3 {
        let told = opening(&[], seed);
        let auction = told.auction.expect("an auction");
        assert!((worth - 60..worth + 60).contains(&auction), "seed {seed}: {auction}");
        let early = told.indicative[told.indicative.len() / 50];
        assert!((early - worth).abs() > (auction - worth).abs(), "seed {seed}: {early}");
        let untold = opening(&["agents.informed.count=0"], seed).auction.expect("an auction");
        assert!((close - 30..close + 30).contains(&untold), "seed {seed}: {untold}");
    }
}
