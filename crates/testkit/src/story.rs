//! Stories: commands and events as lines of text, so that a test reads like the trade.
//!
//! One command per line; `#` starts a comment. Orders are for instrument 0 unless a line ends with
//! `on 1`; prices are ticks, quantities lots, cash minor units, all exactly as written.
//!
//! ```text
//! open 1                        deposit 1 100000 [in 0]     phase Halt [on 0]
//! open 2 credit                 deliver 1 50 [on 0]         halt [on 0]
//! 1 buy 7 @ 100 x5              a limit order that rests (account 1 calls it 7)
//! 1 buy 7 @ 100 x5 ioc          ... immediate or cancel
//! 1 buy 7 @ 100 x5 stp maker    ... self-trade prevention: none, taker (default), maker, both
//! 2 sell 3 market x4            a market order (ioc unless it says gtc)
//! 1 replace 7 @ 101 x9          1 reduce 7 by 2             1 cancel 7
//! at 1500                       what follows arrives 1500 ns after the start of the run
//! ```
//!
//! Terms that do not go together can be said as well: `1 buy 7 x5` is a limit order without a
//! price, `1 buy 7 market @ 100 x5` a market order with one.
//!
//! Events come back one per line (see [`tell`]): `trade 100x5 maker 2/3 taker 1/7`.

use pitfloor_model::command::{Command, Kind, Order, Stamped, Stp, Tif};
use pitfloor_model::event::{Credit, Event, Phase};
use pitfloor_model::instrument::{Currency, Instrument, Limits, Venue};
use pitfloor_model::units::{
    AccountId, Cash, CurrencyId, InstrumentId, OrderId, OrderKey, Price, Qty, Side, Time,
};
use std::sync::Arc;

/// A venue with two shares, ACME (instrument 0) and BOLT (1), in cents: one tick of one lot is
/// one minor unit, so that a story's sums can be done in the head.
#[must_use]
pub fn venue() -> Arc<Venue> {
    venue_with(Limits::default())
}

/// The same venue, with `limits` for ACME.
///
/// # Panics
///
/// When the limits contradict each other.
#[must_use]
pub fn venue_with(limits: Limits) -> Arc<Venue> {
    let usd = Currency::new("USD", 2).expect("a currency");
    let share = |symbol| Instrument::equity(symbol, CurrencyId(0), "0.01").expect("a share");
    let mut acme = share("ACME");
    acme.limits = limits;
    Arc::new(Venue::new("XPIT", vec![usd], vec![acme, share("BOLT")]).expect("limits that agree"))
}

/// Plays `story` on `market` and tells what happened, one line per event.
///
/// # Panics
///
/// When a line of the story cannot be read; the message names the line.
pub fn play(market: &mut impl FnMut(&Stamped, &mut Vec<Event>), story: &str) -> Vec<String> {
    let mut told = Vec::new();
    for stamped in read(story) {
        let mut events = Vec::new();
        market(&stamped, &mut events);
        told.extend(events.iter().map(tell));
    }
    told
}

/// The lines of `told` that are trades.
#[must_use]
pub fn trades(told: &[String]) -> Vec<&str> {
    told.iter().filter(|line| line.starts_with("trade")).map(String::as_str).collect()
}

/// The commands of `story`, numbered from 0.
///
/// # Panics
///
/// When a line cannot be read; the message names the line.
#[must_use]
pub fn read(story: &str) -> Vec<Stamped> {
    let mut commands = Vec::new();
    let mut at = Time(0);
    for line in story.lines() {
        let line = line.split('#').next().unwrap_or_default();
        let words: Vec<&str> = line.split_whitespace().collect();
        match words.as_slice() {
            [] => {}
            ["at", moment] => at = Time(number(moment, line)),
            words => {
                let seq = commands.len() as u64;
                commands.push(Stamped { seq, at, command: read_command(words, line) });
            }
        }
    }
    commands
}

fn read_command(words: &[&str], line: &str) -> Command {
    let (words, place) = read_place(words, line);
    let instrument = InstrumentId(place);
    match words {
        ["open", account] => open(account, Credit::None, line),
        ["open", account, "credit"] => open(account, Credit::Unlimited, line),
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
        ["halt"] => Command::SetPhase { instrument, to: Phase::Halt },
        ["phase", name] => Command::SetPhase { instrument, to: read_phase(name, line) },
        [account, verb, order, rest @ ..] => {
            let (account, order) = (number(account, line), number(order, line));
            let key = OrderKey { account: AccountId(account), order: OrderId(order) };
            match (*verb, rest) {
                ("cancel", []) => Command::Cancel { key },
                ("reduce", ["by", by]) => Command::Reduce { key, by: Qty(number(by, line)) },
                ("replace", ["@", price, qty]) => Command::Replace {
                    key,
                    price: Price(number(price, line)),
                    qty: read_qty(qty, line),
                },
                ("buy", terms) => place_order(key, instrument, Side::Buy, terms, line),
                ("sell", terms) => place_order(key, instrument, Side::Sell, terms, line),
                _ => unreadable(line),
            }
        }
        _ => unreadable(line),
    }
}

