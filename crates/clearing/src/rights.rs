//! What contracts give at their end or before it: options and warrants are exercised and assigned,
//! and they and futures expire (C-54, C-55).

use crate::asset::{Asset, Settles};
use crate::count;
use crate::house::ClearingHouse;
use crate::ledger::LOTS_MAX;
use pitfloor_model::clearing::{Fund, Movement, Payment};
use pitfloor_model::contract::{Choice, Delivery, Future, InstrumentKind, Right, Style};
use pitfloor_model::event::{Credit, Event, Reject};
use pitfloor_model::units::{AccountId, InstrumentId, Price, Qty, Side, Time};

/// How a right is made good.
#[derive(Clone, Copy)]
enum Means {
    /// By what it is worth at this price of the underlying.
    Cash(Price),
    /// By the underlying, against the strike.
    Lots,
}

/// Who is on the other side of an exercise.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Against {
    /// Whoever has written it, and the outside for what nobody has.
    Writers,
    /// The company itself.
    Company,
}

/// A right, and what it is a right to.
#[derive(Clone, Copy)]
struct Claim {
    instrument: InstrumentId,
    choice: Choice,
    underlying: Asset,
    /// The price at which the underlying is carried.
    carried: Option<Price>,
}

impl Claim {
    /// What a lot of the underlying is worth to the owner at `price`; negative out of the money.
    const fn intrinsic(&self, price: Price) -> i128 {
        let above = price.0 as i128 - self.choice.strike.0 as i128;
        match self.choice.right {
            Right::Call => above,
            Right::Put => -above,
        }
    }

    /// The side on which its owner is in the underlying.
    const fn side(&self) -> Side {
        match self.choice.right {
            Right::Call => Side::Buy,
            Right::Put => Side::Sell,
        }
    }

    /// True when the underlying can be handed over: a position at no price cannot.
    fn delivers(&self) -> bool {
        self.underlying.settles != Settles::Margined || self.carried.is_some()
    }

    /// True when nobody on these terms can hold the underlying.
    fn asks_margin(&self, credit: Credit) -> bool {
        credit == Credit::None && self.underlying.settles == Settles::Margined
    }

    /// What comes of `lots` of it, made good at `price` or not, can be counted.
    fn check(&self, lots: i128, price: Option<Price>) -> Result<(), Reject> {
        let lots = count::lots(Some(lots))?.unsigned_abs();
        let lots = i128::from(count::bundle(Qty(lots), self.choice.lots)?.0);
        let tick = i128::from(self.underlying.tick_cash);
        let prices = [Some(self.choice.strike), self.carried, price];
        for price in prices.into_iter().flatten() {
            count::amount(count::product(i128::from(price.0), lots, tick))?;
            count::amount(count::product(self.intrinsic(price), lots, tick))?;
        }
        check_base(self.underlying, lots)
    }
}

/// The cash of the other currency in so many lots of a pair can be counted.
fn check_base(asset: Asset, lots: i128) -> Result<(), Reject> {
    if let Settles::Currency { lot_cash, .. } = asset.settles {
        count::amount(lots.checked_mul(i128::from(lot_cash)))?;
    }
    Ok(())
}

impl ClearingHouse {
    /// `instrument` as a right, if it is one.
    fn claim(&self, instrument: InstrumentId) -> Option<Claim> {
        match self.listings[instrument.index()].kind {
            InstrumentKind::Option(choice) | InstrumentKind::Warrant(choice) => {
                let on = &self.listings[choice.underlying.index()];
                let (underlying, carried) = (on.asset, on.carried);
                Some(Claim { instrument, choice, underlying, carried })
            }
            _ => None,
        }
    }

