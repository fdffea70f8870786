//! What an instrument closed at: the last print of the regular hours, or what the venue says.

use pitfloor_model::units::Price;

/// The previous close, and what will be the next.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Closes {
    previous: Option<Price>,
    last: Option<Price>,
}

impl Closes {
    /// With the close of the day before the run.
    pub(crate) fn new(previous: Option<Price>) -> Self {
        Self { previous, last: None }
    }

    /// The previous close, once there is one.
    pub(crate) fn previous(self) -> Option<Price> {
        self.previous
    }

    /// Something printed in the regular hours or in the closing auction.
    pub(crate) fn print(&mut self, price: Price) {
        self.last = Some(price);
    }

    /// The venue says what the previous close is; what printed before does not count any more.
    pub(crate) fn say(&mut self, price: Price) {
        *self = Self::new(Some(price));
    }

    /// The day is over.
    pub(crate) fn turn(&mut self) {
        *self = Self::new(self.last.or(self.previous));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_print_of_a_day_is_the_next_days_close_and_a_day_without_keeps_the_old() {
        let mut closes = Closes::new(Some(Price(40)));
        closes.print(Price(41));
        closes.print(Price(42));
        assert_eq!(closes.previous(), Some(Price(40)));
        closes.turn();
        assert_eq!(closes.previous(), Some(Price(42)));
        closes.turn();
        assert_eq!(closes.previous(), Some(Price(42)));
    }

    #[test]
    fn what_the_venue_says_stands_over_what_printed() {
        let mut closes = Closes::default();
        closes.print(Price(41));
        closes.say(Price(39));
        closes.turn();
        assert_eq!(closes.previous(), Some(Price(39)));
    }
}
