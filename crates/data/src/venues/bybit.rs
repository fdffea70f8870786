//! Bybit's books, as its archive and its stream tell them: a snapshot, then changes numbered one by one.

use crate::binance::sync::{Answer, Rule, Sync, Told};
use crate::capture::json::Fields;
use crate::capture::records::{Capture, Decode, Frame, Out, Refusal};
use crate::capture::{SCALE, limits};
use crate::error::{DataError, Fault};
use crate::record::{Depth, Flags, Moment, What};
use crate::symbols::SymbolId;
use std::collections::BTreeMap;
use std::path::Path;

/// The machine that understands Bybit's frames.
#[derive(Clone, Debug, Default)]
pub struct Bybit {
    books: BTreeMap<SymbolId, Sync<Times>>,
    told: Vec<Told<Times>>,
}

type Times = (Option<Moment>, Option<Moment>);

impl Bybit {
    /// Opens a recording or an archive of one.
    ///
    /// # Errors
    ///
    /// When it cannot be opened.
    pub fn open(file: &Path) -> Result<Capture<Self>, DataError> {
        Capture::open(&[file], Self::default(), SCALE, limits())
    }
}

impl Decode for Bybit {
    fn hear(&mut self, frame: &Frame<'_>, out: &mut Out) -> Result<(), Refusal> {
        let fields = Fields::of(frame.bytes)?;
        if !fields.word("topic").starts_with("orderbook.") {
            out.skip("a topic of another kind");
            return Ok(());
        }
        let whole = match &*fields.text("type")? {
            "snapshot" => true,
            "delta" => false,
            other => return Err(Fault::new("type", other, "snapshot or delta").into()),
        };
        let data = fields.object("data")?;
        let symbol = out.symbol(&data.text("s")?)?;
        // `cts` is when the book changed, `ts` when the message was made.
        let at = Some(fields.epoch(if fields.get("cts").is_some() { "cts" } else { "ts" })?);
        let number = data.whole("u")?;
        let bids = data.levels("b", &mut out.ruler)?;
        let asks = data.levels("a", &mut out.ruler)?;
        let depth = Depth { first: number, last: number, before: None, bids, asks, whole };
        let book = self.books.entry(symbol).or_insert_with(|| Sync::new(Rule::Spot));
        let times = (at, frame.heard);
        if whole {
            // A snapshot that the venue sends by itself counts always: its service may have begun anew.
            if book.snapshot(depth.clone(), times, &mut self.told) != Answer::Book {
                *book = Sync::new(Rule::Spot);
                book.snapshot(depth, times, &mut self.told);
            }
        } else {
            book.change(depth, times, &mut self.told);
        }
        for told in self.told.drain(..) {
            match told {
                Told::Book(depth, (at, heard)) | Told::Change(depth, (at, heard)) => {
                    let (seq, whole) = (Some(depth.last), depth.whole);
                    let record = out.tell(symbol, at, heard, seq, What::Depth(Box::new(depth)))?;
                    if whole {
                        record.flags = record.flags.and(Flags::SNAPSHOT);
                    }
                }
                Told::Gap { from, to, tag: (at, heard) } => {
                    out.tell(symbol, at, heard, Some(from), What::Gap { from, to })?;
                }
            }
        }
        Ok(())
    }

    fn connected(&mut self, _out: &mut Out) {
        self.books.clear();
    }
}
