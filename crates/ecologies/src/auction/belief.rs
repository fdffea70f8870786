//! Traders who believe what was accepted before will be accepted again (GD).
//!
//! Source: Gjerstad & Dickhaut (1998), Games and Economic Behavior 22(1). From the quotes behind the
//! last few trades a seller counts how often an ask at `a` or above was taken, or a bid as high was
//! made, and how often an ask at `a` or below was left; the shares, joined by cubics, are his belief
//! that `a` will be taken. He asks where belief times gain is greatest. A buyer is the mirror.

use super::{
    BUDGET, Heard, MARKET, OUTPUTS, PERIODS, PRICE_MOST, RUNS, SIZE, Side, Standing, Trader,
    repeat, setting, told,
};
use crate::{Ecology, SEED};
use pitfloor_published::model::{Input, Model};
use std::collections::VecDeque;

/// The most quotes that are kept.
const QUOTES_MOST: usize = 1_000;

/// A trader with beliefs.
#[derive(Clone, Debug)]
pub struct Believer {
    side: Side,
    /// Trades that are remembered, with the quotes since the first of them.
    memory: usize,
    quotes: VecDeque<Heard>,
}

impl Believer {
    /// One of a side, who remembers so many trades.
    #[must_use]
    pub fn new(side: Side, memory: usize) -> Self {
        Self { side, memory, quotes: VecDeque::new() }
    }

    /// The belief at `price` from counts alone.
    fn counted(&self, price: f64) -> f64 {
        let (mut likely, mut unlikely) = (0.0, 0.0);
        for quote in &self.quotes {
            let mine = quote.side == self.side;
            // As dear as this or dearer, for a seller; as cheap or cheaper, for a buyer.
            let (as_good, as_bad) = match self.side {
                Side::Seller => (quote.price >= price, quote.price <= price),
                Side::Buyer => (quote.price <= price, quote.price >= price),
            };
            if as_good && (quote.accepted || !mine) {
                likely += 1.0;
            }
            if as_bad && mine && !quote.accepted {
                unlikely += 1.0;
            }
        }
        if likely + unlikely == 0.0 { f64::NAN } else { likely / (likely + unlikely) }
    }

    /// Prices at which belief is known, rising: what was quoted, and both ends.
    fn known(&self) -> Vec<(f64, f64)> {
        let mut prices: Vec<f64> = self.quotes.iter().map(|quote| quote.price).collect();
        prices.sort_by(f64::total_cmp);
        prices.dedup();
        let sure_at_0 = f64::from(u8::from(self.side == Side::Seller));
        let inner = prices.into_iter().filter(|p| *p > 0.0 && *p < PRICE_MOST);
        let counted = inner.map(|p| (p, self.counted(p))).filter(|(_, belief)| !belief.is_nan());
        std::iter::once((0.0, sure_at_0))
            .chain(counted)
            .chain(std::iter::once((PRICE_MOST, 1.0 - sure_at_0)))
            .collect()
    }
}

/// The cubic without slope at either end.
fn between((x0, y0): (f64, f64), (x1, y1): (f64, f64), x: f64) -> f64 {
    let t = (x - x0) / (x1 - x0);
    y0 + (y1 - y0) * t * t * (3.0 - 2.0 * t)
}

impl Trader for Believer {
    /// The whole price at which belief times gain is greatest, among those that better the standing
    /// quote; a standing quote of the other side is taken for certain.
    fn quote(&mut self, limit: f64, Standing { bid, ask }: Standing) -> Option<f64> {
        let known = self.known();
        let (own, other) = match self.side {
            Side::Buyer => (bid, ask),
            Side::Seller => (ask, bid),
        };
        let mut best: Option<(f64, f64)> = None;
        let mut at = 0;
        for tick in 1..=PRICE_MOST as u32 {
            let price = f64::from(tick);
            while at + 2 < known.len() && known[at + 1].0 < price {
                at += 1;
            }
            let (gain, betters, meets) = match self.side {
                Side::Buyer => (
                    limit - price,
                    own.is_none_or(|own| price > own),
                    other.is_some_and(|other| price >= other),
                ),
                Side::Seller => (
                    price - limit,
                    own.is_none_or(|own| price < own),
                    other.is_some_and(|other| price <= other),
                ),
            };
            if gain < 0.0 || !betters {
                continue;
            }
            let belief = if meets { 1.0 } else { between(known[at], known[at + 1], price) };
            let hoped = belief * gain;
            if best.is_none_or(|(_, before)| hoped > before) {
                best = Some((price, hoped));
            }
        }
        best.filter(|(_, hoped)| *hoped > 0.0).map(|(price, _)| price)
    }

