//! Who may import whom: the table of the architecture, held against `cargo metadata`.

use super::Finding;
use cargo_metadata::{DependencyKind, Metadata};
use std::collections::{BTreeMap, BTreeSet};

/// What each room may import, besides crates of others. A room that is not here has no place yet.
const TABLE: &[(&str, &[&str])] = &[
    ("pitfloor-model", &[]),
    ("pitfloor-accounts", &["model"]),
    ("pitfloor-clearing", &["model"]),
    ("pitfloor-exchange", &["model", "clearing"]),
    ("pitfloor-feed", &["model"]),
    ("pitfloor-sim", &["model", "exchange", "feed", "supervision", "operations", "pricing"]),
    ("pitfloor-agents", &["model", "sim", "theory"]),
    ("pitfloor-analysis", &["model", "feed", "facts", "pricing"]),
    ("pitfloor-facts", &["model", "feed"]),
    ("pitfloor-calibration", &["agents", "facts", "model", "sim"]),
    ("pitfloor-store", &["model"]),
    ("pitfloor-data", &["model", "exchange", "facts", "feed", "sim", "store"]),
    ("pitfloor-live", &["model", "data"]),
    ("pitfloor-server", &["model", "exchange", "feed", "sim", "store", "supervision"]),
    ("pitfloor-supervision", &["model"]),
    ("pitfloor-operations", &["model", "pricing", "supervision"]),
    ("pitfloor-pricing", &[]),
    ("pitfloor-physics", &["model", "sim", "agents"]),
    ("pitfloor-published", &["model", "pricing", "supervision", "theory"]),
    ("pitfloor-testkit", &["model"]),
    ("pitfloor-theory", &["pricing"]),
    ("pitfloor-ecologies", &["pricing", "published", "theory"]),
    ("pitfloor-workloads", &["model", "exchange"]),
];

/// The rooms that open no file, read no clock and start no thread.
pub const CORE: &[&str] = &[
    "model",
    "accounts",
    "clearing",
    "operations",
    "exchange",
    "feed",
    "sim",
    "agents",
    "analysis",
    "facts",
    "supervision",
    "pricing",
    "physics",
    "theory",
    "ecologies",
    "testkit",
];

/// What would bring threads or sockets into the core, however deep it sits.
const HEAVY: [&str; 3] = ["tokio", "mio", "rayon"];

/// The dependencies of the workspace, as far as the table speaks of them.
#[derive(Clone, Debug, Default)]
pub struct House {
    /// The crates of the workspace and what each says it is.
    pub members: BTreeMap<String, Option<String>>,
    /// Direct dependencies between crates of the workspace.
    pub edges: Vec<Edge>,
    /// Every crate of the tree and the crates it needs in a normal build.
    pub normal: BTreeMap<String, BTreeSet<String>>,
}

/// One crate needs another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edge {
    /// Who needs.
    pub from: String,
    /// Who is needed.
    pub to: String,
    /// Only for its tests and examples.
    pub dev: bool,
}

impl House {
    /// Reads it from `metadata`.
    #[must_use]
    pub fn of(metadata: &Metadata) -> Self {
        let mut house = Self::default();
        let names: BTreeMap<_, _> =
            metadata.packages.iter().map(|p| (p.id.clone(), p.name.to_string())).collect();
        for package in metadata.workspace_packages() {
            house.members.insert(package.name.to_string(), package.description.clone());
        }
        for node in metadata.resolve.iter().flat_map(|resolve| &resolve.nodes) {
            let Some(from) = names.get(&node.id) else { continue };
            for needed in &node.deps {
                let Some(to) = names.get(&needed.pkg) else { continue };
                for kind in &needed.dep_kinds {
                    let dev = kind.kind == DependencyKind::Development;
                    if !dev {
                        house.normal.entry(from.clone()).or_default().insert(to.clone());
                    }
                    if house.members.contains_key(from) && house.members.contains_key(to) {
                        house.edges.push(Edge { from: from.clone(), to: to.clone(), dev });
                    }
                }
            }
        }
        house
    }
}

/// Everything that is wrong with `house`.
#[must_use]
pub fn check(house: &House) -> Vec<Finding> {
    [edges(house), heavy(house), descriptions(house)].concat()
}

fn edges(house: &House) -> Vec<Finding> {
    let mut found = Vec::new();
    for name in house.members.keys() {
        let free = ["pitfloor-cli", "xtask"].contains(&name.as_str());
        if !free && !TABLE.iter().any(|(room, _)| room == name) {
            found.push(Finding::new(name, "has no row in the table of who may import whom"));
        }
    }
    for Edge { from, to, dev } in &house.edges {
        if to == "pitfloor-cli" || to == "xtask" {
            found.push(Finding::new(from, format!("needs {to}, which nothing may need")));
            continue;
        }
        let Some((_, may)) = TABLE.iter().find(|(room, _)| room == from) else { continue };
        let allowed = may.iter().any(|room| *to == format!("pitfloor-{room}"));
        // Tests may stand on anything that stands on what they test.
        if !allowed && !dev {
            let what = format!("needs {to}; it may only need {}", may.join(", "));
            found.push(Finding::new(from, what));
        }
    }
    found
}

