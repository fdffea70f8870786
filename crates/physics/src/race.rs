//! V-51: two queues race to be empty first.
//!
//! Over and over, the same little book: b orders of one lot at the best bid, a at the best ask, some
//! ticks apart. Limits join the own best at λ(spread) or stand inside at λ(i), market orders come at μ
//! a side, and every order of others is cancelled at θ(spread); until the mid moves, or until an order
//! that its owner never cancels has traded. Whether and where it moved is read off the public quote.

use crate::exact::{CANCELS, CST_DIGITS, FILL, LIMITS, MARKETS, MID_UP, WIDER};
use crate::pit::{FIRST, Pit, REFERENCE, role};
use crate::{Case, Row, scaled};
use pitfloor_agents::flow::hand::{Hand, wait};
use pitfloor_model::command::{Filter, Stp};
use pitfloor_model::event::Event;
use pitfloor_model::units::{OrderId, Price, Qty, Side};
use pitfloor_sim::agent::{Agent, Context, Notice};

/// Races per cell at full length.
const RACES: u64 = 20_000;

/// What races.
#[derive(Clone, Copy)]
struct Start {
    spread: i64,
    bids: u64,
    asks: u64,
    /// The last bid is somebody's who never cancels it.
    tagged: bool,
}

/// The flow of a book that is set up anew whenever the race is over.
struct Races {
    start: Start,
    left: u64,
    hand: Hand,
    tagged: Option<OrderId>,
    traded: bool,
    waiting: usize,
    runs: u64,
    won: u64,
}

pub(crate) fn cases(scale: f64) -> Vec<Case> {
    let runs = scaled(RACES, scale, 200);
    let mut cases = Vec::new();
    for (tagged, table) in [(false, &MID_UP), (true, &FILL)] {
        for (b, row) in (1..).zip(table) {
            for (a, exact) in (1..).zip(row) {
                let start = Start { spread: 1, bids: b, asks: a, tagged };
                cases.push(case(start, *exact, runs));
            }
        }
    }
    for (spread, up, fill) in WIDER {
        cases.push(case(Start { spread, bids: 1, asks: 2, tagged: false }, up, runs));
        cases.push(case(Start { spread, bids: 1, asks: 1, tagged: true }, fill, runs));
    }
    cases
}

fn case(start: Start, exact: f64, runs: u64) -> Case {
    let what = if start.tagged { "trades before the mid moves" } else { "the mid moves up" };
    let Start { spread, bids, asks, .. } = start;
    let name = format!("spread {spread}, {bids} bid, {asks} offered: {what}");
    let play = move |seed| {
        let mut pit = Pit::new(1, seed);
        pit.seat_traced("races", Box::new(Races::new(start, runs)));
        let won = pit.play().figures("raced").next().expect("the last race ends")[0];
        let mut row = Row::share("probability", won / runs as f64, exact, runs as f64);
        row.within += CST_DIGITS;
        vec![row]
    };
    Case::new(name, play)
}

impl Races {
    fn new(start: Start, left: u64) -> Self {
        let hand = Hand::new(&role(FIRST), Qty(1));
        Self { start, left, hand, tagged: None, traded: false, waiting: 0, runs: 0, won: 0 }
    }

    const fn ask(&self) -> Price {
        Price(REFERENCE.0 + self.start.spread)
    }

    fn begin(&mut self, cx: &mut Context<'_>) {
        (self.tagged, self.traded) = (None, false);
        let foreign = self.start.bids - u64::from(self.start.tagged);
        for _ in 0..foreign {
            self.hand.rest(cx, Side::Buy, REFERENCE);
        }
        if self.start.tagged {
            let draft = cx.draft(FIRST, Side::Buy, Some(REFERENCE), Qty(1)).with_stp(Stp::None);
            self.tagged = Some(cx.place(draft));
        }
        for _ in 0..self.start.asks {
            self.hand.rest(cx, Side::Sell, self.ask());
        }
    }

    /// Whether the race is won, once it is over.
    fn result(&mut self, cx: &mut Context<'_>) -> Option<bool> {
        let quote = cx.view().quote(FIRST);
        let (bid, ask) = (quote.bid.map(|(price, _)| price), quote.ask.map(|(price, _)| price));
        if self.traded {
            return Some(true);
        }
        if bid == Some(REFERENCE) && ask == Some(self.ask()) {
            return None;
        }
        let up = bid.is_some_and(|bid| bid > REFERENCE) || ask.is_none_or(|ask| ask > self.ask());
        Some(up && !self.start.tagged)
    }

    fn clear(&mut self, cx: &mut Context<'_>) {
        cx.mass_cancel(Filter::default());
        self.hand = Hand::new(&role(FIRST), Qty(1));
    }

    fn per_side(&self) -> f64 {
        LIMITS[..self.start.spread as usize].iter().sum::<f64>() + MARKETS
    }

    fn cancels(&self) -> f64 {
        CANCELS[self.start.spread as usize - 1]
    }

    fn total(&self) -> f64 {
        2.0 * self.per_side() + self.cancels() * self.waiting as f64
    }

    fn act(&mut self, cx: &mut Context<'_>) {
        let mut drawn = cx.dice().unit() * self.total();
        if drawn >= 2.0 * self.per_side() {
            let nth = (drawn - 2.0 * self.per_side()) / self.cancels();
            if let Some(live) = self.hand.live().nth(nth as usize) {
                self.hand.cancel(cx, live);
            }
            return;
        }
        let side = if drawn < self.per_side() { Side::Buy } else { Side::Sell };
        drawn -= if side == Side::Sell { self.per_side() } else { 0.0 };
        for (distance, rate) in (1..=self.start.spread).zip(LIMITS) {
            if drawn < rate {
                let price = self.hand.at(cx, side, distance);
                return self.hand.rest(cx, side, price);
            }
            drawn -= rate;
        }
        self.hand.take(cx, side);
    }
}

impl Agent for Races {
    fn on(&mut self, notice: &Notice, cx: &mut Context<'_>) {
        match notice {
            Notice::Start => self.begin(cx),
            Notice::Timer(_) => {
                self.hand.look(cx);
                match self.result(cx) {
                    None => self.act(cx),
                    Some(won) => {
                        self.won += u64::from(won);
                        self.runs += 1;
                        if self.runs == self.left {
                            return cx.because("raced", || [("won", self.won as f64)]);
                        }
                        self.clear(cx);
                        self.begin(cx);
                    }
                }
            }
            Notice::Own(event) => {
                if let Event::Traded { maker, .. } = event {
                    self.traded |= Some(maker.order) == self.tagged;
                }
                return self.hand.told(cx, event);
            }
            _ => return,
        }
        self.waiting = self.hand.live().len();
        let wait = wait(cx, self.total());
        cx.wake_in(wait);
    }
}
