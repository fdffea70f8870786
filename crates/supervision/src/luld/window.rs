//! The mean of the last trades: exact, and it knows how long it cannot matter.

use crate::grid::Fraction;
use pitfloor_model::units::{Price, Span, Time};
use std::collections::VecDeque;

/// The trades of the last minutes.
#[derive(Clone, Debug, Default)]
pub(super) struct Window {
    trades: VecDeque<(Time, Price)>,
    sum: i128,
    /// How many of them lie far from the reference: while none does, no mean of any of them can.
    far: usize,
}

impl Window {
    /// The most trades that are kept. One more forgets the oldest, and the mean is then that of the
    /// last so many.
    pub(super) const COUNT_MAX: usize = 1 << 20;

    /// Another trade. `far`: whether it lies at least a republication away from the reference.
    pub(super) fn add(&mut self, at: Time, price: Price, far: impl Fn(Price) -> bool) {
        if self.trades.len() == Self::COUNT_MAX {
            self.forget_one(&far);
        }
        self.sum += i128::from(price.0);
        self.far += usize::from(far(price));
        self.trades.push_back((at, price));
    }

    /// Forgets what is `span` old at `at`, or older.
    pub(super) fn forget(&mut self, at: Time, span: Span, far: impl Fn(Price) -> bool) {
        while self.trades.front().is_some_and(|(then, _)| then.after(span) <= at) {
            self.forget_one(&far);
        }
    }

    fn forget_one(&mut self, far: impl Fn(Price) -> bool) {
        let Some((_, price)) = self.trades.pop_front() else { return };
        self.sum -= i128::from(price.0);
        self.far -= usize::from(far(price));
    }

    /// Counts those that are far from a new reference.
    pub(super) fn measure(&mut self, far: impl Fn(Price) -> bool) {
        self.far = self.trades.iter().filter(|(_, price)| far(*price)).count();
    }

    /// Their mean; none of none.
    pub(super) fn mean(&self) -> Option<Fraction> {
        let of = i128::try_from(self.trades.len()).expect("a count fits");
        (of > 0).then_some(Fraction { ticks: self.sum, of })
    }

    /// When the mean changes by itself such that it may matter: the oldest is forgotten.
    pub(super) fn turns(&self, span: Span) -> Option<Time> {
        self.trades.front().filter(|_| self.far > 0).map(|(at, _)| at.after(span))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mean_is_exact_and_trades_leave_when_they_are_old() {
        let mut window = Window::default();
        assert_eq!(window.mean(), None);
        let far = |price: Price| price.0 >= 102;
        window.add(Time(10), Price(100), far);
        assert_eq!(window.turns(Span(50)), None, "nothing is far, so no mean of them is");
        window.add(Time(20), Price(103), far);
        assert_eq!(window.mean(), Some(Fraction { ticks: 203, of: 2 }));
        assert_eq!(window.turns(Span(50)), Some(Time(60)));
        window.forget(Time(59), Span(50), far);
        assert_eq!(window.mean(), Some(Fraction { ticks: 203, of: 2 }));
        window.forget(Time(60), Span(50), far);
        assert_eq!(window.mean(), Some(Fraction { ticks: 103, of: 1 }));
        window.measure(|_| false);
        assert_eq!(window.turns(Span(50)), None);
    }
    #[test]
    fn one_trade_more_than_are_kept_forgets_the_oldest_and_sums_of_the_farthest_fit() {
        let mut window = Window::default();
        let far = |_| true;
        window.add(Time(0), Price(1), far);
        for n in 1..=Window::COUNT_MAX {
            window.add(Time(n as u64), Price::FARTHEST, far);
        }
        let mean = window.mean().expect("a mean of many");
        assert_eq!(mean.cmp(Fraction::whole(Price::FARTHEST)), std::cmp::Ordering::Equal);
        assert!(mean.differs(Fraction::whole(Price(1)), 10_000));
        assert!(!mean.differs(mean, 1));
        assert_eq!(window.turns(Span(5)), Some(Time(6)));
    }
}
