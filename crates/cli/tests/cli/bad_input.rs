//! Whatever is typed wrongly: status 2, a message that says where, what was found and what was
//! expected, and nothing left behind.

use crate::program::{folder, pitfloor};

const GOOD: &str = "name = \"t\"\nspan = \"1m\"\n[[instrument]]\nsymbol = \"ACME\"\nprice = \"100.00\"\n\
                    [[agents]]\nkind = \"noise\"\ncount = 3\n";

/// What is typed after `run mine.toml`, changes to the text, and what the message must contain.
#[test]
fn a_scenario_that_cannot_be_used_is_refused_with_its_place() {
    let changes: &[(&str, &str, &[&str])] = &[
        (
            "name = \"t\"",
            "nome = \"t\"",
            &["line 1", "nome", "unknown field", "did you mean `name`?"],
        ),
        (
            "kind = \"noise\"",
            "kind = \"nois\"",
            &["line 7", "agents[0].kind", "\"nois\"", "did you mean `noise`?"],
        ),
        ("count = 3", "cuont = 3", &["line 8", "cuont", "did you mean `count`?"]),
        ("\"100.00\"", "\"-100.00\"", &["line 5", "instrument[0].price", "-100.00"]),
        ("\"100.00\"", "\"100.001\"", &["line 5", "a multiple of the tick 0.01 of ACME"]),
        ("\"100.00\"", "\"92233720368547758.08\"", &["line 5", "price"]),
        ("price =", "lot = 0\nprice =", &["lot", "more than zero"]),
        ("price =", "tick = \"0\"\nprice =", &["tick", "more than zero"]),
        ("price =", "tick = \"0.03\"\nprice =", &["a multiple of the tick 0.03"]),
        (
            "[[agents]]",
            "[[instrument]]\nsymbol = \"ACME\"\nprice = 1\n[[agents]]",
            &["ACME", "a second time"],
        ),
        ("span = \"1m\"", "seed = -1", &["line 2", "seed", "-1", "18446744073709551615"]),
        ("span = \"1m\"", "seed = \"18446744073709551616\"", &["seed", "18446744073709551616"]),
        ("span = \"1m\"", "span = \"forever\"", &["span", "forever", "a time such as"]),
        ("count = 3", "market_share = nan", &["market_share", "nan", "a number from"]),
        ("count = 3", "market_share = inf", &["market_share", "inf", "a number from"]),
        ("count = 3", "count = 99999999999", &["count", "99999999999"]),
        ("name = \"t\"", "name = ", &["line 1", "TOML"]),
    ];
    for (find, replace, parts) in changes {
        let at = folder();
        let text = GOOD.replacen(find, replace, 1);
        assert_ne!(text, GOOD, "{find}");
        std::fs::write(at.path().join("mine.toml"), &text).unwrap();
        let said = pitfloor(at.path(), ["run", "mine.toml", "--out", "out"]);
        assert_eq!(said.status, 2, "{replace}: {}", said.err);
        assert!(said.err.starts_with("pitfloor: mine.toml: "), "{}", said.err);
        for part in *parts {
            assert!(said.err.contains(part), "{part:?} in {:?}", said.err);
        }
        assert!(said.out.is_empty());
        assert_eq!(std::fs::read_dir(at.path()).unwrap().count(), 1, "nothing is left behind");
    }
}

#[test]
fn the_unchanged_scenario_runs() {
    let at = folder();
    std::fs::write(at.path().join("mine.toml"), GOOD).unwrap();
    pitfloor(at.path(), ["run", "mine.toml", "--quiet"]).well();
}

