//! Triangular arbitrage: changes money in a circle when the circle gives more than it takes.
//!
//! **What it does.** Three currencies make three pairs, and two of their rates say what the third
//! should be. Whenever a quote changes it reckons both ways round at the best prices: say euros
//! into dollars, dollars into yen, yen into euros. If that comes to more than it began with, by
//! more than its costs, it sends all three orders at once, at the prices it sees.
//!
//! **In formulas.** Selling a pair's base turns one unit into `bid` of the other currency, buying
//! it turns one unit into 1/`ask`. A way round is worth taking when the product of its three rates
//! exceeds 1 + `costs`. With `size` lots of the first pair the other two are the nearest whole
//! number of lots of what the step before brings, and all three no more than the quotes show and
//! its cash allows.
//!
//! **When a leg is missed.** Its orders trade at once or not at all; what is missing crosses
//! `timeout` later.
//!
//! **What it assumes.** That its three instruments are pairs (`kind = "fx"`) that form a circle; it
//! leaves others alone. Its positions are cash: it needs some of each currency (`cash_in`). Because
//! lots are whole, a round leaves a little more of one currency and a little less of another, up to
//! half a lot of each; that is a position and no cost, and it adds up to nothing in particular.
//!
//! **Source.** Aiba, Hatano, Takayasu, Marumo & Shimizu (2002), *Triangular arbitrage as an
//! interaction among foreign exchange rates*, Physica A 310; Fenn et al. (2009), *The mirage of
//! triangular arbitrage in the spot foreign exchange market*, International Journal of Theoretical
//! and Applied Finance 12(8): the gaps are there, mostly of a basis point, and mostly gone within a
//! second.

use super::legs::{LOOK, Legs};
use crate::desk::{self, BASIS_POINT};
use crate::errand::Manner;
use pitfloor_model::event::Phase;
use pitfloor_model::instrument::InstrumentKind;
use pitfloor_model::units::{Cash, CurrencyId, Price, Qty, Side};
use pitfloor_sim::agent::{Agent, Context, Interest, Notice, Own};
use pitfloor_sim::params::{Build, Kind, Parameter, Params, Role, Takes};

/// The kind `triangular`.
pub static KIND: Kind = Kind {
    name: "triangular",
    about: "changes money in a circle when the circle gives more than it takes",
    source: "Aiba et al. 2002; Fenn et al. 2009",
    parameters: &[
        Parameter {
            name: "costs",
            takes: Takes::Number(0.0, 10_000.0),
            default: "0.5",
            about: "what a round must bring, in basis points",
        },
        Parameter {
            name: "size",
            takes: Takes::Lots,
            default: "100",
            about: "lots of the first pair in a round",
        },
        Parameter {
            name: "timeout",
            takes: Takes::Span,
            default: "100ms",
            about: "after this a leg that was missed crosses",
        },
    ],
    build: Build::Legs {
        least: 3,
        most: 3,
        build: |params, roles| {
            Box::new(Triangular::new(&params[0], [roles[0], roles[1], roles[2]]))
        },
    },
};

/// A step of a way round: which leg, and whether its base is bought or sold.
type Step = (usize, Side);

/// Somebody who goes round in circles.
#[derive(Clone, Debug)]
pub struct Triangular {
    roles: [Role; 3],
    costs: f64,
    size: Qty,
    legs: Legs,
    /// Both ways round; none when the three are no circle.
    ways: Option<[[Step; 3]; 2]>,
}

/// What is delivered and what is paid with.
fn currencies(cx: &Context<'_>, role: &Role) -> Option<(CurrencyId, CurrencyId)> {
    let definition = cx.instrument(role.instrument);
    match definition.kind() {
        InstrumentKind::Fx { base, .. } => Some((base, definition.currency())),
        _ => None,
    }
}

/// The way round that begins with this side of the first of three pairs, if they form a circle.
fn way(pairs: &[(CurrencyId, CurrencyId); 3], first: Side) -> Option<[Step; 3]> {
    let (base, quote) = pairs[0];
    let (home, mut held) = if first == Side::Sell { (base, quote) } else { (quote, base) };
    let mut steps = [(0, first); 3];
    let mut open = vec![1, 2];
    for step in &mut steps[1..] {
        let next = open.iter().position(|leg| pairs[*leg].0 == held || pairs[*leg].1 == held)?;
        let leg = open.remove(next);
        let (base, quote) = pairs[leg];
        let side = if base == held { Side::Sell } else { Side::Buy };
        held = if side == Side::Sell { quote } else { base };
        *step = (leg, side);
    }
    (held == home).then_some(steps)
}

impl Triangular {
    /// One that trades three pairs.
    #[must_use]
    pub fn new(params: &Params, roles: [Role; 3]) -> Self {
        Self {
            roles,
            costs: params.number("costs") * BASIS_POINT,
            size: params.lots("size"),
            legs: Legs::new(&roles, Manner::Touch, params.span("timeout")),
            ways: None,
        }
    }

