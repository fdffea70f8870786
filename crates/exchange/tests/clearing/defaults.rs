//! A member that cannot pay: what it put in before, what happens to its orders, and who bears what
//! (C-80 to C-82), by hand.

use crate::stage::{
    ACME, ANN, BOB, CAT, DAN, EUR, EVE, NEXT, Stage, USD, ratio, refusal, share, thing,
};
use pitfloor_model::clearing::{Act, Fund, HouseTerms, Ratio};
use pitfloor_model::command::{Command, Order};
use pitfloor_model::contract::InstrumentKind;
use pitfloor_model::event::{Credit, Reject};
use pitfloor_model::units::{AccountId, Cash, OrderId, Price, Qty, Side};

/// Whoever trades with the others, and is asked for nothing.
const MARKET: AccountId = AccountId(9);

fn contribute(member: AccountId, cash: i128) -> Act {
    Act::Contribute { member, cash: Cash(cash) }
}

fn declare(member: AccountId) -> Act {
    Act::Default { member }
}

fn cover(member: AccountId) -> Act {
    Act::Cover { member }
}

/// Members Ann, Bob, Cat and Eve; Dan is Ann's client. The house stands in with 100, and may ask for
/// half of a contribution again.
fn members() -> Stage {
    let terms = HouseTerms { skin: Cash(100), assessment_bips: 5_000, ..HouseTerms::default() };
    let pair = thing("EUR/USD", InstrumentKind::Fx { base: EUR, lot_cash: 1 });
    let mut stage = Stage::cleared(vec![share("ACME"), pair], terms);
    stage.open(ANN, Credit::Unlimited, 1_000).open(BOB, Credit::Unlimited, 230);
    stage.open(CAT, Credit::Unlimited, 1_000).open(DAN, Credit::Unlimited, 50);
    stage.open(EVE, Credit::Unlimited, 1_000).open(MARKET, Credit::Unlimited, 0);
    stage.act(Act::SetCarrier { account: DAN, carrier: Some(ANN) });
    for (member, cash) in [(ANN, 300), (BOB, 200), (CAT, 300), (EVE, 100)] {
        stage.act(contribute(member, cash));
    }
    stage
}

/// Lets an account lose so much in the market.
fn lose(stage: &mut Stage, account: AccountId, cash: i64) {
    stage.trade(account, MARKET, ACME, cash + 1, 1).trade(MARKET, account, ACME, 1, 1);
}

#[test]
fn a_member_puts_free_cash_into_the_guarantee_fund() {
    let mut stage = Stage::on(vec![share("ACME")]);
    stage.open(ANN, Credit::None, 1_000).open(BOB, Credit::None, 1_000);
    stage.act(Act::SetCarrier { account: BOB, carrier: Some(ANN) });
    stage.order(ANN, ACME, Side::Buy, 400, 1);
    stage.refuse(contribute(AccountId(99), 1), Reject::UnknownAccount);
    stage.refuse(contribute(ANN, 0), Reject::BadAmount);
    stage.refuse(contribute(ANN, -1), Reject::BadAmount);
    stage.refuse(contribute(ANN, 1 << 100), Reject::BadAmount);
    stage.refuse(contribute(BOB, 1), Reject::NotPossible);
    stage.refuse(contribute(ANN, 601), Reject::InsufficientCash);
    assert_eq!(stage.act(contribute(ANN, 600)), ["1 -600 Contribution"]);
    let house = stage.exchange.clearing();
    assert_eq!((house.contribution(ANN), house.contribution(BOB)), (Cash(600), Cash(0)));
    assert_eq!(house.ledger().fund(Fund::Guarantee, USD), Cash(600));
}

#[test]
fn a_default_takes_the_orders_of_a_member_and_of_whom_it_carries() {
    let mut stage = members();
    stage.order(DAN, ACME, Side::Buy, 90, 3);
    stage.order(ANN, ACME, Side::Sell, 110, 2);
    stage.order(BOB, ACME, Side::Sell, 120, 2);
    stage.refuse(declare(AccountId(99)), Reject::UnknownAccount);
    stage.refuse(declare(DAN), Reject::NotPossible);
    stage.refuse(cover(ANN), Reject::NotPossible);
    let told = stage.act(declare(ANN));
    let expected = [
        "block 1 true",
        "cancel 1/2 2 of 0 Default",
        "block 4 true",
        "cancel 4/1 3 of 0 Default",
        "default 1",
    ];
    assert_eq!(told, expected);
    stage.refuse(declare(ANN), Reject::NotPossible);
    stage.refuse(contribute(ANN, 1), Reject::NotPossible);
    for account in [ANN, DAN] {
        let told = stage.order(account, ACME, Side::Buy, 90, 1);
        assert_eq!(refusal(&told), Some(Reject::KillSwitch));
        assert!(stage.exchange.clearing().is_in_default(account));
    }
    assert_eq!(refusal(&stage.order(BOB, ACME, Side::Buy, 90, 1)), None);
}

