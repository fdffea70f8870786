//! V-54, and the null columns: what a memoryless book shows by itself.
//!
//! The scenario `cst-null` through the kernel, and the same book with the trades of split orders. What
//! is read off: the spread, Roll's estimate of it, the memory of prices, signs and sizes of returns, the
//! response to a trade, and what the queues tell of the next move. Bands are around what several seeds
//! of this and of an independent simulation gave; the mean spread and Roll's are held to what theory
//! says.

use crate::estimate::{autocorrelation, covariance, deviation, hurst, kurtosis, mean, moment};
use crate::pit::FIRST;
use crate::{Case, Row};
use pitfloor_agents::flow::null;
use pitfloor_model::event::Event;
use pitfloor_model::units::{Side, Span, Time};
use pitfloor_sim::kernel::{Observer, Seen};

/// The full length of a run.
const SPAN_S: u64 = 8_000;

/// The finer clock on which returns are taken, in seconds; the coarser one is ten times that.
const GRID_S: f64 = 10.0;

/// From how lopsided best queues on a side counts as heavy.
const LOPSIDED: f64 = 0.5;

/// One trade: what a market order did.
#[derive(Clone, Copy, Debug)]
struct Trade {
    at: f64,
    price: f64,
    sign: f64,
    /// The mid just before it.
    mid: f64,
}

/// What is seen of a null market while it is played.
#[derive(Default)]
pub struct NullMarket {
    at: f64,
    quote: Option<(f64, f64, f64)>,
    spread_time: f64,
    time: f64,
    grid: Vec<f64>,
    trades: Vec<Trade>,
    /// What the queues say now, before the next move of the mid: heavy asks, heavy bids.
    pending: [u64; 2],
    seen: [u64; 2],
    rose: [u64; 2],
}

/// The figures of a null market.
#[derive(Clone, Debug, PartialEq)]
pub struct Null {
    /// Mean spread over time, in ticks.
    pub spread: f64,
    /// Roll's spread over the mean effective one.
    pub roll: f64,
    /// Autocorrelation of changes of the trade price, one trade apart.
    pub bounce: f64,
    /// Autocorrelation of 10 s returns of the mid, and of their sizes.
    pub returns: [f64; 2],
    /// Excess kurtosis of 10 s and of 100 s returns.
    pub tails: [f64; 2],
    /// Hurst exponent and first autocorrelation of the trades' signs.
    pub signs: [f64; 2],
    /// Mean move of the mid, in ticks and in the trade's direction, 1, 10, 100 and 500 trades on.
    pub response: [f64; 4],
    /// Variance per second of 10 s returns over that of 100 s returns.
    pub ratio: f64,
    /// How often the mid next rises, when the asks are heavy and when the bids are.
    pub rises: [f64; 2],
    /// Deviation over mean of the waits between trades.
    pub gaps: f64,
    /// How many trades there were.
    pub trades: usize,
}

impl NullMarket {
    /// Plays the null market of `seed` for `span`, with split orders or without.
    ///
    /// # Panics
    ///
    /// When the span is longer than a scenario may be, or too short to see anything in it.
    #[must_use]
    pub fn play(seed: u64, span: Span, with_splitters: bool) -> Null {
        let market = null::market(seed, span, with_splitters).expect("a span that may be");
        let mut seen = Self::default();
        market.kernel().run(Time(market.span().0), &mut seen);
        seen.until(span.0 as f64 / 1e9);
        seen.figures()
    }

    fn until(&mut self, now: f64) {
        if let Some((bid, ask, _)) = self.quote {
            self.spread_time += (ask - bid) * (now - self.at);
            self.time += now - self.at;
            while (self.grid.len() + 1) as f64 * GRID_S < now {
                self.grid.push(f64::midpoint(bid, ask));
            }
        }
        self.at = now;
    }

