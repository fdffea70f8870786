//! `[instrument.clearing]`: how an instrument is cleared.

use super::contract::Ground;
use super::fundamental::on_curve;
use super::shares::{bips, ratio, shown};
use super::{Reading, cash_of};
use crate::fields::{BadScenario, Fields};
use crate::params::{call, number};
use pitfloor_model::clearing::terms::Tier;
use pitfloor_model::clearing::{ClearingTerms, Fee, Fees, Margin, Ratio};
use pitfloor_model::contract::{Future, InstrumentKind};
use pitfloor_model::instrument::{Currency, Decimal, Instrument, Limits};
use pitfloor_model::units::{Cash, Price};
use pitfloor_operations::curves::CurveId;
use pitfloor_operations::valuer::Mark;
use pitfloor_pricing::rates::curve::Curve;
use std::str::FromStr;

/// How one instrument is cleared, beyond the terms that the venue itself knows.
#[derive(Clone, Debug)]
pub(super) struct Cleared {
    /// The scenario says so itself, or the kind of the instrument does.
    pub(super) asked: bool,
    pub(super) terms: ClearingTerms,
    /// How many lots can be borrowed at the start, and what they cost a year.
    pub(super) borrow: Option<(u64, u32)>,
    pub(super) mark: Mark,
}

impl Reading {
    pub(super) fn cleared(
        &mut self,
        table: &mut Fields<'_>,
        instrument: &Instrument,
        kind: InstrumentKind,
        (currency, reference): (&Currency, Price),
        ground: &Ground<'_>,
    ) -> Result<Cleared, BadScenario> {
        let plain = matches!(kind, InstrumentKind::Equity | InstrumentKind::Crypto);
        let mut fields = match table.table("clearing")? {
            Some(fields) => fields,
            None if plain => {
                let (terms, mark) = (ClearingTerms::default(), Mark::Market);
                return Ok(Cleared { asked: false, terms, borrow: None, mark });
            }
            None => table.table_or_empty("clearing")?,
        };
        self.head("[instrument.clearing]");
        let cycle = self.text(&mut fields, "cycle", "0", |text| {
            let most = ClearingTerms::CYCLE_MAX;
            let days = text.parse().ok().filter(|days| *days <= most);
            days.ok_or_else(|| format!("a whole number of business days from 0 to {most}"))
        })?;
        let fees = self.fees(&mut fields, currency)?;
        let margin = self.margin(&mut fields, instrument, kind, currency, reference)?;
        let words = [("false", false), ("true", true)];
        let locate = self.word(&mut fields, "locate", &words)?;
        let lots = self.text(&mut fields, "borrow", "0", |text| {
            let lots = text.parse().ok().filter(|lots| *lots <= 1_u64 << 40);
            lots.ok_or_else(|| "a whole number of lots from 0 to 1099511627776".to_owned())
        })?;
        let cost = self.text(&mut fields, "borrow_rate", "0%", |text| {
            u32::try_from(bips(text, 0, 1_000_000)?).map_err(|_| "less".to_owned())
        })?;
        let buy_in_after = self.text(&mut fields, "buy_in_after", "none", |text| match text {
            "none" => Ok(None),
            _ => {
                let days = text.parse().ok().filter(|days| (1..=30).contains(days));
                days.map(Some).ok_or_else(|| "business days from 1 to 30, or none".to_owned())
            }
        })?;
        let fail_ppm = self.text(&mut fields, "fail_ppm", "0", |text| {
            let ppm = text.parse().ok().filter(|ppm| *ppm <= 1_000_000_u32);
            ppm.ok_or_else(|| "millionths of the value a day, 0 to 1000000".to_owned())
        })?;
        let mark = self.text(&mut fields, "mark", "market", |text| {
            match text.split('(').next().map(str::trim) {
                Some("curve") => mark_on_curve(text, kind, ground.curve_of(instrument.currency())),
                _ => mark(text, kind),
            }
        })?;
        self.known.extend(fields.finish()?);
        let terms = ClearingTerms { cycle, fees, margin, locate, buy_in_after, fail_ppm };
        terms.check().map_err(|bad| table.bad("clearing", &bad.found, &bad.expected))?;
        let borrow = (lots > 0 || cost > 0).then_some((lots, cost));
        Ok(Cleared { asked: true, terms, borrow, mark })
    }

