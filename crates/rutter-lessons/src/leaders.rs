//! Whether the controllers of the control plane have a leader: by the record that the leader renews every 2 s.

use std::sync::Arc;

use rutter_cluster::{ObjectRef, Resource, Time, objects::Lease};

use crate::{Context, Evidence, Seen, texts::leader};

/// Who makes pods of workloads, publishes endpoints, marks dead nodes, cleans up.
pub(crate) const MANAGER: &str = "kube-controller-manager";
/// Who gives pods their node.
pub(crate) const SCHEDULER: &str = "kube-scheduler";
/// Who makes load balancers and routes, and knows the cloud's machines.
pub(crate) const CLOUD: &str = "cloud-controller-manager";

/// Where they elect their leaders.
const NAMESPACE: &str = "kube-system";

/// A leader that could not renew its record for 10 s gives up, and another takes over after 15. In seconds.
pub(crate) const SILENT: i64 = 60;

/// The same where nothing else is known to be younger, in seconds.
const LONG: i64 = 300;

/// The record of a leader.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Record {
    /// The Lease, or the Endpoints whose annotation it is.
    pub(crate) object: ObjectRef,
    /// Empty once he gave it up.
    pub(crate) holder: String,
    pub(crate) renewed: Time,
    /// For how long nobody else may take over, in seconds: 15, unless it was told otherwise.
    duration: i64,
    pub(crate) evidence: Evidence,
    /// Whether something of the kind was renewed later: else all may have been read before the rest of the source.
    pub(crate) others_go_on: bool,
}

/// The record of a controller by that name, the newest of both forms; `None` if there is none.
pub(crate) fn record(context: &Context<'_>, name: &str) -> Seen<Option<Record>> {
    let lease = by_lease(context, name);
    let endpoints = by_endpoints(context, name);
    match (lease, endpoints) {
        (Ok(Some(lease)), Ok(Some(old))) => Ok(Some(if old.renewed > lease.renewed { old } else { lease })),
        (Ok(Some(one)), _) | (_, Ok(Some(one))) => Ok(Some(one)),
        (lease, _) => lease,
    }
}

fn by_lease(context: &Context<'_>, name: &str) -> Seen<Option<Record>> {
    let Some(lease) = context.lease(NAMESPACE, name)? else { return Ok(None) };
    let Some(renewed) = lease.spec.renew_time else { return Ok(None) };
    if let Some(written) = written_after(context, lease, renewed) {
        // The leader is alive, on a machine whose clock is behind.
        return Ok(Some(told(lease, written, true)));
    }
    Ok(Some(told(lease, renewed, others_go_on(context, name, renewed))))
}

/// The time of another lease that is younger than this one claims to be, and was stored before it.
fn written_after(context: &Context<'_>, lease: &Lease, renewed: Time) -> Option<Time> {
    if context.may_be_younger(renewed, SILENT) {
        return None;
    }
    let revision = |lease: &Lease| lease.meta.resource_version.parse::<u64>().ok();
    let own = revision(lease)?;
    let before = |other: &&Lease| revision(other).is_some_and(|other| other < own);
    let times = leases(context).filter(before).filter_map(|other| other.spec.renew_time);
    times.max().filter(|time| time.since(renewed) >= SILENT / 2)
}

/// The leases by which one knows the time: of controllers and API servers, of nodes.
fn leases<'c>(context: &Context<'c>) -> impl Iterator<Item = &'c Lease> {
    let of = |namespace| context.leases_in(namespace).unwrap_or_default().iter();
    of(NAMESPACE).chain(of("kube-node-lease"))
}

fn told(lease: &Lease, renewed: Time, others_go_on: bool) -> Record {
    let holder = lease.spec.holder_identity.to_string();
    let told =
        if holder.is_empty() { format!("{renewed}, by nobody") } else { format!("{renewed}, by {holder}") };
    Record {
        object: lease.object_ref(),
        holder,
        renewed,
        duration: lease.spec.lease_duration_seconds,
        evidence: Evidence::field(lease, "spec.renewTime", told, Some(renewed)),
        others_go_on,
    }
}

/// Others are asked for only where this one is old: they change all the time.
fn others_go_on(context: &Context<'_>, name: &str, renewed: Time) -> bool {
    !context.may_be_younger(renewed, SILENT)
        && newest_lease(context, name).is_some_and(|newest| newest.since(renewed) >= SILENT)
}

/// When a lease other than this one was renewed last: of other controllers and API servers, of nodes.
fn newest_lease(context: &Context<'_>, name: &str) -> Option<Time> {
    let others = leases(context).filter(|lease| lease.meta.namespace != NAMESPACE || lease.meta.name != name);
    others.filter_map(|lease| lease.spec.renew_time).max()
}

fn by_endpoints(context: &Context<'_>, name: &str) -> Seen<Option<Record>> {
    let Some(endpoints) = context.endpoints_named(NAMESPACE, name)? else { return Ok(None) };
    let Some(value) = endpoints.meta.annotations.get(leader::ANNOTATION) else { return Ok(None) };
    let Some(record) = leader::record(value) else { return Ok(None) };
    let path = format!("metadata.annotations[{}]", leader::ANNOTATION);
    Ok(Some(Record {
        object: endpoints.object_ref(),
        holder: record.holder.to_owned(),
        renewed: record.renewed,
        duration: 0,
        evidence: Evidence::field(
            endpoints,
            path,
            format!("renewed {}, by {}", record.renewed, record.holder),
            Some(record.renewed),
        ),
        others_go_on: false,
    }))
}

/// The record, if it is so old that nobody leads, whatever else speaks for or against it.
pub(crate) fn silent(context: &Context<'_>, name: &'static str) -> Option<Record> {
    let about = ObjectRef { name: name.into(), ..ObjectRef::default() };
    let found: Arc<Option<Record>> = context
        .kept("a leader's silence", &about, |context, about| record(context, &about.name).ok().flatten());
    let record = (*found).clone()?;
    let patience = if record.others_go_on { SILENT } else { LONG };
    let patience = patience.max(record.duration.clamp(0, 3600) * 2);
    (!context.may_be_younger(record.renewed, patience)).then_some(record)
}

/// That a controller has no leader, as evidence with what it should have done.
pub(crate) fn evidence(context: &Context<'_>, name: &'static str) -> Option<Evidence> {
    silent(context, name).map(|record| record.evidence)
}
