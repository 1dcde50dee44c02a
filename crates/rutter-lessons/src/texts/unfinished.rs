//! Calls that the container runtime does not finish: in the kubelet's events about pods, and in what containers wait for.
//!
//! A call ends at the kubelet's `runtimeRequestTimeout` (2 minutes; making a sandbox has twice that): `context deadline exceeded`,
//! with `rpc error: code = DeadlineExceeded desc = ` before it where the runtime gives up itself, `operation timeout: …` with
//! dockershim. The next try finds that the one before still holds the name: `failed to reserve container name "n": name "n" is
//! reserved for "id"` (containerd), `error reserving ctr name n for id i: name is reserved` behind `kubelet may be retrying requests
//! that are timing out in CRI-O due to system load` (CRI-O). The events are those of the kubelet's `kuberuntime_container.go`,
//! `kuberuntime_sandbox.go`, `kubelet.go` and `images/image_manager.go`, 1.12–1.37.

use super::image_pull;
use super::sandbox;
use super::scan::{has, strip_combined};

/// What the runtime was asked to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Call {
    /// To make or start a container, or to look for its image.
    Start,
    /// To stop a container.
    Stop,
    /// To tell how a pod is.
    Status,
    /// To make a pod's sandbox. The network's plugin is a part of that, and may be what takes so long.
    Sandbox,
    /// To take a pod's sandbox away, with its network.
    Teardown,
}

impl Call {
    /// Whether nothing but the runtime is asked, so that it alone can be what does not answer.
    pub fn is_of_runtime_alone(self) -> bool {
        matches!(self, Self::Start | Self::Stop | Self::Status)
    }
}

/// The call that did not end, by the reason and the message of an event about a pod; `None` where another thing is told.
pub fn call(reason: &str, message: &str) -> Option<Call> {
    let text = strip_combined(message);
    match reason {
        "Failed" => (text.starts_with("Error: ") && !image_pull::is_about_pull(text) && start(text))
            .then_some(Call::Start),
        "InspectFailed" => timed_out(text).then_some(Call::Start),
        "FailedKillPod" => stop(text),
        "FailedSync" if text.contains("error killing pod") => stop(text),
        "FailedSync" => {
            (text.contains("error determining status") && timed_out(text)).then_some(Call::Status)
        }
        "FailedPodSandBoxStatus" => timed_out(text).then_some(Call::Status),
        "FailedCreatePodSandBox" | "FailedCreateSandBox" => {
            let cause = sandbox::parse(text).cause;
            matches!(cause, sandbox::Cause::DeadlineExceeded | sandbox::Cause::NameReserved { .. })
                .then_some(Call::Sandbox)
        }
        _ => None,
    }
}

/// Whether the words are of a container that the runtime did not get made or started in time: the message of a container that
/// waits, or of one that never started.
pub fn start(text: &str) -> bool {
    const HELD: [&str; 4] = [
        "failed to reserve container name",
        "error reserving ctr name",
        "is already in use by container",
        "timing out in CRI-O due to system load",
    ];
    has(text, &HELD) || timed_out(text)
}

/// Of `failed to "KillContainer" for "app" with KillContainerError: "…"` and `failed to "KillPodSandbox" for "uid" with …`. Docker's
/// words are of processes that outlive SIGKILL, and of its own containerd that is gone.
fn stop(text: &str) -> Option<Call> {
    const DOCKER: [&str; 2] = ["did not receive an exit event", "grpc: the connection is unavailable"];
    if !timed_out(text) && !has(text, &DOCKER) {
        return None;
    }
    Some(if text.contains("KillContainer") { Call::Stop } else { Call::Teardown })
}

/// Where the other side notices the end of the time first, the call ends as a stream that was cancelled (recorded on 1.34.4).
fn timed_out(text: &str) -> bool {
    const ENDS: [&str; 4] = [
        "context deadline exceeded",
        "DeadlineExceeded",
        "operation timeout",
        "stream terminated by RST_STREAM with error code: CANCEL",
    ];
    has(text, &ENDS)
}

#[cfg(test)]
mod tests {
    use super::*;

    const DEADLINE: &str = "rpc error: code = DeadlineExceeded desc = context deadline exceeded";

    #[test]
    fn starts() {
        let name = "web_web-0_shop_1f_0";
        for text in [
            "Error: context deadline exceeded".to_owned(),
            "Error: stream terminated by RST_STREAM with error code: CANCEL".to_owned(),
            format!("Error: failed to reserve container name \"{name}\": name \"{name}\" is reserved for \"a8\""),
            "(combined from similar events): Error: Kubelet may be retrying requests that are timing out in CRI-O due to \
             system load: context deadline exceeded: error reserving ctr name k8s_a for id eb: name is reserved"
                .to_owned(),
            "Error: failed to create containerd task: failed to create shim task: context deadline exceeded: unknown"
                .to_owned(),
        ] {
            assert_eq!(call("Failed", &text), Some(Call::Start), "{text}");
        }
        assert_eq!(
            call("InspectFailed", &format!("Failed to inspect image \"a\": {DEADLINE}")),
            Some(Call::Start)
        );
    }

    #[test]
    fn others() {
        let kill = format!(
            "error killing pod: [failed to \"KillContainer\" for \"app\" with KillContainerError: \"{DEADLINE}\", failed to \
             \"KillPodSandbox\" for \"f3\" with KillPodSandboxError: \"{DEADLINE}\"]"
        );
        assert_eq!(call("FailedKillPod", &kill), Some(Call::Stop));
        let network = format!(
            "error killing pod: failed to \"KillPodSandbox\" for \"f3\" with KillPodSandboxError: \"{DEADLINE}\""
        );
        assert_eq!(call("FailedKillPod", &network), Some(Call::Teardown));
        let old = "error determining status: rpc error: code = Unknown desc = operation timeout: context deadline exceeded";
        assert_eq!(call("FailedSync", old), Some(Call::Status));
        let sandbox = format!("Failed to create pod sandbox: {DEADLINE}");
        assert_eq!(call("FailedCreatePodSandBox", &sandbox), Some(Call::Sandbox));
        assert!(!Call::Sandbox.is_of_runtime_alone() && Call::Stop.is_of_runtime_alone());
    }

    #[test]
    fn what_is_not_the_runtime() {
        let pull = format!("Failed to pull image \"a\": {DEADLINE}");
        assert_eq!(call("Failed", &pull), None);
        assert_eq!(call("Failed", "Error: ImagePullBackOff"), None);
        assert_eq!(call("Failed", "Error: configmap \"a\" not found"), None);
        assert_eq!(call("FailedSync", "error determining status: rpc error: No such container: 3a"), None);
        assert_eq!(
            call(
                "FailedKillPod",
                "error killing pod: failed to \"KillPodSandbox\" for \"f\" with x: \"cni\""
            ),
            None
        );
        assert_eq!(call("Unhealthy", "Readiness probe failed: context deadline exceeded"), None);
        assert_eq!(call("FailedMount", "timed out waiting: context deadline exceeded"), None);
    }
}
