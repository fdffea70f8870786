//! Index arbitrage: trades an index against what it is made of.
//!
//! **What it does.** The first of its instruments is a claim on a basket: a future, or a fund that
//! is traded like a share. The others are the basket. Whenever a quote changes it compares what the
//! one brings with what the others cost. If the difference exceeds `enter`, it sells what is dear
//! and buys what is cheap, all at once; when the difference is gone, it closes both.
//!
//! **In formulas.** A lot of the index stands for w_i = `weights` lots of part i. With what lots
//! cost at the other side's best prices, in money, and a fair difference π = `premium` (the cost of
//! carrying the basket to the expiry of a future; fees of a fund), it
//!
//! * sells the index and buys the basket when bid₀ > (1 + π + `enter`) Σ w_i ask_i;
//! * buys the index and sells the basket when ask₀ < (1 + π − `enter`) Σ w_i bid_i;
//! * closes everything when what it would get for the one pays for the other up to `leave`: being
//!   short the index, when ask₀ < (1 + π + `leave`) Σ w_i bid_i, being long when bid₀ > (1 + π −
//!   `leave`) Σ w_i ask_i.
//!
//! It trades `size` lots of the index at a time, up to `max_position`, and the nearest whole lots
//! of the parts for the whole position, so that rounding does not add up; no more than it can pay
//! for and has. The depth of the quotes it does not look at: large sizes miss lots, and what is
//! missed crosses.
//!
//! **When a leg is missed.** Orders go out at the best prices it sees and trade at once or not at
//! all; what is missing crosses `timeout` later.
//!
//! **What it assumes.** That the weights are right, that all is priced in one currency, and that
//! the basket can be sold: without shares of the parts, or credit, it can only do one of the two
//! trades.
//!
//! **Source.** MacKinlay & Ramaswamy (1988), *Index-futures arbitrage and the behavior of stock
//! index futures prices*, Review of Financial Studies 1(2), for bounds around the fair difference
//! and for closing early; Ben-David, Franzoni & Moussawi (2018), *Do ETFs increase volatility?*,
//! Journal of Finance 73(6), for funds.

use super::legs::{LOOK, Legs};
use crate::desk::{self, BASIS_POINT};
use crate::errand::Manner;
use pitfloor_model::event::Phase;
use pitfloor_model::units::{Cash, Price, Qty, Side};
use pitfloor_sim::agent::{Agent, Context, Interest, Notice, Own};
use pitfloor_sim::params::{Build, Kind, Parameter, Params, Role, Takes};

/// The most instruments: the index and 63 parts.
const LEGS_MOST: usize = 64;

/// The kind `index-arbitrage`.
pub static KIND: Kind = Kind {
    name: "index-arbitrage",
    about: "trades an index against what it is made of",
    source: "MacKinlay & Ramaswamy 1988; Ben-David, Franzoni & Moussawi 2018",
    parameters: &[
        Parameter {
            name: "weights",
            takes: Takes::Numbers(0.0, 1e9, LEGS_MOST - 1),
            default: "1",
            about: "lots of each part in a lot of the index, in the order of the instruments; the last one \
                    counts for all further parts",
        },
        Parameter {
            name: "premium",
            takes: Takes::Number(-10_000.0, 10_000.0),
            default: "0",
            about: "by how much the index should be dearer than its parts, in basis points",
        },
        Parameter {
            name: "enter",
            takes: Takes::Number(0.0, 10_000.0),
            default: "5",
            about: "difference at which it opens, in basis points",
        },
        Parameter {
            name: "leave",
            takes: Takes::Number(-10_000.0, 10_000.0),
            default: "0",
            about: "difference at which it closes, in basis points; more than `enter` counts as `enter`",
        },
        Parameter {
            name: "size",
            takes: Takes::Lots,
            default: "50",
            about: "lots of the index at a time",
        },
        Parameter {
            name: "max_position",
            takes: Takes::Lots,
            default: "200",
            about: "how far its holdings of the index may move from what it started with, in lots",
        },
        Parameter {
            name: "timeout",
            takes: Takes::Span,
            default: "500ms",
            about: "after this what was missed crosses",
        },
    ],
    build: Build::Legs {
        least: 2,
        most: LEGS_MOST,
        build: |params, roles| Box::new(IndexArbitrage::new(&params[0], roles)),
    },
};

