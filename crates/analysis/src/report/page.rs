//! The page, from masthead to footer: what stands where and what it says.
//!
//! Start reading at [`write()`]. Every text that comes from outside goes through `escape`.

use super::axis::{Scale, clock};
use super::chart::{End, Inside, Mark, Panel, Reading, Stack};
use super::number::{
    NONE, decimals_of, duration, escape, fixed, plain, short, signed, significant, whole,
};
use super::{
    AgentKind, DEPARTURE_POINTS_MAX, Departure, INSTRUMENTS_DRAWN_MAX, InstrumentPage,
    KINDS_DRAWN_MAX, KindPnl, PnlPage, Report,
};
use crate::decisions::Decisions;
use crate::facts::{Fact, Verdict};
use crate::series::{Bar, Weighted};
use std::fmt::Write;

#[cfg(test)]
mod tests;

/// How many colours lines have before they come again, dashed.
const COLOURS: usize = 8;

const FITS: &str = "a string takes whatever is written to it";

macro_rules! put {
    ($page:expr, $($text:tt)*) => { write!($page, $($text)*).expect(FITS) };
}

/// The whole page.
pub(super) fn write(report: &Report) -> String {
    let mut page = String::with_capacity(1 << 18);
    head(report, &mut page);
    masthead(report, &mut page);
    page.push_str("<main>\n");
    if report.instruments.len() > 1 {
        overview(report, &mut page);
    }
    for instrument in report.instruments.iter().take(INSTRUMENTS_DRAWN_MAX) {
        instrument_section(report, instrument, &mut page);
    }
    if let Some(departure) = &report.departure {
        departure_section(report, departure, &mut page);
    }
    for pnl in report.pnl.iter().filter(|pnl| !pnl.kinds.is_empty()) {
        pnl_section(report, pnl, &mut page);
    }
    if !report.agents.is_empty() {
        agents_section(&report.agents, &mut page);
    }
    if !report.decisions.is_empty() {
        decisions_section(&report.decisions, &mut page);
    }
    for instrument in report.instruments.iter().take(INSTRUMENTS_DRAWN_MAX) {
        facts_section(instrument, &mut page);
    }
    if report.counts.rejected() > 0 {
        refusals_section(report, &mut page);
    }
    page.push_str("</main>\n");
    foot(report, &mut page);
    page
}

fn head(report: &Report, page: &mut String) {
    // The policy makes the promise binding: this page can load nothing, from anywhere.
    put!(
        page,
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'\">\n\
         <title>{} – Pitfloor report</title>\n<style>\n{}</style>\n</head>\n<body>\n",
        escape(title(report)),
        include_str!("page.css")
    );
}

fn title(report: &Report) -> &str {
    if report.identity.scenario.is_empty() { "Untitled run" } else { &report.identity.scenario }
}

fn masthead(report: &Report, page: &mut String) {
    let counts = &report.counts;
    put!(
        page,
        "<header class=\"masthead\">\n<div class=\"kicker\"><span><b>Pitfloor</b> · market report</span>\
         <button id=\"theme\" type=\"button\" hidden aria-label=\"Switch between light and dark\">Dark</button></div>\n\
         <h1>{}</h1>\n<p class=\"lede\">{}</p>\n",
        escape(title(report)),
        lede(report)
    );
    page.push_str("<dl class=\"figures counts\">");
    let span = duration(report.span.as_secs());
    for (name, figure) in [
        ("market time", span),
        ("commands", whole(counts.commands.into())),
        ("events", whole(counts.events.into())),
        ("orders", whole(counts.orders.into())),
        ("cancels", whole(counts.cancels.into())),
        ("refused", whole(counts.rejected().into())),
        ("trades", whole(counts.trades.into())),
        ("lots traded", whole(counts.volume)),
    ] {
        figure_of(name, &figure, page);
    }
    page.push_str("</dl>\n<dl class=\"identity\">");
    let identity = &report.identity;
    let seed = identity.seed.map(|seed| seed.to_string()).unwrap_or_default();
    for (name, text) in [
        ("seed", seed.as_str()),
        ("digest of the events", &identity.digest),
        ("digest of the journal", &identity.journal_digest),
        ("version", &identity.version),
    ] {
        if !text.is_empty() {
            put!(page, "<div><dt>{name}</dt><dd>{}</dd></div>", escape(text));
        }
    }
    page.push_str("</dl>\n");
    if !report.notes.is_empty() {
        page.push_str("<div class=\"notes\">");
        for note in &report.notes {
            put!(page, "<p>{}</p>", escape(note));
        }
        page.push_str("</div>\n");
    }
    page.push_str("</header>\n");
}

