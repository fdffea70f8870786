//! Recordings of Binance's streams as records.

use super::message::{self, Message};
use super::sync::{Answer, Rule, Sync, Tally, Told};
use crate::capture::records::{Capture, Decode, Frame, Out, Refusal};
use crate::capture::{SCALE, limits};
use crate::error::{DataError, Fault};
use crate::record::{Depth, Flags, Moment, What};
use crate::symbols::{Scale, SymbolId};
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::path::Path;

/// What the reader is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Options {
    /// Of which instrument a snapshot is that does not say so itself; else of the only one heard of.
    pub symbol: Option<String>,
    /// True: changes are given even without a snapshot, marked [`Flags::SUSPECT`], since what they show
    /// is a part of the book. False: a recording of changes without any snapshot is refused.
    pub from_changes: bool,
    /// On which scale prices and sizes are kept.
    pub scale: Scale,
}

/// The machine that understands Binance's frames and keeps its books in step.
#[derive(Clone, Debug)]
pub struct Binance {
    options: Options,
    books: BTreeMap<SymbolId, Sync<Times>>,
    told: Vec<Told<Times>>,
    /// The instrument last heard of, and whether it is the only one.
    heard_of: Option<(SymbolId, bool)>,
}

/// When a message happened and when it was heard.
type Times = (Option<Moment>, Option<Moment>);

impl Default for Options {
    fn default() -> Self {
        Self { symbol: None, from_changes: false, scale: SCALE }
    }
}

impl Binance {
    /// A machine that has heard nothing yet.
    #[must_use]
    pub const fn new(options: Options) -> Self {
        Self { options, books: BTreeMap::new(), told: Vec::new(), heard_of: None }
    }

    /// Opens recordings of one session, say the streams and the snapshots that were asked for.
    ///
    /// # Errors
    ///
    /// When one cannot be opened.
    pub fn open(files: &[&Path], options: Options) -> Result<Capture<Self>, DataError> {
        let scale = options.scale;
        Capture::open(files, Self::new(options), scale, limits())
    }

    /// The book of an instrument; none where no change or snapshot of it was heard.
    #[must_use]
    pub fn book(&self, symbol: SymbolId) -> Option<&Sync<Times>> {
        self.books.get(&symbol)
    }

    /// How often what happened, by instrument.
    pub fn tallies(&self) -> impl Iterator<Item = (SymbolId, &Tally)> {
        self.books.iter().map(|(symbol, book)| (*symbol, book.tally()))
    }

    fn hear_of(&mut self, name: &str, out: &mut Out) -> Result<SymbolId, Fault> {
        let symbol = out.symbol(name)?;
        let only = self.heard_of.is_none_or(|(known, only)| only && known == symbol);
        self.heard_of = Some((symbol, only));
        Ok(symbol)
    }

    /// Of which instrument a snapshot is: as it says, as the request for it says, as somebody was told,
    /// or the only one there is.
    fn of_snapshot(
        &mut self,
        said: Option<Cow<'_, str>>,
        url: Option<&str>,
        out: &mut Out,
    ) -> Result<SymbolId, Fault> {
        let asked =
            url.and_then(|url| url.split(['?', '&']).find_map(|p| p.strip_prefix("symbol=")));
        let told = self.options.symbol.clone();
        let name = said.map(Cow::into_owned).or(asked.map(str::to_owned)).or(told);
        if let Some(name) = name {
            return self.hear_of(&name, out);
        }
        match self.heard_of {
            Some((symbol, true)) => Ok(symbol),
            _ => {
                let found = if self.heard_of.is_some() { "several" } else { "none" };
                let expected = "one instrument, or to be told of which this snapshot is";
                Err(Fault::new("symbol", found, expected))
            }
        }
    }

