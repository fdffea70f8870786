//! The tables of a run: events as rows.

use crate::fail::Failure;
use crate::words;
use pitfloor_exchange::Exchange;
use pitfloor_model::command::{Kind, Stamped, Tif};
use pitfloor_model::event::{Entry, Event, Terms};
use pitfloor_model::instrument::{Currency, Instrument, Venue};
use pitfloor_model::units::{
    AccountId, Cash, CurrencyId, InstrumentId, OrderKey, Price, Qty, Side,
};
use pitfloor_sim::decision::Decision;
use pitfloor_sim::kernel::{Endowment, Seen};
use pitfloor_sim::scenario::Scenario;
use pitfloor_store::run_folder::{self, RunFolder};
use pitfloor_store::tables::{
    AccountRow, AccountTable, DecisionRow, DecisionTable, OrderRow, OrderTable, QuoteRow,
    QuoteTable, TableError, TradeRow, TradeTable,
};
use serde_json::{Map, Value, json};
use std::path::PathBuf;
use std::sync::Arc;

/// The tables that grow with the run.
pub(crate) struct Tables {
    venue: Arc<Venue>,
    trades: TradeTable,
    orders: OrderTable,
    quotes: QuoteTable,
    /// Where decisions go, and their table once there is one.
    decided: PathBuf,
    decisions: Option<DecisionTable>,
}

/// What an event says of an order, column by column.
#[derive(Default)]
struct Said {
    side: Option<Side>,
    kind: Option<Kind>,
    tif: Option<Tif>,
    price: Option<Price>,
    qty: Option<Qty>,
    leaves: Option<Qty>,
    shown: Option<Qty>,
    reason: Option<String>,
}

impl Said {
    fn terms(terms: &Terms) -> Self {
        let Terms { side, kind, price, qty, tif, .. } = *terms;
        let (side, kind, tif, qty) = (Some(side), Some(kind), Some(tif), Some(qty));
        Self { side, kind, tif, price, qty, ..Self::default() }
    }
}

impl Tables {
    /// Begins the tables of a run in `folder`.
    pub(crate) fn create(folder: &RunFolder, venue: &Arc<Venue>) -> Result<Self, Failure> {
        let (trades, orders) = (folder.file(run_folder::TRADES), folder.file(run_folder::ORDERS));
        let begin = || {
            Ok(Self {
                venue: venue.clone(),
                trades: TradeTable::create(trades)?,
                orders: OrderTable::create(orders)?,
                quotes: QuoteTable::create(folder.file(run_folder::QUOTES))?,
                decided: folder.file(run_folder::DECISIONS),
                decisions: None,
            })
        };
        begin().map_err(world)
    }

    /// Writes what a command caused.
    pub(crate) fn see(&mut self, seen: &Seen<'_>) -> Result<(), Failure> {
        for event in seen.events {
            self.trade(seen.stamped, event).map_err(world)?;
            self.order(seen.stamped, event).map_err(world)?;
        }
        for instrument in seen.board.moved() {
            self.quote(seen, *instrument).map_err(world)?;
        }
        Ok(())
    }

    /// Writes why the agent called `name` acts.
    pub(crate) fn decided(&mut self, name: &str, decision: &Decision) -> Result<(), Failure> {
        let decisions = match &mut self.decisions {
            Some(decisions) => decisions,
            none => none.insert(DecisionTable::create(&self.decided).map_err(world)?),
        };
        let figures = decision.figures.iter();
        let figures: Map<_, _> =
            figures.map(|(name, it)| ((*name).to_owned(), json!(it))).collect();
        let row = DecisionRow {
            at: decision.at,
            account: decision.account,
            name,
            rule: decision.rule,
            figures: &Value::Object(figures).to_string(),
            first_order: decision.orders.map(|(first, _)| first),
            last_order: decision.orders.map(|(_, last)| last),
        };
        decisions.push(&row).map_err(world)
    }

    /// Ends them, and adds the accounts as they are now.
    pub(crate) fn finish(
        self,
        folder: &RunFolder,
        scenario: &Scenario,
        exchange: &Exchange,
    ) -> Result<(), Failure> {
        let end = || {
            self.trades.finish()?;
            self.orders.finish()?;
            self.quotes.finish()?;
            self.decisions.map_or(Ok(0), DecisionTable::finish)?;
            accounts(folder, scenario, exchange)
        };
        end().map_err(world)
    }

