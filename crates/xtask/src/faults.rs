//! Plants one bug at a time and expects the tests to notice: a net is trusted only after it has
//! caught something.
//!
//! `faults.toml` at the root lists the bugs. Each is a text in a file that is replaced by another, in
//! a copy of the repository under `target/faults`, and a check (a package and a filter of tests) that
//! must fail then and must pass without it. A fault that does not compile is broken, not caught, and
//! so is one whose text is not where it should be or whose check runs no test.

use crate::{Choice, Failed};
use cargo_metadata::Message;
use cargo_metadata::diagnostic::DiagnosticLevel;
use serde::Deserialize;
use std::fs;
use std::io::BufReader;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

/// The list of faults.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct List {
    fault: Vec<Fault>,
}

/// A bug to plant, and the tests that must notice.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Fault {
    name: String,
    /// From the root.
    file: String,
    /// What is replaced, exactly as it stands.
    find: String,
    /// Which of several occurrences, from 1; without it there must be exactly one.
    nth: Option<usize>,
    /// By what.
    replace: String,
    /// Whose tests.
    package: String,
    /// Which of them: those with this in their name.
    test: String,
}

/// What came of a fault.
#[derive(Debug, PartialEq, Eq)]
enum Outcome {
    /// These tests failed.
    Caught(Vec<String>),
    /// The tests hung and were ended, which nobody would overlook.
    Hung,
    /// Everything passed.
    Survived,
    /// It could not be planted or did not compile.
    Broken(String),
}

/// How long a check may take. A fault that makes a loop endless is noticed by this.
const CHECK_SECS_MAX: u64 = 300;

/// How much memory a check may ask for, in KiB. A fault that makes a list endless is noticed by this.
const CHECK_KIB_MAX: u64 = 6 << 20;

/// `program` with its memory bounded, where the system has a shell that can say so.
fn bounded(program: &Path) -> Command {
    if !cfg!(unix) {
        return Command::new(program);
    }
    let mut shell = Command::new("sh");
    shell.arg("-c").arg(format!("ulimit -v {CHECK_KIB_MAX}; exec \"$0\" \"$@\"")).arg(program);
    shell
}

/// Plants the chosen faults of the repository at `root`.
///
/// # Errors
///
/// When one survives or is broken, or the list or the copy cannot be used.
pub fn faults(root: &Path, choice: &Choice) -> Result<(), Failed> {
    let list = read(&root.join("faults.toml"))?;
    let chosen = choice.of(&list, |fault| &fault.name)?;
    if choice.list {
        for fault in chosen {
            println!("{:<40} {} {}", fault.name, fault.package, fault.test);
        }
        return Ok(());
    }
    let tree = root.join("target/faults/tree");
    copy(root, &tree)?;
    sound(&tree, &chosen)?;
    let (mut caught, mut lost) = (0, Vec::new());
    for fault in chosen {
        let outcome = plant(&tree, fault)?;
        println!("{:<40} {}", fault.name, told(&outcome));
        match outcome {
            Outcome::Caught(_) | Outcome::Hung => caught += 1,
            Outcome::Survived | Outcome::Broken(_) => lost.push(fault.name.as_str()),
        }
    }
    if lost.is_empty() {
        println!("{caught} faults planted, all caught");
        return Ok(());
    }
    Err(Failed::Found(format!("{caught} faults caught, not so: {}", lost.join(", "))))
}

fn told(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Caught(tests) => {
            let more = if tests.len() > 1 {
                format!(" and {} more", tests.len() - 1)
            } else {
                String::new()
            };
            format!("caught by {}{more}", tests[0])
        }
        Outcome::Hung => format!("caught: no end within {CHECK_SECS_MAX} s"),
        Outcome::Survived => "SURVIVED".to_owned(),
        Outcome::Broken(why) => format!("BROKEN: {why}"),
    }
}

fn read(path: &Path) -> Result<Vec<Fault>, Failed> {
    let failed = |why: &dyn ToString| Failed::world(path.display().to_string(), why.to_string());
    let text = fs::read_to_string(path).map_err(|why| failed(&why))?;
    let list: List = toml::from_str(&text).map_err(|why| failed(&why))?;
    Ok(list.fault)
}

