//! That the generators reach what they are for.

use super::*;
use crate::Reference;
use pitfloor_model::command::SaleMark;
use pitfloor_model::event::{Event, Reject};
use std::collections::BTreeMap;

#[test]
fn one_seed_one_history() {
    let world = World::random(5);
    let once: Vec<Stamped> = world.history(7).take(500).collect();
    let again: Vec<Stamped> = World::random(5).history(7).take(500).collect();
    let other: Vec<Stamped> = world.history(8).take(500).collect();
    assert_eq!(once, again);
    assert_ne!(once, other);
    assert!(once.windows(2).all(|pair| pair[1].seq == pair[0].seq + 1));
    assert!(once.windows(2).all(|pair| pair[1].at >= pair[0].at));
}

/// The refusals that plain limit and market orders under the usual rules can meet.
const PLAIN: [Reject; 18] = [
    Reject::UnknownInstrument,
    Reject::UnknownAccount,
    Reject::PhaseForbids,
    Reject::UnknownOrder,
    Reject::DuplicateOrder,
    Reject::ZeroQty,
    Reject::QtyUnderMin,
    Reject::QtyOverMax,
    Reject::OffLot,
    Reject::PriceMissing,
    Reject::PriceNotAllowed,
    Reject::OffTick,
    Reject::PriceTooFar,
    Reject::NotionalOverMax,
    Reject::IllegalCombination,
    Reject::TooManyOrders,
    Reject::ShortSale,
    Reject::InsufficientCash,
];

/// A generator that never reaches a rule does not test it: each kind of event and each reason
/// for a refusal comes up, and often enough.
#[test]
fn histories_reach_every_rule() {
    let mut told: BTreeMap<String, u32> = BTreeMap::new();
    let (mut commands, mut refused, mut kept) = (0, 0, 0);
    for seed in 0..300 {
        let world = World::random(seed);
        let mut plain = Reference::new(world.venue().clone());
        for stamped in world.history(seed).take(300) {
            commands += 1;
            for event in plain.apply(&stamped) {
                let debug = format!("{event:?}");
                let name = debug.split([' ', '{']).next().unwrap_or_default();
                *told.entry(name.to_owned()).or_default() += 1;
                if let Event::Rejected { why, .. } = event {
                    *told.entry(format!("{why:?}")).or_default() += 1;
                    refused += 1;
                }
                if let Event::Replaced { kept: true, .. } = event {
                    kept += 1;
                }
            }
        }
    }
    for why in PLAIN {
        let count = told.get(&format!("{why:?}")).copied().unwrap_or_default();
        assert!(count >= 30, "{why:?} came up {count} times in {commands} commands");
    }
    for name in [
        "Accepted",
        "Traded",
        "Rested",
        "Replaced",
        "Reduced",
        "Prevented",
        "Cancelled",
        "ExpiredInMatch",
        "PhaseChanged",
        "AccountOpened",
        "Deposited",
        "Delivered",
    ] {
        let count = told.get(name).copied().unwrap_or_default();
        assert!(count >= 300, "{name} came up {count} times in {commands} commands");
    }
    println!("{commands} commands, {refused} refused, {kept} kept: {told:?}");
    assert!(kept >= 300, "orders kept their place {kept} times");
    assert!(told["Traded"] > commands / 12, "only {} trades", told["Traded"]);
    assert!(refused < commands * 2 / 3, "{refused} of {commands} were refused");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(50))]

    #[test]
    fn strategies_give_histories_that_can_be_played((world, history) in histories(1..60)) {
        let mut plain = Reference::new(world.venue().clone());
        for stamped in &history {
            prop_assert!(!plain.apply(stamped).is_empty(), "every command has an answer");
        }
    }
}

