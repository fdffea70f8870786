//! Lines into commands.

use super::words::{
    BENCHMARKS, MARKS, POST_ONLY, REASONS, SHAPES, SIDES, STPS, SWITCHES, WATCHED, meaning,
};
use pitfloor_model::command::{
    Change, Command, Delta, Filter, Instructions, Kind, MassReason, Order, OrderList, PostOnly,
    Stp, Tif, Trail, Trigger, Watched,
};
use pitfloor_model::event::{Credit, Phase, PhaseReason};
use pitfloor_model::trading::{Bands, Benchmark};
use pitfloor_model::units::{
    AccountId, Cash, CurrencyId, InstrumentId, OrderId, OrderKey, Price, Qty, Side, Time,
};
use std::sync::Arc;

pub(super) fn command(words: &[&str], line: &str) -> Command {
    match words {
        ["clear", act @ ..] => Command::Clear(Box::new(super::clearing::read(act, line))),
        ["mass-cancel", rest @ ..] => mass_cancel(None, rest, MassReason::Asked, line),
        ["disconnect", rest @ ..] => mass_cancel(None, rest, MassReason::Disconnect, line),
        ["oto", "full", members @ ..] => list("oto full", members, line),
        ["otoco", "full", members @ ..] => list("otoco full", members, line),
        [shape @ ("oco" | "oto" | "otoco"), members @ ..] => list(shape, members, line),
        [account, verb @ ("buy" | "sell"), id, terms @ ..] => {
            let side = meaning(&SIDES, verb).expect("a side");
            place(key(account, id, line), side, terms, line)
        }
        [account, verb, rest @ ..] if account.parse::<u32>().is_ok() => {
            change(account, verb, rest, line)
        }
        words => venue(words, line),
    }
}

fn key(account: &str, order: &str, line: &str) -> OrderKey {
    OrderKey::new(AccountId(number(account, line)), OrderId(number(order, line)))
}

/// What the venue does, with `on N` or `in N` at the end.
fn venue(words: &[&str], line: &str) -> Command {
    let (words, place) = cut_place(words, line);
    let instrument = InstrumentId(place);
    let open = |account: &str, credit| Command::OpenAccount {
        account: AccountId(number(account, line)),
        credit,
    };
    match words {
        ["open", account] => open(account, Credit::None),
        ["open", account, "credit"] => open(account, Credit::Unlimited),
        ["open", account, "margin"] => open(account, Credit::Margin),
        ["open", account, "portfolio"] => open(account, Credit::Portfolio),
        ["deposit", account, cash] => Command::Deposit {
            account: AccountId(number(account, line)),
            currency: CurrencyId(place.try_into().unwrap_or(u16::MAX)),
            cash: Cash(number(cash, line)),
        },
        ["deliver", account, qty] => Command::Deliver {
            account: AccountId(number(account, line)),
            instrument,
            qty: Qty(number(qty, line)),
        },
        ["halt"] => phase(instrument, "Halt", PhaseReason::Scheduled, line),
        ["phase", to] => phase(instrument, to, PhaseReason::Scheduled, line),
        ["phase", to, "why", why] => {
            let why = REASONS.into_iter().find(|reason| format!("{reason:?}") == *why);
            phase(instrument, to, why.unwrap_or_else(|| unreadable(line)), line)
        }
        ["end-call"] => Command::EndCall { instrument },
        ["bands", "none"] => Command::SetBands { instrument, bands: None },
        ["bands", lower, upper] => {
            let (lower, upper) = (price(lower, line), price(upper, line));
            Command::SetBands { instrument, bands: Some(Bands { lower, upper }) }
        }
        [of @ ("close" | "index" | "mark"), at] => {
            let of: Benchmark = meaning(&BENCHMARKS, of).expect("a benchmark");
            Command::SetReference { instrument, of, price: price(at, line) }
        }
        ["restrict-shorts", word] => {
            Command::RestrictShortSales { instrument, on: switch(word, line) }
        }
        ["kill", account, word] => {
            let account = AccountId(number(account, line));
            Command::KillSwitch { account, on: switch(word, line) }
        }
        ["group", account, group] => {
            let group = (*group != "none").then(|| number(group, line));
            Command::SetGroup { account: AccountId(number(account, line)), group }
        }
        ["advance"] => Command::AdvanceTime,
        _ => unreadable(line),
    }
}

