//! Activity: how fast a market's own clock goes, beside the one on the wall.
//!
//! Markets are not equally busy at all times: they have a profile of the day, and busy times come in
//! clusters of all lengths. Both are one rate a(t), one on average over a session and nothing outside of
//! it, by which everything speeds up that lives on the market's clock: news (fundamentals move by the
//! market's clock) and the waits of groups that say so. Clark (1973), *A subordinated stochastic process
//! model*, Econometrica 41(1): returns that are normal by the market's clock have fat tails by the
//! wall's, and volume and volatility rise and fall together.
//!
//! The clusters are a Markov-switching multifractal: a product of components, each of which is m or 2 − m
//! with even chances and is drawn anew now and then, the slowest once in `slowest`, each next one `ratio`
//! times as often. Calvet & Fisher (2004), *How to forecast long-run volatility*, Journal of Financial
//! Econometrics 2(1). The rate is constant for a second at a time.

use crate::dice::Dice;
use pitfloor_model::units::{Span, Time};

/// The rate is constant for so long.
const GRID: Span = Span::secs(1);

/// The longest run with an activity: its clock keeps eight bytes for every second.
pub const SPAN_MAX: Span = Span::secs(31 * 86_400);

/// The most components.
pub const COMPONENTS_MAX: usize = 16;

/// The law of a market's own clock.
#[derive(Clone, Debug, PartialEq)]
pub struct Law {
    /// How long a session is.
    pub session: Span,
    /// From one session's start to the next; none: there is one.
    pub every: Option<Span>,
    /// The rate at evenly spaced moments of a session, the first at its start and the last at its end,
    /// straight lines between them; only their shape counts, for their mean is made 1.
    pub profile: Box<[f64]>,
    /// How many components the clusters have.
    pub components: usize,
    /// How wild a component is: it is 1 + wildness or 1 − wildness.
    pub wildness: f64,
    /// How often the slowest component is drawn anew.
    pub slowest: Span,
    /// How many times as often each next one.
    pub ratio: f64,
}

/// A market's clock, drawn as far as somebody has asked.
#[derive(Clone, Debug)]
pub struct Activity {
    law: Law,
    dice: Dice,
    components: Vec<Component>,
    /// By what the profile is divided to be 1 on average.
    mean: f64,
    /// The market's clock at the end of each step of the grid, in seconds.
    clock: Vec<f64>,
}

#[derive(Clone, Copy, Debug)]
struct Component {
    value: f64,
    /// The chance that a step draws it anew.
    renewal: f64,
}

impl Activity {
    /// The clock of run `seed`.
    #[must_use]
    pub fn new(law: Law, seed: u64) -> Self {
        let mut dice = Dice::new(seed, "activity");
        let components = (0..law.components.min(COMPONENTS_MAX))
            .map(|place| {
                let per_s = libm::pow(law.ratio, place as f64) / law.slowest.as_secs();
                let renewal = -libm::expm1(-per_s * GRID.as_secs());
                Component { value: drawn(law.wildness, &mut dice), renewal }
            })
            .collect();
        let points = &law.profile;
        let mean = match points.len() {
            0 | 1 => points.first().copied().unwrap_or(1.0),
            many => {
                let ends = (points[0] + points[many - 1]) / 2.0;
                (points[1..many - 1].iter().sum::<f64>() + ends) / (many - 1) as f64
            }
        };
        Self { law, dice, components, mean, clock: Vec::new() }
    }

    /// What the market's clock shows at `at`, in seconds.
    pub fn clock_s(&mut self, at: Time) -> f64 {
        let step = (at.0 / GRID.0) as usize;
        while self.clock.len() <= step {
            self.draw();
        }
        let before = step.checked_sub(1).map_or(0.0, |before| self.clock[before]);
        let into = (at.0 % GRID.0) as f64 / GRID.0 as f64;
        before + (self.clock[step] - before) * into
    }

    /// The moment at which the market's clock has gone `wait` further than at `now`; none when that
    /// does not come within [`SPAN_MAX`].
    pub fn later(&mut self, now: Time, wait: Span) -> Option<Time> {
        let goal = self.clock_s(now) + wait.as_secs();
        let mut step = (now.0 / GRID.0) as usize;
        loop {
            while self.clock.len() <= step {
                if self.clock.len() as u64 > SPAN_MAX.0 / GRID.0 {
                    return None;
                }
                self.draw();
            }
            if self.clock[step] >= goal {
                break;
            }
            step += 1;
        }
        let before = step.checked_sub(1).map_or(0.0, |before| self.clock[before]);
        let into = (goal - before) / (self.clock[step] - before);
        let at = step as u64 * GRID.0 + (into * GRID.0 as f64) as u64;
        Some(Time(at).max(Time(now.0 + 1)))
    }

