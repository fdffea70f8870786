//! Cash, holdings and reservations: leverage off.

use crate::pit::Pit;
use pitfloor_model::instrument::Limits;

/// Ann (1) has 1,000 in cash, Bob (2) has 10 shares, neither has credit; 9 has.
fn pit() -> Pit {
    let mut pit = Pit::empty(Limits::default());
    pit.play("open 1\nopen 2\nopen 9 credit\ndeposit 1 1000\ndeliver 2 10");
    pit
}

#[test]
fn a_trade_moves_cash_one_way_and_shares_the_other() {
    let mut pit = pit();
    pit.play("2 sell 1 @ 100 x4\n1 buy 1 @ 120 x3");
    assert_eq!((pit.cash(1), pit.lots(1)), ((700, 0), (3, 0)));
    assert_eq!((pit.cash(2), pit.lots(2)), ((300, 0), (7, 1)));
}

#[test]
fn a_resting_bid_keeps_its_price_reserved_and_fills_give_it_back_lot_by_lot() {
    let mut pit = pit();
    pit.play("1 buy 1 @ 100 x7");
    assert_eq!(pit.cash(1), (1_000, 700));
    assert_eq!(pit.play("1 buy 2 @ 101 x3"), ["rejected 1/2 InsufficientCash"]);
    pit.play("2 sell 1 @ 90 x2");
    assert_eq!(pit.cash(1), (800, 500), "paid 200, and 200 less reserved");
    pit.play("1 reduce 1 by 1");
    assert_eq!(pit.cash(1), (800, 400));
    pit.play("1 cancel 1");
    assert_eq!(pit.cash(1), (800, 0));
}

#[test]
fn a_resting_offer_keeps_its_shares_reserved() {
    let mut pit = pit();
    pit.play("2 sell 1 @ 100 x6");
    assert_eq!(pit.lots(2), (10, 6));
    assert_eq!(pit.play("2 sell 2 @ 100 x5"), ["rejected 2/2 ShortSale"]);
    assert_eq!(pit.play("2 sell 2 market x5"), ["rejected 2/2 ShortSale"]);
    assert_eq!(pit.play("2 sell 2 @ 100 x4")[0], "accepted 2/2");
    pit.play("1 buy 1 @ 100 x7");
    assert_eq!(pit.lots(2), (3, 3));
    pit.play("2 cancel 2");
    assert_eq!(pit.lots(2), (3, 0));
}

#[test]
fn exactly_enough_is_enough() {
    let mut pit = pit();
    assert_eq!(pit.play("1 buy 1 @ 1001 x1"), ["rejected 1/1 InsufficientCash"]);
    assert_eq!(pit.play("1 buy 1 @ 1000 x1")[0], "accepted 1/1");
    assert_eq!(pit.play("1 buy 2 @ 1 x1"), ["rejected 1/2 InsufficientCash"]);
    assert_eq!(pit.play("1 buy 2 @ 0 x50")[0], "accepted 1/2", "zero times fifty is free");
    assert_eq!(pit.play("2 sell 1 @ 2000 x11"), ["rejected 2/1 ShortSale"]);
    assert_eq!(pit.play("2 sell 1 @ 2000 x10")[0], "accepted 2/1");
}

#[test]
fn a_limit_needs_its_limit_even_when_the_trade_will_be_cheaper() {
    let mut pit = pit();
    pit.play("2 sell 1 @ 10 x10");
    assert_eq!(pit.play("1 buy 1 @ 101 x10"), ["rejected 1/1 InsufficientCash"]);
    pit.play("1 buy 1 @ 100 x10");
    assert_eq!(pit.cash(1), (900, 0));
}

#[test]
fn a_market_buy_needs_what_its_walk_costs() {
    let mut pit = pit();
    pit.play("2 sell 1 @ 100 x5\n9 sell 1 @ 300 x5");
    assert_eq!(pit.play("1 buy 1 market x7"), ["rejected 1/1 InsufficientCash"]);
    assert_eq!(pit.trades("1 buy 1 market x6").len(), 2, "500 + 300");
    assert_eq!(pit.cash(1), (200, 0));
}

