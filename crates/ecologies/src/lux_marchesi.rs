//! Agents who change their minds: optimists, pessimists, and those who look at the value.
//!
//! Source: Lux & Marchesi (1999), Nature 397; set I of (2000), International Journal of Theoretical and
//! Applied Finance 3(4). Agents move between the groups by what others do and by what each way of
//! trading would have earned; excess demand moves the price tick by tick. When many follow others,
//! prices are wild, and then the value draws them back.
//!
//! How likely a tick is within a micro-step can be read in two ways: `beta` times the demand, or that
//! as a rate, times the micro-step's length. The first lets the price jump to its value at once, and
//! memory fades too fast; the second holds it back, and tails are thin. `press` is the length that
//! counts: 1 is the first reading, 0.01 the second, and the default lies between.

use crate::dice::Dice;
use crate::sample::{
    autocorrelation, correlation, decay, excess_kurtosis, fluctuation, hill, mean, sizes,
};
use crate::{Ecology, SEED};
use libm::{exp, log};
use pitfloor_pricing::{Outside, within};
use pitfloor_published::given::{Given, json_number};
use pitfloor_published::model::{Input, Model, NOT_NEGATIVE, POSITIVE};
use serde_json::{Value, json};

/// Micro-steps of a unit of time.
const MICRO: usize = 100;
/// The length of one.
const DT: f64 = 1.0 / MICRO as f64;
/// Micro-steps that the trend looks back.
const TREND: usize = 20;
/// The price's step.
const TICK: f64 = 0.01;
/// No group ever has fewer agents.
const GROUP_LEAST: u32 = 4;
/// The lowest price.
const PRICE_LEAST: f64 = TICK;

/// The parameters, named as in the paper.
#[derive(Clone, Copy, Debug, PartialEq)]
#[expect(missing_docs, reason = "the row of the table says what each is")]
pub struct Parameters {
    pub agents: u32,
    pub nu1: f64,
    pub nu2: f64,
    pub beta: f64,
    pub press: f64,
    pub t_c: f64,
    pub t_f: f64,
    pub a1: f64,
    pub a2: f64,
    pub a3: f64,
    pub value: f64,
    pub value_noise: f64,
    pub dividend: f64,
    pub elsewhere: f64,
    pub discount: f64,
    pub noise: f64,
}

/// A history: at each unit of time the return since the last, and the share of those who follow.
#[derive(Clone, Debug, PartialEq)]
pub struct History {
    /// Changes of the logarithm of the price.
    pub returns: Vec<f64>,
    /// Optimists and pessimists over all.
    pub followers: Vec<f64>,
}

/// One stream for each way that minds change, and for the world.
struct Streams {
    flows: [Dice; 6],
    price: Dice,
    value: Dice,
}

impl Streams {
    fn new(seed: u64) -> Self {
        let names = ["p-o", "o-p", "f-o", "o-f", "f-p", "p-f"];
        Self {
            flows: names.map(|name| Dice::new(seed, &format!("minds/{name}"))),
            price: Dice::new(seed, "price"),
            value: Dice::new(seed, "value"),
        }
    }
}

/// Optimists, pessimists, and those who look at the value.
#[derive(Clone, Copy, Debug)]
struct Groups {
    up: u32,
    down: u32,
    value: u32,
}

/// `steps` units of time.
#[must_use]
pub fn history(with: &Parameters, steps: usize, seed: u64) -> History {
    let mut dice = Streams::new(seed);
    let followers = (with.agents / 10).max(2 * GROUP_LEAST);
    let up = followers / 2;
    let mut groups = Groups { up, down: followers - up, value: with.agents - followers };
    let (mut price, mut value) = (with.value, with.value);
    let mut past = [price; TREND];
    let mut history =
        History { returns: Vec::with_capacity(steps), followers: Vec::with_capacity(steps) };
    for step in 0..steps {
        let before = price;
        for micro in 0..MICRO {
            let place = (step * MICRO + micro) % TREND;
            let trend = (price - past[place]) / (TREND as f64 * DT);
            past[place] = price;
            groups = changed(with, groups, (price, value, trend), &mut dice.flows);
            price = moved(with, groups, price, value, &mut dice.price);
        }
        value *= exp(with.value_noise * dice.value.normal());
        history.returns.push(log(price / before));
        history.followers.push(f64::from(groups.up + groups.down) / f64::from(with.agents));
    }
    history
}

/// The groups after a micro-step.
fn changed(
    with: &Parameters,
    Groups { up, down, value }: Groups,
    (price, worth, trend): (f64, f64, f64),
    dice: &mut [Dice; 6],
) -> Groups {
    let (n, followers) = (f64::from(with.agents), f64::from(up + down));
    let mood = (f64::from(up) - f64::from(down)) / followers;
    let follow = with.a1 * mood + with.a2 / with.nu1 * trend;
    let earned = (with.dividend + trend / with.nu2) / price - with.elsewhere;
    let waiting = with.discount * (worth - price).abs() / price;
    let (rising, falling) = (with.a3 * (earned - waiting), with.a3 * (-earned - waiting));
    let among = with.nu1 * followers / n * DT;
    let to = |group: u32| with.nu2 * f64::from(group) / n * DT;
    let mut flow = |way: usize, from: u32, p: f64| dice[way].how_many(from, p);
    let down_up = flow(0, down, among * exp(follow));
    let up_down = flow(1, up, among * exp(-follow));
    let value_up = flow(2, value, to(up) * exp(rising));
    let up_value = flow(3, up, to(value) * exp(-rising));
    let value_down = flow(4, value, to(down) * exp(falling));
    let down_value = flow(5, down, to(value) * exp(-falling));
    // Each way is taken only as far as the group that is left keeps its least.
    let mut groups = [up, down, value];
    for (from, into, moving) in [
        (1, 0, down_up),
        (0, 1, up_down),
        (2, 0, value_up),
        (0, 2, up_value),
        (2, 1, value_down),
        (1, 2, down_value),
    ] {
        let moving = moving.min(groups[from].saturating_sub(GROUP_LEAST));
        groups[from] -= moving;
        groups[into] += moving;
    }
    Groups { up: groups[0], down: groups[1], value: groups[2] }
}

