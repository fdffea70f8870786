//! Phases and the auctions between them.

use super::house::House;
use super::phase::{is_call, may_follow};
use super::special::{Id, NO_ID, Special, Stand};
use super::{End, Engine};
use crate::auction::{Aggregate, CallRules, Collar, Discovery, Interest, Tie, Uncross, discover};
use crate::book::{Resting, Slot};
use pitfloor_clearing::{Deal, Meeting};
use pitfloor_model::event::{CancelReason, Event, Phase, PhaseReason, Reject};
use pitfloor_model::order::{Kind, Tif};
use pitfloor_model::trading::{AuctionReference, AuctionTie};
use pitfloor_model::units::{InstrumentId, OrderKey, Price, Qty, Side, Stamp};

/// What was said of a call.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Indication(pub(super) Discovery);

/// An order that takes part in an auction.
#[derive(Clone, Copy)]
struct Part {
    key: OrderKey,
    side: Side,
    limit: Option<Price>,
    slot: Option<Slot>,
    id: Id,
}

impl Engine {
    pub(super) fn set_phase(
        &mut self,
        at: InstrumentId,
        to: Phase,
        why: PhaseReason,
        house: &mut dyn House,
    ) -> Result<(), Reject> {
        let (from, ended) = (self.listed(at)?.phase, self.pit(at).ended);
        if ended || !may_follow(from, to) {
            return Err(Reject::PhaseForbids);
        }
        self.touch(at);
        if is_call(from) && matches!(to, Phase::Continuous | Phase::Closed) {
            if self.hold_auction(at, false, house) {
                self.go_on(at, to, why, house);
            }
        } else if to == Phase::Closed {
            self.end_waiting(at, |_| true, house);
            self.close(at, house);
            self.change_phase(at, to, why, house);
        } else {
            self.change_phase(at, to, why, house);
        }
        Ok(())
    }

    pub(super) fn end_call(
        &mut self,
        at: InstrumentId,
        house: &mut dyn House,
    ) -> Result<(), Reject> {
        let to = match self.listed(at)?.phase {
            Phase::OpenCall | Phase::ReopenCall => Phase::Continuous,
            Phase::CloseCall => Phase::Closed,
            Phase::PeriodicCall => Phase::PeriodicCall,
            Phase::PreOpen | Phase::Continuous | Phase::Halt | Phase::Closed => {
                return Err(Reject::PhaseForbids);
            }
        };
        self.touch(at);
        if self.hold_auction(at, true, house) {
            self.go_on(at, to, PhaseReason::CallEnded, house);
        }
        Ok(())
    }

    /// What comes after an auction.
    fn go_on(&mut self, at: InstrumentId, to: Phase, why: PhaseReason, house: &mut dyn House) {
        let from = self.pit(at).phase;
        let once = from != Phase::PeriodicCall;
        let over =
            |special: &Special| is_meant(special, from) || (once && special.tif == Tif::AtOpen);
        self.end_waiting(at, over, house);
        if to == Phase::Closed {
            self.end_waiting(at, |special| special.tif == Tif::AtClose, house);
            self.close(at, house);
        }
        if to == Phase::Continuous {
            self.uncross_bands(at, house);
        }
        if to == from {
            self.pit_mut(at).auction_held = true;
            self.enter_woken(at, house);
            return;
        }
        self.change_phase(at, to, why, house);
        self.enter_woken(at, house);
        if to == Phase::Continuous {
            self.unpark(at, house);
        }
    }

    /// Enters another phase; what belongs to continuous trading alone leaves the book with it.
    pub(super) fn change_phase(
        &mut self,
        at: InstrumentId,
        to: Phase,
        why: PhaseReason,
        house: &mut dyn House,
    ) {
        let step = i128::from(self.step(at));
        let pit = self.pit_mut(at);
        let from = std::mem::replace(&mut pit.phase, to);
        (pit.extended, pit.said) = (false, Indication::default());
        if from == Phase::Continuous {
            let best = |side| pit.book.best_shown(side).map(|price| i128::from(price.0));
            pit.mid = best(Side::Buy)
                .zip(best(Side::Sell))
                .and_then(|(bid, ask)| pit.price_at((bid + ask).div_euclid(2 * step) * step));
        }
        self.look_around(at);
        house.tell(Event::PhaseChanged { instrument: at, from, to, why });
        if from == Phase::Continuous {
            self.park_all(at, house);
        }
    }