#[test]
fn a_market_buy_for_more_than_there_is_needs_only_what_there_is() {
    let mut pit = pit();
    pit.play("2 sell 1 @ 100 x10");
    let told = pit.play("1 buy 1 market x5000");
    assert_eq!(told[2], "cancelled 1/1 unrested left 4990 Remainder");
    assert_eq!(pit.cash(1), (0, 0));
}

#[test]
fn the_walk_treats_ones_own_orders_as_the_mode_says() {
    // Ann's own offer stands between a cheap one and a dear one.
    for (mode, enough) in [("taker", 100), ("both", 100), ("maker", 100 + 900), ("none", 100 + 5)] {
        for (cash, taken) in [(enough, true), (enough - 1, false)] {
            let mut pit = Pit::empty(Limits::default());
            pit.play(&format!("open 1\nopen 9 credit\ndeliver 1 1\ndeposit 1 {cash}"));
            pit.play("9 sell 1 @ 1 x100\n1 sell 1 @ 5 x1\n9 sell 2 @ 900 x1");
            let lots = if mode == "none" { 101 } else { 102 };
            let lots = if mode == "maker" { 101 } else { lots };
            let told = pit.play(&format!("1 buy 2 market x{lots} stp {mode}"));
            assert_eq!(told[0] == "accepted 1/2", taken, "{mode} with {cash}: {told:?}");
        }
    }
}

#[test]
fn replacing_gives_the_old_reservation_back_before_the_new_is_asked_for() {
    let mut pit = pit();
    pit.play("1 buy 1 @ 100 x10");
    assert_eq!(pit.cash(1), (1_000, 1_000));
    assert_eq!(pit.play("1 replace 1 @ 101 x10"), ["rejected 1/1 InsufficientCash"]);
    assert_eq!(pit.cash(1), (1_000, 1_000));
    pit.play("1 replace 1 @ 125 x8");
    assert_eq!(pit.cash(1), (1_000, 1_000));
    pit.play("1 replace 1 @ 125 x2");
    assert_eq!(pit.cash(1), (1_000, 250));
    pit.play("2 sell 1 @ 500 x10");
    assert_eq!(pit.play("2 replace 1 @ 500 x11"), ["rejected 2/1 ShortSale"]);
    pit.play("2 replace 1 @ 400 x9");
    assert_eq!(pit.lots(2), (10, 9));
}

#[test]
fn what_has_traded_needs_no_cover_when_its_order_is_replaced() {
    let mut pit = pit();
    pit.play("1 buy 1 @ 100 x10\n2 sell 1 @ 100 x4");
    assert_eq!(pit.cash(1), (600, 600));
    assert_eq!(pit.play("1 replace 1 @ 100 x11"), ["rejected 1/1 InsufficientCash"]);
    assert_eq!(pit.play("1 replace 1 @ 120 x9")[1], "rests 1/1 buy 120x5");
    assert_eq!(pit.cash(1), (600, 600));
}

#[test]
fn below_zero_the_seller_pays_and_keeps_the_price_reserved() {
    let mut pit = pit();
    assert_eq!(pit.play("2 sell 1 @ -10 x10"), ["rejected 2/1 InsufficientCash"]);
    pit.play("deposit 2 100\n2 sell 1 @ -10 x10");
    assert_eq!((pit.cash(2), pit.lots(2)), ((100, 100), (10, 10)));
    pit.play("1 buy 1 market x4");
    assert_eq!((pit.cash(1), pit.lots(1)), ((1_040, 0), (4, 0)), "paid for taking it");
    assert_eq!((pit.cash(2), pit.lots(2)), ((60, 60), (6, 6)));
    pit.play("2 cancel 1");
    assert_eq!((pit.cash(2), pit.lots(2)), ((60, 0), (6, 0)));
}

