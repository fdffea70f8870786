//! `cargo xtask CHORE`: reads the arguments, does the chore, says what is wrong.

use std::process::ExitCode;
use xtask::{Choice, Failed, faults, golden, nightly, root, tidy};

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match run(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failed) => {
            eprintln!("{failed}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &[String]) -> Result<(), Failed> {
    let Some((chore, rest)) = arguments.split_first() else {
        return Err(Failed::Usage("which chore?".to_owned()));
    };
    let choice = Choice::read(rest)?;
    match chore.as_str() {
        "tidy" => tidy::tidy(&root()),
        "faults" => faults::faults(&root(), &choice),
        "nightly" => nightly::nightly(&root(), &choice),
        "golden" if choice == Choice::default() => golden::golden(&root()),
        "golden" => {
            Err(Failed::Usage("golden takes no options: it writes all or nothing".to_owned()))
        }
        _ => Err(Failed::Usage(format!("{chore:?} is no chore"))),
    }
}
