//! What an avalanche explains: the falls themselves, and that nobody is left.

use crate::{Because, Cause, Confidence, Context, Finding, Relation, containers};

pub(super) const CAUSES: &[Cause] = &[
    Cause { explains: "limit-reached", relation: Relation::Same, check: falls },
    Cause { explains: "crash-loop", relation: Relation::Same, check: falls },
    Cause { explains: "probe-refused", relation: Relation::Same, check: falls },
    Cause { explains: "replicas-unavailable", relation: Relation::Same, check: containers::lacks_pods },
    Cause {
        explains: "service-no-backends",
        relation: Relation::PodToService,
        check: containers::lacks_pods,
    },
];

/// One fall, told by itself: only of pods that take part, and of the kind that the avalanche is of. Or that those that fell have not
/// been ready since.
fn falls(_: &Context<'_>, cause: &Finding, effect: &Finding) -> Option<Because> {
    let since = || cause.since.zip(effect.since).is_some_and(|(fell, since)| since >= fell);
    let unready = effect.lesson == "probe-refused" && since();
    let kind = match (effect.lesson, effect.variant) {
        ("limit-reached", "container") => cause.variant != "probe",
        ("crash-loop", "killed-by-probe") | ("probe-refused", "timeout" | "exec-timeout") => {
            cause.variant != "memory"
        }
        _ => false,
    };
    let mine = |pod: &rutter_cluster::ObjectRef| cause.instances.iter().any(|one| one.same(pod));
    let all_mine = effect.instances.iter().all(mine);
    let why = cause.message.split("; ").next().unwrap_or_default();
    let sure = if kind { cause.confidence } else { Confidence::Possible.min(cause.confidence) };
    ((kind || unready) && all_mine && !effect.is_history()).then(|| Because::new(sure, why))
}
