//! What each kind of message does to the book, told in small records of our own.

use pitfloor_data::history::{
    Check, Executions, HistoryReport, Options, Record, Skip, Translation, Translator,
    TranslatorOptions, replay, venue,
};
use pitfloor_data::lobster::{Action, BookRow, Depth, Halt, Message, Named, Print, RecordedPrice};
use pitfloor_exchange::Exchange;
use pitfloor_model::command::{Command, Kind, Stamped, Stp, Tif};
use pitfloor_model::event::{Event, Phase};
use pitfloor_model::units::{AccountId, InstrumentId, OrderId, Price, Qty, Side, Span, Time};
use std::collections::BTreeMap;

/// Replays a record of our own; `rows` is the book after each message, of any width, or nothing.
fn play(
    messages: &str,
    rows: &str,
    options: &Options,
) -> (HistoryReport, Vec<(Stamped, Vec<Event>)>) {
    let folder = tempfile::tempdir().unwrap();
    let unindented =
        |text: &str| -> String { text.lines().map(|line| format!("{}\n", line.trim())).collect() };
    let mut record = Record { messages: folder.path().join("m.csv"), ..Record::default() };
    std::fs::write(&record.messages, unindented(messages)).unwrap();
    if !rows.is_empty() {
        let book = folder.path().join("b.csv");
        std::fs::write(&book, unindented(rows)).unwrap();
        record.book = Some(book);
    }
    let mut told = Vec::new();
    let report = replay(&record, options, &mut |stamped, events| {
        told.push((stamped.clone(), events.to_vec()));
    });
    (report.unwrap(), told)
}

fn both_modes() -> [Options; 2] {
    [Executions::Recorded, Executions::Aggressive]
        .map(|executions| Options { executions, ..Options::default() })
}

fn skipped(report: &HistoryReport) -> Vec<(&str, u64)> {
    report.skipped.iter().map(|(reason, count)| (reason.as_str(), *count)).collect()
}

/// Two bids at one price, an offer above; then parts and ends of each.
const DAY: &str = "34200.1,1,1,100,1000000,1
                   34200.2,1,2,60,1000000,1
                   34200.3,1,3,80,1000200,-1
                   34200.4,2,3,30,1000200,-1
                   34200.5,4,1,40,1000000,1
                   34200.6,5,0,500,1000150,1
                   34200.7,3,2,60,1000000,1
                   34200.8,4,1,60,1000000,1";

const DAY_ROWS: &str = "9999999999,0,1000000,100,9999999999,0,-9999999999,0
                        9999999999,0,1000000,160,9999999999,0,-9999999999,0
                        1000200,80,1000000,160,9999999999,0,-9999999999,0
                        1000200,50,1000000,160,9999999999,0,-9999999999,0
                        1000200,50,1000000,120,9999999999,0,-9999999999,0
                        1000200,50,1000000,120,9999999999,0,-9999999999,0
                        1000200,50,1000000,60,9999999999,0,-9999999999,0
                        1000200,50,-9999999999,0,9999999999,0,-9999999999,0";

#[test]
fn every_kind_of_message_moves_the_book_as_recorded() {
    for options in both_modes() {
        let (report, _) = play(DAY, DAY_ROWS, &options);
        assert_eq!((report.messages, report.trades, report.hidden_executions), (8, 2, 1));
        // The first row opened the book, and is not compared with itself.
        assert_eq!((report.rows, report.rows_equal, report.levels), (Some(7), Some(7), Some(2)));
        assert_eq!(skipped(&report), []);
        assert_eq!(report.failures(), Vec::<String>::new());
    }
}

#[test]
fn pairs_of_rows_agree_too() {
    for options in both_modes() {
        let options = Options { check: Some(Check::Transitions), ..options };
        let (report, _) = play(DAY, DAY_ROWS, &options);
        assert_eq!((report.transitions, report.transitions_inconsistent), (Some(7), Some(0)));
        assert_eq!(report.transitions_revealed, Some(0));
        assert_eq!((report.rows, report.states, report.aggressors), (None, None, None));
    }
}

