//! Chapter 7: rights exercised, contracts expired.

use super::super::{Answer, Reference};
use super::value::on_the_grid;
use super::{in_proportion, possible, some_lots};
use pitfloor_model::clearing::{Fund, Movement, Payment};
use pitfloor_model::contract::{Choice, Delivery, Future, InstrumentKind, Right, Style};
use pitfloor_model::event::{CancelReason, Reject};
use pitfloor_model::units::{AccountId, InstrumentId, Price, Qty};

/// How a right is settled: by the difference at a price, or by the thing itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum How {
    Cash(Price),
    Thing,
}

impl Reference {
    /// C-54
    pub(super) fn exercise(
        &mut self,
        account: AccountId,
        instrument: InstrumentId,
        qty: Qty,
    ) -> Answer {
        self.account_known(account)?;
        self.known(instrument)?;
        some_lots(qty)?;
        self.free_to_ask(account)?;
        let right = self.right(instrument).ok_or(Reject::NotPossible)?;
        self.alive(instrument)?;
        possible(right.style == Style::American || right.expiry.0 <= self.now.0)?;
        let carried = self.carried_at(right.underlying);
        let how = match right.delivery {
            Delivery::Cash => How::Cash(carried.ok_or(Reject::NotPossible)?),
            Delivery::Physical => How::Thing,
        };
        match how {
            How::Cash(price) => possible(inside(&right, price) > 0)?,
            How::Thing => possible(carried.is_some() || !self.is_margined(right.underlying))?,
        }
        let lots = i128::from(qty.0);
        let can = if how == How::Thing { self.can_take(account, &right, lots) } else { Ok(()) };
        if can == Err(Reject::NeedsMargin) {
            return can;
        }
        if lots > self.free_lots(account, instrument, None) {
            return Err(Reject::ShortSale);
        }
        can?;
        let company = matches!(self.kind(instrument), InstrumentKind::Warrant(_));
        let writers = if company { Vec::new() } else { self.assigned(instrument, lots) };
        self.exercise_against(account, instrument, &right, lots, &writers, how);
        self.balance_outside();
        Ok(())
    }

    /// Whether an owner can take or give what a physical exercise moves.
    fn can_take(&self, account: AccountId, right: &Choice, lots: i128) -> Answer {
        if !self.has_no_credit(account) {
            return Ok(());
        }
        if self.is_margined(right.underlying) {
            return Err(Reject::NeedsMargin);
        }
        let (things, cash) = self.exchanged(right, lots, How::Thing);
        let there = match self.pair(right.underlying) {
            None => self.free_lots(account, right.underlying, None),
            Some((base, lot)) => self.free_cash(account, base, None).div_euclid(lot),
        };
        if -things > 0 && -things > there {
            return Err(Reject::ShortSale);
        }
        let currency = self.currency_of(right.underlying);
        if -cash > 0 && -cash > self.free_cash(account, currency, None) {
            return Err(Reject::InsufficientCash);
        }
        Ok(())
    }

    /// What the owner of so many lots gets: lots of the underlying, and cash.
    fn exchanged(&self, right: &Choice, lots: i128, how: How) -> (i128, i128) {
        let all = lots * i128::from(right.lots);
        let tick = self.tick_value(right.underlying);
        if let How::Cash(price) = how {
            return (0, inside(right, price) * all * tick);
        }
        let things = if right.right == Right::Call { all } else { -all };
        let mut price = -i128::from(right.strike.0);
        if self.is_margined(right.underlying) {
            let carried = self.carried_at(right.underlying).expect("it was valued");
            price += i128::from(carried.0);
        }
        (things, price * things * tick)
    }

    /// Who of the writers is assigned how much of so many lots.
    fn assigned(&self, instrument: InstrumentId, lots: i128) -> Vec<(AccountId, i128)> {
        let owners = self.owners();
        let written: Vec<i128> =
            owners.iter().map(|a| (-self.holds(*a, instrument)).max(0)).collect();
        let shares = in_proportion(lots.min(written.iter().sum()), &written);
        owners.into_iter().zip(shares).filter(|(_, share)| *share > 0).collect()
    }

    fn exercise_against(
        &mut self,
        owner: AccountId,
        instrument: InstrumentId,
        right: &Choice,
        lots: i128,
        writers: &[(AccountId, i128)],
        how: How,
    ) {
        self.moved(owner, instrument, -lots, Movement::Exercise);
        for (writer, share) in writers {
            self.moved(*writer, instrument, *share, Movement::Assignment);
        }
        self.hand_over(owner, instrument, right, lots, how);
        for (writer, share) in writers {
            self.hand_over(*writer, instrument, right, -share, how);
        }
    }

