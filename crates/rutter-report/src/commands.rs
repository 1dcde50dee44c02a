//! Which commands may be shown. They are copied into a shell, and much in them is the cluster's own: names, images,
//! labels, the paths of probes. The Kubernetes API refuses most of what a shell would run, but not in images and paths,
//! and a forged dump can hold anything.

use std::collections::BTreeSet;

use rayon::prelude::*;
use rustc_hash::FxHashSet;
use rutter_cluster::{Cluster, Kind, Labels, List, ObjectRef, Objects, objects::*};
use rutter_lessons::{Finding, Origin};
use rutter_plan::{Action, Plan};

use crate::page::is_hidden;

/// Leaves out of a plan those commands for a person that the cluster could have meddled with.
pub fn harmless(cluster: &Cluster, plan: &mut Plan) {
    let hostile = Hostile::of(cluster);
    for step in &mut plan.steps {
        if let Action::Person { commands, .. } = &mut step.action {
            commands.retain(|command| hostile.allows(command));
        }
    }
}

/// Kinds whose names may be any segment of a path, such as `system:node`.
const FREELY_NAMED: [&str; 4] = ["Role", "RoleBinding", "ClusterRole", "ClusterRoleBinding"];

/// What the cluster says that would be more than a word to a shell.
#[derive(Debug, Default)]
pub(crate) struct Hostile {
    parts: BTreeSet<String>,
    /// The lists that were read: thousands of pods share theirs.
    read: FxHashSet<usize>,
}

impl Hostile {
    /// Reads all of the cluster that lessons put into commands.
    pub(crate) fn of(cluster: &Cluster) -> Self {
        let pieces: Vec<_> = cluster.pods.objects().pieces().collect();
        let of_pods = || pieces.into_par_iter().map(Self::of_pods).reduce(Self::default, Self::and);
        let (pods, others) = rayon::join(of_pods, || Self::of_others(cluster));
        pods.and(others)
    }

    fn and(mut self, mut other: Self) -> Self {
        self.parts.append(&mut other.parts);
        self
    }

    fn of_pods(pods: Objects<'_, Pod>) -> Self {
        let mut hostile = Self::default();
        for pod in pods {
            hostile.word(&pod.meta.namespace);
            hostile.word(&pod.meta.name);
            hostile.labels(&pod.meta.labels);
            hostile.word(&pod.spec.node_name);
            hostile.containers(&pod.spec.containers);
            hostile.containers(&pod.spec.init_containers);
            hostile.pod(&pod.spec);
            pod.container_statuses().for_each(|(status, _)| hostile.word(&status.name));
        }
        hostile
    }

    fn of_others(cluster: &Cluster) -> Self {
        let mut hostile = Self::default();
        for kind in Kind::ALL.iter().copied().filter(|kind| !matches!(kind, Kind::Event | Kind::Pod)) {
            for (namespace, name) in
                cluster.positions(kind).flatten().filter_map(|at| cluster.name_at(kind, *at))
            {
                hostile.word(namespace);
                hostile.word(name);
            }
        }
        hostile.workloads(cluster);
        cluster.static_pods.iter().for_each(|file| hostile.word(&file.path));
        cluster.services.iter().for_each(|service| hostile.labels(&service.spec.selector));
        for node in cluster.nodes.iter() {
            hostile.labels(&node.meta.labels);
            node.spec.taints.iter().flat_map(|taint| [&taint.key, &taint.value]).for_each(|word| {
                hostile.word(word);
            });
        }
        hostile
    }

    /// Whether none of it is in the command, and nothing that begins a line, moves the cursor or hides.
    pub(crate) fn allows(&self, command: &str) -> bool {
        !command.contains(is_hidden) && !self.parts.iter().any(|part| command.contains(part))
    }

    fn workloads(&mut self, cluster: &Cluster) {
        macro_rules! selectors {
            ($($table:ident),*) => {$(for of in cluster.$table.iter() { self.selector(&of.spec.selector); })*};
        }
        macro_rules! templates {
            ($($table:ident),*) => {$(for of in cluster.$table.iter() { self.template(&of.spec.template); })*};
        }
        selectors!(deployments, replica_sets, stateful_sets, daemon_sets);
        templates!(deployments, replica_sets, stateful_sets, daemon_sets, replication_controllers, jobs);
        cluster.replication_controllers.iter().for_each(|of| self.labels(&of.spec.selector));
    }

