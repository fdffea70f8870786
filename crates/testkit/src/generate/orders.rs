//! Random orders of every kind, mostly such as the exchange takes.

use super::full::FULL_ORDERS;
use super::{Dice, Profile, World};
use pitfloor_model::command::{
    Arm, Command, Delta, Instructions, Kind, Order, OrderList, PostOnly, SaleMark, Shape, Stp, Tif,
    Trail, Trigger, Watched,
};
use pitfloor_model::units::{Cash, InstrumentId, OrderId, OrderKey, Price, Qty, Side, Time};
use std::sync::Arc;

/// Kinds by what they need to be said about them.
#[derive(Clone, Copy)]
enum How {
    Limit,
    Market,
    Protected,
    ToLimit,
    Amount,
    Trigger,
    Trail,
    Peg,
    Imbalance,
}

/// How often each kind comes up, in hundredths.
const fn weights(profile: Profile) -> [(u64, How); 9] {
    let [limit, market, protected, to_limit, amount, trigger, trail, peg, imbalance] = match profile
    {
        Profile::Everything | Profile::Lists | Profile::Bands => [54, 9, 4, 4, 4, 9, 5, 9, 2],
        Profile::Pegs => [43, 7, 3, 3, 3, 4, 2, 34, 1],
        Profile::Stops => [37, 12, 3, 3, 3, 25, 13, 3, 1],
        Profile::Auctions => [54, 14, 3, 3, 2, 7, 3, 4, 10],
        Profile::Unseen => [75, 8, 3, 3, 3, 3, 1, 3, 1],
        Profile::Clearing => [74, 10, 2, 2, 2, 3, 2, 4, 1],
        Profile::Symmetric => [54, 10, 5, 5, 0, 9, 6, 9, 2],
    };
    [
        (limit, How::Limit),
        (market, How::Market),
        (protected, How::Protected),
        (to_limit, How::ToLimit),
        (amount, How::Amount),
        (trigger, How::Trigger),
        (trail, How::Trail),
        (peg, How::Peg),
        (imbalance, How::Imbalance),
    ]
}

impl World {
    /// An order of any kind; one in nine has something wrong with it.
    pub(super) fn any_order(&self, profile: Profile, key: OrderKey, dice: &mut Dice) -> Order {
        let instrument = self.instrument(dice);
        let mut order = self.good_order(profile, key, instrument, dice);
        if dice.one_in(12) {
            self.spoil_any(&mut order, instrument, dice);
            if dice.one_in(3) {
                self.spoil_any(&mut order, instrument, dice);
            }
        }
        order
    }

    /// An iceberg whose parts differ; now and then one that cannot be.
    pub(super) fn varied(&self, profile: Profile, key: OrderKey, dice: &mut Dice) -> Command {
        let mut order = self.any_order(profile, key, dice);
        let lots = self.lots_of(order.instrument);
        if !dice.one_in(5) {
            (order.kind, order.tif) = (Kind::Limit, Tif::Gtc);
            order.price = order.price.or(Some(self.price(InstrumentId(0), dice)));
            order.with = Instructions { display: Some(Qty(lots)), ..Instructions::NONE };
        }
        let parts = if dice.one_in(12) { 0 } else { 1 + dice.below(3) };
        let odd = dice.one_in(15);
        let size = |dice: &mut Dice| Qty(lots * (1 + dice.below(3)) - u64::from(odd));
        let tranches = (0..parts).map(|_| size(dice)).collect();
        Command::PlaceVaried { order, tranches }
    }

    fn good_order(
        &self,
        profile: Profile,
        key: OrderKey,
        instrument: InstrumentId,
        dice: &mut Dice,
    ) -> Order {
        let side = dice.pick(&Side::BOTH);
        let price = self.price_for(instrument, side, dice);
        let qty = self.qty(instrument, dice);
        let mut order = Order::limit(key.account, key.order, instrument, side, price, qty);
        order.stp = dice.pick(&[
            Stp::None,
            Stp::None,
            Stp::ExpireTaker,
            Stp::ExpireMaker,
            Stp::ExpireBoth,
            Stp::Decrement,
            Stp::Transfer,
        ]);
        let mut roll = dice.below(100);
        let mut how = How::Limit;
        for (weight, next) in weights(profile) {
            if roll < weight {
                how = next;
                break;
            }
            roll -= weight;
        }
        self.shape(&mut order, how, profile, dice);
        if dice.one_in(4) {
            order.with.tag = dice.below(3) as u32;
            order.with.session = dice.below(3) as u32;
        }
        if order.side == Side::Sell && profile != Profile::Symmetric {
            let often = if profile == Profile::Bands { 2 } else { 6 };
            if dice.one_in(often) {
                order.with.mark =
                    dice.pick(&[SaleMark::Short, SaleMark::Short, SaleMark::ShortExempt]);
            }
        }
        order
    }

