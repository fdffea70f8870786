//! What comes of itself: time runs out, all-or-none orders and pegs move, stops are triggered.

use super::{Live, Place, Reference, rank};
use pitfloor_model::event::{CancelReason, Event, Phase, PhaseReason, Reject};
use pitfloor_model::order::{Delta, Kind, Tif, Watched};
use pitfloor_model::units::{InstrumentId, OrderKey, Price, Side, Time};

impl Reference {
    /// S0: whose last moment has come ends, in order of moment and stamp.
    pub(super) fn expire(&mut self) {
        loop {
            let due = self.live.iter().filter_map(|live| Some((self.last_moment(live)?, live)));
            let due = due.filter(|(moment, _)| moment.0 <= self.now.0);
            let first = due.min_by_key(|(moment, live)| (moment.0, live.stamp.0));
            let Some(key) = first.map(|(_, live)| live.key) else { return };
            self.end_expired(key);
        }
    }

    fn last_moment(&self, live: &Live) -> Option<Time> {
        match live.terms.tif {
            Tif::Gtd(moment) => Some(moment),
            Tif::Gtc => {
                let most = self.rules(live.instrument).age_max?;
                live.accepted.0.checked_add(most.0).map(Time)
            }
            _ => None,
        }
    }

    /// S2 to S5, and outside continuous trading S4 alone.
    pub(super) fn settle(&mut self, instrument: InstrumentId) {
        if self.market(instrument).phase != Phase::Continuous {
            self.look(instrument);
            let market = self.market_mut(instrument);
            if market.phase == Phase::PeriodicCall && market.auctioned {
                let queue = std::mem::take(&mut market.queue);
                for (key, price) in queue {
                    if self.at(key).is_some() {
                        self.fire(key, price);
                    }
                }
            }
            return;
        }
        loop {
            while self.try_all_or_none(instrument) || self.move_pegs(instrument) {}
            self.look(instrument);
            let Some((key, price)) = self.market(instrument).queue.first().copied() else { return };
            let most = self.rules(instrument).cascade_max;
            if self.market(instrument).taken >= most {
                self.pause(instrument, PhaseReason::StopCascade);
                return;
            }
            if self.is_too_fast(key, price) {
                self.pause(instrument, PhaseReason::Velocity);
                return;
            }
            self.market_mut(instrument).taken += 1;
            self.market_mut(instrument).queue.remove(0);
            self.fire(key, price);
        }
    }

    /// S2: the first all-or-none order that can be filled whole trades.
    fn try_all_or_none(&mut self, instrument: InstrumentId) -> bool {
        let mut tried: Vec<&Live> = self
            .live
            .iter()
            .filter(|live| {
                let here = live.instrument == instrument && live.place == Place::Book;
                here && live.terms.with.all_or_none
            })
            .collect();
        tried.sort_by_key(|live| {
            let level = live.limit.expect("what rests has a level");
            (live.terms.side == Side::Sell, rank(live.terms.side, level), live.stamp.0)
        });
        let whole = tried.into_iter().find(|live| self.dry_lots(live.key) >= live.leaves.0);
        let Some(key) = whole.map(|live| live.key) else { return false };
        self.one_mut(key).place = Place::Entering;
        let _ = self.walk(key);
        assert!(self.at(key).is_none_or(|at| self.live[at].leaves.0 == 0), "the dry run is true");
        self.drain();
        true
    }

    /// S3: every peg whose references moved is priced anew.
    fn move_pegs(&mut self, instrument: InstrumentId) -> bool {
        let pegs = self.by_stamp(|live| {
            let placed = matches!(live.place, Place::Book | Place::Parked);
            live.instrument == instrument && live.is_peg() && placed
        });
        let mut moved = Vec::new();
        for key in pegs {
            let live = self.one(key);
            let to = self.peg_price(instrument, live.terms.side, live.terms.kind, live.terms.price);
            if to != live.level() {
                moved.push((key, live.level(), to));
            }
        }
        for (key, ..) in &moved {
            self.one_mut(*key).place = Place::Entering;
        }
        for (key, from, to) in &moved {
            self.peg_again(*key, *from, *to);
            self.drain();
        }
        !moved.is_empty()
    }

