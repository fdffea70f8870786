//! The report of a run: one page that a person wants to look at, complete in itself.
//!
//! [`Report`] is plain: whoever has watched a run, or replays its journal, fills it (with
//! [`Report::of`], or field by field) and gets the page from [`Report::html`]. The page needs no
//! network and no script; a small script of its own adds a crosshair and a switch between light and
//! dark. Equal reports are equal pages, byte for byte.

mod axis;
mod chart;
mod number;
mod page;

use crate::decisions::Decisions;
use crate::facts::Fact;
use crate::pnl::ProfitAndLoss;
use crate::recorder::Recorder;
use crate::series::Bar;
use crate::summary::{Counts, Figures};
use pitfloor_model::instrument::Venue;
use pitfloor_model::units::{CurrencyId, Price, Span};

/// How many instruments get charts; the others are in the table only, so that the page stays below
/// a megabyte.
pub const INSTRUMENTS_DRAWN_MAX: usize = 10;

/// How many kinds of agents get a line in a chart of profit and loss: those that won or lost most.
pub const KINDS_DRAWN_MAX: usize = 10;

/// How many points of a recorded and a simulated price are drawn.
pub const DEPARTURE_POINTS_MAX: usize = 480;

/// Everything the page shows.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// Which run it is.
    pub identity: Identity,
    /// How long it lasted, in market time.
    pub span: Span,
    /// How much of everything there was.
    pub counts: Counts,
    /// One per instrument, in the venue's order.
    pub instruments: Vec<InstrumentPage>,
    /// One per currency that something is priced in.
    pub pnl: Vec<PnlPage>,
    /// One per kind of agent.
    pub agents: Vec<AgentKind>,
    /// Why agents acted, as far as they were asked.
    pub decisions: Decisions,
    /// For a replay of recorded history: how far the simulated price departs from it.
    pub departure: Option<Departure>,
    /// Anything the reader must know, such as that the run was ended early.
    pub notes: Vec<String>,
}

/// Which run it is, as text.
#[derive(Clone, Debug, Default)]
pub struct Identity {
    /// The scenario's name.
    pub scenario: String,
    /// A sentence about it; may be empty.
    pub description: String,
    /// The seed; none for what draws no random numbers, such as a replay.
    pub seed: Option<u64>,
    /// The digest over all events.
    pub digest: String,
    /// The digest over the journal; may be empty.
    pub journal_digest: String,
    /// The version of the program.
    pub version: String,
    /// Where the clock on the wall stood when the run began.
    pub clock: Clock,
}

/// The clock on the wall at the start of a run. It is an input, never a reading.
#[derive(Clone, Debug, Default)]
pub struct Clock {
    /// The day, such as `2026-01-05`; empty when nobody knows.
    pub date: String,
    /// The zone, such as `−05:00`; may be empty.
    pub zone: String,
    /// How long after midnight the run began.
    pub since_midnight: Span,
}

/// One instrument: its figures, bars and facts.
#[derive(Clone, Debug, Default)]
pub struct InstrumentPage {
    /// What it is called.
    pub symbol: String,
    /// What it is, such as `equity`.
    pub kind: String,
    /// The currency of its price.
    pub currency: String,
    /// One tick in units of the currency.
    pub tick: f64,
    /// How many decimals a price has.
    pub decimals: usize,
    /// Prices, volume, spread and depth, in ticks and lots.
    pub figures: Figures,
    /// Its bars, the first at the start of the run.
    pub bars: Vec<Bar>,
    /// How much time a bar covers.
    pub bar_width: Span,
    /// Its stylised facts.
    pub facts: Vec<Fact>,
}

/// Who earned what, in one currency.
#[derive(Clone, Debug, Default)]
pub struct PnlPage {
    /// The currency.
    pub currency: String,
    /// How many decimals an amount has.
    pub decimals: usize,
    /// How far apart the values of a line are; each stands at the end of its stretch.
    pub width: Span,
    /// One per kind of agent.
    pub kinds: Vec<KindPnl>,
}

/// What one kind of agent earned. Amounts are in units of the currency.
#[derive(Clone, Debug, Default)]
pub struct KindPnl {
    /// What the kind is called.
    pub name: String,
    /// How many accounts it has.
    pub accounts: usize,
    /// Profit and loss at the end of the run: trading and revaluation.
    pub pnl: f64,
    /// What trading brought.
    pub trading: f64,
    /// What the prices of holdings brought that it was given.
    pub revaluation: f64,
    /// Sides of trades it took.
    pub sides: u64,
    /// Lots of those.
    pub volume: u128,
    /// The share of these lots whose order was waiting.
    pub maker_share: Option<f64>,
    /// Profit and loss over time.
    pub line: Vec<Option<f64>>,
}

