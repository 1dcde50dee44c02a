//! What containers request and are limited to.

use rutter_cluster::Quantity;

use crate::{
    context::Context,
    setting,
    template::{Container, Role, Template},
    yaml::Node,
};

/// A container's `requests` or `limits` of a resource.
pub(crate) fn of<'o>(container: &Container<'o>, list: &str, resource: &str) -> Option<(&'o Node, Quantity)> {
    let node = container.at(&["resources", list, resource])?;
    Some((node, Quantity::parse(node.text()?)?))
}

/// A container's limit of a resource, in whole units.
pub(crate) fn limit(container: &Container<'_>, resource: &str) -> Option<i64> {
    of(container, "limits", resource).map(|(_, limit)| limit.units()).filter(|limit| *limit > 0)
}

/// Whether a container requests a resource, or is limited in it, whatever it says.
pub(crate) fn names(container: &Container<'_>, list: &str, resource: &str) -> bool {
    container.at(&["resources", list, resource]).is_some()
}

/// Whether the pod as a whole has what its containers lack (1.34: `spec.resources`).
pub(crate) fn of_pod(template: &Template<'_>, resource: &str) -> bool {
    ["requests", "limits"].iter().any(|list| template.spec.at(&["resources", list, resource]).is_some())
}

/// Whether the namespace completes what containers lack: a LimitRange is among the manifests.
fn has_defaults(context: &Context<'_>, template: &Template<'_>) -> bool {
    context.beside(template.object, "", "LimitRange").next().is_some()
}

/// Quantities in `requests` and `limits` of a container: list, resource and value.
pub(crate) fn all<'o>(container: &Container<'o>) -> impl Iterator<Item = (&'static str, &'o Node, &'o Node)> {
    let node = container.node;
    ["requests", "limits"].into_iter().flat_map(move |list| {
        node.entries_at(&["resources", list]).iter().map(move |(key, value)| (list, key, value))
    })
}

/// Whether it is worth asking for what is missing in a container's resources: not of init containers, what belongs to the cluster
/// itself, tests, and what webhooks or LimitRanges complete.
pub(crate) fn are_asked(context: &Context<'_>, container: &Container<'_>) -> bool {
    let template = &container.template;
    container.role != Role::Init
        && !setting::is_of_system(context, template)
        && !setting::is_hook(template)
        && !setting::is_injected(template)
        && !has_defaults(context, template)
}
