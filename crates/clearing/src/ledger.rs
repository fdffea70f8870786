//! The ledger: cash and holdings, moved in pairs so that nothing is ever created or lost.
//!
//! Every account has a line per currency and a line per instrument: what it has, and what of that
//! is reserved for its live orders. Each movement has two sides: another account, or one of the funds
//! (a deposit's other side is the outside). Running sums over all of them are kept beside the lines,
//! so that the check "nothing appeared, nothing vanished" costs the same with ten accounts as with a
//! million.

use crate::asset::{Asset, Need, Settles};
use pitfloor_model::clearing::Fund;
use pitfloor_model::event::{Credit, Reject};
use pitfloor_model::units::{AccountId, Cash, CurrencyId, InstrumentId, Qty};

/// An account's cash in one currency.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct CashHolding {
    /// What it has.
    pub total: Cash,
    /// What of that is kept for its live orders.
    pub reserved: Cash,
}

/// An account's holding of one instrument, in lots.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct LotHolding {
    /// What it has; negative when it owes (unlimited credit only).
    pub total: i128,
    /// What of that is kept for its live orders.
    pub reserved: i128,
}

/// Every account of the venue.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Ledger {
    currencies: usize,
    instruments: usize,
    /// Whether each account is open, and on what terms.
    accounts: Vec<Option<Credit>>,
    /// A row of lines per account: one per currency, then one per instrument. A row lies together
    /// because whoever looks at one line of an account soon looks at the next.
    lines: Vec<Line>,
    /// What the funds have, per currency. What came in from outside is the outside's debt.
    funds: Vec<[i128; FUNDS]>,
    /// What is outside, per instrument: what came in is its debt, too.
    outside_lots: Vec<i128>,
    /// What was sent and has not arrived.
    transit_lots: Vec<i128>,
    /// All deposits so far, per currency: what is paid to the outside makes room for no more.
    deposited: Vec<i128>,
    /// All deliveries so far, per instrument.
    delivered: Vec<i128>,
    /// Which instruments are pairs of currencies: of those nobody has lots.
    pairs: Vec<bool>,
    /// Whose lots moved without a trade since somebody looked.
    stirred: Vec<(AccountId, InstrumentId)>,
    /// Running sums over all accounts and funds. Always zero.
    sum_cash: Vec<i128>,
    sum_lots: Vec<i128>,
}

/// One line of an account: minor units of a currency, or lots of an instrument.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Line {
    total: i128,
    reserved: i128,
    /// Orders in the book, parked or waiting; on lines of instruments.
    live: u32,
    /// Orders asleep; on lines of instruments.
    dormant: u32,
    /// Lots that its live orders may still buy; on lines of instruments, where what is reserved is
    /// what they may still sell.
    buys: u64,
}

/// What an account has of an instrument, and could come to have.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Exposed {
    /// What it has; negative when it owes.
    pub(crate) lots: i128,
    /// What its live orders may still buy.
    pub(crate) buys: i128,
    /// What they may still sell.
    pub(crate) sells: i128,
}

/// How many funds there are.
const FUNDS: usize = 5;

/// How many orders an account has in an instrument.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    /// In the book, parked or waiting.
    pub live: u32,
    /// Asleep: before their trigger, or before their parent's fill.
    pub dormant: u32,
}

/// The most cash that may ever come in from outside, per currency.
pub const DEPOSITS_MAX: Cash = Cash(1 << 120);

/// The most lots that may ever come in from outside, per instrument.
pub const DELIVERIES_MAX: i128 = 1 << 100;

/// The most that one act may pay one account at once, in minor units: 100 bits (C-6).
pub(crate) const PAYMENT_MAX: i128 = (1 << 100) - 1;

/// The most lots that one act may move at once (C-6).
pub(crate) const LOTS_MAX: i128 = 1 << 62;

impl Ledger {
    /// Books with no accounts, for a venue of so many currencies and instruments.
    #[must_use]
    pub fn new(currencies: usize, instruments: usize) -> Self {
        Self {
            currencies,
            instruments,
            accounts: Vec::new(),
            lines: Vec::new(),
            funds: vec![[0; FUNDS]; currencies],
            outside_lots: vec![0; instruments],
            transit_lots: vec![0; instruments],
            deposited: vec![0; currencies],
            delivered: vec![0; instruments],
            pairs: vec![false; instruments],
            stirred: Vec::new(),
            sum_cash: vec![0; currencies],
            sum_lots: vec![0; instruments],
        }
    }

    /// Notes that `instrument` is a pair of currencies.
    pub(crate) fn pair(&mut self, instrument: InstrumentId) {
        self.pairs[instrument.index()] = true;
    }

