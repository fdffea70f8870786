//! What can be typed: every command, every option, each with a line of help and an example.
//!
//! Completions and man pages are made from these same definitions.

use clap::{Args, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;
use std::path::PathBuf;

/// A whole market in one program.
#[derive(Debug, Parser)]
#[command(
    name = "pitfloor",
    version,
    about = "A whole market in one program: agents, an exchange and a clearing house under one clock",
    after_help = "Without a command, `pitfloor run` runs the built-in scenario first-market.\n\n\
                  Example:\n  pitfloor run --seed 7 --until 1h --set agents.noise.count=500"
)]
pub(crate) struct Cli {
    /// What to do; nothing: run first-market.
    #[command(subcommand)]
    pub(crate) command: Option<Command>,

    /// Print one JSON object on stdout instead of tables.
    #[arg(long, global = true)]
    pub(crate) json: bool,

    /// No progress bar and no remarks on stderr.
    #[arg(long, global = true)]
    pub(crate) quiet: bool,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Run a scenario and keep its history in a run folder.
    #[command(
        after_help = "Example:\n  pitfloor run first-market --seed 7 --until 1h --out runs/mine"
    )]
    Run(Run),
    /// Apply a journal again and compare its digest.
    #[command(after_help = "Example:\n  pitfloor replay runs/first-market-1\n  \
                            pitfloor replay runs/first-market-1/journal.pfj --to 5000")]
    Replay(Replay),
    /// What the accounts of a run have, what it cost, what it earned, and why.
    #[command(after_help = "Examples:\n  pitfloor account runs/first-market-1\n  \
                            pitfloor account runs/first-market-1 noise-7 --instrument ACME --from 10m")]
    Account(Account),
    /// What the accounts of a run could lose: value at risk three ways, and blows.
    #[command(after_help = "Examples:\n  pitfloor risk runs/first-market-1\n  \
                            pitfloor risk runs/first-market-1 noise-7 --level 0.95 --stress ACME=-20%")]
    Risk(Risk),
    /// Draw one picture of a run: where prices went, and what happened on the way.
    #[command(after_help = "Example:\n  pitfloor picture runs/margin-spiral-5 --out spiral.svg")]
    Picture(Picture),
    /// Replay recorded order flow through the exchange.
    #[command(subcommand)]
    History(History),
    /// Series from processes, and whether those keep what is known of them.
    #[command(subcommand)]
    Data(crate::data::Data),
    /// How real a market is: stylised facts of runs and of recorded tapes, in the bands of real ones.
    #[command(after_help = "Examples:\n  pitfloor facts runs/first-market-1 --html facts.html\n  \
                      pitfloor facts runs/seed-* --gate --json\n  \
                      pitfloor facts AMZN_message_1.csv.zst AMZN_orderbook_1.csv.zst\n  \
                      pitfloor facts trades.parquet quotes.parquet --symbol ACME --session 09:30-16:00")]
    Facts(Facts),
    /// The published results: list the models, evaluate one, check a file of values.
    #[command(subcommand)]
    Reference(Reference),
    /// Search settings of a scenario until its market looks like a real one.
    #[command(after_help = "Example:\n  pitfloor calibrate reference \\\n    \
                            --vary 'agents.moment.count={6..16}' \\\n    \
                            --vary 'agents.splitter.rate=exp(mean = {300..900 log}ms)' \\\n    \
                            --tries 60 --seeds 2 --out mine.toml")]
    Calibrate(Calibrate),
    /// Ecologies of agents without a book: list them, run one.
    #[command(subcommand)]
    Ecology(Ecology),
    /// Measure speed, with the work asserted.
    #[command(subcommand)]
    Bench(Bench),
    /// Show what is built in.
    #[command(
        after_help = "Examples:\n  pitfloor list agents\n  pitfloor list rules --at 2024-05-28"
    )]
    List(List),
    /// Print completions for a shell.
    #[command(
        after_help = "Example:\n  pitfloor completions bash > /etc/bash_completion.d/pitfloor"
    )]
    Completions {
        /// Which shell.
        shell: Shell,
    },
    /// Write the manual pages into a folder.
    #[command(after_help = "Example:\n  pitfloor man /usr/local/share/man/man1")]
    Man {
        /// Where to.
        folder: PathBuf,
    },
}

