//! Budgets that let nothing go.

use rutter_cluster::objects::{Condition, IntOrString, Pod, PodDisruptionBudget, condition};

use super::{BROKEN, ID, START, covered, drains};
use crate::{
    Confidence, Context, Evidence, Finding, Findings, Origin, Outcome, Severity,
    containers::{clean, shortened},
    words,
};

/// What is wrong with a budget.
struct Block {
    variant: &'static str,
    severity: Severity,
    confidence: Confidence,
    message: String,
    evidence: Vec<Evidence>,
}

pub(super) fn evaluate(
    context: &Context<'_>,
    budget: &PodDisruptionBudget,
    findings: &mut Findings,
) -> Outcome {
    let young = budget.meta.created.is_some_and(|created| context.may_be_younger(created, START));
    let stale = budget.status.observed_generation < budget.meta.generation;
    // One that matches nothing blocks nothing; one that was not counted yet says nothing.
    if budget.meta.deleted.is_some() || young || stale || is_only_written(budget) {
        return Ok(());
    }
    let owners = covered::owners(context, budget);
    let other = other(context, budget, &owners);
    // Most budgets have room, or nothing to protect, and then no pod is looked at.
    let idle = budget.status.expected_pods <= 0 && not_counted(budget).is_none();
    if other.is_none() && (idle || budget.status.disruptions_allowed > 0) {
        return Ok(());
    }
    let pods = covered::pods(context, budget, &owners);
    let seen = pods.as_deref().unwrap_or_default();
    let covered = Covered { whose: covered::phrase(context, &owners, seen), pods: seen, owners: &owners };
    let block = other
        .map(|other| two_budgets(budget, other, &covered))
        .or_else(|| not_computed(budget, &covered))
        .or_else(|| no_room(budget, &covered))
        .or_else(|| unhealthy(context, budget, &covered));
    let told = block.is_some();
    findings.extend(block.map(|block| finding(context, budget, seen, block)));
    // Where pods were not seen, the status may still have told.
    if told { Ok(()) } else { pods.map(|_| ()) }
}

/// What a budget covers, as far as it was seen.
struct Covered<'a, 'c> {
    /// ` of Deployment web`.
    whose: String,
    pods: &'a [&'c Pod],
    owners: &'a [covered::Workload],
}

/// A second budget for the same pods, for which this one is to speak: the first of the two by name does.
fn other<'c>(
    context: &Context<'c>,
    budget: &PodDisruptionBudget,
    owners: &[covered::Workload],
) -> Option<&'c PodDisruptionBudget> {
    budget.spec.selector.as_ref().filter(|selector| !selector.is_empty())?;
    drains::other(context, budget, owners).filter(|other| other.meta.name > budget.meta.name)
}

/// A manifest that no API server has seen.
fn is_only_written(budget: &PodDisruptionBudget) -> bool {
    budget.meta.uid.is_empty() && budget.meta.created.is_none()
}

fn finding(context: &Context<'_>, budget: &PodDisruptionBudget, pods: &[&Pod], block: Block) -> Finding {
    let mut finding = Finding::about(ID, budget);
    finding.variant = block.variant;
    finding.severity = block.severity;
    finding.confidence = block.confidence;
    let allowed =
        condition(&budget.status.conditions, "DisruptionAllowed").filter(|allowed| allowed.is_false());
    finding.since = allowed.and_then(|allowed| allowed.last_transition_time);
    finding.message = block.message;
    finding.evidence = block.evidence;
    let waiting = drains::waiting(context, pods);
    if let Some(first) = waiting.first() {
        let others =
            if waiting.len() > 1 { format!(" (and {} more)", waiting.len() - 1) } else { String::new() };
        finding.message = format!(
            "{}; {}{others} is cordoned, and nothing but such pods is left there: its drain waits",
            finding.message, first.node
        );
        finding.severity = match finding.severity {
            Severity::Low => Severity::Medium,
            _ => Severity::High,
        };
    }
    finding.evidence.extend(waiting.into_iter().take(2).map(|one| one.evidence));
    finding
}

/// The API server refuses to evict a pod that two budgets select, whatever they allow.
fn two_budgets(
    budget: &PodDisruptionBudget,
    other: &PodDisruptionBudget,
    covered: &Covered<'_, '_>,
) -> Block {
    let (one, two) = (&budget.meta.name, &other.meta.name);
    let value = |budget: &PodDisruptionBudget| {
        let selector = budget.spec.selector.as_ref().map(|selector| selector.match_labels.to_string());
        Evidence::field(budget, "spec.selector", selector.unwrap_or_default(), None)
    };
    Block {
        variant: "two-budgets",
        severity: Severity::Medium,
        confidence: Confidence::Certain,
        message: format!(
            "no pod{} may be evicted: budgets {one} and {two} both select it, and the API server takes only one",
            covered.whose
        ),
        evidence: vec![value(budget), value(other)],
    }
}

/// That the controller could not count.
fn not_counted(budget: &PodDisruptionBudget) -> Option<&Condition> {
    let allowed = condition(&budget.status.conditions, "DisruptionAllowed")?;
    (allowed.is_false() && allowed.reason == "SyncFailed").then_some(allowed)
}

