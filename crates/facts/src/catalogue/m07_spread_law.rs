//! M7: the spread of a market of zero intelligence follows from its rates.

use super::{Ask, Class, Fact, Measured};
use crate::tape::Tape;

pub(super) const FACT: Fact = Fact {
    id: "M7",
    name: "Zero-intelligence spread law",
    estimator: "mean spread over (μ/α)(0.28 + 1.86 ε^¾), ε = δ/μ",
    source: "Daniels, Farmer, Gillemot, Iori & Smith 2003; real simulations give 0.65 to 0.85 of it",
    minimum: "a run of zero intelligence alone, with its rates",
    class: Class::Engine,
    measure,
};

fn measure(tape: &Tape, _: Ask) -> Measured {
    let (Some(rates), Some(tick)) = (tape.zero_intelligence, tape.tick) else {
        return Measured::untold("only a market of zero intelligence has these rates");
    };
    let ticks = tape.spread_mean().map(|spread| spread / tick);
    let law = rates.mu / rates.alpha * (0.28 + 1.86 * libm::pow(rates.delta / rates.mu, 0.75));
    Measured::from(tape.trades().count())
        .judged("ratio", ticks.map(|ticks| ticks / law), (0.55, 0.95))
        .told("s·α/μ", ticks.map(|ticks| ticks * rates.alpha / rates.mu))
        .told("spread, ticks", ticks)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tape::ZeroIntelligence;

    #[test]
    fn the_law_of_the_published_rates() {
        // E4 at (α, μ, δ) = (.5, 20, .5): 11.35 ticks are .71 of the law.
        let rates = ZeroIntelligence { alpha: 0.5, mu: 20.0, delta: 0.5 };
        let tape = Tape {
            zero_intelligence: Some(rates),
            tick: Some(0.01),
            spread: (0.1135 * 7.0, 7.0),
            ..Tape::default()
        };
        let found = measure(&tape, Ask { draws: None });
        assert!((found.value().unwrap() - 0.71).abs() < 0.006, "{found:?}");
    }
}
