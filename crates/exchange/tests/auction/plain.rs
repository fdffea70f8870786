//! The auction written for the eye: it looks at every tick, and pairs lot by lot. Shares nothing
//! with the exchange, not even a comparison.

/// An order of the plain auction.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Order {
    pub(crate) buys: bool,
    pub(crate) limit: Option<i64>,
    pub(crate) shown: u64,
    pub(crate) hidden: u64,
    pub(crate) stamp: u64,
    pub(crate) io: bool,
    pub(crate) stays: bool,
}

/// The rules of the plain auction.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rules {
    pub(crate) reference: Option<i64>,
    pub(crate) collar: Option<(i64, i64)>,
    pub(crate) step: i64,
    pub(crate) higher_of_equals: bool,
}

/// Price, lots, and the surplus: above zero the buyers'.
pub(crate) type Found = Option<(i64, i64, i64)>;

impl Order {
    fn all(&self) -> i64 {
        (self.shown + self.hidden) as i64
    }

    fn takes(&self, price: i64) -> bool {
        match (self.limit, self.buys) {
            (None, _) => true,
            (Some(limit), true) => price <= limit,
            (Some(limit), false) => price >= limit,
        }
    }
}

fn sum(orders: &[Order], buys: bool, price: i64) -> i64 {
    let say = orders.iter().filter(|o| !o.io && o.buys == buys && o.takes(price));
    say.map(Order::all).sum()
}

/// The reference on the grid, found by going tick by tick: down, or up where the higher of equals
/// wins.
fn on_grid(rules: &Rules) -> Option<i64> {
    let mut at = rules.reference?;
    while at % rules.step != 0 {
        at += if rules.higher_of_equals { 1 } else { -1 };
    }
    Some(at)
}

/// The price of the call, by looking at every tick.
pub(crate) fn find(orders: &[Order], rules: &Rules) -> Found {
    let limits: Vec<i64> = orders.iter().filter(|o| !o.io).filter_map(|o| o.limit).collect();
    let reference = on_grid(rules);
    let mut ticks: Vec<i64> = match (limits.iter().min(), limits.iter().max()) {
        (Some(low), Some(high)) => (*low..=*high).filter(|p| p % rules.step == 0).collect(),
        _ => reference.into_iter().collect(),
    };
    if let Some((low, high)) = rules.collar {
        ticks.retain(|p| low <= *p && *p <= high);
    }
    let rows = ticks.iter().map(|p| (*p, sum(orders, true, *p), sum(orders, false, *p)));
    let mut rows: Vec<(i64, i64, i64)> = rows.map(|(p, d, s)| (p, d.min(s), d - s)).collect();
    rows.retain(|(_, volume, _)| *volume > 0);
    let most = rows.iter().map(|(_, volume, _)| *volume).max()?;
    rows.retain(|(_, volume, _)| *volume == most);
    let least = rows.iter().map(|(_, _, surplus)| surplus.abs()).min()?;
    rows.retain(|(_, _, surplus)| surplus.abs() == least);
    if rows.iter().all(|(_, _, surplus)| *surplus > 0) {
        return rows.last().copied();
    }
    if rows.iter().all(|(_, _, surplus)| *surplus < 0) {
        return rows.first().copied();
    }
    if least > 0 {
        let high = rows.iter().rfind(|(_, _, surplus)| *surplus > 0).copied();
        let low = rows.iter().find(|(_, _, surplus)| *surplus < 0).copied();
        rows = high.into_iter().chain(low).collect();
    }
    let Some(reference) = reference else { return rows.first().copied() };
    let near = rows.iter().map(|(p, _, _)| (p - reference).abs()).min()?;
    rows.retain(|(p, _, _)| (p - reference).abs() == near);
    if rules.higher_of_equals { rows.last().copied() } else { rows.first().copied() }
}

/// One lot in the line of its side: whose it is, and whether it is of the hidden part there.
type Lot = (usize, bool);

/// The line of one side, lot by lot, built in passes: each rule one.
fn line(orders: &[Order], buys: bool, price: i64, io: bool) -> Vec<Lot> {
    let mut mine: Vec<usize> = (0..orders.len())
        .filter(|i| orders[*i].buys == buys && orders[*i].io == io && orders[*i].takes(price))
        .collect();
    mine.sort_by_key(|i| orders[*i].stamp);
    let mut lots = Vec::new();
    let mut push = |i: usize, hidden: bool, n: u64| lots.extend((0..n).map(|_| (i, hidden)));
    for i in mine.iter().filter(|i| orders[**i].limit.is_none()) {
        push(*i, false, orders[*i].shown + orders[*i].hidden);
    }
    let mut better: Vec<i64> = mine.iter().filter_map(|i| orders[*i].limit).collect();
    better.retain(|limit| *limit != price);
    better.sort_unstable();
    better.dedup();
    if buys {
        better.reverse();
    }
    for limit in better {
        for i in mine.iter().filter(|i| orders[**i].limit == Some(limit)) {
            push(*i, false, orders[*i].shown + orders[*i].hidden);
        }
    }
    for hidden in [false, true] {
        for i in mine.iter().filter(|i| orders[**i].limit == Some(price)) {
            push(*i, hidden, if hidden { orders[*i].hidden } else { orders[*i].shown });
        }
    }
    lots
}

/// What has become of a call.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Outcome {
    pub(crate) found: Found,
    /// Buy, sell, lots.
    pub(crate) pairs: Vec<(usize, usize, u64)>,
    /// Shown and hidden lots of each order that traded.
    pub(crate) fills: Vec<(u64, u64)>,
    pub(crate) crossed: bool,
}

/// The whole end of a call.
pub(crate) fn uncross(orders: &[Order], rules: &Rules) -> Outcome {
    let found = find(orders, rules);
    let mut outcome =
        Outcome { found, pairs: vec![], fills: vec![(0, 0); orders.len()], crossed: false };
    let Some((price, volume, surplus)) = found else { return outcome };
    let (mut buys, mut sells) =
        (line(orders, true, price, false), line(orders, false, price, false));
    if surplus > 0 {
        sells.extend(line(orders, false, price, true));
    }
    if surplus < 0 {
        buys.extend(line(orders, true, price, true));
    }
    let traded = buys.len().min(sells.len());
    let absorbed = traded as i64 - volume;
    outcome.found = Some((price, volume + absorbed, surplus - surplus.signum() * absorbed));
    let mut last = None;
    for (buy, sell) in buys.into_iter().zip(sells) {
        if last == Some((buy, sell)) {
            outcome.pairs.last_mut().unwrap().2 += 1;
        } else {
            outcome.pairs.push((buy.0, sell.0, 1));
        }
        last = Some((buy, sell));
        for (i, hidden) in [buy, sell] {
            let fill = &mut outcome.fills[i];
            if hidden || fill.0 == orders[i].shown {
                fill.1 += 1;
            } else {
                fill.0 += 1;
            }
        }
    }
    let left = |buys: bool| -> Vec<i64> {
        let stay = (0..orders.len()).filter(|i| orders[*i].buys == buys && orders[*i].stays);
        let with = stay.filter(|i| outcome.fills[*i] != (orders[*i].shown, orders[*i].hidden));
        with.filter_map(|i| orders[i].limit).collect()
    };
    outcome.crossed = left(true).iter().any(|bid| left(false).iter().any(|ask| bid >= ask));
    outcome
}
