//! What the name of a table says of it: Lean keeps the day, the instrument and the shape there.

use super::day;
use super::records::Resolution;
use jiff::civil::Date;

/// What the rows of a table are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    /// Prices of trades.
    Trade,
    /// Best prices.
    Quote,
    /// Contracts outstanding.
    OpenInterest,
}

/// What a name says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Named {
    /// The day of its rows, where they tell the time of day alone.
    pub(super) day: Option<Date>,
    pub(super) symbol: String,
    pub(super) shape: Shape,
    pub(super) resolution: Option<Resolution>,
}

/// Reads `20151224_goog_minute_quote_american_call_10000000_20151224.csv` and its likes. What is neither
/// day, shape nor resolution names the instrument: `goog_american_call_10000000_20151224`.
pub(super) fn read(name: &str) -> Named {
    let name = name.rsplit('/').next().unwrap_or(name);
    let stem = name.strip_suffix(".csv").unwrap_or(name).to_ascii_lowercase();
    let mut named =
        Named { day: None, symbol: String::new(), shape: Shape::Trade, resolution: None };
    let mut symbol: Vec<&str> = Vec::new();
    for (place, word) in stem.split('_').enumerate() {
        match word {
            "trade" => named.shape = Shape::Trade,
            "quote" => named.shape = Shape::Quote,
            "openinterest" => named.shape = Shape::OpenInterest,
            "tick" => named.resolution = Some(Resolution::Tick),
            "second" => named.resolution = Some(Resolution::Second),
            "minute" => named.resolution = Some(Resolution::Minute),
            "hour" => named.resolution = Some(Resolution::Hour),
            "daily" => named.resolution = Some(Resolution::Daily),
            _ => match day("day", word).ok().filter(|_| place == 0) {
                Some(date) => named.day = Some(date),
                None => symbol.push(word),
            },
        }
    }
    named.symbol = symbol.join("_");
    named
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn a_name_says_day_instrument_shape_and_resolution() {
        let of = |name: &str| {
            let named = read(name);
            (named.day, named.symbol, named.shape, named.resolution)
        };
        let name = "20151224_goog_minute_quote_american_call_10000000_20151224.csv";
        let symbol = "goog_american_call_10000000_20151224".to_owned();
        let day = Some(date(2015, 12, 24));
        assert_eq!(of(name), (day, symbol, Shape::Quote, Some(Resolution::Minute)));
        let ibm = of("20131007_ibm_Quote_Tick.csv");
        assert_eq!((ibm.1.as_str(), ibm.2, ibm.3), ("ibm", Shape::Quote, Some(Resolution::Tick)));
        assert_eq!(of("aapl.csv"), (None, "aapl".to_owned(), Shape::Trade, None));
        let es = of("20131007_es_minute_openinterest_201312.csv");
        assert_eq!((es.1.as_str(), es.2), ("es_201312", Shape::OpenInterest));
        let right = of("aapl_quote_american_call_10000000_20150117.csv");
        assert_eq!((right.0, right.1.as_str()), (None, "aapl_american_call_10000000_20150117"));
    }
}
