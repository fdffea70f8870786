//! A level that is not shared first come, first served.

use super::Engine;
use super::house::House;
use super::meet::{Maker, Stop, Taker};
use crate::allocation::{self, Allocation};
use pitfloor_model::order::Stp;
use pitfloor_model::units::{InstrumentId, Qty};

impl Engine {
    /// Lets `taker` meet the shown orders of the best level, of which `first` is the first: one of
    /// them when it takes all there is, or when one is its owner's; else all by the instrument's rule.
    pub(super) fn share(
        &mut self,
        at: InstrumentId,
        first: &Maker,
        taker: &mut Taker,
        can: Qty,
        house: &mut dyn House,
    ) -> Stop {
        let level = self.pit(at).book.level(first.side, first.price);
        if level.is_none_or(|level| can >= level.qty) {
            return self.meet(at, first, taker, can.min(first.leaves), house);
        }
        let tick_cash = self.pit(at).asset.tick_cash;
        if let Some(own) = self.own_maker(at, first, taker) {
            return self.meet(at, &own, taker, can.min(own.leaves), house);
        }
        let makers: Vec<Maker> = self.shown_makers(at, first).collect();
        let shares = self.shares(at, taker.can_take(first.price, tick_cash), &makers);
        for (maker, share) in makers.iter().zip(shares) {
            let share = share.min(taker.can_take(maker.price, tick_cash));
            if !share.is_zero() && self.still_stands(at, maker) {
                self.meet(at, maker, taker, share, house);
            }
        }
        Stop::Filled
    }

    /// The first of the taker's owner among the shown orders of a level, if they may not trade.
    fn own_maker(&self, at: InstrumentId, first: &Maker, taker: &Taker) -> Option<Maker> {
        if taker.stp == Stp::None {
            return None;
        }
        let owned = |maker: &Maker| self.is_one_owner(maker.key.account, taker.key.account);
        self.shown_makers(at, first).find(owned)
    }

    /// The shown orders at the price of `first`.
    fn shown_makers(&self, at: InstrumentId, first: &Maker) -> impl Iterator<Item = Maker> {
        let book = &self.pit(at).book;
        let (side, price) = (first.side, first.price);
        std::iter::successors(book.first_at(side, price), |slot| book.next(*slot))
            .map(|slot| Maker::of(&book.get(slot), slot))
            .take_while(move |maker| maker.price == price && !maker.hidden)
    }

    /// What each of `makers`, in the order of their stamps, gets of `lots`.
    pub(super) fn shares(&self, at: InstrumentId, lots: Qty, makers: &[Maker]) -> Vec<Qty> {
        let (pit, rules) = (self.pit(at), &self.instrument(at).rules);
        let seen: Vec<allocation::Maker> = makers
            .iter()
            .map(|maker| allocation::Maker {
                lots: maker.leaves,
                is_top: pit.top[maker.side as usize] == Some(maker.stamp),
                is_lmm: rules.market_maker == Some(maker.key.account),
            })
            .collect();
        let mut shares = Vec::with_capacity(makers.len());
        match &pit.rule {
            Some(rule) => allocation::allocate(&**rule, lots, &seen, &mut shares),
            None => {
                let rule: &Allocation = &rules.allocation;
                allocation::allocate(rule, lots, &seen, &mut shares);
            }
        }
        shares
    }
}