    /// Ends the waiting orders that are `over`, in order of their stamps.
    fn end_waiting(
        &mut self,
        at: InstrumentId,
        over: impl Fn(&Special) -> bool,
        house: &mut dyn House,
    ) {
        let pit = self.pit(at);
        let ending = pit.waiting.values().filter(|id| over(pit.specials.get(**id)));
        for id in ending.copied().collect::<Vec<_>>() {
            self.end(at, id, End::Cancelled(CancelReason::AuctionOver), house);
        }
    }

    /// The day is over: its orders expire, and the last price becomes the close.
    fn close(&mut self, at: InstrumentId, house: &mut dyn House) {
        let pit = self.pit(at);
        let of_day = pit.specials.iter().filter(|(_, special)| special.tif == Tif::Day);
        let mut of_day: Vec<(Stamp, Id, OrderKey)> =
            of_day.map(|(id, special)| (special.stamp, id, special.key)).collect();
        of_day.sort_unstable();
        for (_, id, key) in of_day {
            if self.pit(at).specials.find(id).is_some_and(|special| special.key == key) {
                self.end(at, id, End::Expired, house);
            }
        }
        let pit = self.pit_mut(at);
        pit.close = pit.last.or(pit.close);
    }

    /// Bands may have kept an auction from uncrossing the book: the later of the two that would
    /// meet outside them goes.
    fn uncross_bands(&mut self, at: InstrumentId, house: &mut dyn House) {
        while self.pit(at).book.is_crossed() {
            let book = &self.pit(at).book;
            let later = Side::BOTH.iter().filter_map(|side| book.first(*side));
            let later = later.max_by_key(|slot| book.get(*slot).stamp);
            let slot = later.expect("a crossed book has two sides");
            match self.pit(at).special_at(slot) {
                Some(id) => self.end(at, id, End::Cancelled(CancelReason::Band), house),
                None => self.end_plain(at, slot, CancelReason::Band, house),
            }
        }
    }

    /// Holds the auction that ends a call. Gives false when the call was extended instead.
    fn hold_auction(&mut self, at: InstrumentId, always: bool, house: &mut dyn House) -> bool {
        let (parts, interests) = self.parts(at);
        let sums = Aggregate::of(&interests);
        let rules = self.call_rules(at);
        let discovery = discover(&sums, &rules);
        let mut uncross = Uncross::default();
        uncross.compute(discovery, &interests);
        if self.collar(at).is_some() {
            let free = CallRules { collar: self.bands_only(at), ..rules };
            let extend = match discovery.price {
                None => discover(&sums, &free).price.is_some(),
                Some(_) => leaves_crossed(&interests, &uncross),
            };
            if extend {
                self.pit_mut(at).extended = true;
                house.tell(Event::CallExtended { instrument: at });
                return false;
            }
        }
        if let Some(price) = discovery.price {
            self.carry_out_auction(at, price, &parts, &uncross, house);
        }
        let pit = self.pit_mut(at);
        (pit.extended, pit.said) = (false, Indication::default());
        if always || discovery.price.is_some() {
            let Discovery { price, surplus, side, .. } = discovery;
            let qty = uncross.discovery().qty;
            house.tell(Event::Uncrossed { instrument: at, price, qty, surplus, side });
        }
        if let Some(price) = discovery.price {
            let pit = self.pit_mut(at);
            pit.auctioned = Some(price);
            pit.print(price);
        }
        true
    }

    /// Lets the pairs trade, then shows the next parts of icebergs.
    fn carry_out_auction(
        &mut self,
        at: InstrumentId,
        price: Price,
        parts: &[Part],
        uncross: &Uncross,
        house: &mut dyn House,
    ) {
        let mut used_up = Vec::new();
        for pairing in uncross.pairings() {
            let (buy, sell, qty) = (parts[pairing.buy], parts[pairing.sell], pairing.qty);
            for part in [buy, sell] {
                if self.fill_in_auction(at, &part, qty, house) {
                    used_up.push((part.id, part.key));
                }
            }
            let (trade, instrument) = (self.next_trade(), at);
            let (buy_key, sell_key) = (buy.key, sell.key);
            house.tell(Event::Crossed {
                trade,
                instrument,
                buy: buy_key,
                sell: sell_key,
                price,
                qty,
            });
            let (asset, by) = (self.pit(at).asset, Meeting::Crossed);
            let (buyer, seller) = (buy_key.account, sell_key.account);
            house.settle(Deal { asset, buyer, seller, price, qty, by });
            for part in [buy, sell].iter().filter(|part| part.id != NO_ID) {
                if self.pit(at).specials.get(part.id).list.is_some() {
                    self.act_on_fill(at, part.id, house);
                }
            }
            for part in [buy, sell].iter().filter(|part| part.id != NO_ID) {
                let special = self.pit(at).specials.get(part.id);
                if special.leaves.is_zero() && special.growth.is_zero() {
                    self.bury(at, part.id, house);
                }
            }
        }
        self.refresh_used_up(at, &used_up, house);
    }

