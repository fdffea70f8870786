//! Mechanisms from outside: what the hall promises them, and what it holds them to.
//!
//! Two of them: a counter, where whoever is named trades at once, for the rules one by one; and a
//! crossing network that trades at the middle of a lit book, for a mechanism that listens.
#![allow(missing_docs)]

use pitfloor_exchange::Exchange;
use pitfloor_exchange::mechanism::{Ask, Booth, Cross, Hall, Mechanism, NoCross, Record};
use pitfloor_model::command::{Command, Order, Stamped};
use pitfloor_model::event::{Credit, Event, Phase, Reject};
use pitfloor_model::instrument::{Currency, Instrument, Venue};
use pitfloor_model::units::*;
use proptest::prelude::*;
use std::sync::Arc;

const LIT: InstrumentId = InstrumentId(0);
const DARK: InstrumentId = InstrumentId(1);
const USD: CurrencyId = CurrencyId(0);
const ANN: AccountId = AccountId(0);
const BOB: AccountId = AccountId(1);

fn venue() -> Arc<Venue> {
    let share = |symbol| Instrument::equity(symbol, USD, "0.01").expect("a share");
    let usd = Currency::new("USD", 2).expect("a currency");
    let both = vec![share("LIT"), share("DARK")];
    Arc::new(Venue::new("XPIT", vec![usd], both).expect("a venue"))
}

/// Everybody has an account, 1,000,000 in cash and 100 lots of both.
fn means(accounts: u32) -> impl Iterator<Item = Command> {
    (0..accounts).map(AccountId).flat_map(|account| {
        let deliver = |instrument| Command::Deliver { account, instrument, qty: Qty(100) };
        [
            Command::OpenAccount { account, credit: Credit::None },
            Command::Deposit { account, currency: USD, cash: Cash(1_000_000) },
            deliver(LIT),
            deliver(DARK),
        ]
    })
}

/// Asks `asks`, one per second.
fn play<M: Mechanism>(
    hall: &mut Hall<M>,
    start: u64,
    asks: impl IntoIterator<Item = Ask<M::Ask>>,
) -> Vec<Record<M::Told>> {
    let mut records = Vec::new();
    for (secs, ask) in (start..).zip(asks) {
        hall.apply(Time::ZERO.after(Span::secs(secs)), &ask, &mut records);
    }
    records
}

fn furnished<M: Mechanism>(mechanism: M) -> Hall<M> {
    let mut hall = Hall::new(Exchange::new(venue()), mechanism);
    play(&mut hall, 0, means(3).map(Ask::Exchange));
    hall
}

fn journal<T>(records: &[Record<T>]) -> Vec<Stamped> {
    let commands = records.iter().filter_map(|record| match record {
        Record::Command(stamped) => Some(stamped.clone()),
        Record::Event(_) | Record::Told(_) | Record::Kept(_) => None,
    });
    commands.collect()
}

fn events<T>(records: &[Record<T>]) -> Vec<Event> {
    let events = records.iter().filter_map(|record| match record {
        Record::Event(event) => Some(*event),
        Record::Command(_) | Record::Told(_) | Record::Kept(_) => None,
    });
    events.collect()
}

fn told<T: Copy>(records: &[Record<T>]) -> Vec<T> {
    let told = records.iter().filter_map(|record| match record {
        Record::Told(fact) => Some(*fact),
        Record::Command(_) | Record::Event(_) | Record::Kept(_) => None,
    });
    told.collect()
}

/// Cash, free cash, lots and free lots of the dark instrument.
fn holding<M: Mechanism>(hall: &Hall<M>, account: AccountId) -> (i128, i128, i128, i128) {
    let cash = hall.exchange().cash(account, USD).expect("an account");
    let lots = hall.exchange().lots(account, DARK).expect("an account");
    let (free_cash, free_lots) = (cash.total.0 - cash.reserved.0, lots.total - lots.reserved);
    (cash.total.0, free_cash, lots.total, free_lots)
}

/// A counter where whoever is named trades at once.
#[derive(Clone, Debug, Default)]
struct Counter;

