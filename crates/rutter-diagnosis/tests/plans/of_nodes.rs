//! Plans about nodes and what runs on them for the cluster.

use rutter_plan::{Action, Condition, Undo};

use crate::load::{maybe, plan, step, target};

#[test]
fn a_silent_node_is_fenced_only_after_a_proof() {
    for (lesson, case) in
        [("node-unknown", "fires-lost-replaceable"), ("statefulset-unknown-pod", "fires-waits")]
    {
        let plan = plan(lesson, case);
        let taint = plan.steps.iter().position(|step| matches!(step.action, Action::Taint { .. })).unwrap();
        let proof =
            plan.steps.iter().position(|step| matches!(step.action, Action::Person { proof: true, .. }));
        assert!(proof.is_some_and(|proof| proof < taint));
        let node = target(&plan.steps[taint]);
        assert!(!node.uid.is_empty());
        let needs = &plan.steps[taint].needs;
        assert!(needs.contains(&Condition::NotReady { node: node.clone() }));
        // The operation's name is filled in when the plan is made.
        assert!(needs.contains(&Condition::Unclaimed { node: node.clone(), operation: "fix-1".into() }));
        let Undo::Act { action, .. } = &plan.steps[taint].undo else { panic!() };
        assert!(matches!(**action, Action::Untaint { .. }));
        let back = plan.steps.last().unwrap();
        assert!(matches!(back.action, Action::Untaint { .. }));
        assert!(back.needs.contains(&Condition::Ready { node, seconds: 60 }));
        // What holds before it acts would be taken for its effect.
        assert!(back.until.is_empty());
    }
}

#[test]
fn many_at_once_are_no_matter_of_fencing() {
    assert!(maybe("node-unknown", "fires-many-zone").is_none());
}

#[test]
fn a_pod_of_a_node_that_is_gone_is_struck_off_after_a_proof() {
    let plan = plan("stuck-terminating", "fires-node-gone");
    assert!(matches!(plan.steps[0].action, Action::Person { proof: true, .. }));
    let delete = step(&plan, "delete");
    assert!(matches!(delete.action, Action::Delete { grace_seconds: Some(0), .. }));
    assert!(
        delete.needs.iter().any(|need| matches!(need, Condition::Gone { object } if object.kind == "Node"))
    );
}

#[test]
fn an_agent_is_started_anew_by_its_daemon_set() {
    let plan = plan("node-agent-missing", "fires-proxy-crashing");
    let delete = step(&plan, "delete");
    assert!(!target(delete).uid.is_empty());
    assert!(
        delete
            .needs
            .iter()
            .any(|need| matches!(need, Condition::There { object } if object.kind == "DaemonSet"))
    );
}

#[test]
fn only_the_clouds_controller_is_started_anew() {
    let plan = plan("controller-silent", "fires-cloud-hangs");
    let delete = step(&plan, "delete");
    assert_eq!(target(delete).name, "cloud-controller-manager-9xq7d");
    let holds =
        |need: &Condition| matches!(need, Condition::Field { path, .. } if path == "/spec/holderIdentity");
    assert!(delete.needs.iter().any(holds));
    // Without them nobody makes or places the pod that would take over.
    for case in ["fires-controller-manager", "fires-scheduler"] {
        assert!(maybe("controller-silent", case).is_none(), "{case}");
    }
}
