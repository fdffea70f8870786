//! Latency arbitrage: sees a share move in one place and takes the old price in the other.
//!
//! **What it does.** The same share is listed twice. The first listing is the one that moves first;
//! the second follows. It is told of every change of the first one's best prices. When these have
//! gone past what still stands on the second, it takes that, before whoever put it there has taken
//! it back; some time later, when the second has followed, it closes what it has opened. It lives
//! on being faster than those who quote: seat it with a smaller `latency` than theirs.
//!
//! **In formulas.** On a change of the first listing's quote: if its bid b₁ exceeds the second's
//! ask a₂ by more than `edge`, it buys on the second at a₂ or better, `size` lots at most; if its
//! ask a₁ lies below the second's bid b₂ by more than `edge`, it sells there. `hold` after its last
//! trade it goes back to what it started with, at once and at whatever price, again every second
//! until it is there. Where the second listing trades in batches, it asks in the batch for what it
//! saw stand there, and gets it when that still stands at the batch's end; it closes at the first
//! listing's price, give or take a hundredth.
//!
//! **What it assumes.** That the first listing leads. Unlike `cross-venue` it trades on one side
//! only, so it is left with a position whose price may go anywhere until it is closed; and it acts
//! on news of the first listing alone, so that a gap which stays costs it nothing and brings it
//! nothing. Taking and closing cost a spread: where the second listing follows within seconds
//! rather than at once, a `hold` that is too short loses what the old price has won.
//!
//! **Source.** Budish, Cramton & Shim (2015), *The high-frequency trading arms race*, Quarterly
//! Journal of Economics 130(4): the stale quote is sniped in a continuous book, and not in a
//! frequent batch auction; Wah & Wellman (2013), *Latency arbitrage, market fragmentation, and
//! efficiency*, ACM EC '13.

use crate::desk::{self, BASIS_POINT};
use crate::errand::{Ask, Errand, Manner};
use pitfloor_model::event::Phase;
use pitfloor_model::units::{Cash, Price, Qty, Side, Span, Time};
use pitfloor_sim::agent::{Agent, Context, Interest, Notice};
use pitfloor_sim::params::{Build, Kind, Parameter, Params, Role, Takes};

/// How often it tries again to close.
const AGAIN: Span = Span::secs(1);
/// How much worse than the first listing's price it closes in a batch, as a share.
const CLOSES_WITHIN: f64 = 0.01;

/// The kind `latency-arbitrage`.
pub static KIND: Kind = Kind {
    name: "latency-arbitrage",
    about: "sees a share move in one place and takes the old price in the other",
    source: "Budish, Cramton & Shim 2015; Wah & Wellman 2013",
    parameters: &[
        Parameter {
            name: "edge",
            takes: Takes::Number(0.0, 10_000.0),
            default: "2",
            about: "how far the first listing must have gone past the second, in basis points",
        },
        Parameter { name: "size", takes: Takes::Lots, default: "100", about: "lots at a time" },
        Parameter {
            name: "max_position",
            takes: Takes::Lots,
            default: "500",
            about: "how far its holdings may move from what it started with, in lots",
        },
        Parameter {
            name: "hold",
            takes: Takes::Span,
            default: "10s",
            about: "how long after its last trade it closes",
        },
    ],
    build: Build::Legs {
        least: 2,
        most: 2,
        build: |params, roles| Box::new(LatencyArbitrage::new(&params[0], [roles[0], roles[1]])),
    },
};

/// Somebody who is fast.
#[derive(Clone, Debug)]
pub struct LatencyArbitrage {
    /// The listing that leads, and the one that follows.
    roles: [Role; 2],
    edge: f64,
    size: Qty,
    max_position: Qty,
    hold: Span,
    errand: Errand,
    /// When it closes what it has.
    until: Time,
}

