//! Orders of one owner meet, and do not trade.

use super::house::House;
use super::meet::{Maker, Stop, Taker, sides};
use super::special::NO_ID;
use super::standing::Left;
use super::{End, Engine};
use pitfloor_clearing::{Deal, Meeting};
use pitfloor_model::event::Event;
use pitfloor_model::order::Stp;
use pitfloor_model::units::{InstrumentId, Qty};

impl Engine {
    /// Keeps two orders of one owner apart, as the taker's mode says.
    pub(super) fn prevent(
        &mut self,
        at: InstrumentId,
        maker: &Maker,
        taker: &mut Taker,
        qty: Qty,
        house: &mut dyn House,
    ) -> Stop {
        let (instrument, price, mode) = (at, maker.price, taker.stp);
        house.tell(Event::Prevented {
            instrument,
            maker: maker.key,
            taker: taker.key,
            price,
            qty,
            mode,
        });
        match mode {
            Stp::None => unreachable!("without prevention the two trade"),
            Stp::ExpireTaker => self.expire_taker(at, taker, house),
            Stp::ExpireMaker => {
                self.expire_maker(at, maker, house);
                Stop::Filled
            }
            Stp::ExpireBoth => {
                self.expire_maker(at, maker, house);
                self.expire_taker(at, taker, house)
            }
            Stp::Decrement => self.lessen_both(at, maker, taker, qty, house),
            Stp::Transfer => {
                if maker.key.account != taker.key.account {
                    self.transfer(at, maker, taker, qty, house);
                }
                self.lessen_both(at, maker, taker, qty, house)
            }
        }
    }

    /// Moves lots and cash between two accounts of one owner.
    fn transfer(
        &self,
        at: InstrumentId,
        maker: &Maker,
        taker: &mut Taker,
        qty: Qty,
        house: &mut dyn House,
    ) {
        house.tell(Event::Transferred {
            instrument: at,
            maker: maker.key,
            taker: taker.key,
            aggressor: taker.side,
            price: maker.price,
            qty,
        });
        let asset = self.pit(at).asset;
        let (buyer, seller) = sides(taker, maker.key.account);
        // What was kept for the maker is free to be moved; `lessen_both` counts it out.
        let freed = asset.need(maker.side, maker.price, qty);
        house.release(maker.key.account, asset, freed);
        let (price, by) = (maker.price, Meeting::Transferred);
        house.settle(Deal { asset, buyer, seller, price, qty, by });
        house.reserve(maker.key.account, asset, freed);
        if let Some(budget) = &mut taker.budget {
            *budget -= asset.cost(maker.price, qty);
        }
    }

    fn lessen_both(
        &mut self,
        at: InstrumentId,
        maker: &Maker,
        taker: &mut Taker,
        qty: Qty,
        house: &mut dyn House,
    ) -> Stop {
        let left = self.lose(at, maker, qty, false, house);
        taker.leaves = taker.leaves.less(qty);
        if taker.id != NO_ID {
            self.pit_mut(at).specials.get_mut(taker.id).leaves = taker.leaves;
        }
        if left == Left::Gone {
            let (key, side, price, left) = (maker.key, maker.side, Some(maker.price), Qty::ZERO);
            house.tell(Event::ExpiredInMatch { instrument: at, key, side, price, left });
            if maker.id != NO_ID && self.pit(at).specials.get(maker.id).growth.is_zero() {
                self.bury(at, maker.id, house);
            }
        }
        let ended = taker.leaves.is_zero();
        if ended {
            self.expire_taker(at, taker, house);
        }
        if let Left::Next(shown) = left {
            self.tell_refreshed(at, maker.id, shown, house);
        }
        if ended { Stop::Ended } else { Stop::Filled }
    }

    fn expire_maker(&mut self, at: InstrumentId, maker: &Maker, house: &mut dyn House) {
        if maker.id != NO_ID {
            self.end(at, maker.id, End::ExpiredInMatch, house);
            return;
        }
        let gone = self.take_off(at, maker.slot.expect("a plain order stands in the book"), house);
        let (key, side, price, left) = (gone.key, gone.side, Some(gone.price), gone.leaves);
        house.tell(Event::ExpiredInMatch { instrument: at, key, side, price, left });
    }

    fn expire_taker(&mut self, at: InstrumentId, taker: &Taker, house: &mut dyn House) -> Stop {
        let (key, side, left) = (taker.key, taker.side, taker.leaves);
        if taker.id == NO_ID {
            house.tell(Event::ExpiredInMatch { instrument: at, key, side, price: None, left });
        } else if self.pit(at).specials.get(taker.id).growth.is_zero() {
            self.end(at, taker.id, End::ExpiredInMatch, house);
        } else {
            // It has grown in the meantime, and its turn with that is still to come.
            self.pit_mut(at).specials.get_mut(taker.id).leaves = Qty::ZERO;
            house.tell(Event::ExpiredInMatch { instrument: at, key, side, price: None, left });
        }
        Stop::Ended
    }
}
