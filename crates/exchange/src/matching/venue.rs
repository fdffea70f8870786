//! What the venue itself sets: bands, references, restrictions, groups.

use super::Engine;
use super::house::House;
use pitfloor_model::event::{Event, Reject};
use pitfloor_model::trading::{Bands, Benchmark};
use pitfloor_model::units::{AccountId, InstrumentId, Price};

impl Engine {
    pub(super) fn set_bands(
        &mut self,
        at: InstrumentId,
        to: Option<Bands>,
        house: &mut dyn House,
    ) -> Result<(), Reject> {
        self.listed(at)?;
        let step = self.step(at);
        let off = |price: Price| {
            let size = price.0.unsigned_abs();
            size > Price::FARTHEST.0.unsigned_abs() || !size.is_multiple_of(step)
        };
        if to.is_some_and(|to| to.lower > to.upper || off(to.lower) || off(to.upper)) {
            return Err(Reject::BadBands);
        }
        let from = std::mem::replace(&mut self.pit_mut(at).bands, to);
        self.look_around(at);
        house.tell(Event::BandsChanged { instrument: at, from, to });
        self.touch(at);
        Ok(())
    }

    pub(super) fn set_reference(
        &mut self,
        at: InstrumentId,
        of: Benchmark,
        price: Price,
        house: &mut dyn House,
    ) -> Result<(), Reject> {
        self.listed(at)?;
        if price.0.unsigned_abs() > Price::FARTHEST.0.unsigned_abs() {
            return Err(Reject::OffTick);
        }
        let pit = self.pit_mut(at);
        match of {
            Benchmark::Close => pit.close = Some(price),
            Benchmark::Index => pit.index = Some(price),
            Benchmark::Mark => pit.mark = Some(price),
        }
        house.tell(Event::ReferenceSet { instrument: at, of, price });
        self.touch(at);
        Ok(())
    }

    pub(super) fn restrict_short_sales(
        &mut self,
        at: InstrumentId,
        on: bool,
        house: &mut dyn House,
    ) -> Result<(), Reject> {
        self.listed(at)?;
        self.pit_mut(at).restricted = on;
        self.look_around(at);
        house.tell(Event::ShortSalesRestricted { instrument: at, on });
        self.touch(at);
        Ok(())
    }

    pub(super) fn set_group(
        &mut self,
        account: AccountId,
        group: Option<u32>,
        house: &mut dyn House,
    ) -> Result<(), Reject> {
        house.credit(account).ok_or(Reject::UnknownAccount)?;
        match group {
            Some(group) => self.groups.insert(account, group),
            None => self.groups.remove(&account),
        };
        house.tell(Event::GroupSet { account, group });
        Ok(())
    }

    /// Sees whether plain orders may take the short way.
    pub(super) fn look_around(&mut self, at: InstrumentId) {
        let instrument = &self.venue.instruments()[at.index()];
        self.pits[at.index()].look_around(instrument);
    }
}
