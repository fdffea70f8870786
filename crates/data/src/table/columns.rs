//! What columns are called, and what each name means.

use crate::error::Fault;

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs, reason = "each is called what it is")]
pub enum Role {
    /// A date, a moment, or a date whose time is in another column.
    Time,
    /// The time of day of a date.
    Clock,
    Open,
    High,
    Low,
    Close,
    /// The close as if later actions of the company had come before.
    Adjusted,
    Volume,
    Count,
    Vwap,
    /// Money that changed hands.
    Turnover,
    /// The part of the volume that buyers took.
    Bought,
    Dividend,
    Split,
    Bid,
    Ask,
    BidSize,
    AskSize,
    Price,
    Size,
    Side,
    Id,
    /// Which instrument.
    Symbol,
    /// A figure of a series of its own.
    Figure,
    /// Not read.
    Other,
}

/// What rows are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Shape {
    /// Open, high, low and close.
    Bars,
    /// Bid and ask.
    Quotes,
    /// Price and size.
    Trades,
    /// Figures, each column a series.
    Series,
}

/// The columns of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Columns {
    /// What they are called.
    pub names: Vec<String>,
    /// What each holds.
    pub roles: Vec<Role>,
    /// What the rows are.
    pub shape: Shape,
    /// Where each role is, by its number.
    places: Vec<Option<usize>>,
}

/// Names of the same meaning, without spaces, lines and capitals. The first that a table has is meant.
const SPELLINGS: &[(Role, &[&str])] = &[
    (
        Role::Time,
        &[
            "timestamp",
            "timestamputc",
            "timestamps",
            "time",
            "datetime",
            "date",
            "opentime",
            "unix",
            "unixtimestamp",
            "ts",
            "tsevent",
            "atns",
            "tsns",
            "observationdate",
            "timeperiod",
            "date(utc)",
            "",
        ],
    ),
    (Role::Open, &["open", "o"]),
    (Role::High, &["high", "h"]),
    (Role::Low, &["low", "l"]),
    (Role::Close, &["close", "c", "last"]),
    (Role::Adjusted, &["adjclose", "adjustedclose"]),
    (Role::Volume, &["volume", "vol", "v", "basevolume", "tickvolume", "basecurrencyvolume"]),
    (Role::Count, &["n", "trades", "count", "numberoftrades", "numtrades", "tradecount"]),
    (Role::Vwap, &["vwap", "vw"]),
    (Role::Turnover, &["quotevolume", "quoteassetvolume", "turnover"]),
    (
        Role::Bought,
        &["takerbuyvolume", "takerbuybaseassetvolume", "takerbuybasevolume", "takerbuybase"],
    ),
    (Role::Dividend, &["dividends", "dividend"]),
    (Role::Split, &["stocksplits", "splits"]),
    (Role::Bid, &["bid", "bidprice", "bidpx"]),
    (Role::Ask, &["ask", "askprice", "askpx"]),
    (Role::BidSize, &["bidsize", "bidqty"]),
    (Role::AskSize, &["asksize", "askqty"]),
    (Role::Price, &["price", "px"]),
    (Role::Size, &["size", "qty", "amount", "quantity"]),
    (Role::Side, &["side", "aggressor", "aggressorside"]),
    (Role::Id, &["id", "tradeid"]),
    (Role::Symbol, &["symbol", "instrument", "ticker"]),
];

