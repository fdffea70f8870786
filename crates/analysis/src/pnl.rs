//! Profit and loss, per kind of agent, from events alone.
//!
//! # Definition
//!
//! An account's **equity** is its cash plus its positions at the *mark*, the last trade price of
//! each instrument (before the first trade: the reference price). Its **endowment** is all cash and
//! holdings it was given from outside, the holdings at the *reference price* the run started with
//! (where none was named: the first trade price). Then
//!
//! ```text
//! P&L         = equity − endowment
//!             = trading + revaluation + clearing
//! trading     = cash from trades + lots from trades × mark
//! revaluation = lots given × (mark − reference)
//! clearing    = cash that the clearing house paid, and took + lots that it moved × mark
//! ```
//!
//! Cash given cancels out. Trading sums to zero over all kinds, always and exactly, because each
//! trade adds the same cash and lots to one account as it takes from another; what is left of the
//! sum of P&L over all kinds is the revaluation of what they were given, and what fees, dividends and
//! the like brought in or took out. A margined contract has no value of its own, its gains are paid
//! (variation); a split changes no worth; cash moved between accounts and into the guarantee fund is
//! in the endowment. Whole minor units throughout, one account of it per currency.

use crate::series::{Bucket, Timeline};
use pitfloor_model::clearing::{Fact, Payment};
use pitfloor_model::event::Event;
use pitfloor_model::instrument::{InstrumentKind, Venue};
use pitfloor_model::units::{
    AccountId, Cash, CurrencyId, InstrumentId, OrderKey, Price, Qty, Side, Span, Time,
};

/// How many moments of P&L are kept at most.
pub const SAMPLES_MAX: usize = 240;

/// The most kinds of agents, the rest included.
pub const KINDS_MAX: usize = 1 << 10;

/// The name under which accounts are counted that belong to no named kind.
pub const REST: &str = "others";

/// A kind of agent and the accounts that its agents trade for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kind {
    /// What people call it.
    pub name: String,
    /// Its accounts.
    pub accounts: Vec<AccountId>,
}

/// The profit and loss of every kind, now and over time.
#[derive(Clone, Debug)]
pub struct ProfitAndLoss {
    kinds: Vec<Book>,
    kind_of: Vec<u16>,
    instruments: Vec<Marked>,
    samples: Timeline<Sample>,
    next_sample: Time,
}

/// What one kind did and has.
#[derive(Clone, Debug)]
pub struct Book {
    /// What people call it.
    pub name: String,
    /// How many accounts were named for it, or, for the rest, were seen.
    pub accounts: usize,
    /// How many sides of trades it took: a trade between two of its own accounts counts twice.
    pub sides: u64,
    /// Lots of those sides.
    pub volume: u128,
    /// Lots of those sides whose order was waiting.
    pub volume_made: u128,
    holdings: Vec<Holding>,
    /// What the clearing house paid, per currency.
    paid: Vec<i128>,
}

/// The profit and loss of every kind and currency at the end of a stretch of time.
///
/// Kinds come in their order, the rest last, and within each the venue's currencies.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sample {
    /// Empty while nothing is known.
    pub pnl: Vec<Cash>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Holding {
    given_lots: i128,
    traded_lots: i128,
    traded_cash: i128,
    moved_lots: i128,
}

#[derive(Clone, Copy, Debug)]
struct Marked {
    currency: CurrencyId,
    /// What a tick of a lot is worth as a position: nothing, of a margined contract.
    tick_cash: i64,
    /// What is delivered instead of lots, of a pair of currencies.
    delivers: Option<(CurrencyId, i64)>,
    reference: Option<Price>,
    last: Option<Price>,
}

impl Bucket for Sample {
    fn absorb(&mut self, later: &Self) {
        if !later.pnl.is_empty() {
            self.pnl.clone_from(&later.pnl);
        }
    }
}

impl Book {
    /// The share of its volume whose order was waiting; none when it never traded.
    #[must_use]
    #[allow(clippy::cast_precision_loss)]
    pub fn maker_share(&self) -> Option<f64> {
        (self.volume > 0).then(|| self.volume_made as f64 / self.volume as f64)
    }

    fn trade(&mut self, instrument: InstrumentId, lots: i128, cash: i128, made: bool) {
        self.shift(instrument, lots, cash);
        self.sides += 1;
        self.volume += lots.unsigned_abs();
        if made {
            self.volume_made += lots.unsigned_abs();
        }
    }

