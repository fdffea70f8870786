//! Events as lines.

use super::words::{BENCHMARKS, SWITCHES, word};
use super::write::terms;
use pitfloor_model::event::{Credit, Entry, Event, PhaseReason};
use pitfloor_model::trading::Bands;
use pitfloor_model::units::{AccountId, InstrumentId, OrderId, Price, Qty, Side};

/// One event as a line. Instrument 0 goes without saying; others are named at the end. Trade
/// numbers and stamps are left out: tests about those look at the events themselves.
#[must_use]
pub fn tell(event: &Event) -> String {
    let line = line(event);
    match event.instrument() {
        None | Some(InstrumentId(0)) => line,
        Some(InstrumentId(other)) => format!("{line} on {other}"),
    }
}

fn line(event: &Event) -> String {
    match *event {
        Event::Accepted { key, entry: Entry::Entering, .. } => format!("accepted {key}"),
        Event::Accepted { key, entry: Entry::Waiting, .. } => format!("accepted {key} waiting"),
        Event::Accepted { key, entry: Entry::Dormant, .. } => format!("accepted {key} dormant"),
        Event::Accepted { key, entry: Entry::Parked, .. } => format!("accepted {key} parked"),
        Event::Rejected { key, why } if key.account == AccountId::VENUE => {
            format!("rejected venue {why:?}")
        }
        Event::Rejected { key, why } if key.order == OrderId::NONE => {
            format!("rejected {} {why:?}", key.account.0)
        }
        Event::Rejected { key, why } => format!("rejected {key} {why:?}"),
        Event::Traded { maker, taker, price, qty, .. } => {
            format!("trade {}x{} maker {maker} taker {taker}", price.0, qty.0)
        }
        Event::Rested { key, side, price, qty, .. } => {
            format!("rests {key} {side} {}x{}", price.0, qty.0)
        }
        Event::Replaced { key, from, left, price, qty, leaves, kept, .. } => {
            let place = place(kept);
            format!(
                "replaced {key} {}x{} by {}x{} leaves {} {place}",
                from.0, left.0, price.0, qty.0, leaves.0
            )
        }
        Event::Reduced { key, price, by, leaves, .. } => {
            format!("reduced {key} at {} by {} leaves {}", price.0, by.0, leaves.0)
        }
        Event::Prevented { maker, taker, price, qty, mode, .. } => {
            format!("prevented {}x{} maker {maker} taker {taker} {mode:?}", price.0, qty.0)
        }
        Event::Transferred { maker, taker, price, qty, .. } => {
            format!("transferred {}x{} maker {maker} taker {taker}", price.0, qty.0)
        }
        Event::Cancelled { key, price, left, why, .. } => {
            format!("cancelled {key} {} left {} {why:?}", level(price), left.0)
        }
        Event::ExpiredInMatch { key, price, left, .. } => {
            format!("expired {key} {} left {}", level(price), left.0)
        }
        Event::Expired { key, price, left, .. } => {
            format!("lapsed {key} {} left {}", level(price), left.0)
        }
        Event::Refreshed { key, side, price, shown, .. } => {
            format!("refreshed {key} {side} {}x{}", price.0, shown.0)
        }
        Event::Repriced { key, side, from, to, .. } => {
            format!("repriced {key} {side} {} to {}", at(from), to.0)
        }
        Event::Parked { key, side, from, .. } => {
            format!("parked {key} {side} {}", level(from))
        }
        Event::Triggered { key, price, .. } => format!("triggered {key} at {}", price.0),
        Event::Amended { key, terms: new, kept, .. } => {
            format!("amended {key}{} {}", terms(&new, None), place(kept))
        }
        Event::Armed { key, qty, .. } => format!("armed {key} x{}", qty.0),
        Event::Unspent { key, cash, .. } => format!("unspent {key} {}", cash.0),
        Event::MassCancelled { account, orders, qty } => {
            let whose = match account {
                AccountId::VENUE => "venue".to_owned(),
                account => account.0.to_string(),
            };
            format!("mass-cancelled {whose} orders {orders} x{}", qty.0)
        }
        Event::Crossed { buy, sell, price, qty, .. } => {
            format!("crossed {}x{} buy {buy} sell {sell}", price.0, qty.0)
        }
        Event::Indicative { price, qty, imbalance, side, .. } => {
            format!("indicative {} imbalance {}", trade(price, qty), over(imbalance, side))
        }
        Event::Uncrossed { price, qty, surplus, side, .. } => {
            format!("uncrossed {} surplus {}", trade(price, qty), over(surplus, side))
        }
        Event::CallExtended { .. } => "call extended".to_owned(),
        Event::PhaseChanged { from, to, why: PhaseReason::Scheduled, .. } => {
            format!("phase {from:?} to {to:?}")
        }
        Event::PhaseChanged { from, to, why, .. } => format!("phase {from:?} to {to:?} {why:?}"),
        Event::BandsChanged { from, to, .. } => format!("bands {} to {}", range(from), range(to)),
        Event::ReferenceSet { of, price, .. } => format!("{} {}", word(&BENCHMARKS, of), price.0),
        Event::ShortSalesRestricted { on, .. } => {
            format!("short-sales restricted {}", word(&SWITCHES, on))
        }
        Event::KillSwitched { account, on } => {
            format!("kill-switch {} {}", account.0, word(&SWITCHES, on))
        }
        Event::Clearing(fact) => super::clearing::tell(&fact),
        Event::GroupSet { account, group: None } => format!("group {} none", account.0),
        Event::GroupSet { account, group: Some(group) } => format!("group {} {group}", account.0),
        Event::TimeAdvanced { at } => format!("advanced to {}", at.0),
        Event::AccountOpened { account, credit: Credit::None } => format!("opened {}", account.0),
        Event::AccountOpened { account, credit: Credit::Margin } => {
            format!("opened {} margin", account.0)
        }
        Event::AccountOpened { account, credit: Credit::Portfolio } => {
            format!("opened {} portfolio", account.0)
        }
        Event::AccountOpened { account, credit: Credit::Unlimited } => {
            format!("opened {} credit", account.0)
        }
        Event::Deposited { account, currency, cash } => {
            format!("deposited {} {} in {}", account.0, cash.0, currency.0)
        }
        Event::Delivered { account, qty, .. } => format!("delivered {} {}", account.0, qty.0),
    }
}

fn place(kept: bool) -> &'static str {
    if kept { "kept" } else { "back" }
}

fn level(price: Option<Price>) -> String {
    price.map_or_else(|| "unrested".to_owned(), |price| format!("at {}", price.0))
}

fn at(price: Option<Price>) -> String {
    price.map_or_else(|| "none".to_owned(), |price| price.0.to_string())
}

/// What an auction comes to.
fn trade(price: Option<Price>, qty: Qty) -> String {
    match (price, qty) {
        (Some(price), qty) => format!("{}x{}", price.0, qty.0),
        (None, Qty(0)) => "nothing".to_owned(),
        (None, qty) => format!("unpriced x{}", qty.0),
    }
}

fn over(qty: Qty, side: Option<Side>) -> String {
    side.map_or_else(|| qty.0.to_string(), |side| format!("{} {side}", qty.0))
}

fn range(bands: Option<Bands>) -> String {
    bands.map_or_else(|| "none".to_owned(), |of| format!("{}..{}", of.lower.0, of.upper.0))
}
