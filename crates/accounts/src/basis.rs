//! What a position cost, and what was earned when parts of it were sold.
//!
//! *First in, first out* gives each part its own price; *average* gives all parts one. Both work for
//! debts, too: who sells short takes the proceeds in, and pays for them when he buys back. Whole minor
//! units throughout: when a part is sold, its share of the cost is rounded towards zero and the rest
//! stays with the rest, so that nothing is lost.

use std::collections::VecDeque;

/// How cost is shared out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Method {
    /// Who came first leaves first.
    #[default]
    Fifo,
    /// All parts cost the same.
    Average,
}

/// One position: lots, and what they cost.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Position {
    method: Method,
    /// Oldest first. All of one sign. One entry, when costs are averaged.
    parts: VecDeque<Part>,
}

/// Lots that came together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part {
    /// How many; negative: owed.
    pub lots: i128,
    /// What they cost; of a debt minus what was taken in for it.
    pub cost: i128,
}

impl Position {
    /// Nothing yet.
    #[must_use]
    pub const fn new(method: Method) -> Self {
        Self { method, parts: VecDeque::new() }
    }

    /// Lots held; negative: owed.
    #[must_use]
    pub fn lots(&self) -> i128 {
        self.parts.iter().map(|part| part.lots).sum()
    }

    /// What they cost; of a debt minus what was taken in for it.
    #[must_use]
    pub fn cost(&self) -> i128 {
        self.parts.iter().map(|part| part.cost).sum()
    }

    /// The parts, oldest first.
    pub fn parts(&self) -> impl Iterator<Item = Part> + '_ {
        self.parts.iter().copied()
    }

    /// Takes in `lots` for `cost`; both are negative when lots are given away for money. Says what was
    /// earned on the lots that closed others.
    pub fn trade(&mut self, lots: i128, cost: i128) -> i128 {
        let mut coming = Part { lots, cost };
        let mut earned = 0;
        while coming.lots != 0 {
            let Some(oldest) = self.parts.front().copied() else { break };
            if oldest.lots.signum() == coming.lots.signum() {
                break;
            }
            let closed = oldest.lots.abs().min(coming.lots.abs());
            let out = share(oldest, closed);
            let into = share(coming, closed);
            earned -= out.cost + into.cost;
            coming = rest(coming, into);
            let left = rest(oldest, out);
            if left.lots == 0 {
                self.parts.pop_front();
            } else {
                self.parts[0] = left;
            }
        }
        if coming.lots != 0 {
            match (self.method, self.parts.front_mut()) {
                (Method::Average, Some(all)) => {
                    all.lots += coming.lots;
                    all.cost += coming.cost;
                }
                _ => self.parts.push_back(coming),
            }
        }
        earned
    }

    /// Takes away `lots` (with their sign; at most what is there) that nobody paid for, and says what
    /// they had cost.
    ///
    /// # Panics
    ///
    /// When they are more than there are, or of the other sign.
    pub fn take(&mut self, lots: i128) -> i128 {
        let have = self.lots();
        let fits = lots.signum() == have.signum() && lots.abs() <= have.abs();
        assert!(fits, "no more leaves than is there");
        // For nothing, they earn minus what they had cost.
        -self.trade(-lots, 0)
    }

    /// Becomes `lots` (of the same sign, or nothing) at the same cost: a split. Each part becomes its
    /// share, rounded towards zero; the last takes what is left over.
    ///
    /// # Panics
    ///
    /// When the sign changes.
    pub fn scale(&mut self, lots: i128) {
        let before = self.lots();
        assert!(lots == 0 || lots.signum() == before.signum(), "a split turns no sign");
        if lots == 0 {
            // Its cost stays to be earned on what is paid for the fraction.
            let cost = self.cost();
            self.parts.clear();
            if cost != 0 {
                self.parts.push_back(Part { lots: 0, cost });
            }
            return;
        }
        let mut left = lots;
        for part in &mut self.parts {
            part.lots = part.lots * lots / before;
            left -= part.lots;
        }
        if let Some(last) = self.parts.back_mut() {
            last.lots += left;
        }
        let gone: i128 =
            self.parts.iter().filter(|part| part.lots == 0).map(|part| part.cost).sum();
        self.parts.retain(|part| part.lots != 0);
        if let Some(first) = self.parts.front_mut() {
            first.cost += gone;
        }
    }

    /// Takes the cost of a position of no lots, which a split can leave behind.
    pub fn take_remnant(&mut self) -> i128 {
        if self.lots() != 0 {
            return 0;
        }
        let cost = self.cost();
        self.parts.clear();
        cost
    }
}

