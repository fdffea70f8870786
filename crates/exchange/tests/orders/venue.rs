//! Bands, restrictions, switches, groups, mass cancels: what the venue sets, and what it does.

use crate::floor::Floor;
use pitfloor_model::event::Reject;
use pitfloor_model::units::Qty;

#[test]
fn nothing_trades_outside_the_bands() {
    let mut floor = Floor::open().after("2 sell 1 @ 108 x5\n2 sell 2 @ 112 x5\nbands 90 110");
    floor.expect(
        "1 buy 1 @ 115 x9",
        "accepted 1/1
         repriced 1/1 buy 115 to 110
         trade 108x5 maker 2/1 taker 1/1
         rests 1/1 buy 110x4",
    );
    floor.expect(
        "1 buy 2 market x3",
        "accepted 1/2
         cancelled 1/2 unrested left 3 Band",
    );
    floor.expect(
        "3 sell 1 @ 80 x1 ioc",
        "accepted 3/1\nrepriced 3/1 sell 80 to 90\ntrade 110x1 maker 1/1 taker 3/1",
    );
    floor.refuse("bands 110 90", Reject::BadBands);
    let mut strict = Floor::under("rules band-action reject").after("bands 90 110");
    strict.refuse("1 buy 1 @ 111 x1", Reject::PriceBand);
    strict.refuse("1 sell 1 @ 89 x1", Reject::PriceBand);
    strict.expect("1 sell 1 @ 111 x1", "accepted 1/1\nrests 1/1 sell 111x1");
}

#[test]
fn what_would_stand_crossed_outside_the_bands_ends() {
    let mut floor = Floor::open().after("2 sell 1 @ 100 x5\nbands 101 110");
    floor.expect(
        "1 buy 1 @ 105 x5",
        "accepted 1/1
         cancelled 1/1 unrested left 5 Band",
    );
}

#[test]
fn restricted_short_sales_stand_above_the_best_bid() {
    let mut floor = Floor::open().after("1 buy 1 @ 100 x5");
    floor.play("restrict-shorts on");
    floor.expect(
        "2 sell 1 @ 99 x5 short",
        "accepted 2/1
         repriced 2/1 sell 99 to 101
         rests 2/1 sell 101x5",
    );
    floor.refuse("2 sell 2 market x5 short", Reject::ShortRestricted);
    floor.expect("2 sell 2 @ 100 x1 exempt", "accepted 2/2\ntrade 100x1 maker 1/1 taker 2/2");
    let mut strict =
        Floor::under("rules short-action reject").after("1 buy 1 @ 100 x5\nrestrict-shorts on");
    strict.refuse("2 sell 1 @ 100 x5 short", Reject::ShortRestricted);
    strict.expect("2 sell 1 @ 101 x5 short", "accepted 2/1\nrests 2/1 sell 101x5");
}

#[test]
fn a_blocked_account_may_only_leave() {
    let mut floor = Floor::open();
    floor.play("1 buy 1 @ 100 x5\n1 buy 2 @ 101 x5 hidden\n1 sell 3 stop 50 x5\n2 buy 1 @ 99 x5");
    floor.expect(
        "kill 1 on",
        "kill-switch 1 on
         cancelled 1/2 at 101 left 5 KillSwitch
         cancelled 1/1 at 100 left 5 KillSwitch
         cancelled 1/3 unrested left 5 KillSwitch
         mass-cancelled 1 orders 3 x15",
    );
    floor.refuse("1 buy 1 @ 100 x5", Reject::KillSwitch);
    floor.refuse("1 replace 1 @ 100 x5", Reject::KillSwitch);
    floor.refuse("1 cancel 1", Reject::UnknownOrder);
    floor.expect(
        "kill 1 off\n1 buy 1 @ 98 x5",
        "kill-switch 1 off\naccepted 1/1\nrests 1/1 buy 98x5",
    );
}

#[test]
fn a_mass_cancel_goes_from_best_to_worst_and_then_beside_the_book() {
    let mut floor = Floor::open();
    floor.play("1 buy 1 @ 99 x1 tag 7\n1 buy 2 @ 100 x2\n1 buy 3 @ 100 x3 aon tag 7\n1 sell 4 @ 110 x4 tag 7");
    floor.play("1 sell 5 stop 50 x5 tag 7\n1 sell 6 market x6 close tag 7\n2 buy 1 @ 100 x1\n1 buy 8 @ 1 x8 tag 7 on 1");
    floor.expect(
        "1 mass-cancel tag 7",
        "cancelled 1/3 at 100 left 3 Mass
         cancelled 1/1 at 99 left 1 Mass
         cancelled 1/4 at 110 left 4 Mass
         cancelled 1/6 unrested left 6 Mass
         cancelled 1/5 unrested left 5 Mass
         cancelled 1/8 at 1 left 8 Mass on 1
         mass-cancelled 1 orders 6 x27",
    );
    floor.expect(
        "mass-cancel buy from 100 to 100",
        "cancelled 1/2 at 100 left 2 Mass
         cancelled 2/1 at 100 left 1 Mass
         mass-cancelled venue orders 2 x3",
    );
    floor.expect("1 mass-cancel", "mass-cancelled 1 orders 0 x0");
    floor.play("1 buy 1 @ 99 x1 session 4\n1 buy 2 @ 99 x1 session 5");
    floor.expect(
        "1 disconnect session 4",
        "cancelled 1/1 at 99 left 1 Disconnect
         mass-cancelled 1 orders 1 x1",
    );
}

