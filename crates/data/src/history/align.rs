//! How much of one sequence is found in another, in the same order.
//!
//! Two recordings of one market differ here and there by a state more or a state less. Comparing
//! them place by place would call everything after the first difference wrong; the shortest edit
//! script calls wrong only what is missing or added.

/// How two sequences compare, up to the end of the shorter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Alignment {
    /// Elements of the first that were compared.
    pub ours: usize,
    /// Elements of the second that were compared.
    pub theirs: usize,
    /// Elements found in both, in the same order.
    pub equal: usize,
    /// False when [`EDITS_MAX`] was reached; what comes after that place counts as not equal.
    pub complete: bool,
}

/// The most insertions and deletions looked for. Time and room grow with its square.
pub const EDITS_MAX: usize = 1 << 12;

/// Aligns `ours` with `theirs` by a shortest edit script, until either is used up: what the longer
/// one goes on with is not compared.
///
/// Time is O((n + m) · d) for d differences.
///
/// Source: Myers (1986), "An O(ND) difference algorithm and its variations", Algorithmica 1, §4,
/// with a free end on both sides.
#[must_use]
pub fn align<T: PartialEq>(ours: &[T], theirs: &[T]) -> Alignment {
    // `reach[EDITS_MAX + k]` is how far in `ours` diagonal k has come; k counts the elements taken
    // of `ours` more than of `theirs`.
    let middle = EDITS_MAX + 1;
    let mut reach = vec![0_usize; 2 * middle + 1];
    for edits in 0..=EDITS_MAX {
        let mut best: Option<Alignment> = None;
        for step in 0..=edits {
            let shift = 2 * step;
            let at = middle + shift - edits;
            // Fewest of ours dropped first: of two equally short scripts, the one further along.
            let dropped = shift != 0 && (shift == 2 * edits || reach[at - 1] >= reach[at + 1]);
            let mut x = match edits {
                0 => 0,
                _ if dropped => reach[at - 1] + 1,
                _ => reach[at + 1],
            };
            // With d edits on diagonal k, (d + k) / 2 = `step` elements of ours were dropped.
            // Until now every diagonal ended before both ends, so one edit more stays within them.
            let mut y = x + edits - shift;
            debug_assert!(x <= ours.len() && y <= theirs.len(), "one edit does not pass the end");
            while x < ours.len() && y < theirs.len() && ours[x] == theirs[y] {
                x += 1;
                y += 1;
            }
            reach[at] = x;
            if x == ours.len() || y == theirs.len() {
                let found = Alignment { ours: x, theirs: y, equal: x - step, complete: true };
                best = best.filter(|best| best.equal >= found.equal).or(Some(found));
            }
        }
        if let Some(best) = best {
            return best;
        }
    }
    farthest(&reach, middle)
}

/// What is known when the script is too long: the diagonal that came farthest.
fn farthest(reach: &[usize], middle: usize) -> Alignment {
    let mut best = Alignment { ours: 0, theirs: 0, equal: 0, complete: false };
    for step in 0..=EDITS_MAX {
        let x = reach[middle + 2 * step - EDITS_MAX];
        let equal = x.saturating_sub(step);
        if equal > best.equal {
            best = Alignment { ours: x, theirs: x + EDITS_MAX - 2 * step, equal, ..best };
        }
    }
    best
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn of(ours: &str, theirs: &str) -> (usize, usize, usize) {
        let aligned = align(ours.as_bytes(), theirs.as_bytes());
        assert!(aligned.complete);
        (aligned.ours, aligned.theirs, aligned.equal)
    }

    #[test]
    fn equal_sequences_are_equal_throughout() {
        assert_eq!(of("abcabba", "abcabba"), (7, 7, 7));
        assert_eq!(of("", "abc"), (0, 0, 0));
        assert_eq!(of("", ""), (0, 0, 0));
    }

    #[test]
    fn the_longer_one_may_go_on() {
        assert_eq!(of("abc", "abcdef"), (3, 3, 3));
        assert_eq!(of("abcdef", "abc"), (3, 3, 3));
    }

    #[test]
    fn one_state_more_or_less_is_one_difference() {
        assert_eq!(of("abXcdef", "abcdef"), (7, 6, 6));
        assert_eq!(of("abcdef", "abXcdef"), (6, 7, 6));
        assert_eq!(of("abXcdef", "abYcdefgh"), (7, 7, 6));
    }

    #[test]
    fn nothing_in_common_ends_at_the_bound_or_at_nothing() {
        let (ours, theirs): (Vec<u32>, Vec<u32>) =
            ((0..6_000).collect(), (9_000..15_000).collect());
        let aligned = align(&ours, &theirs);
        assert!(!aligned.complete);
        assert_eq!(aligned.equal, 0);
    }

    /// Longest common subsequence of the two prefixes, the slow and plain way.
    fn plain(ours: &[u8], theirs: &[u8]) -> usize {
        let mut table = vec![vec![0; theirs.len() + 1]; ours.len() + 1];
        for (i, a) in ours.iter().enumerate() {
            for (j, b) in theirs.iter().enumerate() {
                table[i + 1][j + 1] =
                    if a == b { table[i][j] + 1 } else { table[i][j + 1].max(table[i + 1][j]) };
            }
        }
        table[ours.len()][theirs.len()]
    }

    proptest! {
        /// On what was compared, nothing that both have in common was missed, and one side is used
        /// up.
        #[test]
        fn agrees_with_the_plain_way(
            ours in prop::collection::vec(0_u8..3, 0..40),
            theirs in prop::collection::vec(0_u8..3, 0..40),
        ) {
            let got = align(&ours, &theirs);
            prop_assert!(got.complete);
            prop_assert!(got.ours == ours.len() || got.theirs == theirs.len());
            prop_assert_eq!(got.equal, plain(&ours[..got.ours], &theirs[..got.theirs]));
        }
    }
}
