//! What to do, by why the container ends.

use rutter_cluster::objects::{ContainerStatus, Pod};

use super::{config, depends, log, revision};
use crate::{Context, Finding, Remedy, Risk, containers, texts::container_exit::StartFailure};

pub(super) fn remedies(context: &Context<'_>, finding: &Finding) -> Vec<Remedy> {
    let Some(pod) = finding.instances.first().and_then(|instance| context.pod(instance)) else {
        return Vec::new();
    };
    let name = finding.container.as_deref().unwrap_or_default();
    let Some((status, _)) = pod.container_statuses().find(|(status, _)| status.name == name) else {
        return Vec::new();
    };
    let at = At { context, finding, pod, status, namespace: &pod.meta.namespace };
    match finding.variant {
        "config-missing" => vec![at.list_settings(), at.roll_back(), at.settings()],
        "config-error" => vec![at.describe(), at.roll_back(), At::user()],
        "killed-by-probe" => vec![at.probes(), at.last_words(), at.roll_back(), At::slow_start()],
        "dependency" => vec![at.last_words(), at.dependency(), at.roll_back(), at.try_again()],
        "start-failed" => vec![at.describe(), at.platform(), at.roll_back(), at.command()],
        "runtime" => vec![at.describe(), at.runtime()],
        "completed" => vec![at.last_words(), at.roll_back(), At::stay()],
        _ => vec![at.last_words(), at.roll_back(), at.history(), at.copy()],
    }
    .into_iter()
    .flatten()
    .collect()
}

/// What commands need.
struct At<'a> {
    context: &'a Context<'a>,
    finding: &'a Finding,
    pod: &'a Pod,
    status: &'a ContainerStatus,
    namespace: &'a str,
}

