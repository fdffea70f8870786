//! What an adapter learned of the market: a record in the one shape of [`pitfloor_data::record`], and
//! beside it what only this venue says.

use pitfloor_data::record::{Moment, Record};
use pitfloor_data::symbols::SymbolId;
use std::sync::Arc;

/// Something that happened on the market, as a venue told it.
#[derive(Clone, Debug, PartialEq)]
pub struct Told {
    /// What happened. Its `heard` is the moment at which its frame was read.
    pub record: Record,
    /// On which channel of the venue.
    pub channel: &'static str,
    /// By which venue and feed: `alpaca/v2/sip`. Two feeds of one instrument are told apart by it.
    pub source: Arc<str>,
    /// What else the venue says of it.
    pub more: Option<Box<More>>,
}

/// What only some venues say. An empty text was not told.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct More {
    /// The exchange, as the venue codes it; of a quote, the bid's.
    pub exchange: String,
    /// The exchange of a quote's ask.
    pub ask_exchange: String,
    /// Conditions of a trade or quote, as the venue codes them.
    pub conditions: Vec<String>,
    /// The tape.
    pub tape: String,
    /// When the venue itself heard of it.
    pub received: Option<Moment>,
    /// The venue's name of a trade, where it is no number.
    pub id: String,
    /// The trade that was told before and is changed or taken back by this.
    pub earlier: Option<Earlier>,
    /// It takes the place of one that was sent before: the same span or the same article.
    pub revises: bool,
    /// Whatever else, by the venue's own names and in its own words.
    pub words: Vec<(&'static str, String)>,
}

/// A trade that was told before; with its source and symbol it is named completely.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Earlier {
    /// Where it was made.
    pub exchange: String,
    /// The venue's number for it.
    pub trade: u64,
    /// Its price as it was told.
    pub price: i64,
    /// Its size as it was told.
    pub qty: u64,
    /// Whether this connection had told it.
    pub known: bool,
}

/// Messages of an instrument on a channel are known to be missing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gap {
    /// Of which instrument.
    pub symbol: SymbolId,
    /// On which channel.
    pub channel: &'static str,
    /// The last moment at which nothing was missing.
    pub from: Moment,
    /// The first at which nothing is missing any more; none while it lasts.
    pub to: Option<Moment>,
    /// Why.
    pub reason: Arc<str>,
}

impl Told {
    /// What else the venue says of it; nothing where it says nothing.
    #[must_use]
    pub fn more(&self) -> &More {
        const NOTHING: &More = &More {
            exchange: String::new(),
            ask_exchange: String::new(),
            conditions: Vec::new(),
            tape: String::new(),
            received: None,
            id: String::new(),
            earlier: None,
            revises: false,
            words: Vec::new(),
        };
        self.more.as_deref().unwrap_or(NOTHING)
    }

    /// What the venue says under `name`.
    #[must_use]
    pub fn word(&self, name: &str) -> Option<&str> {
        let mut words = self.more().words.iter();
        words.find(|(known, _)| *known == name).map(|(_, word)| word.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use pitfloor_data::record::{Flags, What};

    #[test]
    fn what_was_not_said_is_empty() {
        let record = Record {
            at: Moment(1),
            heard: None,
            seq: 1,
            symbol: SymbolId(0),
            flags: Flags::default(),
            what: What::Clear,
        };
        let mut told = Told { record, channel: "trades", source: "a/b".into(), more: None };
        assert_eq!((told.more(), told.word("tape")), (&More::default(), None));
        let words = vec![("indicator", "B".to_owned())];
        told.more = Some(Box::new(More { words, ..More::default() }));
        assert_eq!(told.word("indicator"), Some("B"));
    }
}
