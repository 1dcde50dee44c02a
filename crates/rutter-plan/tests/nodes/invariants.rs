//! The invariants of an engine that may be trusted with nodes.

use rutter_cluster::Time;
use rutter_plan::{
    Action, Condition, Late, Object, Plan, RemarkKind, Sight, Undo, Verdict,
    node::{self, DeleteOptions, DrainOptions, MaintainOptions, RestoreOptions, Share, WorkDone},
};
use serde_json::{Value, json};

use super::{
    control_plane::{control_plane, delete},
    sample::*,
};

fn maintain(cluster: &rutter_cluster::Cluster, names: &[&str], options: &MaintainOptions) -> Plan {
    node::maintain(cluster, &named(names), options, OPERATION, identity()).unwrap()
}

/// A sight of one node, as the API server gives it.
fn sight_of(node: &Value) -> (Object, Sight) {
    let object =
        Object::node(node["metadata"]["name"].as_str().unwrap(), node["metadata"]["uid"].as_str().unwrap());
    let mut sight = Sight::nothing(Time::parse(NOW).unwrap());
    sight.put(&object, Ok(Some(node.clone())));
    (object, sight)
}

#[test]
fn i1_every_pod_of_the_node_is_told_of_before_anything_happens() {
    let mut items = nodes();
    items.extend(deployment("web", &["node-b", "node-c"]));
    items.push(pod("bare", "node-b"));
    items.push(with(pod("done", "node-b"), &json!({"status": {"phase": "Succeeded"}})));
    items.push(with(
        pod("static", "node-b"),
        &json!({"metadata": {"annotations": {"kubernetes.io/config.mirror": "x"}}}),
    ));
    let plan = drain(&cluster(items), "node-b");
    assert_eq!(
        ids(&plan),
        [
            "cordon node-b",
            "evict shop/bare from node-b",
            "evict shop/web-0 from node-b",
            "drained node-b",
            "release node-b"
        ]
    );
    assert_eq!(blockers(&plan), ["Pod shop/bare: nothing controls it: evicted, it is gone for good"]);
    assert!(remark(&plan, "0 pods of DaemonSets and 1 static pod stay").kind == RemarkKind::Note);
    assert!(remark(&plan, "1 finished pod stay").text.contains("shop/done"));
    assert_eq!(plan.sound(), Ok(()));
}

#[test]
fn i2_counts_nodes_that_others_have_cordoned() {
    let mut items = nodes();
    items[4] = cordoned("node-e");
    let cluster = cluster(items);
    let plan = drain(&cluster, "node-b");
    let blocker = remark(&plan, "2 nodes would be away");
    assert!(
        blocker.kind == RemarkKind::Blocker && blocker.text.contains("node-e is cordoned or not ready"),
        "{blocker:?}"
    );
    assert_eq!(blocker.unless, "--max-unavailable 2");
    let options = DrainOptions { max_unavailable: Some(Share::Nodes(2)), ..DrainOptions::default() };
    let plan = drain_with(&cluster, &["node-b"], &options);
    assert!(blockers(&plan).is_empty(), "{:?}", plan.remarks);
    // And again at the moment of the act.
    let sight = Sight::of(&cluster, &[]);
    let few = |most| Condition::FewAway {
        node: Object::node("node-b", ""),
        zone: String::new(),
        most,
        besides: vec![],
    };
    assert!(few(2).judge(&sight).holds() && !few(1).judge(&sight).holds());
    assert!(
        plan.step("cordon node-b")
            .unwrap()
            .needs
            .iter()
            .any(|need| matches!(need, Condition::FewAway { most: 2, .. }))
    );
}

