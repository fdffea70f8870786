//! A market mechanism of one's own: a client asks dealers for quotes and takes the best of them.
//! `cargo run --release -p pitfloor-exchange --example request_for_quote`
//!
//! Nothing in the exchange knows of requests and quotes. What the dealers and the client agree on is
//! settled by the exchange's own ledger, and its journal alone rebuilds the market.

use pitfloor_exchange::Exchange;
use pitfloor_exchange::mechanism::{Ask, Booth, Cross, Hall, Mechanism, NoCross, Record};
use pitfloor_model::command::{Command, Stamped};
use pitfloor_model::event::{Credit, Event};
use pitfloor_model::instrument::{Currency, Instrument, Venue};
use pitfloor_model::units::*;
use std::sync::Arc;

const BOND: InstrumentId = InstrumentId(0);
const USD: CurrencyId = CurrencyId(0);
const CLIENT: AccountId = AccountId(0);

/// What may be asked of a dealer market.
#[derive(Clone, Copy, Debug)]
enum Asks {
    /// A client wants to trade and asks all dealers for a price.
    Request { client: AccountId, side: Side, qty: Qty },
    /// A dealer answers the request with number `request`; its price stands for `stands`.
    Quote { request: usize, dealer: AccountId, price: Price, stands: Span },
    /// The client takes the best quote that stands, at `limit` or better.
    Take { request: usize, client: AccountId, limit: Price },
}

/// What a dealer market tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Told {
    /// Dealers are asked for a price.
    Requested { request: usize, side: Side, qty: Qty },
    /// A dealer's price stands.
    Quoted { request: usize, dealer: AccountId, price: Price },
    /// A dealer's price no longer stands.
    Lapsed { request: usize, dealer: AccountId },
    /// The client has traded.
    Done { request: usize, trade: TradeId, dealer: AccountId, price: Price },
    /// A dealer's price could not be settled; the next best is tried.
    Failed { request: usize, dealer: AccountId, why: NoCross },
    /// What was asked changed nothing.
    Refused(Refusal),
}

/// Why a dealer market refuses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Refusal {
    /// Requests and quotes that are open are limited in number.
    Full,
    /// No such request is open, or it is somebody else's.
    UnknownRequest,
    /// No quote stands that the client accepts.
    NoQuote,
}

/// The dealer market itself: what is open. Requests are numbered from 0 and stay in order.
#[derive(Clone, Debug, Default)]
struct Dealers {
    requests: usize,
    open: Vec<Open>,
}

/// A request that nobody has taken up yet.
#[derive(Clone, Debug)]
struct Open {
    request: usize,
    client: AccountId,
    side: Side,
    qty: Qty,
    /// Dealer, price, and until when it stands; in the order of arrival.
    quotes: Vec<(AccountId, Price, Time)>,
}

impl Dealers {
    /// Requests that may be open at a time, and quotes on each.
    const OPEN_MAX: usize = 64;

    fn find(&mut self, request: usize) -> Option<&mut Open> {
        self.open.iter_mut().find(|open| open.request == request)
    }

    fn request(&mut self, client: AccountId, side: Side, qty: Qty) -> Result<Told, Refusal> {
        if self.open.len() == Self::OPEN_MAX {
            return Err(Refusal::Full);
        }
        let request = self.requests;
        self.requests += 1;
        self.open.push(Open { request, client, side, qty, quotes: Vec::new() });
        Ok(Told::Requested { request, side, qty })
    }

    fn quote(
        &mut self,
        request: usize,
        dealer: AccountId,
        price: Price,
        until: Time,
    ) -> Result<Told, Refusal> {
        let open = self.find(request).ok_or(Refusal::UnknownRequest)?;
        if open.quotes.len() == Self::OPEN_MAX {
            return Err(Refusal::Full);
        }
        open.quotes.retain(|(other, ..)| *other != dealer);
        open.quotes.push((dealer, price, until));
        Ok(Told::Quoted { request, dealer, price })
    }

    /// Settles with the best dealer that can deliver; the request is then no longer open.
    fn take(
        &mut self,
        request: usize,
        client: AccountId,
        limit: Price,
        booth: &mut Booth<'_, Told>,
    ) -> Result<Told, Refusal> {
        let open = self.find(request).filter(|open| open.client == client);
        let open = open.ok_or(Refusal::UnknownRequest)?;
        let (side, qty) = (open.side, open.qty);
        while let Some((dealer, price)) = open.best(limit) {
            open.quotes.retain(|(other, ..)| *other != dealer);
            let cross = Cross { instrument: BOND, maker: dealer, taker: client, side, price, qty };
            match booth.cross(&cross) {
                Ok(trade) => {
                    self.open.retain(|open| open.request != request);
                    return Ok(Told::Done { request, trade, dealer, price });
                }
                Err(why) => booth.tell(Told::Failed { request, dealer, why }),
            }
        }
        Err(Refusal::NoQuote)
    }
}

