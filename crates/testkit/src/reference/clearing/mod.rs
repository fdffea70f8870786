//! The clearing house: the rules of `docs/CLEARING.md`, one file to a chapter of the page.
//!
//! What is remembered is what happened (obligations, volumes, calls); sums of it are taken again
//! whenever they are asked for.

mod borrow;
mod corporate;
mod days;
mod defaults;
mod limits;
mod margin;
mod movements;
mod rights;
mod trades;
mod value;

pub(super) use limits::Ask;
pub(super) use trades::Deal;

use super::money::Asset;
use super::{Answer, Reference};
use pitfloor_model::clearing::{Act, Fact, Fund, Movement, Payment, Ratio, RiskLimits};
use pitfloor_model::contract::{Choice, InstrumentKind};
use pitfloor_model::event::{Credit, Event, Reject};
use pitfloor_model::instrument::Instrument;
use pitfloor_model::units::{AccountId, Cash, CurrencyId, InstrumentId, Price, Qty, Time};
use std::collections::{BTreeMap, BTreeSet};

/// Amounts of this size and beyond are too large to count.
const CASH_TOO_MUCH: i128 = 1 << 100;

/// Lots beyond this are too many to count.
const LOTS_MOST: i128 = 1 << 62;

/// What the clearing house remembers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct House {
    carriers: BTreeMap<AccountId, AccountId>,
    limits: BTreeMap<AccountId, RiskLimits>,
    /// The second of the clock in which an account asked last, and how often.
    asked: BTreeMap<AccountId, (u64, u32)>,
    rates: BTreeMap<CurrencyId, Ratio>,
    /// What a balance earns and a debt costs.
    interest: BTreeMap<CurrencyId, (i32, i32)>,
    /// Lots that can be found to borrow, and what they cost.
    pools: BTreeMap<InstrumentId, (i128, u32)>,
    located: BTreeMap<(AccountId, InstrumentId), i128>,
    /// Short positions when the day began.
    short_before: BTreeMap<(AccountId, InstrumentId), i128>,
    cycles: BTreeMap<InstrumentId, u8>,
    day: u32,
    volumes: Vec<Volume>,
    obligations: Vec<Obligation>,
    /// How often in a row an account has failed.
    failures: BTreeMap<(AccountId, InstrumentId), u16>,
    stalled: BTreeSet<AccountId>,
    /// The prices at which positions are carried.
    carried: BTreeMap<InstrumentId, Price>,
    scans: BTreeMap<InstrumentId, [i64; 10]>,
    calls: BTreeMap<AccountId, Call>,
    /// Equity when the day began; none before the first day that was measured.
    equity_before: Option<BTreeMap<AccountId, i128>>,
    ended: BTreeSet<InstrumentId>,
    /// Strikes and lots that splits have changed.
    adjusted: BTreeMap<InstrumentId, (Price, u32)>,
    sendings: Vec<Sending>,
    /// What the house has given of its own capital.
    skin_given: i128,
    contributions: BTreeMap<AccountId, i128>,
    defaulted: BTreeSet<AccountId>,
    funds: BTreeMap<(Fund, CurrencyId), i128>,
    /// Lots that acts brought outside.
    outside: BTreeMap<InstrumentId, i128>,
}

/// Lots that an account traded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Volume {
    account: AccountId,
    instrument: InstrumentId,
    day: u32,
    lots: i128,
}

/// What an account traded on one day and has not settled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Obligation {
    account: AccountId,
    instrument: InstrumentId,
    traded: u32,
    /// None until its day has ended.
    due: Option<u32>,
    lots: i128,
    cash: i128,
}

/// A margin call that is not met.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Call {
    until: Time,
    overdue: bool,
}

/// Something that was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Sending {
    to: Option<AccountId>,
    instrument: InstrumentId,
    lots: i128,
    arrived: bool,
}

