//! What goes together: the tables of `docs/ORDERS.md`, as data.
//!
//! An order is legal when every pair of its parts is: kind with time in force, kind with each
//! instruction, kind with role, and so on. Each table below is one column of that page.

use pitfloor_model::order::{Instructions, Kind, Tif};

/// What an order is in its list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    /// It is in none.
    Alone,
    /// One of two legs of which one cancels the other.
    Leg,
    /// It wakes others.
    Parent,
    /// It is woken.
    Child,
    /// It is woken, and a leg.
    ChildLeg,
}

/// Sets of times in force, one bit each.
const RESTS: u8 = 1;
const IOC: u8 = 2;
const FOK: u8 = 4;
const AUCTION: u8 = 8;

/// Sets of instructions, one bit each.
const POST: u8 = 1;
const MIN: u8 = 2;
const WHOLE: u8 = 4;
const DISPLAY: u8 = 8;
const HIDDEN: u8 = 16;

/// Sets of roles, one bit each.
const LEG: u8 = 1;
const PARENT: u8 = 2;
const CHILD: u8 = 4;

/// What one part goes with.
struct With {
    tifs: u8,
    flags: u8,
    roles: u8,
}

const fn with(tifs: u8, flags: u8, roles: u8) -> With {
    With { tifs, flags, roles }
}

const fn of_kind(kind: &Kind) -> With {
    let every_role = LEG | PARENT | CHILD;
    match kind {
        Kind::Limit => {
            let all = POST | MIN | WHOLE | DISPLAY | HIDDEN;
            with(RESTS | IOC | FOK | AUCTION, all, every_role)
        }
        Kind::Market => with(IOC | FOK | AUCTION, MIN, PARENT | CHILD),
        Kind::MarketProtected { .. } => with(RESTS | IOC, MIN, PARENT | CHILD),
        Kind::MarketToLimit => with(RESTS | IOC, 0, PARENT | CHILD),
        Kind::MarketByAmount { .. } => with(IOC, 0, 0),
        Kind::Stop(_) | Kind::TakeProfit(_) | Kind::Trailing(_) => with(RESTS, 0, every_role),
        Kind::StopLimit(_) | Kind::TakeProfitLimit(_) | Kind::TrailingLimit { .. } => {
            with(RESTS, DISPLAY | HIDDEN, every_role)
        }
        Kind::PegPrimary { .. } | Kind::PegMarket { .. } => with(RESTS, HIDDEN, 0),
        Kind::PegMid => with(RESTS, 0, 0),
        Kind::ImbalanceOnly => with(AUCTION, 0, 0),
    }
}

/// Each instruction, and what it goes with; itself included.
const FLAGS: [(u8, With); 5] = [
    (POST, with(RESTS, POST | DISPLAY | HIDDEN, LEG | PARENT | CHILD)),
    (MIN, with(RESTS | IOC, MIN | DISPLAY | HIDDEN, PARENT)),
    (WHOLE, with(RESTS, WHOLE, PARENT)),
    (DISPLAY, with(RESTS, DISPLAY | POST | MIN, LEG | PARENT)),
    (HIDDEN, with(RESTS, HIDDEN | POST | MIN, LEG | PARENT | CHILD)),
];

/// Each role, and the times in force it goes with.
const ROLES: [(u8, u8); 3] =
    [(LEG, RESTS), (PARENT, RESTS | IOC | FOK), (CHILD, RESTS | IOC | FOK)];

/// True when an order may be all of this at once.
pub(super) fn legal(kind: &Kind, tif: Tif, instructions: &Instructions, role: Role) -> bool {
    let (tif, flags, roles) = (tif_bit(tif), flag_bits(instructions), role_bits(role));
    let within =
        |part: &With| tif & !part.tifs == 0 && flags & !part.flags == 0 && roles & !part.roles == 0;
    within(&of_kind(kind))
        && FLAGS.iter().all(|(flag, part)| flags & flag == 0 || within(part))
        && ROLES.iter().all(|(role, tifs)| roles & role == 0 || tif & !tifs == 0)
}