/// `pitfloor run`.
#[derive(Debug, Default, Args)]
pub(crate) struct Run {
    /// A TOML file, or the name of a built-in scenario.
    pub(crate) scenario: Option<String>,

    /// The seed of all dice: a whole number from 0 to 18446744073709551615.
    #[arg(long, value_name = "N", allow_hyphen_values = true)]
    pub(crate) seed: Option<String>,

    /// How long to run, in simulated time, such as 6h30m.
    #[arg(long, value_name = "SPAN", allow_hyphen_values = true)]
    pub(crate) until: Option<String>,

    /// Simulated seconds per real second, or max: as fast as the machine goes.
    #[arg(long, value_name = "max|N", default_value = "max", allow_hyphen_values = true)]
    pub(crate) speed: String,

    /// Set any field of the scenario; may be given again.
    #[arg(long = "set", value_name = "FIELD=VALUE")]
    pub(crate) set: Vec<String>,

    /// The folder to write; must not exist yet. Default: runs/NAME-SEED, numbered if taken.
    #[arg(long, value_name = "DIR")]
    pub(crate) out: Option<PathBuf>,

    /// Write over an earlier run in the folder.
    #[arg(long)]
    pub(crate) force: bool,

    /// Write no report.html.
    #[arg(long)]
    pub(crate) no_report: bool,

    /// Keep figures only: no journal, no tables, no report. Memory stays flat however long the run.
    #[arg(long)]
    pub(crate) no_history: bool,
}

/// `pitfloor replay`.
#[derive(Debug, Args)]
pub(crate) struct Replay {
    /// A run folder, or a journal.
    pub(crate) run: PathBuf,

    /// Stop after the command of this number.
    #[arg(long, value_name = "SEQ")]
    pub(crate) to: Option<u64>,

    /// Replay what is whole of a damaged journal, and say where the damage is.
    #[arg(long)]
    pub(crate) cut: bool,

    /// The digest that must come out. Default: the one in the run folder's summary.json.
    #[arg(long, value_name = "HEX")]
    pub(crate) expect: Option<String>,

    /// Write a whole run folder again from the journal.
    #[arg(long, value_name = "DIR")]
    pub(crate) out: Option<PathBuf>,

    /// Write over an earlier run in the folder.
    #[arg(long)]
    pub(crate) force: bool,
}

/// `pitfloor account`.
#[derive(Debug, Args)]
pub(crate) struct Account {
    /// A run folder, or a journal.
    pub(crate) run: PathBuf,

    /// An agent's name, or the number of an account. Default: all, a line each.
    pub(crate) account: Option<String>,

    /// Trades and entries of this instrument alone.
    #[arg(long, value_name = "SYMBOL", requires = "account")]
    pub(crate) instrument: Option<String>,

    /// Trades and entries from this moment of the run on, such as 10m.
    #[arg(long, value_name = "SPAN", requires = "account")]
    pub(crate) from: Option<String>,

    /// Trades and entries before this moment.
    #[arg(long, value_name = "SPAN", requires = "account")]
    pub(crate) until: Option<String>,

    /// How cost is shared out when parts of a position are sold.
    #[arg(long, value_enum, default_value_t = Basis::Fifo)]
    pub(crate) basis: Basis,

    /// How many entries of history are kept; the last ones.
    #[arg(long, value_name = "N", default_value_t = 1_000)]
    pub(crate) entries: usize,
}

/// `pitfloor risk`.
#[derive(Debug, Args)]
pub(crate) struct Risk {
    /// A run folder, or a journal.
    pub(crate) run: PathBuf,

    /// An agent's name, or the number of an account. Default: all with a position, a line each.
    pub(crate) account: Option<String>,

    /// How sure: 0.99 is passed once in a hundred.
    #[arg(long, value_name = "P", default_value_t = 0.99)]
    pub(crate) level: f64,

    /// Over which time.
    #[arg(long, value_name = "SPAN", default_value = "1h")]
    pub(crate) horizon: String,

    /// How far apart the prices are whose moves count.
    #[arg(long, value_name = "SPAN", default_value = "10s")]
    pub(crate) every: String,

    /// What would be lost if these prices moved: ACME=-10%, several with commas; the contracts on
    /// them follow. Default: each of which something is held a tenth down, and up.
    #[arg(long, value_name = "MOVES")]
    pub(crate) stress: Vec<String>,

