//! Valuations: at what prices positions are carried, and what a move of the market would do to them.
//!
//! What trades is carried at the middle of its quotes, else its last print. A right is carried at its
//! model price when told so: an option may not trade for hours while its underlying does. For
//! portfolio margin each instrument gets ten gains, one per move of what it is a contract on, equally
//! spaced from the lowest to the highest (OCC TIMS, CME SPAN work on such arrays).
//!
//! This is the one door through which floats of `pricing` enter the clearing: prices are rounded to
//! the nearest tick and never below one step above nothing for what cannot be worth less; gains to
//! the nearest minor unit.

use crate::Desk;
use crate::curves::{CurveId, Curves, payments};
use crate::prices::Prices;
use pitfloor_model::clearing::{Act, Fact, Valuation};
use pitfloor_model::command::Command;
use pitfloor_model::contract::{Choice, InstrumentKind, Right, Style};
use pitfloor_model::event::Event;
use pitfloor_model::instrument::Venue;
use pitfloor_model::units::{InstrumentId, Price, Span, Time};
use pitfloor_pricing::option::binomial::binomial_crr;
use pitfloor_pricing::option::black_scholes;
use pitfloor_pricing::option::{self, Vanilla};
use std::sync::Arc;

/// A year, as options count it: 365 days.
const YEAR: f64 = 365.0 * 86_400e9;

/// Steps of the tree for what may be exercised early.
const STEPS: u32 = 64;

/// How an instrument is valued.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Mark {
    /// By its market.
    Market,
    /// A right by the model of Black, Scholes and Merton (European) or Cox, Ross and Rubinstein
    /// (American), at this volatility, riskless rate and dividend yield, a year.
    Model {
        /// Volatility.
        volatility: f64,
        /// Rate, continuously compounded.
        rate: f64,
        /// Dividend yield, likewise.
        dividend: f64,
    },
    /// A bond by its payments on a curve, a future by what it costs to carry what it is on.
    Curve {
        /// The curve.
        curve: CurveId,
        /// Of a bond the spread on top of the curve's rates, of a future the dividend yield of what it
        /// is on; a share a year, continuously compounded.
        over: f64,
    },
}

/// Which moves portfolio margin looks at.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Scan {
    /// The lowest, as a share: -0.15.
    pub low: f64,
    /// The highest: 0.15.
    pub high: f64,
}

impl Scan {
    /// Single stocks and everything else that no rule names: 15 % down and up.
    pub const STOCK: Self = Self { low: -0.15, high: 0.15 };

    fn moves(self) -> [f64; Valuation::POINTS] {
        let step = (self.high - self.low) / (Valuation::POINTS - 1) as f64;
        std::array::from_fn(|point| self.low + step * point as f64)
    }
}

/// The one who values.
#[derive(Clone, Debug)]
pub struct Valuer {
    venue: Arc<Venue>,
    marks: Vec<Mark>,
    /// The terms of rights, as splits have changed them.
    kinds: Vec<InstrumentKind>,
    /// Whether anybody's margin needs scans.
    scan: Option<Scan>,
    every: Span,
    next: Time,
    curves: Curves,
}

impl Valuer {
    /// Values everything at once, then `every` so often; with `scan`, what a move would do.
    ///
    /// # Panics
    ///
    /// When `every` is nothing, or there are not as many marks as instruments.
    #[must_use]
    pub fn new(venue: Arc<Venue>, marks: Vec<Mark>, every: Span, scan: Option<Scan>) -> Self {
        assert!(every > Span::ZERO, "time passes between two valuations");
        assert_eq!(marks.len(), venue.instruments().len(), "every instrument has its mark");
        let kinds = venue.instruments().iter().map(|instrument| instrument.kind()).collect();
        let curves = Curves::default();
        Self { venue, marks, kinds, scan, every, next: Time::ZERO, curves }
    }

    /// The same, with the curves that its marks name.
    #[must_use]
    pub fn on(self, curves: Curves) -> Self {
        Self { curves, ..self }
    }

    /// What `of` is carried at, now.
    #[must_use]
    pub fn mark(&self, of: InstrumentId, at: Time, prices: &Prices) -> Price {
        let worth = self.by_model(of, at, prices, 0.0);
        worth.map_or_else(|| prices.mark(of), |worth| self.ticks(of, worth))
    }