/// Whatever the vocabulary has comes up in full histories, and often enough.
#[test]
fn full_histories_say_everything() {
    let mut said: BTreeMap<String, u32> = BTreeMap::new();
    let mut say = |what: &str, value: String| {
        let name = value.split([' ', '{', '(']).next().unwrap_or_default();
        *said.entry(format!("{what} {name}")).or_default() += 1;
    };
    let mut phases = BTreeMap::new();
    for seed in 0..210 {
        for stamped in World::full(seed).history(seed).take(300) {
            say("command", format!("{:?}", stamped.command));
            let members = match &stamped.command {
                Command::Place(order) | Command::PlaceVaried { order, .. } => vec![*order],
                Command::PlaceList(list) => {
                    say("shape", format!("{:?}", list.shape));
                    list.members.clone()
                }
                Command::SetPhase { to, .. } => {
                    *phases.entry(*to).or_insert(0) += 1;
                    Vec::new()
                }
                _ => Vec::new(),
            };
            for Order { kind, tif, stp, with, .. } in members {
                say("kind", format!("{kind:?}"));
                say("tif", format!("{tif:?}"));
                say("stp", format!("{stp:?}"));
                say("mark", format!("{:?}", with.mark));
                say("post", format!("{:?}", with.post_only.map(|mode| format!("{mode:?}"))));
                for (is, what) in [
                    (with.min_qty.is_some(), "min"),
                    (with.all_or_none, "aon"),
                    (with.display.is_some(), "show"),
                    (with.hidden, "hidden"),
                    (with.tag > 0, "tag"),
                    (with.session > 0, "session"),
                ] {
                    if is {
                        say("with", what.to_owned());
                    }
                }
            }
        }
    }
    let kinds = [
        "Limit",
        "Market",
        "MarketProtected",
        "MarketToLimit",
        "MarketByAmount",
        "Stop",
        "StopLimit",
        "TakeProfit",
        "TakeProfitLimit",
        "Trailing",
        "TrailingLimit",
        "PegPrimary",
        "PegMarket",
        "PegMid",
        "ImbalanceOnly",
    ];
    let commands = [
        "Place",
        "PlaceVaried",
        "PlaceList",
        "Replace",
        "Amend",
        "Reduce",
        "Cancel",
        "MassCancel",
        "OpenAccount",
        "Deposit",
        "Deliver",
        "SetPhase",
        "EndCall",
        "SetBands",
        "SetReference",
        "RestrictShortSales",
        "KillSwitch",
        "SetGroup",
        "AdvanceTime",
    ];
    let expected = [
        ("kind", kinds.as_slice()),
        ("command", commands.as_slice()),
        ("tif", &["Gtc", "Ioc", "Fok", "Day", "Gtd", "AtOpen", "AtClose"]),
        ("stp", &["None", "ExpireTaker", "ExpireMaker", "ExpireBoth", "Decrement", "Transfer"]),
        ("shape", &["Oco", "Oto", "Otoco"]),
        ("mark", &["Long", "Short", "ShortExempt"]),
        ("with", &["min", "aon", "show", "hidden", "tag", "session"]),
    ];
    for (what, names) in expected {
        for name in names {
            let count = said.get(&format!("{what} {name}")).copied().unwrap_or_default();
            assert!(count >= 100, "{what} {name} came up {count} times: {said:?}");
        }
    }
    for phase in Phase::ALL {
        assert!(phases.get(&phase).is_some_and(|count| *count >= 50), "{phase:?}: {phases:?}");
    }
}

/// Each profile has more of what it is for than the one that is for nothing in particular.
#[test]
fn profiles_concentrate() {
    let count = |profile, counts: fn(&Command) -> bool| {
        let histories = (0..30).flat_map(|seed| World::of(profile, seed).history(seed).take(300));
        histories.filter(|stamped| counts(&stamped.command)).count()
    };
    let placed = |command: &Command| match command {
        Command::Place(order) => Some(*order),
        _ => None,
    };
    type Counts = fn(&Command) -> bool;
    let cases: [(Profile, Counts); 5] = [
        (Profile::Pegs, |c| matches!(c, Command::Place(order) if order.kind.is_peg())),
        (Profile::Stops, |c| matches!(c, Command::Place(order) if order.kind.is_dormant())),
        (Profile::Auctions, |c| matches!(c, Command::EndCall { .. })),
        (Profile::Lists, |c| matches!(c, Command::PlaceList(_))),
        (Profile::Unseen, |c| {
            matches!(c, Command::Place(order)
                if order.with.hidden || order.with.display.is_some() || order.with.all_or_none)
        }),
    ];
    for (profile, counts) in cases {
        let (many, usual) = (count(profile, counts), count(Profile::Everything, counts));
        assert!(many * 2 > usual * 3, "{profile:?}: {many} against {usual}");
    }
    let short =
        |command: &Command| placed(command).is_some_and(|order| order.with.mark != SaleMark::Long);
    for seed in 0..30 {
        let mut history = World::symmetric(seed).history(seed).take(300);
        assert!(!history.any(|stamped| short(&stamped.command)), "sells alone have marks");
    }
}