    /// How many draws.
    #[arg(long, value_name = "N", default_value_t = 10_000)]
    pub(crate) paths: usize,

    /// The seed of the draws.
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub(crate) seed: u64,
}

/// `pitfloor picture`.
#[derive(Debug, Args)]
pub(crate) struct Picture {
    /// A run folder, or a journal.
    pub(crate) run: PathBuf,

    /// The file to write. Default: standard output.
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
}

/// `pitfloor calibrate`.
#[derive(Debug, Args)]
pub(crate) struct Calibrate {
    /// A TOML file, or the name of a built-in scenario.
    pub(crate) scenario: String,

    /// A setting with a range in it: {LOW..HIGH}, whole when both ends are, or {LOW..HIGH log}.
    #[arg(long, value_name = "FIELD={LOW..HIGH}", required = true)]
    pub(crate) vary: Vec<String>,

    /// Any other field of the scenario.
    #[arg(long, value_name = "FIELD=VALUE")]
    pub(crate) set: Vec<String>,

    /// How many points to try: half of them spread evenly, half near the best.
    #[arg(long, value_name = "N", default_value_t = 60)]
    #[arg(value_parser = clap::value_parser!(u64).range(1..=100_000))]
    pub(crate) tries: u64,

    /// How many seeds every point is run with.
    #[arg(long, value_name = "N", default_value_t = 2, value_parser = clap::value_parser!(u64).range(1..=1_000))]
    pub(crate) seeds: u64,

    /// The seed of the search itself.
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub(crate) seed: u64,

    /// Which facts count. Default: every gate.
    #[arg(long, value_name = "ID,ID", value_delimiter = ',')]
    pub(crate) facts: Vec<String>,

    /// Write the scenario that was found.
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
}

/// `pitfloor facts`.
#[derive(Debug, Args)]
pub(crate) struct Facts {
    /// Run folders or journals, which are seeds of one market; or the files of one recorded market:
    /// LOBSTER messages and orderbooks, or tables of trades and quotes.
    #[arg(required = true, value_name = "RUN|FILE|SCENARIO")]
    pub(crate) what: Vec<PathBuf>,

    /// Run a scenario with seeds 1 to N and look at that: WHAT is its file, or the name of a built-in one.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..=10_000))]
    pub(crate) seeds: Option<u64>,

    /// Which instrument of a run, or which symbol of a table. Default: the first of a run.
    #[arg(long, value_name = "SYMBOL")]
    pub(crate) symbol: Option<String>,

    /// A second instrument of the run, for what two have in common.
    #[arg(long, value_name = "SYMBOL")]
    pub(crate) beside: Option<String>,

    /// When a session of a file opens and closes, such as 09:30-16:00.
    #[arg(long, value_name = "FROM-TO")]
    pub(crate) session: Option<String>,

    /// One tick of a file's prices. Default: a cent for LOBSTER.
    #[arg(long, value_name = "PRICE")]
    pub(crate) tick: Option<f64>,

    /// Write a page with charts.
    #[arg(long, value_name = "FILE", visible_alias = "out")]
    pub(crate) html: Option<PathBuf>,

    /// A published list of metrics instead of the facts; of several seeds, the first one's.
    #[arg(long, value_enum, value_name = "LIST")]
    pub(crate) metrics: Option<Metrics>,

    /// Fail unless every gate that such a tape can tell passes.
    #[arg(long)]
    pub(crate) gate: bool,
}

/// Published lists of metrics.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Metrics {
    /// Get Real (Vyetrenko et al. 2019), with the figures of ABIDES.
    GetReal,
    /// LOB-Bench (2025): its unconditional scores.
    Lobbench,
}

/// How cost is shared out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Basis {
    /// Who came first leaves first.
    Fifo,
    /// All parts cost the same.
    Average,
}

/// `pitfloor history FORMAT`.
#[derive(Debug, Subcommand)]
pub(crate) enum History {
    /// LOBSTER message and order book files (CSV or Parquet, plain, gzip or zstd).
    #[command(
        after_help = "Example:\n  pitfloor history lobster --messages AAPL_message_50.csv.zst \\\n    \
                            --book AAPL_orderbook_10.csv.zst --check"
    )]
    Lobster(Lobster),
}

/// `pitfloor history lobster`.
#[derive(Debug, Args)]
pub(crate) struct Lobster {
    /// The message file.
    #[arg(long, value_name = "FILE")]
    pub(crate) messages: PathBuf,

