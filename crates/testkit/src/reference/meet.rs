//! Meeting makers: the walk through the other side, self-trade prevention, and the dry run, which
//! is the same walk through a copy of everything.

use super::clearing::Deal;
use super::legal::Role;
use super::share::{Part, shares};
use super::{Live, Reference, accepts, other};
use pitfloor_model::allocation::Allocation;
use pitfloor_model::event::{Entry, Event};
use pitfloor_model::order::{Kind, Order, Stp};
use pitfloor_model::units::{OrderKey, Price, Qty, Side, TradeId};

/// How a walk ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// Nothing is left to trade; so much was left of the amount.
    Filled { amount: i128 },
    /// Self-trade prevention ended it.
    Ended,
    /// Nobody is left to trade with; with `band` somebody was, beyond the bands.
    Left { band: bool },
}

impl Reference {
    /// The order meets its makers, one by one.
    pub(super) fn walk(&mut self, key: OrderKey) -> Outcome {
        loop {
            let taker = self.one(key).clone();
            let Some(maker) = self.next_maker(&taker) else { return Outcome::Left { band: false } };
            let price = maker.limit.expect("what rests has a level");
            let able = taker.limit.is_none_or(|limit| accepts(taker.terms.side, limit, price));
            let bands = self.market(taker.instrument).bands;
            let within = bands.is_none_or(|b| b.lower.0 <= price.0 && price.0 <= b.upper.0);
            if !able || !within {
                return Outcome::Left { band: able };
            }
            let lots = self.able(&taker, price);
            if lots == 0 {
                return Outcome::Left { band: false };
            }
            let level = self.shown_at(&taker, price);
            let shown: u64 = level.iter().map(|maker| maker.shown.0).sum();
            let rule = self.rules(taker.instrument).allocation;
            let ended = if rule == Allocation::FIFO || lots >= shown {
                self.meet(&taker, &maker, u64::MAX)
            } else if let Some(own) = level.iter().find(|maker| self.prevents(&taker, maker)) {
                self.meet(&taker, own, u64::MAX)
            } else {
                self.share_level(&taker, &level, lots)
            };
            if let Some(outcome) = ended {
                return outcome;
            }
        }
    }

    /// Whom the taker meets next, whatever the price: an all-or-none maker that it cannot fill is
    /// passed over.
    fn next_maker(&self, taker: &Live) -> Option<Live> {
        let queue = self.queue(taker.instrument, other(taker.terms.side));
        queue.into_iter().find(|maker| {
            let price = maker.limit.expect("what rests has a level");
            !maker.terms.with.all_or_none || maker.leaves.0 <= self.able(taker, price)
        })
    }

    /// How many lots the taker is able to trade at `price`: its leaves, or what its amount buys.
    fn able(&self, taker: &Live, price: Price) -> u64 {
        if !matches!(taker.terms.kind, Kind::MarketByAmount { .. }) {
            return taker.leaves.0;
        }
        if price.0 <= 0 {
            return 0;
        }
        let each = i128::from(price.0) * self.tick_value(taker.instrument);
        let lots = taker.amount / each;
        u64::try_from(lots.min(i128::from(taker.leaves.0))).expect("at most the leaves")
    }

    /// The shown makers of one level, in order of stamp.
    fn shown_at(&self, taker: &Live, price: Price) -> Vec<Live> {
        let mut level = self.queue(taker.instrument, other(taker.terms.side));
        level.retain(|maker| maker.limit == Some(price) && maker.is_shown());
        level
    }

    /// True when self-trade prevention stands between the two.
    fn prevents(&self, taker: &Live, maker: &Live) -> bool {
        let (one, two) = (taker.key.account, maker.key.account);
        let group = |account| self.member(account).and_then(|member| member.group);
        let same = one == two || group(one).is_some() && group(one) == group(two);
        same && taker.terms.stp != Stp::None
    }

