//! The noise of Kyle's auctions: people who trade for reasons of their own.
//!
//! In every auction one order at the market, for N(0, σ²Δ*t*) lots: bought when above zero, else
//! sold. Δ*t* is one part in `auctions`, so that the noise of a whole game has the standard
//! deviation σ = `noise`, in lots. An insider hides in it, and a dealer cannot tell the two apart.
//!
//! Source: Kyle (1985), *Continuous auctions and insider trading*, Econometrica 53(6).

use super::kyle_insider::{AUCTIONS, DEVIATION, FIRST, NOISE, auctions_of, is_call, send};
use pitfloor_model::event::Event;
use pitfloor_sim::agent::{Agent, Context, Interest, Notice};
use pitfloor_sim::params::{Build, Kind, Params, Role};

/// The kind `kyle-noise`.
pub static KIND: Kind = Kind {
    name: "kyle-noise",
    about: "trades in every auction for reasons of its own",
    source: "Kyle 1985",
    parameters: &[AUCTIONS, DEVIATION, NOISE],
    build: Build::One(|params, role| Box::new(Noise::new(params, role))),
};

/// The noise.
#[derive(Clone, Debug)]
pub struct Noise {
    role: Role,
    deviation: f64,
    /// Of one auction, in lots.
    spread: f64,
}

impl Noise {
    /// One that plays `role`.
    #[must_use]
    pub fn new(params: &Params, role: &Role) -> Self {
        let auctions = params.count("auctions") as f64;
        let spread = params.lots("noise").0 as f64 / libm::sqrt(auctions);
        Self { role: *role, deviation: params.price("deviation").0 as f64, spread }
    }

    fn order(&self, cx: &mut Context<'_>) {
        let wanted = self.spread * cx.dice().normal();
        cx.because("reasons of its own", || [("lots", wanted)]);
        send(cx, &self.role, wanted, self.deviation.max(1.0));
    }
}

impl Agent for Noise {
    fn interest(&self) -> Interest {
        auctions_of(&self.role)
    }

    fn on(&mut self, notice: &Notice, cx: &mut Context<'_>) {
        match notice {
            Notice::Start => cx.wake_in(FIRST),
            Notice::Timer(_) if is_call(cx, &self.role) => self.order(cx),
            Notice::Auction(Event::Uncrossed { .. }) => self.order(cx),
            Notice::Timer(_)
            | Notice::Own(_)
            | Notice::Print(_)
            | Notice::Quote(..)
            | Notice::Auction(_)
            | Notice::News { .. } => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::floor::refuses;

    #[test]
    fn what_it_cannot_be_is_refused_with_the_field() {
        refuses(&KIND, "noise", "0", "a whole number from 1 to 1099511627776");
    }
}
