//! The flash crash over seeds: with and without the program, and with a pause at the low.
//!
//! With `PITFLOOR_CRASH_SEEDS=50` it is the whole comparison (`--nocapture` shows the figures);
//! without it a few seeds are looked at.
#![allow(missing_docs)]

use pitfloor_model::command::Command;
use pitfloor_model::event::Event;
use pitfloor_model::units::{AccountId, InstrumentId, Side, Time};
use pitfloor_sim::Setting;
use pitfloor_sim::kernel::{Observer, Seen};
use pitfloor_sim::scenario::Scenario;
use std::ops::Range;

const MINI: InstrumentId = InstrumentId(0);
/// When the program begins, and how long is watched from there: seconds of the run.
const BEGIN: usize = 900;
const WATCHED: usize = 1_800;
/// What an intermediary may hold more or less than at the start: `max_position` of the scenario.
const LIMIT: i128 = 16;
/// Days that are looked at when nobody says how many.
const SEEDS: u64 = 5;
const SECOND: u64 = 1_000_000_000;

/// The scenario that comes with the program.
fn scenario(seed: u64, settings: &[String]) -> Scenario {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../scenarios/flash-crash.toml");
    let text = std::fs::read_to_string(path).expect("the scenario is there");
    let seed = format!("seed={seed}");
    let all = settings.iter().chain([&seed]).map(|text| Setting::parse(text).unwrap());
    Scenario::parse(&text, &all.collect::<Vec<_>>(), pitfloor_agents::KINDS)
        .unwrap_or_else(|bad| panic!("{bad}"))
}

/// What is looked at, second by second.
#[derive(Default)]
struct Watched {
    /// The mid, in ticks; at the end, its mean over a minute.
    prices: Vec<f64>,
    /// Lots at both best prices.
    depth: Vec<f64>,
    spread: Vec<f64>,
    volume: Vec<f64>,
    cancels: Vec<f64>,
    sold: Vec<f64>,
    /// How many intermediaries hold nine tenths of what they may, or more.
    full: Vec<f64>,
    program: Option<AccountId>,
    intermediaries: Range<u32>,
    holdings: Vec<i128>,
}

impl Watched {
    /// Everything up to `at` stands as it did.
    fn reach(&mut self, at: Time) {
        let seconds = (at.0 / SECOND) as usize + 1;
        let last = |list: &[f64]| list.last().copied().unwrap_or(0.0);
        for (list, value) in [
            (&mut self.prices, None),
            (&mut self.depth, None),
            (&mut self.spread, None),
            (&mut self.full, None),
            (&mut self.volume, Some(0.0)),
            (&mut self.cancels, Some(0.0)),
            (&mut self.sold, Some(0.0)),
        ] {
            let value = value.unwrap_or_else(|| last(list));
            list.resize(seconds.max(list.len()), value);
        }
    }
}

impl Watched {
    /// Lots come to an intermediary, or leave it.
    fn passes(&mut self, account: AccountId, side: Side, lots: u64) {
        if self.intermediaries.contains(&account.0) {
            let held = &mut self.holdings[(account.0 - self.intermediaries.start) as usize];
            *held += if side == Side::Buy { i128::from(lots) } else { -i128::from(lots) };
        }
    }
}

impl Observer for Watched {
    fn saw(&mut self, seen: &Seen<'_>) {
        self.reach(seen.stamped.at);
        let now = self.prices.len() - 1;
        let quote = seen.board.quote(MINI);
        if let Some(((bid, bids), (ask, asks))) = quote.bid.zip(quote.ask) {
            self.prices[now] = (bid.0 + ask.0) as f64 / 2.0;
            self.depth[now] = (bids.0 + asks.0) as f64;
            self.spread[now] = (ask.0 - bid.0) as f64;
        } else {
            let one = quote.bid.or(quote.ask).map_or(0, |(_, qty)| qty.0);
            self.depth[now] = one as f64;
        }
        let full = |held: &&i128| held.abs() * 10 >= LIMIT * 9;
        self.full[now] = self.holdings.iter().filter(full).count() as f64;
        if matches!(seen.stamped.command, Command::Cancel { .. }) {
            self.cancels[now] += 1.0;
        }
        for event in seen.events {
            if let Event::Traded { maker, taker, aggressor, qty, .. } = *event {
                self.passes(maker.account, aggressor.opposite(), qty.0);
                self.passes(taker.account, aggressor, qty.0);
                self.volume[now] += qty.0 as f64;
                if aggressor == Side::Sell && Some(taker.account) == self.program {
                    self.sold[now] += qty.0 as f64;
                }
            }
        }
    }
}

