//! LOB-1: order flow for one book, from whole numbers only.
//!
//! The mix has the shape of real tapes (adds and cancels in balance, far more of both than trades)
//! without being fitted to one. The generator runs a plain book of its own (`lob1/plain.rs`), so
//! that it knows who is alive: cancels and modifies name orders that are there, and a stated share
//! of them orders that are not. Every draw and its place in the order of draws is part of the
//! definition: the files are compared by their SHA-256.

mod plain;

use crate::record::{Kind, Record};
use crate::splitmix::SplitMix64;
use pitfloor_model::units::Side;
use plain::Plain;

/// What a flow is made from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lob1 {
    /// Operations after the prefill.
    pub operations: u64,
    /// Live orders aimed at, on each side.
    pub live: u64,
    /// Whether the book is filled first.
    pub prefill: bool,
    /// Distances from the middle go up to two to the power of this, in ticks.
    pub max_log2: u32,
    /// Where the middle starts, in ticks.
    pub mid: i64,
    /// The seed of the dice.
    pub seed: u64,
    /// Up to two to the power of this, distances are uniform.
    pub min_log2: u32,
}

/// What an operation was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operation {
    /// A limit order on its own side of the market.
    Add,
    /// A cancel of a live order, of a recent one as a rule.
    Cancel,
    /// Another price or a larger quantity for a live order.
    Modify,
    /// An immediate order.
    Ioc,
    /// A limit at the best price of the other side.
    Marketable,
    /// A cancel of an order that has most likely gone.
    Stale,
}

/// A flow, and how many operations of each kind it has.
#[derive(Clone, Debug, Default)]
pub struct Flow {
    /// What is asked of the engine.
    pub records: Vec<Record>,
    /// How many records came before the first operation.
    pub prefilled: usize,
    /// How many operations, in the order of [`Operation`].
    pub operations: [u64; 6],
}

/// How many of the cancelled orders are remembered for stale cancels.
const DEAD: usize = 64;

impl Lob1 {
    /// The flow, whole.
    #[must_use]
    pub fn flow(&self) -> Flow {
        let mut flow = Generator::new(*self);
        if self.prefill {
            flow.prefill();
        }
        flow.out.prefilled = flow.out.records.len();
        for _ in 0..self.operations {
            flow.operation();
        }
        flow.out
    }
}

/// A flow on its way.
struct Generator {
    asked: Lob1,
    dice: SplitMix64,
    mid: i64,
    book: Plain,
    /// The ids that are live; the last fills the hole of one that leaves.
    live: Vec<u64>,
    /// Where in `live` an id is, by id.
    place: Vec<usize>,
    dead: [u64; DEAD],
    id: u64,
    out: Flow,
}

/// Not live.
const NOWHERE: usize = usize::MAX;

impl Generator {
    fn new(asked: Lob1) -> Self {
        Self {
            asked,
            dice: SplitMix64::new(asked.seed),
            mid: asked.mid,
            book: Plain::default(),
            live: Vec::new(),
            place: vec![NOWHERE],
            dead: [0; DEAD],
            id: 0,
            out: Flow::default(),
        }
    }

    fn prefill(&mut self) {
        while (self.live.len() as u64) < 2 * self.asked.live {
            let side = self.side();
            let distance = self.distance();
            let price = match side {
                Side::Buy => self.mid - distance,
                Side::Sell => self.mid + distance,
            };
            self.new_order(side, price, 100, false);
        }
    }

    fn operation(&mut self) {
        if self.dice.below(64) == 0 {
            self.mid += if self.dice.draw().is_multiple_of(2) { 1 } else { -1 };
        }
        let operation = self.choose();
        self.out.operations[operation as usize] += 1;
        match operation {
            Operation::Add => self.add(),
            Operation::Cancel => self.cancel(),
            Operation::Modify => self.modify(),
            Operation::Ioc => self.immediate(),
            Operation::Marketable => self.marketable(),
            Operation::Stale => self.stale(),
        }
    }

    fn choose(&mut self) -> Operation {
        let mut u = self.dice.below(100);
        let (live, wanted) = (self.live.len() as u64, 2 * self.asked.live);
        let slack = self.asked.live / 10;
        if u < 45 && live >= wanted + slack {
            u = 50;
        } else if (45..85).contains(&u) && live <= wanted.saturating_sub(slack) {
            u = 0;
        }
        match u {
            _ if live == 0 => Operation::Add,
            0..45 => Operation::Add,
            45..85 => Operation::Cancel,
            85..93 => Operation::Modify,
            93..97 => Operation::Ioc,
            97..99 => Operation::Marketable,
            _ => Operation::Stale,
        }
    }

    fn add(&mut self) {
        let side = self.side();
        let distance = self.distance();
        let price = match side {
            Side::Buy => {
                let ask = self.book.best(Side::Sell).unwrap_or(self.mid + 1);
                self.mid.min(ask - 1) + 1 - distance
            }
            Side::Sell => {
                let bid = self.book.best(Side::Buy).unwrap_or(self.mid - 1);
                self.mid.max(bid + 1) - 1 + distance
            }
        };
        self.new_order(side, price, 100, false);
    }

    fn cancel(&mut self) {
        let live = self.live.len() as u64;
        let at = if self.dice.below(4) < 3 {
            live - 1 - self.dice.below(live.min(256))
        } else {
            self.dice.below(live)
        };
        let id = self.live[at as usize];
        let (side, price, _) = self.leave(id);
        self.dead[self.out.records.len() % DEAD] = id;
        self.write(Record::new(Kind::Cancel, side, 0, id, price));
    }