    /// Takes `qty` off an order that trades in an auction. True when that used up what it shows and
    /// there is more behind.
    fn fill_in_auction(
        &mut self,
        at: InstrumentId,
        part: &Part,
        qty: Qty,
        house: &mut dyn House,
    ) -> bool {
        let (account, side) = (part.key.account, part.side);
        let asset = self.pit(at).asset;
        house.release(account, asset, asset.kept(side, part.limit, qty));
        if part.id == NO_ID {
            let slot = part.slot.expect("a plain order stands in the book");
            if self.pit(at).book.get(slot).leaves == qty {
                self.forget(at, part.key, slot, house);
            }
            self.pit_mut(at).book.fill(slot, qty);
            return false;
        }
        let pit = self.pit_mut(at);
        let held = pit.held_back(pit.specials.get(part.id));
        let special = pit.specials.get_mut(part.id);
        special.leaves = special.leaves.less(qty);
        special.traded.0 += qty.0;
        let gone = special.leaves.is_zero();
        match special.stand {
            Stand::Book(slot) if gone => {
                special.stand = Stand::Entering;
                if !held.is_zero() {
                    pit.book.add_reserve(slot, -super::standing::signed(held));
                }
                pit.book.remove(slot);
                pit.in_book -= 1;
                house.count(account, at, -1, 0);
                false
            }
            Stand::Book(slot) => {
                let shown = pit.book.get(slot).leaves;
                let from_shown = qty.min(shown);
                let from_held = qty.less(from_shown);
                if !from_held.is_zero() {
                    pit.book.add_reserve(slot, -super::standing::signed(from_held));
                }
                if !from_shown.is_zero() {
                    pit.book.fill_keep(slot, from_shown);
                }
                from_shown == shown && !shown.is_zero()
            }
            Stand::Waiting => {
                if gone {
                    special.stand = Stand::Entering;
                    let stamp = special.stamp;
                    pit.waiting.remove(&stamp);
                    house.count(account, at, -1, 0);
                }
                false
            }
            _ => unreachable!("who takes part in an auction stands in the book or waits"),
        }
    }

    /// The next parts of icebergs go to the back of their queues, in order of their stamps.
    fn refresh_used_up(
        &mut self,
        at: InstrumentId,
        used_up: &[(Id, OrderKey)],
        house: &mut dyn House,
    ) {
        let pit = self.pit(at);
        let live = used_up.iter().filter_map(|(id, key)| {
            let special = pit.specials.find(*id).filter(|special| special.key == *key)?;
            match special.stand {
                Stand::Book(slot) => Some((special.stamp, *id, slot)),
                _ => None,
            }
        });
        let mut live: Vec<(Stamp, Id, Slot)> = live.collect();
        live.sort_unstable_by_key(|(stamp, ..)| *stamp);
        for (_, id, slot) in live {
            let stamp = self.next_stamp();
            let pit = self.pit_mut(at);
            let special = pit.specials.get_mut(id);
            let part = special.part(special.turn).min(special.leaves);
            special.turn += 1;
            special.stamp = stamp;
            pit.book.refresh(slot, part, stamp);
            pit.book.add_reserve(slot, -super::standing::signed(part));
            self.tell_refreshed(at, id, part, house);
        }
    }

