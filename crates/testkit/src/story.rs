//! Stories: commands and events as lines of text, so that a test reads like the trade.
//!
//! One command per line; `#` starts a comment. Orders are for instrument 0 unless a line ends with
//! `on 1`; prices are ticks, quantities lots, cash minor units, all exactly as written.
//!
//! ```text
//! open 1                        deposit 1 100000 [in 0]     phase Halt [why Regulatory] [on 0]
//! open 2 credit                 deliver 1 50 [on 0]         halt [on 0]
//! 1 buy 7 @ 100 x5              a limit order that rests (account 1 calls it 7)
//! 1 buy 7 @ 100 x5 ioc          ... immediate or cancel
//! 1 buy 7 @ 100 x5 stp maker    ... self-trade prevention: none, taker (default), maker, both,
//!                                   decrement, transfer
//! 2 sell 3 market x4            a market order (ioc unless it says otherwise)
//! 1 replace 7 @ 101 x9          1 reduce 7 by 2             1 cancel 7
//! at 1500                       what follows arrives 1500 ns after the start of the run
//! ```
//!
//! What else an order may say, in any order, after its number:
//!
//! ```text
//! stands          gtc  ioc  fok  day  gtd 1500  open  close
//! market family   market  protected 3  to-limit  amount 5000 (ioc)
//! stops           stop 98   stop 98 @ 97 (stop-limit)   touch 105   touch 105 @ 104
//!                 trail 3   trail 50bp   ... from 110   ... limit 2
//!                 ... on quote, on mark (on last unless said)
//! pegs            peg primary +1 [@ cap]   peg market 1   peg mid
//! auctions        imbalance @ 99 (close)
//! instructions    post   post slide   post slide-or-take   min 5   aon   hidden   show 10
//!                 show 10 then 5 7 (parts of other sizes)   short   exempt   tag 7   session 2
//! ```
//!
//! Terms that do not go together can be said as well: `1 buy 7 x5` is a limit order without a
//! price, `1 buy 7 market @ 100 x5` a market order with one, `stop 98 market @ 97` a stop order with
//! one, and `stop-limit 98`, `touch-limit 105` are those without.
//!
//! Lists have their members between bars: `oco 1 sell 3 @ 110 x5 | 1 sell 4 stop 90 x5`; the shapes
//! are `oco`, `oto`, `oto full`, `otoco` and `otoco full`. And there are:
//!
//! ```text
//! 1 amend 7 @ 101 x9 trigger 98 day show 5 tag 3        what is not said stays
//! [1] mass-cancel [on 0] [buy] [from 90 to 99] [tag 7] [session 2]      or: [1] disconnect ...
//! end-call        bands 90 110      bands none          close 100   index 100   mark 100
//! kill 1 on       group 1 5         group 1 none        restrict-shorts on      advance
//! ```
//!
//! What the clearing house is asked begins with `clear`; `on 1` and `in 1` (currency) come last:
//!
//! ```text
//! clear value 0@100 3@5:-5,-4,-3,-2,-1,1,2,3,4,5      clear end-day     clear settle
//! clear carrier 3 1    clear stall 3 on     clear limits 3 qty 5 collar 100 reduce-only
//! clear fx 11/10 in 1  clear interest 200 900 in 0    clear borrow x40 500bp    clear cycle 2
//! clear distribute dividend 3/2 in 0        clear split 2/1     clear rename 0 on 1
//! clear convert merger 5/1 into 1 1/2       clear exercise 3 x5 on 3    clear expire 104 on 3
//! clear locate 3 x5    clear send 3 4 x5 fee 1 on 1   clear arrive 0
//! clear transfer 1 2 500 in 0               clear assign 1 2 x-3        clear accrue 30
//! clear contribute 1 500                    clear default 1             clear cover 1
//! ```
//!
//! A story may begin with the switches and limits of instrument 0, which [`venue_of`] reads:
//!
//! ```text
//! rules allocation pro-rata top lmm 40 split 20 share-min 2 threshold 5 up-by-size
//! rules market-maker 3 always-back replace-open band-action reject short-action reject
//! rules trigger-at-once peg-once positive-prices cutoff-at-call age-max 900 cascade-max 3
//! rules velocity-max 5 dormant-max 9 tranches-max 9 notional-min 9 collar none tie higher
//! rules reference mid
//! limits price-step 5 qty-step 2 qty-min 2 qty-max 90 notional-max 9 distance-max 9 orders-max 9
//! ```
//!
//! Events come back one per line (see [`tell`]): `trade 100x5 maker 2/3 taker 1/7`.

