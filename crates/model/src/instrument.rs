//! What can be traded, in which currency and in which steps.
//!
//! A definition is checked once, when the venue is made; afterwards a tick times a lot is a whole
//! number of minor units ([`Instrument::tick_cash`]) and no product of admissible numbers can
//! overflow: 62 bits of price, 40 of quantity and 20 of tick value fit the 127 of [`Cash`].

use crate::clearing::{ClearingTerms, HouseTerms};
pub use crate::contract::InstrumentKind;
use crate::trading::TradingRules;
use crate::units::{Cash, CurrencyId, InstrumentId, Price, Qty};
pub use rust_decimal::Decimal;
use std::str::FromStr;
use thiserror::Error;

/// A definition, or a number for one, that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{field}: found {found}, expected {expected}")]
pub struct BadDefinition {
    /// Which part of the definition.
    pub field: String,
    /// What it said.
    pub found: String,
    /// What would have done.
    pub expected: String,
}

impl BadDefinition {
    /// Names the field, what was found there and what was expected.
    pub fn new(
        field: impl Into<String>,
        found: impl ToString,
        expected: impl Into<String>,
    ) -> Self {
        Self { field: field.into(), found: found.to_string(), expected: expected.into() }
    }
}

/// A currency, with the number of decimals that its books are kept in (ISO 4217 says 2 for USD; a
/// venue whose ticks are worth less than a cent keeps more).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Currency {
    code: String,
    decimals: u32,
}

/// Something that can be traded. Made by [`Instrument::equity`] or [`Instrument::crypto`], and
/// complete once it is part of a [`Venue`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Instrument {
    symbol: String,
    kind: InstrumentKind,
    currency: CurrencyId,
    tick: Decimal,
    lot: Decimal,
    tick_cash: i64,
    /// What one order may ask for.
    pub limits: Limits,
    /// How it is traded.
    pub rules: TradingRules,
    /// How it is cleared.
    pub clearing: ClearingTerms,
    /// Other names that it may come to have ([`crate::clearing::Act::Rename`]).
    pub aliases: Vec<String>,
}

/// The limits of one order in an instrument. Each has a name and a refusal of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Prices are multiples of this many ticks (`OffTick`).
    pub price_step: u64,
    /// Quantities are multiples of this many lots (`OffLot`).
    pub qty_step: u64,
    /// The smallest order (`QtyUnderMin`).
    pub qty_min: Qty,
    /// The largest order (`QtyOverMax`); at most [`Qty::MOST`].
    pub qty_max: Qty,
    /// The largest value of an order, in minor units (`NotionalOverMax`); at most
    /// [`Limits::NOTIONAL_MOST`].
    pub notional_max: Cash,
    /// How far from the last trade a limit may lie, in ticks (`PriceTooFar`); none: anywhere.
    pub price_distance_max: Option<u64>,
    /// Live orders per account (`TooManyOrders`).
    pub live_orders_max: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            price_step: 1,
            qty_step: 1,
            qty_min: Qty(1),
            qty_max: Qty::MOST,
            notional_max: Self::NOTIONAL_MOST,
            price_distance_max: None,
            live_orders_max: 1 << 20,
        }
    }
}

/// A market place: its currencies, its instruments, and nothing that changes during a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Venue {
    mic: String,
    currencies: Vec<Currency>,
    instruments: Vec<Instrument>,
    clearing: HouseTerms,
}

impl Currency {
    /// The finest a currency can be counted.
    pub const DECIMALS_MAX: u32 = 18;

