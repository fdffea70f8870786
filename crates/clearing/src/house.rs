//! The house itself: what it keeps about every account and instrument, and its doors.

use crate::accrue::Rates;
use crate::asset::{Asset, Need, Settles};
use crate::borrow::Borrowing;
use crate::calls::CallStatus;
use crate::corporate::Conversion;
use crate::cycle::Dues;
use crate::fees::Volumes;
use crate::ledger::{Ledger, Standing};
use crate::limits::Limited;
use crate::movements::Sendings;
use crate::positions::{Course, Positions};
use pitfloor_model::clearing::{Act, Fact, Fund, Margin, Movement, Payment, Valuation};
use pitfloor_model::event::{Credit, Event, Reject};
use pitfloor_model::instrument::{InstrumentKind, Venue};
use pitfloor_model::units::{AccountId, Cash, CurrencyId, InstrumentId, Price, Qty, Side, Time};
use std::sync::Arc;

/// Everything that is cleared on one venue.
#[derive(Clone, Debug)]
pub struct ClearingHouse {
    pub(crate) venue: Arc<Venue>,
    pub(crate) ledger: Ledger,
    pub(crate) listings: Vec<Listing>,
    pub(crate) owners: Vec<Owner>,
    /// How far the sums of each account's positions have come.
    pub(crate) courses: Vec<Course>,
    /// True while a trade is nothing but cash against lots, at once: no fees, no cycles, nobody with
    /// margin.
    pub(crate) plain: bool,
    /// What each currency is worth and costs.
    pub(crate) rates: Vec<Rates>,
    /// The number of the present business day.
    pub(crate) day: u32,
    /// What was sent and has not arrived.
    pub(crate) sendings: Sendings,
    /// What is left of the house's own capital that stands behind defaults.
    pub(crate) skin: i128,
    /// Accounts that may owe, and so may hold margined contracts; in order.
    pub(crate) owing: Vec<AccountId>,
    /// Accounts whose positions are kept as running sums; in order.
    pub(crate) watched: Vec<AccountId>,
    /// How many accounts have limits.
    pub(crate) limited: usize,
    /// How many accounts let a margin call pass.
    pub(crate) overdue: usize,
    /// Something has been valued.
    pub(crate) valued: bool,
}

/// What the house keeps about an instrument.
#[derive(Clone, Debug)]
pub(crate) struct Listing {
    pub(crate) asset: Asset,
    /// The price at which positions are carried; none before it was first valued.
    pub(crate) carried: Option<Price>,
    /// It trades no more.
    pub(crate) ended: bool,
    /// What it is: its definition, adjusted for the splits of what it is a contract on.
    pub(crate) kind: InstrumentKind,
    /// Which of its aliases it is called by, if by one.
    pub(crate) alias: Option<u16>,
    /// Business days from a trade to its settlement.
    pub(crate) cycle: u8,
    /// What was traded and is not settled.
    pub(crate) dues: Dues,
    /// What accounts traded in it, where that decides their fees.
    pub(crate) volumes: Volumes,
    /// What a borrowed value costs in a year, in ten-thousandths.
    pub(crate) borrow_bips: u32,
    /// What an account with margin must have behind a position.
    pub(crate) margin: Margin,
    /// A short sale needs lots located before.
    pub(crate) locate: bool,
    /// How many lots can be located.
    pub(crate) findable: u64,
    /// What a lot would gain in each scenario of portfolio margin; none before it was said.
    pub(crate) scan: Option<Box<[i64; Valuation::POINTS]>>,
    /// Its number among what is scanned together: an underlying and all contracts on it.
    pub(crate) group: u32,
}

/// What the house keeps about an account, besides its lines in the ledger.
#[derive(Clone, Debug, Default)]
pub(crate) struct Owner {
    /// Who answers for it.
    pub(crate) carrier: Option<AccountId>,
    /// Its obligations are kept from settling.
    pub(crate) stalled: bool,
    /// What it has in the guarantee fund.
    pub(crate) contribution: i128,
    /// It, or who carried it, was declared in default.
    pub(crate) in_default: bool,
    /// What its positions come to; none when it is not watched.
    pub(crate) positions: Option<Box<Positions>>,
    /// How it stands to what it must have.
    pub(crate) call: CallStatus,
    /// Its limits, if it has any.
    pub(crate) limited: Option<Box<Limited>>,
    /// What it has borrowed or located; by instrument.
    pub(crate) borrowings: Vec<Borrowing>,
    /// What it was worth when the day began.
    pub(crate) morning: Option<i128>,
}

