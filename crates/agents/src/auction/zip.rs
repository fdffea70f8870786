//! Zero intelligence plus: a margin that learns from every shout.
//!
//! A trader names limit·(1 + *m*): a buyer with a margin *m* ≤ 0, a seller with *m* ≥ 0. Each shout
//! at a price *q* makes it raise its margin, when the market would have paid it more, or lower it,
//! when others get the trade. With *p* the price that it would name now, a seller
//!
//! * raises when the shout was accepted and *p* ≤ *q*;
//! * lowers, while it has a unit, when an accepted bid lay below *p*, or an ask not accepted did.
//!
//! A buyer does the same the other way round. The target is *t* = *q*(1 ± c_r·U₁) ± c_a·U₂, up or
//! down, with U₁ and U₂ even between 0 and 1; the margin goes there with momentum (Widrow & Hoff):
//! *G* ← γ*G* + (1 − γ)β(*t* − *p*), *m* ← (*p* + *G*)/limit − 1, and stays where it was if it
//! would change its sign. Each trader draws β evenly from 0.1 to 0.5, γ from 0 to 0.1, and its
//! first margin from 5 % to 35 %. `relative` is c_r, a share of the price; `absolute` is c_a, in
//! ticks.
//!
//! In the book a better best price is a shout that nobody accepted yet, and a print is one of the
//! resting side that was accepted. The paper's experiment is the default market; prices there
//! settle around the competitive one within a few periods.
//!
//! Source: Cliff (1997), *Minimal-intelligence agents for bargaining behaviors in market-based
//! environments*, Hewlett-Packard Laboratories HPL-97-91.

use super::trader::{self, Rule, Shout, Standing, Trader, Unit};
use pitfloor_model::units::Side;
use pitfloor_sim::dice::Dice;
use pitfloor_sim::params::{Build, Kind, Parameter, Params, Takes};

/// The kind `zip`.
pub static KIND: Kind = Kind {
    name: "zip",
    about: "learns its profit margin from every shout",
    source: "Cliff 1997",
    parameters: &[
        trader::SIDE,
        trader::VALUES,
        trader::VALUE_BEST,
        trader::VALUE_STEP,
        trader::COST_BEST,
        trader::COST_STEP,
        trader::UNITS,
        trader::PRICE_MAX,
        trader::RATE,
        trader::PERIOD,
        Parameter {
            name: "relative",
            takes: Takes::Number(0.0, 1.0),
            default: "0.05",
            about: "how far a target lies beyond the shout, at most, as a share of it",
        },
        Parameter {
            name: "absolute",
            takes: Takes::Number(0.0, 1e6),
            default: "5",
            about: "how far beyond that, at most, in ticks",
        },
    ],
    build: Build::One(|params, role| Box::new(Trader::new(params, role, Zip::new(params)))),
};

/// Between these a trader draws its learning rate, its momentum and the size of its first margin.
const RATES: (f64, f64) = (0.1, 0.5);
const MOMENTA: (f64, f64) = (0.0, 0.1);
const MARGINS: (f64, f64) = (0.05, 0.35);

/// The rule.
#[derive(Clone, Debug)]
pub struct Zip {
    relative: f64,
    absolute: f64,
    drawn: Option<Drawn>,
}

/// What one trader is like, and what it has learned.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Drawn {
    rate: f64,
    momentum: f64,
    /// Not below zero for a seller, not above for a buyer.
    margin: f64,
    change: f64,
}

fn draw((low, high): (f64, f64), dice: &mut Dice) -> f64 {
    low + (high - low) * dice.unit()
}

impl Zip {
    fn new(params: &Params) -> Self {
        let (relative, absolute) = (params.number("relative"), params.number("absolute"));
        Self { relative, absolute, drawn: None }
    }

    fn drawn(&mut self, side: Side, dice: &mut Dice) -> &mut Drawn {
        self.drawn.get_or_insert_with(|| {
            let (rate, momentum) = (draw(RATES, dice), draw(MOMENTA, dice));
            let size = draw(MARGINS, dice);
            let margin = if side == Side::Buy { -size } else { size };
            Drawn { rate, momentum, margin, change: 0.0 }
        })
    }
}

/// Where a shout makes a trader want its price that would name `price` now: up, down, or no change.
fn wanted(unit: &Unit, price: f64, shout: &Shout) -> Option<Side> {
    // Seen from a seller; for a buyer everything is mirrored.
    let (mirror, other) = match unit.side {
        Side::Sell => (1.0, Side::Buy),
        Side::Buy => (-1.0, Side::Sell),
    };
    let (mine, heard) = (mirror * price, mirror * shout.price);
    let of_other = shout.side == other;
    let raises = shout.is_accepted && mine <= heard;
    let lowers = unit.is_active && mine >= heard && shout.is_accepted == of_other;
    let dearer = match unit.side {
        Side::Sell => Side::Buy,
        Side::Buy => Side::Sell,
    };
    // The name of a side stands for a direction: buy is up.
    if raises {
        Some(dearer)
    } else if lowers {
        Some(dearer.opposite())
    } else {
        None
    }
}

impl Rule for Zip {
    const WHY: &'static str = "the limit and a learned margin";

    fn price(&mut self, unit: &Unit, _: &Standing, dice: &mut Dice) -> Option<f64> {
        Some(unit.limit * (1.0 + self.drawn(unit.side, dice).margin))
    }

