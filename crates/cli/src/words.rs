//! The words of orders, as tables and lists spell them.

use pitfloor_model::command::{Kind, Tif};

/// Every kind of order, and what it does.
pub(crate) const KINDS: [(&str, &str); 15] = [
    ("limit", "trades at its price or better, rests the remainder"),
    ("market", "trades at whatever is there; the remainder ends"),
    (
        "market-protected",
        "goes at most so many ticks past the best opposite price, and rests there",
    ),
    ("market-to-limit", "trades at the best opposite price only, and rests there"),
    ("market-by-amount", "spends an amount of cash, maker by maker in whole lots"),
    ("stop", "sleeps until the market has moved against it, then a market order"),
    ("stop-limit", "the same, then a limit order"),
    ("take-profit", "sleeps until the market has moved in its favour, then a market order"),
    ("take-profit-limit", "the same, then a limit order"),
    ("trailing", "a stop whose trigger follows the best price seen"),
    ("trailing-limit", "the same, then a limit order"),
    ("peg-primary", "follows the best price of its own side"),
    ("peg-market", "follows the best opposite price at a distance"),
    ("peg-mid", "stands hidden in the middle"),
    ("imbalance-only", "takes up an auction's surplus at a price that it does not influence"),
];

/// The word for a kind of order.
pub(crate) const fn kind(kind: &Kind) -> &'static str {
    match kind {
        Kind::Limit => "limit",
        Kind::Market => "market",
        Kind::MarketProtected { .. } => "market-protected",
        Kind::MarketToLimit => "market-to-limit",
        Kind::MarketByAmount { .. } => "market-by-amount",
        Kind::Stop(_) => "stop",
        Kind::StopLimit(_) => "stop-limit",
        Kind::TakeProfit(_) => "take-profit",
        Kind::TakeProfitLimit(_) => "take-profit-limit",
        Kind::Trailing(_) => "trailing",
        Kind::TrailingLimit { .. } => "trailing-limit",
        Kind::PegPrimary { .. } => "peg-primary",
        Kind::PegMarket { .. } => "peg-market",
        Kind::PegMid => "peg-mid",
        Kind::ImbalanceOnly => "imbalance-only",
    }
}

/// The word for how long an order stands.
pub(crate) const fn tif(tif: &Tif) -> &'static str {
    match tif {
        Tif::Gtc => "GTC",
        Tif::Ioc => "IOC",
        Tif::Fok => "FOK",
        Tif::Day => "DAY",
        Tif::Gtd(_) => "GTD",
        Tif::AtOpen => "AT-OPEN",
        Tif::AtClose => "AT-CLOSE",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use pitfloor_model::order::{Delta, Trail, Trigger, Watched};
    use pitfloor_model::units::{Cash, Price};

    #[test]
    fn every_kind_is_listed_under_its_word() {
        let (trigger, on) = (Trigger::last(Price(1)), Watched::Last);
        let trail = Trail { delta: Delta::Ticks(1), activation: None, on };
        let kinds = [
            Kind::Limit,
            Kind::Market,
            Kind::MarketProtected { points: 1 },
            Kind::MarketToLimit,
            Kind::MarketByAmount { amount: Cash(1) },
            Kind::Stop(trigger),
            Kind::StopLimit(trigger),
            Kind::TakeProfit(trigger),
            Kind::TakeProfitLimit(trigger),
            Kind::Trailing(trail),
            Kind::TrailingLimit { trail, offset: 1 },
            Kind::PegPrimary { offset: 0 },
            Kind::PegMarket { offset: 1 },
            Kind::PegMid,
            Kind::ImbalanceOnly,
        ];
        let listed: Vec<&str> = KINDS.iter().map(|(word, _)| *word).collect();
        assert_eq!(kinds.iter().map(kind).collect::<Vec<_>>(), listed);
        assert_eq!((tif(&Tif::AtClose), tif(&Tif::Gtd(Default::default()))), ("AT-CLOSE", "GTD"));
    }
}