/// The net catches: one share more anywhere in the book, and the check names it.
#[test]
fn a_wrong_row_is_found_by_every_check() {
    for options in both_modes() {
        let wrong = DAY_ROWS.replacen("50,1000000,60,", "50,1000000,61,", 1);
        let (report, _) = play(DAY, &wrong, &options);
        assert_eq!((report.rows, report.rows_equal), (Some(7), Some(6)));
        assert_eq!(report.failures(), ["rows_equal: found 6, expected all of 7"]);
        let pairs = Options { check: Some(Check::Transitions), ..options.clone() };
        let (report, _) = play(DAY, &wrong, &pairs);
        // Neither to it nor from it leads the message.
        assert_eq!(report.transitions_inconsistent, Some(2));
        let states = Options { check: Some(Check::States), ..options };
        let (report, _) = play(DAY, &wrong, &states);
        assert_eq!((report.states, report.states_equal), (Some(7), Some(6)));
        assert_eq!(report.failures(), ["states_equal: found 6, expected 999 ‰ of 7"]);
    }
}

/// A wrong message is found as well: an execution recorded of the wrong side is skipped, and the
/// book stays behind the record.
#[test]
fn a_wrong_message_is_found() {
    let wrong = DAY.replacen("34200.5,4,1,40,1000000,1", "34200.5,4,1,40,1000000,-1", 1);
    let (report, _) = play(&wrong, DAY_ROWS, &Options::default());
    assert_eq!(skipped(&report), [("other_terms", 1)]);
    assert!(report.rows_equal < report.rows);
}

#[test]
fn executions_arrive_as_orders_and_meet_the_recorded_maker() {
    let [recorded, aggressive] = both_modes();
    let (report, told) = play(DAY, "", &aggressive);
    assert_eq!((report.aggressors, report.aggressors_same_maker), (Some(2), Some(2)));
    let trades: Vec<_> = told.iter().flat_map(|(_, events)| events).filter_map(traded).collect();
    assert_eq!(trades, [(1, Side::Sell, 10_000, 40), (1, Side::Sell, 10_000, 60)]);
    let (report, told) = play(DAY, "", &recorded);
    assert_eq!((report.aggressors, report.aggressors_same_maker), (None, None));
    assert_eq!(told.iter().flat_map(|(_, events)| events).filter_map(traded).count(), 0);
}

/// Maker, side of the aggressor, price, quantity.
fn traded(event: &Event) -> Option<(u64, Side, i64, u64)> {
    match event {
        Event::Traded { maker, aggressor, price, qty, .. } => {
            Some((maker.order.0, *aggressor, price.0, qty.0))
        }
        _ => None,
    }
}

/// Order 2 trades in the record although order 1 was there before it. The exchange would choose
/// order 1; that is counted once, and the book goes on as recorded.
#[test]
fn an_execution_out_of_turn_is_counted_and_the_book_follows_the_record() {
    let messages = "34200.1,1,1,100,1000000,1
                    34200.2,1,2,60,1000000,1
                    34200.3,4,2,60,1000000,1
                    34200.4,4,1,100,1000000,1";
    let rows = "9999999999,0,1000000,100,9999999999,0,-9999999999,0
                9999999999,0,1000000,160,9999999999,0,-9999999999,0
                9999999999,0,1000000,100,9999999999,0,-9999999999,0
                9999999999,0,-9999999999,0,9999999999,0,-9999999999,0";
    let (report, told) = play(messages, rows, &Options::default());
    assert_eq!((report.aggressors, report.aggressors_same_maker), (Some(2), Some(1)));
    assert_eq!((report.rows, report.rows_equal), (Some(3), Some(3)));
    assert_eq!(
        report.failures(),
        ["aggressors_same_maker: found 1, expected 994 ‰ of 2"],
        "one of two is no market with priority"
    );
    let trades: Vec<_> = told.iter().flat_map(|(_, events)| events).filter_map(traded).collect();
    assert_eq!(trades, [(1, Side::Sell, 10_000, 100)], "the copy's trade was dropped");
}

