//! Two clocks, told and never read: the one that names moments and the one that measures spans.
//!
//! A machine's wall clock may be set forward or back while it runs. Moments in records are of the
//! wall clock; every timeout is measured on the steady one, so a step moves no deadline.

use pitfloor_data::record::Moment;

/// A nanosecond on the steady clock, from an origin that means nothing.
pub type Steady = u64;

/// A thousandth of a second, in nanoseconds.
pub const MS: u64 = 1_000_000;

/// A second, in nanoseconds.
pub const SECOND: u64 = 1_000 * MS;

/// How far the wall clock may leave the steady one between two inputs before that is called a step:
/// what correcting it slowly never does.
pub const STEP_NS: u64 = 50 * MS;

/// When something was heard, on both clocks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Now {
    /// The wall clock, in UTC.
    pub at: Moment,
    /// The steady clock.
    pub steady: Steady,
}

impl Now {
    /// How far the wall clock moved against the steady one since `before`, in nanoseconds, where that
    /// is more than a correction.
    #[must_use]
    pub fn step_since(self, before: Self) -> Option<i64> {
        let wall = i128::from(self.at.0) - i128::from(before.at.0);
        let steady = i128::from(self.steady) - i128::from(before.steady);
        let step = wall - steady;
        let large = step.unsigned_abs() > u128::from(STEP_NS);
        large.then(|| i64::try_from(step).unwrap_or(if step < 0 { i64::MIN } else { i64::MAX }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_that_is_set_is_noticed_and_one_that_drifts_is_not() {
        let before = Now { at: Moment(1_000), steady: 5 };
        let later = |at: i64, steady: u64| Now { at: Moment(at), steady };
        assert_eq!(later(1_000 + 9, 14).step_since(before), None);
        assert_eq!(later(1_000 + STEP_NS as i64, 5).step_since(before), None);
        let hour = 3_600 * SECOND as i64;
        assert_eq!(later(1_000 - hour, 5).step_since(before), Some(-hour));
        assert_eq!(later(i64::MAX, 0).step_since(later(i64::MIN, 9)), Some(i64::MAX));
    }
}