    /// The terms of `account`; none when it is not open.
    #[must_use]
    pub fn credit(&self, account: AccountId) -> Option<Credit> {
        self.accounts.get(account.0 as usize).copied().flatten()
    }

    /// The accounts that are open, in order of their numbers.
    pub fn accounts(&self) -> impl Iterator<Item = AccountId> + '_ {
        (0..).zip(&self.accounts).filter(|(_, open)| open.is_some()).map(|(id, _)| AccountId(id))
    }

    /// Cash of `account`; none when it is not open or the venue has no such currency.
    #[must_use]
    pub fn cash(&self, account: AccountId, currency: CurrencyId) -> Option<CashHolding> {
        self.credit(account)?;
        (currency.index() < self.currencies).then(|| {
            let line = self.lines[self.cash_line(account, currency)];
            CashHolding { total: Cash(line.total), reserved: Cash(line.reserved) }
        })
    }

    /// Holding of `account`; none when it is not open or the venue lists no such instrument.
    #[must_use]
    pub fn lots(&self, account: AccountId, instrument: InstrumentId) -> Option<LotHolding> {
        let credit = self.credit(account)?;
        (instrument.index() < self.instruments).then(|| {
            let line = self.lines[self.lot_line(account, instrument)];
            let keeps = credit == Credit::None && !self.pairs[instrument.index()];
            LotHolding { total: line.total, reserved: if keeps { line.reserved } else { 0 } }
        })
    }

    /// Cash of `account`, which is open.
    #[inline]
    pub(crate) fn balance(&self, account: AccountId, currency: CurrencyId) -> i128 {
        self.lines[self.cash_line(account, currency)].total
    }

    /// What `account` has of `instrument`, and what its live orders could make of it.
    #[inline]
    pub(crate) fn exposed(&self, account: AccountId, instrument: InstrumentId) -> Exposed {
        let line = self.lines[self.lot_line(account, instrument)];
        Exposed { lots: line.total, buys: i128::from(line.buys), sells: line.reserved }
    }

    /// How many orders `account` has in `instrument`.
    #[inline]
    pub(crate) fn standing(&self, account: AccountId, instrument: InstrumentId) -> Standing {
        let Line { live, dormant, .. } = self.lines[self.lot_line(account, instrument)];
        Standing { live, dormant }
    }

    /// Opens `account`.
    pub(crate) fn open(&mut self, account: AccountId, credit: Credit) -> Result<(), Reject> {
        if account.0 >= AccountId::COUNT_MAX || self.credit(account).is_some() {
            return Err(Reject::AccountNotOpenable);
        }
        let index = account.0 as usize;
        if index >= self.accounts.len() {
            self.accounts.resize(index + 1, None);
            self.lines.resize((index + 1) * self.width(), Line::default());
        }
        self.accounts[index] = Some(credit);
        Ok(())
    }

    /// Brings cash in from outside.
    pub(crate) fn deposit(
        &mut self,
        account: AccountId,
        currency: CurrencyId,
        cash: Cash,
    ) -> Result<(), Reject> {
        self.cash(account, currency).ok_or(Reject::UnknownAccount)?;
        let so_far = self.deposited[currency.index()];
        if cash.0 <= 0 || cash.0 > DEPOSITS_MAX.0 - so_far {
            return Err(Reject::BadAmount);
        }
        self.deposited[currency.index()] += cash.0;
        self.post_fund(Fund::Outside, currency, -cash.0);
        self.post_cash(account, currency, cash.0);
        assert_eq!(self.sum_cash[currency.index()], 0, "cash sums to zero");
        Ok(())
    }

    /// Says whether so much may be brought in from outside.
    pub(crate) fn may_deliver(
        &self,
        account: AccountId,
        instrument: InstrumentId,
        qty: Qty,
    ) -> Result<(), Reject> {
        self.credit(account).ok_or(Reject::UnknownAccount)?;
        if qty.is_zero() {
            return Err(Reject::ZeroQty);
        }
        let so_far = self.delivered[instrument.index()];
        if i128::from(qty.0) > DELIVERIES_MAX - so_far {
            return Err(Reject::BadAmount);
        }
        Ok(())
    }

    /// Brings holdings in from outside. The instrument is listed: the gate has checked.
    pub(crate) fn deliver(
        &mut self,
        account: AccountId,
        instrument: InstrumentId,
        qty: Qty,
    ) -> Result<(), Reject> {
        self.may_deliver(account, instrument, qty)?;
        let lots = i128::from(qty.0);
        self.delivered[instrument.index()] += lots;
        self.post_outside(instrument, -lots);
        self.post_lots(account, instrument, lots);
        assert_eq!(self.sum_lots[instrument.index()], 0, "holdings sum to zero");
        Ok(())
    }

    /// Says whether `need` is there for `account`, which may not owe, once `freed` has been given
    /// back to it.
    pub(crate) fn afford(
        &self,
        account: AccountId,
        asset: Asset,
        need: Need,
        freed: Need,
    ) -> Result<(), Reject> {
        if need.lots > 0 {
            let (line, unit) = self.delivery_line(account, asset);
            let line = self.lines[line];
            if need.lots * unit > line.total - line.reserved + freed.lots * unit {
                return Err(Reject::ShortSale);
            }
        }
        let cash = self.lines[self.cash_line(account, asset.currency)];
        if need.cash > 0 && need.cash > cash.total - cash.reserved + freed.cash {
            return Err(Reject::InsufficientCash);
        }
        Ok(())
    }

    /// Counts `need` for an order that begins to rest, and sets aside what it must pay with.
    #[inline]
    pub(crate) fn reserve(&mut self, account: AccountId, asset: Asset, need: Need, pays: bool) {
        let line = self.lot_line(account, asset.instrument);
        let line = &mut self.lines[line];
        line.reserved += need.lots;
        line.buys += lots_of(need.buys);
        if pays {
            self.hold(account, asset, need.cash, need.lots);
        }
    }

    /// Gives back what was counted and set aside.
    #[inline]
    pub(crate) fn release(&mut self, account: AccountId, asset: Asset, need: Need, pays: bool) {
        let line = self.lot_line(account, asset.instrument);
        let line = &mut self.lines[line];
        line.reserved -= need.lots;
        let counted = "no more is given back than was set aside";
        assert!(line.reserved >= 0, "{counted}");
        line.buys = line.buys.checked_sub(lots_of(need.buys)).expect(counted);
        if pays {
            self.hold(account, asset, -need.cash, -need.lots);
        }
    }

    /// Counts standing and dormant orders in and out.
    #[inline]
    pub(crate) fn count(
        &mut self,
        account: AccountId,
        instrument: InstrumentId,
        live: i32,
        dormant: i32,
    ) {
        let line = self.lot_line(account, instrument);
        let line = &mut self.lines[line];
        let counted = "live orders are counted in and out";
        line.live = line.live.checked_add_signed(live).expect(counted);
        line.dormant = line.dormant.checked_add_signed(dormant).expect(counted);
    }

    /// Moves `qty` from seller to buyer and `cash` the other way.
    #[inline]
    pub(crate) fn exchange(
        &mut self,
        asset: Asset,
        buyer: AccountId,
        seller: AccountId,
        cash: i128,
        qty: Qty,
    ) {
        let lots = i128::from(qty.0);
        self.post_cash(buyer, asset.currency, -cash);
        self.post_cash(seller, asset.currency, cash);
        if let Settles::Currency { base, lot_cash } = asset.settles {
            self.post_cash(buyer, base, lots * i128::from(lot_cash));
            self.post_cash(seller, base, -lots * i128::from(lot_cash));
            assert_eq!(self.sum_cash[base.index()], 0, "cash sums to zero");
        } else {
            self.move_lots(buyer, asset.instrument, lots);
            self.move_lots(seller, asset.instrument, -lots);
        }
        self.check_sums(asset);
    }

    /// Nothing appeared and nothing vanished. O(1), so it stays on in release.
    ///
    /// # Panics
    ///
    /// When something did, which is a bug in this file.
    pub(crate) fn check_sums(&self, asset: Asset) {
        assert_eq!(self.sum_cash[asset.currency.index()], 0, "cash sums to zero");
        assert_eq!(self.sum_lots[asset.instrument.index()], 0, "holdings sum to zero");
    }

    /// What `fund` has; negative when it gave more than it got.
    #[must_use]
    pub fn fund(&self, fund: Fund, currency: CurrencyId) -> Cash {
        Cash(self.funds[currency.index()][fund as usize])
    }

    /// What of `instrument` was sent and has not arrived.
    #[must_use]
    pub fn transit(&self, instrument: InstrumentId) -> i128 {
        self.transit_lots[instrument.index()]
    }

    /// Cash per currency and lots per instrument, added up line by line over every account and
    /// fund. All zero, always; this is the slow way to see it, for tests and audits.
    #[must_use]
    pub fn resum(&self) -> (Vec<i128>, Vec<i128>) {
        let mut cash: Vec<i128> = self.funds.iter().map(|funds| funds.iter().sum()).collect();
        let both = self.outside_lots.iter().zip(&self.transit_lots);
        let mut lots: Vec<i128> = both.map(|(outside, transit)| outside + transit).collect();
        for (at, line) in self.lines.iter().enumerate() {
            let column = at % self.width();
            if column < self.currencies {
                cash[column] += line.total;
            } else {
                lots[column - self.currencies] += line.total;
            }
        }
        (cash, lots)
    }

    /// Sets cash aside, and of a pair what it delivers.
    #[inline]
    fn hold(&mut self, account: AccountId, asset: Asset, cash: i128, lots: i128) {
        let line = self.cash_line(account, asset.currency);
        let reserved = &mut self.lines[line].reserved;
        *reserved += cash;
        assert!(*reserved >= 0, "no more is given back than was set aside");
        if let Settles::Currency { base, lot_cash } = asset.settles {
            let line = self.cash_line(account, base);
            let reserved = &mut self.lines[line].reserved;
            *reserved += lots * i128::from(lot_cash);
            assert!(*reserved >= 0, "no more is given back than was set aside");
        }
    }

    /// Where what is sold is, and how much of it a lot is.
    #[inline]
    const fn delivery_line(&self, account: AccountId, asset: Asset) -> (usize, i128) {
        match asset.settles {
            Settles::Currency { base, lot_cash } => {
                (self.cash_line(account, base), lot_cash as i128)
            }
            Settles::Lots | Settles::Margined => (self.lot_line(account, asset.instrument), 1),
        }
    }

    /// Cash of an account becomes more or less; somebody posts the other side.
    #[inline]
    pub(crate) fn post_cash(&mut self, account: AccountId, currency: CurrencyId, amount: i128) {
        let line = self.cash_line(account, currency);
        self.lines[line].total += amount;
        self.sum_cash[currency.index()] += amount;
    }

    /// Lots of an account become more or fewer without a trade; somebody posts the other side.
    pub(crate) fn post_lots(&mut self, account: AccountId, instrument: InstrumentId, lots: i128) {
        self.stirred.push((account, instrument));
        self.move_lots(account, instrument, lots);
    }

    /// Whose lots moved without a trade, since this was last asked.
    pub(crate) fn stirred(&mut self) -> Vec<(AccountId, InstrumentId)> {
        std::mem::take(&mut self.stirred)
    }

    #[inline]
    fn move_lots(&mut self, account: AccountId, instrument: InstrumentId, lots: i128) {
        let line = self.lot_line(account, instrument);
        self.lines[line].total += lots;
        self.sum_lots[instrument.index()] += lots;
    }

    /// Cash of a fund becomes more or less; somebody posts the other side.
    pub(crate) fn post_fund(&mut self, fund: Fund, currency: CurrencyId, amount: i128) {
        self.funds[currency.index()][fund as usize] += amount;
        self.sum_cash[currency.index()] += amount;
    }

    /// Lots come back from outside (more there) or come in (fewer); somebody posts the other side.
    pub(crate) fn post_outside(&mut self, instrument: InstrumentId, lots: i128) {
        self.outside_lots[instrument.index()] += lots;
        self.sum_lots[instrument.index()] += lots;
    }

    /// Lots begin or end their way; somebody posts the other side.
    pub(crate) fn post_transit(&mut self, instrument: InstrumentId, lots: i128) {
        self.transit_lots[instrument.index()] += lots;
        self.sum_lots[instrument.index()] += lots;
    }

    /// Nothing appeared and nothing vanished, in any currency and instrument.
    ///
    /// # Panics
    ///
    /// When something did, which is a bug in this crate.
    pub(crate) fn check_all_sums(&self) {
        assert!(self.sum_cash.iter().all(|sum| *sum == 0), "cash sums to zero");
        assert!(self.sum_lots.iter().all(|sum| *sum == 0), "holdings sum to zero");
        let between = |funds: &[i128; FUNDS]| funds[Fund::Between as usize] == 0;
        assert!(self.funds.iter().all(between), "nothing is left between two sides");
    }

    const fn cash_line(&self, account: AccountId, currency: CurrencyId) -> usize {
        account.0 as usize * self.width() + currency.index()
    }

    const fn lot_line(&self, account: AccountId, instrument: InstrumentId) -> usize {
        account.0 as usize * self.width() + self.currencies + instrument.index()
    }

    /// How many lines an account has.
    const fn width(&self) -> usize {
        self.currencies + self.instruments
    }

    /// The lines of `account`, to be read ahead.
    #[must_use]
    pub fn row(&self, account: AccountId) -> Option<&[Line]> {
        let row = account.0 as usize * self.width();
        self.lines.get(row..row + self.width())
    }
}

