//! `[[curve]]`: what money costs in a currency, by the time for which it is lent.
//!
//! A few tenors with the rates of par bonds, zero rates or discounts; between them one of three
//! things is straight ([`Between`]). Rates of par bonds become zero rates one tenor after the other
//! ([`ParBonds`]). A curve with a hole is refused: a missing rate is not nothing.

use super::contract::Ground;
use super::occasion::Stage;
use super::{CASH, Reading};
use crate::fields::{BadScenario, Field, Fields};
use pitfloor_model::instrument::Currency;
use pitfloor_model::units::CurrencyId;
use pitfloor_operations::curves::{CurveId, Move};
use pitfloor_pricing::Outside;
use pitfloor_pricing::rates::bootstrap::ParBonds;
use pitfloor_pricing::rates::curve::{Between, Curve};
use pitfloor_pricing::rates::shock::Shock;

/// The most that a rate may be, in percent a year, either way.
const PERCENT_MOST: f64 = 100.0;

/// The longest tenor, in months.
const MONTHS_MOST: u32 = 1_200;

/// The curve of a currency.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct CurveOf {
    pub(super) currency: CurrencyId,
    pub(super) curve: Curve,
}

/// What the numbers of a curve are.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Quotes {
    Par,
    Zero,
    Discount,
}

impl Reading {
    pub(super) fn curves(
        &mut self,
        root: &mut Fields<'_>,
        currencies: &[Currency],
    ) -> Result<Vec<CurveOf>, BadScenario> {
        let mut made: Vec<CurveOf> = Vec::new();
        for mut table in root.tables("curve")? {
            self.head("[[curve]]");
            let base = currencies[CASH.index()].code();
            let code = table.glance("currency").unwrap_or_else(|| base.to_owned());
            table.also_known_as(format!("curve.{code}"));
            let currency = self.text(&mut table, "currency", base, |text| {
                let at = currencies.iter().position(|currency| currency.code() == text);
                at.and_then(|at| u16::try_from(at).ok()).map(CurrencyId).ok_or_else(|| {
                    let all: Vec<&str> = currencies.iter().map(Currency::code).collect();
                    format!("one of {}", all.join(", "))
                })
            })?;
            if made.iter().any(|other| other.currency == currency) {
                let found = format!("a second curve of {code}");
                return Err(table.bad("currency", &found, "one curve for each currency"));
            }
            let curve = self.curve(&mut table)?;
            self.known.extend(table.finish()?);
            made.push(CurveOf { currency, curve });
        }
        Ok(made)
    }

    fn curve(&mut self, table: &mut Fields<'_>) -> Result<Curve, BadScenario> {
        let words = [("par", Quotes::Par), ("zero", Quotes::Zero), ("discount", Quotes::Discount)];
        let quotes = self.word(table, "kind", &words)?;
        let between = self.text(table, "between", "log_discount", |text| {
            let found = Between::ALL.into_iter().find(|(name, _)| *name == text);
            found
                .map(|(_, between)| between)
                .ok_or_else(|| format!("one of {}", Between::ALL.map(|(name, _)| name).join(", ")))
        })?;
        let per_year = if quotes == Quotes::Par {
            self.text(table, "frequency", "2", |text| {
                let times = text.parse().ok().filter(|times| [1, 2, 4, 12].contains(times));
                times.ok_or_else(|| "1, 2, 4 or 12 coupons a year".to_owned())
            })?
        } else if let Some(field) = table.take("frequency") {
            return Err(field.bad("nothing without kind = \"par\""));
        } else {
            2_u32
        };
        let gap = self.text(table, "gap", "10y", tenor)?;
        let field = table.need("tenors", "times such as [\"6mo\", \"2y\", \"10y\"]")?;
        let names = field.list()?;
        let tenors = tenors(&field, &names, gap)?;
        self.keep_list("tenors", &names);
        let name = if quotes == Quotes::Discount { "discounts" } else { "rates" };
        let field = table.need(name, "one for each tenor")?;
        let said = field.list()?;
        let cells = cells(&field, &names, &said, quotes)?;
        self.keep_list(name, &said);
        let points: Vec<(f64, f64)> = tenors.iter().copied().zip(cells).collect();
        let found =
            |bad: &Outside| BadScenario { found: bad.found.clone(), ..field.bad(bad.expected) };
        match quotes {
            Quotes::Zero => Curve::new(points, between),
            Quotes::Discount => {
                let zeros = points.iter().map(|(t, discount)| (*t, -libm::log(*discount) / t));
                Curve::new(zeros.collect(), between)
            }
            Quotes::Par => {
                let bonds = ParBonds { per_year, between, gap_most: gap };
                let quoted: Vec<_> = points.iter().map(|(t, rate)| (*t, Some(*rate))).collect();
                bonds.zero_curve(&quoted)
            }
        }
        .map_err(|bad| found(&bad))
    }
}

