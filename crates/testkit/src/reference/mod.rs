//! The reference exchange: the rules written so plainly that a reader can check them by eye.
//!
//! Written from `docs/RULES.md` and from nothing else. One list of live orders, searched from end
//! to end for every step; what would happen is found by letting it happen to a copy of everything.
//! Slow, and deliberately without anything in common with the exchange it judges: prices are
//! compared and multiplied here by hand.
//!
//! `checks`, `risk` and `legal` refuse, `enter` and `meet` trade, `share`
//! shares a level, `lists` follows links, `settle` does what comes of itself,
//! `change` amends and cancels, `phases` and `auction` lead through the day,
//! `money` counts, and `clearing` is `docs/CLEARING.md`.

mod auction;
mod change;
mod checks;
mod clearing;
mod desk;
mod enter;
mod legal;
mod lists;
mod meet;
mod money;
mod phases;
mod risk;
mod settle;
mod share;
#[cfg(test)]
mod tests;
mod views;

pub use clearing::Owed;
pub use money::Statement;
pub use views::Waiting;

use money::Posting;
use pitfloor_model::command::{Command, Shape, Stamped};
use pitfloor_model::event::{CancelReason, Credit, Event, Phase, Reject, Terms};
use pitfloor_model::instrument::Venue;
use pitfloor_model::trading::{Bands, TradingRules};
use pitfloor_model::units::{
    AccountId, InstrumentId, OrderId, OrderKey, Price, Qty, Side, Stamp, Time,
};
use std::sync::Arc;

/// The farthest price from zero.
const FARTHEST: i128 = 1 << 62;

/// The whole market as a few lists. Cloning it is a snapshot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reference {
    venue: Arc<Venue>,
    members: Vec<Member>,
    markets: Vec<Market>,
    /// Every live order of every instrument, in no order that matters.
    live: Vec<Live>,
    /// What everybody has. The venue is the other side of deposits and deliveries.
    postings: Vec<Posting>,
    /// What the clearing house remembers.
    house: clearing::House,
    /// Children that wait for the matching to be done, in order.
    woken: Vec<OrderKey>,
    stamps: u64,
    trades: u64,
    lists: u64,
    now: Time,
    /// What has happened by the command at hand.
    out: Vec<Event>,
}

/// An open account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Member {
    account: AccountId,
    credit: Credit,
    blocked: bool,
    group: Option<u32>,
}

/// What an instrument knows beside its orders.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Market {
    phase: Phase,
    last: Option<Price>,
    /// The last print that dormant orders have seen.
    seen: Option<Price>,
    close: Option<Price>,
    mark: Option<Price>,
    /// Nothing in the rules of trading goes by it; a split looks at it.
    index: Option<Price>,
    bands: Option<Bands>,
    short_restricted: bool,
    /// The stamps of the orders that last improved the market: buys', sells'.
    top: [Option<Stamp>; 2],
    /// Triggered orders that were not taken yet, with the price that met them.
    queue: Vec<(OrderKey, Price)>,
    /// Prints that no dormant order has seen yet.
    prints: Vec<Price>,
    /// The middle when continuous trading was left.
    mid: Option<Price>,
    last_auction: Option<Price>,
    extended: bool,
    /// The last indicative: price, quantity, imbalance, side.
    told: Indication,
    /// The last price when the command began.
    began: Option<Price>,
    /// Triggered orders taken for this command.
    taken: u32,
    /// An auction was held by this command.
    auctioned: bool,
}

/// Price, quantity, imbalance and its side.
type Indication = (Option<Price>, Qty, Qty, Option<Side>);

/// A live order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Live {
    /// Its name.
    pub key: OrderKey,
    /// What it trades.
    pub instrument: InstrumentId,
    /// Its terms as they stand.
    pub terms: Terms,
    /// Where it is.
    pub place: Place,
    /// What it may trade at: of a peg the price it has, of others their limit.
    pub limit: Option<Price>,
    /// What can still trade of it.
    pub leaves: Qty,
    /// What has traded of it.
    pub traded: Qty,
    /// What is shown of it in the book.
    pub shown: Qty,
    /// Its priority.
    pub stamp: Stamp,
    /// The sizes of an iceberg's later parts; none is its display.
    tranches: Vec<Qty>,
    /// How many of them were used.
    used: usize,
    accepted: Time,
    /// The best reference that a trailing stop has seen.
    extreme: Option<Price>,
    /// What is left of an amount.
    amount: i128,
    link: Option<Link>,
    /// What a child in the book or waiting grows by when its turn comes.
    grows: u64,
    /// It has been in the market before.
    entered: bool,
}

/// Where a live order is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Place {
    /// Between two places: it is being matched, or its list is.
    Entering,
    /// Resting, at its limit.
    Book,
    /// It has no price, or the phase no use for it.
    Parked,
    /// It waits for an auction.
    Waiting(Meant),
    /// A stop before its trigger.
    Dormant,
    /// A child before its parent's fill.
    Sleeping,
}