/// Lots of orders are never owed.
fn lots_of(lots: i128) -> u64 {
    u64::try_from(lots).expect("the lots of live orders are counted")
}

#[cfg(test)]
mod tests {
    use super::*;
    use pitfloor_model::units::{Price, Side};

    const ANN: AccountId = AccountId(0);
    const BOB: AccountId = AccountId(1);
    const ACME: Asset = Asset {
        instrument: InstrumentId(0),
        currency: CurrencyId(0),
        tick_cash: 5,
        settles: Settles::Lots,
    };

    fn ledger() -> Ledger {
        let mut ledger = Ledger::new(1, 1);
        ledger.open(ANN, Credit::None).unwrap();
        ledger.open(BOB, Credit::None).unwrap();
        ledger.deposit(ANN, ACME.currency, Cash(1_000)).unwrap();
        ledger.deliver(BOB, ACME.instrument, Qty(10)).unwrap();
        ledger
    }

    #[test]
    fn a_sale_moves_cash_and_lots_against_each_other() {
        let mut ledger = ledger();
        ledger.exchange(ACME, ANN, BOB, 300, Qty(3));
        assert_eq!(ledger.cash(ANN, ACME.currency).unwrap().total, Cash(700));
        assert_eq!(ledger.cash(BOB, ACME.currency).unwrap().total, Cash(300));
        assert_eq!(ledger.lots(ANN, ACME.instrument).unwrap().total, 3);
        assert_eq!(ledger.lots(BOB, ACME.instrument).unwrap().total, 7);
        assert_eq!(ledger.resum(), (vec![0], vec![0]));
    }

