//! The terms of contracts: what an instrument is, beside shares and coins.

use super::curve::CurveOf;
use super::moment::moment;
use super::shares::bips;
use super::{Reading, Start, cash_of};
use crate::fields::{BadScenario, Fields, nearest};
use pitfloor_model::contract::{Bond, Choice, Delivery, Future, InstrumentKind, Right, Style};
use pitfloor_model::instrument::{Currency, Decimal, Instrument, Limits};
use pitfloor_model::units::{CurrencyId, InstrumentId};
use std::str::FromStr;

/// Every kind, as scenarios name it.
pub(super) const KINDS: [&str; 8] =
    ["equity", "crypto", "bond", "option", "warrant", "future", "perpetual", "fx"];

/// What the text says of an instrument before it is read: contracts may come before what they are
/// on.
#[derive(Clone, Debug)]
pub(super) struct Glance {
    pub(super) symbol: String,
    kind: String,
    currency: Option<String>,
    tick: String,
    lot: Option<String>,
    price: Option<String>,
}

/// What instruments are read against.
pub(super) struct Ground<'a> {
    pub(super) mic: &'a str,
    pub(super) currencies: &'a [Currency],
    pub(super) curves: &'a [CurveOf],
    pub(super) start: &'a Start,
    pub(super) glances: Vec<Glance>,
}

impl Glance {
    pub(super) fn of(table: &Fields<'_>) -> Self {
        let or = |name: &str, usual: &str| table.glance(name).unwrap_or_else(|| usual.to_owned());
        Self {
            symbol: or("symbol", ""),
            kind: or("kind", "equity"),
            currency: table.glance("currency"),
            tick: or("tick", "0.01"),
            lot: table.glance("lot"),
            price: table.glance("price"),
        }
    }

    /// Its price before the first trade, in units of the currency; none when the text says none.
    pub(super) fn price(&self) -> Option<f64> {
        self.price.as_ref()?.parse().ok().filter(|price: &f64| price.is_finite())
    }

    fn is_contract(&self) -> bool {
        ["option", "warrant", "future", "perpetual"].contains(&self.kind.as_str())
    }
}

impl Reading {
    /// The currency of an instrument; the first unless it says so.
    pub(super) fn priced_in(
        &mut self,
        table: &mut Fields<'_>,
        ground: &Ground<'_>,
    ) -> Result<CurrencyId, BadScenario> {
        let base = ground.currencies[0].code().to_owned();
        self.currency(table, "currency", &base, ground)
    }

    fn currency(
        &mut self,
        table: &mut Fields<'_>,
        name: &'static str,
        usual: &str,
        ground: &Ground<'_>,
    ) -> Result<CurrencyId, BadScenario> {
        self.text(table, name, usual, |text| {
            let at = ground.currencies.iter().position(|currency| currency.code() == text);
            at.and_then(|at| u16::try_from(at).ok()).map(CurrencyId).ok_or_else(|| {
                let all: Vec<&str> = ground.currencies.iter().map(Currency::code).collect();
                format!("one of {}", all.join(", "))
            })
        })
    }

