//! What members of a group bring along beside cash and shares, who answers for them, and what they
//! may do.

use super::{CASH, CASH_MOST, Group, Reading, cash_of};
use crate::fields::{BadScenario, Fields, nearest};
use pitfloor_model::clearing::RiskLimits;
use pitfloor_model::contract::InstrumentKind;
use pitfloor_model::event::Credit;
use pitfloor_model::instrument::{Currency, Instrument, Limits, Venue};
use pitfloor_model::units::{AccountId, Cash, CurrencyId, InstrumentId, Qty};
use std::fmt::Write as _;

impl Group {
    /// Its members need a clearing house: they may owe, somebody carries them, or limits hold.
    pub(super) fn is_cleared(&self) -> bool {
        matches!(self.credit, Credit::Margin | Credit::Portfolio)
            || !self.carriers.is_empty()
            || self.contribution.0 > 0
            || self.limits != RiskLimits::default()
    }
}

/// What can be brought along.
pub(super) const BROUGHT: &str =
    "a share, coin, bond or warrant: nobody brings along what somebody else owes, or a pair";

/// Options are owed by whoever wrote them, futures and perpetuals by both sides, pairs are cash.
pub(super) const fn can_be_brought(kind: InstrumentKind) -> bool {
    match kind {
        InstrumentKind::Equity
        | InstrumentKind::Crypto
        | InstrumentKind::Bond(_)
        | InstrumentKind::Warrant(_) => true,
        InstrumentKind::Option(_)
        | InstrumentKind::Future(_)
        | InstrumentKind::Perpetual { .. }
        | InstrumentKind::Fx { .. } => false,
    }
}

/// The account of the agent called `name`, among groups in their order.
pub(super) fn account_of(groups: &[Group], name: &str) -> Option<AccountId> {
    let mut first = 0;
    groups.iter().find_map(|group| {
        let number = name.strip_prefix(&group.name).and_then(|rest| rest.strip_prefix('-'));
        let number = number.and_then(|number| number.parse::<u32>().ok());
        let before = first;
        first += group.count;
        number.filter(|number| *number < group.count).map(|number| AccountId(before + number))
    })
}

/// The accounts of the group called `name`; none when there is no such group.
pub(super) fn accounts_of(groups: &[Group], name: &str) -> Option<Vec<AccountId>> {
    let at = groups.iter().position(|group| group.name == name)?;
    let first: u32 = groups[..at].iter().map(|group| group.count).sum();
    Some((first..first + groups[at].count).map(AccountId).collect())
}

impl Reading {
    /// `cash_in = { EUR = "5000" }`: cash in currencies beside the first.
    pub(super) fn cash_in(
        &mut self,
        table: &mut Fields<'_>,
        venue: &Venue,
    ) -> Result<Vec<(CurrencyId, Cash)>, BadScenario> {
        let (mut found, mut written) = (Vec::new(), Vec::new());
        for (code, field) in table.entries("cash_in")? {
            let others = || (0..).map(CurrencyId).zip(venue.currencies()).skip(CASH.index() + 1);
            let known = others().find(|(_, currency)| currency.code() == code);
            let (id, currency) = known.ok_or_else(|| {
                let all: Vec<&str> = others().map(|(_, currency)| currency.code()).collect();
                let expected = match all.as_slice() {
                    [] => "a [[currencies]] beside the first".to_owned(),
                    all => format!("currencies beside the first: {}", all.join(", ")),
                };
                table.bad("cash_in", &format!("{code:?}"), &expected)
            })?;
            let cash = field.read(|text| {
                let cash = cash_of(currency, text, CASH_MOST)?;
                let positive = cash.0 >= 0;
                positive.then_some(cash).ok_or_else(|| "an amount that is not negative".to_owned())
            })?;
            written.push(format!("{code} = {:?}", field.text()?));
            found.push((id, cash));
        }
        self.keep_table("cash_in", &written);
        Ok(found)
    }

