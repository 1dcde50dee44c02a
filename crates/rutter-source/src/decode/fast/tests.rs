//! Reads what a general parser reads, or nothing.

use proptest::prelude::*;
use serde::Deserialize;
use serde_json::Value;

use super::*;

fn read<'de, T: Deserialize<'de>>(text: &'de str) -> Result<T, Odd> {
    let mut reader = Reader::new(text);
    let value = T::deserialize(&mut reader)?;
    reader.end()?;
    Ok(value)
}

/// A struct of which most fields are not read, like those of the model.
#[derive(Debug, PartialEq, Deserialize)]
struct Lean {
    name: Option<String>,
    #[serde(default)]
    all: Vec<Lean>,
}

#[test]
fn reads_what_kubectl_writes() {
    let text = "{\n    \"skipped\": {\n        \"}\": [\n            \"\\\"]\"\n        ]\n    },\n    \"name\": \"a\\u00e9\",\n    \"all\": [\n        {\n            \"name\": null\n        }\n    ]\n}\n";
    let inner = Lean { name: None, all: Vec::new() };
    assert_eq!(read(text), Ok(Lean { name: Some("aé".to_owned()), all: vec![inner] }));
    assert_eq!(read::<(u64, i64, bool)>("[18446744073709551615, -3, true]"), Ok((u64::MAX, -3, true)));
}

#[test]
fn leaves_to_others_what_it_cannot_read() {
    for text in [
        "",
        "{",
        "[1,]",
        "[,1]",
        "[1 2]",
        "{\"a\" 1}",
        "{\"a\":1,}",
        "{a:1}",
        "nul",
        "1 2",
        "01",
        "-",
        "1.5",
        "\"a\nb\"",
        "\"a",
        "\"\\x\"",
        "{\"a\":[}",
        "[1}",
        "\u{a0}1",
    ] {
        assert_eq!(read::<Value>(text), Err(Odd), "{text}");
        assert!(read::<de::IgnoredAny>(text).is_err(), "{text}");
    }
    let deep = format!("{}{}", "[".repeat(200), "]".repeat(200));
    assert_eq!(read::<Value>(&deep), Err(Odd));
    assert!(read::<de::IgnoredAny>(&deep).is_err());
    assert!(read::<de::IgnoredAny>(&"[".repeat(1_000_000)).is_err());
}

fn json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
        "[ -~]{0,40}".prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 32, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::vec(("[a-z\"\\\\{\\[]{0,20}|name|all", inner), 0..6)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn agrees_with_a_general_parser(value in json(), lean: bool) {
        let text = if lean { value.to_string() } else { serde_json::to_string_pretty(&value).unwrap() };
        prop_assert_eq!(read::<Value>(&text), Ok(value));
        prop_assert!(read::<de::IgnoredAny>(&text).is_ok());
        // Where it reads a struct, it reads the same.
        if let Ok(mine) = read::<Lean>(&text) {
            prop_assert_eq!(mine, serde_json::from_str::<Lean>(&text).unwrap());
        }
    }

    #[test]
    fn reads_nothing_that_is_no_json(text in "[\\[\\]{}:,\"\\\\ \\n\\-a-c0-2.etrufalsn]{0,24}") {
        reads_at_most_what_is_json(&text)?;
    }

    #[test]
    fn reads_nothing_that_was_damaged(value in json(), from in 0..400_usize, length in 1..60_usize, zero: bool) {
        let mut text = serde_json::to_string_pretty(&value).unwrap().into_bytes();
        let damaged = from.min(text.len())..(from + length).min(text.len());
        if zero {
            text[damaged].fill(0);
        } else {
            text.drain(damaged);
        }
        if let Ok(text) = std::str::from_utf8(&text) {
            reads_at_most_what_is_json(text)?;
        }
    }
}

fn reads_at_most_what_is_json(text: &str) -> Result<(), TestCaseError> {
    let ours = read::<Value>(text);
    prop_assert!(ours.is_err() || ours.ok() == serde_json::from_str(text).ok());
    let ours = read::<Lean>(text);
    prop_assert!(ours.is_err() || ours.ok() == serde_json::from_str(text).ok());
    prop_assert!(
        read::<de::IgnoredAny>(text).is_err() || serde_json::from_str::<de::IgnoredAny>(text).is_ok()
    );
    Ok(())
}
