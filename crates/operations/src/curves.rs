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

/// How many coupons room is made for before they are counted: a hundred years of monthly ones.
const COUPONS_LIKELY: f64 = 1_200.0;

/// The same, so many `years` before it is paid back.
#[must_use]
pub fn payments_in(bond: &Bond, years: f64) -> Option<Flows> {
    let face = bond.face.0 as f64;
    // Room for every coupon at once: a bond is valued whenever somebody looks at it.
    let coupons = (years.max(0.0) * f64::from(bond.frequency)).min(COUPONS_LIKELY) as usize;
    let mut flows = Vec::with_capacity(coupons + 2);
    flows.push((years, face));
    if bond.frequency > 0 {
        let each = 1.0 / f64::from(bond.frequency);
        let coupon = face * f64::from(bond.coupon_bips) / 10_000.0 * each;
        flows[0].1 += coupon;
        let before = (1..).map(|n| years - f64::from(n) * each).take_while(|time| *time > SETTLED);
        flows.extend(before.map(|time| (time, coupon)));
        flows.reverse();
    }
    Flows::new(flows).ok()
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

    /// What lies days beyond the last tenor is discounted at the rate there.
    #[test]
    fn beyond_the_end_the_last_rate_holds() {
        near(curves().discount(EUR, Time::ZERO, 5.01), libm::exp(-0.0501));
        near(curves().discount(EUR, Time::ZERO, 0.0), 1.0);
    }
}