impl Reference {
    /// Does what is asked of the clearing house, or says why not.
    pub(super) fn clear(&mut self, act: &Act) -> Answer {
        let before = self.out.len();
        match *act {
            Act::SetCarrier { account, carrier } => self.set_carrier(account, carrier),
            Act::SetLimits { account, limits } => self.set_limits(account, limits),
            Act::SetFx { currency, rate } => self.set_fx(currency, rate),
            Act::SetInterest { currency, credit_bips, debit_bips } => {
                self.set_interest(currency, credit_bips, debit_bips)
            }
            Act::SetBorrow { instrument, lots, bips } => self.set_borrow(instrument, lots, bips),
            Act::SetCycle { instrument, days } => self.set_cycle(instrument, days),
            Act::Value { ref valuations } => self.value(valuations),
            Act::Distribute { instrument, currency, per_lot, why } => {
                self.distribute(instrument, currency, per_lot, why)
            }
            Act::Split { instrument, num, den } => self.split(instrument, num, den),
            Act::Convert { instrument, into, cash, why } => {
                self.convert(instrument, into, cash, why)
            }
            Act::Rename { instrument, alias } => self.rename(instrument, alias),
            Act::Exercise { account, instrument, qty } => self.exercise(account, instrument, qty),
            Act::Expire { instrument, price } => self.expire_contract(instrument, price),
            Act::Locate { account, instrument, qty } => self.locate(account, instrument, qty),
            Act::Send { account, to, instrument, qty, fee } => {
                self.send(account, to, instrument, qty, fee)
            }
            Act::Arrive { sending } => self.arrive(sending),
            Act::Transfer { from, to, currency, cash } => self.transfer(from, to, currency, cash),
            Act::Assign { from, to, instrument, lots } => self.assign(from, to, instrument, lots),
            Act::EndDay => self.end_day(),
            Act::Settle => self.settle_due(),
            Act::Accrue { days } => self.accrue(days),
            Act::Stall { account, on } => self.stall(account, on),
            Act::Contribute { member, cash } => self.contribute(member, cash),
            Act::Default { member } => self.default_of(member),
            Act::Cover { member } => self.cover(member),
        }?;
        if self.out.len() == before {
            self.fact(Fact::TermsChanged { instrument: None, currency: None });
        }
        Ok(())
    }

    // ---- What everything is made of ----

    fn fact(&mut self, fact: Fact) {
        self.out.push(Event::Clearing(fact));
    }

    /// Cash of an account against the fund of `why`.
    fn paid(
        &mut self,
        account: AccountId,
        currency: CurrencyId,
        cash: i128,
        why: Payment,
        instrument: Option<InstrumentId>,
    ) {
        if cash != 0 {
            self.post(account, Asset::Cash(currency), cash);
            *self.house.funds.entry((why.fund(), currency)).or_default() -= cash;
            self.fact(Fact::Paid { account, currency, cash: Cash(cash), why, instrument });
        }
    }

    /// Lots of an account against outside; what is sent is balanced by whoever sends.
    fn moved(&mut self, account: AccountId, instrument: InstrumentId, lots: i128, why: Movement) {
        if lots != 0 {
            self.post(account, Asset::Lots(instrument), lots);
            if why != Movement::Sending {
                *self.house.outside.entry(instrument).or_default() -= lots;
            }
            let lots = i64::try_from(lots).expect("lots that are too many were refused");
            self.fact(Fact::Moved { account, instrument, lots, why });
        }
    }

    /// Cash from one fund to another; the other way when there is less than nothing.
    fn funded(&mut self, from: Fund, to: Fund, currency: CurrencyId, cash: i128) {
        if cash < 0 {
            return self.funded(to, from, currency, -cash);
        }
        if cash > 0 {
            *self.house.funds.entry((from, currency)).or_default() -= cash;
            *self.house.funds.entry((to, currency)).or_default() += cash;
            self.fact(Fact::Funded { from, to, currency, cash: Cash(cash) });
        }
    }

    fn between(&self, currency: CurrencyId) -> i128 {
        self.house.funds.get(&(Fund::Between, currency)).copied().unwrap_or(0)
    }

    // ---- Looking things up ----

    fn listed(&self, instrument: InstrumentId) -> &Instrument {
        &self.venue.instruments()[instrument.0 as usize]
    }

    fn kind(&self, instrument: InstrumentId) -> InstrumentKind {
        self.listed(instrument).kind()
    }

    fn currency_of(&self, instrument: InstrumentId) -> CurrencyId {
        self.listed(instrument).currency()
    }