#[test]
fn who_is_blocked_already_is_not_blocked_again() {
    let mut stage = members();
    stage.apply(Command::KillSwitch { account: ANN, on: true });
    assert_eq!(stage.act(declare(ANN)), ["block 4 true", "default 1"]);
}

/// Ann has 700 and loses 2,000: 1,300 are owed. Dan's 50 go first, then Ann's 300 in the fund, then the
/// house's 100; Bob's 200, Cat's 300 and Eve's 100 in the fund; and asked again up to a half, Bob has
/// 30, Cat gives 150, Eve 50. Twenty are left to the house.
#[test]
fn a_loss_goes_down_the_waterfall_to_its_end() {
    let mut stage = members();
    lose(&mut stage, ANN, 2_000);
    assert_eq!((stage.cash(ANN), stage.cash(BOB)), (-1_300, 30));
    stage.act(declare(ANN));
    assert_eq!(
        stage.act(cover(ANN)),
        [
            "4 -50 Cover",
            "Margin 50 left 1250",
            "Guarantee to House 300",
            "OwnContribution 300 left 950",
            "Skin 100 left 850",
            "Guarantee to House 600",
            "Guarantee 600 left 250",
            "2 -30 Contribution",
            "3 -150 Contribution",
            "5 -50 Contribution",
            "Guarantee to House 230",
            "Assessment 230 left 20",
            "1 +1300 Cover",
            "House to Between 1250",
            "covered 1 loss 20",
        ]
    );
    let house = stage.exchange.clearing();
    assert_eq!(house.ledger().fund(Fund::House, USD), Cash(-120), "its capital and its loss");
    assert_eq!(house.ledger().fund(Fund::Guarantee, USD), Cash(0));
    assert_eq!(house.skin(), Cash(0));
    for member in [ANN, BOB, CAT, EVE] {
        assert_eq!(house.contribution(member), Cash(0));
    }
    assert_eq!([ANN, DAN].map(|who| stage.cash(who)), [0, 0]);
    assert_eq!(stage.act(cover(ANN)), ["covered 1 loss 0"], "nothing is owed any more");
}

/// 500 owed beyond the margin: 300 are Ann's own, 100 the house's. The last 100 come from 200, 300 and
/// 100 in proportion: 33.3, 50 and 16.7.
#[test]
fn others_give_in_proportion_and_no_more_than_is_owed() {
    let mut stage = members();
    lose(&mut stage, ANN, 1_250);
    stage.act(declare(ANN));
    let told = stage.act(cover(ANN));
    assert_eq!(told[6], "Guarantee 100 left 0", "{told:?}");
    assert_eq!(told[7..], ["1 +550 Cover", "House to Between 500", "covered 1 loss 0"]);
    let left = [BOB, CAT, EVE].map(|who| stage.exchange.clearing().contribution(who).0);
    assert_eq!(left, [167, 250, 83], "the largest remainder is Eve's two thirds");
}

/// What one layer covers does not reach the next.
#[test]
fn a_small_loss_stops_at_the_layer_that_covers_it() {
    for (lost, last) in [(740, "Margin 40 left 0"), (1_000, "OwnContribution 250 left 0")] {
        let mut stage = members();
        lose(&mut stage, ANN, lost);
        stage.act(declare(ANN));
        let told = stage.act(cover(ANN));
        let layers: Vec<_> = told.iter().filter(|line| line.contains(" left ")).collect();
        assert_eq!(layers.last().unwrap().as_str(), last, "{told:?}");
        assert_eq!(stage.exchange.clearing().skin(), Cash(100));
        assert_eq!(told.last().unwrap(), "covered 1 loss 0");
    }
}

