//! The figures of a history: what a contestant did, in numbers that another must meet.

use crate::digest::Mix;
use crate::report::{Reported, Told};
use pitfloor_model::units::Side;
use std::fmt;

/// Who stands in a book at the end, by side where it says so.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    /// How many orders wait.
    pub live: u64,
    /// How many levels: bids, asks.
    pub levels: [u64; 2],
    /// The best prices: bid, ask.
    pub best: [Option<i64>; 2],
    /// The lots that wait: bids, asks.
    pub lots: [u64; 2],
    /// The state digest.
    pub digest: u64,
}

/// One waiting order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Waiting {
    /// Which order.
    pub id: u64,
    /// Its level.
    pub price: i64,
    /// What is open of it, in lots.
    pub open: u64,
}

impl Standing {
    /// What `queue` says of each side: its orders, best price first, oldest first.
    pub fn of(mut queue: impl FnMut(Side, &mut dyn FnMut(Waiting))) -> Self {
        let (mut standing, mut mix) = (Self::default(), Mix::default());
        for (n, side) in Side::BOTH.into_iter().enumerate() {
            let mut last = None;
            queue(side, &mut |Waiting { id, price, open }| {
                standing.live += 1;
                standing.lots[n] += open;
                standing.levels[n] += u64::from(last != Some(price));
                standing.best[n] = standing.best[n].or(Some(price));
                last = Some(price);
                mix = mix.waiting(id, price, open);
            });
        }
        standing.digest = mix.0;
        standing
    }
}

/// Every figure that is compared, by its name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Figures(Vec<(&'static str, String)>);

/// The first figure that is not as it should be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Differs {
    /// Its name.
    pub figure: &'static str,
    /// What came out.
    pub found: String,
    /// What should have.
    pub expected: String,
}

impl fmt::Display for Differs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: found {}, expected {}", self.figure, self.found, self.expected)
    }
}

impl Figures {
    /// Those of a contestant that told `told` and ended in `standing`.
    #[must_use]
    pub fn of(told: &Told, standing: &Standing) -> Self {
        let count = |kind| told.count(kind).to_string();
        let price = |price: Option<i64>| price.map_or("none".to_owned(), |price| price.to_string());
        let [bid_levels, ask_levels] = standing.levels;
        let [bid_lots, ask_lots] = standing.lots;
        let [best_bid, best_ask] = standing.best;
        Self(vec![
            ("new_orders", count(Reported::New)),
            ("trades", count(Reported::Trade)),
            ("lots", told.lots().to_string()),
            ("price_times_lots", told.cost().to_string()),
            ("cancels_accepted", count(Reported::Cancelled)),
            ("cancels_rejected", count(Reported::CancelRejected)),
            ("modifies_accepted", count(Reported::Modified)),
            ("modifies_rejected", count(Reported::ModifyRejected)),
            ("ioc_remainders", count(Reported::Remainder)),
            ("trade_digest", format!("{:016x}", told.trade_digest())),
            ("report_digest", format!("{:016x}", told.report_digest())),
            ("state_digest", format!("{:016x}", standing.digest)),
            ("live", standing.live.to_string()),
            ("bid_levels", bid_levels.to_string()),
            ("ask_levels", ask_levels.to_string()),
            ("best_bid", price(best_bid)),
            ("best_ask", price(best_ask)),
            ("bid_lots", bid_lots.to_string()),
            ("ask_lots", ask_lots.to_string()),
        ])
    }

    /// The figure of this name.
    ///
    /// # Panics
    ///
    /// When there is none: the names are those of this file.
    #[must_use]
    pub fn get(&self, name: &str) -> &str {
        let found = self.0.iter().find(|(figure, _)| *figure == name);
        &found.unwrap_or_else(|| panic!("{name} is a figure")).1
    }

    /// The first of `expected` that is not so here.
    #[must_use]
    pub fn first_difference(&self, expected: &[(&'static str, &str)]) -> Option<Differs> {
        let differs = |(figure, expected): &(&'static str, &str)| {
            let found = self.get(figure);
            (found != *expected).then(|| Differs {
                figure,
                found: found.to_owned(),
                expected: (*expected).to_owned(),
            })
        };
        expected.iter().find_map(differs)
    }

    /// All of them, to be held against another's.
    #[must_use]
    pub fn all(&self) -> Vec<(&'static str, &str)> {
        self.0.iter().map(|(name, value)| (*name, value.as_str())).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::{Report, Sink};

    fn standing() -> Standing {
        Standing::of(|side, each| {
            let orders: &[(u64, i64, u64)] = match side {
                Side::Buy => &[(1, 99, 5), (2, 99, 6), (3, 97, 1)],
                Side::Sell => &[(4, 101, 2)],
            };
            orders.iter().for_each(|&(id, price, open)| each(Waiting { id, price, open }));
        })
    }

    #[test]
    fn a_standing_counts_levels_lots_and_best_prices() {
        let digest = Mix::default().waiting(1, 99, 5).waiting(2, 99, 6).waiting(3, 97, 1);
        let digest = digest.waiting(4, 101, 2).0;
        let (levels, best, lots) = ([2, 1], [Some(99), Some(101)], [12, 2]);
        assert_eq!(standing(), Standing { live: 4, levels, best, lots, digest });
        let empty = Standing::of(|_, _| {});
        assert_eq!(empty, Standing { digest: Mix::default().0, ..Standing::default() });
    }

    #[test]
    fn the_first_difference_is_named_with_both_values() {
        let mut sink = Sink::counting();
        sink.tell(&Report::of(Reported::New, 0, Side::Buy, 1, 99, 5));
        let figures = Figures::of(sink.told(), &standing());
        assert_eq!(figures.first_difference(&figures.all()), None);
        let differs = figures.first_difference(&[("live", "4"), ("lots", "7"), ("trades", "1")]);
        assert_eq!(differs.unwrap().to_string(), "lots: found 0, expected 7");
    }
}
