//! Plans about pods and workloads.

use rutter_plan::{Action, Condition, RemarkKind, Undo};
use serde_json::json;

use crate::load::{body, ids, maybe, plan, plan_of_edited, step, target, undo};

#[test]
fn a_stuck_stateful_set_loses_exactly_the_pod_that_it_waits_for() {
    let plan = plan("statefulset-stuck", "fires-rolled-back");
    let evict = &plan.steps[0];
    let Action::Evict { pod, .. } = &evict.action else { panic!("{evict:?}") };
    assert!(!pod.uid.is_empty());
    assert_eq!(evict.until, [Condition::Gone { object: pod.clone() }]);
    assert!(evict.needs.contains(&Condition::reports(pod, "Ready", false)));
    let is_hash = |need: &Condition| matches!(need, Condition::Field { path, .. } if path.ends_with("controller-revision-hash"));
    assert!(evict.needs.iter().any(is_hash));
    assert!(matches!(evict.undo, Undo::Never { .. }));
    assert!(plan.remarks.iter().any(|remark| remark.text.starts_with("its data: ")));
    assert_eq!(plan.steps[1].action, Action::Wait);
}

#[test]
fn a_rollout_without_room_goes_back_to_what_serves() {
    let Some(plan) = maybe("rollout-stuck", "fires-no-room-resources") else { panic!("no plan") };
    let back = step(&plan, "roll back");
    let Action::RollBack { workload, to } = &back.action else { panic!("{back:?}") };
    assert!(!workload.uid.is_empty() && !to.uid.is_empty());
    assert_eq!(to.kind, "ReplicaSet");
    let is_generation =
        |need: &Condition| matches!(need, Condition::Field { path, .. } if path == "/metadata/generation");
    assert!(back.needs.iter().any(is_generation));
    assert!(back.until.contains(&Condition::Observed { object: workload.clone() }));
    let Undo::Act { action, .. } = &back.undo else { panic!("{back:?}") };
    assert!(matches!(&**action, Action::RollBack { to: from, .. } if from != to));
}

#[test]
fn nobody_goes_back_to_what_is_not_known_to_work() {
    assert!(maybe("crash-loop", "fires-both-revisions").is_none());
    assert!(maybe("rollout-stuck", "fires-paused").is_none());
    let plan = plan("crash-loop", "fires-new-revision");
    assert!(matches!(step(&plan, "roll back").action, Action::RollBack { .. }));
}

#[test]
fn evicted_pods_go_one_by_one_with_what_they_tell() {
    let plan = plan("evicted", "fires-node-low-many");
    for step in &plan.steps {
        let pod = target(step);
        assert!(matches!(step.action, Action::Delete { grace_seconds: None, .. }));
        assert!(step.needs.contains(&Condition::field(&pod, "/status/phase", "Failed")));
        assert!(step.needs.contains(&Condition::field(&pod, "/status/reason", "Evicted")));
        assert!(
            plan.remarks.iter().any(|remark| remark.about == pod && remark.text.starts_with("Evicted on "))
        );
    }
    assert!(plan.steps.len() <= 200);
}

#[test]
fn what_fells_nodes_is_scaled_to_nothing_and_back() {
    let plan = plan("poison-workload", "fires-three-lost");
    let scale = step(&plan, "scale");
    assert_eq!(body(&scale.action), json!({"spec": {"replicas": 0}}));
    let wanted = undo(scale)["spec"]["replicas"].as_i64().unwrap();
    assert!(wanted > 0);
    assert!(scale.needs.contains(&Condition::field(&target(scale), "/spec/replicas", wanted)));
}

#[test]
fn an_autoscaler_is_told_to_keep_more_and_claims_are_spoken_of_where_there_are_some() {
    let scaler = json!({"apiVersion": "autoscaling/v2", "kind": "HorizontalPodAutoscaler",
        "metadata": {"name": "web", "namespace": "traffic-avalanche", "uid": "h1"},
        "spec": {"minReplicas": 3, "maxReplicas": 3, "scaleTargetRef": {"kind": "StatefulSet", "name": "web"}}});
    let list = json!({"apiVersion": "v1", "kind": "List", "items": [scaler]});
    let beside = |text: String| format!("{text}\n---\n{list}");
    let plan = plan_of_edited("traffic-avalanche", "fires-recorded", beside);
    let change = step(&plan, "change");
    assert_eq!(target(change).kind, "HorizontalPodAutoscaler");
    assert_eq!(body(&change.action), json!({"spec": {"minReplicas": 4, "maxReplicas": 4}}));
    assert_eq!(undo(change), json!({"spec": {"minReplicas": 3, "maxReplicas": 3}}));
    let members = |plan: &rutter_plan::Plan| {
        let of = plan.remarks.iter().find(|remark| remark.text.starts_with("new members join")).unwrap();
        of.text.clone()
    };
    assert_eq!(members(&plan), "new members join by themselves");
    let with_claims = |text: String| {
        let claims =
            r#""podManagementPolicy": "Parallel", "volumeClaimTemplates": [{"metadata": {"name": "data"}}]"#;
        beside(text.replace(r#""podManagementPolicy": "Parallel""#, claims))
    };
    let plan = plan_of_edited("traffic-avalanche", "fires-recorded", with_claims);
    assert_eq!(members(&plan), "new members join by themselves, with claims of their own that stay");
}

#[test]
fn an_avalanche_gets_half_as_many_again() {
    let plan = plan("traffic-avalanche", "fires-memory");
    let scale = step(&plan, "scale");
    let (more, wanted) = (body(&scale.action), undo(scale));
    let number = |body: &serde_json::Value| body["spec"]["replicas"].as_i64().unwrap();
    assert_eq!(number(&more), number(&wanted) + number(&wanted) / 2);
    assert!(plan.remarks.iter().any(|remark| remark.kind == RemarkKind::Risk));
    // Where autoscalers were not seen, one may set the number back.
    assert!(maybe("traffic-avalanche", "fires-probe").is_none());
}

#[test]
fn claims_go_after_a_proof_and_their_volumes_stay() {
    let plan = plan("pvc-cleanup", "fires-scaled-down");
    assert!(matches!(plan.steps[0].action, Action::Person { proof: true, .. }), "{:?}", ids(&plan));
    for step in plan.steps.iter().filter(|step| matches!(step.action, Action::Delete { .. })) {
        let claim = target(step);
        assert_eq!(claim.kind, "PersistentVolumeClaim");
        assert_eq!(step.until, [Condition::Gone { object: claim.clone() }]);
        assert!(step.needs.contains(&Condition::field(&claim, "/status/phase", "Bound")));
    }
    let kept = plan.steps.iter().filter(|step| matches!(step.action, Action::Patch { .. }));
    for step in kept {
        assert_eq!(body(&step.action), json!({"spec": {"persistentVolumeReclaimPolicy": "Retain"}}));
        // Taken back once the claim is gone, it would delete the data.
        let Undo::Act { needs, .. } = &step.undo else { panic!("{step:?}") };
        assert!(needs.iter().any(
            |need| matches!(need, Condition::There { object } if object.kind == "PersistentVolumeClaim")
        ));
    }
}
