//! How many lots an order is for: drawn anew for each one, or once for all of an agent's life.
//!
//! The mixture is the order-size model of RMSC04: with probability 0.2 log-normal (log-mean 2.9,
//! log-sd 1.2), else normal with standard deviation 0.15 around 100, 200, … 1,000, mostly 100; rounded.
//! Its mean is 105.9 lots. It may come to nothing, and then nothing is sent.

use pitfloor_model::units::Qty;
use pitfloor_sim::dice::Dice;
use pitfloor_sim::params::{Parameter, Params, Takes};

/// The probability of the log-normal part, with its log-mean and log-sd.
const TAIL: (f64, f64, f64) = (0.2, 2.9, 1.2);

/// The probabilities of the parts around 100, 200, … 1,000 lots.
const HUNDREDS: [f64; 10] =
    [0.7, 0.06, 0.004, 0.0329, 0.001, 0.0006, 0.0004, 0.0005, 0.0003, 0.0003];

/// The standard deviation of each of those, in lots.
const HUNDREDS_SD: f64 = 0.15;

/// The parameters by which a kind says how large its orders are.
pub const PARAMETERS: [Parameter; 3] = [
    Parameter {
        name: "sizes",
        takes: Takes::Choice(&["mixture", "once"]),
        default: "mixture",
        about: "mixture: drawn for every order; once: drawn once, as likely anything between the two",
    },
    Parameter { name: "size_least", takes: Takes::Lots, default: "20", about: "lots, of once" },
    Parameter {
        name: "size_most",
        takes: Takes::Lots,
        default: "49",
        about: "lots, of once; no less than size_least counts",
    },
];

/// Where an agent's sizes come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sizes {
    /// The mixture, for every order.
    Mixture,
    /// Once, anything between the two.
    Once(u64, u64),
    /// It has been drawn.
    Drawn(Qty),
}

impl Sizes {
    /// What the parameters say.
    #[must_use]
    pub fn new(params: &Params) -> Self {
        let (least, most) = (params.lots("size_least").0, params.lots("size_most").0);
        match params.choice("sizes") {
            "mixture" => Self::Mixture,
            _ => Self::Once(least, most.max(least)),
        }
    }

    /// The size of the next order.
    pub fn draw(&mut self, dice: &mut Dice) -> Qty {
        match *self {
            Self::Mixture => mixture(dice),
            Self::Once(least, most) => {
                let size = Qty(least + dice.below(most - least + 1));
                *self = Self::Drawn(size);
                size
            }
            Self::Drawn(size) => size,
        }
    }
}

fn mixture(dice: &mut Dice) -> Qty {
    let (share, mean, sd) = TAIL;
    let mut left = dice.unit() - share;
    let lots = if left < 0.0 {
        libm::exp(mean + sd * dice.normal())
    } else {
        let part = HUNDREDS.iter().position(|share| {
            left -= share;
            left < 0.0
        });
        // The shares add up to one but for rounding; what falls beyond is of the last.
        let part = part.unwrap_or(HUNDREDS.len() - 1);
        100.0 * (part + 1) as f64 + HUNDREDS_SD * dice.normal()
    };
    Qty((libm::rint(lots).max(0.0) as u64).min(Qty::MOST.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mixture_has_its_parts() {
        let mut dice = Dice::new(1, "sizes");
        let n = 200_000;
        let drawn: Vec<u64> = (0..n).map(|_| mixture(&mut dice).0).collect();
        let mean = drawn.iter().sum::<u64>() as f64 / f64::from(n);
        assert!((mean - 105.9).abs() < 1.0, "{mean}");
        let share = |lots: std::ops::RangeInclusive<u64>| {
            drawn.iter().filter(|size| lots.contains(size)).count() as f64 / f64::from(n)
        };
        assert!((share(99..=101) - 0.7).abs() < 0.01, "{}", share(99..=101));
        assert!((share(199..=201) - 0.06).abs() < 0.003, "{}", share(199..=201));
        assert!((share(399..=401) - 0.033).abs() < 0.003, "{}", share(399..=401));
        assert!(share(0..=0) > 0.0, "some come to nothing");
        let total: f64 = TAIL.0 + HUNDREDS.iter().sum::<f64>();
        assert!((total - 1.0).abs() < 1e-9);
    }

    #[test]
    fn once_is_once() {
        let mut dice = Dice::new(1, "once");
        let mut first = std::collections::BTreeSet::new();
        for _ in 0..400 {
            let mut sizes = Sizes::Once(20, 49);
            let size = sizes.draw(&mut dice);
            assert!((0..3).all(|_| sizes.draw(&mut dice) == size));
            first.insert(size.0);
        }
        assert!(first.into_iter().eq(20..=49));
    }
}
