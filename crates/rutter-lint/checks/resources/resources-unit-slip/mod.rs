//! Quantities that are valid and absurd: half a byte of memory, five hundred cores.

use rutter_cluster::Quantity;
use rutter_lessons::Severity;

use crate::{Check, Container, Context, Found, Look, Topic, quantities};

pub(crate) static CHECK: Check = Check {
    id: "resources-unit-slip",
    topic: Topic::Resources,
    title: "the unit is not the one that was meant",
    severity: Severity::High,
    default: true,
    prevents: &["limit-reached", "crash-loop", "pod-unschedulable"],
    look: Look::Container(look),
    text: include_str!("check.md"),
};

/// A container doesn't start with less, in bytes.
const LEAST_MEMORY: i64 = 1 << 20;

fn look(_: &Context<'_>, container: &Container<'_>, found: &mut Found<'_>) {
    for (list, key, value) in quantities::all(container) {
        let (Some(name), Some(text)) = (key.text(), value.text()) else { continue };
        let Some(quantity) = Quantity::parse(text) else { continue };
        if quantity.milli() <= 0 {
            continue;
        }
        let wrong = match name {
            "memory" | "ephemeral-storage" => bytes(text, quantity),
            "cpu" => cores(text, quantity),
            _ => None,
        };
        if let Some((what, advice)) = wrong {
            let end = if list == "limits" {
                "no container starts within it"
            } else if name == "cpu" {
                "no node has so many, and the pod stays Pending"
            } else {
                "the scheduler takes the pod for nothing"
            };
            let end = if list == "limits" && name == "cpu" { "it limits nothing" } else { end };
            found.at(value, format!("{name}: {text} means {what}: {end}")).advice(advice);
        }
    }
}

fn bytes(text: &str, quantity: Quantity) -> Option<(String, &'static str)> {
    if text.ends_with('m') {
        return Some(("thousandths of a byte".to_owned(), "write M or Mi for megabytes"));
    }
    let units = quantity.units();
    (units < LEAST_MEMORY).then(|| (format!("{units} bytes"), "write the unit: Mi, Gi"))
}

fn cores(text: &str, quantity: Quantity) -> Option<(String, &'static str)> {
    let binary = text.ends_with('i');
    let cores = quantity.units();
    // Whole hundreds are thousandths that lack their m; machines have 96, 128, 192 cores.
    let slip = cores >= 1000 || cores >= 100 && cores % 50 == 0 && quantity.milli() % 1000 == 0;
    if binary || slip {
        return Some((format!("{cores} cores"), "write m for thousandths of a core: 500m is half a core"));
    }
    None
}
