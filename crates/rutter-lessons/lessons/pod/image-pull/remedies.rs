//! What to do, by what stands in the way.

use rutter_cluster::objects::Pod;

use super::{elsewhere, registry, secrets};
use crate::{Context, Finding, Remedy, Risk, revision, texts::image_ref};

pub(super) fn remedies(context: &Context<'_>, finding: &Finding) -> Vec<Remedy> {
    let Some(pod) = finding.instances.first().and_then(|instance| context.pod(instance)) else {
        return Vec::new();
    };
    let at = At::new(context, finding, pod);
    // What still serves is of an image that could be pulled.
    let back = || revision::roll_back(context, finding, pod);
    match finding.variant {
        "not-found" => {
            vec![at.list_tags(), at.set_image("a tag that the registry has"), at.roll_back(context)]
        }
        "not-found-or-no-rights" => {
            vec![at.list_tags(), at.secret(), at.set_image("the right name"), back()]
        }
        "unauthorized" => vec![at.who_asks(), at.secret()],
        "rate-limited" => vec![at.secret(), at.mirror(), at.keep_copies()],
        "host-unresolved" => {
            vec![at.resolve(), at.set_image("the right registry, if its name is misspelled"), at.mirror()]
        }
        "host-unreachable" | "timeout" => vec![at.reach(), at.pull_by_hand(), at.mirror()],
        "registry-error" => vec![at.reach(), at.mirror()],
        "tls" => vec![at.certificate(), at.trust()],
        "platform" => vec![at.platforms(), at.set_image("an image made for the node's architecture")],
        "no-space" => vec![at.disk(), at.disk_lesson()],
        "invalid-name" => vec![at.set_image("a valid name"), back()],
        "never-pull" => vec![at.load(), at.may_pull()],
        "signature" => vec![at.signature(), at.set_image("a signed image")],
        "runtime" => vec![at.runtime()],
        "slow" => vec![at.watch(), at.pull_by_hand(), at.mirror()],
        _ => vec![at.events(), at.pull_by_hand()],
    }
    .into_iter()
    .flatten()
    .collect()
}

/// The names that commands need.
pub(super) struct At<'a> {
    finding: &'a Finding,
    pod: &'a Pod,
    namespace: &'a str,
    pub(super) node: &'a str,
    pub(super) container: &'a str,
    pub(super) image: String,
    /// The registry, as images, logins and mirrors name it.
    pub(super) registry: String,
    /// Where it answers.
    pub(super) host: String,
    repository: String,
    /// `containerd://1.7.2`; empty if the node isn't known.
    runtime: &'a str,
    /// A pull secret that the pod names and that isn't there.
    missing_secret: Option<String>,
    /// A pull secret that can't hold a login.
    useless_secret: Option<String>,
    /// Whether only this node lacks the image.
    lonely: bool,
}

/// What is safe to paste into a shell; anything else is for a person to fill in.
fn safe(text: &str, placeholder: &str) -> String {
    let known = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-' | '/' | ':' | '@');
    if !text.is_empty() && text.chars().all(known) { text.to_owned() } else { placeholder.to_owned() }
}

impl<'a> At<'a> {
    fn new(context: &Context<'a>, finding: &'a Finding, pod: &'a Pod) -> Self {
        let container = finding.container.as_deref().unwrap_or("<container>");
        let node = context.node(&pod.spec.node_name).ok().flatten();
        let image = pod.container(container).map_or("", |container| container.image.as_str());
        let read = image_ref::parse(image).ok();
        let repository = read.map(|read| format!("{}/{}", read.host, read.repository));
        let registry = image_ref::host(image);
        let host = if registry == image_ref::DEFAULT_HOST { "registry-1.docker.io" } else { registry };
        Self {
            finding,
            pod,
            namespace: &pod.meta.namespace,
            node: &pod.spec.node_name,
            container,
            image: safe(image, "<image>"),
            registry: safe(registry, "<registry>"),
            host: safe(host, "<registry>"),
            repository: safe(&repository.unwrap_or_default(), "<repository>"),
            runtime: node.map_or("", |node| node.status.node_info.container_runtime_version.as_str()),
            missing_secret: secrets::missing(context, pod),
            useless_secret: secrets::useless(context, pod).map(|secret| secret.meta.name.to_string()),
            lonely: elsewhere::lonely_node(context, pod, container)
                && !registry::is_wide(context, finding.variant, image),
        }
    }

    pub(super) fn look(
        title: impl Into<String>,
        commands: impl IntoIterator<Item = String>,
    ) -> Option<Remedy> {
        Some(Remedy::new(Risk::ReadOnly, title, commands))
    }

    /// The object whose template holds the image, as `kubectl set image` takes it.
    fn workload(&self) -> Option<String> {
        let object = &self.finding.object;
        let known = [
            "Deployment",
            "StatefulSet",
            "DaemonSet",
            "CronJob",
            "ReplicaSet",
            "ReplicationController",
            "Pod",
        ];
        known
            .contains(&object.kind.as_str())
            .then(|| format!("{}/{}", object.kind.to_lowercase(), object.name))
    }

    fn list_tags(&self) -> Option<Remedy> {
        let title = format!("see which tags {} has, from a machine that is logged in there", self.repository);
        Self::look(title, [format!("crane ls {}", self.repository)])
    }

    fn set_image(&self, to: &str) -> Option<Remedy> {
        let title = format!(
            "give container {} {to}: in the manifest it is deployed from, or at once (a GitOps tool puts that back)",
            self.container
        );
        let command = match self.workload() {
            Some(workload) => {
                format!("kubectl -n {} set image {workload} {}=<image>", self.namespace, self.container)
            }
            // The template of a Job can't be changed; other owners have their own ways.
            None => format!(
                "kubectl -n {} get {} {} -o yaml",
                self.namespace,
                self.finding.object.kind.to_lowercase(),
                self.finding.object.name
            ),
        };
        Some(Remedy::new(Risk::Reversible, title, [command]))
    }

