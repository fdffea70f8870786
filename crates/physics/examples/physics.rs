//! Plays experiments and prints every row: `physics [ONLY [SCALE [SEED]]]`.

fn main() {
    let given: Vec<String> = std::env::args().skip(1).collect();
    let only = given.first().map_or("", String::as_str);
    let scale = given.get(1).map_or(0.1, |text| text.parse().expect("a number"));
    let seed = given.get(2).map_or(1, |text| text.parse().expect("a seed"));
    for experiment in pitfloor_physics::EXPERIMENTS {
        if !experiment.id.contains(only) {
            continue;
        }
        println!("{}: {}", experiment.id, experiment.about);
        for case in (experiment.cases)(scale) {
            let outcome = case.outcome(seed);
            for (seed, rows) in outcome.played() {
                for row in rows {
                    let verdict = if row.holds() { "ok" } else { "FAIL" };
                    let (found, expected, within) = (row.found, row.expected, row.within);
                    let what = format!("{}: {}", case.name, row.what);
                    println!(
                        "{verdict:4} {what:70} {found:11.5} {expected:11.5} ± {within:.5} ({seed})"
                    );
                }
            }
        }
    }
}
