//! The memoryless book: orders of one lot come and go at rates that never change.
//!
//! Source: Cont, Stoikov & Talreja (2010), Operations Research 58(3), with the rates that they
//! estimated: limit orders come i ticks from the opposite best at λ(i), each leaves at θ(i), market
//! orders come to either side at μ. Everything that happens is independent of all that happened
//! before, but for the book itself. The book is nothing but numbers of orders at each price, so that
//! a null takes milliseconds; it shares no code with the exchange.

use crate::builder::{Builder, Top};
use crate::dice::Dice;
use crate::tape::Tape;

/// λ(i) for i = 1 … 5, per second and side; farther away 1.92 / i^0.52.
const LAMBDA: [f64; 5] = [1.85, 1.51, 1.09, 0.88, 0.77];
const TAIL: (f64, f64) = (1.92, 0.52);
/// How far from the opposite best orders come.
const REACH: usize = 30;
/// θ(i) for i = 1 … 5, per second and order; farther away as at 5.
const THETA: [f64; 5] = [0.71, 0.81, 0.68, 0.56, 0.47];
/// Market orders per second and side.
const MU: f64 = 0.94;
/// How many orders stand at each of the first prices in the beginning.
const QUEUE: u32 = 3;
/// How long it lasts, in seconds.
pub const SPAN_S: f64 = 8_000.0;
/// Prices are counted from 0 to here; it begins in the middle.
const PRICES: usize = 1 << 14;

/// Where the signs of market orders come from.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Signs {
    /// A fair coin.
    Fair,
    /// Hidden orders with a Pareto tail of sizes, so many alive at a time (Lillo, Mike & Farmer 2005).
    Split {
        /// The tail exponent of sizes.
        alpha: f64,
        /// How many are alive.
        alive: usize,
    },
}

/// The tape of the book with fair signs.
#[must_use]
pub fn tape(seed: u64) -> Tape {
    tape_with(seed, Signs::Fair)
}