/// Makes `tree` the same as the repository at `root`, as it stands, without what is ignored. Files
/// that are the same already are not touched, so that only what changed is built again.
fn copy(root: &Path, tree: &Path) -> Result<(), Failed> {
    let mut git = Command::new("git");
    git.args(["ls-files", "--cached", "--others", "--exclude-standard", "-z"]).current_dir(root);
    let listed = git.output().map_err(|why| Failed::world("git ls-files", why))?;
    if !listed.status.success() {
        return Err(Failed::world("git ls-files", String::from_utf8_lossy(&listed.stderr)));
    }
    let listed = String::from_utf8_lossy(&listed.stdout).into_owned();
    let names: Vec<&str> = listed.split('\0').filter(|name| !name.is_empty()).collect();
    for name in &names {
        let (from, to) = (root.join(name), tree.join(name));
        // A file that was deleted but not yet forgotten by git is in the list and not there.
        let Ok(bytes) = fs::read(&from) else { continue };
        if fs::read(&to).is_ok_and(|there| there == bytes) {
            continue;
        }
        let folder = to.parent().unwrap_or(tree);
        let written = fs::create_dir_all(folder).and_then(|()| fs::write(&to, bytes));
        written.map_err(|why| Failed::world(to.display().to_string(), why))?;
    }
    clear(tree, tree, root)
}

/// Takes out of `folder`, a part of `tree`, what is not in the repository any more.
fn clear(folder: &Path, tree: &Path, root: &Path) -> Result<(), Failed> {
    let failed = |why: std::io::Error| Failed::world(folder.display().to_string(), why);
    for entry in fs::read_dir(folder).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        let origin = root.join(path.strip_prefix(tree).unwrap_or(&path));
        if path.is_dir() {
            clear(&path, tree, root)?;
        } else if !origin.exists() {
            fs::remove_file(&path).map_err(failed)?;
        }
    }
    Ok(())
}

/// Every check passes and runs something while no fault is planted.
fn sound(tree: &Path, chosen: &[&Fault]) -> Result<(), Failed> {
    let mut checks: Vec<(&str, &str)> =
        chosen.iter().map(|fault| (fault.package.as_str(), fault.test.as_str())).collect();
    checks.sort_unstable();
    checks.dedup();
    for (package, test) in checks {
        match check(tree, package, test)? {
            Outcome::Survived => {}
            Outcome::Caught(tests) => {
                let what = format!("{package} {test}: fails without any fault: {tests:?}");
                return Err(Failed::Found(what));
            }
            Outcome::Hung => {
                let what = format!("{package} {test}: takes over {CHECK_SECS_MAX} s without fault");
                return Err(Failed::Found(what));
            }
            Outcome::Broken(why) => {
                return Err(Failed::Found(format!("{package} {test}, without any fault: {why}")));
            }
        }
    }
    Ok(())
}

/// Plants `fault` in `tree`, runs its check and takes it out again.
fn plant(tree: &Path, fault: &Fault) -> Result<Outcome, Failed> {
    let path = tree.join(&fault.file);
    let Ok(sound) = fs::read_to_string(&path) else {
        return Ok(Outcome::Broken(format!("{}: no such file", fault.file)));
    };
    let faulty = match replaced(&sound, fault) {
        Ok(faulty) => faulty,
        Err(why) => return Ok(Outcome::Broken(why)),
    };
    let write = |text: &str| {
        fs::write(&path, text).map_err(|why| Failed::world(path.display().to_string(), why))
    };
    write(&faulty)?;
    let outcome = check(tree, &fault.package, &fault.test);
    write(&sound)?;
    outcome
}

/// `text` with the fault in it.
fn replaced(text: &str, fault: &Fault) -> Result<String, String> {
    let places: Vec<usize> = text.match_indices(&fault.find).map(|(at, _)| at).collect();
    let at = match (fault.nth, places.as_slice()) {
        (_, []) => return Err(format!("{}: the text to replace is not there", fault.file)),
        (None, [at]) => *at,
        (None, places) => {
            return Err(format!(
                "{}: the text to replace is there {} times; say which (nth)",
                fault.file,
                places.len()
            ));
        }
        (Some(nth), places) => {
            let at = nth.checked_sub(1).and_then(|index| places.get(index));
            *at.ok_or_else(|| format!("{}: it is there {} times", fault.file, places.len()))?
        }
    };
    Ok([&text[..at], &fault.replace, &text[at + fault.find.len()..]].concat())
}

