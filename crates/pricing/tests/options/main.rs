//! Options and the processes under them, from outside: published figures, properties, refusals.

mod chains;
mod early;
mod european;
mod implied;
mod published;
mod simulated;
mod wandering;
mod warrants;

use pitfloor_pricing::option::{Right, Vanilla};
use std::path::PathBuf;

/// A plain option, in the order of the literature: S, K, r, q, T.
fn option(right: Right, [spot, strike, rate, dividend, time]: [f64; 5]) -> Vanilla {
    Vanilla { right, spot, strike, rate, dividend, time }
}

fn call(terms: [f64; 5]) -> Vanilla {
    option(Right::Call, terms)
}

fn put(terms: [f64; 5]) -> Vanilla {
    option(Right::Put, terms)
}

/// Published figures and recorded days: in the folder that `PITFLOOR_SHARED` names, else beside the
/// repository. Nothing when `path` is not there, and then it says so.
fn shared(path: &str) -> Option<PathBuf> {
    let beside = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared");
    let root = std::env::var_os("PITFLOOR_SHARED").map_or_else(|| beside.into(), PathBuf::from);
    let path = root.join(path);
    if path.exists() {
        return Some(path);
    }
    eprintln!("SKIPPED: {} is not there", path.display());
    None
}

#[track_caller]
fn near(found: f64, expected: f64, tolerance: f64) {
    let off = (found - expected).abs();
    assert!(off <= tolerance, "found {found}, expected {expected}, off by {off:e}");
}