/// The opening book shows 30 shares that nobody's message introduced.
#[test]
fn messages_about_unknown_orders_act_on_the_opening_book() {
    let messages = "34200.1,1,1,100,999900,1
                    34200.2,2,901,10,1000000,1
                    34200.3,4,902,15,1000000,1
                    34200.4,3,903,9,1000000,1
                    34200.5,3,904,5,1000000,1
                    34200.6,4,905,5,1000500,-1";
    let rows = "9999999999,0,1000000,30,9999999999,0,999900,100
                9999999999,0,1000000,20,9999999999,0,999900,100
                9999999999,0,1000000,5,9999999999,0,999900,100
                9999999999,0,999900,100,9999999999,0,-9999999999,0
                9999999999,0,999900,100,9999999999,0,-9999999999,0
                9999999999,0,999900,100,9999999999,0,-9999999999,0";
    for options in both_modes() {
        let (report, _) = play(messages, rows, &options);
        assert_eq!((report.rows, report.rows_equal), (Some(5), Some(5)));
        // 9 were to go and 5 were there; then nothing is left to act on.
        assert_eq!(skipped(&report), [("more_than_left", 1), ("unknown_order", 2)]);
        assert_eq!(report.trades, 2);
        // The opening order is nobody's the record could name.
        assert!(report.aggressors.is_none_or(|count| count == 0));
    }
}

#[test]
fn what_cannot_be_carried_out_is_counted_by_reason() {
    let messages = "34200.1,1,1,100,1000000,1
                    34200.2,1,1,100,1000000,1
                    34200.3,6,-1,100,1000000,-1
                    34200.4,3,77,100,1000000,1
                    34200.5,3,1,100,1000100,1
                    34200.6,2,1,150,1000000,1
                    34200.7,7,0,0,0,-1
                    34200.8,1,2,10,1000000,1
                    34200.9,1,3,10,1000000,-1";
    let (report, _) = play(messages, "", &Options::default());
    assert_eq!(
        skipped(&report),
        [
            ("cross_trade", 1),
            ("more_than_left", 1),
            ("number_taken", 1),
            ("other_terms", 1),
            ("phase_stands", 1),
            ("submission_traded", 1),
            ("unknown_order", 1),
        ]
    );
    assert_eq!((report.messages, report.states_crossed), (9, Some(0)));
}

#[test]
fn a_halt_stops_the_exchange_and_a_resumption_opens_it() {
    let messages = "34200.1,1,1,100,1000000,1
                    34200.2,7,0,0,-1,-1
                    34200.3,1,2,10,1000000,1
                    34200.4,3,1,100,1000000,1
                    34200.5,7,0,0,0,-1
                    34200.6,7,0,0,1,-1
                    34200.7,1,3,10,1000000,1
                    34200.8,7,0,0,-1,-1
                    34200.9,7,0,0,1,-1";
    let (report, told) = play(messages, "", &Options::default());
    assert_eq!(skipped(&report), [("refused_phase_forbids", 1)]);
    let phases: Vec<Phase> = told
        .iter()
        .flat_map(|(_, events)| events)
        .filter_map(|event| match event {
            Event::PhaseChanged { to, .. } => Some(*to),
            _ => None,
        })
        .collect();
    let [halt, call, open] = [Phase::Halt, Phase::ReopenCall, Phase::Continuous];
    assert_eq!(phases, [halt, call, open, halt, call, open]);
}

#[test]
fn a_revealed_level_is_told_from_a_wrong_one() {
    let options = Options { check: None, ..Options::default() };
    // Deleting the best bid shows a level that the first row could not show.
    let messages = "34200.1,1,1,100,1000000,1
                    34200.2,3,1,100,1000000,1
                    34200.3,1,2,5,1000500,-1
                    34200.4,7,0,0,-1,-1
                    34200.5,3,2,5,1000500,-1";
    let rows = "9999999999,0,1000000,100
                9999999999,0,999000,40
                1000500,5,999000,40
                1000500,5,999000,40
                1000600,9,999000,40";
    let (report, _) = play(messages, rows, &options);
    assert_eq!((report.transitions, report.levels), (Some(4), Some(1)));
    assert_eq!(report.transitions_inconsistent, Some(0));
    assert_eq!(report.transitions_revealed, Some(2));
    assert_eq!(skipped(&report), []);
    // Where two levels could be shown and one was, nothing can come up behind it.
    let rows: String =
        rows.lines().map(|line| format!("{},9999999999,0,-9999999999,0\n", line.trim())).collect();
    let options = Options { check: Some(Check::Transitions), ..options };
    let (report, _) = play(messages, &rows, &options);
    assert_eq!(report.transitions_inconsistent, Some(2));
    assert_eq!(report.failures(), ["transitions_inconsistent: found 2, expected 0 of 4"]);
}