impl Reading {
    /// How an announcement of rates moves curves and yields, by so much a year.
    pub(super) fn moved(
        &mut self,
        table: &mut Fields<'_>,
        by: f64,
        stage: &Stage<'_>,
    ) -> Result<Move, BadScenario> {
        let of = self.text(table, "currency", "all", |text| {
            let code = |of: &CurveOf| stage.venue.currencies()[of.currency.index()].code();
            let at = stage.curves.iter().position(|of| code(of) == text);
            match at.and_then(|at| u16::try_from(at).ok()) {
                Some(at) => Ok(Some(CurveId(at))),
                None if text == "all" => Ok(None),
                None => {
                    let all: Vec<&str> = stage.curves.iter().map(code).collect();
                    Err(format!("all, or a currency that has a [[curve]]: {}", all.join(", ")))
                }
            }
        })?;
        let words = [("parallel", 0), ("slope", 1), ("key", 2)];
        let by = match self.word(table, "move", &words)? {
            0 => Shock::Parallel { by },
            1 => Shock::Slope { pivot: self.text(table, "pivot", "2y", tenor)?, by_year: by },
            _ => {
                let field = table.need("tenor", "the tenor that moves, such as \"10y\"")?;
                let at = field.read(tenor)?;
                self.keep("tenor", field.text()?);
                let side = |text: &str| match text {
                    "none" => Ok(None),
                    _ => tenor(text).map(Some),
                };
                let before = self.text(table, "before", "none", side)?;
                let after = self.text(table, "after", "none", side)?;
                if before.is_some_and(|before| before >= at) {
                    return Err(table.bad(
                        "before",
                        "a tenor that is not shorter",
                        "a shorter one",
                    ));
                }
                if after.is_some_and(|after| after <= at) {
                    return Err(table.bad("after", "a tenor that is not longer", "a longer one"));
                }
                Shock::Key { before, at, after, by }
            }
        };
        for (name, used) in
            [("pivot", "slope"), ("tenor", "key"), ("before", "key"), ("after", "key")]
        {
            let unused = match by {
                Shock::Parallel { .. } => true,
                Shock::Slope { .. } => used != "slope",
                Shock::Key { .. } => used != "key",
            };
            if unused && let Some(field) = table.take(name) {
                return Err(field.bad(&format!("nothing without move = {used:?}")));
            }
        }
        Ok(Move { of, by })
    }
}

impl Ground<'_> {
    /// The curve of `currency`, if there is one.
    pub(super) fn curve_of(&self, currency: CurrencyId) -> Option<(CurveId, &Curve)> {
        let at = self.curves.iter().position(|of| of.currency == currency)?;
        let id = u16::try_from(at).expect("no more curves than currencies");
        Some((CurveId(id), &self.curves[at].curve))
    }
}