    /// What an owner gets, and a writer (of less than no lots) gives.
    fn hand_over(
        &mut self,
        account: AccountId,
        instrument: InstrumentId,
        right: &Choice,
        lots: i128,
        how: How,
    ) {
        let (things, cash) = self.exchanged(right, lots, how);
        let why = if lots > 0 { Movement::Exercise } else { Movement::Assignment };
        let currency = self.currency_of(instrument);
        self.paid(account, currency, cash, Payment::Exercise, Some(instrument));
        self.give_things(account, instrument, right.underlying, things, why);
    }

    /// Lots of an underlying; of a pair, cash of its base currency.
    fn give_things(
        &mut self,
        account: AccountId,
        contract: InstrumentId,
        underlying: InstrumentId,
        lots: i128,
        why: Movement,
    ) {
        match self.pair(underlying) {
            None => self.moved(account, underlying, lots, why),
            Some((base, lot)) => {
                self.paid(account, base, lots * lot, Payment::Exercise, Some(contract));
            }
        }
    }

    /// What nobody here gave or got, the company did.
    fn balance_outside(&mut self) {
        for currency in self.currencies() {
            self.funded(Fund::Between, Fund::Outside, currency, self.between(currency));
        }
    }

    /// C-55
    pub(super) fn expire_contract(&mut self, instrument: InstrumentId, price: Price) -> Answer {
        self.known(instrument)?;
        self.alive(instrument)?;
        let (right, future) = (self.right(instrument), self.future(instrument));
        let expiry = right.map(|right| right.expiry).or(future.map(|future| future.expiry));
        possible(expiry.is_some_and(|expiry| expiry.0 <= self.now.0))?;
        on_the_grid(price)?;
        self.cancel_all_of(&[instrument], CancelReason::CorporateAction);
        if let Some(right) = right {
            self.expire_right(instrument, &right, price);
        }
        if let Some(future) = future {
            self.expire_future(instrument, future, price);
        }
        self.balance_outside();
        self.end_instrument(instrument, Some(price));
        Ok(())
    }

    fn future(&self, instrument: InstrumentId) -> Option<Future> {
        match self.kind(instrument) {
            InstrumentKind::Future(future) => Some(future),
            _ => None,
        }
    }

    fn expire_right(&mut self, instrument: InstrumentId, right: &Choice, price: Price) {
        if inside(right, price) > 0 {
            for owner in self.owners() {
                let lots = self.holds(owner, instrument);
                if lots > 0 {
                    let how = self.settled_how(owner, right, lots, price);
                    let writers = self.assigned(instrument, lots);
                    self.exercise_against(owner, instrument, right, lots, &writers, how);
                }
            }
            for writer in self.owners() {
                let lots = self.holds(writer, instrument);
                if lots < 0 {
                    let how = self.delivered_how(right, price);
                    self.moved(writer, instrument, -lots, Movement::Assignment);
                    self.hand_over(writer, instrument, right, lots, how);
                }
            }
        }
        for account in self.owners() {
            let lots = self.holds(account, instrument);
            self.moved(account, instrument, -lots, Movement::Expiry);
        }
    }

    /// In cash where that is agreed, or the thing could not be counted.
    fn delivered_how(&self, right: &Choice, price: Price) -> How {
        let priceless =
            self.is_margined(right.underlying) && self.carried_at(right.underlying).is_none();
        if right.delivery == Delivery::Cash || priceless { How::Cash(price) } else { How::Thing }
    }

    /// And where the owner cannot.
    fn settled_how(&self, owner: AccountId, right: &Choice, lots: i128, price: Price) -> How {
        match self.delivered_how(right, price) {
            How::Thing if self.can_take(owner, right, lots).is_err() => How::Cash(price),
            how => how,
        }
    }

    fn expire_future(&mut self, instrument: InstrumentId, future: Future, price: Price) {
        self.pay_variation(instrument, price);
        let underlying = future.underlying.filter(|under| !self.is_margined(*under));
        let underlying = underlying.filter(|_| future.delivery == Delivery::Physical);
        let each = i128::from(self.deliverable(instrument).expect("a future has lots"));
        for account in self.owners() {
            let lots = self.holds(account, instrument);
            self.moved(account, instrument, -lots, Movement::Expiry);
            if let Some(underlying) = underlying {
                let cash = i128::from(price.0) * lots * self.tick_value(instrument);
                let currency = self.currency_of(instrument);
                self.paid(account, currency, -cash, Payment::Exercise, Some(instrument));
                let why = Movement::Exercise;
                self.give_things(account, instrument, underlying, lots * each, why);
            }
        }
    }
}

/// What a right is worth at `price` of its underlying, in ticks; nothing when it is worth nothing.
fn inside(right: &Choice, price: Price) -> i128 {
    let (price, strike) = (i128::from(price.0), i128::from(right.strike.0));
    match right.right {
        Right::Call => (price - strike).max(0),
        Right::Put => (strike - price).max(0),
    }
}
