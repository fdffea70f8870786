//! The seam for rules of one's own, and the contract every rule is held to.

use super::{Allocation, Maker};
use pitfloor_model::units::Qty;
use std::fmt;

/// A way to share a taker's lots among the makers of one level.
///
/// Implement it for a rule that [`Allocation`] cannot say. A rule is told everything and must
/// answer the same to the same question, whenever it is asked: no clock, no dice of its own, no
/// iteration over a hash map. It may be asked about any level of any book.
///
/// The contract, which [`allocate`] checks after every answer: one share for each maker; no share
/// above the maker's lots; all shares together exactly min(taker, lots of all makers), so that a
/// level is used up before the next is touched and no taker waits beside a maker.
///
/// # Examples
///
/// Last come, first served, for a market that nobody would want to queue in:
///
/// ```
/// use pitfloor_exchange::allocation::{AllocationRule, Maker, allocate};
/// use pitfloor_model::units::Qty;
///
/// #[derive(Debug)]
/// struct Lifo;
///
/// impl AllocationRule for Lifo {
///     fn name(&self) -> &str {
///         "last come, first served"
///     }
///
///     fn shares(&self, taker: Qty, makers: &[Maker], out: &mut Vec<Qty>) {
///         out.resize(makers.len(), Qty::ZERO);
///         let mut left = taker;
///         for (share, maker) in out.iter_mut().zip(makers).rev() {
///             *share = left.min(maker.lots);
///             left = left.less(*share);
///         }
///     }
/// }
///
/// let makers = [10, 5, 30].map(|lots| Maker { lots: Qty(lots), ..Maker::default() });
/// let mut shares = Vec::new();
/// allocate(&Lifo, Qty(37), &makers, &mut shares);
/// assert_eq!(shares, [Qty(2), Qty(5), Qty(30)]);
/// ```
pub trait AllocationRule: fmt::Debug + Send + Sync {
    /// What to call it when it breaks its contract.
    fn name(&self) -> &str;

    /// Appends to `out`, which is empty, the lots that each of `makers` trades with a taker of
    /// `taker` lots. `makers` stand in the order of their stamps.
    fn shares(&self, taker: Qty, makers: &[Maker], out: &mut Vec<Qty>);
}

/// Shares `taker` lots among `makers` by `rule`: afterwards `out` holds one share for each maker.
///
/// The door for every rule, ours and others'. O(makers) besides what the rule costs.
///
/// # Panics
///
/// When the rule breaks its contract; the message names it.
pub fn allocate(
    rule: &(impl AllocationRule + ?Sized),
    taker: Qty,
    makers: &[Maker],
    out: &mut Vec<Qty>,
) {
    out.clear();
    rule.shares(taker, makers, out);
    let name = rule.name();
    assert!(
        out.len() == makers.len(),
        "the allocation rule \"{name}\" gives each maker one share: {} shares for {} makers",
        out.len(),
        makers.len()
    );
    let (mut wanted, mut given) = (0, 0);
    for (place, (share, maker)) in out.iter().zip(makers).enumerate() {
        assert!(
            share <= &maker.lots,
            "the allocation rule \"{name}\" gives no maker more than it has: {} of {} lots to the \
             maker at place {place}",
            share.0,
            maker.lots.0
        );
        wanted += u128::from(maker.lots.0);
        given += u128::from(share.0);
    }
    wanted = wanted.min(u128::from(taker.0));
    assert!(
        given == wanted,
        "the allocation rule \"{name}\" gives out exactly what can trade: {given} of {wanted} lots"
    );
}

impl AllocationRule for Allocation {
    fn name(&self) -> &str {
        "the venue's own"
    }

    fn shares(&self, taker: Qty, makers: &[Maker], out: &mut Vec<Qty>) {
        super::shares::shares(self, taker, makers, out);
    }
}
