//! The venue's own commands: accounts, groups, bands, references, the kill switch.

use super::{Answer, FARTHEST, Member, Reference};
use pitfloor_model::command::Filter;
use pitfloor_model::event::{CancelReason, Credit, Event, Reject};
use pitfloor_model::trading::{Bands, Benchmark};
use pitfloor_model::units::{AccountId, InstrumentId, Price};

impl Reference {
    pub(super) fn open(&mut self, account: AccountId, credit: Credit) -> Answer {
        if account.0 >= 1 << 20 || self.member(account).is_some() {
            return Err(Reject::AccountNotOpenable);
        }
        self.members.push(Member { account, credit, blocked: false, group: None });
        self.out.push(Event::AccountOpened { account, credit });
        Ok(())
    }

    pub(super) fn known(&self, instrument: InstrumentId) -> Answer {
        let listed = (instrument.0 as usize) < self.markets.len();
        if listed { Ok(()) } else { Err(Reject::UnknownInstrument) }
    }

    fn member_mut(&mut self, account: AccountId) -> Result<&mut Member, Reject> {
        let found = self.members.iter_mut().find(|member| member.account == account);
        found.ok_or(Reject::UnknownAccount)
    }

    pub(super) fn set_bands(&mut self, instrument: InstrumentId, bands: Option<Bands>) -> Answer {
        self.known(instrument)?;
        if let Some(bands) = bands {
            let off = |price: Price| {
                let ticks = i128::from(price.0);
                ticks.abs() > FARTHEST || ticks % self.step(instrument) != 0
            };
            if bands.lower.0 > bands.upper.0 || off(bands.lower) || off(bands.upper) {
                return Err(Reject::BadBands);
            }
        }
        let from = std::mem::replace(&mut self.market_mut(instrument).bands, bands);
        self.out.push(Event::BandsChanged { instrument, from, to: bands });
        Ok(())
    }

    pub(super) fn set_reference(
        &mut self,
        instrument: InstrumentId,
        of: Benchmark,
        price: Price,
    ) -> Answer {
        self.known(instrument)?;
        if i128::from(price.0).abs() > FARTHEST {
            return Err(Reject::OffTick);
        }
        let market = self.market_mut(instrument);
        match of {
            Benchmark::Close => market.close = Some(price),
            Benchmark::Mark => market.mark = Some(price),
            Benchmark::Index => market.index = Some(price),
        }
        self.out.push(Event::ReferenceSet { instrument, of, price });
        Ok(())
    }

    pub(super) fn restrict(&mut self, instrument: InstrumentId, on: bool) -> Answer {
        self.known(instrument)?;
        self.market_mut(instrument).short_restricted = on;
        self.out.push(Event::ShortSalesRestricted { instrument, on });
        Ok(())
    }

    pub(super) fn kill_switch(&mut self, account: AccountId, on: bool) -> Answer {
        self.member_mut(account)?.blocked = on;
        self.out.push(Event::KillSwitched { account, on });
        if on {
            let filter = Filter { account: Some(account), ..Filter::default() };
            self.sweep(&filter, CancelReason::KillSwitch);
        }
        Ok(())
    }

    /// What the kill switch does to an account.
    pub(super) fn block(&mut self, account: AccountId) {
        self.member_mut(account).expect("the account is open").blocked = true;
    }

    pub(super) fn set_group(&mut self, account: AccountId, group: Option<u32>) -> Answer {
        self.member_mut(account)?.group = group;
        self.out.push(Event::GroupSet { account, group });
        Ok(())
    }
}