/// The price after a micro-step: a tick up or down, or where it was.
fn moved(with: &Parameters, groups: Groups, price: f64, worth: f64, dice: &mut Dice) -> f64 {
    let n = f64::from(with.agents);
    let followers = (f64::from(groups.up) - f64::from(groups.down)) * with.t_c / n;
    let demand = followers + f64::from(groups.value) * with.t_f / n * (worth - price);
    let pressure = with.beta * with.press * (demand + with.noise * dice.normal());
    if !dice.chance(pressure.abs()) {
        return price;
    }
    (price + TICK.copysign(pressure)).max(PRICE_LEAST)
}

/// The ecology.
pub const ECOLOGY: Ecology = Ecology {
    code: "E10",
    model: Model {
        name: "lux_marchesi",
        about: "agents who change their minds: bursts of wild prices",
        inputs: &[
            Input::whole("N", "agents", 20, 100_000).or("500"),
            Input::number("nu1", "per time: changes among followers", POSITIVE).or("3"),
            Input::number("nu2", "per time: changes to and from the value", POSITIVE).or("2"),
            Input::number("beta", "per demand and time: rate of ticks", NOT_NEGATIVE).or("6"),
            Input::number("press", "time that counts in a micro-step of 0.01", NOT_NEGATIVE)
                .or("0.07"),
            Input::number("T_c", "demand of all as followers", NOT_NEGATIVE).or("10"),
            Input::number("T_f", "demand of all by the value, per money", NOT_NEGATIVE).or("5"),
            Input::number("a1", "weight of the mood", NOT_NEGATIVE).or("0.6"),
            Input::number("a2", "weight of the trend", NOT_NEGATIVE).or("0.2"),
            Input::number("a3", "weight of what was earned", NOT_NEGATIVE).or("0.5"),
            Input::number("p_f", "money: the value at first", POSITIVE).or("10"),
            Input::number("value_sd", "per root time: of its logarithm", NOT_NEGATIVE).or("0.005"),
            Input::number("r", "money per time: dividend", NOT_NEGATIVE).or("0.004"),
            Input::number("R", "per time: earned elsewhere", NOT_NEGATIVE).or("0.0004"),
            Input::number("s", "discount on what the value promises", NOT_NEGATIVE).or("0.75"),
            Input::number("sigma", "demand: noise", NOT_NEGATIVE).or("0.05"),
            Input::whole("steps", "units of time", 500, 1_000_000).or("20000"),
            SEED.or("1"),
        ],
        outputs: &[
            ("exkurt", "of the returns"),
            ("hill", "tail exponent of the largest 5%"),
            ("acf_abs", "list: autocorrelation of sizes at lags 1 to 100"),
            ("acf", "of the returns at lag 1"),
            ("decay", "less the slope of its logarithm on that of the lag"),
            ("fluctuation", "exponent of the sizes, by detrended fluctuations"),
            ("followers", "mean share"),
            ("followers_and_size", "correlation of their share with the size of returns"),
        ],
        source: "Lux and Marchesi 1999, 2000",
        example: r#"{"steps": 500}"#,
        function: told,
    },
};

fn told(given: &Given) -> Result<Value, Outside> {
    let number = |name: &str| given.number(name);
    let with = Parameters {
        agents: given.count("N"),
        nu1: number("nu1"),
        nu2: number("nu2"),
        beta: number("beta"),
        press: number("press"),
        t_c: number("T_c"),
        t_f: number("T_f"),
        a1: number("a1"),
        a2: number("a2"),
        a3: number("a3"),
        value: number("p_f"),
        value_noise: number("value_sd"),
        dividend: number("r"),
        elsewhere: number("R"),
        discount: number("s"),
        noise: number("sigma"),
    };
    within("p_f", with.value, |x| x >= PRICE_LEAST, "a price of at least a tick, 0.01")?;
    let history = history(&with, given.count("steps") as usize, given.whole("seed"));
    let size = sizes(&history.returns);
    let memory: Vec<Value> =
        (1..=100).map(|lag| json_number(autocorrelation(&size, lag))).collect();
    Ok(json!({
        "exkurt": json_number(excess_kurtosis(&history.returns)),
        "hill": json_number(hill(&history.returns, 0.05)),
        "acf_abs": memory, "acf": json_number(autocorrelation(&history.returns, 1)),
        "decay": json_number(decay(&size, 100)), "fluctuation": json_number(fluctuation(&size)),
        "followers": json_number(mean(&history.followers)),
        "followers_and_size": json_number(correlation(&history.followers, &size)),
    }))
}
