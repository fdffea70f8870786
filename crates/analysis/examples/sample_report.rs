//! Writes a report of a made-up market, to look at: `sample_report OUT.html`.

#[path = "../tests/market/mod.rs"]
mod market;

use market::{Dice, Market};
use pitfloor_analysis::report::Departure;
use pitfloor_model::units::Span;

fn main() -> std::io::Result<()> {
    let out = std::env::args().nth(1).unwrap_or_else(|| "report.html".to_owned());
    let market = Market::after(Span::secs(1_800), 1);
    let mut report = market.report("first-market");
    report.departure = Some(departure(&market));
    report.notes.push("The run was ended early: 30 of 390 minutes.".to_owned());
    std::fs::write(out, report.html())
}

/// The market's own mids as history, and the same with a push that grows.
fn departure(market: &Market) -> Departure {
    let mids = market.recorder.grids()[0].mids();
    let (mut dice, mut push) = (Dice(7), 0.0);
    let pushed = mids.iter().map(|mid| {
        push += (dice.uniform() - 0.48) * 1.5;
        Some((mid + push) * 0.01)
    });
    Departure {
        symbol: "ACME".to_owned(),
        currency: "USD".to_owned(),
        decimals: 2,
        step: Span::secs(1),
        simulated: pushed.collect(),
        recorded: mids.iter().map(|mid| Some(mid * 0.01)).collect(),
    }
}
