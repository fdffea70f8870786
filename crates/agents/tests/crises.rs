//! The set pieces of money and speed: funding that dries up, funds that must sell, and a race for
//! stale quotes. Each does what its page says, over seeds.
#![allow(missing_docs)]

use pitfloor_model::event::Event;
use pitfloor_model::units::{AccountId, InstrumentId, Side, Time};
use pitfloor_sim::Setting;
use pitfloor_sim::kernel::{Observer, Seen};
use pitfloor_sim::scenario::Scenario;
use std::collections::BTreeMap;

const SECOND: u64 = 1_000_000_000;

fn scenario(name: &str, settings: &[&str]) -> Scenario {
    let path = format!("{}/../../scenarios/{name}.toml", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(path).expect("the scenario is there");
    let settings: Vec<_> = settings.iter().map(|text| Setting::parse(text).unwrap()).collect();
    Scenario::parse(&text, &settings, pitfloor_agents::KINDS).unwrap_or_else(|bad| panic!("{bad}"))
}

/// One instrument, second by second, and what everybody gained and traded in it.
struct Watched {
    instrument: InstrumentId,
    /// The mid, in ticks, the spread, and lots at both best prices.
    mids: Vec<f64>,
    spreads: Vec<f64>,
    depths: Vec<f64>,
    /// The mid of the first instrument, in half ticks.
    leads: i128,
    /// What they gained at the moment of each trade against that mid, in half ticks × lots, and the
    /// lots that they traded.
    accounts: BTreeMap<AccountId, (i128, u64)>,
}

impl Watched {
    /// Everything up to `at` stands as it did.
    fn reach(&mut self, at: Time) {
        let seconds = (at.0 / SECOND) as usize + 1;
        for list in [&mut self.mids, &mut self.spreads, &mut self.depths] {
            let last = list.last().copied().unwrap_or(0.0);
            list.resize(seconds.max(list.len()), last);
        }
    }

    fn trades(&mut self, account: AccountId, side: Side, price: i64, lots: u64) {
        let better = self.leads - 2 * i128::from(price);
        let sign = if side == Side::Buy { 1 } else { -1 };
        let (gained, traded) = self.accounts.entry(account).or_default();
        *gained += sign * better * i128::from(lots);
        *traded += lots;
    }
}

impl Observer for Watched {
    fn saw(&mut self, seen: &Seen<'_>) {
        self.reach(seen.stamped.at);
        let now = self.mids.len() - 1;
        let first = seen.board.quote(InstrumentId(0));
        if let Some(((bid, _), (ask, _))) = first.bid.zip(first.ask) {
            self.leads = i128::from(bid.0) + i128::from(ask.0);
        }
        let quote = seen.board.quote(self.instrument);
        self.depths[now] = 0.0;
        if let Some(((bid, bids), (ask, asks))) = quote.bid.zip(quote.ask) {
            self.mids[now] = (bid.0 + ask.0) as f64 / 2.0;
            self.spreads[now] = (ask.0 - bid.0) as f64;
            self.depths[now] = (bids.0 + asks.0) as f64;
        }
        for event in seen.events {
            match *event {
                Event::Traded { instrument, maker, taker, aggressor, price, qty, .. }
                    if instrument == self.instrument =>
                {
                    self.trades(maker.account, aggressor.opposite(), price.0, qty.0);
                    self.trades(taker.account, aggressor, price.0, qty.0);
                }
                Event::Crossed { instrument, buy, sell, price, qty, .. }
                    if instrument == self.instrument =>
                {
                    self.trades(buy.account, Side::Buy, price.0, qty.0);
                    self.trades(sell.account, Side::Sell, price.0, qty.0);
                }
                _ => {}
            }
        }
    }
}

/// A run, and who was who.
struct Day {
    watched: Watched,
    groups: Vec<(String, u32)>,
}

fn day(name: &str, instrument: u32, settings: &[&str]) -> Day {
    let scenario = scenario(name, settings);
    let mut watched = Watched {
        instrument: InstrumentId(instrument),
        mids: Vec::new(),
        spreads: Vec::new(),
        depths: Vec::new(),
        leads: 0,
        accounts: BTreeMap::new(),
    };
    scenario.kernel().run(Time(scenario.span().0), &mut watched);
    watched.reach(Time(scenario.span().0));
    let groups = scenario.groups().iter().map(|group| (group.name.clone(), group.count)).collect();
    Day { watched, groups }
}

impl Day {
    /// What `group` gained in dollars (a tick is a cent) against what the first instrument cost at
    /// the moment of each trade, and how many lots it traded.
    fn gained(&self, group: &str) -> (f64, u64) {
        let place = self.groups.iter().position(|(name, _)| name == group).expect("a group");
        let first: u32 = self.groups[..place].iter().map(|(_, count)| count).sum();
        let members = (first..first + self.groups[place].1).map(AccountId);
        let of = |account| self.watched.accounts.get(&account).copied().unwrap_or_default();
        members.map(of).fold((0.0, 0), |(money, lots), (gained, traded)| {
            (money + gained as f64 / 200.0, lots + traded)
        })
    }
}

fn mean(list: &[f64]) -> f64 {
    list.iter().sum::<f64>() / list.len().max(1) as f64
}

fn median(list: impl IntoIterator<Item = f64>) -> f64 {
    let mut list: Vec<f64> = list.into_iter().collect();
    list.sort_by(f64::total_cmp);
    list[list.len() / 2]
}

// ── Funding that dries up ────────────────────────────────────────────────────────────────────────

/// What the news did: how far the mid fell below what it was before, depth and spread in the worst
/// five minutes and in the last ten against before.
#[derive(Debug)]
struct Crisis {
    fall: f64,
    depth: (f64, f64),
    spread: (f64, f64),
}

/// The minute of the news.
const NEWS: usize = 20;

fn crisis(settings: &[&str]) -> Crisis {
    let Watched { mids, depths, spreads, .. } = day("liquidity-crisis", 0, settings).watched;
    let minutes = |list: &[f64], from: usize, to: usize| mean(&list[from * 60..to * 60]);
    let worst = |list: &[f64], pick: fn(f64, f64) -> f64| {
        let fives = (NEWS..40).map(|from| minutes(list, from, from + 5));
        fives.reduce(pick).expect("some") / minutes(list, 5, 15)
    };
    let later = |list: &[f64]| minutes(list, 50, 60) / minutes(list, 5, 15);
    let low = mids[NEWS * 60..].iter().copied().fold(f64::MAX, f64::min);
    Crisis {
        fall: 1.0 - low / minutes(&mids, 5, 15),
        depth: (worst(&depths, f64::min), later(&depths)),
        spread: (worst(&spreads, f64::max), later(&spreads)),
    }
}

#[test]
fn news_that_margins_answer_to_take_the_market_with_them() {
    for seed in ["seed=1", "seed=2", "seed=3"] {
        let spiral = crisis(&[seed]);
        let knows = crisis(&[seed, "agents.maker.theta=0"]);
        let rich = crisis(&[seed, "agents.maker.capital=60000"]);
        let poor = crisis(&[seed, "agents.maker.capital=6000"]);
        println!(
            "{seed}: {spiral:.3?}\n  lender knows {knows:.3?}\n  rich {rich:.3?}\n  poor {poor:.3?}"
        );
        // The news is worth two per cent.
        assert!(spiral.fall > 0.045, "{spiral:?}");
        assert!(knows.fall < 0.03 && rich.fall < 0.03, "{knows:?} {rich:?}");
        assert!(spiral.depth.0 < 0.3 && spiral.spread.0 > 3.0, "{spiral:?}");
        assert!(knows.depth.0 > 0.5 && knows.spread.0 < 2.0, "{knows:?}");
        // It comes back; where capital is gone for good it does not.
        assert!(spiral.depth.1 > 0.8 && spiral.spread.1 < 1.5, "{spiral:?}");
        assert!(poor.depth.1 < 0.2 && poor.spread.1 > 3.0 && poor.fall > spiral.fall, "{poor:?}");
    }
}

// ── Funds that must sell ─────────────────────────────────────────────────────────────────────────

/// Of the returns of ten seconds: standard deviation, excess kurtosis, and the worst.
fn returns(mids: &[f64]) -> (f64, f64, f64) {
    let mids: Vec<f64> = mids[60..].iter().step_by(10).copied().collect();
    let returns: Vec<f64> = mids.windows(2).map(|pair| (pair[1] / pair[0]).ln()).collect();
    let middle = mean(&returns);
    let moment =
        |power| mean(&returns.iter().map(|it| (it - middle).powi(power)).collect::<Vec<_>>());
    let variance = moment(2);
    let worst = returns.iter().copied().fold(0.0, f64::min);
    (variance.sqrt(), moment(4) / (variance * variance) - 3.0, worst)
}

/// `PITFLOOR_FIRE_SEEDS=20` looks at more days.
#[test]
fn the_more_funds_may_borrow_the_fatter_the_tails() {
    let seeds = std::env::var("PITFLOOR_FIRE_SEEDS").map_or(5, |text| text.parse().unwrap());
    let of = |leverage: &str| {
        let leverage = format!("agents.fund.lambda_max={leverage}");
        let days: Vec<_> = (1..=seeds)
            .map(|seed: u64| {
                let seed = format!("seed={seed}");
                returns(&day("fire-sale", 0, &[&leverage, &seed]).watched.mids)
            })
            .collect();
        let figure = |pick: fn(&(f64, f64, f64)) -> f64| median(days.iter().map(pick));
        let found = (figure(|it| it.0), figure(|it| it.1), figure(|it| it.2));
        let crashes = days.iter().filter(|it| it.2 < -0.01).count();
        println!(
            "{leverage}: deviation {:.5}, excess kurtosis {:.2}, worst {:.4}, {crashes} of {seeds} \
             with a fall of more than 1 % in ten seconds",
            found.0, found.1, found.2
        );
        (found, crashes)
    };
    let [none, one, five, ten, fifteen] = ["0", "1", "5", "10", "15"].map(of);
    for (less, more) in [(one, five), (five, ten), (ten, fifteen)] {
        assert!(more.0.1 > less.0.1, "kurtosis: {less:?} {more:?}");
        assert!(more.0.2 <= less.0.2 + 0.0005 && more.1 >= less.1, "falls: {less:?} {more:?}");
    }
    assert!(none.0.1 < 1.0 && none.1 == 0 && fifteen.0.1 > 10.0, "{none:?} {fifteen:?}");
    assert!(fifteen.1 * 2 > seeds as usize, "{fifteen:?}");
    // Below their limit they hold the market steady.
    assert!(five.0.0 < none.0.0, "{none:?} {five:?}");
}

// ── A race for stale quotes ──────────────────────────────────────────────────────────────────────

/// What snipers, the maker and investors gained on the second listing, and the lots of investors.
fn race(settings: &[&str]) -> (f64, f64, f64, u64) {
    let day = day("latency-race", 1, settings);
    let (investors, lots) = day.gained("investor");
    (day.gained("sniper").0, day.gained("maker").0, investors, lots)
}

#[test]
fn a_race_costs_the_maker_and_batches_end_it() {
    for seed in ["seed=1", "seed=2", "seed=3"] {
        let with = |settings: &[&str]| race(&[settings, &[seed]].concat());
        let (none, one, five) =
            (with(&["agents.sniper.count=0"]), with(&["agents.sniper.count=1"]), with(&[]));
        let faster = with(&[
            "agents.sniper.latency=uniform(40us, 80us)",
            "agents.maker.latency=uniform(40us, 80us)",
            "agents.leader.latency=5us",
        ]);
        let batches = with(&["instrument.ECHO.schedule.periodic=100ms"]);
        println!(
            "{seed}: none {none:.0?}\n one {one:.0?}\n five {five:.0?}\n faster {faster:.0?}\n \
             batches {batches:.0?}"
        );
        // Snipers live off the maker: more of them take more in all, and less each.
        assert!(five.0 > one.0 && one.0 > 0.0 && five.0 / 5.0 < one.0 / 2.0, "{one:?} {five:?}");
        assert!(none.1 > one.1 && one.1 > five.1, "{none:?} {one:?} {five:?}");
        // Speed that all have changes nothing.
        assert!((faster.0 / five.0 - 1.0).abs() < 0.25, "{five:?} {faster:?}");
        // In batches nothing is left to snipe, and investors pay less for each lot.
        assert!(batches.0.abs() < five.0 / 20.0, "{five:?} {batches:?}");
        let each = |of: (f64, f64, f64, u64)| -of.2 / of.3 as f64;
        assert!(each(batches) < each(five) * 0.7, "{five:?} {batches:?}");
    }
}
