//! One value that wanders by itself, on a fixed grid of time and from dice of its own.

use super::Fundamental;
use super::activity::Activity;
use crate::dice::Dice;
use pitfloor_model::units::{Side, Span, Time};
use pitfloor_pricing::process::named::{Hidden, Process, State};

/// How far a value may go, in ticks, either way: beyond, there are no prices.
const FAR: f64 = 1e15;

/// How the value of an instrument wanders.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Wander {
    /// Pulled back to its mean, and perhaps jumping.
    Pulled(Fundamental),
    /// As a process of `pricing` does.
    Process(Followed),
}

/// A process that a value follows. Values are in ticks.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Followed {
    /// Which, with its parameters.
    pub process: Process,
    /// Where it starts.
    pub start: f64,
    /// How many seconds the unit of time of its parameters has.
    pub unit_s: f64,
    /// What it has in common with others.
    pub factor: Option<Factor>,
    /// The grid: the value changes only at multiples of this.
    pub step: Span,
}

/// Shocks that several geometric Brownian motions share. Two of them with one key have the
/// correlation of the product of their loadings.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Factor {
    /// Whose shocks.
    pub key: u64,
    /// Their share of each shock, from -1 to 1.
    pub loading: f64,
}

impl Factor {
    /// The factor called `name`.
    #[must_use]
    pub fn named(name: &str, loading: f64) -> Self {
        Self { key: Dice::new(0, &format!("factor/{name}")).bits(), loading }
    }
}

impl From<Fundamental> for Wander {
    fn from(law: Fundamental) -> Self {
        Self::Pulled(law)
    }
}

impl From<Followed> for Wander {
    fn from(law: Followed) -> Self {
        Self::Process(law)
    }
}

impl Wander {
    const fn step(&self) -> Span {
        match self {
            Self::Pulled(law) => law.step,
            Self::Process(law) => law.step,
        }
    }
}

/// A path as far as it has been drawn.
#[derive(Clone, Debug)]
pub(super) struct Path {
    dice: Dice,
    grid: Span,
    /// Step `steps` of the grid has the value `value`.
    steps: u64,
    value: f64,
    motion: Motion,
}

#[derive(Clone, Debug)]
enum Motion {
    /// What a step of the diffusion keeps of the distance to the mean, and adds by chance.
    Pulled { law: Fundamental, keep: f64, spread: f64 },
    /// What the process remembers beside its value, and the dice of what is shared.
    Process { law: Followed, hidden: Hidden, shared: Option<Dice> },
}

impl Path {
    /// The path of `law` in run `seed`, from the dice called `name`.
    pub(super) fn new(law: Wander, seed: u64, name: &str) -> Self {
        let mut dice = Dice::new(seed, name);
        let (value, motion) = match law {
            Wander::Pulled(law) => {
                let (keep, spread) = pulled(&law, law.step.as_secs());
                (law.mean, Motion::Pulled { law, keep, spread })
            }
            Wander::Process(law) => {
                let shared = |factor: Factor| Dice::new(seed, &format!("factor/{}", factor.key));
                let start = law.process.start(law.start, dice.source());
                let (hidden, shared) = (start.hidden, law.factor.map(shared));
                (start.value, Motion::Process { law, hidden, shared })
            }
        };
        Self { dice, grid: law.step(), steps: 0, value, motion }
    }

    /// The value at `now`; an `activity` is the clock by which it moves.
    ///
    /// # Panics
    ///
    /// When asked about an earlier grid step than before: time is monotonic.
    pub(super) fn advance(&mut self, now: Time, mut activity: Option<&mut Activity>) -> f64 {
        let steps = now.0 / self.grid.0;
        assert!(steps >= self.steps, "the world does not go back");
        while self.steps < steps {
            self.steps += 1;
            let gone = activity.as_deref_mut().map(|activity| self.gone(activity));
            self.step(gone);
        }
        self.value
    }

    /// How far the market's own clock goes in the step that ends at the present one, in seconds.
    fn gone(&self, activity: &mut Activity) -> f64 {
        let end = self.steps * self.grid.0;
        activity.clock_s(Time(end)) - activity.clock_s(Time(end - self.grid.0))
    }

