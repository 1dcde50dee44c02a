//! What a node is and offers.

use rutter_cluster::{Quantity, objects::Node};
use rutter_lessons::words;

use super::Fields;

pub(super) fn fields(node: &Node) -> Fields {
    let mut fields = Fields::default();
    let info = &node.status.node_info;
    fields.add("kubelet", &info.kubelet_version);
    fields.add("kernel", &info.kernel_version);
    fields.add("OS", &info.os_image);
    fields.add("container runtime", &info.container_runtime_version);
    for (what, quantities) in [("allocatable", &node.status.allocatable), ("capacity", &node.status.capacity)]
    {
        for (resource, quantity) in quantities.iter() {
            fields.add(format!("{what} {resource}"), amount(resource, quantity));
        }
    }
    fields.add("cordoned", if node.spec.unschedulable { "yes" } else { "" });
    // Taints of Kubernetes itself come and go with conditions, which findings tell of.
    let taints = node.spec.taints.iter().filter(|taint| !taint.key.starts_with("node.kubernetes.io/"));
    for taint in taints {
        // Of one key there may be several, one for each effect.
        let value = if taint.value.is_empty() { "yes" } else { taint.value.as_str() };
        fields.add(format!("taint {} {}", taint.key, taint.effect), value);
    }
    for (key, value) in node.meta.labels.iter() {
        fields.add(format!("label {key}"), if value.is_empty() { "(empty)" } else { value.as_str() });
    }
    fields
}

/// Memory and disks to a tenth of their unit: what differs less is not what anybody changed.
fn amount(resource: &str, quantity: Quantity) -> String {
    let is_bytes = ["memory", "storage"].iter().any(|bytes| resource.ends_with(bytes));
    match u64::try_from(quantity.units()) {
        Ok(bytes) if is_bytes => words::bytes(bytes),
        _ => quantity.to_string(),
    }
}
