//! What the clearing house is asked, as far as orders and prices are concerned: whose orders end
//! before it is done, and what the market knows afterwards.

use super::Engine;
use super::house::House;
use super::pit::Pit;
use pitfloor_model::clearing::Act;
use pitfloor_model::command::Filter;
use pitfloor_model::event::{CancelReason, Event, Phase, PhaseReason, Reject};
use pitfloor_model::units::{AccountId, InstrumentId};

impl Engine {
    /// Asks the clearing house whether it may, then has it done.
    pub(super) fn clear(&mut self, act: &Act, house: &mut dyn House) -> Result<(), Reject> {
        let may = house.may(self.now, act);
        if !may.is_err_and(is_malformed) {
            self.may_clear(act)?;
        }
        may?;
        self.make_room(act, house);
        house.act(self.now, act);
        self.follow(act, house);
        Ok(())
    }

    /// What the engine has to say about an act that is well formed.
    fn may_clear(&self, act: &Act) -> Result<(), Reject> {
        if let Act::Split { instrument, num, den } = act
            && self.split_pit(*instrument, *num, *den).is_none()
        {
            return Err(Reject::BadAmount);
        }
        if self.blocked.contains(&act.account()) { Err(Reject::KillSwitch) } else { Ok(()) }
    }

    /// Cancels the orders that an act leaves no room for.
    fn make_room(&mut self, act: &Act, house: &mut dyn House) {
        match act {
            Act::Split { instrument, .. } => {
                let venue = self.venue.clone();
                for (at, listed) in (0..).map(InstrumentId).zip(venue.instruments()) {
                    if at == *instrument || listed.kind().underlying() == Some(*instrument) {
                        self.clear_out(at, house);
                    }
                }
            }
            Act::Convert { instrument, .. } | Act::Expire { instrument, .. } => {
                self.clear_out(*instrument, house);
            }
            Act::Default { member } => {
                for account in house.carried(*member) {
                    self.block(account, house);
                }
            }
            _ => {}
        }
    }

    /// Cancels every order in an instrument.
    fn clear_out(&mut self, at: InstrumentId, house: &mut dyn House) {
        self.cancel_in(at, &Filter::default(), CancelReason::CorporateAction, house);
    }

    /// Blocks an account in default, and cancels its orders.
    fn block(&mut self, account: AccountId, house: &mut dyn House) {
        if self.blocked.insert(account) {
            house.tell(Event::KillSwitched { account, on: true });
        }
        let filter = Filter { account: Some(account), ..Filter::default() };
        for at in self.everywhere() {
            self.cancel_in(at, &filter, CancelReason::Default, house);
        }
    }

    /// Lets the market know what came of an act.
    fn follow(&mut self, act: &Act, house: &mut dyn House) {
        match act {
            Act::Value { valuations } => {
                for valuation in valuations {
                    self.pit_mut(valuation.instrument).unvalued = false;
                    self.look_around(valuation.instrument);
                }
            }
            Act::Split { instrument, num, den } => {
                let split = self.split_pit(*instrument, *num, *den);
                *self.pit_mut(*instrument) = split.expect("prices are looked at before a split");
            }
            Act::Convert { instrument, .. } | Act::Expire { instrument, .. } => {
                self.close_for_ever(*instrument, house);
            }
            _ => {}
        }
    }

    /// The pit of an instrument after a split; none when a price would leave the grid.
    fn split_pit(&self, at: InstrumentId, num: u32, den: u32) -> Option<Pit> {
        let mut pit = self.pit(at).clone();
        pit.rescale(num, den, self.step(at)).then_some(pit)
    }

    /// An instrument is at its end.
    fn close_for_ever(&mut self, at: InstrumentId, house: &mut dyn House) {
        let pit = self.pit_mut(at);
        pit.ended = true;
        if pit.phase != Phase::Closed {
            self.change_phase(at, Phase::Closed, PhaseReason::Ended, house);
        }
    }
}

/// True for what is wrong with an act by itself, whoever asks for it.
const fn is_malformed(why: Reject) -> bool {
    matches!(
        why,
        Reject::UnknownAccount | Reject::UnknownInstrument | Reject::ZeroQty | Reject::BadAmount
    )
}
