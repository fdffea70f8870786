//! How fast level 2 follows a market, near the touch and far from it, against a `BTreeMap`.
//!
//! `cargo run --release -p pitfloor-feed --example bench_levels`

use pitfloor_feed::level2::Levels;
use pitfloor_model::event::{CancelReason, Event};
use pitfloor_model::units::{
    AccountId, InstrumentId, OrderId, OrderKey, Price, Qty, Side, Stamp, TradeId,
};
use std::collections::BTreeMap;
use std::hint::black_box;
use std::time::Instant;

const INSTRUMENT: InstrumentId = InstrumentId(0);
const ROUNDS: usize = 10;

fn main() {
    // How far from the middle orders rest on average, in ticks; every price there is a level.
    for reach in [3, 20, 500, 5_000] {
        let events = market(1_000_000, reach);
        let mut levels = Levels::new(INSTRUMENT);
        let vector = nanos_per_event(&events, || {
            levels = Levels::new(INSTRUMENT);
            for event in &events {
                black_box(levels.apply(event));
                black_box(levels.quote());
            }
        });
        let tree = nanos_per_event(&events, || {
            let mut trees = Trees::default();
            for event in &events {
                trees.apply(event);
                black_box((trees.bids.last_key_value(), trees.asks.first_key_value()));
            }
        });
        println!(
            "reach {reach:>5}: {:>5} + {:>5} levels, ladder {vector:>6.1} ns, BTreeMap {tree:>6.1} ns per event",
            levels.count(Side::Buy),
            levels.count(Side::Sell),
        );
    }
}

fn nanos_per_event(events: &[Event], mut play: impl FnMut()) -> f64 {
    #[expect(clippy::disallowed_methods, reason = "a benchmark reads the clock")]
    let start = Instant::now();
    for _ in 0..ROUNDS {
        play();
    }
    start.elapsed().as_nanos() as f64 / (ROUNDS * events.len()) as f64
}

/// The same in the structure that comes to mind first.
#[derive(Default)]
struct Trees {
    bids: BTreeMap<Price, Qty>,
    asks: BTreeMap<Price, Qty>,
}

impl Trees {
    fn apply(&mut self, event: &Event) {
        let (side, price, add, take) = match *event {
            Event::Rested { side, price, qty, .. } => (side, price, qty.0, 0),
            Event::Cancelled { side, price: Some(price), left, .. } => (side, price, 0, left.0),
            Event::Traded { aggressor, price, qty, .. } => (aggressor.opposite(), price, 0, qty.0),
            ref other => unreachable!("this market has no {other:?}"),
        };
        let tree = if side == Side::Buy { &mut self.bids } else { &mut self.asks };
        let level = tree.entry(price).or_default();
        level.0 = level.0 + add - take;
        if level.is_zero() {
            tree.remove(&price);
        }
    }
}

/// A market around a middle that wanders: orders rest at distances up to four times `reach`, most
/// of them near, live for a while, and end by cancel or at the touch by trade.
fn market(count: usize, reach: u64) -> Vec<Event> {
    let mut dice = Dice(reach + 1);
    let (mut events, mut live) = (Vec::new(), Vec::<(OrderKey, Side, Price, Qty)>::new());
    let population = 8 * usize::try_from(reach).expect("a small number") + 20;
    let mut middle = 1_000_000_i64;
    while events.len() < count {
        let number = events.len() as u64;
        let key = OrderKey::new(AccountId(dice.below(100) as u32), OrderId(number));
        if live.len() < population {
            if dice.below(16) == 0 {
                middle += dice.below(3) as i64 - 1;
            }
            let side = if dice.below(2) == 0 { Side::Buy } else { Side::Sell };
            // The least of two draws: twice as many near the touch as far from it.
            let away = 1 + dice.below(4 * reach).min(dice.below(4 * reach)) as i64;
            let price = Price(middle + if side == Side::Buy { -away } else { away });
            let qty = Qty(1 + dice.below(100));
            live.push((key, side, price, qty));
            events.push(Event::Rested {
                instrument: INSTRUMENT,
                key,
                side,
                price,
                qty,
                stamp: Stamp(number),
            });
            continue;
        }
        let (maker, side, price, qty) = live.swap_remove(dice.below(live.len() as u64) as usize);
        events.push(if dice.below(4) == 0 {
            Event::Traded {
                trade: TradeId(number),
                instrument: INSTRUMENT,
                maker,
                taker: key,
                aggressor: side.opposite(),
                price,
                qty,
            }
        } else {
            Event::Cancelled {
                instrument: INSTRUMENT,
                key: maker,
                side,
                price: Some(price),
                left: qty,
                why: CancelReason::User,
            }
        });
    }
    events
}

/// xorshift64*: enough to place orders with.
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: u64) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 32) % end
    }
}
