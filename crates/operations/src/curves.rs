//! The curves of a run: what money is worth at each time to come, as it is from each moment on, and
//! what is worth something by them.
//!
//! A curve stands until an announcement moves it ([`Curves::announce`]); what was before is kept, so
//! that whoever looks at a moment sees the curve of that moment. Times on a curve are years of 365.25
//! days from the moment at which it is looked at: a bond rolls down its curve as the run goes on.

use pitfloor_model::contract::Bond;
use pitfloor_model::units::Time;
use pitfloor_pricing::bond::flows::Flows;
use pitfloor_pricing::rates::curve::Curve;
use pitfloor_pricing::rates::shock::Shock;

/// A year on a curve, in seconds: 365.25 days.
pub const YEAR_S: f64 = 365.25 * 86_400.0;

/// How far beyond the last tenor a payment may lie and still count as on it, in years: leap days and
/// weekends move a payment by days, tenors are whole months.
pub const BEYOND: f64 = 5.0 / 365.25;

/// The curve that an instrument is valued on: its number among the curves of the run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CurveId(pub u16);

/// An announced move: of one curve, or of all.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Move {
    /// Which curve; none: all.
    pub of: Option<CurveId>,
    /// How it moves.
    pub by: Shock,
}

/// All curves of a run, through its time.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Curves {
    base: Vec<Curve>,
    /// Announced moves, in order of their moments.
    moves: Vec<(Time, Move)>,
    /// Each curve from each moment on at which it moved.
    through: Vec<Vec<(Time, Curve)>>,
}

impl Curves {
    /// These, at first.
    #[must_use]
    pub fn new(base: Vec<Curve>) -> Self {
        let through = base.iter().map(|curve| vec![(Time::ZERO, curve.clone())]).collect();
        Self { base, moves: Vec::new(), through }
    }

    /// Lets `moved` come about at `at`; of two at one moment the first announced comes first.
    ///
    /// # Panics
    ///
    /// When it is no finite move: whoever read it has refused that.
    pub fn announce(&mut self, at: Time, moved: Move) {
        let place = self.moves.partition_point(|(other, _)| *other <= at);
        self.moves.insert(place, (at, moved));
        self.through = (0..).zip(&self.base).map(|(id, base)| self.history(id, base)).collect();
    }

    fn history(&self, id: u16, base: &Curve) -> Vec<(Time, Curve)> {
        let mut all = vec![(Time::ZERO, base.clone())];
        let own = |moved: &Move| moved.of.is_none_or(|of| of == CurveId(id));
        for (at, moved) in self.moves.iter().filter(|(_, moved)| own(moved)) {
            let (_, before) = &all[all.len() - 1];
            all.push((*at, moved.by.on(before).expect("announced moves are finite")));
        }
        all
    }

    /// The curve `id` at `now`.
    ///
    /// # Panics
    ///
    /// When there is no such curve.
    #[must_use]
    pub fn at(&self, id: CurveId, now: Time) -> &Curve {
        let all = &self.through[usize::from(id.0)];
        let since = all.partition_point(|(at, _)| *at <= now);
        &all[since.saturating_sub(1)].1
    }

    /// What one unit `years` from `now` is worth then; beyond the curve's end at the rate of its end.
    ///
    /// # Panics
    ///
    /// When there is no such curve, or `years` is no time ahead.
    #[must_use]
    pub fn discount(&self, id: CurveId, now: Time, years: f64) -> f64 {
        let curve = self.at(id, now);
        let zero = curve.zero(years.clamp(0.0, curve.end())).expect("it lies on the curve");
        libm::exp(-zero * years)
    }

    /// What `flows` are worth at `now` on the curve `id`, with `spread` on top of its zero rates.
    ///
    /// # Panics
    ///
    /// When there is no such curve, or a number is not finite.
    #[must_use]
    pub fn worth(&self, id: CurveId, now: Time, flows: &Flows, spread: f64) -> f64 {
        let worth = |&(years, amount): &(f64, f64)| {
            amount * self.discount(id, now, years) * libm::exp(-spread * years)
        };
        flows.list().iter().map(worth).sum()
    }
}