    /// Takes in the queues as they are now: what they said last is counted when the mid moves.
    fn queues(&mut self, quote: (f64, f64, f64), before: Option<(f64, f64, f64)>) {
        let mid = |(bid, ask, _): (f64, f64, f64)| f64::midpoint(bid, ask);
        if let Some(before) = before.filter(|before| mid(*before) != mid(quote)) {
            for heavy in 0..2 {
                self.seen[heavy] += self.pending[heavy];
                self.rose[heavy] += if mid(quote) > mid(before) { self.pending[heavy] } else { 0 };
            }
        }
        self.pending = [u64::from(quote.2 < -LOPSIDED), u64::from(quote.2 > LOPSIDED)];
    }

    fn figures(&self) -> Null {
        let log_returns = |every: usize| -> Vec<f64> {
            let prices: Vec<f64> =
                self.grid.iter().copied().skip(every - 1).step_by(every).collect();
            prices.windows(2).map(|pair| libm::log(pair[1] / pair[0])).collect()
        };
        let (fine, coarse) = (log_returns(1), log_returns(10));
        let sizes: Vec<f64> = fine.iter().map(|r| r.abs()).collect();
        let pick = |of: fn(&Trade) -> f64| -> Vec<f64> { self.trades.iter().map(of).collect() };
        let (signs, mids, prices) = (pick(|t| t.sign), pick(|t| t.mid), pick(|t| t.price));
        let changes: Vec<f64> = prices.windows(2).map(|pair| pair[1] - pair[0]).collect();
        let effective = mean(&pick(|t| 2.0 * (t.price - t.mid).abs()));
        let gaps: Vec<f64> = self.trades.windows(2).map(|pair| pair[1].at - pair[0].at).collect();
        let response = [1, 10, 100, 500].map(|lag| {
            let later = signs.iter().zip(&mids).zip(&mids[lag..]);
            mean(&later.map(|((sign, now), then)| sign * (then - now)).collect::<Vec<f64>>())
        });
        let rises = [0, 1].map(|heavy| self.rose[heavy] as f64 / self.seen[heavy] as f64);
        Null {
            spread: self.spread_time / self.time,
            roll: 2.0 * libm::sqrt((-covariance(&changes, 1)).max(0.0)) / effective,
            bounce: autocorrelation(&changes, 1),
            returns: [autocorrelation(&fine, 1), autocorrelation(&sizes, 1)],
            tails: [kurtosis(&fine) - 3.0, kurtosis(&coarse) - 3.0],
            signs: [hurst(&signs), autocorrelation(&signs, 1)],
            response,
            ratio: moment(&fine, 2) * 10.0 / moment(&coarse, 2),
            rises,
            gaps: deviation(&gaps) / mean(&gaps),
            trades: self.trades.len(),
        }
    }
}

impl Observer for NullMarket {
    fn saw(&mut self, seen: &Seen<'_>) {
        let now = seen.stamped.at.0 as f64 / 1e9;
        self.until(now);
        for event in seen.events {
            if let (Event::Traded { aggressor, price, .. }, Some((bid, ask, _))) =
                (event, self.quote)
            {
                let sign = if *aggressor == Side::Buy { 1.0 } else { -1.0 };
                let (price, mid) = (price.0 as f64, f64::midpoint(bid, ask));
                self.trades.push(Trade { at: now, price, sign, mid });
            }
        }
        let quote = seen.board.quote(FIRST);
        if let (Some((bid, bids)), Some((ask, asks))) = (quote.bid, quote.ask) {
            let (bids, asks) = (bids.0 as f64, asks.0 as f64);
            let quote = (bid.0 as f64, ask.0 as f64, (bids - asks) / (bids + asks));
            if self.quote != Some(quote) {
                self.queues(quote, self.quote);
                self.quote = Some(quote);
            }
        }
    }
}

fn span(scale: f64) -> Span {
    Span::secs(((SPAN_S as f64 * scale) as u64).max(1_500))
}

