//! `pitfloor data`: series from processes, and whether those keep what is known of them.

mod asked;
mod generate;
mod paths;
mod prove;
mod sink;

pub(crate) use generate::generate;
pub(crate) use prove::prove;

use clap::{Args, Subcommand, ValueEnum};
use std::path::PathBuf;

/// `pitfloor data WHAT`.
#[derive(Debug, Subcommand)]
pub(crate) enum Data {
    /// Draw a series from a process: bars, trades, quotes or values, the same for the same seed.
    #[command(after_help = "Examples:\n  \
                      pitfloor data generate heston --symbols ACME --step 1h --until 30d --out acme.parquet\n  \
                      pitfloor data generate gbm --as trades --noise rate=2 --step 1m --out trades.csv.gz\n  \
                      pitfloor data generate basket --symbols A,B --set 'v=0.2 0.3' --set corr=0.6 \\\n    \
                      --step 1d --until 366d --out both.csv\n  \
                      pitfloor data generate curve --symbols 3mo,2y,10y --step 1d --until 366d --out yields.csv")]
    Generate(Generate),
    /// Hold processes against their closed forms: moments, autocorrelations, option prices.
    #[command(after_help = "Examples:\n  pitfloor data prove\n  \
                            pitfloor data prove heston --set sigma=1 --set rho=-0.9 --paths 100000")]
    Prove(Prove),
}

/// `pitfloor data generate`.
#[derive(Debug, Args)]
pub(crate) struct Generate {
    /// Which process; `pitfloor list processes` has them all.
    pub(crate) process: String,

    /// Set a parameter of the process; may be given again. Of a basket a number for each symbol.
    #[arg(long = "set", value_name = "NAME=VALUE")]
    pub(crate) set: Vec<String>,

    /// A series for each; of a curve tenors such as 3mo,2y,10y.
    #[arg(long, value_name = "A,B", value_delimiter = ',')]
    pub(crate) symbols: Vec<String>,

    /// When it begins, by the calendar.
    #[arg(long, value_name = "TIME", default_value = "2026-01-05T09:30:00-05:00")]
    pub(crate) from: String,

    /// How long it lasts.
    #[arg(long, value_name = "SPAN", default_value = "6h30m", allow_hyphen_values = true)]
    pub(crate) until: String,

    /// From one bar or value to the next.
    #[arg(long, value_name = "SPAN", default_value = "1m", allow_hyphen_values = true)]
    pub(crate) step: String,

    /// How often the process moves within a step; each time high and low are looked at.
    #[arg(long, value_name = "N", default_value_t = 16, value_parser = clap::value_parser!(u64).range(1..=100_000))]
    pub(crate) looks: u64,

    /// What rates and volatilities are per; 1638h is a year of 252 sessions of six hours and a half.
    #[arg(long, value_name = "SPAN", default_value = "365d", allow_hyphen_values = true)]
    pub(crate) per: String,

    /// Where prices start. Default: 100; of ou its mean.
    #[arg(long, value_name = "PRICE", allow_hyphen_values = true)]
    pub(crate) price: Option<f64>,

    /// What to write.
    #[arg(long = "as", value_enum, default_value_t = Shape::Bars)]
    pub(crate) shape: Shape,

    /// Set a parameter of the market's noise; may be given again. Bars are then made of its trades.
    #[arg(long, value_name = "NAME=VALUE")]
    pub(crate) noise: Vec<String>,

    /// The seed of all dice.
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub(crate) seed: u64,

    /// The file to write: .csv, .csv.gz or .parquet.
    #[arg(long, value_name = "FILE")]
    pub(crate) out: PathBuf,

    /// Write over an earlier file.
    #[arg(long)]
    pub(crate) force: bool,
}

/// What is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Shape {
    /// Open, high, low, close; with noise also volume.
    Bars,
    /// Trades of a market around the process.
    Trades,
    /// The best prices of that market.
    Quotes,
    /// The process itself, step by step.
    Values,
}

/// `pitfloor data prove`.
#[derive(Debug, Args)]
pub(crate) struct Prove {
    /// Only this process. Default: all.
    pub(crate) process: Option<String>,

    /// Set a parameter of it; may be given again.
    #[arg(long = "set", value_name = "NAME=VALUE", requires = "process")]
    pub(crate) set: Vec<String>,

    /// How many paths.
    #[arg(long, value_name = "N", default_value_t = 20_000)]
    pub(crate) paths: usize,

    /// The seed of all dice.
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub(crate) seed: u64,
}