    #[test]
    fn at_a_negative_price_the_seller_pays() {
        let need = |side| ACME.need(side, Price(-2), Qty(10));
        let limit = Some(Price(-2));
        assert_eq!(need(Side::Buy), Need { cash: 0, lots: 0, buys: 10, limit });
        assert_eq!(need(Side::Sell), Need { cash: 100, lots: 10, buys: 0, limit });
        let ledger = ledger();
        assert_eq!(
            ledger.afford(BOB, ACME, need(Side::Sell), Need::default()),
            Err(Reject::InsufficientCash)
        );
    }

    #[test]
    fn what_is_reserved_cannot_be_spent_twice() {
        let mut ledger = ledger();
        let need = ACME.need(Side::Buy, Price(20), Qty(10));
        assert_eq!(ledger.afford(ANN, ACME, need, Need::default()), Ok(()));
        ledger.reserve(ANN, ACME, need, true);
        let one_more = ACME.need(Side::Buy, Price(1), Qty(1));
        assert_eq!(
            ledger.afford(ANN, ACME, one_more, Need::default()),
            Err(Reject::InsufficientCash)
        );
        assert_eq!(ledger.afford(ANN, ACME, one_more, need), Ok(()));
        ledger.release(ANN, ACME, need, true);
        assert_eq!(ledger.afford(ANN, ACME, one_more, Need::default()), Ok(()));
    }

