//! What a row of DBN says.

use super::records::Row;
use crate::error::Fault;
use crate::record::{
    Bar, Definition, Depth, Execution, Flags, Imbalance, Moment, Order, Place, Quote, Record,
    Resting, State, Statistic, Status, Top, Touched, Trade, What,
};
use crate::symbols::SymbolId;
use dbn::enums::{StatusAction, rtype};
use dbn::{
    BidAskPair, FlagSet, ImbalanceMsg, InstrumentDefMsg, MboMsg, OhlcvMsg, RecordRefEnum, StatMsg,
    StatusMsg, UNDEF_ORDER_SIZE, UNDEF_PRICE, UNDEF_TIMESTAMP,
};
use pitfloor_model::units::Side;

/// What a row says, before it is known which instrument its number means.
pub(super) struct Told {
    pub(super) at: Moment,
    pub(super) heard: Option<Moment>,
    pub(super) instrument: u32,
    /// The time by which the file is ordered, for the meaning of the number.
    pub(super) indexed: u64,
    pub(super) seq: Option<u32>,
    pub(super) flags: Flags,
    what: What,
    then: Option<What>,
}

impl Told {
    /// The one or two records of the row.
    #[inline]
    pub(super) fn records(self, symbol: SymbolId, place: u64) -> (Record, Option<Record>) {
        let Self { at, heard, seq, flags, what, then, .. } = self;
        let seq = seq.map_or(place, u64::from);
        // Only the last record of an event says that it is the last.
        let first = if then.is_some() { Flags(flags.0 & !Flags::LAST.0) } else { flags };
        let record = Record { at, heard, seq, symbol, flags: first, what };
        (record, then.map(|what| Record { at, heard, seq, symbol, flags, what }))
    }
}

/// Reads one row.
#[inline]
pub(super) fn told(row: Row<'_>) -> Result<Told, Fault> {
    let header = row.header();
    let (instrument, event) = (header.instrument_id, header.ts_event);
    if let (rtype::MBO, Some(mbo)) = (header.rtype, row.get::<MboMsg>()) {
        let (what, flags) = (order(mbo)?, marks(mbo.flags));
        let sequence = Some(mbo.sequence);
        return told_at(event, mbo.ts_recv, instrument, sequence, flags, (what, None));
    }
    seldom(row, instrument, event)
}

/// The schemas that are not single orders.
fn seldom(row: Row<'_>, instrument: u32, event: u64) -> Result<Told, Fault> {
    let refuse = |error: dbn::Error| Fault::new("row", error.to_string(), "a known type of row");
    let all = |recv: u64, seq: Option<u32>, flags: FlagSet, what: (What, Option<What>)| {
        told_at(event, recv, instrument, seq, marks(flags), what)
    };
    let one = |what: What| (what, None);
    match row.as_enum().map_err(refuse)? {
        RecordRefEnum::Mbo(mbo) => {
            all(mbo.ts_recv, Some(mbo.sequence), mbo.flags, one(order(mbo)?))
        }
        RecordRefEnum::Trade(row) => {
            let what = trade(row.price, row.size, row.side)?;
            all(row.ts_recv, Some(row.sequence), row.flags, one(what))
        }
        RecordRefEnum::Mbp1(row) => {
            let quote = What::Quote(quote(&row.levels[0]));
            let what = beside(quote, row.action, row.price, row.size, row.side)?;
            all(row.ts_recv, Some(row.sequence), row.flags, what)
        }
        RecordRefEnum::Mbp10(row) => {
            let depth = What::Depth(Box::new(depth(&row.levels)));
            let what = beside(depth, row.action, row.price, row.size, row.side)?;
            all(row.ts_recv, Some(row.sequence), row.flags, what)
        }
        RecordRefEnum::Bbo(row) => {
            let quote = What::Quote(quote(&row.levels[0]));
            all(row.ts_recv, Some(row.sequence), row.flags, one(quote))
        }
        RecordRefEnum::Cmbp1(row) => {
            let of = &row.levels[0];
            let quote = What::Quote(sides(of.bid_px, of.bid_sz, of.ask_px, of.ask_sz));
            let what = beside(quote, row.action, row.price, row.size, row.side)?;
            all(row.ts_recv, None, row.flags, what)
        }
        RecordRefEnum::Cbbo(row) => {
            let of = &row.levels[0];
            let quote = What::Quote(sides(of.bid_px, of.bid_sz, of.ask_px, of.ask_sz));
            all(row.ts_recv, None, row.flags, one(quote))
        }
        RecordRefEnum::Ohlcv(row) => {
            let what = bar(row)?;
            told_at(event, UNDEF_TIMESTAMP, instrument, None, Flags::LAST, one(what))
        }
        RecordRefEnum::Status(row) => {
            told_at(event, row.ts_recv, instrument, None, Flags::LAST, one(status(row)))
        }
        RecordRefEnum::InstrumentDef(row) => {
            let what = definition(row)?;
            told_at(event, row.ts_recv, instrument, None, Flags::LAST, one(what))
        }
        RecordRefEnum::Imbalance(row) => {
            told_at(event, row.ts_recv, instrument, None, Flags::LAST, one(imbalance(row)?))
        }
        RecordRefEnum::Stat(row) => {
            let what = statistic(row);
            told_at(event, row.ts_recv, instrument, Some(row.sequence), Flags::LAST, one(what))
        }
        RecordRefEnum::SymbolMapping(_) => note(event, instrument, "symbol mapping"),
        RecordRefEnum::System(_) => note(event, instrument, "message of the gateway"),
        RecordRefEnum::Error(_) => note(event, instrument, "error of the gateway"),
    }
}

