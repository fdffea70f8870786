//! The Level 2 feed of somebody who keeps the levels already.
//!
//! A host that shows a market to its agents learns from every event what it does to the levels. A
//! [`Relay`] is told that, instead of finding it out once more as a [`Publisher`](crate::publish::Publisher)
//! does; the messages are the same, to the number.

use crate::level2::{LevelChange, Levels};
use crate::publish::{Body, Message, ShownBook, Snapshot, Status, announced};
use crate::tape::Print;
use pitfloor_model::command::Stamped;
use pitfloor_model::event::Event;
use pitfloor_model::units::{InstrumentId, Side};

/// What one of a command's events did to a level.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Learned {
    /// Which of the command's events, from 0.
    pub event: u32,
    /// Whose level.
    pub instrument: InstrumentId,
    /// What happened to it.
    pub change: LevelChange,
}

/// Numbers what others have learned.
#[derive(Clone, Debug)]
pub struct Relay {
    channels: Vec<Channel>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Channel {
    seq: u64,
    status: Status,
}

impl Relay {
    /// A feed of so many instruments, from before the venue's first event on.
    #[must_use]
    pub fn new(instruments: usize) -> Self {
        Self { channels: vec![Channel::default(); instruments] }
    }

    /// Appends to `messages` what the public may know of the `events` that `stamped` caused, whose changes
    /// of levels are `learned`, in order.
    ///
    /// # Panics
    ///
    /// When events are of another venue.
    pub fn publish(
        &mut self,
        stamped: &Stamped,
        events: &[Event],
        learned: &[Learned],
        messages: &mut Vec<Message>,
    ) {
        let mut learned = learned;
        for (number, event) in (0_u32..).zip(events) {
            let more = event.says_more_than_orders();
            if more && let Some(print) = Print::of(stamped, event) {
                self.send(print.instrument, stamped, Body::Trade(print), messages);
            }
            while let [first, rest @ ..] = learned
                && first.event == number
            {
                learned = rest;
                let LevelChange { side, price, after: qty, .. } = first.change;
                self.send(first.instrument, stamped, Body::Level { side, price, qty }, messages);
            }
            if more && let (Some(body), Some(instrument)) = (announced(event), event.instrument()) {
                self.channels[instrument.index()].status.learn(&body);
                self.send(instrument, stamped, body, messages);
            }
        }
    }

    /// The state of `instrument`'s channel, whose levels are `levels`; none when there is no such
    /// instrument.
    #[must_use]
    pub fn snapshot(&self, instrument: InstrumentId, levels: &Levels) -> Option<Snapshot> {
        let Channel { seq, status } = *self.channels.get(instrument.index())?;
        let [bids, asks] = Side::BOTH.map(|side| levels.levels(side).collect());
        Some(Snapshot { instrument, seq, status, book: ShownBook::Level2 { bids, asks } })
    }

    #[inline]
    fn send(
        &mut self,
        instrument: InstrumentId,
        stamped: &Stamped,
        body: Body,
        messages: &mut Vec<Message>,
    ) {
        let channel = &mut self.channels[instrument.index()];
        channel.seq += 1;
        messages.push(Message { instrument, seq: channel.seq, at: stamped.at, body });
    }
}
