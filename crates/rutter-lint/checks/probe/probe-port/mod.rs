//! Probes at a named port that the container doesn't declare, or at a number that is no port.

use rutter_lessons::Severity;

use crate::{Check, Container, Context, Found, Look, Topic, probes::Probe, setting};

pub(crate) static CHECK: Check = Check {
    id: "probe-port",
    topic: Topic::Probe,
    title: "a probe asks at a port that isn't there",
    severity: Severity::High,
    default: true,
    prevents: &["probe-refused", "service-refused"],
    look: Look::Container(look),
    text: include_str!("check.md"),
};

fn look(_: &Context<'_>, container: &Container<'_>, found: &mut Found<'_>) {
    let mut probes = Probe::all(container).peekable();
    if probes.peek().is_none() || setting::is_patch(&container.template) {
        return;
    }
    let ports = container.node.items_at(&["ports"]);
    let names = || ports.iter().filter_map(|port| port.text_at(&["name"]));
    for probe in probes {
        let Some(port) = probe.port() else { continue };
        let Some(text) = port.text() else { continue };
        let kind = probe.name();
        // The kubelet takes a text of digits for a number.
        if let Ok(number) = text.parse::<i64>() {
            if !(1..=65_535).contains(&number) {
                found.at(
                    port,
                    format!("the {kind} probe asks at {number}, which is no port: the API server refuses it"),
                );
            }
        } else if probe.node.at(&["grpc"]).is_some() {
            found
                .at(
                    port,
                    format!("the {kind} probe by grpc names port {text}: the API server takes a number only"),
                )
                .advice("write the port's number");
        } else if !crate::image::is_unfilled(text) && !names().any(|name| name == text) {
            let declared = names().collect::<Vec<_>>().join(", ");
            let declared = if declared.is_empty() { "none by name".to_owned() } else { declared };
            found
                .at(
                    port,
                    format!(
                        "the {kind} probe asks at port {text}, but the container declares {declared}: {}",
                        fate(&probe)
                    ),
                )
                .advice("write a name that this container declares under ports, or the number");
        }
    }
}

fn fate(probe: &Probe<'_>) -> &'static str {
    match probe.name() {
        "readiness" => "the pod never becomes ready",
        _ => "the probe fails each time, and the container is restarted for ever",
    }
}