    /// Who takes part in the auction of the present call, and with what.
    fn parts(&self, at: InstrumentId) -> (Vec<Part>, Vec<Interest>) {
        let pit = self.pit(at);
        let (mut parts, mut interests) = (Vec::new(), Vec::new());
        for side in Side::BOTH {
            let mut next = pit.book.first(side);
            while let Some(slot) = next {
                next = pit.book.next(slot);
                let resting = pit.book.get(slot);
                if resting.more != NO_ID && self.gives_way(at, pit.specials.get(resting.more)) {
                    continue;
                }
                let held = match resting.more {
                    NO_ID => Qty::ZERO,
                    id => pit.held_back(pit.specials.get(id)),
                };
                let Resting { key, price, leaves, stamp, more: id, .. } = resting;
                let (shown, hidden) =
                    if resting.hidden { (Qty::ZERO, leaves) } else { (leaves, held) };
                let (limit, handle) = (Some(price), parts.len());
                let (imbalance_only, stays) = (false, true);
                parts.push(Part { key, side, limit, slot: Some(slot), id });
                #[rustfmt::skip]
                interests.push(Interest {
                    handle, side, limit, shown, hidden, stamp, imbalance_only, stays,
                });
            }
        }
        for id in pit.waiting.values() {
            let special = pit.specials.get(*id);
            if !is_meant(special, pit.phase) {
                continue;
            }
            let Special { key, side, limit, leaves: shown, stamp, .. } = *special;
            let imbalance_only = special.kind == Kind::ImbalanceOnly;
            let (handle, hidden, stays) = (parts.len(), Qty::ZERO, false);
            parts.push(Part { key, side, limit, slot: None, id: *id });
            #[rustfmt::skip]
            interests.push(Interest {
                handle, side, limit, shown, hidden, stamp, imbalance_only, stays,
            });
        }
        (parts, interests)
    }

    /// True for a leg of an OCO that stays away because the other takes part with a better price,
    /// or an earlier stamp.
    fn gives_way(&self, at: InstrumentId, leg: &Special) -> bool {
        let pit = self.pit(at);
        let Some(sibling) = pit.lists.sibling_of(leg.list) else { return false };
        let other = pit.specials.get(sibling);
        match (other.stand, leg.limit, other.limit) {
            (Stand::Book(_), Some(one), Some(price)) => {
                leg.side.improves(price, one) || (price == one && other.stamp < leg.stamp)
            }
            _ => false,
        }
    }

    /// The reference of the auction that an order of this time in force is meant for.
    pub(super) fn call_reference(&self, at: InstrumentId, tif: Tif) -> Option<Price> {
        let phase = match tif {
            Tif::AtOpen => Phase::OpenCall,
            Tif::AtClose => Phase::CloseCall,
            Tif::Gtc | Tif::Ioc | Tif::Fok | Tif::Day | Tif::Gtd(_) => Phase::PeriodicCall,
        };
        self.reference_of(at, phase)
    }

    /// The reference of the auction that ends `phase`.
    fn reference_of(&self, at: InstrumentId, phase: Phase) -> Option<Price> {
        let pit = self.pit(at);
        if self.instrument(at).rules.auction_reference == AuctionReference::Mid && pit.mid.is_some()
        {
            return pit.mid;
        }
        let own = match phase {
            Phase::OpenCall => pit.close,
            Phase::PeriodicCall => pit.auctioned,
            _ => None,
        };
        own.or(pit.last).or(pit.close)
    }

    /// How the present call finds its price.
    fn call_rules(&self, at: InstrumentId) -> CallRules {
        let rules = &self.instrument(at).rules;
        let collar = match (self.collar(at), self.bands_only(at)) {
            (Some(one), Some(other)) => Some(Collar {
                lower: one.lower.max(other.lower),
                upper: one.upper.min(other.upper),
            }),
            (one, other) => one.or(other),
        };
        CallRules {
            reference: self.reference_of(at, self.pit(at).phase),
            collar,
            price_step: self.step(at),
            tie: match rules.auction_tie {
                AuctionTie::Lower => Tie::Lower,
                AuctionTie::Higher => Tie::Higher,
            },
        }
    }

    /// How far the present call may go from its reference.
    fn collar(&self, at: InstrumentId) -> Option<Collar> {
        let pit = self.pit(at);
        let bips = self.instrument(at).rules.collar_bips.filter(|_| !pit.extended)?;
        Some(Collar::around(self.reference_of(at, pit.phase)?, bips))
    }

    fn bands_only(&self, at: InstrumentId) -> Option<Collar> {
        self.pit(at).bands.map(|bands| Collar { lower: bands.lower, upper: bands.upper })
    }