fn note(event: u64, instrument: u32, words: &'static str) -> Result<Told, Fault> {
    let what = (What::Note(words), None);
    told_at(event, UNDEF_TIMESTAMP, instrument, None, Flags::LAST, what)
}

#[inline]
fn told_at(
    event: u64,
    recv: u64,
    instrument: u32,
    seq: Option<u32>,
    flags: Flags,
    (what, then): (What, Option<What>),
) -> Result<Told, Fault> {
    let moment = |nanos: u64| i64::try_from(nanos).ok().map(Moment);
    let heard = moment(recv);
    let (at, flags) = match (moment(event), heard) {
        (Some(at), _) => (at, flags),
        (None, Some(heard)) => (heard, flags.and(Flags::NO_EVENT_TIME)),
        (None, None) => return Err(Fault::new("ts_event", event.to_string(), "a time")),
    };
    let indexed = if recv == UNDEF_TIMESTAMP { event } else { recv };
    Ok(Told { at, heard, instrument, indexed, seq, flags, what, then })
}

#[inline]
fn marks(of: FlagSet) -> Flags {
    let raw = of.raw();
    let mut flags = 0;
    flags |= u8::from(of.is_last()) * Flags::LAST.0;
    flags |= u8::from(of.is_snapshot()) * Flags::SNAPSHOT.0;
    let doubtful = dbn::flags::BAD_TS_RECV | dbn::flags::MAYBE_BAD_BOOK;
    flags |= u8::from(raw & doubtful != 0) * Flags::SUSPECT.0;
    Flags(flags)
}

#[inline]
fn order(row: &MboMsg) -> Result<What, Fault> {
    let (order, qty) = (row.order_id, u64::from(row.size));
    let side = || {
        let unknown = || Fault::new("side", letter(row.side), "A or B");
        side(row.side)?.ok_or_else(unknown)
    };
    let whole =
        || Ok(Order { order, side: side()?, price: price(row.price)?, qty: size(row.size)? });
    let place = || Ok(Place { side: side()?, price: price(row.price)? });
    Ok(match row.action as u8 {
        b'A' => What::Add(whole()?),
        b'M' => What::Modify(whole()?),
        b'C' => What::Reduce(Touched { order, qty: Some(qty), place: Some(place()?) }),
        b'F' => {
            let place = Some(place()?);
            What::Filled(Execution { order, qty: size(row.size)?, place, price: None, trade: 0 })
        }
        b'T' => trade(row.price, row.size, row.side)?,
        b'R' => What::Clear,
        b'N' => What::Note("nothing"),
        _ => return Err(Fault::new("action", letter(row.action), "A, C, F, M, N, R or T")),
    })
}

/// The best prices, and the trade beside them where the row is of one.
fn beside(
    around: What,
    action: std::ffi::c_char,
    price: i64,
    size: u32,
    side: std::ffi::c_char,
) -> Result<(What, Option<What>), Fault> {
    Ok(match action as u8 {
        b'T' => (around, Some(trade(price, size, side)?)),
        b'A' | b'C' | b'M' | b'N' => (around, None),
        b'R' => (What::Clear, Some(around)),
        _ => return Err(Fault::new("action", letter(action), "A, C, M, N, R or T")),
    })
}

fn trade(at: i64, qty: u32, taker: std::ffi::c_char) -> Result<What, Fault> {
    let (price, qty, aggressor) = (price(at)?, size(qty)?, side(taker)?);
    Ok(What::Trade(Trade { price, qty, aggressor, trade: 0, cross: false }))
}

#[inline]
fn price(price: i64) -> Result<i64, Fault> {
    if price == UNDEF_PRICE {
        return Err(Fault::new("price", "none", "a price"));
    }
    Ok(price)
}

#[inline]
fn size(size: u32) -> Result<u64, Fault> {
    if size == 0 || size == UNDEF_ORDER_SIZE {
        return Err(Fault::new("size", size.to_string(), "at least 1"));
    }
    Ok(u64::from(size))
}

#[inline]
fn side(side: std::ffi::c_char) -> Result<Option<Side>, Fault> {
    match side as u8 {
        b'B' => Ok(Some(Side::Buy)),
        b'A' => Ok(Some(Side::Sell)),
        b'N' => Ok(None),
        _ => Err(Fault::new("side", letter(side), "A, B or N")),
    }
}

