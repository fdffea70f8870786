//! The exchange: all the books of a venue and one ledger, behind one door.

use crate::book::{Book, BookView, Level, Resting, Slot};
use crate::gate;
use crate::ledger::{Asset, CashHolding, Ledger, LotHolding, Need};
use crate::phase;
use crate::places::{Place, Places};
use pitfloor_model::command::{Command, Order, Stamped, Stp, Tif};
use pitfloor_model::event::{CancelReason, Event, Phase, Reject, Terms};
use pitfloor_model::instrument::{Instrument, Venue};
use pitfloor_model::units::{
    AccountId, CurrencyId, InstrumentId, OrderKey, Price, Qty, Side, Stamp, Time, TradeId,
};
use std::sync::Arc;

/// The whole state of a market. Cloning it is a snapshot.
#[derive(Clone, Debug)]
pub struct Exchange {
    venue: Arc<Venue>,
    now: Time,
    pits: Vec<Pit>,
    ledger: Ledger,
    places: Places,
    stamps: u64,
    trades: u64,
}

/// Where one instrument is traded.
#[derive(Clone, Debug)]
struct Pit {
    asset: Asset,
    phase: Phase,
    last: Option<Price>,
    book: Book,
}

/// A live order, as its owner may know it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct LiveOrder {
    /// What it trades.
    pub instrument: InstrumentId,
    /// Its side.
    pub side: Side,
    /// Its level.
    pub price: Price,
    /// What can still trade of it.
    pub leaves: Qty,
    /// What has traded of it.
    pub traded: Qty,
    /// Its priority.
    pub stamp: Stamp,
}

/// An order on its way through the book.
struct Taker {
    key: OrderKey,
    side: Side,
    /// The worst acceptable price; none for market orders.
    limit: Option<Price>,
    leaves: Qty,
    traded: Qty,
    tif: Tif,
    stp: Stp,
}

impl Exchange {
    /// A venue on its first morning: nobody has an account, every instrument trades.
    #[must_use]
    pub fn new(venue: Arc<Venue>) -> Self {
        let pits = (0..).zip(venue.instruments()).map(|(id, instrument)| Pit {
            asset: Asset::of(InstrumentId(id), instrument),
            phase: Phase::Continuous,
            last: None,
            book: Book::default(),
        });
        let pits = pits.collect();
        let ledger = Ledger::new(venue.currencies().len(), venue.instruments().len());
        let places = Places::new();
        Self { venue, now: Time::ZERO, pits, ledger, places, stamps: 0, trades: 0 }
    }

    /// Carries out `stamped` and appends what happened to `events`.
    ///
    /// Every command yields at least one event, and a refused command changes nothing. It cannot
    /// fail: a sender's mistake is an [`Event::Rejected`], a programmer's mistake is a panic.
    ///
    /// # Panics
    ///
    /// When time runs backwards: the sequencer's stamps never decrease.
    pub fn apply(&mut self, stamped: &Stamped, events: &mut Vec<Event>) {
        assert!(stamped.at >= self.now, "time never decreases: {} then {}", self.now, stamped.at);
        self.now = stamped.at;
        let done = match &stamped.command {
            Command::Place(order) => self.place(order, events),
            Command::Replace { key, price, qty } => self.replace(*key, *price, *qty, events),
            Command::Reduce { key, by } => self.reduce(*key, *by, events),
            Command::Cancel { key } => self.cancel(*key, events),
            Command::OpenAccount { account, credit } => {
                let (account, credit) = (*account, *credit);
                let opened = self.ledger.open(account, credit);
                opened.map(|()| events.push(Event::AccountOpened { account, credit }))
            }
            Command::Deposit { account, currency, cash } => {
                let (account, currency, cash) = (*account, *currency, *cash);
                let posted = self.ledger.deposit(account, currency, cash);
                posted.map(|()| events.push(Event::Deposited { account, currency, cash }))
            }
            Command::Deliver { account, instrument, qty } => {
                let (account, instrument, qty) = (*account, *instrument, *qty);
                let listed = self.pit(instrument).map(|_| ());
                let posted = listed.and_then(|()| self.ledger.deliver(account, instrument, qty));
                posted.map(|()| events.push(Event::Delivered { account, instrument, qty }))
            }
            Command::SetPhase { instrument, to } => self.set_phase(*instrument, *to, events),
        };
        if let Err(why) = done {
            let (account, order) = (stamped.command.account(), stamped.command.order());
            events.push(Event::rejected(account, order, why));
        }
    }

