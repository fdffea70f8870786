//! A recording of a live feed, in the one shape of all readers.

use super::lines::{self, Line};
use super::{Ruler, at_or_heard};
use crate::error::{DataError, Fault};
use crate::opening::{self, Limits, Stream};
use crate::record::{Clock, Flags, Moment, Record, What};
use crate::records::{Count, Records};
use crate::symbols::{Scale, SymbolId, Symbols};
use std::collections::VecDeque;
use std::path::Path;

/// What understands the frames of one venue: a machine that is told, without files and clocks.
pub trait Decode {
    /// Takes in one frame that was heard.
    ///
    /// # Errors
    ///
    /// When a field that it needs is missing or is not what it must be. Nothing of the frame is given
    /// then.
    fn hear(&mut self, frame: &Frame<'_>, out: &mut Out) -> Result<(), Refusal>;

    /// A connection was made anew: whatever was followed has to be found again.
    fn connected(&mut self, _out: &mut Out) {}

    /// Nothing more comes.
    ///
    /// # Errors
    ///
    /// When something is missing without which what was given makes no sense.
    fn end(&mut self, _out: &mut Out) -> Result<(), Refusal> {
        Ok(())
    }
}

/// Why a frame is refused: its field, what is there and what is expected. Its place is put to it by
/// whoever knows it.
#[derive(Debug)]
pub struct Refusal(pub(crate) Fault);

/// A frame, and how it came.
#[derive(Clone, Copy, Debug)]
pub struct Frame<'a> {
    /// The bytes.
    pub bytes: &'a [u8],
    /// When they were heard, where somebody noted it.
    pub heard: Option<Moment>,
    /// The request to which they are an answer.
    pub url: Option<&'a str>,
}

/// Where a decoder puts its records.
#[derive(Clone, Debug)]
pub struct Out {
    pub(crate) symbols: Symbols,
    pub(crate) count: Count,
    pub(crate) ruler: Ruler,
    records: VecDeque<Record>,
    before: Moment,
}

/// Reads one or several recordings of one session as records.
pub struct Capture<D> {
    decoder: D,
    sources: Vec<Source>,
    /// The one last read.
    current: usize,
    out: Out,
    ended: bool,
}

struct Source {
    stream: Stream,
    /// When its next frame was heard; that frame is the line that the stream stands at.
    waiting: Option<Moment>,
    ended: bool,
}

impl From<Fault> for Refusal {
    fn from(fault: Fault) -> Self {
        Self(fault)
    }
}

impl Out {
    /// For a decoder that is told frames by somebody else than [`Capture`].
    #[must_use]
    pub fn new(scale: Scale) -> Self {
        Self {
            symbols: Symbols::default(),
            count: Count::default(),
            ruler: Ruler::new(scale),
            records: VecDeque::new(),
            before: Moment(i64::MIN),
        }
    }

    /// The records that were told and not taken yet.
    pub fn drain(&mut self) -> impl Iterator<Item = Record> {
        self.records.drain(..)
    }

    /// The instruments named so far.
    #[must_use]
    pub const fn symbols(&self) -> &Symbols {
        &self.symbols
    }

    pub(crate) fn symbol(&mut self, name: &str) -> Result<SymbolId, Fault> {
        if name.is_empty() {
            return Err(Fault::new("symbol", "nothing", "the name of an instrument"));
        }
        match self.symbols.find(name) {
            Some(symbol) => Ok(symbol),
            None => self.symbols.add(name, self.ruler.scale),
        }
    }

    /// Tells one record; `seq` is the venue's number for it.
    pub(crate) fn tell(
        &mut self,
        symbol: SymbolId,
        at: Option<Moment>,
        heard: Option<Moment>,
        seq: Option<u64>,
        what: What,
    ) -> Result<&mut Record, Fault> {
        let (at, mut flags) = at_or_heard(at, heard)?;
        if at < self.before {
            flags = flags.and(Flags::BACKWARDS);
        }
        self.before = at;
        let seq = seq.unwrap_or(self.count.read);
        self.records.push_back(Record { at, heard, seq, symbol, flags, what });
        Ok(self.records.back_mut().expect("it was put there"))
    }

    pub(crate) fn skip(&mut self, why: &'static str) {
        self.count.skip(why);
    }
}

impl<D: Decode> Capture<D> {
    /// Opens `files`, recordings of the same session: they are merged by the time at which their frames
    /// were heard, and one after the other where that is not noted.
    ///
    /// # Errors
    ///
    /// When one cannot be opened.
    ///
    /// # Panics
    ///
    /// When there is no file.
    pub fn open(
        files: &[&Path],
        decoder: D,
        scale: Scale,
        limits: Limits,
    ) -> Result<Self, DataError> {
        assert!(!files.is_empty(), "there is a file to read");
        let open = |file: &&Path| {
            let stream = opening::open(file, limits)?;
            Ok(Source { stream, waiting: None, ended: false })
        };
        let sources = files.iter().map(open).collect::<Result<Vec<_>, DataError>>()?;
        Ok(Self { decoder, sources, current: 0, out: Out::new(scale), ended: false })
    }