/// The first sentence: who traded what, for how long and when.
fn lede(report: &Report) -> String {
    let agents: u64 = report.agents.iter().map(|kind| kind.count).sum();
    let kinds = report.agents.len();
    let who = match (agents, kinds) {
        (0, _) => String::new(),
        (1, _) => "One agent traded ".to_owned(),
        (agents, 1) => format!("{} agents of one kind traded ", whole(agents.into())),
        (agents, kinds) => format!("{} agents of {kinds} kinds traded ", whole(agents.into())),
    };
    let what = match report.instruments.as_slice() {
        [] => "no instruments".to_owned(),
        [one] => escape(&one.symbol),
        [one, other] => format!("{} and {}", escape(&one.symbol), escape(&other.symbol)),
        several => format!("{} instruments", several.len()),
    };
    let start = report.identity.clock.since_midnight.as_secs();
    let (from, until) = (clock(start, 0), clock(start + report.span.as_secs(), 0));
    let day = escape(&report.identity.clock.date);
    let day = if day.is_empty() { String::new() } else { format!(" on {day}") };
    let zone = escape(&report.identity.clock.zone);
    let zone = if zone.is_empty() { String::new() } else { format!(" ({zone})") };
    let what = if who.is_empty() { format!("A market in {what}") } else { format!("{who}{what}") };
    let described = escape(&report.identity.description);
    let described = if described.is_empty() {
        described
    } else {
        format!(" <span class=\"soft\">{described}</span>")
    };
    format!("{what} from {from} to {until}{day}{zone}.{described}")
}

fn figure_of(name: &str, figure: &str, page: &mut String) {
    put!(page, "<div><dt>{name}</dt><dd>{figure}</dd></div>");
}

fn overview(report: &Report, page: &mut String) {
    page.push_str(
        "<section id=\"overview\"><div class=\"heading\"><h2>All instruments</h2></div>\n\
         <div class=\"scroll\"><table><thead><tr><th>Instrument</th><th class=\"r\">Last</th><th class=\"r\">High</th>\
         <th class=\"r\">Low</th><th class=\"r\">Average</th><th class=\"r\">Trades</th><th class=\"r\">Lots</th>\
         <th class=\"r\">Spread, ticks</th></tr></thead><tbody>\n",
    );
    for instrument in &report.instruments {
        let tape = &instrument.figures.tape;
        let price = |ticks: Option<f64>| instrument.price(ticks);
        put!(
            page,
            "<tr><td><b>{}</b> <span class=\"soft\">{}</span></td>",
            escape(&instrument.symbol),
            escape(&instrument.currency)
        );
        let prices = [tape.last, tape.high, tape.low].map(|p| price(p.map(|p| p.0 as f64)));
        let spread =
            instrument.figures.spread_mean_ticks().map_or_else(|| NONE.to_owned(), significant);
        let others = [price(tape.vwap()), whole(tape.trades.into()), whole(tape.volume), spread];
        for figure in prices.iter().chain(&others) {
            put!(page, "<td class=\"r\">{figure}</td>");
        }
        page.push_str("</tr>\n");
    }
    page.push_str("</tbody></table></div>");
    if report.instruments.len() > INSTRUMENTS_DRAWN_MAX {
        put!(page, "<p class=\"aside\">Charts follow for the first {INSTRUMENTS_DRAWN_MAX}.</p>");
    }
    page.push_str("</section>\n");
}

impl InstrumentPage {
    fn money(&self, ticks: f64) -> f64 {
        ticks * self.tick
    }

    fn price(&self, ticks: Option<f64>) -> String {
        ticks.map_or_else(|| NONE.to_owned(), |ticks| fixed(self.money(ticks), self.decimals))
    }

    /// The mid the run began and ended with, in units of the currency.
    fn ends(&self) -> Option<(f64, f64)> {
        let mut mids = self.bars.iter().filter_map(|bar| bar.mid);
        let first = mids.next()?;
        let last = mids.next_back().unwrap_or(first);
        Some((self.money(first.open), self.money(last.close)))
    }
}

