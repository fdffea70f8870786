//! What is on its way between the venue and somebody. Each letter lies in a slot that is used again
//! when it has arrived; the agenda moves the slots' numbers about, never the letters.
//!
//! Commands and events are large, so a letter is written once, where it lies, and read there.

use pitfloor_model::command::{Command, Stamped};
use pitfloor_model::units::Time;

/// How many letters may be on their way at once, each way: 2^24. Rates and delays that would need
/// more make a market that no machine holds.
pub const ON_THE_WAY_MAX: usize = 1 << 24;

/// Letters of one kind on their way.
#[derive(Debug)]
pub(crate) struct Mail<T> {
    slots: Vec<T>,
    free: Vec<u32>,
}

/// A command on its way up, in the form in which history will know it. Its place and moment are
/// those of its arrival.
pub(crate) type Sealed = Option<Box<Stamped>>;

impl<T> Mail<T> {
    pub(crate) const fn new() -> Self {
        Self { slots: Vec::new(), free: Vec::new() }
    }

    /// The number of a slot to write in; what lies there means nothing. A new slot holds `blank`.
    #[inline]
    pub(crate) fn place(&mut self, blank: impl FnOnce() -> T) -> u32 {
        if let Some(slot) = self.free.pop() {
            return slot;
        }
        assert!(self.slots.len() < ON_THE_WAY_MAX, "no more is on its way than ON_THE_WAY_MAX");
        let slot = u32::try_from(self.slots.len()).expect("ON_THE_WAY_MAX fits 32 bits");
        self.slots.push(blank());
        slot
    }

    /// What lies in `slot`, to be written there.
    #[inline]
    pub(crate) fn write(&mut self, slot: u32) -> &mut T {
        &mut self.slots[slot as usize]
    }

    /// What lies in `slot`.
    #[inline]
    pub(crate) fn read(&self, slot: u32) -> &T {
        &self.slots[slot as usize]
    }

    /// Reads the letter in `slot`, which has arrived: the slot is the next letter's.
    #[inline]
    pub(crate) fn open(&mut self, slot: u32) -> &T {
        self.free.push(slot);
        &self.slots[slot as usize]
    }
}

impl Mail<Sealed> {
    /// Puts `command` into a slot; the answer is the slot's number. What is left in its place means
    /// nothing.
    #[inline]
    pub(crate) fn send(&mut self, command: &mut Command) -> u32 {
        let slot = self.place(|| {
            let (seq, at, command) = (0, Time::ZERO, Command::AdvanceTime);
            Some(Box::new(Stamped { seq, at, command }))
        });
        let sealed = self.slots[slot as usize].as_mut().expect("an arrived letter was put back");
        std::mem::swap(&mut sealed.command, command);
        slot
    }

    /// Takes the command out of `slot`, to be put back when it has been carried out.
    #[inline]
    pub(crate) fn take(&mut self, slot: u32) -> Box<Stamped> {
        self.slots[slot as usize].take().expect("a letter is opened once")
    }

    /// Puts a command back that was carried out: its slot is the next one's.
    #[inline]
    pub(crate) fn put_back(&mut self, slot: u32, stamped: Box<Stamped>) {
        self.slots[slot as usize] = Some(stamped);
        self.free.push(slot);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use pitfloor_model::units::{AccountId, OrderId, OrderKey};

    #[test]
    fn a_slot_is_used_again_when_its_letter_has_arrived() {
        let mut mail = Mail::new();
        let (first, second) = (mail.place(|| 'a'), mail.place(|| 'b'));
        assert_eq!((*mail.read(first), *mail.open(second)), ('a', 'b'));
        assert_eq!(mail.place(|| 'x'), second);
        *mail.write(second) = 'c';
        assert_eq!((*mail.open(first), *mail.open(second)), ('a', 'c'));
        assert_eq!(mail.slots.len(), 2);
    }

    #[test]
    fn a_command_is_carried_out_where_it_lies() {
        let mut mail = Mail::<Sealed>::new();
        let slot = mail.send(&mut Command::AdvanceTime);
        let mut stamped = mail.take(slot);
        (stamped.seq, stamped.at) = (3, Time(4));
        // While one is carried out, others are sent.
        assert_ne!(mail.send(&mut Command::AdvanceTime), slot);
        mail.put_back(slot, stamped);
        let key = OrderKey::new(AccountId(1), OrderId(2));
        assert_eq!(mail.send(&mut Command::Cancel { key }), slot);
        assert_eq!(mail.take(slot).command, Command::Cancel { key });
    }

    #[test]
    #[should_panic(expected = "opened once")]
    fn nobody_takes_a_command_twice() {
        let mut mail = Mail::<Sealed>::new();
        let slot = mail.send(&mut Command::AdvanceTime);
        let _taken = (mail.take(slot), mail.take(slot));
    }
}
