//! What to say of a node whose runtime does not finish calls.

use rutter_cluster::objects::Condition;

use super::{ID, detect::Stuck, signs::Sign};
use crate::{Confidence, Context, Evidence, Finding, Severity, exec_probes, hosting, words};

/// So many workloads are told by name.
const NAMED: usize = 3;

/// So many pods are shown.
const SHOWN: usize = 5;

pub(super) fn finding(context: &Context<'_>, stuck: &Stuck<'_>) -> Finding {
    let mut finding = Finding::about(ID, stuck.node);
    finding.variant = stuck.variant();
    finding.severity = stuck.severity();
    finding.confidence = stuck.confidence();
    let told = stuck.gc.as_ref().and_then(|gc| gc.first);
    finding.since = stuck.signs.iter().filter_map(|sign| sign.first).chain(told).min();
    finding.message = message(context, stuck, &finding);
    finding.evidence = evidence(stuck);
    finding
}

impl<'c> Stuck<'c> {
    fn variant(&self) -> &'static str {
        let starts = self.signs.iter().any(Sign::is_about_start);
        let ends = self.signs.iter().any(Sign::is_about_end);
        match (starts, ends) {
            (true, true) => "both",
            (true, false) => "starting",
            (false, true) => "stopping",
            (false, false) => "listing",
        }
    }

    /// The scheduler still sends pods there, unless somebody has closed the node.
    fn severity(&self) -> Severity {
        match self.variant() {
            "starting" | "both" if !self.node.spec.unschedulable => Severity::High,
            "listing" if self.signs.is_empty() => Severity::Low,
            _ => Severity::Medium,
        }
    }

    /// Two workloads and the node's own word leave little else.
    fn confidence(&self) -> Confidence {
        let strained = self.pressure().is_some();
        match (self.gc.is_some(), self.certain()) {
            (true, 2..) if !strained => Confidence::Certain,
            (true, _) | (false, 3..) if !strained => Confidence::Likely,
            _ => Confidence::Possible,
        }
    }

    /// A shortage that may be what makes the runtime slow.
    fn pressure(&self) -> Option<&'static str> {
        let has = |kind: &&str| self.node.condition(kind).is_some_and(Condition::is_true);
        ["MemoryPressure", "PIDPressure"].into_iter().find(has)
    }

    /// The workloads of such pods: `pods of shop/cart and shop/web`.
    fn pods(&self, is_it: impl Fn(&Sign<'c>) -> bool) -> Option<String> {
        let these = self.signs.iter().filter(|sign| is_it(sign));
        let owners: Vec<String> =
            these.map(|sign| format!("{}/{}", sign.owner.namespace, sign.owner.name)).collect();
        (!owners.is_empty()).then(|| format!("pods of {}", words::list(&owners, NAMED)))
    }
}

fn message(context: &Context<'_>, stuck: &Stuck<'_>, finding: &Finding) -> String {
    let node = stuck.node;
    let runtime = hosting::runtime(node);
    let name = &node.meta.name;
    let since = hosting::when(context, finding, "since");
    let mut undone: Vec<String> = Vec::new();
    undone.extend(stuck.pods(Sign::is_about_start).map(|pods| format!("{pods} do not start")));
    undone.extend(stuck.pods(Sign::is_about_end).map(|pods| format!("{pods} do not end")));
    let untold = stuck.pods(|sign| !sign.is_about_start() && !sign.is_about_end());
    undone.extend(untold.map(|pods| format!("the kubelet cannot tell how {pods} are")));
    if undone.is_empty() {
        undone.push("dead containers are not removed, and starting or stopping pods may be next".to_owned());
    }
    let mut parts = vec![format!(
        "{runtime} on {name} has not finished calls of the kubelet{since}, though the node is Ready: {}",
        undone.join(", ")
    )];
    parts.extend(stuck.gc.as_ref().map(|gc| match (gc.times, gc.newest.last_seen()) {
        (2.., Some(last)) => {
            format!(
                "its garbage collection timed out {} times, last at {}",
                gc.times,
                hosting::clock(context, last)
            )
        }
        _ => "its garbage collection timed out".to_owned(),
    }));
    if stuck.signs.iter().any(Sign::is_about_start) && !node.spec.unschedulable {
        parts.push("the scheduler still sends pods there".to_owned());
    }
    parts.extend(
        stuck.pressure().map(|kind| format!("the node has {kind}, which may be what makes it that slow")),
    );
    parts.extend(exec_probes::load(context, name).as_ref().map(exec_probes::Load::phrase));
    parts.join("; ")
}

fn evidence(stuck: &Stuck<'_>) -> Vec<Evidence> {
    let mut all: Vec<Evidence> = stuck.gc.iter().map(|gc| Evidence::event(gc.newest)).collect();
    let mut signs: Vec<&Sign<'_>> = stuck.signs.iter().collect();
    signs.sort_by_key(|sign| !sign.is_certain());
    all.extend(signs.into_iter().take(SHOWN).map(|sign| sign.evidence.clone()));
    if let Some(ready) = stuck.node.condition("Ready") {
        let (path, since) = ("status.conditions[Ready].status", ready.last_transition_time);
        all.push(Evidence::field(stuck.node, path, ready.status.as_str(), since));
    }
    all
}
