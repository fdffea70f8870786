//! The realism report as a page: how real a market is, fact by fact, and the curves behind the facts.
//!
//! It is complete in itself like the report of a run, and shares its style, charts and numbers. The
//! memoryless book is drawn beside the market in every chart, so that one sees what is evidence.

use super::axis::{Scale, Tick};
use super::chart::{End, Mark, Panel, Plot};
use super::number::{NONE, escape, significant, whole};
use super::page::{band_in_words, end_of, figure_of, gauge, head_of};
use pitfloor_facts::catalogue::{Class, Void};
use pitfloor_facts::curves::{Curves, Point};
use pitfloor_facts::verdict::{Judged, Report, Verdict};
use std::fmt::Write;

const FITS: &str = "a string takes whatever is written to it";

macro_rules! put {
    ($page:expr, $($text:tt)*) => { write!($page, $($text)*).expect(FITS) };
}

/// Two charts beside each other where there is room.
const STYLE: &str = "
.plots { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 440px), 1fr)); gap: 8px 40px; }
.stack.plot.named { --gutter: 118px; }
.line.null { stroke: var(--soft); stroke-dasharray: 5 3; } .end.null { --kind: var(--soft); }
.facts td:last-child { min-width: 170px; }
.parts { margin-top: 3px; }
.verdict.weak { color: var(--spread); }
";

/// A chart: its name for styles, title, note, the market's curve and the null's, and which axes go by
/// powers of ten.
type Chart<'a> = (&'static str, &'static str, &'static str, [&'a [Point]; 2], (bool, bool));

const PLAIN: (bool, bool) = (false, false);
const LOG_X: (bool, bool) = (true, false);
const LOGS: (bool, bool) = (true, true);

/// Everything the page shows.
pub struct Page<'a> {
    /// What is looked at.
    pub symbol: String,
    /// The runs or files.
    pub sources: Vec<String>,
    /// The seeds of the runs; none for a recorded tape.
    pub seeds: Vec<u64>,
    /// The configuration of the runs, but for the seed; may be empty.
    pub config_digest: String,
    /// The version of the program.
    pub version: String,
    /// How many trades.
    pub trades: u64,
    /// How many sessions.
    pub days: usize,
    /// The facts.
    pub report: &'a Report,
    /// The curves of the first tape.
    pub curves: Curves,
    /// Those of the memoryless book.
    pub null: Curves,
    /// Anything the reader must know, such as how much was not used.
    pub notes: Vec<String>,
}