/// Builds and runs those tests of `package` that have `test` in their name.
fn check(tree: &Path, package: &str, test: &str) -> Result<Outcome, Failed> {
    let programs = match build(tree, package)? {
        Ok(programs) => programs,
        Err(why) => return Ok(Outcome::Broken(why)),
    };
    let (mut failed, mut ran) = (Vec::new(), 0);
    for program in programs {
        let Some(report) = run(tree, package, &program, test)? else { return Ok(Outcome::Hung) };
        ran += count(&report);
        failed.extend(failures(&report));
    }
    Ok(match (ran, failed.is_empty()) {
        (0, _) => Outcome::Broken(format!("no test of {package} has {test:?} in its name")),
        (_, true) => Outcome::Survived,
        (_, false) => Outcome::Caught(failed),
    })
}

/// The test programs of `package`, or what the compiler said.
fn build(tree: &Path, package: &str) -> Result<Result<Vec<PathBuf>, String>, Failed> {
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(["test", "--no-run", "--tests", "--message-format=json"]);
    cargo.args(["--package", package]).current_dir(tree);
    cargo.env("CARGO_TARGET_DIR", tree.with_file_name("target"));
    let failed = |why: &dyn ToString| Failed::world("cargo test --no-run", why.to_string());
    let mut child =
        cargo.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().map_err(|why| failed(&why))?;
    let messages = BufReader::new(child.stdout.take().expect("its output is ours to read"));
    let (mut programs, mut said) = (Vec::new(), String::new());
    for message in Message::parse_stream(messages) {
        match message.map_err(|why| failed(&why))? {
            Message::CompilerArtifact(artifact) if artifact.profile.test => {
                programs.extend(artifact.executable.map(PathBuf::from));
            }
            Message::CompilerMessage(message)
                if said.is_empty() && message.message.level == DiagnosticLevel::Error =>
            {
                said = message.message.message;
            }
            _ => {}
        }
    }
    let status = child.wait().map_err(|why| failed(&why))?;
    if status.success() {
        return Ok(Ok(programs));
    }
    let said = if said.is_empty() { "cargo would not".to_owned() } else { said };
    Ok(Err(format!("does not compile: {said}")))
}