    /// Reads ahead for a command that will come soon: its account and the place of its order are
    /// brought near the processor while something else is being done. Changes nothing, and may be
    /// left out.
    pub fn foresee(&self, command: &Command) {
        self.ledger.foresee(command.account());
        self.places.foresee(OrderKey::new(command.account(), command.order()));
    }

    /// Reads further ahead for a command that [`Exchange::foresee`] was told of a while ago: the
    /// order that it concerns is brought near. Changes nothing, and may be left out.
    #[inline]
    pub fn foresee_order(&self, command: &Command) {
        let key = OrderKey::new(command.account(), command.order());
        if let Some(place) = self.places.likely(key) {
            self.pits[place.instrument.index()].book.foresee(place.slot);
        }
    }

    fn place(&mut self, order: &Order, events: &mut Vec<Event>) -> Result<(), Reject> {
        self.may_place(order)?;
        let Order { instrument, side, kind, price, qty, tif, stp, .. } = *order;
        let terms = Terms { side, kind, price, qty, tif, stp };
        events.push(Event::Accepted { instrument, key: order.key(), terms });
        let (key, traded) = (order.key(), Qty::ZERO);
        let taker = Taker { key, side, limit: price, leaves: qty, traded, tif, stp };
        self.trade(instrument, taker, events);
        Ok(())
    }

    fn may_place(&self, order: &Order) -> Result<(), Reject> {
        let pit = self.pit(order.instrument)?;
        let instrument = self.instrument(order.instrument);
        self.ledger.credit(order.account).ok_or(Reject::UnknownAccount)?;
        if !phase::takes_orders(pit.phase) {
            return Err(Reject::PhaseForbids);
        }
        if self.places.get(order.key(), |place| self.name_at(place)).is_some() {
            return Err(Reject::DuplicateOrder);
        }
        gate::terms(instrument, order, &pit.book, pit.last)?;
        let live = self.ledger.live(order.account, order.instrument);
        let full = pit.book.len() >= Book::ORDERS_MAX;
        if order.tif == Tif::Gtc && (full || live >= instrument.limits.live_orders_max) {
            return Err(Reject::TooManyOrders);
        }
        let need = gate::need(pit.asset, order, &pit.book);
        self.ledger.afford(order.account, pit.asset, need, Need::default())
    }

    fn replace(
        &mut self,
        key: OrderKey,
        price: Price,
        qty: Qty,
        events: &mut Vec<Event>,
    ) -> Result<(), Reject> {
        let (place, old) = self.find(key)?;
        let instrument = place.instrument;
        let pit = self.pit(instrument)?;
        let (asset, definition) = (pit.asset, self.instrument(instrument));
        if !phase::takes_orders(pit.phase) {
            return Err(Reject::PhaseForbids);
        }
        gate::qty(&definition.limits, qty)?;
        gate::price(&definition.limits, price, pit.last)?;
        gate::notional(definition, price, qty)?;
        if qty <= old.traded {
            self.end(place, CancelReason::ReplacedToDone, events);
            return Ok(());
        }
        let leaves = qty.less(old.traded);
        let freed = asset.need(old.side, old.price, old.leaves);
        self.ledger.afford(key.account, asset, asset.need(old.side, price, leaves), freed)?;

        let kept = price == old.price && leaves < old.leaves;
        let (side, from, left) = (old.side, old.price, old.leaves);
        events.push(Event::Replaced {
            instrument,
            key,
            side,
            from,
            left,
            price,
            qty,
            leaves,
            kept,
        });
        if kept {
            self.shrink(place, old.leaves.less(leaves));
            return Ok(());
        }
        self.take_off(place);
        let (tif, limit) = (Tif::Gtc, Some(price));
        let taker = Taker { key, side, limit, leaves, traded: old.traded, tif, stp: old.stp };
        self.trade(instrument, taker, events);
        Ok(())
    }

