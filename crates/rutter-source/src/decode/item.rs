//! Decodes one object from its JSON text.

use rutter_cluster::{Kind, Tables};
use serde::{Deserialize, Deserializer, de};
use serde_json::Value;

use super::{fast, legacy, scan};

/// What became of one object.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Decoded {
    /// It is in the tables.
    Kept(Kind),
    /// It is of a kind that the model doesn't know, or says nothing of its kind.
    Foreign,
    /// It has no name, so nothing can refer to it.
    Nameless(Kind),
}

/// Items of a list that could not be used.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Bad {
    /// How many.
    pub number: usize,
    /// Why the first could not; empty if there are none.
    pub why: String,
}

impl Bad {
    pub(crate) fn count(&mut self, outcome: Result<Decoded, String>) {
        let why = match outcome {
            Ok(Decoded::Kept(_)) => return,
            Ok(_) => "it has no name".to_owned(),
            Err(why) => why,
        };
        self.number += 1;
        if self.number == 1 {
            self.why = why;
        }
    }
}

/// The version and the kind that the object in `text` says it is of; nothing if it says no kind.
fn own_kind(text: &[u8]) -> Option<(&str, &str)> {
    let (mut api_version, mut kind) = (None, None);
    let mut at = scan::skip_space(text, 1);
    while text.get(at) == Some(&b'"') {
        let key_end = scan::string_end(text, at).ok()?;
        let colon = scan::skip_space(text, key_end);
        let start = scan::skip_space(text, colon + 1);
        let end = scan::value_end(text, start).ok()?;
        let value =
            || std::str::from_utf8(text.get(start + 1..end - 1).unwrap_or_default()).unwrap_or_default();
        match &text[at..key_end] {
            b"\"apiVersion\"" => api_version = Some(value()),
            b"\"kind\"" => kind = Some(value()),
            _ => {}
        }
        // An object that says its kind says its version before or right after it: no need to scan the rest.
        if let (Some(api_version), Some(kind)) = (api_version, kind) {
            return Some((api_version, kind));
        }
        let comma = scan::skip_space(text, end);
        at = scan::skip_space(text, comma + 1);
    }
    kind.map(|kind| (api_version.unwrap_or_default(), kind))
}

/// Whether the object begins with its version or kind, as kubectl writes it. Items of typed lists do not, and looking
/// for a kind in them would scan them whole.
fn says_kind_first(text: &[u8]) -> bool {
    let at = scan::skip_space(text, 1);
    let rest = text.get(at..).unwrap_or_default();
    rest.starts_with(b"\"apiVersion\"") || rest.starts_with(b"\"kind\"")
}

/// Whether `text` is one whole value and nothing else.
pub(crate) fn is_one_value(text: &[u8]) -> bool {
    scan::value_end(text, 0) == Ok(text.len())
}

/// Decodes the object in `text`, of kind `hint` unless it says otherwise. Anything but [`Decoded::Foreign`] was read to
/// the end of `text`.
pub(crate) fn decode(text: &[u8], hint: Option<Kind>, tables: &mut Tables) -> Result<Decoded, String> {
    let own = if hint.is_none() || says_kind_first(text) { own_kind(text) } else { None };
    let kind = own.map_or(hint, |(api_version, kind)| Kind::of(api_version, kind));
    let Some(kind) = kind else { return Ok(Decoded::Foreign) };
    decode_fast(text, kind, tables)
        .or_else(|error| decode_value(generic(text).map_err(|why| error.unwrap_or(why))?, Some(kind), tables))
}

/// Decodes the object in `text` as one of `kind`, whatever it calls itself: the items of a list of metadata are called
/// `PartialObjectMetadata`.
#[cfg(feature = "live")]
pub(crate) fn decode_as(text: &[u8], kind: Kind, tables: &mut Tables) -> Result<Decoded, String> {
    decode_fast(text, kind, tables).or_else(|error| {
        let mut value = generic(text).map_err(|why| error.unwrap_or(why))?;
        if let Some(fields) = value.as_object_mut() {
            fields.remove("kind");
            fields.remove("apiVersion");
        }
        decode_value(value, Some(kind), tables)
    })
}

/// Decodes one object of `kind` from protobuf, without its envelope.
pub(crate) fn decode_protobuf(bytes: &[u8], kind: Kind, tables: &mut Tables) -> Result<Decoded, String> {
    super::protobuf::decode(bytes, kind, tables).map_err(|error| reason(&error))?;
    if is_complete(kind, tables) {
        return Ok(Decoded::Kept(kind));
    }
    tables.remove_last(kind);
    Ok(Decoded::Nameless(kind))
}

