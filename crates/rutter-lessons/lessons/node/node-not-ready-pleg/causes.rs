//! What a runtime that doesn't answer explains: whatever needs it, on its node, from then on.

use crate::{
    Because, Cause, Confidence, Context, Finding, Relation,
    hosting::{self, all_on, in_time},
};

pub(super) const CAUSES: &[Cause] = &[
    Cause { explains: "rollout-stuck", relation: Relation::Mentions, check: hosting::holds_rollout },
    Cause { explains: "probe-refused", relation: Relation::Hosts, check: probes_fail },
    Cause { explains: "sandbox-failed", relation: Relation::Hosts, check: sandboxes_fail },
    Cause { explains: "image-pull", relation: Relation::Hosts, check: pulls_fail },
    Cause { explains: "container-config-error", relation: Relation::Hosts, check: not_made },
    Cause { explains: "crash-loop", relation: Relation::Hosts, check: killed },
    Cause { explains: "evicted", relation: Relation::Hosts, check: deleted },
    Cause { explains: "stuck-terminating", relation: Relation::Hosts, check: not_stopped },
    Cause { explains: "replicas-unavailable", relation: Relation::Hosts, check: lacks_pods },
    Cause { explains: "service-no-backends", relation: Relation::Hosts, check: lacks_pods },
    Cause { explains: "dns-down", relation: Relation::Hosts, check: lacks_pods },
    Cause { explains: "image-gc-failed", relation: Relation::Same, check: gc_fails },
    Cause { explains: "pod-unschedulable", relation: Relation::Mentions, check: keeps_off },
];

/// The kubelet's clock and the event's, in seconds.
const SLACK: i64 = 10;

/// How much earlier than the node's report the runtime may have stopped, in seconds, where PLEG doesn't tell: a call to it
/// takes 2 minutes to fail, and 30 s without an answer are allowed.
const UNTOLD: i64 = 150;

fn lag(context: &Context<'_>, cause: &Finding) -> i64 {
    let reported = hosting::node_of(context, cause)
        .and_then(|node| node.condition("Ready"))
        .and_then(|ready| ready.last_transition_time);
    if cause.since < reported { SLACK } else { UNTOLD }
}

/// Whether an effect is on this node only, and began when the runtime stopped or later.
fn fits(context: &Context<'_>, cause: &Finding, effect: &Finding) -> bool {
    all_on(context, effect, cause)
        && in_time(cause, effect, lag(context, cause))
        && (!cause.is_history() || effect.is_history())
}

/// How it reads after "because".
fn since(context: &Context<'_>, cause: &Finding) -> String {
    let runtime = hosting::node_of(context, cause).map_or("the container runtime", hosting::runtime);
    format!("{runtime} on {} {}", cause.node, trouble(context, cause))
}

/// What the runtime did, and when.
fn trouble(context: &Context<'_>, cause: &Finding) -> String {
    let what = match cause.variant {
        "pleg" => "stopped listing its containers",
        "runtime-not-ready" => "was not ready any more",
        "flapping" => "stopped answering now and then",
        _ => "stopped answering",
    };
    // Without PLEG's word, the report is all that is known: it comes later.
    let untold = cause.variant == "runtime-down" && lag(context, cause) == UNTOLD;
    let at = hosting::when(context, cause, if untold { "by" } else { "at" });
    format!("{what}{at}")
}

/// An exec probe is a call to the runtime. The others are not: only a node that is slow in all it does explains them.
fn probes_fail(context: &Context<'_>, cause: &Finding, effect: &Finding) -> Option<Because> {
    let confidence = match (effect.variant, cause.variant) {
        ("exec-timeout" | "exec-failed", "runtime-down") => Confidence::Certain,
        ("exec-timeout" | "exec-failed", _) => Confidence::Likely,
        ("timeout", _) => Confidence::Possible,
        _ => return None,
    };
    // Without the time of the first failure the order isn't known.
    let confidence = if effect.since.is_some() { confidence } else { Confidence::Possible };
    fits(context, cause, effect).then(|| {
        Because::new(
            confidence.min(cause.confidence),
            format!("{}, and exec probes need it", since(context, cause)),
        )
    })
}

