use super::*;
use crate::texts::testing::survives;

const RECORDED: &str = "[container runtime is down, PLEG is not healthy: pleg was last seen active 4m7.733081084s ago; threshold is 3m0s]";
const OLD: &str = "container runtime is down,PLEG is not healthy: pleg was last seen active 2562047h47m16.854775807s ago; threshold is 3m0s";
const NETWORK: &str = "container runtime network not ready: NetworkReady=false reason:NetworkPluginNotReady message:Network plugin returns error: cni plugin not initialized";
const NETWORK_OLD: &str = "runtime network not ready: NetworkReady=false reason:NetworkPluginNotReady message:docker: network plugin is not ready: cni config uninitialized, check the plugin, then wait,PLEG is not healthy: pleg has yet to be successful";
const RUNTIME: &str = "[container runtime not ready: RuntimeReady=false reason:DockerDaemonNotReady message:docker: failed to get docker version: Cannot connect, retry, container runtime is down]";

const THREE_MINUTES: Option<Duration> = Some(Duration::from_mins(3));

#[test]
fn several_causes() {
    let last_seen = LastSeen::Ago(Duration::new(247, 733_081_084));
    let pleg = NotReady::PlegUnhealthy { last_seen, threshold: THREE_MINUTES };
    assert_eq!(parse(RECORDED), [NotReady::RuntimeDown, pleg]);
    let never = NotReady::PlegUnhealthy { last_seen: LastSeen::Never, threshold: THREE_MINUTES };
    assert_eq!(parse(OLD), [NotReady::RuntimeDown, never]);
    assert_eq!(pleg.to_string(), "the kubelet could not list its containers for 247s (PLEG)");
    assert!(pleg.is_runtime());
}

#[test]
fn commas_inside_a_part() {
    let message =
        "docker: network plugin is not ready: cni config uninitialized, check the plugin, then wait";
    let network = NotReady::NetworkNotReady { reason: "NetworkPluginNotReady", message, era: Era::Old };
    assert_eq!(parse(NETWORK_OLD), [network, NotReady::PlegNeverSucceeded]);
    let message = "docker: failed to get docker version: Cannot connect, retry";
    let runtime = NotReady::RuntimeNotReady { reason: "DockerDaemonNotReady", message };
    assert_eq!(parse(RUNTIME), [runtime, NotReady::RuntimeDown]);
}

#[test]
fn single_causes() {
    let message = "Network plugin returns error: cni plugin not initialized";
    let network = NotReady::NetworkNotReady { reason: "NetworkPluginNotReady", message, era: Era::Current };
    assert_eq!(parse(NETWORK), [network]);
    assert_eq!(parse("Kubelet stopped posting node status."), [NotReady::StoppedPosting]);
    assert_eq!(parse("Kubelet never posted node status."), [NotReady::NeverUpdated]);
    assert_eq!(parse("node is shutting down"), [NotReady::NodeShuttingDown]);
    assert_eq!(parse("CSINode is not yet initialized"), [NotReady::CsiNodeNotReady]);
    assert_eq!(
        parse(
            "[container runtime status check may not have completed yet, PLEG is not healthy: pleg has yet to be successful]"
        ),
        [NotReady::RuntimeStatusNotChecked, NotReady::PlegNeverSucceeded]
    );
    assert_eq!(parse("ducks, geese"), [NotReady::Other("ducks, geese")]);
    assert!(parse("kubelet is posting ready status. AppArmor enabled").is_empty());
    assert!(parse("").is_empty());
}

#[test]
fn never_panics() {
    let all = |text: &str| parse(text).iter().map(ToString::to_string).collect::<Vec<_>>();
    survives(&[RECORDED, OLD, NETWORK, NETWORK_OLD, RUNTIME], all);
}
