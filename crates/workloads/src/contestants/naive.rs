//! The naive book: what one writes first.
//!
//! Per side an ordered map from price to a queue of (id, open), and a map from id to (side, price)
//! with the standard hasher. An order is found in its queue by looking through it, and a level goes
//! when its queue is empty. Every claim of speed is a ratio to this one, measured beside it.

use super::Contestant;
use crate::figures::{Standing, Waiting};
use crate::record::{Kind, Record};
use crate::report::{Report, Reported, Sink};
use pitfloor_model::units::Side;
use std::collections::{BTreeMap, HashMap, VecDeque};

/// A book of maps.
#[derive(Debug, Default)]
pub struct Naive {
    bids: BTreeMap<i64, VecDeque<(u64, u64)>>,
    asks: BTreeMap<i64, VecDeque<(u64, u64)>>,
    orders: HashMap<u64, (Side, i64)>,
}

impl Naive {
    /// How many orders wait, and at how many prices.
    #[must_use]
    pub fn live_and_levels(&self) -> (usize, usize) {
        (self.orders.len(), self.bids.len() + self.asks.len())
    }

    fn side(&mut self, side: Side) -> &mut BTreeMap<i64, VecDeque<(u64, u64)>> {
        match side {
            Side::Buy => &mut self.bids,
            Side::Sell => &mut self.asks,
        }
    }

    fn best(&self, side: Side) -> Option<i64> {
        match side {
            Side::Buy => self.bids.last_key_value().map(|(price, _)| *price),
            Side::Sell => self.asks.first_key_value().map(|(price, _)| *price),
        }
    }

    /// Trades what crosses; says what is left.
    fn trade(&mut self, record: &Record, side: Side, sink: &mut Sink) -> u64 {
        let mut left = u64::from(record.qty);
        while left > 0 {
            let Some(price) = self.best(side.opposite()) else { break };
            let crosses = match side {
                Side::Buy => price <= record.price,
                Side::Sell => price >= record.price,
            };
            if !crosses {
                break;
            }
            let levels = self.side(side.opposite());
            let queue = levels.get_mut(&price).expect("the best level is there");
            let (maker, open) = queue.front_mut().expect("a level has an order");
            let (maker, qty) = (*maker, left.min(*open));
            *open -= qty;
            left -= qty;
            if *open == 0 {
                queue.pop_front();
                if queue.is_empty() {
                    levels.remove(&price);
                }
                self.orders.remove(&maker);
            }
            let trade = Report::of(Reported::Trade, record.seq, side, maker, price, qty);
            sink.tell(&Report { taker: record.id, ..trade });
        }
        left
    }

    fn rest(&mut self, id: u64, side: Side, price: i64, open: u64) {
        self.side(side).entry(price).or_default().push_back((id, open));
        self.orders.insert(id, (side, price));
    }

    /// Takes an order off the book: its side, its price, what was open of it.
    fn remove(&mut self, id: u64) -> Option<(Side, i64, u64)> {
        let (side, price) = self.orders.remove(&id)?;
        let levels = self.side(side);
        let queue = levels.get_mut(&price).expect("a live order has a level");
        let at = queue.iter().position(|(other, _)| *other == id).expect("it is in its queue");
        let (_, open) = queue.remove(at).expect("it has just been seen there");
        if queue.is_empty() {
            levels.remove(&price);
        }
        Some((side, price, open))
    }
}

impl Contestant for Naive {
    const NAME: &'static str = "naive";

    fn fresh() -> Self {
        Self::default()
    }

    #[inline(never)]
    fn apply(&mut self, record: &Record, sink: &mut Sink) {
        let Record { seq, id, price, .. } = *record;
        let asked = u64::from(record.qty);
        match record.kind {
            Kind::New => {
                let side = record.side;
                sink.tell(&Report::of(Reported::New, seq, side, id, price, asked));
                let left = self.trade(record, side, sink);
                if left > 0 && record.ioc {
                    sink.tell(&Report::of(Reported::Remainder, seq, side, id, price, left));
                } else if left > 0 {
                    self.rest(id, side, price, left);
                }
            }
            Kind::Cancel => sink.tell(&match self.remove(id) {
                Some((side, price, open)) => {
                    Report::of(Reported::Cancelled, seq, side, id, price, open)
                }
                None => Report::of(Reported::CancelRejected, seq, record.side, id, 0, 0),
            }),
            Kind::Modify => {
                let Some((side, ..)) = self.remove(id) else {
                    let rejected = Reported::ModifyRejected;
                    return sink.tell(&Report::of(rejected, seq, record.side, id, 0, 0));
                };
                sink.tell(&Report::of(Reported::Modified, seq, side, id, price, asked));
                let left = self.trade(record, side, sink);
                if left > 0 {
                    self.rest(id, side, price, left);
                }
            }
        }
    }

    fn standing(&self) -> Option<Standing> {
        let of = |price: &i64, queue: &VecDeque<(u64, u64)>, each: &mut dyn FnMut(Waiting)| {
            queue.iter().for_each(|&(id, open)| each(Waiting { id, price: *price, open }));
        };
        Some(Standing::of(|side, each| match side {
            Side::Buy => self.bids.iter().rev().for_each(|(price, queue)| of(price, queue, each)),
            Side::Sell => self.asks.iter().for_each(|(price, queue)| of(price, queue, each)),
        }))
    }
}