mod cleared;
mod clearing;
mod read;
mod rules;
mod tell;
mod words;
mod write;

pub use cleared::cleared;
pub use rules::{read_limits, read_rules, write_rules};
pub use tell::tell;
pub use write::write;

use pitfloor_model::command::Stamped;
use pitfloor_model::event::Event;
use pitfloor_model::instrument::{Currency, Instrument, Limits, Venue};
use pitfloor_model::trading::TradingRules;
use pitfloor_model::units::{CurrencyId, Time};
use std::sync::Arc;

/// A venue with two shares, ACME (instrument 0) and BOLT (1), in cents: one tick of one lot is
/// one minor unit, so that a story's sums can be done in the head.
#[must_use]
pub fn venue() -> Arc<Venue> {
    venue_with(Limits::default())
}

/// The same venue, with `limits` for ACME.
///
/// # Panics
///
/// When the limits contradict each other.
#[must_use]
pub fn venue_with(limits: Limits) -> Arc<Venue> {
    venue_under(limits, TradingRules::default())
}

/// The same venue, with `limits` and `rules` for ACME.
///
/// # Panics
///
/// When the limits or the rules contradict each other.
#[must_use]
pub fn venue_under(limits: Limits, rules: TradingRules) -> Arc<Venue> {
    let usd = Currency::new("USD", 2).expect("a currency");
    let share = |symbol| Instrument::equity(symbol, CurrencyId(0), "0.01").expect("a share");
    let mut acme = share("ACME");
    (acme.limits, acme.rules) = (limits, rules);
    Arc::new(Venue::new("XPIT", vec![usd], vec![acme, share("BOLT")]).expect("limits that agree"))
}

/// The same venue, with the limits and rules that the lines at the head of `story` say; that of
/// [`cleared`] where such a line says `cleared`.
///
/// # Panics
///
/// When such a line cannot be read, or they contradict each other.
#[must_use]
pub fn venue_of(story: &str) -> Arc<Venue> {
    if story.lines().any(|line| line.trim() == "cleared") {
        return cleared();
    }
    let said = |what: &str| -> String {
        let lines = story.lines().map(|line| line.split('#').next().unwrap_or_default().trim());
        let lines = lines.filter_map(|line| line.strip_prefix(what));
        lines.filter(|rest| rest.starts_with(' ')).collect()
    };
    venue_under(read_limits(&said("limits")), read_rules(&said("rules")))
}

/// Plays `story` on `market` and tells what happened, one line per event.
///
/// # Panics
///
/// When a line of the story cannot be read; the message names the line.
pub fn play(market: &mut impl FnMut(&Stamped, &mut Vec<Event>), story: &str) -> Vec<String> {
    let mut told = Vec::new();
    for stamped in read(story) {
        let mut events = Vec::new();
        market(&stamped, &mut events);
        told.extend(events.iter().map(tell));
    }
    told
}

/// The lines of `told` that are trades.
#[must_use]
pub fn trades(told: &[String]) -> Vec<&str> {
    told.iter().filter(|line| line.starts_with("trade")).map(String::as_str).collect()
}

/// The commands of `story`, numbered from 0. Its head, which [`venue_of`] reads, is none.
///
/// # Panics
///
/// When a line cannot be read; the message names the line.
#[must_use]
pub fn read(story: &str) -> Vec<Stamped> {
    let mut commands = Vec::new();
    let mut at = Time(0);
    for line in story.lines() {
        let line = line.split('#').next().unwrap_or_default();
        let words: Vec<&str> = line.split_whitespace().collect();
        match words.as_slice() {
            [] => {}
            ["rules" | "limits", ..] | ["cleared"] => {}
            ["at", moment] => at = Time(read::number(moment, line)),
            words => {
                let seq = commands.len() as u64;
                commands.push(Stamped { seq, at, command: read::command(words, line) });
            }
        }
    }
    commands
}

#[cfg(test)]
mod tests;
