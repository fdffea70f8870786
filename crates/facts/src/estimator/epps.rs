//! The Epps effect: correlation of two assets seen at ever finer steps.

use super::pearson;

/// A price that changes at moments.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Tick {
    /// When, in seconds.
    pub at_s: f64,
    /// The price from then on, or its log.
    pub price: f64,
}

/// The correlation of the changes of `a` and `b` over steps of `step_s` between `start_s` and `end_s`,
/// each seen at its last tick at or before the moment (previous tick).
///
/// Source: Epps (1979), Journal of the American Statistical Association 74. For independent Poisson
/// ticks of rate λ and correlation ρ it is ρ·(1 − (1 − e^(−λΔ))/(λΔ)). `None` for fewer than two
/// changes or when one price does not change.
#[must_use]
pub fn epps(a: &[Tick], b: &[Tick], start_s: f64, end_s: f64, step_s: f64) -> Option<f64> {
    let (a, b) = (seen(a, start_s, end_s, step_s), seen(b, start_s, end_s, step_s));
    // Changes begin where both have a price.
    let known = a.iter().zip(&b).position(|(a, b)| a.is_some() && b.is_some())?;
    let changes = |seen: &[Option<f64>]| -> Vec<f64> {
        seen[known..].windows(2).filter_map(|pair| Some(pair[1]? - pair[0]?)).collect()
    };
    pearson(&changes(&a), &changes(&b))
}

fn seen(ticks: &[Tick], start_s: f64, end_s: f64, step_s: f64) -> Vec<Option<f64>> {
    let (mut seen, mut next, mut last, mut step) = (Vec::new(), 0, None, 0.0);
    while start_s + step * step_s <= end_s {
        let moment = start_s + step * step_s;
        while ticks.get(next).is_some_and(|tick| tick.at_s <= moment) {
            last = Some(ticks[next].price);
            next += 1;
        }
        seen.push(last);
        step += 1.0;
    }
    seen
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_tick_is_what_is_seen() {
        let ticks = [Tick { at_s: 0.5, price: 1.0 }, Tick { at_s: 2.0, price: 3.0 }];
        assert_eq!(seen(&ticks, 0.0, 3.0, 1.0), [None, Some(1.0), Some(3.0), Some(3.0)]);
        let moved: Vec<Tick> = [1.0, 4.0, 2.0].iter().zip(0..).map(|(p, n)| tick(n, *p)).collect();
        assert_eq!(epps(&moved, &moved, 0.0, 2.0, 1.0), Some(1.0));
        assert_eq!(epps(&moved, &[], 0.0, 2.0, 1.0), None);
    }

    fn tick(second: i32, price: f64) -> Tick {
        Tick { at_s: f64::from(second), price }
    }
}
