//! How fast a journal is written and read: records per second, and bytes per record.
//!
//! `cargo run --release -p pitfloor-store --example journal_rate [RECORDS] [FOLDER]`
//!
//! Writing includes encoding, sums, compression and an `fsync` per block; the work is checked by
//! reading everything back. The flow is that of a busy book: 55 orders in 100 are new limits around
//! a wandering price, 40 are cancels, 5 are market orders, from 1,000 accounts, 25 µs apart.

use pitfloor_model::command::{Command, Order, Stamped};
use pitfloor_model::units::{AccountId, InstrumentId, OrderId, OrderKey, Price, Qty, Side, Time};
use pitfloor_store::journal::{Journal, Pace, Reader};
use std::path::Path;
use std::time::Instant;

fn main() {
    let mut arguments = std::env::args().skip(1);
    let records = arguments.next().map_or(4_000_000, |text| text.parse().expect("a number"));
    let folder = arguments.next().map_or_else(std::env::temp_dir, Into::into);
    let folder = tempfile::tempdir_in(folder).expect("a temporary folder");
    let flow: Vec<Stamped> = flow(records);
    println!("pace    group      write records/s   read records/s   bytes/record");
    for (pace, group) in [(Pace::Batch, 0), (Pace::Live, 0), (Pace::Live, 1_000), (Pace::Live, 10)]
    {
        let flow = if group == 10 { &flow[..flow.len() / 20] } else { &flow };
        rate(&folder.path().join("journal.pfj"), pace, group, flow);
    }
}

/// Writes and reads `flow`, committing every `group` records, or when a block is full for 0.
fn rate(path: &Path, pace: Pace, group: usize, flow: &[Stamped]) {
    let write = seconds(|| {
        let mut journal = Journal::create(path, "rate", pace).expect("a new file");
        for (count, record) in flow.iter().enumerate() {
            journal.push(record).expect("there is room");
            if group > 0 && count % group == group - 1 {
                journal.commit().expect("there is room");
            }
        }
        journal.close().expect("there is room");
    });
    let bytes = std::fs::metadata(path).expect("it was written").len();
    let read = seconds(|| {
        let reader = Reader::open(path).expect("it was written");
        let same = reader.records().zip(flow).all(|(read, written)| read.as_ref() == Ok(written));
        assert!(same && reader.records().count() == flow.len(), "what is read is what was written");
    });
    std::fs::remove_file(path).expect("it is ours");
    let count = flow.len() as f64;
    let pace = if pace == Pace::Live { "live" } else { "batch" };
    let group = if group == 0 { "full".to_owned() } else { group.to_string() };
    // Reading goes over the file twice: once to compare, once to count.
    let (write, read) = (count / write, 2.0 * count / read);
    println!("{pace:7} {group:8} {write:17.0} {read:16.0} {:14.1}", bytes as f64 / count);
}

fn seconds(work: impl FnOnce()) -> f64 {
    #[expect(clippy::disallowed_methods, reason = "measuring is what this program is for")]
    let begun = Instant::now();
    work();
    begun.elapsed().as_secs_f64()
}

fn flow(records: u64) -> Vec<Stamped> {
    let (mut state, mut price, mut at) = (7_u64, 10_000_i64, 0);
    let mut dice = move || {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        state >> 33
    };
    let mut numbers = vec![0; 1_000];
    let mut record = |seq| {
        at += dice() % 50_000;
        price += i64::try_from(dice() % 3).expect("small") - 1;
        let who = usize::try_from(dice() % 1_000).expect("small");
        let account = AccountId(u32::try_from(who).expect("small"));
        let side = Side::BOTH[usize::from(dice() % 2 == 0)];
        let (instrument, qty) = (InstrumentId(0), Qty(1 + dice() % 20 * 5));
        let away = i64::try_from(dice() % 20).expect("small");
        let limit = Price(if side == Side::Buy { price - away } else { price + away });
        let command = match dice() % 100 {
            0..40 => {
                let order = OrderId(1 + dice() % numbers[who].max(1));
                Command::Cancel { key: OrderKey::new(account, order) }
            }
            roll => {
                numbers[who] += 1;
                let order = OrderId(numbers[who]);
                Command::Place(match roll {
                    40..95 => Order::limit(account, order, instrument, side, limit, qty),
                    _ => Order::market(account, order, instrument, side, qty),
                })
            }
        };
        Stamped { seq, at: Time(at), command }
    };
    (0..records).map(&mut record).collect()
}
