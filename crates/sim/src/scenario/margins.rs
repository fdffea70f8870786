//! Margin terms: the words of a scenario, and the figures that they stand for on its first day.

use super::cash_of;
use super::cleared::share_of;
use super::shares::bips;
use crate::params::{Call, call};
use pitfloor_model::clearing::Margin;
use pitfloor_model::clearing::terms::StockMargin;
use pitfloor_model::instrument::{Currency, Decimal, Instrument, Limits};
use pitfloor_model::units::Cash;
use pitfloor_supervision::margin::MarginRules;
use std::str::FromStr;

/// Reads margin terms; gives them back with the text that says every figure.
///
/// # Errors
///
/// What was expected instead.
pub(super) fn read(
    text: &str,
    instrument: &Instrument,
    currency: &Currency,
    rules: &dyn Fn() -> Result<MarginRules, String>,
) -> Result<(Margin, String), String> {
    let written = |bips, least_bips| {
        let whole = format!("written({}, {})", share_of(bips), share_of(least_bips));
        (Margin::Written { bips, least_bips }, whole)
    };
    match text {
        "full" => return Ok((Margin::Full, text.to_owned())),
        "reg-t" => return of_rules(instrument, currency, &rules()?),
        "written" => {
            let naked = rules()?.naked;
            return Ok(written(naked.bips, naked.least_bips));
        }
        _ => {}
    }
    let expected = || {
        "full, reg-t, written, per-lot(initial, maintenance), written(20%, 10%) or \
         stock(initial_long = 50%, initial_short = 50%, long = 25%, short = 30%, \
         short_least = 5.00, cheap_below = 5.00, cheap = 100%, cheap_least = 2.50)"
            .to_owned()
    };
    let said = call(text).ok_or_else(expected)?;
    match (said.name, said.arguments.as_slice()) {
        ("per-lot", [(None, initial), (None, maintenance)]) => {
            let most = Cash(1 << 60);
            let [initial, maintenance] = [initial, maintenance].map(|a| cash_of(currency, a, most));
            let (initial, maintenance) = (initial?, maintenance?);
            let good = 0 <= maintenance.0 && maintenance.0 <= initial.0;
            let made = Margin::PerLot { initial, maintenance };
            good.then(|| (made, text.to_owned()))
                .ok_or_else(|| "0 <= maintenance <= initial".to_owned())
        }
        ("written", [(None, part), (None, least)]) => {
            let of = |text| share(text).ok_or_else(expected);
            Ok(written(of(part)?, of(least)?))
        }
        ("stock", _) => stock(&said, instrument, currency).ok_or_else(expected),
        _ => Err(expected()),
    }
}

fn share(text: &str) -> Option<u32> {
    u32::try_from(bips(text, 0, 100_000).ok()?).ok()
}

/// The figures that hold on the first day, for this instrument.
fn of_rules(
    instrument: &Instrument,
    currency: &Currency,
    rules: &MarginRules,
) -> Result<(Margin, String), String> {
    let (begin, go_on) = (&rules.initial, &rules.maintenance);
    let text = format!(
        "stock(initial_long = {}, initial_short = {}, long = {}, short = {}, short_least = {}, \
         cheap_below = {}, cheap = {}, cheap_least = {})",
        share_of(begin.long_bips),
        share_of(begin.short_bips),
        share_of(go_on.long_bips),
        share_of(go_on.short_bips),
        go_on.short_least,
        go_on.cheap_below,
        share_of(go_on.cheap_bips),
        go_on.cheap_least,
    );
    let made = call(&text).and_then(|call| stock(&call, instrument, currency));
    made.ok_or_else(|| {
        format!("figures that fit: {text} is not on the tick {} of it", instrument.tick())
    })
}

