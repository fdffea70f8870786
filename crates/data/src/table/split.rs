//! Lines of CSV as cells: quotes, doubled quotes, and cells that go on in the next line (RFC 4180).

use crate::error::{DataError, Fault};
use crate::opening::Stream;

/// The cells of one row.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Row {
    bytes: Vec<u8>,
    /// Where each cell ends in `bytes`.
    ends: Vec<usize>,
}

/// The most cells of a row.
pub const CELLS_MAX: usize = 1 << 14;

/// The longest row in bytes, where cells go on over several lines.
const ROW_BYTES_MAX: usize = 1 << 20;

impl Row {
    /// How many cells there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// A cell, without its quotes and without white space around it.
    #[must_use]
    pub fn cell(&self, place: usize) -> Option<&[u8]> {
        let end = *self.ends.get(place)?;
        let start = if place == 0 { 0 } else { self.ends[place - 1] };
        Some(self.bytes[start..end].trim_ascii())
    }

    /// Reads the next row; false at the end. Lines without anything are passed over.
    ///
    /// # Errors
    ///
    /// When the file cannot be read, a quote is not closed, stands where none can, or the row is too large.
    pub fn read(&mut self, stream: &mut Stream) -> Result<bool, DataError> {
        self.bytes.clear();
        self.ends.clear();
        loop {
            if !stream.next_line()? {
                return Ok(false);
            }
            if !stream.line().is_empty() {
                break;
            }
        }
        let first = stream.line_number();
        let mut state = State::Start;
        loop {
            let done = self.add(stream.line(), &mut state);
            let done = done.map_err(|fault| fault.at(stream.file(), first))?;
            if done {
                return Ok(true);
            }
            if self.bytes.len() > ROW_BYTES_MAX {
                let expected = format!("at most {ROW_BYTES_MAX} bytes");
                let fault = Fault::new("row", format!("{} bytes", self.bytes.len()), expected);
                return Err(fault.at(stream.file(), first));
            }
            self.bytes.push(b'\n');
            if !stream.next_line()? {
                let fault = Fault::new("quote", "the end of the file", "its end");
                return Err(fault.at(stream.file(), first));
            }
        }
    }

    /// Adds the cells of a line; false where a quote is open at its end.
    fn add(&mut self, line: &[u8], state: &mut State) -> Result<bool, Fault> {
        if *state == State::Start && !line.contains(&b'"') {
            for cell in line.split(|byte| *byte == b',') {
                self.bytes.extend_from_slice(cell);
                self.ends.push(self.bytes.len());
            }
            return self.few().map(|()| true);
        }
        for byte in line {
            *state = match (*state, byte) {
                (State::Start, b'"') => State::Quoted,
                (State::Start | State::Bare | State::Closed, b',') => {
                    self.ends.push(self.bytes.len());
                    State::Start
                }
                (State::Start | State::Bare, b) => {
                    self.bytes.push(*b);
                    // White space before a quote is no cell yet.
                    if *state == State::Start && *b == b' ' { State::Start } else { State::Bare }
                }
                (State::Quoted, b'"') => State::Closed,
                (State::Quoted, b) => {
                    self.bytes.push(*b);
                    State::Quoted
                }
                (State::Closed, b'"') => {
                    self.bytes.push(b'"');
                    State::Quoted
                }
                (State::Closed, b' ') => State::Closed,
                (State::Closed, b) => {
                    let found = format!("\"{}\" behind the end of one", [*b].escape_ascii());
                    return Err(Fault::new("quote", found, "a comma"));
                }
            };
        }
        if *state == State::Quoted {
            return Ok(false);
        }
        self.ends.push(self.bytes.len());
        self.few().map(|()| true)
    }

    fn few(&self) -> Result<(), Fault> {
        if self.ends.len() > CELLS_MAX {
            let found = format!("{} cells", self.ends.len());
            return Err(Fault::new("row", found, format!("at most {CELLS_MAX}")));
        }
        Ok(())
    }
}

/// Where in a cell the reader is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Start,
    Bare,
    Quoted,
    Closed,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::opening::{Limits, open};

    fn rows(text: &str) -> Result<Vec<Vec<String>>, String> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("t.csv");
        std::fs::write(&path, text).unwrap();
        let mut stream = open(&path, Limits::default()).unwrap();
        let (mut row, mut all) = (Row::default(), Vec::new());
        loop {
            match row.read(&mut stream) {
                Ok(false) => return Ok(all),
                Ok(true) => {
                    let cell = |at| String::from_utf8(row.cell(at).unwrap().to_vec()).unwrap();
                    all.push((0..row.len()).map(cell).collect());
                }
                Err(error) => {
                    return Err(error.to_string().replace(path.to_str().unwrap(), "t.csv"));
                }
            }
        }
    }

    #[test]
    fn cells_may_be_quoted_and_go_on() {
        let text = "a,b\n\n\"x, y\",\"say \"\"hi\"\"\"\n \"1\" ,2\n\"two\nlines\",\n,\n";
        let expected =
            [["a", "b"], ["x, y", "say \"hi\""], ["1", "2"], ["two\nlines", ""], ["", ""]];
        assert_eq!(rows(text).unwrap(), expected);
    }

    #[test]
    fn a_quote_that_does_not_end_is_named() {
        let said = rows("a,b\n1,\"2\n3,4\n").unwrap_err();
        assert_eq!(said, "t.csv: line 2, quote: found the end of the file, expected its end");
        let said = rows("\"a\"b,1\n").unwrap_err();
        assert_eq!(
            said,
            "t.csv: line 1, quote: found \"b\" behind the end of one, expected a comma"
        );
        let many = ",".repeat(CELLS_MAX);
        assert!(
            rows(&many).unwrap_err().contains("row: found 16385 cells, expected at most 16384")
        );
    }
}