    fn shift(&mut self, instrument: InstrumentId, lots: i128, cash: i128) {
        let holding = &mut self.holdings[instrument.index()];
        holding.traded_lots += lots;
        holding.traded_cash += cash;
    }
}

impl ProfitAndLoss {
    /// Nobody has earned anything yet. `reference` is the price each instrument starts at, in the
    /// venue's order; `end` is the end of the run, if it is known.
    ///
    /// # Panics
    ///
    /// When an account is of two kinds, an account number is out of range, there are more than
    /// [`KINDS_MAX`] kinds, or `reference` is not one per instrument.
    #[must_use]
    pub fn new(
        venue: &Venue,
        kinds: &[Kind],
        reference: &[Option<Price>],
        end: Option<Time>,
    ) -> Self {
        assert_eq!(reference.len(), venue.instruments().len(), "one reference per instrument");
        assert!(kinds.len() < KINDS_MAX, "at most {KINDS_MAX} kinds, the rest included");
        let book = |name: &str, accounts| Book {
            name: name.to_owned(),
            accounts,
            sides: 0,
            volume: 0,
            volume_made: 0,
            holdings: vec![Holding::default(); venue.instruments().len()],
            paid: vec![0; venue.currencies().len()],
        };
        let mut books: Vec<Book> =
            kinds.iter().map(|kind| book(&kind.name, kind.accounts.len())).collect();
        books.push(book(REST, 0));
        let marked =
            venue.instruments().iter().zip(reference).map(|(instrument, reference)| Marked {
                currency: instrument.currency(),
                tick_cash: if instrument.kind().is_margined() { 0 } else { instrument.tick_cash() },
                delivers: match instrument.kind() {
                    InstrumentKind::Fx { base, lot_cash } => Some((base, lot_cash)),
                    _ => None,
                },
                reference: *reference,
                last: *reference,
            });
        let samples = Timeline::new(Time::ZERO, end, SAMPLES_MAX);
        Self {
            kinds: books,
            kind_of: kind_of(kinds),
            instruments: marked.collect(),
            next_sample: samples.end_of(Time::ZERO),
            samples,
        }
    }

    /// Takes note of what happened at `at`, never earlier than before.
    pub fn see(&mut self, at: Time, events: &[Event]) {
        if at >= self.next_sample {
            self.sample(Time(self.next_sample.0 - 1));
            self.next_sample = self.samples.end_of(at);
        }
        for event in events {
            self.post(event);
        }
    }

    /// Ends the run at `at`.
    pub fn run_until(&mut self, at: Time) {
        self.sample(at);
    }

    /// Every kind, the rest last.
    #[must_use]
    pub fn kinds(&self) -> &[Book] {
        &self.kinds
    }

    /// The profit and loss of the kind at `place`, in minor units of `currency`.
    #[must_use]
    pub fn pnl(&self, place: usize, currency: CurrencyId) -> Cash {
        let (trading, revaluation) =
            (self.trading(place, currency), self.revaluation(place, currency));
        let clearing = self.clearing(place, currency);
        Cash(trading.0.saturating_add(revaluation.0).saturating_add(clearing.0))
    }

    /// The part of it that the clearing house brought: fees, dividends, interest, variation, and what
    /// it moved.
    #[must_use]
    pub fn clearing(&self, place: usize, currency: CurrencyId) -> Cash {
        let paid = self.kinds[place].paid.get(currency.index()).copied().unwrap_or(0);
        let moved = self.sum(place, currency, |marked, holding| marked.value(holding.moved_lots));
        Cash(moved.0.saturating_add(paid))
    }

    /// The part of it that trading brought; sums to zero over all kinds.
    #[must_use]
    pub fn trading(&self, place: usize, currency: CurrencyId) -> Cash {
        self.sum(place, currency, |marked, holding| {
            holding.traded_cash.saturating_add(marked.value(holding.traded_lots))
        })
    }

    /// The part of it that the prices of given holdings brought.
    #[must_use]
    pub fn revaluation(&self, place: usize, currency: CurrencyId) -> Cash {
        self.sum(place, currency, |marked, holding| marked.revaluation(holding.given_lots))
    }