/// What `program` printed when it ran the tests with `test` in their name; none when it had to be
/// ended.
fn run(tree: &Path, package: &str, program: &Path, test: &str) -> Result<Option<String>, Failed> {
    let failed = |why: std::io::Error| Failed::world(program.display().to_string(), why);
    let report = tree.with_file_name("report.txt");
    let file = fs::File::create(&report).map_err(failed)?;
    let folder = package.strip_prefix("pitfloor-").unwrap_or(package);
    let mut child = bounded(program)
        .arg(test)
        .current_dir(tree.join("crates").join(folder))
        .env("RUST_BACKTRACE", "0")
        .stdout(file)
        .stderr(Stdio::null())
        .spawn()
        .map_err(failed)?;
    for _ in 0..CHECK_SECS_MAX * 20 {
        if child.try_wait().map_err(failed)?.is_some() {
            return fs::read_to_string(&report).map(Some).map_err(failed);
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    child.kill().and_then(|()| child.wait()).map_err(failed)?;
    Ok(None)
}

/// How many tests a report says were run.
fn count(report: &str) -> usize {
    let lines = report.lines().filter_map(|line| line.strip_prefix("running "));
    lines.filter_map(|line| line.split(' ').next()?.parse::<usize>().ok()).sum()
}

/// The tests that a report says failed.
fn failures(report: &str) -> Vec<String> {
    let failed = report.lines().filter_map(|line| line.strip_prefix("test "));
    let mut names: Vec<String> = failed
        .filter_map(|line| line.strip_suffix(" ... FAILED"))
        .map(|name| name.trim_end_matches(" - should panic").to_owned())
        .collect();
    // A program that dies without a report has failed as well.
    if names.is_empty() && !report.contains("test result: ok") {
        names.push("the end of the test program".to_owned());
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault(find: &str, nth: Option<usize>) -> Fault {
        Fault {
            name: "swap".to_owned(),
            file: "a.rs".to_owned(),
            find: find.to_owned(),
            nth,
            replace: ">".to_owned(),
            package: "pitfloor-a".to_owned(),
            test: String::new(),
        }
    }

    #[test]
    fn a_fault_is_planted_where_it_says() {
        assert_eq!(replaced("a < b", &fault("<", None)).unwrap(), "a > b");
        assert_eq!(replaced("a < b < c", &fault("<", Some(2))).unwrap(), "a < b > c");
    }

    #[test]
    fn a_fault_that_does_not_say_where_is_broken() {
        for (text, nth, said) in [
            ("a = b", None, "a.rs: the text to replace is not there"),
            ("a < b < c", None, "a.rs: the text to replace is there 2 times; say which (nth)"),
            ("a < b", Some(2), "a.rs: it is there 1 times"),
            ("a < b", Some(0), "a.rs: it is there 1 times"),
        ] {
            assert_eq!(replaced(text, &fault("<", nth)).unwrap_err(), said);
        }
    }

    #[test]
    fn reports_are_read() {
        let report = "\nrunning 2 tests\ntest a::b ... ok\ntest c - should panic ... FAILED\n\n\
                      test result: FAILED. 1 passed; 1 failed";
        assert_eq!((count(report), failures(report)), (2, vec!["c".to_owned()]));
        let fine = "running 1 test\ntest a ... ok\n\ntest result: ok. 1 passed";
        assert_eq!((count(fine), failures(fine).len()), (1, 0));
        assert_eq!(failures("running 1 test\n"), ["the end of the test program"]);
    }

    #[test]
    fn the_list_of_the_repository_can_be_planted() {
        let root = crate::root();
        let list = read(&root.join("faults.toml")).unwrap();
        let mut names: Vec<&str> = list.iter().map(|fault| fault.name.as_str()).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), list.len(), "each name once");
        for fault in &list {
            let text = fs::read_to_string(root.join(&fault.file)).unwrap();
            let faulty =
                replaced(&text, fault).unwrap_or_else(|why| panic!("{}: {why}", fault.name));
            assert_ne!(faulty, text, "{} changes something", fault.name);
        }
    }

    /// A whole round in a small repository of its own: caught, survived, broken.
    #[test]
    fn planted_faults_are_told_apart() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        let write = |path: &str, text: &str| {
            let path = root.join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        };
        write("Cargo.toml", "[workspace]\nmembers = [\"crates/*\"]\nresolver = \"3\"\n");
        write(
            "Cargo.lock",
            "version = 4\n\n[[package]]\nname = \"pitfloor-a\"\nversion = \"0.0.0\"\n",
        );
        write("crates/a/Cargo.toml", "[package]\nname = \"pitfloor-a\"\nedition = \"2024\"\n");
        let code = "pub fn less(a: u8, b: u8) -> bool { a < b }\npub fn idle() -> u8 { 1 }\n\
                    #[test]\nfn one_is_less_than_two() { assert!(less(1, 2)) }\n";
        write("crates/a/src/lib.rs", code);
        let in_a = |find: &str, replace: &str, test: &str| Fault {
            file: "crates/a/src/lib.rs".to_owned(),
            replace: replace.to_owned(),
            test: test.to_owned(),
            ..fault(find, None)
        };
        let tree = root.join("target/faults/tree");
        for name in ["Cargo.toml", "Cargo.lock", "crates/a/Cargo.toml", "crates/a/src/lib.rs"] {
            let to = tree.join(name);
            fs::create_dir_all(to.parent().unwrap()).unwrap();
            fs::copy(root.join(name), to).unwrap();
        }
        let swapped = in_a("a < b", "a > b", "one_is");
        sound(&tree, &[&swapped]).unwrap();
        let caught = Outcome::Caught(vec!["one_is_less_than_two".to_owned()]);
        assert_eq!(plant(&tree, &swapped).unwrap(), caught);
        assert_eq!(plant(&tree, &in_a("{ 1 }", "{ 2 }", "one_is")).unwrap(), Outcome::Survived);
        let broken = |fault: &Fault| match plant(&tree, fault).unwrap() {
            Outcome::Broken(why) => why,
            other => panic!("{other:?} is not broken"),
        };
        assert!(broken(&in_a("a < b", "a <", "one_is")).contains("does not compile"));
        assert!(broken(&in_a("a < b", "a > b", "nobody")).contains("no test of pitfloor-a"));
        let after = fs::read_to_string(tree.join("crates/a/src/lib.rs")).unwrap();
        assert_eq!(after, code, "what was planted was taken out");
    }
}
