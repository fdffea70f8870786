//! Published digests: the scenarios that come with the program, in this build and in the release
//! build, one number each.

use crate::program::{Said, binary, command, folder};
use std::path::Path;

const GOLDEN: &str = include_str!("../../../../golden/digests.toml");

#[test]
fn the_scenarios_have_their_published_digests() {
    let golden: toml::Table = GOLDEN.parse().unwrap();
    let release = std::env::var_os("PITFLOOR_RELEASE_BIN");
    if release.is_none() {
        eprintln!("PITFLOOR_RELEASE_BIN is not set: compared in this build only");
    }
    let builds = [Some(binary()), release.as_deref().map(Path::new)];
    assert_eq!(golden.len(), 4);
    for build in builds.into_iter().flatten() {
        for (scenario, expected) in &golden {
            let at = folder();
            let args = ["run", scenario, "--json", "--quiet", "--no-history"];
            let said: Said = command(build, at.path()).args(args).output().unwrap().into();
            let said = said.well().json();
            let place = format!("{scenario} with {}", build.display());
            for figure in ["digest", "journal_digest"] {
                assert_eq!(said[figure].as_str(), expected[figure].as_str(), "{figure} of {place}");
            }
            for figure in ["commands", "trades"] {
                assert_eq!(
                    said[figure].as_i64(),
                    expected[figure].as_integer(),
                    "{figure} of {place}"
                );
            }
        }
    }
}
