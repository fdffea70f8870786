//! One implicit step of the heat equation above an obstacle.

/// What counts as rounding, as a part of the largest value.
const ROUNDING: f64 = 1e-12;

/// The values `u` with `u - pace · (second difference of u) = told` inside and `ends` outside; where
/// that would be below `floor`, at the floor instead.
///
/// Policy iteration: guess where the floor holds, solve, look again. The matrix is diagonally
/// dominant, so every guess is better than the last and there are at most as many as nodes; in
/// practice a handful. What only rounding still moves is left where it is.
///
/// Source: Forsyth & Labahn (2008), Journal of Computational Finance 11(2).
///
/// # Panics
///
/// When there are fewer than three nodes, or `floor` has another number of them.
#[must_use]
pub fn above(told: &[f64], pace: f64, ends: (f64, f64), floor: Option<&[f64]>) -> Vec<f64> {
    assert!(told.len() >= 3, "there is something between the ends");
    let last = told.len() - 1;
    let mut fixed = vec![None; told.len()];
    (fixed[0], fixed[last]) = (Some(ends.0), Some(ends.1));
    let Some(floor) = floor else { return eliminated(told, pace, &fixed) };
    assert!(floor.len() == told.len(), "the floor lies under every node");
    (fixed[0], fixed[last]) = (Some(ends.0.max(floor[0])), Some(ends.1.max(floor[last])));
    let mut values = eliminated(told, pace, &fixed);
    for _ in 0..told.len() {
        for at in 1..last {
            let bent = values[at - 1] - 2.0 * values[at] + values[at + 1];
            let held = values[at] - pace * bent - told[at];
            fixed[at] = (values[at] - floor[at] < held).then_some(floor[at]);
        }
        let better = eliminated(told, pace, &fixed);
        let moved = values.iter().zip(&better).map(|(one, two)| (one - two).abs());
        let moved = moved.fold(0.0, f64::max);
        values = better;
        let largest = values.iter().fold(0.0, |most: f64, value| most.max(value.abs()));
        if moved <= ROUNDING * largest {
            break;
        }
    }
    values
}

/// Thomas's elimination, where a `fixed` node is what it is.
fn eliminated(told: &[f64], pace: f64, fixed: &[Option<f64>]) -> Vec<f64> {
    let mut ahead = vec![0.0; told.len()];
    let mut values = vec![0.0; told.len()];
    for at in 0..told.len() {
        if let Some(fixed) = fixed[at] {
            values[at] = fixed;
        } else {
            let under = 1.0 + pace * (2.0 - ahead[at - 1]);
            ahead[at] = pace / under;
            values[at] = (told[at] + pace * values[at - 1]) / under;
        }
    }
    for at in (0..told.len() - 1).rev() {
        values[at] += ahead[at] * values[at + 1];
    }
    values
}

#[cfg(test)]
mod tests {
    use super::above;
    use proptest::prelude::*;

    fn residual(values: &[f64], told: &[f64], pace: f64, at: usize) -> f64 {
        let bent = values[at - 1] - 2.0 * values[at] + values[at + 1];
        values[at] - pace * bent - told[at]
    }

    /// A straight line has no second difference: it stays.
    #[test]
    fn a_line_stays() {
        let line: Vec<f64> = (0..50).map(f64::from).collect();
        let found = above(&line, 30.0, (0.0, 49.0), None);
        assert!(found.iter().zip(&line).all(|(one, two)| (one - two).abs() < 1e-12));
        let low = vec![-1.0; 50];
        assert_eq!(above(&line, 30.0, (0.0, 49.0), Some(&low)), found);
    }

    #[test]
    fn a_floor_above_everything_is_the_answer() {
        let floor = vec![7.0; 20];
        assert_eq!(above(&[0.0; 20], 5.0, (0.0, 0.0), Some(&floor)), floor);
    }

    proptest! {
        /// The three conditions that say what the answer is.
        #[test]
        fn never_below_the_floor_and_at_it_or_solved(
            nodes in prop::collection::vec((-1.0..1.0, -1.0..1.0), 3..60),
            pace in 0.01..1_000.0,
        ) {
            let (told, floor): (Vec<f64>, Vec<f64>) = nodes.into_iter().unzip();
            let found = above(&told, pace, (0.0, 0.0), Some(&floor));
            for at in 1..told.len() - 1 {
                let over = found[at] - floor[at];
                let left = residual(&found, &told, pace, at);
                let slack = 1e-10 * pace.max(1.0);
                prop_assert!(over >= -slack && left >= -slack, "{at}: {over} {left}");
                prop_assert!(over.min(left) <= slack, "{at}: {over} {left}");
            }
        }
    }
}
