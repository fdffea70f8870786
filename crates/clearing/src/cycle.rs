//! Business days: what is owed between a trade and its settlement, and who fails (C-20 to C-25).
//!
//! A trade moves the totals at once; what is kept here is what of them has not been settled, net, per
//! account, instrument and trade day. Start reading at [`ClearingHouse::settle_due`].

use crate::asset::Settles;
use crate::count;
use crate::house::{ClearingHouse, Listing};
use pitfloor_model::clearing::{ClearingTerms, Fact, Payment, Ratio};
use pitfloor_model::event::{Credit, Event, Reject};
use pitfloor_model::units::{AccountId, Cash, InstrumentId};
use std::collections::BTreeMap;

/// The most business days of a run: those of a million years.
const DAYS_MAX: u32 = 1 << 28;

/// What an account owes the house, or gets from it, for what it traded on one day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Obligation {
    /// Whose.
    pub account: AccountId,
    /// Of what.
    pub instrument: InstrumentId,
    /// The number of the business day of its trades.
    pub traded: u32,
    /// From which day on it is due; none while its day has not ended.
    pub due: Option<u32>,
    /// The lots it gets; negative when it has to deliver.
    pub lots: i128,
    /// The cash for them; negative when it has to pay.
    pub cash: Cash,
}

/// What was traded in one instrument and is not settled.
#[derive(Clone, Debug, Default)]
pub(crate) struct Dues {
    /// Today's, by the number of the account.
    today: Vec<Net>,
    /// Those of ended days, by account and trade day.
    open: BTreeMap<(AccountId, u32), Open>,
    /// How many times in a row an account has failed now, where it has.
    failures: BTreeMap<AccountId, u16>,
}

/// Lots one way, cash the other, as the account has them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Net {
    lots: i128,
    cash: i128,
}

/// An obligation of a day that ended.
#[derive(Clone, Copy, Debug)]
struct Open {
    net: Net,
    due: u32,
}

/// What comes of all that an account has due in one instrument.
#[derive(Clone, Copy, Debug)]
struct Outcome {
    account: AccountId,
    net: Net,
    end: End,
    /// How many times in a row it has failed, this time included.
    failures: u16,
    /// What failing costs.
    penalty: i128,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    Settled,
    /// It has not delivered.
    Undelivered,
    /// It has not paid.
    Unpaid,
    /// It has not received, and cannot help it.
    Unserved,
}

impl Net {
    const fn is_nothing(self) -> bool {
        self.lots == 0 && self.cash == 0
    }

    const fn add(&mut self, other: Self) {
        self.lots += other.lots;
        self.cash += other.cash;
    }
}

impl Dues {
    /// Notes what `account` traded: lots got, cash got for them. O(1).
    pub(crate) fn note(&mut self, account: AccountId, lots: i128, cash: i128) {
        let index = account.0 as usize;
        if index >= self.today.len() {
            self.today.resize(index + 1, Net::default());
        }
        self.today[index].add(Net { lots, cash });
    }

    /// The day is over: what was traded in it is due after `cycle` days.
    fn end_day(&mut self, day: u32, cycle: u8) {
        let due = day + u32::from(cycle);
        for (account, net) in (0..).map(AccountId).zip(self.today.drain(..)) {
            if !net.is_nothing() {
                self.open.insert((account, day), Open { net, due });
            }
        }
    }

    /// The same after a split: what is owed becomes lots of now, towards zero. What becomes nothing
    /// vanishes.
    pub(crate) fn split(&self, ratio: Ratio) -> Result<Self, Reject> {
        let split = |net: Net| -> Result<Net, Reject> {
            let lots = count::share(net.lots, ratio).map(|(whole, _)| whole);
            Ok(Net { lots: i128::from(count::lots(lots)?), ..net })
        };
        let today = self.today.iter().map(|net| split(*net)).collect::<Result<_, _>>()?;
        let mut open = self.open.clone();
        for one in open.values_mut() {
            one.net = split(one.net)?;
        }
        open.retain(|_, open| !open.net.is_nothing());
        Ok(Self { today, open, failures: self.failures.clone() })
    }

    /// The instrument is no more, and nobody owes any of it.
    pub(crate) fn vanish(&mut self) {
        *self = Self { failures: std::mem::take(&mut self.failures), ..Self::default() };
    }

    fn today(&self, account: AccountId) -> Net {
        self.today.get(account.0 as usize).copied().unwrap_or_default()
    }

    /// What of the lots of `account` has not been settled, net.
    fn unsettled(&self, account: AccountId) -> i128 {
        let open = self.open.range((account, 0)..=(account, u32::MAX));
        open.map(|(_, open)| open.net.lots).sum::<i128>() + self.today(account).lots
    }

