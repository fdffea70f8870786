//! Which instruments a source speaks of, and what its whole numbers mean.

use crate::error::Fault;
use std::collections::HashMap;

/// An instrument of one source: its place in [`Symbols`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SymbolId(pub u32);

/// An instrument, as its source knows it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Symbol {
    /// Its name, as the source spells it.
    pub name: String,
    /// What its numbers mean.
    pub scale: Scale,
    /// The currency of its prices, where the source says it.
    pub currency: Option<String>,
}

/// Powers of ten: a price is `mantissa × 10^price` units of its currency, a size `mantissa × 10^size`
/// of the instrument.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Scale {
    /// Of prices.
    pub price: i8,
    /// Of sizes.
    pub size: i8,
}

/// The instruments of a source, in the order in which it named them.
#[derive(Clone, Debug, Default)]
pub struct Symbols {
    all: Vec<Symbol>,
    /// Looked up, never iterated.
    places: HashMap<String, SymbolId>,
}

/// The most instruments of one source.
pub const SYMBOLS_MAX: usize = 1 << 20;

/// The longest name of an instrument, in bytes.
pub const NAME_BYTES_MAX: usize = 128;

impl Scale {
    /// Prices in ten-thousandths, whole sizes: shares of the United States.
    pub const SHARES: Self = Self { price: -4, size: 0 };
    /// Prices in billionths, whole sizes.
    pub const NANO: Self = Self { price: -9, size: 0 };

    /// `price` in units of the currency.
    #[must_use]
    pub fn price(self, price: i64) -> f64 {
        scaled(price as f64, self.price)
    }

    /// `size` in units of the instrument.
    #[must_use]
    pub fn size(self, size: u64) -> f64 {
        scaled(size as f64, self.size)
    }

    /// `mantissa × 10^from` on the scale `to`, where that is a whole number that fits.
    #[must_use]
    pub fn moved(mantissa: i64, from: i8, to: i8) -> Option<i64> {
        let steps = i32::from(from) - i32::from(to);
        let unit = 10_i64.checked_pow(steps.unsigned_abs())?;
        if steps >= 0 {
            return mantissa.checked_mul(unit);
        }
        (mantissa % unit == 0).then_some(mantissa / unit)
    }
}

/// Powers of ten up to 22 are exact, and one division of exact numbers rounds once.
fn scaled(mantissa: f64, exponent: i8) -> f64 {
    let unit = 10_f64.powi(i32::from(exponent.unsigned_abs()));
    if exponent < 0 { mantissa / unit } else { mantissa * unit }
}

impl Symbols {
    /// The one instrument of a source.
    #[must_use]
    pub fn one(name: impl Into<String>, scale: Scale) -> Self {
        let mut symbols = Self::default();
        symbols.add(name, scale).expect("one fits");
        symbols
    }

    /// The number of `name`, which is new or has this scale already.
    ///
    /// # Errors
    ///
    /// When there would be too many, the name is too long, or it is known on another scale.
    pub(crate) fn add(&mut self, name: impl Into<String>, scale: Scale) -> Result<SymbolId, Fault> {
        let name = name.into();
        if let Some(id) = self.places.get(&name) {
            let known = self.get(*id).scale;
            if known != scale {
                let expected = format!("{known:?}, as before");
                return Err(Fault::new("scale", format!("{scale:?} of {name}"), expected));
            }
            return Ok(*id);
        }
        if name.len() > NAME_BYTES_MAX {
            let expected = format!("at most {NAME_BYTES_MAX} bytes");
            return Err(Fault::new("symbol", format!("{} bytes", name.len()), expected));
        }
        if self.all.len() == SYMBOLS_MAX {
            let expected = format!("at most {SYMBOLS_MAX} instruments");
            return Err(Fault::new("symbol", format!("one more, {name:?}"), expected));
        }
        let id = SymbolId(self.all.len() as u32);
        self.places.insert(name.clone(), id);
        self.all.push(Symbol { name, scale, currency: None });
        Ok(id)
    }

    /// The number of `name`, which is new or has this scale already; none where there would be too many
    /// instruments, the name is too long, or it is known on another scale.
    pub fn named(&mut self, name: &str, scale: Scale) -> Option<SymbolId> {
        self.add(name, scale).ok()
    }

    /// Says that the prices of `id` are in `currency`.
    ///
    /// # Errors
    ///
    /// When they were in another.
    pub(crate) fn trade_in(&mut self, id: SymbolId, currency: &str) -> Result<(), Fault> {
        let symbol = &mut self.all[id.0 as usize];
        match &symbol.currency {
            None => symbol.currency = Some(currency.to_owned()),
            Some(known) if known == currency => {}
            Some(known) => {
                let expected = format!("{known}, as before: {} has one currency", symbol.name);
                return Err(Fault::new("currency", currency.to_owned(), expected));
            }
        }
        Ok(())
    }

    /// What `id` stands for.
    ///
    /// # Panics
    ///
    /// When it is no number of this source.
    #[must_use]
    pub fn get(&self, id: SymbolId) -> &Symbol {
        self.all.get(id.0 as usize).expect("a number of this source")
    }

    /// The number of `name`.
    #[must_use]
    pub fn find(&self, name: &str) -> Option<SymbolId> {
        self.places.get(name).copied()
    }

    /// All of them, in the order of their numbers.
    #[must_use]
    pub fn all(&self) -> &[Symbol] {
        &self.all
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_one_instrument_on_one_scale_in_one_currency() {
        let mut symbols = Symbols::default();
        let acme = symbols.add("ACME", Scale::SHARES).unwrap();
        assert_eq!(symbols.add("ACME", Scale::SHARES).unwrap(), acme);
        assert_eq!(symbols.find("ACME"), Some(acme));
        assert_eq!((symbols.find("acme"), symbols.all().len()), (None, 1));
        let fault = symbols.add("ACME", Scale::NANO).unwrap_err();
        assert_eq!(fault.field, "scale");
        symbols.trade_in(acme, "USD").unwrap();
        symbols.trade_in(acme, "USD").unwrap();
        let fault = symbols.trade_in(acme, "EUR").unwrap_err();
        assert_eq!((fault.field.as_ref(), fault.found.as_str()), ("currency", "EUR"));
        assert_eq!(symbols.get(acme).currency.as_deref(), Some("USD"));
        let long = symbols.add("A".repeat(NAME_BYTES_MAX + 1), Scale::SHARES).unwrap_err();
        assert_eq!(long.found, "129 bytes");
        assert_eq!(symbols.named("ACME", Scale::SHARES), Some(acme));
        assert_eq!(symbols.named("ACME", Scale::NANO), None);
    }

    #[test]
    fn a_mantissa_moves_between_scales_exactly_or_not_at_all() {
        assert_eq!(Scale::moved(15, -1, -4), Some(15_000));
        assert_eq!(Scale::moved(15_000, -4, -1), Some(15));
        assert_eq!(Scale::moved(15_001, -4, -1), None, "a part would be lost");
        assert_eq!(Scale::moved(i64::MAX, 0, -1), None, "it does not fit");
        assert_eq!(Scale::moved(1, 30, 0), None);
        assert_eq!(Scale::SHARES.price(5_853_300), 585.33);
        assert_eq!(Scale { price: 2, size: -8 }.price(3), 300.0);
        assert_eq!(Scale { price: 2, size: -8 }.size(150_000_000), 1.5);
    }
}
