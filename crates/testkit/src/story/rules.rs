//! The switches of a market as words, for the head of a story or tape.

use super::read::{number, unreadable};
use pitfloor_model::allocation::{Allocation, Rounding, Sharing, Weighing, Weight};
use pitfloor_model::instrument::Limits;
use pitfloor_model::trading::{
    AuctionReference, AuctionTie, BandAction, ReplacePriority, ReplaceQty, TradingRules,
};
use pitfloor_model::units::{AccountId, Cash, Qty, Span};

/// The switches that `line` says, with or without `rules` before them; the others are the default.
///
/// # Panics
///
/// When a word cannot be read.
#[must_use]
pub fn read_rules(line: &str) -> TradingRules {
    let mut rules = TradingRules::default();
    let words: Vec<&str> = line.split_whitespace().collect();
    let mut rest = words.strip_prefix(&["rules"]).unwrap_or(&words);
    while !rest.is_empty() {
        rest = switch(&mut rules, rest, line);
    }
    rules
}

/// The limits that `line` says, with or without `limits` before them; the others are the default.
///
/// # Panics
///
/// When a word cannot be read.
#[must_use]
pub fn read_limits(line: &str) -> Limits {
    let mut limits = Limits::default();
    let words: Vec<&str> = line.split_whitespace().collect();
    let words = words.strip_prefix(&["limits"]).unwrap_or(&words);
    for pair in words.chunks(2) {
        match pair {
            ["price-step", n] => limits.price_step = number(n, line),
            ["qty-step", n] => limits.qty_step = number(n, line),
            ["qty-min", n] => limits.qty_min = Qty(number(n, line)),
            ["qty-max", n] => limits.qty_max = Qty(number(n, line)),
            ["notional-max", n] => limits.notional_max = Cash(number(n, line)),
            ["distance-max", n] => limits.price_distance_max = Some(number(n, line)),
            ["orders-max", n] => limits.live_orders_max = number(n, line),
            _ => unreadable(line),
        }
    }
    limits
}

/// Takes in the first switch of `words`, and gives the rest.
fn switch<'a>(rules: &mut TradingRules, words: &'a [&'a str], line: &str) -> &'a [&'a str] {
    match words {
        ["allocation", rest @ ..] => {
            let (allocation, rest) = allocation(rest, line);
            rules.allocation = allocation;
            return rest;
        }
        ["always-back", rest @ ..] => {
            rules.replace_priority = ReplacePriority::AlwaysBack;
            return rest;
        }
        ["replace-open", rest @ ..] => {
            rules.replace_qty = ReplaceQty::Open;
            return rest;
        }
        ["trigger-at-once", rest @ ..] => {
            rules.trigger_at_once = true;
            return rest;
        }
        ["peg-once", rest @ ..] => {
            rules.peg_once = true;
            return rest;
        }
        ["positive-prices", rest @ ..] => {
            rules.positive_prices = true;
            return rest;
        }
        ["cutoff-at-call", rest @ ..] => {
            rules.close_cutoff_at_call = true;
            return rest;
        }
        _ => {}
    }
    let [what, how, rest @ ..] = words else { unreadable(line) };
    match (*what, *how) {
        ("market-maker", n) => rules.market_maker = Some(AccountId(number(n, line))),
        ("band-action", word) => rules.band_action = action(word, line),
        ("short-action", word) => rules.short_action = action(word, line),
        ("age-max", n) => rules.age_max = Some(Span(number(n, line))),
        ("cascade-max", n) => rules.cascade_max = number(n, line),
        ("velocity-max", n) => rules.velocity_max = Some(number(n, line)),
        ("dormant-max", n) => rules.dormant_max = number(n, line),
        ("tranches-max", n) => rules.tranches_max = number(n, line),
        ("notional-min", n) => rules.notional_min = Cash(number(n, line)),
        ("collar", "none") => rules.collar_bips = None,
        ("collar", n) => rules.collar_bips = Some(number(n, line)),
        ("tie", "lower") => rules.auction_tie = AuctionTie::Lower,
        ("tie", "higher") => rules.auction_tie = AuctionTie::Higher,
        ("reference", "by-call") => rules.auction_reference = AuctionReference::ByCall,
        ("reference", "mid") => rules.auction_reference = AuctionReference::Mid,
        _ => unreadable(line),
    }
    rest
}

fn action(word: &str, line: &str) -> BandAction {
    match word {
        "reprice" => BandAction::Reprice,
        "reject" => BandAction::Reject,
        _ => unreadable(line),
    }
}

/// The sharing rule at the head of `words`: its name, then its steps.
fn allocation<'a>(words: &'a [&'a str], line: &str) -> (Allocation, &'a [&'a str]) {
    let (mut allocation, mut rest) = match words {
        ["fifo", rest @ ..] => (Allocation::FIFO, rest),
        ["pro-rata", rest @ ..] => (Allocation::PRO_RATA, rest),
        ["size-time", rest @ ..] => (Allocation::SIZE_TIME, rest),
        _ => unreadable(line),
    };
    loop {
        rest = match rest {
            ["top", rest @ ..] => {
                allocation.top = true;
                rest
            }
            ["lmm", percent, rest @ ..] => {
                allocation.lmm_percent = number(percent, line);
                rest
            }
            ["split", percent, rest @ ..] => {
                allocation.split_percent = number(percent, line);
                rest
            }
            ["share-min", n, rest @ ..] => {
                weighing(&mut allocation, line).share_min = Qty(number(n, line));
                rest
            }
            ["threshold", n, rest @ ..] => {
                weighing(&mut allocation, line).threshold = Qty(number(n, line));
                rest
            }
            ["up-by-size", rest @ ..] => {
                weighing(&mut allocation, line).rounding = Rounding::UpBySize;
                rest
            }
            rest => return (allocation, rest),
        }
    }
}

fn weighing<'a>(allocation: &'a mut Allocation, line: &str) -> &'a mut Weighing {
    match &mut allocation.sharing {
        Sharing::ByWeight(weighing) => weighing,
        Sharing::Fifo => unreadable(line),
    }
}