impl Page<'_> {
    /// The whole page. Equal reports are equal pages, byte for byte.
    #[must_use]
    pub fn html(&self) -> String {
        let mut page = String::with_capacity(1 << 17);
        head_of(&format!("How real is {}?", self.symbol), STYLE, &mut page);
        self.masthead(&mut page);
        page.push_str("<main>\n");
        self.facts(&mut page);
        self.plots(&mut page);
        page.push_str("</main>\n");
        put!(
            page,
            "<footer><p>Pitfloor {}. Both nulls were computed with this page: independent normal returns as \
             long and as wild, and the memoryless book of Cont, Stoikov and Talreja. What a null shows too is \
             no evidence.</p></footer>\n",
            escape(&self.version)
        );
        end_of(&mut page);
        page
    }

    fn masthead(&self, page: &mut String) {
        let verdict = self.report.verdict.name();
        put!(
            page,
            "<header class=\"masthead\">\n<div class=\"kicker\"><span><b>Pitfloor</b> · realism report</span>\
             <button id=\"theme\" type=\"button\" hidden aria-label=\"Switch between light and dark\">Dark</button></div>\n\
             <h1>How real is {}?</h1>\n<p class=\"lede\">{}</p>\n<dl class=\"figures\">",
            escape(&self.symbol),
            lede(self.report)
        );
        let gates = self.report.facts.iter().filter(|judged| judged.fact.class == Class::Gate);
        let (passed, judged) = gates.fold((0_u128, 0_u128), |(passed, all), judged| {
            let counts = judged.verdict != Verdict::Void;
            (passed + u128::from(judged.verdict == Verdict::Pass), all + u128::from(counts))
        });
        for (name, figure) in [
            ("verdict", verdict.to_owned()),
            ("gates passed", format!("{passed} <small>of {judged} judged</small>")),
            ("M1 + F1 + M5 + M19", self.report.conjunction.name().to_owned()),
            ("tapes", whole(self.report.seeds as u128)),
            ("sessions", whole(self.days as u128)),
            ("trades", whole(self.trades.into())),
        ] {
            figure_of(name, &figure, page);
        }
        page.push_str("</dl>\n<dl class=\"identity\">");
        let seeds: Vec<String> = self.seeds.iter().map(u64::to_string).collect();
        for (name, text) in [
            ("source", self.sources.join(", ")),
            ("seeds", seeds.join(", ")),
            ("configuration", self.config_digest.clone()),
            ("version", self.version.clone()),
        ] {
            if !text.is_empty() {
                put!(page, "<div><dt>{name}</dt><dd>{}</dd></div>", escape(&text));
            }
        }
        page.push_str("</dl>\n");
        if !self.notes.is_empty() {
            page.push_str("<div class=\"notes\">");
            for note in &self.notes {
                put!(page, "<p>{}</p>", escape(note));
            }
            page.push_str("</div>\n");
        }
        page.push_str("</header>\n");
    }

    fn facts(&self, page: &mut String) {
        for (title, about, letter) in [
            (
                "Returns",
                "Eleven regularities that Cont (2001) found in all markets he looked at.",
                'F',
            ),
            ("Microstructure", "How orders come, and how the price answers them.", 'M'),
        ] {
            put!(
                page,
                "<section><div class=\"heading\"><h2>{title}</h2></div><p class=\"aside\">{about}</p>\n\
                 <table class=\"facts\"><thead><tr><th>Fact</th><th>Value</th><th>Band</th><th>Verdict</th>\
                 </tr></thead><tbody>\n"
            );
            let here = self.report.facts.iter().filter(|judged| judged.fact.id.starts_with(letter));
            here.for_each(|judged| row(judged, page));
            page.push_str("</tbody></table></section>\n");
        }
    }

    fn plots(&self, page: &mut String) {
        page.push_str(
            "<section><div class=\"heading\"><h2>Curves</h2></div><p class=\"aside\">The line is this market \
             (of several seeds, the first), the dashes are the memoryless book.</p>\n<div class=\"plots\">\n",
        );
        let (own, null) = (&self.curves, &self.null);
        let impact = if own.impact_of_metaorders {
            ("Impact of large orders", "move in the day's volatility, by share of the day's volume")
        } else {
            ("Impact of a trade", "the mid's next move in mean spreads, by size over the mean size")
        };
        // What is measured in units of its own cannot be laid over another.
        let none: &[Point] = &[];
        let beside = if own.impact_of_metaorders { none } else { &null.impact };
        let charts: [Chart<'_>; 9] = [
            ("tails", "Tails", "P(|r| ≥ x), x in σ, every 10 s", [&own.tail, &null.tail], LOGS),
            ("acf", "Memory of returns", "ρ(l) of r, lags of 10 s", [&own.acf, &null.acf], PLAIN),
            (
                "sizes",
                "Memory of volatility",
                "ρ(l) of |r|, lags of 10 s",
                [&own.acf_sizes, &null.acf_sizes],
                PLAIN,
            ),
            (
                "signature",
                "Signature plot",
                "variance per second by step in s, over that at 100 s",
                [&own.signature, &null.signature],
                LOG_X,
            ),
            (
                "response",
                "Response function",
                "R(l) / R(1), lag in trades",
                [&own.response, &null.response],
                LOG_X,
            ),
            ("impact", impact.0, impact.1, [&own.impact, beside], LOG_X),
            (
                "shape",
                "Average book",
                "size over that at the best, by distance in ticks",
                [&own.shape, &null.shape],
                PLAIN,
            ),
            (
                "intraday",
                "The day",
                "volume over an even share, by hours after the opening",
                [&own.intraday, none],
                PLAIN,
            ),
            (
                "gaps",
                "Waits between trades",
                "P(gap ≥ x), x in mean gaps",
                [&own.gaps, &null.gaps],
                LOGS,
            ),
        ];
        for (class, title, note, curves, logs) in charts {
            if curves[0].len() >= 2 {
                plot(class, title, note, curves, logs).draw(page);
            }
        }
        page.push_str("</div></section>\n");
    }
}

fn lede(report: &Report) -> &'static str {
    match report.verdict {
        Verdict::Pass => "Every gate that such a tape can tell passes.",
        Verdict::Weak => {
            "In the middle every gate is passed, but too many seeds fall out of a band."
        }
        Verdict::Fail => "At least one gate is failed: real markets lie elsewhere.",
        Verdict::Void => "No gate is failed, but the tape is too short to judge them all.",
    }
}

