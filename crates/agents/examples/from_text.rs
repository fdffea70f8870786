//! A market from a few lines of text. `cargo run --release -p pitfloor-agents --example from_text`

use pitfloor_model::units::{InstrumentId, Time};
use pitfloor_sim::history::Tally;
use pitfloor_sim::scenario::Scenario;

const TEXT: &str = r#"
    seed = 1
    span = "30m"
    [[instrument]]
    symbol = "ACME"
    price = "100.00"
    [[agents]]
    kind = "noise"
    count = 200
    shares = 500
    [[agents]]
    kind = "market-maker"
    count = 3
    shares = 2000
"#;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let scenario = Scenario::parse(TEXT, &[], pitfloor_agents::KINDS)?;
    let (mut market, mut tally) = (scenario.kernel(), Tally::new());
    market.run(Time::ZERO.after(scenario.span()), &mut tally);
    println!("{} trades, {:?}", tally.trades, market.board().quote(InstrumentId(0)));
    println!("digest {}", tally.digest());
    Ok(())
}
