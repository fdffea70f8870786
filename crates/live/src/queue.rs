//! Between whoever reads a socket and whoever understands what came: a queue that never makes the
//! reader wait.
//!
//! A recorder takes each frame before it comes here, so what is left out here is missing for the live
//! consumer alone, and it is told: [`Input::Missed`](crate::adapter::Input::Missed) opens a gap.

use crate::adapter::{Frame, Link};
use crate::clock::Now;
use std::collections::VecDeque;

/// The most frames that wait.
pub const FRAMES_MAX: usize = 100_000;

/// The most bytes that wait.
pub const BYTES_MAX: usize = 256 << 20;

/// Frames that were read and not yet understood.
#[derive(Debug)]
pub struct Queue {
    waiting: VecDeque<(Now, Link, Frame)>,
    frames_max: usize,
    bytes_max: usize,
    bytes: usize,
    missed: Option<(Now, Link, u64)>,
}

/// What the queue gives.
#[derive(Clone, Debug, PartialEq)]
pub enum Taken {
    /// A frame, and when it was read.
    Frame(Now, Link, Frame),
    /// So many frames were left out here; the first when the clocks said this.
    Missed(Now, Link, u64),
}

impl Default for Queue {
    fn default() -> Self {
        Self::new(FRAMES_MAX, BYTES_MAX)
    }
}

impl Queue {
    /// An empty one with these limits.
    #[must_use]
    pub const fn new(frames_max: usize, bytes_max: usize) -> Self {
        Self { waiting: VecDeque::new(), frames_max, bytes_max, bytes: 0, missed: None }
    }

    /// Takes a frame that was read now, or leaves it out where there is no room; never waits. What
    /// was left out comes after what had been taken, so nothing overtakes it: until it was told,
    /// nothing else is taken.
    pub fn push(&mut self, now: Now, link: Link, frame: Frame) -> bool {
        let size = frame.bytes().len();
        let room = self.waiting.len() < self.frames_max && self.bytes + size <= self.bytes_max;
        match &mut self.missed {
            Some((_, _, missed)) => *missed += 1,
            None if room => {
                self.bytes += size;
                self.waiting.push_back((now, link, frame));
                return true;
            }
            None => self.missed = Some((now, link, 1)),
        }
        false
    }

    /// The oldest that waits.
    pub fn pop(&mut self) -> Option<Taken> {
        if let Some((now, link, frame)) = self.waiting.pop_front() {
            self.bytes -= frame.bytes().len();
            return Some(Taken::Frame(now, link, frame));
        }
        self.missed.take().map(|(now, link, frames)| Taken::Missed(now, link, frames))
    }

    /// How many frames wait.
    #[must_use]
    pub fn len(&self) -> usize {
        self.waiting.len()
    }

    /// Whether nothing waits.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.waiting.is_empty() && self.missed.is_none()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn frame(size: usize) -> Frame {
        Frame::Text(vec![b'x'; size])
    }

    #[test]
    fn a_full_queue_leaves_out_and_says_how_many_where_they_are_missing() {
        let mut queue = Queue::new(2, 1_000);
        let taken = (0..5).map(|_| queue.push(Now::default(), Link(1), frame(1)));
        assert_eq!(taken.collect::<Vec<_>>(), [true, true, false, false, false]);
        assert!(matches!(queue.pop(), Some(Taken::Frame(..))));
        assert!(!queue.push(Now::default(), Link(1), frame(1)), "it would come before the gap");
        assert!(matches!(queue.pop(), Some(Taken::Frame(..))));
        assert_eq!(queue.pop(), Some(Taken::Missed(Now::default(), Link(1), 4)));
        assert!(queue.is_empty() && queue.pop().is_none());
        assert!(queue.push(Now::default(), Link(1), frame(1_000)));
        assert!(!queue.push(Now::default(), Link(1), frame(1)), "bytes are a limit too");
        assert_eq!(queue.len(), 1);
    }

    proptest! {
        #[test]
        fn every_frame_is_given_or_counted_in_order(
            steps in prop::collection::vec((any::<bool>(), 0..40_usize), 1..300),
        ) {
            let mut queue = Queue::new(8, 200);
            let (mut next, mut seen) = (0_u64, 0_u64);
            let mut take = |queue: &mut Queue| -> Result<bool, TestCaseError> {
                match queue.pop() {
                    Some(Taken::Frame(now, ..)) => {
                        prop_assert_eq!(now.steady, seen);
                        seen += 1;
                    }
                    Some(Taken::Missed(now, _, frames)) => {
                        prop_assert_eq!(now.steady, seen);
                        seen += frames;
                    }
                    None => return Ok(false),
                }
                Ok(true)
            };
            for (push, size) in steps {
                if push {
                    queue.push(Now { steady: next, ..Now::default() }, Link(1), frame(size));
                    next += 1;
                } else {
                    take(&mut queue)?;
                }
                prop_assert!(queue.len() <= 8 && queue.bytes <= 200);
            }
            while take(&mut queue)? {}
            prop_assert_eq!(seen, next);
        }
    }
}
