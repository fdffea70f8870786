//! What the events have said of one order so far.

use super::{Broken, hold};
use pitfloor_model::event::{Entry, Terms};
use pitfloor_model::order::{Kind, Tif};
use pitfloor_model::units::{Cash, InstrumentId, OrderKey, Price, Qty, Side, Stamp};

/// Where an order is, as far as events say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// On its way: it must have found a place, or its end, when the command is done.
    Entering,
    /// In the book, at a level.
    Book { price: Price, shown: Qty, stamp: Stamp },
    /// Without a price.
    Parked,
    /// For an auction.
    Waiting,
    /// Before its trigger, or its parent's fill. A child that was armed leaves without an event.
    Dormant,
}

/// A live order.
#[derive(Clone, Debug)]
pub(super) struct Life {
    pub(super) key: OrderKey,
    pub(super) instrument: InstrumentId,
    pub(super) terms: Terms,
    pub(super) place: Place,
    /// What it was to trade in all, changes included.
    pub(super) total: Qty,
    pub(super) executed: Qty,
    pub(super) leaves: Qty,
    /// Taken off by its owner.
    pub(super) cancelled: Qty,
    /// Lost to self-trade prevention.
    pub(super) prevented: Qty,
    /// By how much it grows when its turn comes.
    pub(super) pending: Qty,
    /// What was paid for an order by amount, in minor units.
    pub(super) spent: Cash,
    /// The price it was moved to, while it enters with it.
    pub(super) moved_to: Option<Price>,
    /// The worst price it took at since it entered.
    pub(super) worst_taken: Option<Price>,
    /// It was triggered by the command being looked at.
    pub(super) triggered: bool,
    pub(super) armed: bool,
}

impl Life {
    pub(super) fn begin(
        key: OrderKey,
        instrument: InstrumentId,
        terms: Terms,
        entry: Entry,
    ) -> Self {
        let place = match entry {
            Entry::Entering => Place::Entering,
            Entry::Waiting => Place::Waiting,
            Entry::Dormant => Place::Dormant,
            Entry::Parked => Place::Parked,
        };
        Self {
            key,
            instrument,
            terms,
            place,
            total: terms.qty,
            executed: Qty(0),
            leaves: terms.qty,
            cancelled: Qty(0),
            prevented: Qty(0),
            pending: Qty(0),
            spent: Cash(0),
            moved_to: None,
            worst_taken: None,
            triggered: false,
            armed: false,
        }
    }

    pub(super) fn level(&self) -> Option<Price> {
        match self.place {
            Place::Book { price, .. } => Some(price),
            _ => None,
        }
    }

    /// G5.
    pub(super) fn balanced(&self) -> Result<(), Broken> {
        let parts = self.executed.0 + self.leaves.0 + self.cancelled.0 + self.prevented.0;
        hold(parts == self.total.0, "G5", || {
            format!(
                "{}: {} = {} executed + {} leaves + {} cancelled + {} prevented",
                self.key,
                self.total.0,
                self.executed.0,
                self.leaves.0,
                self.cancelled.0,
                self.prevented.0
            )
        })
    }

    /// Its new total is what has traded and `leaves`; what it lost before is no part of it.
    pub(super) fn resize(&mut self, leaves: Qty) {
        self.leaves = leaves;
        self.total = Qty(self.executed.0 + leaves.0);
        (self.cancelled, self.prevented, self.pending) = (Qty(0), Qty(0), Qty(0));
        if let Place::Book { shown, .. } = &mut self.place {
            *shown = (*shown).min(leaves);
        }
    }

    /// Lets it grow by what was waiting for its turn.
    pub(super) fn grow(&mut self) {
        self.total.0 += self.pending.0;
        self.leaves.0 += self.pending.0;
        self.pending = Qty(0);
    }

    /// What it ends with is what it had, or would have had at its turn.
    pub(super) fn ends_with(&mut self, left: Qty) -> Result<(), Broken> {
        if left != self.leaves {
            self.grow();
        }
        hold(left == self.leaves, "G5", || {
            format!("{} ends with {} left and had {}", self.key, left.0, self.leaves.0)
        })
    }

    /// Takes `qty` off what is left.
    pub(super) fn lose(&mut self, qty: Qty) -> Result<(), Broken> {
        if qty > self.leaves {
            self.grow();
        }
        hold(qty.0 >= 1 && qty <= self.leaves, "G8", || {
            format!("{} loses {} of {}", self.key, qty.0, self.leaves.0)
        })?;
        self.leaves.0 -= qty.0;
        if let Place::Book { shown, .. } = &mut self.place {
            shown.0 = shown.0.saturating_sub(qty.0);
        }
        Ok(())
    }

    /// G8: nothing trades beyond its limit, nor beyond the price it was moved to.
    pub(super) fn accepts(&self, price: Price) -> Result<(), Broken> {
        let bound = |limit: Price| match self.terms.side {
            Side::Buy => price <= limit,
            Side::Sell => price >= limit,
        };
        for limit in [self.limit(), self.moved_to].into_iter().flatten() {
            hold(bound(limit), "G8", || {
                format!("{} trades at {} beyond {}", self.key, price.0, limit.0)
            })?;
        }
        Ok(())
    }

    pub(super) fn limit(&self) -> Option<Price> {
        self.terms.price
    }

    /// What it waited for has come: it enters as a limit or a market order.
    pub(super) fn fire(&mut self) {
        (self.place, self.triggered) = (Place::Entering, true);
        match self.terms.kind {
            Kind::StopLimit(_) | Kind::TakeProfitLimit(_) | Kind::TrailingLimit { .. } => {
                self.terms.kind = Kind::Limit;
            }
            _ => (self.terms.kind, self.terms.tif) = (Kind::Market, Tif::Ioc),
        }
    }

    /// Took at `price` in the book.
    pub(super) fn took(&mut self, price: Price) {
        let worse = |one: Price, other: Price| match self.terms.side {
            Side::Buy => one.max(other),
            Side::Sell => one.min(other),
        };
        self.worst_taken = Some(self.worst_taken.map_or(price, |worst| worse(worst, price)));
    }

    /// Whether `one` is a better price than `other` for whoever trades against this order.
    pub(super) fn better(&self, one: Price, other: Price) -> bool {
        match self.terms.side {
            Side::Buy => one > other,
            Side::Sell => one < other,
        }
    }

    /// What enters may take; what is all or none leaves its place for it in silence, and so does a
    /// child that was armed.
    pub(super) fn may_take(&self) -> bool {
        match self.place {
            Place::Entering => true,
            Place::Book { .. } | Place::Parked => self.terms.with.all_or_none,
            Place::Dormant => self.armed,
            Place::Waiting => false,
        }
    }

    /// True where lots are never shown.
    pub(super) fn is_unseen(&self) -> bool {
        self.terms.with.hidden || self.terms.with.all_or_none || self.terms.kind == Kind::PegMid
    }
}