/// Decodes without a detour, or says why that doesn't do; nothing, if the object only lacks what every object has.
fn decode_fast(text: &[u8], kind: Kind, tables: &mut Tables) -> Result<Decoded, Option<String>> {
    let before = tables.count(kind);
    let read = std::str::from_utf8(text).is_ok_and(|text| {
        let mut reader = fast::Reader::new(text);
        tables.decode(kind, &mut reader).and_then(|()| reader.end()).is_ok()
    });
    if read && is_complete(kind, tables) {
        return Ok(Decoded::Kept(kind));
    }
    if tables.count(kind) > before {
        tables.remove_last(kind);
    }
    decode_general(text, kind, tables)
}

/// What [`decode_fast`] can't read: the general parser reads more, and knows what is wrong.
fn decode_general(text: &[u8], kind: Kind, tables: &mut Tables) -> Result<Decoded, Option<String>> {
    let mut reader = serde_json::Deserializer::from_slice(text);
    let before = tables.count(kind);
    match tables.decode(kind, &mut reader).and_then(|()| reader.end()) {
        Ok(()) if is_complete(kind, tables) => Ok(Decoded::Kept(kind)),
        outcome => {
            if tables.count(kind) > before {
                tables.remove_last(kind);
            }
            Err(outcome.err().map(|error| reason(&error)))
        }
    }
}

/// Whether the object read last has what the fast path promises; if not it may be of an old form.
///
/// An object of a namespace that names none is a manifest's: `kubectl apply` puts it into `default`.
fn is_complete(kind: Kind, tables: &mut Tables) -> bool {
    let Some(meta) = tables.last_meta(kind).filter(|meta| !meta.name.is_empty()) else { return false };
    if kind.is_namespaced() && meta.namespace.is_empty() {
        meta.namespace = "default".into();
    }
    true
}

/// The text as a tree: the slow path, for objects that the fast one can't read.
fn generic(text: &[u8]) -> Result<Value, String> {
    let text = String::from_utf8_lossy(text);
    let mut reader = serde_json::Deserializer::from_str(&text);
    let value = Value::deserialize(&mut reader).map_err(|error| reason(&error))?;
    reader.end().map_err(|error| reason(&error))?;
    Ok(value)
}

/// Decodes an object from a tree. Nulls count as absent; Go field names (kubectl before 1.14) are put right.
pub(crate) fn decode_value(
    mut value: Value,
    hint: Option<Kind>,
    tables: &mut Tables,
) -> Result<Decoded, String> {
    legacy::modernise(&mut value);
    let field = |name: &str| value.get(name).and_then(Value::as_str);
    let own = field("kind").map(|kind| Kind::of(field("apiVersion").unwrap_or_default(), kind));
    let Some(kind) = own.unwrap_or(hint) else { return Ok(Decoded::Foreign) };
    tables.decode(kind, value).map_err(|error| reason(&error))?;
    if is_complete(kind, tables) {
        Ok(Decoded::Kept(kind))
    } else {
        tables.remove_last(kind);
        Ok(Decoded::Nameless(kind))
    }
}

/// What was expected and where, without what was there instead: parsers quote it, and it may be a password.
pub(crate) fn reason(error: &impl std::fmt::Display) -> String {
    let text = error.to_string();
    let line = text.lines().next().unwrap_or_default();
    if let Some(at) = line.rfind("expected ") {
        return line[at..].to_owned();
    }
    let quoted = |c| matches!(c, '"' | '`' | '\'');
    match (line.find(quoted), line.rfind(quoted)) {
        (Some(start), Some(end)) => format!("{}…{}", &line[..start], &line[end + 1..]),
        _ => line.to_owned(),
    }
}

/// The head of a list, of which only this is read.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct ListMeta {
    #[serde(rename = "continue")]
    pub(crate) continued: String,
    #[serde(deserialize_with = "lenient_count")]
    pub(crate) remaining_item_count: Option<u64>,
}

