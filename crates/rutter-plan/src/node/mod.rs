//! Plans for nodes: drain them, work on them, take them back into service, delete them.
//!
//! Each is a function of the cluster and of what a person chose. What speaks against it is in the plan's remarks; a plan with
//! blockers is a plan to read, not to run.

mod delete;
mod fit;
mod maintain;
mod options;
mod pods;
mod preflight;
mod restore;
mod steps;
mod surge;
mod work;

use rutter_cluster::{Cluster, Kind};

pub use delete::delete;
pub use maintain::maintain;
pub use options::{DeleteOptions, DrainOptions, MaintainOptions, RestoreOptions, Share, WorkDone};
pub use restore::restore;

use pods::{Departure, Turn};
use work::Work;

use crate::{ClusterIdentity, Plan};

/// The kinds that plans for nodes are made from. Those that were not seen become remarks.
pub const READS: &[Kind] = &[
    Kind::Node,
    Kind::Namespace,
    Kind::Pod,
    Kind::Deployment,
    Kind::ReplicaSet,
    Kind::StatefulSet,
    Kind::DaemonSet,
    Kind::ReplicationController,
    Kind::Job,
    Kind::HorizontalPodAutoscaler,
    Kind::PodDisruptionBudget,
    Kind::PersistentVolumeClaim,
    Kind::PersistentVolume,
    Kind::VolumeAttachment,
];

/// A plan that takes nodes out of service and moves their pods elsewhere. The nodes stay cordoned; [`restore`] takes that back.
///
/// # Errors
/// If no node is named, one is not there, or an option names something that is not there.
pub fn drain(
    cluster: &Cluster,
    nodes: &[String],
    options: &DrainOptions,
    operation: &str,
    identity: ClusterIdentity,
) -> Result<Plan, String> {
    let work = Work::new(cluster, nodes, options, operation)?;
    let mut plan = work.plan("Drain", identity);
    let batches = work.batches();
    plan.remarks = preflight::remarks(&work, &batches, preflight::After::StayAway);
    for batch in &batches {
        take_out(&mut plan, &work, batch);
        plan.together(batch.iter().map(|one| steps::release(&one.object, operation, options.patience())));
    }
    Ok(plan)
}

/// The steps that empty some nodes side by side.
fn take_out(plan: &mut Plan, work: &Work<'_>, batch: &[Departure<'_>]) {
    // One after the other: each counts those before it.
    for departure in batch {
        plan.then(steps::cordon(work, departure, batch));
    }
    let surged = if work.options.surge { surge::candidates(work, batch) } else { Vec::new() };
    plan.together(surged.iter().map(|one| surge::up(work, one)));
    for turn in Turn::ALL {
        let of = |departure| {
            let going = Departure::going_in(departure, turn);
            going.map(move |going| steps::evict(work, departure, going, batch))
        };
        plan.together(batch.iter().flat_map(of));
    }
    plan.together(batch.iter().map(|departure| steps::drained(work, departure)));
    plan.together(surged.iter().map(|one| surge::down(work, one)));
    plan.together(batch.iter().filter_map(|departure| steps::detached(work, departure, steps::DETACH)));
}
