//! M3: a large order moves the price with the square root of its size.

use super::m02_splitting::METAORDERS_MIN;
use super::{Ask, Class, Fact, Measured};
use crate::estimator::impact::square_root_law;
use crate::tape::{Metaorder, Tape};

pub(super) const FACT: Fact = Fact {
    id: "M3",
    name: "Square-root impact",
    estimator: "δ of I = Y (Q/V)^δ, I the move from start to end in the day's volatility; bins weighted",
    source: "Tóth et al. 2011; Sato & Kanazawa 2024 (δ = ½ within error)",
    minimum: "500 large orders with Q/V in 10⁻⁴ … 10⁻¹",
    class: Class::Gate,
    measure,
};

fn measure(tape: &Tape, ask: Ask) -> Measured {
    let Some(metaorders) = &tape.metaorders else {
        return Measured::untold("owners are not told");
    };
    let within: Vec<&Metaorder> =
        metaorders.iter().filter(|order| (1e-4..=1e-1).contains(&order.share)).collect();
    let fit = |places: &mut dyn Iterator<Item = usize>| {
        let (sizes, impacts): (Vec<f64>, Vec<f64>) =
            places.map(|place| (within[place].share, within[place].impact)).unzip();
        square_root_law(&sizes, &impacts)
    };
    let law = fit(&mut (0..within.len()));
    Measured::from(within.len())
        .judged("δ", law.map(|law| law.exponent), (0.4, 0.6))
        .judged("Y", law.map(|law| law.factor), (0.3, 1.5))
        .at_least(within.len(), METAORDERS_MIN, "large orders")
        .drawn_places(ask, within.len(), |places| {
            fit(&mut places.iter().copied()).map(|law| law.exponent)
        })
}
