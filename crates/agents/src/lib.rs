//! Who trades: one file per kind of agent, and one list of them all.
//!
//! An agent's file holds its source, what it does, its parameters with their defaults, its code and
//! its tests. A new kind is a new file and one line in [`KINDS`]; scenarios then know it by name,
//! with every parameter checked and explained.
//!
//! Start reading at [`noise`], the simplest one that trades. What they share is small: [`desk`] is
//! the door through which their floats become prices and lots, [`orders`] what
//! one of them remembers of its own orders.
//!
//! What this crate must never know: the exchange and the other agents. An agent sees what its
//! [`Context`](pitfloor_sim::agent::Context) shows.
//!
//! # Examples
//!
//! A market from a few lines of text, in virtual time:
//!
//! ```
//! use pitfloor_model::units::Time;
//! use pitfloor_sim::history::Tally;
//! use pitfloor_sim::scenario::Scenario;
//!
//! let text = r#"
//!     span = "2m"
//!     [[instrument]]
//!     symbol = "ACME"
//!     price = "100.00"
//!     [[agents]]
//!     kind = "noise"
//!     count = 50
//!     shares = 500
//!     [[agents]]
//!     kind = "market-maker"
//!     shares = 2000
//! "#;
//! let scenario = Scenario::parse(text, &[], pitfloor_agents::KINDS)?;
//! let mut tally = Tally::new();
//! scenario.kernel().run(Time(scenario.span().0), &mut tally);
//! assert!(tally.trades > 0);
//! # Ok::<(), pitfloor_sim::BadScenario>(())
//! ```

pub mod abides;
pub mod auction;
pub mod crowd;
pub mod desk;
pub mod errand;
pub mod execution;
pub mod fast;
pub mod flow;
pub mod idle;
pub mod informed;
pub mod makers;
pub mod market_maker;
pub mod mean_reversion;
pub mod momentum;
pub mod noise;
pub mod portfolio;
pub mod relative;

#[cfg(test)]
mod far;
#[cfg(test)]
mod floor;
#[cfg(test)]
mod hall;
mod lately;
mod working;

pub use pitfloor_sim::orders;
use pitfloor_sim::params::Kind;

/// Every kind of agent there is, in the order in which lists show them.
pub static KINDS: &[&Kind] = &[
    &noise::KIND,
    &market_maker::KIND,
    &momentum::KIND,
    &mean_reversion::KIND,
    &informed::KIND,
    &idle::KIND,
    &abides::value::KIND,
    &abides::u_noise::KIND,
    &abides::ma_momentum::KIND,
    &abides::adaptive_maker::KIND,
    &abides::pov_buyer::KIND,
    &flow::zero_intelligence::KIND,
    &flow::cont_stoikov_talreja::KIND,
    &flow::splitter::KIND,
    &flow::queue_reactive::KIND,
    &flow::hawkes::KIND,
    &makers::avellaneda_stoikov::KIND,
    &makers::glft::KIND,
    &makers::funded_maker::KIND,
    &execution::twap::KIND,
    &execution::vwap::KIND,
    &execution::pov::KIND,
    &execution::almgren_chriss::KIND,
    &execution::obizhaeva_wang::KIND,
    &relative::pairs::KIND,
    &relative::cross_venue::KIND,
    &relative::triangular::KIND,
    &relative::index_arbitrage::KIND,
    &relative::latency_arbitrage::KIND,
    &relative::mirror_maker::KIND,
    &portfolio::risk_parity::KIND,
    &portfolio::leveraged_fund::KIND,
    &auction::zi_c::KIND,
    &auction::zip::KIND,
    &auction::gd::KIND,
    &auction::aa::KIND,
    &crowd::chiarella::KIND,
    &crowd::extended_chiarella::KIND,
    &crowd::lux_marchesi::KIND,
    &crowd::trend_crowd::KIND,
    &crowd::trend_following::KIND,
    &crowd::news_trader::KIND,
    &informed::kyle_insider::KIND,
    &informed::kyle_noise::KIND,
    &informed::kyle_dealer::KIND,
    &informed::glosten_milgrom_dealer::KIND,
    &informed::glosten_milgrom_arrivals::KIND,
    &fast::order_imbalance::KIND,
    &fast::spoofer::KIND,
    &fast::hft_maker::KIND,
    &fast::intermediary::KIND,
    &fast::opportunistic::KIND,
    &fast::fundamental_trader::KIND,
    &fast::bargain_hunter::KIND,
    &fast::small_trader::KIND,
    &fast::sell_program::KIND,
];