fn instrument_section(report: &Report, instrument: &InstrumentPage, page: &mut String) {
    let (figures, currency) = (&instrument.figures, escape(&instrument.currency));
    let symbol = escape(&instrument.symbol);
    let last = instrument.price(figures.tape.last.map(|price| price.0 as f64));
    put!(
        page,
        "<section class=\"instrument\"><div class=\"heading\"><h2>{symbol}</h2><span class=\"last num\">{last}</span> {}\
         <span class=\"soft\">{}, {currency}</span></div>\n<dl class=\"figures lesser\">",
        change(instrument),
        escape(&instrument.kind)
    );
    let ticks = |value: Option<f64>| {
        value.map_or_else(|| NONE.to_owned(), |v| format!("{} <small>ticks</small>", plain(v)))
    };
    let lots = |depth: &Weighted| depth.mean().map_or_else(|| NONE.to_owned(), significant);
    for (name, figure) in [
        ("high", instrument.price(figures.tape.high.map(|price| price.0 as f64))),
        ("low", instrument.price(figures.tape.low.map(|price| price.0 as f64))),
        ("average (VWAP)", instrument.price(figures.tape.vwap())),
        ("trades", whole(figures.tape.trades.into())),
        ("lots traded", whole(figures.tape.volume)),
        ("spread, mean", ticks(figures.spread_mean_ticks())),
        ("spread, median", ticks(figures.spread.quantile(0.5).map(|spread| spread as f64))),
        (
            "bid, ask size",
            format!("{} <small>and</small> {}", lots(&figures.bid_best), lots(&figures.ask_best)),
        ),
    ] {
        figure_of(name, &figure, page);
    }
    page.push_str("</dl>\n");
    instrument_charts(report, instrument).draw(page);
    page.push_str("</section>\n");
}

/// How the mid moved from the first to the last, in words and colour.
fn change(instrument: &InstrumentPage) -> String {
    let Some((first, last)) = instrument.ends() else {
        return "<span class=\"soft\">nobody quoted both sides</span>".to_owned();
    };
    let class = match last - first {
        moved if moved > 0.0 => "up",
        moved if moved < 0.0 => "down",
        _ => "soft",
    };
    let share = if first > 0.0 {
        format!(" ({}%)", signed((last / first - 1.0) * 100.0, 2))
    } else {
        String::new()
    };
    format!(
        "<span class=\"{class} num\">{}{share}</span>",
        signed(last - first, instrument.decimals)
    )
}

fn instrument_charts(report: &Report, instrument: &InstrumentPage) -> Stack {
    let (bars, width_s) = (&instrument.bars, instrument.bar_width.as_secs());
    let span_s = report.span.as_secs();
    let reading = |name: &str, unit: &str, decimals, of: &dyn Fn(&Bar) -> Option<f64>| Reading {
        name: name.to_owned(),
        unit: unit.to_owned(),
        decimals,
        values: bars.iter().map(of).collect(),
    };
    Stack {
        start_s: report.identity.clock.since_midnight.as_secs(),
        span_s,
        step_s: width_s,
        panels: vec![
            price_panel(instrument, width_s),
            volume_panel(instrument, width_s, span_s),
            spread_panel(instrument, width_s),
            depth_panel(instrument, width_s),
        ],
        readings: vec![
            // Half a tick shows one decimal more.
            reading("mid", &instrument.currency, instrument.decimals + 1, &|bar| {
                bar.mid.map(|mid| instrument.money(mid.close))
            }),
            reading("traded", "lots", 0, &|bar| Some(bar.volume as f64)),
            reading("spread", "ticks", 2, &|bar| bar.spread.mean()),
            reading("best bid", "lots", 0, &|bar| bar.bid_best.mean()),
            reading("best ask", "lots", 0, &|bar| bar.ask_best.mean()),
        ],
        named_ends: false,
    }
}

/// The middle of each bar, where its marks stand.
fn middles(bars: &[Bar], width_s: f64) -> impl Iterator<Item = (f64, &Bar)> {
    bars.iter().enumerate().map(move |(place, bar)| ((place as f64 + 0.5) * width_s, bar))
}

fn price_panel(instrument: &InstrumentPage, width_s: f64) -> Panel {
    let bars = &instrument.bars;
    let range =
        |bar: &Bar| bar.mid.map(|mid| (instrument.money(mid.low), instrument.money(mid.high)));
    let scale = Scale::around(bars.iter().filter_map(range).flat_map(|(low, high)| [low, high]), 5);
    let close = |bar: &Bar| bar.mid.map(|mid| instrument.money(mid.close));
    let spoken = match instrument.ends() {
        Some((first, last)) => format!(
            "Mid price of {}, from {} to {} {}",
            instrument.symbol,
            fixed(first, instrument.decimals),
            fixed(last, instrument.decimals),
            instrument.currency
        ),
        None => format!("{} was never quoted on both sides", instrument.symbol),
    };
    Panel {
        class: "price",
        title: "Price".to_owned(),
        note: format!(
            "{}: mid, with its range in every {}",
            instrument.currency,
            duration(width_s)
        ),
        spoken,
        height: 300,
        scale,
        tick: |value, step| fixed(value, decimals_of(step)),
        base: None,
        marks: vec![
            Mark::Band {
                class: "range".to_owned(),
                points: middles(bars, width_s).map(|(at, bar)| (at, range(bar))).collect(),
            },
            Mark::Line {
                class: "mid".to_owned(),
                points: middles(bars, width_s).map(|(at, bar)| (at, close(bar))).collect(),
            },
        ],
        ends: Vec::new(),
        inside: Vec::new(),
    }
}