/// A kind of agent as the scenario has it.
#[derive(Clone, Debug, Default)]
pub struct AgentKind {
    /// What it is called.
    pub name: String,
    /// How many there are.
    pub count: u64,
    /// What it does, in a line.
    pub description: String,
    /// Its parameters with their values, as a person would write them.
    pub parameters: Vec<(String, String)>,
}

/// A recorded price and the one that came of simulating on top of it.
#[derive(Clone, Debug, Default)]
pub struct Departure {
    /// Whose price.
    pub symbol: String,
    /// Its currency.
    pub currency: String,
    /// How many decimals a price has.
    pub decimals: usize,
    /// How far apart the values are; the first stands at the start of the run.
    pub step: Span,
    /// The recorded mid, in units of the currency.
    pub recorded: Vec<Option<f64>>,
    /// The simulated mid at the same moments.
    pub simulated: Vec<Option<f64>>,
}

impl Report {
    /// The report of what `recorder` has seen on `venue`.
    #[must_use]
    pub fn of(
        identity: Identity,
        venue: &Venue,
        recorder: &Recorder,
        agents: Vec<AgentKind>,
    ) -> Self {
        let count = venue.instruments().len();
        Self {
            identity,
            span: recorder.span(),
            counts: recorder.summary().counts.clone(),
            instruments: (0..count)
                .map(|place| InstrumentPage::of(venue, recorder, place))
                .collect(),
            pnl: PnlPage::all(venue, recorder.pnl()),
            agents,
            decisions: recorder.decisions().clone(),
            departure: None,
            notes: Vec::new(),
        }
    }

    /// The whole page.
    #[must_use]
    pub fn html(&self) -> String {
        page::write(self)
    }
}

impl InstrumentPage {
    /// What `recorder` knows of the instrument at `place` in the venue's list.
    ///
    /// # Panics
    ///
    /// When there is no such instrument.
    #[must_use]
    pub fn of(venue: &Venue, recorder: &Recorder, place: usize) -> Self {
        let instrument = &venue.instruments()[place];
        let chart = &recorder.charts()[place];
        let kind = instrument.kind().name();
        Self {
            symbol: instrument.symbol().to_owned(),
            kind: kind.to_owned(),
            currency: venue.currency_of(instrument).code().to_owned(),
            tick: instrument.price_f64(Price(1)),
            decimals: instrument.tick().normalize().scale() as usize,
            figures: recorder.summary().instruments[place].clone(),
            bars: chart.bars().to_vec(),
            bar_width: chart.width(),
            facts: recorder.facts(place),
        }
    }
}

impl PnlPage {
    /// One page per currency that an instrument of `venue` is priced in.
    #[must_use]
    pub fn all(venue: &Venue, pnl: &ProfitAndLoss) -> Vec<Self> {
        let used = |currency: &CurrencyId| {
            venue.instruments().iter().any(|instrument| instrument.currency() == *currency)
        };
        let currencies = (0..venue.currencies().len()).filter_map(|n| u16::try_from(n).ok());
        currencies
            .map(CurrencyId)
            .filter(used)
            .map(|currency| Self::of(venue, pnl, currency))
            .collect()
    }

