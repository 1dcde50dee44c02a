use super::*;
use crate::texts::testing::survives;

#[test]
fn who_disrupted_it() {
    assert_eq!(Disruption::of_reason("DeletionByTaintManager"), Some(Disruption::Taint));
    assert_eq!(Disruption::of_reason("EvictionByEvictionAPI"), Some(Disruption::EvictionApi));
    assert_eq!(Disruption::of_reason("x"), None);
}

#[test]
fn shutdown() {
    let text = "Pod was terminated in response to imminent node shutdown.";
    assert_eq!(parse("Terminated", text), Some(PodEnd::NodeShutdown));
    assert_eq!(parse("", text), Some(PodEnd::NodeShutdown));
    assert_eq!(parse("Shutdown", "Node is shutting, evicting pods"), Some(PodEnd::NodeShutdown));
    let refused = "Pod was rejected as the node is shutting down.";
    assert_eq!(parse("NodeShutdown", refused), Some(PodEnd::RefusedByShutdown));
}

#[test]
fn no_room() {
    let text = "Pod Node didn't have enough resource: cpu, requested: 100, used: 3900, capacity: 4000";
    let expected =
        PodEnd::OutOf { resource: "cpu", requested: Some(100), used: Some(3900), capacity: Some(4000) };
    assert_eq!(parse("OutOfcpu", text), Some(expected.clone()));
    assert_eq!(parse("", text), Some(expected.clone()));
    assert_eq!(expected.to_string(), "refused by the node: 100 of cpu requested, 3900 of 4000 in use");
    assert!(matches!(parse("OutOfpods", ""), Some(PodEnd::OutOf { resource: "pods", capacity: None, .. })));
}

#[test]
fn others() {
    let low = "Pod The node was low on resource: [DiskPressure]. ";
    assert!(matches!(parse("Evicted", low), Some(PodEnd::Evicted(Eviction::Refused { .. }))));
    assert_eq!(
        parse("Preempted", "Preempted by default/high on node node-a"),
        Some(PodEnd::Preempted { by: Some("default/high") })
    );
    let nameless = Some(PodEnd::Preempted { by: None });
    assert_eq!(parse("Preempted", "Preempted by a pod on node node-a"), nameless);
    assert_eq!(parse("Preempting", "Preempted in order to admit critical pod"), nameless);
    assert_eq!(
        parse("TaintManagerEviction", "Marking for deletion Pod h03-sts/ledger-0"),
        Some(PodEnd::TaintEviction { marked: true, pod: "h03-sts/ledger-0" })
    );
    assert_eq!(
        parse("TaintManagerEviction", "Cancelling deletion of Pod a/b"),
        Some(PodEnd::TaintEviction { marked: false, pod: "a/b" })
    );
    let lost = "Node n1 which was running pod p is unresponsive";
    assert_eq!(parse("NodeLost", lost), Some(PodEnd::NodeLost));
    assert_eq!(lost_node(lost), Some("n1"));
    assert_eq!(parse("Completed", "done"), None);
}

#[test]
fn never_panics() {
    let samples = [
        "Pod Node didn't have enough resource: cpu, requested: 100, used: 3900, capacity: 4000",
        "Preempted by pod 1234-5678 on node node-a",
        "Marking for deletion Pod h03-sts/ledger-0",
        "Node n1 which was running pod p is unresponsive",
    ];
    for reason in ["", "OutOf", "Preempted", "TaintManagerEviction"] {
        survives(&samples, |text| parse(reason, text).map(|end| end.to_string()));
    }
}
