//! What to say of a node that slows down its pods.

use super::{ID, detect::Slowed, slow::Slow};
use crate::{Confidence, Context, Evidence, Finding, Severity, exec_probes, hosting, words};

/// So many workloads are told by name.
const NAMED: usize = 3;

/// So many pods are shown.
const SHOWN: usize = 5;

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
    let probes = exec_probes::load(context, &slowed.node.meta.name);
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
    probes: Option<&exec_probes::Load>,
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
    parts.extend(probes.filter(|_| finding.variant != "network").map(exec_probes::Load::phrase));
    parts.join("; ")
}