    fn reduce(&mut self, key: OrderKey, by: Qty, events: &mut Vec<Event>) -> Result<(), Reject> {
        let (place, old) = self.find(key)?;
        if by.is_zero() {
            return Err(Reject::ZeroQty);
        }
        if !by.0.is_multiple_of(self.instrument(place.instrument).limits.qty_step) {
            return Err(Reject::OffLot);
        }
        if by >= old.leaves {
            self.end(place, CancelReason::User, events);
            return Ok(());
        }
        self.shrink(place, by);
        let (instrument, side, price) = (place.instrument, old.side, old.price);
        let leaves = old.leaves.less(by);
        events.push(Event::Reduced { instrument, key, side, price, by, leaves });
        Ok(())
    }

    fn cancel(&mut self, key: OrderKey, events: &mut Vec<Event>) -> Result<(), Reject> {
        let (place, _) = self.find(key)?;
        self.end(place, CancelReason::User, events);
        Ok(())
    }

    fn set_phase(
        &mut self,
        instrument: InstrumentId,
        to: Phase,
        events: &mut Vec<Event>,
    ) -> Result<(), Reject> {
        let from = self.pit(instrument)?.phase;
        if !phase::may_follow(from, to) {
            return Err(Reject::PhaseForbids);
        }
        self.pits[instrument.index()].phase = to;
        events.push(Event::PhaseChanged { instrument, from, to });
        Ok(())
    }

    /// Matches `taker` and rests or cancels what is left of it.
    fn trade(&mut self, instrument: InstrumentId, mut taker: Taker, events: &mut Vec<Event>) {
        while !taker.leaves.is_zero() {
            let Some(slot) = self.next_maker(instrument, &taker) else { break };
            let maker = self.pits[instrument.index()].book.get(slot);
            let qty = taker.leaves.min(maker.leaves);
            if maker.key.account == taker.key.account && taker.stp != Stp::None {
                let place = Place { instrument, slot };
                if self.prevent(place, &maker, &taker, qty, events) == Verdict::TakerEnds {
                    return;
                }
                continue;
            }
            self.fill(Place { instrument, slot }, &maker, &taker, qty, events);
            taker.leaves = taker.leaves.less(qty);
            taker.traded.0 += qty.0;
        }
        if !taker.leaves.is_zero() {
            self.rest_or_cancel(instrument, &taker, events);
        }
        let book = &self.pits[instrument.index()].book;
        assert!(!book.is_crossed(), "no bid meets an ask at rest");
    }

    fn next_maker(&self, instrument: InstrumentId, taker: &Taker) -> Option<Slot> {
        let book = &self.pits[instrument.index()].book;
        let slot = book.first(taker.side.opposite())?;
        let price = book.get(slot).price;
        taker.limit.is_none_or(|limit| taker.side.accepts(limit, price)).then_some(slot)
    }

    fn fill(
        &mut self,
        place: Place,
        maker: &Resting,
        taker: &Taker,
        qty: Qty,
        events: &mut Vec<Event>,
    ) {
        if qty == maker.leaves {
            self.forget(maker.key, place.instrument);
        }
        let pit = &mut self.pits[place.instrument.index()];
        let asset = pit.asset;
        pit.last = Some(maker.price);
        pit.book.fill(place.slot, qty);
        let freed = asset.need(maker.side, maker.price, qty);
        self.ledger.release(maker.key.account, asset, freed);
        let (buyer, seller) = match taker.side {
            Side::Buy => (taker.key.account, maker.key.account),
            Side::Sell => (maker.key.account, taker.key.account),
        };
        self.ledger.settle(asset, buyer, seller, maker.price, qty);
        let trade = TradeId(self.trades);
        self.trades += 1;
        events.push(Event::Traded {
            trade,
            instrument: place.instrument,
            maker: maker.key,
            taker: taker.key,
            aggressor: taker.side,
            price: maker.price,
            qty,
        });
    }