    #[test]
    fn nothing_comes_in_beyond_what_can_be_counted() {
        let mut ledger = ledger();
        assert_eq!(ledger.deposit(ANN, ACME.currency, DEPOSITS_MAX), Err(Reject::BadAmount));
        assert_eq!(ledger.deposit(ANN, ACME.currency, Cash(DEPOSITS_MAX.0 - 1_000)), Ok(()));
        assert_eq!(ledger.deposit(ANN, ACME.currency, Cash(1)), Err(Reject::BadAmount));
        assert_eq!(ledger.deposit(ANN, ACME.currency, Cash(i128::MIN)), Err(Reject::BadAmount));
        assert_eq!(ledger.deposit(ANN, CurrencyId(1), Cash(1)), Err(Reject::UnknownAccount));
        assert_eq!(ledger.open(AccountId::VENUE, Credit::None), Err(Reject::AccountNotOpenable));
    }

    #[test]
    #[should_panic(expected = "cash sums to zero")]
    fn a_one_sided_posting_is_noticed() {
        let mut ledger = ledger();
        ledger.post_cash(ANN, ACME.currency, 1);
        ledger.check_sums(ACME);
    }

    #[test]
    #[should_panic(expected = "holdings sum to zero")]
    fn a_share_from_nowhere_is_noticed() {
        let mut ledger = ledger();
        ledger.post_lots(ANN, ACME.instrument, 1);
        ledger.check_sums(ACME);
    }
}
