//! Templates that the Pod Security Standard of their namespace refuses.

use rutter_cluster::Cluster;
use rutter_lessons::Severity;

use crate::{Check, Container, Context, Found, Look, Template, Topic, Version, live, yaml::Node};

mod baseline;
mod restricted;

pub(crate) static CHECK: Check = Check {
    id: "live-pod-security",
    topic: Topic::Cluster,
    title: "the namespace's Pod Security Standard refuses the pods",
    severity: Severity::High,
    default: true,
    prevents: &["replicas-unavailable"],
    look: Look::Template(look),
    text: include_str!("check.md"),
};

fn look(context: &Context<'_>, template: &Template<'_>, found: &mut Found<'_>) {
    let Some(live) = context.live() else { return };
    let Some(namespace) = live::namespace(context, template.object) else { return };
    let Some(level) = enforced(context, live.cluster, namespace) else { return };
    let mut violations = baseline::violations(template, level.version);
    if level.is_restricted {
        violations.extend(restricted::violations(template, level.version));
    }
    let Some(first) = violations.first() else { return };
    let mut controls: Vec<String> = Vec::new();
    for one in &violations {
        let shown = format!("{} ({})", one.control, one.field);
        if !controls.contains(&shown) {
            controls.push(shown);
        }
    }
    let name = if level.is_restricted { "restricted" } else { "baseline" };
    let message =
        format!("namespace {namespace} enforces {name}, and every pod is refused: {}", controls.join("; "));
    let mut added = found.at(first.node, message);
    if let Some(container) = first.container {
        added.container(container);
    }
    added.advice(if level.is_restricted {
        "run without root and without privileges (runAsNonRoot: true, allowPrivilegeEscalation: false, capabilities.drop: [ALL], \
         seccompProfile.type: RuntimeDefault), or in another namespace"
    } else {
        "do without what the standard forbids, or run it in a namespace for privileged pods"
    });
}

/// A control of the standard that a template violates.
struct Violation<'o> {
    /// As the standard calls it.
    control: &'static str,
    /// `securityContext.privileged of web`.
    field: String,
    node: &'o Node,
    container: Option<&'o str>,
}

impl<'o> Violation<'o> {
    fn of_pod(control: &'static str, field: impl Into<String>, node: &'o Node) -> Self {
        Self { control, field: field.into(), node, container: None }
    }

    fn of(control: &'static str, field: &str, container: &Container<'o>, node: &'o Node) -> Self {
        Self {
            control,
            field: format!("{field} of {}", container.name),
            node,
            container: Some(container.name),
        }
    }
}

/// What a namespace enforces.
struct Level {
    is_restricted: bool,
    version: Version,
}

const ENFORCE: &str = "pod-security.kubernetes.io/enforce";
const VERSION: &str = "pod-security.kubernetes.io/enforce-version";

/// What the namespace enforces, by its manifest or as it is in the cluster.
fn enforced(context: &Context<'_>, cluster: &Cluster, namespace: &str) -> Option<Level> {
    let manifest = context.cluster_scoped("Namespace", namespace);
    let there = cluster.namespaces.get("", namespace);
    let label = |key: &str| {
        let written = manifest.and_then(|one| one.root.text_at(&["metadata", "labels", key]));
        written.or_else(|| there.and_then(|one| one.meta.labels.get(key)).map(rutter_cluster::Str::as_str))
    };
    // There admission sets what `restricted` asks for, before the standard is asked.
    let is_openshift =
        there.is_some_and(|one| one.meta.annotations.contains_key("openshift.io/sa.scc.uid-range"));
    let is_restricted = match label(ENFORCE)? {
        "restricted" if is_openshift => return None,
        "restricted" => true,
        "baseline" => false,
        _ => return None,
    };
    let now = context.settings.version;
    // A standard of a newer release than the cluster's is the cluster's.
    let version =
        label(VERSION).and_then(|text| text.parse::<Version>().ok()).map_or(now, |version| version.min(now));
    Some(Level { is_restricted, version })
}