    /// What `of` is worth by its model when its underlying moves by the share `shock`, in currency
    /// per unit; none when it is valued by its market.
    fn by_model(&self, of: InstrumentId, at: Time, prices: &Prices, shock: f64) -> Option<f64> {
        let (volatility, rate, dividend) = match self.marks[of.index()] {
            Mark::Market => return None,
            Mark::Curve { curve, over } => {
                return self.on_curve(of, at, prices, shock, curve, over);
            }
            Mark::Model { volatility, rate, dividend } => (volatility, rate, dividend),
        };
        let (InstrumentKind::Option(choice) | InstrumentKind::Warrant(choice)) =
            self.kinds[of.index()]
        else {
            return None;
        };
        let on = &self.venue.instruments()[choice.underlying.index()];
        let spot = on.price_f64(prices.mark(choice.underlying)) * (1.0 + shock);
        let time = choice.expiry.since(at).0 as f64 / YEAR;
        let strike = on.price_f64(choice.strike);
        let right = sense(choice.right);
        let vanilla = Vanilla { right, spot, strike, rate, dividend, time };
        Some(worth(&choice, &vanilla, volatility).unwrap_or_else(|| vanilla.intrinsic()))
    }

    /// The same on a curve; a bond is on nothing, so nothing moves it here.
    fn on_curve(
        &self,
        of: InstrumentId,
        at: Time,
        prices: &Prices,
        shock: f64,
        curve: CurveId,
        over: f64,
    ) -> Option<f64> {
        let definition = &self.venue.instruments()[of.index()];
        match self.kinds[of.index()] {
            InstrumentKind::Bond(_) if shock != 0.0 => None,
            InstrumentKind::Bond(bond) => {
                // At its end it is what is paid then.
                let flows = payments(&bond, at);
                let left = flows.map(|flows| self.curves.worth(curve, at, &flows, over));
                let a_lot = definition.tick_cash() as f64 / definition.price_f64(Price(1));
                Some(left.unwrap_or(bond.face.0 as f64) / a_lot)
            }
            InstrumentKind::Future(future) => {
                let on = future.underlying?;
                let spot = self.venue.instruments()[on.index()].price_f64(prices.mark(on));
                let years = future.expiry.since(at).0 as f64 / YEAR;
                let carry = libm::exp(-over * years) / self.curves.discount(curve, at, years);
                Some(spot * (1.0 + shock) * carry)
            }
            InstrumentKind::Equity
            | InstrumentKind::Crypto
            | InstrumentKind::Option(_)
            | InstrumentKind::Warrant(_)
            | InstrumentKind::Perpetual { .. }
            | InstrumentKind::Fx { .. } => None,
        }
    }

    /// `worth`, in currency per unit, as a price of `of`.
    fn ticks(&self, of: InstrumentId, worth: f64) -> Price {
        let tick = self.venue.instruments()[of.index()].price_f64(Price(1));
        Price((worth / tick).round() as i64)
    }

    /// What a lot of `of` gains in each move of what it is a contract on, in minor units.
    fn scan_of(
        &self,
        of: InstrumentId,
        at: Time,
        prices: &Prices,
        scan: Scan,
    ) -> [i64; Valuation::POINTS] {
        let definition = &self.venue.instruments()[of.index()];
        let (tick, tick_cash) = (definition.price_f64(Price(1)), definition.tick_cash() as f64);
        let now = definition.price_f64(prices.mark(of));
        scan.moves().map(|shock| {
            let base = self.by_model(of, at, prices, 0.0);
            let gain = match (base, self.by_model(of, at, prices, shock)) {
                (Some(base), Some(moved)) => moved - base,
                _ => now * shock,
            };
            (gain / tick * tick_cash).round() as i64
        })
    }
}

const fn sense(right: Right) -> option::Right {
    match right {
        Right::Call => option::Right::Call,
        Right::Put => option::Right::Put,
    }
}

/// The model price; none outside the model's domain, where there is only the pay-off.
fn worth(choice: &Choice, vanilla: &Vanilla, volatility: f64) -> Option<f64> {
    let early =
        choice.style == Style::American && option::american::may_be_exercised_early(vanilla);
    if early {
        let style = option::binomial::Style::American;
        binomial_crr(vanilla, volatility, STEPS, style).ok()
    } else {
        black_scholes::price(vanilla, volatility).ok()
    }
}

