//! Ten seconds of a market, made by hand, whose figures can be worked out on paper. For tests.
//!
//! Ann quotes ACME and owns a hundred shares from the start; Bob and Eve each take once, and nobody
//! has named a kind for Eve. BOLT is listed and nobody wants it.
//!
//! ```text
//! s   what                            ACME's book after it
//! 0   Eve comes, Ann is given 100     –
//! 1   Ann bids 100.00 for 30          100.00 x 30 | –
//! 2   Ann asks 100.04 for 20          100.00 x 30 | 100.04 x 20   spread 4
//! 4   Bob buys 5                      100.00 x 30 | 100.04 x 15
//! 5   Eve sells 50, of which 30 trade – | 100.04 x 15
//! 6   Ann bids 99.98 for 10           99.98 x 10 | 100.04 x 15    spread 6
//! 7   Bob sells short: refused
//! 8   Ann takes her ask away          99.98 x 10 | –
//! 10  the end
//! ```

use crate::pnl::Kind;
use crate::recorder::Recorder;
use pitfloor_feed::level2::Levels;
use pitfloor_model::command::{Command, Instructions, Kind as OrderType, Order, Stamped, Stp, Tif};
use pitfloor_model::event::{CancelReason, Credit, Entry, Event, Reject, Terms};
use pitfloor_model::instrument::{Currency, Instrument, Venue};
use pitfloor_model::units::{
    AccountId, CurrencyId, InstrumentId, OrderId, OrderKey, Price, Qty, Side, Span, Stamp, Time,
    TradeId,
};

pub(crate) const ACME: InstrumentId = InstrumentId(0);
pub(crate) const BOLT: InstrumentId = InstrumentId(1);
pub(crate) const USD: CurrencyId = CurrencyId(0);
pub(crate) const END: Time = second(10);

const ANN: AccountId = AccountId(1);
const BOB: AccountId = AccountId(2);
const EVE: AccountId = AccountId(7);

/// A command at a moment, and what came of it.
pub(crate) type Step = (Stamped, Vec<Event>);

pub(crate) const fn second(n: u64) -> Time {
    Time::ZERO.after(Span::secs(n))
}

pub(crate) fn venue() -> Venue {
    let usd = Currency::new("USD", 2).unwrap();
    let share = |symbol, tick| Instrument::equity(symbol, USD, tick).unwrap();
    Venue::new("XPIT", vec![usd], vec![share("ACME", "0.01"), share("BOLT", "0.05")]).unwrap()
}

pub(crate) fn kinds() -> Vec<Kind> {
    let kind = |name: &str, account| Kind { name: name.to_owned(), accounts: vec![account] };
    vec![kind("makers", ANN), kind("takers", BOB)]
}

/// The story from its first command to its last.
pub(crate) fn steps() -> Vec<Step> {
    let credit = Credit::None;
    let open = Command::OpenAccount { account: EVE, credit };
    let deliver = Command::Deliver { account: ANN, instrument: ACME, qty: Qty(100) };
    let given = Event::Delivered { account: ANN, instrument: ACME, qty: Qty(100) };
    let refused = order(BOB, 2, Side::Sell, None, 1);
    let (ask, side, price) = (key(ANN, 2), Side::Sell, Some(Price(10_004)));
    let away = cancelled(ask, side, price, 15, CancelReason::User);
    let story = [
        (0, open, vec![Event::AccountOpened { account: EVE, credit }]),
        (0, deliver, vec![given]),
        rests(1, order(ANN, 1, Side::Buy, Some(10_000), 30)),
        rests(2, order(ANN, 2, Side::Sell, Some(10_004), 20)),
        takes(4, order(BOB, 1, Side::Buy, None, 5), (key(ANN, 2), 10_004, 5)),
        takes(5, order(EVE, 1, Side::Sell, None, 50), (key(ANN, 1), 10_000, 30)),
        rests(6, order(ANN, 3, Side::Buy, Some(9_998), 10)),
        (7, Command::Place(refused), vec![Event::rejected(BOB, OrderId(2), Reject::ShortSale)]),
        (8, Command::Cancel { key: ask }, vec![away]),
    ];
    let numbered = (0..).zip(story);
    let stamped = numbered
        .map(|(seq, (at, command, events))| (Stamped { seq, at: second(at), command }, events));
    stamped.collect()
}

/// A recorder that knows what ACME cost the day before, and nothing of BOLT.
pub(crate) fn empty() -> Recorder {
    Recorder::new(&venue(), &kinds(), &[Some(Price(9_990)), None], Some(END))
}

/// Feeds `recorder` as a run or a replay does.
pub(crate) fn tell(recorder: &mut Recorder, steps: &[Step]) {
    let mut books = [ACME, BOLT].map(Levels::new);
    for (stamped, events) in steps {
        for event in events {
            for book in &mut books {
                book.apply(event);
            }
        }
        recorder.see(stamped, events, |instrument| &books[instrument.index()]);
    }
}

/// The story, recorded to its end.
pub(crate) fn recorded() -> Recorder {
    let mut recorder = empty();
    tell(&mut recorder, &steps());
    recorder.run_until(END);
    recorder
}

const fn key(account: AccountId, order: u64) -> OrderKey {
    OrderKey::new(account, OrderId(order))
}

fn order(account: AccountId, number: u64, side: Side, price: Option<i64>, qty: u64) -> Order {
    let (order, stp) = (OrderId(number), Stp::ExpireTaker);
    let (kind, tif) = match price {
        Some(_) => (OrderType::Limit, Tif::Gtc),
        None => (OrderType::Market, Tif::Ioc),
    };
    let (price, qty) = (price.map(Price), Qty(qty));
    let with = Instructions::NONE;
    Order { account, order, instrument: ACME, side, kind, price, qty, tif, stp, with }
}

fn accepted(order: Order) -> Event {
    let Order { side, kind, price, qty, tif, stp, with, .. } = order;
    let terms = Terms { side, kind, price, qty, tif, stp, with };
    Event::Accepted { instrument: ACME, key: order.key(), terms, entry: Entry::Entering }
}

fn rests(at: u64, order: Order) -> (u64, Command, Vec<Event>) {
    let (key, side, qty) = (order.key(), order.side, order.qty);
    let price = order.price.expect("what rests has a limit");
    let rested = Event::Rested { instrument: ACME, key, side, price, qty, stamp: Stamp(at) };
    (at, Command::Place(order), vec![accepted(order), rested])
}

/// `order` takes from one maker what it has; the rest of it goes.
fn takes(
    at: u64,
    order: Order,
    (maker, price, qty): (OrderKey, i64, u64),
) -> (u64, Command, Vec<Event>) {
    let (taker, aggressor) = (order.key(), order.side);
    let (trade, price, qty) = (TradeId(at), Price(price), Qty(qty));
    let traded = Event::Traded { trade, instrument: ACME, maker, taker, aggressor, price, qty };
    let left = order.qty.less(qty);
    let gone = cancelled(taker, aggressor, None, left.0, CancelReason::Remainder);
    let mut events = vec![accepted(order), traded];
    events.extend((!left.is_zero()).then_some(gone));
    (at, Command::Place(order), events)
}

const fn cancelled(
    key: OrderKey,
    side: Side,
    price: Option<Price>,
    left: u64,
    why: CancelReason,
) -> Event {
    Event::Cancelled { instrument: ACME, key, side, price, left: Qty(left), why }
}
