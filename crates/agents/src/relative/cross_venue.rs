//! Cross-venue arbitrage: buys a share where it is cheap and sells it where it is dear.
//!
//! **What it does.** The same share is listed twice, as two instruments. Whenever quotes change it
//! compares the best bid of each listing with the best ask of the other. If somebody bids more in
//! one place than somebody asks in the other, by more than its costs, it buys there and sells here,
//! both at once and at the prices it sees. It ends with the same number of shares and more money.
//!
//! **In formulas.** With bid b on one listing and ask a on the other, it trades when b > a (1 +
//! `costs`), as many lots as the smaller of the two quotes shows, at most `size`, and no more than
//! it has there, can pay for here, and `max_position` leaves.
//!
//! **When a leg is missed.** Its orders trade at once or not at all. Somebody may be faster in one
//! of the two places; what is then missing crosses `timeout` later, at what it costs. Until that is
//! settled it begins nothing new.
//!
//! **What it assumes.** That a lot is the same in both places and that both are priced in the same
//! currency. It needs shares to sell and money to buy in the right place: a gap that always has the
//! same sign empties it, until somebody carries shares from one place to the other, which nobody
//! does here.
//!
//! **Source.** Foucault, Kozhan & Tham (2017), *Toxic arbitrage*, Review of Financial Studies
//! 30(4); Wah & Wellman (2013), *Latency arbitrage, market fragmentation, and efficiency*, ACM EC
//! '13.

use super::legs::{LOOK, Legs};
use crate::desk::{self, BASIS_POINT};
use crate::errand::Manner;
use pitfloor_model::event::Phase;
use pitfloor_model::units::{Cash, Price, Qty, Side};
use pitfloor_sim::agent::{Agent, Context, Interest, Notice, Own};
use pitfloor_sim::params::{Build, Kind, Parameter, Params, Role, Takes};

/// The kind `cross-venue`.
pub static KIND: Kind = Kind {
    name: "cross-venue",
    about: "buys a share where it is cheap and sells it where it is dear",
    source: "Foucault, Kozhan & Tham 2017; Wah & Wellman 2013",
    parameters: &[
        Parameter {
            name: "costs",
            takes: Takes::Number(0.0, 10_000.0),
            default: "1",
            about: "how large a gap must be, in basis points of the price",
        },
        Parameter { name: "size", takes: Takes::Lots, default: "100", about: "lots at a time" },
        Parameter {
            name: "max_position",
            takes: Takes::Lots,
            default: "1000",
            about: "how far its holdings of one listing may move from what it started with, in lots",
        },
        Parameter {
            name: "timeout",
            takes: Takes::Span,
            default: "100ms",
            about: "after this a leg that was missed crosses",
        },
    ],
    build: Build::Legs {
        least: 2,
        most: 2,
        build: |params, roles| Box::new(CrossVenue::new(&params[0], [roles[0], roles[1]])),
    },
};

/// Somebody who stands in two markets.
#[derive(Clone, Debug)]
pub struct CrossVenue {
    roles: [Role; 2],
    costs: f64,
    size: Qty,
    max_position: Qty,
    legs: Legs,
}

impl CrossVenue {
    /// One that trades the same share in two places.
    #[must_use]
    pub fn new(params: &Params, roles: [Role; 2]) -> Self {
        Self {
            roles,
            costs: params.number("costs") * BASIS_POINT,
            size: params.lots("size"),
            max_position: params.lots("max_position"),
            legs: Legs::new(&roles, Manner::Touch, params.span("timeout")),
        }
    }

    fn compare(&mut self, cx: &mut Context<'_>) {
        if !self.legs.settled() {
            return;
        }
        let view = cx.view();
        if self.roles.iter().any(|role| view.phase(role.instrument) != Phase::Continuous) {
            return;
        }
        for (cheap, dear) in [(0, 1), (1, 0)] {
            let ask = view.best(self.roles[cheap].instrument, Side::Sell);
            let bid = view.best(self.roles[dear].instrument, Side::Buy);
            let Some((ask, bid)) = ask.zip(bid) else { continue };
            let worth = |leg: usize, price: Price| {
                cx.instrument(self.roles[leg].instrument).cost(price, Qty(1)).0 as f64
            };
            let (costs, brings) = (worth(cheap, ask.0), worth(dear, bid.0));
            if costs <= 0.0 || brings <= costs * (1.0 + self.costs) {
                continue;
            }
            let lots = self.room(cx, cheap, dear, ask, bid);
            if lots == 0 {
                continue;
            }
            let mut aims = [self.legs.done(0), self.legs.done(1)];
            aims[cheap] += lots;
            // Bought here is sold there, whatever an earlier round has left undone.
            aims[dear] = -aims[cheap];
            let gap = (brings / costs - 1.0) / BASIS_POINT;
            self.legs.aim(cx, &aims, "buy here, sell there", ("gap_bp", gap));
            return;
        }
    }