    fn begin(&mut self, cx: &Context<'_>) {
        let [a, b, c] = [0, 1, 2].map(|leg| currencies(cx, &self.roles[leg]));
        let pairs = a.zip(b).zip(c).map(|((a, b), c)| [a, b, c]);
        let ways = pairs.and_then(|pairs| way(&pairs, Side::Sell).zip(way(&pairs, Side::Buy)));
        self.ways = ways.map(|(one, other)| [one, other]);
    }

    fn compare(&mut self, cx: &mut Context<'_>) {
        let Some(ways) = self.ways.filter(|_| self.legs.settled()) else { return };
        let view = cx.view();
        if self.roles.iter().any(|role| view.phase(role.instrument) != Phase::Continuous) {
            return;
        }
        for way in ways {
            let quotes =
                way.map(|(leg, side)| view.best(self.roles[leg].instrument, side.opposite()));
            let [Some(a), Some(b), Some(c)] = quotes else { return };
            let quotes = [a, b, c];
            let rate = |((leg, side), (price, _)): (Step, (Price, Qty))| {
                let price = cx.instrument(self.roles[leg].instrument).price_f64(price);
                if side == Side::Sell { price } else { 1.0 / price }
            };
            let round: f64 = way.into_iter().zip(quotes).map(rate).product();
            if !round.is_finite() || round <= 1.0 + self.costs {
                continue;
            }
            let lots = self.sizes(cx, &way, &quotes);
            if lots.iter().all(|lots| *lots > 0) {
                let mut aims = [0, 1, 2].map(|leg| self.legs.done(leg));
                for ((leg, side), lots) in way.into_iter().zip(lots) {
                    aims[leg] += if side == Side::Buy { lots } else { -lots };
                }
                let gap = (round - 1.0) / BASIS_POINT;
                return self.legs.aim(cx, &aims, "once round", ("gap_bp", gap));
            }
        }
    }

    /// Lots of each step, so that each spends what the one before brings.
    fn sizes(&self, cx: &Context<'_>, way: &[Step; 3], quotes: &[(Price, Qty); 3]) -> [i128; 3] {
        // Base currency and other currency of a lot, in minor units.
        let lot = |step: usize| {
            let definition = cx.instrument(self.roles[way[step].0].instrument);
            let InstrumentKind::Fx { lot_cash, .. } = definition.kind() else {
                panic!("a way round is made of pairs")
            };
            (lot_cash as f64, definition.cost(quotes[step].0, Qty(1)).0 as f64)
        };
        // For each lot of the first pair.
        let mut each = [1.0; 3];
        let (base, other) = lot(0);
        let mut held = if way[0].1 == Side::Sell { other } else { base };
        for step in 1..3 {
            let (base, other) = lot(step);
            let (spends, brings) =
                if way[step].1 == Side::Sell { (base, other) } else { (other, base) };
            each[step] = held / spends;
            held = each[step] * brings;
        }
        let mut most = self.size.0 as f64;
        for (step, (leg, side)) in way.iter().enumerate() {
            let (id, (price, shown)) = (self.roles[*leg].instrument, quotes[step]);
            let means = match side {
                Side::Buy => desk::can_buy(cx, id, Cash::ZERO, price),
                Side::Sell => desk::can_sell(cx, id, price),
            };
            let fits = means.min(i128::from(shown.0)) as f64;
            most = most.min(fits / each[step]);
        }
        let first = libm::floor(most.max(0.0));
        let whole = |step: usize| {
            let id = self.roles[way[step].0].instrument;
            let lots = libm::floor(first * each[step] + 0.5) as i128;
            desk::lots(cx.instrument(id), lots).map_or(0, |qty| i128::from(qty.0))
        };
        [whole(0), whole(1), whole(2)]
    }
}

impl Agent for Triangular {
    fn interest(&self) -> Interest {
        let quotes = self.roles.iter().map(|role| role.instrument).collect();
        Interest { own: Own::All, quotes, ..Interest::default() }
    }

