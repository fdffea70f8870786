//! `pitfloor account`: what an account of a run has, what it cost, what it earned, and why.
//!
//! Read from the run's journal: it is applied again, and the accounts are worked out from the events
//! alone (`pitfloor-accounts`), apart from the clearing house that the run had.

use crate::Done;
use crate::args::{Account, Basis};
use crate::builtin;
use crate::fail::Failure;
use pitfloor_accounts::account::Entry;
use pitfloor_accounts::trades::{Asked, Trades};
use pitfloor_accounts::{Accounts, Item, Method, Why};
use pitfloor_exchange::Exchange;
use pitfloor_model::event::Trade;
use pitfloor_model::instrument::Venue;
use pitfloor_model::units::{AccountId, CurrencyId, InstrumentId, Price, Span, Time};
use pitfloor_sim::history::Replay;
use pitfloor_sim::kernel::{Observer, Seen};
use pitfloor_sim::params::span;
use pitfloor_sim::scenario::Scenario;
use pitfloor_store::journal::Reader;
use pitfloor_store::run_folder;
use serde_json::{Value, json};
use std::fmt::Write as _;
use std::path::Path;

/// How many trades of a run can be looked through.
const TRADES_MAX: usize = 1 << 22;

/// Hears a run.
struct Listening {
    accounts: Accounts,
    trades: Trades,
}

impl Observer for Listening {
    fn saw(&mut self, seen: &Seen<'_>) {
        let at = seen.stamped.at;
        self.accounts.see(at, seen.events);
        seen.events.iter().for_each(|event| self.trades.see(at, event));
    }
}

/// What is asked for, checked.
struct Question {
    account: AccountId,
    name: String,
    instrument: Option<InstrumentId>,
    from: Time,
    until: Time,
}

/// A run's journal, opened: the scenario in its header and the records behind it.
pub(crate) struct Opened {
    reader: Reader,
    pub(crate) scenario: Scenario,
}

impl Opened {
    /// Opens the journal of a run folder, or a journal.
    pub(crate) fn of(run: &Path) -> Result<Self, Failure> {
        let path =
            run_folder::journal_of(run).map_err(|error| Failure::Input(error.to_string()))?;
        let reader = Reader::open(&path).map_err(|error| Failure::Input(error.to_string()))?;
        let scenario =
            builtin::parse(&format!("{} (header)", path.display()), reader.header(), &[])?;
        Ok(Self { reader, scenario })
    }

    /// Applies every record again while `observer` watches; the exchange at the end, and when.
    pub(crate) fn replay(&self, observer: &mut impl Observer) -> Result<(Replay, Time), Failure> {
        let mut replay = Replay::new(self.scenario.venue().clone());
        let mut last = Time::ZERO;
        for record in self.reader.records() {
            let refuse = |why: String| Failure::Input(format!("{}: {why}", self.reader.place()));
            let stamped = record.map_err(|damage| refuse(damage.to_string()))?;
            last = stamped.at;
            replay.step(&stamped, observer).map_err(|broken| refuse(broken.to_string()))?;
        }
        Ok((replay, last))
    }

    /// Before the first trade everything is worth this.
    pub(crate) fn references(&self) -> Vec<Price> {
        self.scenario.listings().iter().map(|listing| listing.reference).collect()
    }

    /// The account called `name`, or of this number, with its name.
    pub(crate) fn account(&self, name: &str) -> Result<(AccountId, String), Failure> {
        let names: Vec<String> = self.scenario.cast().map(|(_, name, ..)| name).collect();
        let number = name.parse().ok().filter(|number: &usize| *number < names.len());
        let number = number.or_else(|| names.iter().position(|other| other == name));
        let number = number.ok_or_else(|| {
            let groups = self.scenario.groups().iter().map(|group| group.name.as_str());
            let groups = groups.collect::<Vec<_>>().join(", ");
            let expected = format!("a number below {} or a name of {groups}", names.len());
            Failure::Input(format!("ACCOUNT: found {name:?}, expected {expected}"))
        })?;
        let id = AccountId(u32::try_from(number).expect("accounts are numbered"));
        Ok((id, names[number].clone()))
    }

    /// The instrument that `option` calls `symbol`.
    pub(crate) fn instrument(&self, option: &str, symbol: &str) -> Result<InstrumentId, Failure> {
        let venue = self.scenario.venue();
        venue.find(symbol).ok_or_else(|| {
            let known: Vec<_> = venue.instruments().iter().map(|listed| listed.symbol()).collect();
            let expected = format!("one of {}", known.join(", "));
            Failure::Input(format!("{option}: found {symbol:?}, expected {expected}"))
        })
    }
}

