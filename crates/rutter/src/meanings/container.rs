//! Texts about containers: images, their environment, their start, their end, their probes.

use super::Said;
use rutter_lessons::{
    texts::{
        container_config::{Problem, problem},
        container_exit, image_pull, probe, unfinished as calls,
    },
    words::duration,
};

const EVENTS: &str = "kubectl describe pod NAME: its containers' states and its events";

pub(super) fn probe(text: &str) -> Option<Said> {
    const LESSONS: &[&str] = &["probe-refused", "crash-loop", "restarts-by-node-load"];
    const LOOK: &str =
        "kubectl logs POD -c CONTAINER --previous, and the probe's port, path and timeout in the pod's spec";
    let failure = probe::parse(text)?;
    let (_, rest) = text.split_once(" probe ")?;
    let outcome = failure.outcome;
    if rest.starts_with("warning") {
        let says = format!("A {} probe warned: {outcome}; it counts as passed", failure.probe);
        return Said::new(says, LOOK, LESSONS);
    }
    if failure.errored {
        let says = format!(
            "A {} probe could not be carried out: {outcome}; it counts neither as passed nor as failed",
            failure.probe
        );
        return Said::new(says, LOOK, LESSONS);
    }
    if !rest.starts_with("failed") {
        return None;
    }
    let effect = match failure.probe {
        probe::ProbeKind::Liveness => {
            "after failureThreshold failures in a row the kubelet restarts the container"
        }
        probe::ProbeKind::Readiness => {
            "after failureThreshold failures in a row (3 by default) the pod is taken out of its Services, and comes back after successThreshold successes (1 by default); nothing is restarted"
        }
        probe::ProbeKind::Startup => {
            "the other probes wait for it, and when it runs out of tries the container is restarted"
        }
    };
    Said::new(format!("A {} probe failed: {outcome}; {effect}", failure.probe), LOOK, LESSONS)
}

pub(super) fn killing(text: &str) -> Option<Said> {
    let killing = probe::killing(text)?;
    let why = match killing.reason {
        probe::KillReason::ProbeFailed(probe) => {
            format!("because its {probe} probe failed; it is started again")
        }
        probe::KillReason::DefinitionChanged => {
            "because its definition changed; it is started again".to_owned()
        }
        probe::KillReason::PostStartHookFailed => "because its postStart hook failed".to_owned(),
        probe::KillReason::Stopping => {
            "because its pod ends: it was deleted, evicted or finished, or its sandbox is made anew"
                .to_owned()
        }
        // `Container image … already present`, `Container runtime is down`: no Killing at all.
        probe::KillReason::Other(_) => return None,
    };
    Said::new(format!("The kubelet stops container {} {why}", killing.container), EVENTS, &["crash-loop"])
}

pub(super) fn image_pull(text: &str) -> Option<Said> {
    let is_one = image_pull::is_about_pull(text)
        || [
            "ailed to pull image",
            "ErrImagePull",
            "ImagePullBackOff",
            "ErrImageNeverPull",
            "InvalidImageName",
            "ailed to pull and unpack image",
            "toomanyrequests: ",
            "reached your pull rate limit",
            "reached your unauthenticated pull rate limit",
        ]
        .iter()
        .any(|mark| text.contains(mark));
    if !is_one {
        return None;
    }
    let failure = image_pull::parse(text);
    let image = failure.image.map_or_else(|| "an image".to_owned(), |image| format!("image {image}"));
    let passes = if failure.cause.may_pass() { "; it is tried again and can pass by itself" } else { "" };
    let says = match failure.cause {
        image_pull::Cause::NotStated => format!(
            "The node could not pull {image} and waits before it tries again; why stands in an earlier event Failed"
        ),
        cause => format!("The node could not pull {image}: {cause}{passes}"),
    };
    Said::new(
        says,
        "kubectl get events --field-selector reason=Failed, the image's name, and the pod's imagePullSecrets",
        &["image-pull"],
    )
}

pub(super) fn config(text: &str) -> Option<Said> {
    let says = match problem(text) {
        Problem::Object { kind, name } => format!(
            "A container needs the {kind} {name}, which is not in the pod's namespace; the kubelet tries again until it is"
        ),
        Problem::Key { kind, name, key } => format!(
            "A container needs the key {key} of the {kind} {name}; the {kind} is there, the key is not"
        ),
        Problem::Forbidden { kind, name } => format!(
            "The API server does not give the {kind} {name} to this node: it gives a node only what its pods refer to"
        ),
        Problem::Unread { what } => format!(
            "The kubelet has not read {what} from the API server yet: it has just started, or can't reach it"
        ),
        Problem::SubPath { volume } => format!(
            "The subPath of a volume{} can't be prepared",
            volume.map_or_else(String::new, |name| format!(" ({name})"))
        ),
        Problem::Root => "The pod asks for runAsNonRoot, and its image runs as root".to_owned(),
        Problem::RootUser => "The pod asks for runAsNonRoot, and its runAsUser is 0".to_owned(),
        Problem::UserName(name) => format!(
            "The pod asks for runAsNonRoot, and its image names its user ({name}) instead of numbering it, so nobody can tell; set runAsUser"
        ),
        Problem::Other(_) => return None,
    };
    Said::new(
        says,
        "kubectl -n NAMESPACE get configmap,secret, and env, envFrom and volumes in the pod's spec",
        &["container-config-error"],
    )
}

