//! One number for a whole history: BLAKE3 over the byte form of what happened.
//!
//! Two runs with equal digests are the same run, event for event. The digest covers the sequence
//! number and time of each command and every event it caused, in the form of
//! [`pitfloor_model::canon`]; it does not depend on the machine, the build or the pace.

use pitfloor_model::canon::Canon;
use pitfloor_model::command::Stamped;
use pitfloor_model::event::Event;
use std::fmt;

/// 256 bits that stand for a history.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Digest(pub [u8; 32]);

/// A digest in the making, of commands' places in history and the events they caused.
#[derive(Clone, Debug, Default)]
pub struct EventDigest(Folded);

/// A digest in the making, of the commands themselves: what a journal holds.
#[derive(Clone, Debug, Default)]
pub struct JournalDigest(Folded);

/// Bytes on their way into the hash, which is fast on long stretches and slow on short ones.
#[derive(Clone, Debug, Default)]
struct Folded {
    hasher: blake3::Hasher,
    waiting: Vec<u8>,
}

/// How many bytes wait before they are hashed together.
const STRETCH: usize = 1 << 16;

impl EventDigest {
    /// The digest of no history at all.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a command's place in history and the events it caused.
    pub fn fold(&mut self, stamped: &Stamped, events: &[Event]) {
        let out = &mut self.0.waiting;
        let mut place = [0; 24];
        let numbers = [stamped.seq, stamped.at.0, events.len() as u64];
        for (bytes, number) in place.chunks_exact_mut(8).zip(numbers) {
            bytes.copy_from_slice(&number.to_le_bytes());
        }
        out.extend_from_slice(&place);
        for event in events {
            event.write(out);
        }
        self.0.hash_long();
    }

    /// The digest of everything folded so far.
    #[must_use]
    pub fn finish(&self) -> Digest {
        self.0.finish()
    }
}

impl JournalDigest {
    /// The digest of an empty journal.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a command with its place in history.
    pub fn fold(&mut self, stamped: &Stamped) {
        stamped.write(&mut self.0.waiting);
        self.0.hash_long();
    }

    /// The same, for a command whose bytes are written already.
    pub fn fold_written(&mut self, bytes: &[u8]) {
        self.0.waiting.extend_from_slice(bytes);
        self.0.hash_long();
    }

    /// The digest of everything folded so far.
    #[must_use]
    pub fn finish(&self) -> Digest {
        self.0.finish()
    }
}

impl Folded {
    fn hash_long(&mut self) {
        if self.waiting.len() >= STRETCH {
            self.hasher.update(&self.waiting);
            self.waiting.clear();
        }
    }

    fn finish(&self) -> Digest {
        let mut hasher = self.hasher.clone();
        Digest(*hasher.update(&self.waiting).finalize().as_bytes())
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use pitfloor_model::command::Command;
    use pitfloor_model::event::Reject;
    use pitfloor_model::units::{AccountId, OrderId, OrderKey, Time};

    fn refused(seq: u64, at: u64) -> (Stamped, [Event; 1]) {
        let key = OrderKey::new(AccountId(1), OrderId(seq));
        let stamped = Stamped { seq, at: Time(at), command: Command::Cancel { key } };
        (stamped, [Event::Rejected { key, why: Reject::UnknownAccount }])
    }

    /// The hash has a name and a fixed input, so its value is the same on every machine for ever.
    #[test]
    fn the_digest_of_a_known_history_is_frozen() {
        let empty = EventDigest::new().finish().to_string();
        assert_eq!(empty, "af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262");
        let (stamped, events) = refused(1, 2);
        let mut digest = EventDigest::new();
        digest.fold(&stamped, &events);
        let mut bytes = Vec::new();
        for number in [1_u64, 2, 1] {
            bytes.extend_from_slice(&number.to_le_bytes());
        }
        bytes.extend_from_slice(&[1, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1]);
        assert_eq!(digest.finish().0, *blake3::hash(&bytes).as_bytes());
    }

    #[test]
    fn time_order_and_events_all_count() {
        let of = |history: &[(u64, u64)]| {
            let mut digest = EventDigest::new();
            for (seq, at) in history {
                let (stamped, events) = refused(*seq, *at);
                digest.fold(&stamped, &events);
            }
            digest.finish()
        };
        let plain = of(&[(0, 0), (1, 5)]);
        assert_eq!(plain, of(&[(0, 0), (1, 5)]));
        assert_ne!(plain, of(&[(0, 0), (1, 6)]));
        assert_ne!(plain, of(&[(1, 5), (0, 0)]));
        assert_ne!(plain, of(&[(0, 0)]));
    }

    #[test]
    fn stretches_do_not_show() {
        let mut digest = JournalDigest::new();
        let mut bytes = Vec::new();
        for seq in 0..8_000 {
            let (stamped, _) = refused(seq, seq);
            if seq % 2 == 0 {
                digest.fold(&stamped);
            } else {
                digest.fold_written(&stamped.to_bytes());
            }
            stamped.write(&mut bytes);
        }
        assert!(bytes.len() > 2 * STRETCH);
        assert_eq!(digest.finish().0, *blake3::hash(&bytes).as_bytes());
    }
}
