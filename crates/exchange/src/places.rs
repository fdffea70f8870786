//! Where each live order is: from its name to its place in a book.
//!
//! An open-addressed table of eight-byte entries, so that a market of many accounts stays near the
//! processor: an entry holds a part of the name's hash and the place, not the name, and the order
//! itself is asked whether it is the one (it will be needed next anyhow). Linear probing, at most
//! half full, and removal moves later entries back instead of leaving graves. Looked up, never
//! iterated: the order of hashes must not reach an event.

use crate::book::Slot;
use crate::near;
use pitfloor_model::units::{InstrumentId, OrderKey};

/// Where a live order is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) instrument: InstrumentId,
    pub(crate) slot: Slot,
}

/// The places of all live orders of a venue.
#[derive(Clone, Debug)]
pub(crate) struct Places {
    /// Twice as many as orders at least, a power of two.
    entries: Vec<u64>,
    held: usize,
}

/// No order. A real entry is never 0, because the lowest bit says that something is there.
const FREE: u64 = 0;

/// An entry, from the low end: a bit that is set, 24 bits of slot, 16 of instrument, and the tag:
/// the 23 highest bits of the name's hash. An entry's home is named by the highest bits too, so
/// that in all but the largest tables the tag tells it.
const SLOT_BITS: u32 = 24;
const INSTRUMENT_BITS: u32 = 16;
const TAG_SHIFT: u32 = 1 + SLOT_BITS + INSTRUMENT_BITS;
const TAG_BITS: u32 = u64::BITS - TAG_SHIFT;

/// The smallest table.
const ENTRIES_MIN: usize = 64;

impl Places {
    pub(crate) fn new() -> Self {
        Self { entries: vec![FREE; ENTRIES_MIN], held: 0 }
    }

    /// The place of `key`; `name_at` says which order is at a place.
    pub(crate) fn get(&self, key: OrderKey, name_at: impl Fn(Place) -> OrderKey) -> Option<Place> {
        self.find(key, name_at).map(|at| place(self.entries[at]))
    }

    /// Notes that `key` is at `place`. It is not there yet: the gate has checked.
    pub(crate) fn insert(
        &mut self,
        key: OrderKey,
        place: Place,
        name_at: impl Fn(Place) -> OrderKey,
    ) {
        if 2 * (self.held + 1) > self.entries.len() {
            self.grow(name_at);
        }
        self.held += 1;
        self.put(hash(key), place);
    }

    /// Forgets `key` and says whether it was there.
    pub(crate) fn remove(&mut self, key: OrderKey, name_at: impl Fn(Place) -> OrderKey) -> bool {
        let Some(mut hole) = self.find(key, &name_at) else { return false };
        self.held -= 1;
        let mask = self.entries.len() - 1;
        let mut at = hole;
        loop {
            at = (at + 1) & mask;
            let entry = self.entries[at];
            if entry == FREE {
                break;
            }
            // An entry may move back into the hole unless its home lies behind the hole.
            let home = if self.bits() <= TAG_BITS {
                self.home(entry)
            } else {
                self.home(hash(name_at(place(entry))))
            };
            if at.wrapping_sub(home) & mask >= at.wrapping_sub(hole) & mask {
                self.entries[hole] = entry;
                hole = at;
            }
        }
        self.entries[hole] = FREE;
        true
    }

    /// Reads ahead: brings the entry of `key` near the processor, and changes nothing.
    pub(crate) fn foresee(&self, key: OrderKey) {
        near::fetch(&self.entries[self.home(hash(key))]);
    }

    fn find(&self, key: OrderKey, name_at: impl Fn(Place) -> OrderKey) -> Option<usize> {
        let (hash, mask) = (hash(key), self.entries.len() - 1);
        let mut at = self.home(hash);
        loop {
            let entry = self.entries[at];
            if entry == FREE {
                return None;
            }
            if entry >> TAG_SHIFT == hash >> TAG_SHIFT && name_at(place(entry)) == key {
                return Some(at);
            }
            at = (at + 1) & mask;
        }
    }

    fn put(&mut self, hash: u64, place: Place) {
        let mask = self.entries.len() - 1;
        let mut at = self.home(hash);
        while self.entries[at] != FREE {
            at = (at + 1) & mask;
        }
        self.entries[at] = entry(hash, place);
    }

    /// How many bits name an entry.
    const fn bits(&self) -> u32 {
        self.entries.len().trailing_zeros()
    }

    /// Where an order with this hash, or an entry with this tag, would be if nothing stood there.
    const fn home(&self, hash: u64) -> usize {
        (hash >> (u64::BITS - self.bits())) as usize
    }

