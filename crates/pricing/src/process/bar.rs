//! A span of a path in a line: where it opened, how far it went, where it closed, what traded.

/// A bar being made.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bar {
    /// The first price.
    pub open: f64,
    /// The highest that was seen.
    pub high: f64,
    /// The lowest that was seen.
    pub low: f64,
    /// The last price.
    pub close: f64,
    /// Lots traded.
    pub lots: u64,
    /// How many trades.
    pub trades: u64,
    /// Price times lots, summed up.
    paid: f64,
}

impl Bar {
    /// It opens at `price`.
    #[must_use]
    pub const fn at(price: f64) -> Self {
        let (open, high, low, close) = (price, price, price, price);
        Self { open, high, low, close, lots: 0, trades: 0, paid: 0.0 }
    }

    /// The price is seen at `price`.
    pub fn see(&mut self, price: f64) {
        self.high = self.high.max(price);
        self.low = self.low.min(price);
        self.close = price;
    }

    /// `lots` trade at `price`.
    pub fn trade(&mut self, price: f64, lots: u64) {
        self.see(price);
        self.lots += lots;
        self.trades += 1;
        self.paid += price * lots as f64;
    }

    /// What a lot cost on average; none without trades.
    #[must_use]
    pub fn vwap(&self) -> Option<f64> {
        (self.lots > 0).then(|| self.paid / self.lots as f64)
    }
}

#[cfg(test)]
mod tests {
    use super::Bar;

    #[test]
    fn a_bar_is_what_was_seen_and_traded() {
        let mut bar = Bar::at(10.0);
        assert_eq!((bar.vwap(), bar.trades), (None, 0));
        for (price, lots) in [(12.0, 1), (9.0, 3), (11.0, 2)] {
            bar.trade(price, lots);
        }
        bar.see(10.5);
        assert_eq!((bar.open, bar.high, bar.low, bar.close), (10.0, 12.0, 9.0, 10.5));
        assert_eq!((bar.lots, bar.trades), (6, 3));
        assert_eq!(bar.vwap(), Some((12.0 + 27.0 + 22.0) / 6.0));
    }
}