impl Mechanism for Counter {
    type Ask = Cross;
    type Told = Result<TradeId, NoCross>;

    fn owns(&self, instrument: InstrumentId) -> bool {
        instrument == DARK
    }

    fn apply(&mut self, ask: &Cross, booth: &mut Booth<'_, Self::Told>) {
        let done = booth.cross(ask);
        booth.tell(done);
    }
}

/// Bob sells to Ann.
fn sale(price: i64, qty: u64) -> Cross {
    let (price, qty) = (Price(price), Qty(qty));
    Cross { instrument: DARK, maker: BOB, taker: ANN, side: Side::Buy, price, qty }
}

/// The answer to `cross` at the counter, and the hall afterwards.
fn answer(cross: Cross) -> (Result<TradeId, NoCross>, Hall<Counter>) {
    let mut hall = furnished(Counter);
    let records = play(&mut hall, 100, [Ask::Mechanism(cross)]);
    let told = told(&records);
    assert_eq!(told.len(), 1, "every ask has an answer");
    (told[0], hall)
}

#[test]
fn two_accounts_trade_as_agreed_and_the_ledger_knows() {
    let (done, hall) = answer(sale(5_000, 40));
    assert_eq!(done, Ok(TradeId(0)));
    assert_eq!(holding(&hall, ANN), (800_000, 800_000, 140, 140));
    assert_eq!(holding(&hall, BOB), (1_200_000, 1_200_000, 60, 60));
    assert_eq!(hall.exchange().last_price(DARK), Some(Price(5_000)));
    let back = Cross { side: Side::Sell, ..sale(6_000, 100) };
    let (done, hall) = answer(back);
    assert_eq!(done, Ok(TradeId(0)));
    assert_eq!(holding(&hall, ANN), (1_600_000, 1_600_000, 0, 0));
}

#[test]
fn a_cross_prints_maker_and_taker_as_they_are() {
    let mut hall = furnished(Counter);
    let records = play(&mut hall, 100, [Ask::Mechanism(sale(5_000, 40))]);
    let traded = events(&records).into_iter().find_map(|event| match event {
        Event::Traded { maker, taker, aggressor, price, qty, .. } => {
            Some((maker.account, taker.account, aggressor, price, qty))
        }
        _ => None,
    });
    assert_eq!(traded, Some((BOB, ANN, Side::Buy, Price(5_000), Qty(40))));
}

#[test]
fn who_cannot_deliver_or_pay_is_named_and_nothing_stays_behind() {
    let cases = [
        (sale(5_000, 101), NoCross::Maker(Reject::ShortSale)),
        (sale(20_000, 51), NoCross::Taker(Reject::InsufficientCash)),
        (sale(5_000, 0), NoCross::Maker(Reject::ZeroQty)),
        (sale(i64::MAX, 1), NoCross::Maker(Reject::OffTick)),
        (Cross { maker: AccountId(9), ..sale(1, 1) }, NoCross::Maker(Reject::UnknownAccount)),
        (Cross { taker: AccountId(9), ..sale(1, 1) }, NoCross::Taker(Reject::UnknownAccount)),
        (Cross { maker: ANN, ..sale(1, 1) }, NoCross::OneAccount),
    ];
    for (cross, why) in cases {
        let (done, hall) = answer(cross);
        assert_eq!(done, Err(why), "{cross:?}");
        for account in [ANN, BOB] {
            assert_eq!(holding(&hall, account), (1_000_000, 1_000_000, 100, 100), "{cross:?}");
        }
        assert_eq!(Side::BOTH.map(|side| hall.exchange().best(DARK, side)), [None, None]);
    }
}

#[test]
fn a_halt_stops_the_mechanism_too() {
    let mut hall = furnished(Counter);
    let halt = Command::SetPhase { instrument: DARK, to: Phase::Halt, why: Default::default() };
    let records = play(&mut hall, 100, [Ask::Exchange(halt), Ask::Mechanism(sale(5_000, 1))]);
    assert_eq!(told(&records), [Err(NoCross::Maker(Reject::PhaseForbids))]);
}