/// What a sender asks for, as far as his own limits are concerned.
#[derive(Clone, Copy, Debug)]
pub struct Ask {
    /// When.
    pub at: Time,
    /// Who.
    pub account: AccountId,
    /// What is to be traded.
    pub asset: Asset,
    /// Buy or sell.
    pub side: Side,
    /// The worst price, if there is one.
    pub limit: Option<Price>,
    /// How many lots can still trade.
    pub qty: Qty,
    /// How many of them the order that it replaces could trade already.
    pub freed: Qty,
    /// The last print, if there was one.
    pub last: Option<Price>,
    /// It is the venue's own order for the account, to close what the account cannot keep: it may
    /// only reduce ([`OrderId::VENUE_FIRST`](pitfloor_model::units::OrderId::VENUE_FIRST)).
    pub closing: bool,
}

impl ClearingHouse {
    /// A house with no accounts.
    #[must_use]
    pub fn new(venue: Arc<Venue>) -> Self {
        let numbered = (0..).map(InstrumentId).zip(venue.instruments());
        let listings: Vec<_> = numbered
            .map(|(id, instrument)| Listing {
                asset: Asset::of(id, instrument),
                carried: None,
                ended: false,
                kind: instrument.kind(),
                alias: None,
                cycle: instrument.clearing.cycle,
                dues: Dues::default(),
                volumes: Volumes::default(),
                borrow_bips: 0,
                margin: instrument.clearing.margin,
                locate: instrument.clearing.locate,
                findable: 0,
                scan: None,
                group: instrument.kind().underlying().unwrap_or(id).0,
            })
            .collect();
        let plain = venue.instruments().iter().all(|instrument| {
            let terms = &instrument.clearing;
            terms.cycle == 0 && terms.fees.are_none() && !instrument.kind().is_margined()
        });
        let mut ledger = Ledger::new(venue.currencies().len(), venue.instruments().len());
        for listing in &listings {
            if matches!(listing.asset.settles, Settles::Currency { .. }) {
                ledger.pair(listing.asset.instrument);
            }
        }
        let rates = vec![Rates::default(); venue.currencies().len()];
        let sendings = Sendings::default();
        let skin = venue.clearing().skin.0;
        let (owners, courses) = (Vec::new(), Vec::new());
        let (owing, watched) = (Vec::new(), Vec::new());
        let (day, limited, overdue, valued) = (0, 0, 0, false);
        Self {
            venue,
            ledger,
            listings,
            owners,
            courses,
            plain,
            rates,
            day,
            sendings,
            skin,
            owing,
            watched,
            limited,
            overdue,
            valued,
        }
    }

    /// All the accounts' books.
    #[must_use]
    pub const fn ledger(&self) -> &Ledger {
        &self.ledger
    }

    /// The terms of `account`; none when it is not open.
    #[inline]
    #[must_use]
    pub fn credit(&self, account: AccountId) -> Option<Credit> {
        self.ledger.credit(account)
    }

    /// Opens `account`.
    ///
    /// # Errors
    ///
    /// When its number is taken or too high.
    pub fn open(&mut self, account: AccountId, credit: Credit) -> Result<(), Reject> {
        self.ledger.open(account, credit)?;
        let index = account.0 as usize;
        if index >= self.owners.len() {
            self.owners.resize(index + 1, Owner::default());
            self.courses.resize(index + 1, Course::default());
        }
        if credit != Credit::None {
            let at = self.owing.partition_point(|other| *other < account);
            self.owing.insert(at, account);
        }
        if Self::is_margin(credit) {
            self.watch(account, credit);
        }
        Ok(())
    }

    /// Brings cash in from outside.
    ///
    /// # Errors
    ///
    /// When there is no such account or currency, or the amount is none.
    pub fn deposit(
        &mut self,
        account: AccountId,
        currency: CurrencyId,
        cash: Cash,
    ) -> Result<(), Reject> {
        self.ledger.deposit(account, currency, cash)
    }