/// A payment of the next day, in years, is as good as made. The calendar's half years are not of equal
/// length, so a coupon that was just paid would else be counted once more.
const SETTLED: f64 = 1.1 / 365.0;

/// What is left to be paid on a lot of `bond` at `now`, in minor units: its coupons and its face (a
/// dirty price: what has accrued is in it). Nothing at its end.
#[must_use]
pub fn payments(bond: &Bond, now: Time) -> Option<Flows> {
    let years = bond.maturity.since(now).as_secs() / YEAR_S;
    payments_in(bond, years)
}

/// The same, so many `years` before it is paid back.
#[must_use]
pub fn payments_in(bond: &Bond, years: f64) -> Option<Flows> {
    Flows::new(Left::of(bond, years)?.list().collect()).ok()
}

/// What [`payments`] are worth at one continuous rate for all times: [`Flows::value_at`], bit for bit,
/// without writing them down. A bond is valued whenever somebody looks at it.
#[must_use]
pub fn worth_at_yield(bond: &Bond, now: Time, rate: f64) -> Option<f64> {
    let years = bond.maturity.since(now).as_secs() / YEAR_S;
    let left = Left::of(bond, years)?.list();
    Some(left.map(|(years, amount)| amount * libm::exp(-rate * years)).sum())
}

/// What is left of a bond so many `years` before its end.
#[derive(Clone, Copy, Debug)]
struct Left {
    years: f64,
    face: f64,
    /// Years between two coupons, and one of them.
    each: f64,
    coupon: f64,
    /// How many coupons come before the last, which comes with the face.
    before: u32,
}

impl Left {
    /// Nothing at the end.
    fn of(bond: &Bond, years: f64) -> Option<Self> {
        if !(years > 0.0 && years.is_finite()) {
            return None;
        }
        let face = bond.face.0 as f64;
        let none = Self { years, face, each: 0.0, coupon: 0.0, before: 0 };
        if bond.frequency == 0 {
            return Some(none);
        }
        let each = 1.0 / f64::from(bond.frequency);
        let coupon = face * f64::from(bond.coupon_bips) / 10_000.0 * each;
        let left = Self { each, coupon, ..none };
        let before = (1..).take_while(|n| left.before_end(*n) > SETTLED).last().unwrap_or(0);
        Some(Self { before, ..left })
    }

    /// How many years it is to the coupon `n` before the last.
    fn before_end(&self, n: u32) -> f64 {
        self.years - f64::from(n) * self.each
    }

