//! Makes a long history that shows a difference into a short one that still shows it.

/// Leaves out of `history` whatever is not needed for `fails` to stay true: larger and smaller
/// stretches in turn, until no single step can be spared.
///
/// # Panics
///
/// When the whole history does not fail: there is nothing to shrink.
pub fn shrink<T: Clone>(history: &[T], mut fails: impl FnMut(&[T]) -> bool) -> Vec<T> {
    assert!(fails(history), "only a history that fails can be shrunk");
    let mut kept = history.to_vec();
    let mut stretch = kept.len().div_ceil(2);
    while stretch > 0 {
        let before = kept.len();
        let mut from = 0;
        while from < kept.len() {
            let to = (from + stretch).min(kept.len());
            let without: Vec<T> = [&kept[..from], &kept[to..]].concat();
            if fails(&without) {
                kept = without;
            } else {
                from = to;
            }
        }
        // A single step may be spared only after another is gone: go round until none is.
        stretch = if stretch == 1 && kept.len() < before { 1 } else { stretch / 2 };
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_matters_is_kept_in_order() {
        let history: Vec<u32> = (0..1_000).collect();
        let fails = |steps: &[u32]| [17, 500, 999].iter().all(|step| steps.contains(step));
        assert_eq!(shrink(&history, fails), [17, 500, 999]);
    }

    #[test]
    fn pairs_that_need_each_other_go_together() {
        // 1 must not be there without 2, so 2 can only go after 1 went.
        let fails =
            |steps: &[u32]| steps.contains(&7) && (!steps.contains(&1) || steps.contains(&2));
        assert_eq!(shrink(&[1, 2, 7], fails), [7]);
        assert_eq!(shrink(&[2, 1, 7], fails), [7]);
    }

    #[test]
    #[should_panic(expected = "only a history that fails")]
    fn a_history_that_holds_is_no_candidate() {
        let _ = shrink(&[1], |_| false);
    }
}