    /// The recorded order book to compare with.
    #[arg(long, value_name = "FILE")]
    pub(crate) book: Option<PathBuf>,

    /// The messages that the rows of the book stand behind, when the book holds fewer levels than
    /// the message file and so fewer rows.
    #[arg(long, value_name = "FILE", requires = "book")]
    pub(crate) book_messages: Option<PathBuf>,

    /// An order book file whose first row tells what stood in the book before the first message.
    /// Without it, orders from before the record are missing, and best prices differ.
    #[arg(long, value_name = "FILE")]
    pub(crate) opening: Option<PathBuf>,

    /// What the instrument is called.
    #[arg(long, value_name = "SYMBOL", default_value = "RECORD")]
    pub(crate) symbol: String,

    /// Compare with the recorded book, and fail if they disagree.
    #[arg(long, requires = "book")]
    pub(crate) check: bool,

    /// Let the agents of this scenario trade beside the recorded flow.
    #[arg(long, value_name = "SCENARIO", conflicts_with = "check")]
    pub(crate) with: Option<String>,

    /// Set any field of that scenario; may be given again.
    #[arg(long = "set", value_name = "FIELD=VALUE", requires = "with")]
    pub(crate) set: Vec<String>,

    /// The folder for the run beside agents. Default: runs/NAME-with-SCENARIO, numbered if taken.
    #[arg(long, value_name = "DIR", requires = "with")]
    pub(crate) out: Option<PathBuf>,

    /// Write over an earlier run in the folder.
    #[arg(long)]
    pub(crate) force: bool,
}

/// `pitfloor reference WHAT`.
#[derive(Debug, Subcommand)]
pub(crate) enum Reference {
    /// Every model: what it takes, with units, domains and defaults, what it gives, its source.
    #[command(after_help = "Example:\n  pitfloor reference list")]
    List,
    /// Evaluate a model with inputs of your own. The answer is always JSON.
    #[command(
        override_usage = "pitfloor reference eval <NAME> --json <INPUTS>",
        after_help = "Examples:\n  \
                      pitfloor reference eval vasicek \\\n    \
                      --json '{\"r\": 0.05, \"a\": 0.1, \"b\": 0.05, \"s\": 0.01, \"T\": 1}'\n  \
                      pitfloor reference eval bond --json - < bond.json"
    )]
    Eval(ReferenceEval),
    /// Evaluate every entry of a file and compare with its published value.
    #[command(
        after_help = "Example:\n  pitfloor reference check ../shared/reference/published.json --only BS_"
    )]
    Check(ReferenceCheck),
}

/// `pitfloor reference eval`.
#[derive(Debug, Args)]
pub(crate) struct ReferenceEval {
    /// Which model.
    pub(crate) name: String,

    /// Its inputs: one JSON object, or - for standard input. Without any, its defaults.
    // Stands behind --json, which is everywhere a flag: so both forms are one.
    pub(crate) inputs: Option<String>,
}

/// `pitfloor reference check`.
#[derive(Debug, Args)]
pub(crate) struct ReferenceCheck {
    /// The file.
    #[arg(default_value = "../shared/reference/published.json")]
    pub(crate) file: PathBuf,

    /// Only the entries whose name begins so.
    #[arg(long, value_name = "PREFIX")]
    pub(crate) only: Option<String>,
}

/// `pitfloor ecology WHAT`.
#[derive(Debug, Subcommand)]
pub(crate) enum Ecology {
    /// Every ecology: its number, what it takes, with units, domains and defaults, what it gives.
    #[command(after_help = "Example:\n  pitfloor ecology list")]
    List,
    /// Run one. The answer is always JSON.
    #[command(
        override_usage = "pitfloor ecology run <NAME> [--seed <N>] [--json <PARAMETERS>]",
        after_help = "Examples:\n  pitfloor ecology run E1\n  \
                      pitfloor ecology run zip --seed 7 --json '{\"runs\": 10}'"
    )]
    Run(EcologyRun),
}

/// `pitfloor ecology run`.
#[derive(Debug, Args)]
pub(crate) struct EcologyRun {
    /// Which one: its name, or its number, such as E1.
    pub(crate) name: String,

    /// Its parameters: one JSON object, or - for standard input. Without any, its defaults.
    // Stands behind --json, which is everywhere a flag: so both forms are one.
    pub(crate) inputs: Option<String>,

