//! Driving a record through an exchange, and comparing on the way.

use crate::error::{DataError, Fault};
use crate::history::Check;
use crate::history::align::{Alignment, align};
use crate::history::report::HistoryReport;
use crate::history::transitions;
use crate::history::translator::{
    Execution, Executions, Translation, Translator, TranslatorOptions,
};
use crate::lobster::{
    Action, BookReader, BookRow, Message, MessageReader, RecordedPrice, TICK_TENTHOUSANDTHS,
};
use crate::source::Source;
use pitfloor_exchange::{EventDigest, Exchange};
use pitfloor_model::command::{Command, Stamped};
use pitfloor_model::event::Event;
use pitfloor_model::instrument::{BadDefinition, Currency, Instrument, Venue};
use pitfloor_model::units::{CurrencyId, InstrumentId, OrderKey, Price, Qty, Side, Span, Time};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The files of a record.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Record {
    /// The messages that drive the exchange.
    pub messages: PathBuf,
    /// The recorded book to compare with.
    pub book: Option<PathBuf>,
    /// The messages that the rows of `book` stand behind, when these are not `messages`: a record of
    /// fewer levels holds fewer messages.
    pub book_messages: Option<PathBuf>,
    /// An orderbook file whose first row is the book after the first message. None: for
    /// [`Check::Rows`] that is `book` itself, otherwise nothing is known of the opening.
    pub opening: Option<PathBuf>,
}

/// How to replay.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Options {
    /// What the instrument is called.
    pub symbol: String,
    /// One tick.
    pub tick: RecordedPrice,
    /// How executions are brought about.
    pub executions: Executions,
    /// How to compare with `book`. None: [`Check::Rows`] where the rows can be told to messages
    /// and the file has several levels, [`Check::Transitions`] where it has one,
    /// [`Check::States`] where they cannot.
    pub check: Option<Check>,
}

/// Who else wants to see every command that was applied and what came of it: a journal, a bar of
/// progress.
pub type Observer<'a> = dyn FnMut(&Stamped, &[Event]) + 'a;

/// The most distinct best quotes that are kept for an alignment.
pub const STATES_MAX: usize = 1 << 24;

/// Best bid and best ask.
type Top = [Option<(Price, Qty)>; 2];

/// The exchange with everything that is counted while it is driven.
pub(super) struct Drive<'a, 'o> {
    pub(super) exchange: Exchange,
    pub(super) instrument: InstrumentId,
    pub(super) counts: Counts,
    digest: EventDigest,
    observer: &'a mut Observer<'o>,
    seq: u64,
    events: Vec<Event>,
}

/// What is counted of the messages.
#[derive(Default)]
pub(super) struct Counts {
    pub(super) messages: u64,
    trades: u64,
    hidden: u64,
    aggressors: u64,
    same_maker: u64,
    skipped: BTreeMap<String, u64>,
}

/// The distinct best quotes, one after the other.
#[derive(Default)]
struct Tops {
    states: Vec<Top>,
    crossed: u64,
}

/// Comparing row by row.
struct Rows {
    book: BookReader,
    row: BookRow,
    /// The messages that the rows stand behind; none: the messages of the record.
    own: Option<std::iter::Peekable<MessageReader>>,
    /// Whether row 1 was compared with nothing but itself.
    opened_from_row_1: bool,
    message: u64,
    compared: u64,
    equal: u64,
}

/// Replays `record` through a new exchange and compares as `options` say.
///
/// Everything is read as a stream; what grows with the record is one entry per distinct best quote
/// (at most [`STATES_MAX`]) and the live orders.
///
/// # Errors
///
/// When a file cannot be read or is damaged, when files that belong together do not fit each other,
/// or when the symbol or the tick cannot be used.
pub fn replay(
    record: &Record,
    options: &Options,
    observer: &mut Observer<'_>,
) -> Result<HistoryReport, DataError> {
    let venue = venue(&options.symbol, options.tick)
        .map_err(|bad| Fault::new(bad.field, bad.found, bad.expected).at(&record.messages, 1))?;
    let check = match (&record.book, options.check) {
        (None, _) => None,
        (Some(_), Some(check)) => Some(check),
        (Some(book), None) => Some(suited(record, book, options.tick)?),
    };
    let drive = Drive::new(venue, observer);
    match (check, &record.book) {
        (Some(Check::Transitions), Some(book)) => {
            transitions::replay(&record.messages, book, options, drive)
        }
        (Some(Check::Rows), Some(book)) => whole(record, options, drive, Some(book), None),
        (Some(Check::States), Some(book)) => whole(record, options, drive, None, Some(book)),
        (None, _) | (_, None) => whole(record, options, drive, None, None),
    }
}