/// The controller could not count, and then allows nothing.
fn not_computed(budget: &PodDisruptionBudget, covered: &Covered<'_, '_>) -> Option<Block> {
    let failed = not_counted(budget)?;
    let why = shortened(&clean(&failed.message), 120);
    let value = format!("False ({}): {}", failed.reason, failed.message);
    Some(Block {
        variant: "not-computed",
        severity: Severity::Low,
        confidence: Confidence::Certain,
        message: format!(
            "no pod{} may be evicted: the controller can't tell how many there should be: {why}",
            covered.whose
        ),
        evidence: vec![Evidence::field(
            budget,
            "status.conditions[DisruptionAllowed]",
            value,
            failed.last_transition_time,
        )],
    })
}

/// It demands as many healthy pods as there should be.
fn no_room(budget: &PodDisruptionBudget, covered: &Covered<'_, '_>) -> Option<Block> {
    let status = &budget.status;
    if status.disruptions_allowed > 0 || status.expected_pods <= 0 {
        return None;
    }
    let wanted = covered::wanted(covered.owners);
    let should = wanted.unwrap_or(status.expected_pods);
    let (setting, confidence) = match (&budget.spec.max_unavailable, &budget.spec.min_available) {
        (Some(most), _) if is_zero(most) => (format!("maxUnavailable {most}"), Confidence::Certain),
        (None, Some(least @ IntOrString::Name(_))) if status.desired_healthy >= status.expected_pods => {
            (format!("minAvailable {least}"), Confidence::Certain)
        }
        (None, Some(least @ IntOrString::Int(number))) if *number >= should => {
            // Without the workloads, pods that are missing make it look so.
            let sure = if wanted.is_some() { Confidence::Certain } else { Confidence::Likely };
            (format!("minAvailable {least}"), sure)
        }
        _ => return None,
    };
    let demands = match should {
        1 => format!("the budget demands its only pod ({setting})"),
        _ => format!("the budget demands {} healthy pods of {should} ({setting})", status.desired_healthy),
    };
    Some(Block {
        variant: "no-room",
        severity: Severity::Low,
        confidence,
        message: format!("no pod{} may ever be evicted: {demands}", covered.whose),
        evidence: vec![count(budget)],
    })
}

fn is_zero(number: &IntOrString) -> bool {
    match number {
        IntOrString::Int(number) => *number <= 0,
        IntOrString::Name(percent) => percent.trim_end_matches('%').trim() == "0",
    }
}

fn count(budget: &PodDisruptionBudget) -> Evidence {
    let status = &budget.status;
    let value = format!(
        "{}: {} healthy, {} demanded, {} expected",
        status.disruptions_allowed, status.current_healthy, status.desired_healthy, status.expected_pods
    );
    Evidence::field(budget, "status.disruptionsAllowed", value, None)
}

/// Broken members keep the count short; then not even they may be evicted.
fn unhealthy(
    context: &Context<'_>,
    budget: &PodDisruptionBudget,
    covered: &Covered<'_, '_>,
) -> Option<Block> {
    let status = &budget.status;
    let may_go = budget.spec.unhealthy_pod_eviction_policy == "AlwaysAllow";
    if status.disruptions_allowed > 0 || status.current_healthy >= status.desired_healthy || may_go {
        return None;
    }
    let is_broken = |pod: &&&Pod| {
        let ready = pod.condition("Ready").filter(|ready| !ready.is_true());
        let since = ready.and_then(|ready| ready.last_transition_time);
        // Pods that have not begun to run may be evicted in any case.
        pod.status.phase == "Running" && since.is_some_and(|since| !context.may_be_younger(since, BROKEN))
    };
    let broken: Vec<&Pod> = covered.pods.iter().filter(is_broken).copied().collect();
    let first = broken.first()?;
    let policy = match budget.spec.unhealthy_pod_eviction_policy.as_str() {
        "" => "IfHealthyBudget, the default",
        policy => policy,
    };
    let mut evidence = vec![count(budget)];
    evidence.extend(broken.iter().take(2).map(|pod| {
        let since = pod.condition("Ready").and_then(|ready| ready.last_transition_time);
        let value = format!("not True: {}", words::pod_state(pod));
        Evidence::field(*pod, "status.conditions[Ready].status", value, since)
    }));
    // What is wrong with the workload explains this.
    evidence.push(Evidence {
        object: context.top_owner(first),
        origin: Origin::Field("metadata.name".to_owned()),
        value: format!("its pods are covered by budget {}", budget.meta.name),
        time: None,
    });
    Some(Block {
        variant: "unhealthy",
        severity: Severity::Medium,
        confidence: Confidence::Certain,
        message: format!(
            "no pod{} may be evicted, not even those that are broken: {} of {} are healthy, and the budget demands {} \
             (unhealthyPodEvictionPolicy {policy})",
            covered.whose, status.current_healthy, status.expected_pods, status.desired_healthy
        ),
        evidence,
    })
}
