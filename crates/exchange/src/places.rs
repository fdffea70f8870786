//! Where each live order is: from its name to its place in a book.
//!
//! An open-addressed table of eight-byte entries, so that a market of many accounts stays near the
//! processor: an entry holds a part of the name's hash and the place, not the name, and the order
//! itself is asked whether it is the one (it will be needed next anyhow). Eight entries make a
//! bucket, which is one line of the cache and is looked at as a whole: where in a bucket an entry
//! stands would be a guess that the processor gets wrong. Who leaves is found by his place, which is
//! known then, and nobody is asked. Buckets are at most half full on average; who finds his full
//! goes on to the next, and each bucket counts those who passed it, so that a search ends at the
//! first that nobody passed, and nothing moves when a place falls free. Looked up, never iterated:
//! the order of hashes must not reach an event.

use crate::book::Slot;
use crate::near;
use pitfloor_model::units::{InstrumentId, OrderKey};

/// Where a live order is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) instrument: InstrumentId,
    pub(crate) slot: Slot,
}

/// What the table makes of a name: worked out once for a command that asks twice.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Hash(u64);

/// Where in the table an order was found. Good until the table changes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Spot {
    pub(crate) hash: Hash,
    bucket: usize,
    seat: usize,
}

/// The places of all live orders of a venue.
#[derive(Clone, Debug)]
pub(crate) struct Places {
    /// Twice as many entries as orders at least; the number of buckets is a power of two.
    buckets: Vec<Bucket>,
    held: usize,
}

/// The entries of one line of the cache, field by field.
#[derive(Clone, Copy, Debug)]
#[repr(align(64))]
struct Bucket {
    tags: [u16; BUCKET],
    instruments: [u16; BUCKET],
    /// The slots' lower 16 bits and their upper 8.
    slots: [u16; BUCKET],
    slots_above: [u8; BUCKET],
    /// How many stand behind this bucket who would stand here or before if there had been room.
    passed: u32,
}

/// How many entries fit a line of the cache.
const BUCKET: usize = 8;

/// The tag where no order is. A real tag is never 0: its lowest bit says that something is there,
/// the others are bits of the name's hash that do not tell the home.
const FREE: u16 = 0;

const SLOT_BITS: u32 = 24;
const INSTRUMENT_BITS: u32 = u16::BITS;

const _: () = assert!(size_of::<Bucket>() == 64, "a bucket is one line of the cache");

/// The smallest table.
const BUCKETS_MIN: usize = 8;

impl Places {
    pub(crate) fn new() -> Self {
        Self { buckets: vec![Bucket::EMPTY; BUCKETS_MIN], held: 0 }
    }

    /// The place of `key`; `name_at` says which order is at a place.
    #[inline]
    pub(crate) fn get(&self, key: OrderKey, name_at: impl Fn(Place) -> OrderKey) -> Option<Place> {
        self.find(key, Hash::of(key), name_at).map(|(place, _)| place)
    }

    /// The place of `key`, whose hash is known, and where in the table that stands.
    #[inline]
    pub(crate) fn find(
        &self,
        key: OrderKey,
        hash: Hash,
        name_at: impl Fn(Place) -> OrderKey,
    ) -> Option<(Place, Spot)> {
        let mut at = self.home(hash.0);
        loop {
            let bucket = &self.buckets[at];
            let mut hits = bucket.hits(tag(hash.0));
            while hits != 0 {
                let place = bucket.place(seat(hits));
                if name_at(place) == key {
                    return Some((place, Spot { hash, bucket: at, seat: seat(hits) }));
                }
                hits &= hits - 1;
            }
            if bucket.passed == 0 {
                return None;
            }
            at = self.after(at);
        }
    }

    /// Notes that the order with this hash is at `place`. It is not there yet: the gate has checked.
    #[inline]
    pub(crate) fn insert(&mut self, hash: Hash, place: Place, name_at: impl Fn(Place) -> OrderKey) {
        if 2 * (self.held + 1) > self.buckets.len() * BUCKET {
            self.grow(name_at);
        }
        self.held += 1;
        self.put(hash.0, place);
    }

    /// Forgets who was found in `spot` a moment ago.
    #[inline]
    pub(crate) fn remove_at(&mut self, spot: Spot) {
        let Spot { hash, bucket, seat } = spot;
        self.buckets[bucket].tags[seat % BUCKET] = FREE;
        self.held -= 1;
        if bucket != self.home(hash.0) {
            self.pass_back(hash.0, bucket);
        }
    }