    pub(crate) fn may_exercise(
        &self,
        at: Time,
        account: AccountId,
        instrument: InstrumentId,
        qty: Qty,
    ) -> Result<(), Reject> {
        let credit = self.known(account)?;
        let listing = self.listed(instrument)?;
        if qty.is_zero() {
            return Err(Reject::ZeroQty);
        }
        if i128::from(qty.0) > LOTS_MAX {
            return Err(Reject::BadAmount);
        }
        let claim = self.claim(instrument).ok_or(Reject::NotPossible);
        if let Ok(claim) = claim {
            claim.check(i128::from(qty.0), None)?;
            self.check_writers(instrument)?;
        }
        let claim = claim?;
        let early = claim.choice.style == Style::European && at < claim.choice.expiry;
        let good = match claim.choice.delivery {
            Delivery::Cash => claim.carried.is_some_and(|price| claim.intrinsic(price) > 0),
            Delivery::Physical => claim.delivers(),
        };
        if listing.ended || early || !good {
            return Err(Reject::NotPossible);
        }
        if claim.choice.delivery == Delivery::Physical && claim.asks_margin(credit) {
            return Err(Reject::NeedsMargin);
        }
        let line = self.ledger.lots(account, instrument).expect("both are known");
        if i128::from(qty.0) > line.total - line.reserved {
            return Err(Reject::ShortSale);
        }
        match claim.choice.delivery {
            Delivery::Cash => Ok(()),
            Delivery::Physical => self.may_take(account, credit, &claim, qty),
        }
    }

    /// Says whether the owner can give what it must for `qty` of a right.
    fn may_take(
        &self,
        account: AccountId,
        credit: Credit,
        claim: &Claim,
        qty: Qty,
    ) -> Result<(), Reject> {
        if credit != Credit::None {
            return Ok(());
        }
        let lots = count::bundle(qty, claim.choice.lots)?;
        let need = claim.underlying.need(claim.side(), claim.choice.strike, lots);
        self.ledger.afford(account, claim.underlying, need, Default::default())
    }

    /// What is written can be counted.
    fn check_writers(&self, instrument: InstrumentId) -> Result<(), Reject> {
        for (_, lots) in self.holders(instrument).filter(|(_, lots)| *lots < 0) {
            count::lots(Some(lots))?;
        }
        Ok(())
    }

    pub(crate) fn exercise(
        &mut self,
        account: AccountId,
        instrument: InstrumentId,
        qty: Qty,
        out: &mut Vec<Event>,
    ) {
        let claim = self.claim(instrument).expect("an exercise is checked before");
        let means = match (claim.choice.delivery, claim.carried) {
            (Delivery::Cash, Some(carried)) => Means::Cash(carried),
            _ => Means::Lots,
        };
        let against = match self.listings[instrument.index()].kind {
            InstrumentKind::Warrant(_) => Against::Company,
            _ => Against::Writers,
        };
        let lots = i64::try_from(qty.0).expect("an exercise is checked before");
        self.make_good(&claim, account, lots, means, against, out);
        self.balance_outside(claim.underlying, out);
    }

    /// Makes `lots` of a right good to its owner: they vanish, writers are assigned, and each side
    /// gets what it must.
    fn make_good(
        &mut self,
        claim: &Claim,
        owner: AccountId,
        lots: i64,
        means: Means,
        against: Against,
        out: &mut Vec<Event>,
    ) {
        self.shift(owner, claim.instrument, -lots, Movement::Exercise, out);
        let writers = match against {
            Against::Writers => self.assigned(claim.instrument, lots),
            Against::Company => Vec::new(),
        };
        for (writer, lots) in &writers {
            self.shift(*writer, claim.instrument, *lots, Movement::Assignment, out);
        }
        self.give(claim, owner, lots, means, Movement::Exercise, out);
        for (writer, lots) in writers {
            self.give(claim, writer, -lots, means, Movement::Assignment, out);
        }
    }

    /// The writers of `lots` of a right: in proportion to what each has written.
    fn assigned(&self, instrument: InstrumentId, lots: i64) -> Vec<(AccountId, i64)> {
        let short = self.holders(instrument).filter(|(_, lots)| *lots < 0);
        let (writers, written): (Vec<_>, Vec<_>) = short.map(|(who, lots)| (who, -lots)).unzip();
        let all: i128 = written.iter().sum();
        let shares = count::proportional(i128::from(lots).min(all), &written);
        let shares = shares.into_iter().map(|lots| i64::try_from(lots).expect("less than written"));
        writers.into_iter().zip(shares).filter(|(_, lots)| *lots != 0).collect()
    }