    /// To the revision that still serves, if one does; else to the one before, which a person judges.
    fn roll_back(&self, context: &Context<'_>) -> Option<Remedy> {
        revision::roll_back(context, self.finding, self.pod).or_else(|| self.roll_back_unproven())
    }

    fn roll_back_unproven(&self) -> Option<Remedy> {
        let object = &self.finding.object;
        let workload = self
            .workload()
            .filter(|_| matches!(object.kind.as_str(), "Deployment" | "StatefulSet" | "DaemonSet"))?;
        let title = "or go back to the revision before, only if that one was Available, its image still exists and no \
                     data was migrated since";
        let commands = [
            format!("kubectl -n {} rollout history {workload}", self.namespace),
            format!("kubectl -n {} rollout undo {workload}", self.namespace),
        ];
        Some(Remedy::new(Risk::Disruptive, title, commands))
    }

    /// Which registries the pull secrets hold logins for: prints names of hosts, no credentials.
    fn who_asks(&self) -> Option<Remedy> {
        let secret = self.pod.spec.image_pull_secrets.first()?;
        let title = format!(
            "see whether pull secret {secret} holds a login for {} (prints hosts only)",
            self.registry
        );
        let command = format!(
            "kubectl -n {} get secret {secret} -o jsonpath='{{.data.\\.dockerconfigjson}}' | base64 -d | jq '.auths | keys'",
            self.namespace
        );
        Self::look(title, [command])
    }

    fn create_secret(&self, name: &str) -> String {
        format!(
            "kubectl -n {} create secret generic {name} --type=kubernetes.io/dockerconfigjson \
             --from-file=.dockerconfigjson=<config.json>",
            self.namespace
        )
    }

    fn secret(&self) -> Option<Remedy> {
        let registry = &self.registry;
        if let Some(missing) = &self.missing_secret {
            let title =
                format!("create pull secret {missing} with a login for {registry}; the next try uses it");
            return Some(Remedy::new(Risk::Reversible, title, [self.create_secret(missing)]));
        }
        let named = self.pod.spec.image_pull_secrets.first();
        let Some(named) = named.filter(|_| self.useless_secret.is_none()) else { return self.first_secret() };
        let title = format!(
            "if its login for {registry} has expired, put a new one into pull secret {named}; the next try uses it"
        );
        let replace = format!(
            "{} --dry-run=client -o yaml | kubectl -n {} apply -f -",
            self.create_secret(named),
            self.namespace
        );
        Some(Remedy::new(Risk::Reversible, title, [replace]))
    }

    /// A pull secret for a pod that names none, or one that can't hold a login.
    fn first_secret(&self) -> Option<Remedy> {
        let why = match &self.useless_secret {
            Some(useless) => format!("the type of secret {useless} can't be changed:"),
            None if self.finding.variant == "rate-limited" => {
                format!("{} grants an account more pulls than an address:", self.registry)
            }
            None => format!("if {} wants a login,", self.registry),
        };
        let title = format!(
            "{why} store a login in a new secret and name that in the pod template (which starts new pods)"
        );
        let patch = self
            .workload()
            .filter(|_| !matches!(self.finding.object.kind.as_str(), "Pod" | "CronJob"))
            .map(|workload| {
                let spec = r#"{"spec":{"template":{"spec":{"imagePullSecrets":[{"name":"<secret>"}]}}}}"#;
                format!("kubectl -n {} patch {workload} -p '{spec}'", self.namespace)
            });
        let commands = [self.create_secret("<secret>")].into_iter().chain(patch);
        Some(Remedy::new(Risk::Disruptive, title, commands))
    }

    fn mirror(&self) -> Option<Remedy> {
        if self.lonely {
            return None;
        }
        let frozen = if self.registry == "k8s.gcr.io" {
            "; k8s.gcr.io is frozen since April 2023: its images are at registry.k8s.io"
        } else {
            ""
        };
        let title = format!(
            "take the image from a registry near the nodes: copy it there and name it so in the manifest, or set up a \
             mirror for {} on every node{frozen}",
            self.registry
        );
        let commands = [
            format!("crane copy {} <mirror>/<name>", self.image),
            format!(
                "cat /etc/containerd/certs.d/{}/hosts.toml   # on the node: the mirrors of this registry",
                self.host
            ),
        ];
        Some(Remedy::new(Risk::Reversible, title, commands))
    }

    /// Where the node's runtime is told of a registry's mirrors and CA.
    pub(super) fn settings(&self) -> String {
        match self.runtime.split(':').next() {
            Some("docker") => "/etc/docker/daemon.json".to_owned(),
            Some("cri-o") => "/etc/containers/registries.conf".to_owned(),
            _ => format!("/etc/containerd/certs.d/{}/hosts.toml", self.registry),
        }
    }

    fn keep_copies(&self) -> Option<Remedy> {
        let always = self.pod.container(self.container).is_some_and(|own| own.image_pull_policy == "Always");
        if !always {
            return None;
        }
        let title = format!(
            "container {} asks the registry at every start: name a fixed tag or digest and set imagePullPolicy IfNotPresent",
            self.container
        );
        Some(Remedy::new(Risk::Disruptive, title, []))
    }

    fn events(&self) -> Option<Remedy> {
        let title = "read the pod's events: each try, at most five minutes apart, says why it failed";
        let name = &self.pod.meta.name;
        let command =
            format!("kubectl -n {} get events --field-selector involvedObject.name={name}", self.namespace);
        Self::look(title, [command])
    }
}