fn phase(instrument: InstrumentId, to: &str, why: PhaseReason, line: &str) -> Command {
    let phase = Phase::ALL.into_iter().find(|phase| format!("{phase:?}") == to);
    Command::SetPhase { instrument, to: phase.unwrap_or_else(|| unreadable(line)), why }
}

/// What an account does to the orders it has.
fn change(account: &str, verb: &str, rest: &[&str], line: &str) -> Command {
    match (verb, rest) {
        ("mass-cancel", rest) => mass_cancel(Some(account), rest, MassReason::Asked, line),
        ("disconnect", rest) => mass_cancel(Some(account), rest, MassReason::Disconnect, line),
        ("cancel", [id]) => Command::Cancel { key: key(account, id, line) },
        ("reduce", [id, "by", by]) => {
            Command::Reduce { key: key(account, id, line), by: Qty(number(by, line)) }
        }
        ("replace", [id, "@", at, qty]) => Command::Replace {
            key: key(account, id, line),
            price: price(at, line),
            qty: lots(qty, line),
        },
        ("amend", [id, terms @ ..]) => {
            Command::Amend { key: key(account, id, line), change: read_change(terms, line) }
        }
        _ => unreadable(line),
    }
}

fn read_change(terms: &[&str], line: &str) -> Change {
    let mut change = Change::default();
    let mut rest = terms;
    loop {
        if let Some((tif, after)) = tif(rest, line) {
            (change.tif, rest) = (Some(tif), after);
            continue;
        }
        rest = match rest {
            [] => return change,
            ["@", at, rest @ ..] => {
                change.price = Some(price(at, line));
                rest
            }
            ["trigger", at, rest @ ..] => {
                change.trigger = Some(price(at, line));
                rest
            }
            ["show", qty, rest @ ..] => {
                change.display = Some(Qty(number(qty, line)));
                rest
            }
            ["tag", tag, rest @ ..] => {
                change.tag = Some(number(tag, line));
                rest
            }
            [qty, rest @ ..] => {
                change.qty = Some(lots(qty, line));
                rest
            }
        }
    }
}

fn mass_cancel(account: Option<&str>, terms: &[&str], why: MassReason, line: &str) -> Command {
    let account = account.map(|account| AccountId(number(account, line)));
    let mut filter = Filter { account, ..Filter::default() };
    let mut rest = terms;
    loop {
        rest = match rest {
            [] => return Command::MassCancel { filter, why },
            ["on", instrument, rest @ ..] => {
                filter.instrument = Some(InstrumentId(number(instrument, line)));
                rest
            }
            [side @ ("buy" | "sell"), rest @ ..] => {
                filter.side = meaning(&SIDES, side);
                rest
            }
            ["from", from, "to", to, rest @ ..] => {
                filter.prices = Some((price(from, line), price(to, line)));
                rest
            }
            ["tag", tag, rest @ ..] => {
                filter.tag = Some(number(tag, line));
                rest
            }
            ["session", session, rest @ ..] => {
                filter.session = Some(number(session, line));
                rest
            }
            _ => unreadable(line),
        }
    }
}

fn list(shape: &str, members: &[&str], line: &str) -> Command {
    let shape = meaning(&SHAPES, shape).expect("a shape");
    let member = |words: &[&str]| match command(words, line) {
        Command::Place(order) => order,
        _ => unreadable(line),
    };
    let split = members.split(|word| *word == "|");
    let members = if members.is_empty() { Vec::new() } else { split.map(member).collect() };
    Command::PlaceList(Arc::new(OrderList { shape, members }))
}

/// What the words of an order have said so far. Some words mean one thing or another by what else
/// is said: a stop with a limit is a stop-limit order.
struct Said {
    order: Order,
    family: Family,
    tif: Option<Tif>,
    trigger: Price,
    on: Watched,
    delta: Delta,
    activation: Option<Price>,
    offset: Option<u64>,
    /// `market` was said: the limit is not part of what makes the kind.
    market: bool,
    /// `then` was said, and these sizes after it. Saying none is a mistake that can be made.
    varied: bool,
    tranches: Vec<Qty>,
}

/// Kinds whose details are said in several words.
#[derive(Clone, Copy)]
enum Family {
    Known(Kind),
    Stop,
    StopLimit,
    Touch,
    TouchLimit,
    Trail,
}

