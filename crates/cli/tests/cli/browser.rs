//! The report in a real browser: it opens, draws, and asks nobody for anything.

use crate::program::{folder, pitfloor};
use std::process::Command;

#[test]
fn the_report_opens_in_a_browser() {
    let Some(chromium) = ["chromium", "chromium-browser", "google-chrome"]
        .into_iter()
        .find(|name| Command::new(name).arg("--version").output().is_ok())
    else {
        eprintln!("skipped: no chromium here");
        return;
    };
    let at = folder();
    pitfloor(at.path(), ["run", "--quiet", "--until", "5m", "--out", "run"]).well();
    let page = at.path().join("run/report.html");
    let profile = at.path().join("profile");
    let output = Command::new(chromium)
        .args(["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"])
        .args(["--disable-background-networking", "--disable-component-update", "--disable-sync"])
        .args(["--enable-logging=stderr", "--v=0", "--dump-dom"])
        .arg(format!("--user-data-dir={}", profile.display()))
        .arg(format!("file://{}", page.display()))
        .output()
        .unwrap();
    let (dom, log) =
        (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{log}");
    assert!(dom.matches("<svg").count() >= 4, "charts are drawn");
    for word in ["first-market", "ACME", "BOLT", "CRUX", "market-maker"] {
        assert!(dom.contains(word), "{word}");
    }
    assert!(!log.contains("Uncaught"), "{log}");
    let text = std::fs::read_to_string(&page).unwrap();
    for outside in ["src=\"http", "href=\"http", "url(http", "@import", "fetch("] {
        assert!(!text.contains(outside), "the page asks for nothing: {outside}");
    }
}
