//! Orders that hang together: legs that cancel each other, parents that wake their children.

use super::{Answer, Live, Place, Reference};
use pitfloor_model::event::{CancelReason, Entry, Event, Reject};
use pitfloor_model::order::{Arm, OrderList, Shape};
use pitfloor_model::units::{OrderKey, Qty};

/// Check 10: whether the members hang together as the shape says.
pub(super) fn check_link(list: &OrderList) -> Answer {
    let members = &list.members;
    let count = match list.shape {
        Shape::Oco => members.len() == 2,
        Shape::Oto(_) => members.len() == 2 || members.len() == 3,
        Shape::Otoco(_) => members.len() == 3,
    };
    if !count {
        return Err(Reject::BadLink);
    }
    let first = &members[0];
    let legs = match list.shape {
        Shape::Oco => Some((first, &members[1])),
        Shape::Oto(_) => None,
        Shape::Otoco(_) => Some((&members[1], &members[2])),
    };
    let scattered =
        members.iter().any(|m| m.account != first.account || m.instrument != first.instrument);
    let unequal = legs.is_some_and(|(a, b)| a.side != b.side || a.qty != b.qty);
    let other_size = list.shape != Shape::Oco && members.iter().any(|m| m.qty != first.qty);
    if scattered || unequal || other_size { Err(Reject::BadLink) } else { Ok(()) }
}

impl Reference {
    /// The links of two orders that traded act, one after the other; then who is filled is gone. A
    /// child that fills its own parent is still there to grow with it.
    pub(super) fn after_fill(&mut self, both: [OrderKey; 2]) {
        for key in both {
            self.other_leg_ends(key);
            self.arm_children(key);
        }
        for key in both {
            let live = self.one_mut(key);
            if live.leaves.0 == 0 && live.grows > 0 {
                // It comes again with what it grows by, when its turn comes.
                live.place = Place::Entering;
            } else if live.leaves.0 == 0 {
                self.remove(key);
            }
        }
    }

    /// The other leg, where one traded or was triggered.
    pub(super) fn other_leg_ends(&mut self, key: OrderKey) {
        if let Some(leg) = self.other_leg(self.one(key)) {
            self.end_cancelled(leg, CancelReason::OcoSibling);
        }
    }

    /// The other leg of an OCO, while it lives.
    pub(super) fn other_leg(&self, live: &Live) -> Option<OrderKey> {
        let link = live.link?;
        let place = match (link.shape, link.at) {
            (Shape::Oco, at) => 1 - at,
            (Shape::Otoco(_), at) if at > 0 => 3 - at,
            _ => return None,
        };
        self.in_list(link.list, place)
    }

    fn in_list(&self, list: u64, at: usize) -> Option<OrderKey> {
        let there = |live: &&Live| live.link.is_some_and(|l| l.list == list && l.at == at);
        self.live.iter().find(there).map(|live| live.key)
    }

    /// The list of a parent, and when its children wake.
    fn parenthood(live: &Live) -> Option<(u64, Arm)> {
        let link = live.link?;
        match link.shape {
            Shape::Oto(arm) | Shape::Otoco(arm) if link.at == 0 => Some((link.list, arm)),
            _ => None,
        }
    }

    fn arm_children(&mut self, parent: OrderKey) {
        let live = self.one(parent);
        let Some((list, arm)) = Self::parenthood(live) else { return };
        let (traded, filled) = (live.traded.0, live.leaves.0 == 0);
        if arm == Arm::FullFill && !filled {
            return;
        }
        for at in 1..=2 {
            let Some(key) = self.in_list(list, at) else { continue };
            let queued = self.woken.contains(&key);
            let child = self.one_mut(key);
            let instrument = child.instrument;
            match child.place {
                Place::Sleeping => child.leaves = Qty(traded),
                Place::Dormant => {
                    let total = child.traded.0 + child.leaves.0;
                    if traded <= total {
                        continue;
                    }
                    child.leaves.0 += traded - total;
                }
                Place::Book | Place::Waiting(_) | Place::Entering | Place::Parked => {
                    let total = child.traded.0 + child.leaves.0 + child.grows;
                    if traded <= total {
                        continue;
                    }
                    child.grows += traded - total;
                }
            }
            let wakes = child.place != Place::Dormant;
            self.out.push(Event::Armed { instrument, key, qty: Qty(traded) });
            if wakes && !queued {
                self.woken.push(key);
            }
        }
    }

