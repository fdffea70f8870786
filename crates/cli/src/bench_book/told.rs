//! How a result of `bench book` is told: as a table and as one object.

use super::Row;
use crate::meter::{cpu_model, peak_rss_bytes};
use pitfloor_workloads::measure::{Engine, Measured, SnapshotRow};
use pitfloor_workloads::targets::Target;
use serde_json::{Map, Value, json};

/// How often snapshots are taken for the one figure that stands for all.
const SNAPSHOT_EVERY: u64 = 10_000;

/// What the program was built from; none where the build could not tell.
const RUSTC: Option<&str> = option_env!("PITFLOOR_RUSTC");
const OPT_LEVEL: Option<&str> = option_env!("PITFLOOR_OPT_LEVEL");
const COMMIT: Option<&str> = option_env!("PITFLOOR_COMMIT");

/// One object: of the flow, or of several.
pub(super) fn object(rows: &[Row], together: &[Target], several: bool) -> Value {
    let mut runs: Vec<Value> = rows.iter().map(run).collect();
    if !several {
        return runs.remove(0);
    }
    json!({"runs": runs, "targets": together.iter().map(target).collect::<Vec<_>>()})
}

fn run(row: &Row) -> Value {
    let Measured { figures, report_sha256, timed, engines, .. } = &row.measured;
    let number = |name: &str| -> Value { figures.get(name).parse::<u64>().ok().into() };
    let (batched, others): (Vec<&Engine>, Vec<_>) =
        engines.iter().partition(|engine| engine.name == "batched");
    let mut named = Map::new();
    for other in others {
        named.insert(other.name.to_owned(), engine(other, &row.measured));
    }
    let levels = figures.get("bid_levels").parse::<u64>().ok();
    let levels = levels.zip(figures.get("ask_levels").parse::<u64>().ok());
    let snapshots = &row.measured.snapshots;
    let snapshot = snapshots.iter().find(|snapshot| snapshot.every == Some(SNAPSHOT_EVERY));
    let product = row.measured.engine("pitfloor");
    let mut all = json!({
        "workload": row.name, "messages": row.messages, "timed": timed,
        "trades": number("trades"), "lots": number("lots"),
        "trade_digest": figures.get("trade_digest"), "state_digest": figures.get("state_digest"),
        "report_sha256": report_sha256, "file_sha256": row.file_sha256,
        "expected_figures": row.workload.is_some(),
        "engines": named,
        "batched": batched.first().map(|engine| self::engine(engine, &row.measured)),
        "ratio_to_naive": row.measured.ratio("pitfloor", "naive"),
        "ratio_to_floor": row.measured.ratio("pitfloor", "floor"),
        "ratio_to_bare": row.measured.ratio("pitfloor", "bare"),
        "ns_per_op_median": product.ns_per_op_median,
        "bytes_per_live_order": product.bytes_per_live_order,
        "levels": levels.map(|(bids, asks)| bids + asks),
        "live": number("live"),
        "snapshot_ns": snapshot.and_then(|snapshot| snapshot.snapshot_ns),
        "snapshots": snapshots.iter().map(snapshot_row).collect::<Vec<_>>(),
        "snapshots_ability": row.measured.snapshots_ability(),
        "rounds": row.measured.rounds, "peak_rss_bytes": peak_rss_bytes(),
        "cpu": cpu_model(), "rustc": RUSTC, "opt_level": OPT_LEVEL, "commit": COMMIT,
        "targets": row.targets.iter().map(target).collect::<Vec<_>>(),
    });
    for name in [
        "new_orders",
        "cancels_accepted",
        "cancels_rejected",
        "modifies_accepted",
        "modifies_rejected",
        "ioc_remainders",
    ] {
        all[name] = number(name);
    }
    all
}

