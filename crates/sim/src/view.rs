//! The public market, and what a participant can know of it.
//!
//! The [`Board`] is built from events alone and keeps a little of its past: the best prices, the
//! changes of levels and the trades of the last stretch of time. A [`View`] is the board cut at a
//! moment: it shows what the board showed then, so that an agent reads, without being sent
//! anything, exactly what could have reached it. Only what lies further back than the slowest link
//! is forgotten, apart from the last [`Board::PRINTS_KEPT`] trades of each instrument.

use pitfloor_exchange::clearing::rescaled;
use pitfloor_feed::level2::{LevelChange, Levels, Quote};
use pitfloor_feed::publish::Status;
use pitfloor_feed::relay::Learned;
use pitfloor_feed::tape::Print;
use pitfloor_model::clearing::Fact;
use pitfloor_model::command::Stamped;
use pitfloor_model::event::{Event, Phase};
use pitfloor_model::units::{InstrumentId, Price, Qty, Side, Span, Time};
use std::collections::VecDeque;

/// Everything public, with as much of its past as the slowest participant may still be unaware of.
#[derive(Clone, Debug)]
pub struct Board {
    shown: Vec<Shown>,
    horizon: Span,
    /// Instruments whose levels or phase the last command changed, and those whose best prices.
    touched: Vec<InstrumentId>,
    moved: Vec<InstrumentId>,
    /// What the last command's events did to levels.
    learned: Vec<Learned>,
}

/// One instrument's public side.
#[derive(Clone, Debug)]
struct Shown {
    levels: Levels,
    /// All lots shown on each side, buys first.
    lots: [u128; 2],
    quote: Quote,
    touched: bool,
    quotes: VecDeque<(Time, Quote)>,
    changes: VecDeque<(Time, LevelChange)>,
    prints: VecDeque<(Print, u128)>,
    status: Status,
    statuses: VecDeque<(Time, Status)>,
    volume: u128,
    splits: Vec<Split>,
}

/// So many lots were made of so many others, after so many lots had traded.
#[derive(Clone, Copy, Debug)]
struct Split {
    at: Time,
    volume: u128,
    num: u32,
    den: u32,
}

/// The public market as it was at one moment.
#[derive(Clone, Copy, Debug)]
pub struct View<'a> {
    board: &'a Board,
    cut: Time,
}

impl Board {
    /// How many trades of each instrument are kept however old they are.
    pub const PRINTS_KEPT: usize = 1 << 10;

    /// An empty board for so many instruments, whose slowest reader is `horizon` behind.
    ///
    /// # Panics
    ///
    /// When there are 2^32 instruments.
    #[must_use]
    pub fn new(instruments: usize, horizon: Span) -> Self {
        let instruments = u32::try_from(instruments).expect("fewer than 2^32 instruments");
        let shown = (0..instruments).map(|id| Shown {
            levels: Levels::new(InstrumentId(id)),
            lots: [0; 2],
            quote: Quote::default(),
            touched: false,
            quotes: VecDeque::new(),
            changes: VecDeque::new(),
            prints: VecDeque::new(),
            status: Status::default(),
            statuses: VecDeque::from([(Time::ZERO, Status::default())]),
            volume: 0,
            splits: Vec::new(),
        });
        let (touched, moved, learned) = (Vec::new(), Vec::new(), Vec::new());
        Self { shown: shown.collect(), horizon, touched, moved, learned }
    }

    /// Makes room for a reader that is `behind`.
    pub fn reach_back(&mut self, behind: Span) {
        self.horizon = self.horizon.max(behind);
    }

    /// Takes in what a command caused.
    pub fn see(&mut self, stamped: &Stamped, events: &[Event]) {
        let at = stamped.at;
        self.touched.clear();
        self.moved.clear();
        self.learned.clear();
        let mut last = None;
        for (number, event) in (0_u32..).zip(events) {
            // A refusal names no instrument; of a triggered order it comes directly after it.
            let Some(instrument) = event.instrument().or(last) else { continue };
            last = Some(instrument);
            let shown = &mut self.shown[instrument.index()];
            let Shown { levels, lots, changes, .. } = shown;
            let before = changes.len();
            let learned = &mut self.learned;
            levels.hear(event, |change| {
                learned.push(Learned { event: number, instrument, change });
                let lots = &mut lots[usize::from(change.side == Side::Sell)];
                *lots = *lots + u128::from(change.after.0) - u128::from(change.before.0);
                changes.push_back((at, change));
            });
            let mut touched = changes.len() > before;
            if let Event::Clearing(Fact::Split { num, den, .. }) = *event {
                shown.splits.push(Split { at, volume: shown.volume, num, den });
            }
            if event.says_more_than_orders() {
                if let Some(print) = Print::of(stamped, event) {
                    shown.volume += u128::from(print.qty.0);
                    shown.prints.push_back((print, shown.volume));
                } else if shown.status.hear(event) {
                    shown.statuses.push_back((at, shown.status));
                    touched = true;
                }
            }
            if touched && !std::mem::replace(&mut shown.touched, true) {
                self.touched.push(instrument);
            }
        }
        let known_to_all = at.before(self.horizon);
        for instrument in self.touched.iter().copied() {
            if self.shown[instrument.index()].settle(at, known_to_all) {
                self.moved.push(instrument);
            }
        }
    }