    fn trade(&mut self, stamped: &Stamped, event: &Event) -> Result<(), TableError> {
        let Some(trade) = event.trade() else { return Ok(()) };
        let (maker, taker) = match trade.aggressor {
            Some(Side::Buy) => (Some(trade.sell.order), Some(trade.buy.order)),
            Some(Side::Sell) => (Some(trade.buy.order), Some(trade.sell.order)),
            None => (None, None),
        };
        let instrument = instrument(&self.venue, trade.instrument);
        self.trades.push(&TradeRow {
            seq: stamped.seq,
            at: stamped.at,
            trade: trade.trade,
            symbol: instrument.symbol(),
            buyer: trade.buy.account,
            seller: trade.sell.account,
            buy_order: trade.buy.order,
            sell_order: trade.sell.order,
            maker_order: maker,
            taker_order: taker,
            aggressor: trade.aggressor,
            price_ticks: trade.price,
            price: instrument.price_f64(trade.price),
            qty: trade.qty,
        })
    }

    fn order(&mut self, stamped: &Stamped, event: &Event) -> Result<(), TableError> {
        let Some((name, key, said)) = said(event) else { return Ok(()) };
        let definition = event.instrument().map(|id| instrument(&self.venue, id));
        let price = said.price.zip(definition).map(|(price, i)| i.price_f64(price));
        self.orders.push(&OrderRow {
            seq: stamped.seq,
            at: stamped.at,
            event: name,
            symbol: definition.map(Instrument::symbol),
            account: key.account,
            order: key.order,
            side: said.side,
            kind: said.kind.map(|kind| words::kind(&kind)),
            tif: said.tif.map(|tif| words::tif(&tif)),
            price_ticks: said.price,
            price,
            qty: said.qty,
            leaves: said.leaves,
            shown: said.shown,
            reason: said.reason.as_deref(),
        })
    }

    fn quote(&mut self, seen: &Seen<'_>, id: InstrumentId) -> Result<(), TableError> {
        let (instrument, quote) = (instrument(&self.venue, id), seen.board.quote(id));
        self.quotes.push(&QuoteRow {
            seq: seen.stamped.seq,
            at: seen.stamped.at,
            symbol: instrument.symbol(),
            bid_ticks: quote.bid.map(|(price, _)| price),
            bid: quote.bid.map(|(price, _)| instrument.price_f64(price)),
            bid_qty: quote.bid.map(|(_, qty)| qty),
            ask_ticks: quote.ask.map(|(price, _)| price),
            ask: quote.ask.map(|(price, _)| instrument.price_f64(price)),
            ask_qty: quote.ask.map(|(_, qty)| qty),
        })
    }
}

