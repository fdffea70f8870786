//! PUB-5: the public workload, five scenarios of one generator.
//!
//! From the *matching-engine-benchmark* of flash1-dev (MIT licence), described in arXiv 2606.01183:
//! the scenarios, their constants and the published hashes of their report streams are its authors'
//! work. Speeds of many engines on these five are public, which makes them the anchor for ours.
//!
//! Everything is in double precision and in the order of the definition; exponentials, logarithms
//! and cosines are those of the `libm` crate, which give the same files on every platform.

use crate::mt19937::Mt19937;
use crate::record::{Kind, Record};
use pitfloor_model::units::Side;
use std::f64::consts::{LN_2, PI};

/// One scenario: how wide the price moves.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pub5 {
    /// Volatility.
    pub sigma: f64,
    /// How far the price swings, as a part of it.
    pub swing: f64,
}

/// How many orders a scenario enters.
pub const ORDERS: usize = 1_000_000;

const SEED: u32 = 23;
const TICK: f64 = 0.005;
const MID: f64 = 167.52;

/// How many depths there are: an order lies 1 to this many ticks from the middle.
const DEPTHS: usize = 800;

/// An order before it is timed.
#[derive(Clone, Copy, Debug)]
struct Order {
    id: u64,
    side: Side,
    depth: usize,
    price: i64,
    qty: u32,
}

impl Pub5 {
    /// The price never moves.
    pub const STATIC: Self = Self { sigma: 0.0, swing: 0.0 };
    /// An ordinary day.
    pub const NORMAL: Self = Self { sigma: 0.15, swing: 0.02 };
    /// A swing of a quarter.
    pub const SWING_25: Self = Self { sigma: 0.5, swing: 0.25 };
    /// A swing of two fifths.
    pub const SWING_40: Self = Self { sigma: 0.5, swing: 0.40 };
    /// A swing of three fifths.
    pub const FLASH_CRASH: Self = Self { sigma: 0.5, swing: 0.60 };

    /// The records, in the order of time.
    #[must_use]
    pub fn records(self) -> Vec<Record> {
        let mut dice = Dice(Mt19937::new(SEED));
        let mut orders = self.orders(&mut dice);
        for i in (1..orders.len()).rev() {
            orders.swap(i, dice.whole(0, i as u64) as usize);
        }
        let mut timed = lives(&orders, &mut dice);
        timed.sort_by_key(|(at, _)| *at); // stable: equal moments keep their order
        let numbered = (0..).zip(timed).map(|(seq, (_, record))| Record { seq, ..record });
        numbered.collect()
    }

    fn orders(self, dice: &mut Dice) -> Vec<Order> {
        let span = if self.sigma == 0.0 { 0.0 } else { self.swing / self.sigma };
        let step = if self.sigma == 0.0 { 0.0 } else { span * span / ORDERS as f64 };
        let s = self.sigma * libm::sqrt(step);
        let depths = Depths::new();
        let mut mid = MID;
        let draw = |i: usize| {
            let z = dice.normal();
            mid *= libm::exp(-0.5 * s * s + s * z);
            let middle = libm::round(libm::round(mid / TICK) * TICK / TICK) as i64;
            let depth = depths.draw(dice);
            let away = depth as i64 + 1;
            let side = if i < ORDERS / 2 { Side::Buy } else { Side::Sell };
            let price = match side {
                Side::Buy => middle - away,
                Side::Sell => middle + away,
            };
            let qty = dice.whole(1, 100) as u32;
            Order { id: i as u64 + 1, side, depth, price: price.max(1), qty }
        };
        (0..ORDERS).map(draw).collect()
    }
}

/// What becomes of each order: records with their times, in the order in which they are drawn.
fn lives(orders: &[Order], dice: &mut Dice) -> Vec<(u64, Record)> {
    let mut timed = Vec::with_capacity(2 * orders.len());
    let mut now = 0;
    for order in orders {
        let &Order { id, side, depth, price, qty } = order;
        let ioc = dice.uniform() < 0.15;
        timed.push((now, Record { ioc, ..Record::new(Kind::New, side, qty, id, price) }));
        if ioc {
            now += 1;
            continue;
        }
        let mut modified = None;
        if dice.uniform() < 0.20 {
            let at = now + 30 + (dice.uniform() * 70.0) as u64;
            let nearer = dice.uniform() < 0.80;
            let price = match side {
                Side::Buy => price + i64::from(nearer),
                Side::Sell => price - i64::from(nearer),
            };
            let modify = Record::new(Kind::Modify, side, qty + 1, id, price);
            timed.push((at, modify));
            modified = Some(modify);
            now = at;
        }
        let cancelled = dice.uniform() < 0.95;
        if cancelled {
            let rate = (LN_2 / 431.0) / libm::sqrt(1.0 + depth as f64);
            now += dice.exponential(rate) as u64;
            let cancel = Record::new(Kind::Cancel, side, qty, id, price);
            timed.push((now, cancel));
            if dice.uniform() < 0.02 {
                now += dice.soon();
                timed.push((now, cancel));
            }
        }
        if let Some(modify) = modified.filter(|_| cancelled)
            && dice.uniform() < 0.02
        {
            now += dice.soon();
            timed.push((now, modify));
        }
        now += 1;
    }
    timed
}

/// How far from the middle orders lie: close, with a crowd about nine ticks away.
struct Depths(Vec<f64>);

impl Depths {
    fn new() -> Self {
        let mut sum = 0.0;
        let weight = |k: usize| {
            let (k, z) = (k as f64, k as f64 - 8.0);
            sum += 1.0 / libm::pow(k + 1.0, 2.23) + 5.0 * libm::exp(-0.5 * z * z);
            sum
        };
        Self((0..DEPTHS).map(weight).collect())
    }

    fn draw(&self, dice: &mut Dice) -> usize {
        let wanted = dice.uniform() * self.0[DEPTHS - 1];
        self.0.partition_point(|sum| *sum < wanted)
    }
}

/// The draws of the definition.
struct Dice(Mt19937);

impl Dice {
    fn uniform(&mut self) -> f64 {
        self.0.uniform()
    }

    /// A whole number, both ends included.
    fn whole(&mut self, low: u64, high: u64) -> u64 {
        low + (self.uniform() * (high - low + 1) as f64) as u64
    }

    fn normal(&mut self) -> f64 {
        let (u1, u2) = (self.uniform(), self.uniform());
        libm::sqrt(-2.0 * libm::log(u1.max(1e-300))) * libm::cos(2.0 * PI * u2)
    }

    fn exponential(&mut self, rate: f64) -> f64 {
        -libm::log(self.uniform().max(1e-300)) / rate
    }

    /// 1 to 20 moments.
    fn soon(&mut self) -> u64 {
        1 + (self.uniform() * 20.0) as u64
    }
}
