//! Market maker: quotes both sides around the mid and lives off the spread.
//!
//! Source: Ho & Stoll (1981), *Optimal dealer pricing under transactions and return uncertainty*,
//! Journal of Financial Economics 9(1); Avellaneda & Stoikov (2008), *High-frequency trading in a
//! limit order book*, Quantitative Finance 8(3): a dealer quotes around a reservation price that
//! moves against what he holds. Here it moves in proportion to the share of his room that is used,
//! instead of by their closed form.
//!
//! It keeps a ladder of `levels` orders a side, the best ones `spread` apart. Every `refresh`, and
//! after every fill, it compares what stands with what should stand and asks for the difference
//! only: an order at a price that is still right keeps its place in the queue, the others are moved
//! by replacing them. The deeper steps of the ladder lie on a fixed grid, so that a small move of
//! the mid moves the best orders and leaves the deep ones where they are.
//!
//! Its position, counted from what it held at the start, never leaves ±`max_position`, whatever is
//! filled in whatever order: an order counts in full against the room until the venue has confirmed
//! that it is smaller or gone.

use crate::desk::{self, BASIS_POINT, Look};
use pitfloor_model::event::{Event, Reject};
use pitfloor_model::instrument::Instrument;
use pitfloor_model::units::{Cash, OrderId, OrderKey, Price, Qty, Side};
use pitfloor_sim::agent::{Agent, Context, Interest, Notice, Own};
use pitfloor_sim::params::{Build, Kind, Parameter, Params, Role, Takes, Wait};

/// The kind `market-maker`.
pub static KIND: Kind = Kind {
    name: "market-maker",
    about: "quotes both sides around the mid and leans against what it holds",
    source: "Ho & Stoll 1981; Avellaneda & Stoikov 2008",
    parameters: &[
        Parameter {
            name: "spread",
            takes: Takes::Price,
            default: "0",
            about: "from its best bid to its best ask; 0: 4 basis points, at least 2 ticks",
        },
        Parameter { name: "size", takes: Takes::Lots, default: "100", about: "lots per order" },
        Parameter {
            name: "levels",
            takes: Takes::Count(1, LEVELS_MAX as u64),
            default: "3",
            about: "orders per side, half a spread apart",
        },
        Parameter {
            name: "max_position",
            takes: Takes::Lots,
            default: "2000",
            about: "how far its holdings may move from what it started with, in lots",
        },
        Parameter {
            name: "skew",
            takes: Takes::Number(0.0, 100.0),
            default: "1",
            about: "how far a full position shifts both quotes against itself, in spreads",
        },
        Parameter {
            name: "refresh",
            takes: Takes::Wait,
            default: "1s",
            about: "wait between two looks at its quotes",
        },
    ],
    build: Build::One(|params, role| Box::new(MarketMaker::new(params, role))),
};

/// The most orders a side.
pub const LEVELS_MAX: usize = 16;

/// The spread of a maker that is told none, as a share of the reference price, and at least so many
/// price steps.
const USUAL_SPREAD: (f64, f64) = (4.0 * BASIS_POINT, 2.0);

/// A dealer with a ladder of orders on each side.
#[derive(Clone, Debug)]
pub struct MarketMaker {
    role: Role,
    spread: Price,
    size: Qty,
    levels: usize,
    max_position: Qty,
    skew: f64,
    refresh: Wait,
    room: Room,
    bids: Vec<Quote>,
    asks: Vec<Quote>,
}

/// What holdings this maker started from, and how far it can go either way with what it has.
#[derive(Clone, Copy, Debug, Default)]
struct Room {
    start: i128,
    long: i128,
    short: i128,
}

