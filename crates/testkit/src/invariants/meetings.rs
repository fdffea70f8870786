//! Orders that meet, rest and end.

use super::life::{Life, Place};
use super::{Broken, Invariants, hold};
use pitfloor_model::allocation::Allocation;
use pitfloor_model::event::Phase;
use pitfloor_model::order::{Kind, Stp, Tif};
use pitfloor_model::units::{Cash, InstrumentId, OrderKey, Price, Qty, Side, Stamp};

impl Invariants {
    pub(super) fn life(&mut self, key: OrderKey) -> Result<&mut Life, Broken> {
        self.orders
            .get_mut(&key)
            .ok_or_else(|| Broken { rule: "G6", what: format!("{key} is not live") })
    }

    pub(super) fn number(&mut self, trade: u64) -> Result<(), Broken> {
        hold(trade == self.trades, "numbers", || format!("trade {trade}, not {}", self.trades))?;
        self.trades += 1;
        Ok(())
    }

    pub(super) fn stamp(&mut self, stamp: Stamp) -> Result<(), Broken> {
        hold(self.last_stamp.is_none_or(|last| last < stamp), "stamps", || {
            format!("{} after {:?}", stamp.0, self.last_stamp)
        })?;
        self.last_stamp = Some(stamp);
        Ok(())
    }

    fn within_bands(&self, instrument: InstrumentId, price: Price) -> bool {
        self.bands[instrument.index()]
            .is_none_or(|bands| (bands.lower..=bands.upper).contains(&price))
    }

    fn one_owner(&self, one: OrderKey, other: OrderKey) -> bool {
        let group = |key: OrderKey| self.groups.get(&key.account);
        one.account == other.account || (group(one).is_some() && group(one) == group(other))
    }

    /// What `qty` lots at `price` are worth, in minor units of what `key` trades.
    pub(super) fn value(&self, key: OrderKey, price: Price, qty: Qty) -> Cash {
        let tick = self
            .orders
            .get(&key)
            .map_or(0, |life| self.venue.instruments()[life.instrument.index()].tick_cash());
        Cash(i128::from(price.0) * i128::from(qty.0) * i128::from(tick))
    }

    pub(super) fn traded(
        &mut self,
        instrument: InstrumentId,
        maker: OrderKey,
        taker: OrderKey,
        aggressor: Side,
        price: Price,
        qty: Qty,
    ) -> Result<(), Broken> {
        let phase = self.phases[instrument.index()];
        hold(phase == Phase::Continuous, "phase", || format!("a trade in {phase:?}"))?;
        hold(qty.0 >= 1, "G8", || "nothing traded".to_owned())?;
        hold(self.within_bands(instrument, price), "G8", || "outside the bands".to_owned())?;
        let worth = self.value(taker, price, qty);
        let owner = self.one_owner(maker, taker);
        let waiting = self.life(maker)?.clone();
        let Place::Book { price: level, shown, .. } = waiting.place else {
            return Err(unplaced(maker, "is no maker"));
        };
        hold(level == price, "G2", || format!("{maker} stood at {}", level.0))?;
        hold(waiting.instrument == instrument && waiting.terms.side != aggressor, "sides", || {
            format!("{maker} is on the same side, or elsewhere")
        })?;
        hold(waiting.is_unseen() || qty <= shown, "G8", || format!("{maker} showed {}", shown.0))?;
        hold(!waiting.terms.with.all_or_none || qty == waiting.leaves, "all-or-none", || {
            format!("{maker} trades {} of {}", qty.0, waiting.leaves.0)
        })?;
        self.first_in_line(&waiting, level)?;
        let life = self.life(taker)?;
        hold(life.may_take(), "place", || format!("{taker} takes from {:?}", life.place))?;
        hold(life.instrument == instrument && life.terms.side == aggressor, "sides", || {
            format!("{taker} is not the {aggressor}")
        })?;
        hold(!owner || life.terms.stp == Stp::None, "prevention", || {
            format!("{maker} and {taker} have one owner")
        })?;
        life.place = Place::Entering;
        life.accepts(price)?;
        life.took(price);
        life.spent.0 += worth.0;
        if let Kind::MarketByAmount { amount } = life.terms.kind {
            hold(life.spent <= amount, "G8", || format!("{taker} pays {}", life.spent.0))?;
        }
        self.fill(maker, qty)?;
        self.fill(taker, qty)
    }