    /// What the auction of the present call would come to.
    pub(super) fn indicative(&self, at: InstrumentId) -> Discovery {
        let pit = self.pit(at);
        let counts = |special: &&Special| {
            is_meant(special, pit.phase) && special.kind != Kind::ImbalanceOnly
        };
        let waiting = || pit.waiting.values().map(|id| pit.specials.get(*id)).filter(counts);
        let mut reach = Reach::default();
        for side in Side::BOTH {
            if let Some(best) = pit.book.all_levels(side).next() {
                reach.offer(side, Some(best.price));
            }
        }
        waiting().for_each(|special| reach.offer(special.side, special.limit));
        let mut sums = Aggregate::new();
        for side in Side::BOTH {
            let met = pit.book.all_levels(side).take_while(|level| reach.meets(side, level.price));
            for level in met {
                sums.add(side, Some(level.price), Qty(level.shown.0 + level.hidden.0));
            }
        }
        for special in waiting() {
            if special.limit.is_none_or(|limit| reach.meets(special.side, limit)) {
                sums.add(special.side, special.limit, special.leaves);
            }
        }
        if pit.lists.are_any() {
            let legs = pit.specials.iter().filter(|(_, special)| special.is_in_book());
            for (_, leg) in legs.filter(|(_, leg)| self.gives_way(at, leg)) {
                if leg.limit.is_some_and(|limit| reach.meets(leg.side, limit)) {
                    sums.remove(leg.side, leg.limit, leg.leaves);
                }
            }
        }
        discover(&sums, &self.call_rules(at))
    }

    /// Says what a call has come to, if that has changed.
    pub(super) fn indicate(&mut self, at: InstrumentId, house: &mut dyn House) {
        if !is_call(self.pit(at).phase) {
            return;
        }
        let now = Indication(self.indicative(at));
        let pit = self.pit_mut(at);
        if pit.said != now {
            pit.said = now;
            let Discovery { price, qty, surplus: imbalance, side } = now.0;
            house.tell(Event::Indicative { instrument: at, price, qty, imbalance, side });
        }
    }
}

/// How far each side of a call goes to meet the other. A limit that nobody of the other side reaches can
/// trade at no price, so it has no say in what the auction comes to: a call costs as much as its
/// sides overlap, however deep the book is behind.
#[derive(Clone, Copy, Debug, Default)]
struct Reach {
    buy: Option<Furthest>,
    sell: Option<Furthest>,
}

/// The most that somebody of a side goes for.
#[derive(Clone, Copy, Debug)]
enum Furthest {
    Limit(Price),
    Any,
}

impl Reach {
    /// Somebody of `side` goes as far as `limit`; anywhere without one.
    fn offer(&mut self, side: Side, limit: Option<Price>) {
        let furthest = match side {
            Side::Buy => &mut self.buy,
            Side::Sell => &mut self.sell,
        };
        *furthest = match (*furthest, limit) {
            (Some(Furthest::Any), _) | (_, None) => Some(Furthest::Any),
            (None, Some(limit)) => Some(Furthest::Limit(limit)),
            (Some(Furthest::Limit(old)), Some(limit)) => {
                let further = if side.improves(limit, old) { limit } else { old };
                Some(Furthest::Limit(further))
            }
        };
    }

    /// True when somebody of the other side goes as far as `limit` of `side`.
    fn meets(&self, side: Side, limit: Price) -> bool {
        let other = match side {
            Side::Buy => self.sell,
            Side::Sell => self.buy,
        };
        match other {
            None => false,
            Some(Furthest::Any) => true,
            Some(Furthest::Limit(price)) => side.accepts(limit, price),
        }
    }
}

/// True for a waiting order that takes part in the auction that ends `phase`.
const fn is_meant(special: &Special, phase: Phase) -> bool {
    match special.tif {
        Tif::AtOpen => matches!(phase, Phase::OpenCall),
        Tif::AtClose => matches!(phase, Phase::CloseCall),
        Tif::Gtc | Tif::Ioc | Tif::Fok | Tif::Day | Tif::Gtd(_) => true,
    }
}

/// True when what stays would leave the best bid at or above the best ask.
fn leaves_crossed(interests: &[Interest], uncross: &Uncross) -> bool {
    let left = |side: Side| {
        let both = interests.iter().zip(uncross.fills());
        both.filter(move |(interest, fill)| {
            interest.side == side && interest.stays && fill.lots() < interest.lots()
        })
        .filter_map(|(interest, _)| interest.limit)
    };
    let (bid, ask) = (left(Side::Buy).max(), left(Side::Sell).min());
    bid.zip(ask).is_some_and(|(bid, ask)| bid >= ask)
}
