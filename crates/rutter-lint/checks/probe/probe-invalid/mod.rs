//! Probes that the API server refuses: no way to ask or several, a success threshold for liveness, numbers that are none.

use rutter_lessons::Severity;

use crate::{Check, Container, Context, Found, Look, Topic, probes::Probe, setting};

pub(crate) static CHECK: Check = Check {
    id: "probe-invalid",
    topic: Topic::Probe,
    title: "the API server refuses the probe",
    severity: Severity::High,
    default: true,
    prevents: &["probe-refused"],
    look: Look::Container(look),
    text: include_str!("check.md"),
};

const NUMBERS: [&str; 6] = [
    "initialDelaySeconds",
    "periodSeconds",
    "timeoutSeconds",
    "successThreshold",
    "failureThreshold",
    "terminationGracePeriodSeconds",
];

fn look(_: &Context<'_>, container: &Container<'_>, found: &mut Found<'_>) {
    for probe in Probe::all(container) {
        let name = probe.name();
        ways(&probe, setting::is_patch(&container.template), found);
        for field in NUMBERS {
            let Some(node) = probe.node.at(&[field]) else { continue };
            let text = node.text().unwrap_or("a list or a map");
            if crate::image::is_unfilled(text) {
                continue;
            }
            let wrong = match (field, node.integer()) {
                (_, None) => format!("{field} of the {name} probe is {text:?}, not a whole number"),
                (_, Some(number)) if number < 0 => {
                    format!("{field} of the {name} probe is {number}, below zero")
                }
                ("successThreshold", Some(number)) if number > 1 && name != "readiness" => {
                    format!(
                        "successThreshold of the {name} probe is {number}, and only readiness may have more than 1"
                    )
                }
                ("terminationGracePeriodSeconds", Some(_)) if name == "readiness" => {
                    "a readiness probe stops nothing, and has no terminationGracePeriodSeconds".to_owned()
                }
                ("terminationGracePeriodSeconds", Some(0)) => {
                    format!("terminationGracePeriodSeconds of the {name} probe is 0, and must be more")
                }
                _ => continue,
            };
            found.at(node, format!("{wrong}: the API server refuses the pod"));
        }
    }
}

fn ways(probe: &Probe<'_>, patch: bool, found: &mut Found<'_>) {
    let ways: Vec<&str> = probe.handlers().map(|(handler, _)| handler).collect();
    let name = probe.name();
    if ways.len() > 1 {
        let ways = ways.join(" and ");
        found.at(probe.key, format!("the {name} probe asks by {ways}: the API server takes one way only"));
    } else if ways.is_empty() && !patch {
        found
            .at(probe.key, format!("the {name} probe doesn't say how to ask: the API server refuses the pod"))
            .advice("add httpGet, tcpSocket, grpc or exec");
    }
}