impl At<'_> {
    fn look(title: impl Into<String>, commands: impl IntoIterator<Item = String>) -> Option<Remedy> {
        Some(Remedy::new(Risk::ReadOnly, title, commands))
    }

    fn get(&self, rest: &str) -> String {
        format!("kubectl -n {} {rest}", self.namespace)
    }

    fn last_words(&self) -> Option<Remedy> {
        let (pod, container) = (&self.pod.meta.name, &self.status.name);
        let title = "read what it said before it ended, and the events about it";
        let commands = [
            self.get(&format!("logs {pod} -c {container} --previous --tail=100")),
            self.get(&format!("describe pod {pod}")),
        ];
        Self::look(title, commands)
    }

    fn describe(&self) -> Option<Remedy> {
        let title = "see what the runtime and the kubelet say in full";
        Self::look(title, [self.get(&format!("describe pod {}", self.pod.meta.name))])
    }

    /// Only where the older revision is known to work: it serves right now.
    fn roll_back(&self) -> Option<Remedy> {
        let rollout = revision::rollout(self.context, self.pod)?;
        let title = format!(
            "go back to revision {}, which still serves: compare the two first; not if data was migrated since, and ConfigMaps \
             and Secrets do not go back with it; pause a GitOps tool, or it rolls out again",
            rollout.old
        );
        let name = &self.finding.object.name;
        let commands = [
            self.get(&format!("rollout history deployment/{name} --revision={}", rollout.old)),
            self.get(&format!("rollout undo deployment/{name} --to-revision={}", rollout.old)),
        ];
        Some(Remedy::new(Risk::Disruptive, title, commands))
    }

    /// Nothing shows that an earlier revision works: then its history is only to look at.
    fn history(&self) -> Option<Remedy> {
        let object = &self.finding.object;
        let kinds = ["Deployment", "StatefulSet", "DaemonSet"];
        if !kinds.contains(&object.kind.as_str()) || revision::rollout(self.context, self.pod).is_some() {
            return None;
        }
        let title = "see whether it began with a new revision: nothing here shows that an earlier one works";
        let kind = object.kind.to_lowercase();
        Self::look(title, [self.get(&format!("rollout history {kind}/{}", object.name))])
    }

    fn copy(&self) -> Option<Remedy> {
        let (pod, container) = (&self.pod.meta.name, &self.status.name);
        let title = "try it by hand in a copy of the pod with a shell instead of the command (kubectl 1.20+; the copy has no \
                     labels, so no Service sends to it, but it mounts the same volumes and secrets)";
        let commands = [
            self.get(&format!("debug {pod} -it --copy-to={pod}-debug --container={container} -- sh")),
            self.get(&format!("delete pod {pod}-debug   # afterwards")),
        ];
        Some(Remedy::new(Risk::Reversible, title, commands))
    }

    fn list_settings(&self) -> Option<Remedy> {
        let title = "see which ConfigMaps and Secrets there are (names and numbers of keys only)";
        Self::look(title, [self.get("get configmaps,secrets")])
    }

    fn settings(&self) -> Option<Remedy> {
        let message = self.status.state.waiting.as_ref().map_or("", |waiting| waiting.message.as_str());
        let title = match config::problem(message) {
            config::Problem::Object { kind, name } => format!(
                "make {kind} {name} in namespace {}, from where it is kept for the other namespaces, or correct its name in the \
                 template; the kubelet tries again by itself",
                self.namespace
            ),
            config::Problem::Key { kind, name, key } => format!(
                "add key {key} to {kind} {name}, or correct the key in the template; the kubelet tries again by itself"
            ),
            _ => return None,
        };
        Some(Remedy::new(Risk::Reversible, title, []))
    }

    fn user() -> Option<Remedy> {
        let title = "give the image a numbered user that is not 0, or set runAsUser in the container's securityContext to one \
                     that its files belong to; do not switch runAsNonRoot off to get it started";
        Some(Remedy::new(Risk::Reversible, title, []))
    }

    fn probes(&self) -> Option<Remedy> {
        let pod = &self.pod.meta.name;
        let title =
            "see how the probe fails and how it is set; lesson probe-refused says what each failure means";
        let commands = [
            self.get(&format!("get events --field-selector involvedObject.name={pod},reason=Unhealthy")),
            self.get(&format!(
                "get pod {pod} -o jsonpath='{{range .spec.containers[*]}}{{.name}}{{\"\\t\"}}{{.livenessProbe}}{{\"\\t\"}}{{.startupProbe}}{{\"\\n\"}}{{end}}'"
            )),
        ];
        Self::look(title, commands)
    }

    fn slow_start() -> Option<Remedy> {
        let title = "if it only starts slowly, give it a startupProbe that allows the time it needs (1.18+) instead of a larger \
                     initialDelaySeconds; if it is slow under load, raise timeoutSeconds above the default of 1 s";
        Some(Remedy::new(Risk::Disruptive, title, []))
    }

    fn dependency(&self) -> Option<Remedy> {
        let lines = log::lines(self.context, self.pod, self.status);
        let needs = depends::dependency(self.context, self.pod, &lines)?;
        if let Some((namespace, name)) = needs.no_service() {
            let title =
                format!("look for what {name} should be: is it in another namespace, or under another name?");
            return Self::look(
                title,
                [format!("kubectl -n {namespace} get services"), "kubectl get services -A".to_owned()],
            );
        }
        let service = needs.service()?;
        let (namespace, name) = (&service.meta.namespace, &service.meta.name);
        let title = format!(
            "bring up what it needs first: see whether Service {name} has addresses, on which ports, and how its pods fare"
        );
        let commands = [
            format!("kubectl -n {namespace} get service,endpoints {name}"),
            format!("kubectl -n {namespace} get pods -l '{}' -o wide", service.spec.selector),
        ];
        Self::look(title, commands)
    }

    fn try_again(&self) -> Option<Remedy> {
        let title = "once that answers, the container starts at the next try: the back-off is at most 5 minutes (a program that \
                     waits for what it needs instead of ending makes the start order irrelevant)";
        Self::look(title, [self.get(&format!("get pod {} -w", self.pod.meta.name))])
    }

    fn platform(&self) -> Option<Remedy> {
        let wrong = self.finding.message.contains("exec format error");
        let title = "compare the node's architecture with the image's; build it for both, or keep its pods where it runs \
                     (nodeSelector kubernetes.io/arch)";
        let image = self.pod.container(&self.status.name).map_or("", |container| container.image.as_str());
        let known = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-' | '/' | ':' | '@');
        let image = if !image.is_empty() && image.chars().all(known) { image } else { "<image>" };
        let commands = [
            "kubectl get nodes -L kubernetes.io/arch".to_owned(),
            format!("crane manifest {image} | jq '.manifests[]?.platform'"),
        ];
        wrong.then(|| Remedy::new(Risk::ReadOnly, title, commands))
    }

    fn command(&self) -> Option<Remedy> {
        let ended = containers::last_end(self.status).map(|end| end.ended.message.as_str());
        let failure = ended.map(crate::texts::container_exit::start_failure);
        if failure == Some(StartFailure::WrongArchitecture)
            || self.finding.message.contains("exec format error")
        {
            return None;
        }
        let list = containers::Role::of(self.pod, &self.status.name).spec_list();
        let title = "compare the command with what the image holds: correct it in the template, or the path, the execute bit or \
                     the first line of the script in the image";
        let command = self.get(&format!(
            "get pod {} -o jsonpath='{{.spec.{list}[?(@.name==\"{}\")].command}} {{.spec.{list}[?(@.name==\"{}\")].args}}{{\"\\n\"}}'",
            self.pod.meta.name, self.status.name, self.status.name
        ));
        Self::look(title, [command])
    }

    fn runtime(&self) -> Option<Remedy> {
        let node = &self.pod.spec.node_name;
        let title = format!(
            "on {node} as root, see whether the container runtime answers, and what it holds of this pod"
        );
        let commands = [
            format!("timeout 10 crictl ps -a --name '^{}$'", self.status.name),
            "journalctl -u containerd -u crio -u docker --since -15min".to_owned(),
        ];
        Self::look(title, commands)
    }

    fn stay() -> Option<Remedy> {
        let title = "if it is to run once, make it a Job; if for ever, keep its process in the foreground (a shell that starts a \
                     daemon and ends, or one that waits for input, ends the container)";
        Some(Remedy::new(Risk::Disruptive, title, []))
    }
}
