//! An auction of quotes: one standing bid, one standing ask, and who quotes next is drawn.
//!
//! Source: Gode & Sunder (1993), Journal of Political Economy 101(1). A quote that meets the standing
//! one of the other side trades at the price of the earlier of the two; both owners give up a unit,
//! and both quotes are cleared. Every trader hears every quote. How a trader quotes and what he
//! learns is his own matter: [`Trader`].

pub mod adaptive;
pub mod belief;
pub mod gode_sunder;
pub mod zip;

use crate::dice::Dice;
use crate::sample::{deviation, mean};
use libm::sqrt;
use pitfloor_pricing::Outside;
use pitfloor_published::given::Given;
use pitfloor_published::model::{Input, Takes};

/// The highest price that anybody may quote; the lowest is 1.
pub const PRICE_MOST: f64 = 200.0;

const MARKETS: &[&str] = &["symmetric", "flat", "uniform"];
const MARKET: Input = Input::new("market", "", Takes::Word(MARKETS));
const SIZE: Input = Input::whole("size", "traders a side, of the uniform market", 1, 1_000);
const BUDGET: Input = Input::whole("quote_budget", "turns in a period", 1, 10_000_000);
const PERIODS: Input = Input::whole("periods", "periods, what was learned kept", 1, 1_000);
const RUNS: Input = Input::whole("runs", "runs", 1, 10_000);

/// Which side a trader is on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// Buys, at most at his limit.
    Buyer,
    /// Sells, at least at his limit.
    Seller,
}

/// A quote that everybody heard.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Heard {
    /// Whose it was.
    pub side: Side,
    /// Its price.
    pub price: f64,
    /// Whether it traded: then it is the earlier of the two that met, and the price that was paid.
    pub accepted: bool,
}

/// What stands.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Standing {
    /// The bid.
    pub bid: Option<f64>,
    /// The ask.
    pub ask: Option<f64>,
}

/// How a trader behaves.
pub trait Trader {
    /// What he quotes for a unit of this limit; nothing when he stays silent.
    fn quote(&mut self, limit: f64, standing: Standing) -> Option<f64>;

    /// What he makes of a quote; `limit` is of his next unit, if there is one, else of his last.
    fn hear(&mut self, heard: &Heard, limit: f64, active: bool);
}

/// What each trader may gain from: the limits of his units, in the order in which he trades them.
#[derive(Clone, Debug, PartialEq)]
pub struct Market {
    /// Sides and limits.
    pub traders: Vec<(Side, Vec<f64>)>,
}

impl Market {
    /// The market called `name`; `size` traders a side where it is drawn from `dice`.
    #[must_use]
    pub fn named(name: &str, size: usize, dice: &mut Dice) -> Self {
        match name {
            "symmetric" => Self::stepped(|n| 150.0 - 8.0 * n, |n| 10.0 + 8.0 * n),
            "flat" => Self::stepped(|n| 160.0 - 6.0 * n, |n| 60.0 + 0.5 * n),
            _ => {
                let mut one = |side| (side, vec![dice.between(1.0, PRICE_MOST)]);
                let buyers: Vec<_> = (0..size).map(|_| one(Side::Buyer)).collect();
                let sellers = (0..size).map(|_| one(Side::Seller));
                Self { traders: buyers.into_iter().chain(sellers).collect() }
            }
        }
    }

    /// Six traders a side with three units each, whose limits go by `3 i + j`.
    fn stepped(value: impl Fn(f64) -> f64, cost: impl Fn(f64) -> f64) -> Self {
        let units = |i: u32, of: &dyn Fn(f64) -> f64| {
            (0..3).map(|j| of(f64::from(3 * i + j))).collect::<Vec<f64>>()
        };
        let buyers = (0..6).map(|i| (Side::Buyer, units(i, &value)));
        let sellers = (0..6).map(|i| (Side::Seller, units(i, &cost)));
        Self { traders: buyers.chain(sellers).collect() }
    }