    /// A currency by its code, counted to `decimals` places.
    ///
    /// # Errors
    ///
    /// When the code is not 3 to 5 capital letters or digits, or `decimals` is above
    /// [`Currency::DECIMALS_MAX`].
    pub fn new(code: &str, decimals: u32) -> Result<Self, BadDefinition> {
        let letters = code.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit());
        if !letters || !(3..=5).contains(&code.len()) {
            return Err(BadDefinition::new("currency", quoted(code), "3 to 5 capital letters"));
        }
        if decimals > Self::DECIMALS_MAX {
            let expected = format!("at most {}", Self::DECIMALS_MAX);
            return Err(BadDefinition::new("decimals", decimals, expected));
        }
        Ok(Self { code: code.to_owned(), decimals })
    }

    /// Its code, as ISO 4217 has it where it is there.
    #[must_use]
    pub fn code(&self) -> &str {
        &self.code
    }

    /// How many decimals its books are kept in.
    #[must_use]
    pub const fn decimals(&self) -> u32 {
        self.decimals
    }

    /// `text`, such as `"100000"` or `"0.25"`, in minor units.
    ///
    /// # Errors
    ///
    /// When it is not a decimal, or finer than the currency is counted.
    pub fn cash(&self, text: &str) -> Result<Cash, BadDefinition> {
        let amount = decimal("cash", text)?;
        let minor = amount.checked_mul(Decimal::from(10_i64.pow(self.decimals)));
        minor.filter(Decimal::is_integer).and_then(|minor| i128::try_from(minor).ok()).map_or_else(
            || {
                let expected = format!("at most {} decimals of {}", self.decimals, self.code);
                Err(BadDefinition::new("cash", quoted(text), expected))
            },
            |minor| Ok(Cash(minor)),
        )
    }

    /// `cash` as people write it, with all its decimals: `-12.50`.
    #[must_use]
    pub fn show(&self, cash: Cash) -> String {
        let unit = 10_u128.pow(self.decimals);
        let (sign, minor) = (if cash.0 < 0 { "-" } else { "" }, cash.0.unsigned_abs());
        if self.decimals == 0 {
            return format!("{sign}{minor}");
        }
        let width = self.decimals as usize;
        format!("{sign}{}.{:0width$}", minor / unit, minor % unit)
    }
}

impl Instrument {
    /// The most minor units that one tick of one lot may be worth.
    pub const TICK_CASH_MAX: i64 = 1 << 20;

    /// The longest symbol.
    pub const SYMBOL_MAX: usize = 16;

    /// Shares, traded one by one in steps of `tick`.
    ///
    /// # Errors
    ///
    /// When the symbol or the tick cannot be used.
    pub fn equity(symbol: &str, currency: CurrencyId, tick: &str) -> Result<Self, BadDefinition> {
        Self::new(InstrumentKind::Equity, symbol, currency, tick, "1")
    }

    /// A coin, traded in steps of `lot` at prices in steps of `tick`.
    ///
    /// # Errors
    ///
    /// When the symbol, the tick or the lot cannot be used.
    pub fn crypto(
        symbol: &str,
        currency: CurrencyId,
        tick: &str,
        lot: &str,
    ) -> Result<Self, BadDefinition> {
        Self::new(InstrumentKind::Crypto, symbol, currency, tick, lot)
    }

    /// Anything of `kind`, traded in steps of `lot` at prices in steps of `tick`.
    ///
    /// # Errors
    ///
    /// When the symbol, the tick or the lot cannot be used.
    pub fn new(
        kind: InstrumentKind,
        symbol: &str,
        currency: CurrencyId,
        tick: &str,
        lot: &str,
    ) -> Result<Self, BadDefinition> {
        let plain = |c: char| c.is_ascii_alphanumeric() || "._-/".contains(c);
        if symbol.is_empty() || symbol.len() > Self::SYMBOL_MAX || !symbol.chars().all(plain) {
            let expected = format!("1 to {} letters, digits or . _ - /", Self::SYMBOL_MAX);
            return Err(BadDefinition::new("symbol", quoted(symbol), expected));
        }
        let (tick, lot) = (positive("tick", tick)?, positive("lot", lot)?);
        let symbol = symbol.to_owned();
        Ok(Self {
            symbol,
            kind,
            currency,
            tick,
            lot,
            tick_cash: 0,
            limits: Limits::default(),
            rules: TradingRules::default(),
            clearing: ClearingTerms::default(),
            aliases: Vec::new(),
        })
    }

    /// What it is called on this venue.
    #[must_use]
    pub fn symbol(&self) -> &str {
        &self.symbol
    }

    /// What kind of thing it is.
    #[must_use]
    pub const fn kind(&self) -> InstrumentKind {
        self.kind
    }

    /// The currency it is priced in.
    #[must_use]
    pub const fn currency(&self) -> CurrencyId {
        self.currency
    }

    /// One step of its price, in units of the currency.
    #[must_use]
    pub const fn tick(&self) -> Decimal {
        self.tick
    }

    /// One step of its quantity, in units of the thing itself.
    #[must_use]
    pub const fn lot(&self) -> Decimal {
        self.lot
    }

