//! `[[currencies]]`: currencies beside the first one, and what they are worth in it.

use super::shares::{bips, ratio};
use super::{CASH, Reading};
use crate::fields::{BadScenario, Fields};
use pitfloor_model::clearing::{Act, Ratio};
use pitfloor_model::instrument::{Currency, Decimal};
use pitfloor_model::units::CurrencyId;
use std::str::FromStr;

/// The highest rate of interest, in ten-thousandths a year, and the lowest.
pub(super) const INTEREST_MOST: i64 = 100_000;

/// The currencies of a scenario.
#[derive(Clone, Debug)]
pub(super) struct Currencies {
    /// All of them; the first is the base.
    pub(super) all: Vec<Currency>,
    /// What the house is told of them before the first trade.
    pub(super) acts: Vec<Act>,
}

impl Reading {
    pub(super) fn currencies(
        &mut self,
        root: &mut Fields<'_>,
        base: Currency,
    ) -> Result<Currencies, BadScenario> {
        let mut made = Currencies { all: vec![base], acts: Vec::new() };
        for mut table in root.tables("currencies")? {
            self.head("[[currencies]]");
            let field = table.need("code", "its code, such as EUR")?;
            let code = field.text()?.to_owned();
            table.also_known_as(format!("currencies.{code}"));
            self.keep("code", &code);
            let decimals = self.decimals(&mut table)?;
            let currency =
                Currency::new(&code, decimals).map_err(|bad| field.bad(&bad.expected))?;
            if made.all.iter().any(|other| other.code() == code) {
                return Err(field.bad("each currency once"));
            }
            let id = u16::try_from(made.all.len()).ok().map(CurrencyId);
            let currency_id = id.ok_or_else(|| field.bad("fewer currencies"))?;
            let up = made.all[CASH.index()].decimals();
            let rate = self.text(&mut table, "rate", "1", |text| {
                rate(text, up, decimals).ok_or_else(|| {
                    format!("what one {code} is worth, more than 0, with few enough digits")
                })
            })?;
            made.acts.push(Act::SetFx { currency: currency_id, rate });
            made.acts.push(self.interest(&mut table, currency_id)?);
            self.known.extend(table.finish()?);
            made.all.push(currency);
        }
        Ok(made)
    }

    pub(super) fn decimals(&mut self, table: &mut Fields<'_>) -> Result<u32, BadScenario> {
        self.text(table, "decimals", "2", |text| {
            let most = Currency::DECIMALS_MAX;
            let decimals = text.parse().ok().filter(|decimals| *decimals <= most);
            decimals.ok_or_else(|| format!("a whole number from 0 to {most}"))
        })
    }

    /// What a balance earns and a debt costs.
    pub(super) fn interest(
        &mut self,
        table: &mut Fields<'_>,
        currency: CurrencyId,
    ) -> Result<Act, BadScenario> {
        let share = |text: &str| {
            let bips = bips(text, -INTEREST_MOST, INTEREST_MOST)?;
            i32::try_from(bips).map_err(|_| "less".to_owned())
        };
        let credit_bips = self.text(table, "credit", "0%", share)?;
        let debit_bips = self.text(table, "debit", "0%", share)?;
        Ok(Act::SetInterest { currency, credit_bips, debit_bips })
    }
}

/// `text`, in units, as minor units of the base per minor unit; none when it cannot be.
pub(super) fn rate(text: &str, base_decimals: u32, decimals: u32) -> Option<Ratio> {
    let rate = Decimal::from_str(text).ok().filter(|rate| *rate > Decimal::ZERO)?;
    ratio(rate, base_decimals, decimals)
}
