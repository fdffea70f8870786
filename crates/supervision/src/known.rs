//! What the rules known here say: one type for the parameters of each, and what they may be.
//!
//! Lengths are whole seconds, shares of a price ten-thousandths (`_bips`), prices decimal texts.

use crate::calendar::Hours;
use crate::grid::Amount;
use crate::rows::{BadRows, Row};
use pitfloor_model::units::Span;
use serde::Deserialize;

/// Limit up, limit down (rule `luld`).
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LuldSays {
    /// The reference is the mean of the trades of so many seconds.
    pub window_s: u64,
    /// A new reference is published when it differs by at least this share of the current one …
    pub republish_bips: u32,
    /// … and the current one has stood for so long.
    pub republish_after_s: u64,
    /// Above this previous close the tiers have shares of their own.
    pub high: Amount,
    /// Below this previous close the bands are an amount.
    pub low: Amount,
    /// Tier 1, previous close above `high`.
    pub tier_1_bips: u32,
    /// Tier 2, previous close above `high`.
    pub tier_2_bips: u32,
    /// Both tiers, previous close from `low` to `high`.
    pub middle_bips: u32,
    /// Both tiers, previous close below `low`: the lesser of this share …
    pub low_bips: u32,
    /// … and this amount.
    pub low_most: Amount,
    /// Doubled for so long after the opening.
    pub doubled_after_open_s: u64,
    /// Doubled for so long before the close.
    pub doubled_before_close_s: u64,
    /// Tier 2 is only doubled with a reference up to this; none: with any.
    pub doubled_tier_2_most: Option<Amount>,
    /// How long a limit state may last.
    pub limit_state_s: u64,
    /// How long the pause is that follows.
    pub pause_s: u64,
    /// A pause that would end later than this before the close lasts until the close.
    pub no_reopening_before_close_s: u64,
}

/// Market-wide circuit breakers (rule `mwcb`).
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MarketWideSays {
    /// Fall of the index that halts the market, once a day.
    pub level_1_bips: u32,
    /// The next one, also once a day.
    pub level_2_bips: u32,
    /// The one that ends the day.
    pub level_3_bips: u32,
    /// How long levels 1 and 2 halt.
    pub halt_s: u64,
    /// From so long before the close on, levels 1 and 2 halt no more.
    pub no_halt_before_close_s: u64,
}

/// The price test of short sales (rule `sho.201`).
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ShortSaleSays {
    /// Fall below the previous close that sets it off.
    pub fall_bips: u32,
    /// For how many trading days it holds after the one that set it off.
    pub days_after: u32,
}

/// Pauses that the exchange begins and somebody must end (rule `pause`).
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PauseSays {
    /// After triggered orders moved the price too far.
    pub velocity_s: u64,
    /// After triggered orders set off too many others.
    pub cascade_s: u64,
    /// How much longer a call lasts that ended against its collar.
    pub extension_s: u64,
}

/// Volatility interruptions (rule `volatility`).
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VolatilitySays {
    /// How far from the last price, in ten-thousandths of it.
    pub dynamic_bips: u32,
    /// How far from the last auction's price.
    pub static_bips: u32,
    /// How long the call lasts at least.
    pub call_s: u64,
    /// How much longer it may last, by chance.
    pub random_most_s: u64,
}

/// A day of its own on which a market stays closed (rules `closure.DAY`).
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClosureSays {
    /// What for.
    pub name: String,
}

/// When trades are settled (rule `settlement`).
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SettlementSays {
    /// So many trading days after the trade.
    pub days: u32,
}

/// What must be there to begin with (rule `regT.initial`): shares of the value, in ten-thousandths.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InitialMarginSays {
    /// To buy.
    pub long_bips: u32,
    /// To sell short, beside the proceeds.
    pub short_bips: u32,
}

/// What must stay there (rule `4210.maintenance`); amounts are a share's.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MaintenanceMarginSays {
    /// To hold.
    pub long_bips: u32,
    /// To be short of what is not cheap …
    pub short_bips: u32,
    /// … and at least so much.
    pub short_least: Amount,
    /// What costs less is cheap.
    pub cheap_below: Amount,
    /// To be short of what is cheap …
    pub cheap_bips: u32,
    /// … and at least so much.
    pub cheap_least: Amount,
}

/// The least equity of an account with a position (rule `4210.minimum`).
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LeastEquitySays {
    /// So much.
    pub equity: Amount,
}

/// What was written and is not covered (rule `4210.naked`): beside the premium, the larger of a share
/// of the underlying less what the option is out of the money, and a least share.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NakedMarginSays {
    /// The share.
    pub bips: u32,
    /// The least: of the underlying for a call, of the strike for a put.
    pub least_bips: u32,
}

/// Portfolio margin (rule `portfolio`).
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PortfolioMarginSays {
    /// The moves that are looked at go down so far …
    pub down_bips: u32,
    /// … and up so far.
    pub up_bips: u32,
    /// At least so much a unit of the underlying of each contract.
    pub least: Amount,
}

/// A week: no length in a rule is longer.
const SECONDS_MOST: u64 = 7 * 86_400;

/// So many seconds, of a rule that has been checked.
pub(crate) fn secs(seconds: u64) -> Span {
    assert!(seconds <= SECONDS_MOST, "lengths were checked when the rows were read");
    Span::secs(seconds)
}