    fn hear(&mut self, unit: &Unit, shout: &Shout, dice: &mut Dice) {
        let (relative, absolute) = (self.relative, self.absolute);
        let drawn = self.drawn(unit.side, dice);
        let price = unit.limit * (1.0 + drawn.margin);
        // As it would stand in the book: its own shout is as good as its price.
        let named = match unit.side {
            Side::Buy => libm::floor(price),
            Side::Sell => libm::ceil(price),
        };
        let Some(direction) = wanted(unit, named, shout) else { return };
        let sign = if direction == Side::Buy { 1.0 } else { -1.0 };
        let beyond = relative * dice.unit() * shout.price + absolute * dice.unit();
        let drawn = self.drawn(unit.side, dice);
        let step = (1.0 - drawn.momentum) * drawn.rate * (shout.price + sign * beyond - price);
        drawn.change = drawn.momentum * drawn.change + step;
        let margin = (price + drawn.change) / unit.limit - 1.0;
        let keeps_its_sign = match unit.side {
            Side::Buy => margin <= 0.0,
            Side::Sell => margin >= 0.0,
        };
        if keeps_its_sign {
            drawn.margin = margin;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::pit::Pit;
    use super::*;
    use crate::floor::refuses;

    fn heard(side: Side, price: f64, is_accepted: bool) -> Shout {
        Shout { side, price, is_accepted }
    }

    #[test]
    fn a_seller_raises_after_dearer_trades_and_lowers_when_others_ask_less() {
        let unit = Unit { side: Side::Sell, limit: 5_000.0, is_active: true };
        let cases = [
            (heard(Side::Sell, 7_000.0, true), Some(Side::Buy)),
            (heard(Side::Buy, 7_000.0, true), Some(Side::Buy)),
            (heard(Side::Buy, 5_500.0, true), Some(Side::Sell)),
            (heard(Side::Sell, 5_500.0, true), None),
            (heard(Side::Sell, 5_500.0, false), Some(Side::Sell)),
            (heard(Side::Buy, 5_500.0, false), None),
            (heard(Side::Sell, 7_000.0, false), None),
        ];
        for (shout, direction) in cases {
            assert_eq!(wanted(&unit, 6_000.0, &shout), direction, "{shout:?}");
        }
        let idle = Unit { is_active: false, ..unit };
        assert_eq!(wanted(&idle, 6_000.0, &cases[2].0), None, "without a unit it only raises");
        assert_eq!(wanted(&idle, 6_000.0, &cases[0].0), Some(Side::Buy));
    }

    #[test]
    fn a_buyer_is_the_mirror_of_a_seller() {
        let unit = Unit { side: Side::Buy, limit: 9_000.0, is_active: true };
        let cases = [
            (heard(Side::Sell, 7_000.0, true), Some(Side::Sell)),
            (heard(Side::Sell, 8_500.0, true), Some(Side::Buy)),
            (heard(Side::Buy, 8_500.0, false), Some(Side::Buy)),
            (heard(Side::Buy, 8_500.0, true), None),
            (heard(Side::Sell, 8_500.0, false), None),
        ];
        for (shout, direction) in cases {
            assert_eq!(wanted(&unit, 8_000.0, &shout), direction, "{shout:?}");
        }
    }

    #[test]
    fn its_price_goes_to_where_others_trade_but_not_beyond_its_limit() {
        let (mut zip, mut dice) =
            (Zip { relative: 0.0, absolute: 0.0, drawn: None }, Dice::new(1, "zip"));
        let unit = Unit { side: Side::Sell, limit: 5_000.0, is_active: true };
        for _ in 0..200 {
            zip.hear(&unit, &heard(Side::Buy, 8_000.0, true), &mut dice);
        }
        let named = zip.price(&unit, &Standing::default(), &mut dice).unwrap();
        assert!((named - 8_000.0).abs() < 1.0, "{named}");
        for _ in 0..200 {
            zip.hear(&unit, &heard(Side::Buy, 3_000.0, true), &mut dice);
        }
        let named = zip.price(&unit, &Standing::default(), &mut dice).unwrap();
        assert!((5_000.0..8_000.0).contains(&named), "{named}");
    }

    /// What the paper shows: prices gather around the competitive one as periods go by, and what
    /// was learned does not cost surplus.
    #[test]
    fn prices_settle_and_nothing_is_lost_by_learning() {
        const COMPETITIVE: f64 = 80.0;
        let spread = |prices: &[f64]| {
            let squares = prices.iter().map(|price| (price - COMPETITIVE).powi(2));
            (squares.sum::<f64>() / prices.len() as f64).sqrt()
        };
        let (mut narrower, mut late, mut plain) = (Vec::new(), 0.0, 0.0);
        for seed in 1..=20 {
            let (mut zips, mut zeros) = (Pit::new("zip", seed, &[]), Pit::new("zi-c", seed, &[]));
            let (of, other): (Vec<_>, Vec<_>) =
                (0..5).map(|_| (zips.period(), zeros.period())).unzip();
            narrower.push(spread(&of[4].prices) / spread(&of[0].prices));
            late += of[2..].iter().map(|period| period.efficiency).sum::<f64>() / 60.0;
            plain += other[2..].iter().map(|period| period.efficiency).sum::<f64>() / 60.0;
        }
        narrower.sort_by(f64::total_cmp);
        assert!(narrower[10] < 1.0, "the median of {narrower:?}");
        assert!(late >= plain, "{late} against {plain} of those who learn nothing");
    }

    #[test]
    fn what_it_cannot_be_is_refused_with_the_field() {
        refuses(&KIND, "relative", "2", "a number from 0 to 1");
    }
}