#[test]
fn nobodys_orders_enter_what_is_the_mechanisms() {
    let mut hall = furnished(Counter);
    let order = Order::limit(ANN, OrderId(7), DARK, Side::Buy, Price(9_000), Qty(1));
    let lit = Order { instrument: LIT, ..order };
    let place = |order| Ask::Exchange(Command::Place(order));
    let records = play(&mut hall, 100, [place(order), place(lit), Ask::Mechanism(sale(8_000, 1))]);
    assert_eq!(records[0], Record::Kept(order.key()));
    assert!(matches!(records[2], Record::Event(Event::Accepted { instrument: LIT, .. })));
    assert_eq!(told(&records), [Ok(TradeId(0))]);
    assert_eq!(hall.exchange().last_price(DARK), Some(Price(8_000)));
}

#[test]
fn a_crossing_order_takes_a_number_that_its_owner_does_not_use() {
    let mut hall = furnished(Counter);
    let highest = OrderId::VENUE_FIRST.0 - 1;
    let taken = [highest, highest - 1].map(|id| {
        let order = Order::limit(BOB, OrderId(id), LIT, Side::Buy, Price(1), Qty(1));
        Ask::Exchange(Command::Place(order))
    });
    play(&mut hall, 100, taken);
    let records = play(&mut hall, 200, [Ask::Mechanism(sale(5_000, 1))]);
    assert_eq!(told(&records), [Ok(TradeId(0))]);
    let placed = journal(&records).into_iter().find_map(|stamped| match stamped.command {
        Command::Place(order) => Some(order.key()),
        _ => None,
    });
    assert_eq!(placed, Some(OrderKey::new(BOB, OrderId(highest - 2))));
}

#[test]
#[should_panic(expected = "a mechanism crosses only in instruments of its own")]
fn a_mechanism_keeps_to_its_own_instruments() {
    answer(Cross { instrument: LIT, ..sale(1, 1) }).0.expect("never gets here");
}

#[test]
#[should_panic(expected = "nobody has orders in DARK, which is the mechanism's")]
fn a_hall_does_not_open_over_somebodys_orders() {
    let mut exchange = Exchange::new(venue());
    let order = Order::limit(ANN, OrderId(1), DARK, Side::Buy, Price(1), Qty(1));
    for (seq, command) in (0..).zip(means(1).chain([Command::Place(order)])) {
        exchange.apply(&Stamped { seq, at: Time(0), command }, &mut Vec::new());
    }
    let _ = Hall::new(exchange, Counter);
}

#[test]
#[should_panic(expected = "time never decreases")]
fn time_does_not_run_backwards_in_a_hall() {
    let mut hall = furnished(Counter);
    play(&mut hall, 100, [Ask::Wait]);
    play(&mut hall, 99, [Ask::Wait]);
}

/// A mechanism that never comes to an end.
struct Endless;

impl Mechanism for Endless {
    type Ask = ();
    type Told = ();

    fn owns(&self, _: InstrumentId) -> bool {
        false
    }

    fn apply(&mut self, (): &(), booth: &mut Booth<'_, ()>) {
        loop {
            booth.submit(Command::Cancel { key: OrderKey::new(ANN, OrderId(1)) });
        }
    }
}

#[test]
#[should_panic(expected = "a mechanism sends at most 65536 commands at one time")]
fn a_mechanism_that_never_ends_is_stopped() {
    play(&mut furnished(Endless), 100, [Ask::Mechanism(())]);
}

/// A crossing network: orders wait unseen and trade with each other at the middle of the lit book,
/// first come, first served, whenever that book changes; each waits ten seconds at most.
#[derive(Clone, Debug, Default)]
struct Crossing {
    waiting: Vec<Waits>,
    lapsed: usize,
}

#[derive(Clone, Copy, Debug)]
struct Waits {
    account: AccountId,
    side: Side,
    qty: Qty,
    until: Time,
}

