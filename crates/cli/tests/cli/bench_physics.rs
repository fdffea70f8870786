//! `pitfloor bench physics`: what was found beside what is exact, and a status that scripts rely on.

use crate::program::{folder, pitfloor};

#[test]
fn it_tells_every_row_with_its_verdict() {
    let at = folder();
    let args = ["bench", "physics", "--only", "v-54", "--scale", "0.1", "--json"];
    let said = pitfloor(at.path(), args).well().json();
    assert_eq!((said["cases"].as_u64(), said["failed"].as_u64()), (Some(3), Some(0)));
    for case in said["list"].as_array().expect("a list") {
        assert_eq!((case["experiment"].as_str(), case["ok"].as_bool()), (Some("V-54"), Some(true)));
        let rows = case["played"][0]["rows"].as_array().expect("rows");
        assert_eq!(rows.len(), 2);
        for row in rows {
            let number = |name: &str| row[name].as_f64().expect("a number");
            let off = (number("found") - number("exact")).abs();
            assert_eq!(row["verdict"] == "ok", off <= number("within"), "{row}");
        }
    }
}

#[test]
fn the_same_seed_finds_the_same() {
    let at = folder();
    let args = ["bench", "physics", "--only", "V-52", "--scale", "0.01", "--seed", "5", "--json"];
    let once = pitfloor(at.path(), args).well().json();
    assert_eq!(once, pitfloor(at.path(), args).well().json());
    let other = [&args[..7], &["6", "--json"]].concat();
    assert_ne!(once["list"], pitfloor(at.path(), other).well().json()["list"]);
}

#[test]
fn what_cannot_be_played_is_said() {
    let at = folder();
    let said = pitfloor(at.path(), ["bench", "physics", "--only", "V-99"]);
    assert_eq!(said.status, 2);
    assert!(said.err.contains("V-99") && said.err.contains("V-51, V-52"), "{}", said.err);
    for scale in ["0", "-1", "nan", "1000"] {
        let said = pitfloor(at.path(), ["bench", "physics", &format!("--scale={scale}")]);
        assert_eq!(said.status, 2, "{scale}");
        assert!(said.err.contains("--scale") && said.err.contains("0.001"), "{}", said.err);
    }
}
