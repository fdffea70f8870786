//! The files that are measured: one flow of orders, or one walk of bars, in each format.

use super::{Format, Work};
use crate::itch::message::{Add, Body, Cancel, Delete, Executed};
use crate::itch::wire::Text;
use crate::itch::{Message, Writer};
use crate::table::SCALE;
use dbn::encode::EncodeRecord;
use dbn::{FlagSet, MboMsg, Metadata, RecordHeader, SType, Schema, rtype};
use parquet::basic::Type as Physical;
use parquet::column::writer::ColumnWriter;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::types::Type;
use pitfloor_model::units::Side;
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;
use std::sync::Arc;

/// Orders that are live once the flow is under way.
const LIVE: usize = 4_096;

/// A tick, in ten-thousandths of a dollar: a cent.
const TICK: i64 = 100;

/// Draws that depend on nothing but their number (Steele, Lea & Flood 2014, SplitMix64).
struct Draws(u64);

/// What happens to one order.
#[derive(Clone, Copy)]
enum Happens {
    Add { order: u64, side: Side, price: i64, qty: u32 },
    Cancel { order: u64, side: Side, price: i64, qty: u32 },
    Execute { order: u64, side: Side, price: i64, qty: u32 },
    Delete { order: u64, side: Side, price: i64, qty: u32 },
}

/// A live order: number, side, price, what is left.
type Live = (u64, Side, i64, u32);

/// Orders that come, shrink and go.
struct Flow {
    draws: Draws,
    live: Vec<Live>,
    orders: u64,
}

impl Draws {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, bound: u64) -> u64 {
        ((u128::from(self.next()) * u128::from(bound)) >> 64) as u64
    }
}

impl Flow {
    fn new() -> Self {
        Self { draws: Draws(1), live: Vec::new(), orders: 0 }
    }

    /// About half of all messages add an order, as on recorded days.
    fn next(&mut self) -> Happens {
        if self.live.len() < LIVE || self.draws.below(2) == 0 && self.live.len() < 2 * LIVE {
            self.orders += 1;
            let side = if self.draws.below(2) == 0 { Side::Buy } else { Side::Sell };
            let away = self.draws.below(200) as i64 + 1;
            let price =
                if side == Side::Buy { 5_850_000 - away * TICK } else { 5_850_000 + away * TICK };
            let qty = self.draws.below(5) as u32 * 100 + 100;
            self.live.push((self.orders, side, price, qty));
            return Happens::Add { order: self.orders, side, price, qty };
        }
        let place = self.draws.below(self.live.len() as u64) as usize;
        let (order, side, price, left) = self.live[place];
        let part = self.draws.below(10);
        if part < 2 && left > 100 {
            self.live[place].3 -= 100;
            let qty = 100;
            return if part == 0 {
                Happens::Cancel { order, side, price, qty }
            } else {
                Happens::Execute { order, side, price, qty }
            };
        }
        self.live.swap_remove(place);
        if part == 2 {
            Happens::Execute { order, side, price, qty: left }
        } else {
            Happens::Delete { order, side, price, qty: left }
        }
    }
}

/// Writes `messages` messages and says what they come to.
pub(super) fn write(format: Format, messages: u64, file: &Path) -> io::Result<Work> {
    let mut out = BufWriter::with_capacity(1 << 20, File::create(file)?);
    let work = match format {
        Format::Lobster => lobster(messages, &mut out)?,
        Format::Itch => itch(messages, &mut out)?,
        Format::Dbn => dbn(messages, &mut out)?,
        Format::Parquet => bars(messages, &mut out)?,
    };
    out.flush()?;
    Ok(work)
}

impl Work {
    /// Counts what happens; prices are in units of `unit`.
    fn told(&mut self, happens: Happens, unit: i64) {
        self.messages += 1;
        match happens {
            Happens::Add { price, .. } => {
                self.placed += 1;
                self.prices += u128::from((price / unit).unsigned_abs());
            }
            Happens::Cancel { .. } | Happens::Execute { .. } => self.reduced += 1,
            Happens::Delete { .. } => self.cancelled += 1,
        }
    }
}

fn lobster(messages: u64, out: &mut impl Write) -> io::Result<Work> {
    let (mut flow, mut work) = (Flow::new(), Work::default());
    for number in 0..messages {
        let happens = flow.next();
        work.told(happens, TICK);
        let (kind, (order, side, price, qty)) = match happens {
            Happens::Add { order, side, price, qty } => (1, (order, side, price, qty)),
            Happens::Cancel { order, side, price, qty } => (2, (order, side, price, qty)),
            Happens::Delete { order, side, price, qty } => (3, (order, side, price, qty)),
            Happens::Execute { order, side, price, qty } => (4, (order, side, price, qty)),
        };
        let direction = if side == Side::Buy { 1 } else { -1 };
        let at = 34_200_000_000_000 + number * 1_003;
        let (seconds, nanos) = (at / 1_000_000_000, at % 1_000_000_000);
        writeln!(out, "{seconds}.{nanos:09},{kind},{order},{qty},{price},{direction}")?;
    }
    Ok(work)
}

