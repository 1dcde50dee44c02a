//! Why an autoscaler can't scale: conditions and events of HorizontalPodAutoscalers.
//!
//! The words of `pkg/controller/podautoscaler` and of its metrics clients, 1.12–1.37, behind `the HPA was unable to compute the
//! replica count: ` (conditions) or without it (events).

use super::scan::{after, between, non_empty, until, word};

/// Why an autoscaler can't scale.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Failure<'a> {
    /// `deployments.apps "web" not found`.
    TargetMissing,
    /// `no matches for kind "Deployment" in group "extensions"`: nobody serves such a kind.
    KindUnknown {
        /// The kind.
        kind: &'a str,
    },
    /// `missing request for cpu in container proxy of Pod web-1`; up to about 1.2x without container and pod.
    RequestMissing {
        /// `cpu` or `memory`.
        resource: &'a str,
        /// The container that states none, if it is named.
        container: Option<&'a str>,
    },
    /// `missing pod-level request for cpu in Pod web-1` (1.34+).
    PodRequestMissing {
        /// `cpu` or `memory`.
        resource: &'a str,
    },
    /// Nobody serves the API of these metrics, or who should does not answer.
    ApiMissing {
        /// Which.
        api: Api,
        /// The API server's words.
        detail: &'a str,
    },
    /// `no metrics returned from … metrics API`: it answers, and knows none of the pods.
    NoneReturned {
        /// Which.
        api: Api,
    },
    /// `did not receive metrics for any ready pods`, `… for targeted pods (pods might be unready)`.
    NoSamples,
    /// `no pods returned by selector while calculating replica count`.
    NoPods,
    /// `pods by selector app=web are controlled by multiple HPAs: [shop/a shop/b]` (1.27+).
    Ambiguous,
    /// Something else.
    Other {
        /// In its words.
        detail: &'a str,
    },
}

/// An API of metrics.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Api {
    /// CPU and memory, from metrics-server.
    Resource,
    /// Of pods and objects, from an adapter.
    Custom,
    /// Of something outside, from an adapter.
    External,
}

impl Api {
    /// Its group: `metrics.k8s.io`.
    pub fn group(self) -> &'static str {
        match self {
            Self::Resource => "metrics.k8s.io",
            Self::Custom => "custom.metrics.k8s.io",
            Self::External => "external.metrics.k8s.io",
        }
    }

    fn of(text: &str) -> Option<Self> {
        let apis = [("resource", Self::Resource), ("custom", Self::Custom), ("external", Self::External)];
        apis.into_iter()
            .find(|(name, _)| text.contains(&format!("from {name} metrics API")))
            .map(|(_, api)| api)
    }
}

/// Reads the message of a condition or an event.
pub fn parse(message: &str) -> Failure<'_> {
    if let Some(resource) = between(message, "missing pod-level request for ", " in Pod ") {
        return Failure::PodRequestMissing { resource };
    }
    if let Some(rest) = after(message, "missing request for ") {
        let container = after(rest, " in container ").map(word).and_then(non_empty);
        return Failure::RequestMissing { resource: word(rest), container };
    }
    if message.contains("are controlled by multiple HPAs") {
        return Failure::Ambiguous;
    }
    if message.contains("did not receive metrics for")
        || message.contains("no metrics returned matched known pods")
    {
        return Failure::NoSamples;
    }
    if message.contains("no pods returned by selector") {
        return Failure::NoPods;
    }
    if let Some(kind) = between(message, "no matches for kind \"", "\"") {
        return Failure::KindUnknown { kind };
    }
    if let Some(api) = Api::of(message) {
        return of_api(message, api);
    }
    let detail = detail(message);
    if detail.ends_with("not found") && detail.contains('"') {
        return Failure::TargetMissing;
    }
    Failure::Other { detail }
}

fn of_api(message: &str, api: Api) -> Failure<'_> {
    if message.contains("no metrics returned from") {
        return Failure::NoneReturned { api };
    }
    let detail = after(message, "metrics API: ").unwrap_or(message);
    // A metric that the adapter doesn't know is told as `the server could not find the metric …`.
    let gone =
        ["could not find the requested resource", "currently unable to handle the request", "registered"];
    if gone.iter().any(|words| detail.contains(words)) || detail.contains("service unavailable") {
        return Failure::ApiMissing { api, detail };
    }
    Failure::Other { detail }
}

/// What is left without the words that all have in common.
fn detail(message: &str) -> &str {
    const HEADS: [&str; 3] = [
        "the HPA was unable to compute the replica count: ",
        "the HPA controller was unable to get the target's current scale: ",
        "the HPA controller was unable to update the target scale: ",
    ];
    HEADS.iter().find_map(|head| message.strip_prefix(head)).unwrap_or(message)
}

