//! One picture of a run: where every price went, and what happened on the way.
//!
//! A standalone SVG of a few kilobytes, for pages and for a quick look: one line per instrument, in per
//! cent of its first price, over simulated time, dotted while a call says what its auction would come to;
//! below it a row of marks for what the clearing house
//! said (calls, defaults, distributions, ends), and a line across for each thing that was announced. It
//! follows the reader's light or dark.

use pitfloor_model::clearing::Fact;
use pitfloor_model::event::{Event, Phase};
use pitfloor_model::instrument::Venue;
use pitfloor_model::units::{InstrumentId, Price, Time};
use std::fmt::Write as _;
use std::sync::Arc;

/// The size of the picture, and of its plot.
const WIDTH: f64 = 880.0;
const LEFT: f64 = 58.0;
const RIGHT: f64 = 16.0;
const TOP: f64 = 18.0;
const PLOT: f64 = 260.0;
/// The height of one row of marks.
const ROW: f64 = 16.0;

/// How many points a line has at most; the last print of each stretch counts.
const POINTS: usize = 400;

/// The most instruments that get a line; those that traded first.
const LINES: usize = 6;

/// Colours that differ in lightness, too (Okabe and Ito 2008).
const COLOURS: [&str; LINES] = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9"];

/// The rows of marks.
const ROWS: [&str; 6] = ["called", "overdue", "default", "paid out", "ended", "halted"];

/// A picture in the making.
#[derive(Clone, Debug)]
pub struct Picture {
    venue: Arc<Venue>,
    end: Time,
    /// Per instrument, its price at the end of each stretch.
    lines: Vec<Vec<Option<Price>>>,
    /// Per instrument, what an auction would have come to at the end of each stretch.
    foretold: Vec<Vec<Option<Price>>>,
    first: Vec<Option<Price>>,
    marks: Vec<(Time, usize)>,
    notes: Vec<(Time, String)>,
}

impl Picture {
    /// Nothing yet, of a run that ends at `end`.
    #[must_use]
    pub fn new(venue: Arc<Venue>, end: Time) -> Self {
        let count = venue.instruments().len();
        let (lines, first) = (vec![vec![None; POINTS]; count], vec![None; count]);
        let foretold = lines.clone();
        Self { venue, end, lines, foretold, first, marks: Vec::new(), notes: Vec::new() }
    }

    /// Measures the line of `instrument` from `price`, such as the close of the day before; without a
    /// word, lines are measured from the first price.
    pub fn measure_from(&mut self, instrument: InstrumentId, price: Price) {
        self.first[instrument.index()] = Some(price);
    }

    /// Something that everybody was told at a moment.
    pub fn note(&mut self, at: Time, text: &str) {
        self.notes.push((at, text.to_owned()));
    }

    /// Takes note of what happened at `at`.
    pub fn see(&mut self, at: Time, events: &[Event]) {
        for event in events {
            if let Some(trade) = event.trade() {
                self.first[trade.instrument.index()].get_or_insert(trade.price);
                let stretch = self.stretch(at);
                self.lines[trade.instrument.index()][stretch] = Some(trade.price);
            }
            if let Event::Indicative { instrument, price: Some(price), .. } = *event {
                self.first[instrument.index()].get_or_insert(price);
                let stretch = self.stretch(at);
                self.foretold[instrument.index()][stretch] = Some(price);
            }
            let row = match *event {
                Event::Clearing(Fact::Called { .. }) => 0,
                Event::Clearing(Fact::Overdue { .. }) => 1,
                Event::Clearing(
                    Fact::Defaulted { .. } | Fact::Drawn { .. } | Fact::Covered { .. },
                ) => 2,
                Event::Clearing(Fact::Distributed { .. } | Fact::Split { .. }) => 3,
                Event::Clearing(Fact::Ended { .. }) => 4,
                Event::PhaseChanged { to: Phase::Halt, .. } => 5,
                _ => continue,
            };
            // What is so before the first moment has not happened.
            if at > Time::ZERO && self.marks.last() != Some(&(at, row)) {
                self.marks.push((at, row));
            }
        }
    }

    fn stretch(&self, at: Time) -> usize {
        let share = at.0 as f64 / self.end.0.max(1) as f64;
        ((share * POINTS as f64) as usize).min(POINTS - 1)
    }

