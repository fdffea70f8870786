//! A whole book, as Coinbase answers a request for it: levels, or every order of them.

use crate::capture::json::Fields;
use crate::capture::records::{Capture, Decode, Frame, Out, Refusal};
use crate::capture::{SCALE, limits, shown};
use crate::error::{DataError, Fault};
use crate::record::{Depth, Flags, Order, Resting, What};
use pitfloor_model::units::Side;
use std::collections::HashSet;
use std::path::Path;

/// The machine that understands whole books.
#[derive(Clone, Copy, Debug, Default)]
pub struct Snapshot;

/// The most orders of one book.
pub const ORDERS_MAX: usize = 1 << 22;

impl Snapshot {
    /// Opens a file that holds one.
    ///
    /// # Errors
    ///
    /// When it cannot be opened.
    pub fn open(file: &Path) -> Result<Capture<Self>, DataError> {
        let limits = crate::opening::Limits { line_bytes: 256 << 20, ..limits() };
        Capture::open(&[file], Self, SCALE, limits)
    }
}

/// The number that 32 hexadecimal digits with dashes between them are.
fn name(text: &str) -> Result<u128, Fault> {
    let digits = text.bytes().filter(|byte| *byte != b'-');
    let figures = digits.clone().count() == 32 && digits.clone().all(|d| d.is_ascii_hexdigit());
    if !figures {
        return Err(Fault::new("order", shown(text), "32 hexadecimal digits"));
    }
    Ok(digits.fold(0, |sum, digit| {
        (sum << 4) | u128::from((digit as char).to_digit(16).unwrap_or_default())
    }))
}

impl Decode for Snapshot {
    fn hear(&mut self, frame: &Frame<'_>, out: &mut Out) -> Result<(), Refusal> {
        let fields = Fields::of(frame.bytes)?;
        let symbol = out.symbol(&fields.text("product")?)?;
        let at = Some(fields.rfc3339("captured_at")?);
        let number = fields.whole("sequence")?;
        if fields.truth("truncated")? {
            return Err(Fault::new("truncated", "true", "a whole book").into());
        }
        let sides = [("bids", Side::Buy), ("asks", Side::Sell)];
        match fields.whole("level")? {
            2 => {
                let mut depth = Depth { first: number, last: number, ..Depth::default() };
                depth.whole = true;
                for (key, side) in sides {
                    let levels: Result<Vec<Resting>, Fault> = fields
                        .rows(key)?
                        .iter()
                        .map(|row| {
                            let level = row.level(key, &mut out.ruler)?;
                            let orders = row.cell(key, 2)?;
                            let refuse = || Fault::new(key, shown(orders), "a count of orders");
                            let orders = orders.parse().map_err(|_| refuse())?;
                            Ok(Resting { orders, ..level })
                        })
                        .collect();
                    match side {
                        Side::Buy => depth.bids = levels?,
                        Side::Sell => depth.asks = levels?,
                    }
                }
                let what = What::Depth(Box::new(depth));
                let record = out.tell(symbol, at, frame.heard, Some(number), what)?;
                record.flags = record.flags.and(Flags::SNAPSHOT);
            }
            3 => {
                let mut known = HashSet::new();
                for (key, side) in sides {
                    for row in fields.rows(key)? {
                        let level = row.level(key, &mut out.ruler)?;
                        let text = row.cell(key, 2)?;
                        if !known.insert(name(text)?) {
                            let fault = Fault::new("order", shown(text), "each order once");
                            return Err(fault.into());
                        }
                        if known.len() > ORDERS_MAX {
                            let expected = format!("at most {ORDERS_MAX}");
                            return Err(Fault::new(key, "more orders", expected).into());
                        }
                        let (order, price) = (known.len() as u64, level.price);
                        let order = Order { order, side, price, qty: level.qty };
                        let what = What::Add(order);
                        let record = out.tell(symbol, at, frame.heard, Some(number), what)?;
                        record.flags = record.flags.and(Flags::SNAPSHOT);
                    }
                }
            }
            other => {
                let fault = Fault::new("level", other.to_string(), "2 or 3");
                return Err(fault.into());
            }
        }
        Ok(())
    }
}
