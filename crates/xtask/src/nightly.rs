//! The tests at the amounts of a night.
//!
//! `STEPS` is the list; a step is a cargo command and the amount it is told through the
//! environment. Builds are release builds with the debug assertions on, so that the invariants are
//! checked at full speed. `--scale 0.01` does a hundredth of the night.

use crate::{Choice, Failed};
use std::path::Path;
use std::process::Command;

/// One thing to do at night.
#[derive(Clone, Copy, Debug)]
struct Step {
    name: &'static str,
    /// What it holds.
    holds: &'static str,
    /// The arguments of cargo.
    cargo: &'static [&'static str],
    amount: Amount,
}

/// How much of it.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Amount {
    /// So many, told in this variable; scales with the night.
    Of(&'static str, u64),
    /// So deep, told in this variable: each level costs about `fan` times the one above, so a
    /// smaller night goes less deep.
    Deep { variable: &'static str, depth: u32, fan: f64 },
    /// All of it, always.
    Whole,
}

/// The night. To add to it, add a line.
const STEPS: [Step; 10] = [
    Step {
        name: "differential",
        holds: "the exchange agrees with the plain reference, event by event",
        cargo: &[
            "test",
            "-p",
            "pitfloor-exchange",
            "--test",
            "rules",
            "differential::the_exchange",
        ],
        amount: Amount::Of("PITFLOOR_NIGHTLY_COMMANDS", 100_000_000),
    },
    Step {
        name: "language",
        holds: "the same over every order type, list, auction and switch, in each profile of worlds",
        cargo: &["test", "-p", "pitfloor-exchange", "--test", "orders", "plain_reference"],
        amount: Amount::Of("PITFLOOR_NIGHTLY_WORLDS", 40_000),
    },
    Step {
        name: "clearing",
        holds: "the clearing house agrees with the plain reference in every fund, line and fact",
        cargo: &["test", "-p", "pitfloor-exchange", "--test", "clearing", "differential::"],
        amount: Amount::Of("PITFLOOR_NIGHTLY_WORLDS", 200_000),
    },
    Step {
        name: "exhaustive",
        holds: "small worlds completely",
        cargo: &["test", "-p", "pitfloor-exchange", "--test", "rules", "exhaustive::"],
        amount: Amount::Deep { variable: "PITFLOOR_NIGHTLY_DEPTH", depth: 6, fan: 50.0 },
    },
    Step {
        name: "seeds",
        holds: "one seed, one history",
        cargo: &["test", "-p", "pitfloor-sim", "--tests"],
        amount: Amount::Of("PITFLOOR_NIGHTLY_SEEDS", 10_000),
    },
    Step {
        name: "power-cuts",
        holds: "what was acknowledged survives the power cut",
        cargo: &["test", "-p", "pitfloor-store", "--test", "power_cut"],
        amount: Amount::Of("PITFLOOR_NIGHTLY_POWER_CUTS", 1_000_000),
    },
    Step {
        name: "kills",
        holds: "what was acknowledged survives kill -9",
        cargo: &["test", "-p", "pitfloor-store", "--test", "kill"],
        amount: Amount::Of("PITFLOOR_NIGHTLY_KILLS", 10_000),
    },
    Step {
        name: "workloads",
        holds: "every book comes to the figures, digests and hashes of all eight workloads",
        cargo: &["test", "-p", "pitfloor-workloads", "--test", "workloads", "--", "--ignored"],
        amount: Amount::Whole,
    },
    Step {
        name: "speed",
        holds: "a million commands per CPU-second, and no number of agents a quarter slower",
        cargo: &[
            "run",
            "--release",
            "-p",
            "pitfloor-cli",
            "--bin",
            "pitfloor",
            "--",
            "bench",
            "run",
            "--agents",
            "10,100,1000,10000",
            "--rounds",
            "7",
            "--gate",
            "1000000",
        ],
        amount: Amount::Whole,
    },
    Step {
        name: "faults",
        holds: "every planted fault is caught",
        cargo: &["run", "-p", "xtask", "--", "faults"],
        amount: Amount::Whole,
    },
];

/// Does the chosen steps of the night.
///
/// # Errors
///
/// When a step failed (the others are done all the same), or cargo cannot be started.
pub fn nightly(root: &Path, choice: &Choice) -> Result<(), Failed> {
    let chosen = choice.of(&STEPS, |step| step.name)?;
    let scale = choice.scale.unwrap_or(1.0);
    let mut failed = Vec::new();
    for step in chosen {
        let told = told(step.amount, scale);
        let amount = told.as_ref().map_or(String::new(), |(name, value)| format!("{name}={value}"));
        println!("{:<14} {} {amount}", step.name, step.holds);
        if choice.list {
            continue;
        }
        let status = command(root, step, told, choice.first_seed).status();
        if !status.map_err(|why| Failed::world(format!("cargo for {}", step.name), why))?.success()
        {
            failed.push(step.name);
        }
    }
    if failed.is_empty() {
        return Ok(());
    }
    Err(Failed::Found(format!("the night failed in: {}", failed.join(", "))))
}

fn command(
    root: &Path,
    step: &Step,
    told: Option<(&str, u64)>,
    first_seed: Option<u64>,
) -> Command {
    let mut cargo = Command::new(env!("CARGO"));
    let (head, tail) = step.cargo.split_first().expect("a step has a command");
    cargo.arg(head).current_dir(root);
    if *head == "test" {
        cargo.arg("--release").env("CARGO_PROFILE_RELEASE_DEBUG_ASSERTIONS", "true");
        // Not where ordinary release builds are: the other profile would push them out.
        cargo.env("CARGO_TARGET_DIR", root.join("target/nightly"));
    }
    cargo.args(tail).envs(told.map(|(name, value)| (name, value.to_string())));
    cargo.envs(first_seed.map(|seed| ("PITFLOOR_NIGHTLY_FIRST_SEED", seed.to_string())));
    cargo
}

/// The variable and what it says at this scale.
fn told(amount: Amount, scale: f64) -> Option<(&'static str, u64)> {
    match amount {
        Amount::Of(variable, count) => Some((variable, ((count as f64 * scale) as u64).max(1))),
        Amount::Deep { variable, depth, fan } => {
            let levels = (scale.ln() / fan.ln()).ceil();
            Some((variable, (f64::from(depth) + levels).max(1.0) as u64))
        }
        Amount::Whole => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::root;

    #[test]
    fn a_smaller_night_is_told_smaller_amounts() {
        let commands = Amount::Of("COMMANDS", 100_000_000);
        assert_eq!(told(commands, 1.0), Some(("COMMANDS", 100_000_000)));
        assert_eq!(told(commands, 0.01), Some(("COMMANDS", 1_000_000)));
        assert_eq!(told(commands, 1e-12), Some(("COMMANDS", 1)));
        let deep = Amount::Deep { variable: "DEPTH", depth: 6, fan: 50.0 };
        assert_eq!(told(deep, 1.0), Some(("DEPTH", 6)));
        assert_eq!(told(deep, 0.01), Some(("DEPTH", 5)));
        assert_eq!(told(deep, 0.0001), Some(("DEPTH", 4)));
        assert_eq!(told(deep, 60.0), Some(("DEPTH", 8)));
        assert_eq!(told(Amount::Whole, 0.01), None);
    }

    /// An amount that nobody reads would make the night a lie.
    #[test]
    fn every_amount_is_read_by_a_test() {
        let sources = crate::tidy::text::sources(&root()).unwrap();
        for step in STEPS {
            let (Amount::Of(variable, _) | Amount::Deep { variable, .. }) = step.amount else {
                continue;
            };
            let package = step.cargo.iter().find_map(|word| word.strip_prefix("pitfloor-"));
            let folder = format!("crates/{}/", package.expect("a test step names its package"));
            let read = |source: &crate::tidy::text::Source| {
                source.path.starts_with(&folder) && source.text.contains(variable)
            };
            assert!(sources.iter().any(read), "{}: nobody reads {variable}", step.name);
        }
    }

    #[test]
    fn tests_are_built_for_release_with_assertions() {
        let cargo = command(&root(), &STEPS[0], Some(("COMMANDS", 5)), Some(9));
        let arguments: Vec<_> = cargo.get_args().collect();
        assert_eq!(arguments[..3], ["test", "--release", "-p"]);
        let told = |name: &str| {
            let value = cargo.get_envs().find(|(key, _)| *key == name).and_then(|(_, value)| value);
            value.map(|value| value.to_string_lossy().into_owned())
        };
        assert_eq!(told("COMMANDS").as_deref(), Some("5"));
        assert_eq!(told("PITFLOOR_NIGHTLY_FIRST_SEED").as_deref(), Some("9"));
        assert_eq!(told("CARGO_PROFILE_RELEASE_DEBUG_ASSERTIONS").as_deref(), Some("true"));
    }

    #[test]
    fn names_are_different() {
        let names: std::collections::BTreeSet<&str> = STEPS.iter().map(|step| step.name).collect();
        assert_eq!(names.len(), STEPS.len());
    }
}