fn volume_panel(instrument: &InstrumentPage, width_s: f64, span_s: f64) -> Panel {
    let bars = &instrument.bars;
    let columns = bars.iter().enumerate().map(|(place, bar)| {
        let from = place as f64 * width_s;
        (from, (from + width_s).min(span_s), bar.volume as f64)
    });
    Panel {
        class: "volume",
        title: "Volume".to_owned(),
        note: format!("lots traded in every {}", duration(width_s)),
        spoken: format!(
            "{} lots of {} traded in {} trades",
            whole(instrument.figures.tape.volume),
            instrument.symbol,
            whole(instrument.figures.tape.trades.into())
        ),
        height: 76,
        scale: Scale::from_zero(bars.iter().map(|bar| bar.volume as f64), 2),
        tick: short,
        base: Some(0.0),
        marks: vec![Mark::Columns { class: "volume".to_owned(), columns: columns.collect() }],
        ends: Vec::new(),
        inside: Vec::new(),
    }
}

fn spread_panel(instrument: &InstrumentPage, width_s: f64) -> Panel {
    let bars = &instrument.bars;
    let spread = |bar: &Bar| bar.spread.mean();
    Panel {
        class: "spread",
        title: "Spread".to_owned(),
        note: "ticks between best bid and best ask, average over time".to_owned(),
        spoken: format!(
            "Spread of {}, {} ticks on average",
            instrument.symbol,
            instrument
                .figures
                .spread_mean_ticks()
                .map_or_else(|| "unknown".to_owned(), significant)
        ),
        height: 104,
        scale: Scale::from_zero(bars.iter().filter_map(spread), 3),
        tick: short,
        base: Some(0.0),
        marks: vec![Mark::Line {
            class: "spread".to_owned(),
            points: middles(bars, width_s).map(|(at, bar)| (at, spread(bar))).collect(),
        }],
        ends: Vec::new(),
        inside: Vec::new(),
    }
}

fn depth_panel(instrument: &InstrumentPage, width_s: f64) -> Panel {
    let bars = &instrument.bars;
    let area = |class: &str, sign: f64, of: fn(&Bar) -> &Weighted| {
        // Between two looks at the deeper book the last one stands.
        let mut stands = None;
        let points = middles(bars, width_s).map(|(at, bar)| {
            stands = of(bar).mean().or(stands);
            let edges = stands.map(|lots: f64| if sign > 0.0 { (0.0, lots) } else { (-lots, 0.0) });
            (at, edges)
        });
        Mark::Band { class: class.to_owned(), points: points.collect() }
    };
    let deepest = bars.iter().flat_map(|bar| {
        let asks = [&bar.ask_best, &bar.ask_deep].map(|depth| depth.mean().unwrap_or(0.0));
        let bids = [&bar.bid_best, &bar.bid_deep].map(|depth| -depth.mean().unwrap_or(0.0));
        asks.into_iter().chain(bids)
    });
    Panel {
        class: "depth",
        title: "Depth".to_owned(),
        note: "lots on the ten best levels, and stronger: at the best".to_owned(),
        spoken: format!("Lots shown on both sides of the book of {}", instrument.symbol),
        height: 168,
        scale: Scale::through_zero(deepest, 4),
        tick: |value, step| short(value.abs(), step),
        base: Some(0.0),
        marks: vec![
            area("ask-deep", 1.0, |bar| &bar.ask_deep),
            area("bid-deep", -1.0, |bar| &bar.bid_deep),
            area("ask", 1.0, |bar| &bar.ask_best),
            area("bid", -1.0, |bar| &bar.bid_best),
        ],
        ends: Vec::new(),
        inside: vec![
            Inside { class: "asks", text: "asks" },
            Inside { class: "bids", text: "bids" },
        ],
    }
}

/// The colour, and the dash where colours come again, of the kind at `place`.
fn kind_class(place: usize) -> String {
    let dash = if place >= COLOURS { " dashed" } else { "" };
    format!("kind k{}{dash}", place % COLOURS)
}

fn pnl_section(report: &Report, pnl: &PnlPage, page: &mut String) {
    put!(
        page,
        "<section class=\"earnings\"><div class=\"heading\"><h2>Who earned what</h2><span class=\"soft\">{}</span></div>\n\
         <p class=\"aside\">Profit and loss since the start, at the last trade price. What trading brings one kind it \
         takes from another: that column sums to zero. Revaluation is what the prices brought of holdings \
         that were handed out.</p>\n",
        escape(&pnl.currency)
    );
    pnl_chart(report, pnl).draw(page);
    pnl_table(pnl, page);
    page.push_str("</section>\n");
}

