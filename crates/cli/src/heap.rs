//! What a thread asks of the allocator, counted: `bench book` tells allocations and bytes.
//!
//! Everything is handed on to the system's allocator as it is. A count is three additions to
//! numbers of the own thread, which no other thread touches.
//!
//! One of the modules with `unsafe`: there is no other way to stand before the allocator.
#![allow(unsafe_code)]

use pitfloor_workloads::measure::Heap;
use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

#[global_allocator]
static COUNTED: Counted = Counted;

/// The system's allocator, counted.
struct Counted;

thread_local! {
    static ASKED: Cell<Heap> = const { Cell::new(Heap { allocations: 0, bytes: 0, in_use: 0 }) };
}

/// What this thread has asked so far.
pub(crate) fn asked() -> Heap {
    ASKED.get()
}

/// Notes that `got` bytes were asked for and `back` given back.
fn note(allocations: u64, got: usize, back: usize) {
    // A thread that is ending has no counts any more, and nobody asks for them.
    let _gone = ASKED.try_with(|asked| {
        let Heap { allocations: before, bytes, in_use } = asked.get();
        asked.set(Heap {
            allocations: before + allocations,
            bytes: bytes + got as u64,
            in_use: in_use + got as i64 - back as i64,
        });
    });
}

// SAFETY: every call goes to the system's allocator with the arguments it came with, and its answer
// goes back unchanged; counting neither allocates nor touches the memory.
unsafe impl GlobalAlloc for Counted {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        note(1, layout.size(), 0);
        // SAFETY: the caller promises what the system's allocator wants.
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        note(1, layout.size(), 0);
        // SAFETY: as above.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn realloc(&self, memory: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        note(1, size, layout.size());
        // SAFETY: as above.
        unsafe { System.realloc(memory, layout, size) }
    }

    unsafe fn dealloc(&self, memory: *mut u8, layout: Layout) {
        note(0, 0, layout.size());
        // SAFETY: as above.
        unsafe { System.dealloc(memory, layout) }
    }
}

#[cfg(test)]
mod tests {
    use super::{Heap, asked};

    #[test]
    fn what_a_thread_asks_is_counted_and_no_other() {
        let before = asked();
        let mut some: Vec<u8> = Vec::with_capacity(1_000);
        some.extend([7; 1_000]);
        some.reserve_exact(9_000); // grows in place or moves: one more call
        std::thread::scope(|scope| {
            let other = scope.spawn(|| (vec![0_u8; 50_000].len(), asked().bytes));
            let (length, bytes) = other.join().unwrap();
            assert!(length == 50_000 && (50_000..60_000).contains(&bytes), "{bytes}");
        });
        let after = asked();
        assert!((after.bytes - before.bytes) < 50_000, "{after:?}");
        assert!((after.in_use - before.in_use) >= 10_000, "{after:?}");
        assert!(after.allocations - before.allocations >= 2);
        drop(some);
        let end = asked();
        assert_eq!(end, Heap { in_use: after.in_use - 10_000, ..after });
    }
}
