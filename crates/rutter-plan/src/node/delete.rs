//! Deleting nodes for good.

use rutter_cluster::Cluster;

use super::{
    DeleteOptions,
    pods::Departure,
    preflight,
    steps::{self, never, step},
    take_out,
    work::Work,
};
use crate::{Action, ClusterIdentity, Condition, Plan, Step, step::PERSON};

/// Seconds until a silent node is told to be not Ready (50 by default), and some more.
const SILENCE: u64 = 10 * 60;
/// Seconds for the volumes of a node that is gone: they are detached by force after 6 minutes.
const FORCED_DETACH: u64 = 15 * 60;

/// A plan that drains nodes and deletes them from the cluster, one batch after the other. A node that is not Ready can't be
/// drained: a person makes sure that its machine is off before its pods and volumes are let go.
///
/// # Errors
/// If no node is named, one is not there, or an option names something that is not there.
pub fn delete(
    cluster: &Cluster,
    nodes: &[String],
    options: &DeleteOptions,
    operation: &str,
    identity: ClusterIdentity,
) -> Result<Plan, String> {
    let work = Work::new(cluster, nodes, &options.drain, operation)?;
    let mut plan = work.plan("Delete", identity);
    let batches = work.batches();
    plan.remarks = preflight::remarks(&work, &batches, preflight::After::Deleted);
    for batch in &batches {
        let (alive, dead): (Vec<_>, Vec<_>) = batch.iter().partition(|one| one.node.is_ready());
        if dead.is_empty() {
            take_out(&mut plan, &work, batch);
        } else {
            take_out_some(&mut plan, &work, batch, &alive);
        }
        for departure in batch {
            remove(&mut plan, &work, departure);
        }
    }
    Ok(plan)
}

/// As [`take_out`], but of those that don't answer nothing is evicted: no kubelet would say that the pods have ended.
fn take_out_some(plan: &mut Plan, work: &Work<'_>, batch: &[Departure<'_>], alive: &[&Departure<'_>]) {
    for departure in batch {
        plan.then(steps::cordon(work, departure, batch));
    }
    for turn in super::Turn::ALL {
        let of = |departure: &&Departure<'_>| {
            let going = departure.going_in(turn);
            going.map(|going| steps::evict(work, departure, going, batch)).collect::<Vec<_>>()
        };
        plan.together(alive.iter().flat_map(of));
    }
    plan.together(alive.iter().map(|departure| steps::drained(work, departure)));
}

/// The steps from an empty node to none.
fn remove(plan: &mut Plan, work: &Work<'_>, departure: &Departure<'_>) {
    let node = &departure.object;
    if preflight::has_etcd(work.cluster, departure.node) {
        plan.then(leave_etcd(departure));
    }
    plan.then(stop(departure));
    let silent = format!("{} silent", node.name);
    plan.then(Step {
        until: vec![Condition::NotReady { node: node.clone() }],
        ..step(silent, format!("Wait until {node} is not Ready"), Action::Wait, SILENCE)
    });
    plan.then(delete_node(work, departure));
    // Those of a node that answered have been detached before.
    if !departure.node.is_ready()
        && let Some(detached) = steps::detached(work, departure, FORCED_DETACH)
    {
        plan.then(detached);
    }
    // Last, so that a kubelet which still runs has had time to register the node again.
    plan.then(Step {
        until: vec![Condition::Gone { object: node.by_name() }],
        ..step(
            format!("{} stays away", node.name),
            format!("Check that {node} has not registered again"),
            Action::Wait,
            work.options.patience(),
        )
    });
}

/// Before the machine goes: a member that is gone but not removed counts against the quorum.
fn leave_etcd(departure: &Departure<'_>) -> Step {
    let node = &departure.object;
    let ask = format!(
        "Remove the member of etcd on {node} from etcd's cluster, and check that the others are healthy"
    );
    let etcdctl = "kubectl -n kube-system exec etcd-OTHER-NODE -- etcdctl --cacert /etc/kubernetes/pki/etcd/ca.crt \
                   --cert /etc/kubernetes/pki/etcd/peer.crt --key /etc/kubernetes/pki/etcd/peer.key";
    let commands = ["member list", "member remove MEMBER-ID", "endpoint health --cluster"];
    let commands = commands.iter().map(|command| format!("{etcdctl} {command}")).collect();
    person(departure, "etcd without", ask, commands, false)
}

/// While the kubelet runs, it registers the node again. If the node doesn't answer, only a person can know that its containers
/// run no more, and nothing of its pods and volumes may be let go before that.
fn stop(departure: &Departure<'_>) -> Step {
    let node = &departure.object;
    if departure.node.is_ready() {
        let ask = format!("Stop the kubelet of {node} for good: while it runs, it registers the node again");
        let commands = vec![format!("ssh {} sudo systemctl disable --now kubelet", node.name)];
        return person(departure, "stop kubelet of", ask, commands, false);
    }
    let ask = format!(
        "Make sure that the machine of {node} is off and stays off, and say how that is known: its pods start elsewhere and its volumes are let go"
    );
    person(departure, "fence", ask, Vec::new(), true)
}

fn person(departure: &Departure<'_>, what: &str, ask: String, commands: Vec<String>, proof: bool) -> Step {
    let action = Action::Person { ask: ask.clone(), commands, proof };
    let undo = never("What a person did to the machine a person takes back.");
    Step { undo, ..step(format!("{what} {}", departure.object.name), ask, action, PERSON) }
}

fn delete_node(work: &Work<'_>, departure: &Departure<'_>) -> Step {
    let node = &departure.object;
    let action = Action::Delete { object: node.clone(), grace_seconds: None, propagation: String::new() };
    let claimed = steps::annotation(node, crate::OPERATION, work.operation.into());
    let mut needs = vec![claimed, Condition::NotReady { node: node.clone() }];
    if !work.is_alone(departure) {
        needs.push(Condition::Quorum { node: node.clone() });
    }
    Step {
        needs,
        until: vec![Condition::Gone { object: node.clone() }],
        undo: never(
            "The node's labels, taints and annotations are gone with it; a kubelet that is started again registers it anew, without them.",
        ),
        ..step(format!("delete {}", node.name), format!("Delete {node}"), action, work.options.patience())
    }
}