/// The tape of the book, market orders drawn by `signs`.
#[must_use]
pub fn tape_with(seed: u64, signs: Signs) -> Tape {
    let mut dice = Dice::new(seed);
    let mut book = Book::new();
    let mut hidden = Hidden::new(signs);
    let mut builder = Builder::new(Some(1.0));
    builder.tape_mut().memoryless = true;
    builder.tells_cancels();
    builder.open(0);
    builder.quote(0, book.top(0), book.top(1));
    let (mut now_s, mut shown) = (0.0, (book.top(0), book.top(1)));
    loop {
        let rates = book.rates();
        let whole: f64 = rates.iter().sum();
        now_s += dice.exponential() / whole;
        if now_s >= SPAN_S {
            break;
        }
        let at_ns = nanoseconds(now_s);
        let mut draw = dice.uniform() * whole;
        let mut what = 0;
        while what + 1 < rates.len() && draw >= rates[what] {
            draw -= rates[what];
            what += 1;
        }
        builder.event(at_ns);
        match what {
            0 | 1 => {
                let (best, price) = (book.best[what], book.place(what, draw));
                builder.placed(price as f64, Some(best as f64), what == 0);
            }
            2 => {
                // A buyer takes from the asks (side 1).
                let sign = hidden.next(&mut dice);
                let side = usize::from(sign > 0.0);
                let price = book.best[side];
                if book.take(side, price) {
                    builder.fill(at_ns, sign, price as f64, 1.0);
                }
            }
            side => {
                if book.cancel(side - 3, draw) {
                    builder.cancelled(None);
                }
            }
        }
        let now_shown = (book.top(0), book.top(1));
        if now_shown != shown {
            shown = now_shown;
            builder.quote(at_ns, shown.0, shown.1);
        }
        if builder.wants_snapshot(at_ns) {
            for side in 0..2 {
                for behind in 0..REACH {
                    builder.stands(behind, f64::from(book.at(side, behind)));
                }
            }
        }
    }
    builder.close(nanoseconds(SPAN_S));
    builder.finish()
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
fn nanoseconds(seconds: f64) -> u64 {
    (seconds * 1e9) as u64
}

/// How many orders stand at each price; side 0 bids, side 1 asks.
struct Book {
    queues: [Vec<u32>; 2],
    best: [usize; 2],
    orders: [u32; 2],
    lambda: [f64; REACH],
    lambda_sum: f64,
}

impl Book {
    fn new() -> Self {
        let mut lambda = [0.0; REACH];
        for (place, rate) in lambda.iter_mut().enumerate() {
            let tail = TAIL.0 / libm::pow((place + 1) as f64, TAIL.1);
            *rate = LAMBDA.get(place).copied().unwrap_or(tail);
        }
        let mut queues = [vec![0; PRICES], vec![0; PRICES]];
        let (bid, ask) = (PRICES / 2, PRICES / 2 + 1);
        for behind in 0..REACH {
            queues[0][bid - behind] = QUEUE;
            queues[1][ask + behind] = QUEUE;
        }
        let orders = [REACH as u32 * QUEUE; 2];
        let lambda_sum = lambda.iter().sum();
        Self { queues, best: [bid, ask], orders, lambda, lambda_sum }
    }

    /// Limit orders of both sides, market orders, cancellations of both sides.
    fn rates(&self) -> [f64; 5] {
        [self.lambda_sum, self.lambda_sum, 2.0 * MU, self.leaving(0), self.leaving(1)]
    }

    /// The price `distance` ticks from the best of the other side, on `side`.
    const fn price(&self, side: usize, distance: usize) -> usize {
        if side == 0 { self.best[1] - distance } else { self.best[0] + distance }
    }

    /// How many orders are 1 to 4 ticks from the opposite best, at each.
    fn near(&self, side: usize) -> [u32; 4] {
        [1, 2, 3, 4].map(|distance| self.queues[side][self.price(side, distance)])
    }

    fn leaving(&self, side: usize) -> f64 {
        let near = self.near(side);
        let far = self.orders[side] - near.iter().sum::<u32>();
        let rates = near.iter().zip(THETA).map(|(orders, theta)| f64::from(*orders) * theta);
        rates.sum::<f64>() + f64::from(far) * THETA[4]
    }

    /// A limit order comes; `draw` says where. Returns its price.
    fn place(&mut self, side: usize, mut draw: f64) -> usize {
        let mut distance = 1;
        while distance < REACH && draw >= self.lambda[distance - 1] {
            draw -= self.lambda[distance - 1];
            distance += 1;
        }
        let price = self.price(side, distance);
        self.queues[side][price] += 1;
        self.orders[side] += 1;
        let better = if side == 0 { price > self.best[0] } else { price < self.best[1] };
        if better {
            self.best[side] = price;
        }
        price
    }

    /// An order leaves; `draw` says which. False when it is the last of its side, which stays.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    fn cancel(&mut self, side: usize, mut draw: f64) -> bool {
        for (place, orders) in self.near(side).into_iter().enumerate() {
            let rate = f64::from(orders) * THETA[place];
            if draw < rate {
                return self.take(side, self.price(side, place + 1));
            }
            draw -= rate;
        }
        let mut left = (draw / THETA[4]) as u32;
        let mut price = self.price(side, 5);
        loop {
            let orders = self.queues[side][price];
            if left < orders {
                return self.take(side, price);
            }
            left -= orders;
            // Rounding may leave a draw behind the last order: then nothing happens.
            let edge = if side == 0 { price == 0 } else { price + 1 == PRICES };
            if edge {
                return false;
            }
            price = if side == 0 { price - 1 } else { price + 1 };
        }
    }

    /// One order less at `price`. False when it is the last of its side, which stays.
    fn take(&mut self, side: usize, price: usize) -> bool {
        if self.orders[side] == 1 || self.queues[side][price] == 0 {
            return false;
        }
        self.queues[side][price] -= 1;
        self.orders[side] -= 1;
        while self.queues[side][self.best[side]] == 0 {
            self.best[side] = if side == 0 { self.best[0] - 1 } else { self.best[1] + 1 };
        }
        true
    }

    fn at(&self, side: usize, behind: usize) -> u32 {
        let price = if side == 0 { self.best[0] - behind } else { self.best[1] + behind };
        self.queues[side][price]
    }

    fn top(&self, side: usize) -> Top {
        Some((self.best[side] as f64, f64::from(self.at(side, 0))))
    }
}

/// The hidden orders whose signs market orders have.
struct Hidden {
    alpha: f64,
    alive: Vec<(f64, f64)>,
}

impl Hidden {
    fn new(signs: Signs) -> Self {
        match signs {
            Signs::Fair => Self { alpha: 1.0, alive: Vec::new() },
            Signs::Split { alpha, alive } => Self { alpha, alive: vec![(0.0, 0.0); alive] },
        }
    }