/// Cuts `on N` or `in N` off the end.
fn read_place<'a>(words: &'a [&'a str], line: &str) -> (&'a [&'a str], u32) {
    match words {
        [words @ .., "on" | "in", place] => (words, number(place, line)),
        words => (words, 0),
    }
}

fn open(account: &str, credit: Credit, line: &str) -> Command {
    Command::OpenAccount { account: AccountId(number(account, line)), credit }
}

fn place_order(
    key: OrderKey,
    instrument: InstrumentId,
    side: Side,
    terms: &[&str],
    line: &str,
) -> Command {
    let mut order = Order {
        account: key.account,
        order: key.order,
        instrument,
        side,
        kind: Kind::Limit,
        price: None,
        qty: Qty(0),
        tif: Tif::Gtc,
        stp: Stp::ExpireTaker,
    };
    let mut rest = terms;
    loop {
        rest = match rest {
            [] => return Command::Place(order),
            ["market", rest @ ..] => {
                (order.kind, order.tif) = (Kind::Market, Tif::Ioc);
                rest
            }
            ["@", price, rest @ ..] => {
                order.price = Some(Price(number(price, line)));
                rest
            }
            ["ioc", rest @ ..] => {
                order.tif = Tif::Ioc;
                rest
            }
            ["gtc", rest @ ..] => {
                order.tif = Tif::Gtc;
                rest
            }
            ["stp", mode, rest @ ..] => {
                order.stp = match *mode {
                    "none" => Stp::None,
                    "taker" => Stp::ExpireTaker,
                    "maker" => Stp::ExpireMaker,
                    "both" => Stp::ExpireBoth,
                    _ => unreadable(line),
                };
                rest
            }
            [qty, rest @ ..] => {
                order.qty = read_qty(qty, line);
                rest
            }
        }
    }
}

fn read_qty(word: &str, line: &str) -> Qty {
    let Some(lots) = word.strip_prefix('x') else { unreadable(line) };
    Qty(number(lots, line))
}

fn read_phase(name: &str, line: &str) -> Phase {
    let phase = Phase::ALL.into_iter().find(|phase| format!("{phase:?}") == name);
    phase.unwrap_or_else(|| unreadable(line))
}

fn number<T: std::str::FromStr>(word: &str, line: &str) -> T {
    word.parse().unwrap_or_else(|_| panic!("story: {word:?} is no number that fits, in {line:?}"))
}

fn unreadable(line: &str) -> ! {
    panic!("story: cannot read {line:?}")
}

/// One event as a line. Instrument 0 goes without saying; others are named at the end. Trade
/// numbers and stamps are left out: tests about those look at the events themselves.
#[must_use]
pub fn tell(event: &Event) -> String {
    let line = match *event {
        Event::Accepted { key, .. } => format!("accepted {key}"),
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
            let place = if kept { "kept" } else { "back" };
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
        Event::Cancelled { key, price, left, why, .. } => {
            format!("cancelled {key} {} left {} {why:?}", level(price), left.0)
        }
        Event::ExpiredInMatch { key, price, left, .. } => {
            format!("expired {key} {} left {}", level(price), left.0)
        }
        Event::PhaseChanged { from, to, .. } => format!("phase {from:?} to {to:?}"),
        Event::AccountOpened { account, credit: Credit::None } => format!("opened {}", account.0),
        Event::AccountOpened { account, credit: Credit::Unlimited } => {
            format!("opened {} credit", account.0)
        }
        Event::Deposited { account, currency, cash } => {
            format!("deposited {} {} in {}", account.0, cash.0, currency.0)
        }
        Event::Delivered { account, qty, .. } => format!("delivered {} {}", account.0, qty.0),
    };
    match event.instrument() {
        None | Some(InstrumentId(0)) => line,
        Some(InstrumentId(other)) => format!("{line} on {other}"),
    }
}

fn level(price: Option<Price>) -> String {
    price.map_or_else(|| "unrested".to_owned(), |price| format!("at {}", price.0))
}

/// One command as the line that [`read`] reads back: what a shrunk difference is reported in.
#[must_use]
pub fn write(command: &Command) -> String {
    let on = |instrument: InstrumentId| match instrument.0 {
        0 => String::new(),
        other => format!(" on {other}"),
    };
    match *command {
        Command::Place(order) => {
            let Order { account, order: id, instrument, side, kind, price, qty, tif, stp } = order;
            let market = if kind == Kind::Market { " market" } else { "" };
            let price = price.map_or_else(String::new, |price| format!(" @ {}", price.0));
            let tif = match tif {
                Tif::Gtc => "gtc",
                Tif::Ioc => "ioc",
            };
            let stp = match stp {
                Stp::None => "none",
                Stp::ExpireTaker => "taker",
                Stp::ExpireMaker => "maker",
                Stp::ExpireBoth => "both",
            };
            let (account, id, qty) = (account.0, id.0, qty.0);
            let on = on(instrument);
            format!("{account} {side} {id}{market}{price} x{qty} {tif} stp {stp}{on}")
        }
        Command::Replace { key, price, qty } => {
            format!("{} replace {} @ {} x{}", key.account.0, key.order.0, price.0, qty.0)
        }
        Command::Reduce { key, by } => {
            format!("{} reduce {} by {}", key.account.0, key.order.0, by.0)
        }
        Command::Cancel { key } => format!("{} cancel {}", key.account.0, key.order.0),
        Command::OpenAccount { account, credit: Credit::None } => format!("open {}", account.0),
        Command::OpenAccount { account, credit: Credit::Unlimited } => {
            format!("open {} credit", account.0)
        }
        Command::Deposit { account, currency, cash } => {
            format!("deposit {} {} in {}", account.0, cash.0, currency.0)
        }
        Command::Deliver { account, instrument, qty } => {
            format!("deliver {} {}{}", account.0, qty.0, on(instrument))
        }
        Command::SetPhase { instrument, to } => format!("phase {to:?}{}", on(instrument)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Reference;

    fn one(line: &str) -> Command {
        read(line)[0].command
    }

    #[test]
    fn lines_become_commands() {
        let (ann, acme) = (AccountId(1), InstrumentId(0));
        let plain = Order::limit(ann, OrderId(7), acme, Side::Buy, Price(-100), Qty(5));
        assert_eq!(one("1 buy 7 @ -100 x5"), Command::Place(plain));
        assert_eq!(one("1 buy 7 @ -100 x5 ioc"), Command::Place(plain.ioc()));
        let both = plain.with_stp(Stp::ExpireBoth);
        assert_eq!(one("1 buy 7 @ -100 x5 stp both # hm"), Command::Place(both));
        let market = Order::market(ann, OrderId(7), InstrumentId(3), Side::Sell, Qty(5));
        assert_eq!(one("1 sell 7 market x5 on 3"), Command::Place(market));
        let phase = Command::SetPhase { instrument: InstrumentId(1), to: Phase::ReopenCall };
        assert_eq!(one("phase ReopenCall on 1"), phase);
        let eur = CurrencyId(1);
        let deposit = Command::Deposit { account: ann, currency: eur, cash: Cash(-5) };
        assert_eq!(one("deposit 1 -5 in 1"), deposit);
    }

    #[test]
    fn what_is_written_can_be_read() {
        for line in [
            "1 buy 7 @ 100 x5 gtc stp taker",
            "1 sell 7 market x5 ioc stp none on 2",
            "1 sell 7 market @ 9223372036854775807 x18446744073709551615 gtc stp both",
            "1 buy 7 x5 gtc stp maker",
            "1 replace 7 @ -1 x9",
            "1 reduce 7 by 2",
            "1 cancel 7",
            "open 4",
            "open 5 credit",
            "deposit 1 100000 in 1",
            "deliver 1 50 on 1",
            "phase Halt",
        ] {
            assert_eq!(write(&one(line)), line);
        }
    }

    #[test]
    fn moments_and_numbers_are_those_of_the_story() {
        let story = read("open 1\n\n at 50 \n open 2\nat 70\nopen 3 credit");
        let stamps: Vec<_> = story.iter().map(|stamped| (stamped.seq, stamped.at.0)).collect();
        assert_eq!(stamps, [(0, 0), (1, 50), (2, 70)]);
    }

    #[test]
    #[should_panic(expected = "cannot read \"1 fries 7\"")]
    fn a_line_that_cannot_be_read_is_named() {
        let _ = read("open 1\n1 fries 7");
    }

    #[test]
    fn a_story_is_played_and_told() {
        let mut plain = Reference::new(venue());
        let told = play(
            &mut |stamped, events| events.extend(plain.apply(stamped)),
            "open 1
             open 2
             deposit 1 2000
             deliver 2 9
             2 sell 1 @ 100 x5
             1 buy 1 @ 101 x7
             1 reduce 1 by 1
             1 replace 1 @ 99 x9
             1 cancel 1
             1 buy 2 market x1
             2 sell 4 @ 5 x1 on 1
             halt on 1",
        );
        assert_eq!(
            told,
            [
                "opened 1",
                "opened 2",
                "deposited 1 2000 in 0",
                "delivered 2 9",
                "accepted 2/1",
                "rests 2/1 sell 100x5",
                "accepted 1/1",
                "trade 100x5 maker 2/1 taker 1/1",
                "rests 1/1 buy 101x2",
                "reduced 1/1 at 101 by 1 leaves 1",
                "replaced 1/1 101x1 by 99x9 leaves 4 back",
                "rests 1/1 buy 99x4",
                "cancelled 1/1 at 99 left 4 User",
                "accepted 1/2",
                "cancelled 1/2 unrested left 1 Remainder",
                "rejected 2/4 ShortSale",
                "phase Continuous to Halt on 1",
            ]
        );
        assert_eq!(trades(&told), ["trade 100x5 maker 2/1 taker 1/1"]);
    }
}