    /// The most that all can gain together, and a price at which they would: the middle of those.
    #[must_use]
    pub fn competitive(&self) -> (f64, f64) {
        let sorted = |side: Side| {
            let mine = self.traders.iter().filter(|(s, _)| *s == side);
            let mut all: Vec<f64> = mine.flat_map(|(_, limits)| limits.clone()).collect();
            all.sort_by(f64::total_cmp);
            all
        };
        let (mut values, costs) = (sorted(Side::Buyer), sorted(Side::Seller));
        values.reverse();
        let gaining = values.iter().zip(&costs).take_while(|(v, c)| v > c).count();
        let surplus = values.iter().zip(&costs).take(gaining).map(|(v, c)| v - c).sum();
        let at = |list: &[f64], i: Option<usize>, other: f64| {
            i.and_then(|i| list.get(i)).copied().unwrap_or(other)
        };
        // Between the last who trade and the first who do not.
        let last = gaining.checked_sub(1);
        let low = at(&costs, last, 1.0).max(at(&values, Some(gaining), 1.0));
        let high = at(&values, last, PRICE_MOST).min(at(&costs, Some(gaining), PRICE_MOST));
        (surplus, 0.5 * (low + high))
    }
}

/// What came of a period.
#[derive(Clone, Debug, PartialEq)]
pub struct Period {
    /// Prices of the trades, in order.
    pub prices: Vec<f64>,
    /// What was gained over what could be; no number where nothing could be.
    pub efficiency: f64,
    /// Root mean square of the prices' distances from the competitive one.
    pub off: f64,
}

/// One period: `budget` turns.
pub fn period(
    market: &Market,
    traders: &mut [Box<dyn Trader>],
    budget: u64,
    turns: &mut Dice,
) -> Period {
    let mut used = vec![0; traders.len()];
    let mut bid: Option<(usize, f64)> = None;
    let mut ask: Option<(usize, f64)> = None;
    let (mut prices, mut gained) = (Vec::new(), 0.0);
    for _ in 0..budget {
        let i = turns.below(traders.len());
        let (side, limits) = &market.traders[i];
        let Some(limit) = limits.get(used[i]) else { continue };
        let price = |quote: Option<(usize, f64)>| quote.map(|(_, price)| price);
        let standing = Standing { bid: price(bid), ask: price(ask) };
        let Some(quote) = traders[i].quote(*limit, standing) else { continue };
        let mut heard = Heard { side: *side, price: quote, accepted: false };
        let met = match side {
            Side::Buyer => ask.filter(|(_, price)| quote >= *price),
            Side::Seller => bid.filter(|(_, price)| quote <= *price),
        };
        if let Some((other, price)) = met {
            let (buyer, seller) = if *side == Side::Buyer { (i, other) } else { (other, i) };
            gained += market.traders[buyer].1[used[buyer]] - market.traders[seller].1[used[seller]];
            (used[buyer], used[seller]) = (used[buyer] + 1, used[seller] + 1);
            (bid, ask) = (None, None);
            prices.push(price);
            heard = Heard { side: market.traders[other].0, price, accepted: true };
        } else {
            let place = if *side == Side::Buyer { &mut bid } else { &mut ask };
            let better = |before: f64| match side {
                Side::Buyer => quote > before,
                Side::Seller => quote < before,
            };
            if place.is_none_or(|(_, before)| better(before)) {
                *place = Some((i, quote));
            }
        }
        for ((trader, (_, limits)), used) in traders.iter_mut().zip(&market.traders).zip(&used) {
            let limit = limits.get(*used).or(limits.last()).expect("a trader has had a unit");
            trader.hear(&heard, *limit, *used < limits.len());
        }
    }
    let (surplus, price) = market.competitive();
    let squares: Vec<f64> = prices.iter().map(|p| (p - price) * (p - price)).collect();
    Period { prices, efficiency: gained / surplus, off: sqrt(mean(&squares)) }
}

