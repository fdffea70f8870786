//! Stops, take-profits and trailing stops: what the market has met, and in which order it enters.

use super::dormant::{WATCHED, is_met, trails};
use super::house::House;
use super::special::{Id, Stand};
use super::{End, Engine};
use pitfloor_model::event::{Event, Phase, PhaseReason, Reject};
use pitfloor_model::order::{Kind, Watched};
use pitfloor_model::units::{InstrumentId, Price, Side, Stamp};

impl Engine {
    /// Lets a dormant order watch, or join the queue when it is met already.
    pub(super) fn become_dormant(&mut self, at: InstrumentId, id: Id, house: &mut dyn House) {
        if self.pit(at).specials.get(id).stand != Stand::Dormant {
            self.leave(at, id, house);
            self.stand(at, id, Stand::Dormant, house);
        }
        let pit = self.pit_mut(at);
        let special = pit.specials.get(id);
        let met = special
            .kind
            .trigger()
            .and_then(|trigger| pit.reference(trigger.on, special.side))
            .filter(|reference| is_met(&special.kind, special.side, *reference));
        if let Some(reference) = met {
            pit.dormant.unwatch(id, special);
            pit.specials.get_mut(id).met = Some(reference);
            pit.queue.push_back(id);
        }
    }

    /// Walks the prints since the last look, then looks at quotes and the mark.
    pub(super) fn look_at_triggers(&mut self, at: InstrumentId) {
        let mut prints = std::mem::take(&mut self.pit_mut(at).prints);
        for price in prints.drain(..) {
            let pit = self.pit_mut(at);
            pit.seen = Some(price);
            let mut met = Vec::new();
            if !pit.dormant.is_unwatched(Watched::Last, Side::Buy) {
                self.find_met(at, Watched::Last, Side::Buy, price, &mut met);
                self.queue_up(at, &mut met);
            }
        }
        self.pit_mut(at).prints = prints;
        let mut met = Vec::new();
        for (on, side) in WATCHED.into_iter().filter(|(on, _)| *on != Watched::Last) {
            let pit = self.pit(at);
            if !pit.dormant.is_unwatched(on, side)
                && let Some(price) = pit.reference(on, side)
            {
                self.find_met(at, on, side, price, &mut met);
            }
        }
        self.queue_up(at, &mut met);
    }

    fn find_met(
        &mut self,
        at: InstrumentId,
        on: Watched,
        side: Side,
        price: Price,
        met: &mut Vec<(Stamp, Id, Price)>,
    ) {
        let pit = self.pit_mut(at);
        let mut fixed = Vec::new();
        pit.dormant.meet(on, side, price, &mut fixed);
        met.extend(fixed.into_iter().map(|(stamp, id)| (stamp, id, price)));
        for (stamp, id) in pit.dormant.trailing(on, side) {
            let special = pit.specials.get_mut(id);
            let trail = special.kind.trail().expect("only trailing stops trail");
            let met_now = trails(&trail, special.side, &mut special.extreme, price);
            if met_now && special.met.is_none() {
                met.push((stamp, id, price));
            }
        }
    }

    fn queue_up(&mut self, at: InstrumentId, met: &mut Vec<(Stamp, Id, Price)>) {
        met.sort_unstable_by_key(|(stamp, _, _)| *stamp);
        let pit = self.pit_mut(at);
        for (_, id, price) in met.drain(..) {
            let special = pit.specials.get_mut(id);
            special.met = Some(price);
            // A trailing stop goes on following while it waits for its turn.
            if special.kind.trail().is_none() {
                pit.dormant.unwatch(id, special);
            }
            pit.queue.push_back(id);
        }
    }

    /// Lets the queue go: its orders stay dormant as they are.
    pub(super) fn empty_queue(&mut self, at: InstrumentId) {
        let pit = self.pit_mut(at);
        while let Some(id) = pit.queue.pop_front() {
            pit.specials.get_mut(id).met = None;
            pit.dormant.watch(id, pit.specials.get(id));
        }
    }

    /// True when the first of the queue would trade farther than it may from where the price was
    /// when the command began.
    pub(super) fn is_too_fast(&self, at: InstrumentId, began: Option<Price>) -> bool {
        let rules = &self.instrument(at).rules;
        let (Some(most), Some(began)) = (rules.velocity_max, began) else { return false };
        let pit = self.pit(at);
        let Some(first) = pit.queue.front() else { return false };
        let special = pit.specials.get(*first);
        let met = special.met.expect("whoever is in the queue was met");
        let mut taker = self.taker_of(at, *first);
        match self.triggered_limit(at, &special.kind, special.side, special.price, met) {
            Ok(limit) => taker.limit = limit,
            Err(_) => return false,
        }
        let run = self.dry_run(at, &taker);
        run.first_price.into_iter().chain(run.last_price).any(|p| p.0.abs_diff(began.0) > most)
    }

    /// Takes the first of the queue: it enters as a new order.
    pub(super) fn take_triggered(&mut self, at: InstrumentId, house: &mut dyn House) {
        let Some(id) = self.pit_mut(at).queue.pop_front() else { return };
        let special = self.pit_mut(at).specials.get_mut(id);
        let (key, kind, price, side) = (special.key, special.kind, special.price, special.side);
        let met = special.met.take().expect("whoever is in the queue was met");
        self.leave(at, id, house);
        house.tell(Event::Triggered { instrument: at, key, price: met });
        self.cancel_sibling(at, id, house);
        let limit = self.triggered_limit(at, &kind, side, price, met);
        let special = self.pit_mut(at).specials.get_mut(id);
        match limit {
            Ok(None) => {
                special.become_market();
                self.set_until(at, id, None);
            }
            Ok(Some(limit)) => special.become_limit(limit),
            Err(why) => {
                self.end(at, id, End::Rejected(why), house);
                return;
            }
        }
        match self.may_enter_triggered(at, id, house) {
            Ok(()) => self.enter(at, id, house),
            Err(why) => self.end(at, id, End::Rejected(why), house),
        }
        self.enter_woken(at, house);
    }

    /// The market stops: triggered orders have moved it too far, or set off too many others.
    pub(super) fn pause(&mut self, at: InstrumentId, why: PhaseReason, house: &mut dyn House) {
        self.empty_queue(at);
        self.change_phase(at, Phase::ReopenCall, why, house);
    }

    /// The limit at which a triggered order enters; none for a market order.
    fn triggered_limit(
        &self,
        at: InstrumentId,
        kind: &Kind,
        side: Side,
        price: Option<Price>,
        met: Price,
    ) -> Result<Option<Price>, Reject> {
        let Kind::TrailingLimit { offset, .. } = kind else { return Ok(price) };
        let step = i128::from(self.step(at));
        let (met, offset) = (i128::from(met.0), i128::from(*offset));
        // A mark need not lie on the grid.
        let limit = match side {
            Side::Buy => (met + offset).div_euclid(step) * step,
            Side::Sell => -((offset - met).div_euclid(step) * step),
        };
        self.pit(at).price_at(limit).map(Some).ok_or(Reject::OffTick)
    }
}