    /// What one lot at a price of one tick costs, in minor units of the currency. Positive.
    #[must_use]
    pub const fn tick_cash(&self) -> i64 {
        self.tick_cash
    }

    /// What `qty` costs at `price`, in minor units; negative at a negative price.
    ///
    /// Cannot overflow for prices up to [`Price::FARTHEST`] and quantities up to [`Qty::MOST`].
    #[must_use]
    pub const fn cost(&self, price: Price, qty: Qty) -> Cash {
        Cash(price.0 as i128 * qty.0 as i128 * self.tick_cash as i128)
    }

    /// `text`, such as `"100.25"`, as a price.
    ///
    /// # Errors
    ///
    /// When it is not a decimal, off the tick grid, or too far from zero.
    pub fn price(&self, text: &str) -> Result<Price, BadDefinition> {
        let price = decimal("price", text)?;
        let ticks = price
            .checked_div(self.tick)
            .filter(|ticks| ticks.is_integer() && ticks.checked_mul(self.tick) == Some(price))
            .and_then(|ticks| i64::try_from(ticks).ok())
            .filter(|ticks| ticks.unsigned_abs() <= Price::FARTHEST.0.unsigned_abs());
        ticks.map(Price).ok_or_else(|| {
            let expected = format!("a multiple of the tick {} of {}", self.tick, self.symbol);
            BadDefinition::new("price", quoted(text), expected)
        })
    }

    /// `price` as people write it, with all the decimals of the tick.
    #[must_use]
    pub fn show(&self, price: Price) -> String {
        let decimals = self.tick.normalize().scale() as usize;
        self.tick
            .checked_mul(Decimal::from(price.0))
            .map_or_else(|| format!("{} ticks", price.0), |exact| format!("{:.decimals$}", exact))
    }

    /// `price` in units of the currency, for figures and charts only.
    #[must_use]
    #[allow(clippy::cast_precision_loss)]
    pub fn price_f64(&self, price: Price) -> f64 {
        // Dividing by a power of ten is exact where multiplying by its inverse is not.
        let tick = self.tick.normalize();
        price.0 as f64 * tick.mantissa() as f64 / 10_f64.powi(tick.scale() as i32)
    }
}

impl Venue {
    /// The most instruments on one venue.
    pub const INSTRUMENTS_MAX: usize = 1 << 16;

    /// A market place under its ISO 10383 code, with everything on it checked together.
    ///
    /// # Errors
    ///
    /// When the code is not four capital letters or digits, a symbol or currency appears twice, an
    /// instrument names a currency that is not there, or a tick of a lot is not a whole number of
    /// minor units between 1 and [`Instrument::TICK_CASH_MAX`], or limits contradict each other.
    pub fn new(
        mic: &str,
        currencies: Vec<Currency>,
        mut instruments: Vec<Instrument>,
    ) -> Result<Self, BadDefinition> {
        let plain = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit();
        if mic.len() != 4 || !mic.chars().all(plain) {
            return Err(BadDefinition::new("mic", quoted(mic), "four capital letters or digits"));
        }
        if instruments.len() > Self::INSTRUMENTS_MAX {
            let expected = format!("at most {}", Self::INSTRUMENTS_MAX);
            return Err(BadDefinition::new("instruments", instruments.len(), expected));
        }
        distinct("currency", currencies.iter().map(Currency::code))?;
        distinct("symbol", instruments.iter().map(Instrument::symbol))?;
        for instrument in &mut instruments {
            let index = instrument.currency.index();
            let currency = currencies.get(index).ok_or_else(|| {
                BadDefinition::new("currency", index, format!("below {}", currencies.len()))
            })?;
            instrument.tick_cash = tick_cash(instrument, currency)?;
            instrument.limits.check()?;
            instrument.rules.check()?;
        }
        for instrument in &instruments {
            check_contract(instrument, &instruments, &currencies)?;
            instrument.clearing.check()?;
        }
        let clearing = HouseTerms::default();
        Ok(Self { mic: mic.to_owned(), currencies, instruments, clearing })
    }