fn place(key: OrderKey, side: Side, terms: &[&str], line: &str) -> Command {
    let (terms, place) = cut_place(terms, line);
    let mut said = Said {
        order: Order {
            account: key.account,
            order: key.order,
            instrument: InstrumentId(place),
            side,
            kind: Kind::Limit,
            price: None,
            qty: Qty(0),
            tif: Tif::Gtc,
            stp: Stp::ExpireTaker,
            with: Instructions::NONE,
        },
        family: Family::Known(Kind::Limit),
        tif: None,
        trigger: Price(0),
        on: Watched::Last,
        delta: Delta::Ticks(0),
        activation: None,
        offset: None,
        market: false,
        varied: false,
        tranches: Vec::new(),
    };
    let mut rest = terms;
    while !rest.is_empty() {
        rest = said.term(rest, line);
    }
    said.placed()
}

impl Said {
    /// Takes in the first term of `words`, and gives the rest.
    fn term<'a>(&mut self, words: &'a [&'a str], line: &str) -> &'a [&'a str] {
        if let Some((tif, rest)) = tif(words, line) {
            self.tif = Some(tif);
            return rest;
        }
        match words {
            ["@", at, rest @ ..] => {
                self.order.price = Some(price(at, line));
                rest
            }
            ["stp", mode, rest @ ..] => {
                self.order.stp = meaning(&STPS, mode).unwrap_or_else(|| unreadable(line));
                rest
            }
            words => self
                .kind(words, line)
                .or_else(|| self.instruction(words, line))
                .unwrap_or_else(|| {
                    self.order.qty = lots(words[0], line);
                    &words[1..]
                }),
        }
    }

    fn kind<'a>(&mut self, words: &'a [&'a str], line: &str) -> Option<&'a [&'a str]> {
        let known = |kind| Family::Known(kind);
        let (family, rest) = match words {
            ["market", rest @ ..] => {
                self.market = true;
                return Some(rest);
            }
            ["to-limit", rest @ ..] => (known(Kind::MarketToLimit), rest),
            ["protected", points, rest @ ..] => {
                (known(Kind::MarketProtected { points: number(points, line) }), rest)
            }
            ["amount", cash, rest @ ..] => {
                (known(Kind::MarketByAmount { amount: Cash(number(cash, line)) }), rest)
            }
            ["imbalance", rest @ ..] => (known(Kind::ImbalanceOnly), rest),
            ["peg", "mid", rest @ ..] => (known(Kind::PegMid), rest),
            ["peg", "primary", offset, rest @ ..] => {
                (known(Kind::PegPrimary { offset: number(offset, line) }), rest)
            }
            ["peg", "market", offset, rest @ ..] => {
                (known(Kind::PegMarket { offset: number(offset, line) }), rest)
            }
            [word @ ("stop" | "stop-limit" | "touch" | "touch-limit"), at, rest @ ..] => {
                self.trigger = price(at, line);
                let family = match *word {
                    "stop" => Family::Stop,
                    "stop-limit" => Family::StopLimit,
                    "touch" => Family::Touch,
                    _ => Family::TouchLimit,
                };
                (family, rest)
            }
            ["trail", by, rest @ ..] => {
                self.delta = match by.strip_suffix("bp") {
                    Some(bips) => Delta::Bips(number(bips, line)),
                    None => Delta::Ticks(number(by, line)),
                };
                (Family::Trail, rest)
            }
            ["from", at, rest @ ..] => {
                self.activation = Some(price(at, line));
                return Some(rest);
            }
            ["limit", offset, rest @ ..] => {
                self.offset = Some(number(offset, line));
                return Some(rest);
            }
            ["on", watched, rest @ ..] => {
                self.on = meaning(&WATCHED, watched).unwrap_or_else(|| unreadable(line));
                return Some(rest);
            }
            _ => return None,
        };
        self.family = family;
        Some(rest)
    }

    fn instruction<'a>(&mut self, words: &'a [&'a str], line: &str) -> Option<&'a [&'a str]> {
        let with = &mut self.order.with;
        Some(match words {
            ["post", mode @ ("slide" | "slide-or-take"), rest @ ..] => {
                with.post_only = meaning(&POST_ONLY, mode);
                rest
            }
            ["post", rest @ ..] => {
                with.post_only = Some(PostOnly::Reject);
                rest
            }
            ["min", qty, rest @ ..] => {
                with.min_qty = Some(Qty(number(qty, line)));
                rest
            }
            ["aon", rest @ ..] => {
                with.all_or_none = true;
                rest
            }
            ["show", qty, rest @ ..] => {
                with.display = Some(Qty(number(qty, line)));
                rest
            }
            ["then", rest @ ..] => {
                let sizes = rest.iter().map_while(|word| word.parse().ok().map(Qty));
                (self.varied, self.tranches) = (true, sizes.collect());
                &rest[self.tranches.len()..]
            }
            ["hidden", rest @ ..] => {
                with.hidden = true;
                rest
            }
            [mark @ ("long" | "short" | "exempt"), rest @ ..] => {
                with.mark = meaning(&MARKS, mark).expect("a mark");
                rest
            }
            ["tag", tag, rest @ ..] => {
                with.tag = number(tag, line);
                rest
            }
            ["session", session, rest @ ..] => {
                with.session = number(session, line);
                rest
            }
            _ => return None,
        })
    }

    /// The order, once everything is said.
    fn placed(self) -> Command {
        let mut order = self.order;
        let limit = order.price.is_some() && !self.market;
        let trigger = Trigger { price: self.trigger, on: self.on };
        let trail = Trail { delta: self.delta, activation: self.activation, on: self.on };
        order.kind = match self.family {
            Family::Known(Kind::Limit) if self.market => Kind::Market,
            Family::Known(kind) => kind,
            Family::Stop if limit => Kind::StopLimit(trigger),
            Family::Stop => Kind::Stop(trigger),
            Family::StopLimit => Kind::StopLimit(trigger),
            Family::Touch if limit => Kind::TakeProfitLimit(trigger),
            Family::Touch => Kind::TakeProfit(trigger),
            Family::TouchLimit => Kind::TakeProfitLimit(trigger),
            Family::Trail => match self.offset {
                Some(offset) => Kind::TrailingLimit { trail, offset },
                None => Kind::Trailing(trail),
            },
        };
        order.tif = self.tif.unwrap_or(match order.kind {
            Kind::Market | Kind::MarketByAmount { .. } => Tif::Ioc,
            Kind::ImbalanceOnly => Tif::AtClose,
            _ => Tif::Gtc,
        });
        if self.varied {
            return Command::PlaceVaried { order, tranches: self.tranches.into() };
        }
        Command::Place(order)
    }
}

/// A time in force at the head of `words`, and what follows it.
fn tif<'a>(words: &'a [&'a str], line: &str) -> Option<(Tif, &'a [&'a str])> {
    Some(match words {
        ["gtc", rest @ ..] => (Tif::Gtc, rest),
        ["ioc", rest @ ..] => (Tif::Ioc, rest),
        ["fok", rest @ ..] => (Tif::Fok, rest),
        ["day", rest @ ..] => (Tif::Day, rest),
        ["gtd", moment, rest @ ..] => (Tif::Gtd(Time(number(moment, line))), rest),
        ["open", rest @ ..] => (Tif::AtOpen, rest),
        ["close", rest @ ..] => (Tif::AtClose, rest),
        _ => return None,
    })
}

/// Cuts `on N` or `in N` off the end; `on quote` is something else.
fn cut_place<'a>(words: &'a [&'a str], line: &str) -> (&'a [&'a str], u32) {
    match words {
        [words @ .., "on" | "in", place] if meaning(&WATCHED, place).is_none() => {
            (words, number(place, line))
        }
        words => (words, 0),
    }
}

fn price(word: &str, line: &str) -> Price {
    Price(number(word, line))
}

fn lots(word: &str, line: &str) -> Qty {
    let Some(lots) = word.strip_prefix('x') else { unreadable(line) };
    Qty(number(lots, line))
}

fn switch(word: &str, line: &str) -> bool {
    meaning(&SWITCHES, word).unwrap_or_else(|| unreadable(line))
}

pub(super) fn number<T: std::str::FromStr>(word: &str, line: &str) -> T {
    word.parse().unwrap_or_else(|_| panic!("story: {word:?} is no number that fits, in {line:?}"))
}

pub(super) fn unreadable(line: &str) -> ! {
    panic!("story: cannot read {line:?}")
}