impl LatencyArbitrage {
    /// One that watches the first role and trades the second.
    #[must_use]
    pub fn new(params: &Params, roles: [Role; 2]) -> Self {
        Self {
            roles,
            edge: params.number("edge") * BASIS_POINT,
            size: params.lots("size"),
            max_position: params.lots("max_position"),
            hold: params.span("hold"),
            errand: Errand::new(roles[1].instrument),
            until: Time::ZERO,
        }
    }

    /// The first listing has moved: what still stands on the second at a price from before?
    fn snipe(&mut self, cx: &mut Context<'_>) {
        let [first, second] = self.roles.map(|role| role.instrument);
        let view = cx.view();
        let manner = match view.phase(second) {
            Phase::Continuous => Manner::Touch,
            Phase::PeriodicCall => Manner::Batch,
            Phase::PreOpen
            | Phase::OpenCall
            | Phase::ReopenCall
            | Phase::CloseCall
            | Phase::Halt
            | Phase::Closed => return,
        };
        if !self.errand.is_free() {
            return;
        }
        for side in Side::BOTH {
            // To buy: what the first bids against what the second asks.
            let Some(leads) = view.best(first, side) else { continue };
            let Some((price, shown)) = view.best(second, side.opposite()) else { continue };
            let money = |id, price: Price| cx.instrument(id).cost(price, Qty(1)).0 as f64;
            let (leads, stands) = (money(first, leads.0), money(second, price));
            let gap = if side == Side::Buy { leads / stands - 1.0 } else { 1.0 - leads / stands };
            if stands <= 0.0 || gap <= self.edge {
                continue;
            }
            let sign = if side == Side::Buy { 1 } else { -1 };
            let room = i128::from(self.max_position.0) - sign * self.errand.done();
            let lots = room.clamp(0, i128::from(self.size.0.min(shown.0))) as u64;
            let (limit, spoken) = (Some(price), Cash::ZERO);
            let ask = Ask { side, lots, manner, limit, spoken };
            let figure = ("gap_bp", gap / BASIS_POINT);
            if self.errand.send(cx, ask, "take the old price", figure).is_some() {
                self.until = cx.now().after(self.hold);
                cx.wake_at(self.until, 0);
            }
            return;
        }
    }

    /// How it closes: at any price, in batches at the first listing's or nearly.
    fn way_home(&self, cx: &mut Context<'_>, side: Side) -> (Manner, Option<Price>, Cash) {
        let [first, second] = self.roles.map(|role| role.instrument);
        let view = cx.view();
        if view.phase(second) != Phase::PeriodicCall {
            return (Manner::Market, None, Cash::ZERO);
        }
        let away = if side == Side::Buy { CLOSES_WITHIN } else { -CLOSES_WITHIN };
        let definition = cx.instrument(second);
        let limit = view.mid(first).map(|mid| desk::price(definition, side, mid * (1.0 + away)));
        (Manner::Batch, limit, Cash::ZERO)
    }

    /// Goes home when the time has come.
    fn close(&mut self, cx: &mut Context<'_>) {
        let done = self.errand.done();
        if cx.now() < self.until || (done == 0 && self.errand.is_free()) {
            return;
        }
        if self.errand.is_free() {
            let side = if done > 0 { Side::Sell } else { Side::Buy };
            let lots = done.unsigned_abs() as u64;
            let (manner, limit, spoken) = self.way_home(cx, side);
            let ask = Ask { side, lots, manner, limit, spoken };
            let _ = self.errand.send(cx, ask, "close: it has followed", ("lots_away", done as f64));
        }
        self.until = cx.now().after(AGAIN);
        cx.wake_at(self.until, 0);
    }
}

impl Agent for LatencyArbitrage {
    fn interest(&self) -> Interest {
        Interest { quotes: vec![self.roles[0].instrument], ..Interest::default() }
    }