    /// Gives `order` its kind, and terms that go with it.
    fn shape(&self, order: &mut Order, how: How, profile: Profile, dice: &mut Dice) {
        let (instrument, limit) = (order.instrument, order.price);
        let step = self.step(instrument) as u64;
        if !matches!(how, How::Limit | How::Imbalance) {
            order.price = None;
        }
        order.tif = self.resting_tif(dice);
        match how {
            How::Limit => self.dress(order, profile, dice),
            How::Market => {
                order.kind = Kind::Market;
                let calls = profile == Profile::Auctions;
                order.tif = match dice.below(if calls { 6 } else { 12 }) {
                    0 => Tif::AtOpen,
                    1 => Tif::AtClose,
                    2 => Tif::Fok,
                    _ => Tif::Ioc,
                };
                let immediate = matches!(order.tif, Tif::Ioc | Tif::Fok);
                if immediate && dice.one_in(6) {
                    order.with.min_qty = Some(self.part_of(order, dice));
                }
            }
            How::Protected => {
                order.kind = Kind::MarketProtected { points: step * dice.below(4) };
                order.tif = if dice.one_in(3) { Tif::Ioc } else { order.tif };
                if dice.one_in(5) {
                    order.with.min_qty = Some(self.part_of(order, dice));
                }
            }
            How::ToLimit => {
                order.kind = Kind::MarketToLimit;
                order.tif = if dice.one_in(3) { Tif::Ioc } else { order.tif };
            }
            How::Amount => {
                let value = self.typical_value(instrument) * i128::from(dice.below(8)) / 6;
                let amount = Cash(value + i128::from(dice.below(60)));
                (order.kind, order.tif) = (Kind::MarketByAmount { amount }, Tif::Ioc);
            }
            How::Trigger => {
                let trigger = Trigger { price: self.price(instrument, dice), on: watched(dice) };
                let limited = dice.one_in(2);
                order.kind = match (dice.one_in(3), limited) {
                    (false, false) => Kind::Stop(trigger),
                    (false, true) => Kind::StopLimit(trigger),
                    (true, false) => Kind::TakeProfit(trigger),
                    (true, true) => Kind::TakeProfitLimit(trigger),
                };
                order.price = limit.filter(|_| limited);
                self.cover(order, limited, dice);
            }
            How::Trail => {
                let positive = self.rules_of(instrument).positive_prices;
                let bips = profile != Profile::Symmetric && positive && dice.one_in(2);
                let delta = if bips {
                    Delta::Bips(dice.pick(&[1, 50, 100, 500, 2_000, 9_999]))
                } else {
                    Delta::Ticks(step * (1 + dice.below(3)))
                };
                let activation = dice.one_in(3).then(|| self.price(instrument, dice));
                let trail = Trail { delta, activation, on: watched(dice) };
                let limited = dice.one_in(3);
                let offset = step * dice.below(3);
                order.kind = if limited {
                    Kind::TrailingLimit { trail, offset }
                } else {
                    Kind::Trailing(trail)
                };
                self.cover(order, limited, dice);
            }
            How::Peg => {
                let towards = self.step(instrument) * dice.pick(&[-2, -1, 0, 0, 0, 1, 2]);
                order.kind = match dice.below(5) {
                    0 | 1 => Kind::PegPrimary { offset: towards },
                    2 => Kind::PegMarket { offset: step * (1 + dice.below(2)) },
                    _ => Kind::PegMid,
                };
                order.price = limit.filter(|_| dice.one_in(3));
                order.with.hidden = order.kind != Kind::PegMid && dice.one_in(4);
            }
            How::Imbalance => {
                order.kind = Kind::ImbalanceOnly;
                order.tif = dice.pick(&[Tif::AtOpen, Tif::AtClose]);
            }
        }
    }