    /// Forgets that `key` is at `place`; says whether it was.
    #[inline]
    pub(crate) fn remove(&mut self, key: OrderKey, place: Place) -> bool {
        let hash = hash(key);
        let mut at = self.home(hash);
        loop {
            let bucket = &mut self.buckets[at];
            let mut hits = bucket.hits(tag(hash));
            while hits != 0 {
                if bucket.place(seat(hits)) == place {
                    bucket.tags[seat(hits)] = FREE;
                    self.held -= 1;
                    if at != self.home(hash) {
                        self.pass_back(hash, at);
                    }
                    return true;
                }
                hits &= hits - 1;
            }
            if bucket.passed == 0 {
                return false;
            }
            at = self.after(at);
        }
    }

    /// Reads ahead: brings the entry of `key` near the processor, and changes nothing.
    #[inline]
    pub(crate) fn foresee(&self, key: OrderKey) {
        near::fetch(&self.buckets[self.home(hash(key))]);
    }

    /// Where `key` seems to be, judged by its hash alone: enough to bring the order itself near the
    /// processor before it is asked for its name. The entry should be near by now.
    #[inline]
    pub(crate) fn likely(&self, key: OrderKey) -> Option<Place> {
        let hash = hash(key);
        let bucket = &self.buckets[self.home(hash)];
        let hits = bucket.hits(tag(hash));
        (hits != 0).then(|| bucket.place(seat(hits)))
    }

    #[inline]
    fn put(&mut self, hash: u64, place: Place) {
        let mut at = self.home(hash);
        let mut free = self.buckets[at].hits(FREE);
        while free == 0 {
            self.buckets[at].passed += 1;
            at = self.after(at);
            free = self.buckets[at].hits(FREE);
        }
        self.buckets[at].set(seat(free), tag(hash), place);
    }

    /// Counts out one who stood in `at`, in the buckets that it passed.
    #[cold]
    fn pass_back(&mut self, hash: u64, at: usize) {
        let mut passed = self.home(hash);
        while passed != at {
            self.buckets[passed].passed -= 1;
            passed = self.after(passed);
        }
    }

    /// The bucket in which an order with this hash stands unless it is full: its number is the
    /// hash's highest bits.
    #[inline]
    const fn home(&self, hash: u64) -> usize {
        (hash >> (u64::BITS - self.buckets.len().trailing_zeros())) as usize
    }

    #[inline]
    const fn after(&self, bucket: usize) -> usize {
        (bucket + 1) & (self.buckets.len() - 1)
    }

    #[cold]
    fn grow(&mut self, name_at: impl Fn(Place) -> OrderKey) {
        let larger = vec![Bucket::EMPTY; 2 * self.buckets.len()];
        for bucket in std::mem::replace(&mut self.buckets, larger) {
            for seat in (0..BUCKET).filter(|seat| bucket.tags[*seat] != FREE) {
                let place = bucket.place(seat);
                self.put(hash(name_at(place)), place);
            }
        }
    }
}

impl Bucket {
    const EMPTY: Self = Self {
        tags: [FREE; BUCKET],
        instruments: [0; BUCKET],
        slots: [0; BUCKET],
        slots_above: [0; BUCKET],
        passed: 0,
    };

    /// A byte for each entry, 1 where the tag is this one and 0 elsewhere: what one comparison of a
    /// whole vector gives. [`seat`] tells where the first one is.
    #[inline]
    fn hits(&self, tag: u16) -> u64 {
        u64::from_le_bytes(self.tags.map(|other| u8::from(other == tag)))
    }

    #[inline]
    fn place(&self, seat: usize) -> Place {
        let slot = u32::from(self.slots[seat]) | u32::from(self.slots_above[seat]) << u16::BITS;
        Place { instrument: InstrumentId(u32::from(self.instruments[seat])), slot: Slot(slot) }
    }

    #[inline]
    fn set(&mut self, seat: usize, tag: u16, place: Place) {
        let (slot, instrument) = (place.slot.0, place.instrument.0);
        debug_assert!(slot >> SLOT_BITS == 0 && instrument >> INSTRUMENT_BITS == 0, "places fit");
        self.tags[seat] = tag;
        self.instruments[seat] = instrument as u16;
        self.slots[seat] = slot as u16;
        self.slots_above[seat] = (slot >> u16::BITS) as u8;
    }
}

impl Hash {
    #[inline]
    pub(crate) fn of(key: OrderKey) -> Self {
        Self(hash(key))
    }
}

/// The first entry among `hits`, of which there is one.
#[inline]
const fn seat(hits: u64) -> usize {
    (hits.trailing_zeros() / u8::BITS) as usize % BUCKET
}