    fn fees(&mut self, fields: &mut Fields<'_>, currency: &Currency) -> Result<Fees, BadScenario> {
        let maker = self.text(fields, "maker_fee", "0", |text| fee(text, currency))?;
        let taker = self.text(fields, "taker_fee", "0", |text| fee(text, currency))?;
        let field = fields.take("fee_tiers");
        let said = field.as_ref().map_or_else(|| Ok(Vec::new()), |field| field.list())?;
        let tiers: Option<Vec<Tier>> = said.iter().map(|text| tier(text, currency)).collect();
        let rising = |tiers: &Vec<Tier>| {
            tiers.is_sorted_by(|a, b| a.from < b.from) && tiers.len() <= Fees::TIERS_MAX
        };
        let tiers = tiers.filter(rising).ok_or_else(|| {
            let expected = format!(
                "at most {} texts such as \"10000: 0.001/lot | 5ppm\" (lots: maker | taker), \
                 lots rising",
                Fees::TIERS_MAX
            );
            fields.bad("fee_tiers", &format!("{said:?}"), &expected)
        })?;
        self.keep_list("fee_tiers", &said);
        Ok(Fees { maker, taker, tiers })
    }

    /// The margin terms. Words stand for the figures of the rules that hold; the complete text has
    /// the figures.
    fn margin(
        &mut self,
        fields: &mut Fields<'_>,
        instrument: &Instrument,
        kind: InstrumentKind,
        currency: &Currency,
        reference: Price,
    ) -> Result<Margin, BadScenario> {
        let usual = match kind {
            InstrumentKind::Option(_) | InstrumentKind::Warrant(_) => "written".to_owned(),
            InstrumentKind::Future(_) | InstrumentKind::Perpetual { .. } => {
                // A tenth of what a lot is worth, and three quarters of that to go on.
                let value = instrument.cost(reference, pitfloor_model::units::Qty(1)).0;
                let initial = (value / 10).max(1);
                let of = |cash| currency.show(Cash(cash));
                format!("per-lot({}, {})", of(initial), of(initial * 3 / 4))
            }
            _ => "full".to_owned(),
        };
        let field = fields.take("margin");
        let text = field.as_ref().map_or(Ok(usual.as_str()), |field| field.text())?;
        let read = super::margins::read(text, instrument, currency, &|| self.rules_of_the_day());
        let (margin, whole) =
            read.map_err(|expected| fields.bad("margin", &format!("{text:?}"), &expected))?;
        self.keep("margin", &whole);
        Ok(margin)
    }
}

/// `"0"`, `"0.0035/lot"`, `"10ppm"`, `"0.65/lot + 2ppm, least 1.00"`; negative: a rebate.
fn fee(text: &str, currency: &Currency) -> Result<Fee, String> {
    let expected = || {
        "\"0\", \"0.0035/lot\", \"10ppm\", \"-0.2bp\" or \"0.65/lot + 2ppm, least 1.00\"".to_owned()
    };
    let mut made = Fee::default();
    if text == "0" {
        return Ok(made);
    }
    let (parts, least) = match text.split_once(", least ") {
        None => (text, None),
        Some((parts, least)) => (parts, Some(least)),
    };
    for part in parts.split(" + ") {
        let part = part.trim();
        if let Some(amount) = part.strip_suffix("/lot") {
            let amount = Decimal::from_str(amount.trim()).map_err(|_| expected())?;
            made.per_lot = ratio(amount, currency.decimals(), 0).ok_or_else(expected)?;
        } else {
            let (number, each) = match (part.strip_suffix("ppm"), part.strip_suffix("bp")) {
                (Some(number), _) => (number, 1),
                (None, Some(number)) => (number, 100),
                (None, None) => return Err(expected()),
            };
            let share = Decimal::from_str(number.trim()).map_err(|_| expected())?;
            let ppm = share.checked_mul(Decimal::from(each)).filter(Decimal::is_integer);
            let ppm = ppm.and_then(|ppm| i32::try_from(ppm).ok());
            made.ppm = ppm.filter(|ppm| ppm.unsigned_abs() <= 1_000_000).ok_or_else(expected)?;
        }
    }
    if let Some(least) = least {
        let cash = cash_of(currency, least, Limits::NOTIONAL_MOST)?;
        made.least = if cash.0 >= 0 { cash } else { return Err(expected()) };
    }
    let huge = made.per_lot.num.unsigned_abs() > 1 << 40;
    if huge || (made.per_lot == Ratio::ZERO && made.ppm == 0) { Err(expected()) } else { Ok(made) }
}