fn pnl_chart(report: &Report, pnl: &PnlPage) -> Stack {
    let (width_s, span_s) = (pnl.width.as_secs(), report.span.as_secs());
    let mut order: Vec<usize> = (0..pnl.kinds.len()).collect();
    order.sort_by(|a, b| pnl.kinds[*b].pnl.abs().total_cmp(&pnl.kinds[*a].pnl.abs()));
    order.truncate(KINDS_DRAWN_MAX);
    order.sort_unstable();
    let drawn = || order.iter().map(|place| (*place, &pnl.kinds[*place]));
    let values =
        drawn().flat_map(|(_, kind)| kind.line.iter().flatten().copied().chain([kind.pnl]));
    let scale = Scale::through_zero(values, 5);
    let line = |place: usize, kind: &KindPnl| {
        let samples = kind.line.iter().enumerate();
        let ends = samples.map(|(n, value)| (((n + 1) as f64 * width_s).min(span_s), *value));
        // Everybody starts with nothing earned.
        Mark::Line {
            class: kind_class(place),
            points: [(0.0, Some(0.0))].into_iter().chain(ends).collect(),
        }
    };
    let end = |place: usize, kind: &KindPnl| End {
        class: kind_class(place),
        value: kind.pnl,
        text: kind.name.clone(),
        figure: signed(kind.pnl, 0),
    };
    let spoken =
        drawn().map(|(_, kind)| format!("{} {}", kind.name, signed(kind.pnl, pnl.decimals)));
    let panel = Panel {
        class: "pnl",
        title: "Profit and loss by kind of agent".to_owned(),
        note: pnl.currency.clone(),
        spoken: format!(
            "Profit and loss in {}: {}",
            pnl.currency,
            spoken.collect::<Vec<_>>().join(", ")
        ),
        height: 340,
        scale,
        tick: short,
        base: Some(0.0),
        marks: drawn().map(|(place, kind)| line(place, kind)).collect(),
        ends: drawn().map(|(place, kind)| end(place, kind)).collect(),
        inside: Vec::new(),
    };
    let reading = |(_, kind): (usize, &KindPnl)| Reading {
        name: kind.name.clone(),
        unit: String::new(),
        decimals: 0,
        values: kind.line.clone(),
    };
    Stack {
        start_s: report.identity.clock.since_midnight.as_secs(),
        span_s,
        step_s: width_s,
        panels: vec![panel],
        readings: drawn().map(reading).collect(),
        named_ends: true,
    }
}

fn pnl_table(pnl: &PnlPage, page: &mut String) {
    page.push_str(
        "<div class=\"scroll\"><table><thead><tr><th>Kind</th><th class=\"r\">Accounts</th><th class=\"r\">P&amp;L</th>\
         <th class=\"r\">per account</th><th class=\"r\">from trading</th><th class=\"r\">from revaluation</th>\
         <th class=\"r\">Trades</th><th class=\"r\">Lots</th><th class=\"r\">as maker</th></tr></thead><tbody>\n",
    );
    for (place, kind) in pnl.kinds.iter().enumerate() {
        let each = if kind.accounts > 0 {
            signed(kind.pnl / kind.accounts as f64, pnl.decimals)
        } else {
            NONE.to_owned()
        };
        let maker = kind
            .maker_share
            .map_or_else(|| NONE.to_owned(), |share| format!("{}%", fixed(share * 100.0, 0)));
        put!(
            page,
            "<tr><td><span class=\"swatch k{}\"></span><b>{}</b></td>",
            place % COLOURS,
            escape(&kind.name)
        );
        for figure in [
            whole(kind.accounts as u128),
            format!("<b>{}</b>", signed(kind.pnl, pnl.decimals)),
            each,
            signed(kind.trading, pnl.decimals),
            signed(kind.revaluation, pnl.decimals),
            whole(kind.sides.into()),
            whole(kind.volume),
            maker,
        ] {
            put!(page, "<td class=\"r\">{figure}</td>");
        }
        page.push_str("</tr>\n");
    }
    let sum = |of: fn(&KindPnl) -> f64| signed(pnl.kinds.iter().map(of).sum(), pnl.decimals);
    put!(
        page,
        "<tr class=\"sum\"><td>All together</td><td></td><td class=\"r\">{}</td><td></td><td class=\"r\">{}</td>\
         <td class=\"r\">{}</td><td class=\"r\" colspan=\"3\">each trade and its lots count for both sides</td></tr>\n\
         </tbody></table></div>\n",
        sum(|kind| kind.pnl),
        sum(|kind| kind.trading),
        sum(|kind| kind.revaluation)
    );
}

