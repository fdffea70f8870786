//! What is put into a table is what anybody reads out of it.
#![allow(missing_docs)]

use parquet::file::reader::{FileReader, SerializedFileReader};
use pitfloor_model::units::{AccountId, Cash, OrderId, Price, Qty, Side, Time, TradeId};
use pitfloor_store::tables::{
    AccountRow, AccountTable, Field, OrderRow, OrderTable, QuoteRow, QuoteTable, ROWS_PER_GROUP,
    Row, TableError, TradeRow, TradeTable, columns, rows,
};
use std::path::{Path, PathBuf};

struct Home(tempfile::TempDir);

impl Home {
    fn new() -> Self {
        Self(tempfile::tempdir().expect("a temporary folder"))
    }

    fn at(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }
}

fn trade(n: u64) -> TradeRow<'static> {
    let ticks = 10_000 + i64::try_from(n % 7).expect("small");
    TradeRow {
        seq: n * 2,
        at: Time(n * 1_000_000),
        trade: TradeId(n),
        symbol: if n.is_multiple_of(3) { "ACME" } else { "BOLT" },
        buyer: AccountId(7),
        seller: AccountId(u32::MAX),
        buy_order: OrderId(u64::MAX),
        sell_order: OrderId(n + 1),
        maker_order: Some(OrderId(n + 1)),
        taker_order: Some(OrderId(u64::MAX)),
        aggressor: Some(if n.is_multiple_of(2) { Side::Buy } else { Side::Sell }),
        price_ticks: Price(ticks),
        price: ticks as f64 / 100.0,
        qty: Qty(n + 1),
    }
}

const NO_ORDER: OrderRow<'static> = OrderRow {
    seq: 0,
    at: Time::ZERO,
    event: "rejected",
    symbol: None,
    account: AccountId(1),
    order: OrderId::NONE,
    side: None,
    kind: None,
    tif: None,
    price_ticks: None,
    price: None,
    qty: None,
    leaves: None,
    shown: None,
    reason: None,
};

const NO_LINE: AccountRow<'static> = AccountRow {
    account: AccountId(1),
    name: "noise-1",
    kind: "noise",
    symbol: None,
    currency: "USD",
    cash_minor: None,
    cash: None,
    reserved_minor: None,
    reserved: None,
    position_lots: None,
    reserved_lots: None,
    mark: None,
    value: None,
    equity: None,
    pnl: None,
};

fn read(path: &Path) -> Vec<Row> {
    rows(path).expect("it is there").map(|row| row.expect("it is whole")).collect()
}

/// The cell of `row` in the column `name`.
fn cell(row: &Row, name: &str) -> Field {
    let mut cells = row.get_column_iter();
    let found = cells.find(|(column, _)| *column == name);
    found.unwrap_or_else(|| panic!("there is a column {name}")).1.clone()
}

fn named(path: &Path) -> Vec<String> {
    let columns = columns(path).expect("it is there").into_iter();
    columns.map(|c| format!("{} {}{}", c.name, c.kind, if c.optional { "?" } else { "" })).collect()
}

#[test]
fn a_trade_is_read_as_it_was_written() {
    let home = Home::new();
    let path = home.at("trades.parquet");
    let mut table = TradeTable::create(&path).expect("the folder is there");
    table.push(&trade(0)).expect("there is room");
    table.push(&trade(1)).expect("there is room");
    assert!(!path.exists(), "not before it is whole");
    assert_eq!(table.finish().expect("there is room"), 2);
    assert_eq!(
        read(&path)[1].to_string(),
        "{seq: 2, at_ns: 1000000, trade: 1, symbol: \"BOLT\", buyer: 7, seller: 4294967295, \
         buy_order: 18446744073709551615, sell_order: 2, maker_order: 2, \
         taker_order: 18446744073709551615, aggressor: \"sell\", \
         price_ticks: 10001, price: 100.01, qty: 2}"
    );
}

/// In an auction nobody arrived and nobody waited.
#[test]
fn a_pairing_of_an_auction_has_two_orders_and_no_aggressor() {
    let home = Home::new();
    let path = home.at("trades.parquet");
    let mut table = TradeTable::create(&path).expect("the folder is there");
    let pairing = TradeRow { maker_order: None, taker_order: None, aggressor: None, ..trade(4) };
    table.push(&pairing).expect("there is room");
    table.finish().expect("there is room");
    let row = &read(&path)[0];
    for name in ["maker_order", "taker_order", "aggressor"] {
        assert_eq!(cell(row, name), Field::Null);
    }
    assert_eq!(cell(row, "sell_order"), Field::ULong(5));
}

