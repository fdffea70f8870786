//! M8: how far from the best price people wait.

use super::{Ask, Class, Fact, Measured};
use crate::estimator::slope;
use crate::tape::Tape;

pub(super) const FACT: Fact = Fact {
    id: "M8",
    name: "Limit-price placement",
    estimator: "μ of pdf(Δ) ~ Δ^−(1+μ), Δ the distance behind the own best in ticks, bins by 1.5",
    source: "Bouchaud, Mézard & Potters 2002 (Paris 0.6); Zovko & Farmer 2002 (London 1.5)",
    minimum: "20 000 limit orders",
    class: Class::Report,
    measure,
};

fn measure(tape: &Tape, _: Ask) -> Measured {
    let n = tape.placements.iter().sum::<u64>() as usize;
    if n == 0 {
        return Measured::untold("no orders are told");
    }
    Measured::from(n)
        .judged("μ", exponent(&tape.placements), (0.4, 1.6))
        .told("share at the best", Some(tape.placements[0] as f64 / n as f64))
        .at_least(n, 20_000, "limit orders")
}

/// From bins of growing width, because far distances are rare; those of fewer than ten are left out.
fn exponent(placements: &[u64]) -> Option<f64> {
    let (mut x, mut y, mut from) = (Vec::new(), Vec::new(), 1_usize);
    while from < placements.len() {
        let to = (from * 3 / 2).max(from + 1).min(placements.len());
        let count: u64 = placements[from..to].iter().sum();
        if count >= 10 {
            let middle = libm::sqrt(from as f64 * (to - 1).max(from) as f64);
            x.push(libm::log(middle));
            y.push(libm::log(count as f64 / (to - from) as f64));
        }
        from = to;
    }
    (x.len() >= 4).then(|| slope(&x, &y)).flatten().map(|slope| -slope - 1.0)
}

#[cfg(test)]
mod tests {
    use super::exponent;

    #[test]
    fn a_power_law_of_distances_gives_its_exponent_back() {
        let placed: Vec<u64> = (0..512)
            .map(|d: u64| if d == 0 { 900 } else { (1e6 * (d as f64).powf(-1.8)) as u64 })
            .collect();
        assert!((exponent(&placed).unwrap() - 0.8).abs() < 0.03);
        assert_eq!(exponent(&[5, 100, 100]), None, "two distances are no law");
    }
}
