//! What everybody at the house knows of the market: the last prints, the best quotes, and what
//! things were worth before the first of them.

use pitfloor_model::clearing::Fact;
use pitfloor_model::event::Event;
use pitfloor_model::units::{InstrumentId, Price};

/// The prices of a venue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Prices {
    all: Vec<Known>,
}

/// What is known of one instrument.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Known {
    reference: Price,
    last: Option<Price>,
    bid: Option<Price>,
    ask: Option<Price>,
    ended: bool,
}

impl Prices {
    /// Nothing but what each instrument was worth before the market opened.
    #[must_use]
    pub fn new(references: impl IntoIterator<Item = Price>) -> Self {
        let known = |reference| Known { reference, last: None, bid: None, ask: None, ended: false };
        Self { all: references.into_iter().map(known).collect() }
    }

    /// The last print; before the first, what it was worth then.
    ///
    /// # Panics
    ///
    /// When the instrument is of another venue.
    #[must_use]
    pub fn last(&self, of: InstrumentId) -> Price {
        let known = &self.all[of.index()];
        known.last.unwrap_or(known.reference)
    }

    /// The middle of the best quotes, rounded down, where both sides quote; else the last print.
    ///
    /// # Panics
    ///
    /// When the instrument is of another venue.
    #[must_use]
    pub fn mark(&self, of: InstrumentId) -> Price {
        let known = &self.all[of.index()];
        match (known.bid, known.ask) {
            // Half of 2^62 twice fits.
            (Some(bid), Some(ask)) if !known.ended => Price((bid.0 + ask.0).div_euclid(2)),
            _ => self.last(of),
        }
    }

    /// The best quote that somebody who trades in this direction would meet.
    ///
    /// # Panics
    ///
    /// When the instrument is of another venue.
    #[must_use]
    pub fn quote_of(&self, of: InstrumentId) -> (Option<Price>, Option<Price>) {
        (self.all[of.index()].bid, self.all[of.index()].ask)
    }

    /// True when it trades no more.
    ///
    /// # Panics
    ///
    /// When the instrument is of another venue.
    #[must_use]
    pub fn is_ended(&self, of: InstrumentId) -> bool {
        self.all[of.index()].ended
    }

    /// How many instruments there are.
    #[must_use]
    pub fn count(&self) -> usize {
        self.all.len()
    }

    pub(crate) fn see(&mut self, event: &Event) {
        if let Some(trade) = event.trade() {
            self.all[trade.instrument.index()].last = Some(trade.price);
        }
        match *event {
            Event::Clearing(Fact::Ended { instrument, .. }) => {
                self.all[instrument.index()].ended = true;
            }
            Event::Clearing(Fact::Split { instrument, num, den }) => {
                let known = &mut self.all[instrument.index()];
                let follow = |price: Price| Price(scaled(price.0, den, num));
                known.reference = follow(known.reference);
                known.last = known.last.map(follow);
                // The orders are gone; quotes come anew.
                (known.bid, known.ask) = (None, None);
            }
            _ => {}
        }
    }

    pub(crate) fn quote(&mut self, of: InstrumentId, bid: Option<Price>, ask: Option<Price>) {
        let known = &mut self.all[of.index()];
        (known.bid, known.ask) = (bid, ask);
    }
}

/// `price` × `num` / `den`, half away from zero, at least one tick where it was positive.
pub(crate) fn scaled(price: i64, num: u32, den: u32) -> i64 {
    let (wide, den) = (i128::from(price) * i128::from(num), i128::from(den));
    let half = if wide < 0 { -den } else { den };
    let near = (2 * wide + half) / (2 * den);
    let near = i64::try_from(near).expect("a price that was on the grid stays near it");
    if price > 0 { near.max(1) } else { near }
}

#[cfg(test)]
mod tests {
    use super::*;
    use pitfloor_model::units::{AccountId, OrderId, OrderKey, Qty, Side, TradeId};

    const ACME: InstrumentId = InstrumentId(0);

    fn traded(price: i64) -> Event {
        let key = |n| OrderKey::new(AccountId(n), OrderId(1));
        Event::Traded {
            trade: TradeId(0),
            instrument: ACME,
            maker: key(0),
            taker: key(1),
            aggressor: Side::Buy,
            price: Price(price),
            qty: Qty(1),
        }
    }

    #[test]
    fn the_middle_of_the_quotes_counts_then_the_last_print_then_the_reference() {
        let mut prices = Prices::new([Price(100)]);
        assert_eq!(prices.mark(ACME), Price(100));
        prices.see(&traded(103));
        assert_eq!((prices.mark(ACME), prices.last(ACME)), (Price(103), Price(103)));
        prices.quote(ACME, Some(Price(104)), Some(Price(107)));
        assert_eq!((prices.mark(ACME), prices.last(ACME)), (Price(105), Price(103)));
        prices.quote(ACME, Some(Price(-4)), Some(Price(-3)));
        assert_eq!(prices.mark(ACME), Price(-4));
        prices.quote(ACME, Some(Price(104)), None);
        assert_eq!(prices.mark(ACME), Price(103));
    }

    #[test]
    fn prices_follow_a_split_and_an_ended_instrument_keeps_its_last() {
        let mut prices = Prices::new([Price(700)]);
        prices.see(&traded(705));
        prices.quote(ACME, Some(Price(704)), Some(Price(706)));
        prices.see(&Event::Clearing(Fact::Split { instrument: ACME, num: 7, den: 1 }));
        assert_eq!((prices.last(ACME), prices.mark(ACME)), (Price(101), Price(101)));
        prices.see(&Event::Clearing(Fact::Ended { instrument: ACME, price: None }));
        assert!(prices.is_ended(ACME));
        assert_eq!([scaled(1, 1, 7), scaled(-15, 1, 10), scaled(15, 1, 10)], [1, -2, 2]);
    }
}