/// The kind called `name`.
#[must_use]
pub fn find(name: &str) -> Option<&'static Kind> {
    KINDS.iter().copied().find(|kind| kind.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use auction::trader::Trader as Laboratory;
    use informed::glosten_milgrom_arrivals::Arrivals as Coming;
    use informed::glosten_milgrom_dealer::Dealer as Quoting;

    /// With ten thousand agents, the next one to act is never near the processor: every 64 bytes of
    /// it are one more thing to wait for.
    #[test]
    fn an_agent_is_small() {
        let sizes = [
            ("noise", size_of::<noise::Noise>(), 192),
            ("market-maker", size_of::<market_maker::MarketMaker>(), 192),
            ("momentum", size_of::<momentum::Momentum>(), 192),
            ("mean-reversion", size_of::<mean_reversion::MeanReversion>(), 192),
            ("informed", size_of::<informed::Informed>(), 256),
            ("idle", size_of::<idle::Idle>(), 0),
            ("value", size_of::<abides::value::Value>(), 192),
            ("u-noise", size_of::<abides::u_noise::UNoise>(), 192),
            ("ma-momentum", size_of::<abides::ma_momentum::MaMomentum>(), 192),
            ("adaptive-maker", size_of::<abides::adaptive_maker::AdaptiveMaker>(), 192),
            ("pov-buyer", size_of::<abides::pov_buyer::PovBuyer>(), 192),
            // One of these is a whole market.
            ("zero-intelligence", size_of::<flow::zero_intelligence::ZeroIntelligence>(), 256),
            (
                "cont-stoikov-talreja",
                size_of::<flow::cont_stoikov_talreja::ContStoikovTalreja>(),
                256,
            ),
            ("splitter", size_of::<flow::splitter::Splitter>(), 192),
            ("queue-reactive", size_of::<flow::queue_reactive::QueueReactive>(), 512),
            ("hawkes", size_of::<flow::hawkes::Hawkes>(), 320),
            ("avellaneda-stoikov", size_of::<makers::avellaneda_stoikov::AvellanedaStoikov>(), 768),
            ("glft", size_of::<makers::glft::Glft>(), 768),
            ("funded-maker", size_of::<makers::funded_maker::FundedMaker>(), 384),
            ("twap", size_of::<execution::planned::Planned>(), 256),
            ("vwap", size_of::<execution::planned::Planned>(), 256),
            ("pov", size_of::<execution::pov::Pov>(), 320),
            ("almgren-chriss", size_of::<execution::planned::Planned>(), 256),
            ("obizhaeva-wang", size_of::<execution::planned::Planned>(), 256),
            ("pairs", size_of::<relative::pairs::Pairs>(), 448),
            ("cross-venue", size_of::<relative::cross_venue::CrossVenue>(), 192),
            ("triangular", size_of::<relative::triangular::Triangular>(), 320),
            ("index-arbitrage", size_of::<relative::index_arbitrage::IndexArbitrage>(), 256),
            ("latency-arbitrage", size_of::<relative::latency_arbitrage::LatencyArbitrage>(), 256),
            ("mirror-maker", size_of::<relative::mirror_maker::MirrorMaker>(), 384),
            ("risk-parity", size_of::<portfolio::risk_parity::RiskParity>(), 448),
            ("leveraged-fund", size_of::<portfolio::leveraged_fund::LeveragedFund>(), 192),
            ("zi-c", size_of::<Laboratory<auction::zi_c::ZiC>>(), 384),
            ("zip", size_of::<Laboratory<auction::zip::Zip>>(), 448),
            ("gd", size_of::<Laboratory<auction::gd::Gd>>(), 448),
            ("aa", size_of::<Laboratory<auction::aa::Aa>>(), 576),
            ("chiarella", size_of::<crowd::chiarella::Chiarella>(), 512),
            ("extended-chiarella", size_of::<crowd::extended_chiarella::Believer>(), 384),
            ("lux-marchesi", size_of::<crowd::lux_marchesi::Crowd>(), 512),
            ("trend-crowd", size_of::<crowd::trend_crowd::Follower>(), 384),
            ("trend-following", size_of::<crowd::trend_following::Follower>(), 512),
            ("news-trader", size_of::<crowd::news_trader::Reader>(), 384),
            ("kyle-insider", size_of::<informed::kyle_insider::Insider>(), 192),
            ("kyle-noise", size_of::<informed::kyle_noise::Noise>(), 192),
            ("kyle-dealer", size_of::<informed::kyle_dealer::Dealer>(), 192),
            ("glosten-milgrom-dealer", size_of::<Quoting>(), 384),
            ("glosten-milgrom-arrivals", size_of::<Coming>(), 384),
            ("order-imbalance", size_of::<fast::order_imbalance::Imbalance>(), 384),
            ("spoofer", size_of::<fast::spoofer::Spoofer>(), 1024),
            ("hft-maker", size_of::<fast::quoting::Quoting>(), 384),
            ("intermediary", size_of::<fast::quoting::Quoting>(), 384),
            ("opportunistic", size_of::<fast::opportunistic::Opportunist>(), 384),
            ("fundamental-trader", size_of::<fast::fundamental_trader::Fundamental>(), 384),
            ("bargain-hunter", size_of::<fast::bargain_hunter::Hunter>(), 384),
            ("small-trader", size_of::<fast::small_trader::Small>(), 320),
            ("sell-program", size_of::<fast::sell_program::Program>(), 256),
        ];
        assert!(sizes.iter().map(|(name, ..)| *name).eq(KINDS.iter().map(|kind| kind.name)));
        for (name, bytes, most) in sizes {
            println!("{name}: {bytes} bytes");
            assert!(bytes <= most, "{name} takes {bytes} bytes");
        }
        assert_eq!(align_of::<noise::Noise>(), 64, "three cache lines, not parts of four");
        assert_eq!(size_of::<orders::InFlight>(), 16);
        assert_eq!(size_of::<orders::Orders<1>>(), 32, "four words an order");
    }
}