/// One order of the ladder, as far as the venue has confirmed it.
#[derive(Clone, Copy, Debug)]
struct Quote {
    order: OrderId,
    price: Price,
    traded: i64,
    /// Its total quantity as confirmed, and as last asked for. What it may still trade is reckoned
    /// from the larger of the two.
    total: i64,
    asked: i64,
    state: State,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// Placed, and not confirmed yet.
    Placed,
    /// In the book.
    Standing,
    /// A replacement is on its way.
    Moving,
    /// A cancellation is on its way.
    Leaving,
}

impl Quote {
    const fn leaves(&self) -> i128 {
        let most = if self.total > self.asked { self.total } else { self.asked };
        (most - self.traded) as i128
    }
}

impl MarketMaker {
    /// One that plays `role`.
    #[must_use]
    pub fn new(params: &Params, role: &Role) -> Self {
        let levels = params.count("levels") as usize;
        Self {
            role: *role,
            spread: params.price("spread"),
            size: params.lots("size"),
            levels,
            max_position: params.lots("max_position"),
            skew: params.number("skew"),
            refresh: params.wait("refresh"),
            room: Room::default(),
            bids: Vec::with_capacity(levels),
            asks: Vec::with_capacity(levels),
        }
    }

    fn start(&mut self, cx: &mut Context<'_>) {
        let held = cx.position(self.role.instrument);
        let Role { instrument, reference, .. } = self.role;
        let (buys, sells) = (
            desk::can_buy(cx, instrument, Cash::ZERO, reference),
            desk::can_sell(cx, instrument, reference),
        );
        self.room = Room {
            start: held,
            long: i128::from(self.max_position.0).min(buys),
            short: i128::from(self.max_position.0).min(sells),
        };
        self.requote(cx);
        desk::wake_first(self.refresh, cx);
    }

    /// Asks for the difference between what stands and what should.
    fn requote(&mut self, cx: &mut Context<'_>) {
        let Role { instrument, reference, .. } = self.role;
        let Some(look) = Look::of(&cx.view(), instrument, reference) else { return };
        let [bid, ask] = self.best_prices(cx, &look);
        let held = cx.position(instrument);
        cx.because("quote around the mid, leaning against what it holds", || {
            let (bid, ask) = (bid.0 as f64, ask.0 as f64);
            [
                ("mid_ticks", look.price),
                ("held_lots", held as f64),
                ("bid_ticks", bid),
                ("ask_ticks", ask),
            ]
        });
        // Make way before moving in, so as not to meet itself.
        let rising = self.bids.iter().any(|quote| quote.price < bid);
        let order = if rising { [Side::Sell, Side::Buy] } else { [Side::Buy, Side::Sell] };
        for side in order {
            let first = if side == Side::Buy { bid } else { ask };
            self.arrange(cx, side, first);
        }
    }

    /// Where its best bid and its best ask should be: half a spread from the reservation price, and
    /// not through what others offer.
    fn best_prices(&self, cx: &Context<'_>, look: &Look) -> [Price; 2] {
        let instrument = cx.instrument(self.role.instrument);
        let (spread, step) = (self.spread(instrument), instrument.limits.price_step as f64);
        let centre = look.price - self.skew * spread * self.used(cx.position(self.role.instrument));
        let (mut bid, mut ask) = (centre - spread / 2.0, centre + spread / 2.0);
        if let Some(best) = look.best(Side::Sell) {
            bid = bid.min(best.0 as f64 - step);
        }
        if let Some(best) = look.best(Side::Buy) {
            ask = ask.max(best.0 as f64 + step);
        }
        let bid = desk::price(instrument, Side::Buy, bid);
        [bid, desk::price(instrument, Side::Sell, ask.max(bid.0 as f64 + step))]
    }

    fn spread(&self, instrument: &Instrument) -> f64 {
        let (share, steps) = USUAL_SPREAD;
        match self.spread {
            Price(0) => {
                let usual = share * self.role.reference.0 as f64;
                usual.max(steps * instrument.limits.price_step as f64)
            }
            Price(ticks) => ticks as f64,
        }
    }

