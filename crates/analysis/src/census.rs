//! Census: who asked for how much, group by group, and how the book stood over time.
//!
//! For holding a population against a reference: counts of orders and cancels that reached the book,
//! trades and lots, the spread and the times without one weighted by how long they lasted, and how far
//! the mid went from minute to minute.

use crate::sampling::Grid;
use pitfloor_feed::level2::Quote;
use pitfloor_model::command::Command;
use pitfloor_model::event::Event;
use pitfloor_model::units::{AccountId, Price, Span, Time};

/// One basis point: a hundredth of a percent.
const BASIS_POINT: f64 = 1e-4;

/// What has been counted so far.
#[derive(Clone, Debug)]
pub struct Census {
    /// The group of each account, where it is of one.
    group_of: Vec<Option<usize>>,
    placed: Vec<u64>,
    cancelled: Vec<u64>,
    trades: u64,
    lots: u64,
    last: Option<Price>,
    end: Time,
    /// Up to when the book has been looked at, and what it showed then.
    until: Time,
    quote: Quote,
    two_sided: Span,
    empty_sided: Span,
    spread_tick_ns: u128,
    minutes: Grid,
}

impl Census {
    /// Nothing counted yet, of a run in which account number `n` belongs to group `group_of[n]`.
    /// What happens after `end` is counted, but no longer looked at.
    #[must_use]
    pub fn new(group_of: Vec<Option<usize>>, end: Time) -> Self {
        let groups = group_of.iter().flatten().max().map_or(0, |last| last + 1);
        Self {
            group_of,
            placed: vec![0; groups],
            cancelled: vec![0; groups],
            trades: 0,
            lots: 0,
            last: None,
            end,
            until: Time::ZERO,
            quote: Quote::default(),
            two_sided: Span::ZERO,
            empty_sided: Span::ZERO,
            spread_tick_ns: 0,
            minutes: Grid::new(Span::secs(60)),
        }
    }

    /// Takes note of a command that reached the venue at `at`, of what it caused, and of the best
    /// prices after it.
    pub fn see(&mut self, at: Time, command: &Command, events: &[Event], quote: Quote) {
        let group = |account: AccountId| self.group_of.get(account.0 as usize).copied().flatten();
        match command {
            Command::Place(order) => {
                group(order.account).into_iter().for_each(|group| self.placed[group] += 1);
            }
            Command::Cancel { key } => {
                group(key.account).into_iter().for_each(|group| self.cancelled[group] += 1);
            }
            _ => {}
        }
        for event in events {
            if let Event::Traded { price, qty, .. } = event {
                (self.trades, self.lots) = (self.trades + 1, self.lots + qty.0);
                self.last = Some(*price);
            }
        }
        if quote != self.quote {
            self.pass(at);
            self.quote = quote;
            if at <= self.end {
                self.minutes.see(at, quote);
            }
        }
    }

    /// Lets the book stand as it is until the end.
    pub fn finish(&mut self) {
        self.pass(self.end);
        self.minutes.run_until(self.end);
    }

    fn pass(&mut self, at: Time) {
        let at = at.min(self.end);
        let passed = at.since(self.until);
        self.until = self.until.max(at);
        match self.quote.spread() {
            Some(spread) => {
                self.two_sided = Span(self.two_sided.0 + passed.0);
                self.spread_tick_ns += u128::from(spread.unsigned_abs()) * u128::from(passed.0);
            }
            None => self.empty_sided = Span(self.empty_sided.0 + passed.0),
        }
    }

    /// New orders of `group` that reached the book; nothing of a group that there is not.
    #[must_use]
    pub fn placed(&self, group: usize) -> u64 {
        self.placed.get(group).copied().unwrap_or(0)
    }

    /// Cancels of `group` that reached the book.
    #[must_use]
    pub fn cancelled(&self, group: usize) -> u64 {
        self.cancelled.get(group).copied().unwrap_or(0)
    }

    /// New orders and cancels of all groups.
    #[must_use]
    pub fn order_messages(&self) -> u64 {
        self.placed.iter().chain(&self.cancelled).sum()
    }

    /// How many trades there were.
    #[must_use]
    pub const fn trades(&self) -> u64 {
        self.trades
    }

    /// Lots traded.
    #[must_use]
    pub const fn lots(&self) -> u64 {
        self.lots
    }

    /// The price of the last trade, in ticks.
    #[must_use]
    pub const fn last(&self) -> Option<Price> {
        self.last
    }

    /// The mean spread in ticks, by how long it lasted; none when both sides were never there.
    #[must_use]
    pub fn spread(&self) -> Option<f64> {
        let two_sided = self.two_sided.0;
        (two_sided > 0).then(|| self.spread_tick_ns as f64 / two_sided as f64)
    }

