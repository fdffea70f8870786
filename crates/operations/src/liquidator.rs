//! Forced liquidation: who has not met a margin call in time has his positions closed in the market,
//! slice by slice, until he has enough again.

use crate::Desk;
use crate::closing::Closing;
use crate::prices::Prices;
use pitfloor_model::clearing::Fact;
use pitfloor_model::command::Command;
use pitfloor_model::event::Event;
use pitfloor_model::units::Time;

/// The one who liquidates.
#[derive(Clone, Debug)]
pub struct Liquidator {
    closing: Closing,
}

impl Liquidator {
    /// Closes as `closing` does.
    #[must_use]
    pub const fn new(closing: Closing) -> Self {
        Self { closing }
    }
}

impl Desk for Liquidator {
    fn see(&mut self, at: Time, event: &Event, _: &Prices) {
        self.closing.see(event);
        match *event {
            Event::Clearing(Fact::Overdue { account }) => self.closing.begin(at, account),
            // A member in default is somebody else's.
            Event::Clearing(Fact::Met { account } | Fact::Defaulted { member: account }) => {
                self.closing.end(account);
            }
            _ => {}
        }
    }

    fn due(&self) -> Option<Time> {
        self.closing.due()
    }

    fn take(&mut self, at: Time, prices: &Prices, out: &mut Vec<Command>) {
        self.closing.take(at, prices, out);
    }
}