    fn template(&mut self, template: &PodTemplate) {
        self.labels(&template.meta.labels);
        self.containers(&template.spec.containers);
        self.containers(&template.spec.init_containers);
        self.pod(&template.spec);
    }

    fn pod(&mut self, spec: &PodSpec) {
        self.labels(&spec.node_selector);
        let names = [&spec.service_account_name, &spec.priority_class_name, &spec.scheduler_name];
        names.into_iter().chain(&spec.image_pull_secrets).for_each(|word| self.word(word));
        if !self.is_new(&spec.volumes) {
            return;
        }
        for volume in &spec.volumes {
            self.word(&volume.name);
            volume.persistent_volume_claim.iter().for_each(|of| self.word(&of.claim_name));
            volume.config_map.iter().for_each(|of| self.word(&of.name));
            volume.secret.iter().for_each(|of| self.word(&of.secret_name));
        }
    }

    /// Whether the list was not read before.
    fn is_new<T>(&mut self, list: &List<T>) -> bool {
        !list.is_empty() && self.read.insert(list.address())
    }

    fn containers(&mut self, containers: &List<Container>) {
        if !self.is_new(containers) {
            return;
        }
        for container in containers {
            self.word(&container.name);
            self.word(&container.image);
            container.env_refs.iter().chain(&container.env_from).for_each(|of| self.word(&of.name));
            let probes = [&container.liveness_probe, &container.readiness_probe, &container.startup_probe];
            for target in probes.into_iter().flatten().filter_map(|probe| probe.http_get.as_ref()) {
                // Paths stand within quotes, which only a quote ends.
                if target.path.contains('\'') {
                    self.parts.insert(target.path.to_string());
                }
            }
        }
    }

    fn selector(&mut self, selector: &rutter_cluster::LabelSelector) {
        self.labels(&selector.match_labels);
        for requirement in &selector.match_expressions {
            std::iter::once(&requirement.key).chain(&requirement.values).for_each(|word| self.word(word));
        }
    }

    fn labels(&mut self, labels: &Labels) {
        if !self.is_new(labels.as_list()) {
            return;
        }
        labels.iter().for_each(|(key, value)| {
            self.word(key);
            self.word(value);
        });
    }

    /// Keeps the parts of a word that a shell would not leave alone. Lessons take images apart at these signs.
    fn word(&mut self, word: &str) {
        if is_word(word) {
            return;
        }
        let mut start = 0;
        for (at, sign) in word.match_indices(['/', ':', '@']).chain([(word.len(), "")]) {
            let part = &word[start..at];
            if !is_word(part) {
                // With the sign before it, so that a short part is not found by chance.
                let from = if part.len() > 2 { start } else { start.saturating_sub(1) };
                let to = if part.len() > 2 || from < start { at } else { at + sign.len() };
                self.parts.insert(word[from..to].to_owned());
            }
            start = at + sign.len();
        }
    }
}

/// Whether a shell takes it as one word that means itself. Asked of every name, label and image of a cluster.
fn is_word(text: &str) -> bool {
    // Editors put a tilde behind the names of their backups. Only a tilde at the front of something stands for a home.
    let text = text
        .strip_suffix('~')
        .filter(|rest| rest.ends_with(|c: char| c.is_ascii_alphanumeric()))
        .unwrap_or(text);
    text.bytes().all(|byte| MEANS_ITSELF[usize::from(byte)]) && !text.starts_with('-')
}

/// By byte: letters, digits and signs without a meaning to a shell.
const MEANS_ITSELF: [bool; 256] = {
    let mut table = [false; 256];
    let mut byte = 0;
    while byte < 256 {
        table[byte] = (byte as u8).is_ascii_alphanumeric()
            || matches!(byte as u8, b'-' | b'.' | b'_' | b'/' | b':' | b'@' | b'+' | b'=' | b',' | b'%');
        byte += 1;
    }
    table
};

