//! What was another when the workload still ran, where somebody gave an earlier state to compare with.

use rutter_cluster::{
    Cluster, Str, Time,
    objects::{Container, ContainerStatus, Pod},
};

use crate::{Context, Evidence, secrets};

/// What the container was made of when a pod of the same workload was ready.
pub(super) struct Before {
    /// To stand behind a semicolon.
    pub(super) phrase: String,
    pub(super) evidence: Evidence,
}

/// `None` where nothing says that what was changed is why: the container ran well as it is now, there or here, or what is as it was
/// crashes, too.
pub(super) fn before(context: &Context<'_>, pod: &Pod, status: &ContainerStatus) -> Option<Before> {
    let earlier = context.earlier()?;
    let now = pod.container(&status.name)?;
    let was: Vec<(&Pod, &Container)> = of_workload(context, earlier, pod)
        .into_iter()
        .filter(|other| other.is_ready() && other.meta.deleted.is_none())
        .filter_map(|other| Some((other, other.container(&status.name)?)))
        .collect();
    let (pod_before, then) = *was.first()?;
    if was.iter().any(|(_, other)| is_same(other, now)) || has_counterproof(context, pod, now) {
        return None;
    }
    let time = Some(earlier.time()).filter(|time| time.unix() > 0);
    let (what, path, value) = change(then, now)?;
    let when = time.map_or_else(|| "before".to_owned(), |time: Time| format!("at {time}"));
    let evidence = Evidence::field(pod_before, path, value, time);
    Some(Before { phrase: format!("it was ready with {what} {when}"), evidence })
}

/// The pods of the same workload in the earlier state; the pod itself, where it is of none.
fn of_workload<'c>(context: &Context<'_>, earlier: &'c Cluster, pod: &Pod) -> Vec<&'c Pod> {
    let top = context.top_owner(pod);
    if top.kind == "Pod" {
        return earlier.pods.get(&pod.meta.namespace, &pod.meta.name).into_iter().collect();
    }
    earlier.pods_under(&top).collect()
}

/// Whether a pod of the workload runs well just as this one is, or one that is otherwise crashes as well.
fn has_counterproof(context: &Context<'_>, pod: &Pod, now: &Container) -> bool {
    let top = context.top_owner(pod);
    let tells = |other: &Pod| {
        other.container(&now.name).is_some_and(|container| {
            let crashes = other.container_statuses().any(|(status, _)| {
                status.name == now.name
                    && status
                        .state
                        .waiting
                        .as_ref()
                        .is_some_and(|waiting| waiting.reason == "CrashLoopBackOff")
            });
            if is_same(container, now) { other.is_ready() } else { crashes }
        })
    };
    top.kind != "Pod" && context.any_pod_under(&top, tells).unwrap_or(true)
}

fn is_same(one: &Container, other: &Container) -> bool {
    change(one, other).is_none()
}

/// The first that is another, most telling first: what it was in words, where that stands, and both values.
fn change(then: &Container, now: &Container) -> Option<(String, &'static str, String)> {
    if then.image != now.image {
        let value = format!("{}, now {}", then.image, now.image);
        return Some((format!("image {}", then.image), "spec.containers[*].image", value));
    }
    if then.command != now.command || then.args != now.args {
        // Passwords are given there, too.
        let arguments = |of: &Container| {
            let all: Vec<&str> = of.command.iter().chain(&of.args).map(Str::as_str).collect();
            secrets::words(&all)
        };
        let value = format!("{}, now {}", or_none(arguments(then)), or_none(arguments(now)));
        return Some(("another command".to_owned(), "spec.containers[*].command", value));
    }
    let environment = |of: &Container| {
        let all = of.env_refs.iter().chain(&of.env_from);
        all.map(|of| format!("{} {}", of.kind, of.name)).collect::<Vec<_>>().join(", ")
    };
    (then.env_refs != now.env_refs || then.env_from != now.env_from).then(|| {
        let value = format!("{}, now {}", or_none(environment(then)), or_none(environment(now)));
        ("its environment from elsewhere".to_owned(), "spec.containers[*].env", value)
    })
}

fn or_none(text: String) -> String {
    if text.is_empty() { "none".to_owned() } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_another_command_the_credentials_are_left_out() {
        let of = |args: [&str; 3]| Container { args: args.map(Str::from).into(), ..Container::default() };
        let (then, now) = (of(["--mode=a", "--token", "sekrit"]), of(["--mode=b", "--token", "sekrit"]));
        let (what, _, value) = change(&then, &now).unwrap();
        assert_eq!(what, "another command");
        assert_eq!(value, "--mode=a --token <redacted>, now --mode=b --token <redacted>");
        assert_eq!(change(&now, &now), None);
    }
}