/// The name of an event about an order, the order, and what it says of it. A trade is told in the
/// table of trades, and concerns two orders; phases, auctions and accounts concern none.
fn said(event: &Event) -> Option<(&'static str, OrderKey, Said)> {
    let none = Said::default();
    Some(match *event {
        Event::Accepted { key, terms, entry, .. } => {
            let said = Said::terms(&terms);
            let reason = match entry {
                Entry::Entering => None,
                Entry::Waiting | Entry::Dormant | Entry::Parked => Some(format!("{entry:?}")),
            };
            ("Accepted", key, Said { leaves: Some(terms.qty), reason, ..said })
        }
        Event::Amended { key, terms, kept, .. } => {
            let reason = kept.then(|| "PriorityKept".to_owned());
            ("Amended", key, Said { reason, ..Said::terms(&terms) })
        }
        Event::Rejected { key, why } => {
            ("Rejected", key, Said { reason: Some(format!("{why:?}")), ..none })
        }
        Event::Rested { key, side, price, qty, .. } => {
            // Of an iceberg or a hidden order more is left than is shown.
            let (side, price, qty) = (Some(side), Some(price), Some(qty));
            ("Rested", key, Said { side, price, qty, shown: qty, ..none })
        }
        Event::Refreshed { key, side, price, shown, .. } => {
            let (side, price, qty) = (Some(side), Some(price), Some(shown));
            ("Refreshed", key, Said { side, price, qty, shown: qty, ..none })
        }
        Event::Repriced { key, side, to, .. } => {
            ("Repriced", key, Said { side: Some(side), price: Some(to), ..none })
        }
        Event::Parked { key, side, from, .. } => {
            ("Parked", key, Said { side: Some(side), price: from, shown: Some(Qty::ZERO), ..none })
        }
        Event::Triggered { key, price, .. } => {
            ("Triggered", key, Said { price: Some(price), ..none })
        }
        Event::Armed { key, qty, .. } => ("Armed", key, Said { qty: Some(qty), ..none }),
        Event::Expired { key, side, price, left, .. } => {
            let (side, qty) = (Some(side), Some(left));
            ("Expired", key, Said { side, price, qty, leaves: Some(Qty::ZERO), ..none })
        }
        Event::Unspent { key, .. } => ("Unspent", key, none),
        Event::Transferred { taker, price, qty, .. } => {
            ("Transferred", taker, Said { price: Some(price), qty: Some(qty), ..none })
        }
        Event::Replaced { key, side, price, qty, leaves, kept, .. } => {
            let reason = kept.then(|| "PriorityKept".to_owned());
            let (side, price) = (Some(side), Some(price));
            let (qty, leaves) = (Some(qty), Some(leaves));
            ("Replaced", key, Said { side, price, qty, leaves, reason, ..none })
        }
        Event::Reduced { key, side, price, by, leaves, .. } => {
            let (side, price) = (Some(side), Some(price));
            ("Reduced", key, Said { side, price, qty: Some(by), leaves: Some(leaves), ..none })
        }
        Event::Prevented { taker, price, qty, mode, .. } => {
            let (price, qty, reason) = (Some(price), Some(qty), Some(format!("{mode:?}")));
            ("Prevented", taker, Said { price, qty, reason, ..none })
        }
        Event::Cancelled { key, side, price, left, why, .. } => {
            let (side, qty, reason) = (Some(side), Some(left), Some(format!("{why:?}")));
            ("Cancelled", key, Said { side, price, qty, leaves: Some(Qty::ZERO), reason, ..none })
        }
        Event::ExpiredInMatch { key, side, price, left, .. } => {
            let (side, qty) = (Some(side), Some(left));
            ("ExpiredInMatch", key, Said { side, price, qty, leaves: Some(Qty::ZERO), ..none })
        }
        Event::Traded { .. }
        | Event::Crossed { .. }
        | Event::PhaseChanged { .. }
        | Event::Indicative { .. }
        | Event::Uncrossed { .. }
        | Event::CallExtended { .. }
        | Event::MassCancelled { .. }
        | Event::BandsChanged { .. }
        | Event::ReferenceSet { .. }
        | Event::ShortSalesRestricted { .. }
        | Event::KillSwitched { .. }
        | Event::GroupSet { .. }
        | Event::Clearing(_)
        | Event::TimeAdvanced { .. }
        | Event::AccountOpened { .. }
        | Event::Deposited { .. }
        | Event::Delivered { .. } => return None,
    })
}

/// A line per account and currency with its equity, and one per holding.
fn accounts(
    folder: &RunFolder,
    scenario: &Scenario,
    exchange: &Exchange,
) -> Result<(), TableError> {
    let venue = scenario.venue();
    let mut table = AccountTable::create(folder.file(run_folder::ACCOUNTS))?;
    let mut cast = scenario.cast();
    for account in exchange.ledger().accounts() {
        let (name, kind, endowed) = match cast.next() {
            Some((group, name, _, endowed)) => (name, group.kind.name, Some(endowed)),
            None => (format!("outside-{}", account.0), "outside", None),
        };
        let owner = Owner { account, name: &name, kind, endowed };
        for (id, currency) in (0..).map(CurrencyId).zip(venue.currencies()) {
            table.push(&cash_line(scenario, exchange, &owner, id, currency))?;
        }
        for (id, instrument) in (0..).map(InstrumentId).zip(venue.instruments()) {
            let held = exchange.lots(account, id).unwrap_or_default();
            if held.total != 0 || held.reserved != 0 {
                table.push(&lots_line(scenario, exchange, &owner, id, instrument))?;
            }
        }
    }
    table.finish().map(|_| ())
}

