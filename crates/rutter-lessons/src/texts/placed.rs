//! Where a pod was put: the events `Scheduled` of pods, and `SuccessfulCreate` of their controllers, which outlive the pods.

use super::scan::{after, between, non_empty, word};

/// The node in the scheduler's `Successfully assigned shop/web-0 to node-a`; before 1.12 without the namespace.
pub fn assigned_node(message: &str) -> Option<&str> {
    let (_, node) = after(message, "Successfully assigned ")?.split_once(" to ")?;
    non_empty(word(node))
}

/// The pod in a controller's `Created pod: web-6d5f9c8b7-4m2zq`, or a StatefulSet's `create Pod db-0 in StatefulSet db
/// successful`.
pub fn created_pod(message: &str) -> Option<&str> {
    let plain = after(message, "Created pod: ").map(word);
    plain.or_else(|| between(message, "create Pod ", " in StatefulSet")).and_then(non_empty)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_read() {
        assert_eq!(assigned_node("Successfully assigned shop/web-0 to node-a"), Some("node-a"));
        assert_eq!(assigned_node("Successfully assigned web-0 to node-a"), Some("node-a"));
        assert_eq!(assigned_node("Successfully assigned web-0 to "), None);
        assert_eq!(assigned_node("0/3 nodes are available"), None);
        assert_eq!(created_pod("Created pod: web-6d5f9c8b7-4m2zq"), Some("web-6d5f9c8b7-4m2zq"));
        assert_eq!(created_pod("create Pod db-0 in StatefulSet db successful"), Some("db-0"));
        assert_eq!(created_pod("create Claim data-db-0 Pod db-0 in StatefulSet db success"), None);
        assert_eq!(created_pod("Deleted pod: web-0"), None);
    }
}
