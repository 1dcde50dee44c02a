//! What to do, by why the container does not start.

use rutter_cluster::objects::{ContainerStatus, Pod};

use crate::{
    Context, Finding, Remedy, Risk, revision, starting,
    texts::container_config::{self, Problem},
};

pub(super) fn remedies(context: &Context<'_>, finding: &Finding) -> Vec<Remedy> {
    let Some(pod) = finding.instances.first().and_then(|instance| context.pod(instance)) else {
        return Vec::new();
    };
    let name = finding.container.as_deref().unwrap_or_default();
    let Some((status, _)) = pod.container_statuses().find(|(status, _)| status.name == name) else {
        return Vec::new();
    };
    let back = || revision::roll_back(context, finding, pod);
    let message = status.state.waiting.as_ref().map_or("", |waiting| waiting.message.as_str());
    let problem = container_config::problem(message);
    match finding.variant {
        "config-missing" => vec![Some(list(pod, problem)), back(), settings(pod, problem)],
        "config-unread" => {
            let refused = matches!(problem, Problem::Forbidden { .. });
            let fresh = if refused { None } else { fresh(context, pod) };
            vec![Some(starting::describe(pod)), Some(kubelet(pod)), fresh]
        }
        "config-error" => vec![Some(starting::describe(pod)), back(), refused(pod, problem)],
        "runtime" => vec![Some(starting::describe(pod)), Some(runtime(pod, status))],
        _ => starting::look_at_command(context, finding, pod, name),
    }
    .into_iter()
    .flatten()
    .collect()
}

/// What there is instead of what is missing, without a value.
fn list(pod: &Pod, problem: Problem<'_>) -> Remedy {
    let namespace = &pod.meta.namespace;
    let plain = |name: &str| name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-'));
    if let Problem::Key { kind, name, .. } = problem
        && plain(name)
    {
        let title = format!("see which keys {kind} {name} has (names only, no values)");
        let kind = kind.to_lowercase();
        let command = format!(
            "kubectl -n {namespace} get {kind} {name} -o go-template='{{{{range $key, $_ := .data}}}}{{{{println $key}}}}{{{{end}}}}'"
        );
        return Remedy::new(Risk::ReadOnly, title, [command]);
    }
    let title = "see which ConfigMaps and Secrets there are (names and numbers of keys only)";
    Remedy::new(Risk::ReadOnly, title, [format!("kubectl -n {namespace} get configmaps,secrets")])
}

fn settings(pod: &Pod, problem: Problem<'_>) -> Option<Remedy> {
    let title = match problem {
        Problem::Object { kind, name } => format!(
            "make {kind} {name} in namespace {}, from where it is kept for the other namespaces, or correct its name in the \
             template; the kubelet tries again by itself",
            pod.meta.namespace
        ),
        Problem::Key { kind, name, key } => format!(
            "add key {key} to {kind} {name}, or correct the key in the template; the kubelet tries again by itself"
        ),
        _ => return None,
    };
    Some(Remedy::new(Risk::Reversible, title, []))
}

fn refused(pod: &Pod, problem: Problem<'_>) -> Option<Remedy> {
    match problem {
        Problem::Root | Problem::RootUser | Problem::UserName(_) => {
            let title = "give the image a numbered user that is not 0, or set runAsUser in the container's securityContext to one \
                         that its files belong to; do not switch runAsNonRoot off to get it started";
            Some(Remedy::new(Risk::Reversible, title, []))
        }
        Problem::SubPath { .. } => {
            let (namespace, name) = (&pod.meta.namespace, &pod.meta.name);
            let title = "if it ran before and only its restart fails, its ConfigMap or Secret was changed meanwhile: a new pod in its \
                         place mounts it anew (only if a controller makes one, and its emptyDir volumes are lost)";
            let owned = pod.meta.controller().is_some();
            owned.then(|| {
                Remedy::new(Risk::Disruptive, title, [format!("kubectl -n {namespace} delete pod {name}")])
            })
        }
        _ => None,
    }
}

/// Why the kubelet does not get what it asks for.
fn kubelet(pod: &Pod) -> Remedy {
    let node = &pod.spec.node_name;
    let title = format!(
        "on {node} as root, see what the kubelet says of its reads (a refusal, a time-out, a version)"
    );
    let commands = [
        "journalctl -u kubelet --since -15min | grep -iE 'failed to (list|watch)|forbidden|configmap|secret' | tail -20"
            .to_owned(),
        "kubectl get nodes -o wide   # a kubelet newer than the API server cannot read all of it".to_owned(),
    ];
    Remedy::new(Risk::ReadOnly, title, commands)
}

/// The node has fresh eyes after its kubelet's restart; what runs goes on.
fn fresh(context: &Context<'_>, pod: &Pod) -> Option<Remedy> {
    let node = context.node(&pod.spec.node_name).ok().flatten()?;
    let title = format!(
        "if it says nothing of a refusal and other pods on {} start, restart its kubelet: running containers stay, but with \
         static CPU or memory managers look first whether their state file is sound",
        node.meta.name
    );
    Some(Remedy::new(Risk::Disruptive, title, ["systemctl restart kubelet".to_owned()]))
}

fn runtime(pod: &Pod, status: &ContainerStatus) -> Remedy {
    let node = &pod.spec.node_name;
    let title = format!(
        "on {node} as root, see whether the container runtime answers, and what it holds of this pod"
    );
    let commands = [
        format!("timeout 10 crictl ps -a --name '^{}$'", status.name),
        "journalctl -u containerd -u crio -u docker --since -15min".to_owned(),
    ];
    Remedy::new(Risk::ReadOnly, title, commands)
}
