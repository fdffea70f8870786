//! What a market adds to an efficient price: spread, ticks, trades that bounce between bid and ask,
//! flow that leans, and impact that fades.
//!
//! Around the efficient price m stands a mid m + I. The bid is half a spread below it, rounded down
//! to the tick, the ask half a spread above, rounded up. Trades come as a Hawkes process; a buy
//! takes the ask, a sell the bid. The sides are a Markov chain: with probability `persistence` the
//! next one is the last one again, else it is drawn anew, a buy with probability (1 + `imbalance`)/2.
//! So signs have the mean `imbalance` and the autocorrelation `persistence`^k. A trade of q lots
//! moves I by `impact` q in its direction, and I fades at the rate `recovery`. Sizes are geometric.
//!
//! With signs alone, prices of trades have the covariance −(half the quoted spread)² (1 − persistence)²
//! from one change to the next: without persistence that is Roll's. Rounding adds a tick to the mean
//! quoted spread when the tick is small against the moves.
//!
//! Sources: Roll (1984), Journal of Finance 39; Choi, Salandro & Shastri (1988), Journal of Financial
//! and Quantitative Analysis 23, for signs that persist; Gottlieb & Kalay (1985), Journal of Finance
//! 40, for rounding; Obizhaeva & Wang (2013), Journal of Financial Markets 16, for impact that fades.

use super::dice::uniform;
use super::hawkes::{Excited, HawkesProcess};
use crate::{Outside, within};
use libm::{ceil, exp, floor, log};
use rand_core::Rng;

/// What is added. Prices are in one unit of money, times in one unit of time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Noise {
    /// `tick`: the step of prices; above 0.
    pub tick: f64,
    /// `spread`: from bid to ask before rounding; at least 0.
    pub spread: f64,
    /// `rate`: trades per unit of time, on average.
    pub rate: f64,
    /// `branching`: how many trades one trade brings on by itself, below 1.
    pub branching: f64,
    /// `decay`: how fast that fades, per unit of time.
    pub decay: f64,
    /// `imbalance`: buys less sells, as a share of all trades.
    pub imbalance: f64,
    /// `persistence`: the autocorrelation of the signs of two trades in a row, 0 to below 1.
    pub persistence: f64,
    /// `size`: lots of a trade, on average; at least 1.
    pub size: f64,
    /// `depth`: lots at the best prices, on average; at least 1.
    pub depth: f64,
    /// `impact`: how far a lot moves the mid.
    pub impact: f64,
    /// `recovery`: how fast that fades, per unit of time; at least 0.
    pub recovery: f64,
}

/// The best prices, in ticks, and the lots there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quote {
    /// The bid.
    pub bid: i64,
    /// Lots at the bid.
    pub bid_lots: u64,
    /// The ask.
    pub ask: i64,
    /// Lots at the ask.
    pub ask_lots: u64,
}

/// A trade.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Print {
    /// The price, in ticks.
    pub price: i64,
    /// How much.
    pub lots: u64,
    /// True when the buyer came.
    pub is_buy: bool,
}

/// Something that the market shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shown {
    /// New best prices.
    Quote(Quote),
    /// A trade, at the prices before it.
    Print(Print),
}

/// A market around an efficient price, from its beginning on.
#[derive(Clone, Debug)]
pub struct Market {
    noise: Noise,
    flow: HawkesProcess,
    excited: Excited,
    /// The moment up to which all is told, and that of the next trade.
    now: f64,
    next: f64,
    impact: f64,
    last_is_buy: Option<bool>,
    quote: Option<Quote>,
}

impl Noise {
    /// Whether every parameter lies in its domain.
    ///
    /// # Errors
    ///
    /// [`Outside`], naming the field.
    pub fn check(&self) -> Result<(), Outside> {
        const MUCH: f64 = 1e9;
        let some = |name, x, expected| within(name, x, |x| (1e-9..=MUCH).contains(&x), expected);
        let any = |name, x, expected| within(name, x, |x| (0.0..=MUCH).contains(&x), expected);
        some("tick", self.tick, "a step from 1e-9 to 1e9")?;
        any("spread", self.spread, "a distance from 0 to 1e9")?;
        any("rate", self.rate, "a rate from 0 to 1e9")?;
        let share = |x| (0.0..1.0).contains(&x);
        within("branching", self.branching, share, "a share from 0 to below 1")?;
        some("decay", self.decay, "a rate from 1e-9 to 1e9")?;
        within("imbalance", self.imbalance, |x| x.abs() <= 1.0, "a share from -1 to 1")?;
        within("persistence", self.persistence, share, "a share from 0 to below 1")?;
        let lots = |name, x| within(name, x, |x| (1.0..=MUCH).contains(&x), "lots from 1 to 1e9");
        lots("size", self.size)?;
        lots("depth", self.depth)?;
        any("impact", self.impact, "a distance a lot from 0 to 1e9")?;
        any("recovery", self.recovery, "a rate from 0 to 1e9")?;
        Ok(())
    }

