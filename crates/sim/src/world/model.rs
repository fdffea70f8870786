//! How the value of a contract follows from what it is on, and what becomes of values by what is
//! announced.
//!
//! Floats of `pricing` come in here, and nothing of the market's integers goes out: an agent rounds.

use super::Fundamental;
use pitfloor_model::contract::{Bond, Choice, Right};
use pitfloor_model::units::{InstrumentId, Span, Time};
use pitfloor_pricing::bond::flows::Flows;
use pitfloor_pricing::option::{self, Vanilla, black_scholes};

/// A year of 365 days, in seconds.
pub const YEAR_S: f64 = 365.0 * 86_400.0;

/// How the value of a contract follows. Values are in ticks of each instrument; `tick` is one tick of
/// the contract in units of the currency, and in ticks of what it is on once a [`super::World`] has it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Model {
    /// A right, by the model of Black, Scholes and Merton (1973).
    Right {
        /// Its terms.
        choice: Choice,
        /// Volatility a year.
        volatility: f64,
        /// Riskless rate a year, continuously compounded.
        rate: f64,
        /// Dividend yield, likewise.
        dividend: f64,
        /// One tick of it.
        tick: f64,
    },
    /// A future, by what it costs to carry the underlying until it is delivered.
    Forward {
        /// What it is on.
        on: InstrumentId,
        /// Riskless rate a year, continuously compounded.
        rate: f64,
        /// Dividend yield, likewise.
        dividend: f64,
        /// Its last moment.
        expiry: Time,
        /// One tick of it.
        tick: f64,
    },
    /// A perpetual: what it follows.
    Same {
        /// What it follows.
        on: InstrumentId,
        /// One tick of it.
        tick: f64,
    },
    /// A bond, by a yield that wanders.
    Bond {
        /// Its terms.
        bond: Bond,
        /// How the yield wanders: a share a year, continuously compounded.
        law: Fundamental,
        /// Minor units that a lot costs at a price of one.
        minor_per_price: f64,
        /// One tick of it.
        tick: f64,
    },
}

/// What becomes of the world at a moment.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Change {
    /// News move a value.
    Jump {
        /// Whose.
        instrument: InstrumentId,
        /// How far: ticks, or a share of the value.
        by: f64,
        /// True when it is a share.
        is_share: bool,
        /// After this long half of it is forgotten; none: it stays.
        half_life: Option<Span>,
    },
    /// A split: every value becomes so much of itself.
    Scale {
        /// Whose.
        instrument: InstrumentId,
        /// How much of itself.
        by: f64,
    },
    /// Yields move; bonds follow.
    Yields {
        /// How far, as a share a year.
        by: f64,
    },
}

impl Model {
    /// What it follows; a bond follows a yield of its own.
    pub(crate) const fn on(&self) -> Option<InstrumentId> {
        match self {
            Self::Right { choice, .. } => Some(choice.underlying),
            Self::Forward { on, .. } | Self::Same { on, .. } => Some(*on),
            Self::Bond { .. } => None,
        }
    }

    /// How the yield of a bond wanders.
    pub(super) const fn law(&self) -> Option<Fundamental> {
        match self {
            Self::Bond { law, .. } => Some(*law),
            Self::Right { .. } | Self::Forward { .. } | Self::Same { .. } => None,
        }
    }

    /// The same, where a tick of the underlying is `of_underlying` units of the currency.
    pub(crate) fn against(self, of_underlying: f64) -> Self {
        let mut made = self;
        match &mut made {
            Self::Right { tick, .. } | Self::Forward { tick, .. } | Self::Same { tick, .. } => {
                *tick /= of_underlying;
            }
            Self::Bond { .. } => {}
        }
        made
    }

    /// The value in ticks when what it follows is at `spot`: ticks of the underlying, or the yield.
    pub(super) fn worth(&self, spot: f64, now: Time) -> f64 {
        let years = |until: Time| until.since(now).as_secs() / YEAR_S;
        match self {
            Self::Right { choice, volatility, rate, dividend, tick } => {
                let right = match choice.right {
                    Right::Call => option::Right::Call,
                    Right::Put => option::Right::Put,
                };
                let strike = choice.strike.0 as f64;
                let (rate, dividend) = (*rate, *dividend);
                let time = years(choice.expiry);
                let vanilla = Vanilla { right, spot, strike, rate, dividend, time };
                let worth = black_scholes::price(&vanilla, *volatility);
                // Outside the model's domain there is only the pay-off.
                worth.unwrap_or_else(|_| vanilla.intrinsic()) / tick
            }
            Self::Forward { rate, dividend, expiry, tick, .. } => {
                spot * libm::exp((rate - dividend) * years(*expiry)) / tick
            }
            Self::Same { tick, .. } => spot / tick,
            Self::Bond { bond, minor_per_price, tick, .. } => {
                let years = bond.maturity.since(now).as_secs() / (365.25 * 86_400.0);
                present_value(bond, spot, years) / minor_per_price / tick
            }
        }
    }
}