    /// The lots of `instrument` that the kind at `place` owns; negative when it owes.
    #[must_use]
    pub fn position(&self, place: usize, instrument: InstrumentId) -> i128 {
        let holding = &self.kinds[place].holdings[instrument.index()];
        holding.given_lots + holding.traded_lots + holding.moved_lots
    }

    /// Profit and loss at the end of each stretch of [`ProfitAndLoss::width`]; the last is now.
    #[must_use]
    pub fn samples(&self) -> &[Sample] {
        self.samples.buckets()
    }

    /// How far apart the samples are.
    #[must_use]
    pub const fn width(&self) -> Span {
        self.samples.width()
    }

    fn post(&mut self, event: &Event) {
        match *event {
            Event::Traded { instrument, maker, taker, aggressor, price, qty, .. } => {
                let (bought, sold) = match aggressor {
                    Side::Buy => ((taker, false), (maker, true)),
                    Side::Sell => ((maker, true), (taker, false)),
                };
                self.mark(instrument, price);
                self.meet(instrument, (bought, sold), price, qty);
            }
            Event::Crossed { instrument, buy, sell, price, qty, .. } => {
                self.mark(instrument, price);
                self.meet(instrument, ((buy, false), (sell, false)), price, qty); // Nobody waited.
            }
            // It moves what its two accounts own, and is no price for anybody else.
            Event::Transferred { instrument, maker, taker, aggressor, price, qty } => {
                let (buy, sell) = match aggressor {
                    Side::Buy => (taker, maker),
                    Side::Sell => (maker, taker),
                };
                let (lots, cash) = self.worth(instrument, price, qty);
                let (buyer, seller) = (self.kind(buy.account), self.kind(sell.account));
                self.kinds[buyer].shift(instrument, lots, -cash);
                self.kinds[seller].shift(instrument, -lots, cash);
                self.exchange(instrument, buyer, seller, qty);
            }
            Event::Delivered { account, instrument, qty } => {
                let kind = self.kind(account);
                self.kinds[kind].holdings[instrument.index()].given_lots += i128::from(qty.0);
            }
            Event::Clearing(fact) => self.clear(&fact),
            Event::AccountOpened { account, .. } => {
                let kind = self.kind(account);
                if kind + 1 == self.kinds.len() {
                    self.kinds[kind].accounts += 1;
                }
            }
            // Cash given is in both equity and endowment.
            Event::Deposited { .. }
            | Event::Accepted { .. }
            | Event::Rejected { .. }
            | Event::Rested { .. }
            | Event::Replaced { .. }
            | Event::Reduced { .. }
            | Event::Prevented { .. }
            | Event::Cancelled { .. }
            | Event::ExpiredInMatch { .. }
            | Event::PhaseChanged { .. }
            | Event::Refreshed { .. }
            | Event::Repriced { .. }
            | Event::Parked { .. }
            | Event::Triggered { .. }
            | Event::Amended { .. }
            | Event::Armed { .. }
            | Event::Expired { .. }
            | Event::Indicative { .. }
            | Event::Uncrossed { .. }
            | Event::CallExtended { .. }
            | Event::MassCancelled { .. }
            | Event::Unspent { .. }
            | Event::BandsChanged { .. }
            | Event::ReferenceSet { .. }
            | Event::ShortSalesRestricted { .. }
            | Event::KillSwitched { .. }
            | Event::GroupSet { .. }
            | Event::TimeAdvanced { .. } => {}
        }
    }

    fn mark(&mut self, instrument: InstrumentId, price: Price) {
        let marked = &mut self.instruments[instrument.index()];
        marked.reference.get_or_insert(price);
        marked.last = Some(price);
    }

    /// Moves `qty` lots from the seller to the buyer; each comes with whether he was the maker.
    fn meet(
        &mut self,
        instrument: InstrumentId,
        ((buy, buy_made), (sell, sell_made)): ((OrderKey, bool), (OrderKey, bool)),
        price: Price,
        qty: Qty,
    ) {
        let (lots, cash) = self.worth(instrument, price, qty);
        let (buyer, seller) = (self.kind(buy.account), self.kind(sell.account));
        self.kinds[buyer].trade(instrument, lots, -cash, buy_made);
        self.kinds[seller].trade(instrument, -lots, cash, sell_made);
        self.exchange(instrument, buyer, seller, qty);
    }