    /// One step of the grid, in which so many seconds have gone by the market's own clock, if it has
    /// one.
    fn step(&mut self, gone: Option<f64>) {
        match &mut self.motion {
            Motion::Pulled { law, keep, spread } => {
                let (keep, spread) = gone.map_or((*keep, *spread), |step| pulled(law, step));
                self.value =
                    law.mean + (self.value - law.mean) * keep + spread * self.dice.normal();
                self.value += jump(law, &mut self.dice);
            }
            Motion::Process { law, hidden, shared } => {
                let units = gone.unwrap_or_else(|| law.step.as_secs()) / law.unit_s;
                let at = State { value: self.value, hidden: *hidden };
                let next = match (&law.process, law.factor, shared) {
                    (Process::Gbm(process), Some(factor), Some(shared)) => {
                        let own = libm::sqrt(1.0 - factor.loading * factor.loading);
                        let shock = factor.loading * shared.normal() + own * self.dice.normal();
                        State { value: process.shocked(self.value, units, shock), ..at }
                    }
                    (process, ..) => process.step(at, units, self.dice.source()),
                };
                *hidden = next.hidden;
                self.value = next.value.clamp(-FAR, FAR);
            }
        }
    }
}

/// An Ornstein–Uhlenbeck process sampled exactly on the grid (Uhlenbeck & Ornstein 1930):
/// x' = mean + (x − mean)·e^(−κΔ) + N(0, σ²(1 − e^(−2κΔ))/2κ), and σ²Δ without reversion. What a step
/// of `step` seconds keeps of the distance to the mean, and adds by chance.
fn pulled(law: &Fundamental, step: f64) -> (f64, f64) {
    let kappa = law.reversion_per_s;
    let keep = libm::exp(-kappa * step);
    let variance = if kappa > 0.0 { (1.0 - keep * keep) / (2.0 * kappa) } else { step };
    (keep, law.volatility * libm::sqrt(variance))
}

/// How far it jumps in a step. At most one jump: with the grid fine against the jump rate, nothing is
/// lost.
fn jump(law: &Fundamental, dice: &mut Dice) -> f64 {
    if !dice.chance(law.jumps_per_s * law.step.as_secs()) {
        return 0.0;
    }
    let by = law.jump_size * dice.normal();
    if law.jump_mean > 0.0 {
        (law.jump_mean + by) * if dice.side() == Side::Buy { 1.0 } else { -1.0 }
    } else {
        by
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use pitfloor_pricing::process::dice::named as stream;
    use pitfloor_pricing::process::named::{ALL, find};

    fn followed(name: &str) -> Followed {
        let process = find(name).unwrap().make(|_| None).unwrap();
        let (unit_s, factor, step) = (86_400.0, None, Span::secs(60));
        Followed { process, start: 10_000.0, unit_s, factor, step }
    }

    fn at(minutes: u64) -> Time {
        Time(minutes * 60_000_000_000)
    }

    /// The value is the process from the stream of its name, step by step, to the last bit.
    #[test]
    fn a_value_follows_its_process() {
        for kind in ALL {
            let law = followed(kind.name);
            let mut path = Path::new(law.into(), 9, "fundamental/ACME");
            let mut dice = stream(9, "fundamental/ACME");
            let mut plain = law.process.start(10_000.0, &mut dice);
            for minute in 1..=200 {
                plain = law.process.step(plain, 60.0 / 86_400.0, &mut dice);
                assert_eq!(path.advance(at(minute), None), plain.value, "{} {minute}", kind.name);
            }
            let mut seldom = Path::new(law.into(), 9, "fundamental/ACME");
            assert_eq!(seldom.advance(at(200), None), plain.value, "who looks changes nothing");
        }
    }

    /// Two with the loadings 0.8 and -0.5 on one factor have the correlation -0.4.
    #[test]
    fn what_is_shared_correlates() {
        let paths = [("A", 0.8), ("B", -0.5)].map(|(name, loading)| {
            let factor = Some(Factor::named("market", loading));
            Path::new(Followed { factor, ..followed("gbm") }.into(), 3, name)
        });
        let returns = paths.map(|mut path| {
            let mut before = path.advance(at(0), None);
            (1..=40_000)
                .map(|minute| {
                    let value = path.advance(at(minute), None);
                    let moved = libm::log(value / before);
                    before = value;
                    moved
                })
                .collect::<Vec<f64>>()
        });
        let [a, b] = &returns;
        let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
        let found = dot(a, b) / libm::sqrt(dot(a, a) * dot(b, b));
        // The standard error of a correlation r of n pairs is (1 - r²)/√n.
        assert!((found + 0.4).abs() < 4.0 * 0.84 / 200.0, "{found}");
        let variance = dot(a, a) / 40_000.0 * 1_440.0;
        assert!((variance / 0.04 - 1.0).abs() < 4.0 * libm::sqrt(2.0 / 40_000.0), "{variance}");
    }

    #[test]
    fn a_value_stays_where_prices_are() {
        let wild = |name: &str| (name == "drift").then_some(100.0);
        let process = find("gbm").unwrap().make(wild).unwrap();
        let law = Followed { process, unit_s: 1.0, ..followed("gbm") };
        assert_eq!(Path::new(law.into(), 1, "far").advance(at(10), None), FAR);
    }
}