    /// Brings holdings in from outside. The instrument is listed.
    ///
    /// # Errors
    ///
    /// When there is no such account, or the amount is none; and of options, margined contracts,
    /// pairs and what has ended.
    pub fn deliver(
        &mut self,
        account: AccountId,
        instrument: InstrumentId,
        qty: Qty,
    ) -> Result<(), Reject> {
        self.ledger.may_deliver(account, instrument, qty)?;
        let listing = &self.listings[instrument.index()];
        let traded_only = matches!(listing.kind, InstrumentKind::Option(_));
        if listing.ended || traded_only || listing.asset.settles != Settles::Lots {
            return Err(Reject::NotPossible);
        }
        self.ledger.deliver(account, instrument, qty)?;
        self.recount_stirred();
        Ok(())
    }

    /// Sets `need` aside for an order that begins to stand.
    #[inline]
    pub fn reserve(&mut self, account: AccountId, asset: Asset, need: Need) {
        self.ledger.reserve(account, asset, need, self.pays(account, asset));
        self.recount(account, asset.instrument);
    }

    /// Gives back what was set aside.
    #[inline]
    pub fn release(&mut self, account: AccountId, asset: Asset, need: Need) {
        self.ledger.release(account, asset, need, self.pays(account, asset));
        self.recount(account, asset.instrument);
    }

    /// True when live orders must be paid for beforehand: those of accounts without margin, and
    /// those for currency pairs.
    #[inline]
    fn pays(&self, account: AccountId, asset: Asset) -> bool {
        match self.credit(account) {
            Some(Credit::None) => true,
            Some(Credit::Margin | Credit::Portfolio) => {
                matches!(asset.settles, Settles::Currency { .. })
            }
            Some(Credit::Unlimited) | None => false,
        }
    }

    /// How many orders `account` has in `instrument`.
    #[inline]
    #[must_use]
    pub fn standing(&self, account: AccountId, instrument: InstrumentId) -> Standing {
        self.ledger.standing(account, instrument)
    }

    /// Counts standing and dormant orders in and out.
    #[inline]
    pub fn count(&mut self, account: AccountId, instrument: InstrumentId, live: i32, dormant: i32) {
        self.ledger.count(account, instrument, live, dormant);
    }

    /// Says whether the house can do `act` now.
    ///
    /// # Errors
    ///
    /// When it cannot, and why; then [`ClearingHouse::act`] must not be called.
    pub fn may(&self, at: Time, act: &Act) -> Result<(), Reject> {
        match act {
            // Accounts, obligations, interest, movements.
            Act::SetCarrier { account, carrier } => self.may_set_carrier(*account, *carrier),
            Act::SetFx { currency, rate } => self.may_set_fx(*currency, *rate),
            Act::SetInterest { currency, .. } => self.counted(*currency),
            Act::SetCycle { instrument, days } => self.may_set_cycle(*instrument, *days),
            Act::EndDay => self.may_end_day(),
            Act::Settle => self.may_settle(),
            Act::Accrue { days } => self.accruals(*days).map(drop),
            Act::Stall { account, .. } => self.known(*account).map(drop),
            Act::Transfer { from, to, currency, cash } => {
                self.may_transfer(*from, *to, *currency, *cash)
            }
            Act::Assign { from, to, instrument, lots } => {
                self.may_assign(*from, *to, *instrument, *lots)
            }
            Act::Send { account, to, instrument, qty, fee } => {
                self.may_send(*account, *to, *instrument, *qty, *fee)
            }
            Act::Arrive { sending } => self.may_arrive(*sending),

            // Valuation, margin, borrowing, limits.
            Act::Value { valuations } => self.may_value(valuations),
            Act::SetLimits { account, limits } => self.may_set_limits(*account, limits),
            Act::SetBorrow { instrument, lots, .. } => self.may_set_borrow(*instrument, *lots),
            Act::Locate { account, instrument, qty } => {
                self.may_locate(*account, *instrument, *qty)
            }

            // Distributions, splits, ends, rights.
            Act::Distribute { instrument, currency, per_lot, why } => {
                self.may_distribute(*instrument, *currency, *per_lot, *why)
            }
            Act::Split { instrument, num, den } => self.may_split(*instrument, *num, *den),
            Act::Convert { instrument, into, cash, why } => {
                let conversion = Conversion { into: *into, cash: *cash, why: *why };
                self.may_convert(*instrument, conversion)
            }
            Act::Rename { instrument, alias } => self.may_rename(*instrument, *alias),
            Act::Exercise { account, instrument, qty } => {
                self.may_exercise(at, *account, *instrument, *qty)
            }
            Act::Expire { instrument, price } => self.may_expire(at, *instrument, *price),

            // Defaults.
            Act::Contribute { member, cash } => self.may_contribute(*member, *cash),
            Act::Default { member } => self.may_default(*member),
            Act::Cover { member } => self.may_cover(*member),
        }
    }