    /// The share of its room that holding `held` uses: 1 as long as it can be, −1 as short.
    fn used(&self, held: i128) -> f64 {
        let moved = held - self.room.start;
        let room = if moved > 0 { self.room.long } else { self.room.short };
        moved as f64 / room.max(1) as f64
    }

    /// Brings the ladder of `side` into shape, best price first.
    fn arrange(&mut self, cx: &mut Context<'_>, side: Side, first: Price) {
        let instrument = cx.instrument(self.role.instrument);
        let step = self.spread(instrument) / 2.0;
        let mut free = self.free(cx, side, first);
        let (size, levels, role) = (i128::from(self.size.0), self.levels, self.role);
        let quotes = match side {
            Side::Buy => &mut self.bids,
            Side::Sell => &mut self.asks,
        };
        let wanted = ladder(instrument, side, first, step, levels);
        // What stands where something should stand stays; a bit set is a price taken care of.
        let (mut settled, mut staying) = (0_u32, 0_u32);
        for (place, quote) in quotes.iter().enumerate() {
            let same = |level: &usize| settled >> level & 1 == 0 && wanted[*level] == quote.price;
            if let Some(level) = (0..levels).find(same) {
                settled |= 1 << level;
                staying |= 1 << place;
            }
        }
        for (place, quote) in quotes.iter_mut().enumerate() {
            if quote.state != State::Standing {
                continue;
            }
            let stays = staying >> place & 1 == 1;
            let level = (0..levels).find(|level| settled >> level & 1 == 0);
            let price = match (stays, level) {
                // Topping up costs the place in the queue, so it waits until half is gone.
                (true, _) if quote.leaves() * 2 > size || free <= 0 => continue,
                (true, _) => quote.price,
                (false, Some(level)) => {
                    settled |= 1 << level;
                    wanted[level]
                }
                (false, None) => {
                    quote.state = State::Leaving;
                    cx.cancel(quote.order);
                    continue;
                }
            };
            let leaves = size.min(quote.leaves() + free.max(0));
            let Some(Qty(lots)) = desk::lots(instrument, leaves) else { continue };
            free -= (i128::from(lots) - quote.leaves()).max(0);
            quote.asked = quote.traded + lots as i64;
            quote.state = State::Moving;
            cx.replace(quote.order, price, Qty(quote.asked as u64));
        }
        for (level, price) in wanted.into_iter().enumerate().take(levels) {
            if settled >> level & 1 == 1 || quotes.len() == levels {
                continue;
            }
            let Some(qty) = desk::lots(instrument, size.min(free)) else { break };
            let (total, state) = (qty.0 as i64, State::Placed);
            free -= i128::from(qty.0);
            let order = cx.limit(role.instrument, side, price, qty);
            quotes.push(Quote { order, price, traded: 0, total, asked: total, state });
        }
    }

    /// How many more lots `side` may ask for, beyond everything that it has asked for already.
    fn free(&self, cx: &Context<'_>, side: Side, price: Price) -> i128 {
        let held = cx.position(self.role.instrument);
        let moved = held - self.room.start;
        match side {
            Side::Buy => {
                let instrument = cx.instrument(self.role.instrument);
                let cost = |q: &Quote| instrument.cost(q.price, Qty(q.leaves() as u64)).0;
                let committed = Cash(self.bids.iter().map(cost).sum::<i128>());
                let asked: i128 = self.bids.iter().map(Quote::leaves).sum();
                let can = desk::can_buy(cx, self.role.instrument, committed, price);
                (self.room.long - moved - asked).min(can)
            }
            Side::Sell => {
                let asked: i128 = self.asks.iter().map(Quote::leaves).sum();
                let can = desk::can_sell(cx, self.role.instrument, price);
                (self.room.short + moved).min(can) - asked
            }
        }
    }

