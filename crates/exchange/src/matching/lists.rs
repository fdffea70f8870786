//! Orders that hang together, and what one of them does to the others.

use super::house::House;
use super::special::{Id, Stand};
use super::{End, Engine};
use pitfloor_model::event::{CancelReason, Event};
use pitfloor_model::order::{Arm, Shape};
use pitfloor_model::units::{InstrumentId, Qty};

/// The lists of one pit that still have two members at least.
#[derive(Clone, Debug, Default)]
pub(super) struct Lists {
    all: Vec<List>,
    free: Vec<u32>,
}

/// One list; members that have ended are none.
#[derive(Clone, Copy, Debug)]
struct List {
    shape: Shape,
    members: [Option<Id>; 3],
}

impl Lists {
    pub(super) fn add(&mut self, shape: Shape, ids: &[Id]) -> u32 {
        let mut members = [None; 3];
        for (member, id) in members.iter_mut().zip(ids) {
            *member = Some(*id);
        }
        let list = List { shape, members };
        if let Some(at) = self.free.pop() {
            self.all[at as usize] = list;
            return at;
        }
        self.all.push(list);
        u32::try_from(self.all.len() - 1).expect("fewer lists than numbers")
    }

    /// Takes a member out, and the list away with its last.
    fn leave(&mut self, (at, member): (u32, u8)) {
        let list = &mut self.all[at as usize];
        list.members[usize::from(member)] = None;
        if list.members == [None; 3] {
            self.free.push(at);
        }
    }

    /// The other leg of the OCO that a member is a leg of.
    fn sibling(&self, (at, member): (u32, u8)) -> Option<Id> {
        let list = &self.all[at as usize];
        let other = match (list.shape, member) {
            (Shape::Oco, 0) => 1,
            (Shape::Oco, _) => 0,
            (Shape::Otoco(_), 1) => 2,
            (Shape::Otoco(_), 2) => 1,
            (Shape::Oto(_) | Shape::Otoco(_), _) => return None,
        };
        list.members[other]
    }

    /// When the children of a parent wake, and which are live.
    fn children(&self, (at, member): (u32, u8)) -> Option<(Arm, [Option<Id>; 2])> {
        let list = &self.all[at as usize];
        match (list.shape, member) {
            (Shape::Oto(arm) | Shape::Otoco(arm), 0) => {
                Some((arm, [list.members[1], list.members[2]]))
            }
            (Shape::Oco | Shape::Oto(_) | Shape::Otoco(_), _) => None,
        }
    }

    /// True while there is a list.
    pub(super) const fn are_any(&self) -> bool {
        self.all.len() > self.free.len()
    }

    /// The other leg of an order with `link`, if it is live.
    pub(super) fn sibling_of(&self, link: Option<(u32, u8)>) -> Option<Id> {
        link.and_then(|link| self.sibling(link))
    }
}

impl Engine {
    /// What a fill of `id` does to those that hang on it. Comes directly after the trade.
    pub(super) fn act_on_fill(&mut self, at: InstrumentId, id: Id, house: &mut dyn House) {
        self.cancel_sibling(at, id, house);
        let pit = self.pit(at);
        let parent = pit.specials.get(id);
        let Some((arm, children)) = parent.list.and_then(|link| pit.lists.children(link)) else {
            return;
        };
        let (traded, filled) = (parent.traded, parent.leaves.is_zero() && parent.growth.is_zero());
        if arm == Arm::FirstFill || filled {
            for child in children.into_iter().flatten() {
                self.arm(at, child, traded, house);
            }
        }
    }

    /// Ends the other leg, if there is one.
    pub(super) fn cancel_sibling(&mut self, at: InstrumentId, id: Id, house: &mut dyn House) {
        let pit = self.pit(at);
        if let Some(sibling) = pit.lists.sibling_of(pit.specials.get(id).list) {
            self.end(at, sibling, End::Cancelled(CancelReason::OcoSibling), house);
        }
    }

