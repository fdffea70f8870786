//! The day of an instrument: which phase follows which, and what a change does to waiting orders.

use super::{Answer, Meant, Place, Reference, accepts};
use pitfloor_model::event::{CancelReason, Event, Phase, PhaseReason, Reject};
use pitfloor_model::order::Tif;
use pitfloor_model::units::{InstrumentId, OrderKey, Side};

use Phase::{CloseCall, Closed, Continuous, Halt, OpenCall, PeriodicCall, PreOpen, ReopenCall};

impl Reference {
    pub(super) fn set_phase(
        &mut self,
        instrument: InstrumentId,
        to: Phase,
        why: PhaseReason,
    ) -> Answer {
        self.known(instrument)?;
        if self.has_ended(instrument) {
            return Err(Reject::PhaseForbids);
        }
        let from = self.market(instrument).phase;
        let allowed = [
            (PreOpen, OpenCall),
            (OpenCall, Continuous),
            (Continuous, CloseCall),
            (CloseCall, Closed),
            (Closed, PreOpen),
            (Continuous, PeriodicCall),
            (PeriodicCall, Continuous),
            (Continuous, ReopenCall),
            (ReopenCall, Continuous),
            (PreOpen, Halt),
            (OpenCall, Halt),
            (Continuous, Halt),
            (ReopenCall, Halt),
            (CloseCall, Halt),
            (PeriodicCall, Halt),
            (Halt, ReopenCall),
            (Halt, Closed),
        ];
        if !allowed.contains(&(from, to)) {
            return Err(Reject::PhaseForbids);
        }
        let call = matches!(from, OpenCall | ReopenCall | CloseCall | PeriodicCall);
        if call && matches!(to, Continuous | Closed) {
            self.end_in_auction(instrument, to, why, false);
        } else {
            self.change_phase(instrument, to, why);
        }
        Ok(())
    }

    pub(super) fn end_call(&mut self, instrument: InstrumentId) -> Answer {
        self.known(instrument)?;
        let to = match self.market(instrument).phase {
            OpenCall | ReopenCall => Continuous,
            CloseCall => Closed,
            PeriodicCall => PeriodicCall,
            _ => return Err(Reject::PhaseForbids),
        };
        self.end_in_auction(instrument, to, PhaseReason::CallEnded, true);
        Ok(())
    }

    /// The auction of the call, and the way on.
    fn end_in_auction(
        &mut self,
        instrument: InstrumentId,
        to: Phase,
        why: PhaseReason,
        tells_nothing: bool,
    ) {
        let from = self.market(instrument).phase;
        if !self.hold_auction(instrument, tells_nothing) {
            return;
        }
        let over = self.by_stamp(|live| {
            let meant = matches!(live.place, Place::Waiting(meant) if takes_part(meant, from));
            let opening = live.place == Place::Waiting(Meant::Opening);
            live.instrument == instrument && (meant || opening && from != PeriodicCall)
        });
        self.end_all(over, CancelReason::AuctionOver);
        self.change_phase(instrument, to, why);
    }

    fn end_all(&mut self, keys: Vec<OrderKey>, why: CancelReason) {
        for key in keys {
            if self.at(key).is_some() {
                self.end_cancelled(key, why);
            }
        }
    }

    /// Everything that leaving one phase and entering another does, but the auction.
    pub(super) fn change_phase(&mut self, instrument: InstrumentId, to: Phase, why: PhaseReason) {
        let from = self.market(instrument).phase;
        if to == Closed {
            self.close_day(instrument, from);
        }
        if to == Continuous {
            self.uncross_bands(instrument);
        }
        if from == Continuous {
            let best = |side| self.best_shown(instrument, side).map(|price| i128::from(price.0));
            let step = self.step(instrument);
            let mid = match (best(Side::Buy), best(Side::Sell)) {
                (Some(bid), Some(ask)) => super::priced((bid + ask).div_euclid(2 * step) * step),
                _ => None,
            };
            self.market_mut(instrument).mid = mid;
        }
        if to != from {
            let market = self.market_mut(instrument);
            market.phase = to;
            market.extended = false;
            market.told = Default::default();
            self.out.push(Event::PhaseChanged { instrument, from, to, why });
        }
        if from == Continuous {
            let leaving = self.by_stamp(|live| {
                let parks = live.is_peg() || live.terms.with.all_or_none;
                live.instrument == instrument && live.place == Place::Book && parks
            });
            for key in leaving {
                let level = self.one(key).level();
                let live = self.one_mut(key);
                live.place = Place::Parked;
                if live.is_peg() {
                    live.limit = None;
                }
                self.tell_parked(key, level);
            }
        }
        self.drain();
        if to == Continuous {
            self.unpark(instrument);
        }
    }

    /// Entering `Closed`: who waited for this day ends, and its last price is the close.
    fn close_day(&mut self, instrument: InstrumentId, from: Phase) {
        let waiting = self.by_stamp(|live| {
            let ends = match live.place {
                Place::Waiting(meant) => from == Halt || meant == Meant::Closing,
                _ => false,
            };
            live.instrument == instrument && ends
        });
        self.end_all(waiting, CancelReason::AuctionOver);
        let day = self.by_stamp(|live| live.instrument == instrument && live.terms.tif == Tif::Day);
        for key in day {
            if self.at(key).is_some() {
                self.end_expired(key);
            }
        }
        let market = self.market_mut(instrument);
        market.close = market.last.or(market.close);
    }

    /// Orders that bands kept from trading in the auction leave the book until it is not crossed.
    fn uncross_bands(&mut self, instrument: InstrumentId) {
        loop {
            let first = |side| self.queue(instrument, side).into_iter().next();
            let (Some(bid), Some(ask)) = (first(Side::Buy), first(Side::Sell)) else { return };
            let prices = bid.limit.zip(ask.limit).expect("what rests has a level");
            if !accepts(Side::Buy, prices.0, prices.1) {
                return;
            }
            let later = if bid.stamp.0 > ask.stamp.0 { bid.key } else { ask.key };
            self.end_cancelled(later, CancelReason::Band);
        }
    }

    /// Parked orders come back, in order of stamp.
    fn unpark(&mut self, instrument: InstrumentId) {
        let parked =
            self.by_stamp(|live| live.instrument == instrument && live.place == Place::Parked);
        for key in parked {
            let Some(live) = self.order(key).filter(|live| live.place == Place::Parked) else {
                continue;
            };
            if live.is_peg() {
                let side = live.terms.side;
                let to = self.peg_price(instrument, side, live.terms.kind, live.terms.price);
                if to.is_some() {
                    self.peg_again(key, None, to);
                }
            } else {
                self.enter_if_funded(key);
            }
            self.drain();
        }
    }
}

/// True when what waits for `meant` takes part in the auction of `call`.
pub(super) fn takes_part(meant: Meant, call: Phase) -> bool {
    match meant {
        Meant::Opening => call == OpenCall,
        Meant::Closing => call == CloseCall,
        Meant::Next => true,
    }
}
