//! What would be lost if several things happened at once.
//!
//! A scenario is a list of named moves of factors; a position answers to factors by how much it gains
//! per unit of move (delta) and how that changes (gamma): to second order, after Hull's chapter on
//! value at risk (the quadratic model). Positions that must be valued anew are valued by the caller
//! on a moved curve ([`crate::rates::shock`]).

use crate::{Outside, within};

/// How a position answers to one factor.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    /// Which factor.
    pub factor: String,
    /// Gain per unit of move.
    pub delta: f64,
    /// Gain in delta per unit of move.
    pub gamma: f64,
}

/// A position by its name, and how it answers.
#[derive(Clone, Debug, PartialEq)]
pub struct Position {
    /// What it is called.
    pub name: String,
    /// Its answers; a factor that is not there leaves it cold.
    pub answers: Vec<Answer>,
}

/// A move of one factor.
#[derive(Clone, Debug, PartialEq)]
pub struct Move {
    /// Which factor.
    pub factor: String,
    /// How far.
    pub size: f64,
}

/// What each position gains (below 0: loses) when all `moves` happen, in their order, and the sum.
///
/// # Errors
///
/// When a factor moves twice or nobody answers to it (then it is most likely misspelt), or a number
/// is not finite.
pub fn apply(positions: &[Position], moves: &[Move]) -> Result<(Vec<f64>, f64), Outside> {
    for (i, Move { factor, size }) in moves.iter().enumerate() {
        within("moves", *size, |_| true, "finite sizes")?;
        if moves[..i].iter().any(|earlier| earlier.factor == *factor) {
            return Err(Outside::new("moves", format!("{factor} twice"), "each factor once"));
        }
        let mut answers = positions.iter().flat_map(|position| &position.answers);
        if !answers.any(|answer| answer.factor == *factor) {
            return Err(Outside::new("moves", factor, "a factor that some position answers to"));
        }
    }
    let gain = |position: &Position| {
        let mut gain = 0.0;
        for Answer { factor, delta, gamma } in &position.answers {
            within("delta", *delta, |_| true, "finite numbers")?;
            within("gamma", *gamma, |_| true, "finite numbers")?;
            let size = moves.iter().find(|m| m.factor == *factor).map_or(0.0, |m| m.size);
            gain += delta * size + 0.5 * gamma * size * size;
        }
        Ok(gain)
    };
    let gains: Vec<f64> = positions.iter().map(gain).collect::<Result<_, Outside>>()?;
    let all = gains.iter().sum();
    Ok((gains, all))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bond::level::Level;

    fn position(name: &str, answers: &[(&str, f64, f64)]) -> Position {
        let answer = |&(factor, delta, gamma): &(&str, f64, f64)| Answer {
            factor: factor.to_owned(),
            delta,
            gamma,
        };
        Position { name: name.to_owned(), answers: answers.iter().map(answer).collect() }
    }

    fn moves(list: &[(&str, f64)]) -> Vec<Move> {
        list.iter()
            .map(|(factor, size)| Move { factor: (*factor).to_owned(), size: *size })
            .collect()
    }

    #[test]
    fn a_crash_with_rising_rates() {
        let book = [
            position("shares", &[("equity", 1_000.0, 0.0)]),
            position("puts", &[("equity", -400.0, 2_000.0), ("vol", 50.0, 0.0)]),
            position("cash", &[]),
        ];
        let (gains, all) = apply(&book, &moves(&[("equity", -0.2), ("vol", 0.3)])).unwrap();
        assert_eq!(gains, [-200.0, 80.0 + 40.0 + 15.0, 0.0]);
        assert_eq!(all, -65.0);
    }

    /// A bond told by its duration and convexity loses what its price says, to third order.
    #[test]
    fn a_bond_answers_as_its_price_does() {
        let bond = Level { face: 100.0, cpn: 0.06, n: 20, freq: 2 };
        let now = bond.at_yield(0.06).unwrap();
        let (delta, gamma) = (-now.price * now.modified, now.price * now.convexity);
        let book = [position("bond", &[("yield", delta, gamma)])];
        let (_, lost) = apply(&book, &moves(&[("yield", 0.01)])).unwrap();
        let exact = bond.at_yield(0.07).unwrap().price - now.price;
        assert!((lost - exact).abs() < 0.02 && lost < 0.0, "{lost} {exact}");
    }

    #[test]
    fn what_is_outside_is_named() {
        let book = [position("shares", &[("equity", 1.0, 0.0)])];
        let says = |list: &[(&str, f64)]| apply(&book, &moves(list)).unwrap_err().to_string();
        assert_eq!(
            says(&[("eqity", 0.1)]),
            "moves: found eqity, expected a factor that some position answers to"
        );
        assert_eq!(
            says(&[("equity", 0.1), ("equity", 0.2)]),
            "moves: found equity twice, expected each factor once"
        );
        assert_eq!(says(&[("equity", f64::NAN)]), "moves: found NaN, expected finite sizes");
        let odd = [position("odd", &[("equity", f64::NAN, 0.0)])];
        assert_eq!(apply(&odd, &moves(&[("equity", 0.1)])).unwrap_err().field, "delta");
    }
}
