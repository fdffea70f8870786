//! Records as ITCH messages, so that any recorded order flow can be kept as a file of ITCH 5.0.

use super::message::{
    Add, Body, Broken, Cancel, Cross, Delete, Directory, Executed, ExecutedAt, Message, Replace,
    System, Trade as TradeMessage, Trading,
};
use super::wire::{Code, Text};
use crate::record::{Flags, Record, State, What};
use crate::symbols::{Scale, Symbols};
use pitfloor_model::units::Side;

/// Turns records into messages.
///
/// Prices must be in ten-thousandths of a dollar, as ITCH has them, and moments within the day that
/// begins at `midnight`.
#[derive(Clone, Debug)]
pub struct Recoder {
    /// The moment from which times of messages are counted.
    midnight: i64,
    /// How many instruments have a directory message already.
    named: usize,
    trades: u64,
}

/// A record that ITCH cannot say.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("record {seq}, {field}: {why}")]
pub struct Unsayable {
    /// The record's number.
    pub seq: u64,
    /// Which part of it.
    pub field: &'static str,
    /// Why not.
    pub why: &'static str,
}

impl Recoder {
    /// For records whose day begins at `midnight`, in nanoseconds on the clock of their source.
    #[must_use]
    pub const fn new(midnight: i64) -> Self {
        Self { midnight, named: 0, trades: 0 }
    }

    /// Appends the messages that say what `record` says; a directory message for each instrument that
    /// is new comes before. Returns false where ITCH has no message of the kind.
    ///
    /// # Errors
    ///
    /// When a figure does not fit the field that it belongs to.
    pub fn recode(
        &mut self,
        record: &Record,
        symbols: &Symbols,
        out: &mut Vec<Message>,
    ) -> Result<bool, Unsayable> {
        let refuse = |field, why| Unsayable { seq: record.seq, field, why };
        let at_ns = u64::try_from(record.at.0 - self.midnight).ok();
        let at_ns = at_ns.filter(|at| *at < 86_400_000_000_000);
        let at_ns = at_ns.ok_or(refuse("time", "outside the day"))?;
        while self.named < symbols.all().len() {
            out.push(self.directory(symbols, at_ns).map_err(|(field, why)| refuse(field, why))?);
            self.named += 1;
        }
        let symbol = symbols.get(record.symbol);
        let stock = Text::new(&symbol.name).ok_or(refuse("symbol", "more than eight letters"))?;
        let body = self.body(record, stock).map_err(|(field, why)| refuse(field, why))?;
        let Some(body) = body else { return Ok(false) };
        let locate = record.symbol.0 as u16 + 1;
        out.push(Message { locate, tracking: 0, at_ns, body });
        Ok(true)
    }

    fn directory(
        &self,
        symbols: &Symbols,
        at_ns: u64,
    ) -> Result<Message, (&'static str, &'static str)> {
        let symbol = &symbols.all()[self.named];
        if symbol.scale != Scale::SHARES {
            return Err(("symbol", "prices are not in ten-thousandths or sizes not whole"));
        }
        let stock = Text::new(&symbol.name).ok_or(("symbol", "more than eight letters"))?;
        let locate = u16::try_from(self.named + 1).map_err(|_| ("symbol", "one too many"))?;
        let none = Code(b' ');
        let body = Body::Directory(Directory {
            stock,
            market: none,
            financial_status: none,
            round_lot: 100,
            round_lots_only: Code(b'N'),
            classification: none,
            sub_type: Text(*b"  "),
            authenticity: Code(b'P'),
            short_sale_threshold: none,
            ipo: none,
            luld_tier: none,
            etp: none,
            etp_leverage: 0,
            inverse: none,
        });
        Ok(Message { locate, tracking: 0, at_ns, body })
    }

    fn body(
        &mut self,
        record: &Record,
        stock: Text<8>,
    ) -> Result<Option<Body>, (&'static str, &'static str)> {
        let price = |price: i64| u32::try_from(price).map_err(|_| ("price", "beyond four bytes"));
        let shares = |qty: u64| u32::try_from(qty).map_err(|_| ("size", "beyond four bytes"));
        Ok(Some(match &record.what {
            What::Add(of) => Body::Add(Add {
                order: of.order,
                side: of.side,
                shares: shares(of.qty)?,
                stock,
                price: price(of.price)?,
            }),
            What::Replace { old, order, price: limit, qty, .. } => Body::Replace(Replace {
                order: *old,
                new: *order,
                shares: shares(*qty)?,
                price: price(*limit)?,
            }),
            What::Reduce(of) => {
                let qty = of.qty.ok_or(("size", "not told"))?;
                Body::Cancel(Cancel { order: of.order, shares: shares(qty)? })
            }
            What::Delete(of) => Body::Delete(Delete { order: of.order }),
            What::Execute(of) => {
                let (order, qty, trade) = (of.order, shares(of.qty)?, self.number(of.trade));
                match of.price {
                    None => Body::Executed(Executed { order, shares: qty, trade }),
                    Some(at) => Body::ExecutedAt(ExecutedAt {
                        order,
                        shares: qty,
                        trade,
                        printable: Code(if record.flags.has(Flags::UNPRINTED) {
                            b'N'
                        } else {
                            b'Y'
                        }),
                        price: price(at)?,
                    }),
                }
            }
            What::Trade(of) if of.cross => Body::Cross(Cross {
                shares: of.qty,
                stock,
                price: price(of.price)?,
                trade: self.number(of.trade),
                kind: Code(b'O'),
            }),
            What::Trade(of) => Body::Trade(TradeMessage {
                order: 0,
                side: Side::Buy,
                shares: shares(of.qty)?,
                stock,
                price: price(of.price)?,
                trade: self.number(of.trade),
            }),
            What::Broken { trade } => Body::Broken(Broken { trade: *trade }),
            What::Status(status) => {
                let code = match status.state {
                    State::Halted => b'H',
                    State::Paused => b'P',
                    State::Quoting | State::Auction => b'Q',
                    State::Trading => b'T',
                    State::Start => return Ok(Some(Body::System(System { event: Code(b'O') }))),
                    State::PreOpen => return Ok(Some(Body::System(System { event: Code(b'S') }))),
                    State::Closed => return Ok(Some(Body::System(System { event: Code(b'M') }))),
                    State::Other => return Ok(None),
                };
                let reason = if status.reason == [0; 4] { *b"    " } else { status.reason };
                let (state, reserved) = (Code(code), Code(b' '));
                Body::Trading(Trading { stock, state, reserved, reason: Text(reason) })
            }
            _ => return Ok(None),
        }))
    }

    /// The source's number of a trade, or the next one where it has none.
    fn number(&mut self, trade: u64) -> u64 {
        if trade > 0 {
            return trade;
        }
        self.trades += 1;
        self.trades
    }
}
