//! Label selectors as kubectl takes them with `-l`.

use rutter_cluster::{Cluster, Kind, LabelSelector, Labels, ObjectRef, Requirement, Str};

use crate::exit::Failure;

/// Refuses a selector that selects nothing in the source: a slip must not read like a clean bill.
pub(crate) fn check(
    cluster: &Cluster,
    selector: Option<&LabelSelector>,
    namespaces: &[String],
) -> Result<(), Failure> {
    let Some(selector) = selector else { return Ok(()) };
    let in_scope = |object: &ObjectRef| {
        let namespace = object.namespace.as_str();
        namespace.is_empty() || namespaces.is_empty() || namespaces.iter().any(|name| name == namespace)
    };
    let selected = |object: &ObjectRef| {
        in_scope(object) && cluster.meta_of(object).is_some_and(|meta| selector.matches(&meta.labels))
    };
    if Kind::ALL.iter().flat_map(|kind| cluster.refs(*kind)).any(|object| selected(&object)) {
        return Ok(());
    }
    let place = if namespaces.is_empty() { "in the source" } else { "in these namespaces" };
    Err(Failure::Told(format!(
        "no object {place} has labels that -l selects, so there is nothing to diagnose"
    )))
}

/// Reads `app=web,tier in (a, b),env!=test,!legacy,owner`.
pub(crate) fn parse(text: &str) -> Result<LabelSelector, String> {
    let mut requirements = Vec::new();
    for part in split(text) {
        requirements.push(requirement(part.trim()).ok_or_else(|| {
            format!("`{}` is no label selector: give key=value, key!=value, key in (a,b), key notin (a,b), key or !key", part.trim())
        })?);
    }
    Ok(LabelSelector { match_labels: Labels::default(), match_expressions: requirements.into() })
}

/// At the commas that stand in no parentheses.
fn split(text: &str) -> Vec<&str> {
    let mut depth = 0_i32;
    let parts = text.split(|c| {
        match c {
            '(' => depth += 1,
            ')' => depth -= 1,
            _ => {}
        }
        c == ',' && depth == 0
    });
    parts.collect()
}

fn requirement(part: &str) -> Option<Requirement> {
    let make = |key: &str, operator: &str, values: Vec<&str>| {
        let values: Vec<Str> = values.into_iter().map(|value| Str::from(value.trim())).collect();
        let key = key.trim();
        (is_key(key) && values.iter().all(|value| is_value(value))).then(|| Requirement {
            key: key.into(),
            operator: operator.into(),
            values: values.into(),
        })
    };
    if let Some((key, value)) = part.split_once("!=") {
        return make(key, "NotIn", vec![value]);
    }
    if let Some((key, value)) = part.split_once("==").or_else(|| part.split_once('=')) {
        return make(key, "In", vec![value]);
    }
    if let Some(key) = part.strip_prefix('!') {
        return make(key, "DoesNotExist", Vec::new());
    }
    let Some((key, set)) = part.split_once(char::is_whitespace) else {
        return make(part, "Exists", Vec::new());
    };
    let (operator, values) = set.trim().split_once('(')?;
    let values = values.trim_end().strip_suffix(')')?.split(',').collect();
    match operator.trim() {
        "in" => make(key, "In", values),
        "notin" => make(key, "NotIn", values),
        _ => None,
    }
}

fn is_key(key: &str) -> bool {
    !key.is_empty() && key.chars().all(|c| c.is_ascii_alphanumeric() || "-_./".contains(c))
}

/// The API server refuses other label values, too.
fn is_value(value: &str) -> bool {
    value.len() <= 63 && value.chars().all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn selectors_select_as_kubectls_do() {
        let labels: Labels = [("app", "web"), ("tier", "front")].into_iter().collect();
        for yes in
            ["app=web", "app==web,tier in (front, back)", "tier notin (back)", "!legacy", "app", "env!=test"]
        {
            assert!(parse(yes).unwrap().matches(&labels), "{yes}");
        }
        for no in ["app=api", "tier in (back)", "!app", "env", "app!=web"] {
            assert!(!parse(no).unwrap().matches(&labels), "{no}");
        }
        for bad in ["", "a b", "tier in front", "=web", "a,,b", "tier in (a", "app===", "app=a app=b"] {
            assert!(parse(bad).is_err(), "{bad}");
        }
    }
}
