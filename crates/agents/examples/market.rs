//! Runs a market for half an hour of its own time: 200 noise traders, 3 market makers and a few of
//! every other kind trade one share. `cargo run --release -p pitfloor-agents --example market`

use pitfloor_model::instrument::{Currency, Instrument, Venue};
use pitfloor_model::units::*;
use pitfloor_sim::kernel::{Endowment, Kernel};
use pitfloor_sim::params::{Params, Role};
use pitfloor_sim::world::{Fundamental, World};
use pitfloor_sim::{history::Tally, latency::Latency};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    // A venue with one currency and one share, priced in cents.
    let (acme, usd) = (InstrumentId(0), Currency::new("USD", 2)?);
    let means = Endowment::new(vec![(CurrencyId(0), usd.cash("100000")?)], vec![(acme, Qty(500))]);
    let share = Instrument::equity("ACME", CurrencyId(0), "0.01")?;
    let venue = std::sync::Arc::new(Venue::new("XPIT", vec![usd], vec![share])?);
    let (share, seed) = (&venue.instruments()[0], 1);
    // What a share is worth wanders around 100.00, in ticks: a cent per square root of a second.
    let (mean, reversion_per_s, volatility, step) = (10_000.0, 1e-4, 1.0, Span::millis(100));
    let (jumps_per_s, jump_size, jump_mean) = (0.0, 0.0, 0.0);
    let law =
        Fundamental { mean, reversion_per_s, volatility, jumps_per_s, jump_size, jump_mean, step };
    let mut kernel = Kernel::new(venue.clone(), seed, World::new(seed, [("ACME", Some(law))]));
    // Everybody takes a seat: a name, a link, means, and an agent with its default parameters.
    let traders = [("noise", 200), ("momentum", 8), ("mean-reversion", 8), ("informed", 4)];
    for (name, count) in traders.into_iter().chain([("market-maker", 3)]) {
        let kind = pitfloor_agents::find(name).ok_or("no such kind")?;
        let params = Params::of(kind, &[], share)?;
        for index in 0..count {
            let role = Role { instrument: acme, reference: share.price("100.00")?, index };
            let link = Latency::Uniform(Span::millis(1), Span::millis(5));
            kernel.seat(
                &format!("{name}-{index}"),
                link,
                &means,
                kind.agent(std::slice::from_ref(&params), &[role]),
            );
        }
    }
    // Time passes, as fast as the machine goes. The same seed is the same market every time.
    let mut tally = Tally::new();
    kernel.run(Time::ZERO.after(Span::secs(30 * 60)), &mut tally);
    let (bid, ask) = (kernel.board().quote(acme).bid, kernel.board().quote(acme).ask);
    let show = |best: Option<(Price, Qty)>| best.map_or("-".into(), |(price, _)| share.show(price));
    println!("{} trades, bid {}, ask {}", tally.trades, show(bid), show(ask));
    println!("digest {}", tally.digest());
    Ok(())
}