    /// Instructions and a time in force for a limit order.
    fn dress(&self, order: &mut Order, profile: Profile, dice: &mut Dice) {
        let often = if profile == Profile::Unseen { 1 } else { 3 };
        if profile == Profile::Auctions && dice.one_in(4) || dice.one_in(16) {
            order.tif = dice.pick(&[Tif::AtOpen, Tif::AtClose]);
            return;
        }
        if dice.one_in(6) {
            order.tif = dice.pick(&[Tif::Ioc, Tif::Ioc, Tif::Fok]);
            if order.tif == Tif::Ioc && dice.one_in(4) {
                order.with.min_qty = Some(self.part_of(order, dice));
            }
            return;
        }
        if !dice.one_in(often) {
            return;
        }
        let (unseen, part) = (dice.below(3), self.part_of(order, dice));
        let with = &mut order.with;
        match dice.below(10) {
            0 | 1 => {
                with.post_only =
                    Some(dice.pick(&[PostOnly::Reject, PostOnly::Slide, PostOnly::SlideOrTake]));
            }
            2 => with.min_qty = Some(part),
            3 | 4 => with.all_or_none = self.all_or_none_may(profile, order.side),
            _ => self.cover(order, true, dice),
        }
        let with = &mut order.with;
        if with.post_only.is_some() || with.min_qty.is_some() {
            match unseen {
                0 => self.cover(order, true, dice),
                1 => order.with.hidden = true,
                _ => {}
            }
        }
    }

    /// Rules that try buys before sells have no mirror image, so there only one side has these.
    fn all_or_none_may(&self, profile: Profile, side: Side) -> bool {
        profile != Profile::Symmetric || side == self.leading_side()
    }

    /// The side that all-or-none orders and parents of lists have in a symmetric world.
    fn leading_side(&self) -> Side {
        if self.seed.is_multiple_of(2) { Side::Buy } else { Side::Sell }
    }

    /// Shows a part of the order, or nothing, if it `may` and is large enough.
    fn cover(&self, order: &mut Order, may: bool, dice: &mut Dice) {
        let lots = self.lots_of(order.instrument);
        match dice.below(4) {
            _ if !may => {}
            0 => order.with.hidden = true,
            1 | 2 if order.qty.0 > lots => {
                let parts = order.qty.0.div_ceil(lots) - 1;
                order.with.display = Some(Qty(lots * (1 + dice.below(parts.min(3)))));
            }
            _ => {}
        }
    }

    fn resting_tif(&self, dice: &mut Dice) -> Tif {
        match dice.below(10) {
            0 => Tif::Day,
            // Counted from the moment of arrival; the history makes a moment of it.
            1 | 2 => Tif::Gtd(Time(1 + dice.below(120))),
            _ => Tif::Gtc,
        }
    }

    fn part_of(&self, order: &Order, dice: &mut Dice) -> Qty {
        let lots = self.lots_of(order.instrument);
        Qty(lots * (1 + dice.below(order.qty.0.div_ceil(lots).max(1))))
    }

    /// More often than not on its own half of the prices, so that books have two sides.
    fn price_for(&self, instrument: InstrumentId, side: Side, dice: &mut Dice) -> Price {
        let (one, other) = (self.price(instrument, dice), self.price(instrument, dice));
        match (side, dice.one_in(2)) {
            (_, true) => one,
            (Side::Buy, false) => one.min(other),
            (Side::Sell, false) => one.max(other),
        }
    }

    /// Makes one of the terms wrong, or lets any go with any.
    fn spoil_any(&self, order: &mut Order, instrument: InstrumentId, dice: &mut Dice) {
        let lots = self.lots_of(instrument);
        let odd = Qty(lots + 1);
        let huge = Price::FARTHEST.0 as u64 + 1;
        match dice.below(16) {
            0..4 => self.spoil(order, instrument, dice),
            4 => order.with.display = Some(dice.pick(&[Qty(0), order.qty, odd])),
            5 => {
                order.with.min_qty =
                    Some(dice.pick(&[Qty(0), Qty(order.qty.0.saturating_add(1)), odd]))
            }
            6 => {
                let delta = dice.pick(&[
                    Delta::Ticks(0),
                    Delta::Ticks(huge),
                    Delta::Bips(0),
                    Delta::Bips(10_000),
                    Delta::Bips(50),
                ]);
                let trail = Trail { delta, activation: None, on: Watched::Last };
                (order.kind, order.price, order.tif) = (Kind::Trailing(trail), None, Tif::Gtc);
            }
            7 => {
                let price = self.bad_price(instrument, dice);
                order.kind = Kind::Stop(Trigger { price, on: Watched::Last });
                (order.price, order.tif) = (None, Tif::Gtc);
            }
            8 => {
                order.kind = dice.pick(&[
                    Kind::PegMarket { offset: 0 },
                    Kind::PegPrimary { offset: i64::MIN },
                    Kind::MarketProtected { points: huge },
                ]);
            }
            9 => order.tif = dice.pick(&[Tif::Gtd(Time(0)), Tif::Gtd(Time(u64::MAX >> 1))]),
            10 => order.tif = dice.pick(&[Tif::Fok, Tif::AtOpen, Tif::AtClose, Tif::Ioc]),
            11 => order.with.all_or_none = self.all_or_none_may(Profile::Symmetric, order.side),
            12 => order.with.post_only = Some(PostOnly::Slide),
            13 => order.with.hidden = true,
            14 => {
                let amount = dice.pick(&[Cash(0), Cash(-1), Cash(i128::MAX)]);
                order.kind = Kind::MarketByAmount { amount };
                (order.price, order.tif) = (None, Tif::Ioc);
            }
            _ => order.kind = Kind::ImbalanceOnly,
        }
    }