    fn modify(&mut self) {
        let at = self.dice.below(self.live.len() as u64) as usize;
        let id = self.live[at];
        let (side, price, rested) = self.leave(id);
        let (price, qty) = if self.dice.draw().is_multiple_of(2) {
            let step = 1 + self.dice.below(3).cast_signed();
            let step = if self.dice.draw().is_multiple_of(2) { step } else { -step };
            (self.clip(side, price + step), rested)
        } else {
            (price, rested + 1 + self.dice.below(20))
        };
        self.write(Record::new(Kind::Modify, side, small(qty), id, price));
        self.enter(id, side, price, qty, true);
    }

    /// `price`, moved to where it does not trade.
    fn clip(&self, side: Side, price: i64) -> i64 {
        match (side, self.book.best(side.opposite())) {
            (Side::Buy, Some(ask)) => price.min(ask - 1),
            (Side::Sell, Some(bid)) => price.max(bid + 1),
            (_, None) => price,
        }
    }

    fn immediate(&mut self) {
        let side = self.side();
        let qty = 1 + self.dice.below(400);
        let through = self.dice.below(4).cast_signed();
        let best = self.book.best(side.opposite()).unwrap_or(self.mid);
        let price = match side {
            Side::Buy => best + through,
            Side::Sell => best - through,
        };
        self.enter_new(side, price, qty, true);
    }

    fn marketable(&mut self) {
        let side = self.side();
        let qty = 1 + self.dice.below(200);
        let price = self.book.best(side.opposite()).unwrap_or(self.mid);
        self.enter_new(side, price, qty, false);
    }

    fn stale(&mut self) {
        let mut id = self.dead[self.dice.below(DEAD as u64) as usize];
        if id == 0 || self.is_live(id) {
            id = self.id.max(1);
            if self.is_live(id) {
                self.leave(id);
            }
        }
        self.write(Record::new(Kind::Cancel, Side::Buy, 0, id, 0));
    }

    fn side(&mut self) -> Side {
        if self.dice.below(2) == 0 { Side::Buy } else { Side::Sell }
    }

    /// A distance from the middle: its density falls with its square beyond the uniform part.
    fn distance(&mut self) -> i64 {
        let zeros = self.dice.draw().trailing_zeros();
        let log2 = self.asked.min_log2 + zeros.min(self.asked.max_log2 - self.asked.min_log2);
        1 + self.dice.below(1 << log2).cast_signed()
    }

    /// A new order of 1 to `most` lots.
    fn new_order(&mut self, side: Side, price: i64, most: u64, ioc: bool) {
        let qty = 1 + self.dice.below(most);
        self.enter_new(side, price, qty, ioc);
    }

    fn enter_new(&mut self, side: Side, price: i64, qty: u64, ioc: bool) {
        self.id += 1;
        self.place.push(NOWHERE);
        self.write(Record { ioc, ..Record::new(Kind::New, side, small(qty), self.id, price) });
        self.enter(self.id, side, price, qty, !ioc);
    }

    fn enter(&mut self, id: u64, side: Side, price: i64, qty: u64, rests: bool) {
        let (left, filled) = self.book.trade(side, price, qty);
        for maker in filled {
            self.forget(maker);
        }
        if left > 0 && rests {
            self.book.rest(id, side, price, left);
            self.place[id as usize] = self.live.len();
            self.live.push(id);
        }
    }

    /// Takes a live order off the book; says its side, its price, and what was open of it when it
    /// last joined a queue.
    fn leave(&mut self, id: u64) -> (Side, i64, u64) {
        self.forget(id);
        self.book.remove(id)
    }

    fn forget(&mut self, id: u64) {
        let at = std::mem::replace(&mut self.place[id as usize], NOWHERE);
        self.live.swap_remove(at);
        if let Some(moved) = self.live.get(at) {
            self.place[*moved as usize] = at;
        }
    }

    fn is_live(&self, id: u64) -> bool {
        self.place.get(id as usize).is_some_and(|at| *at != NOWHERE)
    }

    fn write(&mut self, record: Record) {
        let seq = self.out.records.len() as u64;
        self.out.records.push(Record { seq, ..record });
    }
}

fn small(qty: u64) -> u32 {
    u32::try_from(qty).expect("quantities grow by 20 a time, and no order lives that long")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn small_flow(prefill: bool) -> Flow {
        let (operations, live, mid, seed) = (20_000, 100, 1_000, 5);
        Lob1 { operations, live, prefill, max_log2: 8, mid, seed, min_log2: 2 }.flow()
    }

    #[test]
    fn a_shorter_flow_is_the_beginning_of_a_longer_one() {
        let long = small_flow(false);
        let (operations, live, mid, seed) = (500, 100, 1_000, 5);
        let short =
            Lob1 { operations, live, prefill: false, max_log2: 8, mid, seed, min_log2: 2 }.flow();
        assert_eq!(short.records, long.records[..500]);
    }

    #[test]
    fn a_prefill_stands_on_its_own_side_and_is_counted_apart() {
        let flow = small_flow(true);
        assert!(flow.prefilled >= 200, "{}", flow.prefilled);
        for record in &flow.records[..flow.prefilled] {
            let below = record.price < 1_000;
            assert_eq!((record.kind, below), (Kind::New, record.side == Side::Buy));
        }
        assert_eq!(flow.operations.iter().sum::<u64>(), 20_000);
        assert_eq!(flow.records.len(), flow.prefilled + 20_000);
    }

    #[test]
    fn records_are_numbered_and_new_ids_count_up() {
        let flow = small_flow(false);
        let mut next = 1;
        for (seq, record) in flow.records.iter().enumerate() {
            assert_eq!(record.seq, seq as u64);
            if record.kind == Kind::New {
                assert_eq!(record.id, next);
                next += 1;
            }
        }
        assert!(next > 8_000, "{next}");
    }
}