fn agents_section(agents: &[AgentKind], page: &mut String) {
    page.push_str(
        "<section class=\"agents\"><div class=\"heading\"><h2>Who was there</h2></div>\n<div class=\"scroll\"><table>\
         <thead><tr><th>Kind</th><th class=\"r\">Agents</th><th>What they do, and with which parameters</th></tr></thead><tbody>\n",
    );
    for kind in agents {
        put!(
            page,
            "<tr><td><b>{}</b></td><td class=\"r\">{}</td><td>",
            escape(&kind.name),
            whole(kind.count.into())
        );
        if !kind.description.is_empty() {
            put!(page, "<p>{}</p>", escape(&kind.description));
        }
        page.push_str("<dl class=\"parameters\">");
        for (name, value) in &kind.parameters {
            put!(page, "<div><dt>{}</dt><dd>{}</dd></div>", escape(name), escape(value));
        }
        page.push_str("</dl></td></tr>\n");
    }
    page.push_str("</tbody></table></div></section>\n");
}

fn decisions_section(decisions: &Decisions, page: &mut String) {
    page.push_str(
        "<section class=\"decisions\"><div class=\"heading\"><h2>Why they acted</h2></div>\n\
         <p class=\"aside\">What the traced agents said when they acted: every rule with how often it spoke and how \
         many orders it led to. All of it is in <code>decisions.parquet</code>.</p>\n\
         <div class=\"scroll\"><table><thead><tr><th>Group</th><th>Rule</th><th class=\"r\">Times</th>\
         <th class=\"r\">Orders</th></tr></thead><tbody>\n",
    );
    for spoken in decisions.spoken() {
        put!(
            page,
            "<tr><td>{}</td><td>{}</td><td class=\"r\">{}</td><td class=\"r\">{}</td></tr>\n",
            escape(&spoken.group),
            escape(spoken.rule),
            whole(spoken.times.into()),
            whole(spoken.orders.into())
        );
    }
    page.push_str(
        "</tbody></table></div>\n<details><summary>The last ones, word for word</summary>\
         <div class=\"scroll\"><table><thead><tr><th class=\"r\">At</th><th>Agent</th><th>Rule</th><th>Figures</th>\
         <th class=\"r\">Orders</th></tr></thead><tbody>\n",
    );
    for said in decisions.last() {
        let figures = said.figures.iter();
        let figures: Vec<_> =
            figures.map(|(name, value)| format!("{name} {}", significant(*value))).collect();
        let orders = match said.orders {
            None => NONE.to_owned(),
            Some((first, last)) if first == last => first.0.to_string(),
            Some((first, last)) => format!("{}–{}", first.0, last.0),
        };
        put!(
            page,
            "<tr><td class=\"r\">{}</td><td>{}</td><td>{}</td><td>{}</td><td class=\"r\">{orders}</td></tr>\n",
            said.at,
            escape(&said.agent),
            escape(said.rule),
            escape(&figures.join(", "))
        );
    }
    page.push_str("</tbody></table></div></details></section>\n");
}

fn facts_section(instrument: &InstrumentPage, page: &mut String) {
    if instrument.facts.is_empty() {
        return;
    }
    put!(
        page,
        "<section class=\"realism\"><div class=\"heading\"><h2>How real is {}?</h2></div>\n\
         <p class=\"aside\">Regularities that real markets share, estimated on this one run. The shaded band is \
         where real markets lie, the dot is this run. One run is one draw: a verdict on the scenario needs many seeds.</p>\n\
         <table class=\"facts\"><thead><tr><th>Fact</th><th>Value</th><th>Band</th><th>Reading</th></tr></thead><tbody>\n",
        escape(&instrument.symbol)
    );
    for fact in &instrument.facts {
        fact_row(fact, page);
    }
    page.push_str("</tbody></table></section>\n");
}