    /// How trades come.
    fn flow(&self) -> Result<HawkesProcess, Outside> {
        let base = self.rate * (1.0 - self.branching);
        HawkesProcess::one(base, self.branching * self.decay, self.decay)
    }

    /// The variance of the impact in the long run, when trades come singly and signs are fair coins:
    /// `impact² E[q²] rate / (2 recovery)` (Campbell's theorem), `E[q²] = 2 size² - size`.
    #[must_use]
    pub fn impact_variance(&self) -> f64 {
        let square = self.impact * self.impact * (2.0 * self.size * self.size - self.size);
        square * self.rate / (2.0 * self.recovery)
    }
}

impl Market {
    /// A market that has been open for long: trades come as they do in the long run. Nothing has
    /// moved its mid.
    ///
    /// # Errors
    ///
    /// As [`Noise::check`].
    pub fn new(noise: Noise, dice: &mut impl Rng) -> Result<Self, Outside> {
        noise.check()?;
        let flow = noise.flow()?;
        let mut excited = flow.start();
        let mut before = -flow.warm_up();
        let next = loop {
            let Some(event) = flow.next(&mut excited, dice) else { break f64::INFINITY };
            before += event.wait;
            if before > 0.0 {
                break before;
            }
        };
        let (last_is_buy, quote) = (None, None);
        Ok(Self { noise, flow, excited, now: 0.0, next, impact: 0.0, last_is_buy, quote })
    }

    /// How far the mid is from the efficient price.
    #[must_use]
    pub const fn impact(&self) -> f64 {
        self.impact
    }

    /// Lets time go on to `end` while the efficient price stands at `price`, and tells what is shown,
    /// with its moments. The unit of time is that of the rates, from 0 when the market was made.
    ///
    /// # Panics
    ///
    /// When `end` is before a moment already told.
    pub fn until(
        &mut self,
        end: f64,
        price: f64,
        dice: &mut impl Rng,
        tell: &mut impl FnMut(f64, Shown),
    ) {
        assert!(end >= self.now, "time goes on");
        self.show(price, dice, tell);
        while self.next <= end {
            self.age(self.next);
            self.show(price, dice, tell);
            let print = self.trade(dice);
            tell(self.now, Shown::Print(print));
            let sign = if print.is_buy { 1.0 } else { -1.0 };
            self.impact += sign * self.noise.impact * print.lots as f64;
            self.show(price, dice, tell);
            let event = self.flow.next(&mut self.excited, dice);
            self.next = event.map_or(f64::INFINITY, |event| self.now + event.wait);
        }
        self.age(end);
    }

    fn age(&mut self, to: f64) {
        self.impact *= exp(-self.noise.recovery * (to - self.now));
        self.now = to;
    }

    /// Tells of the best prices when they are others than before.
    fn show(&mut self, price: f64, dice: &mut impl Rng, tell: &mut impl FnMut(f64, Shown)) {
        let Noise { tick, spread, depth, .. } = self.noise;
        let mid = price + self.impact;
        let bid = floor((mid - 0.5 * spread) / tick) as i64;
        let ask = (ceil((mid + 0.5 * spread) / tick) as i64).max(bid + 1);
        if self.quote.is_some_and(|quote| (quote.bid, quote.ask) == (bid, ask)) {
            return;
        }
        let quote = Quote { bid, bid_lots: lots(depth, dice), ask, ask_lots: lots(depth, dice) };
        self.quote = Some(quote);
        tell(self.now, Shown::Quote(quote));
    }

    fn trade(&mut self, dice: &mut impl Rng) -> Print {
        let Noise { imbalance, persistence, size, .. } = self.noise;
        let again = self.last_is_buy.filter(|_| uniform(dice) < persistence);
        let is_buy = again.unwrap_or_else(|| uniform(dice) < 0.5 * (1.0 + imbalance));
        self.last_is_buy = Some(is_buy);
        let quote = self.quote.expect("prices were shown before");
        let price = if is_buy { quote.ask } else { quote.bid };
        Print { price, lots: lots(size, dice), is_buy }
    }
}

