//! The funding of perpetual contracts: holders on the dear side pay those on the cheap one, so that
//! the contract stays near what it follows.

use crate::Desk;
use crate::prices::Prices;
use pitfloor_model::clearing::{Act, Distribution, Ratio};
use pitfloor_model::command::Command;
use pitfloor_model::instrument::Venue;
use pitfloor_model::units::{InstrumentId, Price, Span, Time};
use std::sync::Arc;

/// How one perpetual is funded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Terms {
    /// Which contract.
    pub instrument: InstrumentId,
    /// What it follows.
    pub underlying: InstrumentId,
    /// The first moment at which it is paid.
    pub first: Time,
    /// How often, from then on.
    pub every: Span,
    /// The most that is paid at once, in ten-thousandths of the underlying's price.
    pub cap_bips: u32,
}

/// The one who works out what is paid.
#[derive(Clone, Debug)]
pub struct Funding {
    venue: Arc<Venue>,
    /// Each contract, and when it is next paid.
    next: Vec<(Time, Terms)>,
}

impl Funding {
    /// Of these contracts.
    ///
    /// # Panics
    ///
    /// When no time passes between two payments.
    #[must_use]
    pub fn new(venue: Arc<Venue>, terms: impl IntoIterator<Item = Terms>) -> Self {
        let next: Vec<_> = terms.into_iter().map(|terms| (terms.first, terms)).collect();
        let passes = next.iter().all(|(_, terms)| terms.every > Span::ZERO);
        assert!(passes, "time passes between two payments");
        Self { venue, next }
    }

    /// What a lot is paid, in minor units: the underlying's price less the contract's, capped.
    fn per_lot(&self, terms: &Terms, prices: &Prices) -> i64 {
        let of = |id: InstrumentId| &self.venue.instruments()[id.index()];
        let (contract, on) = (of(terms.instrument), of(terms.underlying));
        let index = on.price_f64(prices.mark(terms.underlying));
        let fair = (index / contract.price_f64(Price(1))).round() as i64;
        let cap = (i128::from(fair.abs()) * i128::from(terms.cap_bips) / 10_000) as i64;
        let ticks = (fair - prices.mark(terms.instrument).0).clamp(-cap, cap);
        ticks.saturating_mul(contract.tick_cash())
    }
}

impl Desk for Funding {
    fn due(&self) -> Option<Time> {
        self.next.iter().map(|(at, _)| *at).min()
    }

    fn take(&mut self, at: Time, prices: &Prices, out: &mut Vec<Command>) {
        self.next.retain(|(_, terms)| !prices.is_ended(terms.instrument));
        for place in 0..self.next.len() {
            let (due, terms) = self.next[place];
            if due > at {
                continue;
            }
            self.next[place].0 = at.after(terms.every);
            let cash = self.per_lot(&terms, prices);
            if cash != 0 {
                let instrument = terms.instrument;
                let currency = self.venue.instruments()[instrument.index()].currency();
                let (per_lot, why) = (Ratio::whole(cash), Distribution::Funding);
                let act = Act::Distribute { instrument, currency, per_lot, why };
                out.push(Command::Clear(Box::new(act)));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use pitfloor_model::contract::InstrumentKind;
    use pitfloor_model::instrument::{Currency, Instrument};
    use pitfloor_model::units::CurrencyId;

    #[test]
    fn the_dear_side_pays_up_to_the_cap_and_a_fair_price_costs_nobody() {
        let (usd, coin, swap) = (CurrencyId(0), InstrumentId(0), InstrumentId(1));
        let follows = InstrumentKind::Perpetual { underlying: Some(coin) };
        let listed = vec![
            Instrument::crypto("COIN", usd, "0.01", "1").unwrap(),
            Instrument::new(follows, "COIN-P", usd, "0.05", "1").unwrap(),
        ];
        let venue = Venue::new("XPIT", vec![Currency::new("USD", 2).unwrap()], listed).unwrap();
        let (first, every) = (Time(10), Span(10));
        let terms = Terms { instrument: swap, underlying: coin, first, every, cap_bips: 75 };
        // The coin at 100.00; the contract at 100.50, then at 102.00, then at 100.00.
        let paid = [2_010, 2_040, 2_000].map(|contract| {
            let mut funding = Funding::new(Arc::new(venue.clone()), [terms]);
            let mut out = Vec::new();
            assert_eq!(funding.due(), Some(Time(10)));
            funding.take(Time(10), &Prices::new([Price(10_000), Price(contract)]), &mut out);
            assert_eq!(funding.due(), Some(Time(20)));
            out
        });
        let said = |cents| {
            let (instrument, currency, why) = (swap, usd, Distribution::Funding);
            let per_lot = Ratio::whole(cents);
            vec![Command::Clear(Box::new(Act::Distribute { instrument, currency, per_lot, why }))]
        };
        assert_eq!(paid, [said(-50), said(-75), vec![]]);
    }
}