    /// A pair of currencies delivers cash: no lots are held, and the buyer has the other currency.
    fn exchange(&mut self, instrument: InstrumentId, buyer: usize, seller: usize, qty: Qty) {
        let Some((base, lot_cash)) = self.instruments[instrument.index()].delivers else { return };
        let lots = i128::from(qty.0);
        for (kind, sign) in [(buyer, 1), (seller, -1)] {
            self.kinds[kind].shift(instrument, -sign * lots, 0);
            self.kinds[kind].paid[base.index()] += sign * lots * i128::from(lot_cash);
        }
    }

    fn clear(&mut self, fact: &Fact) {
        match *fact {
            // Given and taken, not earned.
            Fact::Paid {
                why: Payment::Transfer | Payment::Contribution | Payment::Cover, ..
            } => {}
            Fact::Paid { account, currency, cash, .. } => {
                let kind = self.kind(account);
                self.kinds[kind].paid[currency.index()] += cash.0;
            }
            Fact::Moved { account, instrument, lots, .. } => {
                let kind = self.kind(account);
                self.kinds[kind].holdings[instrument.index()].moved_lots += i128::from(lots);
            }
            Fact::Split { instrument, num, den } => self.split(instrument, num, den),
            _ => {}
        }
    }

    /// Each lot became more or fewer, at a price that follows: given and traded lots do, too, and what
    /// was moved for it is no gain.
    fn split(&mut self, instrument: InstrumentId, num: u32, den: u32) {
        let follow = |price: Price| {
            let price = i128::from(price.0) * i128::from(den);
            Price(i64::try_from(price / i128::from(num)).expect("prices stay on the grid"))
        };
        let marked = &mut self.instruments[instrument.index()];
        marked.reference = marked.reference.map(follow);
        marked.last = marked.last.map(follow);
        for kind in &mut self.kinds {
            let holding = &mut kind.holdings[instrument.index()];
            for lots in [&mut holding.given_lots, &mut holding.traded_lots] {
                let more = *lots * i128::from(num) / i128::from(den) - *lots;
                *lots += more;
                holding.moved_lots -= more;
            }
        }
    }

    /// `qty` as lots, and what they cost at `price`.
    fn worth(&self, instrument: InstrumentId, price: Price, qty: Qty) -> (i128, i128) {
        let (lots, per_tick) = (i128::from(qty.0), self.instruments[instrument.index()].tick_cash);
        (lots, i128::from(price.0) * lots * i128::from(per_tick))
    }

    fn kind(&self, account: AccountId) -> usize {
        let rest = self.kinds.len() - 1;
        let named = self.kind_of.get(account.0 as usize).copied().map(usize::from);
        named.unwrap_or(rest).min(rest)
    }

    fn sum(
        &self,
        place: usize,
        currency: CurrencyId,
        of: impl Fn(&Marked, &Holding) -> i128,
    ) -> Cash {
        let all = self.instruments.iter().zip(&self.kinds[place].holdings);
        let here = all.filter(|(marked, _)| marked.currency == currency);
        Cash(here.fold(0, |sum, (marked, holding)| sum.saturating_add(of(marked, holding))))
    }

    fn sample(&mut self, at: Time) {
        let currencies = self.instruments.iter().map(|m| m.currency.0 + 1).max().unwrap_or(0);
        let places = (0..self.kinds.len())
            .flat_map(|place| (0..currencies).map(move |currency| (place, CurrencyId(currency))));
        let pnl = places.map(|(place, currency)| self.pnl(place, currency)).collect();
        self.samples.at(at).pnl = pnl;
    }
}

impl Marked {
    /// What `lots` are worth at the mark; stays at the greatest rather than wrap.
    fn value(&self, lots: i128) -> i128 {
        self.worth(self.last, lots)
    }

    fn revaluation(&self, lots: i128) -> i128 {
        self.worth(self.last, lots).saturating_sub(self.worth(self.reference, lots))
    }

    fn worth(&self, price: Option<Price>, lots: i128) -> i128 {
        let per_lot = price.map_or(0, |price| i128::from(price.0) * i128::from(self.tick_cash));
        per_lot.saturating_mul(lots)
    }
}