    /// What is due by `day`, net, in order of accounts.
    fn due_by(&self, day: u32) -> Vec<(AccountId, Net)> {
        let mut due: Vec<(AccountId, Net)> = Vec::new();
        for ((account, _), open) in self.open.iter().filter(|(_, open)| open.due <= day) {
            match due.last_mut() {
                Some((last, net)) if last == account => net.add(open.net),
                _ => due.push((*account, open.net)),
            }
        }
        due
    }

    /// What `account` had due by `day` is settled.
    fn done(&mut self, account: AccountId, day: u32) {
        let open = self.open.range((account, 0)..=(account, u32::MAX));
        let due: Vec<_> = open.filter(|(_, open)| open.due <= day).map(|(key, _)| *key).collect();
        for key in due {
            self.open.remove(&key);
        }
        self.failures.remove(&account);
    }

    fn failures(&self, account: AccountId) -> u16 {
        self.failures.get(&account).copied().unwrap_or(0)
    }
}

impl ClearingHouse {
    /// The number of the present business day, from 0.
    #[must_use]
    pub const fn day(&self) -> u32 {
        self.day
    }

    /// Everything that `account` has traded and not settled, in order of instruments, then days.
    #[must_use]
    pub fn obligations(&self, account: AccountId) -> Vec<Obligation> {
        let mut all = Vec::new();
        for Listing { asset, dues, .. } in &self.listings {
            let instrument = asset.instrument;
            let of = |traded, due, net: Net| {
                let (lots, cash) = (net.lots, Cash(net.cash));
                Obligation { account, instrument, traded, due, lots, cash }
            };
            let open = dues.open.range((account, 0)..=(account, u32::MAX));
            all.extend(open.map(|((_, traded), open)| of(*traded, Some(open.due), open.net)));
            let today = dues.today(account);
            all.extend((!today.is_nothing()).then(|| of(self.day, None, today)));
        }
        all
    }

    /// How many times in a row `account` has failed to settle `instrument`.
    #[must_use]
    pub fn failures(&self, account: AccountId, instrument: InstrumentId) -> u16 {
        self.listings.get(instrument.index()).map_or(0, |listing| listing.dues.failures(account))
    }

    /// True while the obligations of `account` are kept from settling.
    #[must_use]
    pub fn is_stalled(&self, account: AccountId) -> bool {
        self.owners.get(account.0 as usize).is_some_and(|owner| owner.stalled)
    }

    pub(crate) fn may_set_cycle(&self, instrument: InstrumentId, days: u8) -> Result<(), Reject> {
        let listing = self.listed(instrument)?;
        if listing.ended || days > ClearingTerms::CYCLE_MAX {
            return Err(Reject::NotPossible);
        }
        Ok(())
    }

    pub(crate) fn set_cycle(&mut self, instrument: InstrumentId, days: u8, out: &mut Vec<Event>) {
        self.listings[instrument.index()].cycle = days;
        self.plain &= days == 0;
        let changed = Fact::TermsChanged { instrument: Some(instrument), currency: None };
        out.push(Event::Clearing(changed));
    }

    pub(crate) fn stall(&mut self, account: AccountId, on: bool, out: &mut Vec<Event>) {
        self.owners[account.0 as usize].stalled = on;
        out.push(Event::Clearing(Fact::Stalled { account, on }));
    }

    pub(crate) const fn may_end_day(&self) -> Result<(), Reject> {
        if self.day < DAYS_MAX { Ok(()) } else { Err(Reject::NotPossible) }
    }

    pub(crate) fn end_day(&mut self, out: &mut Vec<Event>) {
        for listing in &mut self.listings {
            listing.dues.end_day(self.day, listing.cycle);
            listing.volumes.end_day();
        }
        self.end_locates();
        self.begin_day();
        out.push(Event::Clearing(Fact::DayEnded { day: self.day }));
        self.day += 1;
    }

    pub(crate) fn may_settle(&self) -> Result<(), Reject> {
        self.listings.iter().try_for_each(|listing| self.outcomes(listing).map(drop))
    }

    /// Settles what is due by now, and says who fails.
    pub(crate) fn settle_due(&mut self, out: &mut Vec<Event>) {
        for at in 0..self.listings.len() {
            let due = self.outcomes(&self.listings[at]);
            for outcome in due.expect("whoever asks has asked whether he may") {
                if outcome.end == End::Settled {
                    self.settled(at, outcome, out);
                } else {
                    self.failed(at, outcome, out);
                }
            }
        }
    }