/// `"18mo"` or `"10y"`, in years.
pub(super) fn tenor(text: &str) -> Result<f64, String> {
    let whole = |number: &str| number.parse::<u32>().ok().filter(|number| *number > 0);
    let months = match (text.strip_suffix("mo"), text.strip_suffix('y')) {
        (Some(months), _) => whole(months),
        (None, Some(years)) => whole(years).and_then(|years| years.checked_mul(12)),
        (None, None) => None,
    };
    let months = months.filter(|months| *months <= MONTHS_MOST);
    months.map(|months| f64::from(months) / 12.0).ok_or_else(|| {
        format!("whole months or years such as \"6mo\" or \"10y\", at most {}y", MONTHS_MOST / 12)
    })
}

/// The times of a curve: rising, and no two of them farther apart than `gap`.
fn tenors(field: &Field, names: &[String], gap: f64) -> Result<Vec<f64>, BadScenario> {
    let refuse = |found: String, expected: &str| BadScenario { found, ..field.bad(expected) };
    if names.is_empty() {
        return Err(field.bad("at least one tenor"));
    }
    let mut all: Vec<f64> = Vec::new();
    for (at, name) in names.iter().enumerate() {
        let years = tenor(name).map_err(|expected| refuse(format!("{name:?}"), &expected))?;
        if let Some(before) = all.last().copied() {
            let last = &names[at - 1];
            if years <= before {
                return Err(refuse(format!("{name} after {last}"), "tenors that rise"));
            }
            if years - before > gap + 1e-9 {
                let found = format!("nothing between {last} and {name}");
                return Err(refuse(found, "no hole wider than `gap`"));
            }
        }
        all.push(years);
    }
    Ok(all)
}

/// The numbers of a curve, one for each tenor. A cell that is empty or nothing is a hole.
fn cells(
    field: &Field,
    names: &[String],
    said: &[String],
    quotes: Quotes,
) -> Result<Vec<f64>, BadScenario> {
    let refuse = |found: String, expected: &str| BadScenario { found, ..field.bad(expected) };
    if said.len() != names.len() {
        let found = format!("{} for {} tenors", said.len(), names.len());
        return Err(refuse(found, "one for each tenor: a curve has no holes"));
    }
    let mut all = Vec::new();
    for (name, cell) in names.iter().zip(said) {
        if ["", "-", "none", "n/a"].contains(&cell.trim()) {
            let found = format!("nothing at tenor {name}");
            return Err(refuse(found, "one for each tenor: a curve has no holes"));
        }
        let (number, expected) = match quotes {
            Quotes::Discount => (
                cell.parse().ok().filter(|discount| *discount > 0.0 && *discount <= 10.0),
                "discounts above 0".to_owned(),
            ),
            Quotes::Par | Quotes::Zero => {
                let percent = cell.strip_suffix('%').and_then(|text| text.trim_end().parse().ok());
                let fits = |percent: &f64| (-PERCENT_MOST..=PERCENT_MOST).contains(percent);
                let expected = format!("rates from -{PERCENT_MOST}% to {PERCENT_MOST}%");
                (percent.filter(fits).map(|percent: f64| percent / 100.0), expected)
            }
        };
        let found = || format!("{cell:?} at tenor {name}");
        let number = number.ok_or_else(|| refuse(found(), &expected))?;
        if quotes != Quotes::Discount && number == 0.0 {
            let expected = "a rate that is not nothing: a missing one is left out with its tenor, \
                            and money that is free costs 0.0001%";
            return Err(refuse(found(), expected));
        }
        all.push(number);
    }
    Ok(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tenors_are_months_and_years() {
        let said = ["1mo", "6mo", "18mo", "2y", "100y"].map(|text| tenor(text).unwrap());
        assert_eq!(said, [1.0 / 12.0, 0.5, 1.5, 2.0, 100.0]);
        for text in ["", "0y", "1.5y", "6m", "y", "101y", "-1y", "4294967295y"] {
            assert!(tenor(text).unwrap_err().starts_with("whole months or years"), "{text}");
        }
    }
}
