//! `pitfloor data generate` and `pitfloor data prove`: series from processes.

use crate::program::{Said, folder, pitfloor};
use pitfloor_store::tables::{Field, rows};
use std::io::Read;
use std::path::Path;

fn made(at: &Path, args: &[&str]) -> Said {
    pitfloor(at, ["data", "generate"].iter().chain(args))
}

fn text(at: &Path, name: &str) -> String {
    std::fs::read_to_string(at.join(name)).unwrap()
}

/// The cells of a column of text.
fn column(text: &str, name: &str) -> Vec<String> {
    let mut lines = text.lines();
    let at = lines.next().unwrap().split(',').position(|head| head == name).unwrap();
    lines.map(|line| line.split(',').nth(at).unwrap().to_owned()).collect()
}

fn numbers(text: &str, name: &str) -> Vec<f64> {
    column(text, name).iter().map(|cell| cell.parse().unwrap()).collect()
}

#[test]
fn one_seed_is_one_series_whatever_the_file() {
    let at = folder();
    let day = ["--step", "1h", "--until", "10d", "--symbols", "ACME,BOLT"];
    let with = |seed: &str, out: &str| {
        let args = [&["heston", "--json", "--seed", seed, "--out", out][..], &day].concat();
        made(at.path(), &args).well().json()
    };
    let (one, again, other) = (with("7", "a.csv"), with("7", "b.csv"), with("8", "c.csv"));
    assert_eq!(text(at.path(), "a.csv"), text(at.path(), "b.csv"));
    assert_eq!(one["digest"], again["digest"]);
    assert_ne!(one["digest"], other["digest"]);
    assert_eq!((&one["rows"], &one["series"]["ACME"]["rows"]), (&480.into(), &240.into()));
    assert_eq!(one["parameters"]["kappa"], 2.0);
    let packed = with("7", "a.csv.gz");
    assert_eq!(packed["digest"], one["digest"]);
    let mut unpacked = String::new();
    let file = std::fs::File::open(at.path().join("a.csv.gz")).unwrap();
    flate2::read::GzDecoder::new(file).read_to_string(&mut unpacked).unwrap();
    assert_eq!(unpacked, text(at.path(), "a.csv"));
    assert_eq!(with("7", "a.parquet")["digest"], one["digest"]);
    let closes = numbers(&unpacked, "close");
    let read = rows(at.path().join("a.parquet")).unwrap().map(|row| {
        let row = row.unwrap();
        let close = row.get_column_iter().find(|(name, _)| *name == "close").unwrap();
        match close.1 {
            Field::Double(close) => *close,
            other => panic!("{other:?}"),
        }
    });
    assert_eq!(read.collect::<Vec<f64>>(), closes, "every digit is kept");
    // A symbol has dice of its own: another one beside it changes nothing.
    let alone = ["heston", "--seed", "7", "--out", "d.csv", "--symbols", "BOLT"];
    made(at.path(), &[&alone[..], &day[..4]].concat()).well();
    let both = text(at.path(), "a.csv");
    let bolt: Vec<&str> = both.lines().filter(|line| line.contains(",BOLT,")).collect();
    let alone = text(at.path(), "d.csv");
    assert_eq!(alone.lines().skip(1).collect::<Vec<_>>(), bolt);
}

/// The first rows of a seed, forever.
#[test]
fn the_first_rows_are_frozen() {
    let at = folder();
    let args = ["gbm", "--step", "1h", "--until", "2h", "--looks", "1", "--out", "a.csv"];
    made(at.path(), &args).well();
    assert_eq!(text(at.path(), "a.csv"), FIRST_BARS);
}

const FIRST_BARS: &str = "\
at_ns,symbol,open_at_ns,open,high,low,close,volume,trades,vwap
1767627000000000000,SYNTH,1767623400000000000,100,100,99.89154723421323,99.89154723421323,,,
1767630600000000000,SYNTH,1767627000000000000,99.89154723421323,99.91276114135508,\
99.89154723421323,99.91276114135508,,,
";

#[test]
fn bars_are_whole_and_follow_one_another() {
    let at = folder();
    made(at.path(), &["merton", "--step", "30m", "--until", "4d", "--out", "a.csv"]).well();
    let text = text(at.path(), "a.csv");
    let of = |name| numbers(&text, name);
    let (open, high, low, close) = (of("open"), of("high"), of("low"), of("close"));
    assert_eq!(open.len(), 192);
    assert_eq!(open[0], 100.0);
    for n in 0..open.len() {
        assert!(low[n] <= open[n].min(close[n]) && high[n] >= open[n].max(close[n]), "{n}");
        assert!(n == 0 || open[n] == close[n - 1], "{n}");
    }
    let at_ns: Vec<u64> = column(&text, "at_ns").iter().map(|at| at.parse().unwrap()).collect();
    assert_eq!(at_ns[0], 1_767_623_400_000_000_000 + 1_800_000_000_000, "half past nine and after");
    assert!(at_ns.windows(2).all(|pair| pair[1] - pair[0] == 1_800_000_000_000));
    assert!(column(&text, "volume").iter().all(String::is_empty), "nothing traded");
}

