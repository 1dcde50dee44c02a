//! What a slow node explains: probes without an answer, and containers that are stopped for them.

use crate::{
    Because, Cause, Confidence, Context, Finding, Relation,
    hosting::{self, all_on, in_time},
};

pub(super) const CAUSES: &[Cause] = &[
    Cause { explains: "probe-refused", relation: Relation::Hosts, check: no_answer },
    Cause { explains: "crash-loop", relation: Relation::Hosts, check: stopped },
    Cause { explains: "runtime-stuck", relation: Relation::Same, check: slows_runtime },
];

/// The first workload need not be the one that suffers first.
const LAG: i64 = 600;

fn no_answer(context: &Context<'_>, cause: &Finding, effect: &Finding) -> Option<Because> {
    matches!(effect.variant, "timeout" | "exec-timeout").then(|| because(context, cause, effect))?
}

fn stopped(context: &Context<'_>, cause: &Finding, effect: &Finding) -> Option<Because> {
    (effect.variant == "killed-by-probe").then(|| because(context, cause, effect))?
}

/// Where probes that need no runtime get no answer either, the runtime is one of those that the node slows down. Which came first is
/// not told by it: a call is given up after minutes, a probe after a second.
fn slows_runtime(context: &Context<'_>, cause: &Finding, effect: &Finding) -> Option<Because> {
    (cause.variant == "both")
        .then(|| because(context, cause, effect))?
        .map(|because| Because { confidence: Confidence::Possible, ..because })
}

fn because(context: &Context<'_>, cause: &Finding, effect: &Finding) -> Option<Because> {
    let fits = in_time(cause, effect, LAG) && all_on(context, effect, cause) && !effect.is_history();
    let at = hosting::when(context, cause, "since");
    let why = format!("{} has been too slow for probes of unrelated workloads{at}", cause.node);
    fits.then(|| Because::new(cause.confidence.min(Confidence::Likely), why))
}