    fn change(
        &mut self,
        symbol: SymbolId,
        depth: Depth,
        times: Times,
        out: &mut Out,
    ) -> Result<(), Fault> {
        let rule = if depth.before.is_some() { Rule::Futures } else { Rule::Spot };
        let partial = self.options.from_changes;
        let book = self.books.entry(symbol).or_insert_with(|| match partial {
            true => Sync::from_changes(rule),
            false => Sync::new(rule),
        });
        if book.tally().heard > 0 && book.rule() != rule {
            let found = format!("a change of {rule:?}");
            return Err(Fault::new("pu", found, format!("one of {:?}, as before", book.rule())));
        }
        if book.rule() != rule {
            book.set_rule(rule);
        }
        book.change(depth, times, &mut self.told);
        self.tell(symbol, out)
    }

    /// Tells what the book of `symbol` told.
    fn tell(&mut self, symbol: SymbolId, out: &mut Out) -> Result<(), Fault> {
        let partial = self.books.get(&symbol).is_some_and(Sync::wants_snapshot);
        for told in self.told.drain(..) {
            match told {
                Told::Book(depth, (at, heard)) => {
                    let seq = Some(depth.last);
                    let record = out.tell(symbol, at, heard, seq, What::Depth(Box::new(depth)))?;
                    record.flags = record.flags.and(Flags::SNAPSHOT);
                }
                Told::Change(depth, (at, heard)) => {
                    let seq = Some(depth.last);
                    let record = out.tell(symbol, at, heard, seq, What::Depth(Box::new(depth)))?;
                    if partial {
                        record.flags = record.flags.and(Flags::SUSPECT);
                    }
                }
                Told::Gap { from, to, tag: (at, heard) } => {
                    out.tell(symbol, at, heard, Some(from), What::Gap { from, to })?;
                }
            }
        }
        Ok(())
    }
}

impl Decode for Binance {
    fn hear(&mut self, frame: &Frame<'_>, out: &mut Out) -> Result<(), Refusal> {
        let heard = frame.heard;
        match message::read(frame.bytes, &mut out.ruler)? {
            Message::Change { symbol, at, depth } => {
                let symbol = self.hear_of(&symbol, out)?;
                self.change(symbol, depth, (Some(at), heard), out)?;
            }
            Message::Snapshot { symbol, at, depth } => {
                let symbol = self.of_snapshot(symbol, frame.url, out)?;
                let fresh = || Sync::new(if at.is_some() { Rule::Futures } else { Rule::Spot });
                let book = self.books.entry(symbol).or_insert_with(fresh);
                match book.snapshot(depth, (at, heard), &mut self.told) {
                    Answer::Book => self.tell(symbol, out)?,
                    Answer::TooOld => out.skip("a snapshot older than the changes that wait"),
                    Answer::NotNeeded => out.skip("a snapshot older than the book"),
                }
            }
            Message::Best { symbol, at, update, quote } => {
                let symbol = self.hear_of(&symbol, out)?;
                out.tell(symbol, at, heard, Some(update), What::Quote(quote))?;
            }
            Message::Trade { symbol, at, trade } => {
                let symbol = self.hear_of(&symbol, out)?;
                out.tell(symbol, Some(at), heard, Some(trade.trade), What::Trade(trade))?;
            }
            Message::Bar { symbol, at, bar } => {
                let symbol = self.hear_of(&symbol, out)?;
                out.tell(symbol, Some(at), heard, None, What::Bar(bar))?;
            }
            Message::Other(why) => out.skip(why),
        }
        Ok(())
    }

    fn connected(&mut self, _out: &mut Out) {
        for book in self.books.values_mut() {
            book.reconnected();
        }
    }

    fn end(&mut self, out: &mut Out) -> Result<(), Refusal> {
        for (symbol, book) in &self.books {
            let tally = book.tally();
            if tally.heard > 0 && tally.books == 0 && !self.options.from_changes {
                let found = format!("none of {}", out.symbols.get(*symbol).name);
                let expected = "one, or to be told that changes alone will do";
                return Err(Fault::new("snapshot", found, expected).into());
            }
            let mut skip = |why: &'static str, count: u64| {
                if count > 0 {
                    *out.count.skipped.entry(why).or_default() += count;
                }
            };
            skip("a change that the snapshot holds", tally.dropped);
            skip("a change that was applied before", tally.repeated);
            skip("a change in a gap", book.waiting() as u64 + tally.overflowed);
            skip("a change that crosses the book", tally.crossed);
        }
        Ok(())
    }
}