/// Refuses a row of a rule known here that does not say what the rule says. Others are kept as
/// they are.
pub(crate) fn check(row: &Row) -> Result<(), BadRows> {
    match row.rule_id.as_str() {
        "calendar" => Hours::of(row).map(drop),
        "luld" => luld(row, &row.says()?),
        "mwcb" => market_wide(row, &row.says()?),
        "sho.201" => short_sale(row, &row.says()?),
        "pause" => pause(row, &row.says()?),
        "volatility" => volatility(row, &row.says()?),
        "settlement" => settlement(row, &row.says()?),
        "regT.initial" => {
            let says: InitialMarginSays = row.says()?;
            margin(row, &[("long_bips", says.long_bips), ("short_bips", says.short_bips)])
        }
        "4210.maintenance" => maintenance(row, &row.says()?),
        "4210.minimum" => row.says::<LeastEquitySays>().map(drop),
        "4210.naked" => {
            let says: NakedMarginSays = row.says()?;
            margin(row, &[("bips", says.bips), ("least_bips", says.least_bips)])?;
            ordered(row, "least_bips and bips", says.least_bips <= says.bips)
        }
        "portfolio" => {
            let says: PortfolioMarginSays = row.says()?;
            within(row, "down_bips", says.down_bips.into(), 1, 9_999)?;
            within(row, "up_bips", says.up_bips.into(), 1, 100_000)
        }
        rule if rule.starts_with("closure.") => row.says::<ClosureSays>().map(drop),
        _ => Ok(()),
    }
}

fn luld(row: &Row, says: &LuldSays) -> Result<(), BadRows> {
    let shares = [
        ("republish_bips", says.republish_bips, 10_000),
        ("tier_1_bips", says.tier_1_bips, 5_000),
        ("tier_2_bips", says.tier_2_bips, 5_000),
        ("middle_bips", says.middle_bips, 5_000),
        ("low_bips", says.low_bips, 10_000),
    ];
    for (name, found, most) in shares {
        within(row, name, found.into(), 1, most)?;
    }
    for (name, found, least) in [
        ("window_s", says.window_s, 1),
        ("republish_after_s", says.republish_after_s, 0),
        ("doubled_after_open_s", says.doubled_after_open_s, 0),
        ("doubled_before_close_s", says.doubled_before_close_s, 0),
        ("limit_state_s", says.limit_state_s, 1),
        ("pause_s", says.pause_s, 1),
        ("no_reopening_before_close_s", says.no_reopening_before_close_s, 0),
    ] {
        within(row, name, found, least, SECONDS_MOST)?;
    }
    ordered(row, "low and high", says.low <= says.high)
}

fn market_wide(row: &Row, says: &MarketWideSays) -> Result<(), BadRows> {
    within(row, "level_1_bips", says.level_1_bips.into(), 1, 9_999)?;
    within(row, "level_3_bips", says.level_3_bips.into(), 1, 9_999)?;
    within(row, "halt_s", says.halt_s, 1, SECONDS_MOST)?;
    within(row, "no_halt_before_close_s", says.no_halt_before_close_s, 0, SECONDS_MOST)?;
    let rises = says.level_1_bips < says.level_2_bips && says.level_2_bips < says.level_3_bips;
    ordered(row, "the three levels", rises)
}

fn short_sale(row: &Row, says: &ShortSaleSays) -> Result<(), BadRows> {
    within(row, "fall_bips", says.fall_bips.into(), 1, 9_999)?;
    within(row, "days_after", says.days_after.into(), 0, 30)
}

fn pause(row: &Row, says: &PauseSays) -> Result<(), BadRows> {
    within(row, "velocity_s", says.velocity_s, 0, SECONDS_MOST)?;
    within(row, "cascade_s", says.cascade_s, 0, SECONDS_MOST)?;
    within(row, "extension_s", says.extension_s, 0, SECONDS_MOST)
}

fn volatility(row: &Row, says: &VolatilitySays) -> Result<(), BadRows> {
    within(row, "dynamic_bips", says.dynamic_bips.into(), 1, 9_999)?;
    within(row, "static_bips", says.static_bips.into(), 1, 9_999)?;
    within(row, "call_s", says.call_s, 1, SECONDS_MOST)?;
    within(row, "random_most_s", says.random_most_s, 0, SECONDS_MOST)
}

fn settlement(row: &Row, says: &SettlementSays) -> Result<(), BadRows> {
    within(row, "days", says.days.into(), 0, 30)
}

fn maintenance(row: &Row, says: &MaintenanceMarginSays) -> Result<(), BadRows> {
    let shares = [
        ("long_bips", says.long_bips),
        ("short_bips", says.short_bips),
        ("cheap_bips", says.cheap_bips),
    ];
    margin(row, &shares)
}

/// Shares of a value: from a hundredth of a percent to all of it ten times.
fn margin(row: &Row, shares: &[(&str, u32)]) -> Result<(), BadRows> {
    shares.iter().try_for_each(|(name, found)| within(row, name, (*found).into(), 1, 100_000))
}

fn within(row: &Row, name: &str, found: u64, least: u64, most: u64) -> Result<(), BadRows> {
    if (least..=most).contains(&found) {
        return Ok(());
    }
    Err(row.wrong(format!("{name} is {found}, expected {least} to {most}")))
}

fn ordered(row: &Row, what: &str, yes: bool) -> Result<(), BadRows> {
    if yes { Ok(()) } else { Err(row.wrong(format!("{what} are not in rising order"))) }
}