/// Somebody who holds an index against its parts.
#[derive(Clone, Debug)]
pub struct IndexArbitrage {
    roles: Box<[Role]>,
    /// Lots of each leg in a lot of the index; of itself one.
    weights: Box<[f64]>,
    premium: f64,
    enter: f64,
    leave: f64,
    size: Qty,
    max_position: Qty,
    legs: Legs,
}

impl IndexArbitrage {
    /// One that trades the first role against the others.
    #[must_use]
    pub fn new(params: &Params, roles: &[Role]) -> Self {
        let given = params.numbers("weights");
        let last = given.len() - 1;
        let parts = (0..roles.len() - 1).map(|part| given[part.min(last)]);
        let enter = params.number("enter") * BASIS_POINT;
        Self {
            roles: roles.into(),
            weights: std::iter::once(1.0).chain(parts).collect(),
            premium: params.number("premium") * BASIS_POINT,
            enter,
            leave: (params.number("leave") * BASIS_POINT).min(enter),
            size: params.lots("size"),
            max_position: params.lots("max_position"),
            legs: Legs::new(roles, Manner::Touch, params.span("timeout")),
        }
    }

    /// What a lot of the index is worth on this side, and what its parts are, in minor units: what
    /// an order of this side of all of them would trade at. None when somebody does not quote.
    fn worth(&self, cx: &mut Context<'_>, index: Side, parts: Side) -> Option<(f64, f64)> {
        let view = cx.view();
        let mut worth = [0.0, 0.0];
        for (leg, role) in self.roles.iter().enumerate().filter(|(leg, _)| self.weights[*leg] > 0.0)
        {
            let side = if leg == 0 { index } else { parts };
            let (price, _) = view.best(role.instrument, side.opposite())?;
            let lot = cx.instrument(role.instrument).cost(price, Qty(1)).0 as f64;
            worth[usize::from(leg > 0)] += self.weights[leg] * lot;
        }
        (worth[1] > 0.0).then_some((worth[0], worth[1]))
    }

    fn compare(&mut self, cx: &mut Context<'_>) {
        let view = cx.view();
        let trades = |role: &Role| view.phase(role.instrument) == Phase::Continuous;
        if !self.legs.settled() || !self.roles.iter().all(trades) {
            return;
        }
        let held = self.legs.done(0);
        // What the index brings, or costs, against the other way round in its parts.
        let dear = self.worth(cx, Side::Sell, Side::Buy).map(|(index, parts)| index / parts - 1.0);
        let cheap = self.worth(cx, Side::Buy, Side::Sell).map(|(index, parts)| index / parts - 1.0);
        let bp = |gap: Option<f64>| ("gap_bp", gap.unwrap_or_default() / BASIS_POINT);
        if held < 0 && cheap.is_some_and(|gap| gap < self.premium + self.leave) {
            let home = vec![0; self.roles.len()];
            self.legs.aim(cx, &home, "close: the index is no longer dear", bp(cheap));
        } else if held > 0 && dear.is_some_and(|gap| gap > self.premium - self.leave) {
            let home = vec![0; self.roles.len()];
            self.legs.aim(cx, &home, "close: the index is no longer cheap", bp(dear));
        } else if dear.is_some_and(|gap| gap > self.premium + self.enter) {
            self.go(cx, Side::Sell, "sell the index, buy its parts", bp(dear));
        } else if cheap.is_some_and(|gap| gap < self.premium - self.enter) {
            self.go(cx, Side::Buy, "buy the index, sell its parts", bp(cheap));
        }
    }

