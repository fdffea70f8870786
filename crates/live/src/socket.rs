//! The bytes of a WebSocket, without a socket: what came goes in, frames come out, and the other way.
//!
//! It begins behind the handshake. Pings are answered here, in their own words, before anybody else
//! could be late with it; [`Frame::Pong`]s that an adapter sends are therefore not sent a second time.

use crate::adapter::{Frame, Loss};
use std::io::{self, Read, Write};
use tungstenite::protocol::frame::coding::{Data, OpCode};
use tungstenite::protocol::{Role, WebSocketConfig};
use tungstenite::{Error, Message, WebSocket};

/// One end of a connection.
#[derive(Debug)]
pub struct Socket {
    ws: WebSocket<Pipe>,
    edge: Edge,
    over: bool,
}

/// What came and was not read, and what is to go.
#[derive(Debug, Default)]
struct Pipe {
    came: Vec<u8>,
    read: usize,
    to_go: Vec<u8>,
}

/// Where in a frame the bytes that came so far end.
#[derive(Debug, Default)]
struct Edge {
    head: Vec<u8>,
    left: u64,
    /// A message has begun whose last fragment has not come.
    open: bool,
}

impl Socket {
    /// The end that called; it takes frames of up to `frame_bytes_max`.
    #[must_use]
    pub fn caller(frame_bytes_max: usize) -> Self {
        Self::new(Role::Client, frame_bytes_max)
    }

    /// The end that was called.
    #[must_use]
    pub fn called(frame_bytes_max: usize) -> Self {
        Self::new(Role::Server, frame_bytes_max)
    }

    fn new(role: Role, frame_bytes_max: usize) -> Self {
        let most = Some(frame_bytes_max);
        let config = WebSocketConfig::default().max_message_size(most).max_frame_size(most);
        let ws = WebSocket::from_raw_socket(Pipe::default(), role, Some(config));
        Self { ws, edge: Edge::default(), over: false }
    }

    /// Takes bytes that came and appends the frames that are whole now. How it ends is said once.
    pub fn feed(&mut self, bytes: &[u8], out: &mut Vec<Result<Frame, Loss>>) {
        if self.over {
            return;
        }
        self.edge.pass(bytes);
        self.ws.get_mut().came.extend_from_slice(bytes);
        loop {
            match self.ws.read() {
                Ok(Message::Text(text)) => out.push(Ok(Frame::Text(text.as_bytes().to_vec()))),
                Ok(Message::Binary(bytes)) => out.push(Ok(Frame::Binary(bytes.to_vec()))),
                Ok(Message::Ping(bytes)) => out.push(Ok(Frame::Ping(bytes.to_vec()))),
                Ok(Message::Pong(bytes)) => out.push(Ok(Frame::Pong(bytes.to_vec()))),
                Ok(Message::Close(frame)) => {
                    let code = frame.as_ref().map(|frame| frame.code.into());
                    let reason = frame.map_or_else(String::new, |f| f.reason.as_str().to_owned());
                    return self.end(Loss { code, reason, partial: false }, out);
                }
                Ok(Message::Frame(_)) => {}
                Err(Error::Io(error)) if error.kind() == io::ErrorKind::WouldBlock => break,
                Err(error) => {
                    let partial = self.edge.inside();
                    return self.end(Loss { code: None, reason: error.to_string(), partial }, out);
                }
            }
        }
        // What an answer to a ping needs; a full pipe cannot happen.
        let _ = self.ws.flush();
    }

    fn end(&mut self, loss: Loss, out: &mut Vec<Result<Frame, Loss>>) {
        let _ = self.ws.flush();
        self.over = true;
        out.push(Err(loss));
    }