/// What the crossing network tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Dark {
    Waits,
    Lapsed(AccountId),
    Crossed(TradeId),
    Dropped(AccountId),
}

impl Crossing {
    fn first(&self, side: Side) -> Option<usize> {
        self.waiting.iter().position(|waits| waits.side == side)
    }

    fn run(&mut self, booth: &mut Booth<'_, Dark>) {
        let best = |side| booth.exchange().best(LIT, side).map(|(price, _)| price.0);
        let Some((bid, ask)) = best(Side::Buy).zip(best(Side::Sell)) else { return };
        let mid = Price((bid + ask).div_euclid(2));
        while let Some((buy, sell)) = self.first(Side::Buy).zip(self.first(Side::Sell)) {
            let (bought, sold) = (self.waiting[buy], self.waiting[sell]);
            let qty = bought.qty.min(sold.qty);
            let (maker, taker) = (sold.account, bought.account);
            let (side, price) = (Side::Buy, mid);
            let gone =
                match booth.cross(&Cross { instrument: DARK, maker, taker, side, price, qty }) {
                    Ok(trade) => {
                        booth.tell(Dark::Crossed(trade));
                        for place in [buy, sell] {
                            self.waiting[place].qty = self.waiting[place].qty.less(qty);
                        }
                        None
                    }
                    Err(NoCross::Maker(_) | NoCross::OneAccount) => Some(sell),
                    Err(NoCross::Taker(_)) => Some(buy),
                };
            if let Some(gone) = gone {
                booth.tell(Dark::Dropped(self.waiting.remove(gone).account));
            }
            self.waiting.retain(|waits| !waits.qty.is_zero());
        }
    }
}

impl Mechanism for Crossing {
    type Ask = (AccountId, Side, Qty);
    type Told = Dark;

    fn owns(&self, instrument: InstrumentId) -> bool {
        instrument == DARK
    }

    fn apply(&mut self, ask: &Self::Ask, booth: &mut Booth<'_, Dark>) {
        let (account, side, qty) = *ask;
        let until = booth.now().after(Span::secs(10));
        self.waiting.push(Waits { account, side, qty, until });
        booth.tell(Dark::Waits);
        self.run(booth);
    }

    fn lapse(&mut self, booth: &mut Booth<'_, Dark>) {
        let now = booth.now();
        for waits in self.waiting.iter().filter(|waits| waits.until <= now) {
            booth.tell(Dark::Lapsed(waits.account));
            self.lapsed += 1;
        }
        self.waiting.retain(|waits| waits.until > now);
    }

    fn hear(&mut self, events: &[Event], booth: &mut Booth<'_, Dark>) {
        let lit = |event: &Event| event.instrument() == Some(LIT);
        if events.iter().any(lit) {
            self.run(booth);
        }
    }
}

fn lit(account: AccountId, order: u64, side: Side, price: i64) -> Ask<(AccountId, Side, Qty)> {
    let order = Order::limit(account, OrderId(order), LIT, side, Price(price), Qty(1));
    Ask::Exchange(Command::Place(order))
}

#[test]
fn a_mechanism_hears_the_market_and_acts_on_it() {
    let mut hall = furnished(Crossing::default());
    let wants = |account, side, qty| Ask::Mechanism((account, side, Qty(qty)));
    let records = play(
        &mut hall,
        100,
        [
            wants(ANN, Side::Buy, 30),
            wants(BOB, Side::Sell, 50),
            lit(AccountId(2), 1, Side::Buy, 1_000),
            lit(AccountId(2), 2, Side::Sell, 1_010),
            wants(ANN, Side::Buy, 5),
        ],
    );
    // Nothing happens before there is a middle; then at once.
    let crossed = |trade| Dark::Crossed(TradeId(trade));
    assert_eq!(told(&records), [Dark::Waits, Dark::Waits, crossed(0), Dark::Waits, crossed(1)]);
    assert_eq!(holding(&hall, ANN).2, 135);
    assert_eq!(holding(&hall, ANN).0, 1_000_000 - 35 * 1_005);
    assert_eq!(hall.mechanism().waiting.len(), 1, "15 lots of Bob's wait on");
}