    /// What the last command's events did to levels, in order.
    #[must_use]
    pub fn learned(&self) -> &[Learned] {
        &self.learned
    }

    /// The instruments whose levels or phase the last command changed.
    #[must_use]
    pub fn touched(&self) -> &[InstrumentId] {
        &self.touched
    }

    /// All lots shown on `side` of `instrument` now.
    ///
    /// # Panics
    ///
    /// When the instrument is of another venue.
    #[must_use]
    pub fn lots(&self, instrument: InstrumentId, side: Side) -> u128 {
        self.shown[instrument.index()].lots[usize::from(side == Side::Sell)]
    }

    /// The instruments whose best prices the last command changed.
    #[must_use]
    pub fn moved(&self) -> &[InstrumentId] {
        &self.moved
    }

    /// The best prices of `instrument` now.
    ///
    /// # Panics
    ///
    /// When the instrument is of another venue.
    #[must_use]
    pub fn quote(&self, instrument: InstrumentId) -> Quote {
        self.shown[instrument.index()].quote
    }

    /// The shown levels of `instrument` now.
    ///
    /// # Panics
    ///
    /// When the instrument is of another venue.
    #[must_use]
    pub fn levels(&self, instrument: InstrumentId) -> &Levels {
        &self.shown[instrument.index()].levels
    }

    /// How many entries of the past the board keeps at the moment, for memory accounts.
    #[must_use]
    pub fn kept(&self) -> usize {
        let kept = |shown: &Shown| {
            let past = shown.quotes.len() + shown.changes.len() + shown.statuses.len();
            past + shown.prints.len()
        };
        self.shown.iter().map(kept).sum()
    }
}

impl Shown {
    /// Ends a command that touched this instrument: notes a new quote, forgets what everybody
    /// knows. Says whether the quote is new.
    fn settle(&mut self, at: Time, known_to_all: Time) -> bool {
        self.touched = false;
        let quote = self.levels.quote();
        let moved = quote != self.quote;
        if moved {
            self.quote = quote;
            self.quotes.push_back((at, quote));
        }
        // The newest entry that everybody knows must stay: it is what the slowest one sees.
        while self.quotes.get(1).is_some_and(|(then, _)| *then <= known_to_all) {
            self.quotes.pop_front();
        }
        while self.changes.front().is_some_and(|(then, _)| *then <= known_to_all) {
            self.changes.pop_front();
        }
        while self.statuses.get(1).is_some_and(|(then, _)| *then <= known_to_all) {
            self.statuses.pop_front();
        }
        while self.prints.len() > Board::PRINTS_KEPT
            && self.prints.get(1).is_some_and(|(print, _)| print.at <= known_to_all)
        {
            self.prints.pop_front();
        }
        moved
    }
}

impl<'a> View<'a> {
    /// The board as it was at `cut`.
    #[must_use]
    pub const fn new(board: &'a Board, cut: Time) -> Self {
        Self { board, cut }
    }

    /// The moment that this view shows.
    #[must_use]
    pub const fn at(&self) -> Time {
        self.cut
    }

    /// The best prices.
    ///
    /// # Panics
    ///
    /// Like all of these, when the instrument is of another venue.
    #[must_use]
    pub fn quote(&self, instrument: InstrumentId) -> Quote {
        let quotes = &self.shown(instrument).quotes;
        let seen = quotes.partition_point(|(at, _)| *at <= self.cut);
        seen.checked_sub(1).map_or_else(Quote::default, |last| quotes[last].1)
    }

    /// The best price of `side`, and the lots there.
    #[must_use]
    pub fn best(&self, instrument: InstrumentId, side: Side) -> Option<(Price, Qty)> {
        let quote = self.quote(instrument);
        match side {
            Side::Buy => quote.bid,
            Side::Sell => quote.ask,
        }
    }

    /// Half way between the best prices, in ticks; none when a side is empty.
    #[must_use]
    pub fn mid(&self, instrument: InstrumentId) -> Option<f64> {
        let quote = self.quote(instrument);
        let ((bid, _), (ask, _)) = quote.bid.zip(quote.ask)?;
        Some((bid.0 as f64 + ask.0 as f64) / 2.0)
    }

