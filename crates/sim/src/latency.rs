//! Latency: how long a message is on its way between a participant and the venue.
//!
//! Each seat has a link of its own. A link keeps its order, like a TCP connection: what was sent
//! later never arrives earlier, however the delays are drawn.

use crate::dice::Dice;
use pitfloor_model::units::{Span, Time};

/// How the delay of one message on a link comes about.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Latency {
    /// Always the same.
    Fixed(Span),
    /// Anything between the two, as likely.
    Uniform(Span, Span),
    /// Log-normal: half of all delays are below `median`; `sigma` is the standard deviation of the
    /// delay's logarithm. Cut off at [`Latency::MAX`].
    LogNormal {
        /// Half of all delays are below this.
        median: Span,
        /// Standard deviation of the logarithm.
        sigma: f64,
    },
    /// Venue and participant each stand somewhere on a line of `line_m` metres, drawn once from
    /// their names; the delay is their distance at the speed of light in vacuum.
    Distance {
        /// The length of the line.
        line_m: f64,
    },
}

/// The speed of light in vacuum, metres per second (SI definition of the metre).
const LIGHT_M_PER_S: f64 = 299_792_458.0;

impl Latency {
    /// The longest delay of any message: ten seconds.
    pub const MAX: Span = Span::secs(10);

    /// The longest delay this one can draw. What lies further back, everybody knows.
    #[must_use]
    pub fn longest(&self) -> Span {
        match *self {
            Self::Fixed(span) | Self::Uniform(_, span) => span.min(Self::MAX),
            Self::LogNormal { .. } => Self::MAX,
            Self::Distance { line_m } => nanos(line_m / LIGHT_M_PER_S),
        }
    }

    /// This latency for the participant `name` in run `seed`: positions are settled here, so that
    /// what remains can be drawn message by message.
    #[must_use]
    pub fn settle(self, seed: u64, name: &str) -> Self {
        match self {
            Self::Fixed(_) | Self::Uniform(..) | Self::LogNormal { .. } => self,
            Self::Distance { line_m } => {
                let stands = |name: &str| Dice::new(seed, &format!("{name}#position")).unit();
                let apart = (stands(name) - stands("venue")).abs() * line_m;
                Self::Fixed(nanos(apart / LIGHT_M_PER_S))
            }
        }
    }

    fn draw(&self, dice: &mut Dice) -> Span {
        match *self {
            Self::Fixed(span) => span,
            Self::Uniform(low, high) => Span(low.0 + dice.below(high.0 - low.0 + 1)),
            Self::LogNormal { median, sigma } => {
                Span((median.0 as f64 * libm::exp(sigma * dice.normal())) as u64)
            }
            Self::Distance { .. } => self.longest(),
        }
        .min(Self::MAX)
    }
}

fn nanos(seconds: f64) -> Span {
    Span((seconds * 1e9) as u64).min(Latency::MAX)
}

/// One participant's connection to the venue, both ways.
#[derive(Clone, Debug)]
pub struct Link {
    latency: Latency,
    dice: Dice,
    up: Time,
    down: Time,
    known: Time,
    /// How long the participant is busy with each thing that it is told.
    think: Span,
    /// When it has done with all that it has been told so far.
    free: Time,
}

impl Link {
    /// The connection of participant `name` in run `seed`.
    #[must_use]
    pub fn new(latency: Latency, seed: u64, name: &str) -> Self {
        let latency = latency.settle(seed, name);
        let dice = Dice::new(seed, &format!("{name}#link"));
        let (up, down, known) = (Time::ZERO, Time::ZERO, Time::ZERO);
        Self { latency, dice, up, down, known, think: Span::ZERO, free: Time::ZERO }
    }

    /// The same, for a participant that is busy for `think` with each thing that it is told, and
    /// sends what it wants when it has done with it.
    #[must_use]
    pub const fn thinking(self, think: Span) -> Self {
        Self { think, ..self }
    }