    /// What comes of everything that is due in one instrument, in order of accounts. Pure: who fails
    /// is known before anything moves.
    fn outcomes(&self, listing: &Listing) -> Result<Vec<Outcome>, Reject> {
        let due = listing.dues.due_by(self.day);
        for (_, net) in &due {
            count::lots(Some(net.lots))?;
        }
        let of = |(account, net)| Outcome {
            account,
            net,
            end: self.own_end(listing, account, net),
            failures: listing.dues.failures(account),
            penalty: 0,
        };
        let mut due: Vec<Outcome> = due.into_iter().map(of).collect();
        serve(&mut due);
        for outcome in &mut due {
            if matches!(outcome.end, End::Undelivered | End::Unpaid) {
                outcome.failures = outcome.failures.saturating_add(1);
            }
            if outcome.end == End::Undelivered {
                outcome.penalty = self.penalty(listing, outcome.net.lots)?;
            }
        }
        Ok(due)
    }

    /// What comes of an obligation as far as its own account is concerned.
    fn own_end(&self, listing: &Listing, account: AccountId, net: Net) -> End {
        let stalled = self.is_stalled(account);
        // Who has margin borrows what is missing.
        let borrows = matches!(self.credit(account), Some(Credit::Margin | Credit::Portfolio));
        let has = || borrows || self.settled_lots(listing, account) >= -net.lots;
        if net.lots < 0 && (stalled || !has()) {
            End::Undelivered
        } else if net.cash < 0 && stalled {
            End::Unpaid
        } else {
            End::Settled
        }
    }

    /// What an account could deliver now: its lots less what of them has not been settled.
    fn settled_lots(&self, listing: &Listing, account: AccountId) -> i128 {
        let (asset, unsettled) = (listing.asset, listing.dues.unsettled(account));
        match asset.settles {
            Settles::Currency { base, lot_cash } => {
                let held = self.ledger.cash(account, base).map_or(0, |held| held.total.0);
                held.div_euclid(i128::from(lot_cash)) - unsettled
            }
            Settles::Lots | Settles::Margined => {
                let held = self.ledger.lots(account, asset.instrument);
                held.map_or(0, |held| held.total) - unsettled
            }
        }
    }

    /// What failing to deliver `lots` costs once.
    fn penalty(&self, listing: &Listing, lots: i128) -> Result<i128, Reject> {
        let terms = &self.venue.instruments()[listing.asset.instrument.index()].clearing;
        let (Some(carried), ppm @ 1..) = (listing.carried, terms.fail_ppm) else { return Ok(0) };
        let value = listing.asset.worth(carried, lots);
        let share = value.and_then(|value| value.abs().checked_mul(i128::from(ppm)));
        count::amount(share.map(|share| share / 1_000_000))
    }

    fn settled(&mut self, at: usize, outcome: Outcome, out: &mut Vec<Event>) {
        let Outcome { account, net, .. } = outcome;
        self.listings[at].dues.done(account, self.day);
        let instrument = self.listings[at].asset.instrument;
        let (lots, cash) = (counted(net.lots), Cash(net.cash));
        // Days that cancel each other out end without a word.
        if (lots, cash) != (0, Cash::ZERO) {
            out.push(Event::Clearing(Fact::Settled { account, instrument, lots, cash }));
        }
    }

    fn failed(&mut self, at: usize, outcome: Outcome, out: &mut Vec<Event>) {
        let Outcome { account, net, end, failures: days, penalty } = outcome;
        let (instrument, currency) = {
            let asset = self.listings[at].asset;
            (asset.instrument, asset.currency)
        };
        let lots = counted(net.lots);
        out.push(Event::Clearing(Fact::Failed { account, instrument, lots, days }));
        if end == End::Unserved {
            return;
        }
        self.listings[at].dues.failures.insert(account, days);
        self.pay(account, currency, -penalty, Payment::Penalty, Some(instrument), out);
        let buy_in_after = self.venue.instruments()[at].clearing.buy_in_after;
        let bought_in = buy_in_after.is_some_and(|after| days >= u16::from(after));
        if end == End::Undelivered && bought_in {
            let lots = lots.unsigned_abs();
            out.push(Event::Clearing(Fact::BuyInDue { account, instrument, lots }));
        }
    }
}

/// Hands what was delivered to those who are to get it, in order of accounts, until it is not
/// enough for the next.
fn serve(due: &mut [Outcome]) {
    let gets = |one: &Outcome| one.net.lots.max(0);
    let missing = |one: &Outcome| if one.end == End::Undelivered { -one.net.lots } else { 0 };
    let mut there: i128 = due.iter().map(|one| gets(one) - missing(one)).sum();
    let mut enough = true;
    for one in due.iter_mut().filter(|one| one.net.lots > 0 && one.end == End::Settled) {
        enough &= one.net.lots <= there;
        if enough {
            there -= one.net.lots;
        } else {
            one.end = End::Unserved;
        }
    }
}

fn counted(lots: i128) -> i64 {
    i64::try_from(lots).expect("more lots than can be told of are refused before")
}
