//! The desks together: what each of them is shown, who speaks when, and that being asked for the next
//! moment is the same as asking all of them.

use pitfloor_model::clearing::{Fact, Payment};
use pitfloor_model::command::Command;
use pitfloor_model::event::{Event, Reject};
use pitfloor_model::units::{
    AccountId, Cash, CurrencyId, InstrumentId, OrderId, OrderKey, Price, Qty, Side, Time, TradeId,
};
use pitfloor_operations::prices::Prices;
use pitfloor_operations::{Desk, Operations};
use pitfloor_supervision::Supervisor;
use std::sync::{Arc, Mutex};

const ACME: InstrumentId = InstrumentId(0);
const KEY: OrderKey = OrderKey::new(AccountId(1), OrderId(1));

/// Writes down what it is shown, and answers each after so long; never about what has been answered.
struct Clerk {
    after: u64,
    due: Option<Time>,
    shown: Arc<Mutex<Vec<Event>>>,
}

impl Desk for Clerk {
    fn see(&mut self, at: Time, event: &Event, _: &Prices) {
        self.shown.lock().unwrap().push(*event);
        self.due = Some(Time(at.0 + self.after));
    }

    fn due(&self) -> Option<Time> {
        self.due
    }

    fn take(&mut self, _: Time, prices: &Prices, out: &mut Vec<Command>) {
        let qty = Qty(prices.last(ACME).0.unsigned_abs());
        out.push(Command::Deliver { account: AccountId(0), instrument: ACME, qty });
        self.due = None;
    }
}

fn traded(price: i64) -> Event {
    let taker = OrderKey::new(AccountId(2), OrderId(1));
    let (trade, aggressor, qty) = (TradeId(0), Side::Buy, Qty(1));
    let price = Price(price);
    Event::Traded { trade, instrument: ACME, maker: KEY, taker, aggressor, price, qty }
}

fn paid() -> Event {
    let (account, currency, cash) = (AccountId(1), CurrencyId(0), Cash(-3));
    Event::Clearing(Fact::Paid {
        account,
        currency,
        cash,
        why: Payment::Fee,
        instrument: Some(ACME),
    })
}

fn hall(afters: &[u64]) -> (Operations, Arc<Mutex<Vec<Event>>>) {
    let shown = Arc::new(Mutex::new(Vec::new()));
    let clerk = |after| Clerk { after, due: None, shown: shown.clone() };
    let empty = Operations::new(Prices::new([Price(100)]));
    let hall = afters.iter().fold(empty, |hall, after| hall.with(clerk(*after)));
    (hall, shown)
}

/// Orders and single fees are nobody's business; trades are, and whatever else the house says.
#[test]
fn desks_are_shown_trades_and_the_houses_acts_but_neither_orders_nor_fees() {
    let (mut hall, shown) = hall(&[5]);
    let refused = Event::Rejected { key: KEY, why: Reject::UnknownOrder };
    hall.see_all(Time(1), &[refused, paid()]);
    assert_eq!((shown.lock().unwrap().len(), hall.due()), (0, None));
    let called = Event::Clearing(Fact::Met { account: AccountId(1) });
    hall.see_all(Time(2), &[refused, traded(101), paid(), called]);
    assert_eq!(*shown.lock().unwrap(), [traded(101), called]);
    assert_eq!(hall.due(), Some(Time(7)));
}

/// Whoever is due earliest speaks, of two at one moment who sits first, by the newest price; then the
/// next one is due.
#[test]
fn the_earliest_speaks_first_and_then_the_next_is_due() {
    let (mut hall, _) = hall(&[9, 5, 5]);
    hall.see(Time(1), &traded(103));
    let mut moments = Vec::new();
    let mut said = Vec::new();
    while let Some(at) = hall.due() {
        moments.push(at.0);
        hall.take(Time(at.0), &mut said);
        assert_eq!(said.len(), moments.len(), "one desk at a time");
    }
    assert_eq!(moments, [6, 6, 10]);
    let by_the_last = Command::Deliver { account: AccountId(0), instrument: ACME, qty: Qty(103) };
    assert!(said.iter().all(|command| *command == by_the_last));
}

/// A desk that has something to say from the start is heard of at once.
#[test]
fn whoever_sits_down_with_something_to_say_is_due() {
    let shown = Arc::new(Mutex::new(Vec::new()));
    let clerk = Clerk { after: 1, due: Some(Time(4)), shown };
    let hall = Operations::new(Prices::new([Price(100)]));
    assert_eq!(hall.due(), None);
    assert_eq!(hall.with(clerk).due(), Some(Time(4)));
}