pub(super) fn back_off(text: &str) -> Option<Said> {
    const LESSONS: &[&str] = &["crash-loop", "limit-reached", "container-config-error"];
    let back_off = container_exit::back_off(text)?;
    let container =
        back_off.container.map_or_else(|| "A container".to_owned(), |name| format!("Container {name}"));
    let pod =
        back_off.pod.map_or_else(String::new, |(name, namespace, _)| format!(" of pod {namespace}/{name}"));
    let delay = back_off.delay.map_or_else(String::new, |delay| {
        format!(" ({} at present)", duration(i64::try_from(delay.as_secs()).unwrap_or(i64::MAX)))
    });
    let says = format!(
        "{container}{pod} ended again and again; the kubelet waits{delay} before it starts it once more, twice as long each time up to 5 minutes. This is the waiting, not the cause: why it ended tells its last state"
    );
    Said::new(
        says,
        "kubectl logs POD --previous, and lastState in kubectl describe pod: exit code and reason",
        LESSONS,
    )
}

pub(super) fn start(text: &str) -> Option<Said> {
    const MARKS: [&str; 8] = [
        "OCI runtime create failed",
        "unable to start container process",
        "exec format error",
        "executable file not found",
        "no command specified",
        "ailed to create containerd task",
        "ailed to create shim",
        "container_linux.go",
    ];
    if !MARKS.iter().any(|mark| text.contains(mark)) {
        return None;
    }
    let failure = container_exit::start_failure(text);
    Said::new(
        format!("The container's process could not be started: {failure}"),
        "command, args and volumeMounts in the pod's spec, and for which architecture the image is made",
        &["crash-loop", "container-config-error"],
    )
}

/// `exit code 137`, `exited with code 1`, `Exit Code: 139`, `OOMKilled`.
pub(super) fn exit(text: &str) -> Option<Said> {
    const LESSONS: &[&str] = &["crash-loop", "limit-reached", "job-failing"];
    const LOOK: &str = "kubectl logs POD --previous, and lastState in kubectl describe pod";
    if text == "OOMKilled" || (text.contains("OOMKilled") && code(text).is_none_or(|code| code == 137)) {
        let says = "The kernel killed the container's process because its memory limit was reached, or (without one, or with SystemOOM on the node) the node's memory ran out; the exit code is 137 (128 + 9, SIGKILL). The limit is the container's own, or the pod's";
        return Said::new(
            says,
            "the container's resources.limits.memory, and what it used: kubectl top pod --containers",
            &["limit-reached", "crash-loop", "system-oom"],
        );
    }
    // `mount failed: exit status 32` is of mount(8), not of a container.
    if text.to_ascii_lowercase().contains("mount failed") {
        return None;
    }
    let code = code(text)?;
    let more = match code {
        137 => {
            ": the kernel for memory (then the reason is OOMKilled), the kubelet at the end of the grace period or after a failed liveness probe, or somebody by hand"
        }
        143 => ": somebody asked it to end, as the kubelet does before it stops a container",
        _ => "",
    };
    let exit = container_exit::exit(code, None, "");
    Said::new(format!("The process ended with exit code {code}: {exit}{more}"), LOOK, LESSONS)
}

fn code(text: &str) -> Option<i64> {
    let lower = text.to_ascii_lowercase();
    let marks = [
        "exit code: ",
        "exit code ",
        "exitcode: ",
        "exitcode=",
        "exit status ",
        "exited with code ",
        "exit code=",
    ];
    let rest = marks.iter().find_map(|mark| lower.split_once(mark))?.1;
    let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
    // More than 32 bits is no exit code.
    digits.parse::<u32>().ok().map(i64::from)
}

pub(super) fn unfinished(text: &str) -> Option<Said> {
    // The words alone are said of any call.
    (text.contains("container") && calls::start(text)).then_some(())?;
    Said::new(
        "The container runtime did not get a container made or started in time: an earlier attempt still runs or hangs. A slow disk or a hung runtime does that",
        "the node: kubectl describe node NAME, and on it crictl ps, journalctl -u containerd",
        &["runtime-stuck", "node-not-ready-pleg"],
    )
}

/// The words alone, which say only that something took too long.
pub(super) fn deadline(text: &str) -> Option<Said> {
    let lower = text.to_ascii_lowercase();
    let is_one = lower.contains("context deadline exceeded")
        || lower.contains("deadlineexceeded")
        || lower.contains("i/o timeout");
    is_one.then_some(())?;
    if text == "DeadlineExceeded" {
        return Said::new(
            "As the reason of a pod or Job: it ran longer than its activeDeadlineSeconds. As the code of an error: a call was given up because no answer came in time",
            "where the word stands: in a status, or in an error",
            &["job-failing", "runtime-stuck"],
        );
    }
    if lower.contains("dial tcp") && lower.contains("i/o timeout") {
        return Said::new(
            "No connection came about in time: nobody accepted or refused it. Packets are lost on the way, mostly to a NetworkPolicy, a firewall, a missing route or a dead node or pod",
            "whether the address before these words is a pod, a Service or a node that lives, and which policies stand between",
            &["node-network-not-ready", "network-unavailable"],
        );
    }
    Said::new(
        "A call was given up because no answer came in time. The text does not say who did not answer: of a kubelet it is mostly the container runtime, of the API server etcd or a webhook, of an application whatever it called",
        "what stands before these words: who called whom; then that one's health",
        &["runtime-stuck", "webhook-blocks", "sandbox-failed"],
    )
}
