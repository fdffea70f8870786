//! History: what was asked, what came of it, and the same again from the journal.

use crate::kernel::{Observer, Seen};
use crate::view::Board;
use pitfloor_exchange::{Digest, EventDigest, Exchange, JournalDigest};
use pitfloor_model::canon::Canon;
use pitfloor_model::command::Stamped;
use pitfloor_model::event::Event;
use pitfloor_model::instrument::Venue;
use pitfloor_model::units::{Span, Time};
use std::sync::Arc;
use thiserror::Error;

/// Counts and digests of a history: what two runs have in common when they are the same run.
#[derive(Clone, Debug, Default)]
pub struct Tally {
    /// Commands seen.
    pub commands: u64,
    /// Events they caused.
    pub events: u64,
    /// Trades among those.
    pub trades: u64,
    digest: EventDigest,
    journal: JournalDigest,
}

/// A journal in memory.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Journal(pub Vec<Stamped>);

/// A journal that is not one history.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum BrokenHistory {
    /// A command is missing or out of place.
    #[error("command {found} stands where command {expected} should")]
    Gap {
        /// The number that was due.
        expected: u64,
        /// The number that was there.
        found: u64,
    },
    /// Time runs backwards.
    #[error("command {seq} is stamped {found}, before {before}, the moment of the one before it")]
    Backwards {
        /// Which command.
        seq: u64,
        /// Its moment.
        found: Time,
        /// The moment of the one before.
        before: Time,
    },
}

/// A market rebuilt from its journal.
#[derive(Clone, Debug)]
pub struct Replay {
    exchange: Exchange,
    board: Board,
    next: u64,
    events: Vec<Event>,
    bytes: Vec<u8>,
}

impl Tally {
    /// Of nothing yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a step.
    pub fn add(&mut self, stamped: &Stamped, events: &[Event]) {
        self.count(stamped, events);
        self.journal.fold(stamped);
    }

    fn count(&mut self, stamped: &Stamped, events: &[Event]) {
        self.commands += 1;
        self.events += events.len() as u64;
        self.trades += events.iter().filter(|event| event.is_trade()).count() as u64;
        self.digest.fold(stamped, events);
    }

    /// The digest of all events, with their place in the order.
    #[must_use]
    pub fn digest(&self) -> Digest {
        self.digest.finish()
    }

    /// The digest of all commands, with their place in the order.
    #[must_use]
    pub fn journal_digest(&self) -> Digest {
        self.journal.finish()
    }
}

impl Observer for Tally {
    fn saw(&mut self, seen: &Seen<'_>) {
        self.count(seen.stamped, seen.events);
        self.journal.fold_written(seen.bytes);
    }
}

impl Observer for Journal {
    fn saw(&mut self, seen: &Seen<'_>) {
        self.0.push(seen.stamped.clone());
    }
}

impl Replay {
    /// The venue before its first command.
    #[must_use]
    pub fn new(venue: Arc<Venue>) -> Self {
        let board = Board::new(venue.instruments().len(), Span::ZERO);
        let (events, bytes) = (Vec::new(), Vec::new());
        Self { exchange: Exchange::new(venue), board, next: 0, events, bytes }
    }

    /// Applies the next command of the journal.
    ///
    /// # Errors
    ///
    /// When it is not the next one. Nothing has changed then.
    pub fn step(
        &mut self,
        stamped: &Stamped,
        observer: &mut dyn Observer,
    ) -> Result<(), BrokenHistory> {
        let (expected, found) = (self.next, stamped.seq);
        if expected != found {
            return Err(BrokenHistory::Gap { expected, found });
        }
        let before = self.exchange.now();
        if stamped.at < before {
            return Err(BrokenHistory::Backwards { seq: found, found: stamped.at, before });
        }
        self.next += 1;
        self.events.clear();
        self.exchange.apply(stamped, &mut self.events);
        self.board.see(stamped, &self.events);
        self.bytes.clear();
        stamped.write(&mut self.bytes);
        let Self { events, bytes, board, .. } = self;
        observer.saw(&Seen { stamped, bytes, events, board });
        Ok(())
    }

    /// Applies a whole journal.
    ///
    /// # Errors
    ///
    /// When it is not one history; everything before the break has been applied.
    pub fn all<'a>(
        &mut self,
        journal: impl IntoIterator<Item = &'a Stamped>,
        observer: &mut dyn Observer,
    ) -> Result<(), BrokenHistory> {
        journal.into_iter().try_for_each(|stamped| self.step(stamped, observer))
    }

    /// The market as it is now.
    #[must_use]
    pub const fn exchange(&self) -> &Exchange {
        &self.exchange
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use pitfloor_model::command::Command;
    use pitfloor_model::event::Credit;
    use pitfloor_model::units::AccountId;

    /// A tally of the same answer at another place, another moment, or twice, is another tally.
    #[test]
    fn a_tally_knows_place_moment_and_number() {
        let tally = |steps: &[(u64, u64)]| {
            let mut tally = Tally::new();
            for (seq, at) in steps {
                let (account, credit) = (AccountId(0), Credit::None);
                let command = Command::OpenAccount { account, credit };
                let stamped = Stamped { seq: *seq, at: Time(*at), command };
                tally.add(&stamped, &[Event::AccountOpened { account, credit }]);
            }
            tally
        };
        let one = tally(&[(0, 5)]);
        assert_eq!((one.commands, one.events, one.trades), (1, 1, 0));
        assert_eq!(one.digest(), tally(&[(0, 5)]).digest());
        for other in [tally(&[]), tally(&[(1, 5)]), tally(&[(0, 6)]), tally(&[(0, 5), (1, 5)])] {
            assert_ne!(one.digest(), other.digest());
            assert_ne!(one.journal_digest(), other.journal_digest());
        }
    }
}
