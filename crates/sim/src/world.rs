//! The world around the market: what things are worth, whatever the market says.
//!
//! A fundamental is one path per instrument, drawn from dice of its own on a fixed grid of time, so
//! that everybody who looks sees the same path, and who looks, or how often, changes nothing.
//! Contracts follow what they are on ([`Model`]), and what is announced ([`Change`]) comes on top at
//! its moment: both are functions of the path and the time alone.

pub mod activity;
mod model;
mod path;

pub use model::{Change, Model, Rate, YEAR_S};
pub use path::{Factor, Followed, Wander};

use activity::Activity;
use path::Path;
use pitfloor_model::units::{InstrumentId, Span, Time};
use pitfloor_operations::curves::Curves;

/// A value that is pulled back to its mean, and perhaps jumps. Values are in ticks.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Fundamental {
    /// Where it starts, and where it is drawn back to.
    pub mean: f64,
    /// How strongly it is drawn back, per second. 0: a random walk.
    pub reversion_per_s: f64,
    /// How strongly it diffuses, in ticks per square root of a second.
    pub volatility: f64,
    /// Jumps per second, on average.
    pub jumps_per_s: f64,
    /// The standard deviation of a jump, in ticks.
    pub jump_size: f64,
    /// How far a jump goes on average, up or down with the same chance, in ticks. 0: around nothing.
    pub jump_mean: f64,
    /// The grid: the value changes only at multiples of this.
    pub step: Span,
}

/// All fundamentals of a run.
#[derive(Clone, Debug, Default)]
pub struct World {
    paths: Vec<Option<Path>>,
    follows: Vec<Option<Follower>>,
    /// What becomes of the world, in the order of moments.
    changes: Vec<(Time, Change)>,
    /// The market's own clock, when it differs from the one on the wall.
    activity: Option<Activity>,
    curves: Curves,
}

/// A contract whose value follows another one's.
#[derive(Clone, Debug)]
struct Follower {
    model: Model,
    /// The path of a bond's yield, or of its spread.
    path: Option<Path>,
}

impl World {
    /// The world of run `seed`, with a fundamental for the instruments that have one. `symbol` is
    /// part of the name of the dice.
    #[must_use]
    pub fn new<'a, L: Into<Wander>>(
        seed: u64,
        laws: impl IntoIterator<Item = (&'a str, Option<L>)>,
    ) -> Self {
        let path = |(symbol, law): (&str, Option<L>)| {
            law.map(|law| Path::new(law.into(), seed, &format!("fundamental/{symbol}")))
        };
        let paths = laws.into_iter().map(path).collect();
        let (follows, changes, curves) = (Vec::new(), Vec::new(), Curves::default());
        Self { paths, follows, changes, curves, activity: None }
    }

    /// The same world, where money costs what `curves` say.
    #[must_use]
    pub fn with_curves(self, curves: Curves) -> Self {
        Self { curves, ..self }
    }

    /// Lets the value of `instrument` follow by `model`, with dice for a path that it needs.
    pub fn follow(&mut self, instrument: InstrumentId, model: Model, seed: u64, symbol: &str) {
        if self.follows.len() <= instrument.index() {
            self.follows.resize(instrument.index() + 1, None);
        }
        let name = format!("fundamental/{symbol}");
        let path = model.law().map(|law| Path::new(law.into(), seed, &name));
        self.follows[instrument.index()] = Some(Follower { model, path });
    }

    /// Lets the market have a clock of its own, by which fundamentals move from now on.
    pub fn quicken(&mut self, activity: Activity) {
        self.activity = Some(activity);
    }

    /// The moment that lies `wait` after `now` by the market's own clock; none when that never comes.
    pub fn later(&mut self, now: Time, wait: Span) -> Option<Time> {
        match &mut self.activity {
            None => Some(now.after(wait)),
            Some(activity) => activity.later(now, wait),
        }
    }

    /// Lets `change` come about at `at`.
    pub fn change(&mut self, at: Time, change: Change) {
        if let Change::Rates(moved) = change {
            self.curves.announce(at, moved);
        }
        let place = self.changes.partition_point(|(other, _)| *other <= at);
        self.changes.insert(place, (at, change));
    }