fn fact_row(fact: &Fact, page: &mut String) {
    let id = if fact.id.is_empty() {
        String::new()
    } else {
        format!(" <span class=\"soft\">{}</span>", escape(fact.id))
    };
    let unit = if fact.unit.is_empty() {
        String::new()
    } else {
        format!(" <small style=\"display:inline\">{}</small>", escape(fact.unit))
    };
    let whole_ticks = fact.unit == "ticks";
    let shown = if whole_ticks { plain } else { significant };
    let value = fact.value.map_or_else(|| NONE.to_owned(), shown);
    let n = if fact.n > 0 {
        format!("<small>n = {}</small>", whole(fact.n.into()))
    } else {
        String::new()
    };
    put!(
        page,
        "<tr><td><b>{}</b>{id}<small>{}</small></td><td><span class=\"value\">{value}{unit}</span>{n}</td><td>",
        escape(fact.name),
        escape(&fact.estimator)
    );
    if let Some(band) = fact.band {
        gauge(fact.value, band, page);
        put!(page, "<small>{}<br>{}</small>", band_in_words(band), escape(fact.source));
    } else if !fact.source.is_empty() {
        put!(page, "<small>{}</small>", escape(fact.source));
    }
    let too_few = format!("Too few to judge (it takes {})", whole(fact.n_min.into()));
    let (class, verdict) = match fact.verdict {
        Verdict::Pass => ("pass", "✓ In the band"),
        Verdict::Fail => ("fail", "✗ Outside"),
        Verdict::Void => ("void", too_few.as_str()),
        Verdict::Figure => ("", ""),
    };
    page.push_str("</td><td>");
    if !verdict.is_empty() {
        put!(page, "<span class=\"verdict {class}\">{verdict}</span> ");
    }
    let lead =
        if fact.verdict == Verdict::Void && fact.value.is_some() { "If it holds: " } else { "" };
    put!(
        page,
        "<small>{lead}{}</small></td></tr>\n",
        escape(&sentence(&fact.reading, lead.is_empty()))
    );
}

/// `text` as a sentence; `leads` when nothing stands before it.
fn sentence(text: &str, leads: bool) -> String {
    let mut letters = text.chars();
    let Some(first) = letters.next() else { return String::new() };
    let first = if leads { first.to_uppercase().collect() } else { first.to_string() };
    format!("{first}{}.", letters.as_str())
}

fn band_in_words((low, high): (f64, f64)) -> String {
    match (low.is_finite(), high.is_finite()) {
        (true, true) => format!("{} to {}", plain(low), plain(high)),
        (true, false) => format!("{} or more", plain(low)),
        (false, true) => format!("{} or less", plain(high)),
        (false, false) => "anything".to_owned(),
    }
}

/// A band and where the value lies, at the edge when it lies beyond the picture.
fn gauge(value: Option<f64>, (low, high): (f64, f64), page: &mut String) {
    const WIDTH: f64 = 132.0;
    let reach = match (low.is_finite(), high.is_finite()) {
        (true, true) => (high - low).max(1e-12),
        (true, false) => low.abs().max(1.0) * 1.5,
        (false, _) => high.abs().max(1.0) * 1.5,
    };
    let from = if low.is_finite() { low } else { high - reach };
    let until = if high.is_finite() { high } else { low + reach };
    let margin = reach * 0.6;
    let x = |value: f64| {
        let share = (value - from + margin) / (until - from + 2.0 * margin);
        libm::round(share.clamp(0.0, 1.0) * (WIDTH - 10.0) * 10.0) / 10.0 + 5.0
    };
    let right = if high.is_finite() { x(until) } else { WIDTH };
    let left = if low.is_finite() { x(from) } else { 0.0 };
    put!(
        page,
        "<svg class=\"gauge\" viewBox=\"0 0 {WIDTH} 16\" aria-hidden=\"true\" focusable=\"false\">\
         <path class=\"axis\" d=\"M0 8H{WIDTH}\"/><rect class=\"zone\" x=\"{left}\" y=\"3\" width=\"{:.1}\" height=\"10\" rx=\"2\"/>",
        right - left
    );
    if let Some(value) = value.filter(|value| value.is_finite()) {
        put!(page, "<circle class=\"dot\" cx=\"{}\" cy=\"8\" r=\"4.5\"/>", x(value));
    }
    page.push_str("</svg>");
}

fn refusals_section(report: &Report, page: &mut String) {
    page.push_str(
        "<section class=\"refusals\"><div class=\"heading\"><h2>What was refused</h2></div>\n<div class=\"scroll\"><table>\
         <thead><tr><th>Reason</th><th class=\"r\">Commands</th><th class=\"r\">Share of all commands</th></tr></thead><tbody>\n",
    );
    for (why, count) in report.counts.rejected_by_reason() {
        let share = count as f64 / report.counts.commands.max(1) as f64 * 100.0;
        put!(
            page,
            "<tr><td>{}</td><td class=\"r\">{}</td><td class=\"r\">{}%</td></tr>\n",
            escape(&sentence(&why.to_string(), true)),
            whole(count.into()),
            fixed(share, 2)
        );
    }
    page.push_str("</tbody></table></div></section>\n");
}

/// How far two series are apart, where both are known.
struct Apart {
    moments: usize,
    mean: f64,
    root_mean_square: f64,
    most: f64,
    most_at_s: f64,
    last: f64,
}

