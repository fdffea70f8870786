//! The house is in order: who may import whom, what the core may not touch, how files look.
//!
//! Start reading at [`tidy`]. [`house`] holds what `cargo metadata` tells against the table of the
//! architecture; [`text`] looks at the files themselves. Every check is a pure function from what it
//! looks at to what is wrong with it, and has a test that plants what it must catch.

pub mod house;
pub mod lexer;
pub mod text;

use crate::Failed;
use cargo_metadata::MetadataCommand;
use std::fmt;
use std::path::Path;
use std::process::Command;

/// Something that is not in order.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Finding {
    /// A file and a line, or a crate.
    pub place: String,
    /// What is wrong there, and what would be right.
    pub what: String,
}

impl Finding {
    /// Says `what` is wrong in `place`.
    pub fn new(place: impl Into<String>, what: impl Into<String>) -> Self {
        Self { place: place.into(), what: what.into() }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.what)
    }
}

/// Looks at the repository at `root`.
///
/// # Errors
///
/// When something is not in order (one line each), or cannot be looked at.
pub fn tidy(root: &Path) -> Result<(), Failed> {
    let mut found = house::check(&house::House::of(&metadata(root)?));
    for source in text::sources(root)? {
        found.extend(text::check(&source));
    }
    found.sort();
    if found.is_empty() {
        return Ok(());
    }
    let lines: Vec<String> = found.iter().map(ToString::to_string).collect();
    Err(Failed::Found(format!("{}\n{} not in order", lines.join("\n"), lines.len())))
}

fn metadata(root: &Path) -> Result<cargo_metadata::Metadata, Failed> {
    let mut command = MetadataCommand::new();
    // For this machine only: crates for others need not even be downloaded.
    command.current_dir(root).other_options(vec!["--filter-platform".to_owned(), host()?]);
    command.exec().map_err(|why| Failed::world("cargo metadata", why))
}

/// The name of this machine's platform, as the compiler calls it.
fn host() -> Result<String, Failed> {
    let told = Command::new("rustc").arg("-vV").output();
    let told = told.map_err(|why| Failed::world("rustc -vV", why))?;
    let told = String::from_utf8_lossy(&told.stdout).into_owned();
    let host = told.lines().find_map(|line| line.strip_prefix("host: "));
    host.map(str::to_owned).ok_or_else(|| Failed::world("rustc -vV", "does not name its host"))
}
