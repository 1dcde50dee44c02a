//! The plan: the replica that leads and does nothing anew. Only of the cloud's controllers: without a controller-manager nobody makes a
//! pod in its place, and without a scheduler it gets no node.

use rutter_plan::{Condition, Draft, Object};

use super::detect;
use crate::{Context, Finding, fixes, leaders};

pub(super) fn plan(context: &Context<'_>, finding: &Finding) -> Option<Draft> {
    let name = Some(finding.object.name.as_str()).filter(|name| *name == leaders::CLOUD)?;
    let record = leaders::record(context, name).ok().flatten()?;
    let host = detect::host(&record);
    let pods = detect::pods(context, name);
    let held = pods
        .iter()
        .find(|pod| !host.is_empty() && (pod.meta.name == *host || pod.spec.node_name == *host))?;
    // Another one takes over at once; without one nothing is lost, as nobody works now.
    let title =
        format!("Start {}/{} anew, which leads and does nothing", held.meta.namespace, held.meta.name);
    let mut draft = fixes::restart(context, held, title)?;
    let lease = Object::from(&finding.object);
    if lease.kind == "Lease"
        && let Some(delete) = draft.steps.first_mut()
    {
        delete.needs.push(Condition::field(&lease, "/spec/holderIdentity", record.holder.as_str()));
    }
    let object = fixes::known(*held)?;
    Some(draft.risk(&object, "its log goes with it: keep that first, it tells why nothing is done"))
}
