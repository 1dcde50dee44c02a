//! What to say of a node that slows down its pods.

use rutter_cluster::objects::{Container, Pod, Probe};

use super::{ID, detect::Slowed, slow::Slow};
use crate::{Confidence, Context, Evidence, Finding, Severity, hosting, words};

/// So many workloads are told by name.
const NAMED: usize = 3;

/// So many pods are shown.
const SHOWN: usize = 5;

/// From so many commands in 1000 seconds on, it is worth telling that probes start them.
const MANY: i64 = 1000;

/// The default of a probe's `periodSeconds`.
const PERIOD: i64 = 10;

pub(super) fn finding(context: &Context<'_>, slowed: &Slowed<'_>) -> Finding {
    let mut finding = Finding::about(ID, slowed.node);
    finding.variant = slowed.variant();
    finding.severity = if slowed.is_down { Severity::High } else { Severity::Medium };
    // No object tells the load; several workloads that are well elsewhere leave little else.
    finding.confidence = match (slowed.compared, finding.variant) {
        (2.., "both" | "exec") => Confidence::Likely,
        _ => Confidence::Possible,
    };
    finding.since = slowed.pods.iter().map(Slow::first).min();
    let probes = exec_probes(context, slowed.node.meta.name.as_str());
    finding.message = message(context, slowed, &finding, probes.as_ref());
    finding.evidence = slowed.pods.iter().take(SHOWN).map(|slow| Evidence::event(slow.event)).collect();
    finding.evidence.extend(slowed.pods.iter().filter_map(|slow| slow.killed).take(2).map(Evidence::event));
    finding
}

impl Slowed<'_> {
    fn variant(&self) -> &'static str {
        let exec = self.pods.iter().filter(|slow| slow.is_exec).count();
        match exec {
            0 => "network",
            all if all == self.pods.len() => "exec",
            _ => "both",
        }
    }

    /// How many of the workloads have probes that wait no longer than the default.
    fn tight(&self) -> usize {
        self.pods.iter().filter(|slow| slow.timeout == Some(1)).count()
    }
}

fn message(
    context: &Context<'_>,
    slowed: &Slowed<'_>,
    finding: &Finding,
    probes: Option<&(i64, String)>,
) -> String {
    let name = &slowed.node.meta.name;
    let owners: Vec<String> =
        slowed.pods.iter().map(|slow| format!("{}/{}", slow.owner.namespace, slow.owner.name)).collect();
    let suspect = match finding.variant {
        "exec" => "its container runtime or its processors are",
        "network" => "its load, or the network to its pods, is",
        _ => "its load is",
    };
    let which = if finding.variant == "exec" { "commands of probes" } else { "probes" };
    let mut parts = vec![format!(
        "{name} is too slow for its pods: {which} of {} unrelated workloads ({}) time out there{} while replicas on other \
         nodes answer, so {suspect} suspected, not the applications",
        slowed.pods.len(),
        words::list(&owners, NAMED),
        hosting::when(context, finding, "since"),
    )];
    match slowed.pods.iter().filter(|slow| slow.killed.is_some()).count() {
        0 => {}
        1 => parts.push("1 of them is restarted for it".to_owned()),
        number => parts.push(format!("{number} of them are restarted for it")),
    }
    match slowed.tight() {
        0 => {}
        all if all == slowed.pods.len() => {
            parts
                .push("all these probes wait only 1s, the default, which any busy moment exceeds".to_owned());
        }
        some => parts.push(format!("{some} of these probes wait only 1s, the default")),
    }
    if let Some((rate, most)) = probes.filter(|_| finding.variant != "network") {
        parts.push(format!(
            "exec probes start {} commands a second there, most of them {most}",
            tenths(*rate)
        ));
    }
    parts.join("; ")
}

/// Commands in 1000 seconds, as commands a second: `4.2`.
fn tenths(rate: i64) -> String {
    format!("{}.{}", rate / 1000, rate % 1000 / 100)
}

/// How many commands the probes of a node's pods start in 1000 seconds, if they are many, and which pod starts the most: each
/// is a call to the runtime, and a process or several.
fn exec_probes(context: &Context<'_>, node: &str) -> Option<(i64, String)> {
    let pods = context.pods_on(node).ok()?;
    let running = pods.into_iter().filter(|pod| !pod.is_finished());
    let rates: Vec<(i64, &Pod)> = running.map(|pod| (rate(pod), pod)).filter(|(rate, _)| *rate > 0).collect();
    let all = rates.iter().map(|(rate, _)| *rate).fold(0, i64::saturating_add);
    let (most, pod) = rates.iter().max_by_key(|(rate, _)| *rate)?;
    let whose = format!("of {} ({} a second)", hosting::names(&[pod], 1), tenths(*most));
    (all >= MANY).then_some((all, whose))
}

fn rate(pod: &Pod) -> i64 {
    let stay = pod.spec.init_containers.iter().filter(|container| container.restart_policy == "Always");
    let probes = |container: &'_ Container| -> i64 {
        let all = [&container.liveness_probe, &container.readiness_probe];
        all.into_iter().flatten().map(|probe| per_thousand(probe)).sum()
    };
    pod.spec.containers.iter().chain(stay).map(probes).sum()
}

fn per_thousand(probe: &Probe) -> i64 {
    let period = if probe.period_seconds > 0 { probe.period_seconds } else { PERIOD };
    if probe.exec.is_some() { 1000 / period } else { 0 }
}