/// The place of each account's kind; [`u16::MAX`] where it has none.
fn kind_of(kinds: &[Kind]) -> Vec<u16> {
    let mut places = Vec::new();
    for (place, kind) in kinds.iter().enumerate() {
        for account in &kind.accounts {
            assert!(account.0 < AccountId::COUNT_MAX, "account {} is in range", account.0);
            let index = account.0 as usize;
            if index >= places.len() {
                places.resize(index + 1, u16::MAX);
            }
            assert_eq!(places[index], u16::MAX, "account {index} is of one kind only");
            places[index] = u16::try_from(place).expect("kinds are few");
        }
    }
    places
}

#[cfg(test)]
mod tests {
    use super::*;
    use pitfloor_model::event::Credit;
    use pitfloor_model::instrument::{Currency, Instrument};
    use pitfloor_model::units::{OrderId, TradeId};
    use proptest::prelude::*;

    const USD: CurrencyId = CurrencyId(0);
    const ACME: InstrumentId = InstrumentId(0);

    /// ACME in cents, BOLT in five cents, and COIN in euros.
    fn venue() -> Venue {
        let equity = |symbol, currency, tick| Instrument::equity(symbol, currency, tick).unwrap();
        let instruments = vec![
            equity("ACME", USD, "0.01"),
            equity("BOLT", USD, "0.05"),
            equity("COIN", CurrencyId(1), "0.01"),
        ];
        let currencies = ["USD", "EUR"].map(|code| Currency::new(code, 2).unwrap());
        Venue::new("XPIT", currencies.to_vec(), instruments).unwrap()
    }

    fn kinds() -> Vec<Kind> {
        let kind = |name: &str, accounts: &[u32]| Kind {
            name: name.to_owned(),
            accounts: accounts.iter().copied().map(AccountId).collect(),
        };
        vec![kind("makers", &[1]), kind("takers", &[2, 3])]
    }

    fn pnl() -> ProfitAndLoss {
        let reference = [Some(Price(10_000)), None, Some(Price(50))];
        ProfitAndLoss::new(&venue(), &kinds(), &reference, Some(Time(1_000)))
    }

    const fn key(account: u32) -> OrderKey {
        OrderKey::new(AccountId(account), OrderId(1))
    }

    const fn trade(
        instrument: u32,
        (maker, taker): (u32, u32),
        aggressor: Side,
        price: i64,
        qty: u64,
    ) -> Event {
        Event::Traded {
            trade: TradeId(0),
            instrument: InstrumentId(instrument),
            maker: key(maker),
            taker: key(taker),
            aggressor,
            price: Price(price),
            qty: Qty(qty),
        }
    }

    const fn given(account: u32, instrument: u32, qty: u64) -> Event {
        let (account, instrument) = (AccountId(account), InstrumentId(instrument));
        Event::Delivered { account, instrument, qty: Qty(qty) }
    }

    fn fact(fact: Fact) -> Event {
        Event::Clearing(fact)
    }

    /// A fee is lost, a dividend earned, a deposit neither; a 2:1 split changes nobody's worth.
    #[test]
    fn what_the_clearing_house_pays_is_earned_and_a_split_is_not() {
        let reference = [Some(Price(1_000)), Some(Price(100)), None];
        let mut pnl = ProfitAndLoss::new(&venue(), &kinds(), &reference, None);
        let (account, instrument, currency) = (AccountId(1), ACME, USD);
        let paid = |cash, why| {
            let (cash, instrument) = (Cash(cash), Some(ACME));
            fact(Fact::Paid { account, currency, cash, why, instrument })
        };
        pnl.see(Time(1), &[Event::Delivered { account, instrument, qty: Qty(10) }]);
        pnl.see(Time(2), &[paid(-30, Payment::Fee), paid(50, Payment::Dividend)]);
        pnl.see(Time(3), &[paid(-700, Payment::Contribution)]);
        assert_eq!((pnl.pnl(0, USD), pnl.clearing(0, USD)), (Cash(20), Cash(20)));
        let why = pitfloor_model::clearing::Movement::Split;
        let moved = fact(Fact::Moved { account, instrument, lots: 10, why });
        pnl.see(Time(4), &[moved, fact(Fact::Split { instrument, num: 2, den: 1 })]);
        assert_eq!((pnl.position(0, ACME), pnl.pnl(0, USD)), (20, Cash(20)));
        assert_eq!(pnl.revaluation(0, USD), Cash(0));
    }

