//! Where a function of one variable is zero.

/// The most steps before the search gives up.
pub const STEPS_MAX: usize = 400;

/// The zero of `function` between `low` and `high`, where it must be at most 0 and at least 0.
///
/// `function` returns its value and its slope, and `start` lies in between. Newton's method, with a
/// bisection whenever it would leave the bracket or does not at least halve its step: so it
/// converges for any continuous function. Nothing comes back when the bracket holds no change of
/// sign or [`STEPS_MAX`] steps were not enough.
///
/// Source: Press, Teukolsky, Vetterling & Flannery, Numerical Recipes (2007), section 9.4.
pub fn newton(
    function: impl Fn(f64) -> (f64, f64),
    (mut low, mut high): (f64, f64),
    start: f64,
) -> Option<f64> {
    let mut at = start;
    let mut last_step = high - low;
    for _ in 0..STEPS_MAX {
        let (value, slope) = function(at);
        if value == 0.0 {
            return Some(at);
        }
        *(if value < 0.0 { &mut low } else { &mut high }) = at;
        let newton = at - value / slope;
        let inside = low.min(high) < newton && newton < low.max(high);
        let swift = 2.0 * (newton - at).abs() <= last_step.abs();
        let next = if inside && swift { newton } else { 0.5 * (low + high) };
        last_step = next - at;
        if next == at || last_step.abs() <= f64::EPSILON * next.abs() {
            let crosses = function(low).0 <= 0.0 && function(high).0 >= 0.0;
            return crosses.then_some(next);
        }
        at = next;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::newton;

    #[test]
    fn finds_the_root_of_two() {
        let found = newton(|x| (x * x - 2.0, 2.0 * x), (0.0, 2.0), 1.0).unwrap();
        assert!((found - std::f64::consts::SQRT_2).abs() < 1e-15);
    }

    #[test]
    fn a_falling_function_has_its_bracket_turned() {
        let found = newton(|x| (3.0 - x, -1.0), (10.0, 0.0), 7.0).unwrap();
        assert_eq!(found, 3.0);
    }

    /// Newton alone runs away from here.
    #[test]
    fn a_flat_start_is_bisected() {
        let curve = |x: f64| (libm::atan(x - 3.0), 1.0 / (1.0 + (x - 3.0) * (x - 3.0)));
        let found = newton(curve, (-1e6, 1e6), 9e5).unwrap();
        assert!((found - 3.0).abs() < 1e-12);
    }

    #[test]
    fn a_slope_that_is_no_number_is_bisected() {
        let curve = |x: f64| (if x < 0.3 { -1.0 } else { x - 0.3 }, f64::NAN);
        assert!((newton(curve, (0.0, 1.0), 0.9).unwrap() - 0.3).abs() < 1e-12);
    }

    #[test]
    fn no_change_of_sign_no_root() {
        assert_eq!(newton(|x| (x * x + 1.0, 2.0 * x), (-1.0, 1.0), 0.5), None);
    }
}
