//! Every reason for a refusal, which of two is told first, and that a refusal changes nothing.

use crate::pit::Pit;
use pitfloor_model::command::Command;
use pitfloor_model::event::Reject;
use pitfloor_model::instrument::Limits;
use pitfloor_model::units::{AccountId, Cash, CurrencyId, Qty};
use pitfloor_testkit::generate::stamp;

/// ACME last traded at 100 and is offered at 180; BOLT is halted. Account 1 has no credit, one live
/// order in ACME, as many as it may, and neither cash nor shares to spare.
fn narrow_pit() -> Pit {
    let limits = Limits {
        price_step: 5,
        qty_step: 2,
        qty_min: Qty(4),
        qty_max: Qty(100),
        notional_max: Cash(15_000),
        price_distance_max: Some(200),
        live_orders_max: 1,
    };
    let mut pit = Pit::empty(limits);
    let told = pit.play(
        "open 1
         open 3 credit
         open 4 credit
         deposit 1 200
         3 sell 1 @ 100 x4
         4 buy 1 @ 100 x4
         3 sell 1 @ 180 x10
         1 buy 1 @ 50 x4
         halt on 1",
    );
    assert!(!told.iter().any(|line| line.starts_with("rejected")), "{told:?}");
    pit
}

/// Plays `line`, which must be refused, and holds that nothing at all has changed.
fn refused(pit: &mut Pit, line: &str) -> String {
    let before = format!("{:?}", pit.exchange);
    let told = pit.play(line);
    assert_eq!(format!("{:?}", pit.exchange), before, "{line:?} changed something");
    let [told] = told.as_slice() else { panic!("{line:?} is one refusal: {told:?}") };
    assert!(told.starts_with("rejected"), "{line:?}: {told}");
    told.rsplit(' ').next().unwrap_or_default().to_owned()
}

/// In the order in which `docs/RULES.md` asks. Each line is wrong in the way it is refused for and,
/// where the two can be together, also in the way of the next; the comment says which.
const PLACE: [(&str, Reject); 25] = [
    ("9 buy 1 @ 100 x4 on 7", Reject::UnknownInstrument), // unknown account
    ("9 buy 1 @ 100 x4 on 1", Reject::UnknownAccount),    // halted
    ("1 buy 1 @ 50 x4 on 1", Reject::PhaseForbids),       // number is live
    ("1 buy 1 @ 50 x0", Reject::DuplicateOrder),          // zero
    ("1 buy 2 @ 50 x0", Reject::ZeroQty),                 // under the minimum
    ("1 buy 2 @ 50 x3", Reject::QtyUnderMin),             // off the lot grid
    ("1 buy 2 @ 50 x101", Reject::QtyOverMax),            // off the lot grid
    ("1 buy 2 x5", Reject::OffLot),                       // price missing
    ("1 buy 2 market @ 50 x5", Reject::OffLot),           // price not allowed
    ("1 buy 2 x4", Reject::PriceMissing),                 // too many orders
    ("1 buy 2 x4 ioc", Reject::PriceMissing),             // alone
    ("1 buy 2 market @ 51 x4", Reject::PriceNotAllowed),  // off the tick grid
    ("1 buy 2 market @ 50 x4 gtc", Reject::PriceNotAllowed), // illegal combination
    ("1 buy 2 @ 501 x4", Reject::OffTick),                // too far
    ("1 buy 2 @ 305 x100", Reject::PriceTooFar),          // value over the maximum
    ("1 buy 2 market x100 gtc", Reject::NotionalOverMax), // illegal combination
    ("1 buy 2 @ 155 x98", Reject::NotionalOverMax),       // too many orders
    ("1 sell 2 @ -100 x152", Reject::QtyOverMax),         // value over the maximum
    ("1 buy 2 market x4 gtc", Reject::IllegalCombination), // too many orders
    ("1 sell 2 @ 50 x4", Reject::TooManyOrders),          // does not own it
    ("1 sell 2 @ -50 x4 ioc", Reject::ShortSale),         // cannot pay for it
    ("1 sell 2 market x4", Reject::ShortSale),            // alone
    ("1 buy 2 @ 5 x4 ioc", Reject::InsufficientCash),     // alone
    ("1 buy 2 market x4", Reject::InsufficientCash),      // alone
    ("4 buy 1 @ 400 x4", Reject::PriceTooFar),            // alone, with credit
];

