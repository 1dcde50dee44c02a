//! What a kubelet runs by itself: as its file says, or as its mirror pod shows.

use std::collections::BTreeMap;

use rutter_cluster::objects::{Container, Pod, StaticPod};

use super::{Fields, workload};

/// A file's.
pub(super) fn file(file: &StaticPod) -> Fields {
    let mut fields = file.pod.as_deref().map(pod).unwrap_or_default();
    fields.add("why it can't be read", &file.error);
    fields
}

/// A pod's, with each flag of its programs by itself: they have dozens.
pub(super) fn pod(pod: &Pod) -> Fields {
    let mut fields = Fields::default();
    for container in pod.spec.init_containers.iter().chain(&pod.spec.containers) {
        workload::container(&mut fields, container);
        command(&mut fields, container);
    }
    workload::pod(&mut fields, &pod.spec);
    fields
}

fn command(fields: &mut Fields, container: &Container) {
    let mut flags = BTreeMap::<&str, Vec<&str>>::new();
    let mut words = Vec::new();
    for word in container.command.iter().chain(&container.args).map(|word| word.as_str()) {
        match word.strip_prefix("--").map(|flag| flag.split_once('=').unwrap_or((flag, "set"))) {
            Some((flag, value)) => flags.entry(flag).or_default().push(value),
            None => words.push(word),
        }
    }
    fields.add(format!("command of {}", container.name), words.join(" "));
    for (flag, values) in flags {
        fields.add_all(format!("--{flag} of {}", container.name), values);
    }
}
