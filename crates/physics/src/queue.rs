//! V-52: queues that nobody takes from, and one that is taken from.
//!
//! Where the best prices cannot move, because an order of more lots than ever come stands at each, the
//! queue at every distance is fed at λ(i) and each of its orders leaves at θ(i): M/M/∞, sizes Poisson
//! with mean λ/θ. Where only the ask cannot move and market orders sell, the best bid queue is a walk
//! reflected at nothing.

use crate::exact::{CANCELS, LIMITS, MARKETS, REFLECTED, REFLECTED_MEAN};
use crate::pit::{FIRST, Pit, REFERENCE, seconds};
use crate::{Case, Row, estimate};
use pitfloor_model::units::{Price, Qty, Side, Time};
use pitfloor_sim::kernel::{Observer, Seen};

/// How long it is watched at full length.
const SPAN_S: f64 = 50_000.0;

/// How long until the queues have forgotten how they began: many lives of an order.
const WARM_S: f64 = 50.0;

/// Seconds between two samples that are taken as independent: e^(−θ·15) is under a thousandth.
const APART_S: f64 = 15.0;

/// Stretches for standard errors.
const BATCHES: usize = 50;

/// More than ever comes.
const WALL: Qty = Qty::MOST;

/// Sizes that are told apart.
const SIZES: usize = 64;

/// One queue, watched.
struct Queue {
    side: Side,
    price: Price,
    wall: u64,
    now: usize,
    /// Time at each size, in seconds, per stretch.
    times: Vec<[f64; SIZES]>,
    samples: Vec<usize>,
}

struct Watch {
    queues: Vec<Queue>,
    at: f64,
    span: f64,
    next_sample: f64,
}

impl Watch {
    fn until(&mut self, now: f64) {
        while self.next_sample <= now {
            self.queues.iter_mut().for_each(|queue| queue.samples.push(queue.now));
            self.next_sample += APART_S;
        }
        let (from, to) = (self.at.max(WARM_S), now.max(WARM_S));
        let stretch = (from - WARM_S) / (self.span - WARM_S) * BATCHES as f64;
        for queue in &mut self.queues {
            // A step over the end of a stretch counts where it began: a hundredth of a second of 1,000.
            queue.times[(stretch as usize).min(BATCHES - 1)][queue.now] += to - from;
        }
        self.at = now;
    }
}

impl Observer for Watch {
    fn saw(&mut self, seen: &Seen<'_>) {
        self.until(seen.stamped.at.0 as f64 / 1e9);
        let levels = seen.board.levels(FIRST);
        for queue in &mut self.queues {
            // Before the wall stands there is nothing.
            let lots = levels.lots_at(queue.price, queue.side).0.saturating_sub(queue.wall);
            queue.now = (lots as usize).min(SIZES - 1);
        }
    }
}

impl Queue {
    fn new(side: Side, price: Price, wall: u64) -> Self {
        let times = vec![[0.0; SIZES]; BATCHES];
        Self { side, price, wall, now: 0, times, samples: Vec::new() }
    }

    /// The share of time that `of` weighs, with its standard error over the stretches.
    fn share(&self, of: impl Fn(usize) -> f64) -> (f64, f64) {
        let stretch = |times: &[f64; SIZES]| {
            let weighed = times.iter().enumerate().map(|(size, time)| of(size) * time).sum::<f64>();
            weighed / times.iter().sum::<f64>()
        };
        let shares: Vec<f64> = self.times.iter().map(stretch).collect();
        (estimate::mean(&shares), estimate::batch_error(&shares, BATCHES))
    }
}

fn watch(mut pit: Pit, queues: Vec<Queue>, span: f64) -> Vec<Queue> {
    let mut watch = Watch { queues, at: 0.0, span, next_sample: WARM_S };
    pit.kernel.run(Time::ZERO.after(seconds(span)), &mut watch);
    watch.until(span);
    watch.queues
}

pub(crate) fn cases(scale: f64) -> Vec<Case> {
    let span = (SPAN_S * scale).max(600.0) + WARM_S;
    vec![
        Case::new("frozen best prices, no market orders".to_owned(), move |seed| {
            frozen(seed, span)
        }),
        Case::new("a best bid queue that is sold to".to_owned(), move |seed| reflected(seed, span)),
        Case::new("queues that react to themselves".to_owned(), move |seed| reactive(seed, span)),
    ]
}

fn frozen(seed: u64, span: f64) -> Vec<Row> {
    let ask = Price(REFERENCE.0 + 1);
    let mut pit = Pit::new(1, seed);
    pit.rest(Side::Buy, REFERENCE, WALL);
    pit.rest(Side::Sell, ask, WALL);
    pit.seat_kind("cont-stoikov-talreja", &[("markets", "0"), ("reach", "5")]);
    let queues = (1..=5).flat_map(|i| {
        let wall = if i == 1 { WALL.0 } else { 0 };
        let bid = Queue::new(Side::Buy, Price(ask.0 - i), wall);
        [bid, Queue::new(Side::Sell, Price(REFERENCE.0 + i), wall)]
    });
    let queues = watch(pit, queues.collect(), span);
    let mut rows = Vec::new();
    for (n, queue) in queues.iter().enumerate() {
        let (i, side) = (n / 2, if n % 2 == 0 { "bid" } else { "ask" });
        let (rho, theta) = (LIMITS[i] / CANCELS[i], CANCELS[i]);
        let error = libm::sqrt(2.0 * rho / (theta * (span - WARM_S)));
        let (mean, _) = queue.share(|size| size as f64);
        rows.push(Row::drawn(format!("mean {side} queue at {}", i + 1), mean, rho, error));
        rows.push(poisson(format!("{side} sizes at {}: χ² as a normal", i + 1), queue, rho));
    }
    rows
}