const fn tif_bit(tif: Tif) -> u8 {
    match tif {
        Tif::Gtc | Tif::Day | Tif::Gtd(_) => RESTS,
        Tif::Ioc => IOC,
        Tif::Fok => FOK,
        Tif::AtOpen | Tif::AtClose => AUCTION,
    }
}

fn flag_bits(with: &Instructions) -> u8 {
    let bit = |said: bool, bit: u8| if said { bit } else { 0 };
    bit(with.post_only.is_some(), POST)
        | bit(with.min_qty.is_some(), MIN)
        | bit(with.all_or_none, WHOLE)
        | bit(with.display.is_some(), DISPLAY)
        | bit(with.hidden, HIDDEN)
}

const fn role_bits(role: Role) -> u8 {
    match role {
        Role::Alone => 0,
        Role::Leg => LEG,
        Role::Parent => PARENT,
        Role::Child => CHILD,
        Role::ChildLeg => CHILD | LEG,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use pitfloor_model::order::{Delta, PostOnly, Trail, Trigger, Watched};
    use pitfloor_model::units::{Cash, Price, Qty, Time};

    fn kinds() -> [(Kind, usize); 15] {
        let trigger = Trigger::last(Price(1));
        let trail = Trail { delta: Delta::Ticks(1), activation: None, on: Watched::Last };
        [
            (Kind::Limit, 112),
            (Kind::Market, 10),
            (Kind::MarketProtected { points: 1 }, 20),
            (Kind::MarketToLimit, 12),
            (Kind::MarketByAmount { amount: Cash(1) }, 1),
            (Kind::Stop(trigger), 15),
            (Kind::TakeProfit(trigger), 15),
            (Kind::Trailing(trail), 15),
            (Kind::StopLimit(trigger), 39),
            (Kind::TakeProfitLimit(trigger), 39),
            (Kind::TrailingLimit { trail, offset: 1 }, 39),
            (Kind::PegPrimary { offset: 0 }, 6),
            (Kind::PegMarket { offset: 1 }, 6),
            (Kind::PegMid, 3),
            (Kind::ImbalanceOnly, 2),
        ]
    }

    const TIFS: [Tif; 7] =
        [Tif::Gtc, Tif::Gtd(Time(9)), Tif::Day, Tif::Ioc, Tif::Fok, Tif::AtOpen, Tif::AtClose];
    const ROLES: [Role; 5] = [Role::Alone, Role::Leg, Role::Parent, Role::Child, Role::ChildLeg];

    fn instructions(set: u8) -> Instructions {
        Instructions {
            post_only: (set & 1 != 0).then_some(PostOnly::Slide),
            min_qty: (set & 2 != 0).then_some(Qty(1)),
            all_or_none: set & 4 != 0,
            display: (set & 8 != 0).then_some(Qty(1)),
            hidden: set & 16 != 0,
            ..Instructions::NONE
        }
    }

    /// All 15 × 7 × 32 × 5 combinations, counted kind by kind.
    #[test]
    fn of_16800_combinations_334_are_legal() {
        let (mut asked, mut found) = (0, 0);
        for (kind, expected) in kinds() {
            let mut of_kind = 0;
            for tif in TIFS {
                for set in 0..32 {
                    for role in ROLES {
                        asked += 1;
                        of_kind += usize::from(legal(&kind, tif, &instructions(set), role));
                    }
                }
            }
            assert_eq!(of_kind, expected, "{kind:?}");
            found += of_kind;
        }
        assert_eq!((asked, found), (16_800, 334));
    }

    /// Marks and labels go with everything.
    #[test]
    fn labels_change_nothing() {
        let labelled = Instructions { tag: 7, session: 9, ..Instructions::NONE };
        for (kind, _) in kinds() {
            for tif in TIFS {
                assert_eq!(
                    legal(&kind, tif, &labelled, Role::Alone),
                    legal(&kind, tif, &Instructions::NONE, Role::Alone)
                );
            }
        }
    }
}
