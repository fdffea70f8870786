//! One thing to feed: it keeps the summary, the series, profit and loss and the samples of a run.
//!
//! A run and a replay of its journal feed the same commands and events here and get the same
//! figures. Start reading at [`Recorder::see`].

use crate::facts::{self, Fact};
use crate::pnl::{Kind, ProfitAndLoss};
use crate::sampling::{Grid, Trades};
use crate::series::Chart;
use crate::summary::Summary;
use pitfloor_feed::level2::Levels;
use pitfloor_model::command::Stamped;
use pitfloor_model::event::Event;
use pitfloor_model::instrument::Venue;
use pitfloor_model::units::{Price, Span, Time};

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
    until: Time,
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
            until: Time::ZERO,
        }
    }

    /// Takes note of a command and what came of it.
    ///
    /// `changed` is the book that the command may have changed, **after** it; none when it concerned
    /// no instrument. A command concerns one instrument, so one book is enough.
    pub fn see(&mut self, stamped: &Stamped, events: &[Event], changed: Option<&Levels>) {
        let at = stamped.at;
        self.until = self.until.max(at);
        self.summary.see(stamped, events, changed.map(|book| (book.instrument(), book.quote())));
        self.pnl.see(at, events);
        if let Some(book) = changed {
            let place = book.instrument().index();
            self.charts[place].see(at, events, book);
            self.grids[place].see(at, book.quote());
        }
        for event in events {
            if let Event::Traded { instrument, aggressor, .. } = event {
                self.trades[instrument.index()].see(at, *aggressor);
            }
        }
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
