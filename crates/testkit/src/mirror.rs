//! The mirror: every price negated, every side swapped.
//!
//! A market has no preferred direction: the mirrored history must yield the mirrored events. The
//! exception is who must have what: buys need cash and sells need holdings, so the histories that
//! are compared are those of accounts with credit.

use pitfloor_model::command::{Command, Order, Stamped};
use pitfloor_model::event::{Event, Terms};
use pitfloor_model::units::{Price, Side};

/// The mirror image of a command with its place in history.
#[must_use]
pub fn stamped(stamped: &Stamped) -> Stamped {
    Stamped { command: command(&stamped.command), ..*stamped }
}

/// The mirror image of a command.
#[must_use]
pub fn command(command: &Command) -> Command {
    match *command {
        Command::Place(order) => {
            Command::Place(Order { side: side(order.side), price: order.price.map(price), ..order })
        }
        Command::Replace { key, price: at, qty } => Command::Replace { key, price: price(at), qty },
        Command::Reduce { .. }
        | Command::Cancel { .. }
        | Command::OpenAccount { .. }
        | Command::Deposit { .. }
        | Command::Deliver { .. }
        | Command::SetPhase { .. } => *command,
    }
}

/// The mirror image of an event.
#[must_use]
pub fn event(event: &Event) -> Event {
    let mut image = *event;
    match &mut image {
        Event::Accepted { terms, .. } => {
            *terms = Terms { side: side(terms.side), price: terms.price.map(price), ..*terms };
        }
        Event::Traded { aggressor, price: at, .. } => {
            (*aggressor, *at) = (side(*aggressor), price(*at));
        }
        Event::Rested { side: of, price: at, .. } | Event::Reduced { side: of, price: at, .. } => {
            (*of, *at) = (side(*of), price(*at));
        }
        Event::Replaced { side: of, from, price: at, .. } => {
            (*of, *from, *at) = (side(*of), price(*from), price(*at));
        }
        Event::Prevented { price: at, .. } => *at = price(*at),
        Event::Cancelled { side: of, price: at, .. }
        | Event::ExpiredInMatch { side: of, price: at, .. } => {
            (*of, *at) = (side(*of), at.map(price));
        }
        Event::Rejected { .. }
        | Event::PhaseChanged { .. }
        | Event::AccountOpened { .. }
        | Event::Deposited { .. }
        | Event::Delivered { .. } => {}
    }
    image
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