    /// Keeps two orders of one account apart, as the taker's mode says.
    fn prevent(
        &mut self,
        place: Place,
        maker: &Resting,
        taker: &Taker,
        qty: Qty,
        events: &mut Vec<Event>,
    ) -> Verdict {
        let (instrument, price, mode) = (place.instrument, maker.price, taker.stp);
        let (maker_key, taker_key) = (maker.key, taker.key);
        events.push(Event::Prevented {
            instrument,
            maker: maker_key,
            taker: taker_key,
            price,
            qty,
            mode,
        });
        let (maker_ends, taker_ends) = match mode {
            Stp::None => unreachable!("without prevention the two trade"),
            Stp::ExpireTaker => (false, true),
            Stp::ExpireMaker => (true, false),
            Stp::ExpireBoth => (true, true),
        };
        if maker_ends {
            self.take_off(place);
            let (key, side, left) = (maker_key, maker.side, maker.leaves);
            events.push(Event::ExpiredInMatch { instrument, key, side, price: Some(price), left });
        }
        if taker_ends {
            let (key, side, left) = (taker_key, taker.side, taker.leaves);
            events.push(Event::ExpiredInMatch { instrument, key, side, price: None, left });
            return Verdict::TakerEnds;
        }
        Verdict::GoOn
    }

    fn rest_or_cancel(&mut self, instrument: InstrumentId, taker: &Taker, events: &mut Vec<Event>) {
        let (key, side, left) = (taker.key, taker.side, taker.leaves);
        let Some(price) = taker.limit.filter(|_| taker.tif == Tif::Gtc) else {
            let why = CancelReason::Remainder;
            events.push(Event::Cancelled { instrument, key, side, price: None, left, why });
            return;
        };
        let stamp = Stamp(self.stamps);
        self.stamps += 1;
        let (leaves, traded, stp) = (left, taker.traded, taker.stp);
        let pit = &mut self.pits[instrument.index()];
        let asset = pit.asset;
        let slot = pit.book.rest(Resting {
            key,
            side,
            price,
            leaves,
            traded,
            stamp,
            stp,
            hidden: false,
            pegged: false,
            more: Resting::PLAIN,
        });
        let (pits, place) = (&self.pits, Place { instrument, slot });
        self.places.insert(key, place, |place| name_at(pits, place));
        self.ledger.reserve(key.account, asset, asset.need(side, price, leaves));
        self.ledger.count_live(key.account, instrument, 1);
        events.push(Event::Rested { instrument, key, side, price, qty: leaves, stamp });
    }

    /// Ends a resting order.
    fn end(&mut self, place: Place, why: CancelReason, events: &mut Vec<Event>) {
        let Resting { key, side, price, leaves: left, .. } = self.take_off(place);
        let (instrument, price) = (place.instrument, Some(price));
        events.push(Event::Cancelled { instrument, key, side, price, left, why });
    }

    /// Takes an order off the book and gives back what was reserved for it.
    fn take_off(&mut self, place: Place) -> Resting {
        self.forget(self.name_at(place), place.instrument);
        let pit = &mut self.pits[place.instrument.index()];
        let asset = pit.asset;
        let gone = pit.book.remove(place.slot);
        let freed = asset.need(gone.side, gone.price, gone.leaves);
        self.ledger.release(gone.key.account, asset, freed);
        gone
    }

    /// Makes a resting order smaller where it stands.
    fn shrink(&mut self, place: Place, by: Qty) {
        let pit = &mut self.pits[place.instrument.index()];
        let (asset, resting) = (pit.asset, pit.book.get(place.slot));
        pit.book.shrink(place.slot, by);
        let freed = asset.need(resting.side, resting.price, by);
        self.ledger.release(resting.key.account, asset, freed);
    }

    /// Forgets where an order is. It is still there: the table asks the books for names.
    fn forget(&mut self, key: OrderKey, instrument: InstrumentId) {
        let pits = &self.pits;
        let known = self.places.remove(key, |place| name_at(pits, place));
        assert!(known.is_some(), "a resting order has a place");
        self.ledger.count_live(key.account, instrument, -1);
    }

