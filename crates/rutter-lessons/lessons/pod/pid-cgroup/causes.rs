//! What follows: failed probes, containers that end, evicted pods.

use crate::{Because, Cause, Confidence, Context, Finding, Relation, hosting};

pub(super) const CAUSES: &[Cause] = &[
    Cause { explains: "probe-refused", relation: Relation::Same, check: probe_failed },
    Cause { explains: "crash-loop", relation: Relation::Same, check: ends },
    Cause { explains: "evicted", relation: Relation::Hosts, check: evicts },
];

fn probe_failed(_: &Context<'_>, cause: &Finding, _: &Finding) -> Option<Because> {
    let why = "the probe's command could not be run in the container: the runtime lost a race";
    (cause.variant == "exec-race").then(|| Because::new(Confidence::Likely, why))
}

fn ends(_: &Context<'_>, cause: &Finding, _: &Finding) -> Option<Because> {
    let why = "it could make no further process or thread";
    (cause.variant == "limit").then(|| Because::new(Confidence::Likely, why))
}

fn evicts(context: &Context<'_>, cause: &Finding, effect: &Finding) -> Option<Because> {
    let is_by_pids = effect
        .evidence
        .iter()
        .any(|evidence| evidence.value.contains("pids") || evidence.value.contains("PID"));
    let fits = cause.variant == "node" && is_by_pids && !cause.is_history();
    fits.then(|| {
        let why = format!("{} is short of process ids{}", cause.node, hosting::when(context, cause, "since"));
        Because::new(Confidence::Certain, why)
    })
}
