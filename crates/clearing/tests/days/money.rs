//! What a trade of a currency pair moves and needs (C-11).

use crate::desk::{ANN, BOB, Desk, EUR, EURUSD, STREET, USD};
use pitfloor_clearing::Need;
use pitfloor_model::event::Reject;
use pitfloor_model::units::Cash;

#[test]
fn euros_one_way_and_dollars_the_other() {
    let mut desk = Desk::new();
    desk.house.deposit(ANN, EUR, Cash(5_000)).unwrap();
    assert_eq!(desk.trade(EURUSD, BOB, ANN, 30, 112), []);
    let euros = |account| desk.house.ledger().cash(account, EUR).unwrap().total;
    assert_eq!((euros(ANN), euros(BOB)), (Cash(2_000), Cash(3_000)));
    assert_eq!((desk.cash(ANN), desk.cash(BOB)), (103_360, 96_640));
    assert_eq!((desk.lots(ANN, EURUSD), desk.lots(BOB, EURUSD)), (0, 0), "a pair is no holding");
}

#[test]
fn who_sells_euros_must_have_them_free() {
    let mut desk = Desk::new();
    desk.house.deposit(ANN, EUR, Cash(3_050)).unwrap();
    let pair = desk.asset(EURUSD);
    let afford = |desk: &Desk, account, lots| {
        desk.house.afford(account, pair, desk.need(EURUSD, lots, 112), Need::default())
    };
    assert_eq!(afford(&desk, ANN, -30), Ok(()));
    assert_eq!(afford(&desk, ANN, -31), Err(Reject::ShortSale), "half a euro is none");
    assert_eq!(afford(&desk, BOB, -1), Err(Reject::ShortSale));
    assert_eq!(afford(&desk, STREET, -1), Ok(()));
    desk.rest(ANN, EURUSD, -20, 112);
    assert_eq!(desk.house.ledger().cash(ANN, EUR).unwrap().reserved, Cash(2_000));
    assert_eq!(afford(&desk, ANN, -10), Ok(()));
    assert_eq!(afford(&desk, ANN, -11), Err(Reject::ShortSale));
    let freed = desk.need(EURUSD, -20, 112);
    let need = desk.need(EURUSD, -30, 112);
    assert_eq!(desk.house.afford(ANN, pair, need, freed), Ok(()));
}

#[test]
fn who_buys_euros_must_have_the_dollars() {
    let mut desk = Desk::new();
    let pair = desk.asset(EURUSD);
    let afford = |lots| desk.house.afford(BOB, pair, desk.need(EURUSD, lots, 100), Need::default());
    assert_eq!(afford(1_000), Ok(()));
    assert_eq!(afford(1_001), Err(Reject::InsufficientCash));
    desk.rest(BOB, EURUSD, 400, 100);
    assert_eq!(desk.house.ledger().cash(BOB, USD).unwrap().reserved, Cash(40_000));
}
