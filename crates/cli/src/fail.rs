//! How a command ends when it does not end well, and what the shell is told.

use std::fmt;

/// Why a command could not do what it was asked.
#[derive(Debug)]
pub(crate) enum Failure {
    /// A check that the command was asked to make does not hold. Status 1.
    Check(String),
    /// The command was used wrongly, or what it was given cannot be used. Status 2.
    Input(String),
    /// The world failed: disk, network, database. Status 3.
    World(String),
    /// Somebody pressed Ctrl-C; everything acknowledged is on disk. Status 130.
    Interrupted,
}

impl Failure {
    /// The exit status that scripts rely on.
    pub(crate) const fn status(&self) -> u8 {
        match self {
            Self::Check(_) => 1,
            Self::Input(_) => 2,
            Self::World(_) => 3,
            Self::Interrupted => 130,
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Check(why) | Self::Input(why) | Self::World(why) => f.write_str(why),
            Self::Interrupted => f.write_str("interrupted; what was done is kept"),
        }
    }
}
