//! Which side's queue empties first, when both are random walks.
//!
//! Source: Cont & de Larrard (2013), SIAM Journal on Financial Mathematics 4, proposition 1, with
//! as many arrivals as departures: the probability that the ask queue empties before the bid queue.

use crate::Outside;
use libm::{pow, sin, sqrt, tan};
use pitfloor_pricing::numeric::integral::Budget;
use std::f64::consts::PI;

/// The longest queue.
pub const QUEUE_MOST: u64 = 1_000;
/// The most points of the curve.
const POINTS_MOST: u64 = 4_000_000;
/// How exact the integral is, for each order at the bid: the curve is as high as twice their number,
/// and rounding with it.
const TOLERANCE: f64 = 1e-12;

/// The probability that the next price is higher, with `n` orders at the bid and `p` at the ask.
///
/// An empty queue has moved already: 1 without an ask, 0 without a bid.
///
/// # Errors
///
/// [`Outside`] when a queue is longer than [`QUEUE_MOST`], or both are empty.
pub fn up(n: u64, p: u64) -> Result<f64, Outside> {
    for (field, queue) in [("n", n), ("p", p)] {
        if queue > QUEUE_MOST {
            return Err(Outside::new(field, queue, "at most 1000 orders"));
        }
    }
    match (n, p) {
        (0, 0) => return Err(Outside::new("p", 0, "an order on one side")),
        (_, 0) => return Ok(1.0),
        (0, _) => return Ok(0.0),
        _ => {}
    }
    let (bid, ask) = (n as f64, p as f64);
    let curve = |t: f64| {
        // With s = sin(t/2), what the paper raises to the power p is (√(1+s²) - s)²: written as a
        // quotient, in which nothing cancels.
        let s = sin(0.5 * t);
        let root = sqrt(1.0 + s * s) + s;
        let kernel = if t == 0.0 { 2.0 * bid } else { sin(bid * t) / tan(0.5 * t) };
        pow(root, -2.0 * ask) * kernel
    };
    let area = Budget { left: POINTS_MOST }
        .integrate(&curve, (0.0, PI), TOLERANCE * bid)
        .ok_or_else(|| Outside::new("n", n, "queues whose integral is found"))?;
    Ok((area / PI).clamp(0.0, 1.0))
}
