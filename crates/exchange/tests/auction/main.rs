//! The call auction by itself: worked examples first, then the hunt.
//!
//! Start reading at `examples`; `call` is how a call is written down and told. `plain` is the same
//! auction written for the eye, which walks every tick and pairs lot by lot; `hunt` compares the
//! two and holds what must be true after every uncross. `extremes` are prices and lots as far out
//! as they go.

mod call;
mod collars;
mod examples;
mod extremes;
mod hunt;
mod plain;