    /// A peg that left its level is parked, or enters at another.
    pub(super) fn peg_again(&mut self, key: OrderKey, from: Option<Price>, to: Option<Price>) {
        let live = self.one_mut(key);
        let (instrument, side) = (live.instrument, live.terms.side);
        live.limit = to;
        match to {
            None => {
                live.place = Place::Parked;
                self.out.push(Event::Parked { instrument, key, side, from });
            }
            Some(to) => {
                live.place = Place::Entering;
                self.out.push(Event::Repriced { instrument, key, side, from, to });
                self.enter_if_funded(key);
            }
        }
    }

    /// What comes back from parking, or moves there, must be paid for at the price it has.
    pub(super) fn enter_if_funded(&mut self, key: OrderKey) {
        let live = self.one(key);
        let price = live.limit.expect("what comes back has a price");
        let value = self.tick_value(live.instrument);
        let need = super::money::limit_need(live.terms.side, price, live.leaves, value);
        if self.afford(key.account, live.instrument, need, Some(key)).is_err() {
            self.end_cancelled(key, CancelReason::Unfunded);
        } else {
            self.enter(key);
        }
    }

    /// S4: dormant orders look at the prints since the last look, then at quote and mark.
    fn look(&mut self, instrument: InstrumentId) {
        for print in std::mem::take(&mut self.market_mut(instrument).prints) {
            self.market_mut(instrument).seen = Some(print);
            let watching = self.dormant(instrument, |on| on == Watched::Last);
            for key in watching {
                self.see(key, print);
            }
        }
        for key in self.dormant(instrument, |on| on != Watched::Last) {
            let live = self.one(key);
            let on = watched_by(live.terms.kind).expect("what is dormant watches something");
            if let Some(reference) = self.watched(instrument, live.terms.side, on) {
                self.see(key, reference);
            }
        }
    }

    /// The dormant orders that watch what `fits`, in order of stamp.
    fn dormant(&self, instrument: InstrumentId, fits: impl Fn(Watched) -> bool) -> Vec<OrderKey> {
        self.by_stamp(|live| {
            let here = live.instrument == instrument && live.place == Place::Dormant;
            here && watched_by(live.terms.kind).is_some_and(&fits)
        })
    }

    /// One dormant order sees one reference.
    fn see(&mut self, key: OrderKey, reference: Price) {
        let live = self.one_mut(key);
        let (side, kind) = (live.terms.side, live.terms.kind);
        let met = match kind.trail() {
            None => is_met(side, kind, reference),
            Some(trail) => {
                live.extreme = match (live.extreme, trail.activation, side) {
                    (Some(extreme), _, Side::Sell) => Some(Price(extreme.0.max(reference.0))),
                    (Some(extreme), _, Side::Buy) => Some(Price(extreme.0.min(reference.0))),
                    (None, Some(from), Side::Sell) if reference.0 < from.0 => None,
                    (None, Some(from), Side::Buy) if reference.0 > from.0 => None,
                    (None, ..) => Some(reference),
                };
                live.extreme.is_some_and(|extreme| trails(side, trail.delta, extreme, reference))
            }
        };
        if met {
            self.join(key, reference);
        }
    }

    fn join(&mut self, key: OrderKey, reference: Price) {
        let instrument = self.one(key).instrument;
        let queue = &mut self.market_mut(instrument).queue;
        if !queue.iter().any(|(queued, _)| *queued == key) {
            queue.push((key, reference));
        }
    }

    /// A stop or take-profit whose trigger is met at once joins the triggered.
    pub(super) fn join_if_met(&mut self, key: OrderKey) {
        let live = self.one(key);
        let (instrument, side, kind) = (live.instrument, live.terms.side, live.terms.kind);
        let Some(trigger) = kind.trigger() else { return };
        if let Some(reference) = self.watched(instrument, side, trigger.on)
            && is_met(side, kind, reference)
        {
            self.join(key, reference);
        }
    }

    /// S5: the order is triggered and enters as new.
    fn fire(&mut self, key: OrderKey, reference: Price) {
        let instrument = self.one(key).instrument;
        self.out.push(Event::Triggered { instrument, key, price: reference });
        self.other_leg_ends(key);
        if let Err(why) = self.fired(key, reference) {
            self.end(key, Event::Rejected { key, why });
        }
        self.drain();
    }

