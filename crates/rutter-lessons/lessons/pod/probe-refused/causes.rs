//! What a failing probe explains: pods that aren't ready, and containers that are stopped.

use crate::{
    Because, Cause, Confidence, Context, Finding, Origin, Relation, Severity, agents, hosting,
    texts::probe::{self, KillReason, ProbeKind},
};

pub(super) const CAUSES: &[Cause] = &[
    Cause { explains: "crash-loop", relation: Relation::Same, check: stops },
    Cause { explains: "replicas-unavailable", relation: Relation::PodToOwner, check: pods_not_ready },
    Cause { explains: "node-agent-missing", relation: Relation::Mentions, check: agents::explains },
    Cause { explains: "service-no-backends", relation: Relation::PodToService, check: pods_not_ready },
    Cause { explains: "dns-down", relation: Relation::PodToService, check: pods_not_ready },
];

/// The kubelet stops a container for its liveness or startup probe, never for its readiness probe.
fn stops(_: &Context<'_>, cause: &Finding, effect: &Finding) -> Option<Because> {
    if effect.variant != "killed-by-probe" || cause.is_history() {
        return None;
    }
    let events = || cause.evidence.iter().filter(|evidence| matches!(evidence.origin, Origin::Event(_)));
    let killed = events().any(|evidence| {
        probe::killing(&evidence.value).is_some_and(|kill| matches!(kill.reason, KillReason::ProbeFailed(_)))
    });
    let may_kill = events().any(|evidence| {
        probe::parse(&evidence.value).is_some_and(|failure| failure.probe != ProbeKind::Readiness)
    });
    let confidence = match (killed, may_kill) {
        (true, _) => Confidence::Certain,
        (false, true) => Confidence::Likely,
        (false, false) => return None,
    };
    Some(Because::new(confidence, cause.message.clone()))
}

/// A workload or a Service lacks ready pods because of those whose probe fails, as far as these are the unready ones.
fn pods_not_ready(context: &Context<'_>, cause: &Finding, effect: &Finding) -> Option<Because> {
    let other_cause = matches!(
        effect.variant,
        "cannot-create"
            | "cannot-schedule"
            | "no-match"
            | "no-pods"
            | "port-missing"
            | "not-observed"
            | "stale"
    );
    // A low one is about containers that are ready, or meant not to be: that explains no more than what is low too.
    let by_design = cause.severity <= Severity::Low && effect.severity > Severity::Low;
    if other_cause || by_design || cause.is_history() || effect.is_history() {
        return None;
    }
    let unready = hosting::unready_behind(context, effect)?;
    let unready: Vec<_> = unready.into_iter().filter(|pod| pod.meta.deleted.is_none()).collect();
    let mine = |name: &str| cause.instances.iter().any(|instance| instance.name == name);
    let explained = unready.iter().filter(|pod| mine(&pod.meta.name)).count();
    let sure = match explained {
        0 => return None,
        all if all == unready.len() => Confidence::Certain,
        most if most * 2 >= unready.len() => Confidence::Likely,
        _ => Confidence::Possible,
    };
    Some(Because::new(sure.min(cause.confidence), cause.message.clone()))
}

#[cfg(test)]
mod tests {
    use rutter_cluster::{Cluster, ClusterInfo, Coverage, Logs, ObjectRef, Tables};

    use super::*;
    use crate::Evidence;

    fn finding(lesson: &'static str, variant: &'static str, events: &[(&str, &str)]) -> Finding {
        let mut finding = Finding::about(lesson, &rutter_cluster::objects::Pod::default());
        finding.variant = variant;
        finding.evidence = events
            .iter()
            .map(|(reason, message)| Evidence {
                object: ObjectRef::default(),
                origin: Origin::Event((*reason).into()),
                value: (*message).to_owned(),
                time: None,
            })
            .collect();
        finding
    }

    #[test]
    fn only_probes_that_stop_a_container_explain_that_it_was_stopped() {
        let cluster =
            Cluster::new(ClusterInfo::default(), Tables::default(), Coverage::default(), Logs::default());
        let context = Context::new(&cluster);
        let confidence = |events: &[(&str, &str)], variant| {
            let effect = finding("crash-loop", variant, &[]);
            stops(&context, &finding("probe-refused", "refused", events), &effect).map(|why| why.confidence)
        };
        let refused = "dial tcp 10.0.0.1:80: connect: connection refused";
        let (liveness, readiness) =
            (format!("Liveness probe failed: {refused}"), format!("Readiness probe failed: {refused}"));
        let killing = ("Killing", "Container web failed liveness probe, will be restarted (x3)");
        let killed = [("Unhealthy", liveness.as_str()), killing];
        assert_eq!(confidence(&killed, "killed-by-probe"), Some(Confidence::Certain));
        assert_eq!(confidence(&killed[..1], "killed-by-probe"), Some(Confidence::Likely));
        assert_eq!(confidence(&[("Unhealthy", readiness.as_str())], "killed-by-probe"), None);
        assert_eq!(confidence(&killed, "exit-code"), None);
    }
}