/// What is to be repeated.
#[derive(Clone, Debug, PartialEq)]
pub struct Setting {
    /// The market's name.
    pub market: String,
    /// Traders a side, where it is drawn.
    pub size: usize,
    /// Turns in a period.
    pub budget: u64,
    /// Periods in a run, what was learned kept.
    pub periods: usize,
    /// Runs.
    pub runs: usize,
    /// The seed of all of it.
    pub seed: u64,
}

/// All periods of all runs; `seat` makes a trader of a side with dice of his own.
pub fn repeat(setting: &Setting, seat: impl Fn(Side, Dice) -> Box<dyn Trader>) -> Vec<Vec<Period>> {
    let run = |run: usize| {
        let dice = |name: &str| Dice::new(setting.seed, &format!("run-{run}/{name}"));
        let market = Market::named(&setting.market, setting.size, &mut dice("market"));
        let mut turns = dice("turns");
        let seats = market.traders.iter().enumerate();
        let mut traders: Vec<Box<dyn Trader>> =
            seats.map(|(i, (side, _))| seat(*side, dice(&format!("trader-{i}")))).collect();
        (0..setting.periods)
            .map(|_| period(&market, &mut traders, setting.budget, &mut turns))
            .collect()
    };
    (0..setting.runs).map(run).collect()
}

/// Efficiencies of one period over all runs.
#[must_use]
pub fn efficiencies(runs: &[Vec<Period>], period: usize) -> Vec<f64> {
    runs.iter().map(|run| run[period].efficiency).collect()
}

/// What is told of all runs: a list with one element for each period.
fn told(runs: &[Vec<Period>]) -> serde_json::Value {
    use pitfloor_published::given::json_numbers;
    let periods = runs.first().map_or(0, Vec::len);
    let each = |of: &dyn Fn(&[f64], usize) -> f64| {
        let list: Vec<f64> = (0..periods).map(|p| of(&efficiencies(runs, p), p)).collect();
        json_numbers(&list)
    };
    let low = |list: &[f64], _: usize| {
        let mut sorted = list.to_vec();
        sorted.sort_by(f64::total_cmp);
        pitfloor_pricing::numeric::quantile::sample(&sorted, 0.05).unwrap_or(f64::NAN)
    };
    let of_runs = |p: usize, of: &dyn Fn(&Period) -> f64| -> Vec<f64> {
        runs.iter().map(|run| of(&run[p])).collect()
    };
    serde_json::json!({
        "efficiency": each(&|list, _| mean(list)),
        "efficiency_sd": each(&|list, _| deviation(list)),
        "efficiency_low": each(&low),
        "trades": each(&|_, p| mean(&of_runs(p, &|period| period.prices.len() as f64))),
        "off": each(&|_, p| crate::sample::median(&of_runs(p, &|period| period.off))),
    })
}

/// What is told, in words.
const OUTPUTS: &[(&str, &str)] = &[
    ("efficiency", "list, one for each period: mean share of the possible gains"),
    ("efficiency_sd", "list: its standard deviation over runs"),
    ("efficiency_low", "list: its 5% quantile over runs"),
    ("trades", "list: mean number"),
    ("off", "list: median over runs of the prices' root mean square from the competitive one"),
];

/// The most turns of all periods of all runs together.
const TURNS_MOST: u64 = 10_000_000_000;

/// The setting that was asked for.
fn setting(given: &Given) -> Result<Setting, Outside> {
    let (budget, periods, runs) =
        (given.whole("quote_budget"), given.whole("periods"), given.whole("runs"));
    let turns = budget * periods * runs;
    if turns > TURNS_MOST {
        let found = format!("{budget}, with {periods} periods and {runs} runs {turns} turns");
        return Err(Outside::new("quote_budget", found, "at most 10000000000 turns in all"));
    }
    Ok(Setting {
        market: given.word("market").to_owned(),
        size: given.count("size") as usize,
        budget,
        periods: given.count("periods") as usize,
        runs: given.count("runs") as usize,
        seed: given.whole("seed"),
    })
}