    /// Takes a step with the index on `side` and the parts on the other.
    fn go(
        &mut self,
        cx: &mut Context<'_>,
        side: Side,
        rule: &'static str,
        figure: (&'static str, f64),
    ) {
        let (held, sign) = (self.legs.done(0), if side == Side::Buy { 1 } else { -1 });
        let room = i128::from(self.max_position.0) - held * sign;
        let lots = room.min(i128::from(self.size.0)).min(self.means(cx, side));
        let definition = cx.instrument(self.roles[0].instrument);
        let Some(lots) = desk::lots(definition, lots) else { return };
        let index = held + sign * i128::from(lots.0);
        let part = |weight: &f64| -libm::round(index as f64 * weight) as i128;
        let mut aims: Vec<i128> = self.weights.iter().map(part).collect();
        aims[0] = index;
        self.legs.aim(cx, &aims, rule, figure);
    }

    /// Lots of the index for which it can pay for every leg that is bought, and has every one that
    /// is sold.
    fn means(&self, cx: &mut Context<'_>, side: Side) -> i128 {
        let view = cx.view();
        let mut most = f64::INFINITY;
        // All that is bought is paid from the same purse.
        let (mut cost, mut purse) = (0.0, None);
        for (leg, role) in self.roles.iter().enumerate().filter(|(leg, _)| self.weights[*leg] > 0.0)
        {
            let side = if leg == 0 { side } else { side.opposite() };
            let Some((price, _)) = view.best(role.instrument, side.opposite()) else { return 0 };
            let definition = cx.instrument(role.instrument);
            if side == Side::Sell {
                let can = desk::can_sell(cx, role.instrument, price).max(0) as f64;
                most = most.min(can / self.weights[leg]);
            } else if !definition.kind().is_margined() {
                // Room for a price that goes away while the leg waits.
                let price = Price(price.0 + (price.0 as f64 * crate::errand::REACH) as i64);
                let each = definition.cost(price, Qty(1)).0 as f64;
                let can = desk::can_buy(cx, role.instrument, Cash::ZERO, price) as f64 * each;
                cost += self.weights[leg] * each;
                purse = Some(purse.map_or(can, |least: f64| least.min(can)));
            }
        }
        if let Some(purse) = purse.filter(|_| cost > 0.0) {
            most = most.min(purse / cost);
        }
        if most.is_finite() { libm::floor(most.max(0.0)) as i128 } else { i128::from(Qty::MOST.0) }
    }
}

impl Agent for IndexArbitrage {
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
    use pitfloor_model::units::{AccountId, Span};
    use pitfloor_sim::dice::Dice;

    const NEAR: Span = Span::millis(1);
    /// A fund of one share at 100 and half a share at 50: worth 125.
    const FUND: (&str, &str) = ("weights", "1 0.5");

    fn hall() -> Hall {
        let mut hall = Hall::of_shares(&["FUND", "ONE", "TWO"]);
        hall.quote(0, 12_499, 12_501, 1_000);
        hall.quote(1, 9_999, 10_001, 1_000);
        hall.quote(2, 4_999, 5_001, 1_000);
        hall
    }

    fn moved(hall: &Hall, agent: AccountId, from: i128) -> [i128; 3] {
        [0, 1, 2].map(|id| hall.held(agent, id) - from)
    }

