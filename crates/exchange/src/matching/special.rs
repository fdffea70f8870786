//! What there is to know of an order that is not plain, kept in a slab beside the book.
//!
//! A plain order is its line in the book and nothing else. Every other order has a record here from
//! its acceptance to its end, wherever it stands meanwhile; the table of places names the record.

use crate::book::Slot;
use pitfloor_model::event::Terms;
use pitfloor_model::order::{Instructions, Kind, Order, Stp, Tif};
use pitfloor_model::units::{Cash, OrderKey, Price, Qty, Side, Stamp, Time};
use std::sync::Arc;

/// The number of a record in its pit.
pub(super) type Id = u32;

/// No record: a plain order.
pub(super) const NO_ID: Id = crate::book::Resting::PLAIN;

/// One order that is not plain.
#[derive(Clone, Debug)]
pub(super) struct Special {
    pub(super) key: OrderKey,
    pub(super) side: Side,
    pub(super) kind: Kind,
    /// The limit of its terms; a peg's cap.
    pub(super) price: Option<Price>,
    /// The worst price it accepts as things stand: its limit, or where it is pegged.
    pub(super) limit: Option<Price>,
    /// All that can trade of it, shown or not.
    pub(super) leaves: Qty,
    pub(super) traded: Qty,
    pub(super) tif: Tif,
    pub(super) stp: Stp,
    pub(super) with: Instructions,
    /// The sizes of an iceberg's later parts; without them each is its display.
    pub(super) tranches: Option<Arc<[Qty]>>,
    /// How many later parts have been shown since it rested.
    pub(super) turn: u32,
    pub(super) accepted: Time,
    /// The moment at which it no longer trades.
    pub(super) until: Option<Time>,
    pub(super) stamp: Stamp,
    pub(super) stand: Stand,
    /// The best price a trailing stop has seen.
    pub(super) extreme: Option<Price>,
    /// What met it; it is in the queue of triggered orders.
    pub(super) met: Option<Price>,
    /// The list it is a member of, and which.
    pub(super) list: Option<(u32, u8)>,
    /// It has a place among the woken.
    pub(super) woken: bool,
    /// What it grows by when its turn comes.
    pub(super) growth: Qty,
    /// What is left of an amount.
    pub(super) budget: Option<Cash>,
}

/// Where an order stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stand {
    /// Nowhere: it is being matched.
    Entering,
    /// In the book.
    Book(Slot),
    /// All-or-none, beside the book at its limit.
    Whole,
    Parked,
    Waiting,
    /// Before its trigger.
    Dormant,
    /// A child before its parent's fill.
    Asleep,
}

impl Special {
    pub(super) fn new(order: &Order, tranches: Option<Arc<[Qty]>>, now: Time) -> Self {
        let budget = match order.kind {
            Kind::MarketByAmount { amount } => Some(amount),
            _ => None,
        };
        Self {
            key: order.key(),
            side: order.side,
            kind: order.kind,
            price: order.price,
            limit: if order.kind.is_peg() { None } else { order.price },
            leaves: order.qty,
            traded: Qty::ZERO,
            tif: order.tif,
            stp: order.stp,
            with: order.with,
            tranches,
            turn: 0,
            accepted: now,
            until: None,
            stamp: Stamp(0),
            stand: Stand::Entering,
            extreme: None,
            met: None,
            list: None,
            woken: false,
            growth: Qty::ZERO,
            budget,
        }
    }

    /// Its terms as they are now.
    pub(super) const fn terms(&self) -> Terms {
        let (side, kind, price, qty) = (self.side, self.kind, self.price, self.total());
        Terms { side, kind, price, qty, tif: self.tif, stp: self.stp, with: self.with }
    }

    /// What has traded and what can.
    pub(super) const fn total(&self) -> Qty {
        Qty(self.traded.0 + self.leaves.0)
    }

    pub(super) const fn is_hidden(&self) -> bool {
        self.with.hidden || matches!(self.kind, Kind::PegMid)
    }

    pub(super) const fn is_asleep(&self) -> bool {
        matches!(self.stand, Stand::Asleep)
    }

    /// True in the book or beside it.
    pub(super) const fn is_in_book(&self) -> bool {
        matches!(self.stand, Stand::Book(_) | Stand::Whole)
    }

    /// The level it stands at, if it stands at one.
    pub(super) fn level(&self) -> Option<Price> {
        self.limit.filter(|_| self.is_in_book())
    }

    /// What is shown of it when it rests anew.
    pub(super) fn first_part(&self) -> Qty {
        self.with.display.map_or(self.leaves, |display| display.min(self.leaves))
    }

    /// The size of an iceberg's later part number `turn`.
    pub(super) fn part(&self, turn: u32) -> Qty {
        match (&self.tranches, self.with.display) {
            (Some(sizes), _) => sizes[turn as usize % sizes.len()],
            (None, Some(display)) => display,
            (None, None) => self.leaves,
        }
    }

    /// Becomes a limit order at `price`.
    pub(super) fn become_limit(&mut self, price: Price) {
        self.with.hidden = self.is_hidden();
        (self.kind, self.price, self.limit) = (Kind::Limit, Some(price), Some(price));
    }

    /// Becomes a market order.
    pub(super) const fn become_market(&mut self) {
        (self.kind, self.tif) = (Kind::Market, Tif::Ioc);
        (self.price, self.limit) = (None, None);
    }
}

/// The records of one pit. Numbers are used again, last in first out.
#[derive(Clone, Debug, Default)]
pub(super) struct Specials {
    all: Vec<Option<Special>>,
    free: Vec<Id>,
}

impl Specials {
    /// How many there are.
    #[inline]
    pub(super) const fn len(&self) -> usize {
        self.all.len() - self.free.len()
    }

    pub(super) fn add(&mut self, special: Special) -> Id {
        if let Some(id) = self.free.pop() {
            self.all[id as usize] = Some(special);
            return id;
        }
        let id = Id::try_from(self.all.len()).expect("fewer records than numbers");
        self.all.push(Some(special));
        id
    }

    pub(super) fn free(&mut self, id: Id) -> Special {
        self.free.push(id);
        self.all[id as usize].take().expect("a record is freed once")
    }

    #[inline]
    pub(super) fn get(&self, id: Id) -> &Special {
        self.all[id as usize].as_ref().expect("a live order has its record")
    }

    #[inline]
    pub(super) fn get_mut(&mut self, id: Id) -> &mut Special {
        self.all[id as usize].as_mut().expect("a live order has its record")
    }

    /// The record, if the number is one.
    pub(super) fn find(&self, id: Id) -> Option<&Special> {
        self.all.get(id as usize)?.as_ref()
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (Id, &Special)> {
        (0..).zip(&self.all).filter_map(|(id, special)| Some((id, special.as_ref()?)))
    }
}
