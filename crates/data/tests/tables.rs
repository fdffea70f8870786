//! The same record as a Parquet table, in the clothes that different tools give it.

use parquet::data_type::{ByteArray, ByteArrayType, DoubleType, Int32Type, Int64Type};
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::parser::parse_message_type;
use pitfloor_data::error::DataError;
use pitfloor_data::lobster::{BookReader, BookRow, Message, MessageReader};
use pitfloor_data::source::{Content, Source};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tempfile::TempDir;

/// A column and what is in it.
enum Column {
    Whole(Vec<i64>),
    Small(Vec<i32>),
    Double(Vec<f64>),
    Text(Vec<&'static str>),
    /// A column that may leave values out.
    Gaps(Vec<Option<i64>>),
}

fn table(file: &Path, columns: &[(&str, Column)]) {
    table_with(file, columns, WriterProperties::builder().build());
}

fn table_with(file: &Path, columns: &[(&str, Column)], properties: WriterProperties) {
    let fields: String = columns
        .iter()
        .map(|(name, column)| match column {
            Column::Whole(_) => format!("required int64 {name};\n"),
            Column::Small(_) => format!("required int32 {name};\n"),
            Column::Double(_) => format!("required double {name};\n"),
            Column::Text(_) => format!("required binary {name} (utf8);\n"),
            Column::Gaps(_) => format!("optional int64 {name};\n"),
        })
        .collect();
    let schema = Arc::new(parse_message_type(&format!("message record {{ {fields} }}")).unwrap());
    let file = std::fs::File::create(file).unwrap();
    let mut writer = SerializedFileWriter::new(file, schema, Arc::new(properties)).unwrap();
    let mut group = writer.next_row_group().unwrap();
    for (_, column) in columns {
        let mut to = group.next_column().unwrap().unwrap();
        match column {
            Column::Whole(values) => to.typed::<Int64Type>().write_batch(values, None, None),
            Column::Small(values) => to.typed::<Int32Type>().write_batch(values, None, None),
            Column::Double(values) => to.typed::<DoubleType>().write_batch(values, None, None),
            Column::Text(values) => {
                let values: Vec<ByteArray> = values.iter().map(|text| (*text).into()).collect();
                to.typed::<ByteArrayType>().write_batch(&values, None, None)
            }
            Column::Gaps(values) => {
                let there: Vec<i64> = values.iter().flatten().copied().collect();
                let levels: Vec<i16> = values.iter().map(|v| i16::from(v.is_some())).collect();
                to.typed::<Int64Type>().write_batch(&there, Some(&levels), None)
            }
        }
        .unwrap();
        to.close().unwrap();
    }
    group.close().unwrap();
    writer.close().unwrap();
}

const TEXT: &str = "34200.004241176,1,11,100,1000000,1\n\
                    34200.5,1,12,50,1000100,-1\n\
                    34201.000000001,4,12,20,1000100,-1\n";

/// The columns behind the time.
fn behind_time() -> Vec<(&'static str, Column)> {
    vec![
        ("type", Column::Small(vec![1, 1, 4])),
        ("order", Column::Whole(vec![11, 12, 12])),
        ("size", Column::Double(vec![100.0, 50.0, 20.0])),
        ("price", Column::Whole(vec![1_000_000, 1_000_100, 1_000_100])),
        ("direction", Column::Text(vec!["1", "-1", "-1"])),
    ]
}

fn with_time(time: Column) -> Vec<(&'static str, Column)> {
    let mut columns = behind_time();
    columns.insert(0, ("time", time));
    columns
}

fn in_text(folder: &TempDir) -> Vec<Message> {
    let file = folder.path().join("text.csv");
    std::fs::write(&file, TEXT).unwrap();
    read(&file).unwrap()
}

fn read(file: &Path) -> Result<Vec<Message>, DataError> {
    MessageReader::open(file)?.collect()
}

fn place() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("table.csv");
    (folder, file)
}

fn said(error: DataError) -> String {
    assert!(!error.is_world(), "{error}");
    let text = error.to_string();
    text[text.find("line").unwrap()..].to_owned()
}

#[test]
fn a_table_says_the_same_as_text() {
    let (folder, file) = place();
    let expected = in_text(&folder);
    for time in [
        Column::Double(vec![34_200.004_241_176, 34_200.5, 34_201.000_000_001]),
        Column::Whole(vec![34_200_004_241_176, 34_200_500_000_000, 34_201_000_000_001]),
        Column::Text(vec!["34200.004241176", "34200.5", "34201.000000001"]),
    ] {
        table(&file, &with_time(time));
        assert_eq!(Source::open(&file).unwrap().content(), Content::Parquet);
        assert_eq!(Source::count_rows(&file).unwrap(), 3);
        assert_eq!(read(&file).unwrap(), expected);
    }
}

