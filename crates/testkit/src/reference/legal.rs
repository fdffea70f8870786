//! Which terms go together: the tables of `docs/ORDERS.md`, pair by pair.

use pitfloor_model::order::{Instructions, Kind, Order, Shape, Tif};

/// What an order is in its list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    Alone,
    Leg,
    Parent,
    Child,
    /// The child of a bracket: a leg as well.
    LegChild,
}

impl Role {
    /// What the `at`th member of a list of this shape is.
    pub(super) fn of(shape: Shape, at: usize) -> Self {
        match (shape, at) {
            (Shape::Oco, _) => Self::Leg,
            (Shape::Oto(_) | Shape::Otoco(_), 0) => Self::Parent,
            (Shape::Oto(_), _) => Self::Child,
            (Shape::Otoco(_), _) => Self::LegChild,
        }
    }

    pub(super) fn is_child(self) -> bool {
        matches!(self, Self::Child | Self::LegChild)
    }
}

/// True when every pair of the order's parts goes together.
pub(super) fn is_legal(order: &Order, role: Role) -> bool {
    match role {
        // Legal when both are.
        Role::LegChild => is_legal(order, Role::Leg) && is_legal(order, Role::Child),
        _ => {
            kind_and_tif(order.kind, order.tif)
                && kind_and_instructions(order.kind, order.with)
                && kind_and_role(order.kind, role)
                && instructions(order.with, order.tif)
                && role_and_instructions(role, order.with)
                && role_and_tif(role, order.tif)
        }
    }
}

fn rests(tif: Tif) -> bool {
    matches!(tif, Tif::Gtc | Tif::Gtd(_) | Tif::Day)
}

fn auction(tif: Tif) -> bool {
    matches!(tif, Tif::AtOpen | Tif::AtClose)
}

fn kind_and_tif(kind: Kind, tif: Tif) -> bool {
    match kind {
        Kind::Limit => true,
        Kind::Market => matches!(tif, Tif::Ioc | Tif::Fok) || auction(tif),
        Kind::MarketProtected { .. } | Kind::MarketToLimit => rests(tif) || tif == Tif::Ioc,
        Kind::MarketByAmount { .. } => tif == Tif::Ioc,
        Kind::Stop(_) | Kind::StopLimit(_) | Kind::TakeProfit(_) | Kind::TakeProfitLimit(_) => {
            rests(tif)
        }
        Kind::Trailing(_) | Kind::TrailingLimit { .. } => rests(tif),
        Kind::PegPrimary { .. } | Kind::PegMarket { .. } | Kind::PegMid => rests(tif),
        Kind::ImbalanceOnly => auction(tif),
    }
}

fn kind_and_instructions(kind: Kind, with: Instructions) -> bool {
    // In turn: post-only, minimum quantity, all-or-none, display, hidden.
    let [post, min, aon, display, hidden] = match kind {
        Kind::Limit => [true; 5],
        Kind::Market | Kind::MarketProtected { .. } => [false, true, false, false, false],
        Kind::StopLimit(_) | Kind::TakeProfitLimit(_) | Kind::TrailingLimit { .. } => {
            [false, false, false, true, true]
        }
        Kind::PegPrimary { .. } | Kind::PegMarket { .. } => [false, false, false, false, true],
        Kind::MarketToLimit
        | Kind::MarketByAmount { .. }
        | Kind::Stop(_)
        | Kind::TakeProfit(_)
        | Kind::Trailing(_)
        | Kind::PegMid
        | Kind::ImbalanceOnly => [false; 5],
    };
    (post || with.post_only.is_none())
        && (min || with.min_qty.is_none())
        && (aon || !with.all_or_none)
        && (display || with.display.is_none())
        && (hidden || !with.hidden)
}

fn kind_and_role(kind: Kind, role: Role) -> bool {
    match kind {
        Kind::Limit
        | Kind::Stop(_)
        | Kind::StopLimit(_)
        | Kind::TakeProfit(_)
        | Kind::TakeProfitLimit(_)
        | Kind::Trailing(_)
        | Kind::TrailingLimit { .. } => true,
        Kind::Market | Kind::MarketProtected { .. } | Kind::MarketToLimit => role != Role::Leg,
        Kind::MarketByAmount { .. }
        | Kind::PegPrimary { .. }
        | Kind::PegMarket { .. }
        | Kind::PegMid
        | Kind::ImbalanceOnly => role == Role::Alone,
    }
}