#[test]
fn what_has_ended_is_not_met_by_what_comes_at_the_same_moment() {
    let mut hall = furnished(Crossing::default());
    let wants = |side| Ask::Mechanism((if side == Side::Buy { ANN } else { BOB }, side, Qty(1)));
    let quoted = [lit(AccountId(2), 1, Side::Buy, 9), lit(AccountId(2), 2, Side::Sell, 11)];
    play(&mut hall, 98, quoted);
    play(&mut hall, 100, [wants(Side::Buy)]);
    let late = play(&mut hall, 110, [wants(Side::Sell)]);
    assert_eq!(told(&late), [Dark::Lapsed(ANN), Dark::Waits]);
    // Time that merely passes ends things too.
    let waited = play(&mut hall, 120, [Ask::Wait]);
    assert_eq!((told(&waited), journal(&waited)), (vec![Dark::Lapsed(BOB)], vec![]));
}

/// Something for the crossing network or for the lit book.
fn any_ask() -> impl Strategy<Value = Ask<(AccountId, Side, Qty)>> {
    let side = || prop_oneof![Just(Side::Buy), Just(Side::Sell)];
    let account = || (0..4_u32).prop_map(AccountId); // one more than there are
    let quote = (account(), 0..6_u64, side(), 90..110_i64);
    let wants = (account(), side(), 0..60_u64);
    let cancel = (account(), 0..6_u64);
    prop_oneof![
        4 => quote.prop_map(|(account, id, side, price)| lit(account, id, side, price)),
        4 => wants.prop_map(|(account, side, qty)| Ask::Mechanism((account, side, Qty(qty)))),
        1 => cancel.prop_map(|(account, id)| {
            Ask::Exchange(Command::Cancel { key: OrderKey::new(account, OrderId(id)) })
        }),
        1 => Just(Ask::Wait),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(500) })]

    /// The same asks make the same records, from the start and from a snapshot; the journal alone
    /// makes the same events; the dark book is empty at rest, and nothing is created or lost.
    #[test]
    fn a_hall_is_told_everything(asks in prop::collection::vec(any_ask(), 1..60), cut in 0..60_usize) {
        let start = || (Hall::new(Exchange::new(venue()), Crossing::default()), Vec::new());
        let all: Vec<_> = means(3).map(Ask::Exchange).chain(asks).collect();
        let ((mut hall, mut records), (mut other, mut again)) = (start(), start());
        for (secs, ask) in (0..).zip(&all) {
            let at = Time::ZERO.after(Span::secs(secs));
            hall.apply(at, ask, &mut records);
            if secs as usize == cut {
                other = hall.clone();
                again = records.clone();
            } else if secs as usize > cut {
                other.apply(at, ask, &mut again);
            }
            let dark = Side::BOTH.map(|side| hall.exchange().best(DARK, side));
            prop_assert_eq!(dark, [None, None]);
        }
        if cut < all.len() {
            prop_assert_eq!(&records, &again);
        }
        let (mut twice, mut records_twice) = start();
        for (secs, ask) in (0..).zip(&all) {
            twice.apply(Time::ZERO.after(Span::secs(secs)), ask, &mut records_twice);
        }
        prop_assert_eq!(&records, &records_twice);

        let commands = journal(&records);
        let (mut alone, mut caused) = (Exchange::new(venue()), Vec::new());
        for (seq, stamped) in (0..).zip(&commands) {
            prop_assert_eq!(stamped.seq, seq, "the journal is numbered from 0 without a gap");
            alone.apply(stamped, &mut caused);
        }
        prop_assert_eq!(caused, events(&records));
        let (mut cash, mut lots) = (0, 0);
        for account in (0..3).map(AccountId) {
            cash += hall.exchange().cash(account, USD).map_or(0, |cash| cash.total.0);
            lots += hall.exchange().lots(account, DARK).map_or(0, |lots| lots.total);
        }
        prop_assert_eq!((cash, lots), (3_000_000, 300));
    }
}