#[test]
fn a_bid_below_zero_needs_no_cash() {
    let mut pit = pit();
    pit.play("2 buy 1 @ -10 x10");
    assert_eq!(pit.cash(2), (0, 0));
    assert_eq!(pit.play("2 sell 2 @ 100 x10")[0], "accepted 2/2");
    // A market sale into it costs 10 each, which Ann could pay but does not own, and 9 may owe.
    assert_eq!(pit.play("1 sell 1 market x1"), ["rejected 1/1 ShortSale"]);
    pit.play("deliver 1 200");
    assert_eq!(pit.trades("1 sell 1 market x10"), ["trade -10x10 maker 2/1 taker 1/1"]);
    assert_eq!(pit.cash(1), (900, 0));
    assert_eq!(pit.cash(2), (100, 0));
}

#[test]
fn a_market_sale_below_zero_needs_what_its_walk_costs() {
    let mut pit = pit();
    pit.play("9 buy 1 @ 3 x1\n9 buy 2 @ -5 x9");
    assert_eq!(pit.play("2 sell 1 market x2"), ["rejected 2/1 InsufficientCash"], "3 - 5 < 0");
    pit.play("deposit 2 2");
    assert_eq!(pit.trades("2 sell 1 market x2").len(), 2);
    assert_eq!((pit.cash(2), pit.lots(2)), ((0, 0), (8, 0)));
}

#[test]
fn credit_is_never_checked_reserves_nothing_and_may_owe_both() {
    let mut pit = pit();
    pit.play("9 sell 1 @ 100 x10");
    assert_eq!(pit.lots(9), (0, 0));
    pit.play("1 buy 1 @ 100 x10\n9 buy 2 @ 777 x5");
    assert_eq!((pit.cash(9), pit.lots(9)), ((1_000, 0), (-10, 0)));
    pit.play("2 sell 1 @ 777 x5");
    assert_eq!((pit.cash(9), pit.lots(9)), ((1_000 - 5 * 777, 0), (-5, 0)));
}

#[test]
fn orders_ended_by_prevention_give_back_what_they_reserved() {
    let mut pit = pit();
    pit.play("deliver 1 5\n1 sell 1 @ 50 x5\n1 buy 2 @ 50 x5 stp maker");
    assert_eq!((pit.cash(1), pit.lots(1)), ((1_000, 250), (5, 0)));
    pit.play("1 sell 3 @ 50 x2 stp both");
    assert_eq!((pit.cash(1), pit.lots(1)), ((1_000, 0), (5, 0)));
}

#[test]
fn one_purse_serves_both_instruments() {
    let mut pit = pit();
    pit.play("1 buy 1 @ 60 x10");
    assert_eq!(pit.play("1 buy 2 @ 41 x10 on 1"), ["rejected 1/2 InsufficientCash"]);
    assert_eq!(pit.play("1 buy 2 @ 40 x10 on 1")[0], "accepted 1/2 on 1");
    assert_eq!(pit.play("2 sell 1 @ 1 x1 on 1"), ["rejected 2/1 ShortSale"], "shares are not");
    pit.play("1 cancel 1");
    assert_eq!(pit.cash(1), (1_000, 400));
}

#[test]
fn what_came_in_is_what_is_there() {
    let mut pit = pit();
    pit.play(
        "2 sell 1 @ 90 x5\n1 buy 1 @ 95 x3\n9 buy 1 market x2\n9 sell 2 @ 80 x4\n1 buy 2 @ 80 x1
         deposit 2 17\ndeliver 9 3",
    );
    let cash: i128 = [1, 2, 9].map(|account| pit.cash(account).0).iter().sum();
    let lots: i128 = [1, 2, 9].map(|account| pit.lots(account).0).iter().sum();
    assert_eq!((cash, lots), (1_000 + 17, 10 + 3));
}
