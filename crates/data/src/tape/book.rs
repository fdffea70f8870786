//! A day of LOBSTER files as a session of a tape.

use super::Options;
use crate::error::DataError;
use crate::lobster::{Action, BookReader, BookRow, Depth, MessageReader, Named};
use pitfloor_facts::builder::{Builder, DISTANCE_MAX, Top};
use pitfloor_model::units::{OrderId, Qty, Side};
use std::collections::BTreeMap;
use std::path::Path;

/// 9:30 to 16:00, in nanoseconds after midnight.
const SESSION: (u64, u64) = (34_200_000_000_000, 57_600_000_000_000);

/// The unit of recorded prices, in dollars.
const UNIT: f64 = 1e-4;

/// How many recorded units a cent is.
const CENT: u64 = 100;

/// Live orders: when they came, and what is left of them.
type Live = BTreeMap<OrderId, (u64, Qty)>;

/// Reads one pair of files into a session of `builder`.
pub(super) fn day(
    builder: &mut Builder,
    messages: &Path,
    book: &Path,
    options: &Options,
) -> Result<(), DataError> {
    // Prices are read as recorded: a tape has no grid to keep to.
    let reader = &mut MessageReader::open_with_tick(messages, 1)?;
    let mut books = BookReader::open_with_tick(book, 1)?;
    let (open, close) = options.session.or_else(|| named_session(messages)).unwrap_or(SESSION);
    let (mut before, mut row, mut live) = (BookRow::default(), BookRow::default(), Live::new());
    builder.tells_cancels();
    builder.open(open);
    while let Some(message) = reader.next().transpose()? {
        if !books.read(&mut row)? {
            let found = format!("the end of the file, {} rows", books.line());
            let expected = format!("a row for message {} of {}", reader.line(), messages.display());
            return Err(books.refuse("rows", found, expected));
        }
        let at_ns = message.at.0;
        if at_ns < open || at_ns > close {
            builder.tape_mut().noted.outside += 1;
            before.clone_from(&row);
            continue;
        }
        hear(builder, at_ns, &message.action, &before, &mut live);
        builder.quote(at_ns, top(&row, Side::Buy), top(&row, Side::Sell));
        if books.levels().is_some_and(|levels| levels > 1) && builder.wants_snapshot(at_ns) {
            look(builder, &row);
        }
        before.clone_from(&row);
    }
    if books.read(&mut row)? {
        let expected = format!("{} rows, as {} has", reader.line(), messages.display());
        return Err(books.refuse("rows", format!("row {}", books.line()), expected));
    }
    builder.close(close);
    Ok(())
}

fn hear(builder: &mut Builder, at_ns: u64, action: &Action, before: &BookRow, live: &mut Live) {
    builder.event(at_ns);
    match action {
        Action::Submit(named) => {
            builder.ordered(named.qty.0 as f64);
            let best = top(before, named.side).map(|(price, _)| price);
            builder.placed(dollars(named.price.0), best, named.side == Side::Buy);
            live.insert(named.order, (at_ns, named.qty));
        }
        Action::Reduce(named) => {
            builder.cancelled(None);
            use_up(live, named);
        }
        Action::Delete(named) => {
            let stood = live.remove(&named.order).map(|(since, _)| (at_ns - since) as f64 / 1e9);
            builder.cancelled(stood);
        }
        Action::Execute(named) => {
            // The direction is that of the order that was hit.
            let sign = if named.side == Side::Buy { -1.0 } else { 1.0 };
            builder.fill(at_ns, sign, dollars(named.price.0), named.qty.0 as f64);
            use_up(live, named);
        }
        Action::Hidden(_) => builder.hidden_fill(at_ns),
        Action::Cross(print) => {
            builder.fill(at_ns, 0.0, dollars(print.price.0), print.qty.0 as f64);
        }
        Action::Trading(_) => {}
    }
}

fn use_up(live: &mut Live, named: &Named) {
    if let Some((_, left)) = live.get_mut(&named.order) {
        *left = Qty(left.0.saturating_sub(named.qty.0));
        if left.is_zero() {
            live.remove(&named.order);
        }
    }
}

fn top(row: &BookRow, side: Side) -> Top {
    row.side(side).first().map(|level| (dollars(level.price.0), level.qty.0 as f64))
}

#[allow(clippy::cast_possible_truncation)]
fn look(builder: &mut Builder, row: &BookRow) {
    for side in [Side::Buy, Side::Sell] {
        let Some(Depth { price: best, .. }) = row.side(side).first() else { continue };
        for level in row.side(side) {
            let behind = (level.price.0.abs_diff(best.0) / CENT) as usize;
            if behind < DISTANCE_MAX {
                builder.stands(behind, level.qty.0 as f64);
            }
        }
    }
}

fn dollars(recorded: i64) -> f64 {
    recorded as f64 * UNIT
}

/// The session that the name of a LOBSTER file tells, in milliseconds after midnight:
/// `AMZN_2012-06-21_34200000_57600000_message_1.csv`.
fn named_session(file: &Path) -> Option<(u64, u64)> {
    let name = file.file_name()?.to_str()?;
    let words: Vec<&str> = name.split('_').collect();
    let at = words.iter().position(|word| *word == "message")?;
    let time = |word: &str| word.parse::<u64>().ok()?.checked_mul(1_000_000);
    let (open, close) = (time(words.get(at.checked_sub(2)?)?)?, time(words.get(at - 1)?)?);
    (open < close).then_some((open, close))
}

#[cfg(test)]
mod tests {
    use super::named_session;
    use std::path::Path;

    #[test]
    fn the_name_of_a_file_tells_its_session() {
        let of = |name: &str| named_session(Path::new(name));
        let name = "AAPL_2012-06-21_34200000_37800000_message_50.csv.zst";
        assert_eq!(of(name), Some((34_200_000_000_000, 37_800_000_000_000)));
        assert_eq!(of("message.csv"), None);
        assert_eq!(of("X_9_5_message_1.csv"), None, "it closes after it opens");
    }
}