pub(crate) fn roll(scale: f64) -> Vec<Case> {
    let span = span(scale);
    // Chance alone moves a mean over less time further.
    let slack = libm::sqrt(SPAN_S as f64 * 1e9 / span.0 as f64);
    let case = |number: u64| {
        let play = move |seed: u64| {
            let null = NullMarket::play(seed + number, span, false);
            vec![
                Row::band(
                    "mean spread, ticks",
                    null.spread,
                    1.356 - 0.02 * slack,
                    1.356 + 0.02 * slack,
                ),
                Row::band("Roll's over effective spread", null.roll, 0.85, 1.15),
            ]
        };
        Case::new(format!("the memoryless book, run {}", number + 1), play)
    };
    (0..3).map(case).collect()
}

pub(crate) fn columns(scale: f64) -> Vec<Case> {
    let span = span(scale);
    let slack = libm::sqrt(SPAN_S as f64 * 1e9 / span.0 as f64);
    let null = (0..3).map(|number| {
        let play = move |seed: u64| without(&NullMarket::play(seed + number, span, false), slack);
        Case::new(format!("without memory, run {}", number + 1), play)
    });
    let split = (0..2).map(|number| {
        let play = move |seed: u64| with(&NullMarket::play(seed + number, span, true), slack);
        Case::new(format!("with split orders, run {}", number + 1), play)
    });
    null.chain(split).collect()
}

/// `middle` and `half`, wider by `slack` for a shorter run.
fn around(what: &str, found: f64, middle: f64, half: f64, slack: f64) -> Row {
    Row::band(what, found, middle - half * slack, middle + half * slack)
}

fn without(null: &Null, slack: f64) -> Vec<Row> {
    let rows = [
        ("mean spread, ticks", null.spread, 1.356, 0.02),
        ("acf(1) of trade price changes", null.bounce, -0.314, 0.03),
        ("acf(1) of 10 s returns of the mid", null.returns[0], -0.03, 0.12),
        ("acf(1) of their sizes", null.returns[1], 0.01, 0.12),
        ("excess kurtosis at 10 s", null.tails[0], 0.8, 1.2),
        ("excess kurtosis at 100 s", null.tails[1], 0.0, 1.5),
        ("Hurst exponent of signs", null.signs[0], 0.5, 0.04),
        ("C(1) of signs", null.signs[1], 0.0, 0.035),
        ("R(1), ticks", null.response[0], 0.26, 0.04),
        ("R(10), ticks", null.response[1], 0.28, 0.1),
        ("R(100), ticks", null.response[2], 0.27, 0.3),
        ("variance ratio 10 s / 100 s", null.ratio, 1.04, 0.4),
        ("P(up), heavy asks", null.rises[0], 0.2, 0.05),
        ("P(up), heavy bids", null.rises[1], 0.8, 0.05),
        ("cv of waits between trades", null.gaps, 1.0, 0.035),
    ];
    rows.map(|(what, found, middle, half)| around(what, found, middle, half, slack)).into()
}

fn with(null: &Null, slack: f64) -> Vec<Row> {
    let rows = [
        ("mean spread, ticks", null.spread, 1.351, 0.025),
        ("Hurst exponent of signs", null.signs[0], 0.7, 0.1),
        ("C(1) of signs", null.signs[1], 0.075, 0.05),
        ("R(1), ticks", null.response[0], 0.26, 0.06),
        ("R(100), ticks", null.response[2], 1.3, 0.9),
        ("R(500), ticks", null.response[3], 2.8, 2.2),
        ("acf(1) of 10 s returns of the mid", null.returns[0], 0.09, 0.13),
        ("acf(1) of their sizes", null.returns[1], 0.0, 0.12),
        ("excess kurtosis at 10 s", null.tails[0], 1.0, 1.5),
        ("variance ratio 10 s / 100 s", null.ratio, 0.68, 0.27),
    ];
    rows.map(|(what, found, middle, half)| around(what, found, middle, half, slack)).into()
}
