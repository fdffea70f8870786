//! The pages keep their word: what they show is run, what they list is compared, what they quote is
//! in the code, and where they point something is.
//!
//! In a page, a fenced block is
//!
//! * a **file**, when its first line is `# file: NAME`: it is written into the page's folder;
//! * a **session**, when it is a `console` block: every line that begins with `$ pitfloor` is run
//!   there, in order, and must end well, or with status 2 when it ends in `# exits 2`. A line that
//!   ends in `# not run` is not run. Files under `shared/` are looked for where the other tests
//!   look, and the line is left out when they are not there. In `docs/`, what is shown under a
//!   command must be in what it says; figures may differ, words may not, and `…` stands for
//!   anything;
//! * a **quotation**, when its first line is `// from PATH`: the rest must be in that file.

use crate::program::{Said, folder, pitfloor, shared};
use pitfloor_store::tables::columns;
use serde_json::Value;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// A page of the documentation.
struct Page {
    /// Its place, from the root of the repository.
    name: String,
    text: String,
}

/// A fenced block: the word behind the fence, and the lines.
struct Block<'a> {
    word: &'a str,
    lines: Vec<&'a str>,
}

/// A table: what its rows hold, cell by cell, without the marks of Markdown.
type Rows = Vec<Vec<String>>;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Every page: those in `docs/`, and the one at the root where there is one.
fn pages() -> Vec<Page> {
    let docs = std::fs::read_dir(root().join("docs")).expect("docs are there");
    let mut names: Vec<String> = docs
        .map(|entry| format!("docs/{}", entry.expect("it is there").file_name().to_string_lossy()))
        .filter(|name| name.ends_with(".md"))
        .collect();
    names.push("README.md".to_owned());
    names.sort();
    names.retain(|name| root().join(name).exists());
    names.into_iter().map(|name| page(&name)).collect()
}

fn page(name: &str) -> Page {
    let text = std::fs::read_to_string(root().join(name)).expect("the page is there");
    Page { name: name.to_owned(), text }
}

impl Page {
    fn blocks(&self) -> Vec<Block<'_>> {
        let mut blocks = Vec::new();
        let mut open: Option<Block<'_>> = None;
        for line in self.text.lines() {
            match (line.trim_start().strip_prefix("```"), open.take()) {
                (Some(word), None) => open = Some(Block { word: word.trim(), lines: Vec::new() }),
                (Some(_), Some(block)) => blocks.push(block),
                (None, Some(mut block)) => {
                    block.lines.push(line);
                    open = Some(block);
                }
                (None, None) => {}
            }
        }
        assert!(open.is_none(), "{}: a block is never closed", self.name);
        blocks
    }

    /// The text outside fenced blocks.
    fn prose(&self) -> String {
        let parts = self.text.split("\n```");
        parts.step_by(2).collect::<Vec<_>>().join("\n")
    }

    /// What stands under the heading `title`, up to the next heading of its rank or above.
    fn section(&self, title: &str) -> &str {
        let rank = title.chars().take_while(|c| *c == '#').count();
        let at = self.text.find(&format!("\n{title}\n")).unwrap_or_else(|| {
            panic!("{}: found no heading {title:?}", self.name);
        });
        let body = &self.text[at + title.len() + 2..];
        let ends = (1..=rank).filter_map(|rank| body.find(&format!("\n{} ", "#".repeat(rank))));
        &body[..ends.min().unwrap_or(body.len())]
    }

    /// The first table under the heading `title`.
    fn table(&self, title: &str) -> Rows {
        let lines = self.section(title).lines().skip_while(|line| !line.starts_with('|'));
        let rows: Rows = lines.take_while(|line| line.starts_with('|')).map(cells).collect();
        assert!(rows.len() > 2, "{}: found no table under {title:?}", self.name);
        rows[2..].to_vec()
    }
}

/// The cells of a row; `\|` is a bar inside one.
fn cells(row: &str) -> Vec<String> {
    let inner = row.trim().trim_matches('|').replace("\\|", "\u{1}");
    let plain = |cell: &str| cell.trim().replace('`', "").replace('\u{1}', "|");
    inner.split('|').map(plain).collect()
}

// ── What they show is run ────────────────────────────────────────────────────────────────────────

/// A command that a page shows, how it must end, and what is shown under it.
struct Shown {
    line: String,
    args: Vec<String>,
    status: i32,
    output: Vec<String>,
}