    /// The picture.
    #[must_use]
    pub fn svg(&self, title: &str) -> String {
        let drawn: Vec<InstrumentId> = (0..)
            .map(InstrumentId)
            .take(self.lines.len())
            .filter(|of| self.lines[of.index()].iter().any(Option::is_some))
            .take(LINES)
            .collect();
        let (low, high) = self.range(&drawn);
        let rows: Vec<usize> =
            (0..ROWS.len()).filter(|row| self.marks.iter().any(|(_, of)| of == row)).collect();
        let below = TOP + PLOT + 30.0 + ROW * rows.len() as f64;
        let height = below + 18.0 * (self.notes.len() as f64 + 1.0) + 8.0;
        let mut page = String::new();
        let mut say = |text: std::fmt::Arguments<'_>| page.write_fmt(text).expect("text grows");
        say(format_args!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" \
             role=\"img\" aria-label=\"{title}\">\n<style>text{{font:12px system-ui,sans-serif;\
             fill:#333}}.axis{{stroke:#999;stroke-width:1}}.grid{{stroke:#ddd;stroke-width:1}}\
             .line{{fill:none;stroke-width:1.6}}.note{{stroke:#777;stroke-dasharray:4 3}}\
             .back{{fill:#fff}}@media(prefers-color-scheme:dark){{text{{fill:#ddd}}\
             .grid{{stroke:#333}}.back{{fill:#16181d}}}}</style>\n\
             <rect class=\"back\" width=\"{WIDTH}\" height=\"{height}\"/>\n",
            title = plain(title),
        ));
        for step in 0..=4_u32 {
            let value = low + (high - low) * f64::from(step) / 4.0;
            let digits = if high - low < 2.0 { 2 } else { 1 };
            let y = level(value, low, high);
            say(format_args!(
                "<line class=\"grid\" x1=\"{LEFT}\" x2=\"{x2}\" y1=\"{y:.1}\" y2=\"{y:.1}\"/>\
                 <text x=\"{x}\" y=\"{ty:.1}\" text-anchor=\"end\">{value:+.digits$}%</text>\n",
                x2 = WIDTH - RIGHT,
                x = LEFT - 6.0,
                ty = y + 4.0,
            ));
            let at = Time(self.end.0 / 4 * u64::from(step));
            let minutes = at.0 as f64 / 60e9;
            say(format_args!(
                "<text x=\"{x:.1}\" y=\"{y}\" text-anchor=\"{end}\">{minutes:.0} min</text>\n",
                end = if step == 4 { "end" } else { "middle" },
                x = self.across(at),
                y = TOP + PLOT + 16.0,
            ));
        }
        for (number, (at, _)) in (1..).zip(&self.notes) {
            let x = self.across(*at);
            say(format_args!(
                "<line class=\"note\" x1=\"{x:.1}\" x2=\"{x:.1}\" y1=\"{TOP}\" y2=\"{y2}\"/>\
                 <text x=\"{x:.1}\" y=\"{y}\" text-anchor=\"middle\">{number}</text>\n",
                y2 = TOP + PLOT,
                y = TOP - 5.0,
            ));
        }
        for (colour, of) in COLOURS.iter().zip(&drawn) {
            let points = self.points(&self.lines, *of, low, high);
            say(format_args!(
                "<polyline class=\"line\" stroke=\"{colour}\" points=\"{points}\"/>\n"
            ));
            let points = self.points(&self.foretold, *of, low, high);
            if !points.is_empty() {
                say(format_args!(
                    "<polyline class=\"line\" stroke=\"{colour}\" stroke-dasharray=\"1 3\" \
                     points=\"{points}\"/>\n"
                ));
            }
        }
        for (place, row) in rows.iter().enumerate() {
            let y = TOP + PLOT + 30.0 + ROW * place as f64;
            say(format_args!(
                "<text x=\"{x}\" y=\"{ty}\" text-anchor=\"end\">{name}</text>\n",
                x = LEFT - 6.0,
                ty = y + 8.0,
                name = ROWS[*row],
            ));
            for (at, _) in self.marks.iter().filter(|(_, of)| of == row) {
                let x = self.across(*at);
                say(format_args!(
                    "<rect x=\"{x:.1}\" y=\"{y}\" width=\"2\" height=\"9\" fill=\"{colour}\"/>\n",
                    colour = COLOURS[row % COLOURS.len()],
                ));
            }
        }
        let mut x = LEFT;
        for (colour, of) in COLOURS.iter().zip(&drawn) {
            let symbol = plain(self.venue.instruments()[of.index()].symbol());
            say(format_args!(
                "<rect x=\"{x}\" y=\"{y}\" width=\"14\" height=\"3\" fill=\"{colour}\"/>\
                 <text x=\"{tx}\" y=\"{ty}\">{symbol}</text>\n",
                y = below + 8.0,
                tx = x + 19.0,
                ty = below + 14.0,
            ));
            x += 34.0 + 8.0 * symbol.len() as f64;
        }
        for (number, (at, text)) in (1..).zip(&self.notes) {
            say(format_args!(
                "<text x=\"{LEFT}\" y=\"{y}\">{number}  {minutes:.1} min: {text}</text>\n",
                y = below + 14.0 + 18.0 * f64::from(number),
                minutes = at.0 as f64 / 60e9,
                text = plain(text),
            ));
        }
        page.push_str("</svg>\n");
        page
    }

    /// In per cent of the first price: the least and the most of all lines.
    fn range(&self, drawn: &[InstrumentId]) -> (f64, f64) {
        let values = drawn.iter().flat_map(|of| {
            let all = self.lines[of.index()].iter().chain(&self.foretold[of.index()]);
            all.flatten().map(|price| self.share(*of, *price))
        });
        let (low, high) =
            values.fold((0.0_f64, 0.0_f64), |(low, high), value| (low.min(value), high.max(value)));
        let room = ((high - low) * 0.05).max(0.1);
        (low - room, high + room)
    }

    /// How far `price` is from the first, in per cent; nothing where that was nothing.
    fn share(&self, of: InstrumentId, price: Price) -> f64 {
        match self.first[of.index()] {
            Some(first) if first.0 != 0 => {
                (price.0 - first.0) as f64 / first.0.abs() as f64 * 100.0
            }
            _ => 0.0,
        }
    }

    fn points(
        &self,
        lines: &[Vec<Option<Price>>],
        of: InstrumentId,
        low: f64,
        high: f64,
    ) -> String {
        let mut points = String::new();
        for (stretch, price) in lines[of.index()].iter().enumerate() {
            let Some(price) = price else { continue };
            let x = LEFT + (WIDTH - LEFT - RIGHT) * (stretch as f64 + 0.5) / POINTS as f64;
            let y = level(self.share(of, *price), low, high);
            write!(points, "{x:.1},{y:.1} ").expect("text grows");
        }
        points
    }

    fn across(&self, at: Time) -> f64 {
        LEFT + (WIDTH - LEFT - RIGHT) * at.0 as f64 / self.end.0.max(1) as f64
    }
}

