//! Where Alpaca is called, how, and what it is asked for.

use crate::clock::SECOND;
pub use crate::lots::QuoteSizes;
use crate::message::Codec;
use pitfloor_data::symbols::Scale;
use std::collections::{BTreeMap, BTreeSet};

/// The address of Alpaca's streams.
pub const BASE: &str = "wss://stream.data.alpaca.markets";

/// The address for trying things out.
pub const SANDBOX: &str = "wss://stream.data.sandbox.alpaca.markets";

/// The variable that says another address.
pub const BASE_VARIABLE: &str = "PITFLOOR_ALPACA_STREAM_URL";

/// Every instrument.
pub const ALL: &str = "*";

/// What can be subscribed to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Channel {
    /// Trades.
    Trades,
    /// Best prices.
    Quotes,
    /// Bars of a minute.
    Bars,
    /// Bars of a minute told again.
    UpdatedBars,
    /// The bar of the day so far.
    DailyBars,
    /// Halts and the like.
    Statuses,
    /// Bands.
    Lulds,
    /// Imbalances.
    Imbalances,
    /// Trades told otherwise; comes with trades, never asked for.
    Corrections,
    /// Trades taken back; comes with trades, never asked for.
    CancelErrors,
    /// Books of coins.
    Orderbooks,
    /// Articles.
    News,
    /// Marks, indices and funding of perpetual contracts.
    Pricing,
}

/// Instruments by channel.
pub type Topics = BTreeMap<Channel, BTreeSet<String>>;

/// How credentials are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Auth {
    /// In a message.
    Message,
    /// In headers of the call.
    Headers,
    /// In a message, the key being a token.
    OAuth,
}

/// What an endpoint speaks of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Market {
    /// Shares.
    Stocks,
    /// Coins.
    Crypto,
    /// Options on shares.
    Options,
    /// Articles.
    News,
}

/// Where and what.
#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    /// The address, with any scheme.
    pub base: String,
    /// The endpoint: `v2/sip`, `v1beta3/crypto/us`.
    pub path: String,
    /// The language.
    pub codec: Codec,
    /// How credentials are shown.
    pub auth: Auth,
    /// What to subscribe to.
    pub wish: Topics,
    /// What whole numbers mean.
    pub scale: Scale,
    /// What the sizes of quotes count.
    pub quote_sizes: QuoteSizes,
    /// How long each step of the greeting, and each change, may take.
    pub step_ns: u64,
    /// How long after a subscription nothing may come before that is said.
    pub silent_ns: u64,
    /// The least step of price, on the scale of prices, where one is known; others are counted.
    pub tick: Option<i64>,
}

impl Channel {
    /// All of them, in the order in which the venue lists them.
    pub const ALL: [Self; 13] = [
        Self::Trades,
        Self::Quotes,
        Self::Bars,
        Self::UpdatedBars,
        Self::DailyBars,
        Self::Statuses,
        Self::Lulds,
        Self::Imbalances,
        Self::Corrections,
        Self::CancelErrors,
        Self::Orderbooks,
        Self::News,
        Self::Pricing,
    ];

    /// The venue's name for it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Trades => "trades",
            Self::Quotes => "quotes",
            Self::Bars => "bars",
            Self::UpdatedBars => "updatedBars",
            Self::DailyBars => "dailyBars",
            Self::Statuses => "statuses",
            Self::Lulds => "lulds",
            Self::Imbalances => "imbalances",
            Self::Corrections => "corrections",
            Self::CancelErrors => "cancelErrors",
            Self::Orderbooks => "orderbooks",
            Self::News => "news",
            Self::Pricing => "pricing",
        }
    }

    /// Whether it comes with trades and is never asked for.
    #[must_use]
    pub const fn comes_by_itself(self) -> bool {
        matches!(self, Self::Corrections | Self::CancelErrors)
    }

    /// Whether an instrument that trades is heard of on it again and again.
    #[must_use]
    pub const fn is_busy(self) -> bool {
        matches!(self, Self::Trades | Self::Quotes | Self::Bars | Self::Orderbooks)
    }

    /// The type of message that it sends, and back.
    #[must_use]
    pub fn of_kind(kind: &str) -> Option<Self> {
        Some(match kind {
            "t" => Self::Trades,
            "q" => Self::Quotes,
            "b" => Self::Bars,
            "u" => Self::UpdatedBars,
            "d" => Self::DailyBars,
            "s" => Self::Statuses,
            "l" => Self::Lulds,
            "i" => Self::Imbalances,
            "c" => Self::Corrections,
            "x" => Self::CancelErrors,
            "o" => Self::Orderbooks,
            "n" => Self::News,
            "p" => Self::Pricing,
            _ => return None,
        })
    }
}

