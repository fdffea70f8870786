//! One thing to feed: it keeps the summary, the series, profit and loss and the samples of a run.
//!
//! A run and a replay of its journal feed the same commands and events here and get the same
//! figures. Start reading at [`Recorder::see`].

use crate::decisions::{Decisions, Said};
use crate::facts::{self, Fact};
use crate::pnl::{Kind, ProfitAndLoss};
use crate::sampling::{Grid, Trades};
use crate::series::Chart;
use crate::summary::Summary;
use pitfloor_feed::level2::Levels;
use pitfloor_model::command::Stamped;
use pitfloor_model::event::{Event, Trade};
use pitfloor_model::instrument::Venue;
use pitfloor_model::units::{InstrumentId, Price, Span, Time};

/// The step of the clock grid that mids are sampled on.
pub const GRID_STEP: Span = Span::secs(1);

/// Keeps what a report needs, in memory that does not grow with the run.
#[derive(Clone, Debug)]
pub struct Recorder {
    summary: Summary,
    charts: Vec<Chart>,
    pnl: ProfitAndLoss,
    grids: Vec<Grid>,
    trades: Vec<Trades>,
    decisions: Decisions,
    until: Time,
    /// The instruments that a command names; kept to be used again.
    touched: Vec<InstrumentId>,
}

impl Recorder {
    /// Nothing has happened yet on `venue`.
    ///
    /// `kinds` says whose accounts are whose, `reference` the price each instrument starts at, in
    /// the venue's order, and `end` when the run will end, if that is known: charts are then drawn
    /// for exactly that span.
    ///
    /// # Panics
    ///
    /// As [`ProfitAndLoss::new`] does.
    #[must_use]
    pub fn new(
        venue: &Venue,
        kinds: &[Kind],
        reference: &[Option<Price>],
        end: Option<Time>,
    ) -> Self {
        let count = venue.instruments().len();
        Self {
            summary: Summary::new(venue),
            charts: vec![Chart::new(end); count],
            pnl: ProfitAndLoss::new(venue, kinds, reference, end),
            grids: vec![Grid::new(GRID_STEP); count],
            trades: vec![Trades::default(); count],
            decisions: Decisions::default(),
            until: Time::ZERO,
            touched: Vec::new(),
        }
    }

