//! Manifests as the model of clusters has objects, so that both can be compared.

use rutter_cluster::{
    Quantity,
    objects::{LimitRange, Pod, PodSpec},
};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value as Json};

use crate::{
    template::Template,
    yaml::{Node, Value},
};

/// A value as JSON, as Kubernetes' reader takes it.
pub fn json(node: &Node) -> Json {
    match &node.value {
        Value::Map(entries) => entries
            .iter()
            .filter_map(|(key, value)| Some((key.text()?.to_owned(), json(value))))
            .collect::<Map<_, _>>()
            .into(),
        Value::List(items) => items.iter().map(json).collect(),
        Value::Scalar(..) if node.is_null() => Json::Null,
        Value::Scalar(text, _) => match (node.string(), node.bool(), node.integer()) {
            (Some(text), ..) => text.into(),
            (_, Some(switch), _) => switch.into(),
            (.., Some(number)) => number.into(),
            _ => text.parse::<f64>().map_or_else(|_| Json::from(&**text), Json::from),
        },
    }
}

/// A value as the model has it; nothing where it has another form.
pub fn of<T: DeserializeOwned>(node: &Node) -> Option<T> {
    serde_json::from_value(json(node)).ok()
}

/// The pod that the API server makes of a template: with requests where only limits are set, and with the defaults of these limit
/// ranges.
pub fn pod(template: &Template<'_>, namespace: &str, ranges: &[&LimitRange]) -> Option<Pod> {
    let mut spec = json(template.spec);
    complete(&mut spec);
    for list in ["containers", "initContainers"] {
        for container in spec.get_mut(list).and_then(Json::as_array_mut).into_iter().flatten() {
            complete(container);
            for range in ranges {
                by_default(container, range);
            }
        }
    }
    let spec: PodSpec = serde_json::from_value(spec).ok()?;
    let mut pod = Pod { spec, ..Pod::default() };
    pod.meta.namespace = namespace.into();
    pod.meta.labels = template.labels().collect();
    Some(pod)
}

/// Requests are the limits where nothing else is said.
fn complete(of: &mut Json) {
    let Some(limits) = of.pointer("/resources/limits").and_then(Json::as_object).cloned() else { return };
    if let Some(requests) = side(of, "requests") {
        for (resource, quantity) in limits {
            requests.entry(resource).or_insert(quantity);
        }
    }
}

fn by_default(container: &mut Json, range: &LimitRange) {
    for item in range.spec.limits.iter().filter(|item| item.kind == "Container") {
        for (name, quantities) in [("limits", &item.default), ("requests", &item.default_request)] {
            let Some(side) = side(container, name) else { continue };
            for (resource, quantity) in quantities.iter() {
                side.entry(resource.as_str()).or_insert_with(|| exactly(quantity).into());
            }
        }
    }
}

/// Requests or limits, to be written to.
fn side<'j>(of: &'j mut Json, name: &str) -> Option<&'j mut Map<String, Json>> {
    let resources = of.as_object_mut()?.entry("resources").or_insert_with(|| Json::Object(Map::new()));
    if resources.is_null() {
        *resources = Json::Object(Map::new());
    }
    let side = resources.as_object_mut()?.entry(name).or_insert_with(|| Json::Object(Map::new()));
    if side.is_null() {
        *side = Json::Object(Map::new());
    }
    side.as_object_mut()
}

fn exactly(quantity: Quantity) -> String {
    format!("{}m", quantity.milli())
}

#[cfg(test)]
mod tests {
    use rutter_cluster::placement;

    use super::*;
    use crate::manifest::read;

    #[test]
    fn requests_follow_limits_and_limit_ranges() {
        let text = "apiVersion: v1\nkind: Pod\nmetadata: {labels: {on: 'yes'}}\nspec:\n  containers:\n  - {name: a, resources: {limits: {cpu: 2, memory: 1Gi}, requests: {cpu: 0.5}}}\n  - {name: b, resources: }\n";
        let objects = read(0, text).objects;
        let template = Template::of(&objects[0])[0];
        let range: LimitRange = serde_json::from_value(serde_json::json!({"spec": {"limits": [
            {"type": "Container", "default": {"memory": "300M"}, "defaultRequest": {"memory": "100M"}}]}}))
        .unwrap();
        let pod = pod(&template, "shop", &[&range]).unwrap();
        assert_eq!(placement::request(&pod, "cpu"), 500);
        assert_eq!(placement::request(&pod, "memory"), ((1 << 30) + 100_000_000) * 1000);
        assert_eq!(placement::limit(&pod, "memory"), ((1 << 30) + 300_000_000) * 1000);
        assert_eq!(pod.meta.labels.get("on").unwrap(), "yes");
    }

    #[test]
    fn odd_values_stay_readable() {
        let read = |text: &str| json(&crate::yaml::parse(text).0[0].root);
        assert_eq!(
            read("a: 1.5\nb: 0x1F\nc: ~\nd: on\ne: '1'\nf: [-3]\n? {x: y}\n: 1\n"),
            serde_json::json!({"a": 1.5, "b": "0x1F", "c": null, "d": true, "e": "1", "f": [-3]})
        );
    }
}