    /// Does `act`, which it may.
    ///
    /// # Panics
    ///
    /// When it may not.
    pub fn act(&mut self, at: Time, act: &Act, out: &mut Vec<Event>) {
        assert_eq!(self.may(at, act), Ok(()), "whoever asks has asked whether he may");
        let before = out.len();
        self.carry_out(at, act, out);
        self.count_again(act);
        if out.len() == before {
            let nothing = Fact::TermsChanged { instrument: None, currency: None };
            out.push(Event::Clearing(nothing));
        }
        self.ledger.check_all_sums();
    }

    /// Counts positions again that the act moved, or all of them where it may have changed what
    /// they are worth.
    fn count_again(&mut self, act: &Act) {
        match act {
            Act::SetFx { .. } | Act::Split { .. } | Act::Convert { .. } | Act::Expire { .. } => {
                self.recount_all();
            }
            Act::SetCarrier { .. }
            | Act::SetInterest { .. }
            | Act::SetCycle { .. }
            | Act::EndDay
            | Act::Settle
            | Act::Accrue { .. }
            | Act::Stall { .. }
            | Act::Transfer { .. }
            | Act::Assign { .. }
            | Act::Send { .. }
            | Act::Arrive { .. }
            | Act::Value { .. }
            | Act::SetLimits { .. }
            | Act::SetBorrow { .. }
            | Act::Locate { .. }
            | Act::Distribute { .. }
            | Act::Rename { .. }
            | Act::Exercise { .. }
            | Act::Contribute { .. }
            | Act::Default { .. }
            | Act::Cover { .. } => self.recount_stirred(),
        }
    }

    fn carry_out(&mut self, at: Time, act: &Act, out: &mut Vec<Event>) {
        match act {
            // Accounts, obligations, interest, movements.
            Act::SetCarrier { account, carrier } => self.set_carrier(*account, *carrier, out),
            Act::SetFx { currency, rate } => self.set_fx(*currency, *rate, out),
            Act::SetInterest { currency, credit_bips, debit_bips } => {
                self.set_interest(*currency, *credit_bips, *debit_bips, out);
            }
            Act::SetCycle { instrument, days } => self.set_cycle(*instrument, *days, out),
            Act::EndDay => self.end_day(out),
            Act::Settle => self.settle_due(out),
            Act::Accrue { days } => self.accrue(*days, out),
            Act::Stall { account, on } => self.stall(*account, *on, out),
            Act::Transfer { from, to, currency, cash } => {
                self.transfer(*from, *to, *currency, *cash, out);
            }
            Act::Assign { from, to, instrument, lots } => {
                self.assign(*from, *to, *instrument, *lots, out);
            }
            Act::Send { account, to, instrument, qty, fee } => {
                self.send(*account, *to, *instrument, *qty, *fee, out);
            }
            Act::Arrive { sending } => self.arrive(*sending, out),

            // Valuation, margin, borrowing, limits.
            Act::Value { valuations } => self.value(at, valuations, out),
            Act::SetLimits { account, limits } => self.set_limits(*account, limits, out),
            Act::SetBorrow { instrument, lots, bips } => {
                self.set_borrow(*instrument, *lots, *bips, out);
            }
            Act::Locate { account, instrument, qty } => {
                self.locate(*account, *instrument, *qty, out);
            }

            // Distributions, splits, ends, rights.
            Act::Distribute { instrument, currency, per_lot, why } => {
                self.distribute(*instrument, *currency, *per_lot, *why, out);
            }
            Act::Split { instrument, num, den } => self.split(*instrument, *num, *den, out),
            Act::Convert { instrument, into, cash, why } => {
                let conversion = Conversion { into: *into, cash: *cash, why: *why };
                self.convert(*instrument, conversion, out);
            }
            Act::Rename { instrument, alias } => self.rename(*instrument, *alias, out),
            Act::Exercise { account, instrument, qty } => {
                self.exercise(*account, *instrument, *qty, out);
            }
            Act::Expire { instrument, price } => self.expire(*instrument, *price, out),

            // Defaults.
            Act::Contribute { member, cash } => self.contribute(*member, *cash, out),
            Act::Default { member } => self.declare_default(*member, out),
            Act::Cover { member } => self.cover(*member, out),
        }
    }

