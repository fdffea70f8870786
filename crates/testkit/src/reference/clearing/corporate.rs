//! Chapter 6: distributions, splits and ends.

use super::super::{Answer, FARTHEST, Reference};
use super::{countable, few_enough, nearest, possible};
use pitfloor_model::clearing::act::Distribution;
use pitfloor_model::clearing::{Fact, Fund, Movement, Payment, Ratio};
use pitfloor_model::contract::InstrumentKind;
use pitfloor_model::event::{CancelReason, Event, Phase, PhaseReason, Reject};
use pitfloor_model::trading::Bands;
use pitfloor_model::units::{AccountId, CurrencyId, InstrumentId, Price};

/// `of` times the ratio, towards zero.
fn times(of: i128, ratio: Ratio) -> i128 {
    of * i128::from(ratio.num) / i128::from(ratio.den)
}

/// A payment that a distribution makes.
const fn payment(why: Distribution) -> Payment {
    match why {
        Distribution::Dividend => Payment::Dividend,
        Distribution::Coupon => Payment::Coupon,
        Distribution::Principal => Payment::Principal,
        Distribution::Funding => Payment::Funding,
        Distribution::Merger => Payment::Merger,
    }
}

impl Reference {
    /// C-50
    pub(super) fn distribute(
        &mut self,
        instrument: InstrumentId,
        currency: CurrencyId,
        per_lot: Ratio,
        why: Distribution,
    ) -> Answer {
        self.known(instrument)?;
        self.currency_known(currency)?;
        if per_lot.num == 0 || per_lot.den == 0 {
            return Err(Reject::BadAmount);
        }
        for account in self.owners() {
            countable(times(self.holds(account, instrument), per_lot))?;
        }
        self.alive(instrument)?;
        let perpetual = matches!(self.kind(instrument), InstrumentKind::Perpetual { .. });
        possible(perpetual || why != Distribution::Funding)?;
        for account in self.owners() {
            let cash = times(self.holds(account, instrument), per_lot);
            self.paid(account, currency, cash, payment(why), Some(instrument));
        }
        self.funded(Fund::Between, Fund::House, currency, self.between(currency));
        self.fact(Fact::Distributed { instrument, currency, per_lot, why });
        Ok(())
    }

    /// C-51
    pub(super) fn split(&mut self, instrument: InstrumentId, num: u32, den: u32) -> Answer {
        self.known(instrument)?;
        if num == 0 || den == 0 {
            return Err(Reject::BadAmount);
        }
        let (up, down) = (i128::from(num), i128::from(den));
        for account in self.owners() {
            few_enough(self.holds(account, instrument) * up / down)?;
            countable(self.fraction(account, instrument, up, down))?;
        }
        let market = self.market(instrument);
        let prices = [
            market.last,
            market.seen,
            market.close,
            market.mark,
            market.index,
            market.mid,
            market.last_auction,
            self.carried_at(instrument),
        ];
        for price in prices.into_iter().flatten() {
            far_enough(scaled(price, down, up, 1))?;
        }
        let step = self.step(instrument);
        for price in market.bands.iter().flat_map(|bands| [bands.lower, bands.upper]) {
            far_enough(scaled(price, down, up, step))?;
        }
        self.alive(instrument)?;
        possible(self.is_thing(instrument))?;
        let contracts = self.contracts_on(instrument);
        for contract in &contracts {
            if let Some(lots) = self.deliverable(*contract) {
                possible(i128::from(lots) * up % down == 0)?;
                possible(i128::from(lots) * up / down <= i128::from(u32::MAX))?;
            }
        }
        let mut cancelled = contracts.clone();
        cancelled.push(instrument);
        self.cancel_all_of(&cancelled, CancelReason::CorporateAction);
        for account in self.owners() {
            let lots = self.holds(account, instrument);
            let fraction = self.fraction(account, instrument, up, down);
            let (after, currency) = (lots * up / down, self.currency_of(instrument));
            self.moved(account, instrument, after - lots, Movement::Split);
            self.paid(account, currency, fraction, Payment::Fraction, Some(instrument));
        }
        self.split_the_rest(instrument, up, down);
        for contract in contracts {
            if let Some(lots) = self.deliverable(contract) {
                let strike = self.right(contract).map_or(Price(0), |right| right.strike);
                let lots = u32::try_from(i128::from(lots) * up / down).expect("asked above");
                let strike = price_of(scaled(strike, down, up, 1));
                self.house.adjusted.insert(contract, (strike, lots));
            }
        }
        self.fact(Fact::Split { instrument, num, den });
        Ok(())
    }

    /// What the fraction of a lot is worth that a split leaves over.
    fn fraction(&self, account: AccountId, instrument: InstrumentId, up: i128, down: i128) -> i128 {
        let over = self.holds(account, instrument) * up % down;
        self.carried_value(instrument, over) / up
    }

