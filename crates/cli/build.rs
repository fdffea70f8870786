//! Tells the program what it was built from, for figures that only mean something beside it.

use std::process::Command;

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    let rustc = std::env::var("RUSTC").unwrap_or_else(|_| "rustc".to_owned());
    tell("PITFLOOR_RUSTC", said(&rustc, &["--version"]));
    let level = std::env::var("OPT_LEVEL").ok();
    tell("PITFLOOR_OPT_LEVEL", level);
    // Outside a repository there is no commit to tell.
    tell("PITFLOOR_COMMIT", said("git", &["rev-parse", "--short=12", "HEAD"]));
    let log = said("git", &["rev-parse", "--git-path", "logs/HEAD"]);
    if let Some(log) = log.filter(|log| std::path::Path::new(log).exists()) {
        println!("cargo:rerun-if-changed={log}");
    }
}

fn tell(name: &str, value: Option<String>) {
    if let Some(value) = value {
        println!("cargo:rustc-env={name}={value}");
    }
}

fn said(program: &str, arguments: &[&str]) -> Option<String> {
    let output = Command::new(program).args(arguments).output().ok()?;
    let said = String::from_utf8(output.stdout).ok()?.trim().to_owned();
    (output.status.success() && !said.is_empty()).then_some(said)
}
