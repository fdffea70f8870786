//! What an agent is: a machine that is told things and answers with intents.
//!
//! An agent sees the market through a [`Context`], which cannot lie (it shows what the public view
//! held one latency ago, and no later) and cannot cheat (orders go out under the agent's own
//! account and no other). Agents are state machines, not threads: one call at a time, to
//! completion, no waiting and nothing shared, so the same agent runs in a simulation, paced by a
//! clock, or in a task of its own.

use crate::decision::{Decision, Trace};
use crate::dice::Dice;
use crate::imbalance::Imbalance;
use crate::latency::Link;
use crate::view::{Board, View};
use crate::world::World;
use pitfloor_feed::level2::Quote;
use pitfloor_feed::tape::Print;
use pitfloor_model::clearing::Fact;
use pitfloor_model::command::{Change, Command, Filter, MassReason, Order, OrderList, Stp};
use pitfloor_model::event::{CancelReason, Credit, Event};
use pitfloor_model::instrument::{Instrument, InstrumentKind, Venue};
use pitfloor_model::units::{
    AccountId, Cash, CurrencyId, InstrumentId, OrderId, OrderKey, Price, Qty, Side, Span, Time,
};
use smallvec::{SmallVec, smallvec};
use std::sync::Arc;

/// A participant of the market.
///
/// # Examples
///
/// An agent that buys one lot at the start and is content:
///
/// ```
/// use pitfloor_model::units::{InstrumentId, Price, Qty, Side};
/// use pitfloor_sim::agent::{Agent, Context, Notice};
///
/// struct Content;
///
/// impl Agent for Content {
///     fn on(&mut self, notice: &Notice, cx: &mut Context<'_>) {
///         if *notice == Notice::Start {
///             cx.limit(InstrumentId(0), Side::Buy, Price(100), Qty(1));
///         }
///     }
/// }
/// ```
pub trait Agent: Send {
    /// What it wants to be told of unasked. Ask for little: being told is what costs.
    fn interest(&self) -> Interest {
        Interest::default()
    }

    /// Reacts to `notice`; whatever it wants goes through `cx`.
    fn on(&mut self, notice: &Notice, cx: &mut Context<'_>);
}

/// Something an agent is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Notice {
    /// The run begins.
    Start,
    /// A moment it asked for with [`Context::wake_in`] has come, or the answer to a question
    /// ([`Context::ask`]), or what it watches for ([`Interest::imbalances`]); with the tag it gave.
    Timer(u64),
    /// Something happened to one of its own orders.
    Own(Event),
    /// Somebody traded (only with an interest in trades).
    Print(Print),
    /// The best prices of an instrument changed (only with an interest in quotes).
    Quote(InstrumentId, Quote),
    /// What an auction would come to, that its call goes on, or what it came to (only with an
    /// interest in auctions): [`Event::Indicative`], [`Event::CallExtended`] or
    /// [`Event::Uncrossed`].
    Auction(Event),
    /// Something was announced to everybody (only with an interest in news).
    News {
        /// Its number, by which the scenario has its text.
        number: u32,
        /// Whom it concerns, if one instrument.
        about: Option<InstrumentId>,
    },
}

/// What an agent is told of unasked. The public view can always be read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Interest {
    /// How much of what happens to its own orders.
    pub own: Own,
    /// Trades of these instruments.
    pub trades: Vec<InstrumentId>,
    /// Changes of the best prices of these instruments.
    pub quotes: Vec<InstrumentId>,
    /// Calls and auctions of these instruments.
    pub auctions: Vec<InstrumentId>,
    /// Whatever is announced.
    pub news: bool,
    /// Each time a book becomes lopsided (see [`Imbalance`]): told as [`Notice::Timer`].
    pub imbalances: Vec<Imbalance>,
}

/// How much an agent is told about its own orders.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Own {
    /// Trades, refusals, and orders that ended or became smaller without their owner's asking.
    #[default]
    Fills,
    /// Everything.
    All,
}

