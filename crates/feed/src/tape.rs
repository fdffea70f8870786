//! The tape: every trade as the public sees it, and what they add up to.
//!
//! In continuous trading each meeting of two orders is a trade of its own. An auction is one trade at
//! one price with all that crossed in it: who was paired with whom is nobody's business.

use pitfloor_model::command::Stamped;
use pitfloor_model::event::Event;
use pitfloor_model::units::{InstrumentId, Price, Qty, Side, Time, TradeId};

/// One trade, without a word about who traded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Print {
    /// The place in history of the command that caused it.
    pub seq: u64,
    /// When the exchange carried it out.
    pub at: Time,
    /// What changed hands.
    pub instrument: InstrumentId,
    /// The venue's number for it; none for an auction, whose pairings have the numbers.
    pub trade: Option<TradeId>,
    /// At which price, in ticks.
    pub price: Price,
    /// How many lots; more than nothing.
    pub qty: Qty,
    /// The side of whoever came and took; none in an auction, where nobody did.
    pub aggressor: Option<Side>,
}

/// What the prints of one instrument add up to so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tape {
    /// How many trades there were.
    pub trades: u64,
    /// Lots traded.
    pub volume: u128,
    /// The sum of price × lots, in ticks × lots; negative at negative prices. Holds 2^37 trades of
    /// the greatest value that a venue allows.
    pub notional: i128,
    /// The newest price; none before the first trade.
    pub last: Option<Price>,
    /// The highest price.
    pub high: Option<Price>,
    /// The lowest price.
    pub low: Option<Price>,
}

impl Print {
    /// What the tape says of `event`, which happened on `stamped`; none when it is no trade.
    #[must_use]
    pub const fn of(stamped: &Stamped, event: &Event) -> Option<Self> {
        let (seq, at) = (stamped.seq, stamped.at);
        match *event {
            Event::Traded { trade, instrument, aggressor, price, qty, .. } => {
                let (trade, aggressor) = (Some(trade), Some(aggressor));
                Some(Self { seq, at, instrument, trade, price, qty, aggressor })
            }
            Event::Uncrossed { instrument, price: Some(price), qty, .. } => {
                Some(Self { seq, at, instrument, trade: None, price, qty, aggressor: None })
            }
            Event::Accepted { .. }
            | Event::Rejected { .. }
            | Event::Rested { .. }
            | Event::Replaced { .. }
            | Event::Reduced { .. }
            | Event::Prevented { .. }
            | Event::Cancelled { .. }
            | Event::ExpiredInMatch { .. }
            | Event::PhaseChanged { .. }
            | Event::Refreshed { .. }
            | Event::Repriced { .. }
            | Event::Parked { .. }
            | Event::Triggered { .. }
            | Event::Amended { .. }
            | Event::Armed { .. }
            | Event::Expired { .. }
            | Event::Crossed { .. }
            | Event::Indicative { .. }
            | Event::Uncrossed { price: None, .. }
            | Event::CallExtended { .. }
            | Event::MassCancelled { .. }
            | Event::Unspent { .. }
            | Event::Transferred { .. }
            | Event::BandsChanged { .. }
            | Event::ReferenceSet { .. }
            | Event::ShortSalesRestricted { .. }
            | Event::KillSwitched { .. }
            | Event::GroupSet { .. }
            | Event::Clearing(_)
            | Event::TimeAdvanced { .. }
            | Event::AccountOpened { .. }
            | Event::Deposited { .. }
            | Event::Delivered { .. } => None,
        }
    }

    /// Price × lots, in ticks × lots.
    ///
    /// Cannot overflow: 63 bits of price and 64 bits of lots fit 127.
    #[must_use]
    pub const fn notional(&self) -> i128 {
        self.price.0 as i128 * self.qty.0 as i128
    }
}

impl Tape {
    /// Adds `print`, which is of the same instrument as all before it.
    pub fn push(&mut self, print: &Print) {
        self.trades += 1;
        self.volume += u128::from(print.qty.0);
        self.notional += print.notional();
        self.last = Some(print.price);
        self.high = self.high.max(Some(print.price));
        self.low = Some(self.low.map_or(print.price, |low| low.min(print.price)));
    }

