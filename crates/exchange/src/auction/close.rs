//! The end of a call: uncross, or give the market a little longer.

use super::{Aggregate, CallRules, Discovery, Interest, Uncross, discover};
use pitfloor_model::units::Side;

/// What is to happen at the end of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Verdict {
    /// It ends: trade what the [`Uncross`] says, which may be nothing.
    Uncross,
    /// Nothing can trade within the collar, and something could without it: extend the call, once.
    NothingWithin,
    /// The collar's price would leave a bid at or above an ask: extend the call, once.
    Crossed,
}

/// Ends a call: finds its price in `call`, pairs `interests` in `uncross`, and says whether this
/// may stand.
///
/// `call` must be the sums of `interests` ([`Aggregate::of`]). A caller that is told to extend the
/// call does so once and then closes with [`CallRules::without_collar`], which always ends it. What
/// `uncross` holds is then not to be carried out. O(n log n).
///
/// # Panics
///
/// When `call` and `interests` are not of one book, or as [`discover`] does.
#[must_use]
pub fn close(
    call: &Aggregate,
    interests: &[Interest],
    rules: &CallRules,
    uncross: &mut Uncross,
) -> Verdict {
    debug_assert_eq!(*call, Aggregate::of(interests), "the sums are those of the interests");
    let discovery = discover(call, rules);
    uncross.compute(discovery, interests);
    if rules.collar.is_none() {
        return Verdict::Uncross;
    }
    if discovery == Discovery::default() {
        let free = discover(call, &rules.without_collar());
        return if free.price.is_some() { Verdict::NothingWithin } else { Verdict::Uncross };
    }
    if leaves_crossed(interests, uncross) { Verdict::Crossed } else { Verdict::Uncross }
}

/// True when what stays of `interests` would leave the best bid at or above the best ask.
fn leaves_crossed(interests: &[Interest], uncross: &Uncross) -> bool {
    let left = |side: Side| {
        let both = interests.iter().zip(uncross.fills());
        both.filter(move |(interest, fill)| {
            interest.side == side && interest.stays && fill.lots() < interest.lots()
        })
        .filter_map(|(interest, _)| interest.limit)
    };
    let (bid, ask) = (left(Side::Buy).max(), left(Side::Sell).min());
    bid.zip(ask).is_some_and(|(bid, ask)| bid >= ask)
}
