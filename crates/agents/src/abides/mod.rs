//! The population of ABIDES: the agents of the reference configurations RMSC03 and RMSC04.
//!
//! Source: Byrd, Hybinette & Balch (2020), *ABIDES: towards high-fidelity multi-agent market
//! simulation*, ACM SIGSIM-PADS; Amrouni and others (2021), *ABIDES-Gym*, ICAIF, whose public code
//! has the configurations. The scenarios `rmsc03` and `rmsc04` put them together.
//!
//! What they have in common: the run begins when trading opens, and after `close` none of them sends
//! an order. Whoever wants to know the best prices sends the venue a question and decides when the
//! answer is there, one way up and one way down the line later
//! ([`Context::ask`](pitfloor_sim::agent::Context::ask)), from the book as it was when the question got
//! there. Nobody looks at what he can pay: their accounts may owe without limit.

pub mod adaptive_maker;
pub mod ma_momentum;
pub mod pov_buyer;
pub mod sizes;
pub mod u_noise;
pub mod value;

use pitfloor_model::units::{InstrumentId, OrderId, Qty, Side, Span, Time};
use pitfloor_sim::agent::Context;
use pitfloor_sim::params::{Parameter, Takes};
use pitfloor_sim::view::View;

/// The tag of the timer by which they wake of themselves.
const WAKE: u64 = 0;

/// The tag of an answer of the venue.
const ANSWER: u64 = 1;

/// When trading ends: every kind of this folder has it.
const CLOSE: Parameter = Parameter {
    name: "close",
    takes: Takes::Span,
    default: "6h30m",
    about: "after so long from the start it sends no order any more",
};

/// The lots that buyers and sellers took from the book in the last `within` that `view` shows. Counts
/// no more trades than the board keeps.
fn taken(view: &View<'_>, instrument: InstrumentId, within: Span) -> (u64, u64) {
    let since = view.at().before(within);
    let prints = view.prints(instrument).take_while(|print| print.at >= since);
    prints.fold((0, 0), |(buys, sells), print| match print.aggressor {
        Some(Side::Buy) => (buys + print.qty.0, sells),
        Some(Side::Sell) => (buys, sells + print.qty.0),
        None => (buys, sells),
    })
}

/// Sends a limit order of `qty` at `ticks`; none of nothing, and none at a price that is not above it.
fn limit(
    cx: &mut Context<'_>,
    instrument: InstrumentId,
    side: Side,
    ticks: i64,
    qty: Qty,
) -> Option<OrderId> {
    let price = pitfloor_model::units::Price(ticks);
    (!qty.is_zero() && ticks > 0).then(|| cx.limit(instrument, side, price, qty))
}

/// `span` after the start of the run.
const fn moment(span: Span) -> Time {
    Time::ZERO.after(span)
}
