//! A small venue whose trades take their time, and accounts to trade there without an order book.

use pitfloor_clearing::{Asset, ClearingHouse, Deal, Meeting, Need};
use pitfloor_model::clearing::terms::Tier;
use pitfloor_model::clearing::{Act, ClearingTerms, Fact, Fee, Fees, Ratio, Valuation};
use pitfloor_model::contract::{Delivery, Future, InstrumentKind};
use pitfloor_model::event::{Credit, Event, Reject};
use pitfloor_model::instrument::{Currency, Instrument, Venue};
use pitfloor_model::units::{AccountId, Cash, CurrencyId, InstrumentId, Price, Qty, Side, Time};
use std::sync::Arc;

pub(crate) const USD: CurrencyId = CurrencyId(0);
pub(crate) const EUR: CurrencyId = CurrencyId(1);

/// A share that settles after two days, free of fees; a failed delivery costs a hundredth a day, and
/// is bought in after the second.
pub(crate) const ACME: InstrumentId = InstrumentId(0);
/// A coin that settles at once, with maker and taker fees in tiers.
pub(crate) const COIN: InstrumentId = InstrumentId(1);
/// Euro against dollars, a lot is a euro; settles after a day.
pub(crate) const EURUSD: InstrumentId = InstrumentId(2);
/// A future, whatever cycle it says; two cents a lot in fees.
pub(crate) const FUTURE: InstrumentId = InstrumentId(3);

pub(crate) const ANN: AccountId = AccountId(1);
pub(crate) const BOB: AccountId = AccountId(2);
pub(crate) const CAT: AccountId = AccountId(3);
/// With margin.
pub(crate) const MEG: AccountId = AccountId(5);
/// May owe what it likes.
pub(crate) const STREET: AccountId = AccountId(9);
/// Nobody has this number.
pub(crate) const NOBODY: AccountId = AccountId(7);

pub(crate) struct Desk {
    pub(crate) house: ClearingHouse,
    venue: Arc<Venue>,
}

pub(crate) const fn a_lot(num: i64, den: u32) -> Fee {
    Fee { per_lot: Ratio { num, den }, ppm: 0, least: Cash(0) }
}

fn venue() -> Venue {
    let expiry = Time(1 << 60);
    let future = Future { underlying: None, lots: 1, expiry, delivery: Delivery::Cash };
    let of = |kind, symbol| Instrument::new(kind, symbol, USD, "0.01", "1").unwrap();
    let mut instruments = vec![
        of(InstrumentKind::Equity, "ACME"),
        of(InstrumentKind::Crypto, "COIN"),
        of(InstrumentKind::Fx { base: EUR, lot_cash: 100 }, "EURUSD"),
        of(InstrumentKind::Future(future), "ACME-F"),
    ];
    let (cycle, fail_ppm, buy_in_after) = (2, 10_000, Some(2));
    let stock = ClearingTerms { cycle, fail_ppm, buy_in_after, ..ClearingTerms::default() };
    instruments[ACME.index()].clearing = stock;
    // Ten cents for who waits, thirty and a thousandth of the value for who comes; for who trades a
    // hundred coins, a rebate and five cents.
    let taker = Fee { per_lot: Ratio::whole(30), ppm: 1_000, least: Cash(50) };
    let tiers = vec![Tier { from: 100, maker: a_lot(-1, 2), taker: a_lot(5, 1) }];
    instruments[COIN.index()].clearing.fees = Fees { maker: a_lot(10, 1), taker, tiers };
    instruments[EURUSD.index()].clearing.cycle = 1;
    let fees = Fees { maker: a_lot(2, 1), taker: a_lot(2, 1), tiers: Vec::new() };
    instruments[FUTURE.index()].clearing = ClearingTerms { cycle: 2, fees, ..Default::default() };
    let currencies = vec![Currency::new("USD", 2).unwrap(), Currency::new("EUR", 2).unwrap()];
    Venue::new("XPIT", currencies, instruments).unwrap()
}

impl Desk {
    /// Everybody but the street has 1,000.00 dollars; ANN has 100 shares and BOB 100 coins.
    pub(crate) fn new() -> Self {
        let venue = Arc::new(venue());
        let mut house = ClearingHouse::new(Arc::clone(&venue));
        for account in [ANN, BOB, CAT] {
            house.open(account, Credit::None).unwrap();
        }
        house.open(MEG, Credit::Margin).unwrap();
        house.open(STREET, Credit::Unlimited).unwrap();
        for account in [ANN, BOB, CAT, MEG] {
            house.deposit(account, USD, Cash(100_000)).unwrap();
        }
        house.deliver(ANN, ACME, Qty(100)).unwrap();
        house.deliver(BOB, COIN, Qty(100)).unwrap();
        Self { house, venue }
    }