    /// The same market place, cleared on these terms.
    ///
    /// # Errors
    ///
    /// When they name a currency that is not there, or an amount is negative.
    pub fn cleared_by(mut self, terms: HouseTerms) -> Result<Self, BadDefinition> {
        if terms.base.index() >= self.currencies.len() {
            let expected = format!("below {}", self.currencies.len());
            return Err(BadDefinition::new("base currency", terms.base.index(), expected));
        }
        let amounts = [
            ("least equity", terms.equity_least),
            ("skin", terms.skin),
            ("least portfolio margin", terms.portfolio_least),
        ];
        for (field, cash) in amounts {
            if !(0..=Limits::NOTIONAL_MOST.0).contains(&cash.0) {
                return Err(BadDefinition::new(field, cash.0, "0 to 2^90 minor units"));
            }
        }
        self.clearing = terms;
        Ok(self)
    }

    /// The terms of its clearing house.
    #[must_use]
    pub const fn clearing(&self) -> &HouseTerms {
        &self.clearing
    }

    /// Its ISO 10383 market identifier code.
    #[must_use]
    pub fn mic(&self) -> &str {
        &self.mic
    }

    /// Its currencies; a [`CurrencyId`] is a place in this list.
    #[must_use]
    pub fn currencies(&self) -> &[Currency] {
        &self.currencies
    }

    /// Its instruments; an [`InstrumentId`] is a place in this list.
    #[must_use]
    pub fn instruments(&self) -> &[Instrument] {
        &self.instruments
    }

    /// The instrument `id`, if the venue lists it.
    #[must_use]
    pub fn instrument(&self, id: InstrumentId) -> Option<&Instrument> {
        self.instruments.get(id.index())
    }

    /// The instrument called `symbol`, if the venue lists it.
    #[must_use]
    pub fn find(&self, symbol: &str) -> Option<InstrumentId> {
        let at = self.instruments.iter().position(|instrument| instrument.symbol == symbol)?;
        u32::try_from(at).ok().map(InstrumentId)
    }

    /// The currency that `instrument` is priced in.
    ///
    /// # Panics
    ///
    /// When the instrument is of another venue.
    #[must_use]
    pub fn currency_of(&self, instrument: &Instrument) -> &Currency {
        &self.currencies[instrument.currency.index()]
    }
}

impl Limits {
    /// The most that one order may be worth: 2^90 minor units. No account's sum of trades can then
    /// leave 127 bits before the 2^37th trade.
    pub const NOTIONAL_MOST: Cash = Cash(1 << 90);

    fn check(&self) -> Result<(), BadDefinition> {
        let refuse = |field: &str, found: u64, expected: &str| {
            Err(BadDefinition::new(field, found, expected))
        };
        if self.price_step == 0 {
            return refuse("price_step", 0, "at least 1 tick");
        }
        if self.qty_step == 0 {
            return refuse("qty_step", 0, "at least 1 lot");
        }
        if self.qty_min.is_zero() || self.qty_min > self.qty_max {
            return refuse("qty_min", self.qty_min.0, "between 1 and qty_max");
        }
        if self.qty_max > Qty::MOST {
            return refuse("qty_max", self.qty_max.0, "at most 2^40 lots");
        }
        if !(1..=Self::NOTIONAL_MOST.0).contains(&self.notional_max.0) {
            let expected = "between 1 and 2^90 minor units";
            return Err(BadDefinition::new("notional_max", self.notional_max.0, expected));
        }
        if self.live_orders_max == 0 {
            return refuse("live_orders_max", 0, "at least 1");
        }
        Ok(())
    }
}