fn row(judged: &Judged, page: &mut String) {
    let fact = judged.fact;
    put!(
        page,
        "<tr><td><b>{}</b> <span class=\"soft\">{}</span><small>{}</small></td><td><span class=\"value\">{}</span>",
        escape(fact.name),
        fact.id,
        escape(fact.estimator),
        judged.value.map_or_else(|| NONE.to_owned(), significant)
    );
    if let Some((low, high)) = judged.ci95 {
        put!(page, "<small>95%: {} to {}</small>", significant(low), significant(high));
    }
    if judged.n > 0 {
        put!(page, "<small>n = {}</small>", whole(judged.n.into()));
    }
    page.push_str("</td><td>");
    if let Some(band) = judged.band {
        gauge(judged.value, band, page);
        put!(page, "<small>{}</small>", band_in_words(plain_ends(band)));
    }
    put!(page, "<small>{}</small></td><td>", escape(fact.source));
    let (class, word) = match judged.verdict {
        Verdict::Pass => ("pass", "✓ in the band"),
        Verdict::Weak => ("weak", "≈ in the middle only"),
        Verdict::Fail => ("fail", "✗ outside"),
        Verdict::Void => ("void", "not judged"),
    };
    put!(page, "<span class=\"verdict {class}\">{word}</span> <small>{}", class_of(fact.class));
    if judged.not_evidence {
        page.push_str(" · not evidence: a null shows it too");
    }
    page.push_str("</small>");
    if let Some(Void::Short(why) | Void::Untold(why)) = &judged.void {
        put!(page, "<small>{}</small>", escape(why));
    }
    let shown = |value: Option<f64>| value.map_or_else(|| NONE.to_owned(), significant);
    put!(
        page,
        "<small>normal {} · memoryless book {}</small>",
        shown(judged.gaussian.value),
        shown(judged.cst.value)
    );
    if judged.parts.len() > 1 {
        page.push_str("<details class=\"parts\"><summary><small style=\"display:inline\">more figures</small></summary>");
        for part in &judged.parts[1..] {
            let band = part
                .band
                .map_or_else(String::new, |band| format!(" ({})", band_in_words(plain_ends(band))));
            put!(page, "<small>{} {}{band}</small>", escape(&part.name), shown(part.value));
        }
        page.push_str("</details>");
    }
    page.push_str("</td></tr>\n");
}

fn class_of(class: Class) -> String {
    match class {
        Class::GateWhere(what) => format!("gate where {what}"),
        Class::Gate => "gate".to_owned(),
        Class::Engine => "gate of the engine".to_owned(),
        Class::Report => "told only".to_owned(),
    }
}

/// The least number above zero stands for zero itself, which is left out.
fn plain_ends((low, high): (f64, f64)) -> (f64, f64) {
    let plain = |end: f64| if end.abs() == f64::MIN_POSITIVE { 0.0 } else { end };
    (plain(low), plain(high))
}

/// A chart of the market's curve and the null's, each axis plain or in powers of ten.
fn plot(
    class: &'static str,
    title: &str,
    note: &str,
    [own, null]: [&[Point]; 2],
    (x_log, y_log): (bool, bool),
) -> Plot {
    let place = |value: f64, log: bool| if log { libm::log10(value) } else { value };
    let drawn = |points: &[Point]| -> Vec<Point> {
        let fit = points.iter().filter(|(x, y)| (!x_log || *x > 0.0) && (!y_log || *y > 0.0));
        fit.map(|(x, y)| (place(*x, x_log), place(*y, y_log))).collect()
    };
    let (own, null) = (drawn(own), drawn(null));
    let (left, right) = ends(own.iter().map(|point| point.0));
    // The null is drawn as far as the market goes.
    let null: Vec<Point> = null.into_iter().filter(|(x, _)| (left..=right).contains(x)).collect();
    let both = || own.iter().chain(&null).map(|point| point.1);
    let scale = if y_log { powers(both()) } else { Scale::through_zero(both(), 4) };
    let share = |x: f64| (x - left) / (right - left);
    let line = |class: &str, points: &[Point]| Mark::Line {
        class: class.to_owned(),
        points: points.iter().map(|(x, y)| (share(*x), Some(*y))).collect(),
    };
    let mut marks = vec![line("kind k0", &own)];
    let name = |class: &str, text: &str, points: &[Point]| {
        points.last().map(|(_, y)| End {
            class: class.to_owned(),
            value: *y,
            text: text.to_owned(),
            figure: String::new(),
        })
    };
    let mut names: Vec<End> = name("k0", "this market", &own).into_iter().collect();
    if null.len() >= 2 {
        marks.push(line("null", &null));
        names.extend(name("null", "no memory", &null));
    }
    let panel = Panel {
        class,
        title: title.to_owned(),
        note: note.to_owned(),
        spoken: format!("{title}: {note}"),
        height: 210,
        scale,
        tick: if y_log { power } else { |value, _| super::number::plain(value) },
        base: (!y_log).then_some(0.0),
        marks,
        ends: names,
        inside: Vec::new(),
    };
    Plot { ticks: ticks(left, right, x_log), panel }
}