    /// Obligations, what is on its way, and prices.
    fn split_the_rest(&mut self, instrument: InstrumentId, up: i128, down: i128) {
        for obligation in &mut self.house.obligations {
            if obligation.instrument == instrument {
                obligation.lots = obligation.lots * up / down;
            }
        }
        for sending in &mut self.house.sendings {
            if sending.instrument == instrument && !sending.arrived {
                let after = sending.lots * up / down;
                *self.house.outside.entry(instrument).or_default() += sending.lots - after;
                sending.lots = after;
            }
        }
        if let Some(price) = self.house.carried.get_mut(&instrument) {
            *price = price_of(scaled(*price, down, up, 1));
        }
        let step = self.step(instrument);
        let market = self.market_mut(instrument);
        for price in [
            &mut market.last,
            &mut market.seen,
            &mut market.close,
            &mut market.mark,
            &mut market.index,
            &mut market.mid,
            &mut market.last_auction,
        ] {
            *price = price.map(|price| price_of(scaled(price, down, up, 1)));
        }
        market.bands = market.bands.map(|bands| Bands {
            lower: price_of(scaled(bands.lower, down, up, step)),
            upper: price_of(scaled(bands.upper, down, up, step)),
        });
    }

    /// The contracts on it that have not ended, in order.
    fn contracts_on(&self, instrument: InstrumentId) -> Vec<InstrumentId> {
        let all = self.instruments().into_iter();
        let on = |i: &InstrumentId| self.kind(*i).underlying() == Some(instrument);
        all.filter(on).filter(|i| !self.has_ended(*i)).collect()
    }

    /// How many lots of its underlying a lot of a right or future is.
    pub(super) fn deliverable(&self, instrument: InstrumentId) -> Option<u32> {
        let own = match self.kind(instrument) {
            InstrumentKind::Option(of) | InstrumentKind::Warrant(of) => of.lots,
            InstrumentKind::Future(of) => of.lots,
            _ => return None,
        };
        Some(self.house.adjusted.get(&instrument).map_or(own, |(_, lots)| *lots))
    }

    /// C-52
    pub(super) fn convert(
        &mut self,
        instrument: InstrumentId,
        into: Option<(InstrumentId, Ratio)>,
        cash: Ratio,
        why: Distribution,
    ) -> Answer {
        self.known(instrument)?;
        if let Some((other, ratio)) = into {
            self.known(other)?;
            if ratio.num <= 0 || ratio.den == 0 {
                return Err(Reject::BadAmount);
            }
        }
        if cash.num < 0 || cash.den == 0 {
            return Err(Reject::BadAmount);
        }
        for account in self.owners() {
            let lots = self.holds(account, instrument);
            few_enough(lots)?;
            countable(times(lots, cash))?;
            if let Some((_, ratio)) = into {
                few_enough(times(lots, ratio))?;
            }
        }
        self.alive(instrument)?;
        possible(self.contracts_on(instrument).is_empty())?;
        if let Some((other, _)) = into {
            self.alive(other)?;
            let foreign = self.is_margined(other) || self.pair(other).is_some();
            possible(other != instrument && !foreign)?;
        }
        let coming = |s: &super::Sending| s.instrument == instrument && !s.arrived;
        possible(!self.house.sendings.iter().any(coming))?;
        possible(why != Distribution::Funding)?;
        self.cancel_all_of(&[instrument], CancelReason::CorporateAction);
        for account in self.owners() {
            let lots = self.holds(account, instrument);
            self.moved(account, instrument, -lots, Movement::Conversion);
            if let Some((other, ratio)) = into {
                self.moved(account, other, times(lots, ratio), Movement::Conversion);
                let over = lots * i128::from(ratio.num) % i128::from(ratio.den);
                let paid = self.carried_value(other, over) / i128::from(ratio.den);
                let currency = self.currency_of(other);
                self.paid(account, currency, paid, Payment::Fraction, Some(other));
            }
            let currency = self.currency_of(instrument);
            self.paid(account, currency, times(lots, cash), payment(why), Some(instrument));
        }
        self.end_instrument(instrument, None);
        Ok(())
    }

    /// It trades no more.
    pub(super) fn end_instrument(&mut self, instrument: InstrumentId, price: Option<Price>) {
        self.house.obligations.retain(|obligation| obligation.instrument != instrument);
        self.house.ended.insert(instrument);
        self.fact(Fact::Ended { instrument, price });
        let market = self.market_mut(instrument);
        let from = std::mem::replace(&mut market.phase, Phase::Closed);
        market.extended = false;
        market.told = Default::default();
        if from != Phase::Closed {
            let (to, why) = (Phase::Closed, PhaseReason::Ended);
            self.out.push(Event::PhaseChanged { instrument, from, to, why });
        }
    }

    /// C-53
    pub(super) fn rename(&mut self, instrument: InstrumentId, alias: u16) -> Answer {
        self.known(instrument)?;
        self.alive(instrument)?;
        possible(usize::from(alias) < self.listed(instrument).aliases.len())?;
        self.fact(Fact::Renamed { instrument, alias });
        Ok(())
    }
}

/// `price` × `num` / `den` on a grid of `step`, half away from zero; what was above nothing stays so.
fn scaled(price: Price, num: i128, den: i128, step: i128) -> i128 {
    let at = nearest(i128::from(price.0), num, den * step) * step;
    if price.0 > 0 { at.max(step) } else { at }
}

fn far_enough(ticks: i128) -> Answer {
    if ticks.abs() > FARTHEST { Err(Reject::BadAmount) } else { Ok(()) }
}

fn price_of(ticks: i128) -> Price {
    Price(i64::try_from(ticks).expect("prices that are too far were refused"))
}