    /// Draws the next step.
    fn draw(&mut self) {
        let step = self.clock.len() as u64;
        let mut rate = self.shape(Time(step * GRID.0));
        for component in &mut self.components {
            if self.dice.chance(component.renewal) {
                component.value = drawn(self.law.wildness, &mut self.dice);
            }
            rate *= component.value;
        }
        let before = self.clock.last().copied().unwrap_or(0.0);
        self.clock.push(before + rate * GRID.as_secs());
    }

    /// The profile of the day at `at`; nothing outside of a session.
    fn shape(&self, at: Time) -> f64 {
        let of_day = self.law.every.map_or(at.0, |every| at.0 % every.0);
        if of_day >= self.law.session.0 {
            return 0.0;
        }
        let points = &self.law.profile;
        if points.len() < 2 {
            return 1.0;
        }
        let along = of_day as f64 / self.law.session.0 as f64 * (points.len() - 1) as f64;
        let place = (along as usize).min(points.len() - 2);
        let (low, high) = (points[place], points[place + 1]);
        (low + (high - low) * (along - place as f64)) / self.mean
    }
}

fn drawn(wildness: f64, dice: &mut Dice) -> f64 {
    if dice.chance(0.5) { 1.0 + wildness } else { 1.0 - wildness }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn law() -> Law {
        Law {
            session: Span::secs(23_400),
            every: Some(Span::secs(86_400)),
            profile: [2.0, 1.0, 1.0, 3.0].into(),
            components: 0,
            wildness: 0.4,
            slowest: Span::secs(7_200),
            ratio: 3.0,
        }
    }

    const HOUR: u64 = 3_600_000_000_000;

    #[test]
    fn a_session_lasts_as_long_by_both_clocks_and_a_night_does_not_count() {
        let mut activity = Activity::new(law(), 1);
        let day = activity.clock_s(Time(6 * HOUR + HOUR / 2));
        assert!((day / 23_400.0 - 1.0).abs() < 1e-3, "{day}");
        assert_eq!(activity.clock_s(Time(24 * HOUR)), activity.clock_s(Time(7 * HOUR)));
        let two = activity.clock_s(Time(48 * HOUR));
        assert!((two / 2.0 - day).abs() < 1.0, "{two}");
        let (first, middle) = (activity.clock_s(Time(HOUR)), activity.clock_s(Time(3 * HOUR)));
        assert!(first > 1.2 * (activity.clock_s(Time(4 * HOUR)) - middle), "busy at the open");
    }

    #[test]
    fn who_waits_over_night_wakes_in_the_morning() {
        let mut activity = Activity::new(law(), 1);
        let now = Time(6 * HOUR + HOUR / 2 - 1_000_000_000);
        let wake = activity.later(now, Span::secs(60)).unwrap();
        assert!(wake.0 > 24 * HOUR && wake.0 < 24 * HOUR + 60_000_000_000, "{wake}");
        let (before, after) = (activity.clock_s(now), activity.clock_s(wake));
        assert!((after - before - 60.0).abs() < 1e-6);
        let once = Law { every: None, ..law() };
        assert_eq!(Activity::new(once, 1).later(now, Span::secs(60)), None, "no other day comes");
    }

    #[test]
    fn clusters_are_one_on_average_and_as_wild_as_they_should_be() {
        let flat = Law { profile: [1.0].into(), components: 6, every: None, ..law() };
        let law = Law { session: SPAN_MAX, slowest: Span::secs(600), ..flat };
        let mut activity = Activity::new(law.clone(), 3);
        let n = 400_000;
        let rates: Vec<f64> = (0..n)
            .map(|s| {
                let at = |s: u64| Time(s * 1_000_000_000);
                activity.clock_s(at(s + 1)) - activity.clock_s(at(s))
            })
            .collect();
        let mean = rates.iter().sum::<f64>() / n as f64;
        assert!((mean - 1.0).abs() < 0.1, "{mean}");
        // E[a²] = (1 + w²)^k, independently of how often components are drawn.
        let square = rates.iter().map(|rate| rate * rate).sum::<f64>() / n as f64;
        assert!((square / libm::pow(1.16, 6.0) - 1.0).abs() < 0.2, "{square}");
        let again = Activity::new(law, 3).clock_s(Time(n * 1_000_000_000));
        assert_eq!(again, activity.clock_s(Time(n * 1_000_000_000)), "one seed, one clock");
    }
}