    /// Years and amounts, the next payment first.
    fn list(self) -> impl Iterator<Item = (f64, f64)> {
        let coupons = (1..=self.before).rev().map(move |n| (self.before_end(n), self.coupon));
        coupons.chain(std::iter::once((self.years, self.face + self.coupon)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use pitfloor_model::units::Cash;
    use pitfloor_pricing::rates::curve::Between;

    const USD: CurveId = CurveId(0);
    const EUR: CurveId = CurveId(1);

    fn curves() -> Curves {
        let usd = vec![(1.0, 0.02), (2.0, 0.03), (10.0, 0.04)];
        let usd = Curve::new(usd, Between::ZeroRate).unwrap();
        Curves::new(vec![usd, Curve::new(vec![(5.0, 0.01)], Between::ZeroRate).unwrap()])
    }

    fn near(a: f64, b: f64) {
        assert!((a - b).abs() < 1e-12, "{a} {b}");
    }

    #[test]
    fn a_curve_stands_until_it_is_moved_and_the_others_go_on() {
        let mut curves = curves();
        let up = |of, by| Move { of, by: Shock::Parallel { by } };
        curves.announce(Time(50), up(Some(USD), 0.01));
        curves.announce(Time(20), up(None, 0.005));
        let zero = |id, at| curves.at(id, Time(at)).zero(2.0).unwrap();
        for (at, usd, eur) in [(0, 0.03, 0.01), (19, 0.03, 0.01), (20, 0.035, 0.015)] {
            near(zero(USD, at), usd);
            near(zero(EUR, at), eur);
        }
        near(zero(USD, 50), 0.045);
        near(zero(EUR, 50), 0.015);
    }

    #[test]
    fn one_tenor_moves_and_its_neighbours_stay() {
        let mut curves = curves();
        let by = Shock::Key { before: Some(1.0), at: 2.0, after: Some(10.0), by: 0.01 };
        curves.announce(Time(1), Move { of: None, by });
        let usd = curves.at(USD, Time(1));
        for (years, zero) in [(1.0, 0.02), (2.0, 0.04), (6.0, 0.04), (10.0, 0.04)] {
            near(usd.zero(years).unwrap(), zero);
        }
    }

    /// Two years of 5 % twice a year, by hand.
    #[test]
    fn a_bond_is_worth_its_payments_on_the_curve() {
        let year = 31_557_600_000_000_000;
        let maturity = Time(2 * year);
        let bond = Bond { face: Cash(10_000), coupon_bips: 500, frequency: 2, maturity };
        let flows = payments(&bond, Time::ZERO).unwrap();
        let by_hand = [(0.5, 0.02), (1.0, 0.02), (1.5, 0.025)]
            .map(|(t, zero): (f64, f64)| 250.0 * libm::exp(-zero * t));
        let by_hand = by_hand.iter().sum::<f64>() + 10_250.0 * libm::exp(-0.06);
        near(curves().worth(USD, Time::ZERO, &flows, 0.0) / by_hand, 1.0);
        let dearer = curves().worth(USD, Time::ZERO, &flows, -0.001);
        assert!(dearer > by_hand, "who asks for less pays more");
        assert_eq!(payments(&bond, maturity), None);
    }

    /// What is not written down is worth what is written down, to the last bit: bonds of every
    /// frequency, at all times of their lives, at yields of both signs.
    #[test]
    fn a_bond_at_a_yield_is_worth_its_payments_to_the_bit() {
        let year = 31_557_600_000_000_000_u64;
        for frequency in [0, 1, 2, 4, 12] {
            for coupon_bips in [0, 437] {
                let bond =
                    Bond { face: Cash(100_003), coupon_bips, frequency, maturity: Time(9 * year) };
                for at in (0..=40).map(|n| Time(n * year / 4 + n * n * 77_777_777_777_777)) {
                    for rate in [-0.02, 0.0, 0.0396, 0.2] {
                        let listed = payments(&bond, at).map(|flows| flows.value_at(rate));
                        let worth = worth_at_yield(&bond, at, rate);
                        assert_eq!(worth.map(f64::to_bits), listed.map(f64::to_bits), "{at}");
                        assert_eq!(worth.is_none(), at >= bond.maturity);
                    }
                }
            }
        }
    }

    /// Five years of twice a year, a quarter of a year after a coupon: ten coupons are left, then one
    /// fewer on the day before the next, which is as good as made.
    #[test]
    fn coupons_are_counted_until_the_day_before() {
        let maturity = Time(5 * 31_557_600_000_000_000);
        let bond = Bond { face: Cash(10_000), coupon_bips: 500, frequency: 2, maturity };
        let left = |years: f64| payments_in(&bond, years).unwrap().list().to_vec();
        assert_eq!(left(4.75).len(), 10);
        assert_eq!(left(4.75)[0], (0.25, 250.0));
        assert_eq!(left(4.5 + 1.0 / 365.0).len(), 9);
        assert_eq!(left(4.5 + 2.0 / 365.0).len(), 10);
        assert_eq!(left(0.1), [(0.1, 10_250.0)]);
        assert_eq!((payments_in(&bond, 0.0), payments_in(&bond, -1.0)), (None, None));
    }

    /// What lies days beyond the last tenor is discounted at the rate there.
    #[test]
    fn beyond_the_end_the_last_rate_holds() {
        near(curves().discount(EUR, Time::ZERO, 5.01), libm::exp(-0.0501));
        near(curves().discount(EUR, Time::ZERO, 0.0), 1.0);
    }
}