/// Instructions among themselves and with the time in force.
fn instructions(with: Instructions, tif: Tif) -> bool {
    let post = with.post_only.is_some();
    let min = with.min_qty.is_some();
    let display = with.display.is_some();
    let any = post || min || with.all_or_none || display || with.hidden;
    if post && (min || with.all_or_none) || min && with.all_or_none {
        return false;
    }
    if with.all_or_none && (display || with.hidden) || display && with.hidden {
        return false;
    }
    let only_min = min && !(post || with.all_or_none || display || with.hidden);
    !any || rests(tif) || only_min && tif == Tif::Ioc
}

fn role_and_instructions(role: Role, with: Instructions) -> bool {
    match role {
        Role::Alone | Role::Parent => true,
        Role::Leg => with.min_qty.is_none() && !with.all_or_none,
        Role::Child => with.min_qty.is_none() && !with.all_or_none && with.display.is_none(),
        Role::LegChild => unreachable!("asked as a leg and as a child"),
    }
}

fn role_and_tif(role: Role, tif: Tif) -> bool {
    match role {
        Role::Alone => true,
        Role::Leg => rests(tif),
        Role::Parent | Role::Child => !auction(tif),
        Role::LegChild => unreachable!("asked as a leg and as a child"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use pitfloor_model::order::{Delta, PostOnly, Trail, Trigger, Watched};
    use pitfloor_model::units::{AccountId, Cash, InstrumentId, OrderId, Price, Qty, Side, Time};

    fn kinds() -> [Kind; 15] {
        let trigger = Trigger::last(Price(5));
        let trail = Trail { delta: Delta::Ticks(3), activation: None, on: Watched::Last };
        [
            Kind::Limit,
            Kind::Market,
            Kind::MarketProtected { points: 1 },
            Kind::MarketToLimit,
            Kind::MarketByAmount { amount: Cash(5) },
            Kind::Stop(trigger),
            Kind::StopLimit(trigger),
            Kind::TakeProfit(trigger),
            Kind::TakeProfitLimit(trigger),
            Kind::Trailing(trail),
            Kind::TrailingLimit { trail, offset: 1 },
            Kind::PegPrimary { offset: 0 },
            Kind::PegMarket { offset: 1 },
            Kind::PegMid,
            Kind::ImbalanceOnly,
        ]
    }

    /// How many of the combinations with `kind` are legal, and how many there are.
    fn legal(kind: Kind) -> (u32, u32) {
        let tifs =
            [Tif::Gtc, Tif::Gtd(Time(9)), Tif::Day, Tif::Ioc, Tif::Fok, Tif::AtOpen, Tif::AtClose];
        let roles = [Role::Alone, Role::Leg, Role::Parent, Role::Child, Role::LegChild];
        let (account, instrument) = (AccountId(1), InstrumentId(0));
        let plain = Order::limit(account, OrderId(1), instrument, Side::Buy, Price(1), Qty(9))
            .of_kind(kind);
        let (mut legal, mut all) = (0, 0);
        for tif in tifs {
            for role in roles {
                for bits in 0..32 {
                    let mut order = plain.until(tif);
                    order.with.post_only = (bits & 1 != 0).then_some(PostOnly::Reject);
                    order.with.min_qty = (bits & 2 != 0).then_some(Qty(1));
                    order.with.all_or_none = bits & 4 != 0;
                    order.with.display = (bits & 8 != 0).then_some(Qty(1));
                    order.with.hidden = bits & 16 != 0;
                    all += 1;
                    legal += u32::from(is_legal(&order, role));
                }
            }
        }
        (legal, all)
    }

    #[test]
    fn of_16_800_combinations_334_are_legal() {
        let counts: Vec<u32> = kinds().iter().map(|kind| legal(*kind).0).collect();
        assert_eq!(counts, [112, 10, 20, 12, 1, 15, 39, 15, 39, 15, 39, 6, 6, 3, 2]);
        assert_eq!(counts.iter().sum::<u32>(), 334);
        assert_eq!(kinds().iter().map(|kind| legal(*kind).1).sum::<u32>(), 16_800);
    }
}
