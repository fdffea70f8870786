//! F9: a fall is followed by more volatility than a rise.

use super::{Ask, Class, Fact, Measured, STEP_S};
use crate::estimator::{log_returns, mean, pearson};
use crate::tape::Tape;

const BELOW_ZERO: (f64, f64) = (f64::NEG_INFINITY, -f64::MIN_POSITIVE);

pub(super) const FACT: Fact = Fact {
    id: "F9",
    name: "Leverage effect",
    estimator: "corr(r, next r²), 10 s; from 500 days on also the mean of L(1..10) of daily returns",
    source: "Cont 2001, fact 9; Bouchaud, Matacz & Potters 2001",
    minimum: "500 days",
    class: Class::Report,
    measure,
};

fn measure(tape: &Tape, ask: Ask) -> Measured {
    let days = tape.returns_by_day(STEP_S).unwrap_or_default();
    let pairs = days.iter().flat_map(|day| day.windows(2).map(|pair| (pair[0], pair[1] * pair[1])));
    let (now, next): (Vec<f64>, Vec<f64>) = pairs.unzip();
    let n = days.iter().map(Vec::len).sum();
    let closes: Vec<f64> = tape.days.iter().filter_map(|day| day.mids.last().copied()).collect();
    let daily = log_returns(&closes).unwrap_or_default();
    let mut found = Measured::from(n)
        .judged("corr(r, next r²)", pearson(&now, &next), BELOW_ZERO)
        .at_least(tape.days.len(), 500, "days");
    if tape.days.len() >= 500 {
        found = found.judged("mean L(1..10), daily", leverage(&daily), BELOW_ZERO);
    }
    found.drawn_places(ask, now.len(), |places| {
        let at = |of: &[f64]| places.iter().map(|place| of[*place]).collect::<Vec<_>>();
        pearson(&at(&now), &at(&next))
    })
}

/// The mean over τ = 1 … 10 of ⟨r_t r²_{t+τ}⟩ / ⟨r²⟩².
fn leverage(returns: &[f64]) -> Option<f64> {
    let square = mean(&returns.iter().map(|r| r * r).collect::<Vec<_>>())?;
    let each: Option<Vec<f64>> = (1..=10)
        .map(|lag| {
            let late = returns.get(lag..)?;
            let products: Vec<f64> = returns.iter().zip(late).map(|(r, l)| r * l * l).collect();
            Some(mean(&products)? / (square * square))
        })
        .collect();
    mean(&each?).filter(|_| square > 0.0)
}

#[cfg(test)]
mod tests {
    use super::leverage;

    #[test]
    fn a_fall_that_is_followed_by_large_moves_counts_below_zero() {
        // One fall of 1 among nothing, followed at lag 1 by a move of 2.
        let mut returns = [0.0; 20];
        (returns[3], returns[4]) = (-1.0, 2.0);
        assert!(leverage(&returns).unwrap() < 0.0);
        (returns[3], returns[4]) = (1.0, 2.0);
        assert!(leverage(&returns).unwrap() > 0.0);
        assert_eq!(leverage(&[]), None);
    }
}
