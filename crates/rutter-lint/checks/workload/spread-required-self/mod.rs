//! Rollouts that need one more node or zone than there are replicas.

use rutter_lessons::Severity;

use crate::{
    Check, Context, Controller, Found, Look, Template, Topic,
    selector::Selector,
    workloads::{is_whole, rollout},
    yaml::Node,
};

pub(crate) static CHECK: Check = Check {
    id: "spread-required-self",
    topic: Topic::Workload,
    title: "a rollout needs a node or zone that may not be there",
    severity: Severity::Low,
    default: true,
    prevents: &["rollout-stuck", "pod-unschedulable"],
    look: Look::Template(look),
    text: include_str!("check.md"),
};

/// As many zones as a region has, as a rule.
const ZONES: i64 = 3;

fn look(_: &Context<'_>, template: &Template<'_>, found: &mut Found<'_>) {
    let object = template.object;
    if template.controller != Controller::Deployment || !is_whole(template) {
        return;
    }
    let Some(replicas) = template.replicas().filter(|replicas| *replicas >= 3) else { return };
    let path = ["affinity", "podAntiAffinity", "requiredDuringSchedulingIgnoredDuringExecution"];
    let of_itself = |term: &&Node| {
        term.at(&["labelSelector"])
            .map(Selector::of)
            .is_some_and(|one| !one.is_empty() && one.matches(template.labels()))
            && term.at(&["matchLabelKeys"]).is_none()
    };
    let Some(term) = template.spec.items_at(&path).iter().find(of_itself) else { return };
    let Some(key) = term.at(&["topologyKey"]) else { return };
    let Some((missing, more)) = rollout(object, replicas) else { return };
    let needs = if missing == 0 { replicas.saturating_add(more.min(1)) } else { replicas };
    let (message, advice) = match key.text() {
        Some("topology.kubernetes.io/zone" | "failure-domain.beta.kubernetes.io/zone") if needs > ZONES => (
            format!(
                "at most one of these pods may be in a zone, and {needs} zones are needed while it is rolled out: with fewer, pods stay Pending"
            ),
            "topologySpreadConstraints over zones, or a preferred anti-affinity",
        ),
        Some("kubernetes.io/hostname") if missing == 0 && more > 0 => (
            format!(
                "at most one of these pods may be on a node, and a rollout starts a new one before it stops an old one: \
                 on {replicas} nodes it hangs"
            ),
            "strategy.rollingUpdate with maxUnavailable: 1 and maxSurge: 0, or a preferred anti-affinity",
        ),
        _ => return,
    };
    found.at(key, message).advice(advice);
}
