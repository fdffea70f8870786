//! What was.
pub mod journal;
mod mapped;
pub mod run_folder;
mod whole;
pub use whole::WholeFile;