    #[test]
    fn a_maker_earns_the_spread() {
        let mut pnl = pnl();
        let deposit = Event::Deposited { account: AccountId(1), currency: USD, cash: Cash(500) };
        pnl.see(Time(0), &[deposit, given(1, 0, 10)]);
        pnl.see(Time(1), &[trade(0, (1, 2), Side::Buy, 10_002, 5)]);
        pnl.see(Time(2), &[trade(0, (1, 3), Side::Sell, 9_998, 5)]);
        assert_eq!(pnl.trading(0, USD), Cash(5 * 4), "five lots sold 4 cents dearer");
        assert_eq!(pnl.revaluation(0, USD), Cash(10 * -2), "ten lots given at 100.00, now 99.98");
        assert_eq!(pnl.pnl(0, USD), Cash(0));
        assert_eq!(pnl.pnl(1, USD), Cash(-20));
        assert_eq!(pnl.position(0, ACME), 10);
        let makers = &pnl.kinds()[0];
        assert_eq!((makers.sides, makers.volume, makers.maker_share()), (2, 10, Some(1.0)));
        assert_eq!(pnl.kinds()[1].maker_share(), Some(0.0));
        assert_eq!(pnl.kinds()[2].maker_share(), None);
    }

    #[test]
    fn without_a_reference_the_first_trade_is_one() {
        let mut pnl = pnl();
        pnl.see(Time(0), &[given(1, 1, 100)]);
        assert_eq!(pnl.pnl(0, USD), Cash(0));
        pnl.see(Time(1), &[trade(1, (1, 2), Side::Buy, 40, 1)]);
        assert_eq!(pnl.pnl(0, USD), Cash(0));
        pnl.see(Time(2), &[trade(1, (1, 2), Side::Buy, 42, 1)]);
        // 100 lots up 2 ticks of 5 cents, less the one sold at 40.
        assert_eq!(pnl.pnl(0, USD), Cash(100 * 2 * 5 - 2 * 5));
    }

    #[test]
    fn currencies_are_kept_apart() {
        let mut pnl = pnl();
        pnl.see(Time(0), &[trade(2, (1, 2), Side::Buy, 60, 1), given(2, 2, 7)]);
        assert_eq!(pnl.pnl(1, USD), Cash(0));
        assert_eq!(pnl.pnl(1, CurrencyId(1)), Cash(7 * 10));
    }

    #[test]
    fn an_auction_has_two_sides_and_nobody_made_them() {
        let mut pnl = pnl();
        let crossed = Event::Crossed {
            trade: TradeId(0),
            instrument: ACME,
            buy: key(1),
            sell: key(2),
            price: Price(10_010),
            qty: Qty(4),
        };
        pnl.see(Time(0), &[crossed, trade(0, (3, 3), Side::Buy, 10_013, 1)]);
        assert_eq!((pnl.position(0, ACME), pnl.position(1, ACME)), (4, -4));
        assert_eq!((pnl.pnl(0, USD), pnl.pnl(1, USD)), (Cash(12), Cash(-12)));
        let makers = &pnl.kinds()[0];
        assert_eq!((makers.sides, makers.volume, makers.volume_made), (1, 4, 0));
    }

    #[test]
    fn a_transfer_moves_what_is_owned_and_is_neither_a_trade_nor_a_price() {
        let mut pnl = pnl();
        let moved = Event::Transferred {
            instrument: ACME,
            maker: key(1),
            taker: key(2),
            aggressor: Side::Sell,
            price: Price(9_990),
            qty: Qty(5),
        };
        pnl.see(Time(0), &[moved]);
        assert_eq!((pnl.position(0, ACME), pnl.position(1, ACME)), (5, -5));
        assert_eq!(pnl.kinds()[0].volume, 0);
        assert_eq!(pnl.pnl(0, USD), Cash(5 * 10), "valued at the mark before it");
    }

    #[test]
    fn accounts_of_no_kind_are_the_rest() {
        let mut pnl = pnl();
        let opened = |n| Event::AccountOpened { account: AccountId(n), credit: Credit::None };
        pnl.see(Time(0), &[opened(1), opened(700), trade(0, (1, 700), Side::Buy, 10_000, 3)]);
        let rest = &pnl.kinds()[2];
        assert_eq!((rest.name.as_str(), rest.accounts, rest.volume), (REST, 1, 3));
        assert_eq!(pnl.kinds()[0].accounts, 1);
    }

