//! Kyle's insider: knows what it is worth, and hides its orders in the noise of others.
//!
//! Trading goes in auctions (an instrument with a `periodic` schedule), `auctions` of them a game.
//! At the start of a game the insider learns the value *v* ~ N(*p*₀, `deviation`²), drawn from its
//! own dice, *p*₀ the price before the first trade. In the *n*th auction it orders βₙΔ*t*(*v* −
//! *p*ₙ₋₁), at the market: the share of the mispricing that is best for it when prices answer as
//! they do in equilibrium (a dealer that prices like `kyle-dealer`, noise like `kyle-noise` with
//! the same `deviation`, `noise` and `auctions`). It trades slowly at first and faster towards the
//! end, and prices come to tell half of the rest of what it knows in the last auction.
//!
//! `noise` is σ, in lots: the standard deviation of all noise of a game, σ²Δ*t* in each auction.
//! Games follow each other without end; every game begins at *p*₀.
//!
//! Source: Kyle (1985), *Continuous auctions and insider trading*, Econometrica 53(6).

use super::kyle::{self, Equilibrium};
use crate::desk;
use pitfloor_model::event::{Event, Phase};
use pitfloor_model::units::{Cash, Price, Side, Span};
use pitfloor_sim::agent::{Agent, Context, Interest, Notice};
use pitfloor_sim::params::{Build, Kind, Parameter, Params, Role, Takes};

/// The kind `kyle-insider`.
pub static KIND: Kind = Kind {
    name: "kyle-insider",
    about: "knows the value, and hides its orders in the noise of an auction",
    source: "Kyle 1985",
    parameters: &[AUCTIONS, DEVIATION, NOISE],
    build: Build::One(|params, role| Box::new(Insider::new(params, role))),
};

/// Auctions of a game.
pub(super) const AUCTIONS: Parameter = Parameter {
    name: "auctions",
    takes: Takes::Count(1, kyle::AUCTIONS_MAX),
    default: "2",
    about: "auctions in a game",
};
/// √Σ₀.
pub(super) const DEVIATION: Parameter = Parameter {
    name: "deviation",
    takes: Takes::Price,
    default: "2",
    about: "standard deviation of the value around the price at the start of a game",
};
/// σ.
pub(super) const NOISE: Parameter = Parameter {
    name: "noise",
    takes: Takes::Lots,
    default: "1000",
    about: "standard deviation of the noise of a game, in lots",
};

/// Prices no further than so many deviations from the start are named.
pub(super) const DEVIATIONS_MOST: f64 = 8.0;

/// Where a game stands: auctions that are over, and the price of the last.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Game {
    pub(super) auctions: usize,
    pub(super) over: usize,
    pub(super) start: f64,
    pub(super) price: f64,
}

impl Game {
    pub(super) fn new(params: &Params, role: &Role) -> Self {
        let start = role.reference.0 as f64;
        Self { auctions: params.count("auctions") as usize, over: 0, start, price: start }
    }

    /// An auction came to `price`, if anything traded; says whether a game is over.
    pub(super) fn hear(&mut self, price: Option<Price>) -> bool {
        self.price = price.map_or(self.price, |price| price.0 as f64);
        self.over = (self.over + 1) % self.auctions;
        if self.over == 0 {
            self.price = self.start;
        }
        self.over == 0
    }
}

/// What all three hear: how auctions end.
pub(super) fn auctions_of(role: &Role) -> Interest {
    Interest { auctions: vec![role.instrument], ..Interest::default() }
}

/// True when a call collects orders for the next auction.
pub(super) fn is_call(cx: &mut Context<'_>, role: &Role) -> bool {
    cx.view().phase(role.instrument) == Phase::PeriodicCall
}

/// After the start: then the first call has begun.
pub(super) const FIRST: Span = Span::millis(10);

/// The limit that is as good as none: prices of a game do not come this far.
pub(super) fn any_price(cx: &Context<'_>, role: &Role, side: Side, deviation: f64) -> Price {
    let (start, far) = (role.reference.0 as f64, DEVIATIONS_MOST * deviation);
    let ticks = if side == Side::Buy { start + far } else { start - far };
    desk::price(cx.instrument(role.instrument), side, ticks)
}

/// As many of `wanted` lots as it has the means for, at a price that is as good as any.
pub(super) fn send(cx: &mut Context<'_>, role: &Role, wanted: f64, deviation: f64) {
    let side = if wanted > 0.0 { Side::Buy } else { Side::Sell };
    let limit = any_price(cx, role, side, deviation);
    let means = match side {
        Side::Buy => desk::can_buy(cx, role.instrument, Cash::ZERO, limit),
        Side::Sell => desk::can_sell(cx, role.instrument, limit),
    };
    let lots = (libm::round(wanted.abs()) as i128).min(means);
    if let Some(qty) = desk::lots(cx.instrument(role.instrument), lots) {
        cx.limit(role.instrument, side, limit, qty);
    }
}

/// The insider.
#[derive(Clone, Debug)]
pub struct Insider {
    role: Role,
    equilibrium: Equilibrium,
    deviation: f64,
    /// σ√Σ₀⁻¹: lots for a tick, where all is one.
    depth: f64,
    game: Game,
    worth: f64,
}

impl Insider {
    /// One that plays `role`.
    #[must_use]
    pub fn new(params: &Params, role: &Role) -> Self {
        let game = Game::new(params, role);
        let deviation = (params.price("deviation").0 as f64).max(1.0);
        let depth = params.lots("noise").0 as f64 / deviation;
        let equilibrium = kyle::equilibrium(game.auctions);
        Self { role: *role, equilibrium, deviation, depth, game, worth: game.start }
    }

    fn order(&mut self, cx: &mut Context<'_>) {
        let (n, gap) = (self.game.over, self.worth - self.game.price);
        let wanted = self.equilibrium.intensity[n] * self.depth * gap;
        cx.because("a share of what it is mispriced", || {
            [("worth_ticks", self.worth), ("price_ticks", self.game.price), ("auction", n as f64)]
        });
        send(cx, &self.role, wanted, self.deviation);
    }

    fn draw(&mut self, cx: &mut Context<'_>) {
        self.worth = self.game.start + self.deviation * cx.dice().normal();
    }
}

impl Agent for Insider {
    fn interest(&self) -> Interest {
        auctions_of(&self.role)
    }

    fn on(&mut self, notice: &Notice, cx: &mut Context<'_>) {
        match notice {
            Notice::Start => {
                self.draw(cx);
                cx.wake_in(FIRST);
            }
            Notice::Timer(_) if is_call(cx, &self.role) => self.order(cx),
            Notice::Auction(Event::Uncrossed { price, .. }) => {
                if self.game.hear(*price) {
                    self.draw(cx);
                }
                self.order(cx);
            }
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
    use crate::floor::{Floor, params, refuses};

    #[test]
    fn a_game_ends_after_its_auctions_and_begins_where_it_began() {
        let mut game = Game::new(&params(&KIND, &[]), &Floor::role(0));
        assert!(!game.hear(Some(Price(10_200))));
        assert_eq!((game.over, game.price), (1, 10_200.0));
        assert!(game.hear(None), "an auction without a trade is one, too");
        assert_eq!((game.over, game.price), (0, 10_000.0));
    }

    #[test]
    fn what_it_cannot_be_is_refused_with_the_field() {
        refuses(&KIND, "auctions", "0", "a whole number from 1 to 1024");
    }
}
