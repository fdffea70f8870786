//! Tables of order events: `id,timestamp,exchange.timestamp,price,volume,action,direction`.
//!
//! `timestamp` is the recorder's clock, `exchange.timestamp` the venue's, which tells whole seconds; both
//! in milliseconds. The volume is what is left of the order, in hundred-millionths.

use super::orders::{Event, Orders};
use crate::capture::records::{Out, Refusal};
use crate::capture::sheet::{ReadRow, Sheet, column};
use crate::capture::{SCALE, epoch, json};
use crate::error::{DataError, Fault};
use crate::opening::Limits;
use crate::record::Order;
use std::path::Path;

/// Understands the rows.
#[derive(Clone, Debug, Default)]
pub struct OrderRows {
    symbol: String,
    places: [usize; 7],
    orders: Orders,
}

const NAMES: [&str; 7] =
    ["id", "timestamp", "exchange.timestamp", "price", "volume", "action", "direction"];

impl OrderRows {
    /// Opens a table of the orders of `symbol`, which the table itself does not name.
    ///
    /// # Errors
    ///
    /// When it cannot be opened or read, or a column is missing.
    pub fn open(file: &Path, symbol: &str) -> Result<Sheet<Self>, DataError> {
        let reader = Self { symbol: symbol.to_owned(), ..Self::default() };
        Sheet::open(file, reader, SCALE, Limits::default())
    }

    /// Which orders live.
    #[must_use]
    pub const fn orders(&self) -> &Orders {
        &self.orders
    }
}

impl ReadRow for OrderRows {
    fn begin(&mut self, names: &[&str]) -> Result<(), Refusal> {
        for (place, name) in self.places.iter_mut().zip(NAMES) {
            *place = column(names, name)?;
        }
        Ok(())
    }

    fn row(&mut self, cells: &[&str], out: &mut Out) -> Result<(), Refusal> {
        let [id, local, venue, price, volume, action, direction] =
            self.places.map(|place| cells[place]);
        let event = match action {
            "created" => Event::Created,
            "changed" => Event::Changed,
            "deleted" => Event::Deleted,
            _ => {
                let found = crate::capture::shown(action);
                return Err(Fault::new("action", found, "created, changed or deleted").into());
            }
        };
        let symbol = out.symbol(&self.symbol)?;
        let order = Order {
            order: json::whole("id", id)?,
            side: json::side("direction", direction, ["bid", "ask"])?,
            price: out.ruler.price("price", price)?,
            qty: json::whole("volume", volume)?,
        };
        let heard = Some(epoch("timestamp", local)?);
        let at = Some(epoch("exchange.timestamp", venue)?);
        match self.orders.event(event, order) {
            Ok((what, flags)) => {
                let record = out.tell(symbol, at, heard, None, what)?;
                record.flags = record.flags.and(flags);
            }
            Err(why) => out.skip(why),
        }
        Ok(())
    }
}
