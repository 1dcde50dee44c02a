use super::*;
use crate::texts::testing::survives;

const NEW: &str = "0/3 nodes are available: 1 Insufficient cpu, 1 node(s) didn't match Pod's node affinity/selector, 2 node(s) had untolerated taint {node-role.kubernetes.io/control-plane: }. preemption: 0/3 nodes are available: 1 Preemption is not helpful for scheduling, 2 No preemption victims found for incoming pod.";
const NEWEST: &str = "0/1 nodes are available: 1 node(s) had untolerated taint(s). no new claims to deallocate, preemption: 0/1 nodes are available: 1 Preemption is not helpful for scheduling.";
const MIDDLE: &str = "0/4 nodes are available: 1 node(s) had taint {node.kubernetes.io/disk-pressure: }, that the pod didn't tolerate, 3 Insufficient nvidia.com/gpu.";
const OLD: &str =
    "No nodes are available that match all of the predicates: Insufficient cpu (3), MatchNodeSelector (2).";
const CLAIMS: &str = "pod has unbound PersistentVolumeClaims (repeated 2 times)";
const CLAIMS_NEW: &str = "0/3 nodes are available: pod has unbound immediate PersistentVolumeClaims. preemption: 0/3 nodes are available: 3 Preemption is not helpful for scheduling.";

#[test]
fn new_forms() {
    let read = parse(NEW);
    assert_eq!((read.available, read.total, read.era), (Some(0), Some(3), Era::Current));
    let taint = Reason::Taint { key: "node-role.kubernetes.io/control-plane", value: "" };
    assert_eq!(
        read.reasons,
        [(Some(1), Reason::Insufficient("cpu")), (Some(1), Reason::NodeAffinity), (Some(2), taint)]
    );
    assert_eq!(
        read.preemption,
        Some(
            "0/3 nodes are available: 1 Preemption is not helpful for scheduling, 2 No preemption victims found for incoming pod"
        )
    );
    assert_eq!(parse(NEWEST).reasons, [(Some(1), Reason::Taint { key: "", value: "" })]);
    assert!(read.has(|r| matches!(r, Reason::Insufficient("cpu"))));
    assert_eq!(taint.to_string(), "the taint node-role.kubernetes.io/control-plane");
}

#[test]
fn old_forms() {
    let taint = Reason::Taint { key: "node.kubernetes.io/disk-pressure", value: "" };
    assert_eq!(parse(MIDDLE).reasons, [(Some(1), taint), (Some(3), Reason::Insufficient("nvidia.com/gpu"))]);
    let old = parse(OLD);
    assert_eq!(old.reasons, [(Some(3), Reason::Insufficient("cpu")), (Some(2), Reason::NodeAffinity)]);
    assert_eq!((old.total, old.era), (None, Era::Old));
    assert_eq!(parse(CLAIMS).reasons, [(None, Reason::UnboundClaims)]);
    assert_eq!(parse(CLAIMS_NEW).reasons, [(None, Reason::UnboundClaims)]);
    assert_eq!(parse("no nodes available to schedule pods").total, Some(0));
}

#[test]
fn reasons() {
    let cases = [
        ("node(s) didn't match pod anti-affinity rules", Reason::PodAntiAffinity),
        ("node(s) didn't match pod affinity rules", Reason::PodAffinity),
        ("node(s) didn't match pod topology spread constraints", Reason::TopologySpread),
        ("node(s) didn't have free ports for the requested pod ports", Reason::HostPorts),
        ("node(s) were unschedulable", Reason::Cordoned),
        ("node(s) had volume node affinity conflict", Reason::VolumeAffinity),
        ("node(s) had no available volume zone", Reason::VolumeAffinity),
        ("node(s) didn't find available persistent volumes to bind", Reason::NoPersistentVolume),
        ("node(s) exceed max volume count", Reason::VolumeLimit),
        ("node(s) had disk pressure", Reason::Pressure("disk")),
        ("persistentvolumeclaim \"data\" not found", Reason::ClaimMissing("data")),
        ("Too many pods", Reason::TooManyPods),
        ("cannot allocate all claims", Reason::ResourceClaims),
        ("ducks", Reason::Other("ducks")),
    ];
    for (text, expected) in cases {
        assert_eq!(reason(text), expected, "{text}");
    }
    assert_eq!(
        parse("persistentvolumeclaim \"data\" not found").reasons,
        [(None, Reason::ClaimMissing("data"))]
    );
    assert!(parse("").reasons.is_empty());
}

#[test]
fn never_panics() {
    survives(&[NEW, NEWEST, MIDDLE, OLD, CLAIMS, CLAIMS_NEW], |text| {
        let read = parse(text);
        read.reasons.iter().map(|(_, reason)| reason.to_string()).collect::<Vec<_>>()
    });
}
