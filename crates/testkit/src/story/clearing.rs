//! What the clearing house is asked, and what comes of it, as lines.

use super::read::{number, unreadable};
use super::words::{SWITCHES, Words, meaning, word};
use pitfloor_model::clearing::act::Distribution;
use pitfloor_model::clearing::{Act, Fact, Ratio, RiskLimits, Valuation};
use pitfloor_model::units::{AccountId, Cash, CurrencyId, InstrumentId, Price, Qty};

const REASONS: Words<Distribution, 5> = [
    ("dividend", Distribution::Dividend),
    ("coupon", Distribution::Coupon),
    ("principal", Distribution::Principal),
    ("funding", Distribution::Funding),
    ("merger", Distribution::Merger),
];

/// What is asked, after the word `clear`.
pub(super) fn write(act: &Act) -> String {
    let on = |instrument: InstrumentId| match instrument.0 {
        0 => String::new(),
        other => format!(" on {other}"),
    };
    match act {
        Act::SetCarrier { account, carrier: None } => format!("carrier {} none", account.0),
        Act::SetCarrier { account, carrier: Some(carrier) } => {
            format!("carrier {} {}", account.0, carrier.0)
        }
        Act::SetLimits { account, limits } => format!("limits {}{}", account.0, bounds(limits)),
        Act::SetFx { currency, rate } => format!("fx {}{}", parts(*rate), within(*currency)),
        Act::SetInterest { currency, credit_bips, debit_bips } => {
            format!("interest {credit_bips} {debit_bips}{}", within(*currency))
        }
        Act::SetBorrow { instrument, lots, bips } => {
            format!("borrow x{lots} {bips}bp{}", on(*instrument))
        }
        Act::SetCycle { instrument, days } => format!("cycle {days}{}", on(*instrument)),
        Act::Value { valuations } => {
            format!("value{}", valuations.iter().map(valued).collect::<String>())
        }
        Act::Distribute { instrument, currency, per_lot, why } => {
            let (why, per_lot) = (word(&REASONS, *why), parts(*per_lot));
            format!("distribute {why} {per_lot}{}{}", within(*currency), on(*instrument))
        }
        Act::Split { instrument, num, den } => format!("split {num}/{den}{}", on(*instrument)),
        Act::Convert { instrument, into, cash, why } => {
            let into = into.map_or_else(String::new, |(other, ratio)| {
                format!(" into {} {}", other.0, parts(ratio))
            });
            let (why, cash) = (word(&REASONS, *why), parts(*cash));
            format!("convert {why} {cash}{into}{}", on(*instrument))
        }
        Act::Rename { instrument, alias } => format!("rename {alias}{}", on(*instrument)),
        Act::Exercise { account, instrument, qty } => {
            format!("exercise {} x{}{}", account.0, qty.0, on(*instrument))
        }
        Act::Expire { instrument, price } => format!("expire {}{}", price.0, on(*instrument)),
        Act::Locate { account, instrument, qty } => {
            format!("locate {} x{}{}", account.0, qty.0, on(*instrument))
        }
        Act::Send { account, to, instrument, qty, fee } => {
            let to = to.map_or_else(|| "none".to_owned(), |to| to.0.to_string());
            format!("send {} {to} x{} fee {}{}", account.0, qty.0, fee.0, on(*instrument))
        }
        Act::Arrive { sending } => format!("arrive {sending}"),
        Act::Transfer { from, to, currency, cash } => {
            format!("transfer {} {} {}{}", from.0, to.0, cash.0, within(*currency))
        }
        Act::Assign { from, to, instrument, lots } => {
            format!("assign {} {} x{lots}{}", from.0, to.0, on(*instrument))
        }
        Act::EndDay => "end-day".to_owned(),
        Act::Settle => "settle".to_owned(),
        Act::Accrue { days } => format!("accrue {days}"),
        Act::Stall { account, on } => format!("stall {} {}", account.0, word(&SWITCHES, *on)),
        Act::Contribute { member, cash } => format!("contribute {} {}", member.0, cash.0),
        Act::Default { member } => format!("default {}", member.0),
        Act::Cover { member } => format!("cover {}", member.0),
    }
}

fn within(currency: CurrencyId) -> String {
    format!(" in {}", currency.0)
}

fn parts(ratio: Ratio) -> String {
    format!("{}/{}", ratio.num, ratio.den)
}

/// `3@100`, and the scan behind a colon.
fn valued(of: &Valuation) -> String {
    let scan = of.scan.as_ref().map_or_else(String::new, |scan| {
        format!(":{}", scan.map(|each| each.to_string()).join(","))
    });
    format!(" {}@{}{scan}", of.instrument.0, of.price.0)
}

