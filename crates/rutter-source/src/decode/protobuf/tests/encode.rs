//! Objects as protobuf, out of their JSON: the same tables, walked the other way.

use rutter_cluster::{Kind, Time};
use serde_json::Value;

use super::super::{
    schema::{self, Holds, Message, Type},
    wire::Fields,
};

fn varint(mut number: u64) -> Vec<u8> {
    let mut all = Vec::new();
    while number > 0x7f {
        all.push((number & 0x7f) as u8 | 0x80);
        number >>= 7;
    }
    all.push(number as u8);
    all
}

/// A field that holds bytes.
pub(crate) fn bytes(number: u32, value: &[u8]) -> Vec<u8> {
    [varint(u64::from(number) << 3 | 2), varint(value.len() as u64), value.to_vec()].concat()
}

/// A field that holds a number.
pub(super) fn number(number: u32, value: i64) -> Vec<u8> {
    [varint(u64::from(number) << 3), varint(value.cast_unsigned())].concat()
}

pub(crate) fn envelope(api_version: &str, kind: &str, raw: &[u8]) -> Vec<u8> {
    let meta = [bytes(1, api_version.as_bytes()), bytes(2, kind.as_bytes())].concat();
    [b"k8s\0".to_vec(), bytes(1, &meta), bytes(2, raw), bytes(3, b""), bytes(4, b"")].concat()
}

pub(crate) fn list(kind: Kind, items: &[Value], token: &str, remaining: Option<i64>) -> Vec<u8> {
    let meta = [bytes(1, b""), bytes(2, b"7"), bytes(3, token.as_bytes())].concat();
    let meta = remaining.map_or(meta.clone(), |count| [meta, number(4, count)].concat());
    let items = items.iter().map(|item| bytes(2, &object(item, kind))).collect::<Vec<_>>().concat();
    envelope(kind.api_version(), &format!("{kind}List"), &[bytes(1, &meta), items].concat())
}

/// A list of metadata with these names.
pub(crate) fn metadata(names: &[&str]) -> Vec<u8> {
    metadata_before(names, "")
}

/// A list of metadata that goes on.
pub(crate) fn metadata_before(names: &[&str], token: &str) -> Vec<u8> {
    let item = |name: &&str| bytes(2, &bytes(1, &bytes(1, name.as_bytes())));
    let items: Vec<_> = names.iter().map(item).collect();
    let raw = [bytes(1, &bytes(3, token.as_bytes())), items.concat()].concat();
    envelope("meta.k8s.io/v1", "PartialObjectMetadataList", &raw)
}

/// A Status, as a refusal has it.
pub(crate) fn status(message: &str, token: &str) -> Vec<u8> {
    let raw =
        [bytes(1, &bytes(3, token.as_bytes())), bytes(2, b"Failure"), bytes(3, message.as_bytes())].concat();
    envelope("v1", "Status", &raw)
}

/// The names of the items of a list, in their order.
pub(crate) fn names(list: &[u8], kind: Kind) -> Vec<String> {
    let first = |bytes: &[u8]| Fields(bytes).next().unwrap().unwrap().1.bytes().unwrap().to_vec();
    let name = |item: Result<&[u8], _>| String::from_utf8(first(&first(item.unwrap()))).unwrap();
    super::super::items(list, kind).unwrap().map(name).collect()
}

pub(super) fn object(value: &Value, kind: Kind) -> Vec<u8> {
    message(value, schema::of(kind))
}

fn message(value: &Value, message: &Message) -> Vec<u8> {
    let mut all = Vec::new();
    for field in message.fields {
        let value = if let Holds::Inline(_) = field.holds { value } else { &value[field.name] };
        match (field.holds, value) {
            (_, Value::Null) => {}
            (Holds::Inline(inner), _) => all.extend(bytes(field.number, &self::message(value, inner))),
            (Holds::One(is), _) => all.extend(one(field.number, value, is)),
            (Holds::List(is), Value::Array(values)) => {
                all.extend(values.iter().flat_map(|value| one(field.number, value, is)));
            }
            (Holds::Map(is), Value::Object(pairs)) => {
                for (key, value) in pairs {
                    let entry = [bytes(1, key.as_bytes()), one(2, value, is)].concat();
                    all.extend(bytes(field.number, &entry));
                }
            }
            (_, odd) => panic!("{}: {odd}", field.name),
        }
    }
    all
}

fn one(at: u32, value: &Value, is: Type) -> Vec<u8> {
    let text = || value.as_str().unwrap().as_bytes();
    match is {
        Type::Str | Type::Bytes => bytes(at, text()),
        Type::Int => number(at, value.as_i64().unwrap()),
        Type::Bool => number(at, value.as_bool().unwrap().into()),
        Type::Quantity => bytes(at, &bytes(1, value.to_string().trim_matches('"').as_bytes())),
        Type::Time => bytes(at, &number(1, Time::parse(value.as_str().unwrap()).unwrap().unix())),
        Type::IntOrString => match value.as_i64() {
            Some(port) => bytes(at, &[number(1, 0), number(2, port), bytes(3, b"")].concat()),
            None => bytes(at, &[number(1, 1), number(2, 0), bytes(3, text())].concat()),
        },
        Type::Message(inner) => bytes(at, &message(value, inner)),
    }
}
