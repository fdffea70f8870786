//! LOBSTER message files in the one shape of all readers.
//!
//! A file's own name says of which instrument and day it is
//! (`AAPL_2012-06-21_34200000_57600000_message_50.csv`): times are then moments in UTC. Of a file that
//! was renamed, times are since midnight ([`Clock::Midnight`]).

use super::{Action, Halt, MessageReader, Named};
use crate::error::DataError;
use crate::record::{
    Clock, Execution, Flags, Moment, Order, Place, Record, State, Status, Touched, Trade, What,
};
use crate::records::{Count, Records};
use crate::symbols::{Scale, SymbolId, Symbols};
use crate::zone::{Day, Zone};
use jiff::civil::Date;
use pitfloor_model::units::Side;
use std::path::{Path, PathBuf};

/// Reads a message file as records.
pub struct LobsterRecords {
    file: PathBuf,
    reader: MessageReader,
    day: Option<Day>,
    symbols: Symbols,
    count: Count,
    ended: bool,
}

impl LobsterRecords {
    /// Opens a message file. Prices are read as recorded, in ten-thousandths of a dollar.
    ///
    /// # Errors
    ///
    /// When the file cannot be opened, or is a table of another width.
    pub fn open(file: &Path) -> Result<Self, DataError> {
        let reader = MessageReader::open_with_tick(file, 1)?;
        let (name, date) = named(file);
        let day = date.map(|date| Day::new(date, Zone::new_york()));
        let symbols = Symbols::one(name.unwrap_or_else(|| "RECORD".to_owned()), Scale::SHARES);
        let count = Count::default();
        Ok(Self { file: file.to_owned(), reader, day, symbols, count, ended: false })
    }

    fn read(&mut self) -> Result<Option<Record>, DataError> {
        let Some(message) = self.reader.next().transpose()? else { return Ok(None) };
        self.count.read += 1;
        let nanos = message.at.0 as i64;
        let at = match &self.day {
            Some(day) => day.at(nanos).map_err(|fault| fault.at(&self.file, self.count.read))?,
            None => Moment(nanos),
        };
        let (what, flags) = what(&message.action);
        self.count.given += 1;
        let seq = self.reader.line();
        Ok(Some(Record { at, heard: None, seq, symbol: SymbolId(0), flags, what }))
    }
}

fn what(action: &Action) -> (What, Flags) {
    let touched = |named: &Named| Touched {
        order: named.order.0,
        qty: Some(named.qty.0),
        place: Some(place(named)),
    };
    let what = match action {
        Action::Submit(Named { order, side, price, qty }) => {
            What::Add(Order { order: order.0, side: *side, price: price.0, qty: qty.0 })
        }
        Action::Reduce(named) => What::Reduce(touched(named)),
        Action::Delete(named) => What::Delete(touched(named)),
        Action::Execute(named) => What::Execute(Execution {
            order: named.order.0,
            qty: named.qty.0,
            place: Some(place(named)),
            price: None,
            trade: 0,
        }),
        // The direction is that of the resting order.
        Action::Hidden(print) => trade(print.price.0, print.qty.0, Some(print.side), false),
        Action::Cross(print) => trade(print.price.0, print.qty.0, None, true),
        Action::Trading(halt) => {
            let (state, code) = match halt {
                Halt::Stop => (State::Halted, 0),
                Halt::Quote => (State::Quoting, 1),
                Halt::Trade => (State::Trading, 2),
            };
            What::Status(Status { state, code, reason: [0; 4] })
        }
    };
    (what, Flags::LAST)
}

fn trade(price: i64, qty: u64, maker: Option<Side>, cross: bool) -> What {
    What::Trade(Trade { price, qty, aggressor: maker.map(Side::opposite), trade: 0, cross })
}

const fn place(named: &Named) -> Place {
    Place { side: named.side, price: named.price.0 }
}

/// The instrument and day that the name of a LOBSTER file tells.
fn named(file: &Path) -> (Option<String>, Option<Date>) {
    let name = file.file_name().and_then(|name| name.to_str()).unwrap_or("");
    let mut words = name.split('_');
    let symbol = words.next().filter(|word| {
        let sound = |byte: u8| byte.is_ascii_uppercase() || byte == b'.' || byte.is_ascii_digit();
        !word.is_empty() && word.bytes().all(sound)
    });
    let date = words.next().and_then(|word| word.parse::<Date>().ok());
    (symbol.map(str::to_owned), symbol.and(date))
}

impl Iterator for LobsterRecords {
    type Item = Result<Record, DataError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.ended {
            return None;
        }
        let next = self.read().transpose();
        self.ended = !matches!(next, Some(Ok(_)));
        next
    }
}

impl Records for LobsterRecords {
    fn file(&self) -> &Path {
        &self.file
    }

    fn stands_at(&self) -> u64 {
        self.reader.line()
    }

    fn symbols(&self) -> &Symbols {
        &self.symbols
    }

    fn clock(&self) -> Clock {
        if self.day.is_some() { Clock::Utc } else { Clock::Midnight }
    }

    fn so_far(&self) -> &Count {
        &self.count
    }
}