    /// When the participant takes in what reaches it at `now`: at once, or when it has done with what
    /// came before. It is busy with it from then on, so this is asked once for each thing.
    pub fn takes_in(&mut self, now: Time) -> Time {
        let at = now.max(self.free);
        self.free = at.after(self.think);
        at
    }

    /// When something sent to the venue at `now` gets there.
    pub fn up(&mut self, now: Time) -> Time {
        let sent = now.after(self.think);
        self.up = self.up.max(sent.after(self.latency.draw(&mut self.dice)));
        self.up
    }

    /// When something the venue said at `now` gets here.
    pub fn down(&mut self, now: Time) -> Time {
        self.down = self.down.max(now.after(self.latency.draw(&mut self.dice)));
        self.down
    }

    /// Up to which moment a participant can know at `now` what went on at the venue. Never goes
    /// back.
    pub fn known(&mut self, now: Time) -> Time {
        self.known = self.known.max(now.before(self.latency.draw(&mut self.dice)));
        self.known
    }

    /// Takes note that the participant was told of something that happened at `at`.
    pub fn told(&mut self, at: Time) {
        self.known = self.known.max(at);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KINDS: [Latency; 4] = [
        Latency::Fixed(Span::millis(2)),
        Latency::Uniform(Span::millis(1), Span::millis(5)),
        Latency::LogNormal { median: Span::millis(1), sigma: 0.7 },
        Latency::Distance { line_m: 3_866_660.0 },
    ];

    #[test]
    fn a_link_keeps_its_order() {
        for latency in KINDS {
            let mut link = Link::new(latency, 3, "noise-1");
            let (mut up, mut down, mut known) = (Time::ZERO, Time::ZERO, Time::ZERO);
            for now in (0..2_000).map(|n| Time(n * 100_000)) {
                let (next_up, next_down, next_known) =
                    (link.up(now), link.down(now), link.known(now));
                assert!(next_up >= up && next_up >= now);
                assert!(next_down >= down && next_down >= now);
                assert!(next_known >= known && next_known <= now);
                assert!(next_up <= now.after(latency.longest()), "{latency:?}");
                (up, down, known) = (next_up, next_down, next_known);
            }
        }
    }

    #[test]
    fn delays_are_distributed_as_they_say() {
        let draws = |latency: Latency| -> Vec<u64> {
            let mut dice = Dice::new(1, "delays");
            (0..20_000).map(|_| latency.draw(&mut dice).0).collect()
        };
        let uniform = draws(KINDS[1]);
        assert!(uniform.iter().all(|ns| (1_000_000..=5_000_000).contains(ns)));
        let below_median = draws(KINDS[2]).iter().filter(|ns| **ns < 1_000_000).count();
        assert!((9_600..10_400).contains(&below_median), "{below_median}");
    }

    #[test]
    fn distance_is_settled_by_name_and_bounded_by_the_line() {
        let at = |name| KINDS[3].settle(1, name);
        assert_eq!(at("noise-1"), at("noise-1"));
        assert_ne!(at("noise-1"), at("noise-2"));
        assert_eq!(KINDS[3].longest(), Span(12_897_789));
        assert_eq!(at("venue"), Latency::Fixed(Span::ZERO));
    }

    #[test]
    fn whoever_thinks_takes_in_one_thing_after_the_other_and_sends_afterwards() {
        let mut link = Link::new(Latency::Fixed(Span(10)), 1, "ann").thinking(Span(50));
        assert_eq!([100, 120, 130, 300].map(|at| link.takes_in(Time(at)).0), [100, 150, 200, 300]);
        assert_eq!(link.up(Time(300)), Time(360));
        let mut quick = Link::new(Latency::Fixed(Span(10)), 1, "ann");
        assert_eq!([quick.takes_in(Time(5)), quick.takes_in(Time(5))], [Time(5); 2]);
    }

    #[test]
    fn what_one_was_told_one_knows() {
        let mut link = Link::new(Latency::Fixed(Span(10)), 1, "ann");
        assert_eq!(link.known(Time(25)), Time(15));
        link.told(Time(18));
        assert_eq!(link.known(Time(26)), Time(18));
    }
}