    /// Gives an account what `lots` of a right are good for; takes it, from a writer (negative).
    fn give(
        &mut self,
        claim: &Claim,
        account: AccountId,
        lots: i64,
        means: Means,
        why: Movement,
        out: &mut Vec<Event>,
    ) {
        let (asset, of) = (claim.underlying, Some(claim.instrument));
        let lots = i128::from(lots) * i128::from(claim.choice.lots);
        match means {
            Means::Cash(price) => {
                let cash = claim.intrinsic(price) * lots * i128::from(asset.tick_cash);
                self.pay(account, asset.currency, cash, Payment::Exercise, of, out);
            }
            Means::Lots => {
                let lots = if claim.side() == Side::Buy { lots } else { -lots };
                let cash = asset.value(claim.choice.strike, lots);
                self.hand_over(account, asset, lots, cash, claim.instrument, why, out);
            }
        }
    }

    /// Hands `lots` of an underlying over to an account, for `cash`; the other way when negative.
    #[allow(clippy::too_many_arguments)]
    fn hand_over(
        &mut self,
        account: AccountId,
        asset: Asset,
        lots: i128,
        cash: i128,
        contract: InstrumentId,
        why: Movement,
        out: &mut Vec<Event>,
    ) {
        let (paid, of) = (Payment::Exercise, Some(contract));
        match asset.settles {
            Settles::Lots => self.pay(account, asset.currency, -cash, paid, of, out),
            Settles::Margined => {
                let carried = self.listings[asset.instrument.index()].carried;
                let carried = carried.expect("a margined underlying is handed over at its price");
                let gain = asset.value(carried, lots) - cash;
                self.pay(account, asset.currency, gain, paid, of, out);
            }
            Settles::Currency { base, lot_cash } => {
                self.pay(account, asset.currency, -cash, paid, of, out);
                self.pay(account, base, lots * i128::from(lot_cash), paid, of, out);
                return;
            }
        }
        let lots = i64::try_from(lots).expect("what is handed over was counted before");
        self.shift(account, asset.instrument, lots, why, out);
    }

    /// What was paid to the outside, or by it, because nobody here is on the other side.
    fn balance_outside(&mut self, underlying: Asset, out: &mut Vec<Event>) {
        let mut currencies = vec![underlying.currency];
        if let Settles::Currency { base, .. } = underlying.settles {
            currencies.push(base);
        }
        currencies.sort_unstable();
        for currency in currencies {
            self.empty_between(currency, Fund::Outside, out);
        }
    }

    pub(crate) fn may_expire(
        &self,
        at: Time,
        instrument: InstrumentId,
        price: Price,
    ) -> Result<(), Reject> {
        let listing = self.listed(instrument)?;
        for (_, lots) in self.holders(instrument) {
            match (self.claim(instrument), listing.kind) {
                (Some(claim), _) => claim.check(lots, Some(price))?,
                (None, InstrumentKind::Future(future)) => {
                    self.check_future(listing.asset, &future, lots, price)?;
                }
                (None, _) => {}
            }
        }
        let over = match listing.kind {
            InstrumentKind::Option(choice) | InstrumentKind::Warrant(choice) => at >= choice.expiry,
            InstrumentKind::Future(future) => at >= future.expiry,
            _ => false,
        };
        if listing.ended || !over {
            Err(Reject::NotPossible)
        } else if price.0.unsigned_abs() > Price::FARTHEST.0.unsigned_abs() {
            Err(Reject::OffTick)
        } else {
            Ok(())
        }
    }

    fn check_future(
        &self,
        asset: Asset,
        future: &Future,
        lots: i128,
        price: Price,
    ) -> Result<(), Reject> {
        let held = count::lots(Some(lots))?.unsigned_abs();
        let delivered = i128::from(count::bundle(Qty(held), future.lots)?.0);
        let tick = i128::from(asset.tick_cash);
        let carried = self.listings[asset.instrument.index()].carried.unwrap_or(price);
        let gain = i128::from(price.0) - i128::from(carried.0);
        for ticks in [i128::from(price.0), gain] {
            count::amount(count::product(ticks, lots, tick))?;
        }
        future
            .underlying
            .map_or(Ok(()), |on| check_base(self.listings[on.index()].asset, delivered))
    }

