//! An agent of one's own: buys a share whenever the price has fallen since it last looked.
//! `cargo run --release -p pitfloor-agents --example own_agent`

use pitfloor_model::event::Event;
use pitfloor_model::instrument::{Currency, Instrument, Venue};
use pitfloor_model::units::*;
use pitfloor_sim::agent::{Agent, Context, Notice};
use pitfloor_sim::kernel::{Endowment, Kernel};
use pitfloor_sim::params::{Params, Role};
use pitfloor_sim::{latency::Latency, world::World};

const ACME: InstrumentId = InstrumentId(0);

/// An agent is a struct: what it remembers between two calls.
struct Bargains(Option<f64>);

impl Agent for Bargains {
    // It is told one thing at a time, and whatever it wants goes through the context.
    fn on(&mut self, notice: &Notice, cx: &mut Context<'_>) {
        match notice {
            Notice::Start | Notice::Timer(_) => {
                let view = cx.view(); // the market as it was one latency ago
                let (before, now) = (self.0, view.mid(ACME));
                let cheaper = before.zip(now).is_some_and(|(before, now)| now < before);
                if let Some((ask, _)) = view.best(ACME, Side::Sell).filter(|_| cheaper) {
                    cx.take(ACME, Side::Buy, ask, Qty(1)); // at this price or better, now or never
                }
                self.0 = now;
                cx.wake_in(Span::secs(10)); // who does not ask to be woken sleeps on
            }
            Notice::Own(Event::Traded { price, .. }) => {
                println!("{} bought at {}", cx.now(), cx.instrument(ACME).show(*price));
            }
            Notice::Own(_)
            | Notice::Print(_)
            | Notice::Quote(..)
            | Notice::Auction(_)
            | Notice::News { .. } => {}
        }
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let share = Instrument::equity("ACME", CurrencyId(0), "0.01")?;
    let venue = Venue::new("XPIT", vec![Currency::new("USD", 2)?], vec![share])?;
    let mut kernel = Kernel::new(venue.clone().into(), 1, World::default());
    let means = Endowment::new(vec![(CurrencyId(0), Cash(10_000_000))], vec![(ACME, Qty(500))]);
    let link = Latency::Fixed(Span::millis(2));
    let noise = pitfloor_agents::find("noise").ok_or("no such kind")?;
    let params = Params::of(noise, &[("distance", "20")], &venue.instruments()[0])?;
    for index in 0..50 {
        let role = Role { instrument: ACME, reference: Price(10_000), index };
        kernel.seat(
            &format!("noise-{index}"),
            link,
            &means,
            noise.agent(std::slice::from_ref(&params), &[role]),
        );
    }
    let me = kernel.seat("bargains", link, &means, Box::new(Bargains(None)));
    kernel.run(Time::ZERO.after(Span::secs(300)), &mut ());
    println!("now has {:?} shares", kernel.exchange().lots(me, ACME).map(|lots| lots.total));
    Ok(())
}
