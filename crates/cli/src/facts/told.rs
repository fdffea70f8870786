//! The realism report in words and in JSON.

use super::Source;
use crate::Done;
use pitfloor_facts::catalogue::{Class, Part, Void};
use pitfloor_facts::metrics::Metric;
use pitfloor_facts::tape::Noted;
use pitfloor_facts::verdict::{Judged, Report, Verdict};
use serde_json::{Map, Value, json};
use std::fmt::Write as _;
use std::path::Path;

/// What the work took.
pub(super) struct Costs {
    pub(super) wall_s: f64,
    pub(super) cpu_s: f64,
    pub(super) peak_rss_bytes: u64,
}

/// How many seeds an ecology is judged by.
const SEEDS_MIN: usize = 20;

/// The report as one object.
pub(super) fn json(report: &Report, source: &Source, costs: &Costs) -> Value {
    let facts: Map<String, Value> =
        report.facts.iter().map(|judged| (judged.fact.id.to_owned(), fact_json(judged))).collect();
    let names = |verdict: Verdict| -> Vec<&str> {
        let gates = report.facts.iter().filter(|judged| judged.fact.class == Class::Gate);
        gates.filter(|judged| judged.verdict == verdict).map(|judged| judged.fact.id).collect()
    };
    json!({
        "facts": facts, "verdict": report.verdict.name(), "source": source.files,
        "config_digest": source.config_digest, "symbol": source.symbol, "seeds": source.seeds,
        "tapes": report.seeds, "days": source.days, "trades": source.trades,
        "conjunction_m1_f1_m5_m19": report.conjunction.name(),
        "gates": {
            "pass": names(Verdict::Pass), "weak": names(Verdict::Weak),
            "fail": names(Verdict::Fail), "void": names(Verdict::Void),
        },
        "noted": noted_json(&summed(&report.noted)), "version": env!("CARGO_PKG_VERSION"),
        "wall_s": costs.wall_s, "cpu_s": costs.cpu_s, "peak_rss_bytes": costs.peak_rss_bytes,
    })
}

fn fact_json(judged: &Judged) -> Value {
    let parts: Vec<Value> = judged.parts.iter().map(part_json).collect();
    let pair = |pair: Option<(f64, f64)>| pair.map(|(low, high)| json!([low, high]));
    json!({
        "name": judged.fact.name, "value": judged.value, "ci95": pair(judged.ci95),
        "band": judged.band.map(band_json), "verdict": judged.verdict.name(), "n": judged.n,
        "nulls": { "gaussian": judged.gaussian.value, "cst": judged.cst.value },
        "nulls_pass": { "gaussian": judged.gaussian.passes, "cst": judged.cst.passes },
        "not_evidence": judged.not_evidence, "class": class(judged.fact.class),
        "range": pair(judged.range), "seeds_in_band": judged.seeds_hold, "parts": parts,
        "void": judged.void.as_ref().map(why), "estimator": judged.fact.estimator,
        "minimum": judged.fact.minimum, "source": judged.fact.source,
    })
}

fn part_json(part: &Part) -> Value {
    json!({ "name": part.name, "value": part.value, "band": part.band.map(band_json) })
}

/// An open end is null.
fn band_json((low, high): (f64, f64)) -> Value {
    let end = |end: f64| if end.is_finite() { json!(shown_end(end)) } else { Value::Null };
    json!([end(low), end(high)])
}

/// The least number above zero stands for zero itself, which is left out.
fn shown_end(end: f64) -> f64 {
    if end.abs() == f64::MIN_POSITIVE { 0.0 } else { end }
}

fn class(class: Class) -> String {
    match class {
        Class::GateWhere(what) => format!("Gate where {what}"),
        other => other.name().to_owned(),
    }
}

fn why(void: &Void) -> &str {
    match void {
        Void::Short(why) | Void::Untold(why) => why,
    }
}

/// The report as a table.
pub(super) fn text(report: &Report, source: &Source, page: Option<&Path>) -> String {
    let mut text = format!("{}  {}\n", source.symbol, of_what(source));
    let _ = writeln!(
        text,
        "\n{:<4} {:<30} {:>9} {:>17} {:>15} {:<5} {:>9} {:>9}  class",
        "", "fact", "value", "95%", "band", "", "gaussian", "cst"
    );
    for judged in &report.facts {
        let mark = if judged.not_evidence { "  not evidence" } else { "" };
        let band = judged.band.map_or_else(String::new, band);
        let _ = writeln!(
            text,
            "{:<4} {:<30} {:>9} {:>17} {band:>15} {:<5} {:>9} {:>9}  {}{mark}",
            judged.fact.id,
            judged.fact.name,
            number(judged.value),
            judged.ci95.map_or_else(String::new, |(low, high)| format!(
                "{} … {}",
                number(Some(low)),
                number(Some(high))
            )),
            judged.verdict.name(),
            number(judged.gaussian.value),
            number(judged.cst.value),
            judged.fact.class.name(),
        );
        if judged.verdict != Verdict::Void {
            for part in judged.parts.iter().skip(1).filter(|part| part.band.is_some()) {
                let _ = writeln!(
                    text,
                    "     {:<30} {:>9} {:>17} {:>15}",
                    part.name,
                    number(part.value),
                    "",
                    part.band.map_or_else(String::new, self::band)
                );
            }
        }
    }
    let voids = report.facts.iter().filter_map(|judged| Some((judged, judged.void.as_ref()?)));
    for (place, (judged, void)) in voids.enumerate() {
        let lead = if place == 0 { "\nVOID  " } else { "      " };
        let _ = writeln!(text, "{lead}{:<4} {}", judged.fact.id, why(void));
    }
    text.push('\n');
    for note in notes(report, source) {
        let _ = writeln!(text, "{note}");
    }
    let _ = writeln!(
        text,
        "M1 + F1 + M5 + M19 together: {}\nverdict {}",
        report.conjunction.name(),
        report.verdict.name()
    );
    if let Some(page) = page {
        let _ = writeln!(text, "page {}", page.display());
    }
    text
}