    fn instruments(&self) -> Vec<InstrumentId> {
        (0..self.venue.instruments().len() as u32).map(InstrumentId).collect()
    }

    fn currencies(&self) -> Vec<CurrencyId> {
        (0..self.venue.currencies().len() as u16).map(CurrencyId).collect()
    }

    /// A share, a coin or a bond.
    fn is_thing(&self, instrument: InstrumentId) -> bool {
        use InstrumentKind::{Bond, Crypto, Equity};
        matches!(self.kind(instrument), Equity | Crypto | Bond(_))
    }

    pub(super) fn is_margined(&self, instrument: InstrumentId) -> bool {
        matches!(
            self.kind(instrument),
            InstrumentKind::Future(_) | InstrumentKind::Perpetual { .. }
        )
    }

    /// The base currency of a pair, and how much of it a lot is.
    pub(super) fn pair(&self, instrument: InstrumentId) -> Option<(CurrencyId, i128)> {
        match self.kind(instrument) {
            InstrumentKind::Fx { base, lot_cash } => Some((base, i128::from(lot_cash))),
            _ => None,
        }
    }

    /// The terms of a right, as splits have left them.
    fn right(&self, instrument: InstrumentId) -> Option<Choice> {
        let (InstrumentKind::Option(mut choice) | InstrumentKind::Warrant(mut choice)) =
            self.kind(instrument)
        else {
            return None;
        };
        if let Some((strike, lots)) = self.house.adjusted.get(&instrument) {
            (choice.strike, choice.lots) = (*strike, *lots);
        }
        Some(choice)
    }

    /// The accounts in order.
    fn owners(&self) -> Vec<AccountId> {
        let mut owners: Vec<AccountId> = self.members.iter().map(|m| m.account).collect();
        owners.sort();
        owners
    }

    pub(super) fn has_ended(&self, instrument: InstrumentId) -> bool {
        self.house.ended.contains(&instrument)
    }

    fn has_margin(&self, account: AccountId) -> bool {
        let credit = self.member(account).map(|member| member.credit);
        matches!(credit, Some(Credit::Margin | Credit::Portfolio))
    }

    fn has_no_credit(&self, account: AccountId) -> bool {
        self.member(account).is_some_and(|member| member.credit == Credit::None)
    }

    /// The price at which it is carried, if it was ever valued.
    fn carried_at(&self, instrument: InstrumentId) -> Option<Price> {
        self.house.carried.get(&instrument).copied()
    }

    /// What `lots` are carried at; nothing while they were never valued.
    fn carried_value(&self, instrument: InstrumentId, lots: i128) -> i128 {
        let price = self.carried_at(instrument).map_or(0, |price| i128::from(price.0));
        lots * price * self.tick_value(instrument)
    }

    // ---- C-6: what may be wrong with an act ----

    fn account_known(&self, account: AccountId) -> Answer {
        self.member(account).map(|_| ()).ok_or(Reject::UnknownAccount)
    }

    fn currency_known(&self, currency: CurrencyId) -> Answer {
        let listed = (currency.0 as usize) < self.venue.currencies().len();
        if listed { Ok(()) } else { Err(Reject::UnknownAccount) }
    }

    fn alive(&self, instrument: InstrumentId) -> Answer {
        possible(!self.has_ended(instrument))
    }

    /// An account under its kill switch asks for nothing itself.
    fn free_to_ask(&self, account: AccountId) -> Answer {
        let blocked = self.member(account).is_some_and(|member| member.blocked);
        if blocked { Err(Reject::KillSwitch) } else { Ok(()) }
    }

    /// What the venue's books may bring in: no contract that somebody else must have sold.
    pub(super) fn may_deliver(&self, instrument: InstrumentId) -> Answer {
        let option = matches!(self.kind(instrument), InstrumentKind::Option(_));
        let foreign = self.is_margined(instrument) || self.pair(instrument).is_some();
        possible(!option && !foreign && !self.has_ended(instrument))
    }
}

fn possible(is: bool) -> Answer {
    if is { Ok(()) } else { Err(Reject::NotPossible) }
}

