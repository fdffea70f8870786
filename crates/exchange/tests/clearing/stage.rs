//! What the stories are played on: an exchange whose books are kept a second time, from events
//! alone, and compared after every command.

use pitfloor_exchange::Exchange;
use pitfloor_model::clearing::{Act, Fact, Fund, HouseTerms, Ratio, Valuation};
use pitfloor_model::command::{Command, Order, Stamped};
use pitfloor_model::contract::InstrumentKind;
use pitfloor_model::event::{Credit, Event, Phase, PhaseReason, Reject};
use pitfloor_model::instrument::{Currency, Instrument, Venue};
use pitfloor_model::units::{
    AccountId, Cash, CurrencyId, InstrumentId, OrderId, Price, Qty, Side, Time,
};
use std::collections::BTreeMap;
use std::sync::Arc;

pub(crate) const USD: CurrencyId = CurrencyId(0);
pub(crate) const EUR: CurrencyId = CurrencyId(1);

pub(crate) const ANN: AccountId = AccountId(1);
pub(crate) const BOB: AccountId = AccountId(2);
pub(crate) const CAT: AccountId = AccountId(3);
pub(crate) const DAN: AccountId = AccountId(4);
pub(crate) const EVE: AccountId = AccountId(5);

/// The first instrument of a stage.
pub(crate) const ACME: InstrumentId = InstrumentId(0);
/// The second.
pub(crate) const NEXT: InstrumentId = InstrumentId(1);

/// An exchange, and its accounts as its events have them.
#[derive(Clone)]
pub(crate) struct Stage {
    pub(crate) exchange: Exchange,
    at: u64,
    seq: u64,
    orders: u64,
    books: Books,
}

/// What events said of every account and fund. What was never spoken of is not in it.
#[derive(Clone, Default)]
struct Books {
    cash: BTreeMap<(AccountId, CurrencyId), i128>,
    lots: BTreeMap<(AccountId, InstrumentId), i128>,
    funds: BTreeMap<(Fund, CurrencyId), i128>,
}

/// A share in ticks of a cent.
pub(crate) fn share(symbol: &str) -> Instrument {
    Instrument::equity(symbol, USD, "0.01").unwrap()
}

/// Anything else in ticks of a cent.
pub(crate) fn thing(symbol: &str, kind: InstrumentKind) -> Instrument {
    Instrument::new(kind, symbol, USD, "0.01", "1").unwrap()
}

impl Stage {
    /// The instruments, in dollars (the base) and euros, and nobody there.
    pub(crate) fn on(instruments: Vec<Instrument>) -> Self {
        Self::cleared(instruments, HouseTerms::default())
    }

    pub(crate) fn cleared(instruments: Vec<Instrument>, terms: HouseTerms) -> Self {
        let currencies = ["USD", "EUR"].map(|code| Currency::new(code, 2).unwrap()).to_vec();
        let venue = Venue::new("XPIT", currencies, instruments).unwrap();
        let venue = venue.cleared_by(terms).unwrap();
        let exchange = Exchange::new(Arc::new(venue));
        Self { exchange, at: 0, seq: 0, orders: 0, books: Books::default() }
    }

    /// Time is `at` from now on.
    pub(crate) fn at(&mut self, at: u64) -> &mut Self {
        self.at = at;
        self
    }

    /// Opens an account with so much cash of the first currency.
    pub(crate) fn open(&mut self, account: AccountId, credit: Credit, cash: i128) -> &mut Self {
        self.apply(Command::OpenAccount { account, credit });
        if cash != 0 { self.fund(account, USD, cash) } else { self }
    }

    pub(crate) fn fund(
        &mut self,
        account: AccountId,
        currency: CurrencyId,
        cash: i128,
    ) -> &mut Self {
        let told = self.apply(Command::Deposit { account, currency, cash: Cash(cash) });
        assert!(matches!(told[..], [Event::Deposited { .. }]), "{told:?}");
        self
    }

    /// Brings lots in from outside.
    pub(crate) fn lots(&mut self, account: AccountId, of: InstrumentId, qty: u64) -> &mut Self {
        let told = self.apply(Command::Deliver { account, instrument: of, qty: Qty(qty) });
        assert!(matches!(told[..], [Event::Delivered { .. }]), "{told:?}");
        self
    }

    /// Has a limit order placed under the account's next number, and tells what came of it.
    pub(crate) fn order(
        &mut self,
        account: AccountId,
        of: InstrumentId,
        side: Side,
        price: i64,
        qty: u64,
    ) -> Vec<Event> {
        self.orders += 1;
        let id = OrderId(self.orders);
        let order = Order::limit(account, id, of, side, Price(price), Qty(qty));
        self.apply(Command::Place(order))
    }

