//! Completions and manual pages, made from the definitions of the arguments.

use crate::args::Cli;
use crate::fail::Failure;
use clap::CommandFactory;
use clap_complete::Shell;
use std::path::Path;

/// The completions for `shell`, to be sourced or installed.
pub(crate) fn completions(shell: Shell) -> String {
    let mut out = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "pitfloor", &mut out);
    String::from_utf8_lossy(&out).into_owned()
}

/// Writes `pitfloor.1` and one page per command into `folder`.
pub(crate) fn pages(folder: &Path) -> Result<(), Failure> {
    let world = |error: std::io::Error| Failure::World(format!("{}: {error}", folder.display()));
    std::fs::create_dir_all(folder).map_err(world)?;
    clap_mangen::generate_to(Cli::command(), folder).map_err(world)
}