fn mean(list: &[f64]) -> f64 {
    list.iter().sum::<f64>() / list.len().max(1) as f64
}

fn median(list: &mut [f64]) -> f64 {
    list.sort_by(f64::total_cmp);
    list[list.len() / 2]
}

/// What came of a run.
#[derive(Debug)]
struct Day {
    /// How far the price fell in the half hour from where it had been in the minute before it
    /// began, as a share, and when it was lowest.
    fall: f64,
    low: usize,
    /// Seconds from the low until half of it was made up for good; none within half an hour.
    recovery: Option<usize>,
    /// Where half of it is made up, in ticks.
    half: f64,
    /// How far prices swing in the last quarter of an hour, as a share.
    later: f64,
    /// Over the minute around the low, against the five minutes before the program.
    depth: f64,
    spread: f64,
    cancels: f64,
    /// Intermediaries that were full, in the five minutes until the low, and usually.
    full: (f64, f64),
    /// Lots a minute and lots at the best before it began.
    usual: (f64, f64),
    /// Lots a minute until the low, against before.
    volume: f64,
    /// The program's share of it.
    share: f64,
}

fn watch(seed: u64, settings: &[String]) -> Watched {
    let scenario = scenario(seed, settings);
    let accounts = |name: &str| {
        let place = scenario.groups().iter().position(|group| group.name == name).unwrap();
        let first: u32 = scenario.groups()[..place].iter().map(|group| group.count).sum();
        first..first + scenario.groups()[place].count
    };
    let intermediaries = accounts("intermediary");
    let mut watched = Watched {
        program: Some(AccountId(accounts("program").start)),
        holdings: vec![0; intermediaries.len()],
        intermediaries,
        ..Watched::default()
    };
    scenario.kernel().run(Time(scenario.span().0), &mut watched);
    watched.reach(Time(scenario.span().0));
    // One order in an empty book is no price: a minute is.
    watched.prices = (0..watched.prices.len())
        .map(|second| mean(&watched.prices[second.saturating_sub(59)..=second]))
        .collect();
    watched
}

/// Seconds from `low` until the price is at `half` again, and stays there for a minute.
fn recovery(prices: &[f64], low: usize, half: f64) -> Option<usize> {
    let after = &prices[low..(low + WATCHED).min(prices.len())];
    after.windows(60).position(|minute| minute.iter().all(|price| *price >= half))
}

fn day(seed: u64, settings: &[String]) -> Day {
    let watched = watch(seed, settings);
    let window = &watched.prices[BEGIN..BEGIN + WATCHED];
    let high = mean(&watched.prices[BEGIN - 60..BEGIN]);
    let (at, bottom) = (0..).zip(window).min_by(|a, b| a.1.total_cmp(b.1)).unwrap();
    let (low, bottom): (usize, f64) = (BEGIN + at, *bottom);
    let (fall, half) = (1.0 - bottom / high, (high + bottom) / 2.0);
    let last = &watched.prices[watched.prices.len() - 900..];
    let most = last.iter().copied().fold(f64::MIN, f64::max);
    let least = last.iter().copied().fold(f64::MAX, f64::min);
    let around = |list: &[f64]| mean(&list[low.saturating_sub(30)..low + 30]);
    let before = |list: &[f64]| mean(&list[BEGIN - 300..BEGIN]);
    let ratio = |list: &[f64]| around(list) / before(list);
    Day {
        fall,
        low,
        recovery: recovery(&watched.prices, low, half),
        half,
        later: most / least - 1.0,
        depth: ratio(&watched.depth),
        spread: ratio(&watched.spread),
        cancels: ratio(&watched.cancels),
        full: (mean(&watched.full[low.saturating_sub(300)..low]), before(&watched.full)),
        usual: (60.0 * before(&watched.volume), before(&watched.depth)),
        volume: mean(&watched.volume[BEGIN..=low]) / before(&watched.volume),
        share: mean(&watched.sold[BEGIN..=low]) / mean(&watched.volume[BEGIN..=low]).max(1.0),
    }
}