    /// Takes note of a command and what came of it.
    ///
    /// `book` shows the book of an instrument **after** the command; it is asked for those that an
    /// event names.
    pub fn see<'a>(
        &mut self,
        stamped: &Stamped,
        events: &[Event],
        book: impl Fn(InstrumentId) -> &'a Levels,
    ) {
        let at = stamped.at;
        self.until = self.until.max(at);
        self.summary.see(stamped, events);
        self.pnl.see(at, events);
        for event in events {
            if let Some(Trade { instrument, aggressor: Some(side), .. }) = event.trade() {
                self.trades[instrument.index()].see(at, side); // An auction has no sign.
            }
            let Some(instrument) = event.instrument() else { continue };
            if self.touched.last() != Some(&instrument) && !self.touched.contains(&instrument) {
                self.touched.push(instrument);
            }
        }
        for instrument in self.touched.drain(..) {
            let (book, place) = (book(instrument), instrument.index());
            self.summary.stands(at, instrument, book.quote());
            self.charts[place].see(at, events, book);
            self.grids[place].see(at, book.quote());
        }
    }

    /// Takes note of why an agent of `group` acts.
    pub fn decided(&mut self, group: &str, said: Said) {
        self.decisions.see(group, said);
    }

    /// Ends the run at `at`: whatever stands, stands until then. At the moment of the last command
    /// when `at` is earlier.
    pub fn run_until(&mut self, at: Time) {
        self.until = self.until.max(at);
        self.summary.run_until(self.until);
        self.pnl.run_until(self.until);
        self.charts.iter_mut().for_each(|chart| chart.run_until(self.until));
        self.grids.iter_mut().for_each(|grid| grid.run_until(self.until));
    }

    /// How long the run has lasted.
    #[must_use]
    pub const fn span(&self) -> Span {
        Span(self.until.0)
    }

    /// Counts, and figures per instrument.
    #[must_use]
    pub const fn summary(&self) -> &Summary {
        &self.summary
    }

    /// The bars of each instrument, in the venue's order.
    #[must_use]
    pub fn charts(&self) -> &[Chart] {
        &self.charts
    }

    /// Who earned what.
    #[must_use]
    pub const fn pnl(&self) -> &ProfitAndLoss {
        &self.pnl
    }

    /// Why agents acted, as far as they were asked.
    #[must_use]
    pub const fn decisions(&self) -> &Decisions {
        &self.decisions
    }

    /// The mids of each instrument on the clock grid, in the venue's order.
    #[must_use]
    pub fn grids(&self) -> &[Grid] {
        &self.grids
    }

    /// The stylised facts of the instrument at `place` in the venue's list.
    #[must_use]
    pub fn facts(&self, place: usize) -> Vec<Fact> {
        let spread = &self.summary.instruments[place].spread;
        facts::of(&self.grids[place], &self.trades[place], spread)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::Verdict;
    use crate::series::{BARS_MAX, Range, Weighted};
    use crate::story::{ACME, BOLT, END, USD, empty, recorded, second, steps, tell};
    use pitfloor_model::event::Reject;
    use pitfloor_model::units::Cash;

    const SECOND: u128 = 1_000_000_000;

    /// The estimate of the fact called `name`.
    fn fact(recorder: &Recorder, name: &str) -> Option<f64> {
        recorder.facts(0).into_iter().find(|fact| fact.name == name).expect(name).value
    }

    #[test]
    fn everything_is_counted_once() {
        let recorder = recorded();
        let counts = &recorder.summary().counts;
        assert_eq!((counts.commands, counts.events), (9, 15));
        assert_eq!((counts.orders, counts.cancels), (5, 1), "what is left of an IOC is no cancel");
        assert_eq!((counts.trades, counts.volume), (2, 35));
        assert!(counts.rejected_by_reason().eq([(Reject::ShortSale, 1)]));
        assert_eq!(recorder.span(), Span::secs(10));
    }

    #[test]
    fn prices_spread_and_depth_are_those_of_the_story() {
        let recorder = recorded();
        let figures = &recorder.summary().instruments[ACME.index()];
        let tape = &figures.tape;
        assert_eq!((tape.last, tape.high), (Some(Price(10_000)), Some(Price(10_004))));
        assert_eq!(tape.vwap(), Some(350_020.0 / 35.0), "5 at 100.04 and 30 at 100.00");
        assert_eq!(figures.spread_mean_ticks(), Some(4.8), "4 ticks for 3 s, 6 ticks for 2 s");
        assert_eq!(figures.spread.quantile(0.5), Some(4));
        assert_eq!(figures.spread.quantile(0.95), Some(6));
        assert_eq!(figures.spread.share_at(6), Some(0.4));
        // An empty side counts as zero lots: 30 for 4 s and 10 for 4 s; 20 for 2 s and 15 for 4 s.
        assert_eq!(figures.bid_best, Weighted { sum: 160 * SECOND, weight: 10 * SECOND });
        assert_eq!(figures.ask_best, Weighted { sum: 100 * SECOND, weight: 10 * SECOND });
    }

    #[test]
    fn what_ann_earns_by_trading_bob_and_eve_lose() {
        let recorder = recorded();
        let pnl = recorder.pnl();
        let of = |place| (pnl.trading(place, USD), pnl.revaluation(place, USD));
        assert_eq!(of(0), (Cash(20), Cash(1_000)), "5 sold 4 cents dear; 100 given at 99.90");
        assert_eq!(of(1), (Cash(-20), Cash(0)), "bought at 100.04, worth 100.00");
        assert_eq!(of(2), (Cash(0), Cash(0)), "sold at the mark");
        assert_eq!(pnl.pnl(0, USD), Cash(1_020));
        assert_eq!([0, 1, 2].map(|place| pnl.position(place, ACME)), [125, 5, -30]);
        let (ann, eve) = (&pnl.kinds()[0], &pnl.kinds()[2]);
        assert_eq!((ann.sides, ann.volume, ann.maker_share()), (2, 35, Some(1.0)));
        assert_eq!((eve.name.as_str(), eve.accounts, eve.volume), (crate::pnl::REST, 1, 30));
        assert_eq!(pnl.samples().last().map(|sample| sample.pnl[0]), Some(Cash(1_020)));
    }

    #[test]
    fn the_bars_add_up_to_the_run() {
        let recorder = recorded();
        let chart = &recorder.charts()[ACME.index()];
        let bars = chart.bars();
        assert!(bars.len() <= BARS_MAX);
        assert_eq!(bars.iter().map(|bar| (bar.trades, bar.volume)).fold((0, 0), add), (2, 35));
        let spread = bars.iter().map(|bar| (bar.spread.sum, bar.spread.weight));
        assert_eq!(spread.fold((0, 0), add), (24 * SECOND, 5 * SECOND));
        let quoted = bars.iter().position(|bar| bar.mid.is_some()).unwrap() as u64;
        let width = chart.width().0;
        assert!((quoted * width..(quoted + 1) * width).contains(&second(2).0), "from 2 s on");
        assert_eq!(bars[quoted as usize].mid, Some(Range::of(10_002.0)));
        let prices: Vec<Range> = bars.iter().filter_map(|bar| bar.price).collect();
        assert_eq!(prices, [Range::of(10_004.0), Range::of(10_000.0)]);
    }

    fn add<A: std::ops::Add<Output = A>, B: std::ops::Add<Output = B>>(
        (a, b): (A, B),
        (c, d): (A, B),
    ) -> (A, B) {
        (a + c, b + d)
    }

    #[test]
    fn the_grid_holds_the_last_mid_of_every_second() {
        let recorder = recorded();
        let grid = &recorder.grids()[ACME.index()];
        assert_eq!(grid.step(), GRID_STEP);
        // The moments 2 to 5 s, then 6 to 10 s; while a side is empty the last mid holds.
        let expected = [[10_002.0; 4].as_slice(), &[10_001.0; 5]].concat();
        assert_eq!(grid.mids(), expected);
    }

    #[test]
    fn the_facts_are_of_these_samples() {
        let recorder = recorded();
        assert_eq!(fact(&recorder, "Time between trades"), Some(1.0));
        assert_eq!(fact(&recorder, "Trades come in bursts"), Some(0.0), "one gap does not vary");
        assert_eq!(fact(&recorder, "Spread, median"), Some(4.0));
        assert_eq!(fact(&recorder, "Spread, 95th percentile"), Some(6.0));
        // One step of −1 tick among eight: √(ln²(10001/10002) / 8 s × 60 s), in basis points.
        let volatility = fact(&recorder, "Volatility").unwrap();
        assert!((volatility - 2.738_202).abs() < 1e-6, "{volatility}");
        let facts = recorder.facts(0);
        let judged = |fact: &&Fact| fact.band.is_some();
        assert!(
            facts.iter().filter(judged).all(|fact| fact.verdict == Verdict::Void),
            "ten seconds are not enough to judge a market"
        );
    }

    #[test]
    fn an_instrument_that_nobody_wants_has_no_figures() {
        let recorder = recorded();
        let place = BOLT.index();
        let figures = &recorder.summary().instruments[place];
        assert_eq!((figures.tape.trades, figures.tape.last), (0, None));
        assert_eq!((figures.spread_mean_ticks(), figures.bid_best.mean()), (None, None));
        assert!(recorder.charts()[place].bars().is_empty());
        assert!(recorder.grids()[place].mids().is_empty());
        assert!(recorder.facts(place).iter().all(|fact| fact.value.is_none()));
    }

    #[test]
    fn a_replay_comes_to_the_same_figures() {
        assert_eq!(format!("{:?}", recorded()), format!("{:?}", recorded()));
        let mut without_the_end = empty();
        tell(&mut without_the_end, &steps()[..8]);
        without_the_end.run_until(END);
        assert_ne!(format!("{without_the_end:?}"), format!("{:?}", recorded()));
    }

    #[test]
    fn a_run_lasts_at_least_until_its_last_command() {
        let mut recorder = empty();
        assert_eq!(recorder.span(), Span::ZERO);
        tell(&mut recorder, &steps());
        assert_eq!(recorder.span(), Span::secs(8));
        recorder.run_until(second(3));
        assert_eq!(recorder.span(), Span::secs(8), "what happened has happened");
        let figures = &recorder.summary().instruments[ACME.index()];
        assert_eq!(figures.bid_best.weight, 8 * SECOND);
        recorder.run_until(END);
        assert_eq!(recorder.span(), Span::secs(10));
    }

    #[test]
    fn a_run_whose_end_nobody_foretold_has_the_same_figures() {
        let reference = [Some(Price(9_990)), None];
        let venue = crate::story::venue();
        let mut open_ended = Recorder::new(&venue, &crate::story::kinds(), &reference, None);
        tell(&mut open_ended, &steps());
        open_ended.run_until(END);
        let (found, expected) = (open_ended.summary(), recorded());
        assert_eq!(found.counts, expected.summary().counts);
        assert_eq!(open_ended.pnl().pnl(0, USD), Cash(1_020));
        let volume: u128 = open_ended.charts()[0].bars().iter().map(|bar| bar.volume).sum();
        assert_eq!(volume, 35, "wider bars, the same lots");
    }
}
