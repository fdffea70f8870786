//! Memory does not grow with the length of a run of which no history is kept.

use crate::program::{folder, pitfloor};

#[test]
fn ten_times_longer_takes_no_more_memory_without_history() {
    let at = folder();
    let peak = |until: &str| {
        let said =
            pitfloor(at.path(), ["run", "--json", "--quiet", "--no-history", "--until", until]);
        let said = said.well().json();
        (said["commands"].as_u64().unwrap(), said["peak_rss_bytes"].as_u64())
    };
    let (short, long) = (peak("20m"), peak("200m"));
    assert!(long.0 > 8 * short.0, "ten times the work: {} and {}", short.0, long.0);
    let (Some(short), Some(long)) = (short.1, long.1) else {
        eprintln!("skipped: this system does not tell how much memory was used");
        return;
    };
    assert!(long < short + short / 4, "{short} bytes, then {long}");
}