fn ends(values: impl Iterator<Item = f64>) -> (f64, f64) {
    let (low, high) =
        values.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), x| (low.min(x), high.max(x)));
    if high > low { (low, high) } else { (low - 0.5, low + 0.5) }
}

/// An axis of powers of ten around logs.
fn powers(logs: impl Iterator<Item = f64>) -> Scale {
    let (low, high) = ends(logs);
    let step = libm::ceil((high - low) / 5.0).max(1.0);
    Scale { low: low - 0.04 * (high - low), high: high + 0.04 * (high - low), step }
}

fn power(log: f64, _: f64) -> String {
    super::number::plain(libm::pow(10.0, log))
}

/// Round places between the ends of an axis.
fn ticks(left: f64, right: f64, log: bool) -> Vec<Tick> {
    let scale = if log && right - left >= 1.0 {
        powers([left, right].into_iter())
    } else {
        Scale::around([left, right], 5)
    };
    let within = scale.ticks().into_iter().filter(|x| (left - 1e-9..=right + 1e-9).contains(x));
    let label = |x: f64| if log { power(x, 0.0) } else { super::number::plain(x) };
    within.map(|x| Tick { share: (x - left) / (right - left), label: label(x) }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use pitfloor_facts::null::cst;

    fn page() -> String {
        let tape = cst::tape(7);
        let report = Report::of(std::slice::from_ref(&tape));
        let page = Page {
            symbol: "A<B".to_owned(),
            sources: vec!["runs/one".to_owned()],
            seeds: vec![7],
            config_digest: "abc".to_owned(),
            version: "1".to_owned(),
            trades: 15_000,
            days: 1,
            report: &report,
            curves: Curves::of(&tape),
            null: Curves::of(&cst::tape(1)),
            notes: vec!["3 crossed quotes".to_owned()],
        };
        page.html()
    }

    #[test]
    fn the_page_shows_every_fact_and_every_curve_and_loads_nothing() {
        let html = page();
        for id in (1..=11).map(|n| format!("F{n}")).chain((1..=19).map(|n| format!("M{n}"))) {
            assert!(html.contains(&format!("<span class=\"soft\">{id}</span>")), "{id}");
        }
        let curves =
            ["tails", "acf", "sizes", "signature", "response", "shape", "intraday", "gaps"];
        assert!(!html.contains("panel impact"), "orders of one size have no curve of sizes");
        for class in curves {
            assert!(html.contains(&format!("<figure class=\"panel {class}\">")), "{class}");
        }
        assert!(html.contains("How real is A&lt;B?") && !html.contains("A<B"));
        assert!(html.contains("3 crossed quotes") && html.contains("not evidence"));
        assert!(
            html.contains("default-src 'none'")
                && !html.contains("http:")
                && !html.contains("https:"),
            "it is complete"
        );
        assert!(!html.contains("NaN") && !html.contains("inf\""));
        assert_eq!(html, page(), "equal reports are equal pages");
    }

    #[test]
    fn powers_of_ten_stand_at_their_places() {
        let found = ticks(0.0, 3.0, true);
        let labels: Vec<&str> = found.iter().map(|tick| tick.label.as_str()).collect();
        assert_eq!(labels, ["1", "10", "100", "1\u{202f}000"]);
        assert!((found[1].share - 1.0 / 3.0).abs() < 1e-12);
        let plain = ticks(1.0, 100.0, false);
        assert!(plain.len() >= 4 && plain.iter().all(|tick| (0.0..=1.0).contains(&tick.share)));
    }
}
