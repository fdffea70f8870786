//! The words of stories: one table per vocabulary, read in one direction and written in the other.

use pitfloor_model::command::{PostOnly, SaleMark, Shape, Stp, Watched};
use pitfloor_model::event::PhaseReason;
use pitfloor_model::order::Arm;
use pitfloor_model::trading::Benchmark;
use pitfloor_model::units::Side;

pub(super) type Words<T, const N: usize> = [(&'static str, T); N];

pub(super) const SIDES: Words<Side, 2> = [("buy", Side::Buy), ("sell", Side::Sell)];

pub(super) const STPS: Words<Stp, 6> = [
    ("none", Stp::None),
    ("taker", Stp::ExpireTaker),
    ("maker", Stp::ExpireMaker),
    ("both", Stp::ExpireBoth),
    ("decrement", Stp::Decrement),
    ("transfer", Stp::Transfer),
];

pub(super) const WATCHED: Words<Watched, 3> =
    [("last", Watched::Last), ("quote", Watched::Quote), ("mark", Watched::Mark)];

pub(super) const POST_ONLY: Words<PostOnly, 3> = [
    ("reject", PostOnly::Reject),
    ("slide", PostOnly::Slide),
    ("slide-or-take", PostOnly::SlideOrTake),
];

pub(super) const MARKS: Words<SaleMark, 3> =
    [("long", SaleMark::Long), ("short", SaleMark::Short), ("exempt", SaleMark::ShortExempt)];

pub(super) const BENCHMARKS: Words<Benchmark, 3> =
    [("close", Benchmark::Close), ("index", Benchmark::Index), ("mark", Benchmark::Mark)];

pub(super) const SWITCHES: Words<bool, 2> = [("on", true), ("off", false)];

/// Shapes as they are written; `oto` and `otoco` alone are read as well.
pub(super) const SHAPES: Words<Shape, 5> = [
    ("oco", Shape::Oco),
    ("oto", Shape::Oto(Arm::FirstFill)),
    ("oto full", Shape::Oto(Arm::FullFill)),
    ("otoco", Shape::Otoco(Arm::FirstFill)),
    ("otoco full", Shape::Otoco(Arm::FullFill)),
];

/// Reasons are called as in the model: they are few, and `PhaseChanged` lines say them rarely.
pub(super) const REASONS: [PhaseReason; 8] = [
    PhaseReason::Scheduled,
    PhaseReason::CallEnded,
    PhaseReason::LimitState,
    PhaseReason::MarketWide,
    PhaseReason::Velocity,
    PhaseReason::StopCascade,
    PhaseReason::Regulatory,
    PhaseReason::Ended,
];

/// What `word` means in `table`.
pub(super) fn meaning<T: Copy>(table: &[(&str, T)], word: &str) -> Option<T> {
    table.iter().find(|(known, _)| *known == word).map(|(_, meaning)| *meaning)
}

/// What `meaning` is called in `table`.
///
/// # Panics
///
/// When the table has no word for it: the tables are complete.
pub(super) fn word<T: PartialEq>(table: &[(&'static str, T)], meaning: T) -> &'static str {
    let found = table.iter().find(|(_, known)| *known == meaning);
    found.expect("there is a word for everything").0
}
