//! Ctrl-C: once asks the work to end cleanly, twice ends it at once.

use crate::fail::Failure;
use std::sync::atomic::{AtomicBool, Ordering};

static ASKED: AtomicBool = AtomicBool::new(false);

/// Listens from now on.
pub(crate) fn listen() -> Result<(), Failure> {
    ctrlc::set_handler(|| {
        if ASKED.swap(true, Ordering::SeqCst) {
            std::process::exit(130);
        }
    })
    .map_err(|error| Failure::World(format!("cannot listen for Ctrl-C: {error}")))
}

/// True once somebody has asked.
pub(crate) fn asked() -> bool {
    ASKED.load(Ordering::SeqCst)
}
