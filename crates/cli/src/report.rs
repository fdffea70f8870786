//! Filling the report: what the run was, and how far it departed from a record.

use pitfloor_analysis::recorder::Recorder;
use pitfloor_analysis::report::{AgentKind, Clock, Departure, Identity, Report};
use pitfloor_data::history::departure::{Departure as Figures, Quote};
use pitfloor_model::instrument::Venue;
use pitfloor_model::units::{InstrumentId, Span, Time};
use pitfloor_sim::history::Tally;
use pitfloor_sim::scenario::Scenario;
use serde_json::{Value, json};

/// How many points of the two paths the report is given.
const POINTS: u64 = 480;

/// A market beside a record, and the record by itself.
pub(crate) struct Departed {
    /// How far they are apart; none when they never both had a price.
    pub(crate) figures: Option<Figures>,
    /// The best prices of the record by itself.
    pub(crate) recorded: Vec<Quote>,
    /// The best prices with agents beside it.
    pub(crate) simulated: Vec<Quote>,
}

impl Departed {
    /// The figures, in ticks and shares of time.
    pub(crate) fn json(&self) -> Value {
        self.figures.map_or(Value::Null, |figures| {
            json!({
                "compared_s": figures.compared.as_secs(),
                "mean_abs_ticks": figures.mean_abs_ticks, "rms_ticks": figures.rms_ticks,
                "max_abs_ticks": figures.max_abs_ticks, "equal_share": figures.equal_share,
            })
        })
    }

    fn page(&self, venue: &Venue, instrument: InstrumentId, span: Span) -> Departure {
        let definition = &venue.instruments()[instrument.index()];
        let step = Span((span.0 / POINTS).max(1));
        let tick = definition.price_f64(pitfloor_model::units::Price(1));
        let path = |quotes: &[Quote]| -> Vec<Option<f64>> {
            sampled(quotes, step).map(|mid| mid.map(|ticks| ticks * tick)).collect()
        };
        Departure {
            symbol: definition.symbol().to_owned(),
            currency: venue.currency_of(definition).code().to_owned(),
            decimals: definition.tick().normalize().scale() as usize,
            step,
            recorded: path(&self.recorded),
            simulated: path(&self.simulated),
        }
    }
}

/// The mid, in ticks, at every multiple of `step`; none where a side is empty.
fn sampled(quotes: &[Quote], step: Span) -> impl Iterator<Item = Option<f64>> + '_ {
    (0..=POINTS).map(move |point| {
        let at = Time(point * step.0);
        let known = quotes.partition_point(|quote| quote.at <= at);
        let quote = &quotes[known.checked_sub(1)?];
        Some((quote.bid?.0 as f64 + quote.ask?.0 as f64) / 2.0)
    })
}

/// The page.
pub(crate) fn page(
    scenario: &Scenario,
    tally: &Tally,
    recorder: &Recorder,
    departed: Option<&Departed>,
    notes: Vec<String>,
) -> String {
    let venue = scenario.venue();
    let mut report = Report::of(identity(scenario, tally), venue, recorder, agents(scenario));
    report.departure =
        departed.map(|departed| departed.page(venue, InstrumentId(0), recorder.span()));
    report.notes = notes;
    report.html()
}

fn identity(scenario: &Scenario, tally: &Tally) -> Identity {
    let start = scenario.start();
    let text = start.text();
    let date = text.get(..10).unwrap_or_default().to_owned();
    let hours = start.offset_s.abs() / 3_600;
    let minutes = start.offset_s.abs() / 60 % 60;
    let sign = if start.offset_s < 0 { '\u{2212}' } else { '+' };
    Identity {
        scenario: scenario.name().to_owned(),
        description: String::new(),
        seed: Some(scenario.seed()),
        digest: tally.digest().to_string(),
        journal_digest: tally.journal_digest().to_string(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        clock: Clock {
            date,
            zone: format!("{sign}{hours:02}:{minutes:02}"),
            since_midnight: Span::secs(start.clock_s(Time::ZERO)),
        },
    }
}

fn agents(scenario: &Scenario) -> Vec<AgentKind> {
    let kind = |group: &pitfloor_sim::scenario::Group| AgentKind {
        name: group.name.clone(),
        count: u64::from(group.count),
        description: group.kind.about.to_owned(),
        parameters: group
            .settings
            .iter()
            .map(|(name, value)| ((*name).to_owned(), value.clone()))
            .collect(),
    };
    scenario.groups().iter().map(kind).collect()
}