#[test]
fn pages_may_be_compressed_as_other_tools_do() {
    use parquet::basic::{Compression, GzipLevel, ZstdLevel};
    let (folder, file) = place();
    let expected = in_text(&folder);
    for compression in [
        Compression::SNAPPY,
        Compression::GZIP(GzipLevel::default()),
        Compression::ZSTD(ZstdLevel::default()),
        Compression::LZ4_RAW,
    ] {
        let properties = WriterProperties::builder().set_compression(compression).build();
        let time = Column::Text(vec!["34200.004241176", "34200.5", "34201.000000001"]);
        table_with(&file, &with_time(time), properties);
        assert_eq!(read(&file).unwrap(), expected);
    }
}

#[test]
fn a_book_may_be_a_table_too() {
    let (_folder, file) = place();
    table(
        &file,
        &[
            ("ask", Column::Whole(vec![1_000_100, 9_999_999_999])),
            ("ask_size", Column::Small(vec![50, 0])),
            ("bid", Column::Whole(vec![1_000_000, 1_000_000])),
            ("bid_size", Column::Small(vec![100, 70])),
        ],
    );
    let mut reader = BookReader::open(&file).unwrap();
    assert_eq!(reader.levels(), Some(1));
    let mut row = BookRow::default();
    assert!(reader.read(&mut row).unwrap());
    assert_eq!((row.asks[0].price.0, row.asks[0].qty.0), (10_001, 50));
    assert!(reader.read(&mut row).unwrap());
    assert_eq!((row.asks.len(), row.bids[0].qty.0), (0, 70));
    assert!(!reader.read(&mut row).unwrap());
}

#[test]
fn tables_of_another_width_are_refused() {
    let (_folder, file) = place();
    table(&file, &behind_time());
    assert_eq!(
        said(read(&file).unwrap_err()),
        "line 1, columns: found 5, expected 6: time to direction"
    );
    let error = BookReader::open(&file).err().unwrap();
    assert_eq!(said(error), "line 1, columns: found 5, expected 4 for each level");
}

#[test]
fn values_that_are_no_numbers_are_refused_in_their_row() {
    let (_folder, file) = place();
    let good = || Column::Whole(vec![1, 2, 3]);
    let set = |at: usize, column: Column| {
        let mut columns = with_time(good());
        columns[at].1 = column;
        table(&file, &columns);
        said(read(&file).unwrap_err())
    };
    assert_eq!(
        set(0, Column::Whole(vec![1, 3, 2])),
        "line 3, time: found 0.000000002, expected no earlier than 0.000000003 before it"
    );
    assert_eq!(
        set(0, Column::Double(vec![1.0, f64::NAN, 2.0])),
        "line 2, time: found NaN, expected seconds after midnight, below 86400"
    );
    assert_eq!(
        set(3, Column::Double(vec![1.0, 1.5, 2.0])),
        "line 2, size: found 1.5, expected a whole number of shares"
    );
    assert_eq!(
        set(4, Column::Gaps(vec![Some(100), None, Some(300)])),
        "line 2, price: found nothing, expected a whole number of 1/10000 dollar"
    );
    assert_eq!(
        set(2, Column::Whole(vec![1, 2, -3])),
        "line 3, order id: found -3, expected the number of an order, from 1"
    );
}

/// A cut table is refused, and a changed one never makes the reader panic. Most changes are refused;
/// one inside a number is another number, as pages have no checksum unless their writer left one.
#[test]
fn damaged_tables_are_refused() {
    let (folder, file) = place();
    let expected = in_text(&folder);
    let properties = WriterProperties::builder()
        .set_compression(parquet::basic::Compression::ZSTD(Default::default()))
        .build();
    let time = Column::Text(vec!["34200.004241176", "34200.5", "34201.000000001"]);
    table_with(&file, &with_time(time), properties);
    let whole = std::fs::read(&file).unwrap();
    for cut in 8..whole.len() {
        std::fs::write(&file, &whole[..cut]).unwrap();
        assert!(!read(&file).unwrap_err().is_world(), "cut at {cut}");
    }
    let mut other = 0;
    for at in 4..whole.len() {
        for flip in [0x01, 0x55, 0xff] {
            let mut changed = whole.clone();
            changed[at] ^= flip;
            std::fs::write(&file, &changed).unwrap();
            match read(&file) {
                Ok(read) => {
                    assert_eq!(read.len(), expected.len(), "byte {at}");
                    other += usize::from(read != expected);
                }
                Err(error) => assert!(!error.is_world(), "{error}"),
            }
        }
    }
    assert!(other * 10 < whole.len(), "{other} changes of {} bytes were not seen", whole.len());
}
