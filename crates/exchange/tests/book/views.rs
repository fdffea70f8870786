//! A view is the book at its moment, for whoever holds it and for as long as he does.

use pitfloor_exchange::Exchange;
use pitfloor_exchange::book::{Book, BookView, Depth, Level, Resting, Sweep};
use pitfloor_model::command::Stp;
use pitfloor_model::units::{AccountId, OrderId, OrderKey, Price, Qty, Side, Stamp};

fn order(n: u64, side: Side, price: i64, leaves: u64) -> Resting {
    Resting {
        key: OrderKey::new(AccountId(1), OrderId(n)),
        side,
        price: Price(price),
        leaves: Qty(leaves),
        traded: Qty::ZERO,
        stamp: Stamp(n),
        stp: Stp::None,
        hidden: false,
        pegged: false,
        more: Resting::PLAIN,
    }
}

/// `levels` levels a side, one lot more on each, next to a spread of two ticks around 0.
fn ladder(levels: u64) -> Book {
    let mut book = Book::default();
    for n in 1..=levels {
        book.rest(order(2 * n, Side::Buy, -(n as i64), n));
        book.rest(order(2 * n + 1, Side::Sell, n as i64, n));
    }
    book
}

const fn may_travel<T: Send + Sync>() {}
const _: () = may_travel::<BookView>();
const _: () = may_travel::<Exchange>();

#[test]
fn a_view_answers_as_the_book_did() {
    let mut book = ladder(100);
    let hidden = Resting { hidden: true, ..order(900, Side::Sell, 0, 7) };
    book.rest(hidden);
    let view = book.view();
    let best = Level { price: Price(1), qty: Qty(1), orders: 1 };
    assert_eq!(view.best_level(Side::Sell), Some(best), "the hidden order is in no view");
    assert_eq!(view.level(Side::Sell, Price(0)), None);
    assert_eq!(view.level(Side::Buy, Price(-70)).unwrap().qty, Qty(70));
    assert_eq!(view.levels(Side::Buy).count(), 100);
    let depth = Depth { levels: 3, orders: 3, qty: Qty(6) };
    assert_eq!(view.depth(Side::Buy, Some(Price(-3))), depth);
    assert_eq!(view.depth(Side::Sell, None).qty, Qty(5_050));
    // 1 lot at 1, 2 at 2, 2 of 3 at 3.
    assert_eq!(view.sweep(Side::Sell, Qty(5)), Sweep { qty: Qty(5), value: 11 });
    assert_eq!(view.sweep(Side::Sell, Qty(1 << 40)).qty, Qty(5_050), "more than there is");
    assert_eq!(view.digest(), book.digest());
}

#[test]
fn a_view_stays_while_the_book_goes_on() {
    let mut book = ladder(1_000);
    let (view, digest) = (book.view(), book.digest());
    while let Some(slot) = book.first(Side::Sell) {
        book.remove(slot);
        book.rest(order(5_000, Side::Buy, -5_000, 1));
    }
    assert_ne!(book.digest(), digest);
    assert_eq!(view.digest(), digest);
    assert_eq!(view.levels(Side::Sell).count(), 1_000);
    assert_eq!((book.view().digest(), book.digest()), (book.digest(), book.digest()));
}

#[test]
fn each_of_the_digests_parts_counts() {
    let digest = |orders: &[Resting]| {
        let mut book = Book::default();
        for order in orders {
            book.rest(*order);
        }
        book.digest()
    };
    let plain = digest(&[order(1, Side::Buy, 10, 4)]);
    assert_eq!(plain, digest(&[order(2, Side::Buy, 10, 4)]), "names are not in a view");
    for other in [
        &[][..],
        &[order(1, Side::Sell, 10, 4)],
        &[order(1, Side::Buy, 11, 4)],
        &[order(1, Side::Buy, 10, 5)],
        &[order(1, Side::Buy, 10, 3), order(2, Side::Buy, 10, 1)],
    ] {
        assert_ne!(plain, digest(other), "{other:?}");
    }
}

#[test]
fn others_read_a_view_while_the_market_goes_on() {
    let mut book = ladder(300);
    for round in 0..if cfg!(miri) { 2 } else { 100 } {
        let (view, digest) = (book.view(), book.digest());
        std::thread::scope(|scope| {
            let seen = scope.spawn(move || {
                let again = view.clone();
                (view.digest(), again.levels(Side::Buy).count(), again.digest())
            });
            for n in 0..50 {
                let slot = book.first(Side::BOTH[n % 2]).unwrap();
                let gone = book.remove(slot);
                let price = gone.price.0 + gone.price.0.signum() * 300;
                book.rest(order(10_000 + round, gone.side, price, 1 + round));
            }
            let (seen, levels, again) = seen.join().unwrap();
            assert_eq!((seen, again), (digest, digest));
            assert!(levels > 200, "{levels}");
        });
    }
}

#[test]
fn a_copy_of_the_book_goes_its_own_way() {
    let mut book = ladder(100);
    let view = book.view();
    let mut copy = book.clone();
    assert_eq!(copy.digest(), book.digest());
    let slot = copy.first(Side::Buy).unwrap();
    copy.fill(slot, Qty(1));
    assert_eq!(book.digest(), view.digest());
    assert_eq!(copy.best(Side::Buy), Some(Price(-2)));
    let slot = book.first(Side::Sell).unwrap();
    book.fill(slot, Qty(1));
    assert_eq!(copy.best(Side::Sell), Some(Price(1)));
}
