//! V-53: two prices that move together seem to do so less, the closer one looks.
//!
//! Two books. In each a dealer keeps a market one tick wide around its share's efficient price and moves
//! it before every taker; the efficient prices are Brownian and correlated. Takers of one lot come to
//! each book at Poisson moments, independent of each other and of the prices, and the last trade is the
//! price until the next. Over steps Δ the correlation of those prices is ρ[1 − (1−e^(−λΔ))/(λΔ)].

use crate::estimate::correlation;
use crate::pit::{FIRST, Pit, REFERENCE, SECOND, seconds};
use crate::{Case, Row};

use pitfloor_model::event::Event;
use pitfloor_model::units::{InstrumentId, OrderId, Price, Qty, Side, Time};
use pitfloor_sim::agent::{Agent, Context, Notice};
use pitfloor_sim::dice::Dice;
use pitfloor_sim::kernel::{Observer, Seen};

/// Correlation of the efficient prices, and takers per second in each book.
const RHO: f64 = 0.8;
const TAKERS_PER_S: f64 = 0.5;

/// Standard deviation of an efficient price, in ticks per √s: bounce between bid and ask is then little.
const SIGMA: f64 = 40.0;

/// How long it is watched at full length, and the steps at which it is looked at.
const SPAN_S: f64 = 1_000_000.0;
const STEPS_S: [u32; 6] = [1, 2, 5, 10, 30, 100];

/// Where prices begin, in ticks: farther from zero than they walk.
const BEGIN: f64 = 1_000.0 * REFERENCE.0 as f64;

/// When the takers come, and to which book: both the dealer, who is always just before them, and the
/// takers draw the same moments.
struct Moments(Dice);

impl Moments {
    fn new(seed: u64) -> Self {
        Self(Dice::new(seed, "takers"))
    }

    fn next(&mut self) -> (f64, InstrumentId, Side) {
        let wait = self.0.exponential(1.0 / (2.0 * TAKERS_PER_S));
        let book = if self.0.side() == Side::Buy { FIRST } else { SECOND };
        (wait, book, self.0.side())
    }
}

/// Who keeps a market in both books.
struct Dealer {
    moments: Moments,
    next: (f64, InstrumentId, Side),
    prices: [f64; 2],
    quotes: [Option<[OrderId; 2]>; 2],
}

/// Who comes and takes one lot.
struct Takers {
    moments: Moments,
    next: (f64, InstrumentId, Side),
}

impl Dealer {
    fn diffuse(&mut self, span: f64, dice: &mut Dice) {
        let (first, second) = (dice.normal(), dice.normal());
        let other = RHO * first + libm::sqrt(1.0 - RHO * RHO) * second;
        let scale = SIGMA * libm::sqrt(span);
        self.prices[0] += scale * first;
        self.prices[1] += scale * other;
    }

    fn requote(&mut self, cx: &mut Context<'_>, book: InstrumentId) {
        for order in self.quotes[book.index()].take().into_iter().flatten() {
            cx.cancel(order);
        }
        let bid = Price(libm::floor(self.prices[book.index()]) as i64);
        let buy = cx.limit(book, Side::Buy, bid, Qty(1));
        let sell = cx.limit(book, Side::Sell, Price(bid.0 + 1), Qty(1));
        self.quotes[book.index()] = Some([buy, sell]);
    }
}

impl Agent for Dealer {
    fn on(&mut self, notice: &Notice, cx: &mut Context<'_>) {
        match notice {
            Notice::Start => {}
            Notice::Timer(_) => {
                let (waited, book, _) = self.next;
                self.diffuse(waited, cx.dice());
                self.requote(cx, book);
            }
            Notice::Own(_) => return,
            _ => unreachable!("it asks for nothing else"),
        }
        self.next = self.moments.next();
        cx.wake_in(seconds(self.next.0));
    }
}

impl Agent for Takers {
    fn on(&mut self, notice: &Notice, cx: &mut Context<'_>) {
        match notice {
            Notice::Start => {}
            Notice::Timer(_) => {
                let (_, book, side) = self.next;
                cx.market(book, side, Qty(1));
            }
            Notice::Own(_) => return,
            _ => unreachable!("it asks for nothing else"),
        }
        self.next = self.moments.next();
        cx.wake_in(seconds(self.next.0));
    }
}

/// The last trade of each book, on a grid of one second.
#[derive(Default)]
struct Last {
    prices: [f64; 2],
    grid: [Vec<f64>; 2],
}

impl Last {
    fn until(&mut self, now: Time) {
        while (self.grid[0].len() as u64 + 1) * 1_000_000_000 < now.0 {
            for (grid, price) in self.grid.iter_mut().zip(self.prices) {
                grid.push(price);
            }
        }
    }
}

impl Observer for Last {
    fn saw(&mut self, seen: &Seen<'_>) {
        self.until(seen.stamped.at);
        for event in seen.events {
            if let Event::Traded { instrument, price, .. } = event {
                self.prices[instrument.index()] = price.0 as f64;
            }
        }
    }
}

pub(crate) fn cases(scale: f64) -> Vec<Case> {
    let span = (SPAN_S * scale).max(20_000.0);
    // 0.02 is four standard errors at Δ = 100 s and full length.
    let within = 0.02 * libm::sqrt(SPAN_S / span);
    vec![Case::new("ρ = 0.8, λ = 0.5 per second".to_owned(), move |seed| {
        play(seed, span, within)
    })]
}

fn play(seed: u64, span: f64, within: f64) -> Vec<Row> {
    let mut pit = Pit::new(2, seed);
    let moments = || (Moments::new(seed), (0.0, FIRST, Side::Buy));
    let (dealer, takers) = (moments(), moments());
    let prices = [BEGIN; 2];
    let quotes = [None; 2];
    pit.seat("dealer", Box::new(Dealer { moments: dealer.0, next: dealer.1, prices, quotes }));
    pit.seat("takers", Box::new(Takers { moments: takers.0, next: takers.1 }));
    let mut last = Last { prices, ..Last::default() };
    pit.kernel.run(Time::ZERO.after(seconds(span)), &mut last);
    let [first, second] = &last.grid;
    let row = |step: u32| {
        let returns = |grid: &[f64]| -> Vec<f64> {
            let prices: Vec<f64> = grid.iter().copied().step_by(step as usize).collect();
            prices.windows(2).map(|pair| pair[1] - pair[0]).collect()
        };
        let found = correlation(&returns(first), &returns(second));
        let x = TAKERS_PER_S * f64::from(step);
        let law = RHO * (1.0 + libm::expm1(-x) / x);
        Row::band(format!("correlation over {step} s"), found, law - within, law + within)
    };
    STEPS_S.map(row).into()
}