    /// Each maker with a share trades it.
    fn share_level(&mut self, taker: &Live, level: &[Live], lots: u64) -> Option<Outcome> {
        let at = if taker.terms.side == Side::Buy { 1 } else { 0 };
        let market = self.market(taker.instrument);
        let lead = self.rules(taker.instrument).market_maker;
        let parts: Vec<Part> = level
            .iter()
            .map(|maker| Part {
                lots: maker.shown.0,
                top: market.top[at] == Some(maker.stamp),
                lead: lead == Some(maker.key.account),
            })
            .collect();
        let given = shares(self.rules(taker.instrument).allocation, lots, &parts);
        for (maker, share) in level.iter().zip(given) {
            // A leg may have been cancelled by the trade before.
            if share == 0 || self.at(maker.key).is_none() {
                continue;
            }
            let (taker, maker) = (self.one(taker.key).clone(), self.one(maker.key).clone());
            let ended = self.meet(&taker, &maker, share);
            if ended.is_some() {
                return ended;
            }
        }
        None
    }

    /// One maker: traded with, for at most `most` lots, or dealt with as its owner's own.
    fn meet(&mut self, taker: &Live, maker: &Live, most: u64) -> Option<Outcome> {
        let price = maker.limit.expect("what rests has a level");
        let open = if maker.is_shown() { maker.shown.0 } else { maker.leaves.0 };
        let lots = self.able(taker, price).min(open).min(most);
        if self.prevents(taker, maker) {
            return self.prevent(taker, maker, price, lots);
        }
        let (instrument, aggressor) = (taker.instrument, taker.terms.side);
        self.out.push(Event::Traded {
            trade: TradeId(self.trades),
            instrument,
            maker: maker.key,
            taker: taker.key,
            aggressor,
            price,
            qty: Qty(lots),
        });
        self.trades += 1;
        self.market_mut(instrument).last = Some(price);
        self.market_mut(instrument).prints.push(price);
        self.exchange(taker, maker, price, lots, true);
        for key in [maker.key, taker.key] {
            let live = self.one_mut(key);
            live.leaves.0 -= lots;
            live.traded.0 += lots;
        }
        let seen = self.one_mut(maker.key);
        seen.shown.0 -= seen.shown.0.min(lots);
        let amount = self.one(taker.key).amount;
        self.after_fill([maker.key, taker.key]);
        self.refresh(maker.key);
        match self.at(taker.key) {
            Some(at) if self.live[at].leaves.0 > 0 => None,
            _ => Some(Outcome::Filled { amount }),
        }
    }

    /// Lots and cash change hands; what an amount pays is taken off it.
    fn exchange(&mut self, taker: &Live, maker: &Live, price: Price, lots: u64, trade: bool) {
        let (taking, making) = (taker.key.account, maker.key.account);
        let buys = taker.terms.side == Side::Buy;
        let (buyer, seller) = if buys { (taking, making) } else { (making, taking) };
        let came = if trade { Some((buys, !buys)) } else { None };
        let (instrument, lots) = (taker.instrument, i128::from(lots));
        self.pay(Deal { buyer, seller, instrument, price, lots, came });
        if matches!(taker.terms.kind, Kind::MarketByAmount { .. }) {
            let cash = i128::from(price.0) * lots * self.tick_value(taker.instrument);
            self.one_mut(taker.key).amount -= cash;
        }
    }

    /// The next part of a used-up iceberg, at the back of its level.
    pub(super) fn refresh(&mut self, key: OrderKey) {
        let Some(at) = self.at(key) else { return };
        let live = self.live[at].clone();
        let Some(display) = live.terms.with.display else { return };
        if !live.is_shown() || live.shown.0 > 0 || live.leaves.0 == 0 {
            return;
        }
        let size = match live.tranches.len() {
            0 => display,
            count => live.tranches[live.used % count],
        };
        let shown = Qty(size.0.min(live.leaves.0));
        let stamp = self.next_stamp();
        let live = &mut self.live[at];
        (live.shown, live.stamp, live.used) = (shown, stamp, live.used + 1);
        let (instrument, side) = (live.instrument, live.terms.side);
        let price = live.limit.expect("what rests has a level");
        self.out.push(Event::Refreshed { instrument, key, side, price, shown, stamp });
    }

