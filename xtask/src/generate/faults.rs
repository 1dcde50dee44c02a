//! What `--broken some` breaks, and the account of it that tests and people compare a diagnosis with.

use super::json::{Json, arr, obj};
use super::plan::{Access, Kind, NodeFault, Plan, Pod, Workload, WorkloadFault};

pub(super) const EVICTED_PODS: usize = 4;

/// Breaks nodes and workloads of a plan that has no pods yet.
pub(super) fn break_some(plan: &mut Plan) {
    break_nodes(plan);
    let deployments: Vec<usize> = app_workloads(plan, |workload| workload.kind == Kind::Deployment);
    let picked = spread(&deployments, deployments.len() / 200, 0.35);
    set_fault(plan, &picked, WorkloadFault::CrashLoop);
    let picked = spread(&deployments, deployments.len() / 300, 0.55);
    set_fault(plan, &picked, WorkloadFault::ImagePull);
    let picked = spread(&deployments, 1, 0.8);
    set_fault(plan, &picked, WorkloadFault::Quota);
    plan.full_namespace = picked
        .first()
        .map(|&index| &plan.workloads[index])
        .filter(|workload| workload.fault == WorkloadFault::Quota)
        .map(|workload| workload.namespace);
    let services = app_workloads(plan, |workload| {
        workload.access == Access::ClusterIp && workload.fault == WorkloadFault::None
    });
    for index in spread(&services, services.len() / 400, 0.15) {
        plan.workloads[index].access = Access::Mismatched;
    }
}

fn break_nodes(plan: &mut Plan) {
    let all: Vec<usize> = (0..plan.nodes.len()).collect();
    for (count, index) in spread(&all, all.len() / 250, 0.4).into_iter().enumerate() {
        let fault = if count % 2 == 0 { NodeFault::RuntimeHung } else { NodeFault::Unreachable };
        plan.nodes[index].fault = fault;
    }
    if let Some(last) = plan.nodes.last_mut().filter(|node| node.fault == NodeFault::None) {
        last.fault = NodeFault::DiskPressure;
    }
}

fn app_workloads(plan: &Plan, wanted: impl Fn(&Workload) -> bool) -> Vec<usize> {
    let system = |workload: &Workload| plan.namespace_of(workload).starts_with("kube-");
    let indices = 0..plan.workloads.len();
    indices.filter(|&index| !system(&plan.workloads[index]) && wanted(&plan.workloads[index])).collect()
}

/// At least one of the candidates, evenly spread, beginning at this part of the distance between two.
fn spread(candidates: &[usize], count: usize, offset: f64) -> Vec<usize> {
    let count = count.max(1).min(candidates.len());
    let place = |number: usize| ((number as f64 + offset) / count as f64 * candidates.len() as f64) as usize;
    (0..count).map(|number| candidates[place(number)]).collect()
}

/// A workload gets one fault only, so that each is told apart in the account.
fn set_fault(plan: &mut Plan, picked: &[usize], fault: WorkloadFault) {
    for &index in picked {
        let workload = &mut plan.workloads[index];
        if workload.fault != WorkloadFault::None {
            continue;
        }
        workload.fault = fault;
        workload.autoscaled = false;
        // Without pods it would have a state of its own, which nobody asked for.
        workload.disruption_budget &= fault != WorkloadFault::Quota;
        // Rolled out within the hour, so that its events are still there; never worked, so no older pods run.
        workload.rolled_out = super::plan::NOW - 2700;
        workload.created = workload.created.min(workload.rolled_out);
        if fault != WorkloadFault::CrashLoop {
            workload.created = workload.rolled_out - 4;
            workload.old_revisions = 0;
        }
    }
}

/// Leaves evicted pods on the node with disk pressure, beside the pods that replaced them.
pub(super) fn evict_some(plan: &mut Plan) {
    let Some(node) = plan.nodes.iter().position(|node| node.fault == NodeFault::DiskPressure) else { return };
    let healthy = app_workloads(plan, |workload| {
        workload.kind == Kind::Deployment && workload.fault == WorkloadFault::None && workload.replicas >= 3
    });
    let Some(&owner) = spread(&healthy, 1, 0.65).first() else { return };
    let mut rng = plan.rng("evicted", owner);
    let at = plan.workloads[owner].pods.end;
    let slots = plan.pods.iter().filter(|pod| pod.node as usize == node).count() as u16;
    let evicted = (0..EVICTED_PODS as u16).map(|number| Pod {
        workload: owner as u32,
        node: node as u32,
        slot: slots + number,
        evicted: true,
        suffix: rng.below(27_u64.pow(5)) as u32,
    });
    plan.pods.splice(at..at, evicted);
    plan.workloads[owner].pods.end += EVICTED_PODS;
    for workload in &mut plan.workloads[owner + 1..] {
        workload.pods = workload.pods.start + EVICTED_PODS..workload.pods.end + EVICTED_PODS;
    }
}