fn bounds(limits: &RiskLimits) -> String {
    let RiskLimits {
        qty_max,
        notional_max,
        position_max,
        exposure_max,
        collar_bips,
        rate_max,
        loss_max,
        reduce_only,
    } = *limits;
    let bound = |name: &str, bound: Option<String>| {
        bound.map_or_else(String::new, |bound| format!(" {name} {bound}"))
    };
    [
        bound("qty", qty_max.map(|most| most.0.to_string())),
        bound("notional", notional_max.map(|most| most.0.to_string())),
        bound("position", position_max.map(|most| most.to_string())),
        bound("exposure", exposure_max.map(|most| most.0.to_string())),
        bound("collar", collar_bips.map(|bips| bips.to_string())),
        bound("rate", rate_max.map(|most| most.to_string())),
        bound("loss", loss_max.map(|most| most.0.to_string())),
        if reduce_only { " reduce-only".to_owned() } else { String::new() },
    ]
    .concat()
}

/// Reads what [`write`] wrote.
pub(super) fn read(words: &[&str], line: &str) -> Act {
    let (words, instrument) = match words {
        [words @ .., "on", place] if place.parse::<u32>().is_ok() => {
            (words, InstrumentId(number(place, line)))
        }
        words => (words, InstrumentId(0)),
    };
    let (words, currency) = match words {
        [words @ .., "in", place] => (words, CurrencyId(number(place, line))),
        words => (words, CurrencyId(0)),
    };
    let account = |word: &str| AccountId(number(word, line));
    let maybe = |word: &str| (word != "none").then(|| account(word));
    let cash = |word: &str| Cash(number(word, line));
    let why = |word: &str| meaning(&REASONS, word).unwrap_or_else(|| unreadable(line));
    let lots = |word: &str| -> String {
        word.strip_prefix('x').unwrap_or_else(|| unreadable(line)).to_owned()
    };
    let qty = |word: &str| Qty(number(&lots(word), line));
    match words {
        ["carrier", of, by] => Act::SetCarrier { account: account(of), carrier: maybe(by) },
        ["limits", of, limits @ ..] => {
            Act::SetLimits { account: account(of), limits: read_bounds(limits, line) }
        }
        ["fx", rate] => Act::SetFx { currency, rate: ratio(rate, line) },
        ["interest", credit, debit] => {
            let (credit_bips, debit_bips) = (number(credit, line), number(debit, line));
            Act::SetInterest { currency, credit_bips, debit_bips }
        }
        ["borrow", many, bips] => {
            let bips = bips.strip_suffix("bp").unwrap_or_else(|| unreadable(line));
            Act::SetBorrow { instrument, lots: qty(many).0, bips: number(bips, line) }
        }
        ["cycle", days] => Act::SetCycle { instrument, days: number(days, line) },
        ["value", all @ ..] => {
            Act::Value { valuations: all.iter().map(|one| read_valued(one, line)).collect() }
        }
        ["distribute", reason, per_lot] => {
            let (why, per_lot) = (why(reason), ratio(per_lot, line));
            Act::Distribute { instrument, currency, per_lot, why }
        }
        ["split", by] => {
            let (num, den) = by.split_once('/').unwrap_or_else(|| unreadable(line));
            Act::Split { instrument, num: number(num, line), den: number(den, line) }
        }
        ["convert", reason, cash, into @ ..] => {
            let into = match into {
                [] => None,
                ["into", other, by] => Some((InstrumentId(number(other, line)), ratio(by, line))),
                _ => unreadable(line),
            };
            Act::Convert { instrument, into, cash: ratio(cash, line), why: why(reason) }
        }
        ["rename", alias] => Act::Rename { instrument, alias: number(alias, line) },
        ["exercise", who, many] => {
            Act::Exercise { account: account(who), instrument, qty: qty(many) }
        }
        ["expire", at] => Act::Expire { instrument, price: Price(number(at, line)) },
        ["locate", who, many] => Act::Locate { account: account(who), instrument, qty: qty(many) },
        ["send", from, to, many, "fee", fee] => Act::Send {
            account: account(from),
            to: maybe(to),
            instrument,
            qty: qty(many),
            fee: Qty(number(fee, line)),
        },
        ["arrive", sending] => Act::Arrive { sending: number(sending, line) },
        ["transfer", from, to, much] => {
            Act::Transfer { from: account(from), to: account(to), currency, cash: cash(much) }
        }
        ["assign", from, to, many] => {
            let lots = number(&lots(many), line);
            Act::Assign { from: account(from), to: account(to), instrument, lots }
        }
        ["end-day"] => Act::EndDay,
        ["settle"] => Act::Settle,
        ["accrue", days] => Act::Accrue { days: number(days, line) },
        ["stall", who, switch] => {
            let on = meaning(&SWITCHES, switch).unwrap_or_else(|| unreadable(line));
            Act::Stall { account: account(who), on }
        }
        ["contribute", who, much] => Act::Contribute { member: account(who), cash: cash(much) },
        ["default", who] => Act::Default { member: account(who) },
        ["cover", who] => Act::Cover { member: account(who) },
        _ => unreadable(line),
    }
}

