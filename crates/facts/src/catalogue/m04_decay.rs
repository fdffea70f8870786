//! M4: when the large order is done, the price comes part of the way back.

use super::m02_splitting::METAORDERS_MIN;
use super::{Ask, Class, Fact, Measured};
use crate::estimator::mean;
use crate::tape::{Metaorder, Tape};

pub(super) const FACT: Fact = Fact {
    id: "M4",
    name: "Impact decay",
    estimator: "mean move at twice (and five times) the order's duration over that at its end",
    source: "Bershova & Rakhlin 2013; about two thirds",
    minimum: "500 large orders",
    class: Class::Report,
    measure,
};

fn measure(tape: &Tape, ask: Ask) -> Measured {
    let Some(metaorders) = &tape.metaorders else {
        return Measured::untold("owners are not told");
    };
    let share = |of: fn(&Metaorder) -> Option<f64>, places: &mut dyn Iterator<Item = usize>| {
        let (ends, laters): (Vec<f64>, Vec<f64>) = places
            .filter_map(|place| Some((metaorders[place].impact, of(&metaorders[place])?)))
            .unzip();
        let end = mean(&ends).filter(|end| *end > 0.0)?;
        Some(mean(&laters)? / end)
    };
    let all = || 0..metaorders.len();
    let (two, five) = (share(|m| m.after_two, &mut all()), share(|m| m.after_five, &mut all()));
    Measured::from(metaorders.len())
        .judged("I(2T) / I(T)", two, (0.4, 0.85))
        .judged("falls from 2T to 5T by", two.zip(five).map(|(a, b)| a - b), (0.0, f64::INFINITY))
        .told("I(5T) / I(T)", five)
        .at_least(metaorders.len(), METAORDERS_MIN, "large orders")
        .drawn_places(ask, metaorders.len(), |places| {
            share(|m| m.after_two, &mut places.iter().copied())
        })
}
