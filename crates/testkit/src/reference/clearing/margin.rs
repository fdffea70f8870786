//! Chapter 4, second half: what must stand behind positions and orders.

use super::super::money::Need;
use super::super::{Answer, Place, Reference};
use super::upwards;
use pitfloor_model::clearing::Margin;
use pitfloor_model::contract::{InstrumentKind, Right};
use pitfloor_model::event::{Credit, Reject};
use pitfloor_model::units::{AccountId, InstrumentId, OrderKey, Side};
use std::collections::BTreeMap;

/// To begin with, or to go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum When {
    Initially,
    Later,
}

/// Lots by instrument.
type Positions = BTreeMap<InstrumentId, i128>;

impl Reference {
    /// C-33: what `lots` at `price` need, in the instrument's currency.
    fn requirement(&self, instrument: InstrumentId, lots: i128, price: i128, when: When) -> i128 {
        let size = lots.abs();
        let value = (lots * price * self.tick_value(instrument)).abs();
        let share = |of: i128, bips: u32| upwards(of, i128::from(bips), 10_000);
        match self.listed(instrument).clearing.margin {
            _ if lots == 0 => 0,
            Margin::Full => value,
            Margin::PerLot { initial, .. } if when == When::Initially => size * initial.0,
            Margin::PerLot { maintenance, .. } => size * maintenance.0,
            Margin::Written { .. } if lots > 0 => value,
            Margin::Written { bips, least_bips } => {
                let (under, strike, out) = self.underlying_of(instrument, size);
                let most = share(under, bips) - out;
                let least = share(strike, least_bips);
                value + most.max(least)
            }
            Margin::Stock(terms) => match (when, lots > 0) {
                (When::Initially, true) => share(value, terms.initial_long_bips),
                (When::Initially, false) => share(value, terms.initial_short_bips),
                (When::Later, true) => share(value, terms.long_bips),
                (When::Later, false) if price >= i128::from(terms.cheap_below.0) => {
                    share(value, terms.short_bips).max(size * terms.short_least.0)
                }
                (When::Later, false) => {
                    share(value, terms.cheap_bips).max(size * terms.cheap_least.0)
                }
            },
        }
    }

    /// Of so many lots of a right: the underlying's value, what the least is a share of, and what the
    /// strike lies on the far side.
    fn underlying_of(&self, instrument: InstrumentId, size: i128) -> (i128, i128, i128) {
        let Some(right) = self.right(instrument) else { return (0, 0, 0) };
        let each = size * i128::from(right.lots) * self.tick_value(right.underlying);
        let strike = i128::from(right.strike.0);
        let carried = self.carried_at(right.underlying).map(|price| i128::from(price.0));
        let under = (carried.unwrap_or(0) * each).abs();
        let out = match (carried, right.right) {
            (None, _) => 0,
            (Some(price), Right::Call) => (strike - price).max(0) * each,
            (Some(price), Right::Put) => (price - strike).max(0) * each,
        };
        let least_of = match right.right {
            Right::Call => under,
            Right::Put => (strike * each).abs(),
        };
        (under, least_of, out)
    }

    fn carried_or_nothing(&self, instrument: InstrumentId) -> i128 {
        self.carried_at(instrument).map_or(0, |price| i128::from(price.0))
    }

    fn positions(&self, account: AccountId) -> Positions {
        let with_lots = |instrument| (instrument, self.holds(account, instrument));
        let all = self.instruments().into_iter().map(with_lots);
        all.filter(|(instrument, lots)| *lots != 0 && self.pair(*instrument).is_none()).collect()
    }

    /// C-35: what the account must have to go on.
    pub(super) fn maintenance(&self, account: AccountId) -> i128 {
        let positions = self.positions(account);
        if positions.is_empty() {
            return 0;
        }
        let sum: i128 = if self.is_portfolio(account) {
            self.roots().into_iter().map(|root| self.group(root, &positions, None)).sum()
        } else {
            positions.iter().map(|(i, lots)| self.later(*i, *lots, None)).sum()
        };
        sum.max(self.venue.clearing().equity_least.0)
    }

    /// What a position needs to go on, in the base currency; at its carried price unless another is
    /// said of it.
    fn later(
        &self,
        instrument: InstrumentId,
        lots: i128,
        priced: Option<(InstrumentId, i128)>,
    ) -> i128 {
        let price = match priced {
            Some((of, price)) if of == instrument => price,
            _ => self.carried_or_nothing(instrument),
        };
        let need = self.requirement(instrument, lots, price, When::Later);
        self.asked_in_base(self.currency_of(instrument), need)
    }

    fn is_portfolio(&self, account: AccountId) -> bool {
        self.member(account).is_some_and(|member| member.credit == Credit::Portfolio)
    }

    // ---- C-36 ----

    fn root(&self, instrument: InstrumentId) -> InstrumentId {
        self.kind(instrument).underlying().unwrap_or(instrument)
    }

    fn roots(&self) -> Vec<InstrumentId> {
        self.instruments().into_iter().filter(|i| self.root(*i) == *i).collect()
    }

