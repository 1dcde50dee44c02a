//! What is said before a plan runs.

use rutter_cluster::Kind;
use rutter_plan::{Action, Condition, RemarkKind, node::DrainOptions};
use serde_json::{Value, json};

use super::sample::*;

#[test]
fn pods_that_nothing_makes_again_block_unless_forced() {
    let mut items = nodes();
    items.push(pod("bare", "node-b"));
    items.push(owned(pod("orphan", "node-b"), "ReplicaSet", "deleted"));
    items.push(owned(pod("lost-daemon", "node-b"), "DaemonSet", "deleted"));
    let cluster = cluster(items);
    let plan = drain(&cluster, "node-b");
    assert_eq!(
        blockers(&plan),
        [
            "Pod shop/bare: nothing controls it: evicted, it is gone for good",
            "Pod shop/lost-daemon: its DaemonSet deleted no longer exists: evicted, it is gone for good",
            "Pod shop/orphan: its ReplicaSet deleted no longer exists: evicted, it is gone for good"
        ]
    );
    let plan = drain_with(&cluster, &["node-b"], &DrainOptions { force: true, ..DrainOptions::default() });
    assert!(blockers(&plan).is_empty() && said(&plan, RemarkKind::Risk).len() == 3);
    assert!(plan.step("evict shop/lost-daemon from node-b").is_some());
}

#[test]
fn pods_of_daemon_sets_stay_and_those_of_unknown_controllers_are_a_risk() {
    let mut items = nodes();
    items.push(json!({"apiVersion": "apps/v1", "kind": "DaemonSet",
        "metadata": {"name": "agent", "namespace": "shop", "uid": "uid-agent"}, "spec": {}}));
    items.push(owned(pod("agent-x", "node-b"), "DaemonSet", "agent"));
    items.push(owned(pod("game", "node-b"), "GameServer", "game"));
    let plan = drain(&cluster(items), "node-b");
    assert!(blockers(&plan).is_empty());
    assert_eq!(
        ids(&plan),
        ["cordon node-b", "evict shop/game from node-b", "drained node-b", "release node-b"]
    );
    assert!(remark(&plan, "controlled by GameServer game (apps/v1)").kind == RemarkKind::Risk);
    assert!(remark(&plan, "1 pod of DaemonSets and 0 static pods stay").kind == RemarkKind::Note);
}

#[test]
fn what_pods_keep_on_the_node_is_named() {
    let mut items = nodes();
    let mut web = deployment("web", &["node-b", "node-c"]);
    web[2] = with(
        web[2].clone(),
        &json!({"spec": {"volumes": [
            {"name": "cache", "emptyDir": {"medium": "Memory", "sizeLimit": "64Mi"}}, {"name": "tmp", "emptyDir": {}},
            {"name": "zone", "hostPath": {"path": "/etc/localtime"}}, {"name": "data", "hostPath": {"path": "/data/web/"}}]}}),
    );
    items.extend(web);
    let cluster = cluster(items);
    let plan = drain(&cluster, "node-b");
    let blocker = remark(&plan, "emptyDir");
    assert_eq!(blocker.text, "what it keeps in emptyDir cache (Memory, up to 64Mi), tmp is deleted with it");
    assert!(blocker.kind == RemarkKind::Blocker && blocker.unless == "--delete-emptydir-data");
    assert_eq!(
        remark(&plan, "it uses").text,
        "it uses /data/web of Node node-b: what is there does not go with it"
    );
    let options = DrainOptions { delete_emptydir_data: true, ..DrainOptions::default() };
    let plan = drain_with(&cluster, &["node-b"], &options);
    assert!(blockers(&plan).is_empty() && remark(&plan, "emptyDir").kind == RemarkKind::Risk);
}

#[test]
fn a_pod_with_a_volume_on_this_node_only_can_not_go() {
    let mut items = nodes();
    items.extend(claim("db", "kubernetes.io/hostname", "node-b"));
    let mut db = deployment("db", &["node-b", "node-c"]);
    db[2] = mounts(db[2].clone(), "db");
    items.extend(db);
    let plan = drain(&cluster(items), "node-b");
    assert_eq!(
        blockers(&plan),
        [
            "Pod shop/db-0: volume pv-db of its claim db is on Node node-b only: its next pod waits until the node is back"
        ]
    );
    assert_eq!(remark(&plan, "pv-db").unless, "--force");
}