/// `"10000: 0.001/lot | 5ppm"`.
fn tier(text: &str, currency: &Currency) -> Option<Tier> {
    let (from, fees) = text.split_once(':')?;
    let (maker, taker) = fees.split_once('|')?;
    let read = |text: &str| fee(text.trim(), currency).ok();
    Some(Tier { from: from.trim().parse().ok()?, maker: read(maker)?, taker: read(taker)? })
}

/// `"market"`, or for rights `"model(volatility = 0.2, rate = 0.03, dividend = 0)"`.
fn mark(text: &str, kind: InstrumentKind) -> Result<Mark, String> {
    let right = matches!(kind, InstrumentKind::Option(_) | InstrumentKind::Warrant(_));
    let expected = || match right {
        true => "\"market\" or \"model(volatility = 0.2, rate = 0.03, dividend = 0)\"".to_owned(),
        false => "\"market\", or \"curve\" for bonds and futures: a model is for options and \
                  warrants"
            .to_owned(),
    };
    if text == "market" {
        return Ok(Mark::Market);
    }
    let call = call(text).filter(|call| right && call.name == "model").ok_or_else(expected)?;
    let [(Some("volatility"), volatility), rest @ ..] = call.arguments.as_slice() else {
        return Err(expected());
    };
    let (mut rate, mut dividend) = (0.0, 0.0);
    for (name, value) in rest {
        match name {
            Some("rate") => rate = number(value, -1.0, 1.0)?,
            Some("dividend") => dividend = number(value, -1.0, 1.0)?,
            _ => return Err(expected()),
        }
    }
    Ok(Mark::Model { volatility: number(volatility, 0.0, 10.0)?, rate, dividend })
}

/// `"curve"`, of a bond `"curve(spread = 0.001)"`, of a future `"curve(dividend = 0.01)"`.
fn mark_on_curve(
    text: &str,
    kind: InstrumentKind,
    known: Option<(CurveId, &Curve)>,
) -> Result<Mark, String> {
    let (field, until) = match kind {
        InstrumentKind::Bond(bond) => ("spread", bond.maturity),
        InstrumentKind::Future(Future { underlying: Some(_), expiry, .. }) => ("dividend", expiry),
        _ => return Err("\"market\": a curve is for bonds and for futures on something".to_owned()),
    };
    let curve = on_curve(known, until)?;
    if text == "curve" {
        return Ok(Mark::Curve { curve, over: 0.0 });
    }
    let expected = || format!("\"curve\" or \"curve({field} = 0.001)\"");
    let call = call(text).filter(|call| call.name == "curve").ok_or_else(expected)?;
    match call.arguments.as_slice() {
        [(Some(name), value)] if *name == field => {
            Ok(Mark::Curve { curve, over: number(value, -1.0, 1.0)? })
        }
        _ => Err(expected()),
    }
}

/// A share as the complete text has it.
pub(super) fn share_of(bips: u32) -> String {
    shown(i64::from(bips))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fees_are_by_lot_by_value_and_at_least() {
        let usd = Currency::new("USD", 2).unwrap();
        let of = |text: &str| fee(text, &usd);
        let plain = Fee { per_lot: Ratio { num: 7, den: 20 }, ..Fee::default() };
        assert_eq!(of("0.0035/lot"), Ok(plain));
        assert_eq!(of("0.0035/lot, least 1.00"), Ok(Fee { least: Cash(100), ..plain }));
        assert_eq!(of("0.0035/lot + 2ppm"), Ok(Fee { ppm: 2, ..plain }));
        assert_eq!(of("-0.25bp"), Ok(Fee { ppm: -25, ..Fee::default() }));
        assert_eq!(of("0"), Ok(Fee::default()));
        for text in ["", "1", "1/share", "0.001ppm", "2ppm, least -1", "2ppm,least 1", "2000000ppm"]
        {
            assert!(of(text).is_err(), "{text}");
        }
        let found = tier("10000: -1ppm | 5ppm", &usd).unwrap();
        assert_eq!((found.from, found.maker.ppm, found.taker.ppm), (10_000, -1, 5));
        assert!(tier("10000: 1ppm", &usd).is_none() && tier("x: 1ppm | 1ppm", &usd).is_none());
    }
}