    fn find(&self, key: OrderKey) -> Result<(Place, Resting), Reject> {
        self.ledger.credit(key.account).ok_or(Reject::UnknownAccount)?;
        let place = self.places.get(key, |place| self.name_at(place));
        let place = place.ok_or(Reject::UnknownOrder)?;
        Ok((place, self.pits[place.instrument.index()].book.get(place.slot)))
    }

    fn name_at(&self, place: Place) -> OrderKey {
        name_at(&self.pits, place)
    }

    fn pit(&self, instrument: InstrumentId) -> Result<&Pit, Reject> {
        self.pits.get(instrument.index()).ok_or(Reject::UnknownInstrument)
    }

    fn instrument(&self, id: InstrumentId) -> &Instrument {
        &self.venue.instruments()[id.index()]
    }
}

/// The name of the order at `place`.
fn name_at(pits: &[Pit], place: Place) -> OrderKey {
    pits[place.instrument.index()].book.key(place.slot)
}

/// What self-trade prevention decided about the taker.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Verdict {
    GoOn,
    TakerEnds,
}

/// Reading. Nothing here changes anything; instruments the venue does not list are empty.
impl Exchange {
    /// What is traded here.
    #[must_use]
    pub fn venue(&self) -> &Arc<Venue> {
        &self.venue
    }

    /// The moment of the last command.
    #[must_use]
    pub const fn now(&self) -> Time {
        self.now
    }

    /// The trading phase of `instrument`.
    ///
    /// # Panics
    ///
    /// When the venue does not list it.
    #[must_use]
    pub fn phase(&self, instrument: InstrumentId) -> Phase {
        self.pits[instrument.index()].phase
    }

    /// The price of the last trade, if there was one.
    #[must_use]
    pub fn last_price(&self, instrument: InstrumentId) -> Option<Price> {
        self.pits.get(instrument.index())?.last
    }

    /// The best price of `side`, and all that waits there.
    #[must_use]
    pub fn best(&self, instrument: InstrumentId, side: Side) -> Option<(Price, Qty)> {
        let pit = self.pits.get(instrument.index())?;
        pit.book.best_level(side).map(|level| (level.price, level.qty))
    }

    /// The levels of `side`, best first.
    pub fn levels(&self, instrument: InstrumentId, side: Side) -> impl Iterator<Item = Level> + '_ {
        let pit = self.pits.get(instrument.index());
        pit.into_iter().flat_map(move |pit| pit.book.levels(side))
    }

    /// The orders of `side` in priority: best price first, oldest first.
    pub fn queue(
        &self,
        instrument: InstrumentId,
        side: Side,
    ) -> impl Iterator<Item = Resting> + '_ {
        let pit = self.pits.get(instrument.index());
        pit.into_iter().flat_map(move |pit| pit.book.orders(side))
    }

    /// The shown levels of `instrument` as they are now, to keep and to hand to others.
    ///
    /// # Panics
    ///
    /// When the venue does not list it.
    pub fn view(&mut self, instrument: InstrumentId) -> BookView {
        self.pits[instrument.index()].book.view()
    }

    /// The live order called `key`, if there is one.
    #[must_use]
    pub fn order(&self, key: OrderKey) -> Option<LiveOrder> {
        let (Place { instrument, .. }, resting) = self.find(key).ok()?;
        let Resting { side, price, leaves, traded, stamp, .. } = resting;
        Some(LiveOrder { instrument, side, price, leaves, traded, stamp })
    }

    /// Cash of `account`; none when it is not open or the venue has no such currency.
    #[must_use]
    pub fn cash(&self, account: AccountId, currency: CurrencyId) -> Option<CashHolding> {
        self.ledger.cash(account, currency)
    }

    /// Holding of `account`; none when it is not open or the venue lists no such instrument.
    #[must_use]
    pub fn lots(&self, account: AccountId, instrument: InstrumentId) -> Option<LotHolding> {
        self.ledger.lots(account, instrument)
    }

    /// All the accounts' books.
    #[must_use]
    pub fn ledger(&self) -> &Ledger {
        &self.ledger
    }
}
