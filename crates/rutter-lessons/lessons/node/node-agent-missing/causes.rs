//! What a node without an agent explains: what pods there can't do, and what the agent's DaemonSet lacks.

use crate::{
    Because, Cause, Confidence, Context, Finding, Relation, agents,
    hosting::{all_on, in_time, nodes_of, when},
    texts::volume,
};

pub(super) const CAUSES: &[Cause] = &[
    Cause { explains: "sandbox-failed", relation: Relation::Hosts, check: no_network },
    Cause { explains: "volume-stuck", relation: Relation::Hosts, check: no_driver },
    Cause { explains: "crash-loop", relation: Relation::Hosts, check: no_services },
    Cause { explains: "replicas-unavailable", relation: Relation::Hosts, check: own_pods },
];

/// The kubelet's tries may fail a little before the agent's pod counts as not ready.
const LAG: i64 = 300;

fn fits(context: &Context<'_>, cause: &Finding, effect: &Finding, variant: &str) -> bool {
    cause.variant == variant
        && !effect.is_history()
        && in_time(cause, effect, LAG)
        && all_on(context, effect, cause)
}

fn because(context: &Context<'_>, cause: &Finding, confidence: Confidence, what: &str) -> Because {
    let why = format!("{} has had no working {what}{}", nodes_of(cause), when(context, cause, "since"));
    Because::new(confidence.min(cause.confidence), why)
}

/// The plugin asks the agent, or is configured by it.
fn no_network(context: &Context<'_>, cause: &Finding, effect: &Finding) -> Option<Because> {
    let said = matches!(effect.variant, "cni-plugin" | "cni-not-ready" | "no-ip");
    (said && fits(context, cause, effect, "network"))
        .then(|| because(context, cause, Confidence::Likely, "agent of the network"))
}

/// Drivers have several DaemonSets only by exception: one that isn't named may still be this one's.
fn no_driver(context: &Context<'_>, cause: &Finding, effect: &Finding) -> Option<Because> {
    if !fits(context, cause, effect, "storage") {
        return None;
    }
    let named = effect.evidence.iter().find_map(|evidence| volume::unregistered_driver(&evidence.value));
    let confidence = match (effect.variant, named) {
        ("driver-missing", Some(driver)) if !serves(context, cause, driver)? => return None,
        ("driver-missing", _) => Confidence::Likely,
        ("mount" | "timeout", _) => Confidence::Possible,
        _ => return None,
    };
    Some(because(context, cause, confidence, "agent of the storage driver"))
}

/// Whether the DaemonSet of the finding is that driver's, as far as it tells.
fn serves(context: &Context<'_>, cause: &Finding, driver: &str) -> Option<bool> {
    let set = cause.evidence.iter().find(|evidence| evidence.object.kind == "DaemonSet")?;
    let set = context.daemon_set(&set.object.namespace, &set.object.name).ok()??;
    let mut drivers = agents::drivers(&set.spec.template.spec).peekable();
    Some(drivers.peek().is_none() || drivers.any(|own| own == driver))
}

/// What ends because a Service doesn't answer may do so because nothing leads there.
fn no_services(context: &Context<'_>, cause: &Finding, effect: &Finding) -> Option<Because> {
    (effect.variant == "dependency" && fits(context, cause, effect, "proxy"))
        .then(|| because(context, cause, Confidence::Possible, "kube-proxy"))
}

/// The same pods, seen from their DaemonSet.
fn own_pods(context: &Context<'_>, cause: &Finding, effect: &Finding) -> Option<Because> {
    let own = cause.evidence.iter().any(|evidence| evidence.object.same(&effect.object));
    let fits = matches!(effect.variant, "not-ready" | "new-revision" | "cannot-schedule");
    if !own || !fits || effect.object.kind != "DaemonSet" || effect.is_history() {
        return None;
    }
    let pods = context.pods_under(&effect.object).ok()?;
    let unready = pods.iter().filter(|pod| !pod.is_finished() && !pod.is_ready()).count();
    let all = unready <= cause.instances.len();
    let confidence = if all { Confidence::Certain } else { Confidence::Likely };
    Some(Because::new(confidence, format!("it is what {} lacks", nodes_of(cause))))
}