/// Checks that what a contract speaks of is there and that its numbers can be used.
fn check_contract(
    instrument: &Instrument,
    instruments: &[Instrument],
    currencies: &[Currency],
) -> Result<(), BadDefinition> {
    let refuse = |field: &str, found: &dyn ToString, expected: &str| {
        Err(BadDefinition::new(field, found.to_string(), expected))
    };
    if let Some(underlying) = instrument.kind.underlying() {
        let Some(on) = instruments.get(underlying.index()) else {
            return refuse("underlying", &underlying.index(), "an instrument of the venue");
        };
        if on.kind.underlying().is_some() {
            return refuse("underlying", &on.symbol, "something that is no contract itself");
        }
        if on.currency != instrument.currency {
            return refuse("underlying", &on.symbol, "something priced in the same currency");
        }
    }
    match instrument.kind {
        InstrumentKind::Option(choice) | InstrumentKind::Warrant(choice) if choice.lots == 0 => {
            refuse("lots", &0, "at least one lot of the underlying")
        }
        InstrumentKind::Future(future) if future.lots == 0 => {
            refuse("lots", &0, "at least one lot of the underlying")
        }
        InstrumentKind::Bond(bond) if !(1..=Limits::NOTIONAL_MOST.0).contains(&bond.face.0) => {
            refuse("face", &bond.face.0, "1 to 2^90 minor units")
        }
        InstrumentKind::Bond(bond) if ![0, 1, 2, 4, 12].contains(&bond.frequency) => {
            refuse("frequency", &bond.frequency, "0, 1, 2, 4 or 12 coupons a year")
        }
        InstrumentKind::Fx { base, lot_cash } => {
            if base.index() >= currencies.len() || base == instrument.currency {
                return refuse("base", &base.index(), "another currency of the venue");
            }
            if !(1..=1 << 40).contains(&lot_cash) {
                return refuse("lot", &lot_cash, "1 to 2^40 minor units of the base currency");
            }
            Ok(())
        }
        _ => Ok(()),
    }
}

fn tick_cash(instrument: &Instrument, currency: &Currency) -> Result<i64, BadDefinition> {
    let minor = Decimal::from(10_i64.pow(currency.decimals));
    let value = instrument.tick.checked_mul(instrument.lot).and_then(|v| v.checked_mul(minor));
    let whole = value.filter(Decimal::is_integer).and_then(|value| i64::try_from(value).ok());
    whole.filter(|value| (1..=Instrument::TICK_CASH_MAX).contains(value)).ok_or_else(|| {
        let found = format!("{} with lot {}", instrument.tick, instrument.lot);
        let expected = format!(
            "tick x lot to be 1 to {} times the smallest unit of {} ({} decimals) for {}",
            Instrument::TICK_CASH_MAX,
            currency.code,
            currency.decimals,
            instrument.symbol
        );
        BadDefinition::new("tick", found, expected)
    })
}

fn decimal(field: &str, text: &str) -> Result<Decimal, BadDefinition> {
    Decimal::from_str(text).map_err(|_| BadDefinition::new(field, quoted(text), "a decimal number"))
}

fn positive(field: &str, text: &str) -> Result<Decimal, BadDefinition> {
    let value = decimal(field, text)?;
    if value <= Decimal::ZERO {
        return Err(BadDefinition::new(field, quoted(text), "more than zero"));
    }
    Ok(value.normalize())
}

fn distinct<'a>(field: &str, names: impl Iterator<Item = &'a str>) -> Result<(), BadDefinition> {
    let mut seen = std::collections::BTreeSet::new();
    for name in names {
        if !seen.insert(name) {
            return Err(BadDefinition::new(field, quoted(name), "each name once"));
        }
    }
    Ok(())
}