#[test]
fn switches_differ_from_world_to_world() {
    let mut seen: BTreeMap<String, u32> = BTreeMap::new();
    for seed in 0..300 {
        for instrument in World::full(seed).venue().instruments() {
            for word in crate::story::write_rules(&instrument.rules).split(' ') {
                *seen.entry(word.to_owned()).or_default() += 1;
            }
        }
    }
    for word in [
        "fifo",
        "pro-rata",
        "size-time",
        "top",
        "lmm",
        "split",
        "threshold",
        "up-by-size",
        "market-maker",
        "always-back",
        "replace-open",
        "band-action",
        "short-action",
        "trigger-at-once",
        "peg-once",
        "positive-prices",
        "cutoff-at-call",
        "age-max",
        "cascade-max",
        "velocity-max",
        "dormant-max",
        "tranches-max",
        "notional-min",
        "collar",
        "higher",
        "mid",
    ] {
        let count = seen.get(word).copied().unwrap_or_default();
        assert!(count >= 20, "{word} was drawn {count} times: {seen:?}");
    }
}

#[test]
fn a_shortened_history_is_numbered_anew_and_keeps_its_moments() {
    let history: Vec<Stamped> = World::full(1).history(1).take(300).collect();
    let kept: Vec<Stamped> = history.iter().skip(100).step_by(3).cloned().collect();
    let renumbered = renumber(&kept);
    for (n, (before, after)) in kept.iter().zip(&renumbered).enumerate() {
        assert_eq!((after.seq, after.at), (n as u64, before.at));
        assert_eq!(after.command, before.command);
    }
    assert!(renumbered.windows(2).all(|pair| pair[0].at <= pair[1].at));
}

/// Every act comes up in the worlds that are cleared, is mostly done and sometimes refused, and can be
/// written down and read back.
#[test]
fn worlds_that_are_cleared_reach_every_act() {
    let (mut asked, mut done) = (BTreeMap::new(), BTreeMap::new());
    let mut facts: BTreeMap<String, u32> = BTreeMap::new();
    for seed in 0..120 {
        let world = World::of(Profile::Clearing, seed);
        let mut plain = Reference::new(world.venue().clone());
        for stamped in world.history(seed).take(300) {
            let events = plain.apply(&stamped);
            let line = crate::story::write(&stamped.command);
            let Command::Clear(act) = &stamped.command else { continue };
            let read = crate::story::read(&line);
            assert_eq!(read[0].command, stamped.command, "{line}");
            let debug = format!("{act:?}");
            let name = debug.split([' ', '{']).next().unwrap_or_default().to_owned();
            *asked.entry(name.clone()).or_insert(0) += 1;
            if !matches!(events.last(), Some(Event::Rejected { .. })) {
                *done.entry(name).or_insert(0) += 1;
            }
            for event in &events {
                if let Event::Clearing(fact) = event {
                    let told = crate::story::tell(event);
                    let debug = format!("{fact:?}");
                    let name = debug.split([' ', '{']).next().unwrap_or_default().to_owned();
                    assert!(!told.contains('{'), "{told}");
                    *facts.entry(name).or_default() += 1;
                }
            }
        }
    }
    println!("asked {asked:?}\ndone {done:?}\nfacts {facts:?}");
    assert_eq!(asked.len(), 25, "{asked:?}");
    assert_eq!(done.len(), 25, "{done:?}");
    assert_eq!(facts.len(), 25, "{facts:?}");
}