    /// A parent that ends unfilled takes its sleeping children with it.
    pub(super) fn parent_ended(&mut self, parent: &Live, filled: bool) {
        let Some((list, arm)) = Self::parenthood(parent) else { return };
        let fruitless = match arm {
            Arm::FirstFill => parent.traded.0 == 0,
            Arm::FullFill => !filled,
        };
        if !fruitless {
            return;
        }
        for at in 1..=2 {
            if let Some(key) = self.in_list(list, at)
                && self.one(key).place == Place::Sleeping
            {
                self.end_cancelled(key, CancelReason::ParentGone);
            }
        }
    }

    /// The woken enter, one after the other; whom they wake comes behind them.
    pub(super) fn drain(&mut self) {
        let mut turns = 0;
        while !self.woken.is_empty() {
            let key = self.woken.remove(0);
            let most = self.rules(self.one(key).instrument).cascade_max;
            let late = turns >= most;
            if !late {
                turns += 1;
            }
            self.wake(key, late);
        }
    }

    fn wake(&mut self, key: OrderKey, late: bool) {
        let live = self.one(key).clone();
        match live.place {
            Place::Sleeping if live.terms.kind.is_dormant() && !late => {
                self.one_mut(key).place = Place::Dormant;
                self.join_if_met(key);
            }
            Place::Sleeping => self.come_again(key, late),
            Place::Book => {
                let grown = Qty(live.leaves.0 + live.grows);
                let price = live.limit.expect("what rests has a level");
                self.out.push(Event::Replaced {
                    instrument: live.instrument,
                    key,
                    side: live.terms.side,
                    from: price,
                    left: live.leaves,
                    price,
                    qty: Qty(live.traded.0 + grown.0),
                    leaves: grown,
                    kept: false,
                });
                self.grow(key);
                self.come_again(key, late);
            }
            Place::Waiting(_) => {
                self.grow(key);
                let grown = self.one_mut(key);
                grown.place = Place::Entering;
                let order = self.as_order(key);
                let there = self.check_risk(&order, super::money::Need::default());
                if late {
                    self.end_cancelled(key, CancelReason::Cascade);
                } else if there.is_err() {
                    self.end_cancelled(key, CancelReason::Unfunded);
                } else {
                    self.one_mut(key).place = live.place;
                }
            }
            Place::Entering | Place::Parked | Place::Dormant => {
                self.grow(key);
                self.come_again(key, late);
            }
        }
    }

    fn grow(&mut self, key: OrderKey) {
        let live = self.one_mut(key);
        live.leaves.0 += live.grows;
        live.grows = 0;
    }

    /// A child enters as new: risk and what the moment forbids are asked; a refusal ends it.
    fn come_again(&mut self, key: OrderKey, late: bool) {
        self.one_mut(key).place = Place::Entering;
        if late {
            self.end_cancelled(key, CancelReason::Cascade);
            return;
        }
        if self.ask_again(key).is_err() {
            self.end_cancelled(key, CancelReason::Unfunded);
            return;
        }
        self.come_in(key);
    }

    fn ask_again(&self, key: OrderKey) -> Answer {
        let order = self.as_order(key);
        self.check_risk(&order, super::money::Need::default())?;
        self.check_moment(&order)
    }

    /// What was asked already comes in: it waits for the auction of a periodic call, or enters.
    pub(super) fn come_in(&mut self, key: OrderKey) {
        let order = self.as_order(key);
        let phase = self.market(order.instrument).phase;
        self.take_price(key);
        let order = self.as_order(key);
        let waits = phase == pitfloor_model::event::Phase::PeriodicCall
            && self.entry_of(&order, super::legal::Role::Alone) == Entry::Waiting;
        if waits && order.tif != pitfloor_model::order::Tif::Fok {
            let meant = self.meant(order.tif);
            self.one_mut(key).place = Place::Waiting(meant);
        } else {
            self.enter(key);
        }
    }
}
