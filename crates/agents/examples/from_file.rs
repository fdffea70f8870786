//! A market from a file, and what its clearing house did.
//! `cargo run --release -p pitfloor-agents --example from_file -- scenarios/margin-spiral.toml`

use pitfloor_model::clearing::Fact;
use pitfloor_model::event::Event;
use pitfloor_model::units::{InstrumentId, OrderId, Time};
use pitfloor_sim::kernel::{Observer, Seen};
use pitfloor_sim::scenario::Scenario;
use pitfloor_sim::view::View;
use std::collections::BTreeMap;

/// Counts facts, and notes prices minute by minute.
#[derive(Default)]
struct Diary {
    instruments: usize,
    facts: BTreeMap<String, u64>,
    forced: u64,
    minute: u64,
    lines: Vec<String>,
}

impl Observer for Diary {
    fn saw(&mut self, seen: &Seen<'_>) {
        for event in seen.events {
            if let Event::Clearing(fact) = event {
                let said = format!("{fact:?}");
                let word = said.split(' ').next().unwrap_or_default().to_owned();
                let word = match fact {
                    Fact::Paid { why, .. } => format!("Paid {why:?}"),
                    Fact::Moved { why, .. } => format!("Moved {why:?}"),
                    _ => word,
                };
                *self.facts.entry(word).or_default() += 1;
                if matches!(
                    fact,
                    Fact::Defaulted { .. } | Fact::Drawn { .. } | Fact::Covered { .. }
                ) {
                    self.lines.push(format!("{} {fact:?}", seen.stamped.at));
                }
            }
            if let Event::Rejected { why, key } = event {
                let by = if key.order >= OrderId::VENUE_FIRST { "venue's " } else { "" };
                *self.facts.entry(format!("{by}Rejected {why:?}")).or_default() += 1;
            }
            if let Event::Traded { taker, qty, .. } = event
                && taker.order >= OrderId::VENUE_FIRST
            {
                self.forced += qty.0;
            }
        }
        let minute = seen.stamped.at.0 / 60_000_000_000;
        if minute > self.minute {
            self.minute = minute;
            let view = View::new(seen.board, seen.stamped.at);
            let ids = (0..).map(InstrumentId).take(self.instruments);
            let price = |id| view.price(id).map_or("-".to_owned(), |price| price.to_string());
            let prices: Vec<String> = ids.map(price).collect();
            self.lines.push(format!("{minute:>3}m {} forced {}", prices.join(" "), self.forced));
        }
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let path = std::env::args().nth(1).ok_or("which file?")?;
    let scenario = Scenario::parse(&std::fs::read_to_string(path)?, &[], pitfloor_agents::KINDS)?;
    let (mut market, mut diary) = (scenario.kernel(), Diary::default());
    diary.instruments = scenario.venue().instruments().len();
    market.run(Time::ZERO.after(scenario.span()), &mut diary);
    diary.lines.iter().for_each(|line| println!("{line}"));
    diary.facts.iter().for_each(|(fact, count)| println!("{count:>8} {fact}"));
    let (cash, lots) = market.exchange().ledger().resum();
    println!("what there is adds up to {cash:?} {lots:?}");
    Ok(())
}
