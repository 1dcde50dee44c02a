//! Whether Kubernetes shows something, and what it shows instead.

use std::fmt;

use anyhow::{Context, Result};
use regex_lite::Regex;
use serde_json::Value;

use super::spec::Condition;
use crate::Folder;

impl Condition {
    /// What there is instead, in `namespace` or of objects without one; nothing if the condition holds now.
    pub(super) fn lacks(&self, cluster: &Folder, namespace: &str) -> Result<Vec<String>> {
        match self {
            Self::Any(conditions) => {
                let all = each(conditions, cluster, namespace)?;
                Ok(if all.iter().any(Vec::is_empty) { Vec::new() } else { all.concat() })
            }
            Self::All(conditions) => Ok(each(conditions, cluster, namespace)?.concat()),
            Self::Object { kind, name, at, is, count } => {
                let (name, is) = (whole(name)?, Regex::new(is)?);
                let objects = list(cluster, namespace, kind)?;
                let named = objects.iter().filter(|object| name.is_match(name_of(object)));
                let all: Vec<_> = named.map(|object| (name_of(object), values(object, at))).collect();
                let fitting =
                    all.iter().filter(|(_, values)| values.iter().any(|text| is.is_match(text))).count();
                let there = all.iter().map(|(name, values)| format!("{name} has {}", joined(values)));
                Ok(if fitting >= *count { Vec::new() } else { or_nothing(there.collect()) })
            }
            Self::Gone { kind, name } => {
                let name = whole(name)?;
                let objects = list(cluster, namespace, kind)?;
                let there = objects.iter().map(name_of).filter(|found| name.is_match(found));
                Ok(there.map(|name| format!("{name} is there")).collect())
            }
            Self::Event { of, reason, message } => {
                let (of, message) = (whole(of)?, Regex::new(message)?);
                let events = list(cluster, if self.is_of_node() { "default" } else { namespace }, "events")?;
                let about = events.iter().filter(|event| of.is_match(&about(event)));
                let all: Vec<_> =
                    about.map(|event| (text(event, "/reason"), text(event, "/message"))).collect();
                let fits = all.iter().any(|(found, said)| found == reason && message.is_match(said));
                let there = all.iter().map(|(reason, said)| format!("{reason} “{said}”"));
                Ok(if fits { Vec::new() } else { or_nothing(there.collect()) })
            }
        }
    }

    /// Events of nodes, which have no namespace, are put into `default`.
    fn is_of_node(&self) -> bool {
        matches!(self, Self::Event { of, .. } if of.starts_with("Node/"))
    }
}

impl fmt::Display for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let joined =
            |conditions: &[Self], by| conditions.iter().map(Self::to_string).collect::<Vec<_>>().join(by);
        match self {
            Self::Object { kind, name, at, is, count } => {
                let number = if *count > 1 { format!("{count} ") } else { String::new() };
                write!(
                    f,
                    "{number}{}, of which {} is like “{is}”",
                    called(kind, name),
                    at.trim_start_matches('/')
                )
            }
            Self::Gone { kind, name } => write!(f, "no more of {}", called(kind, name)),
            Self::Event { of, reason, message } if message.is_empty() => write!(f, "event {reason} of {of}"),
            Self::Event { of, reason, message } => write!(f, "event {reason} of {of}, like “{message}”"),
            Self::Any(conditions) => f.write_str(&joined(conditions, " or ")),
            Self::All(conditions) => f.write_str(&joined(conditions, " and ")),
        }
    }
}

fn called(kind: &str, name: &str) -> String {
    if name.is_empty() { kind.to_owned() } else { format!("{kind} {name}") }
}

fn each(conditions: &[Condition], cluster: &Folder, namespace: &str) -> Result<Vec<Vec<String>>> {
    conditions.iter().map(|condition| condition.lacks(cluster, namespace)).collect()
}

fn or_nothing(found: Vec<String>) -> Vec<String> {
    if found.is_empty() { vec!["nothing of the kind".to_owned()] } else { found }
}

fn joined(values: &[String]) -> String {
    if values.is_empty() { "no value".to_owned() } else { values.join(", ") }
}

fn text<'a>(event: &'a Value, at: &str) -> &'a str {
    event.pointer(at).and_then(Value::as_str).unwrap_or_default()
}

/// As `Pod/web-1`.
fn about(event: &Value) -> String {
    format!("{}/{}", text(event, "/involvedObject/kind"), text(event, "/involvedObject/name"))
}

/// The expression for all of a text; an empty one fits everything.
pub(super) fn whole(expression: &str) -> Result<Regex> {
    let text = if expression.is_empty() { String::new() } else { format!("^(?:{expression})$") };
    Regex::new(&text).with_context(|| format!("not a regular expression: {expression}"))
}

fn list(cluster: &Folder, namespace: &str, kind: &str) -> Result<Vec<Value>> {
    let text = cluster.kubectl(&["--request-timeout=30s", "-n", namespace, "get", kind, "-o", "json"])?;
    let mut list: Value = serde_json::from_str(&text)?;
    Ok(list["items"].as_array_mut().map(std::mem::take).unwrap_or_default())
}

fn name_of(object: &Value) -> &str {
    object["metadata"]["name"].as_str().unwrap_or_default()
}

/// The values at `path`, as texts; what is not there is none.
fn values(object: &Value, path: &str) -> Vec<String> {
    let mut found = vec![object];
    for step in path.split('/').skip(1) {
        found = found.into_iter().flat_map(|value| below(value, step)).collect();
    }
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    found.into_iter().map(text).collect()
}

fn below<'a>(value: &'a Value, step: &str) -> Vec<&'a Value> {
    let field = |name: &str| value.get(name).into_iter().collect();
    match (value, step.split_once('=')) {
        (Value::Array(items), None) if step == "*" => items.iter().collect(),
        (Value::Object(fields), None) if step == "*" => fields.values().collect(),
        (Value::Array(items), None) => {
            step.parse().ok().and_then(|index: usize| items.get(index)).into_iter().collect()
        }
        (Value::Array(items), Some((key, wanted))) => {
            items.iter().filter(|item| item.get(key).and_then(Value::as_str) == Some(wanted)).collect()
        }
        // As JSON pointers have it, for keys such as `kubernetes.io/hostname`.
        _ => field(&step.replace("~1", "/").replace("~0", "~")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_path_finds_items_by_place_name_and_all() {
        let object =
            json!({ "a": [{ "type": "x", "n": 1 }, { "type": "y", "n": "two" }], "b": { "c/d": true } });
        assert_eq!(values(&object, "/a/0/n"), ["1"]);
        assert_eq!(values(&object, "/a/type=y/n"), ["two"]);
        assert_eq!(values(&object, "/a/*/n"), ["1", "two"]);
        assert_eq!(values(&object, "/b/c~1d"), ["true"]);
        assert!(values(&object, "/a/7/n").is_empty());
        assert!(values(&object, "/b/none/n").is_empty());
    }
}
