//! M17: an uneven top of book says where the price goes next.

use super::{Ask, Class, Fact, Measured};
use crate::tape::Tape;

/// Moves it takes, after an uneven book.
const MOVES_MIN: usize = 200;

pub(super) const FACT: Fact = Fact {
    id: "M17",
    name: "Queue-imbalance predictability",
    estimator: "P(next mid move up) when I > ½ less that when I < −½, I before the move; and from every row",
    source: "Gould & Bonart 2016; Cont & de Larrard 2013",
    minimum: "200 moves after an uneven book",
    class: Class::Gate,
    measure,
};

fn measure(tape: &Tape, _: Ask) -> Measured {
    let (rows, moves) = tape.imbalance.differences();
    let seen = tape.imbalance.long_at_move.0 + tape.imbalance.short_at_move.0;
    Measured::from(seen as usize)
        .judged("ΔP(up) at the move", moves, (0.15, 1.0))
        .told("ΔP(up) from every row", rows)
        .at_least(seen as usize, MOVES_MIN, "moves after an uneven book")
}
