//! A field is written as Kubernetes doesn't know it.

use rutter_lessons::Severity;

use crate::{Check, Context, Edit, Found, Look, Template, Topic, yaml::Node};

pub(crate) static CHECK: Check = Check {
    id: "field-unknown",
    topic: Topic::Api,
    title: "a field is written as Kubernetes doesn't know it",
    severity: Severity::High,
    default: true,
    prevents: &["crash-loop", "probe-refused", "evicted"],
    look: Look::Template(look),
    text: include_str!("check.md"),
};

/// Fields of a pod's specification (1.34).
const POD: &[&str] = &[
    "activeDeadlineSeconds",
    "affinity",
    "automountServiceAccountToken",
    "containers",
    "dnsConfig",
    "dnsPolicy",
    "enableServiceLinks",
    "ephemeralContainers",
    "hostAliases",
    "hostIPC",
    "hostNetwork",
    "hostPID",
    "hostUsers",
    "hostname",
    "hostnameOverride",
    "imagePullSecrets",
    "initContainers",
    "nodeName",
    "nodeSelector",
    "os",
    "overhead",
    "preemptionPolicy",
    "priority",
    "priorityClassName",
    "readinessGates",
    "resourceClaims",
    "resources",
    "restartPolicy",
    "runtimeClassName",
    "schedulerName",
    "schedulingGates",
    "securityContext",
    "serviceAccount",
    "serviceAccountName",
    "setHostnameAsFQDN",
    "shareProcessNamespace",
    "subdomain",
    "terminationGracePeriodSeconds",
    "tolerations",
    "topologySpreadConstraints",
    "volumes",
    "workloadRef",
];

/// Fields of a container (1.34).
const CONTAINER: &[&str] = &[
    "args",
    "command",
    "env",
    "envFrom",
    "image",
    "imagePullPolicy",
    "lifecycle",
    "livenessProbe",
    "name",
    "ports",
    "readinessProbe",
    "resizePolicy",
    "resources",
    "restartPolicy",
    "restartPolicyRules",
    "securityContext",
    "startupProbe",
    "stdin",
    "stdinOnce",
    "targetContainerName",
    "terminationMessagePath",
    "terminationMessagePolicy",
    "tty",
    "volumeDevices",
    "volumeMounts",
    "workingDir",
];

/// What belongs to a container and is often written beside it, one step too far out.
const STRAYED: &[&str] = &[
    "env",
    "envFrom",
    "image",
    "imagePullPolicy",
    "livenessProbe",
    "ports",
    "readinessProbe",
    "startupProbe",
    "volumeMounts",
];

fn look(_: &Context<'_>, template: &Template<'_>, found: &mut Found<'_>) {
    for (key, _) in template.spec.entries() {
        let Some(name) = key.text() else { continue };
        if STRAYED.contains(&name) && template.object.group() != ""
            || STRAYED.contains(&name) && template.object.kind == "Pod"
        {
            let message =
                format!("{name} stands beside the containers and not in one: it is dropped or refused");
            found.at(key, message).advice("move it into the container");
        } else {
            slip(key, name, POD, found);
        }
    }
    for container in template.containers() {
        for (key, _) in container.node.entries() {
            if let Some(name) = key.text() {
                slip(key, name, CONTAINER, found);
            }
        }
    }
}

/// Nothing is said of fields that are simply unknown: they may be of a newer Kubernetes.
fn slip(key: &Node, name: &str, known: &[&'static str], found: &mut Found<'_>) {
    if known.contains(&name) {
        return;
    }
    let meant = known.iter().find(|one| one.eq_ignore_ascii_case(name) || is_slip(name, one));
    if let Some(meant) = meant {
        let message =
            format!("there is no field {name}: it is dropped or refused, and {meant} keeps its default");
        found.at(key, message).advice(format!("write {meant}")).fix(Edit::replace(key, *meant));
    }
}

/// A letter more, less or other, or a plural.
fn is_slip(name: &str, known: &str) -> bool {
    let one_off = |long: &str, short: &str| {
        long.len() == short.len() + 1
            && (0..long.len()).any(|at| {
                long.is_char_boundary(at)
                    && [&long[..at], long.get(at + 1..).unwrap_or_default()].concat() == short
            })
    };
    let swapped = name.len() == known.len()
        && name.bytes().zip(known.bytes()).filter(|(a, b)| a != b).count() <= 2
        && {
            let (mut a, mut b): (Vec<u8>, Vec<u8>) = (name.bytes().collect(), known.bytes().collect());
            a.sort_unstable();
            b.sort_unstable();
            a == b
        };
    known.len() >= 5 && (one_off(name, known) || one_off(known, name) || swapped)
}
