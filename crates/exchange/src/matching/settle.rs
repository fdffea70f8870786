//! What a command stirs up settles: all-or-none orders, then pegs, then triggered orders.

use super::house::House;
use super::special::{Id, Stand};
use super::{End, Engine};
use pitfloor_model::event::{CancelReason, Event, Phase, PhaseReason};
use pitfloor_model::units::{InstrumentId, Price, Side, Stamp};

impl Engine {
    /// Settles every instrument that the command has touched, then says what calls have come to.
    #[inline(never)]
    pub(super) fn settle_touched(&mut self, house: &mut dyn House) {
        let mut touched = std::mem::take(&mut self.touched);
        touched.sort_unstable();
        touched.dedup();
        for at in &touched {
            self.settle(*at, house);
        }
        for at in &touched {
            self.indicate(*at, house);
        }
        touched.clear();
        self.touched = touched;
    }

    fn settle(&mut self, at: InstrumentId, house: &mut dyn House) {
        // Prints of this command have not been walked yet.
        let began = self.pit(at).seen;
        let mut taken = 0;
        while self.pit(at).phase == Phase::Continuous {
            loop {
                let whole = self.try_whole(at, house);
                if !(self.move_pegs(at, house) || whole) {
                    break;
                }
            }
            self.look_at_triggers(at);
            if self.pit(at).queue.is_empty() {
                return;
            }
            if taken == self.instrument(at).rules.cascade_max {
                self.pause(at, PhaseReason::StopCascade, house);
                return;
            }
            if self.is_too_fast(at, began) {
                self.pause(at, PhaseReason::Velocity, house);
                return;
            }
            taken += 1;
            self.take_triggered(at, house);
        }
        self.look_at_triggers(at);
        let held = std::mem::take(&mut self.pit_mut(at).auction_held);
        if held && self.pit(at).phase == Phase::PeriodicCall {
            for _ in 0..self.pit(at).queue.len() {
                self.take_triggered(at, house);
            }
        }
    }

    /// Lets all-or-none orders trade that can be filled whole by now. Says whether any was.
    fn try_whole(&mut self, at: InstrumentId, house: &mut dyn House) -> bool {
        let mut acted = false;
        while let Some(id) = self.fillable(at) {
            acted = true;
            self.leave(at, id, house);
            self.trade(at, id, house);
            self.enter_woken(at, house);
        }
        acted
    }

    /// The first all-or-none order that could be filled whole.
    fn fillable(&self, at: InstrumentId) -> Option<Id> {
        let pit = self.pit(at);
        let sides = Side::BOTH.iter().flat_map(|side| pit.whole[*side as usize].values());
        sides.copied().find(|id| {
            let taker = self.taker_of(at, *id);
            let best = pit.book.best(taker.side.opposite());
            let others = !pit.whole[taker.side.opposite() as usize].is_empty();
            let near = best.is_some_and(|best| taker.accepts(best));
            (near || others) && self.dry_run(at, &taker).qty == taker.leaves
        })
    }

    /// Moves the pegs whose price has changed. Says whether there were any.
    fn move_pegs(&mut self, at: InstrumentId, house: &mut dyn House) -> bool {
        let (pit, step) = (self.pit(at), self.step(at));
        if pit.pegs.is_empty() && pit.parked.is_empty() {
            return false;
        }
        let mut affected: Vec<(Stamp, Id, Option<Price>, Option<Price>)> = Vec::new();
        for (stamp, id) in pit.pegs.iter().chain(&pit.parked) {
            let special = pit.specials.get(*id);
            if !special.kind.is_peg() {
                continue;
            }
            let (from, to) = (special.level(), pit.peg_price(special, step));
            if from != to {
                affected.push((*stamp, *id, from, to));
            }
        }
        affected.sort_unstable_by_key(|(stamp, ..)| *stamp);
        for (_, id, ..) in &affected {
            self.leave(at, *id, house);
        }
        for (_, id, from, to) in &affected {
            self.move_peg(at, *id, *from, *to, house);
            self.enter_woken(at, house);
        }
        !affected.is_empty()
    }

    /// Takes a peg that stands nowhere from one price to another, or parks it.
    pub(super) fn move_peg(
        &mut self,
        at: InstrumentId,
        id: Id,
        from: Option<Price>,
        to: Option<Price>,
        house: &mut dyn House,
    ) {
        if self.tell_peg(at, id, from, to, house) {
            self.return_funded(at, id, house);
        }
    }

    /// Says where a peg that stands nowhere goes from one price. False when it is parked.
    pub(super) fn tell_peg(
        &mut self,
        at: InstrumentId,
        id: Id,
        from: Option<Price>,
        to: Option<Price>,
        house: &mut dyn House,
    ) -> bool {
        let special = self.pit_mut(at).specials.get_mut(id);
        let (instrument, key, side) = (at, special.key, special.side);
        special.limit = to;
        let Some(to) = to else {
            self.stand(at, id, Stand::Parked, house);
            house.tell(Event::Parked { instrument, key, side, from });
            return false;
        };
        house.tell(Event::Repriced { instrument, key, side, from, to });
        true
    }

    /// A parked order comes back, if its need is there.
    fn return_funded(&mut self, at: InstrumentId, id: Id, house: &mut dyn House) {
        let special = self.pit(at).specials.get(id);
        if self.funds(at, special, Default::default(), house).is_err() {
            self.end(at, id, End::Cancelled(CancelReason::Unfunded), house);
        } else {
            self.reprice(at, id, house);
            self.trade(at, id, house);
        }
    }

    /// Continuous trading begins: what was parked comes back, in order of stamps. Pegs without a
    /// reference stay.
    pub(super) fn unpark(&mut self, at: InstrumentId, house: &mut dyn House) {
        let parked: Vec<Id> = self.pit(at).parked.values().copied().collect();
        for id in parked {
            let Some(special) = self.pit(at).specials.find(id) else { continue };
            if special.stand != Stand::Parked {
                continue;
            }
            if special.kind.is_peg() {
                let to = self.pit(at).peg_price(special, self.step(at));
                if to.is_some() {
                    self.leave(at, id, house);
                    self.move_peg(at, id, None, to, house);
                }
            } else {
                self.leave(at, id, house);
                self.return_funded(at, id, house);
            }
            self.enter_woken(at, house);
        }
    }

    /// Continuous trading ends: pegs and all-or-none orders leave the book.
    pub(super) fn park_all(&mut self, at: InstrumentId, house: &mut dyn House) {
        let pit = self.pit(at);
        let whole =
            pit.whole.iter().flat_map(|side| side.iter().map(|((_, stamp), id)| (stamp, id)));
        let mut leaving: Vec<(Stamp, Id)> =
            pit.pegs.iter().chain(whole).map(|(stamp, id)| (*stamp, *id)).collect();
        leaving.sort_unstable();
        for (_, id) in leaving {
            let special = self.pit(at).specials.get(id);
            let (key, side, from) = (special.key, special.side, special.level());
            self.leave(at, id, house);
            self.stand(at, id, Stand::Parked, house);
            house.tell(Event::Parked { instrument: at, key, side, from });
        }
    }
}