/// An amount that is asked for.
fn amount(cash: Cash) -> Answer {
    let good = 0 < cash.0 && cash.0 < CASH_TOO_MUCH;
    if good { Ok(()) } else { Err(Reject::BadAmount) }
}

fn countable(cash: i128) -> Answer {
    if cash.abs() < CASH_TOO_MUCH { Ok(()) } else { Err(Reject::BadAmount) }
}

fn some_lots(qty: Qty) -> Answer {
    if qty.0 == 0 {
        return Err(Reject::ZeroQty);
    }
    few_enough(i128::from(qty.0))
}

fn few_enough(lots: i128) -> Answer {
    if lots.abs() <= LOTS_MOST { Ok(()) } else { Err(Reject::BadAmount) }
}

/// `of` × `num` / `den`, half away from zero. The divisor is positive.
fn nearest(of: i128, num: i128, den: i128) -> i128 {
    let twice = (2 * (of * num).abs() + den) / (2 * den);
    if (of * num) < 0 { -twice } else { twice }
}

/// `of` × `num` / `den` and no less; nothing here is negative.
fn upwards(of: i128, num: i128, den: i128) -> i128 {
    (of * num + den - 1).div_euclid(den)
}

/// Shares of `all` in proportion to `weights`, by largest remainders, ties to the earlier.
fn in_proportion(all: i128, weights: &[i128]) -> Vec<i128> {
    let sum: i128 = weights.iter().sum();
    if sum == 0 {
        return vec![0; weights.len()];
    }
    let mut shares: Vec<i128> = weights.iter().map(|weight| all * weight / sum).collect();
    let mut order: Vec<usize> = (0..weights.len()).collect();
    order.sort_by_key(|at| (-(all * weights[*at] % sum), *at));
    let left = all - shares.iter().sum::<i128>();
    for at in order.into_iter().take(usize::try_from(left).expect("fewer than there are")) {
        shares[at] += 1;
    }
    shares
}

/// What an account has still to settle: instrument, day of its trades, day on which it is due, lots,
/// cash.
pub type Owed = (InstrumentId, u32, Option<u32>, i128, i128);

impl Reference {
    /// What the account has not settled, in order of instruments, then days.
    #[must_use]
    pub fn obligations(&self, account: AccountId) -> Vec<Owed> {
        let own = self.house.obligations.iter().filter(|o| o.account == account);
        let some = own.filter(|o| o.lots != 0 || o.cash != 0);
        let mut owed: Vec<Owed> =
            some.map(|o| (o.instrument, o.traded, o.due, o.lots, o.cash)).collect();
        owed.sort();
        owed
    }

    /// What a fund has. What accounts were given from outside is owed there.
    #[must_use]
    pub fn fund(&self, fund: Fund, currency: CurrencyId) -> Cash {
        let by_acts = self.house.funds.get(&(fund, currency)).copied().unwrap_or(0);
        let deposits = if fund == Fund::Outside { self.has(AccountId::VENUE, currency) } else { 0 };
        Cash(by_acts + deposits)
    }

    /// What was sent and has not arrived.
    #[must_use]
    pub fn in_transit(&self, instrument: InstrumentId) -> i128 {
        let coming = |s: &&Sending| s.instrument == instrument && !s.arrived;
        self.house.sendings.iter().filter(coming).map(|sending| sending.lots).sum()
    }

    /// The price at which positions are carried.
    #[must_use]
    pub fn carried_price(&self, instrument: InstrumentId) -> Option<Price> {
        self.carried_at(instrument)
    }

    /// Cash by currency and lots by instrument over all accounts, funds and what is on its way,
    /// added up: nothing, always.
    #[must_use]
    pub fn resum(&self) -> (Vec<i128>, Vec<i128>) {
        let mut cash = vec![0; self.venue.currencies().len()];
        let mut lots = vec![0; self.venue.instruments().len()];
        for posting in &self.postings {
            posting.add_to(&mut cash, &mut lots);
        }
        for ((_, currency), amount) in &self.house.funds {
            cash[currency.0 as usize] += amount;
        }
        for instrument in self.instruments() {
            let outside = self.house.outside.get(&instrument).copied().unwrap_or(0);
            lots[instrument.0 as usize] += outside + self.in_transit(instrument);
        }
        (cash, lots)
    }
}