/// `lots` of a part, without sign, with their share of its cost.
const fn share(part: Part, lots: i128) -> Part {
    let all = part.lots.abs();
    let sign = part.lots.signum();
    Part { lots: sign * lots, cost: if lots == all { part.cost } else { part.cost * lots / all } }
}

const fn rest(part: Part, gone: Part) -> Part {
    Part { lots: part.lots - gone.lots, cost: part.cost - gone.cost }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// 100 at 10, 100 at 12; 150 sold at 15: first in first out earns 100 × 5 + 50 × 3 = 650, on average
    /// 150 × (15 − 11) = 600.
    #[test]
    fn the_textbook_sale_earns_what_the_method_says() {
        for (method, earned, left) in [(Method::Fifo, 650, 600), (Method::Average, 600, 550)] {
            let mut position = Position::new(method);
            assert_eq!(position.trade(100, 1_000), 0);
            assert_eq!(position.trade(100, 1_200), 0);
            assert_eq!(position.trade(-150, -2_250), earned, "{method:?}");
            assert_eq!((position.lots(), position.cost()), (50, left));
        }
    }

    #[test]
    fn a_short_sale_earns_when_it_is_bought_back_cheaper() {
        let mut position = Position::new(Method::Fifo);
        assert_eq!(position.trade(-10, -500), 0);
        assert_eq!((position.lots(), position.cost()), (-10, -500));
        assert_eq!(position.trade(4, 160), 40);
        // The rest and beyond: long now.
        assert_eq!(position.trade(10, 600), 300 - 360);
        assert_eq!((position.lots(), position.cost()), (4, 240));
    }

    #[test]
    fn a_split_keeps_the_cost_and_the_order_of_parts() {
        let mut position = Position::new(Method::Fifo);
        position.trade(3, 300);
        position.trade(2, 220);
        position.scale(35);
        let parts: Vec<_> = position.parts().map(|part| (part.lots, part.cost)).collect();
        assert_eq!(parts, [(21, 300), (14, 220)]);
        position.scale(3);
        assert_eq!((position.lots(), position.cost()), (3, 520));
        position.scale(0);
        assert_eq!((position.lots(), position.take_remnant(), position.cost()), (0, 520, 0));
    }

    #[test]
    fn what_is_taken_away_takes_its_cost_along() {
        let mut position = Position::new(Method::Average);
        position.trade(10, 101);
        assert_eq!(position.take(5), 50);
        assert_eq!((position.lots(), position.cost()), (5, 51));
        let mut short = Position::new(Method::Fifo);
        short.trade(-4, -40);
        assert_eq!((short.take(-3), short.lots(), short.cost()), (-30, -1, -10));
    }

    #[test]
    #[should_panic(expected = "no more leaves than is there")]
    fn more_than_is_there_cannot_leave() {
        let mut position = Position::new(Method::Fifo);
        position.trade(1, 1);
        position.take(2);
    }

    proptest! {
        /// Whatever is traded, by either method: lots add up, and cash = −cost of what is left +
        /// what was earned.
        #[test]
        fn nothing_is_lost(trades in prop::collection::vec((-50_i128..50, 1_i128..1_000), 0..200)) {
            for method in [Method::Fifo, Method::Average] {
                let mut position = Position::new(method);
                let (mut lots, mut cash, mut earned) = (0, 0, 0);
                for &(qty, price) in &trades {
                    earned += position.trade(qty, qty * price);
                    lots += qty;
                    cash -= qty * price;
                    prop_assert_eq!(position.lots(), lots);
                    prop_assert_eq!(cash, earned - position.cost());
                    prop_assert!(position.parts().all(|part| part.lots.signum() == lots.signum()));
                }
            }
        }
    }
}
