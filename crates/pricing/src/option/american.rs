//! Options that may be exercised before expiry, when the underlying is a geometric Brownian motion.
//!
//! The value, discounted to today and seen along the drift of the logarithm, solves the heat
//! equation wherever holding is better than exercise. That is stepped backwards on a grid, with the
//! condition "never worth less than exercise" solved exactly at each step; what the grid does to the
//! European option, whose price is known, is taken off the result.
//!
//! Sources: Brennan & Schwartz (1977), Journal of Finance 32, for the grid; Le Floc'h (2014), Journal
//! of Computational Finance 17(3), for the time steps, which damp kinks; Forsyth & Labahn (2008),
//! Journal of Computational Finance 11(2), for policy iteration; Hull & White (1988), Journal of
//! Financial and Quantitative Analysis 23, for the control by the European price.

use super::black_scholes::worth;
use super::{Right, Vanilla, volatility};
use crate::numeric::obstacle::above;
use crate::{Outside, within};
use libm::{exp, log, round, sqrt};

/// The most exercise dates before expiry, and the most of them a year.
pub const DATES_MAX: f64 = 10_000.0;
/// Half the width of the grid, in standard deviations of the logarithm at expiry.
const HALF_WIDTH: f64 = 7.0;
/// Cells of the grid between one end and the other.
const CELLS: usize = 1_000;
/// Time steps when exercise is always possible.
const STEPS: usize = 300;
/// Time steps, at least, when there are only dates.
const STEPS_BETWEEN_DATES: usize = 4;
/// The weight of Le Floc'h's two half steps; with it both need the same matrix.
const ALPHA: f64 = 2.0 - std::f64::consts::SQRT_2;

/// One option under three rules of exercise.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct EarlyExercise {
    /// Exercise at any moment.
    pub american: f64,
    /// Exercise on equally spaced dates only, the last of them expiry; not today.
    pub bermudan: f64,
    /// Exercise at expiry only; the closed form.
    pub european: f64,
}

/// What `option` is worth when the volatility is `v`, under three rules of exercise. `T` is used as
/// given; the Bermudan has `exercise_per_year` times `T` dates, rounded, and at least one.
///
/// Accurate to about 1e-5 of the strike while `v√T` is at most 1, and less beyond. American ≥ Bermudan
/// ≥ European, and American ≥ exercise today, hold exactly. `T` = 0 gives the pay-off; `v` = 0 the
/// best discounted pay-off on the certain path.
///
/// # Errors
///
/// [`Outside`], naming `S`, `K`, `r`, `q`, `T`, `v` or `exercise_per_year`.
pub fn american_option(
    option: &Vanilla,
    v: f64,
    exercise_per_year: f64,
) -> Result<EarlyExercise, Outside> {
    option.check()?;
    volatility("v", v)?;
    let dates = dates(option.time, exercise_per_year)?;
    let european = worth(option, v);
    if !may_be_exercised_early(option) {
        return Ok(EarlyExercise { american: european, bermudan: european, european });
    }
    if v * sqrt(option.time) < DEVIATION_MIN {
        return Ok(certain(option, european, dates));
    }
    let fits = |v: f64| v * sqrt(option.time) <= DEVIATION_MAX;
    within("v", v, fits, "a volatility that times the root of T is at most 5")?;
    let grid = Grid::new(option, v);
    // Close together at expiry, where the exercise boundary moves fastest.
    let part = |at: usize, of: usize| at as f64 / of as f64;
    let left = (0..=STEPS).map(|at| option.time * part(at, STEPS) * part(at, STEPS));
    let anytime = grid.improved(&left.collect::<Vec<_>>(), |_| Exercise::Anytime);
    let between = STEPS_BETWEEN_DATES.max(STEPS.div_ceil(2 * dates));
    let steps = dates * between;
    let left = (0..=steps).map(|at| option.time * part(at, steps));
    let dated = grid.improved(&left.collect::<Vec<_>>(), |step| {
        let date = step % between == 0 && step < steps;
        if date { Exercise::AtTheEnd } else { Exercise::Never }
    });
    let bermudan = (european + dated).max(european);
    let american = (european + anytime).max(bermudan).max(option.intrinsic());
    Ok(EarlyExercise { american, bermudan, european })
}

/// Whether early exercise can ever pay: a call without dividends, or a put without interest, is
/// better kept (Merton 1973).
#[must_use]
pub fn may_be_exercised_early(option: &Vanilla) -> bool {
    match option.right {
        Right::Call => option.dividend > 0.0 || option.rate < 0.0,
        Right::Put => option.rate > 0.0 || option.dividend < 0.0,
    }
}

/// Below this standard deviation of the logarithm the path is as good as certain.
const DEVIATION_MIN: f64 = 1e-6;
/// Above this one the grid's cells are too coarse to mean anything.
pub const DEVIATION_MAX: f64 = 5.0;

/// How many exercise dates there are until `time`.
pub(super) fn dates(time: f64, exercise_per_year: f64) -> Result<usize, Outside> {
    let expected = "from above 0 to 10000 dates a year, and at most 10000 until T";
    let holds = |rate: f64| rate > 0.0 && rate <= DATES_MAX && rate * time <= DATES_MAX;
    within("exercise_per_year", exercise_per_year, holds, expected)?;
    Ok(round(exercise_per_year * time).max(1.0) as usize)
}