    /// The terms of a contract of the kind `word`, priced in `currency`, and its usual lot.
    pub(super) fn terms(
        &mut self,
        table: &mut Fields<'_>,
        word: &str,
        currency: CurrencyId,
        ground: &Ground<'_>,
    ) -> Result<(InstrumentKind, String), BadScenario> {
        let one = "1".to_owned();
        Ok(match word {
            "equity" => (InstrumentKind::Equity, one),
            "crypto" => (InstrumentKind::Crypto, one),
            "bond" => (self.bond(table, currency, ground)?, one),
            "option" | "warrant" => {
                let (choice, lot) = self.choice(table, word, currency, ground)?;
                let kind = match word {
                    "option" => InstrumentKind::Option(choice),
                    _ => InstrumentKind::Warrant(choice),
                };
                (kind, lot)
            }
            "future" => {
                let (underlying, at) = self.underlying(table, false, currency, ground)?.unzip();
                let lots = self.lots_of(table, "1")?;
                let expiry = self.moment(table, "expiry", "its last moment", ground.start)?;
                let delivery = self.delivery(table)?;
                let lot = at.map_or_else(|| one.clone(), |at| usual_lot(&ground.glances[at], lots));
                (InstrumentKind::Future(Future { underlying, lots, expiry, delivery }), lot)
            }
            "perpetual" => {
                let (underlying, at) = self.underlying(table, false, currency, ground)?.unzip();
                let lot = at.map_or_else(|| one.clone(), |at| usual_lot(&ground.glances[at], 1));
                (InstrumentKind::Perpetual { underlying }, lot)
            }
            _ => {
                let field = table.need("base", "the currency that is delivered")?;
                let base = field.read(|text| {
                    let at = ground.currencies.iter().position(|known| known.code() == text);
                    let id = at.and_then(|at| u16::try_from(at).ok()).map(CurrencyId);
                    id.filter(|id| *id != currency)
                        .ok_or_else(|| "another currency of the scenario".to_owned())
                })?;
                self.keep("base", field.text()?);
                // What a lot is becomes known when the lot is read.
                (InstrumentKind::Fx { base, lot_cash: 1 }, "1000".to_owned())
            }
        })
    }

    /// A pair's lot in minor units of what is delivered, once the lot is read.
    pub(super) fn pair(
        table: &Fields<'_>,
        kind: InstrumentKind,
        lot: &str,
        ground: &Ground<'_>,
    ) -> Result<InstrumentKind, BadScenario> {
        let InstrumentKind::Fx { base, .. } = kind else { return Ok(kind) };
        let currency = &ground.currencies[base.index()];
        let minor = currency.cash(lot).ok().and_then(|cash| i64::try_from(cash.0).ok());
        let lot_cash = minor.filter(|minor| (1..=1 << 40).contains(minor)).ok_or_else(|| {
            let expected = format!("a whole number of the smallest units of {}", currency.code());
            table.bad("lot", &format!("{lot:?}"), &expected)
        })?;
        Ok(InstrumentKind::Fx { base, lot_cash })
    }

    fn bond(
        &mut self,
        table: &mut Fields<'_>,
        currency: CurrencyId,
        ground: &Ground<'_>,
    ) -> Result<InstrumentKind, BadScenario> {
        let definition = &ground.currencies[currency.index()];
        let lot = table.glance("lot").and_then(|lot| Decimal::from_str(&lot).ok());
        let usual = lot.and_then(|lot| lot.checked_mul(Decimal::from(100)));
        let usual = usual.unwrap_or_else(|| Decimal::from(100)).normalize().to_string();
        let face = self.text(table, "face", &usual, |text| {
            let cash = cash_of(definition, text, Limits::NOTIONAL_MOST)?;
            (cash.0 > 0).then_some(cash).ok_or_else(|| "more than zero".to_owned())
        })?;
        let coupon_bips = self.text(table, "coupon", "0%", |text| {
            u32::try_from(bips(text, 0, 10_000)?).map_err(|_| "less".to_owned())
        })?;
        let usual = if coupon_bips == 0 { "0" } else { "2" };
        let frequency = self.text(table, "frequency", usual, |text| {
            let times = text.parse().ok().filter(|times| [0, 1, 2, 4, 12].contains(times));
            times.ok_or_else(|| "0, 1, 2, 4 or 12 coupons a year".to_owned())
        })?;
        if (coupon_bips == 0) != (frequency == 0) {
            let expected = "no coupon with frequency 0, and some with any other";
            return Err(table.bad("frequency", &frequency.to_string(), expected));
        }
        let maturity = self.moment(table, "maturity", "when it is paid back", ground.start)?;
        Ok(InstrumentKind::Bond(Bond { face, coupon_bips, frequency, maturity }))
    }

