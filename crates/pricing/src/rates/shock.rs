//! What a curve would be after a move: all rates alike, a tilt, or one tenor.
//!
//! Source: T. Ho (1992), *Key Rate Durations*, Journal of Fixed Income 2: triangles over the key
//! tenors that add up to a parallel move.

use super::curve::{Curve, rises};
use crate::{Outside, within};

/// A move of zero rates, per year, as fractions (a basis point is 0.0001).
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Shock {
    /// All rates by so much.
    Parallel {
        /// How far.
        by: f64,
    },
    /// Rates beyond the pivot up, before it down, in proportion to the distance.
    Slope {
        /// The time that stays where it is.
        pivot: f64,
        /// How far per year of distance.
        by_year: f64,
    },
    /// One tenor, less and less up to its neighbours; without a neighbour, all to that side alike.
    Key {
        /// Where it begins.
        before: Option<f64>,
        /// Where it is whole.
        at: f64,
        /// Where it ends.
        after: Option<f64>,
        /// How far.
        by: f64,
    },
}

impl Shock {
    /// How far the rate for `t` years moves.
    #[must_use]
    pub fn size(&self, t: f64) -> f64 {
        match *self {
            Self::Parallel { by } => by,
            Self::Slope { pivot, by_year } => by_year * (t - pivot),
            Self::Key { before, at, after, by } => {
                let to = if t < at { before } else { after };
                let share = to.map_or(1.0, |to| 1.0 - (t - at) / (to - at));
                by * share.clamp(0.0, 1.0)
            }
        }
    }

    /// The curve after it. Where the move has a corner the curve gets a point; before its first
    /// point a curve of zero rates stays flat.
    ///
    /// # Errors
    ///
    /// When a number is not finite, or the times of a key do not rise.
    pub fn on(&self, curve: &Curve) -> Result<Curve, Outside> {
        let mut moved = curve.clone();
        for corner in self.corners()?.into_iter().flatten().filter(|t| *t < curve.end()) {
            moved = moved.with_point(corner)?;
        }
        moved.map(|t, zero| zero + self.size(t))
    }

    fn corners(&self) -> Result<[Option<f64>; 3], Outside> {
        match *self {
            Self::Parallel { by } => within("by", by, |_| true, "a finite move").map(|_| [None; 3]),
            Self::Slope { pivot, by_year } => {
                within("by_year", by_year, |_| true, "a finite move")?;
                within("pivot", pivot, |_| true, "a finite time").map(|_| [None; 3])
            }
            Self::Key { before, at, after, by } => {
                within("by", by, |_| true, "a finite move")?;
                let mut last = 0.0;
                for time in [before, Some(at), after].into_iter().flatten() {
                    rises("keys", last, time)?;
                    last = time;
                }
                Ok([before, Some(at), after])
            }
        }
    }
}

/// One key move by `by` for each of `keys`; together they are a parallel move.
///
/// # Errors
///
/// When the keys do not rise from above zero, or there are none.
pub fn key_rates(keys: &[f64], by: f64) -> Result<Vec<Shock>, Outside> {
    if keys.is_empty() {
        return Err(Outside::new("keys", "none", "at least one key tenor"));
    }
    let mut last = 0.0;
    for key in keys {
        rises("keys", last, *key)?;
        last = *key;
    }
    let key = |i: usize| Shock::Key {
        before: i.checked_sub(1).map(|i| keys[i]),
        at: keys[i],
        after: keys.get(i + 1).copied(),
        by,
    };
    Ok((0..keys.len()).map(key).collect())
}

/// How much `value` changes when each of `shocks` moves `curve`, one at a time.
///
/// # Errors
///
/// When a shock cannot be applied, or what `value` says.
pub fn exposures(
    curve: &Curve,
    shocks: &[Shock],
    value: impl Fn(&Curve) -> Result<f64, Outside>,
) -> Result<Vec<f64>, Outside> {
    let now = value(curve)?;
    shocks.iter().map(|shock| Ok(value(&shock.on(curve)?)? - now)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rates::curve::Between;
    use proptest::prelude::*;

    fn curve() -> Curve {
        Curve::new(vec![(0.5, 0.02), (2.0, 0.03), (10.0, 0.04)], Between::ZeroRate).unwrap()
    }

    #[test]
    fn moves_are_what_they_are_called() {
        let zero = |shock: Shock, t| shock.on(&curve()).unwrap().zero(t).unwrap();
        let near = |a: f64, b: f64| assert!((a - b).abs() < 1e-15, "{a} {b}");
        near(zero(Shock::Parallel { by: 0.01 }, 2.0), 0.04);
        near(zero(Shock::Slope { pivot: 2.0, by_year: 0.001 }, 2.0), 0.03);
        near(zero(Shock::Slope { pivot: 2.0, by_year: 0.001 }, 10.0), 0.048);
        let key = Shock::Key { before: Some(2.0), at: 5.0, after: Some(10.0), by: 0.01 };
        near(zero(key, 2.0), 0.03);
        near(zero(key, 5.0), curve().zero(5.0).unwrap() + 0.01);
        near(zero(key, 7.5), curve().zero(7.5).unwrap() + 0.005);
        near(zero(key, 10.0), 0.04);
    }

    #[test]
    fn bad_moves_are_named() {
        let says = |shock: Shock| shock.on(&curve()).unwrap_err().to_string();
        assert_eq!(says(Shock::Parallel { by: f64::NAN }), "by: found NaN, expected a finite move");
        let key = Shock::Key { before: Some(5.0), at: 2.0, after: None, by: 0.01 };
        assert_eq!(says(key), "keys: found 2 after 5, expected times that rise from above 0");
        assert_eq!(key_rates(&[], 0.01).unwrap_err().field, "keys");
        assert_eq!(key_rates(&[2.0, 1.0], 0.01).unwrap_err().found, "1 after 2");
    }

    proptest! {
        /// Key moves one after the other are a parallel move, and each is undone by its opposite.
        #[test]
        fn key_moves_add_up(by in -0.02..0.02_f64, t in 0.5..10.0_f64, which in 0..3_usize) {
            let base = curve().points().to_vec();
            let curve = Curve::new(base, Between::ALL[which].1).unwrap();
            let keys = key_rates(&[0.5, 1.0, 3.0, 7.0, 10.0], by).unwrap();
            let sum: f64 = keys.iter().map(|key| key.size(t)).sum();
            prop_assert!((sum - by).abs() < 1e-15);
            let moved = keys.iter().try_fold(curve.clone(), |curve, key| key.on(&curve)).unwrap();
            for (time, zero) in moved.points() {
                prop_assert!((zero - by - curve.zero(*time).unwrap()).abs() < 1e-12);
            }
            let back = key_rates(&[0.5, 1.0, 3.0, 7.0, 10.0], -by).unwrap();
            let back = back.iter().try_fold(moved, |curve, key| key.on(&curve)).unwrap();
            prop_assert!((back.zero(t).unwrap() - curve.zero(t).unwrap()).abs() < 1e-12);
        }
    }
}