/// Trades, quotes and bars of one seed are of one market.
#[test]
fn a_market_is_one_whichever_way_it_is_told() {
    let at = folder();
    let with = |shape: &str, out: &str| {
        let args = ["gbm", "--noise", "rate=2", "--noise", "size=10", "--step", "1m", "--until"];
        let rest = ["30m", "--as", shape, "--out", out, "--symbols", "A,B"];
        made(at.path(), &[&args[..], &rest].concat()).well();
        text(at.path(), out)
    };
    let (trades, quotes) = (with("trades", "t.csv"), with("quotes", "q.csv"));
    let bars = with("bars", "b.csv");
    let count = trades.lines().count() - 1;
    assert!((3_000..12_000).contains(&count), "{count}");
    let volume: f64 = numbers(&bars, "volume").iter().sum();
    assert_eq!(volume, numbers(&trades, "qty").iter().sum::<f64>());
    let of_bars: f64 = numbers(&bars, "trades").iter().sum();
    assert_eq!(of_bars, count as f64);
    // Every trade is at the best price of its moment.
    let mut best = std::collections::BTreeMap::new();
    let mut quotes = quotes.lines().skip(1).map(|line| line.split(',').collect::<Vec<_>>());
    let mut next = quotes.next();
    let (mut checked, mut last) = (0, 0_u64);
    for line in trades.lines().skip(1) {
        let cells: Vec<&str> = line.split(',').collect();
        let now: u64 = cells[0].parse().unwrap();
        assert!(now >= last, "in the order of moments");
        last = now;
        while let Some(quote) = next.as_ref().filter(|q| q[0].parse::<u64>().unwrap() < now) {
            best.insert(quote[1].to_owned(), (quote[2].to_owned(), quote[4].to_owned()));
            next = quotes.next();
        }
        if let Some((bid, ask)) = best.get(cells[1]) {
            let expected = if cells[5] == "buy" { ask } else { bid };
            checked += usize::from(cells[3] == expected);
        }
    }
    assert!(
        checked + 40 > count,
        "{checked} of {count}: only those of a quote's own moment differ"
    );
    let price = column(&trades, "price");
    assert!(price.iter().all(|price| price.split('.').nth(1).is_none_or(|d| d.len() <= 2)));
}

/// What is written is what the judge of markets reads.
#[test]
fn the_facts_read_a_made_market() {
    let at = folder();
    for (shape, out) in [("trades", "trades.parquet"), ("quotes", "quotes.parquet")] {
        let args = ["garch", "--as", shape, "--out", out, "--step", "1s", "--until", "2h"];
        made(at.path(), &args).well();
    }
    let said = pitfloor(at.path(), ["facts", "trades.parquet", "quotes.parquet", "--json"]);
    assert!(said.status <= 1, "{}", said.err);
    assert!(said.json()["facts"].is_object());
}

#[test]
fn baskets_and_curves_have_a_series_for_each_name() {
    let at = folder();
    let days = ["--step", "1d", "--until", "366d", "--looks", "1", "--as", "values"];
    let basket = ["basket", "--symbols", "A,B", "--set", "v=0.3 0.15", "--set", "corr=1"];
    made(at.path(), &[&basket[..], &days, &["--out", "b.csv"]].concat()).well();
    let both = text(at.path(), "b.csv");
    let of = |symbol: &str| -> Vec<f64> {
        let lines = both.lines().filter(|line| line.contains(symbol));
        lines.map(|line| line.rsplit(',').next().unwrap().parse().unwrap()).collect()
    };
    let (a, b) = (of(",A,"), of(",B,"));
    assert_eq!((a.len(), a[0], b[0]), (367, 100.0, 100.0));
    // One shock moves both: the one with twice the volatility twice as far, but for the drift.
    let drift = |v: f64| 0.5 * v * v / 365.0;
    for (a, b) in a.windows(2).zip(b.windows(2)) {
        let off = |pair: &[f64], v: f64| ((pair[1] / pair[0]).ln() + drift(v)) / v;
        assert!((off(a, 0.3) - off(b, 0.15)).abs() < 1e-12);
    }
    let curve = ["curve", "--symbols", "3mo,10y", "--json", "--out", "c.csv"];
    let said = made(at.path(), &[&curve[..], &days].concat()).well().json();
    let mean = |tenor: &str| said["series"][tenor]["first"].as_f64().unwrap();
    assert!(mean("3mo") < mean("10y") && mean("10y") < 0.045, "{said}");
    assert!(said["series"]["3mo"]["low"].as_f64().unwrap() < mean("3mo"));
}