fn ratio(word: &str, line: &str) -> Ratio {
    let (num, den) = word.split_once('/').unwrap_or((word, "1"));
    Ratio { num: number(num, line), den: number(den, line) }
}

fn read_valued(word: &str, line: &str) -> Valuation {
    let (instrument, rest) = word.split_once('@').unwrap_or_else(|| unreadable(line));
    let (price, scan) = match rest.split_once(':') {
        None => (rest, None),
        Some((price, scan)) => {
            let scan: Vec<i64> = scan.split(',').map(|each| number(each, line)).collect();
            let scan = scan.try_into().unwrap_or_else(|_| unreadable(line));
            (price, Some(Box::new(scan)))
        }
    };
    let (instrument, price) = (InstrumentId(number(instrument, line)), Price(number(price, line)));
    Valuation { instrument, price, scan }
}

fn read_bounds(words: &[&str], line: &str) -> RiskLimits {
    let mut limits = RiskLimits::default();
    let mut rest = words;
    loop {
        rest = match rest {
            [] => return limits,
            ["reduce-only", rest @ ..] => {
                limits.reduce_only = true;
                rest
            }
            [name, most, rest @ ..] => {
                match *name {
                    "qty" => limits.qty_max = Some(Qty(number(most, line))),
                    "notional" => limits.notional_max = Some(Cash(number(most, line))),
                    "position" => limits.position_max = Some(number(most, line)),
                    "exposure" => limits.exposure_max = Some(Cash(number(most, line))),
                    "collar" => limits.collar_bips = Some(number(most, line)),
                    "rate" => limits.rate_max = Some(number(most, line)),
                    "loss" => limits.loss_max = Some(Cash(number(most, line))),
                    _ => unreadable(line),
                }
                rest
            }
            _ => unreadable(line),
        };
    }
}

/// What came of it. The instrument is said by whoever tells events.
pub(super) fn tell(fact: &Fact) -> String {
    match *fact {
        Fact::Paid { account, currency, cash, why, .. } => {
            format!("paid {} {} {why:?}{}", account.0, cash.0, within(currency))
        }
        Fact::Moved { account, lots, why, .. } => format!("moved {} {lots} {why:?}", account.0),
        Fact::Funded { from, to, currency, cash } => {
            format!("funded {} {from:?} to {to:?}{}", cash.0, within(currency))
        }
        Fact::Valued { price, .. } => format!("valued {}", price.0),
        Fact::Called { account, equity, required, until } => {
            format!("called {} has {} needs {} until {}", account.0, equity.0, required.0, until.0)
        }
        Fact::Met { account } => format!("met {}", account.0),
        Fact::Overdue { account } => format!("overdue {}", account.0),
        Fact::DayEnded { day } => format!("day {day} ended"),
        Fact::Settled { account, lots, cash, .. } => {
            format!("settled {} {lots} for {}", account.0, cash.0)
        }
        Fact::Failed { account, lots, days, .. } => {
            format!("failed {} {lots} times {days}", account.0)
        }
        Fact::BuyInDue { account, lots, .. } => format!("buy-in {} {lots}", account.0),
        Fact::Located { account, lots, .. } => format!("located {} {lots}", account.0),
        Fact::Split { num, den, .. } => format!("split {num}/{den}"),
        Fact::Distributed { currency, per_lot, why, .. } => {
            let why = word(&REASONS, why);
            format!("distributed {why} {}{}", parts(per_lot), within(currency))
        }
        Fact::Ended { price: None, .. } => "ended".to_owned(),
        Fact::Ended { price: Some(price), .. } => format!("ended at {}", price.0),
        Fact::Renamed { alias, .. } => format!("renamed {alias}"),
        Fact::Sent { sending, account, to, lots, .. } => {
            let to = to.map_or_else(|| "none".to_owned(), |to| to.0.to_string());
            format!("sent {sending} by {} to {to} x{lots}", account.0)
        }
        Fact::Arrived { sending } => format!("arrived {sending}"),
        Fact::CarrierSet { account, carrier } => {
            let by = carrier.map_or_else(|| "none".to_owned(), |carrier| carrier.0.to_string());
            format!("carrier {} {by}", account.0)
        }
        Fact::LimitsSet { account } => format!("limited {}", account.0),
        Fact::TermsChanged { currency, .. } => {
            format!("terms changed{}", currency.map_or_else(String::new, within))
        }
        Fact::Stalled { account, on } => format!("stalled {} {}", account.0, word(&SWITCHES, on)),
        Fact::Defaulted { member } => format!("defaulted {}", member.0),
        Fact::Drawn { member, layer, cash, left } => {
            format!("drawn {layer:?} {} for {} left {}", cash.0, member.0, left.0)
        }
        Fact::Covered { member, loss } => format!("covered {} loss {}", member.0, loss.0),
    }
}