    fn on(&mut self, notice: &Notice, cx: &mut Context<'_>) {
        match notice {
            Notice::Quote(..) => self.snipe(cx),
            Notice::Own(event) => self.errand.told(cx, event),
            Notice::Timer(_) => self.close(cx),
            Notice::Start | Notice::Print(_) | Notice::Auction(_) | Notice::News { .. } => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::hall::Hall;
    use pitfloor_model::units::Span;
    use pitfloor_sim::dice::Dice;

    const NEAR: Span = Span::micros(100);

    fn hall() -> Hall {
        let mut hall = Hall::of_shares(&["FAST", "SLOW"]);
        hall.quote(0, 9_999, 10_001, 300);
        hall.quote(1, 9_999, 10_001, 300);
        hall
    }

    #[test]
    fn takes_the_old_price_and_closes_when_it_has_followed() {
        let mut hall = hall();
        let agent = hall.seat("latency-arbitrage", NEAR, 100_000, 500, &[]);
        hall.pass(Span::secs(1));
        hall.quote(0, 10_019, 10_021, 300);
        hall.pass(Span::millis(1));
        assert_eq!((hall.held(agent, 0), hall.held(agent, 1)), (500, 600), "on the slow one alone");
        hall.quote(1, 10_019, 10_021, 300);
        hall.pass(Span::secs(12));
        assert_eq!(hall.held(agent, 1), 500);
        assert!((hall.cash(agent, 0) - 100_018.0).abs() < 1e-9, "18 cents on 100");
        assert_eq!(hall.rules(), ["take the old price", "close: it has followed"]);
    }

    #[test]
    fn sells_when_the_fast_one_has_fallen() {
        let mut hall = hall();
        let agent = hall.seat("latency-arbitrage", NEAR, 100_000, 500, &[]);
        hall.quote(0, 9_979, 9_981, 300);
        hall.pass(Span::millis(1));
        assert_eq!(hall.held(agent, 1), 400);
    }

    #[test]
    fn who_is_slow_finds_the_price_gone() {
        let mut hall = hall();
        let agent = hall.seat("latency-arbitrage", Span::millis(5), 100_000, 500, &[]);
        hall.quote(0, 10_019, 10_021, 300);
        hall.pass(Span::millis(2));
        hall.quote(1, 10_019, 10_021, 300);
        hall.pass(Span::secs(5));
        assert_eq!((hall.held(agent, 1), hall.placed(agent)), (500, 1), "one order, for nothing");
    }

    #[test]
    fn a_move_of_the_slow_one_is_no_news() {
        let mut hall = hall();
        let agent = hall.seat("latency-arbitrage", NEAR, 100_000, 500, &[]);
        hall.pass(Span::secs(1));
        hall.quote(1, 9_979, 9_981, 300);
        hall.pass(Span::secs(1));
        assert_eq!(hall.placed(agent), 0);
    }

    /// Random quotes: within its limit and its means, never on the fast one, and home when it is
    /// quiet.
    #[test]
    fn stays_within_its_limit_and_goes_home() {
        for seed in 0..10 {
            let mut hall = hall();
            let (cash, shares) = if seed % 2 == 0 { (1_000_000, 500) } else { (5_000, 30) };
            let changes = [("max_position", "150"), ("size", "80")];
            let agent = hall.seat("latency-arbitrage", NEAR, cash, shares, &changes);
            let mut dice = Dice::new(seed, "moves");
            for _ in 0..300 {
                let mid = dice.between(9_950, 10_050);
                hall.quote(dice.below(2) as u32, mid - 1, mid + 1, 1 + dice.below(200));
                hall.pass(Span::millis(1 + dice.below(1_500)));
                let away = hall.held(agent, 1) - i128::from(shares);
                assert!(away.abs() <= 150 && hall.held(agent, 1) >= 0, "{away}");
                assert_eq!(hall.held(agent, 0), i128::from(shares));
            }
            assert!(hall.placed(agent) > 20);
            hall.quote(1, 9_999, 10_001, 1_000);
            hall.pass(Span::secs(20));
            assert_eq!(hall.held(agent, 1), i128::from(shares));
            assert!(hall.refusals().is_empty(), "{seed}: {:?}", hall.refusals());
        }
    }
}
