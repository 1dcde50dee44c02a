//! Invariants of the control plane, and of nodes that are deleted.

use rutter_plan::{
    Action, Condition, Plan, RemarkKind,
    node::{self, DeleteOptions, DrainOptions},
};
use serde_json::{Value, json};

use super::sample::*;

pub(crate) fn delete(cluster: &rutter_cluster::Cluster, name: &str) -> Plan {
    node::delete(cluster, &named(&[name]), &DeleteOptions::default(), OPERATION, identity()).unwrap()
}

/// Three nodes of the control plane with a member of etcd each; `sick` says which member is not ready.
pub(crate) fn control_plane(sick: Option<usize>) -> Vec<Value> {
    let label = json!({"metadata": {"labels": {"node-role.kubernetes.io/control-plane": ""}}});
    let mut items: Vec<Value> = nodes()
        .into_iter()
        .enumerate()
        .map(|(n, node)| if n < 3 { with(node, &label) } else { node })
        .collect();
    for (n, name) in ["node-a", "node-b", "node-c"].iter().enumerate() {
        let member = with(
            pod(&format!("etcd-{name}"), name),
            &json!({"metadata": {"namespace": "kube-system", "labels": {"component": "etcd"},
                "annotations": {"kubernetes.io/config.mirror": "x"}}}),
        );
        let state = if sick == Some(n) { "False" } else { "True" };
        items.push(with(member, &json!({"status": {"conditions": [{"type": "Ready", "status": state}]}})));
    }
    items
}

#[test]
fn i6_a_node_of_the_control_plane_goes_only_while_the_others_have_the_quorum() {
    let well = cluster(control_plane(None));
    assert!(blockers(&drain(&well, "node-b")).is_empty());
    let sick = cluster(control_plane(Some(0)));
    let options = DrainOptions { force: true, ..DrainOptions::default() };
    let plan = drain_with(&sick, &["node-b"], &options);
    let blocker = remark(&plan, "1 of 3 members of etcd are healthy, and 2 are needed");
    assert!(blocker.kind == RemarkKind::Blocker && blocker.unless == "make the others healthy first");
    assert!(
        plan.step("cordon node-b").unwrap().needs.iter().any(|need| matches!(need, Condition::Quorum { .. }))
    );
    // Removed from etcd before its machine is gone.
    let plan = delete(&well, "node-b");
    let at = |id: &str| ids(&plan).iter().position(|one| *one == id).unwrap();
    assert!(at("etcd without node-b") < at("stop kubelet of node-b"));
    assert!(at("stop kubelet of node-b") < at("delete node-b"));
}

#[test]
fn i6_the_only_node_of_the_control_plane_goes_by_force_alone() {
    let label = json!({"metadata": {"labels": {"node-role.kubernetes.io/control-plane": ""}}});
    let mut items = nodes();
    items[0] = with(items[0].clone(), &label);
    let cluster = cluster(items);
    let plan = drain(&cluster, "node-a");
    assert!(remark(&plan, "no majority").unless == "--force");
    let options = DrainOptions { force: true, ..DrainOptions::default() };
    let plan = drain_with(&cluster, &["node-a"], &options);
    assert!(
        blockers(&plan).is_empty()
            && remark(&plan, "only node of the control plane").kind == RemarkKind::Risk
    );
    assert!(
        !plan
            .step("cordon node-a")
            .unwrap()
            .needs
            .iter()
            .any(|need| matches!(need, Condition::Quorum { .. }))
    );
}

#[test]
fn i7_a_dead_node_is_deleted_only_after_a_person_has_said_how_it_is_known_to_be_off() {
    let mut items = nodes();
    items[1] = unready("node-b", "2026-11-23T11:00:00Z");
    items.extend(deployment("web", &["node-b", "node-c"]));
    let plan = delete(&cluster(items), "node-b");
    assert_eq!(
        ids(&plan),
        ["cordon node-b", "fence node-b", "node-b silent", "delete node-b", "node-b stays away"]
    );
    assert!(matches!(plan.step("fence node-b").unwrap().action, Action::Person { proof: true, .. }));
    assert!(remark(&plan, "its pod is let go with it").kind == RemarkKind::Risk);
}