    /// Wakes `child`, or lets it grow to what its parent has traded.
    fn arm(&mut self, at: InstrumentId, child: Id, traded: Qty, house: &mut dyn House) {
        let pit = self.pit_mut(at);
        let special = pit.specials.get_mut(child);
        let sleeping = special.is_asleep();
        let total = Qty(special.total().0 + special.growth.0);
        if !sleeping && traded <= total {
            return;
        }
        match special.stand {
            Stand::Asleep => special.leaves = traded.less(special.traded),
            Stand::Dormant => special.leaves.0 += traded.less(total).0,
            Stand::Entering | Stand::Book(_) | Stand::Whole | Stand::Parked | Stand::Waiting => {
                special.growth.0 += traded.less(total).0;
            }
        }
        let (key, queues) = (special.key, special.stand != Stand::Dormant && !special.woken);
        if queues {
            special.woken = true;
            pit.woken.push_back(child);
        }
        house.tell(Event::Armed { instrument: at, key, qty: traded });
    }

    /// Takes a member that has ended out of its list, and its sleeping children with it.
    pub(super) fn leave_list(&mut self, at: InstrumentId, link: (u32, u8), house: &mut dyn House) {
        let children = self.pit(at).lists.children(link);
        self.pit_mut(at).lists.leave(link);
        let Some((_, children)) = children else { return };
        for child in children.into_iter().flatten() {
            let special = self.pit(at).specials.get(child);
            if special.is_asleep() && !special.woken {
                self.end(at, child, End::Cancelled(CancelReason::ParentGone), house);
            }
        }
    }

    /// Lets the woken enter, one after the other, up to the bound of a cascade: a child that takes
    /// its own parent would wake itself again with each lot.
    pub(super) fn enter_woken(&mut self, at: InstrumentId, house: &mut dyn House) {
        let most = self.instrument(at).rules.cascade_max;
        let mut entered = 0;
        while let Some(child) = self.pit_mut(at).woken.pop_front() {
            let special = self.pit_mut(at).specials.get_mut(child);
            special.woken = false;
            let growth = std::mem::take(&mut special.growth);
            let late = entered == most;
            entered += u32::from(!late);
            match special.stand {
                Stand::Asleep => self.enter_child(at, child, late, house),
                Stand::Entering | Stand::Book(_) | Stand::Whole | Stand::Parked => {
                    self.enter_grown(at, child, growth, late, house);
                }
                Stand::Waiting => self.grow_waiting(at, child, growth, late, house),
                Stand::Dormant => {}
            }
        }
    }

    /// A child's first entry.
    fn enter_child(&mut self, at: InstrumentId, child: Id, late: bool, house: &mut dyn House) {
        let special = self.pit(at).specials.get(child);
        if special.kind.is_dormant() && !late {
            self.become_dormant(at, child, house);
            return;
        }
        self.leave(at, child, house);
        self.come(at, child, late, house);
    }

    /// A child that stands nowhere enters, or ends because too many came before it.
    fn come(&mut self, at: InstrumentId, child: Id, late: bool, house: &mut dyn House) {
        if late {
            self.end(at, child, End::Cancelled(CancelReason::Cascade), house);
        } else {
            self.enter_again(at, child, house);
        }
    }

    /// A child that grew where it cannot grow in its place.
    fn enter_grown(
        &mut self,
        at: InstrumentId,
        child: Id,
        growth: Qty,
        late: bool,
        house: &mut dyn House,
    ) {
        let special = self.pit(at).specials.get(child);
        let (key, side, left, from) = (special.key, special.side, special.leaves, special.level());
        if let Some(from) = from {
            let (qty, leaves) = (Qty(special.total().0 + growth.0), Qty(left.0 + growth.0));
            let (instrument, price, kept) = (at, special.price.unwrap_or(from), false);
            self.leave(at, child, house);
            house.tell(Event::Replaced {
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
        }
        self.pit_mut(at).specials.get_mut(child).leaves.0 += growth.0;
        self.come(at, child, late, house);
    }

    fn grow_waiting(
        &mut self,
        at: InstrumentId,
        child: Id,
        growth: Qty,
        late: bool,
        house: &mut dyn House,
    ) {
        let asset = self.pit(at).asset;
        let special = self.pit_mut(at).specials.get_mut(child);
        let (account, side) = (special.key.account, special.side);
        let need = asset.kept(side, special.limit, growth);
        let there = house.afford(account, asset, need, Default::default());
        if late || there.is_err() {
            self.leave(at, child, house);
            self.pit_mut(at).specials.get_mut(child).leaves.0 += growth.0;
            let why = if late { CancelReason::Cascade } else { CancelReason::Unfunded };
            self.end(at, child, End::Cancelled(why), house);
            return;
        }
        special.leaves.0 += growth.0;
        house.reserve(account, asset, need);
    }
}