/// Tells of one account, or of all.
pub(crate) fn account(args: &Account) -> Result<Done, Failure> {
    let opened = Opened::of(&args.run)?;
    let question = args.account.as_deref().map(|name| question(args, name, &opened));
    let question = question.transpose()?;
    let scenario = &opened.scenario;
    let method = match args.basis {
        Basis::Fifo => Method::Fifo,
        Basis::Average => Method::Average,
    };
    let kept = if question.is_some() { args.entries } else { 0 };
    let mut heard = Listening {
        accounts: Accounts::new(scenario.venue().clone(), opened.references(), method, kept),
        trades: Trades::new(if question.is_some() { TRADES_MAX } else { 0 }),
    };
    let (replay, _) = opened.replay(&mut heard)?;
    let prices = prices(replay.exchange(), scenario);
    Ok(match question {
        None => everybody(&heard.accounts, scenario, &prices),
        Some(question) => one(&heard, scenario, &prices, &question),
    })
}

fn question(args: &Account, name: &str, opened: &Opened) -> Result<Question, Failure> {
    let (account, name) = opened.account(name)?;
    let instrument =
        args.instrument.as_deref().map(|symbol| opened.instrument("--instrument", symbol));
    let moment = |option: &str, text: &Option<String>, none: Time| match text.as_deref() {
        None => Ok(none),
        Some("0") => Ok(Time::ZERO),
        Some(text) => span(text).map(|Span(ns)| Time(ns)).map_err(|expected| {
            Failure::Input(format!("{option}: found {text:?}, expected {expected}"))
        }),
    };
    Ok(Question {
        account,
        name,
        instrument: instrument.transpose()?,
        from: moment("--from", &args.from, Time::ZERO)?,
        until: moment("--until", &args.until, Time(u64::MAX))?,
    })
}

/// What everything is worth at the end: the last print, before the first one the reference.
fn prices(exchange: &Exchange, scenario: &Scenario) -> Vec<Price> {
    let ids = (0..).map(InstrumentId);
    let last = |(id, listing): (InstrumentId, &pitfloor_sim::scenario::Listing)| {
        exchange.last_price(id).unwrap_or(listing.reference)
    };
    ids.zip(scenario.listings()).map(last).collect()
}

/// The accounts' figures, a line each.
fn everybody(accounts: &Accounts, scenario: &Scenario, prices: &[Price]) -> Done {
    let venue = scenario.venue();
    let names: Vec<String> = scenario.cast().map(|(_, name, ..)| name).collect();
    let (mut text, mut rows) = (String::new(), Vec::new());
    let (main, currency) = (CurrencyId(0), &venue.currencies()[0]);
    let code = currency.code();
    writeln!(
        text,
        "{:<20} {:>18} {:>16} {:>16}  positions",
        "account",
        format!("cash {code}"),
        "earned",
        "unrealised"
    )
    .expect("text grows");
    for (id, account) in accounts.accounts() {
        let name = names.get(id.0 as usize).cloned().unwrap_or_else(|| id.0.to_string());
        let gain = accounts.unrealised(id, prices).get(&main).copied().unwrap_or_default();
        let (cash, earned) = (account.cash(main), account.earned(main, venue));
        let held = account.positions().map(|(of, position)| {
            format!("{} {}", position.lots(), venue.instruments()[of.index()].symbol())
        });
        let held: Vec<String> = held.collect();
        writeln!(
            text,
            "{name:<20} {:>18} {:>16} {:>16}  {}",
            currency.show(cash),
            currency.show(earned),
            currency.show(gain),
            held.join(", ")
        )
        .expect("text grows");
        rows.push(json!({
            "account": name, "cash": currency.show(cash), "earned": currency.show(earned),
            "unrealised": currency.show(gain), "positions": positions(account, venue),
        }));
    }
    Done { json: json!({ "currency": code, "accounts": rows }), text, ended: Ok(()) }
}

fn positions(account: &pitfloor_accounts::Account, venue: &Venue) -> Value {
    let one = |(of, position): (InstrumentId, &pitfloor_accounts::basis::Position)| {
        let definition = &venue.instruments()[of.index()];
        let cost = pitfloor_model::units::Cash(position.cost());
        let cost = venue.currency_of(definition).show(cost);
        (definition.symbol().to_owned(), json!({ "lots": position.lots(), "cost": cost }))
    };
    account.positions().map(one).collect::<serde_json::Map<_, _>>().into()
}