    /// The average price of a lot, in ticks; none before the first trade. For figures, not for
    /// arithmetic that must be exact.
    #[must_use]
    pub fn vwap(&self) -> Option<f64> {
        vwap(self.notional, self.volume)
    }
}

/// Σ price × lots / Σ lots, the volume-weighted average price.
#[allow(clippy::cast_precision_loss)]
pub(crate) fn vwap(notional: i128, volume: u128) -> Option<f64> {
    (volume > 0).then(|| notional as f64 / volume as f64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use pitfloor_model::command::Command;
    use pitfloor_model::units::{AccountId, OrderId, OrderKey};

    fn prints(trades: &[(i64, u64)]) -> Vec<Print> {
        let key = |account| OrderKey::new(AccountId(account), OrderId(1));
        let stamped = Stamped { seq: 7, at: Time(70), command: Command::Cancel { key: key(1) } };
        let print = |(trade, &(price, qty)): (usize, &(i64, u64))| {
            Print::of(
                &stamped,
                &Event::Traded {
                    trade: TradeId(trade as u64),
                    instrument: InstrumentId(0),
                    maker: key(1),
                    taker: key(2),
                    aggressor: Side::Sell,
                    price: Price(price),
                    qty: Qty(qty),
                },
            )
        };
        trades.iter().enumerate().filter_map(print).collect()
    }

    #[test]
    fn a_print_tells_what_when_and_how_much_but_not_who() {
        let print = Print {
            seq: 7,
            at: Time(70),
            instrument: InstrumentId(0),
            trade: Some(TradeId(0)),
            price: Price(100),
            qty: Qty(3),
            aggressor: Some(Side::Sell),
        };
        assert_eq!(prints(&[(100, 3)]), [print]);
    }

    #[test]
    fn an_auction_is_one_print_and_its_pairings_are_none() {
        let (acme, key) = (InstrumentId(0), OrderKey::new(AccountId(1), OrderId(1)));
        let (seq, at, price) = (7, Time(70), Price(100));
        let stamped = Stamped { seq, at, command: Command::EndCall { instrument: acme } };
        let crossed = |trade| Event::Crossed {
            trade: TradeId(trade),
            instrument: acme,
            buy: key,
            sell: key,
            price,
            qty: Qty(3),
        };
        let uncrossed = |price: Option<Price>, qty| Event::Uncrossed {
            instrument: acme,
            price,
            qty: Qty(qty),
            surplus: Qty::ZERO,
            side: None,
        };
        let events = [crossed(0), crossed(1), uncrossed(Some(price), 6)];
        let prints: Vec<_> = events.iter().filter_map(|e| Print::of(&stamped, e)).collect();
        let (trade, aggressor, qty) = (None, None, Qty(6));
        assert_eq!(prints, [Print { seq, at, instrument: acme, trade, price, qty, aggressor }]);
        assert_eq!(Print::of(&stamped, &uncrossed(None, 0)), None, "nothing crossed");
    }

    #[test]
    fn the_tape_adds_up() {
        let mut tape = Tape::default();
        assert_eq!((tape.last, tape.vwap()), (None, None));
        for print in prints(&[(100, 3), (104, 1), (98, 4)]) {
            tape.push(&print);
        }
        assert_eq!((tape.trades, tape.volume, tape.notional), (3, 8, 796));
        assert_eq!(tape.last, Some(Price(98)));
        assert_eq!((tape.high, tape.low), (Some(Price(104)), Some(Price(98))));
        assert_eq!(tape.vwap(), Some(99.5));
    }

    #[test]
    fn prices_below_zero_are_prices() {
        let mut tape = Tape::default();
        prints(&[(-3, 2), (-1, 2)]).iter().for_each(|print| tape.push(print));
        assert_eq!((tape.notional, tape.vwap()), (-8, Some(-2.0)));
        assert_eq!((tape.high, tape.low), (Some(Price(-1)), Some(Price(-3))));
    }
}
