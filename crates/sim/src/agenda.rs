//! The agenda: what is still to happen, soonest first.
//!
//! A heap with four children a node: half as deep as a binary one, and the four lie together in
//! memory. Equal moments come out in the order in which they were put in (first scheduled, first
//! served), because the number of the scheduling is part of the key.

use pitfloor_model::units::Time;

/// A queue of `T` ordered by moment, then by the order of scheduling.
#[derive(Clone, Debug)]
pub struct Agenda<T> {
    heap: Vec<Due>,
    /// What is due, apart from the keys, so that the heap moves little.
    items: Vec<Option<T>>,
    free: Vec<u32>,
    scheduled: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Due {
    at: Time,
    number: u64,
    item: u32,
}

const CHILDREN: usize = 4;

impl<T> Agenda<T> {
    /// Nothing to do.
    #[must_use]
    pub const fn new() -> Self {
        Self { heap: Vec::new(), items: Vec::new(), free: Vec::new(), scheduled: 0 }
    }

    /// The moment of the next item.
    #[must_use]
    pub fn next(&self) -> Option<Time> {
        self.heap.first().map(|due| due.at)
    }

    /// How many items wait.
    #[must_use]
    pub fn len(&self) -> usize {
        self.heap.len()
    }

    /// True when nothing waits.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.heap.is_empty()
    }

    /// Puts `item` down for the moment `at`.
    ///
    /// # Panics
    ///
    /// When 2^32 items wait.
    pub fn schedule(&mut self, at: Time, item: T) {
        let slot = if let Some(slot) = self.free.pop() {
            self.items[slot as usize] = Some(item);
            slot
        } else {
            let slot = u32::try_from(self.items.len()).expect("fewer than 2^32 items wait");
            self.items.push(Some(item));
            slot
        };
        let due = Due { at, number: self.scheduled, item: slot };
        self.scheduled += 1;
        self.heap.push(due);
        self.rise(self.heap.len() - 1, due);
    }

    /// Takes out the next item, if it is due at `until` or before.
    pub fn take(&mut self, until: Time) -> Option<(Time, T)> {
        let due = *self.heap.first().filter(|due| due.at <= until)?;
        let last = self.heap.pop().expect("there is a first");
        if !self.heap.is_empty() {
            self.sink(last);
        }
        self.free.push(due.item);
        let item = self.items[due.item as usize].take();
        Some((due.at, item.expect("what is scheduled is there")))
    }

    fn rise(&mut self, mut at: usize, due: Due) {
        while at > 0 {
            let parent = (at - 1) / CHILDREN;
            if self.heap[parent] <= due {
                break;
            }
            self.heap[at] = self.heap[parent];
            at = parent;
        }
        self.heap[at] = due;
    }

    fn sink(&mut self, due: Due) {
        let mut at = 0;
        loop {
            let first = at * CHILDREN + 1;
            let children = first..(first + CHILDREN).min(self.heap.len());
            let Some(least) = children.min_by_key(|child| self.heap[*child]) else { break };
            if self.heap[least] >= due {
                break;
            }
            self.heap[at] = self.heap[least];
            at = least;
        }
        self.heap[at] = due;
    }
}

impl<T> Default for Agenda<T> {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dice::Dice;
    use std::collections::BTreeMap;

    #[test]
    fn equal_moments_keep_the_order_of_scheduling() {
        let mut agenda = Agenda::new();
        for (at, item) in [(5, 'c'), (3, 'a'), (5, 'd'), (3, 'b'), (9, 'e')] {
            agenda.schedule(Time(at), item);
        }
        let told: String =
            std::iter::from_fn(|| agenda.take(Time(5))).map(|(_, item)| item).collect();
        assert_eq!(told, "abcd");
        assert_eq!((agenda.next(), agenda.len()), (Some(Time(9)), 1));
        assert_eq!(agenda.take(Time(8)), None);
    }

    /// Whatever is scheduled and taken, a plain ordered map gives the same answers.
    #[test]
    fn agrees_with_an_ordered_map() {
        let mut dice = Dice::new(1, "agenda");
        let (mut agenda, mut plain) = (Agenda::new(), BTreeMap::new());
        let mut now = 0;
        for number in 0..50_000_u64 {
            if dice.chance(0.55) {
                let at = Time(now + dice.below(200));
                agenda.schedule(at, number);
                plain.insert((at, number), number);
            } else {
                now += dice.below(20);
                let expected =
                    plain.first_key_value().map(|(key, _)| *key).filter(|key| key.0 <= Time(now));
                let expected = expected.map(|key| (key.0, plain.remove(&key).unwrap()));
                assert_eq!(agenda.take(Time(now)), expected);
            }
            assert_eq!(agenda.len(), plain.len());
        }
        assert!(agenda.len() > 100);
    }
}