/// Whose lines these are, and what he brought along.
struct Owner<'a> {
    account: AccountId,
    name: &'a str,
    kind: &'a str,
    endowed: Option<Endowment>,
}

fn cash_line<'a>(
    scenario: &'a Scenario,
    exchange: &Exchange,
    owner: &Owner<'a>,
    id: CurrencyId,
    currency: &'a Currency,
) -> AccountRow<'a> {
    let unit = 10_f64.powi(i32::try_from(currency.decimals()).unwrap_or(0));
    let units = |cash: Cash| cash.0 as f64 / unit;
    let holding = exchange.cash(owner.account, id).unwrap_or_default();
    let instruments = (0..).map(InstrumentId).zip(scenario.venue().instruments());
    let here = instruments.filter(|(_, instrument)| instrument.currency() == id);
    // Equity in whole minor units, so that it does not depend on the order of adding.
    let equity = here.fold(holding.total.0, |sum, (of, _)| {
        let lots = exchange.lots(owner.account, of).unwrap_or_default().total;
        sum + worth(scenario, exchange, of, lots)
    });
    // Brought along: the cash, and the holdings at the price before the first trade.
    let brought = owner.endowed.as_ref().map_or(0, |endowed| {
        let cash = endowed.cash.iter().filter(|(currency, _)| *currency == id);
        let lots =
            endowed.lots.iter().map(|(of, qty)| (instrument(scenario.venue(), *of), of, qty));
        let lots = lots.filter(|(definition, ..)| definition.currency() == id);
        let worth = lots.map(|(definition, of, qty)| {
            definition.cost(scenario.listings()[of.index()].reference, *qty).0
        });
        cash.map(|(_, cash)| cash.0).sum::<i128>() + worth.sum::<i128>()
    });
    AccountRow {
        account: owner.account,
        name: owner.name,
        kind: owner.kind,
        symbol: None,
        currency: currency.code(),
        cash_minor: Some(holding.total),
        cash: Some(units(holding.total)),
        reserved_minor: Some(holding.reserved),
        reserved: Some(units(holding.reserved)),
        position_lots: None,
        reserved_lots: None,
        mark: None,
        value: None,
        equity: Some(units(Cash(equity))),
        pnl: Some(units(Cash(equity - brought))),
    }
}

fn lots_line<'a>(
    scenario: &'a Scenario,
    exchange: &Exchange,
    owner: &Owner<'a>,
    id: InstrumentId,
    instrument: &'a Instrument,
) -> AccountRow<'a> {
    let currency = scenario.venue().currency_of(instrument);
    let unit = 10_f64.powi(i32::try_from(currency.decimals()).unwrap_or(0));
    let holding = exchange.lots(owner.account, id).unwrap_or_default();
    let value = worth(scenario, exchange, id, holding.total);
    AccountRow {
        account: owner.account,
        name: owner.name,
        kind: owner.kind,
        symbol: Some(instrument.symbol()),
        currency: currency.code(),
        cash_minor: None,
        cash: None,
        reserved_minor: None,
        reserved: None,
        position_lots: i64::try_from(holding.total).ok(),
        reserved_lots: i64::try_from(holding.reserved).ok(),
        mark: Some(instrument.price_f64(mark(scenario, exchange, id))),
        value: Some(value as f64 / unit),
        equity: None,
        pnl: None,
    }
}

/// What holdings are valued at: the last trade, or the price before the first.
fn mark(scenario: &Scenario, exchange: &Exchange, id: InstrumentId) -> Price {
    exchange.last_price(id).unwrap_or(scenario.listings()[id.index()].reference)
}

/// What `lots` are worth, in minor units.
fn worth(scenario: &Scenario, exchange: &Exchange, id: InstrumentId, lots: i128) -> i128 {
    let tick_cash = i128::from(instrument(scenario.venue(), id).tick_cash());
    lots * i128::from(mark(scenario, exchange, id).0) * tick_cash
}

fn instrument(venue: &Venue, id: InstrumentId) -> &Instrument {
    &venue.instruments()[id.index()]
}

fn world(error: TableError) -> Failure {
    Failure::World(error.to_string())
}