fn lenient_count<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u64>, D::Error> {
    Ok(Value::deserialize(deserializer).map_err(de::Error::custom)?.as_u64())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str, hint: Option<Kind>) -> (Result<Decoded, String>, Tables) {
        let mut tables = Tables::default();
        (decode(text.as_bytes(), hint, &mut tables), tables)
    }

    #[test]
    fn the_object_says_its_kind_or_the_list_does() {
        let pod = r#"{"kind":"Pod","apiVersion":"v1","metadata":{"name":"a"}}"#;
        assert_eq!(read(pod, None).0, Ok(Decoded::Kept(Kind::Pod)));
        assert_eq!(read(pod, Some(Kind::Node)).0, Ok(Decoded::Kept(Kind::Pod)));
        assert_eq!(read(r#"{"metadata":{"name":"a"}}"#, Some(Kind::Node)).0, Ok(Decoded::Kept(Kind::Node)));
        assert_eq!(read(r#"{"metadata":{"name":"a"}}"#, None).0, Ok(Decoded::Foreign));
        let knative = r#"{"apiVersion":"serving.knative.dev/v1","kind":"Service","metadata":{"name":"a"}}"#;
        assert_eq!(read(knative, Some(Kind::Service)).0, Ok(Decoded::Foreign));
        let config = r#"{"apiVersion":"v1","data":{"kind":"x"},"kind":"ConfigMap","metadata":{"name":"a"}}"#;
        assert_eq!(read(config, None).0, Ok(Decoded::Kept(Kind::ConfigMap)));
    }

    #[cfg(feature = "live")]
    #[test]
    fn metadata_alone_is_an_object_of_its_list() {
        let secret =
            r#"{"kind":"PartialObjectMetadata","apiVersion":"meta.k8s.io/v1","metadata":{"name":"a"}}"#;
        let mut tables = Tables::default();
        assert_eq!(decode_as(secret.as_bytes(), Kind::Secret, &mut tables), Ok(Decoded::Kept(Kind::Secret)));
        let odd = secret.replace("\"a\"", "\"a\",\"labels\":7");
        assert_eq!(decode_as(odd.as_bytes(), Kind::Secret, &mut tables).is_ok(), tables.secrets.len() == 2);
    }

    #[test]
    fn bad_fields_do_not_cost_the_object() {
        let odd = r#"{"kind":"Pod","apiVersion":"v1","metadata":{"name":"a","labels":null,"creationTimestamp":"soon"},
            "spec":{"containers":null,"nodeName":null},"status":{"containerStatuses":[{"name":"c","restartCount":1e99}]}}"#;
        let (outcome, tables) = read(odd, None);
        assert_eq!(outcome, Ok(Decoded::Kept(Kind::Pod)));
        assert_eq!(tables.pods[0].status.container_statuses[0].restart_count, i64::MAX);
        let twice = r#"{"kind":"Pod","apiVersion":"v1","metadata":{"name":"a"},"metadata":{"name":"b"}}"#;
        assert_eq!(read(twice, None).1.pods[0].meta.name, "b");
        assert!(read(r#"{"kind":"Pod","apiVersion":"v1","metadata":7}"#, None).0.is_err());
        assert_eq!(read(r#"{"kind":"Pod","apiVersion":"v1"}"#, None).0, Ok(Decoded::Nameless(Kind::Pod)));
    }

    #[test]
    fn what_was_read_is_not_quoted() {
        let secret = r#"{"kind":"Pod","apiVersion":"v1","metadata":{"name":"a"},"spec":{"containers":[{"env":"PGPW, expected hunter2pass"}]}}"#;
        for text in
            [secret.to_owned(), secret.replace(r#""PGPW"#, r#"\"PGPW"#), secret.replace("}]}}", "}]}")]
        {
            let why = read(&text, None).0.unwrap_err();
            assert!(!why.contains("hunter2") && !why.contains("PGPW"), "{why}");
        }
        assert_eq!(
            reason(&"invalid type: string \"x\", expected a map at line 1"),
            "expected a map at line 1"
        );
        assert_eq!(reason(&"unknown anchor `x` at line 1"), "unknown anchor … at line 1");
    }

    #[test]
    fn an_object_without_a_namespace_is_applied_to_default() {
        let pod = r#"{"kind":"Pod","apiVersion":"v1","metadata":{"name":"a"}}"#;
        assert_eq!(read(pod, None).1.pods[0].meta.namespace, "default");
        assert_eq!(read(&pod.replace("Pod", "Node"), None).1.nodes[0].meta.namespace, "");
    }

    #[test]
    fn deep_nesting_is_an_error_and_no_crash() {
        let deep = format!(
            r#"{{"kind":"Pod","apiVersion":"v1","metadata":{{"name":"a"}},"spec":{}1{}}}"#,
            "[".repeat(10_000),
            "]".repeat(10_000)
        );
        assert!(read(&deep, None).0.is_err());
        let ignored = deep.replace("\"spec\"", "\"junk\"");
        assert!(matches!(read(&ignored, None).0, Ok(Decoded::Kept(_)) | Err(_)));
    }

    proptest::proptest! {
        #[test]
        fn never_panics(text in "\\{(\"(kind|apiVersion|metadata|spec|name)\":(\"Pod\"|\"v1\"|\\{|\\[|null|1e9|\\}|\\]),?){0,8}\\}?") {
            let _ = read(&text, None);
            let _ = read(&text, Some(Kind::Pod));
        }
    }
}
