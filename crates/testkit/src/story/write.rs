//! Commands into the lines that [`super::read`] reads back.

use super::words::{BENCHMARKS, MARKS, POST_ONLY, SHAPES, STPS, SWITCHES, WATCHED, word};
use pitfloor_model::command::{
    Change, Command, Delta, Filter, Instructions, Kind, MassReason, Order, PostOnly, SaleMark, Tif,
    Trail, Trigger, Watched,
};
use pitfloor_model::event::{Credit, PhaseReason, Terms};
use pitfloor_model::units::{InstrumentId, OrderKey, Qty};

/// One command as the line that [`super::read`] reads back: what a shrunk difference is reported in.
#[must_use]
pub fn write(command: &Command) -> String {
    match command {
        Command::Place(order) => placed(order, None),
        Command::PlaceVaried { order, tranches } => placed(order, Some(tranches)),
        Command::PlaceList(list) => {
            let members: Vec<String> =
                list.members.iter().map(|order| placed(order, None)).collect();
            format!("{} {}", word(&SHAPES, list.shape), members.join(" | ")).trim_end().to_owned()
        }
        Command::Replace { key, price, qty } => {
            format!("{} @ {} x{}", verb(*key, "replace"), price.0, qty.0)
        }
        Command::Amend { key, change } => verb(*key, "amend") + &changed(change),
        Command::Reduce { key, by } => format!("{} by {}", verb(*key, "reduce"), by.0),
        Command::Cancel { key } => verb(*key, "cancel"),
        Command::MassCancel { filter, why } => mass_cancel(filter, *why),
        Command::OpenAccount { account, credit: Credit::None } => format!("open {}", account.0),
        Command::OpenAccount { account, credit: Credit::Margin } => {
            format!("open {} margin", account.0)
        }
        Command::OpenAccount { account, credit: Credit::Portfolio } => {
            format!("open {} portfolio", account.0)
        }
        Command::OpenAccount { account, credit: Credit::Unlimited } => {
            format!("open {} credit", account.0)
        }
        Command::Deposit { account, currency, cash } => {
            format!("deposit {} {} in {}", account.0, cash.0, currency.0)
        }
        Command::Deliver { account, instrument, qty } => {
            format!("deliver {} {}{}", account.0, qty.0, on(*instrument))
        }
        Command::SetPhase { instrument, to, why: PhaseReason::Scheduled } => {
            format!("phase {to:?}{}", on(*instrument))
        }
        Command::SetPhase { instrument, to, why } => {
            format!("phase {to:?} why {why:?}{}", on(*instrument))
        }
        Command::EndCall { instrument } => format!("end-call{}", on(*instrument)),
        Command::SetBands { instrument, bands: None } => format!("bands none{}", on(*instrument)),
        Command::SetBands { instrument, bands: Some(bands) } => {
            format!("bands {} {}{}", bands.lower.0, bands.upper.0, on(*instrument))
        }
        Command::SetReference { instrument, of, price } => {
            format!("{} {}{}", word(&BENCHMARKS, *of), price.0, on(*instrument))
        }
        Command::RestrictShortSales { instrument, on: switch } => {
            format!("restrict-shorts {}{}", word(&SWITCHES, *switch), on(*instrument))
        }
        Command::KillSwitch { account, on } => {
            format!("kill {} {}", account.0, word(&SWITCHES, *on))
        }
        Command::SetGroup { account, group: None } => format!("group {} none", account.0),
        Command::SetGroup { account, group: Some(group) } => format!("group {} {group}", account.0),
        Command::AdvanceTime => "advance".to_owned(),
        Command::Clear(act) => format!("clear {}", super::clearing::write(act)),
    }
}

fn on(instrument: InstrumentId) -> String {
    match instrument.0 {
        0 => String::new(),
        other => format!(" on {other}"),
    }
}

fn verb(key: OrderKey, verb: &str) -> String {
    format!("{} {verb} {}", key.account.0, key.order.0)
}

fn placed(order: &Order, tranches: Option<&[Qty]>) -> String {
    let Order { account, order: id, instrument, side, kind, price, qty, tif, stp, with } = *order;
    let said = terms(&Terms { side, kind, price, qty, tif, stp, with }, tranches);
    format!("{} {side} {}{said}{}", account.0, id.0, on(instrument))
}

/// The terms of an order, each with a space before it; the side is said elsewhere.
pub(super) fn terms(terms: &Terms, tranches: Option<&[Qty]>) -> String {
    let Terms { side: _, kind, price, qty, tif, stp, with } = terms;
    let price = price.map_or_else(String::new, |price| format!(" @ {}", price.0));
    let mut said = format!("{}{price} x{}", how(kind, !price.is_empty()), qty.0);
    said += &standing(*tif);
    said += &format!(" stp {}", word(&STPS, *stp));
    said += &instructions(with);
    if let Some(tranches) = tranches {
        said += " then";
        said.extend(tranches.iter().map(|size| format!(" {}", size.0)));
    }
    said
}

