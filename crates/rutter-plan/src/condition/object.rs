//! Conditions on one object.

use serde_json::Value;

use super::Verdict;
use crate::{Object, Sight, Unread};

type Looked = Result<Verdict, Unread>;

/// The object that is meant; or why it isn't there.
pub(super) fn meant<'s>(sight: &'s Sight, object: &Object) -> Result<Result<&'s Value, Verdict>, Unread> {
    let Some(found) = sight.object(object)? else {
        return Ok(Err(Verdict::Never(format!("{object} is gone"))));
    };
    let uid = text(found, "/metadata/uid");
    if !object.uid.is_empty() && uid != object.uid {
        let why = format!("{object} is another one now: it was deleted and created again");
        return Ok(Err(Verdict::Never(why)));
    }
    Ok(Ok(found))
}

pub(super) fn there(sight: &Sight, object: &Object) -> Looked {
    Ok(match meant(sight, object)? {
        Ok(_) => Verdict::Holds,
        Err(why) => why,
    })
}

pub(super) fn gone(sight: &Sight, object: &Object) -> Looked {
    let Ok(found) = meant(sight, object)? else {
        return Ok(Verdict::Holds);
    };
    let finalizers: Vec<&str> = found
        .pointer("/metadata/finalizers")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    let ending = found.pointer("/metadata/deletionTimestamp").and_then(Value::as_str);
    Ok(Verdict::NotYet(match ending {
        None => format!("{object} is still there"),
        Some(_) if !finalizers.is_empty() => {
            format!("{object} is to be deleted, and waits for its finalizers {}", finalizers.join(", "))
        }
        Some(by) => format!("{object} is ending, and has until {by}"),
    }))
}

pub(super) fn field(sight: &Sight, object: &Object, path: &str, wanted: &Value) -> Looked {
    let found = match meant(sight, object)? {
        Ok(found) => found,
        Err(why) => return Ok(why),
    };
    let value = found.pointer(path).filter(|value| !is_empty(value));
    let holds = if is_empty(wanted) { value.is_none() } else { value == Some(wanted) };
    Ok(Verdict::when(holds, || {
        let has = value.map_or_else(|| "nothing".to_owned(), short);
        format!("{} of {object} is {has}, not {}", dotted(path), short(wanted))
    }))
}

pub(super) fn at_least(sight: &Sight, object: &Object, path: &str, least: i64) -> Looked {
    let found = match meant(sight, object)? {
        Ok(found) => found,
        Err(why) => return Ok(why),
    };
    let value = found.pointer(path).map_or(0, counted);
    Ok(Verdict::when(value >= least, || {
        format!("{} of {object} is {value}, and must be {least}", dotted(path))
    }))
}

/// What a value counts: a number itself, a list its items.
fn counted(value: &Value) -> i64 {
    let items = |list: &Vec<Value>| i64::try_from(list.len()).unwrap_or(i64::MAX);
    value.as_array().map_or_else(|| value.as_i64().unwrap_or(0), items)
}

pub(super) fn reports(sight: &Sight, object: &Object, condition: &str, wanted: bool) -> Looked {
    let found = match meant(sight, object)? {
        Ok(found) => found,
        Err(why) => return Ok(why),
    };
    let all = found.pointer("/status/conditions").and_then(Value::as_array).into_iter().flatten();
    let known = all.into_iter().find(|one| text(one, "/type") == condition);
    let is = known.map_or("not there", |one| text(one, "/status"));
    Ok(Verdict::when((is == "True") == wanted, || format!("condition {condition} of {object} is {is}")))
}

pub(super) fn observed(sight: &Sight, object: &Object) -> Looked {
    let found = match meant(sight, object)? {
        Ok(found) => found,
        Err(why) => return Ok(why),
    };
    let number = |path: &str| found.pointer(path).and_then(Value::as_i64).unwrap_or(0);
    let seen = number("/status/observedGeneration") >= number("/metadata/generation");
    Ok(Verdict::when(seen, || format!("no controller has looked at {object} since it was changed")))
}

/// As Kubernetes writes them: what is false, empty or absent are one.
fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(false) => true,
        Value::String(text) => text.is_empty(),
        Value::Array(list) => list.is_empty(),
        Value::Object(map) => map.is_empty(),
        _ => false,
    }
}

/// A string of an object; empty if it isn't there.
pub(super) fn text<'v>(object: &'v Value, path: &str) -> &'v str {
    object.pointer(path).and_then(Value::as_str).unwrap_or_default()
}

/// `spec.unschedulable` for `/spec/unschedulable`.
fn dotted(path: &str) -> String {
    path.trim_start_matches('/').replace('/', ".").replace("~1", "/").replace("~0", "~")
}

fn short(value: &Value) -> String {
    if is_empty(value) && !value.is_boolean() {
        return "nothing".into();
    }
    let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    match text.char_indices().nth(80) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use rutter_cluster::Time;
    use serde_json::json;

    use super::*;

    fn judged(path: &str, least: i64, found: Value) -> Verdict {
        let pod = Object::pod("shop", "db-1", "u1");
        let mut sight = Sight::nothing(Time::parse("2026-01-01T00:00:00Z").unwrap());
        sight.put(&pod, Ok(Some(found)));
        at_least(&sight, &pod, path, least).unwrap()
    }

    #[test]
    fn lists_count_their_items() {
        let found = json!({"metadata": {"uid": "u1"}, "subsets": [{"addresses": [1, 2]}], "n": 3});
        assert!(judged("/subsets/0/addresses", 2, found.clone()).holds());
        assert!(!judged("/subsets/0/addresses", 3, found.clone()).holds());
        assert!(judged("/n", 3, found.clone()).holds());
        assert!(!judged("/absent", 1, found).holds());
    }

    #[test]
    fn a_condition_that_is_not_there_does_not_hold() {
        let pod = Object::pod("shop", "db-1", "u1");
        let mut sight = Sight::nothing(Time::parse("2026-01-01T00:00:00Z").unwrap());
        let of = |status: Value| json!({"metadata": {"uid": "u1"}, "status": status});
        sight.put(&pod, Ok(Some(of(json!({"conditions": [{"type": "Ready", "status": "True"}]})))));
        assert!(reports(&sight, &pod, "Ready", true).unwrap().holds());
        assert!(!reports(&sight, &pod, "Ready", false).unwrap().holds());
        sight.put(&pod, Ok(Some(of(json!({})))));
        assert!(reports(&sight, &pod, "Ready", false).unwrap().holds());
        let other = Object::pod("shop", "db-1", "u2");
        assert!(matches!(reports(&sight, &other, "Ready", false).unwrap(), Verdict::Never(_)));
    }
}
