//! The mirror: every price negated, every side swapped.
//!
//! A market has no preferred direction: the mirrored history must yield the mirrored events. The
//! exceptions are rules that name a side or a direction, and no others:
//!
//! * who must have what: buys need cash and sells need holdings, so compare accounts with credit;
//! * short sales: only sells are tested;
//! * ten-thousandths, amounts and `positive_prices`, which need prices above zero;
//! * the reference in the middle of bid and ask, which is rounded down, and the lowest price of an
//!   auction without a reference;
//! * what is done for buys first: mass cancels, all-or-none orders of both sides, links in an auction.
//!
//! [`crate::generate::World::symmetric`] makes worlds and histories without these, except for mass
//! cancels and links, which [`same`] puts into one order before it compares. (What an order whose
//! parent it meets in an auction becomes, still hangs on who is first; that is rare.)

use pitfloor_model::command::{
    Change, Command, Filter, Kind, Order, OrderList, Stamped, Trail, Trigger,
};
use pitfloor_model::event::{CancelReason, Event, Terms};
use pitfloor_model::instrument::Venue;
use pitfloor_model::trading::{AuctionTie, Bands};
use pitfloor_model::units::{Price, Side};
use std::sync::Arc;

/// The mirror image of a venue: where one takes the lower of two auction prices, the other takes the
/// higher.
#[must_use]
pub fn venue(venue: &Venue) -> Arc<Venue> {
    let mut instruments = venue.instruments().to_vec();
    for instrument in &mut instruments {
        instrument.rules.auction_tie = match instrument.rules.auction_tie {
            AuctionTie::Lower => AuctionTie::Higher,
            AuctionTie::Higher => AuctionTie::Lower,
        };
    }
    let image = Venue::new(venue.mic(), venue.currencies().to_vec(), instruments);
    Arc::new(image.expect("the image of a venue is one"))
}

/// The mirror image of a command with its place in history.
#[must_use]
pub fn stamped(stamped: &Stamped) -> Stamped {
    Stamped { command: command(&stamped.command), ..*stamped }
}

/// The mirror image of a command.
#[must_use]
pub fn command(command: &Command) -> Command {
    let mut image = command.clone();
    match &mut image {
        Command::Place(placed) | Command::PlaceVaried { order: placed, .. } => {
            *placed = order(placed);
        }
        Command::PlaceList(list) => {
            let members = list.members.iter().map(order).collect();
            *list = Arc::new(OrderList { shape: list.shape, members });
        }
        Command::Replace { price: at, .. } | Command::SetReference { price: at, .. } => {
            *at = price(*at);
        }
        Command::Amend { change, .. } => {
            let Change { price: limit, trigger, .. } = *change;
            (change.price, change.trigger) = (limit.map(price), trigger.map(price));
        }
        Command::MassCancel { filter, .. } => {
            let Filter { side: of, prices, .. } = *filter;
            filter.side = of.map(side);
            filter.prices = prices.map(|(from, to)| (price(to), price(from)));
        }
        Command::SetBands { bands: limits, .. } => *limits = limits.map(bands),
        Command::Reduce { .. }
        | Command::Cancel { .. }
        | Command::OpenAccount { .. }
        | Command::Deposit { .. }
        | Command::Deliver { .. }
        | Command::SetPhase { .. }
        | Command::EndCall { .. }
        | Command::RestrictShortSales { .. }
        | Command::KillSwitch { .. }
        | Command::SetGroup { .. }
        | Command::Clear(_)
        | Command::AdvanceTime => {}
    }
    image
}

/// The mirror image of an event.
#[must_use]
pub fn event(event: &Event) -> Event {
    let mut image = *event;
    match &mut image {
        Event::Accepted { terms: of, .. } | Event::Amended { terms: of, .. } => *of = terms(of),
        Event::Traded { aggressor: of, price: at, .. }
        | Event::Transferred { aggressor: of, price: at, .. }
        | Event::Rested { side: of, price: at, .. }
        | Event::Reduced { side: of, price: at, .. }
        | Event::Refreshed { side: of, price: at, .. } => {
            (*of, *at) = (side(*of), price(*at));
        }
        Event::Replaced { side: of, from, price: at, .. } => {
            (*of, *from, *at) = (side(*of), price(*from), price(*at));
        }
        Event::Prevented { price: at, .. }
        | Event::Triggered { price: at, .. }
        | Event::ReferenceSet { price: at, .. } => *at = price(*at),
        Event::Cancelled { side: of, price: at, .. }
        | Event::ExpiredInMatch { side: of, price: at, .. }
        | Event::Expired { side: of, price: at, .. }
        | Event::Parked { side: of, from: at, .. } => {
            (*of, *at) = (side(*of), at.map(price));
        }
        Event::Repriced { side: of, from, to, .. } => {
            (*of, *from, *to) = (side(*of), from.map(price), price(*to));
        }
        Event::Crossed { buy, sell, price: at, .. } => {
            (*buy, *sell, *at) = (*sell, *buy, price(*at));
        }
        Event::Indicative { side: of, price: at, .. }
        | Event::Uncrossed { side: of, price: at, .. } => {
            (*of, *at) = (of.map(side), at.map(price));
        }
        Event::BandsChanged { from, to, .. } => {
            (*from, *to) = (from.map(bands), to.map(bands));
        }
        Event::Rejected { .. }
        | Event::PhaseChanged { .. }
        | Event::Armed { .. }
        | Event::CallExtended { .. }
        | Event::MassCancelled { .. }
        | Event::Unspent { .. }
        | Event::ShortSalesRestricted { .. }
        | Event::KillSwitched { .. }
        | Event::GroupSet { .. }
        | Event::Clearing(_)
        | Event::TimeAdvanced { .. }
        | Event::AccountOpened { .. }
        | Event::Deposited { .. }
        | Event::Delivered { .. } => {}
    }
    image
}