    /// The machine that understands the frames.
    #[must_use]
    pub const fn decoder(&self) -> &D {
        &self.decoder
    }

    /// Whether a recording was cut in the middle, and the limits let that pass.
    #[must_use]
    pub fn was_cut(&self) -> bool {
        self.sources.iter().any(|source| source.stream.was_cut())
    }

    fn read(&mut self) -> Result<Option<Record>, DataError> {
        loop {
            if let Some(record) = self.out.records.pop_front() {
                self.out.count.given += 1;
                return Ok(Some(record));
            }
            if self.ended {
                return Ok(None);
            }
            self.advance()?;
            if let Some(last) = self.out.records.back_mut() {
                last.flags = last.flags.and(Flags::LAST);
            }
            self.out.count.rounded = self.out.ruler.rounded;
        }
    }

    /// Takes in the frame that was heard first of all that wait, or ends.
    fn advance(&mut self) -> Result<(), DataError> {
        for place in 0..self.sources.len() {
            while self.sources[place].waiting.is_none() && !self.sources[place].ended {
                self.fill(place)?;
                if !self.out.records.is_empty() {
                    return Ok(());
                }
            }
        }
        let waiting = self.sources.iter().enumerate();
        let waiting = waiting.filter_map(|(place, source)| Some((source.waiting?, place)));
        let Some((_, place)) = waiting.min() else {
            self.ended = true;
            let stream = &self.sources[self.current].stream;
            let told = self.decoder.end(&mut self.out);
            return told.map_err(|Refusal(fault)| fault.at(stream.file(), stream.line_number()));
        };
        self.current = place;
        let source = &mut self.sources[place];
        let heard = source.waiting.take();
        let at = |fault: Fault| fault.at(source.stream.file(), source.stream.line_number());
        let line = lines::read(source.stream.line()).map_err(at)?;
        let (bytes, url) = match line {
            Line::Frame { frame, .. } => (frame, None),
            Line::Answer { url, frame, .. } => (frame, Some(url)),
            _ => unreachable!("only frames wait"),
        };
        let frame = Frame { bytes, heard, url };
        let told = self.decoder.hear(&frame, &mut self.out);
        told.map_err(|Refusal(fault)| {
            self.out.records.clear();
            at(fault)
        })
    }

    /// Moves a source to its next line, and takes that in unless it is a frame with a time.
    fn fill(&mut self, place: usize) -> Result<(), DataError> {
        let source = &mut self.sources[place];
        if !source.stream.next_line()? {
            source.ended = true;
            return Ok(());
        }
        self.current = place;
        self.out.count.read += 1;
        let at = |fault: Fault| fault.at(source.stream.file(), source.stream.line_number());
        match lines::read(source.stream.line()).map_err(at)? {
            Line::Frame { heard: Some(heard), .. } | Line::Answer { heard, .. } => {
                source.waiting = Some(heard);
            }
            Line::Frame { heard: None, frame } => {
                let frame = Frame { bytes: frame, heard: None, url: None };
                let told = self.decoder.hear(&frame, &mut self.out);
                return told.map_err(|Refusal(fault)| {
                    self.out.records.clear();
                    at(fault)
                });
            }
            Line::Sent { .. } => self.out.skip("sent by the client"),
            Line::Connected { .. } => {
                self.decoder.connected(&mut self.out);
                self.out.skip("a connection");
            }
            Line::Settings => self.out.skip("settings of the recorder"),
            Line::Blank => self.out.skip("an empty line"),
        }
        Ok(())
    }
}

impl<D: Decode> Iterator for Capture<D> {
    type Item = Result<Record, DataError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.ended && self.out.records.is_empty() {
            return None;
        }
        let next = self.read().transpose();
        if matches!(next, Some(Err(_))) {
            self.ended = true;
            self.out.records.clear();
        }
        next
    }
}

impl<D: Decode> Records for Capture<D> {
    fn file(&self) -> &Path {
        self.sources[self.current].stream.file()
    }

    fn stands_at(&self) -> u64 {
        self.sources[self.current].stream.line_number()
    }

    fn symbols(&self) -> &Symbols {
        &self.out.symbols
    }

    fn clock(&self) -> Clock {
        Clock::Utc
    }

    fn so_far(&self) -> &Count {
        &self.out.count
    }
}