fn letter(letter: std::ffi::c_char) -> String {
    format!("\"{}\"", [letter as u8].escape_ascii())
}

fn known(price: i64) -> Option<i64> {
    (price != UNDEF_PRICE).then_some(price)
}

fn sides(bid: i64, bid_size: u32, ask: i64, ask_size: u32) -> Quote {
    let top = |price: i64, size: u32| Some(Top { price: known(price)?, qty: u64::from(size) });
    Quote { bid: top(bid, bid_size), ask: top(ask, ask_size) }
}

fn quote(of: &BidAskPair) -> Quote {
    sides(of.bid_px, of.bid_sz, of.ask_px, of.ask_sz)
}

fn depth(levels: &[BidAskPair]) -> Depth {
    let at = |price: i64, qty: u32, orders: u32| {
        Some(Resting { price: known(price)?, qty: u64::from(qty), orders })
    };
    Depth {
        bids: levels.iter().filter_map(|of| at(of.bid_px, of.bid_sz, of.bid_ct)).collect(),
        asks: levels.iter().filter_map(|of| at(of.ask_px, of.ask_sz, of.ask_ct)).collect(),
        whole: true,
        ..Depth::default()
    }
}

fn bar(row: &OhlcvMsg) -> Result<What, Fault> {
    const SECOND: u64 = 1_000_000_000;
    let span_ns = match row.hd.rtype {
        rtype::OHLCV_1S => SECOND,
        rtype::OHLCV_1M => 60 * SECOND,
        rtype::OHLCV_1H => 3_600 * SECOND,
        rtype::OHLCV_1D | rtype::OHLCV_EOD => 86_400 * SECOND,
        other => return Err(Fault::new("rtype", other.to_string(), "a bar of a known length")),
    };
    let (open, high) = (price(row.open)?, price(row.high)?);
    let (low, close) = (price(row.low)?, price(row.close)?);
    if high < open.max(close) || low > open.min(close) {
        let found = format!("{open}, {high}, {low}, {close}");
        return Err(Fault::new("open, high, low, close", found, "the others between low and high"));
    }
    let volume = Some(row.volume);
    Ok(What::Bar(Bar { open, high, low, close, volume, span_ns, more: None }))
}

fn status(row: &StatusMsg) -> What {
    let state = match StatusAction::try_from(row.action) {
        Ok(StatusAction::PreOpen | StatusAction::PreCross) => State::PreOpen,
        Ok(StatusAction::Quoting | StatusAction::NewPriceIndication) => State::Quoting,
        Ok(StatusAction::Cross | StatusAction::Rotation) => State::Auction,
        Ok(StatusAction::Trading) => State::Trading,
        Ok(StatusAction::Halt | StatusAction::Suspend) => State::Halted,
        Ok(StatusAction::Pause) => State::Paused,
        Ok(
            StatusAction::Close | StatusAction::PostClose | StatusAction::NotAvailableForTrading,
        ) => State::Closed,
        _ => State::Other,
    };
    let mut reason = [0; 4];
    reason[2..].copy_from_slice(&row.reason.to_be_bytes());
    What::Status(Status { state, code: row.action, reason })
}

fn definition(row: &InstrumentDefMsg) -> Result<What, Fault> {
    let currency = row.currency().map_err(|e| Fault::new("currency", e.to_string(), "text"))?;
    let currency = <[u8; 3]>::try_from(currency.as_bytes()).ok();
    let class = row.instrument_class as u8;
    Ok(What::Definition(Box::new(Definition {
        number: u64::from(row.hd.instrument_id),
        tick: known(row.min_price_increment),
        lot: u64::try_from(row.min_lot_size_round_lot).ok().filter(|lot| *lot > 0),
        currency,
        expiry: i64::try_from(row.expiration).ok().filter(|at| *at > 0).map(Moment),
        strike: known(row.strike_price).filter(|_| matches!(class, b'C' | b'P')),
        call: matches!(class, b'C' | b'P').then_some(class == b'C'),
        class: (class as char).to_string(),
    })))
}

fn imbalance(row: &ImbalanceMsg) -> Result<What, Fault> {
    let zero_is_none = |price: i64| known(price).filter(|price| *price != 0);
    Ok(What::Imbalance(Box::new(Imbalance {
        paired: u64::from(row.paired_qty),
        left: u64::from(row.total_imbalance_qty),
        side: side(row.side)?,
        reference: zero_is_none(row.ref_price),
        near: zero_is_none(row.cont_book_clr_price),
        far: zero_is_none(row.auct_interest_clr_price),
    })))
}

fn statistic(row: &StatMsg) -> What {
    let quantity = (row.quantity != dbn::UNDEF_STAT_QUANTITY).then_some(row.quantity);
    if let (9, Some(Ok(contracts))) = (row.stat_type, quantity.map(u64::try_from)) {
        return What::OpenInterest(contracts);
    }
    What::Statistic(Statistic { kind: row.stat_type, price: known(row.price), quantity })
}
