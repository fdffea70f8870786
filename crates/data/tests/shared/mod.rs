//! Where the recorded data are: `PITFLOOR_SHARED`, else `../shared` beside the repository.

use std::path::PathBuf;

/// The folder of a data set, or none with a line that says so.
pub(crate) fn set(name: &str) -> Option<PathBuf> {
    let beside = || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared");
    let root = std::env::var_os("PITFLOOR_SHARED").map_or_else(beside, PathBuf::from);
    let set = root.join("data").join(name);
    if set.exists() {
        return Some(set);
    }
    eprintln!("SKIPPED: no data in {}", set.display());
    None
}