#[test]
fn evictions_go_in_turns_and_volumes_are_waited_for() {
    let mut items = nodes();
    items.extend(deployment("web", &["node-b", "node-c"]));
    items.extend(claim("db", "zone", "a"));
    let mut db = deployment("db", &["node-b", "node-c"]);
    db[2] = mounts(db[2].clone(), "db");
    items.extend(db);
    let critical = deployment("dns", &["node-b", "node-c"]).into_iter();
    items.extend(critical.map(|one| {
        if one["kind"] == "Pod" { with(one, &json!({"spec": {"priority": 2_000_000_000}})) } else { one }
    }));
    items.push(
        json!({"apiVersion": "storage.k8s.io/v1", "kind": "VolumeAttachment", "metadata": {"name": "a"},
        "spec": {"nodeName": "node-b", "source": {"persistentVolumeName": "pv-db"}}}),
    );
    let plan = drain(&cluster(items), "node-b");
    let stages: Vec<(u32, &str)> = plan.steps.iter().map(|step| (step.stage, step.id.as_str())).collect();
    assert_eq!(
        stages,
        [
            (0, "cordon node-b"),
            (1, "evict shop/web-0 from node-b"),
            (2, "evict shop/db-0 from node-b"),
            (3, "evict shop/dns-0 from node-b"),
            (4, "drained node-b"),
            (5, "volumes of node-b detached"),
            (6, "release node-b")
        ]
    );
    assert!(remark(&plan, "1 critical pod to be evicted last").text.contains("shop/dns-0"));
}

#[test]
fn volumes_of_pods_that_stay_are_not_waited_for() {
    let mut items = nodes();
    items.extend(claim("logs", "zone", "a"));
    items.push(json!({"apiVersion": "apps/v1", "kind": "DaemonSet",
        "metadata": {"name": "agent", "namespace": "shop", "uid": "uid-agent"}, "spec": {}}));
    items.push(mounts(owned(pod("agent-x", "node-b"), "DaemonSet", "agent"), "logs"));
    let attached = |volume: &str| {
        json!({"apiVersion": "storage.k8s.io/v1", "kind": "VolumeAttachment", "metadata": {"name": volume},
            "spec": {"nodeName": "node-b", "source": {"persistentVolumeName": volume}}})
    };
    items.push(attached("pv-logs"));
    assert!(drain(&cluster(items.clone()), "node-b").step("volumes of node-b detached").is_none());
    items.push(attached("pv-other"));
    let plan = drain(&cluster(items), "node-b");
    let until = &plan.step("volumes of node-b detached").unwrap().until;
    assert!(
        matches!(until.as_slice(), [Condition::Detached { but, .. }] if *but == ["pv-logs"]),
        "{until:?}"
    );
}

#[test]
fn budgets_say_why_they_refuse_and_what_lets_go() {
    let mut items = nodes();
    items.extend(deployment("web", &["node-b", "node-c", "node-d"]));
    let with_budgets = |budgets: Vec<serde_json::Value>| cluster(items.iter().cloned().chain(budgets));
    let plan = drain(&with_budgets(vec![budget("web", "web", 0, 2, 2, 3)]), "node-b");
    let blocker = remark(&plan, "allows 0 disruptions: 2 of 3 healthy, needs 2");
    assert!(
        blocker.kind == RemarkKind::Blocker && blocker.unless.contains("--wait-for-budgets"),
        "{blocker:?}"
    );
    let options = DrainOptions { wait_for_budgets: true, ..DrainOptions::default() };
    let waits = drain_with(&with_budgets(vec![budget("web", "web", 0, 2, 2, 3)]), &["node-b"], &options);
    assert!(blockers(&waits).is_empty());
    let two = vec![budget("web", "web", 1, 3, 2, 3), budget("all", "web", 1, 3, 2, 3)];
    let plan = drain(&with_budgets(two), "node-b");
    assert!(remark(&plan, "evicts no pod with more than one").kind == RemarkKind::Blocker);
    assert!(blockers(&drain(&with_budgets(vec![budget("web", "web", 1, 3, 2, 3)]), "node-b")).is_empty());
}