    pub(crate) fn expire(&mut self, instrument: InstrumentId, price: Price, out: &mut Vec<Event>) {
        match (self.claim(instrument), self.listings[instrument.index()].kind) {
            (Some(claim), _) if claim.intrinsic(price) > 0 => self.redeem(&claim, price, out),
            (Some(_), _) => self.wipe(instrument, out),
            (None, InstrumentKind::Future(future)) => {
                self.deliver_future(instrument, &future, price, out);
            }
            (None, _) => unreachable!("an expiry is checked before"),
        }
        self.end(instrument, Some(price), out);
    }

    /// What is worth nothing vanishes.
    fn wipe(&mut self, instrument: InstrumentId, out: &mut Vec<Event>) {
        for (account, lots) in self.positions(instrument) {
            self.shift(account, instrument, -lots, Movement::Expiry, out);
        }
    }

    /// Makes a right in the money good to all its owners.
    fn redeem(&mut self, claim: &Claim, price: Price, out: &mut Vec<Event>) {
        let all = self.positions(claim.instrument);
        for (owner, lots) in all.into_iter().filter(|(_, lots)| *lots > 0) {
            let means = self.means(claim, owner, Qty(lots.unsigned_abs()), price);
            self.make_good(claim, owner, lots, means, Against::Writers, out);
        }
        let left = self.positions(claim.instrument);
        for (writer, lots) in &left {
            self.shift(*writer, claim.instrument, -lots, Movement::Assignment, out);
        }
        let physical = claim.choice.delivery == Delivery::Physical && claim.delivers();
        let means = if physical { Means::Lots } else { Means::Cash(price) };
        for (writer, lots) in left {
            self.give(claim, writer, lots, means, Movement::Assignment, out);
        }
        self.balance_outside(claim.underlying, out);
    }

    /// How a right is made good at its expiry: in cash, where the owner cannot do his part.
    fn means(&self, claim: &Claim, owner: AccountId, qty: Qty, price: Price) -> Means {
        let credit = self.credit(owner).expect("an owner is an account");
        let able = claim.delivers() && !claim.asks_margin(credit);
        let takes = able && self.may_take(owner, credit, claim, qty).is_ok();
        if claim.choice.delivery == Delivery::Physical && takes {
            Means::Lots
        } else {
            Means::Cash(price)
        }
    }

    /// Pays the last variation of a future, and delivers what it is on.
    fn deliver_future(
        &mut self,
        instrument: InstrumentId,
        future: &Future,
        price: Price,
        out: &mut Vec<Event>,
    ) {
        let asset = self.listings[instrument.index()].asset;
        let carried = self.listings[instrument.index()].carried.unwrap_or(price);
        let positions = self.positions(instrument);
        for (account, lots) in &positions {
            let lots = i128::from(*lots);
            let gain = asset.value(price, lots) - asset.value(carried, lots);
            let (why, of) = (Payment::Variation, Some(instrument));
            self.pay(*account, asset.currency, gain, why, of, out);
        }
        let underlying = future.underlying.map(|on| self.listings[on.index()].asset);
        let delivered = underlying
            .filter(|on| future.delivery == Delivery::Physical && on.settles != Settles::Margined);
        for (account, lots) in positions {
            self.shift(account, instrument, -lots, Movement::Expiry, out);
            if let Some(on) = delivered {
                let lots = i128::from(lots);
                let (cash, lots) = (asset.value(price, lots), lots * i128::from(future.lots));
                self.hand_over(account, on, lots, cash, instrument, Movement::Exercise, out);
            }
        }
        self.balance_outside(delivered.unwrap_or(asset), out);
    }

    /// The positions in a contract that were counted before.
    fn positions(&self, instrument: InstrumentId) -> Vec<(AccountId, i64)> {
        let counted = |lots| i64::try_from(lots).expect("positions are counted before");
        self.holders(instrument).map(|(account, lots)| (account, counted(lots))).collect()
    }
}
