//! The plain book: a vector in the order in which orders trade, and a scan for every answer.

use pitfloor_exchange::book::{Ahead, Depth, Level, Resting, Sweep, WholeLevel};
use pitfloor_model::units::{OrderKey, Price, Qty, Side, Stamp};

/// A waiting order, what it holds back, and how many came before it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Waiting {
    pub(crate) order: Resting,
    pub(crate) reserve: u64,
    came: u64,
}

/// The plain book.
#[derive(Clone, Debug, Default)]
pub(crate) struct Plain {
    pub(crate) waiting: Vec<Waiting>,
    came: u64,
}

impl Plain {
    pub(crate) fn rest(&mut self, order: Resting) {
        self.came += 1;
        self.waiting.push(Waiting { order, reserve: 0, came: self.came });
        self.sort();
    }

    pub(crate) fn at(&mut self, key: OrderKey) -> &mut Waiting {
        self.waiting.iter_mut().find(|waiting| waiting.order.key == key).expect("it waits")
    }

    /// Takes lots off an order, as a trade or not. It leaves when nothing is left, unless kept.
    pub(crate) fn lessen(&mut self, key: OrderKey, by: u64, traded: bool, keep: bool) {
        let waiting = self.at(key);
        waiting.order.leaves.0 -= by;
        if traded {
            waiting.order.traded.0 += by;
        }
        if waiting.order.leaves.0 == 0 && !keep {
            self.remove(key);
        }
    }

    pub(crate) fn remove(&mut self, key: OrderKey) -> Resting {
        let at = self.waiting.iter().position(|waiting| waiting.order.key == key);
        self.waiting.remove(at.expect("it waits")).order
    }

    pub(crate) fn refresh(&mut self, key: OrderKey, leaves: Qty, stamp: Stamp) {
        self.came += 1;
        let came = self.came;
        let waiting = self.at(key);
        (waiting.order.leaves, waiting.order.stamp, waiting.came) = (leaves, stamp, came);
        self.sort();
    }

    pub(crate) fn orders(&self, side: Side) -> Vec<Resting> {
        let mine = self.waiting.iter().filter(|waiting| waiting.order.side == side);
        mine.map(|waiting| waiting.order).collect()
    }

    pub(crate) fn all_levels(&self, side: Side) -> Vec<WholeLevel> {
        let mut levels: Vec<WholeLevel> = Vec::new();
        for Waiting { order, reserve, .. } in &self.waiting {
            if order.side != side {
                continue;
            }
            if levels.last().is_none_or(|level| level.price != order.price) {
                let price = order.price;
                levels.push(WholeLevel { price, shown: Qty::ZERO, hidden: Qty::ZERO });
            }
            let level = levels.last_mut().unwrap();
            let lots = if order.hidden { &mut level.hidden } else { &mut level.shown };
            lots.0 += order.leaves.0;
            level.hidden.0 += reserve;
        }
        levels
    }

    pub(crate) fn levels(&self, side: Side) -> Vec<Level> {
        let shown = |price| {
            let at = |order: &Resting| order.price == price && !order.hidden;
            self.orders(side).into_iter().filter(at).count() as u32
        };
        let whole = self.all_levels(side).into_iter();
        let levels = whole.map(|WholeLevel { price, shown: qty, .. }| {
            let orders = shown(price);
            Level { price, qty, orders }
        });
        levels.filter(|level| level.orders > 0).collect()
    }

    /// The best price among the orders that `wanted` wants.
    pub(crate) fn best(&self, side: Side, wanted: impl Fn(&Resting) -> bool) -> Option<Price> {
        self.orders(side).iter().find(|order| wanted(order)).map(|order| order.price)
    }

    pub(crate) fn depth(&self, side: Side, limit: Option<Price>) -> Depth {
        let levels = self.levels(side).into_iter().filter(|level| within(side, limit, level.price));
        levels.fold(Depth::default(), |sum, level| Depth {
            levels: sum.levels + 1,
            orders: sum.orders + level.orders,
            qty: Qty(sum.qty.0 + level.qty.0),
        })
    }

    pub(crate) fn whole_depth(&self, side: Side, limit: Option<Price>) -> Qty {
        let mine = self.waiting.iter().filter(|waiting| waiting.order.side == side);
        let mine = mine.filter(|waiting| within(side, limit, waiting.order.price));
        Qty(mine.map(|waiting| waiting.order.leaves.0 + waiting.reserve).sum())
    }

    /// Lot by lot.
    pub(crate) fn sweep(&self, side: Side, qty: Qty) -> Sweep {
        let shown = self.orders(side).into_iter().filter(|order| !order.hidden);
        let lots =
            shown.flat_map(|order| (0..order.leaves.0).map(move |_| i128::from(order.price.0)));
        lots.take(qty.0 as usize).fold(Sweep::default(), |sum, price| Sweep {
            qty: Qty(sum.qty.0 + 1),
            value: sum.value + price,
        })
    }

    pub(crate) fn ahead(&self, key: OrderKey) -> Ahead {
        let own = self.waiting.iter().find(|waiting| waiting.order.key == key).unwrap().order;
        let before = self.waiting.iter().map(|waiting| waiting.order).take_while(|o| o.key != key);
        let before = before.filter(|o| o.side == own.side && o.price == own.price);
        before.fold(Ahead::default(), |sum, order| Ahead {
            orders: sum.orders + 1,
            qty: Qty(sum.qty.0 + order.leaves.0),
        })
    }

    fn sort(&mut self) {
        self.waiting.sort_by_key(|Waiting { order, came, .. }| {
            let price = i128::from(order.price.0);
            let worse = if order.side == Side::Buy { -price } else { price };
            (order.side, worse, order.hidden, *came)
        });
    }
}

fn within(side: Side, limit: Option<Price>, price: Price) -> bool {
    limit.is_none_or(|limit| match side {
        Side::Buy => price >= limit,
        Side::Sell => price <= limit,
    })
}
