//! Why a namespace cannot go: the messages of the conditions that the namespace controller writes (1.16 and later; before,
//! nothing tells).
//!
//! `Some resources are remaining: widgets.example.com has 2 resource instances, pods. has 1 resource instances`, `Some content
//! in the namespace has finalizers remaining: example.com/guard in 2 resource instances`, `Discovery failed for some groups,
//! 1 failing: unable to retrieve the complete list of server APIs: metrics.k8s.io/v1beta1: the server is currently unable to
//! handle the request`.

use super::scan::{after, number};

/// Something of which some are left: a kind of objects, or a finalizer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Left<'a> {
    /// `widgets.example.com`, `pods`, or a finalizer.
    pub name: &'a str,
    /// How many objects.
    pub count: u64,
}

/// What is left, by the message of `NamespaceContentRemaining`.
pub fn content(message: &str) -> Vec<Left<'_>> {
    listed(message, "resources are remaining: ", " has ")
}

/// The finalizers on what is left, by the message of `NamespaceFinalizersRemaining`.
pub fn finalizers(message: &str) -> Vec<Left<'_>> {
    listed(message, "finalizers remaining: ", " in ")
}

fn listed<'a>(message: &'a str, open: &str, between: &str) -> Vec<Left<'a>> {
    let list = after(message, open).unwrap_or_default();
    let left = list.split(", ").filter_map(|one| {
        let (name, rest) = one.rsplit_once(between)?;
        // The core group is an empty one: `pods.`.
        let name = name.trim().trim_end_matches('.');
        (!name.is_empty()).then_some(Left { name, count: number(rest)? })
    });
    left.collect()
}

/// The API groups that don't answer, by the message of `NamespaceDeletionDiscoveryFailure`: `metrics.k8s.io/v1beta1`.
pub fn failing_groups(message: &str) -> Vec<&str> {
    let list = after(message, "complete list of server APIs: ").unwrap_or_default();
    let groups = list.split(", ").filter_map(|one| one.split_once(": ")).map(|(group, _)| group.trim());
    groups.filter(|group| group.contains('/') && !group.contains(' ')).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::texts::testing::survives;

    const CONTENT: &str = "Some resources are remaining: widgets.example.com has 2 resource instances, pods. has 1 resource instances";
    const FINALIZERS: &str = "Some content in the namespace has finalizers remaining: example.com/guard in 2 resource instances, x in 1 resource instances";
    const DISCOVERY: &str = "Discovery failed for some groups, 2 failing: unable to retrieve the complete list of server APIs: custom.metrics.k8s.io/v1beta1: the server is currently unable to handle the request, subresources.kubevirt.io/v1: stale GroupVersion discovery: subresources.kubevirt.io/v1";

    #[test]
    fn what_is_left() {
        let left = |name, count| Left { name, count };
        assert_eq!(content(CONTENT), [left("widgets.example.com", 2), left("pods", 1)]);
        assert_eq!(finalizers(FINALIZERS), [left("example.com/guard", 2), left("x", 1)]);
        assert_eq!(content("All content successfully removed"), []);
        assert_eq!(
            failing_groups(DISCOVERY),
            ["custom.metrics.k8s.io/v1beta1", "subresources.kubevirt.io/v1"]
        );
    }

    #[test]
    fn any_text_is_survived() {
        survives(&[CONTENT, FINALIZERS, DISCOVERY], |text| {
            format!("{:?}{:?}{:?}", content(text), finalizers(text), failing_groups(text))
        });
    }
}