#[test]
fn an_unready_pod_under_a_budget_that_is_short_is_named_with_its_policy() {
    let mut items = nodes();
    let mut web = deployment("web", &["node-b", "node-c", "node-d"]);
    web[2] = with(web[2].clone(), &json!({"status": {"conditions": [{"type": "Ready", "status": "False"}]}}));
    items.extend(web);
    let short = budget("web", "web", 0, 1, 2, 3);
    let plan = drain(&cluster(items.iter().cloned().chain([short.clone()])), "node-b");
    assert!(remark(&plan, "allows 0 disruptions").unless.contains("unhealthyPodEvictionPolicy: AlwaysAllow"));
    let lenient = with(short, &json!({"spec": {"unhealthyPodEvictionPolicy": "AlwaysAllow"}}));
    assert!(blockers(&drain(&cluster(items.into_iter().chain([lenient])), "node-b")).is_empty());
}

#[test]
fn a_single_replica_is_a_risk_and_surge_starts_a_second_one() {
    let mut items = nodes();
    items.extend(deployment("single", &["node-b"]));
    let cluster = cluster(items.clone());
    let plan = drain(&cluster, "node-b");
    let risk = remark(&plan, "its only ready pod is on node-b");
    assert!(risk.kind == RemarkKind::Risk && risk.unless == "--surge");
    let surge = DrainOptions { surge: true, ..DrainOptions::default() };
    let plan = drain_with(&cluster, &["node-b"], &surge);
    assert!(said(&plan, RemarkKind::Risk).is_empty(), "{:?}", plan.remarks);
    let order = [
        "cordon node-b",
        "scale up shop/single before node-b",
        "evict shop/single-0 from node-b",
        "drained node-b",
        "scale down shop/single after node-b",
        "release node-b",
    ];
    assert_eq!(ids(&plan), order);
    // What an autoscaler sets, the plan does not.
    items.push(json!({"apiVersion": "autoscaling/v2", "kind": "HorizontalPodAutoscaler",
        "metadata": {"name": "single", "namespace": "shop"}, "spec": {"scaleTargetRef": {"kind": "Deployment", "name": "single"}}}));
    let plan = drain_with(&super::sample::cluster(items), &["node-b"], &surge);
    assert!(
        plan.steps.iter().all(
            |step| !matches!(step.action, Action::Patch { ref object, .. } if object.kind == "Deployment")
        )
    );
    assert!(remark(&plan, "its only ready pod is on node-b").unless == "more replicas, on other nodes");
}

#[test]
fn a_second_pod_that_fits_nowhere_beside_the_first_is_told_of_before() {
    let zone = json!({"metadata": {"labels": {"zone": "a"}}});
    let apart = json!({"spec": {"affinity": {"podAntiAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": [
        {"topologyKey": "zone", "labelSelector": {"matchLabels": {"app": "single"}}}]}}}});
    let mut items: Vec<Value> = ["node-b", "node-c"].map(|name| with(node(name), &zone)).into();
    items.extend(
        deployment("single", &["node-b"])
            .into_iter()
            .map(|one| if one["kind"] == "Pod" { with(one, &apart) } else { one }),
    );
    let cluster = cluster(items);
    assert!(blockers(&drain(&cluster, "node-b")).is_empty(), "once it is gone, the next one has a place");
    for force in [false, true] {
        let surge = DrainOptions { surge: true, force, ..DrainOptions::default() };
        let plan = drain_with(&cluster, &["node-b"], &surge);
        let blocker =
            remark(&plan, "the second pod that --surge starts has no place while the first one is there");
        assert_eq!(blocker.kind, RemarkKind::Blocker);
        assert!(blocker.text.ends_with("1 has pods that it must not be with"), "{blocker:?}");
        assert_eq!(blocker.unless, "make room on other nodes, or leave --surge away");
    }
}

#[test]
fn surge_makes_room_under_a_budget_that_allows_none() {
    let mut items = nodes();
    items.extend(deployment("single", &["node-b"]));
    items.push(budget("single", "single", 0, 1, 1, 1));
    let cluster = cluster(items);
    assert_eq!(blockers(&drain(&cluster, "node-b")).len(), 1);
    let plan = drain_with(&cluster, &["node-b"], &DrainOptions { surge: true, ..DrainOptions::default() });
    assert!(blockers(&plan).is_empty() && remark(&plan, "makes room").kind == RemarkKind::Note);
}