/// Something an agent wants.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Intent {
    /// Send this to the venue.
    Send(Command),
    /// After this long, send the venue a question, and tell me [`Notice::Timer`] with this tag when
    /// the answer is here.
    Ask(Span, u64),
    /// Tell me [`Notice::Timer`] at this moment, with this tag.
    Wake(Time, u64),
}

/// What a host keeps for each agent beside the agent itself.
#[derive(Clone, Debug)]
pub struct Seat {
    name: Box<str>,
    account: AccountId,
    dice: Dice,
    link: Link,
    orders: u64,
    /// How many questions it has asked.
    asked: u64,
    /// Cash per currency, then lots per instrument: together, because both change together.
    has: SmallVec<[i128; 4]>,
    currencies: usize,
    /// Whether the account may owe.
    credit: Credit,
    /// Whether it waits by the market's own clock.
    by_activity: bool,
    /// What the participant says of its acts, when somebody wants to know.
    trace: Option<Box<Trace>>,
}

/// An agent's window on the world during one call: its time, its dice, its hands.
pub struct Context<'a> {
    now: Time,
    seat: &'a mut Seat,
    venue: &'a Venue,
    board: &'a Board,
    world: &'a mut World,
    intents: &'a mut Vec<Intent>,
}

impl Own {
    /// True when an agent that asked for this much is told of `event`.
    #[must_use]
    pub const fn wants(self, event: &Event) -> bool {
        match self {
            Self::All => true,
            Self::Fills => match event {
                Event::Traded { .. }
                | Event::Crossed { .. }
                | Event::Transferred { .. }
                | Event::Rejected { .. }
                | Event::ExpiredInMatch { .. }
                | Event::Expired { .. }
                | Event::KillSwitched { .. }
                | Event::AccountOpened { .. }
                | Event::Deposited { .. }
                | Event::Delivered { .. } => true,
                Event::Cancelled { why, .. } => match why {
                    CancelReason::Remainder
                    | CancelReason::Mass
                    | CancelReason::Disconnect
                    | CancelReason::KillSwitch
                    | CancelReason::FillOrKill
                    | CancelReason::MinQty
                    | CancelReason::Band
                    | CancelReason::Budget
                    | CancelReason::OcoSibling
                    | CancelReason::ParentGone
                    | CancelReason::AuctionOver
                    | CancelReason::Unfunded
                    | CancelReason::Cascade
                    | CancelReason::CorporateAction
                    | CancelReason::Default => true,
                    CancelReason::User | CancelReason::ReplacedToDone => false,
                },
                Event::Clearing(fact) => is_felt(fact),
                Event::Prevented { mode, .. } => match mode {
                    Stp::Decrement | Stp::Transfer => true, // Both have become smaller.
                    Stp::None | Stp::ExpireTaker | Stp::ExpireMaker | Stp::ExpireBoth => false,
                },
                Event::Accepted { .. }
                | Event::Rested { .. }
                | Event::Replaced { .. }
                | Event::Reduced { .. }
                | Event::Refreshed { .. }
                | Event::Repriced { .. }
                | Event::Parked { .. }
                | Event::Triggered { .. }
                | Event::Amended { .. }
                | Event::Armed { .. }
                | Event::Unspent { .. }
                | Event::MassCancelled { .. }
                | Event::GroupSet { .. }
                | Event::PhaseChanged { .. }
                | Event::Indicative { .. }
                | Event::Uncrossed { .. }
                | Event::CallExtended { .. }
                | Event::BandsChanged { .. }
                | Event::ReferenceSet { .. }
                | Event::ShortSalesRestricted { .. }
                | Event::TimeAdvanced { .. } => false,
            },
        }
    }
}

/// True for what changes what an account has or may do; not for what it has asked for itself or was
/// told when it was opened.
const fn is_felt(fact: &Fact) -> bool {
    !matches!(
        fact,
        Fact::Settled { .. }
            | Fact::CarrierSet { .. }
            | Fact::LimitsSet { .. }
            | Fact::Drawn { .. }
    )
}