    /// G4 and G1, as far as events show: no order that could have traded stood before `maker`. Pegs
    /// leave the book in silence, so they are not asked.
    fn first_in_line(&self, maker: &Life, level: Price) -> Result<(), Broken> {
        let instrument = maker.instrument;
        let rules = &self.venue.instruments()[instrument.index()].rules;
        let in_turn = rules.allocation == Allocation::FIFO && !maker.terms.kind.is_peg();
        let others = self.orders.values().filter(|life| {
            life.instrument == instrument
                && life.terms.side == maker.terms.side
                && life.key != maker.key
                && !life.terms.with.all_or_none
                && !life.terms.kind.is_peg()
        });
        for other in others {
            let Place::Book { price, shown, stamp } = other.place else { continue };
            let passed = maker.better(price, level) && self.within_bands(instrument, price);
            hold(!passed, "G4", || format!("{} stands at {}", other.key, price.0))?;
            let Place::Book { stamp: turn, .. } = maker.place else { continue };
            let before = match (other.is_unseen(), maker.is_unseen()) {
                (false, true) => !shown.is_zero(),
                (true, false) => false,
                (false, false) => !shown.is_zero() && stamp < turn,
                (true, true) => stamp < turn,
            };
            hold(!(in_turn && price == level && before), "G1", || {
                format!("{} stands before {}", other.key, maker.key)
            })?;
        }
        Ok(())
    }

    pub(super) fn crossed(
        &mut self,
        instrument: InstrumentId,
        buy: OrderKey,
        sell: OrderKey,
        price: Price,
        qty: Qty,
    ) -> Result<(), Broken> {
        let phase = self.phases[instrument.index()];
        let calls = [Phase::OpenCall, Phase::ReopenCall, Phase::CloseCall, Phase::PeriodicCall];
        hold(calls.contains(&phase), "phase", || format!("an auction in {phase:?}"))?;
        hold(self.within_bands(instrument, price), "G8", || "outside the bands".to_owned())?;
        let (held_at, total) = self.command.auctions.entry(instrument).or_insert((price, 0));
        *total += qty.0;
        let one_price = *held_at == price;
        hold(one_price, "G2", || "an auction with two prices".to_owned())?;
        for (key, side) in [(buy, Side::Buy), (sell, Side::Sell)] {
            let life = self.life(key)?;
            hold(life.terms.side == side && life.instrument == instrument, "sides", || {
                format!("{key} does not {side}")
            })?;
            hold(!matches!(life.place, Place::Entering | Place::Parked), "place", || {
                format!("{key} takes no part from {:?}", life.place)
            })?;
            life.accepts(price)?;
            self.fill(key, qty)?;
        }
        Ok(())
    }

    /// Trades `qty` of `key`; one with nothing left has ended.
    fn fill(&mut self, key: OrderKey, qty: Qty) -> Result<(), Broken> {
        let life = self.life(key)?;
        life.lose(qty)?;
        life.executed.0 += qty.0;
        life.balanced()?;
        if life.leaves.is_zero() && !life.armed {
            self.gone(key);
        } else if life.leaves.is_zero() {
            // A child that met its own parent may grow by what it has just traded.
            life.place = Place::Entering;
        }
        Ok(())
    }

    /// Takes `key` off the list of the living.
    fn gone(&mut self, key: OrderKey) {
        let Some(life) = self.orders.remove(&key) else { return };
        if let Kind::MarketByAmount { amount } = life.terms.kind {
            self.command.spent.insert(key, (amount, life.spent));
        }
    }

    pub(super) fn rested(
        &mut self,
        key: OrderKey,
        instrument: InstrumentId,
        side: Side,
        price: Price,
        qty: Qty,
        stamp: Stamp,
    ) -> Result<(), Broken> {
        self.stamp(stamp)?;
        let life = self.life(key)?;
        hold(life.instrument == instrument && life.terms.side == side, "sides", || {
            format!("{key} rests on the other side, or elsewhere")
        })?;
        hold(life.level().is_none(), "place", || format!("{key} rests twice"))?;
        if qty > life.leaves || life.leaves.is_zero() {
            life.grow();
        }
        life.accepts(price)?;
        let worse = life.worst_taken.is_some_and(|worst| match side {
            Side::Buy => worst > price,
            Side::Sell => worst < price,
        });
        hold(!worse, "G8", || format!("{key} took beyond where it rests"))?;
        let expected = match life.terms.with.display {
            _ if life.is_unseen() => qty.is_zero(),
            Some(_) => qty.0 >= 1 && qty <= life.leaves,
            None => qty == life.leaves,
        };
        hold(expected && life.leaves.0 >= 1, "G5", || {
            format!("{key} rests with {} and has {}", qty.0, life.leaves.0)
        })?;
        life.place = Place::Book { price, shown: qty, stamp };
        (life.moved_to, life.worst_taken) = (None, None);
        Ok(())
    }

    pub(super) fn repriced(&mut self, key: OrderKey, to: Price) -> Result<(), Broken> {
        let life = self.life(key)?;
        if let Some(limit) = life.limit() {
            // A price is only ever moved away from the other side.
            let beyond = match life.terms.side {
                Side::Buy => to > limit,
                Side::Sell => to < limit,
            };
            hold(!beyond, "G8", || format!("{key} is moved to {} beyond {}", to.0, limit.0))?;
        }
        (life.place, life.moved_to) = (Place::Entering, Some(to));
        Ok(())
    }

