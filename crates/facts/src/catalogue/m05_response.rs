//! M5: the price answers a trade at once and then little more, although more of the same follow.

use super::{ABOVE_ZERO, Ask, Class, Fact, Measured, TRADES_MIN};
use crate::estimator::mean;
use crate::tape::Tape;

pub(super) const FACT: Fact = Fact {
    id: "M5",
    name: "Response function",
    estimator: "R(l) = mean of ε_t (m_{t+l} − m_t), l in trades; R(100)/R(1) and R(500)/R(100)",
    source: "Bouchaud, Gefen, Potters & Wyart 2004 (doubles, then flat)",
    minimum: "20 000 trades",
    class: Class::Gate,
    measure,
};

fn measure(tape: &Tape, ask: Ask) -> Measured {
    let n = tape.trades().count();
    let [one, ten, hundred, more] = [1, 10, 100, 500].map(|lag| answers(tape, lag));
    let [r1, r10, r100, r500] = [&one, &ten, &hundred, &more].map(|answers| mean(answers));
    let over = |a: Option<f64>, b: Option<f64>| Some(a? / b.filter(|b| *b != 0.0)?);
    Measured::from(n)
        .judged("R(100)/R(1)", over(r100, r1), (1.1, 4.0))
        .judged("R(1)", r1, ABOVE_ZERO)
        .judged("R(500)/R(100)", over(r500, r100), (f64::NEG_INFINITY, 1.5))
        .told("R(10)", r10)
        .told("R(100)", r100)
        .told("R(500)", r500)
        .at_least(n, TRADES_MIN, "trades")
        .drawn_places(ask, hundred.len(), |places| {
            let of = |answers: &[f64]| places.iter().map(|place| answers[*place]).sum::<f64>();
            Some(of(&hundred) / Some(of(&one)).filter(|one| *one != 0.0)?)
        })
}

/// ε_t (m_{t+lag} − m_t) of every trade that has a trade so far behind it on its day.
pub(crate) fn answers(tape: &Tape, lag: usize) -> Vec<f64> {
    let mut answers = Vec::new();
    for day in &tape.days {
        let known = day.trades.iter().position(|trade| trade.mid.is_finite());
        let trades = &day.trades[known.unwrap_or(day.trades.len())..];
        for (now, later) in trades.iter().zip(trades.get(lag..).unwrap_or_default()) {
            answers.push(now.sign * (later.mid - now.mid));
        }
    }
    answers
}