/// A venue that lists one share in steps of `tick`, counted to the ten-thousandth of a dollar, as
/// records are.
///
/// # Errors
///
/// When the symbol or the tick cannot be used.
pub fn venue(symbol: &str, tick: RecordedPrice) -> Result<Arc<Venue>, BadDefinition> {
    let tick = format!("{}.{:04}", tick.0 / 10_000, tick.0.rem_euclid(10_000));
    let share = Instrument::equity(symbol, CurrencyId(0), &tick)?;
    Ok(Arc::new(Venue::new("XREC", vec![Currency::new("USD", 4)?], vec![share])?))
}

/// The comparison that the files allow.
fn suited(record: &Record, book: &Path, tick: RecordedPrice) -> Result<Check, DataError> {
    if record.book_messages.is_some() {
        return Ok(Check::Rows);
    }
    if Source::count_rows(book)? != Source::count_rows(&record.messages)? {
        return Ok(Check::States);
    }
    let mut reader = BookReader::open_with_tick(book, tick.0)?;
    reader.read(&mut BookRow::default())?;
    Ok(if reader.levels() == Some(1) { Check::Transitions } else { Check::Rows })
}

/// Drives one exchange with the whole record.
fn whole(
    record: &Record,
    options: &Options,
    mut drive: Drive<'_, '_>,
    rows: Option<&Path>,
    states: Option<&Path>,
) -> Result<HistoryReport, DataError> {
    let mut rows = rows.map(|book| Rows::open(book, record, options.tick)).transpose()?;
    let opening = opening(record, options.tick, rows.is_some())?;
    let mut translator = Translator::new(TranslatorOptions {
        executions: options.executions,
        opening,
        ..TranslatorOptions::default()
    });
    let mut tops = Tops::default();
    let mut commands = translator.opening();
    commands.drain(..).for_each(|command| drive.apply(Time::ZERO, command));
    let mut last = None;
    for message in MessageReader::open_with_tick(&record.messages, options.tick.0)? {
        let message = message?;
        drive.message(&mut translator, &message, &mut commands);
        tops.see(&drive, &record.messages)?;
        if let Some(rows) = &mut rows {
            rows.see(&drive, &message)?;
        }
        last = Some(message.at);
    }
    if let (Some(rows), Some(last)) = (&mut rows, last) {
        rows.finish(last)?;
    }
    let aligned = states.map(|book| tops.align(book, options.tick)).transpose()?;
    let states = aligned.map_or(tops.states.len(), |aligned| aligned.ours);
    Ok(HistoryReport {
        states: Some(states as u64),
        states_equal: aligned.map(|aligned| aligned.equal as u64),
        states_crossed: Some(tops.crossed),
        rows: rows.as_ref().map(|rows| rows.compared),
        rows_equal: rows.as_ref().map(|rows| rows.equal),
        levels: rows.as_ref().and_then(|rows| rows.book.levels()).map(|levels| levels as u64),
        ..drive.report(options.executions)
    })
}

/// The book before the first message, as far as the record knows it.
fn opening(record: &Record, tick: RecordedPrice, rows: bool) -> Result<BookRow, DataError> {
    let (file, messages) = match (&record.opening, &record.book) {
        (Some(opening), _) if Some(opening) != record.book.as_ref() => (opening, &record.messages),
        (Some(book), _) | (None, Some(book)) if rows || record.opening.is_some() => {
            (book, record.book_messages.as_ref().unwrap_or(&record.messages))
        }
        (None, _) | (Some(_), _) => return Ok(BookRow::default()),
    };
    let mut reader = BookReader::open_with_tick(file, tick.0)?;
    let mut row = BookRow::default();
    reader.read(&mut row)?;
    let first = MessageReader::open_with_tick(messages, tick.0)?.next().transpose()?;
    let Some(first) = first else { return Ok(row) };
    row.before(&first).map_err(|(found, expected)| reader.refuse("row", found, expected))
}

impl<'a, 'o> Drive<'a, 'o> {
    fn new(venue: Arc<Venue>, observer: &'a mut Observer<'o>) -> Self {
        Self {
            exchange: Exchange::new(venue),
            instrument: InstrumentId(0),
            counts: Counts::default(),
            digest: EventDigest::new(),
            observer,
            seq: 0,
            events: Vec::new(),
        }
    }

