//! What a recording holds, line by line, without understanding its messages.

use super::lines::{self, Line};
use crate::error::DataError;
use crate::opening::{self, Limits};
use crate::record::Moment;
use serde::de::IgnoredAny;
use std::path::Path;

/// The lines of a recording by their sort.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Survey {
    /// All lines.
    pub lines: u64,
    /// Frames that came over the wire.
    pub frames: u64,
    /// Answers to requests.
    pub answers: u64,
    /// Frames that the client sent.
    pub sent: u64,
    /// Connections made.
    pub connections: u64,
    /// What the recorder was told.
    pub settings: u64,
    /// Empty lines.
    pub blank: u64,
    /// Frames, answers and what was sent that are no JSON.
    pub broken: u64,
    /// Frames whose time is before that of the one before them: the recorder's clock was set back.
    pub backwards: u64,
    /// When the first frame came or went.
    pub first: Option<Moment>,
    /// When the last did.
    pub last: Option<Moment>,
    /// Whether the file was cut in the middle, and the limits let that pass.
    pub cut: bool,
}

/// Looks through `file`.
///
/// # Errors
///
/// When it cannot be opened or read, or a line is of no form that a recorder writes.
pub fn survey(file: &Path, limits: Limits) -> Result<Survey, DataError> {
    let mut stream = opening::open(file, limits)?;
    let mut found = Survey::default();
    while stream.next_line()? {
        found.lines += 1;
        let line = lines::read(stream.line());
        match line.map_err(|fault| fault.at(stream.file(), stream.line_number()))? {
            Line::Frame { heard, frame } => {
                found.frames += 1;
                found.hear(heard, frame);
            }
            Line::Answer { heard, frame, .. } => {
                found.answers += 1;
                found.hear(Some(heard), frame);
            }
            Line::Sent { at, frame } => {
                found.sent += 1;
                found.hear(Some(at), frame);
            }
            Line::Connected { .. } => found.connections += 1,
            Line::Settings => found.settings += 1,
            Line::Blank => found.blank += 1,
        }
    }
    found.cut = stream.was_cut();
    Ok(found)
}

impl Survey {
    fn hear(&mut self, heard: Option<Moment>, frame: &[u8]) {
        self.broken += u64::from(!is_json(frame));
        if let Some(heard) = heard {
            self.backwards += u64::from(self.last.is_some_and(|last| heard < last));
            self.first = self.first.or(Some(heard));
            self.last = Some(heard);
        }
    }
}

fn is_json(frame: &[u8]) -> bool {
    serde_json::from_slice::<IgnoredAny>(frame).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_counted_by_their_sort() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("recording");
        let text = "wss://x <-> 1618678132.5\nwss://x <- 1618678132.5: {\"a\":1}\n\
                    1618678133.5: {\"a\":1}\n1618678132.7: {\"a\"\n\
                    https://x -> 1618678134.5: []\nconfiguration: {}\n\n";
        std::fs::write(&file, text).unwrap();
        let found = survey(&file, Limits::default()).unwrap();
        let expected = Survey {
            lines: 7,
            frames: 2,
            answers: 1,
            sent: 1,
            connections: 1,
            settings: 1,
            blank: 1,
            broken: 1,
            backwards: 1,
            first: Some(Moment(1_618_678_132_500_000_000)),
            last: Some(Moment(1_618_678_134_500_000_000)),
            cut: false,
        };
        assert_eq!(found, expected);
        std::fs::write(&file, "1618678133.5: {}\nwhat\n").unwrap();
        let said = survey(&file, Limits::default()).unwrap_err().to_string();
        assert!(said.contains("line 2, line: found \"what\""), "{said}");
    }
}