fn of_what(source: &Source) -> String {
    let tapes = match &source.seeds {
        Some(seeds) if seeds.len() == 1 => format!("seed {}", seeds[0]),
        Some(seeds) => format!("{} seeds", seeds.len()),
        None => "a recorded tape".to_owned(),
    };
    let digest = source.config_digest.as_deref().map_or_else(String::new, |digest| {
        format!("  configuration {}", digest.get(..12).unwrap_or(digest))
    });
    let (days, trades) = (source.days, source.trades);
    let sessions = if days == 1 { "session" } else { "sessions" };
    format!("{tapes}  {days} {sessions}  {trades} trades{digest}")
}

/// What the reader must know: how much was not used, and how few seeds there are.
pub(super) fn notes(report: &Report, source: &Source) -> Vec<String> {
    let noted = summed(&report.noted);
    let mut notes = Vec::new();
    let mut say = |count: u64, what: &str| {
        if count > 0 {
            notes.push(format!("{count} {what}"));
        }
    };
    say(noted.crossed, "crossed quotes: the mid before them held");
    say(noted.locked, "locked quotes: used as they are");
    say(noted.one_sided, "quotes with an empty side: the mid before them held");
    say(noted.gaps, &format!("silences of more than five minutes, {:.0} s together", noted.gaps_s));
    say(noted.unsigned, "fills without an aggressor: in no trade");
    say(noted.hidden, "fills of hidden orders: in no trade");
    say(noted.outside, "rows outside every session: not used");
    say(noted.without_mid, "trades before anybody quoted both sides: they have no mid");
    say(noted.trades_left_out, "trades beyond the most that are kept: not used");
    say(noted.seconds_left_out, "seconds beyond the most that are kept: not used");
    if let Some(seeds) = source.seeds.as_ref().filter(|seeds| seeds.len() < SEEDS_MIN) {
        let n = seeds.len();
        notes.push(format!(
            "{n} of the {SEEDS_MIN} seeds, a day each, that a verdict on an ecology takes"
        ));
    }
    notes
}

fn summed(all: &[Noted]) -> Noted {
    all.iter().fold(Noted::default(), |sum, noted| Noted {
        crossed: sum.crossed + noted.crossed,
        locked: sum.locked + noted.locked,
        one_sided: sum.one_sided + noted.one_sided,
        gaps: sum.gaps + noted.gaps,
        gaps_s: sum.gaps_s + noted.gaps_s,
        unsigned: sum.unsigned + noted.unsigned,
        hidden: sum.hidden + noted.hidden,
        outside: sum.outside + noted.outside,
        without_mid: sum.without_mid + noted.without_mid,
        trades_left_out: sum.trades_left_out + noted.trades_left_out,
        seconds_left_out: sum.seconds_left_out + noted.seconds_left_out,
    })
}

fn noted_json(noted: &Noted) -> Value {
    json!({
        "crossed": noted.crossed, "locked": noted.locked, "one_sided": noted.one_sided,
        "gaps": noted.gaps, "gaps_s": noted.gaps_s, "unsigned": noted.unsigned,
        "hidden": noted.hidden, "outside": noted.outside, "without_mid": noted.without_mid,
        "trades_left_out": noted.trades_left_out, "seconds_left_out": noted.seconds_left_out,
    })
}

/// A published list, group by group.
pub(super) fn metrics(source: &Source, list: &[Metric]) -> Done {
    let rows: Vec<Value> = list
        .iter()
        .map(|metric| json!({ "group": metric.group, "name": metric.name, "value": metric.value }))
        .collect();
    let mut text = format!("{}\n", source.symbol);
    let mut group = "";
    for metric in list {
        if metric.group != group {
            group = metric.group;
            let _ = writeln!(text, "\n{group}");
        }
        let _ = writeln!(text, "  {:<46} {:>12}", metric.name, number(metric.value));
    }
    let json = json!({ "metrics": rows, "source": source.files, "symbol": source.symbol,
                       "config_digest": source.config_digest });
    Done { json, text, ended: Ok(()) }
}

fn number(value: Option<f64>) -> String {
    let Some(value) = value else { return "–".to_owned() };
    let size = value.abs();
    match size {
        0.0 => "0".to_owned(),
        _ if !(1e-4..1e5).contains(&size) => format!("{value:.2e}"),
        _ if size >= 100.0 => format!("{value:.1}"),
        _ if size >= 1.0 => format!("{value:.3}"),
        _ => format!("{value:.4}"),
    }
}

fn band((low, high): (f64, f64)) -> String {
    let end = |end: f64| {
        format!("{:.4}", shown_end(end)).trim_end_matches('0').trim_end_matches('.').to_owned()
    };
    match (low.is_finite(), high.is_finite()) {
        (true, true) => format!("{} … {}", end(low), end(high)),
        (true, false) => format!("≥ {}", end(low)),
        (false, true) => format!("≤ {}", end(high)),
        (false, false) => "any".to_owned(),
    }
}