    fn next(&mut self, dice: &mut Dice) -> f64 {
        if self.alive.is_empty() {
            return dice.sign();
        }
        let chosen = dice.below(self.alive.len());
        let order = &mut self.alive[chosen];
        if order.1 < 1.0 {
            *order = (dice.sign(), libm::ceil(dice.pareto(self.alpha)));
        }
        order.1 -= 1.0;
        order.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::estimator::arrivals::variation;
    use crate::estimator::{
        autocorrelation, dfa, excess_kurtosis, response, roll, variance_ratio_of,
    };

    struct Figures {
        spread: f64,
        roll_share: f64,
        bounce: f64,
        mid_acf: f64,
        kurtosis: f64,
        abs_acf: f64,
        dfa: f64,
        sign_acf: f64,
        response: [f64; 4],
        ratio: f64,
        up: f64,
        variation: f64,
    }

    fn figures(tape: &Tape) -> Figures {
        let prices: Vec<f64> = tape.trades().map(|trade| trade.price).collect();
        let mids: Vec<f64> = tape.trades().map(|trade| trade.mid).collect();
        let changes: Vec<f64> = prices.windows(2).map(|pair| pair[1] - pair[0]).collect();
        let (ten, signs) = (tape.changes(10), tape.signs());
        let sizes: Vec<f64> = ten.iter().map(|change| change.abs()).collect();
        let (_, at_moves) = tape.imbalance.differences();
        Figures {
            spread: tape.spread_mean().unwrap(),
            roll_share: roll(&prices).unwrap() / tape.effective_spread().unwrap(),
            bounce: autocorrelation(&changes, 1).unwrap(),
            mid_acf: autocorrelation(&ten, 1).unwrap(),
            kurtosis: excess_kurtosis(&ten).unwrap(),
            abs_acf: autocorrelation(&sizes, 1).unwrap(),
            dfa: dfa(&signs).unwrap(),
            sign_acf: autocorrelation(&signs, 1).unwrap(),
            response: [1, 10, 100, 500].map(|lag| response(&signs, &mids, lag).unwrap()),
            ratio: variance_ratio_of(&ten, &tape.changes(100), 10.0).unwrap(),
            up: at_moves.unwrap(),
            variation: variation(&tape.trade_gaps_s()).unwrap(),
        }
    }

    /// The regression values of the null column, seeds of our own.
    #[test]
    fn the_memoryless_book_is_the_one_that_was_measured() {
        for seed in [1, 2, 3] {
            let tape = tape(seed);
            let found = figures(&tape);
            let trades = tape.trades().count();
            assert!((14_500..15_600).contains(&trades), "{trades} trades");
            let within = |what: &str, found: f64, low: f64, high: f64| {
                assert!((low..=high).contains(&found), "seed {seed} {what}: {found}");
            };
            within("spread", found.spread, 1.336, 1.376);
            within("Roll over effective", found.roll_share, 0.93, 1.07);
            within("bounce", found.bounce, -0.35, -0.28);
            within("acf of mids", found.mid_acf, -0.11, 0.06);
            within("kurtosis", found.kurtosis, 0.0, 2.5);
            within("acf of |r|", found.abs_acf, -0.08, 0.12);
            within("DFA of signs", found.dfa, 0.46, 0.54);
            within("acf of signs", found.sign_acf, -0.03, 0.03);
            within("R(1)", found.response[0], 0.22, 0.31);
            within("R(10)", found.response[1], 0.18, 0.40);
            within("R(100)", found.response[2], 0.05, 0.50);
            within("variance ratio", found.ratio, 0.80, 1.40);
            within("P(up) apart", found.up, 0.55, 0.66);
            within("cv of gaps", found.variation, 0.97, 1.03);
        }
    }

    #[test]
    fn splitting_orders_alone_gives_memory_and_lets_prices_run() {
        for seed in [1, 2] {
            let tape = tape_with(seed, Signs::Split { alpha: 1.5, alive: 10 });
            let found = figures(&tape);
            assert!((1.33..1.37).contains(&found.spread), "{}", found.spread);
            assert!(found.dfa > 0.62, "M1 passes: {}", found.dfa);
            assert!(found.sign_acf > 0.03, "{}", found.sign_acf);
            let [one, _, hundred, _] = found.response;
            assert!(hundred / one > 2.4, "R runs away: {:?}", found.response);
            assert!(found.mid_acf > 0.05, "mids can be foretold: {}", found.mid_acf);
            assert!(found.ratio < 0.9, "mids are super-diffusive: {}", found.ratio);
        }
    }

    #[test]
    fn a_seed_is_a_market() {
        assert_eq!(tape(4), tape(4));
        assert_ne!(tape(4).trades().count(), tape(5).trades().count());
    }

    /// Away from the quotes a price holds λ(i)/θ(i) orders on average; from the own best there is no
    /// hump behind the first.
    #[test]
    fn the_book_is_thickest_at_the_best() {
        let shape = tape(1).shape;
        assert!(shape.snapshots > 700);
        let mean = shape.mean();
        assert!((mean[0] - 2.08).abs() < 0.25, "{:?}", &mean[..6]);
        assert!(mean[1] < mean[0], "{:?}", &mean[..6]);
        assert!((mean[4] - 1.6).abs() < 0.25, "{:?}", &mean[..6]);
    }
}
