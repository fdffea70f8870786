//! Any bytes as a history, played on the exchange and on the plain reference.
//!
//! The same function is tried on every run of the tests (`crates/exchange/tests/rules/bytes.rs`).

#![no_main]

#[path = "../../crates/exchange/tests/rules/bytes.rs"]
mod bytes;
#[allow(dead_code, reason = "what the stories need is not needed here")]
#[path = "../../crates/exchange/tests/rules/pit.rs"]
mod pit;

use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    if let Err(wrong) = bytes::play(input) {
        panic!("{wrong}");
    }
});