impl Columns {
    /// What columns of these names are.
    ///
    /// # Errors
    ///
    /// When none is a time, when two are the same thing, or when a column cannot be told from another.
    pub(crate) fn of(names: Vec<String>) -> Result<Self, Fault> {
        let plain: Vec<String> = names.iter().map(|name| plain(name)).collect();
        let mut roles = vec![Role::Other; names.len()];
        for (role, spellings) in SPELLINGS {
            for spelling in *spellings {
                let mut found = (0..names.len()).filter(|at| plain[*at] == *spelling);
                let Some(first) = found.next() else { continue };
                if let Some(second) = found.next() {
                    let both = format!("{:?} and {:?}", names[first], names[second]);
                    return Err(Fault::new("columns", both, format!("one column of {role:?}")));
                }
                if roles[first] == Role::Other {
                    roles[first] = *role;
                    break;
                }
            }
        }
        // A date in one column and its time of day in another.
        let at = |word: &str| plain.iter().position(|name| name == word);
        if let (Some(date), Some(time)) = (at("date"), at("time")) {
            (roles[date], roles[time]) = (Role::Time, Role::Clock);
        }
        if !roles.contains(&Role::Time) {
            let expected = "a column of times, such as date, time or timestamp";
            return Err(Fault::new("columns", names.join(", "), expected));
        }
        let has = |wanted: &[Role]| wanted.iter().all(|role| roles.contains(role));
        let shape = if has(&[Role::Open, Role::High, Role::Low, Role::Close]) {
            Shape::Bars
        } else if has(&[Role::Bid, Role::Ask]) {
            Shape::Quotes
        } else if has(&[Role::Price, Role::Size]) {
            Shape::Trades
        } else {
            Shape::Series
        };
        if shape == Shape::Series {
            for role in &mut roles {
                if !matches!(role, Role::Time | Role::Clock) {
                    *role = Role::Figure;
                }
            }
            if !roles.contains(&Role::Figure) {
                let expected = "a column of figures beside that of times";
                return Err(Fault::new("columns", names.join(", "), expected));
            }
            // A second column of times is none of figures.
            let times = SPELLINGS.iter().find(|(role, _)| *role == Role::Time);
            let is_time = |name: &str| times.is_some_and(|(_, names)| names.contains(&name));
            for (role, name) in roles.iter_mut().zip(&plain) {
                if *role == Role::Figure && is_time(name) {
                    *role = Role::Other;
                }
            }
        }
        let mut places = vec![None; Role::Other as usize];
        for (place, role) in roles.iter().enumerate().rev() {
            if *role != Role::Other {
                places[*role as usize] = Some(place);
            }
        }
        Ok(Self { names, roles, shape, places })
    }

    /// Where the column of `role` is; the first, where there are several.
    #[must_use]
    pub fn place(&self, role: Role) -> Option<usize> {
        self.places.get(role as usize).copied().flatten()
    }

    /// Whether the table tells nothing of a bar but its prices and volume.
    pub(crate) fn plain_bars(&self) -> bool {
        const MORE: [Role; 7] = [
            Role::Adjusted,
            Role::Count,
            Role::Vwap,
            Role::Turnover,
            Role::Bought,
            Role::Dividend,
            Role::Split,
        ];
        self.shape == Shape::Bars && MORE.iter().all(|role| self.place(*role).is_none())
    }
}

/// A name without capitals, spaces and lines.
fn plain(name: &str) -> String {
    let name = name.trim().trim_start_matches('\u{feff}');
    let kept = name.chars().filter(|c| !matches!(c, ' ' | '_' | '-' | '#'));
    kept.flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(names: &str) -> Result<Columns, String> {
        let names = names.split(',').map(str::to_owned).collect();
        Columns::of(names).map_err(|fault| format!("{}: found {}", fault.field, fault.found))
    }

    #[test]
    fn columns_are_known_by_all_their_spellings() {
        for (names, shape) in [
            (",Open,High,Low,Close,Volume", Shape::Bars),
            ("timestamp_utc,open,high,low,close,volume", Shape::Bars),
            ("Date,Time,O,H,L,C,Vol,OpenInterest", Shape::Bars),
            ("open_time,open,high,low,close,volume,number of trades", Shape::Bars),
            ("timestamp,bid,ask", Shape::Quotes),
            ("ts_event,bid price,bid-size,ask price,ask-size", Shape::Quotes),
            ("time,price,qty,side,id", Shape::Trades),
            ("date,BC_1MONTH,BC_30YEAR", Shape::Series),
            ("observation_date,BAMLC0A0CM", Shape::Series),
        ] {
            assert_eq!(of(names).unwrap().shape, shape, "{names}");
        }
        let yahoo = of("Date,Open,High,Low,Close,Adj Close,Volume").unwrap();
        assert_eq!(yahoo.place(Role::Adjusted), Some(5));
        assert_eq!(yahoo.place(Role::Close), Some(4), "never the adjusted one in silence");
        let split = of("Date,Time,Open,High,Low,Close").unwrap();
        assert_eq!((split.place(Role::Time), split.place(Role::Clock)), (Some(0), Some(1)));
        let gas = of("Date(UTC),UnixTimeStamp,Value (Wei)").unwrap();
        assert_eq!(gas.place(Role::Figure), Some(2));
    }

    #[test]
    fn what_is_not_clear_is_refused() {
        assert_eq!(of("a,b").unwrap_err(), "columns: found a, b");
        assert_eq!(
            of("date,open,Open,high,low,close").unwrap_err(),
            "columns: found \"open\" and \"Open\""
        );
        assert_eq!(of("date").unwrap_err(), "columns: found date");
    }
}