impl Open {
    /// The best price for the client within its limit; the earlier of equals.
    fn best(&self, limit: Price) -> Option<(AccountId, Price)> {
        let quotes = self.quotes.iter().map(|(dealer, price, _)| (*dealer, *price));
        let accepted = quotes.filter(|(_, price)| self.side.accepts(limit, *price));
        accepted.reduce(|best, next| {
            let better = self.side.opposite().improves(next.1, best.1);
            if better { next } else { best }
        })
    }
}

impl Mechanism for Dealers {
    type Ask = Asks;
    type Told = Told;

    fn owns(&self, instrument: InstrumentId) -> bool {
        instrument == BOND
    }

    fn apply(&mut self, ask: &Asks, booth: &mut Booth<'_, Told>) {
        let done = match *ask {
            Asks::Request { client, side, qty } => self.request(client, side, qty),
            Asks::Quote { request, dealer, price, stands } => {
                self.quote(request, dealer, price, booth.now().after(stands))
            }
            Asks::Take { request, client, limit } => self.take(request, client, limit, booth),
        };
        booth.tell(done.unwrap_or_else(Told::Refused));
    }

    fn lapse(&mut self, booth: &mut Booth<'_, Told>) {
        let now = booth.now();
        for open in &mut self.open {
            let request = open.request;
            for (dealer, ..) in open.quotes.iter().filter(|(.., until)| *until <= now) {
                booth.tell(Told::Lapsed { request, dealer: *dealer });
            }
            open.quotes.retain(|(.., until)| *until > now);
        }
    }
}

/// What is asked, and when, in seconds: a client and three dealers, two of whom own bonds.
fn story() -> Vec<(u64, Ask<Asks>)> {
    let dealers = [AccountId(1), AccountId(2), AccountId(3)];
    let opened = [CLIENT].into_iter().chain(dealers);
    let opened = opened.map(|account| Command::OpenAccount { account, credit: Credit::None });
    let owning = dealers[..2].iter().map(|dealer| Command::Deliver {
        account: *dealer,
        instrument: BOND,
        qty: Qty(500),
    });
    let paid = Command::Deposit { account: CLIENT, currency: USD, cash: Cash(10_000_000) };
    let means = opened.chain(owning).chain([paid]).map(|command| (0, Ask::Exchange(command)));
    let quote = |request, dealer: usize, price, secs| {
        let (dealer, price, stands) = (dealers[dealer], Price(price), Span::secs(secs));
        Ask::Mechanism(Asks::Quote { request, dealer, price, stands })
    };
    let request = |side, qty| Ask::Mechanism(Asks::Request { client: CLIENT, side, qty: Qty(qty) });
    let take = |request, limit| {
        Ask::Mechanism(Asks::Take { request, client: CLIENT, limit: Price(limit) })
    };
    let deals = [
        (1, request(Side::Buy, 300)),
        (2, quote(0, 0, 9_990, 5)),
        (3, quote(0, 1, 9_985, 30)),
        (4, quote(0, 2, 9_980, 30)), // the best price, of a dealer that owns none
        (8, take(0, 9_990)),
        (9, request(Side::Sell, 100)),
        (10, quote(1, 0, 9_970, 10)), // this one has no cash yet
        (11, quote(1, 1, 9_960, 10)),
        (12, take(1, 9_965)),
        (13, take(1, 9_960)),
        (14, take(1, 9_960)),
    ];
    means.chain(deals).collect()
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let bond = Instrument::equity("BOND", USD, "0.01")?;
    let venue = Arc::new(Venue::new("XPIT", vec![Currency::new("USD", 2)?], vec![bond])?);
    let mut hall = Hall::new(Exchange::new(venue.clone()), Dealers::default());
    let (mut records, mut journal, mut events) = (Vec::new(), Vec::new(), Vec::new());
    for (secs, ask) in story() {
        hall.apply(Time::ZERO.after(Span::secs(secs)), &ask, &mut records);
        for record in records.drain(..) {
            match record {
                Record::Command(stamped) => journal.push(stamped),
                Record::Event(event) => events.push(event),
                Record::Told(fact) => println!("{secs:>3}s {fact:?}"),
                Record::Kept(key) => println!("{secs:>3}s order {key} was kept out"),
            }
        }
    }
    for account in (0..4).map(AccountId) {
        let (cash, lots) =
            (hall.exchange().cash(account, USD), hall.exchange().lots(account, BOND));
        let (cash, lots) = cash.zip(lots).ok_or("the account is open")?;
        println!("account {}: {} lots, {} cents", account.0, lots.total, cash.total.0);
    }
    // Whoever has the journal needs no dealers: the exchange alone tells the same again.
    let (mut exchange, mut again) = (Exchange::new(venue), Vec::new());
    journal.iter().for_each(|stamped: &Stamped| exchange.apply(stamped, &mut again));
    let trades = events.iter().filter(|event| matches!(event, Event::Traded { .. })).count();
    println!("{trades} trades; the journal alone tells the same: {}", again == events);
    Ok(())
}
