//! A small venue with one of each kind, and accounts to trade there without an order book.

use pitfloor_clearing::{Ask, Asset, ClearingHouse, Deal, Meeting, Need};
use pitfloor_model::clearing::terms::StockMargin;
use pitfloor_model::clearing::{Act, Fact, HouseTerms, Margin, Ratio, Valuation};
use pitfloor_model::contract::{Choice, Delivery, Future, InstrumentKind, Right, Style};
use pitfloor_model::event::{Credit, Event, Reject};
use pitfloor_model::instrument::{Currency, Instrument, Venue};
use pitfloor_model::units::{AccountId, Cash, CurrencyId, InstrumentId, Price, Qty, Side, Time};
use std::sync::Arc;

pub(crate) const USD: CurrencyId = CurrencyId(0);
pub(crate) const EUR: CurrencyId = CurrencyId(1);

/// A share at Regulation T and FINRA 4210.
pub(crate) const ACME: InstrumentId = InstrumentId(0);
/// Written: 20 %, at least 10 %, of 100 shares; strikes 105 and 95.
pub(crate) const CALL: InstrumentId = InstrumentId(1);
pub(crate) const PUT: InstrumentId = InstrumentId(2);
/// 120.00 a lot to begin with, 100.00 to go on; of 10 shares.
pub(crate) const FUTURE: InstrumentId = InstrumentId(3);
/// Paid in full.
pub(crate) const COIN: InstrumentId = InstrumentId(4);
pub(crate) const EURUSD: InstrumentId = InstrumentId(5);
/// A share of another company, in euro, to be located before it is sold short.
pub(crate) const BETA: InstrumentId = InstrumentId(6);

/// With margin.
pub(crate) const ANN: AccountId = AccountId(1);
/// By scenarios.
pub(crate) const PIA: AccountId = AccountId(2);
/// Without margin.
pub(crate) const CASH: AccountId = AccountId(3);
/// Whoever is on the other side; may owe what it likes.
pub(crate) const STREET: AccountId = AccountId(9);

pub(crate) struct Desk {
    pub(crate) house: ClearingHouse,
    pub(crate) now: Time,
}

fn venue(terms: HouseTerms) -> Venue {
    let stock = Margin::Stock(StockMargin {
        initial_long_bips: 5_000,
        initial_short_bips: 5_000,
        long_bips: 2_500,
        short_bips: 3_000,
        short_least: Cash(500),
        cheap_below: Price(500),
        cheap_bips: 10_000,
        cheap_least: Cash(250),
    });
    let (expiry, delivery) = (Time(1 << 60), Delivery::Cash);
    let choice = |right, strike| {
        let (underlying, style, lots) = (ACME, Style::European, 100);
        Choice { underlying, right, style, strike: Price(strike), lots, expiry, delivery }
    };
    let future = Future { underlying: Some(ACME), lots: 10, expiry, delivery };
    let of = |kind, symbol, currency, lot| Instrument::new(kind, symbol, currency, "0.01", lot);
    let call = InstrumentKind::Option(choice(Right::Call, 10_500));
    let put = InstrumentKind::Option(choice(Right::Put, 9_500));
    let pair = InstrumentKind::Fx { base: EUR, lot_cash: 100 };
    let mut instruments = [
        of(InstrumentKind::Equity, "ACME", USD, "1"),
        of(call, "ACME-C105", USD, "100"),
        of(put, "ACME-P95", USD, "100"),
        of(InstrumentKind::Future(future), "ACME-F", USD, "10"),
        of(InstrumentKind::Crypto, "COIN", USD, "1"),
        of(pair, "EURUSD", USD, "1"),
        of(InstrumentKind::Equity, "BETA", EUR, "1"),
    ]
    .map(Result::unwrap);
    let written = Margin::Written { bips: 2_000, least_bips: 1_000 };
    let a_lot = Margin::PerLot { initial: Cash(12_000), maintenance: Cash(10_000) };
    let margins = [stock, written, written, a_lot, Margin::Full, Margin::Full, stock];
    for (instrument, margin) in instruments.iter_mut().zip(margins) {
        instrument.clearing.margin = margin;
    }
    instruments[BETA.index()].clearing.locate = true;
    let currencies = vec![Currency::new("USD", 2).unwrap(), Currency::new("EUR", 2).unwrap()];
    Venue::new("XPIT", currencies, instruments.into()).unwrap().cleared_by(terms).unwrap()
}

impl Desk {
    /// Everybody has an account and no cash; nothing is valued.
    pub(crate) fn new() -> Self {
        Self::with(HouseTerms::default())
    }

    pub(crate) fn with(terms: HouseTerms) -> Self {
        let mut house = ClearingHouse::new(Arc::new(venue(terms)));
        for (account, credit) in [
            (ANN, Credit::Margin),
            (PIA, Credit::Portfolio),
            (CASH, Credit::None),
            (STREET, Credit::Unlimited),
        ] {
            house.open(account, credit).unwrap();
        }
        Self { house, now: Time(0) }
    }

    pub(crate) fn asset(&self, instrument: InstrumentId) -> Asset {
        venue(HouseTerms::default())
            .instrument(instrument)
            .map(|listed| Asset::of(instrument, listed))
            .expect("the desk's venue lists it")
    }