#[test]
fn each_reason_to_refuse_an_order_comes_before_the_next() {
    let mut pit = narrow_pit();
    for (line, why) in PLACE {
        assert_eq!(refused(&mut pit, line), format!("{why:?}"), "{line:?}");
    }
    // With the shares but without the cash, a sale below zero is refused for the cash.
    pit.play("deliver 1 10");
    assert_eq!(refused(&mut pit, "1 sell 2 @ -50 x4 ioc"), "InsufficientCash");
    assert_eq!(pit.play("1 sell 2 @ 5 x4 ioc")[0], "accepted 1/2");
}

/// Account 1's order 1 is live, 4 of its 8 lots have traded.
const REPLACE: [(&str, Reject); 14] = [
    ("9 replace 1 @ 50 x4", Reject::UnknownAccount), // unknown order
    ("1 replace 2 @ 50 x0", Reject::UnknownOrder),   // zero
    ("3 replace 9 @ 50 x4", Reject::UnknownOrder),   // of nobody
    ("4 replace 7 @ 50 x0", Reject::PhaseForbids),   // zero
    ("1 replace 1 @ 51 x0", Reject::ZeroQty),        // under the minimum
    ("1 replace 1 @ 51 x3", Reject::QtyUnderMin),    // off the lot grid
    ("1 replace 1 @ 51 x101", Reject::QtyOverMax),   // off the lot grid
    ("1 replace 1 @ 51 x5", Reject::OffLot),         // off the tick grid
    ("1 replace 1 @ 501 x4", Reject::OffTick),       // too far
    ("1 replace 1 @ 305 x100", Reject::PriceTooFar), // value over the maximum
    ("1 replace 1 @ 155 x98", Reject::NotionalOverMax), // cannot pay for it
    ("1 replace 1 @ 55 x8", Reject::InsufficientCash), // alone
    ("5 replace 1 @ -50 x6", Reject::ShortSale),     // cannot pay for it
    ("5 replace 1 @ -50 x4", Reject::InsufficientCash), // alone
];

#[test]
fn each_reason_to_refuse_a_replace_comes_before_the_next() {
    let mut pit = narrow_pit();
    let told = pit.play(
        "phase ReopenCall on 1
         phase Continuous on 1
         4 buy 7 @ 50 x4 on 1
         halt on 1
         deposit 1 200
         1 replace 1 @ 50 x8
         4 sell 1 @ 50 x4
         open 5
         deliver 5 4
         5 sell 1 @ 150 x4",
    );
    assert!(!told.iter().any(|line| line.starts_with("rejected")), "{told:?}");
    for (line, why) in REPLACE {
        assert_eq!(refused(&mut pit, line), format!("{why:?}"), "{line:?}");
    }
    // Done comes after the checks of form and before the question of money.
    assert_eq!(refused(&mut pit, "1 replace 1 @ 51 x4"), "OffTick");
    let told = pit.play("1 replace 1 @ 150 x4");
    assert_eq!(told, ["cancelled 1/1 at 50 left 4 ReplacedToDone"]);
}

#[test]
fn each_reason_to_refuse_a_reduce_comes_before_the_next() {
    let mut pit = narrow_pit();
    for (line, why) in [
        ("9 reduce 1 by 0", Reject::UnknownAccount), // unknown order, zero
        ("1 reduce 2 by 0", Reject::UnknownOrder),   // zero
        ("4 reduce 1 by 1", Reject::UnknownOrder),   // somebody else's
        ("1 reduce 1 by 0", Reject::ZeroQty),
        ("1 reduce 1 by 3", Reject::OffLot),
        ("1 reduce 1 by 5", Reject::OffLot), // more than is left
    ] {
        assert_eq!(refused(&mut pit, line), format!("{why:?}"), "{line:?}");
    }
}

#[test]
fn each_reason_to_refuse_a_cancel_comes_before_the_next() {
    let mut pit = narrow_pit();
    for (line, why) in [
        ("9 cancel 1", Reject::UnknownAccount),
        ("4294967295 cancel 1", Reject::UnknownAccount),
        ("1 cancel 2", Reject::UnknownOrder),
        ("1 cancel 18446744073709551615", Reject::UnknownOrder),
        ("3 cancel 0", Reject::UnknownOrder),
    ] {
        assert_eq!(refused(&mut pit, line), format!("{why:?}"), "{line:?}");
    }
}