/// Amounts are of one unit of the thing: of a share, not of a lot.
fn stock(
    said: &Call<'_>,
    instrument: &Instrument,
    currency: &Currency,
) -> Option<(Margin, String)> {
    const NAMES: [&str; 8] = [
        "initial_long",
        "initial_short",
        "long",
        "short",
        "short_least",
        "cheap_below",
        "cheap",
        "cheap_least",
    ];
    let named = |(name, (said, _)): (&&str, &(Option<&str>, &str))| *said == Some(name);
    let values: Vec<&str> = said.arguments.iter().map(|(_, value)| *value).collect();
    if !NAMES.iter().zip(&said.arguments).all(named) {
        return None;
    }
    let [initial_long, initial_short, long, short, short_least, below, cheap, cheap_least] =
        values[..]
    else {
        return None;
    };
    let a_lot = |text: &str| {
        let amount = Decimal::from_str(text).ok()?.checked_mul(instrument.lot())?.normalize();
        let cash = cash_of(currency, &amount.to_string(), Limits::NOTIONAL_MOST).ok()?;
        (cash.0 >= 0).then_some(cash)
    };
    let terms = StockMargin {
        initial_long_bips: share(initial_long)?,
        initial_short_bips: share(initial_short)?,
        long_bips: share(long)?,
        short_bips: share(short)?,
        short_least: a_lot(short_least)?,
        cheap_below: instrument.price(below).ok().filter(|price| price.0 >= 0)?,
        cheap_bips: share(cheap)?,
        cheap_least: a_lot(cheap_least)?,
    };
    let all = NAMES.iter().zip(&values).map(|(name, value)| format!("{name} = {value}"));
    let text = format!("stock({})", all.collect::<Vec<_>>().join(", "));
    Some((Margin::Stock(terms), text))
}

#[cfg(test)]
mod tests {
    use super::*;
    use pitfloor_model::instrument::Venue;
    use pitfloor_model::units::{CurrencyId, Price};
    use pitfloor_supervision::rows::Rows;

    fn said(text: &str) -> Result<(Margin, String), String> {
        let usd = Currency::new("USD", 2).unwrap();
        let acme = Instrument::equity("ACME", CurrencyId(0), "0.01").unwrap();
        let venue = Venue::new("XPIT", vec![usd.clone()], vec![acme]).unwrap();
        let day = "2026-01-05".parse().unwrap();
        let rules = MarginRules::new(&Rows::shipped(), "US", day).unwrap();
        read(text, &venue.instruments()[0], &usd, &|| Ok(rules.clone()))
    }

    /// Regulation T and FINRA rule 4210, as the rows have them.
    #[test]
    fn a_word_stands_for_figures_and_the_figures_for_themselves() {
        let (margin, text) = said("reg-t").unwrap();
        let figures = StockMargin {
            initial_long_bips: 5_000,
            initial_short_bips: 5_000,
            long_bips: 2_500,
            short_bips: 3_000,
            short_least: Cash(500),
            cheap_below: Price(500),
            cheap_bips: 10_000,
            cheap_least: Cash(250),
        };
        assert_eq!(margin, Margin::Stock(figures));
        assert_eq!(said(&text), Ok((margin, text)));
        let (naked, text) = said("written").unwrap();
        assert_eq!(naked, Margin::Written { bips: 2_000, least_bips: 1_000 });
        assert_eq!(said(&text), Ok((naked, "written(20%, 10%)".to_owned())));
        let (initial, maintenance) = (Cash(500_000), Cash(400_000));
        let futures = Margin::PerLot { initial, maintenance };
        assert_eq!(said("per-lot(5000, 4000)").map(|said| said.0), Ok(futures));
        assert_eq!(said("full").map(|said| said.0), Ok(Margin::Full));
    }

    #[test]
    fn what_is_no_margin_is_refused() {
        assert_eq!(said("per-lot(4000, 5000)"), Err("0 <= maintenance <= initial".to_owned()));
        for text in ["", "half", "per-lot(1)", "written(20%)", "stock(long = 25%)", "written(2, 1)"]
        {
            assert!(said(text).unwrap_err().starts_with("full, reg-t, written, "), "{text}");
        }
    }
}