    /// The share of the time in which a side was empty.
    #[must_use]
    pub fn empty_sided(&self) -> f64 {
        let all = self.two_sided.0 + self.empty_sided.0;
        if all == 0 { 0.0 } else { self.empty_sided.0 as f64 / all as f64 }
    }

    /// The standard deviation of the log return of the mid from minute to minute, in basis points;
    /// none with fewer than two of them, or when a mid is not above zero.
    #[must_use]
    pub fn minute_sd_bp(&self) -> Option<f64> {
        let mids = self.minutes.mids();
        let n = mids.len().saturating_sub(1) as f64;
        if n < 2.0 || mids.iter().any(|mid| *mid <= 0.0) {
            return None;
        }
        let steps: Vec<f64> = mids.windows(2).map(|pair| libm::log(pair[1] / pair[0])).collect();
        let mean = steps.iter().sum::<f64>() / n;
        let square = steps.iter().map(|step| (step - mean) * (step - mean)).sum::<f64>();
        Some(libm::sqrt(square / (n - 1.0)) / BASIS_POINT)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use pitfloor_model::command::Order;
    use pitfloor_model::units::{InstrumentId, OrderId, OrderKey, Qty, Side, TradeId};

    const ACME: InstrumentId = InstrumentId(0);

    fn at(s: u64) -> Time {
        Time(s * 1_000_000_000)
    }

    fn quote(bid: i64, ask: i64) -> Quote {
        Quote { bid: Some((Price(bid), Qty(1))), ask: Some((Price(ask), Qty(1))) }
    }

    fn place(account: u32) -> Command {
        let (account, order) = (AccountId(account), OrderId(1));
        Command::Place(Order::limit(account, order, ACME, Side::Buy, Price(100), Qty(1)))
    }

    fn cancel(account: u32) -> Command {
        Command::Cancel { key: OrderKey::new(AccountId(account), OrderId(1)) }
    }

    fn traded(price: i64, qty: u64) -> Event {
        let key = OrderKey::new(AccountId(0), OrderId(1));
        let (price, qty, aggressor) = (Price(price), Qty(qty), Side::Buy);
        Event::Traded {
            trade: TradeId(1),
            instrument: ACME,
            maker: key,
            taker: key,
            aggressor,
            price,
            qty,
        }
    }

    #[test]
    fn everybody_is_counted_in_his_group_and_outsiders_in_none() {
        let mut census = Census::new(vec![Some(0), Some(1), Some(1), None], at(10));
        for account in [0, 1, 2, 2, 3, 9] {
            census.see(at(1), &place(account), &[], Quote::default());
        }
        census.see(at(2), &cancel(2), &[], Quote::default());
        assert_eq!([0, 1, 2].map(|group| census.placed(group)), [1, 3, 0]);
        assert_eq!([0, 1, 2].map(|group| census.cancelled(group)), [0, 1, 0]);
        assert_eq!(census.order_messages(), 5);
    }

    #[test]
    fn trades_add_up() {
        let mut census = Census::new(vec![Some(0)], at(10));
        census.see(at(1), &place(0), &[traded(100, 3), traded(101, 4)], Quote::default());
        assert_eq!((census.trades(), census.lots(), census.last()), (2, 7, Some(Price(101))));
    }

    /// Two seconds nobody, three seconds a spread of 2, five seconds one of 4; then the end.
    #[test]
    fn spreads_are_weighted_by_time_up_to_the_end() {
        let mut census = Census::new(vec![Some(0)], at(10));
        census.see(at(2), &place(0), &[], quote(99, 101));
        census.see(at(5), &place(0), &[], quote(98, 102));
        census.see(at(30), &place(0), &[], Quote::default());
        census.finish();
        assert_eq!(census.spread(), Some((3.0 * 2.0 + 5.0 * 4.0) / 8.0));
        assert!((census.empty_sided() - 0.2).abs() < 1e-12);
        let nobody = Census::new(Vec::new(), at(10));
        assert_eq!((nobody.spread(), nobody.empty_sided()), (None, 0.0));
    }

    /// Mids of 100, 110, 99, 99 at the full minutes: returns ln 1.1, ln 0.9, 0.
    #[test]
    fn returns_are_from_minute_to_minute() {
        let mut census = Census::new(vec![Some(0)], at(240));
        for (s, mid) in [(0, 100), (61, 50), (90, 110), (179, 99)] {
            census.see(at(s), &place(0), &[], quote(mid - 1, mid + 1));
        }
        census.finish();
        let steps = [1.1_f64.ln(), 0.9_f64.ln(), 0.0];
        let mean = steps.iter().sum::<f64>() / 3.0;
        let square: f64 = steps.iter().map(|step| (step - mean) * (step - mean)).sum();
        let found = census.minute_sd_bp().unwrap();
        assert!((found - (square / 2.0).sqrt() * 1e4).abs() < 1e-6, "{found}");
        assert_eq!(Census::new(Vec::new(), at(240)).minute_sd_bp(), None);
    }
}