    fn fired(&mut self, key: OrderKey, reference: Price) -> Result<(), Reject> {
        self.become_live(key, reference)?;
        let order = self.as_order(key);
        self.check_band(order.side, order.price, order.instrument)?;
        self.check_risk(&order, super::money::Need::default())?;
        if self.waits_limited(&order) && self.price_got(&order).is_none() {
            return Err(Reject::NoReference);
        }
        self.come_in(key);
        Ok(())
    }

    /// The dormant order takes the terms it has from its trigger on.
    fn become_live(&mut self, key: OrderKey, reference: Price) -> Result<(), Reject> {
        let instrument = self.one(key).instrument;
        let step = self.step(instrument);
        let low = self.rules(instrument).positive_prices;
        let live = self.one_mut(key);
        live.place = Place::Entering;
        match live.terms.kind {
            Kind::StopLimit(_) | Kind::TakeProfitLimit(_) => live.terms.kind = Kind::Limit,
            Kind::TrailingLimit { offset, .. } => {
                let (at, offset) = (i128::from(reference.0), i128::from(offset));
                // The mark need not lie on a step: never beyond the offset.
                let ticks = match live.terms.side {
                    Side::Sell => -(offset - at).div_euclid(step) * step,
                    Side::Buy => (at + offset).div_euclid(step) * step,
                };
                live.terms.kind = Kind::Limit;
                let price = super::priced(ticks).filter(|price| !low || price.0 > 0);
                live.terms.price = Some(price.ok_or(Reject::OffTick)?);
            }
            _ => {
                live.terms.kind = Kind::Market;
                live.terms.price = None;
                live.terms.tif = Tif::Ioc;
            }
        }
        live.limit = live.terms.price;
        Ok(())
    }

    /// True when the first of the queue would trade farther from where the command began than the
    /// market allows.
    fn is_too_fast(&self, key: OrderKey, reference: Price) -> bool {
        let market = self.market(self.one(key).instrument);
        let most = self.rules(self.one(key).instrument).velocity_max;
        let (Some(most), Some(began)) = (most, market.began) else { return false };
        let mut copy = self.clone();
        if copy.become_live(key, reference).is_err() {
            return false;
        }
        let far =
            |price: &Price| (i128::from(price.0) - i128::from(began.0)).abs() > i128::from(most);
        copy.dry_prices(key).iter().any(far)
    }

    fn pause(&mut self, instrument: InstrumentId, why: PhaseReason) {
        self.market_mut(instrument).queue.clear();
        self.change_phase(instrument, Phase::ReopenCall, why);
    }
}

fn watched_by(kind: Kind) -> Option<Watched> {
    kind.trigger().map(|trigger| trigger.on).or(kind.trail().map(|trail| trail.on))
}

/// True when `reference` meets the trigger of a stop or take-profit.
pub(super) fn is_met(side: Side, kind: Kind, reference: Price) -> bool {
    match (kind, side) {
        (Kind::Stop(t) | Kind::StopLimit(t), Side::Buy)
        | (Kind::TakeProfit(t) | Kind::TakeProfitLimit(t), Side::Sell) => reference.0 >= t.price.0,
        (Kind::Stop(t) | Kind::StopLimit(t), Side::Sell)
        | (Kind::TakeProfit(t) | Kind::TakeProfitLimit(t), Side::Buy) => reference.0 <= t.price.0,
        _ => false,
    }
}

/// True when `reference` has come back from `extreme` by the trail's distance.
fn trails(side: Side, delta: Delta, extreme: Price, reference: Price) -> bool {
    let (extreme, reference) = (i128::from(extreme.0), i128::from(reference.0));
    match (delta, side) {
        (Delta::Ticks(ticks), Side::Sell) => reference <= extreme - i128::from(ticks),
        (Delta::Ticks(ticks), Side::Buy) => reference >= extreme + i128::from(ticks),
        (Delta::Bips(bips), Side::Sell) => {
            reference * 10_000 <= extreme * (10_000 - i128::from(bips))
        }
        (Delta::Bips(bips), Side::Buy) => {
            reference * 10_000 >= extreme * (10_000 + i128::from(bips))
        }
    }
}