    /// Two accounts trade with each other.
    #[track_caller]
    pub(crate) fn trade(
        &mut self,
        buyer: AccountId,
        seller: AccountId,
        of: InstrumentId,
        price: i64,
        qty: u64,
    ) -> &mut Self {
        let offered = self.order(seller, of, Side::Sell, price, qty);
        assert!(refusal(&offered).is_none(), "{offered:?}");
        let bought = self.order(buyer, of, Side::Buy, price, qty);
        let traded = bought.iter().any(|event| matches!(event, Event::Traded { .. }));
        assert!(traded, "{bought:?}");
        self
    }

    /// Carries an instrument at a price.
    #[track_caller]
    pub(crate) fn value(&mut self, of: InstrumentId, price: i64) -> Vec<String> {
        let valuations = vec![Valuation::at(of, Price(price))];
        self.act(Act::Value { valuations })
    }

    /// Has the house do something that it may, and tells what came of it.
    #[track_caller]
    pub(crate) fn act(&mut self, act: Act) -> Vec<String> {
        let told = self.apply(Command::Clear(Box::new(act)));
        assert_eq!(refusal(&told), None, "{told:?}");
        told.iter().map(tell).collect()
    }

    /// Asks the house for what it must refuse; nothing changes.
    #[track_caller]
    pub(crate) fn refuse(&mut self, act: Act, why: Reject) {
        let before = (self.exchange.ledger().clone(), self.state());
        let told = self.apply(Command::Clear(Box::new(act)));
        assert_eq!((refusal(&told), told.len()), (Some(why), 1), "{told:?}");
        assert_eq!((self.exchange.ledger().clone(), self.state()), before, "nothing changed");
    }

    /// Prices, phases and terms of every instrument.
    fn state(&self) -> Vec<String> {
        let all = (0..).map(InstrumentId).take(self.exchange.venue().instruments().len());
        let one = |at| {
            let (exchange, house) = (&self.exchange, self.exchange.clearing());
            let prices = (exchange.last_price(at), exchange.bands(at), house.carried_at(at));
            let best = Side::BOTH.map(|side| exchange.best(at, side));
            format!("{prices:?} {best:?} {:?} {:?}", exchange.phase(at), house.kind(at))
        };
        all.map(one).collect()
    }

    pub(crate) fn apply(&mut self, command: Command) -> Vec<Event> {
        let mut events = Vec::new();
        let stamped = Stamped { seq: self.seq, at: Time(self.at), command };
        self.seq += 1;
        self.exchange.apply(&stamped, &mut events);
        for event in &events {
            self.books.post(event, &self.exchange);
        }
        self.books.compare(&self.exchange);
        events
    }

    /// Cash of the first currency.
    pub(crate) fn cash(&self, account: AccountId) -> i128 {
        self.cash_of(account, USD)
    }

    pub(crate) fn cash_of(&self, account: AccountId, currency: CurrencyId) -> i128 {
        self.exchange.cash(account, currency).unwrap().total.0
    }

    pub(crate) fn held(&self, account: AccountId, of: InstrumentId) -> i128 {
        self.exchange.lots(account, of).unwrap().total
    }

    pub(crate) fn phase(&mut self, of: InstrumentId, to: Phase) -> Vec<Event> {
        let why = PhaseReason::Scheduled;
        self.apply(Command::SetPhase { instrument: of, to, why })
    }
}

impl Books {
    /// Writes down what an event moved (C-3).
    fn post(&mut self, event: &Event, exchange: &Exchange) {
        match *event {
            Event::Deposited { account, currency, cash } => {
                self.move_cash(account, currency, cash.0, Fund::Outside);
            }
            Event::Delivered { account, instrument, qty } => {
                *self.lots.entry((account, instrument)).or_default() += i128::from(qty.0);
            }
            Event::Clearing(Fact::Paid { account, currency, cash, why, .. }) => {
                assert_ne!(cash.0, 0, "nothing is not paid");
                self.move_cash(account, currency, cash.0, why.fund());
            }
            Event::Clearing(Fact::Moved { account, instrument, lots, .. }) => {
                assert_ne!(lots, 0, "nothing is not moved");
                *self.lots.entry((account, instrument)).or_default() += i128::from(lots);
            }
            Event::Clearing(Fact::Funded { from, to, currency, cash }) => {
                assert!(cash.0 > 0, "nothing is not moved");
                *self.funds.entry((from, currency)).or_default() -= cash.0;
                *self.funds.entry((to, currency)).or_default() += cash.0;
            }
            Event::Transferred { instrument, maker, taker, aggressor, price, qty } => {
                let (buyer, seller) = match aggressor {
                    Side::Buy => (taker.account, maker.account),
                    Side::Sell => (maker.account, taker.account),
                };
                self.meet(instrument, (buyer, seller), price, qty, exchange);
            }
            _ => {
                let Some(trade) = event.trade() else { return };
                let both = (trade.buy.account, trade.sell.account);
                self.meet(trade.instrument, both, trade.price, trade.qty, exchange);
            }
        }
    }

