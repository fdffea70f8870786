//! Chores of the repository, in the repository's own language.
//!
//! [`tidy`] holds the house in order and runs as a test; [`faults`] plants bugs one by one and
//! expects the tests to notice; [`nightly`] runs the tests at the amounts of a night; [`golden`] writes
//! down what histories come to. `main` only reads the arguments: `cargo xtask CHORE`.

pub mod faults;
pub mod golden;
pub mod nightly;
pub mod tidy;

use std::path::{Path, PathBuf};
use thiserror::Error;

/// A chore that could not be done, or was done and found something.
#[derive(Debug, Error)]
pub enum Failed {
    /// The arguments do not say what to do.
    #[error("{0}\n\n{USAGE}")]
    Usage(String),
    /// A file or a program could not be used.
    #[error("{what}: {why}")]
    World {
        /// What was tried.
        what: String,
        /// What the system answered.
        why: String,
    },
    /// The chore was done; this is what is wrong.
    #[error("{0}")]
    Found(String),
}

/// What can be asked.
pub const USAGE: &str = "\
cargo xtask tidy                              the house is in order
cargo xtask faults  [--list] [--only A,B]     every planted fault is caught
cargo xtask nightly [--list] [--only A,B] [--scale 0.01] [--first-seed N]
                                              the tests at the amounts of a night
cargo xtask golden                            writes golden/ anew and says what changed";

impl Failed {
    /// Something outside did not work.
    pub fn world(what: impl Into<String>, why: impl ToString) -> Self {
        Self::World { what: what.into(), why: why.to_string() }
    }
}

/// The root of the repository.
#[must_use]
pub fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.ancestors().nth(2).expect("crates/xtask is two below the root").to_owned()
}

/// The command line after the name of the chore: which things, and how much of them.
#[derive(Debug, Default, PartialEq)]
pub struct Choice {
    /// Say what there is, do nothing.
    pub list: bool,
    /// Only the things of these names, with commas between them.
    pub only: Option<String>,
    /// Amounts times this.
    pub scale: Option<f64>,
    /// Where random seeds begin, so that nights add up.
    pub first_seed: Option<u64>,
}

impl Choice {
    /// Reads `arguments`.
    ///
    /// # Errors
    ///
    /// When an option is not known or its value cannot be read.
    pub fn read(arguments: &[String]) -> Result<Self, Failed> {
        let mut choice = Self::default();
        let mut rest = arguments.iter();
        while let Some(option) = rest.next() {
            match option.as_str() {
                "--list" => choice.list = true,
                "--only" => choice.only = Some(value(option, rest.next())?),
                "--scale" => choice.scale = Some(positive(value(option, rest.next())?)?),
                "--first-seed" => choice.first_seed = Some(value(option, rest.next())?),
                _ => return Err(Failed::Usage(format!("{option:?} is no option"))),
            }
        }
        Ok(choice)
    }

    /// Those of `things` that are chosen, by `name`.
    ///
    /// # Errors
    ///
    /// When a name was asked for that is not there.
    pub fn of<'a, T>(
        &self,
        things: &'a [T],
        name: impl Fn(&T) -> &str,
    ) -> Result<Vec<&'a T>, Failed> {
        let Some(only) = &self.only else { return Ok(things.iter().collect()) };
        let wanted: Vec<&str> = only.split(',').collect();
        let there = |wanted: &&str| things.iter().any(|thing| name(thing) == *wanted);
        if let Some(missing) = wanted.iter().find(|wanted| !there(wanted)) {
            let names: Vec<&str> = things.iter().map(&name).collect();
            return Err(Failed::Usage(format!("{missing:?} is none of {}", names.join(", "))));
        }
        Ok(things.iter().filter(|thing| wanted.contains(&name(thing))).collect())
    }
}

fn value<T: std::str::FromStr>(option: &str, given: Option<&String>) -> Result<T, Failed> {
    let given = given.ok_or_else(|| Failed::Usage(format!("{option} needs a value")))?;
    given.parse().map_err(|_| Failed::Usage(format!("{option}: cannot use {given:?}")))
}

fn positive(scale: f64) -> Result<f64, Failed> {
    if scale > 0.0 && scale.is_finite() {
        return Ok(scale);
    }
    Err(Failed::Usage(format!("--scale: found {scale}, expected more than 0")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str) -> Result<Choice, Failed> {
        Choice::read(&line.split_whitespace().map(str::to_owned).collect::<Vec<_>>())
    }

    #[test]
    fn choices_are_read() {
        let choice = read("--only kills --scale 0.01 --first-seed 7").unwrap();
        let expected = Choice {
            list: false,
            only: Some("kills".to_owned()),
            scale: Some(0.01),
            first_seed: Some(7),
        };
        assert_eq!(choice, expected);
        assert_eq!(read("").unwrap(), Choice::default());
        assert!(read("--list").unwrap().list);
    }

    #[test]
    fn what_cannot_be_used_is_named() {
        for (line, said) in [
            ("--only", "--only needs a value"),
            ("--scale much", "cannot use \"much\""),
            ("--scale 0", "found 0, expected more than 0"),
            ("--scale -1", "expected more than 0"),
            ("--fast", "\"--fast\" is no option"),
        ] {
            let failed = read(line).unwrap_err().to_string();
            assert!(failed.contains(said), "{line}: {failed}");
        }
    }

    #[test]
    fn some_of_several_are_chosen_by_their_names() {
        let names = ["ann".to_owned(), "bob".to_owned()];
        let only = |name: &str| Choice { only: Some(name.to_owned()), ..Choice::default() };
        assert_eq!(only("bob").of(&names, |n| n).unwrap(), [&names[1]]);
        assert_eq!(only("bob,ann").of(&names, |n| n).unwrap(), [&names[0], &names[1]]);
        assert_eq!(Choice::default().of(&names, |n| n).unwrap().len(), 2);
        let failed = only("bob,eve").of(&names, |n| n).unwrap_err().to_string();
        assert!(failed.contains("\"eve\" is none of ann, bob"), "{failed}");
    }

    #[test]
    fn the_root_is_where_the_workspace_is() {
        assert!(root().join("crates/xtask/Cargo.toml").is_file());
    }
}