/// The three values when the underlying is certain to follow its forward.
fn certain(option: &Vanilla, european: f64, dates: usize) -> EarlyExercise {
    let pays = |time: f64| Vanilla { time, ..*option }.bounds().0;
    let date = |at: usize| pays(option.time * at as f64 / dates as f64);
    let bermudan = (1..=dates).map(date).fold(european, f64::max);
    // The pay-off K e^(-rt) - S e^(-qt), of either sign, has one turning point.
    let Vanilla { spot, strike, rate, dividend, time, .. } = *option;
    let turn = log(dividend * spot / (rate * strike)) / (dividend - rate);
    let turned = if turn > 0.0 && turn < time { pays(turn) } else { 0.0 };
    EarlyExercise { american: bermudan.max(pays(0.0)).max(turned), bermudan, european }
}

/// Whether the option may be exercised within one step of the grid.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Exercise {
    Never,
    Anytime,
    /// At its far end, which is a date.
    AtTheEnd,
}

/// One option along the logarithm of its underlying.
struct Grid<'a> {
    option: &'a Vanilla,
    v: f64,
    /// The logarithm of the underlying less its drift since today, at the first node.
    first: f64,
    /// What lies between two nodes.
    width: f64,
    /// The drift of that logarithm, per year.
    drift: f64,
    /// The underlying at each node, today.
    spots: Vec<f64>,
}

impl<'a> Grid<'a> {
    /// A grid around today's spot, with the strike at expiry on a node so that the kink of the pay-off
    /// is seen alike on every grid. A call counts in units of the underlying, which shifts what
    /// matters by one variance: the grid is that much wider.
    fn new(option: &'a Vanilla, v: f64) -> Self {
        let drift = option.rate - option.dividend - 0.5 * v * v;
        let deviation = v * sqrt(option.time);
        let half = (HALF_WIDTH + deviation) * deviation;
        let width = 2.0 * half / CELLS as f64;
        let middle = log(option.spot);
        let offset = (log(option.strike) - drift * option.time - middle) / width;
        let first = middle - half + (offset - round(offset)) * width;
        let spots = (0..=CELLS).map(|at| exp(first + width * at as f64)).collect();
        Self { option, v, first, width, drift, spots }
    }

    /// By how much the right to exercise early improves the price. `left` are the times to expiry
    /// that the grid stops at, from 0 on; `exercise` is the rule within the step that ends there.
    fn improved(&self, left: &[f64], exercise: impl Fn(usize) -> Exercise) -> f64 {
        let pay = self.pays(0.0);
        let (mut free, mut held) = (pay.clone(), pay);
        for (step, pair) in left.windows(2).enumerate() {
            let rule = exercise(step + 1);
            held = self.stepped(&held, (pair[0], pair[1]), Exercise::Never);
            free = self.stepped(&free, (pair[0], pair[1]), rule);
            if rule == Exercise::AtTheEnd {
                let pays = self.pays(pair[1]);
                free.iter_mut().zip(pays).for_each(|(free, pay)| *free = free.max(pay));
            }
        }
        self.at_spot(&free) - self.at_spot(&held)
    }

    /// What exercise pays, discounted to today, when `left` years remain.
    fn pays(&self, left: f64) -> Vec<f64> {
        let passed = self.option.time - left;
        let (discount, drifted) = (exp(-self.option.rate * passed), exp(self.drift * passed));
        let pay = |spot: &f64| self.option.right.pay_off(spot * drifted, self.option.strike);
        self.spots.iter().map(|spot| discount * pay(spot)).collect()
    }

    /// The European values at the two ends of the grid: so far out that what is there is not seen.
    fn ends(&self, left: f64) -> (f64, f64) {
        let passed = self.option.time - left;
        let value = |spot: f64| {
            let spot = spot * exp(self.drift * passed);
            let option = Vanilla { spot, time: left, ..*self.option };
            exp(-self.option.rate * passed) * worth(&option, self.v)
        };
        (value(self.spots[0]), value(self.spots[CELLS]))
    }

    /// One step backwards in time: a trapezoid over its part ALPHA, then a backward difference over
    /// all of it (TR-BDF2).
    fn stepped(&self, from: &[f64], (near, far): (f64, f64), rule: Exercise) -> Vec<f64> {
        let pace = 0.25 * ALPHA * (far - near) * self.v * self.v / (self.width * self.width);
        let between = near + ALPHA * (far - near);
        let floor = |left: f64| (rule == Exercise::Anytime).then(|| self.pays(left));
        let mut told = from.to_vec();
        for at in 1..CELLS {
            told[at] += pace * (from[at - 1] - 2.0 * from[at] + from[at + 1]);
        }
        let middle = above(&told, pace, self.ends(between), floor(between).as_deref());
        let new = 1.0 / (ALPHA * (2.0 - ALPHA));
        let told: Vec<f64> = middle
            .iter()
            .zip(from)
            .map(|(middle, from)| new * middle - (new - 1.0) * from)
            .collect();
        above(&told, pace, self.ends(far), floor(far).as_deref())
    }

    /// The value at today's spot, by a parabola's better: four nodes around it.
    fn at_spot(&self, values: &[f64]) -> f64 {
        let place = (log(self.option.spot) - self.first) / self.width;
        let at = (place as usize).clamp(1, CELLS - 2);
        let x = place - at as f64;
        let [a, b, c, d] = [values[at - 1], values[at], values[at + 1], values[at + 2]];
        // Lagrange's weights for nodes at -1, 0, 1, 2.
        -a * x * (x - 1.0) * (x - 2.0) / 6.0 + b * (x + 1.0) * (x - 1.0) * (x - 2.0) / 2.0
            - c * (x + 1.0) * x * (x - 2.0) / 2.0
            + d * (x + 1.0) * x * (x - 1.0) / 6.0
    }
}