fn quoted(text: &str) -> String {
    format!("{text:?}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn usd() -> Currency {
        Currency::new("USD", 2).unwrap()
    }

    fn venue(instruments: Vec<Instrument>) -> Result<Venue, BadDefinition> {
        Venue::new("XPIT", vec![usd()], instruments)
    }

    fn acme() -> Instrument {
        Instrument::equity("ACME", CurrencyId(0), "0.05").unwrap()
    }

    #[test]
    fn a_share_in_steps_of_five_cents() {
        let venue = venue(vec![acme()]).unwrap();
        let acme = &venue.instruments()[0];
        assert_eq!(acme.tick_cash(), 5);
        assert_eq!(acme.price("100.25"), Ok(Price(2_005)));
        assert_eq!(acme.show(Price(2_005)), "100.25");
        assert_eq!(acme.show(Price(-1)), "-0.05");
        assert_eq!(acme.cost(Price(2_005), Qty(3)), Cash(30_075));
        assert_eq!(venue.find("ACME"), Some(InstrumentId(0)));
        assert_eq!(venue.find("AMCE"), None);
        assert!((acme.price_f64(Price(2_005)) - 100.25).abs() < f64::EPSILON);
    }

    #[test]
    fn a_coin_needs_a_currency_counted_finely_enough() {
        let coin = Instrument::crypto("BTC/USD", CurrencyId(0), "0.01", "0.00000001").unwrap();
        let coarse = venue(vec![coin.clone()]).unwrap_err();
        assert_eq!(coarse.field, "tick");
        let fine = Currency::new("USD", 10).unwrap();
        let venue = Venue::new("XPIT", vec![fine], vec![coin]).unwrap();
        assert_eq!(venue.instruments()[0].tick_cash(), 1);
    }

    #[test]
    fn the_dearest_order_fits_cash() {
        let mut dearest = acme();
        dearest.tick_cash = Instrument::TICK_CASH_MAX;
        let cost = dearest.cost(Price::FARTHEST, Qty::MOST);
        assert_eq!(cost.0, 1_i128 << 122);
        assert_eq!(dearest.cost(Price(-Price::FARTHEST.0), Qty::MOST).0, -(1_i128 << 122));
    }

    #[test]
    fn what_cannot_be_used_is_named() {
        let refused = |instrument: Result<Instrument, BadDefinition>| {
            instrument.and_then(|i| venue(vec![i])).unwrap_err().to_string()
        };
        let new = |symbol, tick| Instrument::equity(symbol, CurrencyId(0), tick);
        assert_eq!(
            refused(new("AC ME", "0.01")),
            "symbol: found \"AC ME\", expected 1 to 16 letters, digits or . _ - /"
        );
        assert_eq!(refused(new("ACME", "0")), "tick: found \"0\", expected more than zero");
        assert_eq!(refused(new("ACME", "-1")), "tick: found \"-1\", expected more than zero");
        assert_eq!(
            refused(new("ACME", "a cent")),
            "tick: found \"a cent\", expected a decimal number"
        );
        assert!(refused(new("ACME", "0.001")).starts_with("tick: found 0.001 with lot 1"));
        assert!(refused(new("ACME", "1000000")).starts_with("tick: found 1000000 with lot 1"));
        assert!(
            refused(Instrument::equity("ACME", CurrencyId(3), "0.01"))
                .starts_with("currency: found 3")
        );
        assert_eq!(
            venue(vec![acme(), acme()]).unwrap_err().to_string(),
            "symbol: found \"ACME\", expected each name once"
        );
        assert_eq!(Currency::new("usd", 2).unwrap_err().field, "currency");
        assert_eq!(Currency::new("USD", 19).unwrap_err().field, "decimals");
    }

    #[test]
    fn prices_off_the_grid_and_beyond_the_end_are_refused() {
        let venue = venue(vec![acme()]).unwrap();
        let acme = &venue.instruments()[0];
        for text in ["100.26", "", "NaN", "inf", "1e400", "99999999999999999999999999999"] {
            assert!(acme.price(text).is_err(), "{text}");
        }
        assert_eq!(acme.price("-0.05"), Ok(Price(-1)));
    }

    #[test]
    fn limits_that_contradict_each_other_are_refused() {
        let with = |change: fn(&mut Limits)| {
            let mut instrument = acme();
            change(&mut instrument.limits);
            venue(vec![instrument]).unwrap_err().field
        };
        assert_eq!(with(|l| l.price_step = 0), "price_step");
        assert_eq!(with(|l| l.qty_step = 0), "qty_step");
        assert_eq!(with(|l| l.qty_min = Qty(0)), "qty_min");
        assert_eq!(
            with(|l| {
                l.qty_min = Qty(5);
                l.qty_max = Qty(4)
            }),
            "qty_min"
        );
        assert_eq!(with(|l| l.qty_max = Qty(Qty::MOST.0 + 1)), "qty_max");
        assert_eq!(with(|l| l.live_orders_max = 0), "live_orders_max");
        assert_eq!(with(|l| l.notional_max = Cash(0)), "notional_max");
        assert_eq!(with(|l| l.notional_max.0 += 1), "notional_max");
    }

    #[test]
    fn cash_is_read_and_shown_exactly() {
        let usd = usd();
        assert_eq!(usd.cash("100000"), Ok(Cash(10_000_000)));
        assert_eq!(usd.cash("-0.25"), Ok(Cash(-25)));
        assert!(usd.cash("0.001").is_err());
        assert!(usd.cash("1e30").is_err());
        assert_eq!(usd.show(Cash(-1_205)), "-12.05");
        assert_eq!(usd.show(Cash(7)), "0.07");
        assert_eq!(Currency::new("JPY", 0).unwrap().show(Cash(120)), "120");
    }
}
