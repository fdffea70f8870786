//! Trade records, found by account, instrument and time.

use pitfloor_model::event::{Event, Trade};
use pitfloor_model::units::{AccountId, InstrumentId, Time};
use std::collections::{BTreeMap, VecDeque};

/// The last trades of a venue, as many as are kept.
#[derive(Clone, Debug)]
pub struct Trades {
    kept: VecDeque<(Time, Trade)>,
    most: usize,
    /// The number of the first that is kept.
    first: u64,
    /// Which of them each account had a part in.
    of: BTreeMap<AccountId, VecDeque<u64>>,
}

/// Which trades somebody asks for. Whatever is none fits every trade.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Asked {
    /// Bought or sold by this account.
    pub account: Option<AccountId>,
    /// Of this.
    pub instrument: Option<InstrumentId>,
    /// Not before.
    pub from: Option<Time>,
    /// Before.
    pub until: Option<Time>,
}

impl Trades {
    /// None yet; the last `most` are kept.
    #[must_use]
    pub const fn new(most: usize) -> Self {
        Self { kept: VecDeque::new(), most, first: 0, of: BTreeMap::new() }
    }

    /// Takes note of `event`, if it is a trade.
    pub fn see(&mut self, at: Time, event: &Event) {
        let Some(trade) = event.trade() else { return };
        if self.most == 0 {
            return;
        }
        if self.kept.len() == self.most {
            self.forget();
        }
        let number = self.first + self.kept.len() as u64;
        self.kept.push_back((at, trade));
        for account in [trade.buy.account, trade.sell.account] {
            let numbers = self.of.entry(account).or_default();
            if numbers.back() != Some(&number) {
                numbers.push_back(number);
            }
        }
    }

    /// The trades that fit, oldest first. By account it looks at that account's trades alone.
    pub fn find(&self, asked: Asked) -> impl Iterator<Item = &(Time, Trade)> + '_ {
        let from = asked.from.unwrap_or(Time::ZERO);
        let begin = self.kept.partition_point(|(at, _)| *at < from);
        let numbers: Box<dyn Iterator<Item = usize> + '_> = match asked.account {
            None => Box::new(begin..self.kept.len()),
            Some(account) => {
                let own = self.of.get(&account).into_iter().flatten();
                let places = own.map(|number| (*number - self.first) as usize);
                Box::new(places.skip_while(move |place| *place < begin))
            }
        };
        let within = move |(at, _): &&(Time, Trade)| asked.until.is_none_or(|until| *at < until);
        let fits = move |(_, trade): &&(Time, Trade)| {
            asked.instrument.is_none_or(|instrument| trade.instrument == instrument)
        };
        numbers.map(|place| &self.kept[place]).take_while(within).filter(fits)
    }

    /// How many older ones are not kept.
    #[must_use]
    pub const fn lost(&self) -> u64 {
        self.first
    }

    fn forget(&mut self) {
        let Some((_, trade)) = self.kept.pop_front() else { return };
        for account in [trade.buy.account, trade.sell.account] {
            if let Some(numbers) = self.of.get_mut(&account)
                && numbers.front() == Some(&self.first)
            {
                numbers.pop_front();
            }
        }
        self.first += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use pitfloor_model::units::{OrderId, OrderKey, Price, Qty, Side, TradeId};

    fn traded(number: u64, instrument: u32, buyer: u32, seller: u32) -> Event {
        let key = |account| OrderKey::new(AccountId(account), OrderId(1));
        Event::Traded {
            trade: TradeId(number),
            instrument: InstrumentId(instrument),
            maker: key(seller),
            taker: key(buyer),
            aggressor: Side::Buy,
            price: Price(100),
            qty: Qty(1),
        }
    }

    fn found(trades: &Trades, asked: Asked) -> Vec<u64> {
        trades.find(asked).map(|(_, trade)| trade.trade.0).collect()
    }

    #[test]
    fn trades_are_found_by_who_what_and_when() {
        let mut trades = Trades::new(100);
        for (number, (of, buyer, seller)) in
            [(0, 1, 2), (1, 2, 3), (0, 3, 1), (0, 1, 1), (1, 1, 2)].into_iter().enumerate()
        {
            trades.see(Time(10 * number as u64), &traded(number as u64, of, buyer, seller));
        }
        let none = Asked::default();
        assert_eq!(found(&trades, none), [0, 1, 2, 3, 4]);
        let (one, first) = (Some(AccountId(1)), Some(InstrumentId(0)));
        assert_eq!(found(&trades, Asked { account: one, ..none }), [0, 2, 3, 4]);
        assert_eq!(found(&trades, Asked { account: one, instrument: first, ..none }), [0, 2, 3]);
        let (from, until) = (Some(Time(15)), Some(Time(40)));
        assert_eq!(found(&trades, Asked { account: one, from, until, ..none }), [2, 3]);
        assert_eq!(found(&trades, Asked { from, ..none }), [2, 3, 4]);
        assert_eq!(found(&trades, Asked { account: Some(AccountId(9)), ..none }), [0_u64; 0]);
    }

    #[test]
    fn the_oldest_are_forgotten_everywhere() {
        let mut trades = Trades::new(2);
        for number in 0..5 {
            trades.see(Time(number), &traded(number, 0, number as u32 % 2, 7));
        }
        assert_eq!(trades.lost(), 3);
        let of = |account| Asked { account: Some(AccountId(account)), ..Asked::default() };
        assert_eq!(found(&trades, of(7)), [3, 4]);
        assert_eq!((found(&trades, of(0)), found(&trades, of(1))), (vec![4], vec![3]));
    }
}
