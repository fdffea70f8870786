//! Independent normal returns: as long and as wild as a tape, and nothing else.

use crate::dice::Dice;
use crate::estimator::variance;
use crate::tape::{Day, Tape};

/// The step whose variance is matched, in seconds: the one most facts look at.
const STEP_S: usize = 10;

/// A tape as long as `like`, whose returns are independent and normal with the variance of `like`'s.
/// It has no trades and no orders. `None` when `like` has no returns.
#[must_use]
pub fn tape(like: &Tape, seed: u64) -> Option<Tape> {
    let per_step = variance(&like.returns(STEP_S))?;
    let sd = libm::sqrt(per_step / STEP_S as f64);
    let mut dice = Dice::new(seed);
    let mut log = 0.0;
    let days = like.days.iter().map(|day| Day {
        mids: day
            .mids
            .iter()
            .map(|_| {
                log += sd * dice.normal();
                100.0 * libm::exp(log)
            })
            .collect(),
        trades: Vec::new(),
        ..*day
    });
    Some(Tape { days: days.collect(), ..Tape::default() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::estimator::{autocorrelation, excess_kurtosis};

    #[test]
    fn it_is_as_long_and_as_wild_and_has_no_memory() {
        let mut dice = Dice::new(8);
        let wild: Vec<f64> = (0..40_000)
            .scan(0.0, |log, _| {
                let size = if dice.below(50) == 0 { 0.01 } else { 0.0001 };
                *log += size * dice.normal();
                Some(5.0 * libm::exp(*log))
            })
            .collect();
        let day = Day { close_ns: 40_000_000_000_000, mids: wild, ..Day::default() };
        let like = Tape { days: vec![day], ..Tape::default() };
        assert!(excess_kurtosis(&like.returns(10)).unwrap() > 3.0);
        let null = tape(&like, 1).unwrap();
        let (returns, wild) = (null.returns(10), like.returns(10));
        assert_eq!(returns.len(), wild.len());
        let ratio = variance(&returns).unwrap() / variance(&wild).unwrap();
        assert!((ratio - 1.0).abs() < 0.1, "{ratio}");
        assert!(excess_kurtosis(&returns).unwrap().abs() < 0.3);
        assert!(autocorrelation(&returns, 1).unwrap().abs() < 0.06);
        assert_eq!(tape(&Tape::default(), 1), None);
    }
}