    /// Writes `frame` to what is to go; false where the connection takes nothing any more.
    pub fn send(&mut self, frame: &Frame) -> bool {
        let message = match frame {
            Frame::Text(bytes) => match std::str::from_utf8(bytes) {
                Ok(text) => Message::text(text),
                Err(_) => return false,
            },
            Frame::Binary(bytes) => Message::binary(bytes.clone()),
            Frame::Ping(bytes) => Message::Ping(bytes.clone().into()),
            Frame::Pong(_) => return !self.over,
        };
        !self.over && self.ws.send(message).is_ok()
    }

    /// Writes `frame` in fragments of `size` bytes.
    pub fn send_in_parts(&mut self, frame: &Frame, size: usize) -> bool {
        let parts = frame.bytes().chunks(size.max(1)).collect::<Vec<_>>();
        let first = if matches!(frame, Frame::Text(_)) { Data::Text } else { Data::Binary };
        let last = parts.len().saturating_sub(1);
        parts.into_iter().enumerate().all(|(place, part)| {
            let data = if place == 0 { first } else { Data::Continue };
            let (code, fin) = (OpCode::Data(data), place == last);
            let part = tungstenite::protocol::frame::Frame::message(part.to_vec(), code, fin);
            self.ws.send(Message::Frame(part)).is_ok()
        })
    }

    /// Takes the bytes that are to go.
    pub fn take(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.ws.get_mut().to_go)
    }

    /// The connection under it broke for this reason.
    #[must_use]
    pub fn broke(&mut self, reason: &str) -> Loss {
        self.over = true;
        Loss { code: None, reason: reason.to_owned(), partial: self.edge.inside() }
    }
}

impl Edge {
    /// Whether the bytes so far end inside a message.
    fn inside(&self) -> bool {
        self.open || self.left > 0 || !self.head.is_empty()
    }

    fn pass(&mut self, mut bytes: &[u8]) {
        while let Some((first, rest)) = bytes.split_first() {
            if self.left > 0 {
                let passed = self.left.min(bytes.len() as u64);
                self.left -= passed;
                bytes = &bytes[passed as usize..];
                continue;
            }
            self.head.push(*first);
            bytes = rest;
            if let Some(length) = self.length() {
                // Control frames come between the fragments of a message and are not part of it.
                if self.head[0] & 0x08 == 0 {
                    self.open = self.head[0] & 0x80 == 0;
                }
                self.left = length;
                self.head.clear();
            }
        }
    }

    /// How many bytes follow the head, once it is whole.
    fn length(&self) -> Option<u64> {
        let second = *self.head.get(1)?;
        let wide = match second & 0x7f {
            126 => 2,
            127 => 8,
            _ => 0,
        };
        let mask = if second & 0x80 == 0 { 0 } else { 4 };
        if self.head.len() < 2 + wide + mask {
            return None;
        }
        if wide == 0 {
            return Some(u64::from(second & 0x7f));
        }
        let length = self.head[2..2 + wide].iter();
        Some(length.fold(0, |sum, byte| sum << 8 | u64::from(*byte)))
    }
}

impl Read for Pipe {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let waiting = &self.came[self.read..];
        if waiting.is_empty() {
            return Err(io::ErrorKind::WouldBlock.into());
        }
        let count = waiting.len().min(into.len());
        into[..count].copy_from_slice(&waiting[..count]);
        self.read += count;
        if self.read == self.came.len() {
            self.came.clear();
            self.read = 0;
        }
        Ok(count)
    }
}

impl Write for Pipe {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.to_go.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const MOST: usize = 1 << 20;

    fn text(words: &str) -> Frame {
        Frame::Text(words.as_bytes().to_vec())
    }

    #[test]
    fn a_message_in_fragments_of_one_byte_is_one_frame() {
        let (mut here, mut there) = (Socket::caller(MOST), Socket::called(MOST));
        let frame = text(&"[{\"T\":\"t\"}]".repeat(500));
        assert!(there.send_in_parts(&frame, 1));
        let bytes = there.take();
        let mut out = Vec::new();
        for byte in &bytes[..bytes.len() - 1] {
            here.feed(&[*byte], &mut out);
            assert!(here.edge.inside() && out.is_empty(), "not before its last byte");
        }
        here.feed(&bytes[bytes.len() - 1..], &mut out);
        assert_eq!(out, [Ok(frame)]);
        assert!(!here.edge.inside());
    }

