//! Which prices and quantities an instrument refuses of nobody: looked up once, so that an everyday
//! order passes the gate in two comparisons. What the limits are is the affair of `checks`.

use pitfloor_model::instrument::Instrument;
use pitfloor_model::units::{Price, Qty};

/// The sizes that no limit of an instrument refuses: a plain limit order within them passes 2 to 5
/// without a question. Whoever is outside is asked them one by one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Ease {
    /// The most lots; 0 where no order passes unasked.
    lots: u64,
    /// The lowest price, and how far above it the highest is.
    lowest: i64,
    breadth: u64,
}

impl Ease {
    pub(super) const NONE: Self = Self { lots: 0, lowest: 0, breadth: 0 };

    /// More lots than this are asked about: so their worth leaves room for large prices.
    const LOTS_MAX: u64 = 1 << 32;

    /// What `instrument` refuses of nobody.
    pub(super) fn of(instrument: &Instrument) -> Self {
        let (limits, rules) = (&instrument.limits, &instrument.rules);
        let (lots, whole) = (limits.qty_max.0.min(Self::LOTS_MAX), limits.qty_step == 1);
        let any_price = limits.price_step == 1 && limits.price_distance_max.is_none();
        if !(whole && any_price && limits.qty_min.0 <= 1 && rules.notional_min.0 <= 0) {
            return Self::NONE;
        }
        let highest = limits.notional_max.0 / instrument.cost(Price(1), Qty(lots)).0;
        let highest = i64::try_from(highest).unwrap_or(i64::MAX).min(Price::FARTHEST.0);
        let lowest = if rules.positive_prices { 1 } else { -highest };
        if highest < lowest {
            return Self::NONE;
        }
        Self { lots, lowest, breadth: highest.abs_diff(lowest) }
    }

    /// True when no limit refuses `qty` at `price`; false says nothing.
    #[inline]
    pub(super) const fn passes(&self, price: Price, qty: Qty) -> bool {
        let above = (price.0 as u64).wrapping_sub(self.lowest as u64);
        above <= self.breadth && qty.0.wrapping_sub(1) < self.lots
    }
}

#[cfg(test)]
mod tests {
    use super::super::checks;
    use super::Ease;
    use pitfloor_model::instrument::{Currency, Instrument, Venue};
    use pitfloor_model::units::{Cash, CurrencyId, Price, Qty};

    fn acme() -> Instrument {
        Instrument::equity("ACME", CurrencyId(0), "0.01").unwrap()
    }

    /// The instrument as its venue lists it.
    fn listed(instrument: Instrument) -> Instrument {
        let usd = Currency::new("USD", 2).unwrap();
        Venue::new("XPIT", vec![usd], vec![instrument]).unwrap().instruments()[0].clone()
    }

    fn asked(instrument: &Instrument, price: Price, qty: Qty) -> bool {
        checks::qty(&instrument.limits, qty)
            .and_then(|()| checks::on_tick(instrument, price))
            .and_then(|()| checks::near(&instrument.limits, price, Some(Price(100))))
            .and_then(|()| checks::notional(instrument, price, qty))
            .is_ok()
    }

    /// Whoever passes unasked would have passed every question, at the edges of all limits too.
    #[test]
    fn nobody_passes_with_ease_whom_a_limit_refuses() {
        let edges = [0, 1, 2, 99, 1 << 20, 1 << 32, 1 << 40, 1 << 50, 1 << 61, 1 << 62, i64::MAX];
        let around = |edge: i64| [edge.saturating_sub(1), edge, edge.saturating_add(1)];
        let sizes: Vec<i64> = edges.into_iter().flat_map(around).collect();
        let (mut passed, mut held) = (0, 0);
        for variant in 0..1_024_u32 {
            let mut acme = acme();
            let on = |bit: u32| variant >> bit & 1 == 1;
            acme.limits.qty_min = if on(0) { Qty(2) } else { Qty(1) };
            acme.limits.qty_step = if on(1) { 2 } else { 1 };
            acme.limits.price_step = if on(2) { 5 } else { 1 };
            acme.limits.price_distance_max = on(3).then_some(50);
            acme.rules.positive_prices = on(4);
            acme.rules.notional_min = Cash(if on(5) { 500 } else { 0 });
            if on(6) {
                acme.limits.qty_max = Qty(1 << 20);
            }
            if on(7) {
                acme.limits.notional_max = Cash(if on(8) { 1 << 40 } else { 99 });
            }
            if on(9) {
                acme.limits.qty_max = Qty(1 << 33);
            }
            let acme = listed(acme);
            let ease = Ease::of(&acme);
            for (price, qty) in sizes.iter().flat_map(|p| sizes.iter().map(move |q| (*p, *q))) {
                for price in [Price(price), Price(-price)] {
                    let qty = Qty(qty.unsigned_abs());
                    if ease.passes(price, qty) {
                        passed += 1;
                        assert!(asked(&acme, price, qty), "{variant}: {qty:?} at {price:?}");
                    } else {
                        held += 1;
                    }
                }
            }
        }
        assert!(passed > 1_000 && held > passed, "{passed} passed, {held} were asked");
    }

    #[test]
    fn everyday_sizes_pass_where_no_limit_is_set() {
        let ease = Ease::of(&listed(acme()));
        for (price, lots) in [(0, 1), (-5_000, 100), (1 << 40, 1 << 32), (1 << 31, 7)] {
            assert!(ease.passes(Price(price), Qty(lots)), "{lots} at {price}");
        }
        assert!(!ease.passes(Price(1), Qty(0)) && !ease.passes(Price(i64::MIN), Qty(1)));
        assert!(!Ease::NONE.passes(Price(0), Qty(1)));
    }
}
