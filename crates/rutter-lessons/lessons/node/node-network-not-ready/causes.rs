//! What a node without a network explains: pods that can't begin there, and those that are moved away.

use crate::{
    Because, Cause, Confidence, Context, Finding, Relation,
    hosting::{self, all_on, in_time},
};

pub(super) const CAUSES: &[Cause] = &[
    Cause { explains: "rollout-stuck", relation: Relation::Mentions, check: hosting::holds_rollout },
    Cause { explains: "sandbox-failed", relation: Relation::Hosts, check: no_sandbox },
    Cause { explains: "evicted", relation: Relation::Hosts, check: deleted },
    Cause { explains: "replicas-unavailable", relation: Relation::Hosts, check: lacks_pods },
    Cause { explains: "service-no-backends", relation: Relation::Hosts, check: lacks_pods },
    Cause { explains: "dns-down", relation: Relation::Hosts, check: lacks_pods },
    Cause { explains: "pod-unschedulable", relation: Relation::Mentions, check: keeps_off },
];

/// The runtime looks for its network every 30 s, so a pod may fail a little before the node says so.
const NOTICED: i64 = 60;

fn since(context: &Context<'_>, cause: &Finding) -> String {
    let at = hosting::when(context, cause, "since");
    match cause.variant {
        "all-nodes" => format!("no node has had a pod network{at}"),
        _ => format!("{} has had no pod network{at}", cause.node),
    }
}

fn no_sandbox(context: &Context<'_>, cause: &Finding, effect: &Finding) -> Option<Because> {
    let confidence = match effect.variant {
        "cni-not-ready" => Confidence::Certain,
        // The plugin's binary or configuration is gone.
        "cni-plugin" => Confidence::Likely,
        _ => return None,
    };
    let fits = in_time(cause, effect, NOTICED) && all_on(context, effect, cause);
    fits.then(|| Because::new(confidence, since(context, cause)))
}

fn deleted(context: &Context<'_>, cause: &Finding, effect: &Finding) -> Option<Because> {
    let fits = effect.variant == "taint" && in_time(cause, effect, 0) && all_on(context, effect, cause);
    fits.then(|| {
        Because::new(
            Confidence::Likely,
            format!("{}, and the node was tainted for it", since(context, cause)),
        )
    })
}

fn lacks_pods(context: &Context<'_>, cause: &Finding, effect: &Finding) -> Option<Because> {
    let (number, confidence) = hosting::lacks_pods(context, cause, effect, NOTICED)?;
    let on = match cause.variant {
        "all-nodes" => "nodes without a pod network".to_owned(),
        _ => format!("{}, which has no pod network", cause.node),
    };
    let why = format!("{} on {on}", hosting::are(number, "unready pod"));
    Some(Because::new(confidence.min(Confidence::Likely), why))
}

fn keeps_off(context: &Context<'_>, cause: &Finding, effect: &Finding) -> Option<Because> {
    hosting::keeps_off(cause, effect, &[hosting::NOT_READY], NOTICED).then(|| {
        Because::new(Confidence::Likely, format!("{}, so it takes no new pods", since(context, cause)))
    })
}
