//! Several nodes, maintenance, restoring and deleting.

use rutter_plan::{
    Action, Condition, RemarkKind,
    node::{self, DeleteOptions, DrainOptions, MaintainOptions, RestoreOptions, Share, WorkDone},
};
use serde_json::json;

use super::sample::*;

#[test]
fn nodes_are_maintained_one_after_the_other_unless_more_may_be_away() {
    let mut items = nodes();
    items.extend(deployment("web", &["node-b", "node-c", "node-d"]));
    let cluster = cluster(items);
    let plan = node::maintain(
        &cluster,
        &named(&["node-b", "node-c"]),
        &MaintainOptions::default(),
        OPERATION,
        identity(),
    )
    .unwrap();
    assert!(blockers(&plan).is_empty(), "{:?}", plan.remarks);
    assert_eq!(plan.title, "Maintain node-b and node-c");
    let at = |id: &str| plan.step(id).unwrap().stage;
    assert!(at("uncordon node-b") < at("cordon node-c"));
    let drain = DrainOptions { max_unavailable: Some(Share::Nodes(2)), ..DrainOptions::default() };
    let options = MaintainOptions { drain, ..MaintainOptions::default() };
    let plan =
        node::maintain(&cluster, &named(&["node-b", "node-c"]), &options, OPERATION, identity()).unwrap();
    let at = |id: &str| plan.step(id).unwrap().stage;
    assert!(at("cordon node-b") < at("cordon node-c"), "each counts those before it");
    assert_eq!(at("evict shop/web-0 from node-b"), at("evict shop/web-1 from node-c"));
    assert_eq!(at("work on node-b"), at("work on node-c"));
    assert_eq!(plan.sound(), Ok(()));
}

#[test]
fn nodes_that_stay_away_are_counted_together() {
    let cluster = cluster(nodes());
    let plan = drain_with(&cluster, &["node-b", "node-c", "node-b"], &DrainOptions::default());
    assert_eq!(plan.about.len(), 2);
    assert!(remark(&plan, "2 nodes would be away").text.starts_with("with node-b, node-c, 2 nodes"));
}

#[test]
fn a_reboot_is_told_by_the_boot_id() {
    let options = MaintainOptions { until: WorkDone::Reboot, ..MaintainOptions::default() };
    let maintain = |items| {
        node::maintain(&cluster(items), &named(&["node-b"]), &options, OPERATION, identity()).unwrap()
    };
    let plan = maintain(nodes());
    let until = &plan.step("reboot of node-b").unwrap().until;
    assert!(matches!(until.as_slice(), [Condition::Rebooted { boot, .. }] if boot == "boot-1"));
    let mut items = nodes();
    items[1] = with(node("node-b"), &json!({"status": {"nodeInfo": {"bootID": ""}}}));
    assert!(remark(&maintain(items), "boot id").kind == RemarkKind::Blocker);
}

#[test]
fn restoring_takes_back_what_rutter_did() {
    let mut items = nodes();
    let marked = |node, cordoned: &str, held: &str| {
        let mark = |id: &str| if id.is_empty() { serde_json::Value::Null } else { json!(id) };
        with(
            node,
            &json!({"metadata": {"annotations": {"rutter.dev/cordoned": mark(cordoned), "rutter.dev/operation": mark(held)}}}),
        )
    };
    items[0] = marked(cordoned("node-a"), "drain-0", "");
    items[1] = marked(cordoned("node-b"), "drain-0", "drain-0");
    items[2] = marked(cordoned("node-c"), "drain-0", "fix-7");
    items[3] = marked(node("node-d"), "drain-0", "");
    let cluster = cluster(items);
    let restore = |name: &str| {
        node::restore(&cluster, &named(&[name]), &RestoreOptions::default(), OPERATION, identity()).unwrap()
    };
    let plan = restore("node-a");
    assert!(plan.remarks.is_empty() && ids(&plan) == ["uncordon node-a"]);
    let plan = restore("node-b");
    assert!(
        ids(&plan) == ["uncordon node-b"]
            && remark(&plan, "operation drain-0 is open").unless == "rutter journal undo drain-0"
    );
    let plan = restore("node-c");
    assert!(plan.steps.is_empty() && remark(&plan, "operation fix-7 is at work").kind == RemarkKind::Blocker);
    assert_eq!(ids(&restore("node-d")), ["forget node-d"]);
}

#[test]
fn a_node_is_deleted_when_its_kubelet_is_silent_and_its_leftovers_are_named() {
    let mut items = nodes();
    items.extend(claim("db", "kubernetes.io/hostname", "node-b"));
    let cluster = cluster(items);
    let plan = node::delete(&cluster, &named(&["node-b"]), &DeleteOptions::default(), OPERATION, identity())
        .unwrap();
    assert_eq!(
        ids(&plan),
        [
            "cordon node-b",
            "drained node-b",
            "stop kubelet of node-b",
            "node-b silent",
            "delete node-b",
            "node-b stays away"
        ]
    );
    let delete = plan.step("delete node-b").unwrap();
    assert!(matches!(&delete.action, Action::Delete { object, .. } if object.uid == "uid-node-b"));
    assert!(delete.needs.iter().any(|need| matches!(need, Condition::NotReady { .. })));
    let away = &plan.step("node-b stays away").unwrap().until;
    assert!(
        matches!(away.as_slice(), [Condition::Gone { object }] if object.uid.is_empty()),
        "by name: another uid is the same machine"
    );
    let lost = remark(&plan, "lost with the machine");
    assert_eq!((lost.about.name.as_str(), lost.kind), ("pv-db", RemarkKind::Risk));
    assert!(lost.text.contains("of claim shop/db"));
}