    /// Takes in what became of an order. True when it traded.
    fn told(&mut self, cx: &Context<'_>, event: &Event) -> bool {
        match *event {
            Event::Accepted { key, .. } => {
                self.with(key, |quote| quote.state = State::Standing);
            }
            Event::Rested { .. } | Event::Reduced { .. } => {}
            Event::Replaced { key, price, qty, .. } => self.with(key, |quote| {
                quote.price = price;
                quote.total = qty.0 as i64;
                quote.asked = quote.total;
                quote.state = State::Standing;
            }),
            Event::Traded { maker, taker, qty, .. } => {
                let key = if maker.account == cx.account() { maker } else { taker };
                self.with(key, |quote| quote.traded += qty.0 as i64);
                self.forget(|quote| quote.leaves() <= 0);
                return true;
            }
            Event::Crossed { buy, sell, qty, .. } => {
                for key in [buy, sell] {
                    if key.account == cx.account() {
                        self.with(key, |quote| quote.traded += qty.0 as i64);
                    }
                }
                self.forget(|quote| quote.leaves() <= 0);
                return true;
            }
            Event::Cancelled { key, .. }
            | Event::ExpiredInMatch { key, .. }
            | Event::Expired { key, .. } => {
                self.forget(|quote| quote.order == key.order);
            }
            Event::Rejected { key, why } => self.refused(key, why),
            // Its quotes are plain limits that end rather than meet their own: nothing of this is
            // theirs.
            Event::Prevented { .. }
            | Event::Transferred { .. }
            | Event::Refreshed { .. }
            | Event::Repriced { .. }
            | Event::Parked { .. }
            | Event::Triggered { .. }
            | Event::Amended { .. }
            | Event::Armed { .. }
            | Event::Indicative { .. }
            | Event::Uncrossed { .. }
            | Event::CallExtended { .. }
            | Event::MassCancelled { .. }
            | Event::Unspent { .. }
            | Event::BandsChanged { .. }
            | Event::ReferenceSet { .. }
            | Event::ShortSalesRestricted { .. }
            | Event::KillSwitched { .. }
            | Event::GroupSet { .. }
            | Event::Clearing(_)
            | Event::TimeAdvanced { .. }
            | Event::PhaseChanged { .. }
            | Event::AccountOpened { .. }
            | Event::Deposited { .. }
            | Event::Delivered { .. } => {}
        }
        false
    }

    /// A refused replacement leaves the order as it was; any other refusal means that there is none.
    fn refused(&mut self, key: OrderKey, why: Reject) {
        self.with(key, |quote| {
            quote.asked = quote.total;
            if quote.state == State::Moving {
                quote.state = State::Standing;
            }
        });
        self.forget(|quote| {
            let gone = quote.state == State::Placed || why == Reject::UnknownOrder;
            quote.order == key.order && gone
        });
    }

    fn with(&mut self, key: OrderKey, change: impl Fn(&mut Quote)) {
        let mut quotes = self.bids.iter_mut().chain(&mut self.asks);
        if let Some(quote) = quotes.find(|quote| quote.order == key.order) {
            change(quote);
        }
    }

    fn forget(&mut self, gone: impl Fn(&Quote) -> bool) {
        self.bids.retain(|quote| !gone(quote));
        self.asks.retain(|quote| !gone(quote));
    }
}

/// The prices of so many `levels` of `side` from `first` on, `step` ticks apart. All but the first lie
/// on a grid that does not move with it.
fn ladder(
    instrument: &Instrument,
    side: Side,
    first: Price,
    step: f64,
    levels: usize,
) -> [Price; LEVELS_MAX] {
    let step = step.max(instrument.limits.price_step as f64);
    let steps = first.0 as f64 / step;
    let mut prices = [first; LEVELS_MAX];
    for (level, price) in prices.iter_mut().enumerate().take(levels).skip(1) {
        let steps = match side {
            Side::Buy => libm::floor(steps - level as f64),
            Side::Sell => libm::ceil(steps + level as f64),
        };
        *price = desk::price(instrument, side, steps * step);
    }
    prices
}

