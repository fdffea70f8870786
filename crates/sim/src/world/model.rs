//! How the value of a contract follows from what it is on, and what becomes of values by what is
//! announced.
//!
//! Floats of `pricing` come in here, and nothing of the market's integers goes out: an agent rounds.

use super::Fundamental;
use pitfloor_model::contract::{Bond, Choice, Right};
use pitfloor_model::units::{InstrumentId, Span, Time};
use pitfloor_operations::curves::{CurveId, Curves, Move, payments, worth_at_yield};
use pitfloor_pricing::option::{self, Vanilla, black_scholes};

/// A year of 365 days, in seconds.
pub const YEAR_S: f64 = 365.0 * 86_400.0;

/// What money costs: one continuous rate a year for all times, or a curve.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Rate {
    /// Always this.
    Flat(f64),
    /// What the curve says of the moment and the time until then.
    Curve(CurveId),
}

impl Rate {
    /// The continuous rate at `now` for `years` of 365 days.
    fn of(self, years: f64, now: Time, curves: &Curves) -> f64 {
        match self {
            Self::Flat(rate) => rate,
            Self::Curve(_) if years <= 0.0 => 0.0,
            Self::Curve(id) => -libm::log(curves.discount(id, now, years)) / years,
        }
    }
}

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
        /// Riskless rate.
        rate: Rate,
        /// Dividend yield a year, continuously compounded.
        dividend: f64,
        /// One tick of it.
        tick: f64,
    },
    /// A future, by what it costs to carry the underlying until it is delivered.
    Forward {
        /// What it is on.
        on: InstrumentId,
        /// Riskless rate.
        rate: Rate,
        /// Dividend yield a year, continuously compounded.
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
    /// A bond, by a yield that wanders, or by a curve and a spread over it that wanders.
    Bond {
        /// Its terms.
        bond: Bond,
        /// The curve; none: the yield is one for all times.
        curve: Option<CurveId>,
        /// How the yield or the spread wanders: a share a year, continuously compounded.
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
    /// Curves and yields move; what is valued by them follows.
    Rates(Move),
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

    /// The value in ticks when what it follows is at `spot`: ticks of the underlying, the yield, or the
    /// spread over its curve.
    pub(crate) fn worth(&self, spot: f64, now: Time, curves: &Curves) -> f64 {
        let years = |until: Time| until.since(now).as_secs() / YEAR_S;
        match self {
            Self::Right { choice, volatility, rate, dividend, tick } => {
                let right = match choice.right {
                    Right::Call => option::Right::Call,
                    Right::Put => option::Right::Put,
                };
                let strike = choice.strike.0 as f64;
                let time = years(choice.expiry);
                let (rate, dividend) = (rate.of(time, now, curves), *dividend);
                let vanilla = Vanilla { right, spot, strike, rate, dividend, time };
                let worth = black_scholes::price(&vanilla, *volatility);
                // Outside the model's domain there is only the pay-off.
                worth.unwrap_or_else(|_| vanilla.intrinsic()) / tick
            }
            Self::Forward { rate, dividend, expiry, tick, .. } => {
                let time = years(*expiry);
                spot * libm::exp((rate.of(time, now, curves) - dividend) * time) / tick
            }
            Self::Same { tick, .. } => spot / tick,
            Self::Bond { bond, curve, minor_per_price, tick, .. } => {
                present_value(bond, *curve, spot, now, curves) / minor_per_price / tick
            }
        }
    }

    /// How far announced moves of yields have come by `now` for it: what has a curve follows that, and
    /// what has none the moves of all curves at once, each at the time until it is paid back.
    pub(super) fn moved(&self, changes: &[(Time, Change)], now: Time) -> f64 {
        let Self::Bond { bond, curve: None, .. } = self else { return 0.0 };
        let years = bond.maturity.since(now).as_secs() / pitfloor_operations::curves::YEAR_S;
        let so_far = changes.iter().take_while(|(at, _)| *at <= now);
        let moves = so_far.filter_map(|(_, change)| match change {
            Change::Rates(Move { of: None, by }) => Some(by.size(years)),
            Change::Rates(Move { of: Some(_), .. }) => None,
            Change::Jump { .. } | Change::Scale { .. } => None,
        });
        moves.sum()
    }
}

/// What a lot is worth in minor units at `now`: at the yield `rate`, continuously compounded, or on a
/// curve with the spread `rate` on top.
fn present_value(
    bond: &Bond,
    curve: Option<CurveId>,
    rate: f64,
    now: Time,
    curves: &Curves,
) -> f64 {
    let worth = match curve {
        None => worth_at_yield(bond, now, rate),
        Some(id) => payments(bond, now).map(|flows| curves.worth(id, now, &flows, rate)),
    };
    // At its end it is what is paid then.
    worth.unwrap_or(bond.face.0 as f64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use pitfloor_model::contract::{Delivery, Style};
    use pitfloor_model::units::{Cash, Price};
    use pitfloor_pricing::rates::curve::{Between, Curve};
    use pitfloor_pricing::rates::shock::Shock;

    const ACME: InstrumentId = InstrumentId(0);
    const YEAR: Time = Time(365 * 86_400_000_000_000);

    fn none() -> Curves {
        Curves::default()
    }

    /// 5 % twice a year, for two years of the curve's length.
    fn two_years() -> Bond {
        let maturity = Time(2 * 31_557_600_000_000_000);
        Bond { face: Cash(10_000), coupon_bips: 500, frequency: 2, maturity }
    }

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
        let (volatility, rate, dividend) = (0.2, Rate::Flat(0.05), 0.0);
        let model = Model::Right { choice, volatility, rate, dividend, tick: 1.0 };
        assert!((model.worth(10_000.0, Time::ZERO, &none()) - 1_045.06).abs() < 0.01);
        assert_eq!(
            model.worth(10_250.0, YEAR, &none()),
            250.0,
            "at its end only the pay-off is left"
        );
        assert_eq!(model.worth(-5.0, Time::ZERO, &none()), 0.0, "outside the model, too");
        assert_eq!(model.on(), Some(ACME));
    }

    #[test]
    fn a_future_carries_and_a_perpetual_follows() {
        let (on, expiry) = (ACME, YEAR);
        let future =
            Model::Forward { on, rate: Rate::Flat(0.05), dividend: 0.01, expiry, tick: 5.0 };
        assert!((future.worth(10_000.0, Time::ZERO, &none()) - 2_081.62).abs() < 0.01);
        assert_eq!(future.worth(10_000.0, YEAR, &none()), 2_000.0);
        assert_eq!(Model::Same { on, tick: 2.0 }.worth(10_000.0, Time::ZERO, &none()), 5_000.0);
    }

    /// Two years of 5 % twice a year at 5 % continuous: 2.5 × Σ e^(−0.05 t) + 100 e^(−0.1).
    #[test]
    fn a_bond_is_worth_its_discounted_payments() {
        let bond = two_years();
        let by_hand: f64 =
            [0.5_f64, 1.0, 1.5, 2.0].map(|t| 250.0 * libm::exp(-0.05 * t)).iter().sum();
        let by_hand = by_hand + 10_000.0 * libm::exp(-0.1);
        let at = |rate| present_value(&bond, None, rate, Time::ZERO, &none());
        assert!((at(0.05) - by_hand).abs() < 1e-9, "{by_hand}");
        assert!(at(0.04) > at(0.05), "lower yields, higher prices");
    }

    /// A flat curve says what the yield says, and a steep one asks more for the face than for the
    /// coupons; a future is carried at the rate of its own time.
    #[test]
    fn a_curve_is_a_yield_for_each_time() {
        let curve = |points| Curve::new(points, Between::ZeroRate).unwrap();
        let flat = curve(vec![(1.0, 0.05), (3.0, 0.05)]);
        let steep = curve(vec![(1.0, 0.03), (2.0, 0.05)]);
        let curves = Curves::new(vec![flat, steep]);
        let of = |id, rate| present_value(&two_years(), id, rate, Time::ZERO, &curves);
        assert!((of(Some(CurveId(0)), 0.0) - of(None, 0.05)).abs() < 1e-9);
        assert!((of(Some(CurveId(0)), 0.01) - of(None, 0.06)).abs() < 1e-9, "with a spread");
        let dearer = of(Some(CurveId(1)), 0.0) - of(None, 0.05);
        let coupons = [(0.5, 0.03), (1.0, 0.03), (1.5, 0.04)]
            .map(|(t, zero)| 250.0 * (libm::exp(-zero * t) - libm::exp(-0.05 * t)));
        assert!((dearer - coupons.iter().sum::<f64>()).abs() < 1e-9, "{dearer}");
        let (on, rate) = (ACME, Rate::Curve(CurveId(1)));
        let future = Model::Forward { on, rate, dividend: 0.0, expiry: YEAR, tick: 1.0 };
        let zero = 0.03;
        let carried = 10_000.0 * libm::exp(zero);
        assert!((future.worth(10_000.0, Time::ZERO, &curves) - carried).abs() < 1e-9);
        assert_eq!(future.worth(10_000.0, YEAR, &curves), 10_000.0);
    }

    /// Without a curve a bond follows what is announced for all, at its own time; with one, its curve.
    #[test]
    fn announced_moves_find_the_time_of_a_bond() {
        let law = Fundamental {
            mean: 0.0,
            reversion_per_s: 1.0,
            volatility: 0.0,
            jumps_per_s: 0.0,
            jump_size: 0.0,
            jump_mean: 0.0,
            step: Span::millis(100),
        };
        let (bond, minor_per_price, tick) = (two_years(), 1.0, 1.0);
        let model = |curve| Model::Bond { bond, curve, law, minor_per_price, tick };
        let slope = Shock::Slope { pivot: 1.0, by_year: 0.001 };
        let changes = [
            (Time(5), Change::Rates(Move { of: None, by: Shock::Parallel { by: 0.01 } })),
            (Time(6), Change::Rates(Move { of: Some(CurveId(0)), by: slope })),
            (Time(7), Change::Rates(Move { of: None, by: slope })),
        ];
        let moved = |curve, at| model(curve).moved(&changes, Time(at));
        assert_eq!([4, 5, 6].map(|at| moved(None, at)), [0.0, 0.01, 0.01]);
        assert!((moved(None, 7) - 0.011).abs() < 1e-12, "a tenth of a percent a year beyond one");
        assert_eq!(moved(Some(CurveId(0)), 7), 0.0, "its curve has moved already");
    }
}