/// The auction that an order waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Meant {
    /// The opening.
    Opening,
    /// The closing.
    Closing,
    /// The next, whichever it is.
    Next,
}

/// A place in a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Link {
    list: u64,
    at: usize,
    shape: Shape,
}

/// Refused, and why.
type Answer = Result<(), Reject>;

impl Reference {
    /// A venue where nothing has happened: no account is open, every instrument is `Continuous`.
    #[must_use]
    pub fn new(venue: Arc<Venue>) -> Self {
        let market = Market {
            phase: Phase::Continuous,
            last: None,
            seen: None,
            close: None,
            mark: None,
            index: None,
            bands: None,
            short_restricted: false,
            top: [None, None],
            queue: Vec::new(),
            prints: Vec::new(),
            mid: None,
            last_auction: None,
            extended: false,
            told: (None, Qty(0), Qty(0), None),
            began: None,
            taken: 0,
            auctioned: false,
        };
        let markets = vec![market; venue.instruments().len()];
        Self {
            venue,
            members: Vec::new(),
            markets,
            live: Vec::new(),
            postings: Vec::new(),
            house: clearing::House::default(),
            woken: Vec::new(),
            stamps: 0,
            trades: 0,
            lists: 0,
            now: Time(0),
            out: Vec::new(),
        }
    }

    /// Carries out `stamped` and returns what happened.
    pub fn apply(&mut self, stamped: &Stamped) -> Vec<Event> {
        self.now = stamped.at;
        for market in &mut self.markets {
            market.began = market.last;
            market.taken = 0;
            market.auctioned = false;
        }
        self.expire();
        if let Err((key, why)) = self.carry_out(&stamped.command) {
            self.out.push(Event::Rejected { key, why });
        }
        for instrument in self.named() {
            self.settle(instrument);
        }
        for instrument in self.named() {
            self.indicate(instrument);
        }
        assert!(self.woken.is_empty(), "whoever was woken has had his turn");
        std::mem::take(&mut self.out)
    }

    /// The instruments that events so far name, in order.
    fn named(&self) -> Vec<InstrumentId> {
        let mut named: Vec<InstrumentId> = self.out.iter().filter_map(Event::instrument).collect();
        named.sort_by_key(|instrument| instrument.0);
        named.dedup();
        named
    }

    /// S1: the command itself.
    fn carry_out(&mut self, command: &Command) -> Result<(), (OrderKey, Reject)> {
        let (account, order) = (command.account(), command.order());
        let answer = match command {
            Command::Place(order) => self.place(*order, None),
            Command::PlaceVaried { order, tranches } => self.place(*order, Some(tranches)),
            Command::PlaceList(list) => return self.place_list(list),
            Command::Replace { key, price, qty } => self.replace(*key, *price, *qty),
            Command::Amend { key, change } => self.amend(*key, *change),
            Command::Reduce { key, by } => self.reduce(*key, *by),
            Command::Cancel { key } => self.cancel(*key),
            Command::MassCancel { filter, why } => self.mass_cancel(filter, *why),
            Command::OpenAccount { account, credit } => self.open(*account, *credit),
            Command::Deposit { account, currency, cash } => {
                self.deposit(*account, *currency, *cash)
            }
            Command::Deliver { account, instrument, qty } => {
                self.deliver(*account, *instrument, *qty)
            }
            Command::SetPhase { instrument, to, why } => self.set_phase(*instrument, *to, *why),
            Command::EndCall { instrument } => self.end_call(*instrument),
            Command::SetBands { instrument, bands } => self.set_bands(*instrument, *bands),
            Command::SetReference { instrument, of, price } => {
                self.set_reference(*instrument, *of, *price)
            }
            Command::RestrictShortSales { instrument, on } => self.restrict(*instrument, *on),
            Command::KillSwitch { account, on } => self.kill_switch(*account, *on),
            Command::SetGroup { account, group } => self.set_group(*account, *group),
            Command::Clear(act) => self.clear(act),
            Command::AdvanceTime => {
                self.out.push(Event::TimeAdvanced { at: self.now });
                Ok(())
            }
        };
        let order = if matches!(command, Command::PlaceList(_)) { OrderId(0) } else { order };
        answer.map_err(|why| (OrderKey { account, order }, why))
    }

    // ---- Looking things up ----

    fn at(&self, key: OrderKey) -> Option<usize> {
        self.live.iter().position(|live| live.key == key)
    }

    fn one(&self, key: OrderKey) -> &Live {
        self.live.iter().find(|live| live.key == key).expect("the order is live")
    }

    fn one_mut(&mut self, key: OrderKey) -> &mut Live {
        self.live.iter_mut().find(|live| live.key == key).expect("the order is live")
    }

