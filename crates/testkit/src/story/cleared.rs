//! The venue of stories about clearing: one instrument of each kind that the page has chapters about.

use pitfloor_model::clearing::terms::StockMargin;
use pitfloor_model::clearing::{ClearingTerms, HouseTerms, Margin};
use pitfloor_model::contract::{Choice, Delivery, Future, InstrumentKind, Right, Style};
use pitfloor_model::instrument::{Currency, Instrument, Venue};
use pitfloor_model::units::{Cash, CurrencyId, InstrumentId, Price, Time};
use std::sync::Arc;

/// ACME (0) and BOLT (1), shares on margin that settle after one day, BOLT's short sales located; a
/// call on ACME at 100 (2) for 10 lots, a future on it for cash (3), both until 1,000 ns; a coin (4);
/// and euros against dollars, ten cents a lot (5). A tick of a lot is one minor unit; dollars are
/// currency 0 and the base, euros 1. Who is short has 500 ns to answer a call.
///
/// # Panics
///
/// Never: the definitions agree.
#[must_use]
pub fn cleared() -> Arc<Venue> {
    let currencies = ["USD", "EUR"].map(|code| Currency::new(code, 2).expect("a currency"));
    let acme = InstrumentId(0);
    let choice = Choice {
        underlying: acme,
        right: Right::Call,
        style: Style::American,
        strike: Price(100),
        lots: 10,
        expiry: Time(1_000),
        delivery: Delivery::Physical,
    };
    let future =
        Future { underlying: Some(acme), lots: 10, expiry: Time(1_000), delivery: Delivery::Cash };
    let kinds = [
        ("ACME", InstrumentKind::Equity),
        ("BOLT", InstrumentKind::Equity),
        ("ACMEC", InstrumentKind::Option(choice)),
        ("ACMEF", InstrumentKind::Future(future)),
        ("COIN", InstrumentKind::Crypto),
        ("EURUSD", InstrumentKind::Fx { base: CurrencyId(1), lot_cash: 10 }),
    ];
    let instruments = kinds.map(|(symbol, kind)| {
        let made = Instrument::new(kind, symbol, CurrencyId(0), "0.01", "1");
        let mut instrument = made.expect("an instrument");
        instrument.aliases.push(format!("{symbol}2"));
        instrument.clearing = terms(symbol);
        instrument
    });
    let venue = Venue::new("XPIT", currencies.to_vec(), instruments.to_vec());
    let (skin, call_ns) = (Cash(50), 500);
    let house = HouseTerms { skin, call_ns, ..HouseTerms::default() };
    Arc::new(venue.and_then(|venue| venue.cleared_by(house)).expect("terms that agree"))
}

fn terms(symbol: &str) -> ClearingTerms {
    let stock = Margin::Stock(StockMargin {
        initial_long_bips: 5_000,
        initial_short_bips: 5_000,
        long_bips: 2_500,
        short_bips: 3_000,
        short_least: Cash(500),
        cheap_below: Price(500),
        cheap_bips: 10_000,
        cheap_least: Cash(250),
    });
    let usual = ClearingTerms::default();
    match symbol {
        "ACME" => ClearingTerms {
            cycle: 1,
            margin: stock,
            buy_in_after: Some(2),
            fail_ppm: 10_000,
            ..usual
        },
        "BOLT" => ClearingTerms { cycle: 1, margin: stock, locate: true, ..usual },
        "ACMEC" => {
            ClearingTerms { margin: Margin::Written { bips: 2_000, least_bips: 1_000 }, ..usual }
        }
        "ACMEF" => ClearingTerms {
            margin: Margin::PerLot { initial: Cash(60), maintenance: Cash(40) },
            ..usual
        },
        _ => usual,
    }
}