    /// What the group of `root` needs of such positions, in the base currency.
    fn group(
        &self,
        root: InstrumentId,
        positions: &Positions,
        priced: Option<(InstrumentId, i128)>,
    ) -> i128 {
        let (mut gains, mut contracts, mut unscanned) = ([0_i128; 10], 0, 0);
        for (instrument, lots) in positions {
            if self.root(*instrument) != root {
                continue;
            }
            let Some(scan) = self.house.scans.get(instrument) else {
                unscanned += self.later(*instrument, *lots, priced);
                continue;
            };
            for (gain, each) in gains.iter_mut().zip(scan) {
                *gain += lots * i128::from(*each);
            }
            use InstrumentKind::{Future, Option, Warrant};
            if matches!(self.kind(*instrument), Option(_) | Warrant(_) | Future(_)) {
                contracts += lots.abs();
            }
        }
        let worst = gains.into_iter().min().map_or(0, |gain| (-gain).max(0));
        let loss = self.asked_in_base(self.currency_of(root), worst);
        let least = contracts * self.venue.clearing().portfolio_least.0;
        loss.max(least) + unscanned
    }

    // ---- C-34 ----

    /// Lots of the open buys and sells of an account, but for one order of it.
    pub(super) fn open_lots(
        &self,
        account: AccountId,
        instrument: InstrumentId,
        but: Option<OrderKey>,
    ) -> (i128, i128) {
        let (mut buys, mut sells) = (0, 0);
        for live in &self.live {
            let open = matches!(live.place, Place::Book | Place::Waiting(_));
            let own = live.key.account == account && live.instrument == instrument;
            if open && own && Some(live.key) != but {
                match live.terms.side {
                    Side::Buy => buys += i128::from(live.leaves.0),
                    Side::Sell => sells += i128::from(live.leaves.0),
                }
            }
        }
        (buys, sells)
    }

    /// What the instrument needs to begin with, its open orders counted, in the base currency.
    fn initially(&self, instrument: InstrumentId, long: i128, short: i128, price: i128) -> i128 {
        let one = self.requirement(instrument, long, price, When::Initially);
        let other = self.requirement(instrument, short, price, When::Initially);
        self.asked_in_base(self.currency_of(instrument), one.max(other))
    }

    /// What the account must have to begin with, one instrument left out.
    pub(super) fn initial_but(&self, account: AccountId, but: Option<InstrumentId>) -> i128 {
        let mut sum = 0;
        if self.is_portfolio(account) {
            let positions = self.positions(account);
            let but = but.map(|instrument| self.root(instrument));
            for root in self.roots() {
                if Some(root) != but {
                    sum += self.group(root, &positions, None);
                }
            }
            return sum;
        }
        for instrument in self.instruments() {
            if Some(instrument) != but && self.pair(instrument).is_none() {
                let position = self.holds(account, instrument);
                let (buys, sells) = self.open_lots(account, instrument, None);
                let price = self.carried_or_nothing(instrument);
                sum += self.initially(instrument, position + buys, position - sells, price);
            }
        }
        sum
    }

    /// What the instrument, or its group, needs to begin with at these extremes.
    fn at_worst(
        &self,
        account: AccountId,
        instrument: InstrumentId,
        (long, short): (i128, i128),
        price: i128,
    ) -> i128 {
        if !self.is_portfolio(account) {
            return self.initially(instrument, long, short, price);
        }
        let with = |lots| {
            let mut positions = self.positions(account);
            positions.insert(instrument, lots);
            self.group(self.root(instrument), &positions, Some((instrument, price)))
        };
        with(long).max(with(short))
    }

    /// An account with margin asks to have so much more open; `but` is an order of it that would be
    /// gone.
    pub(in super::super) fn ask_margin(
        &self,
        account: AccountId,
        instrument: InstrumentId,
        need: Need,
        but: Option<OrderKey>,
    ) -> Answer {
        let position = self.holds(account, instrument);
        let (buys, sells) = self.open_lots(account, instrument, but);
        let after = (position + buys + need.buys, position - sells - need.lots);
        if need.lots > 0 && self.listed(instrument).clearing.locate {
            let own = (account, instrument);
            let located = self.house.located.get(&own).copied().unwrap_or(0);
            let before = self.house.short_before.get(&own).copied().unwrap_or(0);
            if -after.1 > located.max(before) {
                return Err(Reject::NotLocated);
            }
        }
        let full = self.listed(instrument).clearing.margin == Margin::Full;
        if need.lots > 0 && full && after.1 < 0 {
            return Err(Reject::ShortSale);
        }
        let (buys, sells) = self.open_lots(account, instrument, None);
        let before = (position + buys, position - sells);
        let carried = self.carried_at(instrument).map(|price| i128::from(price.0));
        let limit = need.limit.map(|price| i128::from(price.0));
        let price = carried.max(limit).unwrap_or(0);
        let asked = self.at_worst(account, instrument, after, price);
        let others = self.initial_but(account, Some(instrument));
        let more = asked > self.at_worst(account, instrument, before, price);
        if more && self.equity(account) < others + asked {
            return Err(Reject::InsufficientMargin);
        }
        Ok(())
    }
}