    fn choice(
        &mut self,
        table: &mut Fields<'_>,
        word: &str,
        currency: CurrencyId,
        ground: &Ground<'_>,
    ) -> Result<(Choice, String), BadScenario> {
        let found = self.underlying(table, true, currency, ground)?;
        let (underlying, at) = found.expect("it is refused without");
        let right = self.word(table, "right", &[("call", Right::Call), ("put", Right::Put)])?;
        let style = self.word(
            table,
            "style",
            &[("american", Style::American), ("european", Style::European)],
        )?;
        let on = &ground.glances[at];
        let plain = Instrument::equity(&on.symbol, CurrencyId(0), &on.tick);
        let field = table.need("strike", "the price at which it is exercised")?;
        let strike = field.read(|text| {
            let plain = plain.as_ref().map_err(|bad| bad.expected.clone())?;
            let price = plain.price(text).map_err(|bad| bad.expected)?;
            (price.0 >= 0).then_some(price).ok_or_else(|| "a price that is not negative".to_owned())
        })?;
        self.keep("strike", field.text()?);
        let lots = self.lots_of(table, if word == "option" { "100" } else { "1" })?;
        let expiry = self.moment(table, "expiry", "its last moment", ground.start)?;
        let delivery = self.delivery(table)?;
        let made = Choice { underlying, right, style, strike, lots, expiry, delivery };
        Ok((made, usual_lot(on, lots)))
    }

    /// What a contract is on: its number, which is its place among the glances, too.
    fn underlying(
        &mut self,
        table: &mut Fields<'_>,
        needed: bool,
        currency: CurrencyId,
        ground: &Ground<'_>,
    ) -> Result<Option<(InstrumentId, usize)>, BadScenario> {
        let field = match (table.take("underlying"), needed) {
            (Some(field), _) => field,
            (None, false) => return Ok(None),
            (None, true) => table.need("underlying", "what it is a right to")?,
        };
        let text = field.text()?.to_owned();
        let at = ground.glances.iter().position(|glance| glance.symbol == text);
        let at = at.ok_or_else(|| {
            let all = || ground.glances.iter().map(|glance| glance.symbol.as_str());
            let listed: Vec<&str> = all().collect();
            let expected = format!("instruments of the scenario: {}", listed.join(", "));
            BadScenario { near: nearest(&text, all()), ..field.bad(&expected) }
        })?;
        let on = &ground.glances[at];
        if on.is_contract() {
            return Err(field.bad("something that is no contract itself"));
        }
        let base = ground.currencies[0].code();
        if on.currency.as_deref().unwrap_or(base) != ground.currencies[currency.index()].code() {
            return Err(field.bad("something priced in the same currency"));
        }
        self.keep("underlying", &text);
        let id = u32::try_from(at).map_err(|_| field.bad("fewer instruments"))?;
        Ok(Some((InstrumentId(id), at)))
    }

    fn lots_of(&mut self, table: &mut Fields<'_>, usual: &str) -> Result<u32, BadScenario> {
        self.text(table, "lots", usual, |text| {
            let lots = text.parse().ok().filter(|lots| (1..=1_000_000_u32).contains(lots));
            lots.ok_or_else(|| "a whole number of lots of the underlying, 1 to 1000000".to_owned())
        })
    }

    fn delivery(&mut self, table: &mut Fields<'_>) -> Result<Delivery, BadScenario> {
        let words = [("cash", Delivery::Cash), ("physical", Delivery::Physical)];
        self.word(table, "delivery", &words)
    }

    /// A moment that must be given.
    pub(super) fn moment(
        &mut self,
        table: &mut Fields<'_>,
        name: &'static str,
        expected: &str,
        start: &Start,
    ) -> Result<pitfloor_model::units::Time, BadScenario> {
        let field = table.need(name, expected)?;
        let at = field.read(|text| moment(text, start))?;
        self.keep(name, field.text()?);
        Ok(at)
    }
}

/// As much of the underlying as its lots are.
fn usual_lot(on: &Glance, lots: u32) -> String {
    let lot = on.lot.as_deref().and_then(|lot| Decimal::from_str(lot).ok()).unwrap_or(Decimal::ONE);
    let lot = lot.checked_mul(Decimal::from(lots)).unwrap_or(Decimal::ONE);
    lot.normalize().to_string()
}
