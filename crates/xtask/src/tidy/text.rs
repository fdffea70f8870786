//! How files look, and the words that may not stand in them.

use super::house::CORE;
use super::{Finding, lexer};
use crate::Failed;
use std::path::{Path, PathBuf};

/// The longest line, in characters. The formatter keeps code below 100 but leaves text alone.
const LINE_MAX: usize = 110;

/// What the core may not do itself: it is told the time, the dice and the files' contents.
const BANNED_IN_CORE: [&str; 8] = [
    "std::fs",
    "std::net",
    "std::thread",
    "std::time::Instant",
    "std::time::SystemTime",
    "std::env",
    "std::process",
    "thread_rng",
];

/// The same through an import: `use std::{fs, …}` or `use std::time::{Instant, …}`.
const BANNED_IN_CORE_IMPORTS: [(&str, &[&str]); 2] = [
    ("use std::{", &["fs", "net", "thread", "env", "process"]),
    ("use std::time::{", &["Instant", "SystemTime"]),
];

/// The files that may say the word, and why.
const UNSAFE: [(&str, &str); 4] = [
    ("crates/cli/src/heap.rs", "an allocator that counts has no safe form; it hands everything on"),
    ("crates/store/src/mapped.rs", "mapping a file into memory has no safe form"),
    (
        "crates/exchange/src/near.rs",
        "a prefetch has no safe form; it can neither fault nor change anything",
    ),
    (
        "crates/exchange/src/book/pages.rs",
        "that a page has one owner is known by its epoch; to ask a counter costs more than the write",
    ),
];

/// What is written on the way and taken out before the end. In two halves, so that this file does
/// not find itself.
const LEFTOVERS: [(&str, &str); 4] =
    [("db", "g!"), ("FIX", "ME"), ("to", "do!"), ("unimpl", "emented!")];

/// A file of the repository.
#[derive(Clone, Debug)]
pub struct Source {
    /// From the root, with `/`.
    pub path: String,
    /// What it says.
    pub text: String,
}

/// Every Rust file under `crates`.
///
/// # Errors
///
/// When a folder or file cannot be read.
pub fn sources(root: &Path) -> Result<Vec<Source>, Failed> {
    let mut sources = Vec::new();
    let mut next: Vec<PathBuf> = vec![root.join("crates")];
    while let Some(path) = next.pop() {
        let failed = |why: std::io::Error| Failed::world(path.display().to_string(), why);
        if path.is_dir() {
            for entry in std::fs::read_dir(&path).map_err(failed)? {
                next.push(entry.map_err(failed)?.path());
            }
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = std::fs::read_to_string(&path).map_err(failed)?;
            let from_root = path.strip_prefix(root).unwrap_or(&path);
            let path = from_root.to_string_lossy().replace('\\', "/");
            sources.push(Source { path, text });
        }
    }
    sources.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(sources)
}

/// Everything that is wrong with `source`.
#[must_use]
pub fn check(source: &Source) -> Vec<Finding> {
    let code = lexer::code(&source.text);
    [
        looks(source, &code),
        header(source),
        leftovers(source),
        unsafes(source, &code),
        bans(source, &code),
    ]
    .concat()
}

fn looks(source: &Source, code: &str) -> Vec<Finding> {
    let mut found = Vec::new();
    for ((number, line), code) in numbered(&source.text).zip(code.split('\n')) {
        let mut say = |what: String| found.push(at(source, number, what));
        if line.contains('\t') {
            say("a tab; four spaces are the step".to_owned());
        }
        if line.ends_with([' ', '\t', '\r']) {
            say("a blank at the end".to_owned());
        }
        let length = length(line, code);
        if length > LINE_MAX {
            say(format!("{length} characters, at most {LINE_MAX}"));
        }
    }
    if !source.text.is_empty() && !source.text.ends_with('\n') {
        found.push(at(source, source.text.lines().count(), "no end of line at the end"));
    }
    found
}

/// How long a line is to its reader. What a string says is not the fault of the line it is on, so
/// beside a string only the code counts.
fn length(line: &str, code: &str) -> usize {
    if line.trim_start().starts_with("//") {
        return line.chars().count();
    }
    let words = code.split_whitespace().map(|word| word.chars().count() + 1).sum::<usize>();
    words.min(line.chars().count())
}

fn header(source: &Source) -> Vec<Finding> {
    if !source.path.contains("/src/") || source.text.starts_with("//!") {
        return Vec::new();
    }
    vec![at(source, 1, "does not open with what it is for (//!)")]
}

fn leftovers(source: &Source) -> Vec<Finding> {
    let mut found = Vec::new();
    for (number, line) in numbered(&source.text) {
        for leftover in LEFTOVERS.map(|(head, tail)| format!("{head}{tail}")) {
            if has_word(line, &leftover) {
                found.push(at(source, number, format!("a leftover {leftover}")));
            }
        }
    }
    found
}

fn unsafes(source: &Source, code: &str) -> Vec<Finding> {
    if UNSAFE.iter().any(|(path, _)| *path == source.path) {
        return Vec::new();
    }
    let lines = numbered(code).filter(|(_, line)| has_word(line, "unsafe"));
    lines.map(|(number, _)| at(source, number, "unsafe outside the listed modules")).collect()
}

fn bans(source: &Source, code: &str) -> Vec<Finding> {
    let core = CORE.iter().any(|room| source.path.starts_with(&format!("crates/{room}/src/")));
    if !core {
        return Vec::new();
    }
    let tests = lexer::test_lines(code);
    let mut found = Vec::new();
    for ((number, line), test) in numbered(code).zip(tests) {
        if test {
            continue;
        }
        let mut banned: Vec<String> = Vec::new();
        banned.extend(BANNED_IN_CORE.iter().filter(|b| has_word(line, b)).map(|b| (*b).to_owned()));
        for (import, words) in BANNED_IN_CORE_IMPORTS {
            let listed = line.contains(import);
            let words = words.iter().filter(|word| listed && has_word(line, word));
            banned.extend(words.map(|word| format!("{import}{word}")));
        }
        for banned in banned {
            found.push(at(source, number, format!("{banned} in the core, which is told")));
        }
    }
    found
}