    /// Applies `command`; what happened is in `self.events`.
    pub(super) fn apply(&mut self, at: Time, command: Command) {
        let stamped = Stamped { seq: self.seq, at, command };
        self.seq += 1;
        self.events.clear();
        self.exchange.apply(&stamped, &mut self.events);
        self.digest.fold(&stamped, &self.events);
        (self.observer)(&stamped, &self.events);
        for event in &self.events {
            if let Event::Rejected { why, .. } = event {
                *self.counts.skipped.entry(format!("refused_{}", snake(why))).or_default() += 1;
            }
        }
    }

    /// Carries out `message`.
    pub(super) fn message(
        &mut self,
        translator: &mut Translator,
        message: &Message,
        commands: &mut Vec<Command>,
    ) {
        self.counts.messages += 1;
        commands.clear();
        let translation = translator.translate(message, commands);
        let at = translator.time(message);
        if let Translation::Executed(execution) = translation {
            self.counts.trades += 1;
            if execution.taker.is_some() {
                return self.aggress(at, &execution, commands);
            }
        }
        for command in commands.drain(..) {
            self.apply(at, command);
            if self.events.iter().any(|event| matches!(event, Event::Traded { .. })) {
                self.counts.skip("submission_traded");
            }
        }
        match translation {
            Translation::Hidden => self.counts.hidden += 1,
            Translation::Skipped(skip) => {
                self.counts.trades += u64::from(matches!(message.action, Action::Execute(_)));
                self.counts.skip(skip.name());
            }
            Translation::Quoted | Translation::Executed(_) | Translation::Phase => {}
        }
    }

    /// Sends the aggressor of `execution`, hears whom the exchange chooses, and has the book
    /// follow the record.
    fn aggress(&mut self, at: Time, execution: &Execution, commands: &mut Vec<Command>) {
        let same = if self.is_next(&execution.maker, execution.qty) {
            commands.drain(..).for_each(|command| self.apply(at, command));
            met_only(&self.events, execution)
        } else {
            let mut copy = self.exchange.clone();
            let mut events = Vec::new();
            for command in commands.drain(..) {
                copy.apply(&Stamped { seq: self.seq, at, command }, &mut events);
            }
            self.apply(at, Translator::as_recorded(execution));
            met_only(&events, execution)
        };
        if execution.introduced {
            self.counts.aggressors += 1;
            self.counts.same_maker += u64::from(same);
        }
    }

    /// True when `maker` is first in the queue of its side, with at least `qty` left.
    fn is_next(&self, maker: &OrderKey, qty: Qty) -> bool {
        let Some(order) = self.exchange.order(*maker) else { return false };
        let first = self.exchange.queue(self.instrument, order.side).next();
        order.leaves >= qty && first.is_some_and(|first| first.key == *maker)
    }

    /// The counts of the messages; of the comparison, nothing.
    pub(super) fn report(self, executions: Executions) -> HistoryReport {
        let counts = self.counts;
        let aggressive = executions == Executions::Aggressive;
        HistoryReport {
            messages: counts.messages,
            trades: counts.trades,
            hidden_executions: counts.hidden,
            states: None,
            states_equal: None,
            states_crossed: None,
            rows: None,
            rows_equal: None,
            levels: None,
            transitions: None,
            transitions_inconsistent: None,
            transitions_revealed: None,
            aggressors: aggressive.then_some(counts.aggressors),
            aggressors_same_maker: aggressive.then_some(counts.same_maker),
            skipped: counts.skipped,
            digest: self.digest.finish(),
        }
    }
}

impl Counts {
    fn skip(&mut self, reason: &str) {
        match self.skipped.get_mut(reason) {
            Some(count) => *count += 1,
            None => drop(self.skipped.insert(reason.to_owned(), 1)),
        }
    }
}

/// True when the aggressor traded all of its shares with the order that the record names.
fn met_only(events: &[Event], execution: &Execution) -> bool {
    let mut trades = events.iter().filter_map(|event| match event {
        Event::Traded { maker, qty, .. } => Some((*maker, *qty)),
        _ => None,
    });
    trades.next() == Some((execution.maker, execution.qty)) && trades.next().is_none()
}

/// A reason as reports write it: `UnknownOrder` is `unknown_order`.
fn snake(why: &pitfloor_model::event::Reject) -> String {
    let mut name = String::new();
    for letter in format!("{why:?}").chars() {
        if letter.is_ascii_uppercase() && !name.is_empty() {
            name.push('_');
        }
        name.push(letter.to_ascii_lowercase());
    }
    name
}

