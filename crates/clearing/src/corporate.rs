//! What becomes of an instrument itself: its holders are paid, its lots are split, it turns into
//! another or into cash, or takes another name (C-50 to C-53).

use crate::asset::Settles;
use crate::count;
use crate::house::ClearingHouse;
use pitfloor_model::clearing::{Distribution, Fact, Movement, Payment, Ratio};
use pitfloor_model::contract::{Choice, Future, InstrumentKind};
use pitfloor_model::event::{Event, Reject};
use pitfloor_model::units::{AccountId, CurrencyId, InstrumentId, Price};

/// What an instrument turns into, and for what.
#[derive(Clone, Copy)]
pub(crate) struct Conversion {
    pub(crate) into: Option<(InstrumentId, Ratio)>,
    pub(crate) cash: Ratio,
    pub(crate) why: Distribution,
}

/// What one holder gets at a split or conversion.
struct Share {
    account: AccountId,
    /// Lots before.
    held: i64,
    /// Lots after.
    given: i64,
    /// For the fraction of a lot that nobody can hold.
    fraction: i128,
    /// In cash.
    cash: i128,
}

impl ClearingHouse {
    /// The accounts with lots of `instrument`, in order of their numbers, and how many.
    pub(crate) fn holders(
        &self,
        instrument: InstrumentId,
    ) -> impl Iterator<Item = (AccountId, i128)> + '_ {
        let lots =
            move |account| self.ledger.lots(account, instrument).map_or(0, |line| line.total);
        let all = self.ledger.accounts().map(move |account| (account, lots(account)));
        all.filter(|(_, lots)| *lots != 0)
    }

    pub(crate) fn may_distribute(
        &self,
        instrument: InstrumentId,
        currency: CurrencyId,
        per_lot: Ratio,
        why: Distribution,
    ) -> Result<(), Reject> {
        let listing = self.listed(instrument)?;
        self.counted(currency)?;
        if per_lot.num == 0 || per_lot.den == 0 {
            return Err(Reject::BadAmount);
        }
        for (_, lots) in self.holders(instrument) {
            count::amount(count::share(lots, per_lot).map(|(whole, _)| whole))?;
        }
        let perpetual = matches!(listing.kind, InstrumentKind::Perpetual { .. });
        if listing.ended || (why == Distribution::Funding && !perpetual) {
            return Err(Reject::NotPossible);
        }
        Ok(())
    }

    pub(crate) fn distribute(
        &mut self,
        instrument: InstrumentId,
        currency: CurrencyId,
        per_lot: Ratio,
        why: Distribution,
        out: &mut Vec<Event>,
    ) {
        let holders: Vec<_> = self.holders(instrument).collect();
        for (account, lots) in holders {
            let (why, of) = (why.payment(), Some(instrument));
            self.pay(account, currency, per_lot.of(lots), why, of, out);
        }
        self.tidy_between(currency, out);
        let fact = Fact::Distributed { instrument, currency, per_lot, why };
        out.push(Event::Clearing(fact));
    }

    pub(crate) fn may_split(
        &self,
        instrument: InstrumentId,
        num: u32,
        den: u32,
    ) -> Result<(), Reject> {
        let listing = self.listed(instrument)?;
        if num == 0 || den == 0 {
            return Err(Reject::BadAmount);
        }
        self.split_shares(instrument, num, den)?;
        let ratio = Ratio { num: i64::from(num), den };
        listing.dues.split(ratio)?;
        self.split_sendings(instrument, ratio)?;
        if let Some(carried) = listing.carried {
            count::rescaled(carried, num, den, 1).ok_or(Reject::BadAmount)?;
        }
        self.adjusted(instrument, num, den)?;
        let splits = matches!(
            listing.kind,
            InstrumentKind::Equity | InstrumentKind::Crypto | InstrumentKind::Bond(_)
        );
        if listing.ended || !splits { Err(Reject::NotPossible) } else { Ok(()) }
    }

    pub(crate) fn split(
        &mut self,
        instrument: InstrumentId,
        num: u32,
        den: u32,
        out: &mut Vec<Event>,
    ) {
        let checked = "a split is checked before";
        let currency = self.listings[instrument.index()].asset.currency;
        for share in self.split_shares(instrument, num, den).expect(checked) {
            let (account, why) = (share.account, Movement::Split);
            self.shift(account, instrument, share.given - share.held, why, out);
            let (why, of) = (Payment::Fraction, Some(instrument));
            self.pay(account, currency, share.fraction, why, of, out);
        }
        let ratio = Ratio { num: i64::from(num), den };
        let dues = &mut self.listings[instrument.index()].dues;
        *dues = dues.split(ratio).expect(checked);
        for sending in self.split_sendings(instrument, ratio).expect(checked) {
            self.resend(sending);
        }
        for (at, kind) in self.adjusted(instrument, num, den).expect(checked) {
            self.listings[at.index()].kind = kind;
        }
        let carried = &mut self.listings[instrument.index()].carried;
        *carried = carried.map(|price| count::rescaled(price, num, den, 1).expect(checked));
        out.push(Event::Clearing(Fact::Split { instrument, num, den }));
    }

    /// What a split gives to each holder.
    fn split_shares(
        &self,
        instrument: InstrumentId,
        num: u32,
        den: u32,
    ) -> Result<Vec<Share>, Reject> {
        let listing = &self.listings[instrument.index()];
        let carried = listing.carried.unwrap_or(Price(0));
        let shares = self.holders(instrument).map(|(account, lots)| {
            let held = count::lots(Some(lots))?;
            let made = i128::from(held) * i128::from(num);
            let (given, rest) = (made / i128::from(den), made % i128::from(den));
            let given = count::lots(Some(given))?;
            let fraction = listing.asset.value(carried, rest) / i128::from(num);
            let fraction = count::amount(Some(fraction))?;
            Ok(Share { account, held, given, fraction, cash: 0 })
        });
        shares.collect()
    }

    /// What becomes of the contracts on an instrument that is split.
    fn adjusted(
        &self,
        instrument: InstrumentId,
        num: u32,
        den: u32,
    ) -> Result<Vec<(InstrumentId, InstrumentKind)>, Reject> {
        let (mut whole, mut kinds) = (true, Vec::new());
        let mut bundle = |lots: u32| {
            let all = u64::from(lots) * u64::from(num);
            whole &= all.is_multiple_of(u64::from(den));
            u32::try_from(all / u64::from(den)).map_err(|_| Reject::BadAmount)
        };
        for listing in &self.listings {
            let mut kind = listing.kind;
            if listing.ended || kind.underlying() != Some(instrument) {
                continue;
            }
            match &mut kind {
                InstrumentKind::Option(Choice { strike, lots, .. })
                | InstrumentKind::Warrant(Choice { strike, lots, .. }) => {
                    *strike = count::rescaled(*strike, num, den, 1).ok_or(Reject::BadAmount)?;
                    *lots = bundle(*lots)?;
                }
                InstrumentKind::Future(Future { lots, .. }) => *lots = bundle(*lots)?,
                InstrumentKind::Perpetual { .. } => {}
                InstrumentKind::Equity
                | InstrumentKind::Crypto
                | InstrumentKind::Bond(_)
                | InstrumentKind::Fx { .. } => unreachable!("these are contracts on nothing"),
            }
            kinds.push((listing.asset.instrument, kind));
        }
        if whole { Ok(kinds) } else { Err(Reject::NotPossible) }
    }

    pub(crate) fn may_convert(
        &self,
        instrument: InstrumentId,
        conversion: Conversion,
    ) -> Result<(), Reject> {
        let listing = self.listed(instrument)?;
        let Conversion { into, cash, why } = conversion;
        let into = match into {
            Some((at, ratio)) => Some((self.listed(at)?, ratio)),
            None => None,
        };
        let bad = |ratio: Ratio| ratio.den == 0 || ratio.num < 0;
        if bad(cash) || into.is_some_and(|(_, ratio)| bad(ratio) || ratio.num == 0) {
            return Err(Reject::BadAmount);
        }
        self.conversion_shares(instrument, conversion)?;
        let on_it = |other: &&crate::house::Listing| {
            !other.ended && other.kind.underlying() == Some(instrument)
        };
        let receivable = into.is_none_or(|(other, _)| {
            let lots = other.asset.settles == Settles::Lots;
            lots && !other.ended && other.asset.instrument != instrument
        });
        let sent = self.ledger.transit(instrument) != 0;
        let possible = !listing.ended && receivable && !sent && why != Distribution::Funding;
        if possible && self.listings.iter().find(on_it).is_none() {
            Ok(())
        } else {
            Err(Reject::NotPossible)
        }
    }

    pub(crate) fn convert(
        &mut self,
        instrument: InstrumentId,
        conversion: Conversion,
        out: &mut Vec<Event>,
    ) {
        let shares = self.conversion_shares(instrument, conversion);
        let currency = self.listings[instrument.index()].asset.currency;
        for share in shares.expect("a conversion is checked before") {
            let account = share.account;
            self.shift(account, instrument, -share.held, Movement::Conversion, out);
            if let Some((into, _)) = conversion.into {
                self.shift(account, into, share.given, Movement::Conversion, out);
                let (currency, of) = (self.listings[into.index()].asset.currency, Some(into));
                self.pay(account, currency, share.fraction, Payment::Fraction, of, out);
            }
            let (why, of) = (conversion.why.payment(), Some(instrument));
            self.pay(account, currency, share.cash, why, of, out);
        }
        self.end(instrument, None, out);
    }

    /// What a conversion gives to each holder.
    fn conversion_shares(
        &self,
        instrument: InstrumentId,
        conversion: Conversion,
    ) -> Result<Vec<Share>, Reject> {
        let shares = self.holders(instrument).map(|(account, lots)| {
            let held = count::lots(Some(lots))?;
            let cash = count::share(lots, conversion.cash).map(|(cash, _)| cash);
            let cash = count::amount(cash)?;
            let (mut given, mut fraction) = (0, 0);
            if let Some((into, ratio)) = conversion.into {
                let into = &self.listings[into.index()];
                let (lots, rest) = count::share(lots, ratio).ok_or(Reject::BadAmount)?;
                given = count::lots(Some(lots))?;
                let carried = into.carried.unwrap_or(Price(0));
                let value = into.asset.value(carried, rest) / i128::from(ratio.den);
                fraction = count::amount(Some(value))?;
            }
            Ok(Share { account, held, given, fraction, cash })
        });
        shares.collect()
    }

    /// An instrument is at its end, and nobody owes anything of it.
    pub(crate) fn end(
        &mut self,
        instrument: InstrumentId,
        price: Option<Price>,
        out: &mut Vec<Event>,
    ) {
        let listing = &mut self.listings[instrument.index()];
        listing.ended = true;
        listing.dues.vanish();
        out.push(Event::Clearing(Fact::Ended { instrument, price }));
    }

    pub(crate) fn may_rename(&self, instrument: InstrumentId, alias: u16) -> Result<(), Reject> {
        let listing = self.listed(instrument)?;
        let aliases = &self.venue.instruments()[instrument.index()].aliases;
        let there = usize::from(alias) < aliases.len();
        if listing.ended || !there { Err(Reject::NotPossible) } else { Ok(()) }
    }

    pub(crate) fn rename(&mut self, instrument: InstrumentId, alias: u16, out: &mut Vec<Event>) {
        self.listings[instrument.index()].alias = Some(alias);
        out.push(Event::Clearing(Fact::Renamed { instrument, alias }));
    }

    /// What `instrument` is called now.
    ///
    /// # Panics
    ///
    /// When the venue does not list it.
    #[must_use]
    pub fn name(&self, instrument: InstrumentId) -> &str {
        let definition = &self.venue.instruments()[instrument.index()];
        match self.listings[instrument.index()].alias {
            Some(alias) => &definition.aliases[usize::from(alias)],
            None => definition.symbol(),
        }
    }

    /// What `instrument` is now: the terms of a contract follow the splits of what it is on.
    ///
    /// # Panics
    ///
    /// When the venue does not list it.
    #[must_use]
    pub fn kind(&self, instrument: InstrumentId) -> InstrumentKind {
        self.listings[instrument.index()].kind
    }
}
