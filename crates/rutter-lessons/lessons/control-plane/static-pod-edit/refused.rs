//! What the kubelet's own validation refuses beyond a pod that lacks a part: names, and mounts of volumes that the pod doesn't have.
//!
//! It is the API server's (`validation.ValidatePod`), of the pod under the name that the kubelet gives it: with the node's behind it.

use rutter_cluster::objects::{Container, Pod, StaticPod};

use super::judge::Problem;

const OF_LABELS: &str = "at most 63 lower-case letters, digits and -, with a letter or digit at both ends";
const OF_SUBDOMAINS: &str = "lower-case letters, digits, - and ., with a letter or digit at both ends";

/// The first that is found: the kubelet refuses the file by any.
pub(super) fn problem(pod: &Pod, file: &StaticPod) -> Option<Problem> {
    of_pod(pod).or_else(|| of_containers(pod)).or_else(|| of_volumes(pod, file))
}

fn of_pod(pod: &Pod) -> Option<Problem> {
    let (name, namespace) = (&pod.meta.name, &pod.meta.namespace);
    // The node's name comes behind, and may begin with anything that a name may begin with.
    if !is_subdomain(&format!("{name}-0")) {
        return Some(not_allowed("metadata.name", &format!("the name {name}"), OF_SUBDOMAINS));
    }
    let is_good = namespace.is_empty() || is_label(namespace);
    (!is_good).then(|| not_allowed("metadata.namespace", &format!("the namespace {namespace}"), OF_LABELS))
}

fn of_containers(pod: &Pod) -> Option<Problem> {
    let all: Vec<&Container> = pod.spec.init_containers.iter().chain(&pod.spec.containers).collect();
    for (n, container) in all.iter().enumerate() {
        let name = &container.name;
        if name.is_empty() {
            return Some(refused("spec.containers[*].name", "a container without a name"));
        }
        if !is_label(name) {
            return Some(not_allowed(
                "spec.containers[*].name",
                &format!("the container name {name}"),
                OF_LABELS,
            ));
        }
        if all[..n].iter().any(|before| before.name == *name) {
            return Some(refused("spec.containers[*].name", &format!("two containers of the name {name}")));
        }
    }
    None
}

fn of_volumes(pod: &Pod, file: &StaticPod) -> Option<Problem> {
    let bad = pod.spec.volumes.iter().map(|volume| &volume.name).find(|name| !is_label(name));
    if let Some(name) = bad {
        return Some(not_allowed("spec.volumes[*].name", &format!("the volume name {name}"), OF_LABELS));
    }
    let missing = file.without_volume.first()?;
    let what = if missing.is_empty() {
        "a volumeMount without a name".to_owned()
    } else {
        format!("a volumeMount of {missing}, and no volume of that name")
    };
    Some(refused("spec.containers[*].volumeMounts[*].name", &what))
}

fn not_allowed(path: &'static str, what: &str, rule: &str) -> Problem {
    refused(path, &format!("{what}, which Kubernetes does not allow ({rule})"))
}

fn refused(path: &'static str, what: &str) -> Problem {
    Problem {
        variant: "invalid",
        path,
        value: what.to_owned(),
        message: format!("it has {what}: the kubelet refuses it, and ends the pod that it defined"),
    }
}

/// A label of DNS (RFC 1123).
fn is_label(text: &str) -> bool {
    text.len() <= 63 && is_part(text)
}

/// Such labels with dots between them; here the whole has a limit, and the parts have none.
fn is_subdomain(text: &str) -> bool {
    text.len() <= 253 && text.split('.').all(is_part)
}

fn is_part(text: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    let (first, last) = (text.bytes().next(), text.bytes().last());
    text.bytes().all(|byte| is_plain(byte) || byte == b'-')
        && first.is_some_and(is_plain)
        && last.is_some_and(is_plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names() {
        assert!(is_label("a") && is_label("kube-apiserver") && is_label("0a"));
        assert!(!is_label("") && !is_label("-a") && !is_label("a-") && !is_label("a.b") && !is_label("A"));
        assert!(!is_label(&"a".repeat(64)) && is_label(&"a".repeat(63)));
        assert!(is_subdomain("a.b-0") && is_subdomain(&"a".repeat(70)));
        assert!(!is_subdomain("a.-0") && !is_subdomain("a..b-0") && !is_subdomain("a_b-0"));
        assert!(!is_subdomain(&"a".repeat(254)));
    }
}