    fn grow(&mut self, name_at: impl Fn(Place) -> OrderKey) {
        let larger = vec![FREE; 2 * self.entries.len()];
        for entry in std::mem::replace(&mut self.entries, larger) {
            if entry != FREE {
                self.put(hash(name_at(place(entry))), place(entry));
            }
        }
    }
}

fn entry(hash: u64, place: Place) -> u64 {
    let (slot, instrument) = (u64::from(place.slot.0), u64::from(place.instrument.0));
    debug_assert!(slot >> SLOT_BITS == 0 && instrument >> INSTRUMENT_BITS == 0, "places fit");
    1 | slot << 1 | instrument << (1 + SLOT_BITS) | hash >> TAG_SHIFT << TAG_SHIFT
}

fn place(entry: u64) -> Place {
    let bits = |shift: u32, count: u32| ((entry >> shift) & ((1 << count) - 1)) as u32;
    Place {
        slot: Slot(bits(1, SLOT_BITS)),
        instrument: InstrumentId(bits(1 + SLOT_BITS, INSTRUMENT_BITS)),
    }
}

/// Mixes a name into 64 bits: multiply and fold, so that every bit of the name reaches every bit
/// that the table looks at. Fixed; nothing but speed depends on it.
fn hash(key: OrderKey) -> u64 {
    let fold = |a: u64, b: u64| {
        let wide = u128::from(a) * u128::from(b);
        wide as u64 ^ (wide >> 64) as u64
    };
    let name = key.order.0 ^ u64::from(key.account.0).rotate_left(40) ^ 0x9E37_79B9_7F4A_7C15;
    fold(fold(name, 0xD134_2543_DE82_EF95), 0x2545_F491_4F6C_DD1D)
}

#[cfg(test)]
mod tests {
    use super::*;
    use pitfloor_model::instrument::Venue;
    use pitfloor_model::units::{AccountId, OrderId};
    use std::collections::BTreeMap;

    /// A plain store of names, as the books are: place number n holds the n-th name.
    fn at(n: u32) -> Place {
        Place { instrument: InstrumentId(n % 3), slot: Slot(n) }
    }

    /// Whatever comes and goes, an ordered map gives the same answers.
    #[test]
    fn agrees_with_an_ordered_map() {
        let mut names: Vec<OrderKey> = Vec::new();
        let (mut places, mut plain) = (Places::new(), BTreeMap::new());
        let mut random = 88_172_645_463_325_252_u64;
        for _ in 0..200_000 {
            random ^= random << 13;
            random ^= random >> 7;
            random ^= random << 17;
            let account = AccountId((random >> 20) as u32 % 50);
            let key = OrderKey::new(account, OrderId((random >> 40) % 40));
            let names_now = names.clone();
            let name_at = |place: Place| names_now[place.slot.0 as usize];
            assert_eq!(places.get(key, name_at), plain.get(&key).copied());
            if plain.contains_key(&key) {
                assert!(places.remove(key, name_at));
                plain.remove(&key);
            } else if !random.is_multiple_of(3) {
                let place = at(u32::try_from(names.len() % 4_096).unwrap());
                if names.len() < 4_096 {
                    names.push(key);
                } else if plain.values().any(|used| *used == place) {
                    continue;
                } else {
                    names[place.slot.0 as usize] = key;
                }
                if names.len() == 4_096 {
                    break;
                }
                let names_now = names.clone();
                places.insert(key, place, |place| names_now[place.slot.0 as usize]);
                plain.insert(key, place);
            } else {
                assert!(!places.remove(key, name_at));
            }
            assert_eq!(places.held, plain.len());
        }
        assert!(plain.len() > 500, "{}", plain.len());
        for (key, place) in &plain {
            assert_eq!(places.get(*key, |place| names[place.slot.0 as usize]), Some(*place));
        }
    }

    #[test]
    fn an_entry_holds_the_largest_place() {
        let largest = Place { instrument: InstrumentId(0xFFFF), slot: Slot((1 << SLOT_BITS) - 1) };
        assert_eq!(place(entry(u64::MAX, largest)), largest);
        assert_eq!(place(entry(0, largest)), largest);
        assert_ne!(entry(0, Place { instrument: InstrumentId(0), slot: Slot(0) }), FREE);
        const { assert!(crate::book::Book::ORDERS_MAX <= 1 << SLOT_BITS) };
        const { assert!(Venue::INSTRUMENTS_MAX <= 1 << INSTRUMENT_BITS) };
    }
}