/// A second default finds what the first left: no capital of the house, and the contribution of a
/// member in default is not asked for anybody else's loss.
#[test]
fn a_second_default_finds_what_the_first_left() {
    let mut stage = members();
    lose(&mut stage, ANN, 1_150);
    stage.act(declare(BOB));
    stage.act(declare(ANN));
    let told = stage.act(cover(ANN));
    assert_eq!(told[4], "Skin 100 left 0", "700, 50, 300 and 100: {told:?}");
    lose(&mut stage, EVE, 1_100);
    stage.act(declare(EVE));
    assert_eq!(stage.cash(EVE), -200);
    assert_eq!(
        stage.act(cover(EVE)),
        [
            "Guarantee to House 100",
            "OwnContribution 100 left 100",
            "Guarantee to House 100",
            "Guarantee 100 left 0",
            "5 +200 Cover",
            "House to Between 200",
            "covered 5 loss 0",
        ]
    );
    let house = stage.exchange.clearing();
    assert_eq!([BOB, CAT].map(|who| house.contribution(who).0), [200, 200], "Cat's alone");
}

#[test]
fn a_default_is_not_closed_while_positions_are_open() {
    let mut stage = members();
    stage.trade(DAN, MARKET, ACME, 100, 1);
    stage.act(declare(ANN));
    stage.refuse(cover(ANN), Reject::NotPossible);
    stage.refuse(cover(BOB), Reject::NotPossible);
    stage.refuse(cover(DAN), Reject::NotPossible);
    stage.refuse(cover(AccountId(99)), Reject::UnknownAccount);
    stage.value(ACME, 100);
    stage.act(Act::Assign { from: DAN, to: BOB, instrument: ACME, lots: 1 });
    stage.act(cover(ANN));
}

/// The house closes the position in the market by an order of its own number for the account.
#[test]
fn the_house_may_close_what_is_blocked_and_nothing_else() {
    let mut stage = members();
    stage.trade(ANN, MARKET, ACME, 100, 5);
    stage.order(BOB, ACME, Side::Buy, 95, 10);
    stage.act(declare(ANN));
    let own = |side, qty, number| {
        let id = OrderId(OrderId::VENUE_FIRST.0 + number);
        Command::Place(Order::limit(ANN, id, ACME, side, Price(95), Qty(qty)))
    };
    assert_eq!(refusal(&stage.apply(own(Side::Sell, 6, 0))), Some(Reject::ReduceOnly));
    assert_eq!(refusal(&stage.apply(own(Side::Buy, 1, 0))), Some(Reject::ReduceOnly));
    assert_eq!(refusal(&stage.apply(own(Side::Sell, 5, 0))), None);
    assert_eq!(stage.held(ANN, ACME), 0);
    let told = stage.act(cover(ANN));
    assert_eq!(told, ["covered 1 loss 0"], "700 less 25 of loss owe nothing");
}

/// A euro is worth 1.50. 101 euros owed are 151.5 dollars: 152 to cover.
#[test]
fn debts_of_one_currency_are_paid_out_of_another() {
    let mut stage = members();
    stage.act(Act::SetFx { currency: EUR, rate: ratio(3, 2) });
    stage.trade(MARKET, ANN, NEXT, 10, 101);
    assert_eq!((stage.cash(ANN), stage.cash_of(ANN, EUR)), (700 + 1_010, -101));
    stage.act(declare(ANN));
    assert_eq!(
        stage.act(cover(ANN)),
        [
            "1 -152 Cover",
            "Margin 152 left 0",
            "1 +101 EUR Cover",
            "Between to House 152",
            "House to Between 101 EUR",
            "covered 1 loss 0",
        ]
    );
    let mut stage = members();
    stage.act(Act::SetFx { currency: EUR, rate: ratio(3, 2) });
    stage.fund(ANN, EUR, 500);
    lose(&mut stage, ANN, 850);
    stage.act(declare(ANN));
    let told = stage.act(cover(ANN));
    assert_eq!(told[..2], ["1 -100 EUR Cover", "Margin 150 left 0"], "100 euros are 150 dollars");
    let mut stage = members();
    stage.act(Act::SetFx { currency: EUR, rate: Ratio::whole(7) });
    stage.fund(ANN, EUR, 500);
    lose(&mut stage, ANN, 850);
    stage.act(declare(ANN));
    let told = stage.act(cover(ANN));
    assert_eq!(told[0], "1 -22 EUR Cover", "the least that is worth 150 is 22 at 7 each");
}
