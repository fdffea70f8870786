//! Glosten and Milgrom's dealer: each quote already knows what a trade at it will have meant.
//!
//! The thing is worth `low` or `high`; the dealer believes in `high` with probability *p*, `prior`
//! at first. Of those who come, a share *m* = `informed` knows which, the others buy or sell by the
//! toss of a coin. So a buyer comes with probability (1 + *m*)/2 if it is worth much and (1 −
//! *m*)/2 if little, and the dealer asks what it would be worth after a buyer had come,
//!
//! ask = E[*V* | buy],  bid = E[*V* | sell],
//!
//! one lot each. After a trade *p* becomes what the trade has taught (Bayes), and both quotes are
//! replaced. Quotes are a martingale, the dealer gains nothing on average, and the spread vanishes
//! as the truth comes out. After `arrivals` trades the truth is told and a new game begins at
//! `prior`.
//!
//! It goes with `glosten-milgrom-arrivals`, alone with it in an instrument, both with the same
//! parameters. Off the grid, the bid is rounded down and the ask up.
//!
//! Source: Glosten & Milgrom (1985), *Bid, ask and transaction prices in a specialist market with
//! heterogeneously informed traders*, Journal of Financial Economics 14(1).

use crate::desk;
use crate::working::{self, Working};
use pitfloor_model::event::{Event, Phase};
use pitfloor_model::units::{Qty, Side};
use pitfloor_sim::agent::{Agent, Context, Interest, Notice};
use pitfloor_sim::params::{Build, Kind, Parameter, Params, Role, Takes};

/// The kind `glosten-milgrom-dealer`.
pub static KIND: Kind = Kind {
    name: "glosten-milgrom-dealer",
    about: "quotes what a trade at its quotes would teach it",
    source: "Glosten & Milgrom 1985",
    parameters: &[LOW, HIGH, PRIOR, INFORMED, ARRIVALS],
    build: Build::One(|params, role| Box::new(Dealer::new(params, role))),
};

/// V_L.
pub(super) const LOW: Parameter = Parameter {
    name: "low",
    takes: Takes::Price,
    default: "99",
    about: "what it is worth if little",
};
/// V_H.
pub(super) const HIGH: Parameter = Parameter {
    name: "high",
    takes: Takes::Price,
    default: "101",
    about: "what it is worth if much",
};
/// p.
pub(super) const PRIOR: Parameter = Parameter {
    name: "prior",
    takes: Takes::Number(0.0, 1.0),
    default: "0.5",
    about: "probability that it is worth much, at first",
};
/// m.
pub(super) const INFORMED: Parameter = Parameter {
    name: "informed",
    takes: Takes::Number(0.0, 1.0),
    default: "0.3",
    about: "share of those who come who know",
};
/// Trades of a game.
pub(super) const ARRIVALS: Parameter = Parameter {
    name: "arrivals",
    takes: Takes::Count(1, 1_000_000),
    default: "20",
    about: "trades in a game, after which the truth is told",
};

/// What is believed after a trade of `side` (seen from who came), with a share `informed` who know.
#[must_use]
pub fn believed(p: f64, informed: f64, side: Side) -> f64 {
    let (much, little) = match side {
        Side::Buy => ((1.0 + informed) / 2.0, (1.0 - informed) / 2.0),
        Side::Sell => ((1.0 - informed) / 2.0, (1.0 + informed) / 2.0),
    };
    let all = p * much + (1.0 - p) * little;
    if all > 0.0 { p * much / all } else { p }
}

/// The dealer.
#[derive(Clone, Debug)]
pub struct Dealer {
    role: Role,
    worth: [f64; 2],
    prior: f64,
    informed: f64,
    arrivals: u64,
    belief: f64,
    trades: u64,
    /// Whether its quotes are out of date.
    is_stale: bool,
    working: Working<2>,
}

impl Dealer {
    /// One that plays `role`.
    #[must_use]
    pub fn new(params: &Params, role: &Role) -> Self {
        let prior = params.number("prior");
        Self {
            role: *role,
            worth: ["low", "high"].map(|name| params.price(name).0 as f64),
            prior,
            informed: params.number("informed"),
            arrivals: params.count("arrivals"),
            belief: prior,
            trades: 0,
            is_stale: true,
            working: Working::new(role, Qty::MOST),
        }
    }

    fn expected(&self, belief: f64) -> f64 {
        let [low, high] = self.worth;
        low + (high - low) * belief
    }