fn level(value: f64, low: f64, high: f64) -> f64 {
    TOP + PLOT * (high - value) / (high - low)
}

/// Text that is no markup.
fn plain(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;
    use pitfloor_model::instrument::{Currency, Instrument};
    use pitfloor_model::units::{
        AccountId, Cash, CurrencyId, OrderId, OrderKey, Qty, Side, TradeId,
    };

    fn traded(of: u32, price: i64) -> Event {
        let key = |account| OrderKey::new(AccountId(account), OrderId(1));
        Event::Traded {
            trade: TradeId(0),
            instrument: InstrumentId(of),
            maker: key(0),
            taker: key(1),
            aggressor: Side::Buy,
            price: Price(price),
            qty: Qty(1),
        }
    }

    fn picture() -> Picture {
        let of = |symbol| Instrument::equity(symbol, CurrencyId(0), "0.01").unwrap();
        let usd = Currency::new("USD", 2).unwrap();
        let instruments = vec![of("ACME"), of("BOLT"), of("COIN")];
        Picture::new(Arc::new(Venue::new("XPIT", vec![usd], instruments).unwrap()), Time(400))
    }

    #[test]
    fn every_instrument_that_traded_has_a_line_and_every_kind_of_mark_a_row() {
        let mut picture = picture();
        picture.see(Time(0), &[traded(0, 10_000)]);
        picture.see(Time(200), &[traded(0, 9_000), traded(1, 500)]);
        let account = AccountId(7);
        let called = Fact::Called { account, equity: Cash(1), required: Cash(2), until: Time(300) };
        picture.see(Time(250), &[Event::Clearing(called)]);
        picture.note(Time(200), "a <loss> & more");
        let svg = picture.svg("margin \"spiral\"");
        assert_eq!(svg.matches("<polyline").count(), 2, "two of three traded");
        assert!(svg.contains(">called<") && !svg.contains(">default<"), "{svg}");
        assert!(svg.contains("a &lt;loss&gt;") || svg.contains("a &lt;loss> &amp; more"), "{svg}");
        assert!(svg.contains("aria-label=\"margin &quot;spiral&quot;\""));
        // The first price is the zero of its line; a fall of ten per cent lies below it.
        let line = svg.split("points=\"").nth(1).unwrap().split('"').next().unwrap();
        let heights: Vec<f64> = line
            .split_whitespace()
            .map(|point| point.split(',').nth(1).unwrap().parse().unwrap())
            .collect();
        assert!(heights.len() == 2 && heights[0] < heights[1], "{heights:?}");
        assert!(svg.ends_with("</svg>\n") && svg.matches("<svg").count() == 1);
    }

    #[test]
    fn what_an_auction_would_come_to_is_dotted() {
        let mut picture = picture();
        let (instrument, qty, side) = (InstrumentId(0), Qty(5), None);
        let told = |price| Event::Indicative { instrument, price, qty, imbalance: Qty(0), side };
        picture.see(Time(10), &[told(None), told(Some(Price(9_900)))]);
        picture.see(Time(100), &[traded(0, 10_000)]);
        let svg = picture.svg("call");
        assert_eq!(
            (svg.matches("<polyline").count(), svg.matches("dasharray=\"1 3\"").count()),
            (2, 1)
        );
    }

    #[test]
    fn a_run_in_which_nothing_traded_is_an_empty_picture() {
        let svg = picture().svg("quiet");
        assert_eq!((svg.matches("<polyline").count(), svg.contains("NaN")), (0, false));
    }
}