/// What an event `SuccessfulRescale` says: the size, and whether it went up by a metric, down by all, or back within the bounds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rescale {
    /// The new size.
    pub size: i64,
    /// Why.
    pub why: Why,
}

/// Why an autoscaler changed a size.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// `cpu resource utilization (percentage of request) above target`.
    Above,
    /// `All metrics below target`.
    Below,
    /// `Current number of replicas above Spec.MaxReplicas`, `… below Spec.MinReplicas`: somebody else had set it.
    Bounds,
}

/// Reads `New size: 2; reason: cpu resource utilization (percentage of request) above target`.
pub fn rescale(message: &str) -> Option<Rescale> {
    let size = until(after(message, "New size: ")?, ";").trim().parse().ok()?;
    let reason = after(message, "reason: ")?;
    let why = match reason {
        _ if reason.contains("Spec.M") => Why::Bounds,
        _ if reason.contains("All metrics below target") => Why::Below,
        _ => Why::Above,
    };
    Some(Rescale { size, why })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Recorded on 1.34.4.
    #[test]
    fn present_words() {
        let request = "the HPA was unable to compute the replica count: failed to get cpu utilization: missing request for cpu in container proxy of Pod web-548cf88448-h2vnl";
        assert_eq!(parse(request), Failure::RequestMissing { resource: "cpu", container: Some("proxy") });
        let gone = "the HPA controller was unable to get the target's current scale: deployments.apps \"gone\" not found";
        assert_eq!(parse(gone), Failure::TargetMissing);
        let two = "pods by selector app=api are controlled by multiple HPAs: [shop/api-cpu shop/api-custom]";
        assert_eq!(parse(two), Failure::Ambiguous);
        let none = "failed to get cpu utilization: unable to get metrics for resource cpu: no metrics returned from resource metrics API";
        assert_eq!(parse(none), Failure::NoneReturned { api: Api::Resource });
        let detail = "no custom metrics API (custom.metrics.k8s.io) registered";
        let custom = format!(
            "unable to get metric requests-per-second: unable to fetch metrics from custom metrics API: {detail}"
        );
        assert_eq!(parse(&custom), Failure::ApiMissing { api: Api::Custom, detail });
        let detail =
            "the server could not find the requested resource (get queue-length.external.metrics.k8s.io)";
        let external = format!(
            "unable to get external metric shop/queue-length/nil: unable to fetch metrics from external metrics API: {detail}"
        );
        assert_eq!(parse(&external), Failure::ApiMissing { api: Api::External, detail });
        let detail = "the server is currently unable to handle the request (get pods.metrics.k8s.io)";
        let down = format!(
            "failed to get cpu utilization: unable to get metrics for resource cpu: unable to fetch metrics from resource metrics API: {detail}"
        );
        assert_eq!(parse(&down), Failure::ApiMissing { api: Api::Resource, detail });
    }

    /// From the source of 1.12.10 and 1.34.4.
    #[test]
    fn other_words() {
        let old = "the HPA was unable to compute the replica count: missing request for cpu";
        assert_eq!(parse(old), Failure::RequestMissing { resource: "cpu", container: None });
        assert_eq!(parse("did not receive metrics for any ready pods"), Failure::NoSamples);
        assert_eq!(
            parse(
                "failed to get cpu utilization: did not receive metrics for targeted pods (pods might be unready)"
            ),
            Failure::NoSamples
        );
        assert_eq!(
            parse("missing pod-level request for memory in Pod a"),
            Failure::PodRequestMissing { resource: "memory" }
        );
        assert_eq!(parse("no pods returned by selector while calculating replica count"), Failure::NoPods);
        assert_eq!(
            parse("no matches for kind \"Deployment\" in group \"extensions\""),
            Failure::KindUnknown { kind: "Deployment" }
        );
        let detail = "the server could not find the metric rps for pods";
        let unknown =
            format!("unable to get metric rps: unable to fetch metrics from custom metrics API: {detail}");
        assert_eq!(parse(&unknown), Failure::Other { detail });
        assert_eq!(parse(""), Failure::Other { detail: "" });
    }

    #[test]
    fn sizes() {
        let up =
            rescale("New size: 2; reason: cpu resource utilization (percentage of request) above target");
        assert_eq!(up, Some(Rescale { size: 2, why: Why::Above }));
        assert_eq!(
            rescale("New size: 1; reason: All metrics below target").map(|one| one.why),
            Some(Why::Below)
        );
        let bounds = rescale("New size: 5; reason: Current number of replicas above Spec.MaxReplicas");
        assert_eq!(bounds.map(|one| one.why), Some(Why::Bounds));
        assert_eq!([rescale("New size: x; reason: y"), rescale("")], [None, None]);
    }
}
