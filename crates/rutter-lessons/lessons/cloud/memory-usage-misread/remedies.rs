//! What to do: look at the other figure.

use crate::{Context, Finding, Remedy, Risk};

pub(super) fn remedies(_: &Context<'_>, finding: &Finding) -> Vec<Remedy> {
    let name = if finding.node.is_empty() { "its node" } else { finding.node.as_str() };
    vec![
        Remedy::new(
            Risk::ReadOnly,
            "watch the working set: it is what kubectl top shows, and container_memory_working_set_bytes in Prometheus (not \
             container_memory_usage_bytes, nor what docker stats or a cloud's console call used)",
            [
                "kubectl top nodes".to_owned(),
                "kubectl top pods -A --containers --sort-by=memory | head -20".to_owned(),
            ],
        ),
        Remedy::new(
            Risk::ReadOnly,
            format!(
                "on {name} itself, see what is available rather than what is free, and whether anybody had to wait for memory (0.00 means: nobody)"
            ),
            ["free -m".to_owned(), "cat /proc/pressure/memory".to_owned()],
        ),
        Remedy::new(
            Risk::ReadOnly,
            "change nothing: no limit needs to be raised for it, and dropping the caches by hand only makes the next reads slow",
            [],
        ),
    ]
}