    #[test]
    fn sells_a_dear_fund_buys_its_parts_and_closes_when_it_is_fair() {
        let mut hall = hall();
        let agent = hall.seat("index-arbitrage", NEAR, 1_000_000, 500, &[FUND]);
        hall.pass(Span::secs(1));
        assert_eq!(hall.placed(agent), 0, "{:?}", hall.rules());
        hall.quote(0, 12_530, 12_532, 1_000);
        hall.pass(Span::secs(1));
        assert_eq!(moved(&hall, agent, 500), [-200, 200, 100], "to its limit");
        hall.quote(0, 12_495, 12_497, 1_000);
        hall.pass(Span::secs(1));
        assert_eq!(moved(&hall, agent, 500), [0; 3], "{:?}", hall.rules());
        // 200 funds sold at 125.30 and bought at 124.97, less a spread of two cents on 1.5 shares
        // each.
        let won = hall.cash(agent, 0) - 1_000_000.0;
        assert!((won - (200.0 * 0.33 - 300.0 * 0.02)).abs() < 1e-6, "{won}");
        assert!(hall.refusals().is_empty());
    }

    #[test]
    fn buys_a_cheap_fund_but_not_one_that_should_be_cheap() {
        for (premium, held) in [("0", [200, -200, -100]), ("-24", [0, 0, 0])] {
            let mut hall = hall();
            let changes = [FUND, ("premium", premium)];
            hall.quote(0, 12_468, 12_470, 1_000);
            let agent = hall.seat("index-arbitrage", NEAR, 1_000_000, 500, &changes);
            hall.quote(0, 12_469, 12_471, 1_000);
            hall.pass(Span::secs(2));
            assert_eq!(moved(&hall, agent, 500), held, "premium {premium}");
        }
    }

    #[test]
    fn a_part_that_is_missed_crosses() {
        let mut hall = hall();
        let agent =
            hall.seat("index-arbitrage", NEAR, 1_000_000, 500, &[FUND, ("max_position", "50")]);
        hall.quote(2, 4_999, 5_001, 10);
        hall.pass(Span::secs(1));
        hall.quote(0, 12_530, 12_532, 1_000);
        hall.pass(Span::millis(100));
        assert_eq!(moved(&hall, agent, 500), [-50, 50, 10]);
        hall.quote(2, 5_004, 5_006, 1_000);
        hall.pass(Span::secs(2));
        assert_eq!(moved(&hall, agent, 500), [-50, 50, 25], "{:?}", hall.rules());
    }

    /// Random quotes: whenever all has settled the parts are those of the position; within its
    /// limit, its shares and its cash, and nothing is refused.
    #[test]
    fn the_parts_are_always_those_of_the_index() {
        for seed in 0..8 {
            let mut hall = hall();
            let (cash, shares) = if seed % 2 == 0 { (1_000_000, 300) } else { (9_000, 60) };
            let changes = [FUND, ("max_position", "150"), ("size", "40"), ("timeout", "50ms")];
            let agent = hall.seat("index-arbitrage", NEAR, cash, shares, &changes);
            let mut dice = Dice::new(seed, "index");
            let mut traded = false;
            for _ in 0..150 {
                let leg = dice.below(3) as u32;
                let mid = [12_500, 10_000, 5_000][leg as usize] + dice.between(-25, 25);
                hall.quote(leg, mid - 1, mid + 1, 5 + dice.below(300));
                hall.pass(Span::secs(3));
                let [index, one, two] = moved(&hall, agent, i128::from(shares));
                assert!(index.abs() <= 150 && one.abs() <= 150 && two.abs() <= 75);
                assert!(hall.cash(agent, 0) >= 0.0);
                traded |= index != 0;
            }
            for _ in 0..3 {
                hall.quote(0, 12_499, 12_501, 1_000);
                hall.quote(1, 9_999, 10_001, 1_000);
                hall.quote(2, 4_999, 5_001, 1_000);
                hall.pass(Span::secs(70));
            }
            let [index, one, two] = moved(&hall, agent, i128::from(shares));
            assert_eq!(one, -index, "{seed}: {index} {one} {two}");
            assert!((two + index / 2).abs() <= 1, "{seed}: {index} {one} {two}");
            assert!(traded && hall.refusals().is_empty(), "{seed}: {:?}", hall.refusals());
        }
    }
}