    /// Lots that both quotes show and that it may buy here and sell there.
    fn room(
        &self,
        cx: &Context<'_>,
        cheap: usize,
        dear: usize,
        ask: (Price, Qty),
        bid: (Price, Qty),
    ) -> i128 {
        let most = i128::from(self.max_position.0);
        let [buys, sells] = [cheap, dear].map(|leg| self.roles[leg].instrument);
        let lots = i128::from(self.size.0.min(ask.1.0).min(bid.1.0))
            .min(most - self.legs.done(cheap))
            .min(most + self.legs.done(dear))
            .min(desk::can_buy(cx, buys, Cash::ZERO, ask.0))
            .min(desk::can_sell(cx, sells, bid.0));
        let whole = |leg: usize, lots: i128| {
            desk::lots(cx.instrument(self.roles[leg].instrument), lots)
                .map_or(0, |qty| qty.0.into())
        };
        whole(cheap, lots).min(whole(dear, lots))
    }
}

impl Agent for CrossVenue {
    fn interest(&self) -> Interest {
        let quotes = self.roles.iter().map(|role| role.instrument).collect();
        Interest { own: Own::All, quotes, ..Interest::default() }
    }

    fn on(&mut self, notice: &Notice, cx: &mut Context<'_>) {
        match notice {
            Notice::Quote(..) => self.compare(cx),
            Notice::Own(event) => {
                self.legs.told(cx, event);
                self.compare(cx);
            }
            Notice::Timer(LOOK) => self.legs.look(cx),
            Notice::Start
            | Notice::Timer(_)
            | Notice::Print(_)
            | Notice::Auction(_)
            | Notice::News { .. } => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::hall::Hall;
    use pitfloor_model::units::Span;
    use pitfloor_sim::dice::Dice;

    fn hall() -> Hall {
        let mut hall = Hall::of_shares(&["ACME.N", "ACME.L"]);
        hall.quote(0, 9_999, 10_001, 500);
        hall.quote(1, 9_999, 10_001, 500);
        hall
    }

    #[test]
    fn buys_here_and_sells_there_and_keeps_the_gap() {
        let mut hall = hall();
        let agent = hall.seat("cross-venue", Span::millis(1), 100_000, 500, &[]);
        hall.pass(Span::secs(1));
        assert_eq!(hall.placed(agent), 0, "no gap");
        hall.quote(1, 10_011, 10_013, 60);
        hall.pass(Span::secs(1));
        assert_eq!((hall.held(agent, 0), hall.held(agent, 1)), (560, 440));
        assert!((hall.cash(agent, 0) - 100_006.0).abs() < 1e-9, "ten cents on 60 shares");
        assert_eq!(hall.rules(), ["buy here, sell there"; 2]);
    }

    #[test]
    fn a_gap_that_does_not_pay_is_left_alone() {
        let mut hall = hall();
        let agent = hall.seat("cross-venue", Span::millis(1), 100_000, 500, &[("costs", "15")]);
        hall.quote(1, 10_011, 10_013, 60);
        hall.pass(Span::secs(1));
        assert_eq!(hall.placed(agent), 0);
    }

    #[test]
    fn a_leg_that_somebody_else_took_crosses_after_the_timeout() {
        let mut hall = hall();
        let agent = hall.seat("cross-venue", Span::millis(50), 100_000, 500, &[]);
        hall.quote(1, 10_011, 10_013, 60);
        hall.pass(Span::millis(70)); // it has seen the gap and its orders are on their way
        hall.quote(1, 9_995, 10_001, 500); // and the bid is gone
        hall.pass(Span::millis(60));
        assert_eq!((hall.held(agent, 0), hall.held(agent, 1)), (560, 500));
        hall.pass(Span::secs(2));
        assert_eq!((hall.held(agent, 0), hall.held(agent, 1)), (560, 440), "{:?}", hall.rules());
        assert!(hall.cash(agent, 0) < 100_000.0, "that one it has paid for");
        assert!(hall.rules().contains(&"cross the leg that is open"));
    }

    /// Random quotes, crossed or not: both legs are always the same size in the end, within limits
    /// and means, and every cent is earned by a gap when nobody is faster.
    #[test]
    fn whatever_is_quoted_the_legs_match_and_it_never_loses() {
        for seed in 0..10 {
            let mut hall = hall();
            let changes = [("max_position", "130"), ("size", "70")];
            let agent = hall.seat("cross-venue", Span::millis(1), 20_000, 100, &changes);
            let (mut dice, mut before) = (Dice::new(seed, "gaps"), hall.cash(agent, 0));
            for _ in 0..100 {
                for listing in 0..2 {
                    let mid = dice.between(9_980, 10_020);
                    hall.quote(listing, mid - 1, mid + 1, 1 + dice.below(100));
                    hall.pass(Span::millis(200));
                }
                let (here, there) = (hall.held(agent, 0), hall.held(agent, 1));
                assert_eq!(here + there, 200);
                assert!((0..=230).contains(&here), "{here}");
                let cash = hall.cash(agent, 0);
                assert!(cash >= before, "{before} to {cash}");
                before = cash;
            }
            assert!(before > 20_000.0 && hall.refusals().is_empty(), "{:?}", hall.refusals());
        }
    }
}