/// True when `told` and `image`, the answers to a command and to its image, are mirror images of
/// each other, but for the order across sides in which links act and a mass cancel takes its orders.
#[must_use]
pub fn same(told: &[Event], image: &[Event]) -> bool {
    let mirrored: Vec<Event> = told.iter().map(event).collect();
    one_order(&mirrored) == one_order(image)
}

/// The events with every run of endings by a mass cancel, and of links acting, in order of name.
fn one_order(events: &[Event]) -> Vec<Event> {
    let runs = events.chunk_by(|one, next| run(one).is_some() && run(one) == run(next));
    let sorted = |events: &[Event]| {
        let mut events = events.to_vec();
        if run(&events[0]).is_some() {
            events.sort_by_key(|event| format!("{event:?}"));
        }
        events
    };
    runs.flat_map(sorted).collect()
}

/// Events whose order among themselves may differ in the mirror.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Run {
    MassCancel,
    Links,
}

fn run(event: &Event) -> Option<Run> {
    match event {
        Event::Cancelled { why, .. } => match why {
            CancelReason::Mass
            | CancelReason::Disconnect
            | CancelReason::KillSwitch
            | CancelReason::ParentGone => Some(Run::MassCancel),
            CancelReason::OcoSibling => Some(Run::Links),
            _ => None,
        },
        Event::Armed { .. } => Some(Run::Links),
        _ => None,
    }
}

fn order(order: &Order) -> Order {
    let Order { side: of, kind: how, price: limit, .. } = *order;
    Order { side: side(of), kind: kind(how), price: limit.map(price), ..*order }
}

fn terms(terms: &Terms) -> Terms {
    let Terms { side: of, kind: how, price: limit, .. } = *terms;
    Terms { side: side(of), kind: kind(how), price: limit.map(price), ..*terms }
}

fn kind(kind: Kind) -> Kind {
    let turned = |trigger: Trigger| Trigger { price: price(trigger.price), ..trigger };
    let back = |trail: Trail| Trail { activation: trail.activation.map(price), ..trail };
    match kind {
        Kind::Stop(trigger) => Kind::Stop(turned(trigger)),
        Kind::StopLimit(trigger) => Kind::StopLimit(turned(trigger)),
        Kind::TakeProfit(trigger) => Kind::TakeProfit(turned(trigger)),
        Kind::TakeProfitLimit(trigger) => Kind::TakeProfitLimit(turned(trigger)),
        Kind::Trailing(trail) => Kind::Trailing(back(trail)),
        Kind::TrailingLimit { trail, offset } => Kind::TrailingLimit { trail: back(trail), offset },
        Kind::Limit
        | Kind::Market
        | Kind::MarketProtected { .. }
        | Kind::MarketToLimit
        | Kind::MarketByAmount { .. }
        | Kind::PegPrimary { .. }
        | Kind::PegMarket { .. }
        | Kind::PegMid
        | Kind::ImbalanceOnly => kind,
    }
}

fn bands(bands: Bands) -> Bands {
    Bands { lower: price(bands.upper), upper: price(bands.lower) }
}

/// The other side.
#[must_use]
pub fn side(side: Side) -> Side {
    match side {
        Side::Buy => Side::Sell,
        Side::Sell => Side::Buy,
    }
}

/// The price as far on the other side of zero. The lowest number has no negation; both it and its
/// image, the highest, are beyond what an order may carry.
#[must_use]
pub fn price(price: Price) -> Price {
    Price(price.0.saturating_neg())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::story::{read, tell, venue, write};
    use crate::{Reference, generate::World};

    #[test]
    fn commands_are_turned_upside_down() {
        let story = read("1 buy 7 @ 100 x5\n1 replace 7 @ -3 x2\n1 sell 8 market x1\nopen 4");
        let images: Vec<String> = story.iter().map(|s| write(&stamped(s).command)).collect();
        assert_eq!(
            images,
            [
                "1 sell 7 @ -100 x5 gtc stp taker",
                "1 replace 7 @ 3 x2",
                "1 buy 8 market x1 ioc stp taker",
                "open 4",
            ]
        );
    }

    #[test]
    fn events_are_turned_upside_down() {
        let mut plain = Reference::new(venue());
        let told: Vec<String> = read("open 1 credit\n1 sell 1 @ 5 x2\n1 replace 1 @ 7 x3")
            .iter()
            .flat_map(|stamped| plain.apply(stamped))
            .map(|happened| tell(&event(&happened)))
            .collect();
        assert_eq!(
            told,
            [
                "opened 1 credit",
                "accepted 1/1",
                "rests 1/1 buy -5x2",
                "replaced 1/1 -5x2 by -7x3 leaves 3 back",
                "rests 1/1 buy -7x3",
            ]
        );
    }

    #[test]
    fn the_image_of_the_image_is_the_thing() {
        let world = World::random(11);
        let mut plain = Reference::new(world.venue().clone());
        for asked in world.history(3).take(2_000) {
            let extreme = matches!(asked.command, Command::Place(Order { price: Some(p), .. })
                | Command::Replace { price: p, .. } if p.0 == i64::MIN);
            assert!(extreme || stamped(&stamped(&asked)) == asked);
            for happened in plain.apply(&asked) {
                assert_eq!(event(&event(&happened)), happened);
            }
        }
    }
}