impl Agent for MarketMaker {
    fn interest(&self) -> Interest {
        Interest { own: Own::All, ..Interest::default() }
    }

    fn on(&mut self, notice: &Notice, cx: &mut Context<'_>) {
        match notice {
            Notice::Start => self.start(cx),
            Notice::Timer(_) => {
                self.requote(cx);
                desk::wake_again(self.refresh, cx);
            }
            Notice::Own(event) => {
                if self.told(cx, event) {
                    self.requote(cx);
                }
            }
            Notice::Print(_) | Notice::Quote(..) | Notice::Auction(_) | Notice::News { .. } => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::floor::{ACME, Floor};
    use pitfloor_model::command::{Command, Order};
    use pitfloor_model::units::{AccountId, Span};
    use pitfloor_sim::dice::Dice;
    use pitfloor_sim::latency::Latency;

    fn seated(changes: &[(&str, &str)]) -> (Floor, AccountId) {
        let mut floor = Floor::new(1);
        let maker = floor.seat("market-maker", changes);
        floor.pass(Span::secs(2));
        (floor, maker)
    }

    fn ladder(floor: &Floor, side: Side) -> Vec<(i64, u64)> {
        let levels = floor.kernel.board().levels(ACME).levels(side);
        levels.map(|(price, qty)| (price.0, qty.0)).collect()
    }

    #[test]
    fn opens_the_market_around_the_reference() {
        let (floor, _) = seated(&[("spread", "0.04"), ("size", "100")]);
        assert_eq!(ladder(&floor, Side::Buy), [(9_998, 100), (9_996, 100), (9_994, 100)]);
        assert_eq!(ladder(&floor, Side::Sell), [(10_002, 100), (10_004, 100), (10_006, 100)]);
    }

    #[test]
    fn told_no_spread_it_takes_four_basis_points() {
        let (floor, _) = seated(&[("levels", "1")]);
        assert_eq!(floor.best(), (Some(9_998), Some(10_002)));
    }

    /// The orders of a quiet market are left where they are: nothing is asked twice.
    #[test]
    fn what_is_right_keeps_its_place() {
        let (mut floor, maker) = seated(&[]);
        let asked = floor.asked_by(maker).len();
        floor.pass(Span::secs(600));
        assert_eq!(floor.asked_by(maker).len(), asked);
        assert_eq!(asked, 6);
    }

    #[test]
    fn follows_the_mid_by_replacing() {
        let (mut floor, maker) = seated(&[("levels", "1"), ("spread", "0.10"), ("skew", "0")]);
        floor.rest(Side::Buy, 10_003, 1);
        floor.pass(Span::secs(60));
        // The outsider's bid and the maker's ask settle with the maker half a spread above the mid.
        let (bid, ask) = floor.best();
        assert_eq!(bid, Some(10_003));
        assert!(ask > Some(10_005), "{ask:?}");
        let later = &floor.asked_by(maker)[2..];
        assert!(!later.is_empty());
        assert!(later.iter().all(|asked| matches!(asked, Command::Replace { .. })), "{later:?}");
    }

    /// The deep end of the ladder stays when the mid moves by a tick.
    #[test]
    fn a_small_move_leaves_the_deep_orders_alone() {
        let (mut floor, maker) = seated(&[("spread", "0.08"), ("skew", "0")]);
        let deep = ladder(&floor, Side::Buy)[2];
        let before = floor.asked_by(maker).len();
        floor.rest(Side::Buy, 9_997, 1);
        floor.pass(Span::secs(1));
        assert_eq!(ladder(&floor, Side::Buy).last(), Some(&deep));
        let asked = floor.asked_by(maker).len() - before;
        assert!((1..=4).contains(&asked), "{asked}");
    }

    #[test]
    fn leans_against_what_it_holds() {
        let changes = [("spread", "0.04"), ("levels", "1"), ("max_position", "200"), ("skew", "2")];
        let (mut floor, _) = seated(&changes);
        let mut outside = Vec::new();
        floor.quote(10_000, 20, &mut outside);
        floor.take(Side::Sell, 9_998, 100);
        floor.pass(Span::secs(5));
        let (bid, ask) = floor.best();
        // Half full, so both quotes lie one spread lower than half a spread around a mid near 10 000.
        assert!(bid <= Some(9_995) && ask <= Some(9_999), "{bid:?} {ask:?}");
        floor.take(Side::Buy, ask.unwrap(), 200);
        floor.pass(Span::secs(5));
        let (later_bid, later_ask) = floor.best();
        assert!(later_bid > bid && later_ask > ask, "{later_bid:?} {later_ask:?}");
    }

    /// Whatever is filled, and in whatever order with its own changes on the way, its holdings stay
    /// within its limit, and it never asks for what it has not got.
    #[test]
    fn never_leaves_its_limits() {
        for (seed, max) in [(1, "250"), (2, "120"), (3, "499")] {
            let mut floor = Floor::new(seed);
            let slow = Latency::Uniform(Span::millis(1), Span::millis(50));
            let changes = [("max_position", max), ("size", "70"), ("refresh", "20ms")];
            let means = Floor::means(100_000, 500);
            let maker = floor.seat_as("market-maker", "mm", 0, slow, &means, &changes);
            let max: i128 = max.parse().unwrap();
            let mut dice = Dice::new(seed, "storm");
            let (mut lowest, mut highest) = (500, 500);
            for round in 0..4_000_u64 {
                let side = if round / 500 % 2 == 0 { Side::Buy } else { Side::Sell };
                let side = if dice.chance(0.8) { side } else { side.opposite() };
                let price = if side == Side::Buy { 20_000 } else { 1 };
                floor.take(side, price, 1 + dice.below(150));
                floor.pass(Span::millis(dice.below(60)));
                let held = floor.held(maker);
                lowest = lowest.min(held);
                highest = highest.max(held);
                assert!((held - 500).abs() <= max, "{held} in round {round}");
            }
            assert!(lowest <= 500 - max + 70 && highest >= 500 + max - 70, "{lowest} {highest}");
            let (refused, asked) = (floor.refusals().len(), floor.asked_by(maker).len());
            // A storm that empties the book every 30 ms crosses many changes on their way.
            assert!(refused * 3 < asked, "{refused} of {asked}");
            let unknown =
                |event: &Event| matches!(event, Event::Rejected { why: Reject::UnknownOrder, .. });
            let others = floor.refusals().iter().filter(|event| !unknown(event)).count();
            assert!(others * 100 < asked, "{:?}", floor.refusals());
        }
    }

    #[test]
    fn without_shares_it_only_bids() {
        let mut floor = Floor::new(1);
        let (near, means) = (Latency::Fixed(Span::millis(1)), Floor::means(10_000, 0));
        let maker = floor.seat_as("market-maker", "mm", 0, near, &means, &[("size", "40")]);
        floor.pass(Span::secs(10));
        assert!(floor.placed_by(maker).iter().all(|order: &Order| order.side == Side::Buy));
        assert_eq!(ladder(&floor, Side::Buy).iter().map(|(_, qty)| qty).sum::<u64>(), 100);
        assert!(floor.refusals().is_empty(), "{:?}", floor.refusals());
    }

    #[test]
    fn fills_what_was_taken_once_half_is_gone() {
        let (mut floor, _) = seated(&[("levels", "1"), ("skew", "0")]);
        floor.take(Side::Buy, 10_002, 40);
        floor.pass(Span::secs(2));
        assert_eq!(ladder(&floor, Side::Sell), [(10_002, 60)]);
        floor.take(Side::Buy, 10_002, 10);
        floor.pass(Span::secs(2));
        assert_eq!(ladder(&floor, Side::Sell), [(10_002, 100)]);
    }
}
