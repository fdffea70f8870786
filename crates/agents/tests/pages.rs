//! The pages of the kinds, in `docs/agents`: made of what each kind's own file says, and kept so.
//!
//! `PITFLOOR_WRITE_PAGES=1 cargo test -p pitfloor-agents --test pages` writes them anew.
#![allow(missing_docs)]

use pitfloor_agents::KINDS;
use pitfloor_sim::params::{Build, Kind};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Every Rust file below `folder`, with its text, in order.
fn sources(folder: &Path, all: &mut BTreeMap<PathBuf, String>) {
    for entry in
        fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path())
    {
        if entry.is_dir() {
            sources(&entry, all);
        } else if entry.extension().is_some_and(|ext| ext == "rs") {
            let text = fs::read_to_string(&entry).expect("a text");
            all.insert(entry, text);
        }
    }
}

/// What the file says at its top, as Markdown for people: links into the code become plain words.
fn opening(text: &str) -> String {
    let lines = text.lines().map_while(|line| line.strip_prefix("//!"));
    let lines: Vec<&str> = lines.map(|line| line.strip_prefix(' ').unwrap_or(line)).collect();
    let mut plain = String::new();
    let mut rest = lines.join("\n");
    while let Some(at) = rest.find('[') {
        let tail = rest.split_off(at);
        plain.push_str(&rest);
        let Some(end) = tail.find(']') else {
            rest = tail;
            break;
        };
        let (label, after) = (&tail[1..end], &tail[end + 1..]);
        let target = after.strip_prefix('(').and_then(|after| after.split_once(')'));
        match target {
            Some((path, after)) if path.contains("::") => {
                plain.push_str(label);
                rest = after.to_owned();
            }
            None if label.starts_with('`') => {
                plain.push_str(label);
                rest = after.to_owned();
            }
            _ => {
                plain.push_str(&tail[..=end]);
                rest = after.to_owned();
            }
        }
    }
    plain + &rest
}

/// The page of `kind`, whose file is `path` (from the root) and says `text`.
fn page(kind: &Kind, path: &str, text: &str) -> String {
    let mut page = format!("# {}\n\n{}\n", kind.name, opening(text));
    let seats = match kind.build {
        Build::One(_) => "one instrument; a group's are dealt out in turn".to_owned(),
        Build::Legs { least, most, .. } if least == most => format!("{least} instruments at once"),
        Build::Legs { least, most, .. } => format!("{least} to {most} instruments at once"),
    };
    let file = Path::new(path).file_name().expect("a name").to_string_lossy();
    let _ = write!(
        page,
        "\nAfter: {}. Trades {seats}. Code: [{file}](../../{path}).\n\n## Parameters\n\n",
        kind.source
    );
    if kind.parameters.is_empty() {
        page.push_str("None of its own");
    } else {
        page.push_str("| parameter | takes | default | what it is |\n|---|---|---|---|\n");
        for p in kind.parameters {
            let takes = p.takes.describe().replace('|', "\\|");
            let about = p.about.replace('|', "\\|");
            let _ = writeln!(page, "| `{}` | {takes} | `{}` | {about} |", p.name, p.default);
        }
        page.push_str("\nBeside these");
    }
    page.push_str(", what every group takes: [SCENARIO.md](../SCENARIO.md#agents).\n");
    page
}

/// Every page by its name.
fn pages() -> BTreeMap<String, String> {
    let mut all = BTreeMap::new();
    sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut all);
    let mut list = "# The kinds of agents\n\nMade from the files of the kinds; `pitfloor list agents` prints the \
                    same. How agents work and how to write one: [AGENTS.md](../AGENTS.md).\n\n## The kinds\n\n\
                    | kind | what it does | after |\n|---|---|---|\n"
        .to_owned();
    let mut pages = BTreeMap::new();
    for kind in KINDS {
        let is_its = |text: &str| {
            text.contains(&format!("KIND: Kind = Kind {{\n    name: \"{}\",", kind.name))
        };
        let its: Vec<_> = all.iter().filter(|(_, text)| is_its(text)).collect();
        let [(path, text)] = its.as_slice() else {
            panic!("{} has one file of its own, not {}", kind.name, its.len());
        };
        let path = path.strip_prefix(Path::new(env!("CARGO_MANIFEST_DIR"))).expect("below it");
        let path = format!("crates/agents/{}", path.display());
        let name = kind.name;
        let _ = writeln!(list, "| [{name}]({name}.md) | {} | {} |", kind.about, kind.source);
        pages.insert(format!("{name}.md"), page(kind, &path, text));
    }
    pages.insert("README.md".to_owned(), list);
    pages
}

#[test]
fn every_kind_has_its_page_as_its_own_file_says_it() {
    let (folder, pages) = (root().join("docs/agents"), pages());
    if std::env::var_os("PITFLOOR_WRITE_PAGES").is_some() {
        fs::create_dir_all(&folder).expect("a folder");
        for (name, page) in &pages {
            fs::write(folder.join(name), page).expect("a page");
        }
    }
    let there = fs::read_dir(&folder).expect("docs/agents");
    let there: Vec<String> = there
        .map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned())
        .collect();
    for name in &there {
        assert!(pages.contains_key(name), "docs/agents/{name} is the page of no kind");
    }
    for (name, page) in &pages {
        let found = fs::read_to_string(folder.join(name)).unwrap_or_default();
        assert!(
            found == *page,
            "docs/agents/{name} is not what the code says: \
             PITFLOOR_WRITE_PAGES=1 cargo test -p pitfloor-agents --test pages"
        );
    }
}

#[test]
fn every_file_says_what_its_kind_does_in_more_than_a_line() {
    for (name, page) in pages().iter().filter(|(name, _)| *name != "README.md") {
        let text = page.split("## Parameters").next().expect("a text");
        let words = text.split_whitespace().count();
        assert!(words >= 40 || name == "idle.md", "{name} says little: {words} words");
    }
}

#[test]
fn links_into_the_code_become_words() {
    assert_eq!(
        opening("//! See [`Foo`] and [bar](crate::bar).\n//! [x](y.md) [1]\nfn"),
        "See `Foo` and bar.\n[x](y.md) [1]"
    );
}
