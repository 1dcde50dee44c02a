//! Containers that don't come to run: what the lessons about them share.

use rutter_cluster::{
    Time,
    objects::{Condition, ContainerStatus, Pod},
};

use crate::{
    Context, Finding, Remedy, Risk,
    containers::{self, Role},
    revision,
    texts::{
        container_exit::StartFailure,
        node_ready::{self, NotReady},
    },
};

/// Trouble while a pod starts that may pass by itself is no finding before this age, in seconds.
pub(crate) const START: i64 = 60;

/// The kubelet writes a pod's first conditions within this time, in seconds, of its start.
const SYNC: i64 = 30;

/// Since when a pod that isn't ready hasn't been.
pub(crate) fn unready_since(pod: &Pod) -> Option<Time> {
    let lost = pod.condition("Ready").filter(|ready| !ready.is_true());
    let scheduled = pod.condition("PodScheduled").filter(|scheduled| scheduled.is_false());
    lost.or(scheduled).and_then(|condition| condition.last_transition_time).or(pod.meta.created)
}

/// Whether a pod has its node, and nothing stopped a container or keeps it from starting.
pub(crate) fn only_starts(pod: &Pod) -> bool {
    let waits = |reason: &str| !matches!(reason, "" | "ContainerCreating" | "PodInitializing");
    let wrong = |(status, init): (&ContainerStatus, bool)| {
        status.state.waiting.as_ref().is_some_and(|waiting| waits(&waiting.reason))
            || (!init && status.state.terminated.is_some())
    };
    !pod.spec.node_name.is_empty() && !pod.container_statuses().any(wrong)
}

/// Whether a pod was ready before: `Ready` is False from its start on, so a later change to that is a loss.
pub(crate) fn was_ready(pod: &Pod) -> bool {
    let lost = pod.condition("Ready").filter(|ready| ready.is_false());
    let lost = lost.and_then(|ready| ready.last_transition_time);
    lost.zip(pod.status.start_time).is_some_and(|(lost, started)| lost.since(started) > SYNC)
}

/// Whether one of its containers has been tried: it waits for neither its node, nor its volumes, nor its first start.
pub(crate) fn was_tried(pod: &Pod) -> bool {
    pod.container_statuses().any(|(status, _)| {
        let waits = status.state.waiting.as_ref().is_some_and(|waiting| {
            !matches!(waiting.reason.as_str(), "" | "ContainerCreating" | "PodInitializing")
        });
        waits || status.restart_count > 0 || status.state.running.is_some()
    })
}

/// A node that is not Ready may not have said for long how its pods are; one that says itself that only its network is missing
/// goes on saying it.
pub(crate) fn is_out_of_date(context: &Context<'_>, pod: &Pod) -> bool {
    let node = context.node(&pod.spec.node_name).ok().flatten();
    let ready = node.and_then(|node| node.condition("Ready"));
    ready.is_some_and(|ready| !ready.is_true() && !lacks_only_network(ready))
}

fn lacks_only_network(ready: &Condition) -> bool {
    let causes = node_ready::parse(&ready.message);
    let is_network = |cause: &NotReady<'_>| matches!(cause, NotReady::NetworkNotReady { .. });
    ready.is_false() && !causes.is_empty() && causes.iter().all(is_network)
}

/// What to know beside it: how old it may be, who waits for an init container, that only the new revision is concerned.
pub(crate) fn consequence(context: &Context<'_>, pod: &Pod, role: Role) -> String {
    if is_out_of_date(context, pod) {
        return format!("; {} is not Ready, so that this may be out of date", pod.spec.node_name);
    }
    match revision::rollout(context, pod) {
        Some(rollout) => format!("; {}", rollout.phrase()),
        None if role == Role::Init => "; the pod's other containers wait for it".to_owned(),
        None => String::new(),
    }
}

/// Why the command can't be started, with the node's architecture where that matters.
pub(crate) fn phrase(context: &Context<'_>, pod: &Pod, failure: StartFailure<'_>) -> String {
    match failure {
        StartFailure::WrongArchitecture => {
            let node = context.node(&pod.spec.node_name).ok().flatten();
            match node.map(|node| node.status.node_info.architecture.as_str()) {
                Some(of) if !of.is_empty() => format!(
                    "exec format error: its command is not made for {} ({of}), or is a script without #!",
                    pod.spec.node_name
                ),
                _ => format!("exec format error: {failure}"),
            }
        }
        // The shell's or the kernel's "no such file" also means the interpreter in the first line, or its line end.
        StartFailure::CommandNotFound { command: Some(command) } if command.strip_suffix(".sh").is_some() => {
            format!(
                "the image has no {command}, or not the interpreter in its first line (a Windows line end hides it)"
            )
        }
        StartFailure::Other { detail } if detail.trim().is_empty() => {
            "the runtime does not say why".to_owned()
        }
        StartFailure::Other { detail } | StartFailure::MountProblem { detail } => {
            format!("{}: {}", kind(failure), containers::shortened(&containers::clean(detail), 120))
        }
        _ => failure.to_string(),
    }
}

fn kind(failure: StartFailure<'_>) -> &'static str {
    match failure {
        StartFailure::MountProblem { .. } => "a volume cannot be mounted into it",
        _ => "the runtime says",
    }
}

/// What to do about a command that can't be executed.
pub(crate) fn look_at_command(
    context: &Context<'_>,
    finding: &Finding,
    pod: &Pod,
    container: &str,
) -> Vec<Option<Remedy>> {
    let last = if finding.message.contains("exec format error") {
        platform(pod, container)
    } else {
        command(pod, container)
    };
    vec![Some(describe(pod)), revision::roll_back(context, finding, pod), Some(last)]
}

/// The first look: the words of the kubelet and the runtime in full.
pub(crate) fn describe(pod: &Pod) -> Remedy {
    let command = format!("kubectl -n {} describe pod {}", pod.meta.namespace, pod.meta.name);
    Remedy::new(Risk::ReadOnly, "see what the runtime and the kubelet say in full", [command])
}

fn platform(pod: &Pod, container: &str) -> Remedy {
    let title = "compare the node's architecture with the image's; build it for both, or keep its pods where it runs \
                 (nodeSelector kubernetes.io/arch)";
    let image = pod.container(container).map_or("", |container| container.image.as_str());
    let known = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-' | '/' | ':' | '@');
    let image = if !image.is_empty() && image.chars().all(known) { image } else { "<image>" };
    let commands = [
        "kubectl get nodes -L kubernetes.io/arch".to_owned(),
        format!("crane manifest {image} | jq '.manifests[]?.platform'"),
    ];
    Remedy::new(Risk::Reversible, title, commands)
}

fn command(pod: &Pod, container: &str) -> Remedy {
    let list = Role::of(pod, container).spec_list();
    let title = "compare the command with what the image holds: correct it in the template, or the path, the execute bit or \
                 the first line of the script in the image";
    let (namespace, name) = (&pod.meta.namespace, &pod.meta.name);
    let command = format!(
        "kubectl -n {namespace} get pod {name} -o jsonpath='{{.spec.{list}[?(@.name==\"{container}\")].command}} {{.spec.{list}[?(@.name==\"{container}\")].args}}{{\"\\n\"}}'"
    );
    Remedy::new(Risk::Reversible, title, [command])
}