/// What makes the kind. A stop with a limit is a stop-limit order unless the words say otherwise.
fn how(kind: &Kind, limited: bool) -> String {
    match kind {
        Kind::Limit => String::new(),
        Kind::Market => " market".to_owned(),
        Kind::MarketProtected { points } => format!(" protected {points}"),
        Kind::MarketToLimit => " to-limit".to_owned(),
        Kind::MarketByAmount { amount } => format!(" amount {}", amount.0),
        Kind::Stop(trigger) if limited => format!(" stop{} market", at(trigger)),
        Kind::Stop(trigger) => format!(" stop{}", at(trigger)),
        Kind::StopLimit(trigger) if limited => format!(" stop{}", at(trigger)),
        Kind::StopLimit(trigger) => format!(" stop-limit{}", at(trigger)),
        Kind::TakeProfit(trigger) if limited => format!(" touch{} market", at(trigger)),
        Kind::TakeProfit(trigger) => format!(" touch{}", at(trigger)),
        Kind::TakeProfitLimit(trigger) if limited => format!(" touch{}", at(trigger)),
        Kind::TakeProfitLimit(trigger) => format!(" touch-limit{}", at(trigger)),
        Kind::Trailing(trail) => behind(trail),
        Kind::TrailingLimit { trail, offset } => format!("{} limit {offset}", behind(trail)),
        Kind::PegPrimary { offset } => format!(" peg primary {offset:+}"),
        Kind::PegMarket { offset } => format!(" peg market {offset}"),
        Kind::PegMid => " peg mid".to_owned(),
        Kind::ImbalanceOnly => " imbalance".to_owned(),
    }
}

fn at(trigger: &Trigger) -> String {
    format!(" {}{}", trigger.price.0, watching(trigger.on))
}

fn behind(trail: &Trail) -> String {
    let delta = match trail.delta {
        Delta::Ticks(ticks) => format!(" trail {ticks}"),
        Delta::Bips(bips) => format!(" trail {bips}bp"),
    };
    let from = trail.activation.map_or_else(String::new, |price| format!(" from {}", price.0));
    format!("{delta}{from}{}", watching(trail.on))
}

fn watching(watched: Watched) -> String {
    match watched {
        Watched::Last => String::new(),
        Watched::Quote | Watched::Mark => format!(" on {}", word(&WATCHED, watched)),
    }
}

fn standing(tif: Tif) -> String {
    match tif {
        Tif::Gtc => " gtc".to_owned(),
        Tif::Ioc => " ioc".to_owned(),
        Tif::Fok => " fok".to_owned(),
        Tif::Day => " day".to_owned(),
        Tif::Gtd(moment) => format!(" gtd {}", moment.0),
        Tif::AtOpen => " open".to_owned(),
        Tif::AtClose => " close".to_owned(),
    }
}

fn instructions(with: &Instructions) -> String {
    let Instructions { post_only, min_qty, all_or_none, display, hidden, mark, tag, session } =
        *with;
    let mut said = String::new();
    match post_only {
        None => {}
        Some(PostOnly::Reject) => said += " post",
        Some(mode) => said += &format!(" post {}", word(&POST_ONLY, mode)),
    }
    if let Some(qty) = min_qty {
        said += &format!(" min {}", qty.0);
    }
    if all_or_none {
        said += " aon";
    }
    if hidden {
        said += " hidden";
    }
    if mark != SaleMark::Long {
        said += &format!(" {}", word(&MARKS, mark));
    }
    said += &label("tag", tag);
    said += &label("session", session);
    // Last, because the sizes of an iceberg's later parts may follow.
    if let Some(qty) = display {
        said += &format!(" show {}", qty.0);
    }
    said
}

fn label(what: &str, label: u32) -> String {
    match label {
        0 => String::new(),
        label => format!(" {what} {label}"),
    }
}

fn changed(change: &Change) -> String {
    let Change { price, qty, trigger, tif, display, tag } = change;
    [
        price.map(|price| format!(" @ {}", price.0)),
        qty.map(|qty| format!(" x{}", qty.0)),
        trigger.map(|price| format!(" trigger {}", price.0)),
        tif.map(standing),
        display.map(|qty| format!(" show {}", qty.0)),
        tag.map(|tag| format!(" tag {tag}")),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn mass_cancel(filter: &Filter, why: MassReason) -> String {
    let Filter { account, instrument, side, prices, tag, session } = *filter;
    let verb = match why {
        MassReason::Asked => "mass-cancel",
        MassReason::Disconnect => "disconnect",
    };
    let parts = [
        account.map(|account| format!("{} ", account.0)),
        Some(verb.to_owned()),
        instrument.map(|instrument| format!(" on {}", instrument.0)),
        side.map(|side| format!(" {side}")),
        prices.map(|(from, to)| format!(" from {} to {}", from.0, to.0)),
        tag.map(|tag| format!(" tag {tag}")),
        session.map(|session| format!(" session {session}")),
    ];
    parts.into_iter().flatten().collect()
}