/// Notebooks rely on these names and kinds: they are added to, not changed.
#[test]
fn the_columns_are_what_is_documented() {
    let home = Home::new();
    let path = home.at("table.parquet");
    TradeTable::create(&path).and_then(TradeTable::finish).expect("there is room");
    assert_eq!(
        named(&path).join(", "),
        "seq u64, at_ns u64, trade u64, symbol text, buyer u32, seller u32, buy_order u64, \
         sell_order u64, maker_order u64?, taker_order u64?, aggressor text?, price_ticks i64, price f64, qty u64"
    );
    OrderTable::create(&path).and_then(OrderTable::finish).expect("there is room");
    assert_eq!(
        named(&path).join(", "),
        "seq u64, at_ns u64, event text, symbol text?, account u32, order u64, side text?, \
         kind text?, tif text?, price_ticks i64?, price f64?, qty u64?, leaves u64?, shown u64?, \
         reason text?"
    );
    QuoteTable::create(&path).and_then(QuoteTable::finish).expect("there is room");
    assert_eq!(
        named(&path).join(", "),
        "seq u64, at_ns u64, symbol text, bid_ticks i64?, bid f64?, bid_qty u64?, ask_ticks i64?, \
         ask f64?, ask_qty u64?"
    );
    AccountTable::create(&path).and_then(AccountTable::finish).expect("there is room");
    assert_eq!(
        named(&path).join(", "),
        "account u32, name text, kind text, symbol text?, currency text, cash_minor decimal?, \
         cash f64?, reserved_minor decimal?, reserved f64?, position_lots i64?, \
         reserved_lots i64?, mark f64?, value f64?, equity f64?, pnl f64?"
    );
    assert_eq!(read(&path).len(), 0, "a table without rows is a table");
}

#[test]
fn what_an_event_does_not_say_is_null() {
    let home = Home::new();
    let path = home.at("orders.parquet");
    let mut table = OrderTable::create(&path).expect("the folder is there");
    table.push(&OrderRow { reason: Some("ZeroQty"), ..NO_ORDER }).expect("there is room");
    let rested = OrderRow {
        seq: 9,
        event: "rested",
        symbol: Some("ACME"),
        side: Some(Side::Sell),
        kind: Some("limit"),
        tif: Some("gtc"),
        price_ticks: Some(Price(-3)),
        price: Some(-0.03),
        qty: Some(Qty(5)),
        leaves: Some(Qty(5)),
        ..NO_ORDER
    };
    table.push(&rested).expect("there is room");
    table.finish().expect("there is room");
    let found = read(&path);
    for name in ["symbol", "side", "kind", "tif", "price_ticks", "price", "qty", "leaves"] {
        assert_eq!(cell(&found[0], name), Field::Null, "{name}");
        assert_ne!(cell(&found[1], name), Field::Null, "{name}");
    }
    assert_eq!(cell(&found[0], "reason"), Field::Str("ZeroQty".into()));
    assert_eq!(cell(&found[1], "reason"), Field::Null);
    assert_eq!(cell(&found[1], "price_ticks"), Field::Long(-3));
    assert_eq!(cell(&found[1], "side"), Field::Str("sell".into()));
}

#[test]
fn an_empty_side_of_a_quote_is_null() {
    let home = Home::new();
    let path = home.at("quotes.parquet");
    let mut table = QuoteTable::create(&path).expect("the folder is there");
    let quote = QuoteRow {
        seq: 1,
        at: Time(5),
        symbol: "ACME",
        bid_ticks: Some(Price(99)),
        bid: Some(0.99),
        bid_qty: Some(Qty(10)),
        ask_ticks: None,
        ask: None,
        ask_qty: None,
    };
    table.push(&quote).expect("there is room");
    table.finish().expect("there is room");
    assert_eq!(
        read(&path)[0].to_string(),
        "{seq: 1, at_ns: 5, symbol: \"ACME\", bid_ticks: 99, bid: 0.99, bid_qty: 10, \
         ask_ticks: null, ask: null, ask_qty: null}"
    );
}

/// Absence is kept per row, in every group.
#[test]
fn nulls_stay_with_their_rows_from_group_to_group() {
    let home = Home::new();
    let path = home.at("orders.parquet");
    let mut table = OrderTable::create(&path).expect("the folder is there");
    let count = ROWS_PER_GROUP as u64 + 1_000;
    let leaves = |n: u64| n.is_multiple_of(3).then_some(Qty(n));
    for n in 0..count {
        table.push(&OrderRow { seq: n, leaves: leaves(n), ..NO_ORDER }).expect("there is room");
    }
    table.finish().expect("there is room");
    for (n, row) in (0..count).zip(read(&path)) {
        let expected = leaves(n).map_or(Field::Null, |qty| Field::ULong(qty.0));
        assert_eq!(cell(&row, "leaves"), expected);
        assert_eq!(cell(&row, "seq"), Field::ULong(n));
    }
}