/// A payment of the next day, in years, is as good as made. The calendar's half years are not of equal
/// length, so a coupon that was just paid would else be counted once more.
const SETTLED: f64 = 1.1 / 365.0;

/// What a lot is worth in minor units at the yield `rate`, continuously compounded, `years` before it
/// is paid back: its coupons and its face, discounted (a dirty price: what has accrued is in it).
fn present_value(bond: &Bond, rate: f64, years: f64) -> f64 {
    let face = bond.face.0 as f64;
    let mut flows = vec![(years, face)];
    if bond.frequency > 0 {
        let each = 1.0 / f64::from(bond.frequency);
        let coupon = face * f64::from(bond.coupon_bips) / 10_000.0 * each;
        flows[0].1 += coupon;
        let before = (1..).map(|n| years - f64::from(n) * each).take_while(|time| *time > SETTLED);
        flows.extend(before.map(|time| (time, coupon)));
        flows.reverse();
    }
    // At its end it is what is paid then.
    Flows::new(flows).map_or(face, |flows| flows.value_at(rate))
}

#[cfg(test)]
mod tests {
    use super::*;
    use pitfloor_model::contract::{Delivery, Style};
    use pitfloor_model::units::{Cash, Price};

    const ACME: InstrumentId = InstrumentId(0);
    const YEAR: Time = Time(365 * 86_400_000_000_000);

    /// S = K = 100, r 5 %, a year, volatility 20 %: 10.4506 (published).
    #[test]
    fn a_right_is_worth_what_black_and_scholes_say() {
        let choice = Choice {
            underlying: ACME,
            right: Right::Call,
            style: Style::European,
            strike: Price(10_000),
            lots: 100,
            expiry: YEAR,
            delivery: Delivery::Cash,
        };
        let (volatility, rate, dividend) = (0.2, 0.05, 0.0);
        let model = Model::Right { choice, volatility, rate, dividend, tick: 1.0 };
        assert!((model.worth(10_000.0, Time::ZERO) - 1_045.06).abs() < 0.01);
        assert_eq!(model.worth(10_250.0, YEAR), 250.0, "at its end only the pay-off is left");
        assert_eq!(model.worth(-5.0, Time::ZERO), 0.0, "outside the model, too");
        assert_eq!(model.on(), Some(ACME));
    }

    #[test]
    fn a_future_carries_and_a_perpetual_follows() {
        let (on, expiry) = (ACME, YEAR);
        let future = Model::Forward { on, rate: 0.05, dividend: 0.01, expiry, tick: 5.0 };
        assert!((future.worth(10_000.0, Time::ZERO) - 2_081.62).abs() < 0.01);
        assert_eq!(future.worth(10_000.0, YEAR), 2_000.0);
        assert_eq!(Model::Same { on, tick: 2.0 }.worth(10_000.0, Time::ZERO), 5_000.0);
    }

    /// Two years of 5 % twice a year at 5 % continuous: 2.5 × Σ e^(−0.05 t) + 100 e^(−0.1).
    #[test]
    fn a_bond_is_worth_its_discounted_payments() {
        let maturity = Time(2 * YEAR.0);
        let bond = Bond { face: Cash(10_000), coupon_bips: 500, frequency: 2, maturity };
        let by_hand: f64 =
            [0.5_f64, 1.0, 1.5, 2.0].map(|t| 250.0 * libm::exp(-0.05 * t)).iter().sum();
        let by_hand = by_hand + 10_000.0 * libm::exp(-0.1);
        assert!((present_value(&bond, 0.05, 2.0) - by_hand).abs() < 1e-9, "{by_hand}");
        let rises = present_value(&bond, 0.04, 2.0) > present_value(&bond, 0.05, 2.0);
        assert!(rises, "lower yields, higher prices");
    }
}