/// The commands of a session; those that cannot be run here are left out, and it is said.
fn session(block: &Block<'_>) -> Vec<Shown> {
    let mut shown: Vec<Option<Shown>> = Vec::new();
    let mut lines = block.lines.iter();
    while let Some(line) = lines.next() {
        let Some(command) = line.strip_prefix("$ ") else {
            if let Some(Some(last)) = shown.last_mut() {
                last.output.push((*line).to_owned());
            }
            continue;
        };
        let mut command = command.to_owned();
        while command.ends_with('\\') {
            command.pop();
            command += lines.next().expect("a line that goes on has a next one");
        }
        shown.push(runnable(&command));
    }
    shown.into_iter().flatten().collect()
}

fn runnable(command: &str) -> Option<Shown> {
    let (words, remark) = words(command);
    if words.first().map(String::as_str) != Some("pitfloor") || remark == "not run" {
        return None;
    }
    let status = remark.strip_prefix("exits ").map_or(0, |status| {
        status.parse().unwrap_or_else(|_| panic!("{command}: found {remark:?}, expected a status"))
    });
    let mut args = Vec::new();
    for word in &words[1..] {
        match word.strip_prefix("shared/data/") {
            Some(name) => args.push(shared(name)?.display().to_string()),
            None => args.push(word.clone()),
        }
    }
    Some(Shown { line: command.to_owned(), args, status, output: Vec::new() })
}

/// The words of a command line, with quotes taken off, and the remark behind `#`.
fn words(line: &str) -> (Vec<String>, String) {
    let (mut words, mut word, mut quote) = (Vec::new(), None::<String>, None::<char>);
    let mut rest = line.chars();
    while let Some(c) = rest.next() {
        match (c, quote) {
            (c, Some(q)) if c == q => quote = None,
            ('\'' | '"', None) => {
                quote = Some(c);
                word.get_or_insert_default();
            }
            (' ', None) => words.extend(word.take()),
            ('#', None) if word.is_none() => return (words, rest.as_str().trim().to_owned()),
            (c, _) => word.get_or_insert_default().push(c),
        }
    }
    assert!(quote.is_none(), "{line}: a quote is never closed");
    words.extend(word);
    (words, String::new())
}

/// The words of a line of output: figures and digests become `#`, spaces are all alike.
fn without_figures(line: &str) -> String {
    let figure = |word: &str| {
        let word = word.trim_matches(|c: char| ",;:()\"".contains(c)).trim_end_matches('s');
        let digest = word.len() == 64 && word.chars().all(|c| c.is_ascii_hexdigit());
        let digits = word.chars().any(|c| c.is_ascii_digit());
        digest || (digits && word.chars().all(|c| c.is_ascii_digit() || "+-.:_ex".contains(c)))
    };
    let words = line.split_whitespace().map(|word| if figure(word) { "#" } else { word });
    let mut words: Vec<&str> = words.collect();
    words.dedup_by(|a, b| *a == "#" && *b == "#"); // 12 345 is one figure
    words.join(" ")
}

/// The first line shown that is not in what was said, in this order.
fn missing(shown: &[String], said: &Said) -> Option<String> {
    let all = format!("{}\n{}", said.err, said.out); // remarks come first, on the way
    let mut lines = all.lines().map(without_figures);
    let told = |line: &&String| !line.trim().is_empty() && line.trim() != "…";
    for line in shown.iter().filter(told) {
        let wanted = without_figures(line);
        let (start, end) = wanted.split_once('…').unwrap_or((&wanted, ""));
        let exact = !wanted.contains('…');
        let fits =
            |line: &String| line.starts_with(start.trim_end()) && line.ends_with(end.trim_start());
        if !lines.any(|line| if exact { line == wanted } else { fits(&line) }) {
            return Some(line.clone());
        }
    }
    None
}

/// Runs everything that `page` shows, in a folder of its own. Returns how many commands, or the
/// first thing that is not as it is shown.
fn follow(page: &Page) -> Result<usize, String> {
    let at = folder();
    let mut run = 0;
    for block in page.blocks() {
        if let Some(name) = block.lines.first().and_then(|line| line.strip_prefix("# file: ")) {
            let text = block.lines[1..].join("\n") + "\n";
            std::fs::write(at.path().join(name.trim()), text).expect("there is room");
        }
        let shown = if block.word == "console" { session(&block) } else { Vec::new() };
        for shown in shown {
            let said = pitfloor(at.path(), &shown.args);
            let place = format!("{}: {}\n{}{}", page.name, shown.line, said.err, said.out);
            if said.status != shown.status {
                return Err(format!("{place}\nstatus {}, not {}", said.status, shown.status));
            }
            let missing = missing(&shown.output, &said).filter(|_| page.name != "README.md");
            if let Some(line) = missing {
                return Err(format!("{place}\nthe page shows what was not said:\n{line}"));
            }
            run += 1;
        }
    }
    Ok(run)
}