    /// Cash from outside, in cents.
    pub(crate) fn fund(&mut self, account: AccountId, cents: i128) -> &mut Self {
        self.house.deposit(account, USD, Cash(cents)).unwrap();
        self
    }

    /// `account` trades with the street; negative lots are sold.
    pub(crate) fn trade(
        &mut self,
        account: AccountId,
        of: InstrumentId,
        lots: i64,
        price: i64,
    ) -> Facts {
        let (buyer, seller) = if lots > 0 { (account, STREET) } else { (STREET, account) };
        let (asset, qty) = (self.asset(of), Qty(lots.unsigned_abs()));
        let (price, by) = (Price(price), Meeting::Taken(Side::Buy));
        let mut out = Vec::new();
        self.house.settle(Deal { asset, buyer, seller, price, qty, by }, &mut out);
        facts(out)
    }

    /// The house is asked, and does it or says why not.
    pub(crate) fn ask(&mut self, act: &Act) -> Result<Facts, Reject> {
        self.house.may(self.now, act)?;
        let mut out = Vec::new();
        self.house.act(self.now, act, &mut out);
        Ok(facts(out))
    }

    pub(crate) fn value(&mut self, prices: &[(InstrumentId, i64)]) -> Facts {
        let at = |(instrument, price): &(_, _)| Valuation::at(*instrument, Price(*price));
        let valuations = prices.iter().map(at).collect();
        self.ask(&Act::Value { valuations }).expect("these can be valued")
    }

    /// A euro is worth so many hundredths of a dollar.
    pub(crate) fn euro(&mut self, cents: i64) {
        let rate = Ratio { num: cents, den: 100 };
        self.ask(&Act::SetFx { currency: EUR, rate }).unwrap();
    }

    fn need(&self, of: InstrumentId, lots: i64, limit: Option<i64>) -> Need {
        let side = if lots > 0 { Side::Buy } else { Side::Sell };
        let price = Price(limit.unwrap_or(0));
        let need = self.asset(of).need(side, price, Qty(lots.unsigned_abs()));
        Need { limit: limit.map(Price), ..need }
    }

    /// Would an order be let in?
    pub(crate) fn may(
        &self,
        account: AccountId,
        of: InstrumentId,
        lots: i64,
        limit: Option<i64>,
    ) -> Result<(), Reject> {
        let need = self.need(of, lots, limit);
        self.house.afford(account, self.asset(of), need, Need::default())
    }

    /// Would an order be let in, for one that is open?
    pub(crate) fn may_replace(
        &self,
        account: AccountId,
        of: InstrumentId,
        old: (i64, i64),
        new: (i64, i64),
    ) -> Result<(), Reject> {
        let need = self.need(of, new.0, Some(new.1));
        let freed = self.need(of, old.0, Some(old.1));
        self.house.afford(account, self.asset(of), need, freed)
    }

    /// An order begins to rest.
    pub(crate) fn rest(&mut self, account: AccountId, of: InstrumentId, lots: i64, limit: i64) {
        let (asset, need) = (self.asset(of), self.need(of, lots, Some(limit)));
        self.house.reserve(account, asset, need);
    }

    /// It is cancelled, or filled.
    pub(crate) fn lift(&mut self, account: AccountId, of: InstrumentId, lots: i64, limit: i64) {
        let (asset, need) = (self.asset(of), self.need(of, lots, Some(limit)));
        self.house.release(account, asset, need);
    }

    /// An order as its sender's own limits see it.
    pub(crate) fn order(
        &self,
        account: AccountId,
        of: InstrumentId,
        lots: i64,
        limit: Option<i64>,
    ) -> Ask {
        Ask {
            at: self.now,
            account,
            asset: self.asset(of),
            side: if lots > 0 { Side::Buy } else { Side::Sell },
            limit: limit.map(Price),
            qty: Qty(lots.unsigned_abs()),
            freed: Qty::ZERO,
            last: None,
            closing: false,
        }
    }

    pub(crate) fn equity(&self, account: AccountId) -> i128 {
        self.house.equity(account).unwrap().0
    }

    pub(crate) fn initial(&self, account: AccountId) -> i128 {
        self.house.initial_requirement(account).unwrap().0
    }

    pub(crate) fn maintenance(&self, account: AccountId) -> i128 {
        self.house.maintenance_requirement(account).unwrap().0
    }

    pub(crate) fn cash(&self, account: AccountId) -> i128 {
        self.house.ledger().cash(account, USD).unwrap().total.0
    }

    /// The act is refused with `why`, and nothing changed.
    pub(crate) fn refuses(&mut self, act: &Act, why: Reject) {
        let before = format!("{:?}", self.house);
        assert_eq!(self.ask(act), Err(why), "{act:?}");
        assert_eq!(format!("{:?}", self.house), before, "a refused act changes nothing");
    }
}

pub(crate) type Facts = Vec<Fact>;

fn facts(events: Vec<Event>) -> Facts {
    let fact = |event| match event {
        Event::Clearing(fact) => fact,
        other => panic!("the house tells facts, not {other:?}"),
    };
    events.into_iter().map(fact).collect()
}