#[inline]
const fn tag(hash: u64) -> u16 {
    1 | hash as u16
}

/// Mixes a name into 64 bits: multiply and fold, twice, so that every bit of the name reaches every
/// bit that the table looks at. Fixed; nothing but speed depends on it.
#[inline]
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
                let there = plain.remove(&key).unwrap();
                let elsewhere = Place { slot: Slot(there.slot.0 ^ 1), ..there };
                assert!(!places.remove(key, elsewhere));
                if random.is_multiple_of(2) {
                    let (found, spot) = places.find(key, Hash::of(key), name_at).unwrap();
                    assert_eq!(found, there);
                    places.remove_at(spot);
                } else {
                    assert!(places.remove(key, there));
                }
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
                places.insert(Hash::of(key), place, |place| names_now[place.slot.0 as usize]);
                plain.insert(key, place);
            } else {
                assert!(!places.remove(key, at(5)));
            }
            assert_eq!(places.held, plain.len());
        }
        assert!(plain.len() > 500, "{}", plain.len());
        for (key, place) in &plain {
            assert_eq!(places.get(*key, |place| names[place.slot.0 as usize]), Some(*place));
        }
    }

    /// As full as it gets, half of the orders leaving and others coming, everybody is found: also
    /// those who stood away from home and came back.
    #[test]
    fn everybody_is_found_in_a_table_as_full_as_it_gets() {
        let held = if cfg!(miri) { 128 } else { 8_192_u64 };
        let mut names: Vec<OrderKey> =
            (0..held).map(|n| OrderKey::new(AccountId((n % 9) as u32), OrderId(n))).collect();
        let mut places = Places::new();
        let mut away = 0;
        for n in 0..names.len() {
            places.insert(Hash::of(names[n]), at(n as u32), |place| names[place.slot.0 as usize]);
        }
        assert_eq!(places.buckets.len() * BUCKET, 2 * names.len());
        for round in 1..if cfg!(miri) { 3 } else { 20 } {
            for n in (0..names.len()).filter(|n| (n * 7 + round) % 2 == 0) {
                if round % 3 == 0 {
                    let name_at = |place: Place| names[place.slot.0 as usize];
                    let found = places.find(names[n], Hash::of(names[n]), name_at);
                    places.remove_at(found.unwrap().1);
                } else {
                    assert!(places.remove(names[n], at(n as u32)));
                }
                assert_eq!(places.get(names[n], |place| names[place.slot.0 as usize]), None);
                names[n] = OrderKey::new(AccountId(1), OrderId(held * round as u64 + n as u64));
                places
                    .insert(Hash::of(names[n]), at(n as u32), |place| names[place.slot.0 as usize]);
            }
            for (n, name) in names.iter().enumerate() {
                let found = places.get(*name, |place| names[place.slot.0 as usize]);
                assert_eq!(found, Some(at(n as u32)));
            }
            away += places.buckets.iter().filter(|bucket| bucket.passed > 0).count();
        }
        assert!(cfg!(miri) || away > 500, "only {away} buckets were passed");
        for (n, name) in names.iter().enumerate() {
            assert!(places.remove(*name, at(n as u32)));
        }
        assert!(places.buckets.iter().all(|bucket| bucket.passed == 0 && bucket.tags == [FREE; 8]));
    }

    /// The guess from the hash alone is right nearly always, and nobody is guessed for nobody.
    #[test]
    fn the_likely_place_is_the_place() {
        let names: Vec<_> = (0..1_000).map(|n| OrderKey::new(AccountId(3), OrderId(n))).collect();
        let mut places = Places::new();
        assert_eq!(places.likely(names[0]), None);
        for (n, name) in names.iter().enumerate() {
            places.insert(Hash::of(*name), at(n as u32), |place| names[place.slot.0 as usize]);
        }
        let likely = |n: &usize| places.likely(names[*n]) == Some(at(*n as u32));
        assert!((0..names.len()).filter(likely).count() > 950);
    }

    #[test]
    fn an_entry_holds_the_largest_place() {
        let largest = Place { instrument: InstrumentId(0xFFFF), slot: Slot((1 << SLOT_BITS) - 1) };
        let mut bucket = Bucket::EMPTY;
        bucket.set(5, tag(0), largest);
        assert_eq!(bucket.place(5), largest);
        assert_eq!((seat(bucket.hits(tag(0))), seat(bucket.hits(FREE))), (5, 0));
        const { assert!(crate::book::Book::ORDERS_MAX <= 1 << SLOT_BITS) };
        const { assert!(Venue::INSTRUMENTS_MAX <= 1 << INSTRUMENT_BITS) };
    }
}
