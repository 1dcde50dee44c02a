//! Taking nodes out, working on them, taking them back.

use rutter_cluster::Cluster;

use super::{
    MaintainOptions, WorkDone,
    pods::Departure,
    preflight,
    steps::{self, never, step},
    take_out,
    work::Work,
};
use crate::{Action, ClusterIdentity, Condition, Plan, Step};

/// Seconds that the work on a node may take: a person who needs longer goes on with the run.
const WORK: u64 = 4 * 60 * 60;
/// Seconds in which a node must come back.
const RETURN: u64 = 15 * 60;

/// A plan that drains nodes, waits for the work on them, and takes them back into service: each batch before the next begins.
/// What others have cordoned stays cordoned.
///
/// # Errors
/// If no node is named, one is not there, or an option names something that is not there.
pub fn maintain(
    cluster: &Cluster,
    nodes: &[String],
    options: &MaintainOptions,
    operation: &str,
    identity: ClusterIdentity,
) -> Result<Plan, String> {
    let work = Work::new(cluster, nodes, &options.drain, operation)?;
    let mut plan = work.plan("Maintain", identity);
    let batches = work.batches();
    plan.remarks = preflight::remarks(&work, &batches, preflight::After::ComeBack(options.until));
    for batch in &batches {
        take_out(&mut plan, &work, batch);
        plan.together(batch.iter().map(|one| wait_for_work(one, options.until)));
        plan.together(batch.iter().map(|one| come_back(one, options.ready_seconds)));
        let ours = batch.iter().filter(|one| !one.node.spec.unschedulable);
        let patience = options.drain.patience();
        plan.together(ours.map(|one| steps::uncordon(&one.object, operation, None, patience)));
        plan.together(batch.iter().map(|one| steps::release(&one.object, operation, patience)));
    }
    Ok(plan)
}

fn wait_for_work(departure: &Departure<'_>, until: WorkDone) -> Step {
    let node = &departure.object;
    match until {
        WorkDone::Confirmed => {
            let ask = format!("Do the work on {node}, and say when it is done");
            let action = Action::Person { ask: ask.clone(), commands: Vec::new(), proof: false };
            let undo = never("What a person did to the machine a person takes back.");
            Step { undo, ..step(format!("work on {}", node.name), ask, action, WORK) }
        }
        WorkDone::Reboot => {
            let boot = departure.node.status.node_info.boot_id.to_string();
            Step {
                until: vec![Condition::Rebooted { node: node.clone(), boot }],
                ..step(
                    format!("reboot of {}", node.name),
                    format!("Wait until {node} has been started again: reboot it now"),
                    Action::Wait,
                    WORK,
                )
            }
        }
    }
}

fn come_back(departure: &Departure<'_>, seconds: i64) -> Step {
    let node = &departure.object;
    let extra = u64::try_from(seconds).unwrap_or(0);
    Step {
        until: vec![Condition::Ready { node: node.clone(), seconds }],
        ..step(
            format!("{} ready", node.name),
            format!("Wait until {node} has been Ready for {seconds} s"),
            Action::Wait,
            RETURN.saturating_add(extra),
        )
    }
}
