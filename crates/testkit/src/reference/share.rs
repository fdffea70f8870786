//! How a taker's lots are shared among the shown makers of a level: the steps of `docs/ORDERS.md`.

use pitfloor_model::allocation::{Allocation, Rounding, Sharing, Weighing, Weight};

/// A maker's part of the level.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Part {
    /// What it shows.
    pub(super) lots: u64,
    /// It is the order that last improved the market.
    pub(super) top: bool,
    /// It is the designated market maker's.
    pub(super) lead: bool,
}

/// What each of `parts`, in order of stamp, gets of `lots`, which are fewer than they show.
pub(super) fn shares(rule: Allocation, lots: u64, parts: &[Part]) -> Vec<u64> {
    let mut given = vec![0; parts.len()];
    let mut left = lots;
    if rule.top {
        let most = left;
        left -= in_turn(&mut given, parts, most, |part| part.top);
    }
    let most = percent(left, rule.lmm_percent);
    left -= in_turn(&mut given, parts, most, |part| part.lead);
    let most = percent(left, rule.split_percent);
    left -= in_turn(&mut given, parts, most, |_| true);
    if let Sharing::ByWeight(weighing) = rule.sharing {
        left -= by_weight(&mut given, parts, left, weighing);
    }
    left -= in_turn(&mut given, parts, left, |_| true);
    assert_eq!(left, 0, "the level shows at least as much as is shared");
    given
}

fn percent(lots: u64, percent: u8) -> u64 {
    u64::try_from(u128::from(lots) * u128::from(percent) / 100).expect("a part of the lots")
}

/// Gives at most `most` lots, first come, first served; says how many.
fn in_turn(given: &mut [u64], parts: &[Part], most: u64, who: impl Fn(&Part) -> bool) -> u64 {
    let mut left = most;
    for (given, part) in given.iter_mut().zip(parts) {
        if who(part) {
            let lots = left.min(part.lots - *given);
            *given += lots;
            left -= lots;
        }
    }
    most - left
}

/// Gives each its share of `lots` by weight; says how many lots that took.
fn by_weight(given: &mut [u64], parts: &[Part], lots: u64, rule: Weighing) -> u64 {
    let open: Vec<u64> = parts.iter().zip(&*given).map(|(part, got)| part.lots - got).collect();
    let mut who: Vec<usize> = (0..parts.len())
        .filter(|at| open[*at] > 0 && parts[*at].lots >= rule.threshold.0)
        .collect();
    // Everybody counts, also who is below the threshold: what it leaves over is shared in turn.
    let weights: Vec<u128> = open
        .iter()
        .enumerate()
        .map(|(at, lots)| match rule.weight {
            Weight::Size => u128::from(*lots),
            Weight::SizeTime => u128::from(*lots) * (parts.len() - at) as u128,
        })
        .collect();
    let total: u128 = weights.iter().sum();
    if total == 0 {
        return 0;
    }
    let mut wanted = vec![0; parts.len()];
    for at in &who {
        let product = weights[*at] * u128::from(lots);
        let share = match rule.rounding {
            Rounding::Down => product / total,
            Rounding::UpBySize => product.div_ceil(total),
        };
        let share = u64::try_from(share).expect("a part of the lots").min(open[*at]);
        wanted[*at] = if share < rule.share_min.0 { 0 } else { share };
    }
    if rule.rounding == Rounding::UpBySize {
        who.sort_by_key(|at| (std::cmp::Reverse(open[*at]), *at));
    }
    let mut left = lots;
    for at in who {
        let share = wanted[at].min(left);
        given[at] += share;
        left -= share;
    }
    lots - left
}

#[cfg(test)]
mod tests {
    use super::*;
    use pitfloor_model::units::Qty;

    /// The queue of the table: 10, 5, 30, 55 lots; the first is the top order, the third the
    /// market maker's.
    fn table(rule: Allocation, lots: u64) -> Vec<u64> {
        let part = |lots, top, lead| Part { lots, top, lead };
        let parts = [
            part(10, true, false),
            part(5, false, false),
            part(30, false, true),
            part(55, false, false),
        ];
        shares(rule, lots, &parts)
    }

    #[test]
    fn the_table_of_a_taker_of_37() {
        assert_eq!(table(Allocation::FIFO, 37), [10, 5, 22, 0]);
        assert_eq!(table(Allocation::PRO_RATA, 37), [6, 0, 11, 20]);
        assert_eq!(table(Allocation::PRO_RATA.with_top(), 37), [10, 2, 9, 16]);
        assert_eq!(table(Allocation::PRO_RATA.with_split(40), 37), [10, 5, 8, 14]);
        assert_eq!(table(Allocation::PRO_RATA.with_lmm(25), 37), [6, 0, 15, 16]);
    }

    #[test]
    fn time_counts_and_fractions_go_up_where_the_rule_says_so() {
        // Weights 40, 15, 60, 55 of 170: 8.7, 3.2, 13.05, 11.97; two lots are left for the first.
        assert_eq!(table(Allocation::SIZE_TIME, 37), [10, 3, 13, 11]);
        let up = Weighing {
            weight: Weight::Size,
            share_min: Qty(0),
            threshold: Qty(6),
            rounding: Rounding::UpBySize,
        };
        // Of 100: 20.35, 11.1 and 3.7, the largest first; the second is below the threshold.
        assert_eq!(table(Allocation::FIFO.by_weight(up), 37), [4, 0, 12, 21]);
    }

    #[test]
    fn everything_is_shared_and_nobody_gets_more_than_he_has() {
        let rules = [Allocation::PRO_RATA, Allocation::SIZE_TIME.with_top().with_lmm(40)];
        for lots in 1..100 {
            for rule in rules {
                let given = table(rule, lots);
                assert_eq!(given.iter().sum::<u64>(), lots);
                assert!(given.iter().zip([10, 5, 30, 55]).all(|(got, has)| *got <= has));
            }
        }
    }
}
