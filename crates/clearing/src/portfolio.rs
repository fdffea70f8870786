//! Margin of a portfolio, by what scenarios would cost it (C-36).
//!
//! An underlying and all contracts on it are one group: what one of them loses another may gain. The
//! gains of every scenario are kept as sums, so that a changed position costs as much as the scan has
//! points, however many contracts there are.

use crate::accrue::Rates;
use crate::amount::{needed, times};
use crate::house::Listing;
use pitfloor_model::clearing::Valuation;
use pitfloor_model::contract::InstrumentKind;

/// The positions of an account in one group of instruments.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Group {
    /// What each scenario would bring, in the group's currency.
    gains: [i128; Valuation::POINTS],
    /// Lots of options, warrants and futures that have a scan, long and short added up.
    contracts: i128,
    /// What positions without a scan need by themselves, in the base currency.
    alone: i128,
    /// What all of it needs, as it was last asked, in the base currency.
    pub(crate) needed: i128,
}

impl Group {
    /// A position of the group becomes larger by `lots` from what it was, and what it needs by
    /// itself by `alone`.
    pub(crate) fn shift(&mut self, listing: &Listing, from: i128, to: i128, alone: i128) {
        self.alone += alone;
        if let Some(scan) = &listing.scan {
            for (gain, point) in self.gains.iter_mut().zip(scan.iter()) {
                *gain += times(to, i128::from(*point)) - times(from, i128::from(*point));
            }
            if is_contract(&listing.kind) {
                self.contracts += to.abs() - from.abs();
            }
        }
    }

    /// The worst loss, at least so much a contract, and what has no scan beside.
    pub(crate) fn requirement(&self, rates: &Rates, least: i128) -> i128 {
        let worst = self.gains.iter().fold(0, |worst, gain| worst.max(-gain));
        needed(rates, worst).max(times(self.contracts, least)) + self.alone
    }
}

/// True of what costs at least something a lot.
const fn is_contract(kind: &InstrumentKind) -> bool {
    match kind {
        InstrumentKind::Option(_) | InstrumentKind::Warrant(_) | InstrumentKind::Future(_) => true,
        InstrumentKind::Equity
        | InstrumentKind::Crypto
        | InstrumentKind::Bond(_)
        | InstrumentKind::Perpetual { .. }
        | InstrumentKind::Fx { .. } => false,
    }
}
