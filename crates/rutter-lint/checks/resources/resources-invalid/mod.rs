//! Values that are no quantities, quantities below zero, and resources that there are not.

use rutter_cluster::Quantity;
use rutter_lessons::Severity;

use crate::{Check, Container, Context, Found, Look, Topic, quantities, yaml::Node};

pub(crate) static CHECK: Check = Check {
    id: "resources-invalid",
    topic: Topic::Resources,
    title: "the API server can't read a quantity",
    severity: Severity::High,
    default: true,
    prevents: &["replicas-unavailable"],
    look: Look::Container(look),
    text: include_str!("check.md"),
};

fn look(_: &Context<'_>, container: &Container<'_>, found: &mut Found<'_>) {
    for (list, key, value) in quantities::all(container) {
        let Some(name) = key.text() else { continue };
        unknown(list, name, key, found);
        let text = value.text().unwrap_or("a list or a map");
        if value.is_null() || crate::image::is_unfilled(text) || crate::texts::is_template(value) {
            continue;
        }
        match Quantity::parse(text) {
            None => {
                let mut added = found
                    .at(value, format!("{name}: {text} is no quantity: the API server refuses the object"));
                if let Some(advice) = meant(text) {
                    added.advice(advice);
                }
            }
            Some(quantity) if quantity.milli() < 0 => {
                found.at(value, format!("{name}: {text} is below zero: the API server refuses the object"));
            }
            Some(_) => {}
        }
    }
}

/// Names without a slash are Kubernetes' own.
fn unknown(list: &str, name: &str, key: &Node, found: &mut Found<'_>) {
    const OWN: [&str; 3] = ["cpu", "memory", "ephemeral-storage"];
    if name.contains('/')
        || OWN.contains(&name)
        || name.starts_with("hugepages-")
        || crate::image::is_unfilled(name)
    {
        return;
    }
    let meant = match name.to_ascii_lowercase().as_str() {
        "cpus" | "cpu" => "cpu",
        "mem" | "ram" | "memory" => "memory",
        "storage" | "disk" | "ephemeralstorage" => "ephemeral-storage",
        _ => "cpu, memory or ephemeral-storage, or a name with its vendor: nvidia.com/gpu",
    };
    found
        .at(
            key,
            format!("there is no resource {name} for {list} of a container: the API server refuses the pod"),
        )
        .advice(format!("write {meant}"));
}

/// What may be meant by a value that is no quantity.
fn meant(text: &str) -> Option<String> {
    let number = text.trim_end_matches(|c: char| c.is_ascii_alphabetic() || c == ' ');
    Quantity::parse(number)?;
    let unit = match text.get(number.len()..)?.trim().to_ascii_lowercase().as_str() {
        "k" | "kb" | "ki" | "kib" => "Ki",
        "mb" | "mi" | "mib" => "Mi",
        "g" | "gb" | "gi" | "gib" => "Gi",
        "t" | "tb" | "ti" | "tib" => "Ti",
        "mcpu" | "millicores" => "m",
        _ => return None,
    };
    Some(format!("write {number}{unit}"))
}