impl Settings {
    /// The endpoint `path`, in the language that it speaks, with nothing asked for.
    #[must_use]
    pub fn new(path: &str) -> Self {
        let options = Market::of(path) == Market::Options;
        Self {
            base: BASE.to_owned(),
            path: path.to_owned(),
            codec: if options { Codec::MsgPack } else { Codec::Json },
            auth: Auth::Message,
            wish: Topics::new(),
            scale: Scale { price: -9, size: -9 },
            quote_sizes: QuoteSizes::RoundLots(100),
            step_ns: 3 * SECOND,
            silent_ns: 60 * SECOND,
            tick: None,
        }
    }

    /// The same, with `symbols` on `channel`.
    #[must_use]
    pub fn with(mut self, channel: Channel, symbols: &[&str]) -> Self {
        let names = symbols.iter().map(|name| (*name).to_owned());
        self.wish.entry(channel).or_default().extend(names);
        self
    }

    /// What the endpoint speaks of.
    #[must_use]
    pub fn market(&self) -> Market {
        Market::of(&self.path)
    }

    /// What cannot work, said before anybody is called.
    ///
    /// # Errors
    ///
    /// When the venue would refuse it whatever the credentials.
    pub fn check(&self) -> Result<(), String> {
        let has = |channel, name| self.wish.get(&channel).is_some_and(|all| all.contains(name));
        if self.market() == Market::Options && self.codec == Codec::Json {
            return Err("options are told in MessagePack only".to_owned());
        }
        if self.market() == Market::Options && has(Channel::Quotes, ALL) {
            return Err("quotes of all options at once are not to be had".to_owned());
        }
        match self.wish.keys().find(|channel| channel.comes_by_itself()) {
            Some(channel) => Err(format!("{} come with trades", channel.name())),
            None => Ok(()),
        }
    }
}

impl Market {
    /// What the endpoint `path` speaks of.
    #[must_use]
    pub fn of(path: &str) -> Self {
        match path {
            "v1beta1/opra" | "v1beta1/indicative" => Self::Options,
            "v1beta1/news" => Self::News,
            _ if path.contains("/crypto") => Self::Crypto,
            _ => Self::Stocks,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_work_is_said_before_the_call() {
        let opra = Settings::new("v1beta1/opra").with(Channel::Quotes, &["AAPL240621C00190000"]);
        assert_eq!(
            (opra.market(), opra.codec, opra.check()),
            (Market::Options, Codec::MsgPack, Ok(()))
        );
        let json = Settings { codec: Codec::Json, ..opra.clone() };
        assert!(json.check().unwrap_err().contains("MessagePack"));
        assert!(opra.with(Channel::Quotes, &[ALL]).check().is_err());
        let asked = Settings::new("v2/sip").with(Channel::Corrections, &["A"]);
        assert_eq!(asked.check().unwrap_err(), "corrections come with trades");
        assert_eq!(Market::of("v1beta3/crypto/us-1"), Market::Crypto);
        for channel in Channel::ALL {
            let found = Channel::ALL.iter().filter(|other| other.name() == channel.name());
            assert_eq!(found.count(), 1);
        }
    }
}
