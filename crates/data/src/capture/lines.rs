//! A line of a recording, in any of the forms that recorders write.
//!
//! * `1723161253937085768 {…}`: nanoseconds and the frame;
//! * `1618678132.83097: {…}`: seconds and the frame; with `URL <- ` before it, what the client sent; with
//!   `URL -> ` before it, an answer to a request over HTTP; `URL <-> seconds` is a connection;
//! * `{…}` or `[…]`: a frame alone.

use super::{epoch, seconds, shown};
use crate::error::Fault;
use crate::record::Moment;

/// What a line is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Line<'a> {
    /// A frame that came over the wire.
    Frame {
        /// When, where the recorder noted it.
        heard: Option<Moment>,
        /// The frame.
        frame: &'a [u8],
    },
    /// An answer to a request.
    Answer {
        /// To which.
        url: &'a str,
        /// When it came.
        heard: Moment,
        /// The answer.
        frame: &'a [u8],
    },
    /// What the client sent.
    Sent {
        /// When.
        at: Moment,
        /// What.
        frame: &'a [u8],
    },
    /// A connection was made.
    Connected {
        /// To whom.
        url: &'a str,
        /// When.
        at: Moment,
    },
    /// What the recorder was told to record.
    Settings,
    /// Nothing.
    Blank,
}

/// What `text` is.
///
/// # Errors
///
/// When it is none of the forms.
pub(crate) fn read(text: &[u8]) -> Result<Line<'_>, Fault> {
    match text.first() {
        None => Ok(Line::Blank),
        Some(b'{' | b'[') => Ok(Line::Frame { heard: None, frame: text }),
        Some(b'0'..=b'9') => {
            let (heard, frame) = stamped(text)?;
            Ok(Line::Frame { heard: Some(heard), frame })
        }
        Some(_) => told(text),
    }
}

/// A time and what follows it.
fn stamped(text: &[u8]) -> Result<(Moment, &[u8]), Fault> {
    let end = text.iter().position(|byte| matches!(byte, b' ' | b':')).unwrap_or(text.len());
    let time = str::from_utf8(&text[..end]).map_err(|_| unknown(text))?;
    match &text[end..] {
        [b' ', frame @ ..] => Ok((epoch("local time", time)?, frame)),
        [b':', b' ', frame @ ..] => Ok((seconds("local time", time)?, frame)),
        _ => Err(unknown(text)),
    }
}

/// A line that begins with a word: of a connection, or of the recorder itself.
fn told(text: &[u8]) -> Result<Line<'_>, Fault> {
    if text.starts_with(b"configuration: ") {
        return Ok(Line::Settings);
    }
    let end = text.iter().position(|byte| *byte == b' ').ok_or_else(|| unknown(text))?;
    let url = str::from_utf8(&text[..end]).map_err(|_| unknown(text))?;
    let rest = &text[end..];
    if let Some(time) = rest.strip_prefix(b" <-> ") {
        let time = str::from_utf8(time).map_err(|_| unknown(text))?;
        return Ok(Line::Connected { url, at: seconds("local time", time)? });
    }
    if let Some(sent) = rest.strip_prefix(b" <- ") {
        let (at, frame) = stamped(sent)?;
        return Ok(Line::Sent { at, frame });
    }
    if let Some(answer) = rest.strip_prefix(b" -> ") {
        let (heard, frame) = stamped(answer)?;
        return Ok(Line::Answer { url, heard, frame });
    }
    Err(unknown(text))
}

fn unknown(text: &[u8]) -> Fault {
    let head = String::from_utf8_lossy(&text[..text.len().min(200)]);
    Fault::new("line", shown(&head), "a time and a frame, as a recorder writes them")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_is_known() {
        let at = Moment(1_618_678_132_500_000_000);
        let frame = &b"{\"a\":1}"[..];
        for (text, line) in [
            ("1618678132500000000 {\"a\":1}", Line::Frame { heard: Some(at), frame }),
            ("1618678132.5: {\"a\":1}", Line::Frame { heard: Some(at), frame }),
            ("{\"a\":1}", Line::Frame { heard: None, frame }),
            ("wss://x/?a=b <- 1618678132.5: {\"a\":1}", Line::Sent { at, frame }),
            (
                "https://x/?symbol=A -> 1618678132.5: {\"a\":1}",
                Line::Answer { url: "https://x/?symbol=A", heard: at, frame },
            ),
            ("wss://x <-> 1618678132.5", Line::Connected { url: "wss://x", at }),
            ("configuration: {}", Line::Settings),
            ("", Line::Blank),
        ] {
            assert_eq!(read(text.as_bytes()).unwrap(), line, "{text}");
        }
    }

    #[test]
    fn what_is_none_of_them_is_refused() {
        for text in [
            "time,price",
            "wss://x",
            "wss://x => 1618678132.5: {}",
            "wss://x <-> then",
            "1618678132.5 {}",
            "1618678132500000000: {}",
            "1618678132.5:{}",
            "161867813250 {}",
            "99",
            "wss://x <- {}",
        ] {
            let fault = read(text.as_bytes()).unwrap_err();
            assert!(["line", "local time"].contains(&fault.field.as_ref()), "{text}: {fault:?}");
        }
        assert!(read(b"\xff\xfe {}").is_err());
    }
}