impl Seat {
    /// A seat for the participant `name` of run `seed`, at the far end of `link`.
    #[must_use]
    pub fn new(seed: u64, name: &str, account: AccountId, link: Link, venue: &Venue) -> Self {
        Self {
            name: name.into(),
            account,
            dice: Dice::new(seed, name),
            link,
            orders: 0,
            asked: 0,
            has: smallvec![0; venue.currencies().len() + venue.instruments().len()],
            currencies: venue.currencies().len(),
            credit: Credit::None,
            by_activity: false,
            trace: None,
        }
    }

    /// Lets the participant wait by the market's own clock.
    pub const fn live_by_activity(&mut self) {
        self.by_activity = true;
    }

    /// Writes down from now on why the participant acts; the host collects it after every call.
    pub fn begin_trace(&mut self) {
        self.trace.get_or_insert_default();
    }

    /// What the participant has said of its acts since this was asked the last time: nothing when
    /// nobody traces it.
    pub fn decisions(&mut self) -> impl Iterator<Item = Decision> + '_ {
        let orders = self.orders;
        self.trace.iter_mut().flat_map(move |trace| trace.take(orders))
    }

    /// True when somebody wants to know why the participant acts.
    #[must_use]
    pub const fn is_traced(&self) -> bool {
        self.trace.is_some()
    }

    /// Whose seat it is.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The account it trades for.
    #[must_use]
    pub const fn account(&self) -> AccountId {
        self.account
    }

    /// How many questions it has asked the venue so far.
    #[must_use]
    pub const fn asked(&self) -> u64 {
        self.asked
    }

    /// Its connection to the venue.
    pub const fn link(&mut self) -> &mut Link {
        &mut self.link
    }

    /// Takes note of what the participant is told: what it has, and up to when it knows.
    ///
    /// # Panics
    ///
    /// When the event is of another venue.
    pub fn told(&mut self, at: Time, event: &Event, venue: &Venue) {
        self.link.told(at);
        self.brings(event, venue);
    }

    /// Takes note of what the participant has, and of nothing that could be known of the market.
    ///
    /// # Panics
    ///
    /// When the event is of another venue.
    pub fn brings(&mut self, event: &Event, venue: &Venue) {
        match *event {
            Event::Traded { instrument, maker, taker, aggressor, price, qty, .. }
            | Event::Transferred { instrument, maker, taker, aggressor, price, qty } => {
                let (buy, sell) = match aggressor {
                    Side::Buy => (taker, maker),
                    Side::Sell => (maker, taker),
                };
                self.meets(
                    &venue.instruments()[instrument.index()],
                    instrument,
                    buy,
                    sell,
                    price,
                    qty,
                );
            }
            Event::Crossed { instrument, buy, sell, price, qty, .. } => {
                self.meets(
                    &venue.instruments()[instrument.index()],
                    instrument,
                    buy,
                    sell,
                    price,
                    qty,
                );
            }
            Event::Deposited { currency, cash, .. } => self.has[currency.index()] += cash.0,
            Event::Delivered { instrument, qty, .. } => {
                self.has[self.currencies + instrument.index()] += i128::from(qty.0);
            }
            Event::Accepted { .. }
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
            Event::AccountOpened { credit, .. } => self.credit = credit,
            Event::Clearing(fact) => self.learns(&fact),
        }
    }

    /// The clearing house moved something of the participant's.
    fn learns(&mut self, fact: &Fact) {
        match *fact {
            Fact::Paid { currency, cash, .. } => self.has[currency.index()] += cash.0,
            Fact::Moved { instrument, lots, .. } => {
                self.has[self.currencies + instrument.index()] += i128::from(lots);
            }
            _ => {}
        }
    }

    /// Lots went from one order to another for cash: either may be the participant's, or both.
    fn meets(
        &mut self,
        definition: &Instrument,
        instrument: InstrumentId,
        buy: OrderKey,
        sell: OrderKey,
        price: Price,
        qty: Qty,
    ) {
        let (mut cost, mut lots) = (definition.cost(price, qty).0, i128::from(qty.0));
        let mut delivered = self.currencies + instrument.index();
        match definition.kind() {
            // Gains and losses come as variation.
            kind if kind.is_margined() => cost = 0,
            InstrumentKind::Fx { base, lot_cash } => {
                delivered = base.index();
                lots *= i128::from(lot_cash);
            }
            _ => {}
        }
        for (key, sign) in [(buy, 1), (sell, -1)] {
            if key.account == self.account {
                self.has[delivered] += sign * lots;
                self.has[definition.currency().index()] -= sign * cost;
            }
        }
    }
}