    fn market(&self, instrument: InstrumentId) -> &Market {
        &self.markets[instrument.0 as usize]
    }

    fn market_mut(&mut self, instrument: InstrumentId) -> &mut Market {
        &mut self.markets[instrument.0 as usize]
    }

    /// One step inside `price`: less for a buy, more for a sell.
    fn inside(&self, side: Side, price: Price, instrument: InstrumentId) -> Option<Price> {
        let step = self.step(instrument);
        let ticks = i128::from(price.0);
        self.followed(if side == Side::Buy { ticks - step } else { ticks + step }, instrument)
    }

    /// A price that follows from others, where the instrument may have it.
    fn followed(&self, ticks: i128, instrument: InstrumentId) -> Option<Price> {
        let low = self.rules(instrument).positive_prices && ticks <= 0;
        if low { None } else { priced(ticks) }
    }

    fn rules(&self, instrument: InstrumentId) -> &TradingRules {
        &self.venue.instruments()[instrument.0 as usize].rules
    }

    /// The price step.
    fn step(&self, instrument: InstrumentId) -> i128 {
        i128::from(self.venue.instruments()[instrument.0 as usize].limits.price_step)
    }

    /// What one tick of one lot is worth.
    fn tick_value(&self, instrument: InstrumentId) -> i128 {
        i128::from(self.venue.instruments()[instrument.0 as usize].tick_cash())
    }

    fn member(&self, account: AccountId) -> Option<Member> {
        self.members.iter().find(|member| member.account == account).copied()
    }

    fn next_stamp(&mut self) -> Stamp {
        self.stamps += 1;
        Stamp(self.stamps - 1)
    }

    /// Live orders that `fits` says yes to, in order of stamp.
    fn by_stamp(&self, fits: impl Fn(&Live) -> bool) -> Vec<OrderKey> {
        let mut found: Vec<&Live> = self.live.iter().filter(|live| fits(live)).collect();
        found.sort_by_key(|live| live.stamp.0);
        found.into_iter().map(|live| live.key).collect()
    }

    // ---- Endings ----

    /// Takes the order off the market; whoever hangs on it ends with it.
    fn end(&mut self, key: OrderKey, happened: Event) {
        self.out.push(happened);
        let ended = self.remove(key);
        self.parent_ended(&ended, false);
    }

    fn remove(&mut self, key: OrderKey) -> Live {
        let at = self.at(key).expect("the order is live");
        let gone = self.live.remove(at);
        let queue = &mut self.market_mut(gone.instrument).queue;
        queue.retain(|(queued, _)| *queued != key);
        self.woken.retain(|woken| *woken != key);
        gone
    }

    fn end_cancelled(&mut self, key: OrderKey, why: CancelReason) {
        let live = self.one(key).clone();
        let event = Event::Cancelled {
            instrument: live.instrument,
            key,
            side: live.terms.side,
            price: live.level(),
            left: live.leaves,
            why,
        };
        self.end(key, event);
    }

    fn end_expired(&mut self, key: OrderKey) {
        let live = self.one(key).clone();
        let event = Event::Expired {
            instrument: live.instrument,
            key,
            side: live.terms.side,
            price: live.level(),
            left: live.leaves,
        };
        self.end(key, event);
    }
}

impl Live {
    /// Its level, while it is in the book.
    #[must_use]
    pub fn level(&self) -> Option<Price> {
        if self.place == Place::Book { self.limit } else { None }
    }

    /// True for what public views show.
    #[must_use]
    pub fn is_shown(&self) -> bool {
        self.place == Place::Book && !self.is_unseen()
    }

    /// True for what no view shows where it rests.
    fn is_unseen(&self) -> bool {
        let mid = matches!(self.terms.kind, pitfloor_model::order::Kind::PegMid);
        self.terms.with.hidden || self.terms.with.all_or_none || mid
    }

    fn is_peg(&self) -> bool {
        self.terms.kind.is_peg()
    }
}

/// True when an order on `side` limited to `limit` may trade at `price`.
fn accepts(side: Side, limit: Price, price: Price) -> bool {
    match side {
        Side::Buy => price.0 <= limit.0,
        Side::Sell => price.0 >= limit.0,
    }
}

/// A number that sorts `price` of `side` best first.
fn rank(side: Side, price: Price) -> i64 {
    match side {
        Side::Buy => -price.0,
        Side::Sell => price.0,
    }
}

fn other(side: Side) -> Side {
    match side {
        Side::Buy => Side::Sell,
        Side::Sell => Side::Buy,
    }
}

/// A price, unless it is too far from zero.
fn priced(ticks: i128) -> Option<Price> {
    if (-FARTHEST..=FARTHEST).contains(&ticks) {
        i64::try_from(ticks).ok().map(Price)
    } else {
        None
    }
}
