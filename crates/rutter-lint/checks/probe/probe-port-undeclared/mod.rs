//! Probes at a number that is not among the ports that the container declares.

use rutter_lessons::Severity;

use crate::{Check, Container, Context, Found, Look, Topic, probes::Probe, setting};

pub(crate) static CHECK: Check = Check {
    id: "probe-port-undeclared",
    topic: Topic::Probe,
    title: "a probe asks at a port that isn't declared",
    severity: Severity::Low,
    default: false,
    prevents: &["probe-refused"],
    look: Look::Container(look),
    text: include_str!("check.md"),
};

fn look(_: &Context<'_>, container: &Container<'_>, found: &mut Found<'_>) {
    let ports = container.node.items_at(&["ports"]);
    if ports.is_empty() || setting::is_patch(&container.template) {
        return;
    }
    let declared: Vec<&str> = ports.iter().filter_map(|port| port.text_at(&["containerPort"])).collect();
    for probe in Probe::all(container) {
        let Some(port) = probe.port() else { continue };
        let number = port.text().filter(|text| text.parse::<i64>().is_ok());
        if let Some(number) = number.filter(|number| !declared.contains(number)) {
            let (kind, ports) = (probe.name(), declared.join(", "));
            found
                .at(port, format!("the {kind} probe asks at {number}, while the container declares {ports}"))
                .advice("declare the port, and name it in the probe");
        }
    }
}