    fn meet(
        &mut self,
        of: InstrumentId,
        (buyer, seller): (AccountId, AccountId),
        price: Price,
        qty: Qty,
        exchange: &Exchange,
    ) {
        let instrument = &exchange.venue().instruments()[of.index()];
        let lots = i128::from(qty.0);
        if let InstrumentKind::Fx { base, lot_cash } = instrument.kind() {
            for (account, sign) in [(buyer, 1), (seller, -1)] {
                let delivered = sign * lots * i128::from(lot_cash);
                *self.cash.entry((account, base)).or_default() += delivered;
            }
        } else {
            *self.lots.entry((buyer, of)).or_default() += lots;
            *self.lots.entry((seller, of)).or_default() -= lots;
        }
        if !instrument.kind().is_margined() {
            let (cost, currency) = (instrument.cost(price, qty).0, instrument.currency());
            *self.cash.entry((buyer, currency)).or_default() -= cost;
            *self.cash.entry((seller, currency)).or_default() += cost;
        }
    }

    fn move_cash(&mut self, account: AccountId, currency: CurrencyId, cash: i128, fund: Fund) {
        *self.cash.entry((account, currency)).or_default() += cash;
        *self.funds.entry((fund, currency)).or_default() -= cash;
    }

    /// What events said is what the exchange has.
    fn compare(&self, exchange: &Exchange) {
        let ledger = exchange.ledger();
        let (cash, lots) = ledger.resum();
        assert!(cash.iter().chain(&lots).all(|sum| *sum == 0), "{cash:?} {lots:?} sum to zero");
        for account in ledger.accounts() {
            for currency in (0..cash.len()).map(|at| CurrencyId(u16::try_from(at).unwrap())) {
                let told = self.cash.get(&(account, currency)).copied().unwrap_or_default();
                let has = ledger.cash(account, currency).unwrap().total.0;
                assert_eq!(has, told, "cash of {account:?} in {currency:?}");
            }
            for instrument in (0..).map(InstrumentId).take(lots.len()) {
                let told = self.lots.get(&(account, instrument)).copied().unwrap_or_default();
                let has = ledger.lots(account, instrument).unwrap().total;
                assert_eq!(has, told, "lots of {account:?} in {instrument:?}");
            }
        }
        let funds = [Fund::Outside, Fund::Fees, Fund::Between, Fund::Guarantee, Fund::House];
        for currency in (0..cash.len()).map(|at| CurrencyId(u16::try_from(at).unwrap())) {
            for fund in funds {
                let told = self.funds.get(&(fund, currency)).copied().unwrap_or_default();
                assert_eq!(ledger.fund(fund, currency).0, told, "{fund:?} in {currency:?}");
            }
            assert_eq!(ledger.fund(Fund::Between, currency), Cash(0), "nothing stays between");
        }
    }
}

/// Why a command was refused, if it was.
pub(crate) fn refusal(told: &[Event]) -> Option<Reject> {
    told.iter().find_map(|event| match event {
        Event::Rejected { why, .. } => Some(*why),
        _ => None,
    })
}

/// An event in the words of the stories. Currencies are named where they are not the first.
pub(crate) fn tell(event: &Event) -> String {
    let coin = |currency: CurrencyId| if currency == USD { "" } else { " EUR" };
    match *event {
        Event::Clearing(fact) => match fact {
            Fact::Paid { account, currency, cash, why, .. } => {
                format!("{} {:+}{} {why:?}", account.0, cash.0, coin(currency))
            }
            Fact::Moved { account, instrument, lots, why } => {
                format!("{} {lots:+} of {} {why:?}", account.0, instrument.0)
            }
            Fact::Funded { from, to, currency, cash } => {
                format!("{from:?} to {to:?} {}{}", cash.0, coin(currency))
            }
            Fact::Valued { instrument, price } => format!("valued {} {}", instrument.0, price.0),
            Fact::Distributed { instrument, why, .. } => {
                format!("distributed {} {why:?}", instrument.0)
            }
            Fact::Split { instrument, num, den } => format!("split {} {num}:{den}", instrument.0),
            Fact::Ended { instrument, price } => match price {
                Some(price) => format!("ended {} at {}", instrument.0, price.0),
                None => format!("ended {}", instrument.0),
            },
            Fact::Renamed { instrument, alias } => format!("renamed {} {alias}", instrument.0),
            Fact::Defaulted { member } => format!("default {}", member.0),
            Fact::Drawn { layer, cash, left, .. } => {
                format!("{layer:?} {} left {}", cash.0, left.0)
            }
            Fact::Covered { member, loss } => format!("covered {} loss {}", member.0, loss.0),
            other => format!("{other:?}"),
        },
        Event::Cancelled { instrument, key, left, why, .. } => {
            format!(
                "cancel {}/{} {} of {} {why:?}",
                key.account.0, key.order.0, left.0, instrument.0
            )
        }
        Event::PhaseChanged { instrument, to, why, .. } => {
            format!("{} {to:?} {why:?}", instrument.0)
        }
        Event::KillSwitched { account, on } => format!("block {} {on}", account.0),
        other => format!("{other:?}"),
    }
}

pub(crate) const fn ratio(num: i64, den: u32) -> Ratio {
    Ratio { num, den }
}