    /// The mid price, or the last trade's when a side is empty (as splits have made it since), in
    /// ticks; none before both.
    #[must_use]
    pub fn price(&self, instrument: InstrumentId) -> Option<f64> {
        let last = || {
            let (print, volume) = self.newest(instrument)?;
            Some(self.since(instrument, print.price, Some(volume)).0 as f64)
        };
        self.mid(instrument).or_else(last)
    }

    /// The last trade's price, before the first one `reference`; both as splits have made them since.
    #[must_use]
    pub fn last_or(&self, instrument: InstrumentId, reference: Price) -> Price {
        match self.newest(instrument) {
            Some((print, volume)) => self.since(instrument, print.price, Some(volume)),
            None => self.since(instrument, reference, None),
        }
    }

    fn newest(&self, instrument: InstrumentId) -> Option<(Print, u128)> {
        let prints = &self.shown(instrument).prints;
        let seen = prints.partition_point(|(print, _)| print.at <= self.cut);
        seen.checked_sub(1).map(|last| prints[last])
    }

    /// What `price` has become by the splits after `volume` lots had traded; none: by all of them.
    fn since(&self, instrument: InstrumentId, price: Price, volume: Option<u128>) -> Price {
        let splits = self.shown(instrument).splits.iter().take_while(|split| split.at <= self.cut);
        let later = splits.filter(|split| volume.is_none_or(|volume| volume <= split.volume));
        later.fold(price, |price, split| {
            // What nobody ever traded at may be too far to follow.
            rescaled(price, split.num, split.den, 1).unwrap_or(price)
        })
    }

    /// The last trade.
    #[must_use]
    pub fn last(&self, instrument: InstrumentId) -> Option<Print> {
        self.prints(instrument).next()
    }

    /// The trades, newest first, as far back as the board remembers (at least
    /// [`Board::PRINTS_KEPT`]).
    pub fn prints(&self, instrument: InstrumentId) -> impl Iterator<Item = Print> + use<'a> {
        let prints = &self.shown(instrument).prints;
        let seen = prints.partition_point(|(print, _)| print.at <= self.cut);
        prints.range(..seen).rev().map(|(print, _)| *print)
    }

    /// All lots traded since the start.
    #[must_use]
    pub fn volume(&self, instrument: InstrumentId) -> u128 {
        let prints = &self.shown(instrument).prints;
        let seen = prints.partition_point(|(print, _)| print.at <= self.cut);
        seen.checked_sub(1).map_or(0, |last| prints[last].1)
    }

    /// The trading phase.
    #[must_use]
    pub fn phase(&self, instrument: InstrumentId) -> Phase {
        self.status(instrument).phase
    }

    /// What the instrument is doing: its phase, what its auction would come to, its bands.
    #[must_use]
    pub fn status(&self, instrument: InstrumentId) -> Status {
        let statuses = &self.shown(instrument).statuses;
        let seen = statuses.partition_point(|(at, _)| *at <= self.cut);
        statuses[seen.saturating_sub(1)].1
    }

    /// The best `count` levels of `side`, best first.
    ///
    /// The present book, with every change undone that came after the view's moment: costs as much
    /// as happened in between, and nothing when nothing did.
    #[must_use]
    pub fn depth(&self, instrument: InstrumentId, side: Side, count: usize) -> Vec<(Price, Qty)> {
        let shown = self.shown(instrument);
        let unknown = shown.changes.partition_point(|(at, _)| *at <= self.cut);
        let mut undone: Vec<(Price, Qty)> = Vec::new();
        for (_, change) in shown.changes.range(unknown..).filter(|(_, change)| change.side == side)
        {
            // The first change of a level after the cut says what it was at the cut.
            if undone.iter().all(|(price, _)| *price != change.price) {
                undone.push((change.price, change.before));
            }
        }
        let untouched = |(price, _): &(Price, Qty)| undone.iter().all(|(other, _)| other != price);
        let mut levels: Vec<(Price, Qty)> =
            shown.levels.levels(side).filter(untouched).take(count).collect();
        levels.extend(undone.iter().filter(|(_, qty)| !qty.is_zero()));
        levels.sort_unstable_by_key(|(price, _)| match side {
            Side::Buy => std::cmp::Reverse(price.0),
            Side::Sell => std::cmp::Reverse(-price.0),
        });
        levels.truncate(count);
        levels
    }

    fn shown(&self, instrument: InstrumentId) -> &'a Shown {
        &self.board.shown[instrument.index()]
    }
}
