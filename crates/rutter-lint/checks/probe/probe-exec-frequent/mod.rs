//! Probes that run a command every few seconds, for as long as the container runs.

use rutter_lessons::Severity;

use crate::{Check, Container, Context, Found, Look, Topic, probes::Probe};

pub(crate) static CHECK: Check = Check {
    id: "probe-exec-frequent",
    topic: Topic::Probe,
    title: "a probe starts commands often",
    severity: Severity::Low,
    default: true,
    prevents: &["runtime-stuck", "pid-cgroup", "restarts-by-node-load"],
    look: Look::Container(look),
    text: include_str!("check.md"),
};

/// From this period on, in seconds, it is as often as the API's default.
const SELDOM: i64 = 10;

fn look(_: &Context<'_>, container: &Container<'_>, found: &mut Found<'_>) {
    for field in ["livenessProbe", "readinessProbe"] {
        let Some(probe) = Probe::of(container, field) else { continue };
        let Some(exec) = probe.node.at(&["exec"]) else { continue };
        let period = probe.period();
        if period < SELDOM {
            found
                .at(
                    probe.node.at(&["periodSeconds"]).unwrap_or(exec),
                    format!(
                        "the {} probe runs a command every {period} s: on a node with many such pods the runtime falls behind, \
                         and probes of all fail",
                        probe.name()
                    ),
                )
                .advice("ask by httpGet, tcpSocket or grpc, or every 10 s or more");
        }
    }
}