/// More cash than 64 bits hold is exact, and more than a decimal holds is refused by name.
#[test]
fn cash_is_exact_or_refused() {
    let home = Home::new();
    let path = home.at("accounts.parquet");
    let mut table = AccountTable::create(&path).expect("the folder is there");
    let most = 10_i128.pow(38) - 1;
    for cash in [0, -1, most, -most] {
        table.push(&AccountRow { cash_minor: Some(Cash(cash)), ..NO_LINE }).expect("it fits");
    }
    let position = AccountRow { symbol: Some("ACME"), position_lots: Some(-40), ..NO_LINE };
    table.push(&position).expect("it fits");
    table.finish().expect("there is room");
    let found = read(&path);
    for (row, cash) in found.iter().zip([0, -1, most, -most]) {
        let Field::Decimal(decimal) = cell(row, "cash_minor") else { panic!("{row}") };
        let bytes: [u8; 16] = decimal.data().try_into().expect("sixteen bytes");
        assert_eq!(i128::from_be_bytes(bytes), cash);
        assert_eq!((decimal.precision(), decimal.scale()), (38, 0));
    }
    assert_eq!(cell(&found[4], "cash_minor"), Field::Null);
    assert_eq!(cell(&found[4], "position_lots"), Field::Long(-40));

    let mut table = AccountTable::create(&path).expect("the folder is there");
    let beyond = AccountRow { cash_minor: Some(Cash(most + 1)), ..NO_LINE };
    let error = table.push(&beyond).expect_err("39 digits");
    assert!(matches!(error, TableError::TooManyDigits { row: 1, column: "cash_minor", .. }));
    assert!(matches!(table.finish(), Err(TableError::Failed { .. })), "it would lack a row");
}

/// Rows go out group by group, and nothing is lost or reordered between groups.
#[test]
fn a_long_table_is_written_in_groups() {
    let home = Home::new();
    let path = home.at("trades.parquet");
    let count = 2 * ROWS_PER_GROUP as u64 + 5;
    let mut table = TradeTable::create(&path).expect("the folder is there");
    for n in 0..count {
        table.push(&trade(n)).expect("there is room");
    }
    assert_eq!(table.finish().expect("there is room"), count);
    let file = std::fs::File::open(&path).expect("it is there");
    let bytes_per_row = file.metadata().expect("it is there").len() / count;
    let reader = SerializedFileReader::new(file).expect("it is Parquet");
    let groups = reader.metadata().row_groups().iter().map(|group| group.num_rows());
    let full = i64::try_from(ROWS_PER_GROUP).expect("it fits");
    assert_eq!(groups.collect::<Vec<_>>(), [full, full, 5]);
    assert!(bytes_per_row < 12, "eleven columns of 76 bytes compress to {bytes_per_row}");
    for (n, row) in (0..).zip(rows(&path).expect("it is there")) {
        let row = row.expect("it is whole");
        assert_eq!(cell(&row, "trade"), Field::ULong(n));
        assert_eq!(cell(&row, "qty"), Field::ULong(n + 1));
        assert_eq!(cell(&row, "symbol"), Field::Str(trade(n).symbol.into()));
    }
}

#[test]
fn a_table_given_up_leaves_nothing_and_a_bad_one_is_named() {
    let home = Home::new();
    let path = home.at("trades.parquet");
    let mut table = TradeTable::create(&path).expect("the folder is there");
    table.push(&trade(0)).expect("there is room");
    drop(table);
    assert_eq!(std::fs::read_dir(home.0.path()).expect("it is there").count(), 0);
    assert!(matches!(columns(&path), Err(TableError::Disk { .. })));
    std::fs::write(&path, "seq,price\n1,2\n").expect("there is room");
    let error = columns(&path).expect_err("it is no Parquet");
    assert!(matches!(error, TableError::Parquet { .. }), "{error}");
    assert!(error.to_string().contains("trades.parquet"), "{error}");
}

/// Two tables of the same rows are the same file: a run folder can be compared byte by byte.
#[test]
fn the_same_rows_make_the_same_bytes() {
    let home = Home::new();
    let write = |name: &str| {
        let path = home.at(name);
        let mut table = TradeTable::create(&path).expect("the folder is there");
        (0..1_000).for_each(|n| table.push(&trade(n)).expect("there is room"));
        table.finish().expect("there is room");
        std::fs::read(path).expect("it is there")
    };
    assert!(write("a") == write("b"), "they differ");
}
