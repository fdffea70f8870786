//! Those who come to Glosten and Milgrom's dealer: some know, the others need money or have some.
//!
//! One account stands for all. At every wake somebody comes: with probability `informed` one who
//! knows whether the thing is worth `low` or `high`, who buys when it is worth much and else sells;
//! otherwise one who tosses a coin. He takes one lot at the best price. Nobody comes while a side
//! is without a quote. After `arrivals` trades the truth is told, and a new one is drawn: worth
//! much with probability `prior`.
//!
//! It goes with `glosten-milgrom-dealer`, alone with it in an instrument, both with the same
//! parameters: both count the trades to know when a game is over.
//!
//! Source: Glosten & Milgrom (1985), *Bid, ask and transaction prices in a specialist market with
//! heterogeneously informed traders*, Journal of Financial Economics 14(1).

use super::glosten_milgrom_dealer::{ARRIVALS, HIGH, INFORMED, LOW, PRIOR};
use crate::desk::{self, Look};
use crate::working::{self, Working};
use pitfloor_model::event::Event;
use pitfloor_model::units::{Qty, Side};
use pitfloor_sim::agent::{Agent, Context, Interest, Notice};
use pitfloor_sim::params::{Build, Kind, Parameter, Params, Role, Takes, Wait};

/// The kind `glosten-milgrom-arrivals`.
pub static KIND: Kind = Kind {
    name: "glosten-milgrom-arrivals",
    about: "comes to the dealer, sometimes knowing what it is worth",
    source: "Glosten & Milgrom 1985",
    parameters: &[
        LOW,
        HIGH,
        PRIOR,
        INFORMED,
        ARRIVALS,
        Parameter {
            name: "rate",
            takes: Takes::Wait,
            default: "exp(mean = 1s)",
            about: "wait between two who come",
        },
    ],
    build: Build::One(|params, role| Box::new(Arrivals::new(params, role))),
};

/// All who come.
#[derive(Clone, Debug)]
pub struct Arrivals {
    role: Role,
    worth: [f64; 2],
    prior: f64,
    informed: f64,
    arrivals: u64,
    rate: Wait,
    is_much: bool,
    trades: u64,
    working: Working<1>,
}

impl Arrivals {
    /// One that plays `role`.
    #[must_use]
    pub fn new(params: &Params, role: &Role) -> Self {
        Self {
            role: *role,
            worth: ["low", "high"].map(|name| params.price(name).0 as f64),
            prior: params.number("prior"),
            informed: params.number("informed"),
            arrivals: params.count("arrivals"),
            rate: params.wait("rate"),
            is_much: false,
            trades: 0,
            working: Working::new(role, Qty::MOST),
        }
    }

    fn come(&mut self, cx: &mut Context<'_>) {
        let Role { instrument, reference, .. } = self.role;
        let Some(look) = Look::of(&cx.view(), instrument, reference) else { return };
        let is_quoted = look.bid.is_some() && look.ask.is_some();
        if !is_quoted || !self.working.is_sure() {
            return;
        }
        let knows = cx.dice().chance(self.informed);
        let side = match (knows, self.is_much) {
            (true, true) => Side::Buy,
            (true, false) => Side::Sell,
            (false, _) => cx.dice().side(),
        };
        let Some(best) = look.best(side.opposite()) else { return };
        let worth = self.worth[usize::from(self.is_much)];
        let rule = if knows { "somebody who knows" } else { "somebody who does not" };
        cx.because(rule, || [("worth_ticks", worth), ("best_ticks", best.0 as f64)]);
        self.working.take(cx, side, best, 1);
    }

    fn draw(&mut self, cx: &mut Context<'_>) {
        self.is_much = cx.dice().chance(self.prior);
    }
}

impl Agent for Arrivals {
    fn interest(&self) -> Interest {
        working::interest()
    }

    fn on(&mut self, notice: &Notice, cx: &mut Context<'_>) {
        match notice {
            Notice::Start => {
                self.working.start(cx);
                self.draw(cx);
                desk::wake_first(self.rate, cx);
            }
            Notice::Timer(_) => {
                self.come(cx);
                desk::wake_again(self.rate, cx);
            }
            Notice::Own(event) => {
                self.working.told(cx, event);
                if matches!(event, Event::Traded { .. }) {
                    self.trades += 1;
                    if self.trades == self.arrivals {
                        self.trades = 0;
                        self.draw(cx);
                    }
                }
            }
            Notice::Print(_) | Notice::Quote(..) | Notice::Auction(_) | Notice::News { .. } => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::floor::{Floor, refuses};
    use pitfloor_model::units::Span;
    use pitfloor_sim::latency::Latency;

    /// Trades of many games: price, and who came (buy or sell); and the quotes' spread before it.
    fn play(seed: u64, games: u64) -> Vec<(f64, Side)> {
        let mut floor = Floor::new(seed);
        let means = Floor::means(100_000_000, 1_000_000);
        let near = Latency::Fixed(Span::millis(1));
        let worth = [("low", "50"), ("high", "150")];
        floor.seat_as("glosten-milgrom-dealer", "dealer", 0, near, &means, &worth);
        let fixed = [&worth[..], &[("rate", "1s")]].concat();
        floor.seat_as("glosten-milgrom-arrivals", "arrivals", 0, near, &means, &fixed);
        floor.pass(Span::secs(20 * games + 1));
        assert!(floor.refusals().is_empty(), "{:?}", floor.refusals());
        let trade = |event: &Event| match *event {
            Event::Traded { price, aggressor, .. } => Some((price.0 as f64, aggressor)),
            _ => None,
        };
        floor.events().filter_map(trade).collect()
    }

    /// Within a game the next price is this one, on average: the mean change is nothing within
    /// three standard errors. And all that is known comes out: at the end prices are near 50 or
    /// 150.
    #[test]
    fn prices_are_a_martingale_and_find_the_truth() {
        let trades = play(1, 1_500);
        let games: Vec<_> = trades.chunks_exact(20).collect();
        assert!(games.len() > 1_450, "{} games", games.len());
        let changes =
            games.iter().flat_map(|game| game.windows(2)).map(|pair| pair[1].0 - pair[0].0);
        let changes: Vec<f64> = changes.collect();
        let count = changes.len() as f64;
        let mean = changes.iter().sum::<f64>() / count;
        let error = (changes.iter().map(|it| it * it).sum::<f64>() / count / count).sqrt();
        assert!(mean.abs() < 3.0 * error, "{mean} ± {error}");
        let away = |price: f64| (price - 5_000.0).min(15_000.0 - price).max(0.0);
        let first: f64 = games.iter().map(|game| away(game[0].0)).sum::<f64>() / games.len() as f64;
        let last: f64 = games.iter().map(|game| away(game[19].0)).sum::<f64>() / games.len() as f64;
        assert!(last < first / 3.0, "{last} after {first}");
    }

    #[test]
    fn nobody_comes_without_quotes() {
        let mut floor = Floor::new(1);
        let agent = floor.seat("glosten-milgrom-arrivals", &[]);
        floor.rest(Side::Buy, 9_900, 10);
        floor.pass(Span::secs(60));
        assert!(floor.placed_by(agent).is_empty());
    }

    #[test]
    fn what_it_cannot_be_is_refused_with_the_field() {
        refuses(&KIND, "informed", "2", "a number from 0 to 1");
    }
}