#[test]
fn a_program_without_a_price_makes_a_crash_that_the_slow_buyers_end() {
    let seeds = std::env::var("PITFLOOR_CRASH_SEEDS").map_or(SEEDS, |text| text.parse().unwrap());
    let without = |seed| day(seed, &["agents.program.count=0".to_owned()]);
    let mut calm: Vec<f64> = (1..=seeds).map(|seed| without(seed).fall).collect();
    calm.sort_by(f64::total_cmp);
    let usual = calm[(calm.len() * 95 / 100).min(calm.len() - 1)];
    println!("falls without: {:.4} median, {usual:.4} 95th percentile", calm[calm.len() / 2]);
    let crashes: Vec<Day> = (1..=seeds).map(|seed| day(seed, &[])).collect();
    for (seed, crash) in crashes.iter().enumerate() {
        let Day { fall, low, recovery, depth, spread, cancels, usual, volume, share, full, .. } =
            crash;
        println!(
            "{} fall {fall:.4} at {low} s, recovery {recovery:?}, depth {depth:.3}, \
             spread {spread:.1}, cancels {cancels:.2}, usual {usual:.0?}, volume {volume:.2}, \
             share {share:.3}, full {full:.1?}, later {:.4}",
            seed + 1,
            crash.later
        );
    }
    let of = |figure: fn(&Day) -> f64| median(&mut crashes.iter().map(figure).collect::<Vec<_>>());
    let (fall, depth, volume) = (of(|it| it.fall), of(|it| it.depth), of(|it| it.volume));
    let later = of(|it| it.later);
    println!("medians: fall {fall:.4}, depth {depth:.3}, volume {volume:.2}, later {later:.4}");
    let (spread, cancels, share) = (of(|it| it.spread), of(|it| it.cancels), of(|it| it.share));
    println!("spread {spread:.1}, cancels {cancels:.2}, share {share:.3}");
    assert!(fall >= 3.0 * usual, "fall {fall} against {usual}");
    assert!(depth <= 0.3, "depth {depth}");
    assert!(volume > 1.0, "volume {volume}");
    let recovered = crashes.iter().filter(|crash| crash.recovery.is_some()).count();
    println!("recovered: {recovered} of {seeds}");
    assert!(recovered as u64 * 10 >= seeds * 9, "recovered {recovered} of {seeds}");
    assert!(later < 0.02, "afterwards prices are calm again: {later}");
    a_pause_shortens_the_way_back(&crashes);
}

/// Each day again, with five seconds of a halt from its low on: until the price is where it had
/// made up half of its fall without one.
fn a_pause_shortens_the_way_back(crashes: &[Day]) {
    let pairs: Vec<(usize, usize)> = (1..)
        .zip(crashes)
        .map(|(seed, crash)| {
            let at = |name, second| format!("trigger.{name}.at={second}s");
            let settings = [at("pause", crash.low), at("resume", crash.low + 5)];
            let paused = watch(seed, &settings).prices;
            let of = |recovery: Option<usize>| recovery.unwrap_or(WATCHED);
            (of(crash.recovery), of(recovery(&paused, crash.low, crash.half)))
        })
        .collect();
    let without = median(&mut pairs.iter().map(|pair| pair.0 as f64).collect::<Vec<_>>());
    let with = median(&mut pairs.iter().map(|pair| pair.1 as f64).collect::<Vec<_>>());
    let shorter = pairs.iter().filter(|pair| pair.1 < pair.0).count();
    let longer = pairs.iter().filter(|pair| pair.1 > pair.0).count();
    let mut saved: Vec<f64> = pairs.iter().map(|(a, b)| *a as f64 - *b as f64).collect();
    let saved = median(&mut saved);
    println!(
        "seconds to half of the fall: {without} without a pause, {with} with one; {saved} saved in \
         the median day, shorter on {shorter}, longer on {longer} of {}",
        pairs.len()
    );
    assert!(saved > 0.0 && shorter > longer, "{pairs:?}");
}