/// The account of what is broken. `roots` are the causes, `consequences` what follows from broken nodes.
pub(super) fn expected(plan: &Plan) -> Json {
    obj! {
        "seed": plan.seed.to_string(),
        "nodes": plan.nodes.len(),
        "pods": plan.pods.len(),
        "workloads": plan.workloads.len(),
        "namespaces": plan.namespaces.len(),
        "roots": roots(plan),
        "consequences": consequences(plan),
    }
}

fn roots(plan: &Plan) -> Vec<Json> {
    let nodes = plan.nodes.iter().enumerate().filter_map(|(index, node)| {
        let fault = match node.fault {
            NodeFault::None => return None,
            NodeFault::RuntimeHung => "node-not-ready-pleg",
            NodeFault::Unreachable => "node-unknown",
            NodeFault::DiskPressure => "node-disk-pressure",
        };
        let pods = plan.pods.iter().filter(|pod| pod.node as usize == index).count();
        Some(obj! { "fault": fault, "kind": "Node", "name": &node.name, "pods": pods })
    });
    let faults = plan.workloads.iter().filter_map(|workload| {
        let fault = match workload.fault {
            WorkloadFault::None => return None,
            WorkloadFault::CrashLoop => "crash-loop",
            WorkloadFault::ImagePull => "image-pull",
            WorkloadFault::Quota => "quota-failed-create",
        };
        Some(named(plan, workload, fault, "Deployment"))
    });
    let selectors = (plan.workloads.iter().filter(|workload| workload.access == Access::Mismatched))
        .map(|workload| named(plan, workload, "service-selects-nothing", "Service"));
    let evicted = (plan.workloads.iter())
        .filter(|workload| plan.pods[workload.pods.clone()].iter().any(|pod| pod.evicted))
        .map(|workload| named(plan, workload, "pods-evicted", "Deployment"));
    nodes.chain(faults).chain(selectors).chain(evicted).collect()
}

fn consequences(plan: &Plan) -> Vec<Json> {
    let short = |workload: &&Workload| {
        workload.fault == WorkloadFault::None && plan.ready_replicas(workload) < workload.replicas
    };
    let object = |workload: &Workload| {
        let kind = match workload.kind {
            Kind::Deployment if plan.is_available(workload) => return None,
            Kind::Deployment => "Deployment",
            Kind::StatefulSet => "StatefulSet",
            Kind::DaemonSet => "DaemonSet",
        };
        Some(named(plan, workload, "too-few-ready", kind))
    };
    plan.workloads.iter().filter(short).filter_map(object).collect()
}

fn named(plan: &Plan, workload: &Workload, fault: &'static str, kind: &'static str) -> Json {
    obj! {
        "fault": fault,
        "kind": kind,
        "namespace": plan.namespace_of(workload).to_owned(),
        "name": &workload.name,
        "pods": arr![workload.pods.len(), plan.ready_replicas(workload)],
    }
}

/// The number of each fault, for people.
pub(super) fn summary(plan: &Plan) -> Vec<String> {
    let count = |fault| plan.nodes.iter().filter(|node| node.fault == fault).count();
    let failing = |fault| plan.workloads.iter().filter(|workload| workload.fault == fault).count();
    let mismatched = plan.workloads.iter().filter(|workload| workload.access == Access::Mismatched).count();
    let evicted = plan.pods.iter().filter(|pod| pod.evicted).count();
    vec![
        format!("{} nodes, {} workloads, {} pods", plan.nodes.len(), plan.workloads.len(), plan.pods.len()),
        format!(
            "nodes: {} runtime hung, {} unreachable, {} disk pressure",
            count(NodeFault::RuntimeHung),
            count(NodeFault::Unreachable),
            count(NodeFault::DiskPressure)
        ),
        format!(
            "workloads: {} crash, {} cannot pull, {} refused by quota; {mismatched} Services select nothing; {evicted} \
             pods evicted",
            failing(WorkloadFault::CrashLoop),
            failing(WorkloadFault::ImagePull),
            failing(WorkloadFault::Quota)
        ),
    ]
}
