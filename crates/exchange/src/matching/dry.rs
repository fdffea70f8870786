//! Dry runs: what an order would trade now, nothing done.
//!
//! The same walk as in `meet`, on copies: a level is copied when the walk comes to it, parts of
//! icebergs go to the back of the copy, and whoever would be cancelled by a link is passed over.

use super::Engine;
use super::meet::{Maker, Taker};
use super::special::{Id, NO_ID};
use crate::book::Slot;
use pitfloor_model::order::Stp;
use pitfloor_model::units::{InstrumentId, Price, Qty};
use std::collections::VecDeque;

/// What a dry run found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct DryRun {
    /// How many lots would trade.
    pub(super) qty: Qty,
    /// What they would cost, in minor units; lots moved between two accounts of one owner included.
    pub(super) cost: i128,
    /// The price of the first trade.
    pub(super) first_price: Option<Price>,
    /// The price of the last trade.
    pub(super) last_price: Option<Price>,
}

/// A maker on the copy of a level.
#[derive(Clone, Copy, Debug)]
struct Standin {
    maker: Maker,
    /// What is held back of it.
    held: Qty,
    /// How many of its parts have been shown.
    turn: u32,
    /// Its place in the queue: smaller is earlier.
    place: u64,
}

/// Beyond every stamp.
const BEHIND_ALL: u64 = 1 << 63;

/// A dry run under way.
struct Walk<'a> {
    engine: &'a Engine,
    at: InstrumentId,
    taker: Taker,
    run: DryRun,
    /// Who would have been cancelled by a link.
    gone: Vec<Id>,
    /// How many went to the back of their queue.
    refreshed: u64,
}

impl Engine {
    /// What `taker` would trade now.
    pub(super) fn dry_run(&self, at: InstrumentId, taker: &Taker) -> DryRun {
        let run = DryRun::default();
        let (taker_now, gone) = (taker.clone(), Vec::new());
        let mut walk = Walk { engine: self, at, taker: taker_now, run, gone, refreshed: 0 };
        if taker.id != NO_ID {
            // An order that is being matched does not meet its own record.
            walk.gone.push(taker.id);
        }
        walk.walk();
        walk.run
    }
}