#[test]
fn i2_counts_in_each_zone_where_there_are_several() {
    let zone = |name: &str| json!({"metadata": {"labels": {"topology.kubernetes.io/zone": name}}});
    let mut items: Vec<Value> = nodes()
        .into_iter()
        .enumerate()
        .map(|(n, node)| with(node, &zone(if n < 4 { "a" } else { "b" })))
        .collect();
    items[5] = with(cordoned("node-f"), &zone("b"));
    let options = DrainOptions { max_unavailable: Some(Share::Percent(20)), ..DrainOptions::default() };
    let cluster = cluster(items);
    assert!(blockers(&drain_with(&cluster, &["node-a"], &options)).is_empty());
    let in_b = DrainOptions { max_unavailable: Some(Share::Percent(16)), ..DrainOptions::default() };
    let plan = drain_with(&cluster, &["node-g"], &in_b);
    assert_eq!(blockers(&plan).len(), 1, "{:?}", blockers(&plan));
    assert!(remark(&plan, "of zone b").text.starts_with("with node-g, 2 nodes of zone b would be away"));
}

#[test]
fn i4_many_unready_nodes_block_a_drain_and_never_a_restore() {
    let mut items = nodes();
    for (at, name) in [(6, "node-g"), (7, "node-h"), (8, "node-i")] {
        items[at] = unready(name, "2026-11-23T11:58:00Z");
    }
    items[1] =
        with(cordoned("node-b"), &json!({"metadata": {"annotations": {"rutter.dev/cordoned": "drain-0"}}}));
    let cluster = cluster(items);
    let options = DrainOptions { max_unavailable: Some(Share::Nodes(9)), ..DrainOptions::default() };
    let plan = drain_with(&cluster, &["node-a"], &options);
    assert!(remark(&plan, "are not ready").kind == RemarkKind::Blocker);
    let calm = |needs: &[Condition]| needs.iter().any(|need| matches!(need, Condition::Calm { .. }));
    let acts = plan
        .steps
        .iter()
        .filter(|step| matches!(step.action, Action::Evict { .. }) || step.id.starts_with("cordon"));
    assert!(acts.into_iter().all(|step| calm(&step.needs)));
    let undone = plan.steps.iter().filter_map(|step| match &step.undo {
        Undo::Act { needs, .. } => Some(needs),
        _ => None,
    });
    assert!(undone.into_iter().all(|needs| !calm(needs)), "undoing gives nodes back");
    let plan =
        node::restore(&cluster, &named(&["node-b"]), &RestoreOptions::default(), OPERATION, identity())
            .unwrap();
    assert!(blockers(&plan).is_empty() && plan.steps.iter().all(|step| !calm(&step.needs)), "{plan:#?}");
    assert_eq!(ids(&plan), ["uncordon node-b"]);
}