/// Lots, at least one, geometric around `mean`.
fn lots(mean: f64, dice: &mut impl Rng) -> u64 {
    let draw = 1.0 - uniform(dice);
    if mean <= 1.0 {
        return 1;
    }
    1 + floor(log(draw) / libm::log1p(-1.0 / mean)) as u64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::process::Estimate;
    use crate::process::dice::seeded;

    pub(super) const PLAIN: Noise = Noise {
        tick: 0.01,
        spread: 0.04,
        rate: 1.0,
        branching: 0.0,
        decay: 1.0,
        imbalance: 0.0,
        persistence: 0.0,
        size: 10.0,
        depth: 100.0,
        impact: 0.0,
        recovery: 1.0,
    };

    fn played(noise: Noise, price: f64, end: f64, seed: u64) -> Vec<(f64, Shown)> {
        let mut dice = seeded(seed);
        let mut market = Market::new(noise, &mut dice).unwrap();
        let mut told = Vec::new();
        market.until(end, price, &mut dice, &mut |at, shown| told.push((at, shown)));
        told
    }

    /// A price that stands: one quote, and trades at its two ends.
    #[test]
    fn a_buy_takes_the_ask_and_a_sell_the_bid() {
        let told = played(PLAIN, 100.003, 200.0, 1);
        let Shown::Quote(quote) = told[0].1 else { panic!("prices come first") };
        assert_eq!((quote.bid, quote.ask), (9_998, 10_003), "down and up to the tick");
        let prints: Vec<Print> = told[1..]
            .iter()
            .map(|(_, shown)| match shown {
                Shown::Print(print) => *print,
                Shown::Quote(quote) => panic!("nothing moved: {quote:?}"),
            })
            .collect();
        assert!((140..260).contains(&prints.len()), "{}", prints.len());
        let fits = |print: &Print| print.price == if print.is_buy { 10_003 } else { 9_998 };
        assert!(prints.iter().all(fits));
        assert!(prints.iter().any(|p| p.is_buy) && prints.iter().any(|p| !p.is_buy));
        assert!(told.windows(2).all(|pair| pair[0].0 <= pair[1].0), "in the order of moments");
    }

    #[test]
    fn flow_that_only_buys_pushes_the_price_up_and_it_comes_back() {
        let noise = Noise { imbalance: 1.0, impact: 0.001, recovery: 0.5, ..PLAIN };
        let (mut dice, mut last) = (seeded(2), None);
        let mut market = Market::new(noise, &mut dice).unwrap();
        market.until(100.0, 100.0, &mut dice, &mut |_, shown| {
            if let Shown::Print(print) = shown {
                assert!(print.is_buy);
                last = Some(print);
            }
        });
        assert!(market.impact() > 0.0 && last.unwrap().price > 10_002, "{last:?}");
        let pushed = market.impact();
        market.next = f64::INFINITY;
        market.until(102.0, 100.0, &mut dice, &mut |_, _| {});
        assert!((market.impact() / pushed - exp(-1.0)).abs() < 1e-12);
    }

    #[test]
    fn sizes_are_geometric() {
        let mut dice = seeded(3);
        for mean in [1.0, 1.5, 40.0] {
            let sizes: Vec<f64> = (0..40_000).map(|_| lots(mean, &mut dice) as f64).collect();
            let found = Estimate::of(&sizes);
            assert!((found.value - mean).abs() <= 4.0 * found.standard_error, "{found:?}");
            let squares: Vec<f64> = sizes.iter().map(|size| size * size).collect();
            let found = Estimate::of(&squares);
            let expected = 2.0 * mean * mean - mean;
            assert!((found.value - expected).abs() <= 4.0 * found.standard_error, "{found:?}");
        }
    }

    #[test]
    fn what_is_refused() {
        let says = |noise: Noise| noise.check().unwrap_err().to_string();
        let found = says(Noise { tick: 0.0, ..PLAIN });
        assert_eq!(found, "tick: found 0, expected a step from 1e-9 to 1e9");
        let found = says(Noise { branching: 1.0, ..PLAIN });
        assert_eq!(found, "branching: found 1, expected a share from 0 to below 1");
        let found = says(Noise { imbalance: -1.5, ..PLAIN });
        assert_eq!(found, "imbalance: found -1.5, expected a share from -1 to 1");
        assert_eq!(Noise { size: 0.5, ..PLAIN }.check().unwrap_err().field, "size");
        assert_eq!(Noise { recovery: f64::NAN, ..PLAIN }.check().unwrap_err().field, "recovery");
        PLAIN.check().unwrap();
    }
}