    fn of(venue: &Venue, pnl: &ProfitAndLoss, currency: CurrencyId) -> Self {
        let money = &venue.currencies()[currency.index()];
        let unit = libm::pow(10.0, f64::from(money.decimals()));
        // Samples hold all currencies up to the last one that an instrument is priced in.
        let per_kind =
            venue.instruments().iter().map(|i| i.currency().index() + 1).max().unwrap_or(1);
        let kinds = pnl.kinds().iter().enumerate().map(|(place, book)| KindPnl {
            name: book.name.clone(),
            accounts: book.accounts,
            pnl: pnl.pnl(place, currency).0 as f64 / unit,
            trading: pnl.trading(place, currency).0 as f64 / unit,
            revaluation: pnl.revaluation(place, currency).0 as f64 / unit,
            sides: book.sides,
            volume: book.volume,
            maker_share: book.maker_share(),
            line: pnl
                .samples()
                .iter()
                .map(|sample| sample.pnl.get(place * per_kind + currency.index()))
                .scan(None, |stands, cash| {
                    // A stretch without events keeps what stood before it.
                    *stands = cash.map(|cash| cash.0 as f64 / unit).or(*stands);
                    Some(*stands)
                })
                .collect(),
        });
        // The rest is only worth a line when somebody is in it.
        let kinds = kinds.filter(|kind| kind.accounts > 0 || kind.sides > 0).collect();
        let (currency, decimals) = (money.code().to_owned(), money.decimals().min(2) as usize);
        Self { currency, decimals, width: pnl.width(), kinds }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pnl::Kind;
    use crate::story::{self, ACME};
    use pitfloor_model::instrument::{Currency, Instrument};
    use pitfloor_model::units::{AccountId, Time};

    fn report() -> Report {
        Report::of(Identity::default(), &story::venue(), &story::recorded(), Vec::new())
    }

    #[test]
    fn the_report_is_what_the_recorder_knows() {
        let (report, recorder) = (report(), story::recorded());
        assert_eq!(report.counts, recorder.summary().counts);
        assert_eq!(report.span, Span::secs(10));
        assert_eq!(report.instruments.len(), 2);
        let acme = &report.instruments[0];
        assert_eq!(acme.bars, recorder.charts()[0].bars());
        assert_eq!(acme.bar_width, recorder.charts()[0].width());
        assert_eq!(acme.facts, recorder.facts(0));
        assert!(report.departure.is_none() && report.notes.is_empty() && report.agents.is_empty());
    }

    #[test]
    fn an_instrument_is_shown_in_its_own_grid_and_currency() {
        let report = report();
        let shown: Vec<_> =
            report.instruments.iter().map(|i| (i.symbol.as_str(), i.tick, i.decimals)).collect();
        assert_eq!(shown, [("ACME", 0.01, 2), ("BOLT", 0.05, 2)]);
        assert!(
            report
                .instruments
                .iter()
                .all(|i| (i.kind.as_str(), i.currency.as_str()) == ("equity", "USD"))
        );
        let usd = Currency::new("USD", 2).unwrap();
        let half = Instrument::equity("HALF", CurrencyId(0), "0.50").unwrap();
        let venue = Venue::new("XPIT", vec![usd], vec![half]).unwrap();
        let recorder = Recorder::new(&venue, &[], &[None], None);
        let page = InstrumentPage::of(&venue, &recorder, ACME.index());
        assert_eq!((page.tick, page.decimals), (0.5, 1), "no zero at the end of a tick");
    }

    #[test]
    fn amounts_are_in_units_of_the_currency() {
        let report = report();
        let usd = &report.pnl[0];
        assert_eq!((usd.currency.as_str(), usd.decimals, report.pnl.len()), ("USD", 2, 1));
        let (names, pnl): (Vec<&str>, Vec<f64>) =
            usd.kinds.iter().map(|kind| (kind.name.as_str(), kind.pnl)).unzip();
        assert_eq!(names, ["makers", "takers", "others"]);
        assert_eq!(pnl, [10.2, -0.2, 0.0]);
        let makers = &usd.kinds[0];
        assert_eq!((makers.trading, makers.revaluation), (0.2, 10.0));
        assert_eq!((makers.sides, makers.volume, makers.maker_share), (2, 35, Some(1.0)));
    }

    /// Ann's shares are dear at the first trade: 100 at 100.04 less 99.90, before Eve brings the
    /// price back to 100.00.
    #[test]
    fn a_line_holds_what_stood_where_nothing_happened() {
        let report = report();
        let line = &report.pnl[0].kinds[0].line;
        let mut stood: Vec<Option<f64>> = line.clone();
        stood.dedup();
        let worth = [None, Some(0.0), Some(14.0), Some(10.2)];
        let known: Vec<_> = stood.iter().filter(|value| value.is_some()).collect();
        assert_eq!(known, worth[1..].iter().collect::<Vec<_>>(), "{stood:?}");
        let ended = line.iter().position(|value| *value == Some(10.2)).unwrap() as u64;
        let width = report.pnl[0].width.0;
        assert!(ended * width <= 6_000_000_000, "known when the next command came");
    }

    #[test]
    fn nobody_in_the_rest_is_no_line() {
        let all = Kind { name: "all".to_owned(), accounts: [1, 2, 7].map(AccountId).to_vec() };
        let venue = story::venue();
        let mut recorder = Recorder::new(&venue, &[all], &[None, None], Some(Time(1)));
        story::tell(&mut recorder, &story::steps());
        recorder.run_until(story::END);
        let pnl = PnlPage::all(&venue, recorder.pnl());
        let names: Vec<&str> = pnl[0].kinds.iter().map(|kind| kind.name.as_str()).collect();
        assert_eq!(names, ["all"]);
        assert_eq!(pnl[0].kinds[0].trading, 0.0, "what one takes another gives");
    }

    /// A currency in which nothing is priced has no earnings; each of the others has its own.
    #[test]
    fn every_currency_that_something_is_priced_in_has_a_page() {
        let money = |code, decimals| Currency::new(code, decimals).unwrap();
        let share = |symbol, currency, tick| {
            Instrument::equity(symbol, CurrencyId(currency), tick).unwrap()
        };
        let currencies = vec![money("USD", 2), money("GBP", 2), money("JPY", 0)];
        let instruments = vec![share("KABU", 2, "1"), share("ACME", 0, "0.01")];
        let venue = Venue::new("XPIT", currencies, instruments).unwrap();
        let recorder = Recorder::new(&venue, &story::kinds(), &[None, None], None);
        let pages = PnlPage::all(&venue, recorder.pnl());
        let shown: Vec<_> =
            pages.iter().map(|page| (page.currency.as_str(), page.decimals)).collect();
        assert_eq!(shown, [("USD", 2), ("JPY", 0)]);
    }
}