fn sandboxes_fail(context: &Context<'_>, cause: &Finding, effect: &Finding) -> Option<Because> {
    let confidence = match effect.variant {
        "runtime" | "deadline" | "name-reserved" => Confidence::Likely,
        _ => return None,
    };
    fits(context, cause, effect).then(|| {
        Because::new(
            confidence.min(cause.confidence),
            format!("{}, which makes the sandboxes", since(context, cause)),
        )
    })
}

fn pulls_fail(context: &Context<'_>, cause: &Finding, effect: &Finding) -> Option<Because> {
    let confidence = match effect.variant {
        "runtime" => Confidence::Likely,
        "timeout" | "slow" => Confidence::Possible,
        _ => return None,
    };
    fits(context, cause, effect).then(|| {
        Because::new(
            confidence.min(cause.confidence),
            format!("{}, which pulls the images", since(context, cause)),
        )
    })
}

fn not_made(context: &Context<'_>, cause: &Finding, effect: &Finding) -> Option<Because> {
    (effect.variant == "runtime" && fits(context, cause, effect)).then(|| {
        let confidence = Confidence::Likely.min(cause.confidence);
        Because::new(confidence, format!("{}, which makes the containers", since(context, cause)))
    })
}

/// Only a container that was killed for its probe: one that exits does so by itself.
fn killed(context: &Context<'_>, cause: &Finding, effect: &Finding) -> Option<Because> {
    (effect.variant == "killed-by-probe" && fits(context, cause, effect)).then(|| {
        let confidence = Confidence::Possible.min(cause.confidence);
        Because::new(confidence, format!("{}, so that its probe could not succeed", since(context, cause)))
    })
}

/// The control plane deletes the pods of a node that isn't Ready; the kubelet can't carry it out.
fn deleted(context: &Context<'_>, cause: &Finding, effect: &Finding) -> Option<Because> {
    (effect.variant == "taint" && fits(context, cause, effect)).then(|| {
        let why = format!(
            "{}, the node was tainted for it, and no pod can be stopped there",
            since(context, cause)
        );
        Because::new(Confidence::Likely.min(cause.confidence), why)
    })
}

/// Whoever deleted a pod there: the runtime is what stops it.
fn not_stopped(context: &Context<'_>, cause: &Finding, effect: &Finding) -> Option<Because> {
    let fits = matches!(effect.variant, "node-silent" | "not-stopped")
        && !cause.is_history()
        && all_on(context, effect, cause);
    fits.then(|| {
        let why = format!("{}, and no pod can be stopped there", since(context, cause));
        Because::new(Confidence::Likely.min(cause.confidence), why)
    })
}

fn lacks_pods(context: &Context<'_>, cause: &Finding, effect: &Finding) -> Option<Because> {
    let (number, sure) = hosting::lacks_pods(context, cause, effect, lag(context, cause))?;
    let confidence = sure.min(Confidence::Likely).min(cause.confidence);
    let runtime = hosting::node_of(context, cause).map_or("the container runtime", hosting::runtime);
    let why = format!(
        "{} not ready on {}, where {runtime} {}",
        hosting::are(number, "pod"),
        cause.node,
        trouble(context, cause)
    );
    Some(Because::new(confidence, why))
}

/// Garbage collection asks the runtime for its images.
fn gc_fails(context: &Context<'_>, cause: &Finding, effect: &Finding) -> Option<Because> {
    let asks = matches!(effect.variant, "runtime" | "stats");
    (asks && in_time(cause, effect, lag(context, cause)) && !effect.is_history())
        .then(|| Because::new(Confidence::Likely.min(cause.confidence), since(context, cause)))
}

/// The taint of a node that isn't Ready.
fn keeps_off(context: &Context<'_>, cause: &Finding, effect: &Finding) -> Option<Because> {
    hosting::keeps_off(cause, effect, &[hosting::NOT_READY], lag(context, cause)).then(|| {
        let why = format!("{}, and a node that is not Ready takes no new pods", since(context, cause));
        Because::new(Confidence::Likely.min(cause.confidence), why)
    })
}