#[test]
fn a_node_that_does_not_answer_is_not_drained() {
    let mut items = nodes();
    items[1] = unready("node-b", "2026-11-23T11:00:00Z");
    let plan = drain(&cluster(items), "node-b");
    assert_eq!(
        blockers(&plan),
        [
            "Node node-b: it is not Ready (NodeStatusUnknown): while its kubelet is silent, pods that are evicted do not end, and their volumes stay"
        ]
    );
}

#[test]
fn a_pod_that_does_not_end_is_named_with_what_it_waits_for() {
    let mut items = nodes();
    let ending = |name: &str, at: &str, more: serde_json::Value| {
        with(with(pod(name, "node-b"), &json!({"metadata": {"deletionTimestamp": at}})), &more)
    };
    items.push(ending(
        "stuck",
        "2026-11-23T11:30:00Z",
        json!({"metadata": {"finalizers": ["example.com/x"]}}),
    ));
    items.push(ending("soon", "2026-11-23T12:00:20Z", json!({})));
    let plan = drain(&cluster(items), "node-b");
    assert!(remark(&plan, "waits for its finalizers example.com/x").kind == RemarkKind::Risk);
    assert!(remark(&plan, "ending already").kind == RemarkKind::Note);
    assert_eq!(ids(&plan), ["cordon node-b", "drained node-b", "release node-b"]);
}

#[test]
fn what_was_not_seen_is_said_and_never_taken_for_absent() {
    let mut items = nodes();
    items.extend(claim("db", "zone", "a"));
    let mut web = deployment("web", &["node-b", "node-c"]);
    web[2] = mounts(web[2].clone(), "db");
    items.extend(web);
    let unseen = |kind| drain(&cluster_as_seen(items.clone(), all_seen_but(kind)), "node-b");
    let plan = unseen(Kind::Pod);
    assert!(remark(&plan, "there may be pods on it").kind == RemarkKind::Blocker);
    let mut cut = all_seen();
    cut.truncated(Kind::Node, "the list was cut");
    let plan = drain(&cluster_as_seen(items.clone(), cut), "node-b");
    assert!(remark(&plan, "how many nodes are away is not known").kind == RemarkKind::Blocker);
    for (kind, part) in [
        (Kind::PodDisruptionBudget, "which evictions it refuses is not foretold"),
        (Kind::PersistentVolume, "may have volumes that are on this node only"),
        (Kind::PersistentVolumeClaim, "may have volumes that are on this node only"),
        (Kind::VolumeAttachment, "is looked at when the plan runs"),
    ] {
        let plan = unseen(kind);
        assert!(remark(&plan, part).kind == RemarkKind::Risk, "{kind}");
        assert!(
            remark(&plan, part).text.contains("not in the source")
                || remark(&plan, part).text.contains("read in part"),
            "{:?}",
            remark(&plan, part)
        );
    }
    let without: Vec<_> = items.iter().filter(|item| item["kind"] != "ReplicaSet").cloned().collect();
    let plan = drain(&cluster_as_seen(without, all_seen_but(Kind::ReplicaSet)), "node-b");
    assert!(remark(&plan, "if that no longer exists").kind == RemarkKind::Risk && blockers(&plan).is_empty());
}

#[test]
fn only_selected_pods_go_and_the_others_are_said_to_stay() {
    let mut items = nodes();
    items.extend(deployment("web", &["node-b", "node-c"]));
    items.extend(deployment("api", &["node-b", "node-c"]));
    let pod_selector = serde_json::from_value(json!({"matchLabels": {"app": "web"}})).unwrap();
    let options = DrainOptions { pod_selector: Some(pod_selector), ..DrainOptions::default() };
    let plan = drain_with(&cluster(items), &["node-b"], &options);
    assert_eq!(
        ids(&plan),
        ["cordon node-b", "evict shop/web-0 from node-b", "drained node-b", "release node-b"]
    );
    assert!(remark(&plan, "1 pod not selected").text.contains("shop/api-0"));
    let until = &plan.step("drained node-b").unwrap().until;
    assert!(matches!(until.as_slice(), [Condition::Drained { but, .. }] if *but == ["uid-api-0"]));
}