    /// Quotes anew once what it took back is gone.
    fn quote(&mut self, cx: &mut Context<'_>) {
        let is_open = cx.view().phase(self.role.instrument) == Phase::Continuous;
        if !self.is_stale || !self.working.is_sure() || !is_open {
            return;
        }
        self.is_stale = false;
        let ask = self.expected(believed(self.belief, self.informed, Side::Buy));
        let bid = self.expected(believed(self.belief, self.informed, Side::Sell));
        cx.because("what a trade would teach", || {
            [("belief", self.belief), ("bid_ticks", bid), ("ask_ticks", ask)]
        });
        let definition = cx.instrument(self.role.instrument);
        let step = definition.limits.price_step as i64;
        let (bid, mut ask) =
            (desk::price(definition, Side::Buy, bid), desk::price(definition, Side::Sell, ask));
        if ask <= bid {
            ask.0 = bid.0 + step;
        }
        self.working.rest(cx, Side::Buy, bid, 1);
        self.working.rest(cx, Side::Sell, ask, 1);
    }

    fn learn(&mut self, side: Side) {
        self.belief = believed(self.belief, self.informed, side);
        self.trades += 1;
        if self.trades == self.arrivals {
            (self.trades, self.belief) = (0, self.prior);
        }
    }
}

impl Agent for Dealer {
    fn interest(&self) -> Interest {
        working::interest()
    }

    fn on(&mut self, notice: &Notice, cx: &mut Context<'_>) {
        match notice {
            Notice::Start => {
                self.working.start(cx);
                self.quote(cx);
            }
            Notice::Own(event) => {
                self.working.told(cx, event);
                if let Event::Traded { aggressor, taker, .. } = event
                    && taker.account != cx.account()
                {
                    self.learn(*aggressor);
                    self.is_stale = true;
                    if self.working.is_sure() {
                        self.working.take_back(cx);
                    }
                }
                self.quote(cx);
            }
            Notice::Timer(_)
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
    use pitfloor_model::units::Span;

    /// The published quotes: (V_L, V_H, p, m) and bid, ask.
    #[test]
    fn quotes_are_the_published_ones() {
        for (low, high, p, m, bid, ask) in [
            (0.0, 1.0, 0.5, 0.2, 0.4, 0.6),
            (90.0, 110.0, 0.5, 0.3, 97.0, 103.0),
            (90.0, 110.0, 0.7, 0.3, 101.136_364, 106.25),
        ] {
            let worth = |side| low + (high - low) * believed(p, m, side);
            let found = [worth(Side::Sell), worth(Side::Buy)];
            assert!((found[0] - bid).abs() < 1e-6 && (found[1] - ask).abs() < 1e-6, "{found:?}");
        }
        let mut p = 0.5;
        for expected in [0.65, 0.775_229, 0.864_961, 0.922_453, 0.956_694] {
            p = believed(p, 0.3, Side::Buy);
            assert!((p - expected).abs() < 1e-6, "{p}");
        }
    }

    #[test]
    fn a_buyer_moves_both_quotes_up_and_a_seller_down() {
        let mut floor = Floor::new(1);
        let changes = [("low", "90"), ("high", "110")];
        floor.seat("glosten-milgrom-dealer", &changes);
        floor.pass(Span::secs(1));
        assert_eq!(floor.best(), (Some(9_700), Some(10_300)));
        floor.take(Side::Buy, 10_300, 1);
        floor.pass(Span::secs(1));
        // Belief .65: a seller would bring it back to one half.
        assert_eq!(floor.best(), (Some(10_000), Some(10_551)));
        floor.take(Side::Sell, 10_000, 1);
        floor.pass(Span::secs(1));
        let (bid, ask) = floor.best();
        assert!((9_699..=9_700).contains(&bid.unwrap()), "{bid:?}");
        assert!((10_300..=10_301).contains(&ask.unwrap()), "{ask:?}");
        assert!(floor.refusals().is_empty(), "{:?}", floor.refusals());
    }

    #[test]
    fn after_its_trades_a_game_begins_anew() {
        let mut dealer = Dealer::new(&params(&KIND, &[("arrivals", "2")]), &Floor::role(0));
        dealer.learn(Side::Buy);
        assert!(dealer.belief > 0.5);
        dealer.learn(Side::Buy);
        assert_eq!((dealer.belief, dealer.trades), (0.5, 0));
    }

    #[test]
    fn what_it_cannot_be_is_refused_with_the_field() {
        refuses(&KIND, "informed", "1.1", "a number from 0 to 1");
    }
}