/// A record of fewer levels holds fewer messages: its rows are found by its own messages.
#[test]
fn rows_of_a_selection_are_found_by_its_messages() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| {
        let file = folder.path().join(name);
        std::fs::write(&file, text).unwrap();
        file
    };
    let all = "34200.1,1,1,100,1000000,1\n34200.2,1,2,10,990000,1\n34200.3,1,3,7,1000100,-1\n\
               34200.4,3,2,10,990000,1\n34200.5,4,3,7,1000100,-1\n";
    let touching = "34200.1,1,1,100,1000000,1\n34200.3,1,3,7,1000100,-1\n\
                    34200.5,4,3,7,1000100,-1\n";
    let rows = "9999999999,0,1000000,100\n1000100,7,1000000,100\n9999999999,0,1000000,100\n";
    let run = |touching: &str, rows: &str| {
        let record = Record {
            messages: write("all.csv", all),
            book: Some(write("rows.csv", rows)),
            book_messages: Some(write("touching.csv", touching)),
            opening: None,
        };
        let report = replay(&record, &Options::default(), &mut |_, _| {}).unwrap();
        (report.rows.unwrap(), report.rows_equal.unwrap())
    };
    assert_eq!(run(touching, rows), (2, 2));
    // A message that the record does not hold cannot agree, and costs one row only.
    let other = touching.replace("34200.3,1,3,7,", "34200.3,1,9,7,");
    assert_eq!(run(&other, rows), (2, 1));
    let last = touching.replace("34200.5,4,3", "34200.5,4,9");
    assert_eq!(run(&last, rows), (2, 1));
    // What the selection says of times after the record's end is not compared.
    let longer = format!("{touching}34300,3,1,100,1000000,1\n");
    assert_eq!(run(&longer, &format!("{rows}9999999999,0,-9999999999,0\n")), (2, 2));
}

fn named(order: u64, side: Side, price: i64, qty: u64) -> Named {
    Named { order: OrderId(order), side, price: Price(price), qty: Qty(qty) }
}

fn message(at: u64, action: Action) -> Message {
    Message { at: Span(at), action }
}

fn translator(executions: Executions, opening: BookRow) -> Translator {
    Translator::new(TranslatorOptions {
        instrument: InstrumentId(4),
        makers: AccountId(70),
        takers: AccountId(71),
        executions,
        start: Span(1_000),
        opening,
    })
}

#[test]
fn a_translator_speaks_for_the_accounts_it_is_given() {
    let opening = BookRow {
        asks: vec![Depth { price: Price(101), qty: Qty(3) }],
        bids: vec![
            Depth { price: Price(100), qty: Qty(1) },
            Depth { price: Price(99), qty: Qty(2) },
        ],
    };
    let mut translator = translator(Executions::Aggressive, opening);
    let opening = translator.opening();
    assert!(matches!(opening[0], Command::OpenAccount { account: AccountId(70), .. }));
    assert!(matches!(opening[1], Command::OpenAccount { account: AccountId(71), .. }));
    let placed: Vec<_> = opening[2..]
        .iter()
        .map(|command| match command {
            Command::Place(order) => (order.account.0, order.side, order.price, order.qty.0),
            other => panic!("{other:?}"),
        })
        .collect();
    let at = |price| Some(Price(price));
    assert_eq!(
        placed,
        [(70, Side::Buy, at(100), 1), (70, Side::Buy, at(99), 2), (70, Side::Sell, at(101), 3)]
    );

    let mut commands = Vec::new();
    let submit = message(1_500, Action::Submit(named(7, Side::Sell, 102, 9)));
    assert_eq!(translator.time(&submit), Time(500));
    assert_eq!(translator.time(&message(10, submit.action)), Time::ZERO, "before the start");
    assert_eq!(translator.translate(&submit, &mut commands), Translation::Quoted);
    let execute = message(1_600, Action::Execute(named(7, Side::Sell, 102, 4)));
    let executed = translator.translate(&execute, &mut commands);
    assert!(matches!(executed, Translation::Executed(e) if e.introduced && e.taker.is_some()));
    let Command::Place(taker) = commands[1] else { panic!("{commands:?}") };
    assert_eq!((taker.account, taker.side, taker.price), (AccountId(71), Side::Buy, at(102)));
    assert_eq!((taker.kind, taker.tif, taker.stp), (Kind::Limit, Tif::Ioc, Stp::None));
    assert_eq!((taker.qty, taker.instrument), (Qty(4), InstrumentId(4)));
}