impl Desk for Valuer {
    fn see(&mut self, _: Time, event: &Event, _: &Prices) {
        if let Event::Clearing(Fact::Split { instrument, num, den }) = *event {
            for kind in &mut self.kinds {
                let (InstrumentKind::Option(choice) | InstrumentKind::Warrant(choice)) = kind
                else {
                    continue;
                };
                if choice.underlying == instrument {
                    choice.strike = Price(crate::prices::scaled(choice.strike.0, den, num));
                    let lots = u64::from(choice.lots) * u64::from(num) / u64::from(den);
                    choice.lots = u32::try_from(lots).expect("the house has adjusted it so");
                }
            }
        }
    }

    fn due(&self) -> Option<Time> {
        Some(self.next)
    }

    fn take(&mut self, at: Time, prices: &Prices, out: &mut Vec<Command>) {
        let ids = (0..prices.count()).map(|at| InstrumentId(u32::try_from(at).expect("numbered")));
        let traded = ids.filter(|of| !prices.is_ended(*of));
        let valuations: Vec<_> = traded
            .map(|of| Valuation {
                instrument: of,
                price: self.mark(of, at, prices),
                scan: self.scan.map(|scan| Box::new(self.scan_of(of, at, prices, scan))),
            })
            .collect();
        if !valuations.is_empty() {
            out.push(Command::Clear(Box::new(Act::Value { valuations })));
        }
        self.next = at.after(self.every);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::curves::Move;
    use pitfloor_model::contract::{Bond, Delivery, Future};
    use pitfloor_model::instrument::{Currency, Instrument};
    use pitfloor_model::units::{Cash, CurrencyId};
    use pitfloor_pricing::rates::curve::{Between, Curve};
    use pitfloor_pricing::rates::shock::Shock;

    const ACME: InstrumentId = InstrumentId(0);
    const CALL: InstrumentId = InstrumentId(1);

    fn choice(style: Style, right: Right) -> Choice {
        Choice {
            underlying: ACME,
            right,
            style,
            strike: Price(10_000),
            lots: 100,
            expiry: Time(365 * 86_400_000_000_000),
            delivery: Delivery::Physical,
        }
    }

    fn valuer(kind: InstrumentKind) -> (Valuer, Prices) {
        let usd = Currency::new("USD", 2).unwrap();
        let acme = Instrument::equity("ACME", CurrencyId(0), "0.01").unwrap();
        let right = Instrument::new(kind, "ACME-C", CurrencyId(0), "0.01", "100").unwrap();
        let venue = Arc::new(Venue::new("XPIT", vec![usd], vec![acme, right]).unwrap());
        let model = Mark::Model { volatility: 0.2, rate: 0.05, dividend: 0.0 };
        let marks = vec![Mark::Market, model];
        let every = Span::secs(60);
        let valuer = Valuer::new(venue, marks, every, Some(Scan::STOCK));
        (valuer, Prices::new([Price(10_000), Price(0)]))
    }

    /// S = K = 100, r 5 %, a year, volatility 20 %: 10.4506 for the call (published, and in
    /// `pitfloor reference`).
    #[test]
    fn a_right_is_carried_at_its_model_price() {
        let (valuer, prices) = valuer(InstrumentKind::Option(choice(Style::European, Right::Call)));
        assert_eq!(valuer.mark(CALL, Time::ZERO, &prices), Price(1_045));
        assert_eq!(valuer.mark(ACME, Time::ZERO, &prices), Price(10_000));
        let expired = Time(366 * 86_400_000_000_000);
        assert_eq!(valuer.mark(CALL, expired, &prices), Price(0));
    }

    #[test]
    fn an_american_put_is_worth_more_than_a_european_one() {
        let mark = |style| {
            let (valuer, prices) = valuer(InstrumentKind::Option(choice(style, Right::Put)));
            valuer.mark(CALL, Time::ZERO, &prices).0
        };
        let (european, american) = (mark(Style::European), mark(Style::American));
        assert_eq!(european, 557, "5.5735 by parity");
        assert!((600..=620).contains(&american), "about 6.09, found {american}");
    }

    #[test]
    fn ten_moves_of_the_underlying_move_share_and_right() {
        let (mut valuer, prices) =
            valuer(InstrumentKind::Option(choice(Style::European, Right::Call)));
        let mut out = Vec::new();
        assert_eq!(valuer.due(), Some(Time::ZERO));
        valuer.take(Time::ZERO, &prices, &mut out);
        assert_eq!(valuer.due(), Some(Time::ZERO.after(Span::secs(60))));
        let [Command::Clear(act)] = &out[..] else { panic!("one act, not {out:?}") };
        let Act::Value { valuations } = &**act else { panic!("a valuation, not {act:?}") };
        let scan = |of: usize| **valuations[of].scan.as_ref().unwrap();
        // A share at 100.00 loses and gains 15.00 at the ends, in equal steps.
        assert_eq!((scan(0)[0], scan(0)[9]), (-1_500, 1_500));
        assert_eq!(scan(0)[1] - scan(0)[0], 333);
        // The right on a hundred of them gains more than it loses: it is convex.
        let right = scan(1);
        assert!(right.is_sorted() && right[0] > -104_506 && right[9] > -right[0], "{right:?}");
    }

    #[test]
    fn a_split_adjusts_what_the_right_is_worth() {
        let (mut valuer, mut prices) =
            valuer(InstrumentKind::Option(choice(Style::European, Right::Call)));
        let split = Event::Clearing(Fact::Split { instrument: ACME, num: 2, den: 1 });
        prices.see(&split);
        valuer.see(Time::ZERO, &split, &prices);
        // Half the price, half the strike: half the worth of a unit, and twice the units.
        assert_eq!(valuer.mark(CALL, Time::ZERO, &prices), Price(523));
    }

    /// A ten-year bond at its coupon costs its face, less when the curve goes up; a future is carried
    /// for a year at the rate of that year.
    #[test]
    fn a_bond_and_a_future_are_carried_on_their_curve() {
        let usd = Currency::new("USD", 2).unwrap();
        let year = 31_557_600_000_000_000;
        let maturity = Time(10 * year);
        let bond = Bond { face: Cash(10_000), coupon_bips: 400, frequency: 1, maturity };
        let expiry = Time(365 * 86_400_000_000_000);
        let (underlying, lots, delivery) = (Some(ACME), 1, Delivery::Cash);
        let kinds = [
            ("BOND", InstrumentKind::Bond(bond)),
            ("FUT", InstrumentKind::Future(Future { underlying, lots, expiry, delivery })),
        ];
        let mut listed = vec![Instrument::equity("ACME", CurrencyId(0), "0.01").unwrap()];
        listed.extend(kinds.map(|(symbol, kind)| {
            Instrument::new(kind, symbol, CurrencyId(0), "0.01", "1").unwrap()
        }));
        let venue = Arc::new(Venue::new("XPIT", vec![usd], listed).unwrap());
        let zero = libm::log(1.04);
        let curve = Curve::new(vec![(1.0, zero), (10.0, zero)], Between::ZeroRate).unwrap();
        let mut curves = Curves::new(vec![curve]);
        let by = Shock::Parallel { by: 0.01 };
        curves.announce(Time(5), Move { of: None, by });
        let on = |over| Mark::Curve { curve: CurveId(0), over };
        let marks = vec![Mark::Market, on(0.0), on(0.0)];
        let valuer = Valuer::new(venue, marks, Span::secs(60), Some(Scan::STOCK)).on(curves);
        let prices = Prices::new([Price(10_000), Price(1), Price(1)]);
        let mark = |of, at| valuer.mark(InstrumentId(of), Time(at), &prices).0;
        assert_eq!((mark(1, 0), mark(2, 0)), (10_000, 10_400));
        assert_eq!(mark(1, 5), 9_195, "by hand: 400 a year and the face at 4.92 % continuous");
        assert_eq!(mark(2, 5), 10_505);
        assert_eq!(valuer.mark(InstrumentId(1), maturity, &prices), Price(10_000));
        let scan = valuer.scan_of(InstrumentId(2), Time(0), &prices, Scan::STOCK);
        assert_eq!((scan[0], scan[9]), (-1_560, 1_560), "fifteen percent of what is carried");
    }
}