    pub(crate) fn asset(&self, instrument: InstrumentId) -> Asset {
        Asset::of(instrument, self.venue.instrument(instrument).unwrap())
    }

    /// Clears one trade, in which the buyer came.
    pub(crate) fn trade(
        &mut self,
        of: InstrumentId,
        buyer: AccountId,
        seller: AccountId,
        lots: u64,
        price: i64,
    ) -> Vec<Fact> {
        self.meet(Meeting::Taken(Side::Buy), of, buyer, seller, lots, price)
    }

    pub(crate) fn meet(
        &mut self,
        by: Meeting,
        of: InstrumentId,
        buyer: AccountId,
        seller: AccountId,
        lots: u64,
        price: i64,
    ) -> Vec<Fact> {
        let (asset, price, qty) = (self.asset(of), Price(price), Qty(lots));
        let mut out = Vec::new();
        self.house.settle(Deal { asset, buyer, seller, price, qty, by }, &mut out);
        facts(out)
    }

    /// The house is asked, and does it or says why not.
    pub(crate) fn ask(&mut self, act: &Act) -> Result<Vec<Fact>, Reject> {
        self.house.may(Time(0), act)?;
        let mut out = Vec::new();
        self.house.act(Time(0), act, &mut out);
        let (cash, lots) = self.house.ledger().resum();
        let nothing = cash.iter().chain(&lots).all(|sum| *sum == 0);
        assert!(nothing, "nothing appears and nothing vanishes: {act:?}");
        Ok(facts(out))
    }

    /// The act is refused with `why`, and nothing changed.
    pub(crate) fn refuses(&mut self, act: &Act, why: Reject) {
        let before = format!("{:?}", self.house);
        assert_eq!(self.ask(act), Err(why), "{act:?}");
        assert_eq!(format!("{:?}", self.house), before, "a refused act changes nothing");
    }

    pub(crate) fn value(&mut self, of: InstrumentId, price: i64) -> Vec<Fact> {
        let valuations = vec![Valuation::at(of, Price(price))];
        self.ask(&Act::Value { valuations }).unwrap()
    }

    /// So many days end.
    pub(crate) fn days(&mut self, days: u32) {
        for _ in 0..days {
            let day = self.house.day();
            assert_eq!(self.ask(&Act::EndDay), Ok(vec![Fact::DayEnded { day }]));
        }
    }

    pub(crate) fn settle(&mut self) -> Vec<Fact> {
        self.ask(&Act::Settle).unwrap()
    }

    pub(crate) fn stall(&mut self, account: AccountId, on: bool) {
        let told = vec![Fact::Stalled { account, on }];
        assert_eq!(self.ask(&Act::Stall { account, on }), Ok(told));
    }

    pub(crate) fn cash(&self, account: AccountId) -> i128 {
        self.house.ledger().cash(account, USD).unwrap().total.0
    }

    pub(crate) fn lots(&self, account: AccountId, of: InstrumentId) -> i128 {
        self.house.ledger().lots(account, of).unwrap().total
    }

    /// An order begins to stand; negative lots are for sale.
    pub(crate) fn rest(&mut self, account: AccountId, of: InstrumentId, lots: i64, limit: i64) {
        let (asset, need) = (self.asset(of), self.need(of, lots, limit));
        self.house.reserve(account, asset, need);
    }

    pub(crate) fn need(&self, of: InstrumentId, lots: i64, limit: i64) -> Need {
        let side = if lots > 0 { Side::Buy } else { Side::Sell };
        self.asset(of).need(side, Price(limit), Qty(lots.unsigned_abs()))
    }
}

pub(crate) fn facts(events: Vec<Event>) -> Vec<Fact> {
    let fact = |event| match event {
        Event::Clearing(fact) => fact,
        other => panic!("the house tells of clearing alone: {other:?}"),
    };
    events.into_iter().map(fact).collect()
}

/// What was paid to whom, in order.
pub(crate) fn paid(facts: &[Fact]) -> Vec<(AccountId, i128)> {
    let paid = |fact: &Fact| match fact {
        Fact::Paid { account, cash, .. } => Some((*account, cash.0)),
        _ => None,
    };
    facts.iter().filter_map(paid).collect()
}