    #[test]
    fn samples_are_the_state_at_the_end_of_their_stretch() {
        let mut pnl = pnl(); // 1000 ns in 240 samples: 5 ns each
        assert_eq!(pnl.width(), Span(5));
        pnl.see(Time(0), &[given(1, 0, 1)]);
        pnl.see(Time(3), &[trade(0, (2, 3), Side::Buy, 10_007, 1)]);
        pnl.see(Time(5), &[trade(0, (2, 3), Side::Buy, 10_001, 1)]);
        pnl.run_until(Time(6));
        let makers: Vec<_> = pnl.samples().iter().map(|sample| sample.pnl[0]).collect();
        assert_eq!(makers, [Cash(7), Cash(1)]);
    }

    #[test]
    #[should_panic(expected = "of one kind only")]
    fn an_account_of_two_kinds_is_a_mistake() {
        let twice = [kinds()[0].clone(), kinds()[0].clone()];
        let _ = ProfitAndLoss::new(&venue(), &twice, &[None; 3], None);
    }

    fn any_event() -> impl Strategy<Value = Event> {
        let side = prop_oneof![Just(Side::Buy), Just(Side::Sell)];
        let trades = (0..3_u32, 0..6_u32, 0..6_u32, side, -500..20_000_i64, 1..10_000_u64)
            .prop_map(|(what, maker, taker, side, price, qty)| {
                trade(what, (maker, taker), side, price, qty)
            });
        let gifts =
            (0..6_u32, 0..3_u32, 1..10_000_u64).prop_map(|(to, what, qty)| given(to, what, qty));
        prop_oneof![4 => trades, 1 => gifts]
    }

    proptest! {
        /// What one kind wins by trading another loses; the sum of all profits is what the given
        /// lots gained in price, recomputed here from the events by a plain account of each.
        #[test]
        fn trading_is_zero_sum_and_the_rest_is_revaluation(
            events in prop::collection::vec(any_event(), 1..120),
        ) {
            let mut pnl = pnl();
            let (mut cash, mut lots) = ([[0_i128; 3]; 6], [[0_i128; 3]; 6]);
            let (mut given_lots, mut last) = ([[0_i128; 3]; 6], [Some(10_000), None, Some(50)]);
            let mut first = last;
            let tick_cash = [1, 5, 1];
            for (moment, event) in events.iter().enumerate() {
                pnl.see(Time(moment as u64), &[*event]);
                match *event {
                    Event::Traded { instrument, maker, taker, aggressor, price, qty, .. } => {
                        let (what, value) = (instrument.index(), i128::from(price.0) * i128::from(qty.0));
                        let (buyer, seller) = match aggressor {
                            Side::Buy => (taker, maker),
                            Side::Sell => (maker, taker),
                        };
                        let (buyer, seller) = (buyer.account.0 as usize, seller.account.0 as usize);
                        cash[buyer][what] -= value * tick_cash[what];
                        cash[seller][what] += value * tick_cash[what];
                        lots[buyer][what] += i128::from(qty.0);
                        lots[seller][what] -= i128::from(qty.0);
                        first[what] = first[what].or(Some(price.0));
                        last[what] = Some(price.0);
                    }
                    Event::Delivered { account, instrument, qty } => {
                        lots[account.0 as usize][instrument.index()] += i128::from(qty.0);
                        given_lots[account.0 as usize][instrument.index()] += i128::from(qty.0);
                    }
                    _ => unreachable!("only trades and gifts are drawn"),
                }
                for (currency, whats) in [(USD, 0..2), (CurrencyId(1), 2..3)] {
                    let trading: i128 = (0..3).map(|kind| pnl.trading(kind, currency).0).sum();
                    prop_assert_eq!(trading, 0, "trading is zero-sum");
                    for (kind, members) in [(0, vec![1]), (1, vec![2, 3]), (2, vec![0, 4, 5])] {
                        let mut equity_less_endowment = 0;
                        for (member, what) in members.into_iter().flat_map(|m| whats.clone().map(move |w| (m, w))) {
                            let mark = i128::from(last[what].unwrap_or(0)) * tick_cash[what];
                            let start = i128::from(first[what].unwrap_or(0)) * tick_cash[what];
                            equity_less_endowment += cash[member][what] + lots[member][what] * mark;
                            equity_less_endowment -= given_lots[member][what] * start;
                        }
                        prop_assert_eq!(pnl.pnl(kind, currency).0, equity_less_endowment);
                    }
                }
            }
        }
    }
}