    /// The seed of all dice; the same as the parameter.
    #[arg(long, value_name = "N")]
    pub(crate) seed: Option<u64>,
}

/// `pitfloor bench WHAT`.
#[derive(Debug, Subcommand)]
pub(crate) enum Bench {
    /// A whole market: agents, latency, ledger, feed and journal.
    #[command(after_help = "Example:\n  pitfloor bench run --agents 10,100,1000,10000 --rounds 5")]
    Run(BenchRun),
    /// Order books side by side on the same flow: a floor, a naive book, the exchange.
    #[command(after_help = "Example:\n  pitfloor bench book --workload W1\n  \
                            pitfloor bench book --workload pub5 --gate --json\n  \
                            pitfloor bench book --file mine.lob")]
    Book(BenchBook),
    /// The reference configurations of ABIDES: what a day costs, and whether it comes to the same.
    #[command(after_help = "Example:\n  pitfloor bench rmsc --seeds 64 --json\n  \
                            pitfloor bench rmsc --until 1h\n  \
                            pitfloor bench rmsc --days 10 --seeds 1")]
    Rmsc(BenchRmsc),
    /// What clearing costs: a day in four asset classes beside a day in shares alone.
    #[command(after_help = "Example:\n  pitfloor bench day --rounds 5 --gate 0.7")]
    Day(BenchDay),
    /// How fast recorded markets are read: a file of each format written, read and compared.
    #[command(after_help = "Example:\n  pitfloor bench data --messages 2000000 --gate")]
    Data(BenchData),
    /// What theory says of markets, held against the real book: figures found and exact, row by row.
    #[command(after_help = "Example:\n  pitfloor bench physics --scale 0.1\n  \
                            pitfloor bench physics --only V-51 --json")]
    Physics(BenchPhysics),
}

/// `pitfloor bench data`.
#[derive(Debug, Args)]
pub(crate) struct BenchData {
    /// How many messages, or rows, each file has.
    #[arg(long, value_name = "N", default_value_t = 1_000_000)]
    pub(crate) messages: u64,

    /// Rounds per format; the quickest counts.
    #[arg(long, value_name = "N", default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..=1000))]
    pub(crate) rounds: u32,

    /// Fail when one is not as fast as is wanted.
    #[arg(long)]
    pub(crate) gate: bool,
}

/// `pitfloor bench physics`.
#[derive(Debug, Args)]
pub(crate) struct BenchPhysics {
    /// Only the experiment of this name.
    #[arg(long, value_name = "NAME")]
    pub(crate) only: Option<String>,

    /// How much of the full length is played: what is drawn at random is then less exact, and held to
    /// less.
    #[arg(long, value_name = "SHARE", default_value_t = 1.0)]
    pub(crate) scale: f64,

    /// The first seed; what fails is played once more with the next one.
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub(crate) seed: u64,
}

/// `pitfloor bench rmsc`.
#[derive(Debug, Args)]
pub(crate) struct BenchRmsc {
    /// Which configuration; only rmsc04 has a table to be held against.
    #[arg(long, default_value = "rmsc04", value_parser = ["rmsc04", "rmsc03"])]
    pub(crate) scenario: String,

    /// When trading closes, after its start.
    #[arg(long, value_name = "SPAN", default_value = "6h30m")]
    pub(crate) until: String,

    /// So many days without a night, and how fast the second half of them is.
    #[arg(long, value_name = "N", conflicts_with = "until", value_parser = clap::value_parser!(u32).range(2..=100))]
    pub(crate) days: Option<u32>,

    /// How many seeds, from 1 on, are held against the table; with fewer than 16 nothing is judged.
    #[arg(long, value_name = "N", default_value_t = 16, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    pub(crate) seeds: u32,

    /// Timed rounds of the first seed; the best counts.
    #[arg(long, value_name = "N", default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..=1000))]
    pub(crate) rounds: u32,

    /// Fail when it takes more of the processor than a 300th of the reference, or when the second half
    /// of several days is more than a twentieth slower than the first.
    #[arg(long)]
    pub(crate) gate: bool,
}

/// `pitfloor bench day`.
#[derive(Debug, Args)]
pub(crate) struct BenchDay {
    /// How long to run, in simulated time. Default: the whole day.
    #[arg(long, value_name = "SPAN")]
    pub(crate) until: Option<String>,