    /// Two orders of one owner met; the taker's mode decides.
    fn prevent(&mut self, taker: &Live, maker: &Live, price: Price, lots: u64) -> Option<Outcome> {
        let (instrument, mode) = (taker.instrument, taker.terms.stp);
        self.out.push(Event::Prevented {
            instrument,
            maker: maker.key,
            taker: taker.key,
            price,
            qty: Qty(lots),
            mode,
        });
        if mode == Stp::Transfer && taker.key.account != maker.key.account {
            self.out.push(Event::Transferred {
                instrument,
                maker: maker.key,
                taker: taker.key,
                aggressor: taker.terms.side,
                price,
                qty: Qty(lots),
            });
            self.exchange(taker, maker, price, lots, false);
        }
        match mode {
            Stp::None => unreachable!("that mode trades"),
            Stp::ExpireTaker => self.expire_in_match(taker.key),
            Stp::ExpireMaker => self.expire_in_match(maker.key),
            Stp::ExpireBoth => {
                self.expire_in_match(maker.key);
                self.expire_in_match(taker.key);
            }
            Stp::Decrement | Stp::Transfer => {
                for key in [maker.key, taker.key] {
                    let live = self.one_mut(key);
                    live.leaves.0 -= lots;
                    live.shown.0 -= live.shown.0.min(lots);
                }
                for key in [maker.key, taker.key] {
                    if self.one(key).leaves.0 == 0 {
                        self.expire_in_match(key);
                    }
                }
                self.refresh(maker.key);
            }
        }
        if self.at(taker.key).is_none() { Some(Outcome::Ended) } else { None }
    }

    fn expire_in_match(&mut self, key: OrderKey) {
        let live = self.one(key).clone();
        let event = Event::ExpiredInMatch {
            instrument: live.instrument,
            key,
            side: live.terms.side,
            price: live.level(),
            left: live.leaves,
        };
        self.end(key, event);
    }

    // ---- Dry runs ----

    /// What would happen if the order, which is between two places, were matched now.
    fn dry(&self, key: OrderKey) -> Vec<Event> {
        let mut copy = self.clone();
        copy.out.clear();
        copy.one_mut(key).place = super::Place::Entering;
        let _ = copy.walk(key);
        copy.out
    }

    /// How many lots it would trade.
    pub(super) fn dry_lots(&self, key: OrderKey) -> u64 {
        let lots = |event: &Event| match event {
            Event::Traded { taker, qty, .. } if *taker == key => qty.0,
            _ => 0,
        };
        self.dry(key).iter().map(lots).sum()
    }

    /// The prices it would trade at.
    pub(super) fn dry_prices(&self, key: OrderKey) -> Vec<Price> {
        let price = |event: Event| match event {
            Event::Traded { taker, price, .. } if taker == key => Some(price),
            _ => None,
        };
        self.dry(key).into_iter().filter_map(price).collect()
    }

    /// What a new market order would cost, with what would be transferred.
    pub(super) fn dry_cost(&self, order: &Order) -> i128 {
        let key = order.key();
        let mut copy = self.clone();
        if copy.at(key).is_some() {
            copy.remove(key);
        }
        copy.bring(*order, &[], Role::Alone, None, Entry::Entering);
        copy.one_mut(key).limit = None;
        let cost = |event: &Event| match event {
            Event::Traded { taker, price, qty, .. }
            | Event::Transferred { taker, price, qty, .. }
                if *taker == key =>
            {
                i128::from(price.0) * i128::from(qty.0)
            }
            _ => 0,
        };
        let sum: i128 = copy.dry(key).iter().map(cost).sum();
        sum * self.tick_value(order.instrument)
    }
}