#[test]
fn each_reason_to_refuse_the_venue_comes_before_the_next() {
    let mut pit = narrow_pit();
    for (line, why) in [
        ("open 1", Reject::AccountNotOpenable),
        ("open 1 credit", Reject::AccountNotOpenable),
        ("open 1048576", Reject::AccountNotOpenable),
        ("open 4294967295", Reject::AccountNotOpenable),
        ("deposit 9 0", Reject::UnknownAccount),
        ("deposit 1 0 in 1", Reject::UnknownAccount),
        ("deposit 1 0", Reject::BadAmount),
        ("deposit 1 -1", Reject::BadAmount),
        ("deliver 9 0 on 7", Reject::UnknownInstrument),
        ("deliver 9 0", Reject::UnknownAccount),
        ("deliver 1 0", Reject::ZeroQty),
        ("phase Continuous on 7", Reject::UnknownInstrument),
        ("phase Continuous", Reject::PhaseForbids),
    ] {
        assert_eq!(refused(&mut pit, line), format!("{why:?}"), "{line:?}");
    }
    assert_eq!(pit.play("open 1048575"), ["opened 1048575"]);
}

#[test]
fn deposits_end_at_2_to_the_120_for_all_accounts_together() {
    let mut pit = narrow_pit(); // 200 came in already
    let most = (1_i128 << 120) - 200;
    assert_eq!(refused(&mut pit, &format!("deposit 3 {}", most + 1)), "BadAmount");
    assert_eq!(refused(&mut pit, &format!("deposit 3 {}", i128::MAX)), "BadAmount");
    assert_eq!(refused(&mut pit, &format!("deposit 3 {}", i128::MIN)), "BadAmount");
    pit.play(&format!("deposit 3 {}", most - 1));
    assert_eq!(pit.play("deposit 4 1"), ["deposited 4 1 in 0"]);
    assert_eq!(refused(&mut pit, "deposit 1 1"), "BadAmount");
}

#[test]
fn a_market_order_is_judged_at_the_best_opposite_price_or_not_at_all() {
    let limits = Limits { notional_max: Cash(1_000), ..Limits::default() };
    let mut pit = Pit::with(limits);
    assert_eq!(pit.play("1 buy 1 market x999999")[0], "accepted 1/1", "nobody there, no price");
    pit.play("2 sell 1 @ 100 x1\n2 sell 2 @ 900 x1\n2 buy 3 @ -500 x2");
    assert_eq!(pit.play("1 buy 1 market x11"), ["rejected 1/1 NotionalOverMax"]);
    assert_eq!(pit.play("1 sell 1 market x3"), ["rejected 1/1 NotionalOverMax"], "|price| counts");
    // Ten at the best price is 1,000, whatever the walk then costs.
    assert_eq!(pit.trades("1 buy 1 market x10").len(), 2);
    assert_eq!(pit.trades("1 sell 1 market x2").len(), 1);
}

#[test]
fn the_farthest_limit_is_counted_from_the_last_trade() {
    let limits = Limits { price_distance_max: Some(10), ..Limits::default() };
    let mut pit = Pit::with(limits);
    assert_eq!(pit.play("1 buy 1 @ -500 x1")[0], "accepted 1/1", "before any trade: anywhere");
    pit.play("2 sell 1 @ 3 x1\n3 buy 1 @ 3 x1"); // last is 3
    assert_eq!(pit.play("1 buy 2 @ 14 x1"), ["rejected 1/2 PriceTooFar"]);
    assert_eq!(pit.play("1 sell 2 @ -8 x1"), ["rejected 1/2 PriceTooFar"]);
    assert_eq!(pit.play("1 buy 2 @ -7 x1")[0], "accepted 1/2");
    assert_eq!(pit.play("1 sell 3 @ 13 x1")[0], "accepted 1/3");
    assert_eq!(pit.play("1 replace 3 @ 14 x1"), ["rejected 1/3 PriceTooFar"]);
    assert_eq!(pit.play("1 replace 1 @ -500 x2"), ["rejected 1/1 PriceTooFar"]);
    assert_eq!(pit.play("1 buy 4 @ 900 x1 on 1")[0], "accepted 1/4 on 1", "another instrument");
}

#[test]
fn venue_refusals_name_the_venue_and_others_the_sender() {
    let mut pit = Pit::open();
    let told = pit.apply(&stamp(&[
        Command::Deposit { account: AccountId(77), currency: CurrencyId(0), cash: Cash(1) },
        Command::OpenAccount { account: AccountId(1), credit: pitfloor_model::event::Credit::None },
    ]));
    let told: Vec<String> = told.iter().map(pitfloor_testkit::story::tell).collect();
    assert_eq!(told, ["rejected 77 UnknownAccount", "rejected 1 AccountNotOpenable"]);
}