    /// Rounds of each day; the best counts.
    #[arg(long, value_name = "N", default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..=1000))]
    pub(crate) rounds: u32,

    /// Where the journal goes.
    #[arg(long, value_enum, default_value_t = JournalTo::Memory)]
    pub(crate) journal: JournalTo,

    /// Fail when the day of everything runs at less than this share of the other's rate.
    #[arg(long, value_name = "SHARE")]
    pub(crate) gate: Option<f64>,
}

/// `pitfloor bench book`.
#[derive(Debug, Args)]
pub(crate) struct BenchBook {
    /// Which flow.
    #[arg(long, value_enum, value_name = "NAME", required_unless_present = "file")]
    pub(crate) workload: Option<BookLoad>,

    /// Read the flow from a file; with a workload, the file must be that workload's.
    #[arg(long, value_name = "FILE")]
    pub(crate) file: Option<PathBuf>,

    /// Write the flow into a file.
    #[arg(long, value_name = "FILE")]
    pub(crate) write: Option<PathBuf>,

    /// Only the first so many messages; what they must come to, the naive book says.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) messages: Option<u32>,

    /// Rounds per contestant, in turn, and on until the least has settled, three times as many at the
    /// most; the least and the median are reported.
    #[arg(long, value_name = "N", default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..=1000))]
    pub(crate) rounds: u32,

    /// Fail when it is not as fast as is wanted.
    #[arg(long)]
    pub(crate) gate: bool,
}

/// What `bench book` can measure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum BookLoad {
    /// Two thousand live orders.
    #[value(name = "W1")]
    W1,
    /// A million live orders.
    #[value(name = "W2")]
    W2,
    /// A book over a billion ticks.
    #[value(name = "W3")]
    W3,
    /// The public benchmark, an ordinary day.
    Normal,
    /// The public benchmark, the price never moves.
    Static,
    /// The public benchmark, a swing of a quarter.
    #[value(name = "swing-25")]
    Swing25,
    /// The public benchmark, a swing of two fifths.
    #[value(name = "swing-40")]
    Swing40,
    /// The public benchmark, a swing of three fifths.
    FlashCrash,
    /// The five of the public benchmark.
    Pub5,
    /// All eight.
    All,
}

/// `pitfloor bench run`.
#[derive(Debug, Args)]
pub(crate) struct BenchRun {
    /// How many agents; several numbers are measured in turn, at the same total rate.
    #[arg(long, value_name = "N[,N...]", value_delimiter = ',', default_value = "1000")]
    pub(crate) agents: Vec<u32>,

    /// How long to run, in simulated time.
    #[arg(long, value_name = "SPAN", default_value = "10m")]
    pub(crate) until: String,

    /// The seed of all dice.
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub(crate) seed: u64,

    /// Rounds per number of agents; the best and the median are reported.
    #[arg(long, value_name = "N", default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..=1000))]
    pub(crate) rounds: u32,

    /// Where the journal goes.
    #[arg(long, value_enum, default_value_t = JournalTo::Memory)]
    pub(crate) journal: JournalTo,

    /// Fail when fewer commands per CPU-second are done, or when the slowest number of agents is
    /// more than a quarter slower than the fastest.
    #[arg(long, value_name = "COMMANDS")]
    pub(crate) gate: Option<f64>,
}

/// Where a benchmark's journal goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum JournalTo {
    /// Nowhere.
    None,
    /// Memory, in the byte form that it has on disk.
    Memory,
    /// A file in the temporary folder, compressed and synced.
    Disk,
}

/// `pitfloor list`.
#[derive(Debug, Args)]
pub(crate) struct List {
    /// What to show.
    #[arg(value_enum)]
    pub(crate) what: Listed,
    /// Of rules: only the rows that hold on this day, in their market's own time.
    #[arg(long, value_name = "DATE", value_parser = crate::list::day)]
    pub(crate) at: Option<jiff::civil::Date>,
}

/// What can be listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Listed {
    /// Scenarios that come with the program.
    Scenarios,
    /// Kinds of agents, with their parameters.
    Agents,
    /// Kinds of instruments.
    Instruments,
    /// Kinds of orders and what they may carry.
    OrderTypes,
    /// Rules of supervision: rows with dates, status and source.
    Rules,
    /// Processes that series and fundamentals follow, with their parameters.
    Processes,
}