fn numbered(text: &str) -> impl Iterator<Item = (usize, &str)> {
    (1..).zip(text.split('\n').map(|line| line.strip_suffix('\n').unwrap_or(line)))
}

fn at(source: &Source, line: usize, what: impl Into<String>) -> Finding {
    Finding::new(format!("{}:{line}", source.path), what)
}

/// True when `word` stands in `line` by itself, not as a part of a longer name.
fn has_word(line: &str, word: &str) -> bool {
    let part_of_name = |c: char| c.is_alphanumeric() || c == '_';
    line.match_indices(word).any(|(at, _)| {
        let before = line[..at].chars().next_back().is_some_and(part_of_name);
        let after = line[at + word.len()..].chars().next().is_some_and(part_of_name);
        !before && !after
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(path: &str, text: &str) -> Vec<String> {
        let source = Source { path: path.to_owned(), text: text.to_owned() };
        check(&source).iter().map(ToString::to_string).collect()
    }

    const BOOK: &str = "crates/exchange/src/book.rs";

    #[test]
    fn a_file_in_order_has_no_findings() {
        let text = "//! The book.\n\nfn unsafe_code_is_a_name() {\n    let instant = 1;\n}\n";
        assert_eq!(found(BOOK, text), Vec::<String>::new());
    }

    #[test]
    fn tabs_blanks_and_long_lines_are_found() {
        let long = "x".repeat(LINE_MAX + 1);
        let text = format!("//! Book.\n\tlet a;\nlet b; \n// {long}\nlet c;\r\nlet {long};");
        assert_eq!(
            found(BOOK, &text),
            [
                "crates/exchange/src/book.rs:2: a tab; four spaces are the step",
                "crates/exchange/src/book.rs:3: a blank at the end",
                "crates/exchange/src/book.rs:4: 114 characters, at most 110",
                "crates/exchange/src/book.rs:5: a blank at the end",
                "crates/exchange/src/book.rs:6: 116 characters, at most 110",
                "crates/exchange/src/book.rs:6: no end of line at the end",
            ]
        );
        assert_eq!(found(BOOK, &format!("//! {}\n", "ä".repeat(106))), Vec::<String>::new());
        let said = format!("//! Book.\nlet a = \"{long}\";\nlet b = \"\n{long}\n\";\n");
        assert_eq!(found(BOOK, &said), Vec::<String>::new(), "a string may be as long as it is");
    }

    #[test]
    fn a_file_that_does_not_say_what_it_is_for_is_found() {
        let said = "crates/exchange/src/book.rs:1: does not open with what it is for (//!)";
        assert_eq!(found(BOOK, "use std::fmt;\n//! Late.\n"), [said]);
        assert_eq!(found(BOOK, ""), [said]);
        assert_eq!(found("crates/exchange/tests/rules/a.rs", "mod b;\n"), Vec::<String>::new());
    }

    #[test]
    fn leftovers_are_found_also_in_comments_and_tests() {
        for leftover in LEFTOVERS.map(|(head, tail)| format!("{head}{tail}")) {
            let text = format!("//! Book.\n#[cfg(test)]\nmod tests {{\n    // {leftover}\n}}\n");
            let said = format!("{BOOK}:4: a leftover {leftover}");
            assert_eq!(found(BOOK, &text), [said]);
        }
    }

    #[test]
    fn the_word_is_found_outside_the_listed_modules() {
        let text = "//! Not unsafe.\nfn f() {\n    unsafe { g(\"unsafe\") }\n}\n";
        let said = "crates/exchange/src/book.rs:3: unsafe outside the listed modules";
        assert_eq!(found(BOOK, text), [said]);
        assert_eq!(found("crates/store/src/mapped.rs", text), Vec::<String>::new());
    }

    #[test]
    fn files_clocks_and_threads_are_found_in_the_core() {
        for banned in BANNED_IN_CORE {
            let text = format!("//! Book.\nuse {banned};\n");
            let said = format!("{BOOK}:2: {banned} in the core, which is told");
            assert_eq!(found(BOOK, &text), [said]);
        }
    }

    #[test]
    fn imports_in_braces_hide_nothing() {
        let text = "//! Book.\nuse std::{fmt, fs};\nuse std::time::{Duration, Instant};\n";
        assert_eq!(
            found(BOOK, text),
            [
                "crates/exchange/src/book.rs:2: use std::{fs in the core, which is told",
                "crates/exchange/src/book.rs:3: use std::time::{Instant in the core, which is told",
            ]
        );
    }

    #[test]
    fn the_shell_tests_and_words_may_speak_of_files() {
        let text = "//! std::fs is not for us.\n// std::env\nlet a = \"std::net\";\n\
                    #[cfg(test)]\nmod tests {\n    use std::fs;\n}\n";
        assert_eq!(found(BOOK, text), Vec::<String>::new());
        let code = "//! Shell.\nuse std::fs;\n";
        for shell in ["crates/store/src/a.rs", "crates/exchange/tests/a.rs"] {
            assert_eq!(found(shell, code), Vec::<String>::new());
        }
    }

    #[test]
    fn every_listed_module_has_a_reason() {
        assert!(UNSAFE.iter().all(|(path, reason)| path.ends_with(".rs") && reason.len() > 10));
    }
}