impl Walk<'_> {
    fn walk(&mut self) {
        let pit = self.engine.pit(self.at);
        let side = self.taker.side.opposite();
        let mut next = pit.book.first(side);
        let mut whole = pit.whole[side as usize].values().peekable();
        loop {
            let in_book = next.map(|slot| pit.book.get(slot).price);
            let beside = whole.peek().map(|id| self.engine.whole_maker(self.at, **id).price);
            let price = match (in_book, beside) {
                (None, None) => return,
                (Some(price), None) | (None, Some(price)) => price,
                (Some(one), Some(other)) => {
                    if side.improves(other, one) {
                        other
                    } else {
                        one
                    }
                }
            };
            if !self.taker.accepts(price) {
                return;
            }
            let (mut shown, mut veiled) = (VecDeque::new(), Vec::new());
            while let Some(slot) = next.filter(|slot| pit.book.get(*slot).price == price) {
                let standin = self.standin(slot);
                if standin.maker.hidden {
                    veiled.push(standin)
                } else {
                    shown.push_back(standin)
                }
                next = pit.book.next(slot);
            }
            while let Some(id) = whole.peek() {
                let maker = self.engine.whole_maker(self.at, **id);
                if maker.price != price {
                    break;
                }
                let place = maker.stamp.0;
                veiled.push(Standin { maker, held: Qty::ZERO, turn: 0, place });
                whole.next();
            }
            veiled.sort_by_key(|standin| standin.maker.stamp);
            if !self.level(shown, veiled) {
                return;
            }
        }
    }

    fn standin(&self, slot: Slot) -> Standin {
        let pit = self.engine.pit(self.at);
        let maker = Maker::of(&pit.book.get(slot), slot);
        let (held, turn) = if maker.id == NO_ID {
            (Qty::ZERO, 0)
        } else {
            let special = pit.specials.get(maker.id);
            (pit.held_back(special), special.turn)
        };
        Standin { maker, held, turn, place: maker.stamp.0 }
    }

    /// Walks through one level, and says whether the walk goes on behind it.
    fn level(&mut self, mut shown: VecDeque<Standin>, veiled: Vec<Standin>) -> bool {
        let pit = self.engine.pit(self.at);
        let mut veiled = veiled.into_iter();
        loop {
            if self.taker.leaves.is_zero() {
                return false;
            }
            shown.retain(|standin| !self.gone.contains(&standin.maker.id));
            let lots: u64 = shown.iter().map(|standin| standin.maker.leaves.0).sum();
            let can = |taker: &Taker, price| taker.can_take(price, pit.asset.tick_cash);
            let shared = !pit.fifo
                && shown.front().is_some_and(|first| {
                    let can = can(&self.taker, first.maker.price);
                    !can.is_zero() && can.0 < lots && !pit.is_banned(first.maker.price)
                });
            if shared {
                if !self.share(&mut shown) {
                    return false;
                }
                continue;
            }
            let Some(standin) = shown.pop_front().or_else(|| veiled.next()) else { return true };
            let maker = standin.maker;
            if self.gone.contains(&maker.id) {
                continue;
            }
            let can = can(&self.taker, maker.price);
            if maker.slot.is_none() && maker.leaves > can {
                continue;
            }
            if pit.is_banned(maker.price) || can.is_zero() {
                return false;
            }
            if !self.meet(standin, can.min(maker.leaves), &mut shown) {
                return false;
            }
        }
    }

    /// Shares the shown orders of a level, and says whether the walk goes on.
    fn share(&mut self, shown: &mut VecDeque<Standin>) -> bool {
        let tick_cash = self.engine.pit(self.at).asset.tick_cash;
        let owned = |engine: &Engine, taker: &Taker, maker: &Maker| {
            taker.stp != Stp::None && engine.is_one_owner(maker.key.account, taker.key.account)
        };
        let own = shown.iter().position(|one| owned(self.engine, &self.taker, &one.maker));
        if let Some(own) = own.and_then(|place| shown.remove(place)) {
            let can = self.taker.can_take(own.maker.price, tick_cash);
            return self.meet(own, can.min(own.maker.leaves), shown);
        }
        let makers: Vec<Maker> = shown.iter().map(|standin| standin.maker).collect();
        let Some(first) = makers.first() else { return true };
        let lots = self.taker.can_take(first.price, tick_cash);
        let shares = self.engine.shares(self.at, lots, &makers);
        let standins: Vec<Standin> = shown.drain(..).collect();
        for (standin, share) in standins.into_iter().zip(shares) {
            let share = share.min(self.taker.can_take(standin.maker.price, tick_cash));
            if self.gone.contains(&standin.maker.id) {
                continue;
            }
            if share.is_zero() {
                shown.push_back(standin);
            } else if !self.meet(standin, share, shown) {
                return false;
            }
        }
        shown.make_contiguous().sort_by_key(|standin| standin.place);
        true
    }

    /// Lets the taker meet one maker, which comes back to `shown` with what it has left there, and
    /// says whether the walk goes on.
    fn meet(&mut self, standin: Standin, qty: Qty, shown: &mut VecDeque<Standin>) -> bool {
        let engine = self.engine;
        let maker = standin.maker;
        let price = maker.price;
        let cost = engine.pit(self.at).asset.cost(price, qty);
        let owned = engine.is_one_owner(maker.key.account, self.taker.key.account);
        if owned && self.taker.stp != Stp::None {
            match self.taker.stp {
                Stp::ExpireTaker | Stp::ExpireBoth => return false,
                Stp::ExpireMaker => return true,
                Stp::None | Stp::Decrement => {}
                Stp::Transfer if maker.key.account == self.taker.key.account => {}
                Stp::Transfer => {
                    self.run.cost += cost;
                    self.pay(cost);
                }
            }
        } else {
            self.run.qty.0 += qty.0;
            self.run.cost += cost;
            self.run.first_price = self.run.first_price.or(Some(price));
            self.run.last_price = Some(price);
            self.pay(cost);
            self.cut_links(maker.id);
        }
        self.taker.leaves = self.taker.leaves.less(qty);
        self.give_back(standin, qty, shown);
        !self.taker.leaves.is_zero()
    }

    fn pay(&mut self, cost: i128) {
        if let Some(budget) = &mut self.taker.budget {
            *budget -= cost;
        }
    }

    /// The other legs of maker and taker would be cancelled.
    fn cut_links(&mut self, maker: Id) {
        let pit = self.engine.pit(self.at);
        for id in [maker, self.taker.id] {
            if let Some(special) = pit.specials.find(id)
                && let Some(sibling) = pit.lists.sibling_of(special.list)
            {
                self.gone.push(sibling);
            }
        }
    }

    /// Puts what a maker has left back where it belongs.
    fn give_back(&mut self, mut standin: Standin, qty: Qty, shown: &mut VecDeque<Standin>) {
        let left = standin.maker.leaves.less(qty);
        if !left.is_zero() {
            standin.maker.leaves = left;
            if !standin.maker.hidden {
                shown.push_front(standin);
            }
        } else if !standin.held.is_zero() {
            let special = self.engine.pit(self.at).specials.get(standin.maker.id);
            let part = special.part(standin.turn).min(standin.held);
            standin.turn += 1;
            standin.held = standin.held.less(part);
            standin.maker.leaves = part;
            self.refreshed += 1;
            standin.place = BEHIND_ALL + self.refreshed;
            shown.push_back(standin);
        }
    }
}
