//! Comparing row with row: for records from which no whole book can be driven.
//!
//! A file of few levels holds only the messages that touch them. An order that was submitted while
//! its price was among them and cancelled when it was no longer would stay for ever in a book driven
//! by such a file. But each row is a whole book as far as it goes, and so each pair of rows is a
//! small history of its own: the first row, one message, the second row.

use crate::error::DataError;
use crate::history::replay::{Drive, Options};
use crate::history::report::HistoryReport;
use crate::history::translator::{Translator, TranslatorOptions};
use crate::lobster::{Action, BookReader, BookRow, Message, MessageReader};
use pitfloor_model::command::Command;
use pitfloor_model::units::{OrderKey, Side};
use std::path::Path;

/// What a pair of rows says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verdict {
    /// The message leads from the first to the second, in every level.
    Exact,
    /// It does, and a level that the first row did not show came up.
    Revealed,
    /// It does not.
    Inconsistent,
}

/// What there is to compare the second row of a pair with.
struct Pairs<'a> {
    options: &'a Options,
    levels: usize,
    commands: Vec<Command>,
}

/// Replays each message by itself, on the book of the row before it.
pub(super) fn replay(
    messages: &Path,
    book: &Path,
    options: &Options,
    mut drive: Drive<'_, '_>,
) -> Result<HistoryReport, DataError> {
    let mut messages = MessageReader::open_with_tick(messages, options.tick.0)?;
    let mut book = BookReader::open_with_tick(book, options.tick.0)?;
    let mut before = BookRow::default();
    let mut after = BookRow::default();
    let (mut pairs, mut revealed, mut inconsistent) = (0, 0, 0);
    let mut walk = Pairs { options, levels: 0, commands: Vec::new() };
    walk.open_accounts(&mut drive);
    while let Some(message) = messages.next().transpose()? {
        if !book.read(&mut after)? {
            let expected = format!("a row for message {}", messages.line());
            return Err(book.refuse("row", "the end of the file".to_owned(), expected));
        }
        walk.levels = book.levels().unwrap_or(0);
        if messages.line() == 1 {
            walk.first(&mut drive, &message);
        } else {
            pairs += 1;
            match walk.pair(&mut drive, &mut before, &message, &after) {
                Verdict::Exact => {}
                Verdict::Revealed => revealed += 1,
                Verdict::Inconsistent => inconsistent += 1,
            }
        }
        std::mem::swap(&mut before, &mut after);
    }
    if book.read(&mut after)? {
        let expected = format!("the end of the file, after {} messages", messages.line());
        return Err(book.refuse("row", "another row".to_owned(), expected));
    }
    Ok(HistoryReport {
        levels: Some(walk.levels as u64),
        transitions: Some(pairs),
        transitions_inconsistent: Some(inconsistent),
        transitions_revealed: Some(revealed),
        aggressors: None,
        aggressors_same_maker: None,
        ..drive.report(options.executions)
    })
}

impl Pairs<'_> {
    fn open_accounts(&self, drive: &mut Drive<'_, '_>) {
        let start = pitfloor_model::units::Time::ZERO;
        let opening = self.translator(BookRow::default()).opening();
        opening.into_iter().for_each(|command| drive.apply(start, command));
    }

    /// The first message has no row before it; it is counted and leaves nothing behind.
    fn first(&mut self, drive: &mut Drive<'_, '_>, message: &Message) {
        let mut translator = self.translator(BookRow::default());
        self.carry_out(drive, &mut translator, message);
        clear(drive, translator.time(message));
    }

    /// Sets up `before`, applies `message`, compares with `after`, and clears the book again.
    fn pair(
        &mut self,
        drive: &mut Drive<'_, '_>,
        before: &mut BookRow,
        message: &Message,
        after: &BookRow,
    ) -> Verdict {
        let shown = [Side::Buy, Side::Sell].map(|side| before.side(side).len());
        let mut translator = self.translator(std::mem::take(before));
        let at = translator.time(message);
        self.commands.clear();
        self.commands.extend(translator.opening_orders());
        self.commands.drain(..).for_each(|command| drive.apply(at, command));
        self.carry_out(drive, &mut translator, message);
        let verdict = self.compare(drive, shown, after);
        clear(drive, at);
        verdict
    }

    /// A halt is only counted: it moves no level, and the next pair needs an open market.
    fn carry_out(
        &mut self,
        drive: &mut Drive<'_, '_>,
        translator: &mut Translator,
        message: &Message,
    ) {
        if matches!(message.action, Action::Trading(_)) {
            drive.counts.messages += 1;
        } else {
            drive.message(translator, message, &mut self.commands);
        }
    }

    /// Compares what the exchange holds with the row. `shown` says how many levels of each side
    /// the row before had: where that was all a row can show, more may lie behind.
    fn compare(&self, drive: &Drive<'_, '_>, shown: [usize; 2], after: &BookRow) -> Verdict {
        let mut verdict = Verdict::Exact;
        for (side, shown) in Side::BOTH.into_iter().zip(shown) {
            let recorded = after.side(side);
            let mut ours = 0;
            for (level, row) in
                drive.exchange.levels(drive.instrument, side).take(self.levels).zip(recorded)
            {
                if (level.price, level.qty) != (row.price, row.qty) {
                    return Verdict::Inconsistent;
                }
                ours += 1;
            }
            let held = drive.exchange.levels(drive.instrument, side).take(self.levels).count();
            if held != ours || (recorded.len() > ours && shown < self.levels) {
                return Verdict::Inconsistent;
            }
            if recorded.len() > ours {
                verdict = Verdict::Revealed;
            }
        }
        verdict
    }

    fn translator(&self, opening: BookRow) -> Translator {
        Translator::new(TranslatorOptions {
            executions: self.options.executions,
            opening,
            ..TranslatorOptions::default()
        })
    }
}

/// Takes every order off the book.
fn clear(drive: &mut Drive<'_, '_>, at: pitfloor_model::units::Time) {
    let queue = |side| drive.exchange.queue(drive.instrument, side).map(|order| order.key);
    let keys: Vec<OrderKey> = Side::BOTH.into_iter().flat_map(queue).collect();
    keys.into_iter().for_each(|key| drive.apply(at, Command::Cancel { key }));
}