#[test]
fn one_owner_does_not_trade_with_himself_as_the_taker_says() {
    let ends = [
        ("none", "trade 100x4 maker 2/1 taker 3/1"),
        ("taker", "expired 3/1 unrested left 4"),
        ("maker", "expired 2/1 at 100 left 9"),
        ("both", "expired 2/1 at 100 left 9"),
        ("decrement", "expired 3/1 unrested left 0"),
        ("transfer", "transferred 100x4 maker 2/1 taker 3/1"),
    ];
    for (mode, then) in ends {
        let mut floor = Floor::open().after("group 2 5\ngroup 3 5\n2 sell 1 @ 100 x9");
        let told = floor.play(&format!("3 buy 1 @ 100 x4 stp {mode}"));
        let place = if mode == "none" { 1 } else { 2 };
        assert_eq!(told[place], then, "{mode}: {told:?}");
        assert_eq!(told[1].starts_with("prevented"), mode != "none");
    }
    let mut apart = Floor::open().after("group 2 5\ngroup 3 6\n2 sell 1 @ 100 x9");
    apart.expect("3 buy 1 @ 100 x4", "accepted 3/1\ntrade 100x4 maker 2/1 taker 3/1");
}

#[test]
fn decrement_takes_from_both_part_by_part() {
    let mut floor = Floor::open().after("1 sell 1 @ 100 x5 show 2\n2 sell 1 @ 100 x9");
    floor.expect(
        "1 buy 2 @ 100 x7 stp decrement",
        "accepted 1/2
         prevented 100x2 maker 1/1 taker 1/2 Decrement
         refreshed 1/1 sell 100x2
         trade 100x5 maker 2/1 taker 1/2",
    );
    assert_eq!(floor.order(1, 1).leaves, Qty(3));
}

#[test]
fn a_transfer_moves_lots_and_cash_without_a_print() {
    let mut floor =
        Floor::empty("").after("open 1\nopen 2\ndeposit 1 1000\ndeliver 2 5\ngroup 1 3\ngroup 2 3");
    floor.expect(
        "2 sell 1 @ 100 x5\n1 buy 1 @ 100 x5 stp transfer",
        "accepted 2/1
         rests 2/1 sell 100x5
         accepted 1/1
         prevented 100x5 maker 2/1 taker 1/1 Transfer
         transferred 100x5 maker 2/1 taker 1/1
         expired 2/1 at 100 left 0
         expired 1/1 unrested left 0",
    );
    assert_eq!(floor.exchange.last_price(crate::floor::ACME), None);
    let lots = floor.exchange.lots(pitfloor_model::units::AccountId(1), crate::floor::ACME);
    assert_eq!(lots.map(|lots| lots.total), Some(5));
}

/// A queue of 10, 5, 30 and 55 lots meets a taker of 37: the table of `docs/ORDERS.md`.
#[test]
fn a_level_is_shared_by_the_rule_of_its_instrument() {
    for (rules, shares) in [
        ("", [10, 5, 22, 0]),
        ("rules allocation pro-rata", [6, 0, 11, 20]),
        ("rules allocation pro-rata top", [10, 2, 9, 16]),
        ("rules allocation pro-rata split 40", [10, 5, 8, 14]),
        ("rules allocation pro-rata lmm 25 market-maker 3", [6, 0, 15, 16]),
    ] {
        let mut floor = Floor::under(rules);
        floor.play("1 sell 1 @ 100 x10\n2 sell 1 @ 100 x5\n3 sell 1 @ 100 x30\n4 sell 1 @ 100 x55");
        let told = floor.play("9 buy 1 @ 100 x37");
        let expected = (1..).zip(shares).filter(|(_, share)| *share > 0);
        let expected: Vec<String> = expected
            .map(|(maker, share)| format!("trade 100x{share} maker {maker}/1 taker 9/1"))
            .collect();
        assert_eq!(told[1..], expected, "{rules}");
    }
    let mut floor = Floor::under("rules allocation pro-rata");
    floor.play("1 sell 1 @ 100 x10\n2 sell 1 @ 100 x5\n9 sell 7 @ 100 x5");
    let told = floor.play("9 buy 1 @ 100 x12 stp maker");
    assert_eq!(
        told[1..3],
        ["prevented 100x5 maker 9/7 taker 9/1 ExpireMaker", "expired 9/7 at 100 left 5"]
    );
}

#[test]
fn terms_are_amended_in_place_or_from_the_back() {
    let mut floor = Floor::open().after("1 buy 1 @ 100 x5\n2 buy 1 @ 100 x5");
    let stamp = floor.order(1, 1).stamp;
    floor.expect(
        "1 amend 1 day",
        "replaced 1/1 100x5 by 100x5 leaves 5 kept
         amended 1/1 @ 100 x5 day stp taker kept",
    );
    assert_eq!(floor.order(1, 1).stamp, stamp);
    floor.expect(
        "1 amend 1 tag 7 x6",
        "replaced 1/1 100x5 by 100x6 leaves 6 back
         amended 1/1 @ 100 x6 day stp taker tag 7 back
         rests 1/1 buy 100x6",
    );
    floor.refuse("1 amend 1 ioc", Reject::IllegalCombination);
    floor.refuse("1 amend 1 show 2", Reject::NotReplaceable);
    floor.refuse("1 amend 1 trigger 90", Reject::NotReplaceable);
    let mut back =
        Floor::under("rules always-back replace-open").after("1 buy 1 @ 100 x5\n2 sell 1 @ 100 x2");
    back.expect(
        "1 replace 1 @ 100 x2",
        "replaced 1/1 100x3 by 100x4 leaves 2 back
         rests 1/1 buy 100x2",
    );
}