fn engine(engine: &Engine, measured: &Measured) -> Value {
    let latency = &engine.latency;
    json!({
        "ns_per_op": engine.ns_per_op, "ns_per_op_median": engine.ns_per_op_median,
        "wall_ns_per_op": engine.wall_ns_per_op, "ops_per_cpu_s": 1e9 / engine.ns_per_op,
        "ratio_to_naive": measured.ratio(engine.name, "naive"),
        "ratio_to_floor": measured.ratio(engine.name, "floor"),
        "allocations_per_op": engine.allocations_per_op,
        "bytes_allocated_per_op": engine.bytes_allocated_per_op,
        "ns_p50": latency.p50, "ns_p99": latency.p99, "ns_p999": latency.p999,
        "ns_p9999": latency.p9999, "ns_max": latency.max, "ns_timer_pair": latency.timer,
        "bytes_per_live_order": engine.bytes_per_live_order,
    })
}

fn snapshot_row(row: &SnapshotRow) -> Value {
    json!({"every": row.every, "ns_per_op": row.ns_per_op, "snapshot_ns": row.snapshot_ns})
}

fn target(target: &Target) -> Value {
    let Target { name, value, limit, ok } = target;
    json!({"name": name, "value": value, "limit": limit, "ok": ok})
}

/// The same for people.
pub(super) fn text(rows: &[Row], together: &[Target]) -> String {
    let mut out: String = rows.iter().map(table).collect();
    if !together.is_empty() {
        out += &wanted(together);
    }
    out
}

fn table(row: &Row) -> String {
    let figures = &row.measured.figures;
    let known = if row.workload.is_some() { "as expected" } else { "all books agree" };
    let mut out = format!(
        "{}  {} messages  {} timed  {} trades  {} lots  {known}\n\
         trade digest {}  state digest {}\nreports {}\nfile {}\n\
         {:<9} {:>8} {:>8} {:>8} {:>9} {:>9} {:>6} {:>6} {:>7} {:>8} {:>9} {:>9} {:>11}\n",
        row.name,
        row.messages,
        row.measured.timed,
        figures.get("trades"),
        figures.get("lots"),
        figures.get("trade_digest"),
        figures.get("state_digest"),
        row.measured.report_sha256,
        row.file_sha256,
        "book",
        "ns/op",
        "median",
        "Mops/s",
        "to naive",
        "to floor",
        "p50",
        "p99",
        "p99.9",
        "p99.99",
        "max",
        "allocs/op",
        "bytes/order",
    );
    for engine in &row.measured.engines {
        let latency = &engine.latency;
        let bytes = engine.bytes_per_live_order.map_or("-".to_owned(), |b| format!("{b:.0}"));
        out += &format!(
            "{:<9} {:>8.1} {:>8.1} {:>8.2} {:>9.3} {:>9.2} {:>6} {:>6} {:>7} {:>8} {:>9} {:>9.3} {:>11}\n",
            engine.name,
            engine.ns_per_op,
            engine.ns_per_op_median,
            1e3 / engine.ns_per_op,
            row.measured.ratio(engine.name, "naive"),
            row.measured.ratio(engine.name, "floor"),
            latency.p50,
            latency.p99,
            latency.p999,
            latency.p9999,
            latency.max,
            engine.allocations_per_op,
            bytes,
        );
    }
    let timer = row.measured.engine("pitfloor").latency.timer;
    out += &format!("reading the clock twice takes {timer} ns of each single operation\n");
    for SnapshotRow { every, ns_per_op, snapshot_ns } in &row.measured.snapshots {
        out += &match (every, snapshot_ns) {
            (Some(every), Some(taken)) => {
                format!("snapshot every {every} messages  {ns_per_op:.1} ns/op  {taken} ns each\n")
            }
            _ => format!("snapshot never  {ns_per_op:.1} ns/op\n"),
        };
    }
    if !row.targets.is_empty() {
        out += &wanted(&row.targets);
    }
    out
}

fn wanted(targets: &[Target]) -> String {
    let line = |Target { name, value, limit, ok }: &Target| {
        let value = value.map_or("-".to_owned(), |value| format!("{value:.3}"));
        let met = if *ok { "met" } else { "missed" };
        format!("{name:<32} {value:>10} {limit:>8}  {met}\n")
    };
    let lines: String = targets.iter().map(line).collect();
    format!("{:<32} {:>10} {:>8}\n{lines}", "wanted", "found", "at most")
}