#[test]
fn what_is_typed_wrongly_is_refused() {
    let table: &[(&[&str], &[&str])] = &[
        (&["rum"], &["rum"]),
        (&["run", "frist-market"], &["frist-market", "did you mean `first-market`?"]),
        (&["run", "--seed", "-1"], &["--seed", "-1"]),
        (&["run", "--seed", "1e3"], &["seed", "1e3"]),
        (&["run", "--until", "0s"], &["--until", "0s", "a time such as"]),
        (&["run", "--speed", "0"], &["--speed", "0", "expected"]),
        (&["run", "--speed", "nan"], &["--speed", "nan"]),
        (
            &["run", "--set", "agents.noise.cuont=5"],
            &["agents.noise.cuont", "did you mean `agents.noise.count`?"],
        ),
        (&["run", "--set", "count"], &["count", "field=value"]),
        (&["run", "--set", "agents.noise.count=many"], &["agents.noise.count", "many"]),
        (&["replay", "nowhere"], &["nowhere"]),
        (&["replay"], &["RUN"]),
        (&["list", "agnets"], &["agnets", "agents"]),
        (&["list", "rules", "--at", "2024-13-01"], &["--at", "\"2024-13-01\"", "2024-05-28"]),
        (&["list", "rules", "--at", "2023-02-29"], &["--at", "\"2023-02-29\"", "2024-05-28"]),
        (&["list", "rules", "--at", "20240528"], &["--at", "\"20240528\"", "2024-05-28"]),
        (&["list", "rules", "--at", "2024-05-28T12:00"], &["--at", "expected a day"]),
        (&["list", "rules", "--at", "1900-01-01"], &["--at", "1900-01-01", "no row holds"]),
        (&["list", "rules", "--at"], &["--at", "DATE"]),
        (&["list", "agents", "--at", "2024-05-28"], &["--at", "expected with `rules`"]),
        (&["bench", "run", "--agents", "0"], &["--agents", "0"]),
        (&["bench", "run", "--rounds", "0"], &["0"]),
        (&["bench", "book"], &["--workload"]),
        (&["bench", "book", "--workload", "W4"], &["W4", "W1", "flash-crash"]),
        (&["bench", "book", "--workload", "swing-52"], &["swing-52", "swing-25"]),
        (&["bench", "book", "--workload", "W1", "--messages", "0"], &["--messages", "0"]),
        (&["bench", "book", "--workload", "W2", "--messages", "9"], &["found 9", "1000000"]),
        (&["bench", "book", "--workload", "W1", "--rounds", "0"], &["--rounds", "0"]),
        (&["bench", "book", "--workload", "W1", "--rounds", "4", "--gate"], &["found 4", "5"]),
        (&["bench", "book", "--workload", "pub5", "--write", "x"], &["--write", "expected one"]),
        (&["bench", "book", "--workload", "all", "--file", "x"], &["--file", "expected one"]),
        (&["history", "lobster", "--messages", "nowhere.csv"], &["nowhere.csv"]),
        (&["history", "lobster", "--messages", "x", "--check"], &["--book"]),
        (&["history", "lopster"], &["lopster", "lobster"]),
    ];
    for (args, parts) in table {
        let at = folder();
        let said = pitfloor(at.path(), *args);
        assert_eq!(said.status, 2, "{args:?}: {}", said.err);
        for part in *parts {
            assert!(said.err.contains(part), "{args:?}: {part:?} in {:?}", said.err);
        }
        assert_eq!(std::fs::read_dir(at.path()).unwrap().count(), 0, "{args:?} left something");
    }
}

#[test]
fn what_cannot_be_read_or_written_is_named() {
    let at = folder();
    std::fs::write(at.path().join("bytes.toml"), [0xff, 0xfe]).unwrap();
    let said = pitfloor(at.path(), ["run", "bytes.toml"]);
    assert_eq!((said.status, said.err.contains("UTF-8")), (2, true), "{}", said.err);

    std::fs::write(at.path().join("file"), "in the way").unwrap();
    std::fs::create_dir(at.path().join("empty")).unwrap();
    let table: &[(&[&str], &str)] = &[
        (&["run", "--until", "1m", "--out", "file/out"], "file"),
        (&["run", "--until", "1m", "--out", "/proc/nowhere/out"], "/proc/nowhere"),
        (&["run", "empty"], "empty"),
        (&["replay", "file"], "file"),
        (&["replay", "empty"], "empty"),
        (&["history", "lobster", "--messages", "empty"], "empty"),
        (&["history", "lobster", "--messages", "file"], "file"),
    ];
    for (args, place) in table {
        let said = pitfloor(at.path(), *args);
        assert_eq!(said.status, 2, "{args:?}: {}", said.err);
        assert!(said.err.contains(place), "{args:?}: {}", said.err);
    }
    assert_eq!(std::fs::read_dir(at.path()).unwrap().count(), 3, "nothing was left behind");
}
