//! The network that carries coins: blocks at intervals, so many transfers in each, and a transfer is
//! there when enough blocks stand on the one that holds it.
//!
//! More transfers than blocks have room for wait in line: that is congestion. In an outage no block is
//! found.

use crate::Desk;
use crate::prices::Prices;
use pitfloor_model::clearing::{Act, Fact};
use pitfloor_model::command::Command;
use pitfloor_model::event::Event;
use pitfloor_model::units::{Span, Time};
use std::collections::VecDeque;

/// What a network is like.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Blocks {
    /// The time between two blocks.
    pub every: Span,
    /// How many transfers a block holds.
    pub room: usize,
    /// How many blocks must stand on a transfer's own, itself included.
    pub confirmations: u32,
    /// When no block is found: from, until.
    pub outages: Vec<(Time, Time)>,
}

/// The one who watches the network.
#[derive(Clone, Debug)]
pub struct Network {
    blocks: Blocks,
    /// Sent, and in no block yet.
    waiting: VecDeque<u64>,
    /// In a block, with how many more must come.
    standing: VecDeque<(u64, u32)>,
    next: Time,
}

impl Network {
    /// A network whose first block comes after one interval.
    ///
    /// # Panics
    ///
    /// When no time passes between two blocks, or they have no room.
    #[must_use]
    pub fn new(blocks: Blocks) -> Self {
        assert!(blocks.every > Span::ZERO && blocks.room > 0, "blocks come and hold something");
        let next = Time::ZERO.after(blocks.every);
        Self { blocks, waiting: VecDeque::new(), standing: VecDeque::new(), next }
    }

    fn is_out(&self, at: Time) -> bool {
        self.blocks.outages.iter().any(|(from, until)| (*from..*until).contains(&at))
    }
}

impl Desk for Network {
    fn see(&mut self, at: Time, event: &Event, _: &Prices) {
        if let Event::Clearing(Fact::Sent { sending, .. }) = *event {
            self.waiting.push_back(sending);
            // Blocks that nobody needed have come meanwhile.
            while self.next <= at {
                self.next = self.next.after(self.blocks.every);
            }
        }
    }

    fn due(&self) -> Option<Time> {
        (!self.waiting.is_empty() || !self.standing.is_empty()).then_some(self.next)
    }

    fn take(&mut self, at: Time, _: &Prices, out: &mut Vec<Command>) {
        self.next = at.after(self.blocks.every);
        if self.is_out(at) {
            return;
        }
        for _ in 0..self.blocks.room.min(self.waiting.len()) {
            if let Some(sending) = self.waiting.pop_front() {
                self.standing.push_back((sending, self.blocks.confirmations));
            }
        }
        for (_, missing) in &mut self.standing {
            *missing = missing.saturating_sub(1);
        }
        while let Some((sending, 0)) = self.standing.front().copied() {
            self.standing.pop_front();
            out.push(Command::Clear(Box::new(Act::Arrive { sending })));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use pitfloor_model::units::{AccountId, InstrumentId};

    fn sent(sending: u64) -> Event {
        let (account, instrument) = (AccountId(0), InstrumentId(0));
        Event::Clearing(Fact::Sent { sending, account, to: None, instrument, lots: 1 })
    }

    fn play(blocks: Blocks, sendings: u64) -> Vec<(u64, u64)> {
        let (mut network, prices) = (Network::new(blocks), Prices::new([]));
        for sending in 0..sendings {
            network.see(Time(5), &sent(sending), &prices);
        }
        let mut arrived = Vec::new();
        while let Some(at) = network.due() {
            let mut out = Vec::new();
            network.take(at, &prices, &mut out);
            arrived.extend(out.iter().map(|command| match command {
                Command::Clear(act) => match **act {
                    Act::Arrive { sending } => (at.0, sending),
                    ref other => panic!("{other:?} is no arrival"),
                },
                other => panic!("{other:?} is no act"),
            }));
        }
        arrived
    }

    fn blocks(room: usize, confirmations: u32, outages: Vec<(Time, Time)>) -> Blocks {
        Blocks { every: Span(10), room, confirmations, outages }
    }

    #[test]
    fn a_transfer_is_there_when_enough_blocks_stand_on_it() {
        assert_eq!(play(blocks(9, 1, vec![]), 1), [(10, 0)]);
        assert_eq!(play(blocks(9, 3, vec![]), 1), [(30, 0)]);
    }

    #[test]
    fn full_blocks_make_the_later_ones_wait() {
        assert_eq!(play(blocks(2, 1, vec![]), 5), [(10, 0), (10, 1), (20, 2), (20, 3), (30, 4)]);
    }

    #[test]
    fn in_an_outage_nothing_is_confirmed() {
        let outage = vec![(Time(15), Time(45))];
        assert_eq!(play(blocks(9, 2, outage), 1), [(50, 0)]);
    }

    #[test]
    fn in_an_outage_no_transfer_finds_a_block() {
        let outage = vec![(Time(5), Time(25))];
        assert_eq!(play(blocks(1, 1, outage.clone()), 2), [(30, 0), (40, 1)]);
        assert_eq!(play(blocks(1, 2, outage), 2), [(40, 0), (50, 1)]);
    }

    #[test]
    fn blocks_keep_their_rhythm_while_nobody_sends() {
        let (mut network, prices) = (Network::new(blocks(1, 1, vec![])), Prices::new([]));
        assert_eq!(network.due(), None);
        network.see(Time(34), &sent(0), &prices);
        assert_eq!(network.due(), Some(Time(40)));
    }
}
