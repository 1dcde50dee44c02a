//! Security contexts that can't be fulfilled: not root but user 0, privileged but without more privileges.

use rutter_lessons::Severity;

use crate::{Check, Container, Context, Found, Look, Topic, yaml::Node};

pub(crate) static CHECK: Check = Check {
    id: "security-contradiction",
    topic: Topic::Security,
    title: "the security context contradicts itself",
    severity: Severity::High,
    default: true,
    prevents: &["container-config-error", "replicas-unavailable"],
    look: Look::Container(look),
    text: include_str!("check.md"),
};

fn look(_: &Context<'_>, container: &Container<'_>, found: &mut Found<'_>) {
    let not_root = container.security("runAsNonRoot").and_then(Node::bool) == Some(true);
    if let Some(user) = container.security("runAsUser").filter(|user| not_root && user.integer() == Some(0)) {
        found
            .at(
                user,
                "runAsNonRoot is true and runAsUser 0: the container stays in CreateContainerConfigError",
            )
            .container(container.name)
            .advice("write the number of another user, or take runAsNonRoot out");
    }
    let own = |field: &str| container.at(&["securityContext", field]).and_then(Node::bool);
    if own("privileged") == Some(true)
        && let Some(node) = container.at(&["securityContext", "allowPrivilegeEscalation"])
        && node.bool() == Some(false)
    {
        found
            .at(node, "allowPrivilegeEscalation is false and privileged true: the API server refuses the pod")
            .advice("take privileged out, or allowPrivilegeEscalation");
    }
    let host_users = container.template.spec.at(&["hostUsers"]).and_then(Node::bool);
    if host_users != Some(false)
        && let Some(node) = container.at(&["securityContext", "procMount"])
        && node.text() == Some("Unmasked")
    {
        found
            .at(node, "procMount is Unmasked and hostUsers not false: the API server refuses the pod, and older ones show it the node's /proc")
            .advice("take procMount out; hostUsers: false where a container must build others");
    }
}