#[test]
fn what_cannot_be_made_is_refused_and_leaves_nothing() {
    let at = folder();
    std::fs::write(at.path().join("there.csv"), "mine\n").unwrap();
    let long = ["merton", "--set", "lam=1000000", "--step", "1d", "--per", "1h", "--until", "2d"];
    let cases: [(&[&str], &str); 20] = [
        (&["hestn"], "PROCESS: found \"hestn\", expected one of gbm, merton, heston"),
        (&["hestn"], "did you mean heston?"),
        (&["heston", "--set", "v=0.2"], "--set v=0.2: found \"v\", expected one of drift, v0"),
        (&["heston", "--set", "kapa=2"], "did you mean kappa?"),
        (&["heston", "--set", "rho=-2"], "--set rho: found -2, expected a correlation from -1"),
        (&["heston", "--set", "rho=x"], "--set rho: found \"x\", expected a correlation"),
        (&["heston", "--set", "rho"], "--set rho: found no =, expected NAME=VALUE"),
        (&["garch", "--set", "beta=0.95"], "beta: found 0.95 with alpha 0.06, expected alpha +"),
        (&["gbm", "--noise", "rate=-1"], "--noise rate: found -1, expected a rate from 0"),
        (&["curve", "--noise", "rate=1"], "--noise: found a market around a curve"),
        (&["curve", "--symbols", "2w"], "--symbols: found \"2w\", expected a tenor"),
        (&["basket", "--symbols", "A,B", "--set", "corr=-1.5"], "--set corr: found -1.5 in row"),
        (&["basket", "--symbols", "A,B", "--set", "v=1 2 3"], "--set v: found \"1 2 3\", expected"),
        (&["gbm", "--symbols", "A,A"], "--symbols: found A twice, expected each symbol once"),
        (&["gbm", "--from", "yesterday"], "--from: found \"yesterday\", expected a time such as"),
        (&["gbm", "--step", "5"], "--step: found \"5\", expected a time such as"),
        (&["gbm", "--until", "1s"], "--until: found 1s, expected at least one --step"),
        (&["gbm", "--price", "0"], "--price: found 0, expected a price"),
        (&["gbm", "--set", "drift=100", "--per", "1s"], "expected parameters with which it stays"),
        (&long, "lam: found 1500000 expected in a step"),
    ];
    for (args, why) in cases {
        let said = made(at.path(), &[args, &["--out", "no.csv"][..]].concat());
        assert_eq!(said.status, 2, "{args:?}: {}", said.err);
        assert!(said.err.contains(why), "{args:?}: {}", said.err);
    }
    for (out, why) in [
        ("there.csv", "there.csv: found a file, expected none there (or --force)"),
        ("a.txt", "--out: found a.txt, expected a name in .csv, .csv.gz or .parquet"),
        ("no/such/a.csv", "no/such/a.csv: "),
    ] {
        let said = made(at.path(), &["gbm", "--out", out]);
        assert_eq!(said.status, 2, "{out}");
        assert!(said.err.contains(why), "{}", said.err);
    }
    assert_eq!(text(at.path(), "there.csv"), "mine\n");
    assert_eq!(std::fs::read_dir(at.path()).unwrap().count(), 1, "nothing else is there");
    made(at.path(), &["gbm", "--out", "there.csv", "--force"]).well();
    assert!(text(at.path(), "there.csv").starts_with("at_ns,"));
}

#[test]
fn processes_are_proved_and_listed() {
    let at = folder();
    let said = pitfloor(at.path(), ["data", "prove", "merton", "--paths", "2000", "--json"]);
    let said = said.well().json();
    assert_eq!((&said["figures"], &said["failed"]), (&9.into(), &0.into()));
    for row in said["list"].as_array().unwrap() {
        let off = (row["exact"].as_f64().unwrap() - row["found"].as_f64().unwrap()).abs();
        let error = row["standard_error"].as_f64().unwrap();
        assert!((row["errors"].as_f64().unwrap() - off / error).abs() < 1e-6, "{row}");
    }
    let set = ["data", "prove", "gbm", "--paths", "500", "--set", "v=0.8"];
    let said = pitfloor(at.path(), set).well();
    assert!(said.out.ends_with("8 figures, 0 more than 4 standard errors off\n"), "{}", said.out);
    for (args, why) in [
        (&["hestn"][..], "did you mean heston?"),
        (&["noise", "--set", "rate=1"], "expected none: it has fixed figures"),
        (&["gbm", "--paths", "5"], "--paths: found 5, expected 100 to 10000000 paths"),
    ] {
        let said = pitfloor(at.path(), ["data", "prove"].iter().chain(args));
        assert_eq!(said.status, 2);
        assert!(said.err.contains(why), "{}", said.err);
    }
    let listed = pitfloor(at.path(), ["list", "processes", "--json"]).well().json();
    let listed = listed["processes"].as_array().unwrap();
    let names: Vec<&str> = listed.iter().map(|row| row["name"].as_str().unwrap()).collect();
    let expected =
        ["gbm", "merton", "heston", "garch", "regimes", "ou", "basket", "curve", "noise"];
    assert_eq!(names, expected);
    let text = pitfloor(at.path(), ["list", "processes"]).well().out;
    assert!(text.contains("heston") && text.contains("after Heston 1993"), "{text}");
}