/// χ² of the sizes against Poisson, classes of five expected at least, as the normal variable that
/// Wilson & Hilferty (1931) make of it; 3.719 is p = 1e-4.
fn poisson(what: String, queue: &Queue, mean: f64) -> Row {
    let n = queue.samples.len() as f64;
    let (mut p, mut chi, mut classes) = (libm::exp(-mean), 0.0, 0.0);
    let (mut expected, mut found, mut left) = (0.0, 0.0, n);
    for size in 0..SIZES {
        expected += n * p;
        found += queue.samples.iter().filter(|sample| **sample == size).count() as f64;
        p *= mean / (size + 1) as f64;
        let rest = left - expected;
        if expected >= 5.0 && rest >= 5.0 {
            chi += (found - expected) * (found - expected) / expected;
            (classes, left, expected, found) = (classes + 1.0, rest, 0.0, 0.0);
        }
    }
    // The last class is everything beyond.
    chi += (found - left) * (found - left) / left;
    let spread = 2.0 / (9.0 * classes);
    let normal = (libm::cbrt(chi / classes) - (1.0 - spread)) / libm::sqrt(spread);
    Row::band(what, normal, -3.719, 3.719)
}

fn reflected(seed: u64, span: f64) -> Vec<Row> {
    let mut pit = Pit::new(1, seed);
    let ask = Price(REFERENCE.0 + 1);
    pit.rest(Side::Sell, ask, WALL);
    pit.seat_kind("cont-stoikov-talreja", &[("reach", "1")]);
    walk_of(&watch(pit, vec![Queue::new(Side::Buy, REFERENCE, 0)], span)[0])
}

/// The same walk as a queue-reactive book has it, and its rates read off the tape again.
fn reactive(seed: u64, span: f64) -> Vec<Row> {
    let mut pit = Pit::new(1, seed);
    let rates = [("limits", "1.85"), ("cancels", "0.71"), ("markets", "0.94")];
    pit.seat_kind("queue-reactive", &[&rates[..], &[("queues", "1"), ("moves", "0")]].concat());
    let bid = Queue::new(Side::Buy, REFERENCE, 0);
    let mut seen = (
        Watch { queues: vec![bid], at: 0.0, span, next_sample: WARM_S },
        Tape { at: 0.0, length: 0, times: [0.0; SIZES], events: [[0.0; SIZES]; 3] },
    );
    pit.kernel.run(Time::ZERO.after(seconds(span)), &mut seen);
    let (mut watch, tape) = seen;
    watch.until(span);
    let mut rows = walk_of(&watch.queues[0]);
    rows.extend(tape.rows());
    rows
}

/// What is known of the reflected walk.
fn walk_of(queue: &Queue) -> Vec<Row> {
    let queues = [queue];
    let mut rows = Vec::new();
    for (n, exact) in REFLECTED.into_iter().enumerate() {
        let (share, error) = queues[0].share(|size| f64::from(u8::from(size == n)));
        rows.push(Row::drawn(format!("share of time at {n}"), share, exact, error));
    }
    let (mean, error) = queues[0].share(|size| size as f64);
    rows.push(Row::drawn("mean", mean, REFLECTED_MEAN, error));
    rows
}

/// Events of the best bid queue by its length before them, and the time that it had that length.
struct Tape {
    at: f64,
    length: usize,
    times: [f64; SIZES],
    /// Arrivals, cancellations, trades.
    events: [[f64; SIZES]; 3],
}

/// Events that an intensity needs before it is compared.
const EVENTS_LEAST: f64 = 1_000.0;

impl Observer for Tape {
    fn saw(&mut self, seen: &Seen<'_>) {
        let now = seen.stamped.at.0 as f64 / 1e9;
        let lots = seen.board.levels(FIRST).lots_at(REFERENCE, Side::Buy).0 as usize;
        let length = lots.min(SIZES - 1);
        self.times[self.length] += now - self.at;
        self.at = now;
        if length != self.length {
            let traded = seen.events.iter().any(|event| event.is_trade());
            let kind = if length > self.length { 0 } else { 1 + usize::from(traded) };
            self.events[kind][self.length] += 1.0;
            self.length = length;
        }
    }
}

impl Tape {
    /// Every intensity that was seen often enough: events over time, against what it was set to.
    fn rows(&self) -> Vec<Row> {
        let mut rows = Vec::new();
        for length in 0..SIZES {
            let set = [LIMITS[0], CANCELS[0] * length as f64, MARKETS];
            for ((name, events), rate) in ["λL", "λC", "λM"].iter().zip(&self.events).zip(set) {
                let (count, time) = (events[length], self.times[length]);
                if count >= EVENTS_LEAST {
                    let (found, error) = (count / time, rate / libm::sqrt(rate * time));
                    rows.push(Row::drawn(format!("{name} at length {length}"), found, rate, error));
                }
            }
        }
        rows
    }
}