    #[test]
    fn pings_are_answered_and_the_end_is_told_with_its_code() {
        let (mut here, mut there) = (Socket::caller(MOST), Socket::called(MOST));
        assert!(there.send(&Frame::Ping(b"77".to_vec())));
        let mut out = Vec::new();
        here.feed(&there.take(), &mut out);
        assert_eq!(out, [Ok(Frame::Ping(b"77".to_vec()))]);
        assert!(here.send(&Frame::Pong(b"77".to_vec())));
        out.clear();
        there.feed(&here.take(), &mut out);
        assert_eq!(out, [Ok(Frame::Pong(b"77".to_vec()))], "once");
        let close = tungstenite::protocol::CloseFrame { code: 1008.into(), reason: "slow".into() };
        there.ws.close(Some(close)).unwrap();
        out.clear();
        here.feed(&there.take(), &mut out);
        let loss = Loss { code: Some(1008), reason: "slow".to_owned(), partial: false };
        assert_eq!(out, [Err(loss)]);
    }

    #[test]
    fn a_frame_that_breaks_off_is_known_to_be_partial() {
        let (mut here, mut there) = (Socket::caller(MOST), Socket::called(MOST));
        assert!(there.send(&text("whole")) && there.send(&text("half")));
        let bytes = there.take();
        let mut out = Vec::new();
        here.feed(&bytes[..7], &mut out);
        assert_eq!(out, [Ok(text("whole"))]);
        assert!(!here.broke("reset").partial);
        let mut here = Socket::caller(MOST);
        here.feed(&bytes[..10], &mut out);
        assert!(here.broke("reset").partial);
    }

    #[test]
    fn a_frame_that_is_too_long_or_no_text_ends_it() {
        let (mut here, mut there) = (Socket::caller(1_000), Socket::called(MOST));
        assert!(there.send(&Frame::Binary(vec![0; 1_001])));
        let mut out = Vec::new();
        here.feed(&there.take(), &mut out);
        assert!(matches!(&out[..], [Err(loss)] if loss.reason.contains("1001")), "{out:?}");
        let mut here = Socket::caller(1_000);
        out.clear();
        here.feed(&[0x81, 2, 0xff, 0xfe], &mut out);
        assert!(matches!(&out[..], [Err(_)]), "{out:?}");
    }

    proptest! {
        #[test]
        fn frames_split_anywhere_arrive_whole(words in prop::collection::vec("[a-z]{0,300}", 1..8),
            cuts in prop::collection::vec(1..200_usize, 1..9)) {
            let (mut here, mut there) = (Socket::caller(MOST), Socket::called(MOST));
            for word in &words {
                prop_assert!(there.send(&text(word)));
            }
            let bytes = there.take();
            let (mut rest, mut out) = (&bytes[..], Vec::new());
            for cut in cuts.iter().cycle() {
                let (part, behind) = rest.split_at(rest.len().min(*cut));
                here.feed(part, &mut out);
                rest = behind;
                if rest.is_empty() { break }
            }
            let wanted = words.iter().map(|word| Ok(text(word))).collect::<Vec<_>>();
            prop_assert_eq!(out, wanted);
        }

        #[test]
        fn no_bytes_panic(bytes in prop::collection::vec(any::<u8>(), 0..500), cut in 1..50_usize) {
            let (mut here, mut out) = (Socket::caller(MOST), Vec::new());
            bytes.chunks(cut).for_each(|part| here.feed(part, &mut out));
            prop_assert!(out.iter().filter(|frame| frame.is_err()).count() <= 1);
        }
    }
}