    /// The value of `instrument` at `now`, in ticks; none when it has no fundamental.
    ///
    /// # Panics
    ///
    /// When asked about an earlier grid step than before: time is monotonic.
    pub fn fundamental(&mut self, instrument: InstrumentId, now: Time) -> Option<f64> {
        let follows = self.follows.get_mut(instrument.index()).and_then(Option::as_mut);
        let Some(follower) = follows else { return self.own(instrument, now) };
        let model = follower.model;
        let activity = &mut self.activity;
        let mut wanders = follower.path.as_mut().map(|path| path.advance(now, activity.as_mut()));
        if let Some(wanders) = &mut wanders {
            *wanders += model.moved(&self.changes, now);
        }
        let worth = match model.on() {
            None => model.worth(wanders?, now, &self.curves),
            // The one rounding door of the venue knows ticks; models speak of units.
            Some(on) => {
                let scale = self.scale(on, now);
                let spot = self.own(on, now)? / scale;
                model.worth(spot, now, &self.curves) * scale
            }
        };
        Some(jumped(&self.changes, instrument, worth, now))
    }

    /// The value of what has a path of its own.
    fn own(&mut self, instrument: InstrumentId, now: Time) -> Option<f64> {
        let path = self.paths.get_mut(instrument.index())?.as_mut()?;
        let value = path.advance(now, self.activity.as_mut());
        if self.changes.is_empty() {
            return Some(value);
        }
        Some(jumped(&self.changes, instrument, value, now) * self.scale(instrument, now))
    }

    /// What splits have made of one tick of the first day.
    fn scale(&self, of: InstrumentId, now: Time) -> f64 {
        let so_far = self.changes.iter().take_while(|(at, _)| *at <= now);
        let splits = so_far.filter_map(|(_, change)| match change {
            Change::Scale { instrument, by } if *instrument == of => Some(*by),
            _ => None,
        });
        splits.product()
    }
}

/// `value` with what news have added to it by `now`.
fn jumped(changes: &[(Time, Change)], of: InstrumentId, value: f64, now: Time) -> f64 {
    let mut worth = value;
    for (at, change) in changes.iter().take_while(|(at, _)| *at <= now) {
        let Change::Jump { instrument, by, is_share, half_life } = *change else { continue };
        if instrument == of {
            let left = half_life.map_or(1.0, |half_life| {
                libm::exp(-core::f64::consts::LN_2 * now.since(*at).as_secs() / half_life.as_secs())
            });
            worth += left * if is_share { value * by } else { by };
        }
    }
    worth
}

#[cfg(test)]
mod tests {
    use super::*;

    const ACME: InstrumentId = InstrumentId(0);

    fn law() -> Fundamental {
        Fundamental {
            mean: 10_000.0,
            reversion_per_s: 0.01,
            volatility: 2.0,
            jumps_per_s: 0.0,
            jump_size: 0.0,
            jump_mean: 0.0,
            step: Span::millis(100),
        }
    }

    fn world(law: Fundamental) -> World {
        World::new(1, [("ACME", Some(law)), ("NONE", None)])
    }

    #[test]
    fn who_looks_and_how_often_changes_nothing() {
        let (mut seldom, mut often) = (world(law()), world(law()));
        let end = Time(600_000_000_000);
        for ms in (0..600_000).step_by(37) {
            often.fundamental(ACME, Time(ms * 1_000_000));
        }
        assert_eq!(seldom.fundamental(ACME, end), often.fundamental(ACME, end));
        assert_eq!(seldom.fundamental(InstrumentId(1), end), None);
        assert_eq!(seldom.fundamental(InstrumentId(9), end), None);
    }

    #[test]
    fn news_and_splits_come_on_top_at_their_moment_and_may_be_forgotten() {
        let at = |s: u64| Time(s * 1_000_000_000);
        let still = Fundamental { volatility: 0.0, ..law() };
        let mut world = world(still);
        let news = |by, half_life| Change::Jump {
            instrument: ACME,
            by,
            is_share: by.abs() < 1.0,
            half_life,
        };
        world.change(at(30), Change::Scale { instrument: ACME, by: 0.5 });
        world.change(at(10), news(-0.05, None));
        world.change(at(20), news(100.0, Some(Span::secs(10))));
        let seen = [9, 10, 19, 20, 30].map(|s| world.fundamental(ACME, at(s)).unwrap());
        let wanted = [10_000.0, 9_500.0, 9_500.0, 9_600.0, 4_775.0];
        assert!(seen.iter().zip(wanted).all(|(a, b)| (a - b).abs() < 1e-9), "{seen:?}");
    }

