//! What was announced for a moment: a dividend, a coupon, a split, an expiry, a change of rates.

use crate::Desk;
use crate::prices::Prices;
use pitfloor_model::clearing::Act;
use pitfloor_model::command::Command;
use pitfloor_model::contract::InstrumentKind;
use pitfloor_model::units::{InstrumentId, Time};
use std::collections::VecDeque;

/// Something to be said at its moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Item {
    /// Exactly this.
    Say(Command),
    /// That a contract has expired, at the price at which what it is on stands then: the last print
    /// of the underlying, or of the contract itself where it has none.
    Expire {
        /// The contract.
        instrument: InstrumentId,
        /// What it is.
        kind: InstrumentKind,
    },
}

/// The announcements of a run, in order of their moments.
#[derive(Clone, Debug, Default)]
pub struct Agenda {
    items: VecDeque<(Time, Item)>,
}

impl Agenda {
    /// These items; of two at one moment the first comes first.
    #[must_use]
    pub fn new(items: impl IntoIterator<Item = (Time, Item)>) -> Self {
        let mut items: Vec<_> = items.into_iter().collect();
        items.sort_by_key(|(at, _)| *at);
        Self { items: items.into() }
    }
}

impl Desk for Agenda {
    fn due(&self) -> Option<Time> {
        self.items.front().map(|(at, _)| *at)
    }

    fn take(&mut self, at: Time, prices: &Prices, out: &mut Vec<Command>) {
        while self.due().is_some_and(|due| due <= at) {
            let Some((_, item)) = self.items.pop_front() else { break };
            out.push(match item {
                Item::Say(command) => command,
                Item::Expire { instrument, kind } => {
                    let price = match kind {
                        InstrumentKind::Option(choice) | InstrumentKind::Warrant(choice) => {
                            prices.last(choice.underlying)
                        }
                        _ => prices.mark(instrument),
                    };
                    Command::Clear(Box::new(Act::Expire { instrument, price }))
                }
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use pitfloor_model::contract::{Choice, Delivery, Future, Right, Style};
    use pitfloor_model::units::Price;

    #[test]
    fn items_come_at_their_moments_and_an_expiry_knows_the_price_of_its_day() {
        let (acme, call, future) = (InstrumentId(0), InstrumentId(1), InstrumentId(2));
        let (expiry, delivery) = (Time(7), Delivery::Cash);
        let right = InstrumentKind::Option(Choice {
            underlying: acme,
            right: Right::Call,
            style: Style::European,
            strike: Price(90),
            lots: 100,
            expiry,
            delivery,
        });
        let forward =
            InstrumentKind::Future(Future { underlying: None, lots: 1, expiry, delivery });
        let mut agenda = Agenda::new([
            (Time(7), Item::Expire { instrument: call, kind: right }),
            (Time(7), Item::Expire { instrument: future, kind: forward }),
            (Time(3), Item::Say(Command::AdvanceTime)),
        ]);
        let mut prices = Prices::new([Price(100), Price(11), Price(102)]);
        let mut out = Vec::new();
        assert_eq!(agenda.due(), Some(Time(3)));
        agenda.take(Time(3), &prices, &mut out);
        assert_eq!((out.len(), agenda.due()), (1, Some(Time(7))));
        prices.quote(future, Some(Price(103)), Some(Price(105)));
        agenda.take(Time(8), &prices, &mut out);
        let expired = |instrument, price| {
            Command::Clear(Box::new(Act::Expire { instrument, price: Price(price) }))
        };
        assert_eq!(out[1..], [expired(call, 100), expired(future, 104)]);
        assert_eq!(agenda.due(), None);
    }
}