    fn on(&mut self, notice: &Notice, cx: &mut Context<'_>) {
        match notice {
            Notice::Start => self.begin(cx),
            Notice::Quote(..) => self.compare(cx),
            Notice::Own(event) => {
                self.legs.told(cx, event);
                self.compare(cx);
            }
            Notice::Timer(LOOK) => self.legs.look(cx),
            Notice::Timer(_) | Notice::Print(_) | Notice::Auction(_) | Notice::News { .. } => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hall::Hall;
    use pitfloor_model::units::{AccountId, Span};
    use pitfloor_sim::dice::Dice;

    const USD: u16 = 0;
    const EUR: u16 = 1;
    const JPY: u16 = 2;
    const NEAR: Span = Span::millis(1);

    /// A euro is 1.1 dollars, a dollar 150 yen, so a euro 165 yen.
    fn hall(lots: u64) -> Hall {
        let mut hall = Hall::of_pairs();
        hall.quote(0, 10_999, 11_001, lots);
        hall.quote(1, 14_999, 15_001, lots);
        hall.quote(2, 16_498, 16_502, lots);
        hall
    }

    /// Everything in dollars, at those rates.
    fn worth(hall: &Hall, agent: AccountId) -> f64 {
        hall.cash(agent, USD) + 1.1 * hall.cash(agent, EUR) + hall.cash(agent, JPY) / 150.0
    }

    #[test]
    fn goes_round_when_a_cross_rate_is_too_high() {
        let mut hall = hall(10_000);
        let agent = hall.seat("triangular", NEAR, 100_000_000, 0, &[]);
        hall.pass(Span::secs(1));
        assert_eq!(hall.placed(agent), 0, "the rates agree");
        let before = worth(&hall, agent);
        hall.quote(2, 16_600, 16_604, 10_000); // a euro at 166 yen
        hall.pass(Span::millis(3));
        // Euros into yen, yen into dollars, dollars into euros: 100 lots, 110.6 for the dollars.
        assert_eq!(hall.placed(agent), 3, "{:?}", hall.rules());
        let euros = hall.cash(agent, EUR) - 100_000_000.0;
        assert!(euros.abs() < 1_000.0, "nothing but a fraction of a lot: {euros}");
        let won = worth(&hall, agent) - before;
        assert!((500.0..700.0).contains(&won), "60 basis points of 110 000 dollars: {won}");
        assert!(hall.refusals().is_empty(), "{:?}", hall.refusals());
    }

    #[test]
    fn goes_the_other_way_when_it_is_too_low() {
        let mut hall = hall(10_000);
        let agent = hall.seat("triangular", NEAR, 100_000_000, 0, &[]);
        let before = worth(&hall, agent);
        hall.quote(2, 16_396, 16_400, 10_000);
        hall.pass(Span::millis(3));
        assert_eq!(hall.placed(agent), 3);
        assert!(worth(&hall, agent) > before + 500.0);
    }

    #[test]
    fn goes_round_with_no_more_than_the_thinnest_quote_shows() {
        let mut hall = hall(10_000);
        let agent = hall.seat("triangular", NEAR, 100_000_000, 0, &[]);
        hall.quote(2, 16_600, 16_604, 40);
        hall.pass(Span::millis(3));
        let lots: Vec<u64> = hall.orders(agent).iter().map(|order| order.qty.0).collect();
        // 40 000 euros are 6.64 million yen, those 44 264 dollars, those 40 236 euros.
        assert_eq!(lots, [40, 44, 40]);
    }

    #[test]
    fn three_shares_are_no_circle() {
        let mut hall = Hall::of_shares(&["A", "B", "C"]);
        let agent = hall.seat("triangular", NEAR, 1_000_000, 1_000, &[]);
        hall.quote(0, 100, 101, 10);
        hall.quote(1, 100, 101, 10);
        hall.quote(2, 300, 301, 10);
        hall.pass(Span::secs(1));
        assert_eq!(hall.placed(agent), 0);
    }

    #[test]
    fn every_order_of_the_pairs_is_a_circle_and_a_pair_too_many_is_not() {
        let [usd, eur, jpy] = [USD, EUR, JPY].map(CurrencyId);
        let circle = [(eur, usd), (usd, jpy), (eur, jpy)];
        for order in [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]] {
            let pairs = order.map(|i| circle[i]);
            for side in Side::BOTH {
                let steps = way(&pairs, side).expect("a circle");
                let mut legs: Vec<usize> = steps.iter().map(|(leg, _)| *leg).collect();
                legs.sort_unstable();
                assert_eq!(legs, [0, 1, 2]);
            }
        }
        let chf = CurrencyId(3);
        assert_eq!(way(&[(eur, usd), (usd, jpy), (eur, chf)], Side::Sell), None);
    }

    /// Random rates: it never owes, nothing is refused, and all rounds together have won.
    #[test]
    fn whatever_the_rates_it_owes_nothing_and_wins() {
        for seed in 0..10 {
            let mut hall = hall(200);
            let agent = hall.seat("triangular", NEAR, 300_000, 0, &[("size", "50")]);
            let mut dice = Dice::new(seed, "rates");
            let before = worth(&hall, agent);
            for _ in 0..200 {
                let pair = dice.below(3) as u32;
                let mid = [11_000, 15_000, 16_500][pair as usize];
                let mid = mid + dice.between(-30, 30);
                hall.quote(pair, mid - 1, mid + 1, 1 + dice.below(200));
                hall.pass(Span::millis(300));
                for currency in [USD, EUR, JPY] {
                    assert!(hall.cash(agent, currency) >= 0.0);
                }
            }
            assert!(hall.placed(agent) > 30);
            assert!(worth(&hall, agent) > before, "{before} to {}", worth(&hall, agent));
            assert!(hall.refusals().is_empty(), "{seed}: {:?}", hall.refusals());
        }
    }
}