/// The switches as the line that [`read_rules`] reads back: those that are not the default.
#[must_use]
pub fn write_rules(rules: &TradingRules) -> String {
    let usual = TradingRules::default();
    let mut said = "rules".to_owned();
    let mut say = |differs: bool, words: String| {
        if differs {
            said += " ";
            said += &words;
        }
    };
    say(rules.allocation != usual.allocation, sharing(&rules.allocation));
    if let Some(account) = rules.market_maker {
        say(true, format!("market-maker {}", account.0));
    }
    say(rules.replace_priority == ReplacePriority::AlwaysBack, "always-back".to_owned());
    say(rules.replace_qty == ReplaceQty::Open, "replace-open".to_owned());
    say(rules.band_action == BandAction::Reject, "band-action reject".to_owned());
    say(rules.short_action == BandAction::Reject, "short-action reject".to_owned());
    say(rules.trigger_at_once, "trigger-at-once".to_owned());
    say(rules.peg_once, "peg-once".to_owned());
    say(rules.positive_prices, "positive-prices".to_owned());
    say(rules.close_cutoff_at_call, "cutoff-at-call".to_owned());
    if let Some(age) = rules.age_max {
        say(true, format!("age-max {}", age.0));
    }
    say(rules.cascade_max != usual.cascade_max, format!("cascade-max {}", rules.cascade_max));
    if let Some(ticks) = rules.velocity_max {
        say(true, format!("velocity-max {ticks}"));
    }
    say(rules.dormant_max != usual.dormant_max, format!("dormant-max {}", rules.dormant_max));
    say(rules.tranches_max != usual.tranches_max, format!("tranches-max {}", rules.tranches_max));
    say(rules.notional_min != usual.notional_min, format!("notional-min {}", rules.notional_min.0));
    let collar = rules.collar_bips.map_or_else(|| "none".to_owned(), |bips| bips.to_string());
    say(rules.collar_bips != usual.collar_bips, format!("collar {collar}"));
    say(rules.auction_tie == AuctionTie::Higher, "tie higher".to_owned());
    say(rules.auction_reference == AuctionReference::Mid, "reference mid".to_owned());
    said
}

fn sharing(allocation: &Allocation) -> String {
    let Allocation { top, lmm_percent, split_percent, sharing } = *allocation;
    let mut said = "allocation ".to_owned();
    let weighing = match sharing {
        Sharing::Fifo => None,
        Sharing::ByWeight(weighing) => Some(weighing),
    };
    said += match weighing.map(|weighing| weighing.weight) {
        None => "fifo",
        Some(Weight::Size) => "pro-rata",
        Some(Weight::SizeTime) => "size-time",
    };
    if top {
        said += " top";
    }
    if lmm_percent > 0 {
        said += &format!(" lmm {lmm_percent}");
    }
    if split_percent > 0 {
        said += &format!(" split {split_percent}");
    }
    if let Some(Weighing { weight: _, share_min, threshold, rounding }) = weighing {
        said += &format!(" share-min {} threshold {}", share_min.0, threshold.0);
        if rounding == Rounding::UpBySize {
            said += " up-by-size";
        }
    }
    said
}