#[test]
fn what_moves_no_visible_order_sends_nothing() {
    let mut translator = translator(Executions::Recorded, BookRow::default());
    let mut commands = Vec::new();
    let print = Print { side: Side::Buy, price: RecordedPrice(1_000_050), qty: Qty(5) };
    for (action, expected) in [
        (Action::Hidden(print), Translation::Hidden),
        (Action::Cross(print), Translation::Skipped(Skip::CrossTrade)),
        (Action::Trading(Halt::Trade), Translation::Skipped(Skip::PhaseStands)),
        (Action::Delete(named(1, Side::Buy, 5, 5)), Translation::Skipped(Skip::UnknownOrder)),
    ] {
        assert_eq!(translator.translate(&message(1, action), &mut commands), expected);
    }
    assert_eq!(commands, []);
}

/// Beside an agent who was first in the queue, the recorded execution meets the agent; the record's
/// own later message about its order is carried out, and one about an order consumed is refused.
#[test]
fn recorded_flow_trades_with_whoever_is_there() {
    let mut exchange = Exchange::new(venue("ACME", RecordedPrice(100)).unwrap());
    let mut translator = Translator::new(TranslatorOptions {
        executions: Executions::Aggressive,
        ..TranslatorOptions::default()
    });
    let agent = AccountId(9);
    let mut seq = 0;
    let mut events = Vec::new();
    let mut send = |exchange: &mut Exchange, command| {
        events.clear();
        exchange.apply(&Stamped { seq, at: Time(seq), command }, &mut events);
        seq += 1;
        events.clone()
    };
    for command in translator.opening() {
        send(&mut exchange, command);
    }
    let credit = pitfloor_model::event::Credit::Unlimited;
    send(&mut exchange, Command::OpenAccount { account: agent, credit });
    let order = |order, side, qty| {
        let (order, price) = (OrderId(order), Price(100));
        Command::Place(pitfloor_model::command::Order::limit(
            agent,
            order,
            InstrumentId(0),
            side,
            price,
            Qty(qty),
        ))
    };
    send(&mut exchange, order(1, Side::Buy, 10));
    let mut commands = Vec::new();
    let mut told = Vec::new();
    for action in [
        Action::Submit(named(5, Side::Buy, 100, 10)),
        Action::Execute(named(5, Side::Buy, 100, 10)),
    ] {
        translator.translate(&message(0, action), &mut commands);
        for command in commands.drain(..) {
            told.extend(send(&mut exchange, command));
        }
    }
    let makers: Vec<_> = told
        .iter()
        .filter_map(|event| match event {
            Event::Traded { maker, .. } => Some(maker.account),
            _ => None,
        })
        .collect();
    assert_eq!(makers, [agent], "the agent was first");
    // Another agent takes the recorded order; the record's cancel then finds nothing.
    translator.translate(&message(0, Action::Submit(named(6, Side::Buy, 100, 10))), &mut commands);
    commands.drain(..).for_each(|command| drop(send(&mut exchange, command)));
    send(&mut exchange, order(2, Side::Sell, 20));
    translator.translate(&message(0, Action::Delete(named(6, Side::Buy, 100, 10))), &mut commands);
    let answer = send(&mut exchange, commands[0].clone());
    assert!(matches!(answer[..], [Event::Rejected { .. }]), "{answer:?}");
}

#[test]
fn a_report_tells_what_does_not_apply_from_nothing() {
    let (report, _) = play(DAY, "", &Options::default());
    assert_eq!((report.rows, report.rows_equal, report.levels), (None, None, None));
    assert_eq!((report.states, report.states_equal), (Some(7), None));
    assert_eq!(report.transitions, None);
    assert_eq!(report.skipped, BTreeMap::new());
    assert_eq!(report.failures(), Vec::<String>::new());
}

#[test]
fn equal_records_have_equal_digests() {
    let digest = |messages: &str| play(messages, "", &Options::default()).0.digest;
    assert_eq!(digest(DAY), digest(DAY));
    assert_ne!(digest(DAY), digest(&DAY.replace("80,1000200", "81,1000200")));
}