impl<'a> Context<'a> {
    /// A window for one call. Only hosts make these.
    pub const fn new(
        now: Time,
        seat: &'a mut Seat,
        venue: &'a Venue,
        board: &'a Board,
        world: &'a mut World,
        intents: &'a mut Vec<Intent>,
    ) -> Self {
        Self { now, seat, venue, board, world, intents }
    }

    /// The moment of this call.
    #[must_use]
    pub const fn now(&self) -> Time {
        self.now
    }

    /// This agent's account.
    #[must_use]
    pub const fn account(&self) -> AccountId {
        self.seat.account
    }

    /// What is traded.
    #[must_use]
    pub const fn venue(&self) -> &'a Venue {
        self.venue
    }

    /// The definition of `instrument`.
    ///
    /// # Panics
    ///
    /// When the venue does not list it.
    #[must_use]
    pub fn instrument(&self, instrument: InstrumentId) -> &'a Instrument {
        &self.venue.instruments()[instrument.index()]
    }

    /// This agent's own dice; nobody else draws from them.
    pub const fn dice(&mut self) -> &mut Dice {
        &mut self.seat.dice
    }

    /// The public market, as far as this agent can know it by now.
    pub fn view(&mut self) -> View<'a> {
        View::new(self.board, self.seat.link.known(self.now))
    }

    /// What this agent holds of `instrument`, in lots, as far as it has been told; of a currency pair,
    /// as many lots as its cash of the base currency makes.
    #[must_use]
    pub fn position(&self, instrument: InstrumentId) -> i128 {
        if let InstrumentKind::Fx { base, lot_cash } = self.instrument(instrument).kind() {
            return self.cash(base).0 / i128::from(lot_cash);
        }
        self.seat.has[self.seat.currencies + instrument.index()]
    }

    /// This agent's cash in `currency`, as far as it has been told.
    #[must_use]
    pub fn cash(&self, currency: CurrencyId) -> Cash {
        Cash(self.seat.has[currency.index()])
    }

    /// True when this agent may owe: then it may sell what it does not have, and buy for more than it
    /// has, as far as its margin goes.
    #[must_use]
    pub const fn may_owe(&self) -> bool {
        !matches!(self.seat.credit, Credit::None)
    }

    /// The hidden fundamental value of `instrument` now, in ticks; none when it has none.
    ///
    /// For agents that model private information; what they see of it, and how blurred, is theirs
    /// to say.
    pub fn fundamental(&mut self, instrument: InstrumentId) -> Option<f64> {
        self.world.fundamental(instrument, self.now)
    }

    /// Sends a limit order that rests what does not trade at once.
    pub fn limit(
        &mut self,
        instrument: InstrumentId,
        side: Side,
        price: Price,
        qty: Qty,
    ) -> OrderId {
        self.place(self.draft(instrument, side, Some(price), qty))
    }

    /// Sends a limit order that trades at once or not at all.
    pub fn take(
        &mut self,
        instrument: InstrumentId,
        side: Side,
        price: Price,
        qty: Qty,
    ) -> OrderId {
        self.place(self.draft(instrument, side, Some(price), qty).ioc())
    }

    /// Sends a market order.
    pub fn market(&mut self, instrument: InstrumentId, side: Side, qty: Qty) -> OrderId {
        self.place(self.draft(instrument, side, None, qty))
    }

    /// An order to say more about before it is sent: a limit that rests with a price, a market order
    /// without. It gets its number when it is placed.
    #[must_use]
    pub const fn draft(
        &self,
        instrument: InstrumentId,
        side: Side,
        price: Option<Price>,
        qty: Qty,
    ) -> Order {
        let (account, order) = (self.seat.account, OrderId::NONE);
        match price {
            Some(price) => Order::limit(account, order, instrument, side, price, qty),
            None => Order::market(account, order, instrument, side, qty),
        }
    }

    /// Sends any order for this agent's account, under the next number, whatever account and number
    /// it names. There is no way to trade for another account.
    pub fn place(&mut self, order: Order) -> OrderId {
        let order = self.own(order);
        self.send(Command::Place(order));
        order.order
    }

    /// Sends an iceberg whose parts after the first have these sizes, used in turn and over again.
    pub fn place_varied(&mut self, order: Order, tranches: &[Qty]) -> OrderId {
        let order = self.own(order);
        self.send(Command::PlaceVaried { order, tranches: tranches.into() });
        order.order
    }

    /// Sends orders that hang together; they are numbered in their order.
    pub fn place_list(
        &mut self,
        mut list: OrderList,
    ) -> SmallVec<[OrderId; OrderList::MEMBERS_MAX]> {
        for member in &mut list.members {
            *member = self.own(*member);
        }
        let numbers = list.members.iter().map(|member| member.order).collect();
        self.send(Command::PlaceList(Arc::new(list)));
        numbers
    }

    fn own(&mut self, order: Order) -> Order {
        self.seat.orders += 1;
        Order { account: self.seat.account, order: OrderId(self.seat.orders), ..order }
    }

    /// Asks for a new limit and a new total quantity of one of this agent's orders.
    pub fn replace(&mut self, order: OrderId, price: Price, qty: Qty) {
        self.send(Command::Replace { key: self.key(order), price, qty });
    }

    /// Asks for other terms of one of this agent's orders.
    pub fn amend(&mut self, order: OrderId, change: Change) {
        self.send(Command::Amend { key: self.key(order), change });
    }

    /// Asks to make one of this agent's orders smaller.
    pub fn reduce(&mut self, order: OrderId, by: Qty) {
        self.send(Command::Reduce { key: self.key(order), by });
    }

    /// Asks to take one of this agent's orders off the book.
    pub fn cancel(&mut self, order: OrderId) {
        self.send(Command::Cancel { key: self.key(order) });
    }

    /// Asks to take off the market all of this agent's orders that fit `filter`, whatever account it
    /// names.
    pub fn mass_cancel(&mut self, filter: Filter) {
        let filter = Filter { account: Some(self.seat.account), ..filter };
        self.send(Command::MassCancel { filter, why: MassReason::Asked });
    }

    /// Says why this agent does what it does next, up to the next time it says so or the end of this
    /// call: a rule, which is always one of a few fixed words, and the figures that it went by. They
    /// are worked out only when somebody traces this agent.
    pub fn because<const N: usize>(
        &mut self,
        rule: &'static str,
        figures: impl FnOnce() -> [(&'static str, f64); N],
    ) {
        if let Some(trace) = &mut self.seat.trace {
            trace.begin(self.now, self.seat.account, rule, &figures(), self.seat.orders);
        }
    }

    /// Asks for [`Notice::Timer`] with tag 0 after `span`: by the market's own clock when this agent lives
    /// by that. What never comes is not waited for.
    pub fn wake_in(&mut self, span: Span) {
        let at = match self.seat.by_activity {
            false => Some(self.now.after(span)),
            true => self.world.later(self.now, span),
        };
        if let Some(at) = at {
            self.wake_at(at, 0);
        }
    }

    /// Asks for [`Notice::Timer`] with `tag` at the moment `at`, or at once when that is past.
    pub fn wake_at(&mut self, at: Time, tag: u64) {
        self.intents.push(Intent::Wake(at.max(self.now), tag));
    }

    /// Sends the venue a question, `after` so long: [`Notice::Timer`] with `tag` comes when the answer
    /// is here, one way up and one way down from then. What it says is in [`Context::view`] at that
    /// moment, which then shows the market as it was when the question got there. An agent that is still
    /// busy when the answer comes reads it when it is free.
    pub fn ask(&mut self, after: Span, tag: u64) {
        self.seat.asked += 1;
        self.intents.push(Intent::Ask(after, tag));
    }

    const fn key(&self, order: OrderId) -> OrderKey {
        OrderKey::new(self.seat.account, order)
    }

    fn send(&mut self, command: Command) {
        self.intents.push(Intent::Send(command));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::latency::Latency;
    use pitfloor_model::instrument::Currency;
    use pitfloor_model::order::{PostOnly, Shape};
    use pitfloor_model::units::TradeId;

    const ACME: InstrumentId = InstrumentId(0);
    const ME: AccountId = AccountId(3);

    fn venue() -> Venue {
        let acme = Instrument::equity("ACME", CurrencyId(0), "0.01").unwrap();
        Venue::new("XPIT", vec![Currency::new("USD", 2).unwrap()], vec![acme]).unwrap()
    }

    fn seat(venue: &Venue) -> Seat {
        Seat::new(1, "me", ME, Link::new(Latency::Fixed(Span::ZERO), 1, "me"), venue)
    }

    /// What an agent that does `act` sends.
    fn sent(act: impl FnOnce(&mut Context<'_>)) -> Vec<Command> {
        let (venue, mut world, mut intents) = (venue(), World::default(), Vec::new());
        let (mut seat, board) = (seat(&venue), Board::new(1, Span::ZERO));
        act(&mut Context::new(Time(5), &mut seat, &venue, &board, &mut world, &mut intents));
        let commands = intents.into_iter().filter_map(|intent| match intent {
            Intent::Send(command) => Some(command),
            Intent::Ask(..) | Intent::Wake(..) => None,
        });
        commands.collect()
    }

    #[test]
    fn any_order_goes_out_under_the_agents_own_name_and_next_number() {
        let commands = sent(|cx| {
            let draft = cx.draft(ACME, Side::Sell, Some(Price(101)), Qty(50));
            let iceberg = cx.place(draft.iceberg(Qty(5)).post_only(PostOnly::Slide));
            let foreign = Order { account: AccountId(9), order: OrderId(77), ..draft };
            assert_eq!((iceberg, cx.place(foreign)), (OrderId(1), OrderId(2)));
            assert_eq!(cx.place_varied(draft.iceberg(Qty(5)), &[Qty(7), Qty(3)]), OrderId(3));
            let legs = cx.place_list(OrderList::oco(draft, foreign));
            assert_eq!(legs.as_slice(), [OrderId(4), OrderId(5)]);
            cx.amend(iceberg, Change { qty: Some(Qty(40)), ..Change::default() });
            let account = Some(AccountId(9));
            cx.mass_cancel(Filter { account, side: Some(Side::Sell), ..Filter::default() });
        });
        assert!(commands.iter().all(|command| command.account() == ME), "{commands:?}");
        let numbers: Vec<u64> = commands.iter().map(|command| command.order().0).collect();
        assert_eq!(numbers, [1, 2, 3, 4, 1, OrderId::NONE.0]);
        assert!(matches!(&commands[3], Command::PlaceList(list) if list.shape == Shape::Oco));
        assert!(
            matches!(&commands[0], Command::Place(order) if order.with.display == Some(Qty(5)))
        );
    }

    #[test]
    fn what_an_auction_or_a_transfer_moves_is_known_on_both_sides() {
        let venue = venue();
        let mut seat = seat(&venue);
        let own = OrderKey::new(ME, OrderId(1));
        let other = OrderKey::new(AccountId(4), OrderId(1));
        let (trade, instrument, price) = (TradeId(0), ACME, Price(100));
        let crossed =
            |buy, sell, qty| Event::Crossed { trade, instrument, buy, sell, price, qty: Qty(qty) };
        seat.brings(&crossed(own, other, 5), &venue);
        assert_eq!(seat.has.as_slice(), [-500, 5]);
        seat.brings(&crossed(own, own, 3), &venue);
        assert_eq!(seat.has.as_slice(), [-500, 5], "with itself nothing moves");
        let aggressor = Side::Sell;
        let (maker, taker, qty) = (other, own, Qty(2));
        let moved = Event::Transferred { instrument, maker, taker, aggressor, price, qty };
        seat.brings(&moved, &venue);
        assert_eq!(seat.has.as_slice(), [-300, 3], "it sold two");
    }

    #[test]
    fn what_the_clearing_house_moves_is_known_and_a_pair_is_held_in_cash() {
        let eur = Currency::new("EUR", 2).unwrap();
        let (usd, euros, pair) = (CurrencyId(0), CurrencyId(1), InstrumentId(1));
        let kind = InstrumentKind::Fx { base: euros, lot_cash: 100_000 };
        let listed = vec![
            Instrument::equity("ACME", usd, "0.01").unwrap(),
            Instrument::new(kind, "EURUSD", usd, "0.0001", "1000").unwrap(),
        ];
        let all = vec![Currency::new("USD", 2).unwrap(), eur];
        let venue = Venue::new("XPIT", all, listed).unwrap();
        let mut seat = seat(&venue);
        let (account, credit) = (ME, Credit::Margin);
        seat.brings(&Event::AccountOpened { account, credit }, &venue);
        let cash = Cash(-120);
        let paid = Fact::Paid {
            account,
            currency: usd,
            cash,
            why: pitfloor_model::clearing::Payment::Fee,
            instrument: Some(ACME),
        };
        seat.brings(&Event::Clearing(paid), &venue);
        let (currency, cash) = (euros, Cash(350_000));
        seat.brings(&Event::Deposited { account, currency, cash }, &venue);
        let (mut world, mut intents) = (World::default(), Vec::new());
        let board = Board::new(2, Span::ZERO);
        let cx = Context::new(Time(5), &mut seat, &venue, &board, &mut world, &mut intents);
        assert!(cx.may_owe());
        assert_eq!((cx.cash(usd), cx.position(pair)), (Cash(-120), 3));
        assert!(Own::Fills.wants(&Event::Clearing(paid)));
        let settled = Fact::Settled { account, instrument: ACME, lots: 1, cash };
        assert!(!Own::Fills.wants(&Event::Clearing(settled)), "nothing that it has changes");
    }

    #[test]
    fn who_asks_for_fills_hears_of_auctions_and_of_every_end_that_he_did_not_ask_for() {
        let own = OrderKey::new(ME, OrderId(1));
        let (instrument, key, side, price, left) = (ACME, own, Side::Buy, None, Qty(1));
        let ended = |why| Event::Cancelled { instrument, key, side, price, left, why };
        for why in [CancelReason::OcoSibling, CancelReason::AuctionOver, CancelReason::Mass] {
            assert!(Own::Fills.wants(&ended(why)), "{why:?}");
        }
        assert!(!Own::Fills.wants(&ended(CancelReason::User)));
        assert!(Own::Fills.wants(&Event::Expired { instrument, key, side, price, left }));
        let prevented = |mode| {
            let (maker, taker, price, qty) = (own, own, Price(1), Qty(1));
            Event::Prevented { instrument, maker, taker, price, qty, mode }
        };
        assert!(Own::Fills.wants(&prevented(Stp::Decrement)));
        assert!(!Own::Fills.wants(&prevented(Stp::ExpireTaker)));
        let triggered = Event::Triggered { instrument, key, price: Price(1) };
        assert!(Own::All.wants(&triggered) && !Own::Fills.wants(&triggered));
    }
}
