//! Orders taken off the market together.

use super::house::House;
use super::special::{Id, NO_ID, Special, Stand};
use super::{End, Engine, pit::rank};
use crate::book::{Resting, Slot};
use pitfloor_model::command::{Filter, MassReason};
use pitfloor_model::event::{CancelReason, Event, Reject};
use pitfloor_model::units::{AccountId, InstrumentId, OrderKey, Price, Qty, Side, Stamp};

/// Where an order that is to be cancelled is.
#[derive(Clone, Copy)]
enum Found {
    Plain(Slot),
    Record(Id, OrderKey),
}

/// What a filter asks of an order.
struct Asked {
    account: AccountId,
    side: Side,
    price: Option<Price>,
    tag: u32,
    session: u32,
}

impl Engine {
    pub(super) fn mass_cancel(
        &mut self,
        filter: &Filter,
        why: MassReason,
        house: &mut dyn House,
    ) -> Result<(), Reject> {
        if let Some(instrument) = filter.instrument {
            self.listed(instrument)?;
        }
        if let Some(account) = filter.account {
            house.credit(account).ok_or(Reject::UnknownAccount)?;
        }
        let why = match why {
            MassReason::Asked => CancelReason::Mass,
            MassReason::Disconnect => CancelReason::Disconnect,
        };
        self.cancel_all(filter, why, house);
        Ok(())
    }

    /// Ends every order that fits, and tells how many they were.
    pub(super) fn cancel_all(&mut self, filter: &Filter, why: CancelReason, house: &mut dyn House) {
        let (mut orders, mut qty) = (0, Qty::ZERO);
        for at in self.everywhere() {
            if filter.instrument.is_none_or(|wanted| wanted == at) {
                let (more, left) = self.cancel_in(at, filter, why, house);
                orders += more;
                qty.0 += left.0;
            }
        }
        let account = filter.account.unwrap_or(AccountId::VENUE);
        house.tell(Event::MassCancelled { account, orders, qty });
    }

    /// Every instrument, in order.
    pub(super) fn everywhere(&self) -> impl Iterator<Item = InstrumentId> + use<> {
        let end = u32::try_from(self.pits.len()).expect("instruments are numbered");
        (0..end).map(InstrumentId)
    }

    /// Ends every order of one instrument that fits, and says how many they were.
    pub(super) fn cancel_in(
        &mut self,
        at: InstrumentId,
        filter: &Filter,
        why: CancelReason,
        house: &mut dyn House,
    ) -> (u32, Qty) {
        let (mut orders, mut qty) = (0, Qty::ZERO);
        for found in self.fitting(at, filter) {
            let left = match found {
                Found::Plain(slot) => {
                    let left = self.pit(at).book.get(slot).leaves;
                    self.end_plain(at, slot, why, house);
                    left
                }
                Found::Record(id, key) => {
                    let special = self.pit(at).specials.find(id);
                    let Some(special) = special.filter(|special| special.key == key) else {
                        continue;
                    };
                    let left = special.leaves;
                    self.end(at, id, End::Cancelled(why), house);
                    left
                }
            };
            self.touch(at);
            orders += 1;
            qty.0 += left.0;
        }
        (orders, qty)
    }

    /// The orders of one instrument that fit, in the order in which they end.
    fn fitting(&self, at: InstrumentId, filter: &Filter) -> Vec<Found> {
        let pit = self.pit(at);
        let mut all = Vec::new();
        for side in Side::BOTH.into_iter().filter(|side| filter.side.is_none_or(|s| s == *side)) {
            let mut of_side: Vec<((i64, Stamp), Found)> = Vec::new();
            let mut next = pit.book.first(side);
            while let Some(slot) = next {
                next = pit.book.next(slot);
                let resting = pit.book.get(slot);
                let order = (rank(side, resting.price), resting.stamp);
                if resting.more == NO_ID {
                    if fits(filter, &plain(&resting)) {
                        of_side.push((order, Found::Plain(slot)));
                    }
                } else {
                    self.find_fitting(at, resting.more, filter, |found| {
                        of_side.push((order, found));
                    });
                }
            }
            for (order, id) in &pit.whole[side as usize] {
                self.find_fitting(at, *id, filter, |found| of_side.push((*order, found)));
            }
            of_side.sort_unstable_by_key(|(order, _)| *order);
            all.extend(of_side.into_iter().map(|(_, found)| found));
        }
        for beside in [&pit.parked, &pit.waiting, &pit.dormant.all] {
            for id in beside.values() {
                self.find_fitting(at, *id, filter, |found| all.push(found));
            }
        }
        all
    }

    fn find_fitting(
        &self,
        at: InstrumentId,
        id: Id,
        filter: &Filter,
        mut found: impl FnMut(Found),
    ) {
        let special = self.pit(at).specials.get(id);
        if fits(filter, &asked(special)) {
            found(Found::Record(id, special.key));
        }
    }

    pub(super) fn kill_switch(
        &mut self,
        account: AccountId,
        on: bool,
        house: &mut dyn House,
    ) -> Result<(), Reject> {
        house.credit(account).ok_or(Reject::UnknownAccount)?;
        if on {
            self.blocked.insert(account);
        } else {
            self.blocked.remove(&account);
        }
        house.tell(Event::KillSwitched { account, on });
        if on {
            let filter = Filter { account: Some(account), ..Filter::default() };
            self.cancel_all(&filter, CancelReason::KillSwitch, house);
        }
        Ok(())
    }
}

const fn plain(resting: &Resting) -> Asked {
    let Resting { key, side, price, .. } = *resting;
    Asked { account: key.account, side, price: Some(price), tag: 0, session: 0 }
}

fn asked(special: &Special) -> Asked {
    let price = match special.stand {
        Stand::Book(_) | Stand::Whole | Stand::Waiting => special.limit,
        _ => special.price,
    };
    let (tag, session) = (special.with.tag, special.with.session);
    Asked { account: special.key.account, side: special.side, price, tag, session }
}

fn fits(filter: &Filter, asked: &Asked) -> bool {
    let Filter { account, instrument: _, side, prices, tag, session } = *filter;
    account.is_none_or(|account| account == asked.account)
        && side.is_none_or(|side| side == asked.side)
        && tag.is_none_or(|tag| tag == asked.tag)
        && session.is_none_or(|session| session == asked.session)
        && prices.is_none_or(|(low, high)| {
            asked.price.is_some_and(|price| (low..=high).contains(&price))
        })
}