    /// A perpetual follows its coin, also through a split and news of the coin.
    #[test]
    fn a_contract_follows_what_it_is_on() {
        let perp = InstrumentId(1);
        let mut world = world(law());
        world.follow(perp, Model::Same { on: ACME, tick: 5.0 }, 1, "NONE");
        world.change(
            Time(50),
            Change::Jump { instrument: ACME, by: -0.1, is_share: true, half_life: None },
        );
        for s in [1, 7, 60] {
            let now = Time(s * 1_000_000_000);
            let spot = world.fundamental(ACME, now).unwrap();
            assert!((world.fundamental(perp, now).unwrap() * 5.0 - spot).abs() < 1e-9);
        }
    }

    /// In the long run an Ornstein–Uhlenbeck process has variance σ²/2κ.
    #[test]
    fn the_long_run_variance_is_the_textbook_one() {
        let mut world = world(law());
        let values: Vec<f64> = (1..200_000)
            .map(|s| world.fundamental(ACME, Time(s * 1_000_000_000)).unwrap() - 10_000.0)
            .collect();
        let variance = values.iter().map(|v| v * v).sum::<f64>() / values.len() as f64;
        let expected = 4.0 / 0.02;
        assert!((variance / expected - 1.0).abs() < 0.1, "{variance} against {expected}");
    }

    #[test]
    fn jumps_come_as_often_as_they_should() {
        let law = Fundamental {
            volatility: 0.0,
            reversion_per_s: 0.0,
            jumps_per_s: 0.1,
            jump_size: 5.0,
            ..law()
        };
        let mut world = world(law);
        let (mut last, mut jumps) = (10_000.0, 0);
        for s in 1..50_000 {
            for tenth in 0..10 {
                let value =
                    world.fundamental(ACME, Time(s * 1_000_000_000 + tenth * 100_000_000)).unwrap();
                jumps += u32::from(value != last);
                last = value;
            }
        }
        assert!((4_700..5_300).contains(&jumps), "{jumps}");
    }

    /// A jump with a mean goes that far, up as often as down.
    #[test]
    fn jumps_with_a_mean_go_both_ways() {
        let law = Fundamental {
            volatility: 0.0,
            reversion_per_s: 0.0,
            jumps_per_s: 0.1,
            jump_size: 10.0,
            jump_mean: 50.0,
            ..law()
        };
        let mut world = world(law);
        let path: Vec<f64> = (0..200_000)
            .map(|tenth| world.fundamental(ACME, Time(tenth * 100_000_000)).unwrap())
            .collect();
        let jumps: Vec<f64> =
            path.windows(2).map(|pair| pair[1] - pair[0]).filter(|by| *by != 0.0).collect();
        let n = jumps.len() as f64;
        let up = jumps.iter().filter(|by| **by > 0.0).count() as f64;
        assert!((1_800.0..2_200.0).contains(&n), "{n}");
        assert!((up / n - 0.5).abs() < 0.05, "{up} of {n}");
        let size = jumps.iter().map(|by| by.abs()).sum::<f64>() / n;
        assert!((size - 50.0).abs() < 1.0, "{size}");
    }

    /// Without reversion each second adds a step of variance σ², and nothing is forgotten.
    #[test]
    fn without_reversion_it_walks() {
        let mut world = world(Fundamental { reversion_per_s: 0.0, ..law() });
        let at = |s: u64| Time(s * 1_000_000_000);
        let path: Vec<f64> = (0..20_000).map(|s| world.fundamental(ACME, at(s)).unwrap()).collect();
        let steps = path.windows(2).map(|pair| (pair[1] - pair[0]) * (pair[1] - pair[0]));
        let variance = steps.sum::<f64>() / 19_999.0;
        assert!((variance / 4.0 - 1.0).abs() < 0.05, "{variance}");
    }
}