/// One account: its figures, its trades and its history.
fn one(heard: &Listening, scenario: &Scenario, prices: &[Price], asked: &Question) -> Done {
    let venue = scenario.venue();
    let none = pitfloor_accounts::Account::default();
    let account = heard.accounts.account(asked.account).unwrap_or(&none);
    let unrealised = heard.accounts.unrealised(asked.account, prices);
    let mut text = format!("{}  account {}\n", asked.name, asked.account.0);
    let mut currencies = serde_json::Map::new();
    for (id, currency) in (0..).map(CurrencyId).zip(venue.currencies()) {
        let gain = unrealised.get(&id).copied().unwrap_or_default();
        let figures = [
            ("cash", account.cash(id)),
            ("brought in", account.brought(id)),
            ("earned", account.earned(id, venue)),
            ("unrealised", gain),
        ];
        let shown = figures.map(|(what, cash)| format!("{what} {}", currency.show(cash)));
        writeln!(text, "{}  {}", currency.code(), shown.join("  ")).expect("text grows");
        let mut of = serde_json::Map::new();
        for (what, cash) in figures {
            of.insert(what.replace(' ', "_"), currency.show(cash).into());
        }
        let paid = account.incomes().filter(|(_, paid_in, _)| *paid_in == id);
        for (why, _, cash) in paid {
            let why = format!("{why:?}").to_lowercase();
            writeln!(text, "  {why} {}", currency.show(cash)).expect("text grows");
            of.insert(why, currency.show(cash).into());
        }
        currencies.insert(currency.code().to_owned(), of.into());
    }
    for (of, position) in account.positions() {
        let definition = &venue.instruments()[of.index()];
        let currency = venue.currency_of(definition);
        let cost = currency.show(pitfloor_model::units::Cash(position.cost()));
        let earned = currency.show(account.realised(of));
        let (symbol, lots) = (definition.symbol(), position.lots());
        writeln!(text, "{symbol}  {lots} lots  cost {cost}  realised {earned}")
            .expect("text grows");
    }
    let (from, until) = (Some(asked.from), Some(asked.until));
    let (account_id, instrument) = (Some(asked.account), asked.instrument);
    let filter = Asked { account: account_id, instrument, from, until };
    let trades: Vec<_> = heard.trades.find(filter).collect();
    let of_interest = |entry: &&Entry| {
        let within = asked.from <= entry.at && entry.at < asked.until;
        within && asked.instrument.is_none_or(|of| entry.item == Item::Lots(of))
    };
    let entries: Vec<_> = account.entries().iter().filter(of_interest).collect();
    writeln!(text, "{} trades, the last {} entries:", trades.len(), entries.len())
        .expect("text grows");
    for entry in &entries {
        let (item, amount, balance) = shown(entry, venue);
        let why = reason(entry.why);
        writeln!(text, "{:>16} {item:<8} {amount:>18} {balance:>20}  {why}", entry.at)
            .expect("text grows");
    }
    let json = json!({
        "account": asked.name, "number": asked.account.0, "currencies": currencies,
        "positions": positions(account, venue),
        "trades": trades.iter().map(|(at, trade)| told(*at, trade, asked, venue)).collect::<Vec<_>>(),
        "entries": entries.iter().map(|entry| {
            let (item, amount, balance) = shown(entry, venue);
            json!({ "time_ns": entry.at.0, "item": item, "amount": amount, "balance": balance,
                "why": reason(entry.why) })
        }).collect::<Vec<_>>(),
        "entries_not_kept": account.entries_lost(),
    });
    Done { json, text, ended: Ok(()) }
}

fn told(at: Time, trade: &Trade, asked: &Question, venue: &Venue) -> Value {
    let definition = &venue.instruments()[trade.instrument.index()];
    let side = if trade.buy.account == asked.account { "buy" } else { "sell" };
    json!({ "time_ns": at.0, "trade": trade.trade.0, "instrument": definition.symbol(),
        "side": side, "price": definition.show(trade.price), "qty": trade.qty.0 })
}

/// Of what, how much, and what there was afterwards.
fn shown(entry: &Entry, venue: &Venue) -> (String, String, String) {
    match entry.item {
        Item::Cash(currency) => {
            let currency = &venue.currencies()[currency.index()];
            let show = |amount| currency.show(pitfloor_model::units::Cash(amount));
            (currency.code().to_owned(), show(entry.amount), show(entry.balance))
        }
        Item::Lots(of) => {
            let symbol = venue.instruments()[of.index()].symbol().to_owned();
            (symbol, entry.amount.to_string(), entry.balance.to_string())
        }
    }
}

fn reason(why: Why) -> String {
    match why {
        Why::Deposit => "brought in".to_owned(),
        Why::Trade(trade) => format!("trade {}", trade.0),
        Why::SelfTrade => "self-trade prevention".to_owned(),
        Why::Payment(payment) => format!("{payment:?}").to_lowercase(),
        Why::Movement(movement) => format!("{movement:?}").to_lowercase(),
        Why::Funding => "funds".to_owned(),
    }
}