fn apart(departure: &Departure) -> Option<Apart> {
    let step_s = departure.step.as_secs();
    let pairs = departure.recorded.iter().zip(&departure.simulated).enumerate();
    let known: Vec<(f64, f64)> = pairs
        .filter_map(|(place, (recorded, simulated))| {
            Some((place as f64 * step_s, (*simulated)? - (*recorded)?))
        })
        .collect();
    let (_, last) = *known.last()?;
    let n = known.len() as f64;
    let (most_at_s, most) =
        known.iter().fold(
            (0.0, 0.0_f64),
            |most, (at, by)| {
                if by.abs() > most.1.abs() { (*at, *by) } else { most }
            },
        );
    Some(Apart {
        moments: known.len(),
        mean: known.iter().map(|(_, by)| by).sum::<f64>() / n,
        root_mean_square: libm::sqrt(known.iter().map(|(_, by)| by * by).sum::<f64>() / n),
        most,
        most_at_s,
        last,
    })
}

fn departure_section(report: &Report, departure: &Departure, page: &mut String) {
    put!(
        page,
        "<section class=\"departure\"><div class=\"heading\"><h2>Departure from history</h2><span class=\"soft\">{}, {}</span></div>\n\
         <p class=\"aside\">The mid as it was recorded, and as it became when agents joined the recorded orders.</p>\n",
        escape(&departure.symbol),
        escape(&departure.currency)
    );
    if let Some(apart) = apart(departure) {
        let start_s = report.identity.clock.since_midnight.as_secs();
        page.push_str("<dl class=\"figures lesser\">");
        let by = |value: f64| signed(value, departure.decimals + 1);
        for (name, figure) in [
            ("mean departure", by(apart.mean)),
            ("root mean square", fixed(apart.root_mean_square, departure.decimals + 1)),
            (
                "largest",
                format!(
                    "{} <small>at {}</small>",
                    by(apart.most),
                    clock(start_s + apart.most_at_s, 0)
                ),
            ),
            ("at the end", by(apart.last)),
            ("moments compared", whole(apart.moments as u128)),
        ] {
            figure_of(name, &figure, page);
        }
        page.push_str("</dl>\n");
    }
    departure_chart(report, departure).draw(page);
    page.push_str("</section>\n");
}

fn departure_chart(report: &Report, departure: &Departure) -> Stack {
    let longest = departure.recorded.len().max(departure.simulated.len());
    let every = longest.div_ceil(DEPARTURE_POINTS_MAX).max(1);
    let step_s = departure.step.as_secs() * every as f64;
    let thinned =
        |values: &[Option<f64>]| values.iter().copied().step_by(every).collect::<Vec<_>>();
    let series =
        [("recorded", thinned(&departure.recorded)), ("simulated", thinned(&departure.simulated))];
    let scale =
        Scale::around(series.iter().flat_map(|(_, values)| values.iter().flatten().copied()), 5);
    let mut panel = Panel {
        class: "mids",
        title: "Mid price".to_owned(),
        note: departure.currency.clone(),
        spoken: format!("Recorded and simulated mid of {}", departure.symbol),
        height: 300,
        scale,
        tick: |value, step| fixed(value, decimals_of(step)),
        base: None,
        marks: Vec::new(),
        ends: Vec::new(),
        inside: Vec::new(),
    };
    let mut readings = Vec::new();
    for (name, values) in series {
        let points = values.iter().enumerate().map(|(n, value)| (n as f64 * step_s, *value));
        panel.marks.push(Mark::Line { class: name.to_owned(), points: points.collect() });
        if let Some(value) = values.iter().rev().flatten().next() {
            let (text, figure) = (name.to_owned(), fixed(*value, departure.decimals));
            panel.ends.push(End { class: name.to_owned(), value: *value, text, figure });
        }
        let (name, unit) = (name.to_owned(), departure.currency.clone());
        readings.push(Reading { name, unit, decimals: departure.decimals + 1, values });
    }
    Stack {
        start_s: report.identity.clock.since_midnight.as_secs(),
        span_s: report.span.as_secs(),
        step_s,
        panels: vec![panel],
        readings,
        named_ends: true,
    }
}

fn foot(report: &Report, page: &mut String) {
    let version = &report.identity.version;
    let version = if version.is_empty() { String::new() } else { format!(" {}", escape(version)) };
    put!(
        page,
        "<footer><p>Pitfloor{version}. Everything here follows from the journal of the run: \
         the same journal makes the same page, byte for byte.</p></footer>\n<script>\n{}</script>\n</body>\n</html>\n",
        include_str!("page.js")
    );
}