    /// The account is open.
    pub(crate) fn known(&self, account: AccountId) -> Result<Credit, Reject> {
        self.credit(account).ok_or(Reject::UnknownAccount)
    }

    /// The venue lists the instrument; it may have ended.
    pub(crate) fn listed(&self, instrument: InstrumentId) -> Result<&Listing, Reject> {
        self.listings.get(instrument.index()).ok_or(Reject::UnknownInstrument)
    }

    /// The venue has the currency.
    pub(crate) fn counted(&self, currency: CurrencyId) -> Result<(), Reject> {
        let known = currency.index() < self.venue.currencies().len();
        if known { Ok(()) } else { Err(Reject::UnknownAccount) }
    }

    /// The accounts that `account` answers for, itself included, in order of their numbers.
    #[must_use]
    pub fn carried(&self, account: AccountId) -> Vec<AccountId> {
        let answers = |one: &AccountId| {
            let mut at = Some(*one);
            while let Some(next) = at.filter(|next| *next != account) {
                at = self.owners[next.0 as usize].carrier;
            }
            at.is_some()
        };
        self.ledger.accounts().filter(answers).collect()
    }

    /// Pays `cash` to `account` (takes it, when negative), says so, and posts the other side to the
    /// fund. Nothing is not paid.
    pub(crate) fn pay(
        &mut self,
        account: AccountId,
        currency: CurrencyId,
        cash: i128,
        why: Payment,
        instrument: Option<InstrumentId>,
        out: &mut Vec<Event>,
    ) {
        if cash != 0 {
            self.ledger.post_cash(account, currency, cash);
            self.ledger.post_fund(why.fund(), currency, -cash);
            let cash = Cash(cash);
            let paid = Fact::Paid { account, currency, cash, why, instrument };
            out.push(Event::Clearing(paid));
        }
    }

    /// Gives `lots` to `account` (takes them, when negative), and says so; the other side is outside.
    pub(crate) fn shift(
        &mut self,
        account: AccountId,
        instrument: InstrumentId,
        lots: i64,
        why: Movement,
        out: &mut Vec<Event>,
    ) {
        if lots != 0 {
            self.ledger.post_lots(account, instrument, i128::from(lots));
            self.ledger.post_outside(instrument, -i128::from(lots));
            out.push(Event::Clearing(Fact::Moved { account, instrument, lots, why }));
        }
    }

    /// Moves what is left between two sides of an act to the house: fractions that nobody got.
    pub(crate) fn tidy_between(&mut self, currency: CurrencyId, out: &mut Vec<Event>) {
        self.empty_between(currency, Fund::House, out);
    }

    /// Moves what is left between two sides of an act to a fund, or from it.
    pub(crate) fn empty_between(&mut self, currency: CurrencyId, fund: Fund, out: &mut Vec<Event>) {
        let left = self.ledger.fund(Fund::Between, currency).0;
        let (from, to) = if left < 0 { (fund, Fund::Between) } else { (Fund::Between, fund) };
        self.move_fund(from, to, currency, left.abs(), out);
    }

    /// Moves cash from one fund to another, and says so. Nothing is not moved.
    pub(crate) fn move_fund(
        &mut self,
        from: Fund,
        to: Fund,
        currency: CurrencyId,
        cash: i128,
        out: &mut Vec<Event>,
    ) {
        if cash != 0 {
            self.ledger.post_fund(from, currency, -cash);
            self.ledger.post_fund(to, currency, cash);
            let cash = Cash(cash);
            out.push(Event::Clearing(Fact::Funded { from, to, currency, cash }));
        }
    }
}
