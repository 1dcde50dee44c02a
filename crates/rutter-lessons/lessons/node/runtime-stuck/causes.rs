//! What a runtime that does not finish calls explains: pods that wait for such a call, and garbage collection.

use rutter_cluster::objects::Pod;

use super::{detect, signs};
use crate::{
    Because, Cause, Confidence, Context, Finding, Relation,
    hosting::{self, in_time},
    texts::node_disk::{self, GcKind},
};

pub(super) const CAUSES: &[Cause] = &[
    Cause { explains: "sandbox-failed", relation: Relation::Hosts, check: no_sandbox },
    Cause { explains: "container-config-error", relation: Relation::Hosts, check: not_made },
    Cause { explains: "image-pull", relation: Relation::Hosts, check: not_looked_up },
    Cause { explains: "stuck-terminating", relation: Relation::Hosts, check: not_stopped },
    Cause { explains: "probe-refused", relation: Relation::Hosts, check: probes_fail },
    Cause { explains: "restarts-by-node-load", relation: Relation::Same, check: commands_time_out },
    Cause { explains: "image-gc-failed", relation: Relation::Same, check: gc_fails },
    Cause { explains: "replicas-unavailable", relation: Relation::Hosts, check: lacks_pods },
    Cause { explains: "service-no-backends", relation: Relation::Hosts, check: lacks_pods },
    Cause { explains: "dns-down", relation: Relation::Hosts, check: lacks_pods },
];

/// The first call that is told of need not be the first that hangs: the kubelet gives one up after minutes.
const LAG: i64 = 300;

/// Whether an effect is on this node, or on others of its kind as well, and began when the runtime hung.
fn fits(context: &Context<'_>, cause: &Finding, effect: &Finding) -> bool {
    !effect.is_history() && is_on_such(context, cause, effect) && in_time(cause, effect, LAG)
}

fn is_on_such(context: &Context<'_>, cause: &Finding, effect: &Finding) -> bool {
    let pods = effect.instances.iter().filter(|one| one.kind == "Pod").filter_map(|one| context.pod(one));
    let is_such = |node: &str| hosting::concerns(cause, node) || detect::is_stuck(context, node);
    pods.into_iter().all(|pod| is_such(&pod.spec.node_name))
}

fn because(context: &Context<'_>, cause: &Finding, confidence: Confidence, what: &str) -> Because {
    let runtime = hosting::node_of(context, cause).map_or("the container runtime", hosting::runtime);
    let since = hosting::when(context, cause, "since");
    let why = format!("{runtime} on {} has not finished calls{since}{what}", cause.node);
    Because::new(confidence.min(cause.confidence), why)
}

fn no_sandbox(context: &Context<'_>, cause: &Finding, effect: &Finding) -> Option<Because> {
    let waits = matches!(effect.variant, "deadline" | "name-reserved");
    (waits && fits(context, cause, effect))
        .then(|| because(context, cause, Confidence::Likely, ", and makes the sandboxes"))
}

fn not_made(context: &Context<'_>, cause: &Finding, effect: &Finding) -> Option<Because> {
    (effect.variant == "runtime" && fits(context, cause, effect))
        .then(|| because(context, cause, Confidence::Likely, ", and makes the containers"))
}

/// That an image can't be looked up on the node, not that it can't be pulled: a registry may take long, too.
fn not_looked_up(context: &Context<'_>, cause: &Finding, effect: &Finding) -> Option<Because> {
    (effect.variant == "runtime" && fits(context, cause, effect))
        .then(|| because(context, cause, Confidence::Likely, ", and keeps the images"))
}

fn not_stopped(context: &Context<'_>, cause: &Finding, effect: &Finding) -> Option<Because> {
    let stops = matches!(cause.variant, "stopping" | "both" | "listing");
    (stops && effect.variant == "not-stopped" && !effect.is_history() && is_on_such(context, cause, effect))
        .then(|| because(context, cause, Confidence::Likely, ", and is what stops pods"))
}

/// A probe by exec is a call to the runtime; the others are not.
fn probes_fail(context: &Context<'_>, cause: &Finding, effect: &Finding) -> Option<Because> {
    let confidence = match effect.variant {
        "exec-timeout" => Confidence::Likely,
        "exec-failed" => Confidence::Possible,
        _ => return None,
    };
    fits(context, cause, effect).then(|| because(context, cause, confidence, ", and exec probes need it"))
}

fn commands_time_out(context: &Context<'_>, cause: &Finding, effect: &Finding) -> Option<Because> {
    (effect.variant == "exec" && in_time(cause, effect, LAG) && !effect.is_history())
        .then(|| because(context, cause, Confidence::Likely, ", and exec probes need it"))
}

fn gc_fails(context: &Context<'_>, cause: &Finding, effect: &Finding) -> Option<Because> {
    let timed_out = effect.evidence.iter().any(|evidence| {
        matches!(node_disk::gc_failure(&evidence.value).kind, GcKind::RuntimeError { timed_out: true })
    });
    (effect.variant == "runtime" && timed_out && in_time(cause, effect, LAG) && !effect.is_history())
        .then(|| because(context, cause, Confidence::Likely, ", and garbage collection asks it"))
}

/// Only by the pods that show it: others of the node are well.
fn lacks_pods(context: &Context<'_>, cause: &Finding, effect: &Finding) -> Option<Because> {
    if hosting::has_other_cause(effect) || cause.is_history() || effect.is_history() {
        return None;
    }
    let missing = hosting::unready_behind(context, effect)?;
    let is_here =
        |pod: &&&Pod| hosting::concerns(cause, &pod.spec.node_name) && signs::sign(context, pod).is_some();
    let here = missing.iter().filter(is_here).count();
    let confidence = match here {
        0 => return None,
        here if here == missing.len() => Confidence::Likely,
        here if here * 2 >= missing.len() => Confidence::Possible,
        _ => return None,
    };
    Some(because(context, cause, confidence, &format!(", and {} waiting for it", hosting::are(here, "pod"))))
}
