//! What a kubelet runs by itself: as its file says, or as its mirror pod shows.

use std::collections::BTreeMap;

use rutter_cluster::{
    Str,
    objects::{Container, Pod, StaticPod},
};

use super::{Fields, fields::Shown, workload};

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

/// A flag's value stands after `=`, or is the next word.
fn command(fields: &mut Fields, container: &Container) {
    let mut flags = BTreeMap::<&str, Vec<&str>>::new();
    let mut others = Vec::new();
    let mut words = container.command.iter().chain(&container.args).map(Str::as_str).peekable();
    while let Some(word) = words.next() {
        let Some(flag) = word.strip_prefix("--").filter(|flag| !flag.is_empty()) else {
            others.push(word);
            continue;
        };
        let (flag, value) = flag
            .split_once('=')
            .unwrap_or_else(|| (flag, words.next_if(|next| !next.starts_with('-')).unwrap_or("set")));
        flags.entry(flag).or_default().push(value);
    }
    fields.add_words(format!("command of {}", container.name), others);
    for (flag, values) in flags {
        fields.add_shown(format!("--{flag} of {}", container.name), Shown::of_flag(flag, &values));
    }
}
