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

    /// A place that leads nowhere, or may not be used, was named wrongly; a disk or a network that
    /// fails is the world's.
    pub(crate) fn of_io(error: &std::io::Error, message: String) -> Self {
        use std::io::ErrorKind::{
            AlreadyExists, InvalidFilename, InvalidInput, IsADirectory, NotADirectory, NotFound,
            PermissionDenied, ReadOnlyFilesystem,
        };
        match error.kind() {
            AlreadyExists | InvalidFilename | InvalidInput | IsADirectory | NotADirectory
            | NotFound | PermissionDenied | ReadOnlyFilesystem => Self::Input(message),
            _ => Self::World(message),
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

#[cfg(test)]
mod tests {
    use super::Failure;
    use std::io::{Error, ErrorKind};

    #[test]
    fn a_wrong_name_is_bad_input_and_a_full_disk_is_the_worlds() {
        let status = |kind| Failure::of_io(&Error::from(kind), String::new()).status();
        assert_eq!(status(ErrorKind::NotFound), 2);
        assert_eq!(status(ErrorKind::PermissionDenied), 2);
        assert_eq!(status(ErrorKind::StorageFull), 3);
        assert_eq!(status(ErrorKind::TimedOut), 3);
        assert_eq!(Failure::Check(String::new()).status(), 1);
        assert_eq!(Failure::Interrupted.status(), 130);
    }
}