/// Whether all names of a finding are such as the Kubernetes API lets in.
pub(crate) fn has_allowed_names(finding: &Finding) -> bool {
    let evidence = finding.evidence.iter();
    let logs = evidence.clone().filter_map(|evidence| match &evidence.origin {
        Origin::Log(container) => Some(container),
        _ => None,
    });
    std::iter::once(&finding.object)
        .chain(&finding.instances)
        .chain(evidence.map(|evidence| &evidence.object))
        .all(is_allowed)
        && finding.container.iter().chain(logs).all(|name| is_label(name))
        && is_subdomain(&finding.node)
}

fn is_allowed(object: &ObjectRef) -> bool {
    // A file's name is whatever a person called it; commands that hold more than a word of it are left out one by one.
    if object.kind == "StaticPod" {
        return true;
    }
    let kind = object.kind.chars().all(|character| character.is_ascii_alphanumeric());
    let name = if FREELY_NAMED.contains(&&*object.kind) {
        is_word(&object.name)
    } else {
        is_subdomain(&object.name)
    };
    kind && name && is_label(&object.namespace)
}

/// A label of DNS (RFC 1123), or nothing.
fn is_label(text: &str) -> bool {
    text.len() <= 63
        && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
        && !text.starts_with('-')
        && !text.ends_with('-')
}

/// Labels of DNS with dots between them, or nothing.
fn is_subdomain(text: &str) -> bool {
    text.is_empty() || text.split('.').all(|part| !part.is_empty() && is_label(part))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hostile(words: &[&str]) -> Hostile {
        let mut hostile = Hostile::default();
        for word in words {
            hostile.word(word);
        }
        hostile
    }

    #[test]
    fn names_that_the_api_refuses() {
        let named = |kind: &str, name: &str| {
            is_allowed(&ObjectRef { kind: kind.into(), name: name.into(), ..ObjectRef::default() })
        };
        assert!(named("Pod", "web-0.a") && named("ClusterRole", "system:node") && named("Node", "10.0.0.1"));
        for name in ["x;reboot", "$(reboot)", "-rf", "a b", "a\nb", "a'", "`a`", "A", "a..b", "system:node"] {
            assert!(!named("Pod", name), "{name}");
        }
        // Files have names of their own; what a shell would do with them is the guard's to say.
        assert!(named("StaticPod", "kube-apiserver.yaml~") && named("StaticPod", "$(reboot)"));
        assert!(!named("Pod;reboot", "a") && !is_label("c;reboot") && !is_label("a.b") && is_label("app-1"));
    }

    #[test]
    fn parts_of_words_are_found_in_commands() {
        for (word, command) in [
            ("a/x;reboot:v1", "crane ls a/x;reboot"),
            ("$(reboot)", "crane ls docker.io/library/$(reboot)"),
            ("a/;/reboot", "crane ls a/;/reboot"),
            ("a:`id`", "crane copy a:`id` b"),
            ("x|sh@sha256:0", "crane manifest x|sh"),
            ("';reboot;'", "kubectl get pods -l 'app=';reboot;''"),
            ("--help", "crane ls --help"),
            ("b;reboot.yaml~", "mv /a/b;reboot.yaml~ /b"),
            ("~root", "mv ~root /b"),
            ("a/.~", "ls a/.~"),
        ] {
            assert!(!hostile(&[word]).allows(command), "{word}");
        }
    }

    #[test]
    fn what_is_harmless_takes_no_command_away() {
        let all = hostile(&["registry.example.com:5000/a/b_c:v1@sha256:00", "a.b/c=d", "app/<image>:${TAG}"]);
        assert!(all.allows("kubectl set image deployment/a b=<name> | grep -e x; echo $(date) ${HOME}"));
        assert!(hostile(&["etc/kube-apiserver.yaml~"]).allows("mv /etc/kube-apiserver.yaml~ /b"));
        assert!(!all.allows("crane ls app/<image>") && !all.allows("crane copy app:${TAG}"));
        assert!(!all.allows("a\nb") && !all.allows("a\u{9b}b"));
    }
}
