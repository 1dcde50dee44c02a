//! Small phrases that lessons share: durations, numbers, lists, the states of pods.

use std::collections::BTreeMap;

use rutter_cluster::objects::{ContainerStatus, Pod};

/// `95` → `1m35s`, `5y50d`; two units at most, as `kubectl get` prints ages.
pub fn duration(seconds: i64) -> String {
    let seconds = seconds.max(0);
    let (days, hours, minutes) = (seconds / 86_400, seconds % 86_400 / 3600, seconds % 3600 / 60);
    let two = |a: i64, a_unit: &str, b: i64, b_unit: &str| {
        if b == 0 { format!("{a}{a_unit}") } else { format!("{a}{a_unit}{b}{b_unit}") }
    };
    match (days, hours, minutes) {
        (0, 0, 0) => format!("{seconds}s"),
        (0, 0, _) => two(minutes, "m", seconds % 60, "s"),
        (0, _, _) => two(hours, "h", minutes, "m"),
        (..365, ..) => two(days, "d", hours, "h"),
        _ => two(days / 365, "y", days % 365, "d"),
    }
}

/// `(1, "pod")` → `1 pod`, `(3, "pod")` → `3 pods`. For regular plurals.
pub fn count(number: usize, noun: &str) -> String {
    format!("{number} {noun}{}", if number == 1 { "" } else { "s" })
}

/// `a, b and 3 more`.
pub fn list<T: AsRef<str>>(all: &[T], most: usize) -> String {
    let shown: Vec<&str> = all.iter().take(most).map(AsRef::as_ref).collect();
    match (shown.as_slice(), all.len().saturating_sub(most)) {
        ([.., _], more @ 1..) => format!("{} and {more} more", shown.join(", ")),
        ([first @ .., last], 0) if !first.is_empty() => format!("{} and {last}", first.join(", ")),
        _ => shown.concat(),
    }
}

/// The beginning of somebody else's words, which may be long: the whole belongs into the evidence.
pub fn short(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or(text).trim_end()),
        None => text.to_owned(),
    }
}

/// Bytes with a binary unit, as Kubernetes writes them: `1.5Gi`.
pub fn bytes(bytes: u64) -> String {
    let units = ["", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"];
    let power = (bytes.max(1).ilog2() / 10) as usize;
    let scaled = bytes as f64 / (1_u64 << (10 * power)) as f64;
    if scaled.fract() < 0.05 {
        format!("{scaled:.0}{}", units[power])
    } else {
        format!("{scaled:.1}{}", units[power])
    }
}

/// What keeps a pod from being ready, to stand behind a number of pods: `in CrashLoopBackOff`, `without a node`.
pub fn pod_state(pod: &Pod) -> String {
    if pod.meta.deleted.is_some() {
        return "being removed".to_owned();
    }
    if pod.is_finished() {
        let reason = if pod.status.reason.is_empty() { &pod.status.phase } else { &pod.status.reason };
        return format!("ended as {reason}");
    }
    if pod.spec.node_name.is_empty() {
        return "without a node".to_owned();
    }
    let waiting =
        |status: &ContainerStatus| status.state.waiting.as_ref().map(|waiting| waiting.reason.clone());
    let reasons: Vec<_> = pod.container_statuses().filter_map(|(status, _)| waiting(status)).collect();
    let starting = |reason: &str| matches!(reason, "" | "ContainerCreating" | "PodInitializing");
    if let Some(reason) = reasons.iter().find(|reason| !starting(reason)) {
        return format!("in {reason}");
    }
    if !reasons.is_empty() || pod.status.phase == "Pending" {
        return "still being started".to_owned();
    }
    if pod.container_statuses().any(|(status, init)| !init && status.state.terminated.is_some()) {
        return "with a container that ended".to_owned();
    }
    let containers =
        pod.condition("ContainersReady").is_some_and(rutter_cluster::objects::Condition::is_true);
    if containers && !pod.is_ready() && !pod.spec.readiness_gates.is_empty() {
        return "kept back by a readiness gate".to_owned();
    }
    "running but not ready".to_owned()
}

/// What keeps these pods from being ready, by number: `2 in CrashLoopBackOff, 1 without a node`.
pub fn pod_states<'a>(pods: impl IntoIterator<Item = &'a Pod>) -> String {
    let mut states = BTreeMap::<String, usize>::new();
    for pod in pods {
        *states.entry(pod_state(pod)).or_default() += 1;
    }
    let mut states: Vec<(String, usize)> = states.into_iter().collect();
    states.sort_by_key(|(_, number)| std::cmp::Reverse(*number));
    let states: Vec<String> = states.into_iter().map(|(state, number)| format!("{number} {state}")).collect();
    states.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phrases() {
        assert_eq!(
            [duration(0), duration(95), duration(3600), duration(90_061), duration(1875 * 86_400 + 3600)],
            ["0s", "1m35s", "1h", "1d1h", "5y50d"]
        );
        assert_eq!(list(&["a"], 2), "a");
        assert_eq!(list(&["a", "b"], 2), "a and b");
        assert_eq!(list(&["a", "b", "c"], 2), "a, b and 1 more");
        assert_eq!(list::<&str>(&[], 2), "");
        assert_eq!([short("äöü", 3), short("äöü", 2), short("a bc", 2)], ["äöü", "äö…", "a…"]);
        assert_eq!([bytes(0), bytes(1536), bytes(u64::MAX)], ["0", "1.5Ki", "16Ei"]);
    }
}