    /// Two or three orders that hang together; one list in eight does not.
    pub(super) fn list(&self, profile: Profile, key: OrderKey, dice: &mut Dice) -> Command {
        let instrument = self.instrument(dice);
        let qty = self.qty(instrument, dice);
        let parent_side = match profile {
            Profile::Symmetric => self.leading_side(),
            _ => dice.pick(&Side::BOTH),
        };
        let arm = dice.pick(&[Arm::FirstFill, Arm::FullFill]);
        let shape = dice.pick(&[Shape::Oco, Shape::Oto(arm), Shape::Otoco(arm)]);
        let child_side = match shape {
            Shape::Oto(_) => dice.pick(&Side::BOTH),
            Shape::Oco | Shape::Otoco(_) => other(parent_side),
        };
        let mut members = Vec::new();
        let count = if shape == Shape::Oco { 2 } else { 2 + dice.below(2) };
        let count = if matches!(shape, Shape::Otoco(_)) { 3 } else { count };
        for n in 0..count {
            let parent = n == 0 && shape != Shape::Oco;
            let side = if parent { parent_side } else { child_side };
            let name = OrderId((key.order.0 + n) % FULL_ORDERS);
            let price = self.price_for(instrument, side, dice);
            let mut order = Order::limit(key.account, name, instrument, side, price, qty);
            let how = match dice.below(if parent { 4 } else { 6 }) {
                0 if shape != Shape::Oco && matches!(shape, Shape::Oto(_)) => How::Market,
                1 | 4 | 5 => How::Trigger,
                _ => How::Limit,
            };
            let plain = dice.one_in(2);
            self.shape(&mut order, how, profile, dice);
            if plain {
                order.with = Instructions::NONE;
            }
            if order.tif == Tif::AtOpen || order.tif == Tif::AtClose {
                order.tif = Tif::Gtc;
            }
            if how_is_market(&order) {
                order.tif = Tif::Ioc;
            } else if !order.tif.rests() && !parent {
                order.tif = Tif::Gtc;
            }
            order.stp = dice.pick(&[Stp::None, Stp::ExpireTaker, Stp::ExpireBoth, Stp::Decrement]);
            // A child that trades with its own parent grows by what it took, and takes it again:
            // with a million lots that is a million trades.
            if qty.0 > 1 << 10 && order.stp == Stp::None {
                order.stp = Stp::ExpireTaker;
            }
            members.push(order);
        }
        if dice.one_in(8) {
            self.spoil_list(&mut members, instrument, dice);
        }
        Command::PlaceList(Arc::new(OrderList { shape, members }))
    }

    fn spoil_list(&self, members: &mut Vec<Order>, instrument: InstrumentId, dice: &mut Dice) {
        let last = members.len() - 1;
        match dice.below(7) {
            0 => members.truncate(dice.below(2) as usize),
            1 => members.extend([members[0], members[last]]),
            2 => {
                let qty = members[last].qty.0.saturating_add(self.lots_of(instrument));
                members[last].qty = Qty(qty);
            }
            3 => members[last].account.0 ^= 1,
            4 => members[last].side = other(members[last].side),
            5 => members[last].order = members[0].order,
            _ => self.spoil_any(&mut members[last], instrument, dice),
        }
    }
}

fn how_is_market(order: &Order) -> bool {
    order.kind == Kind::Market
}

fn watched(dice: &mut Dice) -> Watched {
    dice.pick(&[Watched::Last, Watched::Last, Watched::Quote, Watched::Mark])
}

pub(super) const fn other(side: Side) -> Side {
    match side {
        Side::Buy => Side::Sell,
        Side::Sell => Side::Buy,
    }
}