#[test]
fn i5_a_budget_is_bypassed_by_its_name_only() {
    let mut items = nodes();
    items.extend(deployment("web", &["node-b", "node-c"]));
    items.push(budget("web", "web", 0, 2, 2, 2));
    let cluster = cluster(items);
    let plan = drain(&cluster, "node-b");
    let blocker = remark(&plan, "allows none even when all its pods are healthy");
    assert!(blocker.kind == RemarkKind::Blocker && blocker.unless.contains("--bypass-budget shop/web"));
    let force = DrainOptions { force: true, ..DrainOptions::default() };
    let forced = drain_with(&cluster, &["node-b"], &force);
    assert_eq!(blockers(&forced), blockers(&plan), "force does not mean budgets");
    assert!(forced.steps.iter().all(|step| !matches!(step.action, Action::Delete { .. })));
    let options = DrainOptions { bypass_budgets: ["shop/web".to_owned()].into(), ..DrainOptions::default() };
    let plan = drain_with(&cluster, &["node-b"], &options);
    assert!(blockers(&plan).is_empty());
    assert!(matches!(plan.step("delete shop/web-0 from node-b").unwrap().action, Action::Delete { .. }));
    assert!(remark(&plan, "against PDB shop/web").kind == RemarkKind::Risk);
    let slip = DrainOptions { bypass_budgets: ["shop/wep".to_owned()].into(), ..DrainOptions::default() };
    let error = node::drain(&cluster, &named(&["node-b"]), &slip, OPERATION, identity()).unwrap_err();
    assert_eq!(error, r#"there is no PodDisruptionBudget "shop/wep"; did you mean shop/web?"#);
}

#[test]
fn i9_only_what_this_operation_did_is_undone_and_a_persons_word_wins() {
    let mut items = nodes();
    items.extend(deployment("web", &["node-b", "node-c"]));
    let plan = drain(&cluster(items), "node-b");
    let Undo::Act { needs, .. } = &plan.step("cordon node-b").unwrap().undo else {
        panic!("a cordon can be undone")
    };
    let cordon = |operation: &str| {
        with(
            cordoned("node-b"),
            &json!({"metadata": {"annotations": {"rutter.dev/cordoned": operation, "rutter.dev/operation": operation}}}),
        )
    };
    let holds = |needs: &[Condition], node: &Value| {
        let (_, mut sight) = sight_of(node);
        sight.nodes = Ok(vec![]);
        needs.iter().all(|need| need.judge(&sight).holds())
    };
    assert!(holds(needs, &cordon(OPERATION)));
    assert!(!holds(needs, &cordon("other-1")) && !holds(needs, &cordoned("node-b")));
    // A person has uncordoned the node: nothing more is evicted.
    let evict = &plan.step("evict shop/web-0 from node-b").unwrap().needs;
    let uncordoned = with(cordon(OPERATION), &json!({"spec": {"unschedulable": false}}));
    assert!(holds(evict, &cordon(OPERATION)) && !holds(evict, &uncordoned));
    // Another node of the same name is not meant.
    assert!(!holds(evict, &with(cordon(OPERATION), &json!({"metadata": {"uid": "another"}}))));
}

#[test]
fn i9_the_cordon_of_others_stays_and_is_never_restored() {
    let mut items = nodes();
    items[1] = cordoned("node-b");
    let cluster = cluster(items);
    let plan = maintain(&cluster, &["node-b"], &MaintainOptions::default());
    assert_eq!(
        ids(&plan),
        ["claim node-b", "drained node-b", "work on node-b", "node-b ready", "release node-b"]
    );
    assert!(remark(&plan, "stays so when all is done").kind == RemarkKind::Note);
    let restore = |name: &str| {
        node::restore(&cluster, &named(&[name]), &RestoreOptions::default(), OPERATION, identity()).unwrap()
    };
    let plan = restore("node-b");
    assert!(
        plan.steps.is_empty()
            && remark(&plan, "cordoned by somebody else").unless == "kubectl uncordon node-b"
    );
    let plan = restore("node-c");
    assert!(plan.steps.is_empty() && remark(&plan, "nothing to restore").kind == RemarkKind::Blocker);
}

#[test]
fn i10_the_marks_of_others_are_respected() {
    let annotated = |key: &str, value: &str| {
        let mut items = nodes();
        items[1] = with(node("node-b"), &json!({"metadata": {"annotations": {key: value}}}));
        blockers(&drain(&cluster(items), "node-b"))
    };
    let kured = annotated("weave.works/kured-reboot-in-progress", "x");
    assert!(kured.len() == 1 && kured[0].contains("kured reboots it"), "{kured:?}");
    let other = annotated("rutter.dev/operation", "drain-0");
    assert!(other.len() == 1 && other[0].contains("operation drain-0 of Rutter is at work"), "{other:?}");
    assert!(annotated("rutter.dev/operation", OPERATION).is_empty());
    let mut items = nodes();
    items[1] = with(
        node("node-b"),
        &json!({"spec": {"taints": [{"key": "ToBeDeletedByClusterAutoscaler", "effect": "NoSchedule"}]}}),
    );
    assert!(blockers(&drain(&cluster(items), "node-b"))[0].contains("the cluster autoscaler removes it"));
}

#[test]
fn i11_a_node_is_ready_by_fresh_words_only() {
    let ready = |seconds| {
        move |node: &Value| {
            let (node, sight) = sight_of(node);
            Condition::Ready { node, seconds }.judge(&sight)
        }
    };
    let said = |heartbeat: &str, since: &str| {
        with(
            node("node-b"),
            &json!({"status": {"conditions": [{"type": "Ready", "status": "True",
            "lastHeartbeatTime": heartbeat, "lastTransitionTime": since}]}}),
        )
    };
    let old = "2026-11-01T00:00:00Z";
    assert!(ready(120)(&said("2026-11-23T11:59:00Z", old)).holds());
    assert!(
        matches!(ready(120)(&said("2026-11-23T11:50:00Z", old)), Verdict::NotYet(_)),
        "its last word is old"
    );
    let just_now = "2026-11-23T11:59:30Z";
    assert!(!ready(120)(&said(just_now, just_now)).holds() && ready(30)(&said(just_now, just_now)).holds());
}

#[test]
fn i12_says_which_pods_fit_nowhere_else() {
    let big = json!({"spec": {"containers": [{"name": "main", "resources": {"requests": {"cpu": "3"}}}]}});
    let mut items: Vec<Value> = nodes().into_iter().take(2).collect();
    items.extend(
        deployment("web", &["node-b", "node-a"])
            .into_iter()
            .map(|one| if one["kind"] == "Pod" { with(one, &big) } else { one }),
    );
    let cluster = cluster(items);
    let plan = drain(&cluster, "node-b");
    let risk = remark(&plan, "Pending");
    assert_eq!(risk.kind, RemarkKind::Risk);
    assert_eq!(
        risk.text,
        "it does not fit on the other node: 1 lacks cpu (it needs 3, at most 1 is free): its next pod would be Pending"
    );
}

#[test]
fn i13_every_step_has_a_deadline_and_holds_when_it_is_late() {
    let mut items = control_plane(None);
    items.extend(deployment("web", &["node-b", "node-c"]));
    items.extend(deployment("single", &["node-b"]));
    items.push(
        json!({"apiVersion": "storage.k8s.io/v1", "kind": "VolumeAttachment", "metadata": {"name": "a"},
        "spec": {"nodeName": "node-b", "source": {"persistentVolumeName": "pv"}}}),
    );
    let cluster = cluster(items);
    let reboot = MaintainOptions {
        until: WorkDone::Reboot,
        drain: DrainOptions { surge: true, ..DrainOptions::default() },
        ..MaintainOptions::default()
    };
    for plan in [maintain(&cluster, &["node-b", "node-d"], &reboot), delete(&cluster, "node-b")] {
        assert_eq!(plan.sound(), Ok(()));
        assert!(plan.steps.iter().any(|step| step.id == "volumes of node-b detached"));
        for step in &plan.steps {
            assert!(
                step.deadline_seconds > 0 && step.deadline_seconds < 24 * 60 * 60 && step.late == Late::Hold,
                "{}",
                step.id
            );
            assert!(
                !step.until.is_empty() || matches!(step.action, Action::Person { .. }),
                "{} never ends",
                step.id
            );
        }
    }
}

#[test]
fn i17_an_empty_selection_selects_nothing() {
    let cluster = cluster(nodes());
    let none = |result: Result<Plan, String>| result.unwrap_err();
    let drained = none(node::drain(&cluster, &[], &DrainOptions::default(), OPERATION, identity()));
    assert_eq!(drained, "no node is named or selected, and a plan for none would do nothing");
    assert_eq!(
        none(node::maintain(&cluster, &[], &MaintainOptions::default(), OPERATION, identity())),
        drained
    );
    assert_eq!(
        none(node::restore(&cluster, &[], &RestoreOptions::default(), OPERATION, identity())),
        drained
    );
    assert_eq!(none(node::delete(&cluster, &[], &DeleteOptions::default(), OPERATION, identity())), drained);
    let unknown =
        none(node::drain(&cluster, &named(&["node-bb"]), &DrainOptions::default(), OPERATION, identity()));
    assert!(unknown.starts_with(r#"there is no node "node-bb"; did you mean node-"#), "{unknown}");
}