    /// `lots = { SYMBOL = 5 }`: lots of whatever instruments.
    pub(super) fn holdings(
        &mut self,
        table: &mut Fields<'_>,
        venue: &Venue,
    ) -> Result<Vec<(InstrumentId, Qty)>, BadScenario> {
        let (mut found, mut written) = (Vec::new(), Vec::new());
        for (symbol, field) in table.entries("lots")? {
            let all = || venue.instruments().iter().map(Instrument::symbol);
            let id = venue.find(&symbol).ok_or_else(|| {
                let listed: Vec<&str> = all().collect();
                let expected = format!("instruments of the scenario: {}", listed.join(", "));
                let bad = table.bad("lots", &format!("{symbol:?}"), &expected);
                BadScenario { near: nearest(&symbol, all()), ..bad }
            })?;
            if !can_be_brought(venue.instruments()[id.index()].kind()) {
                return Err(table.bad("lots", &format!("{symbol:?}"), BROUGHT));
            }
            let lots = field.read(|text| {
                let lots = text.parse().ok().filter(|lots| *lots <= Qty::MOST.0);
                let expected = || format!("a whole number of lots from 0 to {}", Qty::MOST.0);
                lots.map(Qty).ok_or_else(expected)
            })?;
            written.push(format!("{symbol:?} = {}", lots.0));
            found.push((id, lots));
        }
        self.keep_table("lots", &written);
        Ok(found)
    }

    fn keep_table(&mut self, name: &str, written: &[String]) {
        let inner = written.join(", ");
        let _ = match inner.as_str() {
            "" => writeln!(self.complete, "{name} = {{}}"),
            inner => writeln!(self.complete, "{name} = {{ {inner} }}"),
        };
    }

    /// Who answers for the members of the group `own`: the members of an earlier group in turn, or
    /// one agent of it. Rings cannot be: nobody is carried by somebody later.
    pub(super) fn carriers(
        &mut self,
        table: &mut Fields<'_>,
        groups: &[Group],
        own: &str,
        count: u32,
    ) -> Result<Vec<AccountId>, BadScenario> {
        self.text(table, "carrier", "none", |text| {
            if text == "none" {
                return Ok(Vec::new());
            }
            let found = accounts_of(groups, text).filter(|accounts| !accounts.is_empty());
            let found = found.or_else(|| account_of(groups, text).map(|account| vec![account]));
            found.filter(|_| count > 0 && text != own).ok_or_else(|| {
                "an earlier group or one of its agents, NAME or NAME-0, or none".to_owned()
            })
        })
    }

    /// `[agents.limits]`.
    pub(super) fn risk_limits(
        &mut self,
        fields: &mut Fields<'_>,
        currency: &Currency,
    ) -> Result<RiskLimits, BadScenario> {
        fn or_none<T>(
            text: &str,
            read: impl FnOnce(&str) -> Result<T, String>,
        ) -> Result<Option<T>, String> {
            if text == "none" {
                return Ok(None);
            }
            read(text).map(Some).map_err(|expected| format!("{expected}, or none"))
        }
        let whole = |most: u64| {
            move |text: &str| {
                let number = text.parse().ok().filter(|number| (1..=most).contains(number));
                number.ok_or_else(|| format!("a whole number from 1 to {most}"))
            }
        };
        let amount = |text: &str| {
            let cash = cash_of(currency, text, Limits::NOTIONAL_MOST)?;
            (cash.0 > 0).then_some(cash).ok_or_else(|| "an amount above zero".to_owned())
        };
        let narrow = |text: &str| {
            let number = whole(u64::from(u32::MAX))(text)?;
            u32::try_from(number).map_err(|_| "less".to_owned())
        };
        let most = Qty::MOST.0;
        let qty = self.text(fields, "qty_max", "none", |text| or_none(text, whole(most)))?;
        let notional_max =
            self.text(fields, "notional_max", "none", |text| or_none(text, amount))?;
        let position_max =
            self.text(fields, "position_max", "none", |text| or_none(text, whole(1 << 60)))?;
        let exposure_max =
            self.text(fields, "exposure_max", "none", |text| or_none(text, amount))?;
        let collar_bips = self.text(fields, "collar", "none", |text| {
            or_none(text, |text| {
                let bips = super::shares::bips(text, 1, 1_000_000)?;
                u32::try_from(bips).map_err(|_| "less".to_owned())
            })
        })?;
        let rate_max = self.text(fields, "rate_max", "none", |text| or_none(text, narrow))?;
        let loss_max = self.text(fields, "loss_max", "none", |text| or_none(text, amount))?;
        let words = [("false", false), ("true", true)];
        let reduce_only = self.word(fields, "reduce_only", &words)?;
        Ok(RiskLimits {
            qty_max: qty.map(Qty),
            notional_max,
            position_max,
            exposure_max,
            collar_bips,
            rate_max,
            loss_max,
            reduce_only,
        })
    }
}
