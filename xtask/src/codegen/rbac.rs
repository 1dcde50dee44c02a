//! The rights that a live scan needs: what the lessons declare to read, and nothing that writes.

use std::collections::BTreeMap;

use rutter_cluster::{Kind, KindSet};
use rutter_lessons::LESSONS;

use super::{Generated, generated};

const PATH: &str = "docs/book/src/rutter-reader.yaml";

const HEAD: &str = "\
# What `rutter diagnose` needs on a live cluster (`watch` only with -w). Written by `cargo xtask codegen` from the inputs that the lessons
# declare. Do not edit. Nothing here writes.
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata:
  name: rutter-reader
rules:
";

/// Lists are read, and with `-w` watched.
const READ: &str = "list, watch";

pub(super) fn generate() -> Generated {
    // Namespaces say how far the other lists reach.
    let inputs = LESSONS.iter().map(|lesson| lesson.inputs());
    generated(PATH, text(inputs.fold(KindSet::of(&[Kind::Namespace]), KindSet::union)))
}

fn text(kinds: KindSet) -> String {
    let mut groups = BTreeMap::<&str, Vec<&str>>::new();
    let listed = kinds.iter().filter(|kind| *kind != Kind::Secret);
    for kind in listed {
        groups.entry(kind.group()).or_default().push(kind.plural());
    }
    let mut text = HEAD.to_owned();
    for (group, plurals) in groups {
        text += &rule(group, &plurals, READ);
    }
    if kinds.contains(Kind::Pod) {
        text += "# The last lines of containers that crashed. Without this rule, what only a log tells isn't known.\n";
        text += &rule("", &["pods/log"], "get");
    }
    if kinds.contains(Kind::Secret) {
        text += "# Only names and types are asked for, never values; but RBAC can't grant less than the whole list. Without\n\
                 # this rule, what needs Secrets is reported as undecided.\n";
        text += &rule("", &["secrets"], READ);
    }
    text
}

fn rule(group: &str, plurals: &[&str], verb: &str) -> String {
    let mut text = format!("- apiGroups: [\"{group}\"]\n  resources:\n");
    for plural in plurals {
        text += &format!("  - {plural}\n");
    }
    text + &format!("  verbs: [{verb}]\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_read_is_granted_and_only_to_be_read() {
        let text = text(KindSet::of(&[Kind::Pod, Kind::Job, Kind::Secret]));
        assert!(text.contains("- apiGroups: [\"batch\"]\n  resources:\n  - jobs\n  verbs: [list, watch]\n"));
        assert!(text.ends_with("  - secrets\n  verbs: [list, watch]\n") && !text.contains("deployments"));
        for line in text.lines().filter(|line| line.contains("verbs:")) {
            assert!(["  verbs: [list, watch]", "  verbs: [get]"].contains(&line), "{line}");
        }
    }
}
