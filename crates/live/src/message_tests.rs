//! What a frame says, and that no frame does harm.

use super::*;
use pitfloor_data::record::Moment;
use proptest::prelude::*;

fn one(json: &str) -> Message<'_> {
    let mut found = Vec::new();
    Codec::Json.walk(json.as_bytes(), &mut |message| found.push(message)).unwrap();
    assert_eq!(found.len(), 1, "{json}");
    found.pop().unwrap().unwrap()
}

#[test]
fn a_message_keeps_the_text_of_its_numbers() {
    let example = r#"[{"T":"t","i":96921,"S":"AAPL","x":"D","p":126.55,"s":1,
        "t":"2021-02-22T15:51:44.208Z","c":["@","I"],"z":"C","none":null}]"#;
    let trade = one(example);
    assert_eq!(trade.text("S").unwrap(), "AAPL");
    assert_eq!(trade.decimal("p", 9).unwrap(), 126_550_000_000);
    assert_eq!(trade.size("s", 0).unwrap(), 1);
    assert_eq!(trade.get("i").unwrap().integer(), Some(96_921));
    assert_eq!(trade.texts("c"), ["@", "I"]);
    assert_eq!(trade.texts("z"), ["C"], "one text is a list of one");
    let at = Told::At(Moment(1_614_009_104_208_000_000));
    assert_eq!(trade.get("t").unwrap().moment(), Some(at));
    assert_eq!((trade.get("none"), trade.get("nowhere")), (None, None));
    let missing = trade.decimal("q", 9).unwrap_err();
    assert_eq!((missing.field.as_ref(), missing.found.as_str()), ("q", "nothing"));
    assert_eq!(trade.decimal("x", 9).unwrap_err().found, "\"D\"");
    // A float would have made 0.30000000000000004 of this sum, and 16777217 of no float of 32 bits.
    assert_eq!(one(r#"{"p":0.3}"#).decimal("p", 17).unwrap(), 30_000_000_000_000_000);
    assert_eq!(
        one(r#"{"p":"16777217.000000001"}"#).decimal("p", 9).unwrap(),
        16_777_217_000_000_001
    );
}

#[test]
fn numbers_out_of_all_limits_are_refused_by_field() {
    let digits = "1".repeat(30);
    for number in [
        "1e400",
        "-1e400",
        &digits,
        "0.1234567891",
        "\"NaN\"",
        "\"Infinity\"",
        "true",
        "[1]",
        "{}",
        "\"\"",
        "\"1,5\"",
    ] {
        let json = format!(r#"{{"p":{number}}}"#);
        let reject = one(&json).decimal("p", 9).unwrap_err();
        assert_eq!(reject.field, "p", "{number}");
    }
    assert_eq!(one(r#"{"p":-0}"#).decimal("p", 9), Ok(0));
    assert_eq!(one(r#"{"s":-1}"#).size("s", 0).unwrap_err().expected, "a size that fits the scale");
    // Not JSON at all: the frame as a whole.
    for frame in [
        &b"[{\"p\":NaN}]"[..],
        b"[{\"p\":1}",
        b"",
        b"\xff\xfe",
        b"[{\"p\":1}] x",
        b"{\"a\":\"\xc3\x28\"}",
    ] {
        let mut none = |message: Result<Message<'_>, Reject>| panic!("{message:?}");
        assert!(Codec::Json.walk(frame, &mut none).is_err(), "{}", frame.escape_ascii());
    }
}

#[test]
fn the_last_of_two_equal_names_holds_and_is_counted() {
    let twice = one(r#"{"p":1,"p":2,"\u0070":3}"#);
    assert_eq!((twice.decimal("p", 0).unwrap(), twice.duplicates), (3, 2));
    let many: Vec<String> = (0..=FIELDS_MAX).map(|at| format!("\"{at}\":0")).collect();
    let frame = format!("[{{{}}},{{\"ok\":1}}]", many.join(","));
    let mut found = Vec::new();
    assert_eq!(Codec::Json.walk(frame.as_bytes(), &mut |m| found.push(m.is_ok())), Ok(true));
    assert_eq!(found, [false, true]);
}

#[test]
fn depth_costs_nothing() {
    let deep = format!("[{{\"T\":\"t\",\"x\":{}{}}}]", "[".repeat(200_000), "]".repeat(200_000));
    let mut found = 0;
    assert_eq!(Codec::Json.walk(deep.as_bytes(), &mut |m| found += u32::from(m.is_ok())), Ok(true));
    assert_eq!(found, 1);
    let mut packed = vec![0x91, 0x81, 0xa1, b'x'];
    packed.extend(std::iter::repeat_n(0x91, 200_000));
    packed.push(0xc0);
    assert_eq!(Codec::MsgPack.walk(&packed, &mut |m| found += u32::from(m.is_ok())), Ok(true));
    assert_eq!(found, 2);
}

#[test]
fn both_languages_say_the_same() {
    let json = serde_json::json!([
        {"T": "q", "S": "A", "bp": 1.25, "bs": 300, "c": ["R"], "t": "2021-02-22T15:51:44.2Z", "r": true},
        {"T": "success", "msg": "connected"},
        7,
    ]);
    let mut packed = Vec::new();
    pack::write(&mut packed, &json, 64);
    let text = json.to_string();
    let read = |codec: Codec, frame: &[u8]| {
        let mut found = Vec::new();
        let list = codec.walk(frame, &mut |message| {
            found.push(message.map(|m| {
                (
                    m.words("T"),
                    m.decimal("bp", 9).ok(),
                    m.size("bs", 0).ok(),
                    m.texts("c"),
                    m.get("t").and_then(Field::moment),
                    m.get("r").and_then(Field::flag),
                )
            }));
        });
        assert_eq!(list, Ok(true));
        found.into_iter().map(Result::ok).collect::<Vec<_>>()
    };
    let told = read(Codec::Json, text.as_bytes());
    assert_eq!(told, read(Codec::MsgPack, &packed));
    assert_eq!(told[0].as_ref().unwrap().1, Some(1_250_000_000));
    assert_eq!(told[2], None, "a number is no message");
    assert_eq!(
        (Codec::of(text.as_bytes()), Codec::of(&packed)),
        (Some(Codec::Json), Some(Codec::MsgPack))
    );
    assert_eq!(Codec::of(b"hello"), None);
}

proptest! {
    #[test]
    fn no_bytes_panic(bytes in prop::collection::vec(any::<u8>(), 0..400), digits in 0_u32..30) {
        for codec in [Codec::Json, Codec::MsgPack] {
            let _ = codec.walk(&bytes, &mut |message| {
                let Ok(message) = message else { return };
                for name in message.names() {
                    let field = message.get(name);
                    let _ = field.map(|f| (f.decimal(digits), f.rounded(digits)));
                    let _ = field.map(|f| (f.moment(), f.text(), f.flag()));
                }
            });
        }
    }

    #[test]
    fn prices_are_what_was_written(mantissa in 0_i64..1_000_000_000_000, digits in 0_u32..9) {
        let unit = 10_i64.pow(digits);
        let price = match digits {
            0 => mantissa.to_string(),
            _ => format!("{}.{:0width$}", mantissa / unit, mantissa % unit, width = digits as usize),
        };
        let (number, text) = (format!(r#"{{"p":{price}}}"#), format!(r#"{{"p":"{price}"}}"#));
        prop_assert_eq!(one(&number).decimal("p", digits), Ok(mantissa));
        prop_assert_eq!(one(&text).decimal("p", digits), Ok(mantissa));
    }
}