fn heavy(house: &House) -> Vec<Finding> {
    let mut found = Vec::new();
    for room in CORE {
        let from = format!("pitfloor-{room}");
        let tree = reached(house, &from);
        for heavy in HEAVY.into_iter().filter(|heavy| tree.contains(*heavy)) {
            found.push(Finding::new(&from, format!("brings {heavy} into the core")));
        }
    }
    found
}

/// Everything that `from` needs in a normal build, itself included.
fn reached<'a>(house: &'a House, from: &'a str) -> BTreeSet<&'a str> {
    let mut reached = BTreeSet::new();
    let mut next = vec![from];
    while let Some(name) = next.pop() {
        if reached.insert(name) {
            next.extend(house.normal.get(name).into_iter().flatten().map(String::as_str));
        }
    }
    reached
}

fn descriptions(house: &House) -> Vec<Finding> {
    let silent = house
        .members
        .iter()
        .filter(|(_, says)| says.as_ref().is_none_or(|description| description.trim().is_empty()));
    silent.map(|(name, _)| Finding::new(name, "says nowhere what it is (description)")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A house in order, to plant something in.
    fn house() -> House {
        let says = |text: &str| Some(text.to_owned());
        let mut house = House::default();
        for name in ["pitfloor-model", "pitfloor-exchange", "pitfloor-sim", "pitfloor-cli"] {
            house.members.insert(name.to_owned(), says("what it is"));
        }
        house.edges = vec![
            edge("pitfloor-exchange", "pitfloor-model", false),
            edge("pitfloor-sim", "pitfloor-exchange", false),
            edge("pitfloor-cli", "pitfloor-sim", false),
            edge("pitfloor-exchange", "pitfloor-sim", true),
        ];
        for (from, to) in [
            ("pitfloor-exchange", "blake3"),
            ("pitfloor-sim", "pitfloor-exchange"),
            ("pitfloor-cli", "tokio"),
            ("tokio", "mio"),
        ] {
            house.normal.entry(from.to_owned()).or_default().insert(to.to_owned());
        }
        house
    }

    fn edge(from: &str, to: &str, dev: bool) -> Edge {
        Edge { from: from.to_owned(), to: to.to_owned(), dev }
    }

    #[test]
    fn a_house_in_order_has_no_findings() {
        assert_eq!(check(&house()), []);
    }

    #[test]
    fn an_edge_that_points_up_is_found() {
        let mut house = house();
        house.edges.push(edge("pitfloor-exchange", "pitfloor-sim", false));
        let what = "needs pitfloor-sim; it may only need model, clearing";
        assert_eq!(check(&house), [Finding::new("pitfloor-exchange", what)]);
    }

    #[test]
    fn nothing_needs_the_command_line_not_even_a_test() {
        let mut house = house();
        house.edges.push(edge("pitfloor-sim", "pitfloor-cli", true));
        let what = "needs pitfloor-cli, which nothing may need";
        assert_eq!(check(&house), [Finding::new("pitfloor-sim", what)]);
    }

    #[test]
    fn a_room_without_a_row_is_found() {
        let mut house = house();
        house.members.insert("pitfloor-attic".to_owned(), Some("what it is".to_owned()));
        let what = "has no row in the table of who may import whom";
        assert_eq!(check(&house), [Finding::new("pitfloor-attic", what)]);
    }

    #[test]
    fn threads_far_down_the_tree_of_a_core_room_are_found() {
        let mut house = house();
        house.normal.entry("blake3".to_owned()).or_default().insert("rayon".to_owned());
        assert_eq!(
            check(&house),
            [
                Finding::new("pitfloor-exchange", "brings rayon into the core"),
                Finding::new("pitfloor-sim", "brings rayon into the core"),
            ]
        );
    }

    #[test]
    fn a_crate_that_does_not_say_what_it_is_is_found() {
        for says in [None, Some(" ".to_owned())] {
            let mut house = house();
            house.members.insert("pitfloor-sim".to_owned(), says);
            let what = "says nowhere what it is (description)";
            assert_eq!(check(&house), [Finding::new("pitfloor-sim", what)]);
        }
    }

    #[test]
    fn the_real_house_is_read() {
        let house = House::of(&super::super::metadata(&crate::root()).unwrap());
        assert!(
            house.members.contains_key("pitfloor-model") && house.members.contains_key("xtask")
        );
        assert!(house.edges.contains(&edge("pitfloor-exchange", "pitfloor-model", false)));
        assert!(house.edges.contains(&edge("pitfloor-exchange", "pitfloor-testkit", true)));
        assert!(reached(&house, "pitfloor-exchange").contains("rust_decimal"));
        assert!(reached(&house, "pitfloor-server").contains("tokio"), "so the search can find it");
    }
}