    fn hear(&mut self, heard: &Heard, _: f64, _: bool) {
        let same = |quote: &&mut Heard| {
            !quote.accepted && quote.side == heard.side && quote.price == heard.price
        };
        match self.quotes.iter_mut().rev().find(same) {
            // It was heard before, when it began to stand.
            Some(quote) if heard.accepted => quote.accepted = true,
            _ => self.quotes.push_back(*heard),
        }
        while self.quotes.iter().filter(|quote| quote.accepted).count() > self.memory
            || self.quotes.len() > QUOTES_MOST
        {
            self.quotes.pop_front();
        }
    }
}

/// The ecology.
pub const ECOLOGY: Ecology = Ecology {
    code: "E3",
    model: Model {
        name: "gjerstad_dickhaut",
        about: "traders who believe what was accepted will be again (GD): efficiency of an auction",
        inputs: &[
            MARKET.or("\"symmetric\""),
            SIZE.or("12"),
            Input::whole("memory", "trades that are remembered", 1, 1_000).or("8"),
            BUDGET.or("3000"),
            PERIODS.or("1"),
            RUNS.or("100"),
            SEED.or("1"),
        ],
        outputs: OUTPUTS,
        source: "Gjerstad and Dickhaut 1998",
        example: r#"{"runs": 2}"#,
        function: |given| {
            let memory = given.count("memory") as usize;
            let seat = |side, _| Box::new(Believer::new(side, memory)) as Box<dyn Trader>;
            Ok(told(&repeat(&setting(given)?, seat)))
        },
    },
};

#[cfg(test)]
mod tests {
    use super::*;

    fn heard(side: Side, price: f64, accepted: bool) -> Heard {
        Heard { side, price, accepted }
    }

    #[test]
    fn beliefs_count_as_the_paper_does() {
        let mut seller = Believer::new(Side::Seller, 8);
        for quote in [
            heard(Side::Seller, 100.0, true),
            heard(Side::Seller, 110.0, false),
            heard(Side::Buyer, 90.0, false),
            heard(Side::Seller, 120.0, false),
        ] {
            seller.hear(&quote, 50.0, true);
        }
        // At 110: nothing taken as dear, no bid as high, and one ask as cheap was left.
        assert_eq!(seller.counted(110.0), 0.0);
        assert_eq!(seller.counted(100.0), 1.0);
        assert_eq!(seller.counted(90.0), 1.0);
        let beliefs: Vec<f64> = seller.known().iter().map(|(_, belief)| *belief).collect();
        assert!(beliefs.is_sorted_by(|a, b| a >= b), "dearer is less likely: {beliefs:?}");
    }

    #[test]
    fn a_standing_quote_that_is_taken_is_remembered_once() {
        let mut buyer = Believer::new(Side::Buyer, 2);
        buyer.hear(&heard(Side::Seller, 100.0, false), 150.0, true);
        buyer.hear(&heard(Side::Seller, 100.0, true), 150.0, true);
        assert_eq!(buyer.quotes.len(), 1);
        for price in [101.0, 102.0, 103.0] {
            buyer.hear(&heard(Side::Buyer, price, true), 150.0, true);
        }
        let left: Vec<f64> = buyer.quotes.iter().map(|quote| quote.price).collect();
        assert_eq!(left, [102.0, 103.0], "only the last two trades");
    }

    #[test]
    fn nobody_quotes_beyond_his_limit_or_without_bettering() {
        let mut seller = Believer::new(Side::Seller, 8);
        let standing = Standing { bid: None, ask: Some(60.0) };
        assert_eq!(seller.quote(60.0, standing), None);
        assert!(seller.quote(50.0, standing).is_some_and(|p| p > 50.0 && p < 60.0));
        let met = Standing { bid: Some(150.0), ask: None };
        assert_eq!(seller.quote(50.0, met), Some(150.0), "a bird in the hand");
    }
}
