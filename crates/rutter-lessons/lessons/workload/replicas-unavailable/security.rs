//! What Pod Security demands, and the smallest change of a template that gives it.

use rutter_cluster::objects::{Container, PodTemplate};

/// One thing that a pod violates: `runAsNonRoot != true (pod or container "web" must set …)`.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Violation<'a> {
    pub(super) what: &'a str,
    /// The words in parentheses, which name the containers.
    detail: &'a str,
}

/// The list in the API server's message, apart: commas inside parentheses and brackets don't separate.
pub(super) fn violations(text: &str) -> Vec<Violation<'_>> {
    let (mut all, mut depth, mut from) = (Vec::new(), 0_i32, 0);
    for (at, letter) in text.char_indices().chain([(text.len(), ',')]) {
        match letter {
            '(' | '[' => depth += 1,
            ')' | ']' => depth -= 1,
            ',' if depth <= 0 => {
                all.extend(text.get(from..at).and_then(violation));
                from = at + 1;
            }
            _ => {}
        }
    }
    all
}

fn violation(text: &str) -> Option<Violation<'_>> {
    let (what, detail) = text.split_once('(').unwrap_or((text, ""));
    let what = what.trim();
    (!what.is_empty()).then(|| Violation { what, detail: detail.trim_end().trim_end_matches(')') })
}

/// A patch that sets what only has to be said, and what has to be given up instead.
pub(super) struct Fix<'a> {
    /// JSON for `spec.template.spec`; `None` if nothing can be set.
    pub(super) patch: Option<String>,
    /// What no setting allows: host namespaces, privileged containers, hostPath volumes.
    pub(super) give_up: Vec<&'a str>,
    /// Whether the image must be able to run as another user than root.
    pub(super) not_root: bool,
}

/// What a template only has to say.
const SET: [&str; 4] = [
    "runAsNonRoot != true",
    "seccompProfile",
    "allowPrivilegeEscalation != false",
    "unrestricted capabilities",
];

pub(super) fn fix<'a>(template: &PodTemplate, violations: &[Violation<'a>]) -> Fix<'a> {
    let has = |what: &str| violations.iter().find(|one| one.what == what);
    let mut pod = Vec::new();
    if has("runAsNonRoot != true").is_some() {
        pod.push("\"runAsNonRoot\":true");
    }
    if has("seccompProfile").is_some() {
        pod.push("\"seccompProfile\":{\"type\":\"RuntimeDefault\"}");
    }
    let of_containers = [
        (has("allowPrivilegeEscalation != false"), "\"allowPrivilegeEscalation\":false"),
        (has("unrestricted capabilities"), "\"capabilities\":{\"drop\":[\"ALL\"]}"),
    ];
    let mut fields = Vec::new();
    if !pod.is_empty() {
        fields.push(format!("\"securityContext\":{{{}}}", pod.join(",")));
    }
    for (list, containers) in
        [("initContainers", &template.spec.init_containers), ("containers", &template.spec.containers)]
    {
        let patches: Vec<String> = containers.iter().filter_map(|one| patch(one, &of_containers)).collect();
        if !patches.is_empty() {
            fields.push(format!("\"{list}\":[{}]", patches.join(",")));
        }
    }
    Fix {
        patch: (!fields.is_empty()).then(|| format!("{{{}}}", fields.join(","))),
        give_up: violations.iter().map(|one| one.what).filter(|what| !SET.contains(what)).collect(),
        not_root: has("runAsNonRoot != true").is_some(),
    }
}

/// What a container has to set, if the message names it.
fn patch(container: &Container, demands: &[(Option<&Violation<'_>>, &str)]) -> Option<String> {
    let name = format!("\"{}\"", container.name);
    let mine =
        demands.iter().filter(|(violation, _)| violation.is_some_and(|one| one.detail.contains(&name)));
    let settings: Vec<&str> = mine.map(|(_, setting)| *setting).collect();
    (!settings.is_empty())
        .then(|| format!("{{\"name\":{name},\"securityContext\":{{{}}}}}", settings.join(",")))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "allowPrivilegeEscalation != false (containers \"a\", \"b\" must set securityContext.allowPrivilegeEscalation=false), unrestricted capabilities (container \"b\" must set securityContext.capabilities.drop=[\"ALL\"]), hostPort (container \"a\" uses hostPorts 80, 81), seccompProfile (pod or containers \"a\", \"b\" must set securityContext.seccompProfile.type to \"RuntimeDefault\" or \"Localhost\")";

    #[test]
    fn commas_in_parentheses_do_not_separate() {
        let what: Vec<&str> = violations(TEXT).iter().map(|one| one.what).collect();
        assert_eq!(
            what,
            ["allowPrivilegeEscalation != false", "unrestricted capabilities", "hostPort", "seccompProfile"]
        );
        assert_eq!(violations(""), []);
        assert_eq!(violations(") é(,").len(), 1);
    }

    #[test]
    fn only_what_was_asked_for_is_set() {
        let container = |name: &str| Container { name: name.into(), ..Container::default() };
        let mut template = PodTemplate::default();
        template.spec.containers = [container("a"), container("b"), container("c")].into();
        let fix = fix(&template, &violations(TEXT));
        let wanted = concat!(
            r#"{"securityContext":{"seccompProfile":{"type":"RuntimeDefault"}},"#,
            r#""containers":[{"name":"a","securityContext":{"allowPrivilegeEscalation":false}},"#,
            r#"{"name":"b","securityContext":{"allowPrivilegeEscalation":false,"capabilities":{"drop":["ALL"]}}}]}"#
        );
        assert_eq!(fix.patch.as_deref(), Some(wanted));
        assert_eq!(fix.give_up, ["hostPort"]);
        assert!(!fix.not_root);
    }
}