fn itch(messages: u64, out: &mut impl Write) -> io::Result<Work> {
    let (mut flow, mut work) = (Flow::new(), Work::default());
    let mut writer = Writer::new(out);
    let stock = Text(*b"ACME    ");
    for number in 0..messages {
        let happens = flow.next();
        work.told(happens, TICK);
        let body = match happens {
            Happens::Add { order, side, price, qty } => {
                Body::Add(Add { order, side, shares: qty, stock, price: price as u32 })
            }
            Happens::Cancel { order, qty, .. } => Body::Cancel(Cancel { order, shares: qty }),
            Happens::Execute { order, qty, .. } => {
                Body::Executed(Executed { order, shares: qty, trade: number + 1 })
            }
            Happens::Delete { order, .. } => Body::Delete(Delete { order }),
        };
        let at_ns = 34_200_000_000_000 + number * 1_003;
        writer.write(&Message { locate: 1, tracking: 0, at_ns, body })?;
    }
    Ok(work)
}

fn dbn(messages: u64, out: &mut impl Write) -> io::Result<Work> {
    let (mut flow, mut work) = (Flow::new(), Work::default());
    let metadata = Metadata::builder()
        .dataset("XNAS.ITCH")
        .schema(Some(Schema::Mbo))
        .start(0)
        .stype_in(Some(SType::RawSymbol))
        .stype_out(SType::InstrumentId)
        .symbols(vec!["ACME".to_owned()])
        .build();
    let mut encoder = dbn::encode::dbn::Encoder::new(out, &metadata).map_err(io::Error::other)?;
    for number in 0..messages {
        let happens = flow.next();
        // In billionths of a dollar; whatever takes from an order is one kind of row.
        work.told(happens, 1);
        let (action, (order, side, price, size)) = match happens {
            Happens::Add { order, side, price, qty } => (b'A', (order, side, price, qty)),
            Happens::Cancel { order, side, price, qty }
            | Happens::Execute { order, side, price, qty }
            | Happens::Delete { order, side, price, qty } => (b'C', (order, side, price, qty)),
        };
        let at = 1_577_966_400_000_000_000 + number * 1_003;
        let row = MboMsg {
            hd: RecordHeader::new::<MboMsg>(rtype::MBO, 2, 7, at),
            order_id: order,
            price: price * 100_000,
            size,
            flags: FlagSet::empty(),
            channel_id: 0,
            action: action as std::ffi::c_char,
            side: (if side == Side::Buy { b'B' } else { b'A' }) as std::ffi::c_char,
            ts_recv: at + 500,
            ts_in_delta: 100,
            sequence: number as u32,
        };
        encoder.encode_record(&row).map_err(io::Error::other)?;
    }
    work.prices *= 100_000;
    work.reduced += work.cancelled;
    work.cancelled = 0;
    Ok(work)
}

/// Bars of a minute, in stretches of 65 536, without compression: what is measured is the reading.
fn bars(rows: u64, out: &mut (impl Write + Send)) -> io::Result<Work> {
    const GROUP: u64 = 1 << 16;
    let column = |name: &str, kind| {
        let built = Type::primitive_type_builder(name, kind)
            .with_repetition(parquet::basic::Repetition::REQUIRED)
            .build();
        built.map(Arc::new)
    };
    let doubles = ["open", "high", "low", "close", "volume"];
    let mut fields = vec![column("timestamp", Physical::INT64).map_err(io::Error::other)?];
    for name in doubles {
        fields.push(column(name, Physical::DOUBLE).map_err(io::Error::other)?);
    }
    let schema = Type::group_type_builder("bars").with_fields(fields).build();
    let schema = Arc::new(schema.map_err(io::Error::other)?);
    let properties = parquet::file::properties::WriterProperties::builder()
        .set_dictionary_enabled(false)
        .build();
    let writer = SerializedFileWriter::new(out, schema, Arc::new(properties));
    let mut writer = writer.map_err(io::Error::other)?;
    let (mut draws, mut work, mut price) = (Draws(2), Work::default(), 100_000_i64);
    while work.messages < rows {
        let count = GROUP.min(rows - work.messages);
        let mut times = Vec::new();
        let mut cells: [Vec<f64>; 5] = Default::default();
        for _ in 0..count {
            let open = price;
            price += draws.below(21) as i64 - 10;
            let (high, low) = (open.max(price) + draws.below(5) as i64, open.min(price) - 3);
            times.push(1_577_966_400_000 + work.messages as i64 * 60_000);
            let cents = |cents: i64| cents as f64 / 100.0;
            let volume = draws.below(1_000) as f64;
            for (cells, value) in
                cells.iter_mut().zip([cents(open), cents(high), cents(low), cents(price), volume])
            {
                cells.push(value);
            }
            work.messages += 1;
            work.placed += 1;
            let unit = 10_u128.pow(u32::from(SCALE.price.unsigned_abs()) - 2);
            work.prices += u128::from(price.unsigned_abs()) * unit;
        }
        let mut group = writer.next_row_group().map_err(io::Error::other)?;
        let mut place = 0;
        while let Some(mut column) = group.next_column().map_err(io::Error::other)? {
            let written = match column.untyped() {
                ColumnWriter::Int64ColumnWriter(to) => to.write_batch(&times, None, None),
                ColumnWriter::DoubleColumnWriter(to) => {
                    place += 1;
                    to.write_batch(&cells[place - 1], None, None)
                }
                _ => unreachable!("the schema has no other"),
            };
            written.map_err(io::Error::other)?;
            column.close().map_err(io::Error::other)?;
        }
        group.close().map_err(io::Error::other)?;
    }
    writer.close().map_err(io::Error::other)?;
    Ok(work)
}