#[test]
fn every_command_of_the_pages_runs() {
    let followed = |page: &Page| {
        let run = follow(page).unwrap_or_else(|wrong| panic!("{wrong}"));
        (page.name.clone(), run)
    };
    let counts: Vec<(String, usize)> = pages().iter().map(followed).collect();
    println!("{counts:?}");
    for page in ["SCENARIO", "AGENTS", "RUNS", "HISTORY"] {
        let name = format!("docs/{page}.md");
        assert!(counts.iter().any(|(page, run)| *page == name && *run > 0), "{name}: {counts:?}");
    }
}

/// The net catches: a page of our own that is right, and ones that are wrong in one place each.
#[test]
fn a_page_that_does_not_keep_its_word_is_caught() {
    let text = "```toml\n# file: one.toml\n[[instrument]]\nsymbol = 'ACME'\nprice = '1.00'\n```\n\
                ```console\n$ pitfloor run one.toml --quiet \\\n    --until '1s' --out kept\n\
                unnamed  seed 7  0 agents  0:00:09 simulated in 3.21 s\n…\nkept in …\n\
                $ pitfloor run two.toml  # exits 2\n$ pitfloor fly  # not run\n$ ls\n```\n";
    let kept = |text: &str| {
        let page = Page { name: "page".to_owned(), text: text.to_owned() };
        follow(&page).ok()
    };
    assert_eq!(kept(text), Some(2), "figures may differ");
    for (right, wrong) in [
        ("  # exits 2", ""),
        ("  # not run", ""),
        ("'1.00'", "1.001"),
        ("0 agents", "0 traders"),
        ("kept in …", "lost in …"),
        ("run one.toml", "run first-mraket"),
    ] {
        let text = text.replacen(right, wrong, 1);
        assert_eq!(kept(&text), None, "{wrong:?} in place of {right:?}");
    }
}

#[test]
fn a_command_line_is_taken_apart_as_a_shell_would() {
    let (words, remark) = words("pitfloor run --set 'a.b=uniform(1ms, 5ms)'  --out a#b # exits 2");
    assert_eq!(words, ["pitfloor", "run", "--set", "a.b=uniform(1ms, 5ms)", "--out", "a#b"]);
    assert_eq!(remark, "exits 2");
    assert_eq!(without_figures("12 345 trades at 0:10:00, +0.5 in 142.57s"), "# trades at # in #");
}

// ── Where they point, something is ──────────────────────────────────────────────────────────────

/// Where the links of a page lead, as they are written.
fn links(page: &Page) -> Vec<String> {
    let prose = page.prose();
    let targets = prose.split("](").skip(1).filter_map(|rest| rest.split_once(')'));
    targets.map(|(target, _)| target.trim().to_owned()).collect()
}

/// The headings of a page, as links name them.
fn anchors(page: &Page) -> BTreeSet<String> {
    let prose = page.prose();
    let titles = prose.lines().filter(|line| line.starts_with('#'));
    let anchor = |title: &str| -> String {
        let title = title.trim_start_matches('#').trim().to_lowercase();
        let kept = title.chars().filter(|c| c.is_alphanumeric() || " -_".contains(*c));
        kept.map(|c| if c == ' ' { '-' } else { c }).collect()
    };
    titles.map(anchor).collect()
}

/// What is wrong with the link of a page, if anything.
fn broken(page: &Page, link: &str) -> Option<String> {
    let (file, anchor) = link.split_once('#').unwrap_or((link, ""));
    let here = root().join(&page.name);
    let target = if file.is_empty() { here } else { here.with_file_name("").join(file) };
    if !target.exists() {
        return Some(format!("{}: {link}: nothing is there", page.name));
    }
    if anchor.is_empty() || target.extension().is_none_or(|end| end != "md") {
        return None;
    }
    let text = std::fs::read_to_string(&target).expect("it is there");
    let there = Page { name: link.to_owned(), text };
    let known = anchors(&there).contains(anchor);
    (!known).then(|| format!("{}: {link}: no such heading", page.name))
}

