//! What holds for every cluster.

use proptest::prelude::*;
use rutter_plan::{
    Action, Plan, Undo,
    node::{self, DeleteOptions, DrainOptions, MaintainOptions},
};
use serde_json::{Value, json};

use super::sample::*;

/// What a pod of a random cluster is like.
#[derive(Debug, Clone)]
struct Random {
    node: usize,
    owner: usize,
    phase: usize,
    critical: bool,
    deleted: bool,
    volume: usize,
}

fn random() -> impl Strategy<Value = Random> {
    (0..3usize, 0..6usize, 0..8usize, any::<bool>(), prop::bool::weighted(0.1), 0..4usize).prop_map(
        |(node, owner, phase, critical, deleted, volume)| Random {
            node,
            owner,
            phase,
            critical,
            deleted,
            volume,
        },
    )
}

const NODES: [&str; 3] = ["node-a", "node-b", "node-c"];
const OWNERS: [Option<(&str, &str)>; 6] = [
    None,
    Some(("ReplicaSet", "web-1")),
    Some(("ReplicaSet", "gone")),
    Some(("DaemonSet", "agent")),
    Some(("StatefulSet", "db")),
    Some(("Foreign", "it")),
];

fn built(n: usize, random: &Random) -> Value {
    let mut one = pod(&format!("pod-{n}"), NODES[random.node]);
    if let Some((kind, name)) = OWNERS[random.owner] {
        one = owned(one, kind, name);
    }
    let phase = match random.phase {
        0 => "Succeeded",
        1 => "Failed",
        2 => "Pending",
        _ => "Running",
    };
    let volumes = match random.volume {
        0 => json!([{"name": "v", "emptyDir": {}}]),
        1 => json!([{"name": "v", "persistentVolumeClaim": {"claimName": "data"}}]),
        _ => json!([]),
    };
    let priority = if random.critical { 2_000_000_000 } else { 0 };
    one = with(one, &json!({"status": {"phase": phase}, "spec": {"priority": priority, "volumes": volumes}}));
    if random.deleted {
        one = with(one, &json!({"metadata": {"deletionTimestamp": "2026-11-23T11:00:00Z"}}));
    }
    one
}

/// Whether the pod must go, told apart from how the plans tell it.
fn must_go(random: &Random) -> bool {
    random.node == 1 && random.phase > 1 && random.owner != 3 && !random.deleted
}

/// In which turn it goes.
fn turn(random: &Random) -> usize {
    match (random.critical, random.owner == 4 || random.volume == 1) {
        (true, _) => 2,
        (false, true) => 1,
        (false, false) => 0,
    }
}

fn assert_takes_back(plan: &Plan) {
    for step in &plan.steps {
        let writes = step.action.writes_to().is_some();
        match &step.undo {
            Undo::Nothing => assert!(!writes, "{} writes and can't be taken back", step.id),
            Undo::Never { why } => assert!(!why.is_empty(), "{}", step.id),
            Undo::Act { needs, action, .. } => {
                assert!(!needs.is_empty() && action.writes_to().is_some(), "{}", step.id);
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn every_pod_that_must_go_has_one_step_in_its_turn(pods in prop::collection::vec(random(), 0..12), surge: bool, taken: bool) {
        let workload = |kind: &str, name: &str| json!({"apiVersion": "apps/v1", "kind": kind,
            "metadata": {"name": name, "namespace": "shop", "uid": format!("uid-{name}")}, "spec": {"replicas": 3}});
        let mut items = nodes();
        if taken {
            items[1] = cordoned("node-b");
        }
        items.extend([workload("ReplicaSet", "web-1"), workload("DaemonSet", "agent"), workload("StatefulSet", "db")]);
        items.push(budget("web", "pod-1", 0, 1, 1, 1));
        items.extend(pods.iter().enumerate().map(|(n, random)| built(n, random)));
        let cluster = cluster(items);
        let options = DrainOptions { surge, ..DrainOptions::default() };
        let plan = drain_with(&cluster, &["node-b"], &options);
        prop_assert_eq!(plan.sound(), Ok(()));
        let mut turns = Vec::new();
        for (n, random) in pods.iter().enumerate() {
            let uid = format!("uid-pod-{n}");
            let mine: Vec<_> = plan.steps.iter().filter(|step| match &step.action {
                Action::Evict { pod, .. } | Action::Delete { object: pod, .. } => pod.uid == uid,
                _ => false,
            }).collect();
            prop_assert_eq!(mine.len(), usize::from(must_go(random)), "{} {:?}", n, random);
            turns.extend(mine.iter().map(|step| (turn(random), step.stage)));
        }
        turns.sort_unstable();
        prop_assert!(turns.windows(2).all(|pair| (pair[0].0 == pair[1].0) == (pair[0].1 == pair[1].1)), "{:?}", turns);
        prop_assert!(turns.is_sorted_by_key(|(_, stage)| *stage));
        assert_takes_back(&plan);
        let maintain = MaintainOptions { drain: options.clone(), ..MaintainOptions::default() };
        assert_takes_back(&node::maintain(&cluster, &named(&NODES), &maintain, OPERATION, identity()).unwrap());
        let delete = DeleteOptions { drain: options };
        assert_takes_back(&node::delete(&cluster, &named(&NODES), &delete, OPERATION, identity()).unwrap());
    }
}
