//! A bond from its listing to its redemption.

use crate::stage::{ACME, ANN, BOB, Stage, USD, ratio, refusal, thing};
use pitfloor_model::clearing::{Act, Distribution, Ratio};
use pitfloor_model::contract::{Bond, InstrumentKind};
use pitfloor_model::event::{Credit, Reject};
use pitfloor_model::units::{Cash, Side, Time};

/// Two coupons of 2.5 % on 1,000.00, then the loan is paid back.
#[test]
fn a_bond_pays_coupons_and_is_paid_back() {
    let (face, maturity) = (Cash(100_000), Time(1_000));
    let bond = Bond { face, coupon_bips: 500, frequency: 2, maturity };
    let mut stage = Stage::on(vec![thing("LOAN.27", InstrumentKind::Bond(bond))]);
    stage.open(ANN, Credit::None, 1_000_000).open(BOB, Credit::None, 0).lots(BOB, ACME, 10);
    stage.trade(ANN, BOB, ACME, 99_000, 4);
    let coupon = Act::Distribute {
        instrument: ACME,
        currency: USD,
        per_lot: ratio(5 * 100_000, 200),
        why: Distribution::Coupon,
    };
    let told = stage.act(coupon.clone());
    assert_eq!(told, ["1 +10000 Coupon", "2 +15000 Coupon", "distributed 0 Coupon"]);
    stage.trade(ANN, BOB, ACME, 99_500, 1);
    let told = stage.act(coupon);
    assert_eq!(told, ["1 +12500 Coupon", "2 +12500 Coupon", "distributed 0 Coupon"]);
    stage.order(BOB, ACME, Side::Sell, 99_900, 2);
    let redeemed = Act::Convert {
        instrument: ACME,
        into: None,
        cash: Ratio::whole(100_000),
        why: Distribution::Principal,
    };
    assert_eq!(
        stage.at(1_000).act(redeemed),
        [
            "cancel 2/5 2 of 0 CorporateAction",
            "1 -5 of 0 Conversion",
            "1 +500000 Principal",
            "2 -5 of 0 Conversion",
            "2 +500000 Principal",
            "ended 0",
            "0 Closed Ended",
        ]
    );
    let paid = 4 * 99_000 + 99_500;
    assert_eq!(stage.cash(ANN), 1_000_000 - paid + 22_500 + 500_000);
    assert_eq!(stage.cash(BOB), paid + 27_500 + 500_000);
    assert_eq!(refusal(&stage.order(ANN, ACME, Side::Buy, 1, 1)), Some(Reject::PhaseForbids));
}