#[test]
fn every_link_leads_to_something() {
    let (mut followed, mut wrong) = (0, Vec::new());
    for page in pages() {
        let outside = |link: &String| link.contains("://") || link.starts_with("mailto:");
        for link in links(&page).into_iter().filter(|link| !outside(link)) {
            wrong.extend(broken(&page, &link));
            followed += 1;
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(followed > 20, "only {followed} links were found");
}

#[test]
fn every_page_is_in_the_index() {
    let index = page("docs/README.md");
    for page in pages() {
        let Some(name) = page.name.strip_prefix("docs/").filter(|name| *name != "README.md") else {
            continue;
        };
        assert!(index.text.contains(name), "docs/README.md: found no line for {name}");
    }
}

#[test]
fn every_quotation_is_in_the_code() {
    let mut quoted = 0;
    for page in pages() {
        for block in page.blocks() {
            let Some(path) = block.lines.first().and_then(|line| line.strip_prefix("// from "))
            else {
                let ours = ["docs/AGENTS.md", "docs/LIBRARY.md"].contains(&page.name.as_str());
                assert!(!ours || block.word != "rust", "{}: Rust that nobody compiles", page.name);
                continue;
            };
            let code = std::fs::read_to_string(root().join(path.trim()))
                .unwrap_or_else(|error| panic!("{}: {path}: {error}", page.name));
            // An example inside a doc comment is quoted without the marks of the comment.
            let marks = [("//! ", ""), ("//!\n", "\n"), ("/// ", ""), ("///\n", "\n")];
            let plain =
                marks.iter().fold(code.clone(), |code, (mark, none)| code.replace(mark, none));
            let quote = block.lines[1..].join("\n");
            let there = [&code, &plain].iter().any(|code| code.contains(quote.trim_end()));
            assert!(there, "{}: {path} does not say:\n{quote}", page.name);
            quoted += 1;
        }
    }
    assert!(quoted > 4, "only {quoted} quotations were found");
}

// ── What they list is compared ──────────────────────────────────────────────────────────────────

#[test]
fn the_kinds_of_agents_are_those_of_the_program() {
    let at = folder();
    let listed = pitfloor(at.path(), ["list", "agents", "--json"]).well().json();
    let text = |value: &Value| value.as_str().expect("a text").to_owned();
    let agents = listed["agents"].as_array().expect("a list");
    let all: Rows = agents
        .iter()
        .map(|kind| ["name", "about", "source"].map(|field| text(&kind[field])).to_vec())
        .collect();
    let plain = |row: Vec<String>| -> Vec<String> {
        // The name is a link to its page.
        let name = row[0].trim_start_matches('[').split(']').next().unwrap_or_default().to_owned();
        std::iter::once(name).chain(row.into_iter().skip(1)).collect()
    };
    let list = page("docs/agents/README.md");
    assert_eq!(list.table("## The kinds").into_iter().map(plain).collect::<Rows>(), all);
    for kind in agents {
        let parameters = kind["parameters"].as_array().expect("a list");
        let fields = ["name", "takes", "default", "about"];
        let wanted: Rows = parameters
            .iter()
            .map(|parameter| fields.map(|field| text(&parameter[field]).replace('`', "")).to_vec())
            .collect();
        let page = page(&format!("docs/agents/{}.md", text(&kind["name"])));
        if !wanted.is_empty() {
            assert_eq!(page.table("## Parameters"), wanted, "{}", kind["name"]);
        }
    }
}

#[test]
fn the_columns_are_those_of_a_real_run() {
    let page = page("docs/RUNS.md");
    let at = folder();
    let trace = "agents.momentum.trace=on";
    let args = ["run", "--quiet", "--until", "6m", "--set", trace, "--out", "mine"];
    pitfloor(at.path(), args).well();
    for file in [
        "trades.parquet",
        "orders.parquet",
        "quotes.parquet",
        "accounts.parquet",
        "decisions.parquet",
    ] {
        let found = columns(at.path().join("mine").join(file)).expect("a table");
        let found: Rows = found
            .into_iter()
            .map(|column| {
                let none = if column.optional { "yes" } else { "" };
                vec![column.name, column.kind, none.to_owned()]
            })
            .collect();
        let told = page.table(&format!("### {file}"));
        assert!(told.iter().all(|row| row.len() == 5 && !row[4].is_empty()), "{file}: {told:?}");
        let told: Rows = told.into_iter().map(|row| row[..3].to_vec()).collect();
        assert_eq!(told, found, "{file}");
    }
    let files: BTreeSet<String> = page.table("## The folder").into_iter().map(first).collect();
    let entries = std::fs::read_dir(at.path().join("mine")).expect("it is there");
    let name = |entry: std::io::Result<std::fs::DirEntry>| {
        entry.expect("it is there").file_name().to_string_lossy().into_owned()
    };
    assert_eq!(files, entries.map(name).collect());
}

fn first(row: Vec<String>) -> String {
    row.into_iter().next().expect("a row has cells")
}

#[test]
fn the_fields_of_the_summary_are_those_of_a_real_run() {
    let page = page("docs/RUNS.md");
    let at = folder();
    let run = ["run", "--json", "--quiet", "--until", "30s"];
    let said = pitfloor(at.path(), run).well().json();
    let names = |value: &Value| -> Vec<String> {
        value.as_object().expect("an object").keys().cloned().collect()
    };
    let mut wanted: BTreeSet<String> = names(&said).into_iter().collect();
    let figures = names(&said["instruments"]["ACME"]);
    wanted.extend(figures.iter().map(|name| format!("instruments.SYMBOL.{name}")));
    wanted.remove("instruments");
    // Beside recorded flow only.
    wanted.insert("departure".to_owned());
    let told: BTreeSet<String> = page.table("### summary.json").into_iter().map(first).collect();
    assert_eq!(told, wanted);
}

#[test]
fn the_counts_of_a_replay_are_those_of_the_program() {
    let page = page("docs/HISTORY.md");
    let at = folder();
    std::fs::write(at.path().join("m.csv"), "34200,1,1,100,1000000,1\n").expect("there is room");
    let args = ["history", "lobster", "--messages", "m.csv", "--json"];
    let said = pitfloor(at.path(), args).well().json();
    let wanted: BTreeSet<String> = said.as_object().expect("an object").keys().cloned().collect();
    let told: BTreeSet<String> = page.table("## What is counted").into_iter().map(first).collect();
    assert_eq!(told, wanted);
}

/// An empty list: nothing, as the tables say.
fn found_empty(value: &toml::Value) -> bool {
    value.as_array().is_some_and(Vec::is_empty)
}

/// A scenario that says only what it must, so that all the rest are defaults.
const BARE: &str = "[[instrument]]\nsymbol = 'ACME'\nprice = '100.00'\n[instrument.fundamental]\n\
                    process = 'jump'\n[instrument.clearing]\n[[agents]]\nkind = 'idle'\n\
                    [agents.limits]\n[[trigger]]\nat = '1m'\n\
                    then = ['stop']\n";

#[test]
fn the_fields_of_a_scenario_and_their_defaults_are_those_of_the_program() {
    let page = page("docs/SCENARIO.md");
    let at = folder();
    std::fs::write(at.path().join("bare.toml"), BARE).expect("there is room");
    let args = ["run", "bare.toml", "--quiet", "--until", "1s", "--no-history", "--out", "mine"];
    pitfloor(at.path(), args).well();
    let text = std::fs::read_to_string(at.path().join("mine/scenario.toml")).expect("it is there");
    let whole: toml::Table = text.parse().expect("it is TOML");
    let inner = |name: &str| whole[name][0].as_table().expect("a table").clone();
    let tables = [
        ("## The market", whole.clone()),
        ("## [[instrument]]", inner("instrument")),
        (
            "### [instrument.fundamental]",
            inner("instrument")["fundamental"].as_table().unwrap().clone(),
        ),
        ("### [instrument.clearing]", inner("instrument")["clearing"].as_table().unwrap().clone()),
        ("## [[agents]]", inner("agents")),
        ("### [agents.limits]", inner("agents")["limits"].as_table().unwrap().clone()),
        ("## [clearing]", whole["clearing"].as_table().unwrap().clone()),
    ];
    for (title, complete) in tables {
        let told = page.table(title);
        let fields: BTreeSet<&str> = told.iter().map(|row| row[0].as_str()).collect();
        let single = |(name, value): (&String, &toml::Value)| {
            let list = value.as_array().is_some_and(|list| list.iter().any(toml::Value::is_table));
            (!value.is_table() && !list).then(|| name.clone())
        };
        let wanted: Vec<String> = complete.iter().filter_map(single).collect();
        assert_eq!(fields, wanted.iter().map(String::as_str).collect(), "{title}");
        for row in &told {
            // The test says these two itself; words in italics say what a default comes from.
            let said = ["span", "process"].contains(&row[0].as_str());
            let default = row[2].as_str();
            let nothing = found_empty(&complete[&row[0]]);
            if default == "none" && nothing {
                continue;
            }
            if default.starts_with('*') || default == "must be given" || said {
                continue;
            }
            let found = &complete[&row[0]];
            let found = found.as_str().map_or_else(|| found.to_string(), str::to_owned);
            assert_eq!(default, found, "{title} {}", row[0]);
        }
    }
}