    pub(super) fn prevented(
        &mut self,
        instrument: InstrumentId,
        maker: OrderKey,
        taker: OrderKey,
        price: Price,
        qty: Qty,
        mode: Stp,
    ) -> Result<(), Broken> {
        hold(self.one_owner(maker, taker), "prevention", || "two owners met".to_owned())?;
        hold(self.within_bands(instrument, price), "G8", || "outside the bands".to_owned())?;
        for key in [maker, taker] {
            let life = self.life(key)?;
            if qty > life.leaves {
                life.grow();
            }
        }
        let waiting = self.life(maker)?;
        hold(waiting.level() == Some(price), "G2", || format!("{maker} stood elsewhere"))?;
        hold(qty.0 >= 1 && qty <= waiting.leaves, "G8", || {
            format!("{} of {}", qty.0, waiting.leaves.0)
        })?;
        let life = self.life(taker)?;
        life.accepts(price)?;
        hold(mode == life.terms.stp && mode != Stp::None, "prevention", || {
            format!("{taker} did not ask for {mode:?}")
        })?;
        hold(qty <= life.leaves, "G8", || format!("{} of {}", qty.0, life.leaves.0))?;
        self.command.prevented.extend([maker, taker]);
        match mode {
            Stp::None => {}
            Stp::ExpireTaker => self.command.must_expire.extend([taker]),
            Stp::ExpireMaker => self.command.must_expire.extend([maker]),
            Stp::ExpireBoth => self.command.must_expire.extend([maker, taker]),
            Stp::Decrement | Stp::Transfer => {
                for key in [maker, taker] {
                    let life = self.life(key)?;
                    life.lose(qty)?;
                    life.prevented.0 += qty.0;
                    life.balanced()?;
                    if life.leaves.is_zero() && life.pending.is_zero() {
                        self.command.must_expire.extend([key]);
                    }
                }
            }
        }
        Ok(())
    }

    pub(super) fn unspent(&mut self, key: OrderKey, cash: Cash) -> Result<(), Broken> {
        let live = self.orders.get(&key).and_then(|life| match life.terms.kind {
            Kind::MarketByAmount { amount } => Some((amount, life.spent)),
            _ => None,
        });
        let known = live.or_else(|| self.command.spent.remove(&key));
        let left = known.map(|(amount, spent)| Cash(amount.0 - spent.0));
        hold(left == Some(cash), "G8", || format!("{key} has {left:?} of its amount"))
    }

    /// The end of an order before it was filled.
    pub(super) fn end(
        &mut self,
        key: OrderKey,
        price: Option<Price>,
        left: Qty,
    ) -> Result<(), Broken> {
        let life = self.life(key)?;
        // What goes in and out of the book by itself does so in silence.
        let silent = life.terms.kind.is_peg() || life.terms.with.all_or_none;
        let placed = price == life.level() || (price.is_none() && silent);
        hold(placed, "place", || format!("{key} was at {:?}", life.level()))?;
        life.ends_with(left)?;
        life.balanced()?;
        self.gone(key);
        Ok(())
    }

    /// Once all events of a command are seen: whatever was to follow has followed.
    pub(super) fn done(&mut self) -> Result<(), Broken> {
        let kept = self.command.must_expire.first();
        hold(kept.is_none(), "prevention", || format!("{} did not end", kept.unwrap()))?;
        hold(self.command.auctions.is_empty(), "auction", || {
            "orders crossed, and no auction took place".to_owned()
        })?;
        self.orders.values_mut().for_each(Life::grow);
        self.orders.retain(|_, life| !(life.armed && life.leaves.is_zero()));
        for life in self.orders.values_mut() {
            let periodic = self.phases[life.instrument.index()] == Phase::PeriodicCall;
            let waits = (life.triggered || life.armed) && life.terms.tif == Tif::Ioc;
            if life.place == Place::Entering && waits && periodic {
                // A market order that was triggered or woken there waits for the next auction.
                life.place = Place::Waiting;
            }
            life.balanced()?;
            hold(life.place != Place::Entering && life.leaves.0 >= 1, "G14", || {
                format!("{} neither stands nor ended", life.key)
            })?;
            life.triggered = false;
            hold(self.command.blocked != Some(life.key.account), "G14", || {
                format!("{} is blocked and has {}", life.key.account.0, life.key)
            })?;
        }
        self.uncrossed()
    }

    /// G3.
    fn uncrossed(&self) -> Result<(), Broken> {
        for (index, phase) in self.phases.iter().enumerate() {
            let best = |side: Side| {
                let levels = self.orders.values().filter(|life| {
                    life.instrument.index() == index
                        && life.terms.side == side
                        && !life.terms.with.all_or_none
                });
                let levels = levels.filter_map(Life::level);
                if side == Side::Buy { levels.max() } else { levels.min() }
            };
            let crossed = best(Side::Buy).zip(best(Side::Sell)).filter(|(bid, ask)| bid >= ask);
            hold(*phase != Phase::Continuous || crossed.is_none(), "G3", || {
                format!("bid and ask are {crossed:?} in instrument {index}")
            })?;
        }
        Ok(())
    }
}

pub(super) fn unplaced(key: OrderKey, what: &str) -> Broken {
    Broken { rule: "place", what: format!("{key} {what}") }
}
