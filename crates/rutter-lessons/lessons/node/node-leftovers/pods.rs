//! Pods that are bound to a node that is gone.

use rutter_cluster::{ObjectRef, Resource, Str, objects::Pod};

use super::gone;
use crate::{Confidence, Context, Evidence, Findings, Outcome, Seen, Severity, leaders, words};

/// A pod this young, in seconds, may have been bound by a scheduler that knew the node still.
const YOUNG: i64 = 300;

/// The controller-manager deletes such pods within a minute (`gcOrphaned`). Those that are being deleted are told by
/// `stuck-terminating`.
pub(super) fn evaluate(context: &Context<'_>, pod: &Pod, findings: &mut Findings) -> Outcome {
    if !counts(pod) || pod.meta.created.is_none_or(|created| context.may_be_younger(created, YOUNG)) {
        return Ok(());
    }
    let Some(gone) = gone::node(context, &pod.spec.node_name)? else { return Ok(()) };
    // The first of a node's speaks for all; there may be as many as a hostile dump has.
    let about = ObjectRef { name: pod.spec.node_name.clone(), ..ObjectRef::default() };
    let first = context.kept("first pod of a node that is gone", &about, |context, node| {
        let pods = context.pods_on(&node.name)?;
        let names = pods
            .into_iter()
            .filter(|pod| counts(pod))
            .map(|pod| (pod.meta.namespace.clone(), pod.meta.name.clone()));
        Ok(names.min())
    });
    let first: &Seen<Option<(Str, Str)>> = &first;
    let own = (pod.meta.namespace.clone(), pod.meta.name.clone());
    if first.as_ref().map_err(Clone::clone)?.as_ref() != Some(&own) {
        return Ok(());
    }
    let mut pods = context.pods_on(&pod.spec.node_name)?;
    pods.retain(|other| counts(other));
    pods.sort_by(|a, b| (&a.meta.namespace, &a.meta.name).cmp(&(&b.meta.namespace, &b.meta.name)));
    let object = gone::reference(&gone.name);
    let mut finding = gone::finding(&gone, "pods", object, pods.iter().map(|pod| pod.object_ref()).collect());
    finding.severity = Severity::Medium;
    finding.confidence = gone.confidence.min(Confidence::Likely);
    let (counts, is) = if pods.len() == 1 { ("counts", "it is") } else { ("count", "they are") };
    finding.message = format!(
        "{} still {counts} as running on {}, which is not there any more: {is} made nowhere else before the controller-manager \
         clears that up, which takes it a minute",
        words::count(pods.len(), "pod"),
        gone.name
    );
    let bound = |pod: &&Pod| Evidence::field(*pod, "spec.nodeName", gone.name.as_str(), pod.meta.created);
    finding.evidence = pods.iter().take(2).map(bound).collect();
    finding.evidence.extend(leaders::evidence(context, leaders::MANAGER));
    findings.push(finding);
    Ok(())
}

fn counts(pod: &Pod) -> bool {
    !pod.spec.node_name.is_empty() && !pod.is_finished() && pod.meta.deleted.is_none()
}
