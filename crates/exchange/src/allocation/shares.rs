//! The steps of the venue's own rules, one after the other on what is left.
//!
//! Integers throughout: a weight is at most lots (2^40) × place (2^23), times the taker's lots
//! (2^40) fits 128 bits with room to spare.

use super::{Allocation, Maker, Rounding, Sharing, Weighing, Weight};
use pitfloor_model::units::Qty;

/// Appends to `out` what each of `makers` gets of `taker` lots.
///
/// # Panics
///
/// When the rule is not sound ([`Allocation::check`]).
pub(super) fn shares(rule: &Allocation, taker: Qty, makers: &[Maker], out: &mut Vec<Qty>) {
    assert!(
        rule.lmm_percent <= 100 && rule.split_percent <= 100,
        "a percentage is at most 100: {rule:?}"
    );
    let lots: u128 = makers.iter().map(|maker| u128::from(maker.lots.0)).sum();
    if u128::from(taker.0) >= lots {
        out.extend(makers.iter().map(|maker| maker.lots));
        return;
    }
    out.resize(makers.len(), Qty::ZERO);
    let mut table = Table { left: taker, makers, out };
    if rule.top {
        table.serve(table.left, |maker| maker.is_top);
    }
    table.serve(percent(table.left, rule.lmm_percent), |maker| maker.is_lmm);
    table.serve(percent(table.left, rule.split_percent), |_| true);
    if let Sharing::ByWeight(weighing) = rule.sharing {
        table.weigh(weighing);
    }
    table.serve(table.left, |_| true);
}

/// ⌊qty · percent / 100⌋.
fn percent(qty: Qty, percent: u8) -> Qty {
    portion(qty, u128::from(percent), 100)
}

/// ⌊qty · part / whole⌋, for a part of the whole.
fn portion(qty: Qty, part: u128, whole: u128) -> Qty {
    debug_assert!(part <= whole && whole > 0, "a part is not more than the whole");
    let product = u128::from(qty.0).checked_mul(part).expect("lots × weight fit 128 bits");
    Qty(u64::try_from(product / whole).expect("a part of some lots is not more than they are"))
}

/// A sharing under way.
struct Table<'a> {
    /// What nobody has got yet.
    left: Qty,
    makers: &'a [Maker],
    /// What each has got so far.
    out: &'a mut Vec<Qty>,
}

impl Table<'_> {
    /// Shares up to `lots` among those that `may`, first come, first served.
    fn serve(&mut self, mut lots: Qty, may: impl Fn(&Maker) -> bool) {
        for place in 0..self.makers.len() {
            if lots.is_zero() {
                break;
            }
            if may(&self.makers[place]) {
                let share = lots.min(self.room(place));
                self.give(place, share);
                lots = lots.less(share);
            }
        }
    }

    /// Shares by weight.
    fn weigh(&mut self, weighing: Weighing) {
        let weights = (0..self.makers.len()).map(|place| self.weight(place, weighing.weight));
        let whole =
            weights.fold(0_u128, |sum, w| sum.checked_add(w).expect("weights fit 128 bits"));
        if whole == 0 || self.left.is_zero() {
            return;
        }
        let lots = self.left;
        let join = |makers: &[Maker], place: usize| makers[place].lots >= weighing.threshold;
        match weighing.rounding {
            Rounding::Down => {
                for place in (0..self.makers.len()).filter(|place| join(self.makers, *place)) {
                    let share = portion(lots, self.weight(place, weighing.weight), whole);
                    self.give_unless_small(place, share, weighing.share_min);
                }
            }
            Rounding::UpBySize => {
                let joining = (0..self.makers.len()).filter(|place| join(self.makers, *place));
                let mut places: Vec<usize> = joining.collect();
                // A stable sort: of equal sizes the earlier stays first.
                places.sort_by_key(|place| std::cmp::Reverse(self.room(*place)));
                for place in places {
                    let weight = self.weight(place, weighing.weight);
                    let down = portion(lots, weight, whole);
                    let even = (u128::from(lots.0) * weight).is_multiple_of(whole);
                    let share = Qty(down.0 + u64::from(!even));
                    self.give_unless_small(place, share, weighing.share_min);
                }
            }
        }
    }

    /// What counts for the maker at `place` as things stand.
    fn weight(&self, place: usize, weight: Weight) -> u128 {
        let lots = u128::from(self.room(place).0);
        match weight {
            Weight::Size => lots,
            Weight::SizeTime => {
                let from_the_back = (self.makers.len() - place) as u128;
                lots.checked_mul(from_the_back).expect("lots × place fit 128 bits")
            }
        }
    }

    fn give_unless_small(&mut self, place: usize, share: Qty, share_min: Qty) {
        let share = share.min(self.room(place));
        if share >= share_min {
            self.give(place, share.min(self.left));
        }
    }

    fn give(&mut self, place: usize, share: Qty) {
        self.out[place].0 += share.0;
        self.left = self.left.less(share);
    }

    /// What the maker at `place` can still give.
    fn room(&self, place: usize) -> Qty {
        self.makers[place].lots.less(self.out[place])
    }
}
