//! What to do, by why the container ends.

use rutter_cluster::objects::{ContainerStatus, Pod};

use super::{depends, log};
use crate::{Context, Finding, Remedy, Risk, revision, starting};

pub(super) fn remedies(context: &Context<'_>, finding: &Finding) -> Vec<Remedy> {
    let Some(pod) = finding.instances.first().and_then(|instance| context.pod(instance)) else {
        return Vec::new();
    };
    let name = finding.container.as_deref().unwrap_or_default();
    let Some((status, _)) = pod.container_statuses().find(|(status, _)| status.name == name) else {
        return Vec::new();
    };
    let at = At { context, finding, pod, status, namespace: &pod.meta.namespace };
    let back = || revision::roll_back(context, finding, pod);
    match finding.variant {
        "killed-by-probe" => vec![at.probes(), at.last_words(), back(), At::slow_start()],
        "dependency" => vec![at.last_words(), at.dependency(), back(), at.try_again()],
        "start-failed" => starting::look_at_command(context, finding, pod, &status.name),
        "completed" => vec![at.last_words(), back(), At::stay()],
        _ if at.is_static() => vec![at.last_words(), at.on_machine()],
        _ => vec![at.last_words(), back(), at.history(), at.copy()],
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

    /// Whether the kubelet runs it from a file on its machine, as it does the control plane's pods.
    fn is_static(&self) -> bool {
        crate::hosting::is_mirror(self.pod)
            || self.pod.meta.controller().is_some_and(|owner| owner.kind == "Node")
    }

    /// A static pod has no revisions, and a copy of it may find nobody who gives it a node.
    fn on_machine(&self) -> Option<Remedy> {
        let (node, container) = (&self.pod.spec.node_name, &self.status.name);
        let title = format!(
            "on {node} as root, see what the kubelet makes of its file, also while the API does not answer: who changed the file last, \
             and whether what it mounts and names is there"
        );
        let commands = [
            format!("crictl ps -a --name {container}"),
            "ls -lt /etc/kubernetes/manifests".to_owned(),
            format!("journalctl -u kubelet --since -15min | grep -e {container} | tail -20"),
        ];
        Self::look(title, commands)
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
        let addresses = format!("kubectl -n {namespace} get service,endpoints {name}");
        // A person or a program gives it its addresses: `kubernetes`, or what lies outside the cluster.
        if service.spec.selector.is_empty() {
            let title = format!(
                "bring up what it needs first: Service {name} selects no pods, so see which addresses it was given, and whether they answer from {}",
                self.pod.spec.node_name
            );
            return Self::look(title, [addresses]);
        }
        let title = format!(
            "bring up what it needs first: see whether Service {name} has addresses, on which ports, and how its pods fare"
        );
        let pods = format!("kubectl -n {namespace} get pods -l '{}' -o wide", service.spec.selector);
        Self::look(title, [addresses, pods])
    }

    fn try_again(&self) -> Option<Remedy> {
        let title = "once that answers, the container starts at the next try: the back-off is at most 5 minutes (a program that \
                     waits for what it needs instead of ending makes the start order irrelevant)";
        Self::look(title, [self.get(&format!("get pod {} -w", self.pod.meta.name))])
    }

    fn stay() -> Option<Remedy> {
        let title = "if it is to run once, make it a Job; if for ever, keep its process in the foreground (a shell that starts a \
                     daemon and ends, or one that waits for input, ends the container)";
        Some(Remedy::new(Risk::Disruptive, title, []))
    }
}