impl Tops {
    fn see(&mut self, drive: &Drive<'_, '_>, file: &Path) -> Result<(), DataError> {
        let top = Side::BOTH.map(|side| drive.exchange.best(drive.instrument, side));
        if let [Some((bid, _)), Some((ask, _))] = top {
            self.crossed += u64::from(bid >= ask && self.states.last() != Some(&top));
        }
        keep(&mut self.states, top).map_err(|fault| fault.at(file, drive.counts.messages))
    }

    fn align(&self, book: &Path, tick: RecordedPrice) -> Result<Alignment, DataError> {
        let mut reader = BookReader::open_with_tick(book, tick.0)?;
        let (mut row, mut states) = (BookRow::default(), Vec::new());
        while reader.read(&mut row)? {
            let first = |side| row.side(side).first().map(|level| (level.price, level.qty));
            keep(&mut states, Side::BOTH.map(first))
                .map_err(|fault| fault.at(book, reader.line()))?;
        }
        Ok(align(&self.states, &states))
    }
}

/// Appends `top` when it is another than the last.
fn keep(states: &mut Vec<Top>, top: Top) -> Result<(), Fault> {
    if states.last() == Some(&top) {
        return Ok(());
    }
    if states.len() == STATES_MAX {
        let expected = format!("at most {STATES_MAX}, as many as are kept");
        return Err(Fault::new("best quote", "one more distinct state", expected));
    }
    states.push(top);
    Ok(())
}

impl Rows {
    fn open(book: &Path, record: &Record, tick: RecordedPrice) -> Result<Self, DataError> {
        let own = record.book_messages.as_ref();
        let own = own.map(|file| MessageReader::open_with_tick(file, tick.0)).transpose()?;
        Ok(Self {
            book: BookReader::open_with_tick(book, tick.0)?,
            row: BookRow::default(),
            own: own.map(Iterator::peekable),
            opened_from_row_1: record.opening.as_ref().is_none_or(|opening| opening == book),
            message: 0,
            compared: 0,
            equal: 0,
        })
    }

    /// Compares the row behind `message`, if there is one.
    fn see(&mut self, drive: &Drive<'_, '_>, message: &Message) -> Result<(), DataError> {
        while self.next_own_if(|own| own.at < message.at)?.is_some() {
            self.next_row()?;
            self.count(false);
        }
        if self.own.is_some() && self.next_own_if(|own| own == message)?.is_none() {
            return Ok(());
        }
        self.next_row()?;
        let levels = self.book.levels().unwrap_or(0);
        let equal = Side::BOTH.into_iter().all(|side| {
            let ours = drive.exchange.levels(drive.instrument, side).take(levels);
            ours.map(|level| (level.price, level.qty)).eq(self
                .row
                .side(side)
                .iter()
                .map(|level| (level.price, level.qty)))
        });
        self.count(equal);
        Ok(())
    }

    /// What the file has behind the last message: nothing, or rows whose messages the record
    /// should have held.
    fn finish(&mut self, last: Span) -> Result<(), DataError> {
        while self.next_own_if(|own| own.at <= last)?.is_some() {
            self.next_row()?;
            self.count(false);
        }
        if self.own.is_none() && self.book.read(&mut self.row)? {
            let expected = format!("the end of the file, after {} messages", self.message);
            return Err(self.book.refuse("row", "another row".to_owned(), expected));
        }
        Ok(())
    }

    fn next_own_if(
        &mut self,
        wanted: impl FnOnce(&Message) -> bool,
    ) -> Result<Option<Message>, DataError> {
        let Some(own) = &mut self.own else { return Ok(None) };
        own.next_if(|own| own.as_ref().map_or(true, wanted)).transpose()
    }

    fn next_row(&mut self) -> Result<(), DataError> {
        self.message += 1;
        if self.book.read(&mut self.row)? {
            return Ok(());
        }
        let expected = format!("a row for message {}", self.message);
        Err(self.book.refuse("row", "the end of the file".to_owned(), expected))
    }

    fn count(&mut self, equal: bool) {
        if self.message > 1 || !self.opened_from_row_1 {
            self.compared += 1;
            self.equal += u64::from(equal);
        }
    }
}

impl Default for Options {
    /// A share with a tick of a cent, executions sent as orders, the comparison that the files
    /// allow.
    fn default() -> Self {
        Self {
            symbol: "RECORD".to_owned(),
            tick: RecordedPrice(TICK_TENTHOUSANDTHS),
            executions: Executions::Aggressive,
            check: None,
        }
    }
}
