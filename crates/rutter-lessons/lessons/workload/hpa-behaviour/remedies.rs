//! What to do, by what is wrong. Looking comes first; sizes are changed last, and only where the cluster can bear it.

use super::target::{self, Target};
use crate::{
    Context, Finding, Remedy, Risk, backup, containers,
    texts::autoscaling::{self, Failure},
};

pub(super) fn remedies(context: &Context<'_>, finding: &Finding) -> Vec<Remedy> {
    let (namespace, name) = (&finding.object.namespace, &finding.object.name);
    let all = context.autoscalers(namespace).ok();
    let Some(scaler) = all.and_then(|all| all.iter().find(|one| one.meta.name == *name)) else {
        return Vec::new();
    };
    let goal = target::seen(context, scaler);
    let workload = goal.as_ref().and_then(|goal| containers::rolled_workload(&goal.object));
    let kubectl = |rest: String| format!("kubectl -n {namespace} {rest}");
    let read = |title: &str, commands: Vec<String>| Remedy::new(Risk::ReadOnly, title, commands);
    let look = read(
        "see what it says: its conditions, the metrics that it reads, and its last changes",
        vec![kubectl(format!("describe hpa {name}"))],
    );
    let reference = &scaler.spec.scale_target_ref;
    let kind = reference.kind.to_lowercase();
    let more = match finding.variant {
        "target-missing" => vec![Remedy::new(
            Risk::Reversible,
            "compare its scaleTargetRef (apiVersion, kind, name) with what is there: correct it, or delete the autoscaler if its target \
             was removed for good",
            vec![
                kubectl(format!("get hpa {name} -o jsonpath='{{.spec.scaleTargetRef}}{{\"\\n\"}}'")),
                kubectl(format!("get {kind}")),
            ],
        )],
        "metrics-api" => vec![metrics_api(finding)],
        "no-samples" => vec![read(
            "see whether its pods are ready, and what is measured of them: mend the pods first",
            vec![kubectl(format!("get {kind} {}", reference.name)), kubectl("top pods".to_owned())],
        )],
        "missing-request" => missing_request(finding, workload.as_deref(), goal.as_ref()),
        "no-metric" | "partial" => vec![Remedy::new(
            Risk::Reversible,
            "see whether the metric is served under that name, and whether the adapter has a rule for it; take a metric that is not \
             served any more out of the autoscaler",
            vec![
                "kubectl get apiservices | grep -e NAME -e metrics".to_owned(),
                "kubectl get --raw /apis/custom.metrics.k8s.io/v1beta1 | head -c 2000".to_owned(),
                "kubectl get --raw /apis/external.metrics.k8s.io/v1beta1 | head -c 2000".to_owned(),
            ],
        )],
        "ambiguous" => vec![
            read(
                "see which of them is meant: one autoscaler can have several metrics",
                vec![kubectl("get hpa -o wide".to_owned())],
            ),
            one_too_many(finding, &kubectl),
        ],
        "set-back" => vec![Remedy::new(
            Risk::Reversible,
            "find who sets the size: who last wrote spec.replicas stands in managedFields; take replicas out of the manifest that is \
             applied, but first out of what was last applied (kubectl apply edit-last-applied), or it falls to 1 with that apply",
            vec![
                kubectl(format!(
                    "get {kind} {} -o yaml --show-managed-fields | grep -e 'manager:' -e 'operation:' -e 'time:' -e 'f:replicas:'",
                    reference.name
                )),
                kubectl(format!("get events --field-selector involvedObject.name={}", reference.name)),
            ],
        )],
        "flapping" => vec![read(
            "see whether the load itself goes up and down, or each new pod is busy with its start: a longer \
             behavior.scaleDown.stabilizationWindowSeconds (300 by default) keeps it up through the pauses, a startup or readiness probe \
             keeps starting pods out of the figures",
            vec![
                kubectl(format!("get hpa {name} -o jsonpath='{{.spec.behavior}}{{\"\\n\"}}'")),
                kubectl(format!("get hpa {name} --watch")),
            ],
        )],
        "at-max" => at_max(name, &kubectl),
        _ => Vec::new(),
    };
    [look].into_iter().chain(more).collect()
}

/// Which of them goes is its owners' decision: no command that is pasted may make it.
fn one_too_many(finding: &Finding, kubectl: &dyn Fn(String) -> String) -> Remedy {
    let mut names: Vec<&str> = vec![&finding.object.name];
    let shown = finding.evidence.iter().map(|evidence| &evidence.object);
    for other in shown.filter(|object| object.kind == "HorizontalPodAutoscaler") {
        if !names.contains(&other.name.as_str()) {
            names.push(&other.name);
        }
    }
    let deletions: Vec<String> =
        names.iter().map(|name| format!("`{}`", kubectl(format!("delete hpa {name}")))).collect();
    Remedy::new(
        Risk::Reversible,
        format!(
            "save both (`kubectl apply -f autoscalers.yaml` is the way back), join their metrics in one of them, and delete the other (the \
             size stays as it is): {}",
            deletions.join(" or ")
        ),
        [backup::command(&kubectl(format!("get hpa {}", names.join(" "))), names.len(), "autoscalers.yaml")],
    )
}

fn metrics_api(finding: &Finding) -> Remedy {
    let said = finding.evidence.iter().find_map(|evidence| match autoscaling::parse(&evidence.value) {
        Failure::ApiMissing { api, .. } => Some(api),
        _ => None,
    });
    let group = said.map_or("metrics.k8s.io", autoscaling::Api::group);
    Remedy::new(
        Risk::ReadOnly,
        format!(
            "see who should serve {group}, and why that does not answer; as long as it doesn't, all autoscalers by such metrics stand still"
        ),
        [
            format!("kubectl get apiservices | grep -e NAME -e '{group}'"),
            "kubectl -n kube-system get pods -o wide | grep -e NAME -e metrics".to_owned(),
        ],
    )
}

/// The one container of the template that requests none of a resource.
fn silent(goal: &Target<'_>, resource: &str) -> Option<String> {
    let mut all = goal.template.spec.containers.iter();
    let mut silent = all.by_ref().filter(|one| one.resources.requests.get(resource).is_none());
    let first = silent.next()?;
    silent.next().is_none().then(|| first.name.to_string())
}

fn missing_request(finding: &Finding, workload: Option<&str>, goal: Option<&Target<'_>>) -> Vec<Remedy> {
    let namespace = &finding.object.namespace;
    let said = finding.evidence.iter().find_map(|evidence| match autoscaling::parse(&evidence.value) {
        Failure::RequestMissing { resource, container } => {
            Some((resource.to_owned(), container.map(str::to_owned)))
        }
        _ => None,
    });
    let (resource, container) = said.unwrap_or_else(|| ("cpu".to_owned(), None));
    if finding.message.contains("is not in the template") {
        let title = format!(
            "state a request of {resource} where that container is added (its injector's settings or annotations), or measure only the \
             application's container (metric type ContainerResource, 1.30), or set one for the whole namespace by a LimitRange"
        );
        return vec![Remedy::new(
            Risk::Reversible,
            title,
            [format!("kubectl -n {namespace} get limitrange")],
        )];
    }
    let container =
        container.or_else(|| silent(goal?, &resource)).unwrap_or_else(|| "<container>".to_owned());
    let Some(workload) = workload else { return Vec::new() };
    let set = format!(
        "kubectl -n {namespace} set resources {workload} --containers={container} --requests={resource}=<{resource}>"
    );
    vec![
        Remedy::new(
            Risk::ReadOnly,
            "see how much its containers use",
            [format!("kubectl -n {namespace} top pods --containers")],
        ),
        Remedy::new(
            Risk::Disruptive,
            "state a request near what it uses, in the source that it is applied from; that rolls its pods",
            [format!("{set} --dry-run=server"), set],
        ),
    ]
}

fn at_max(name: &str, kubectl: &dyn Fn(String) -> String) -> Vec<Remedy> {
    vec![
        Remedy::new(
            Risk::ReadOnly,
            "see whether more replicas would help: whether nodes and quota have room for them, and whether the load is real",
            [
                kubectl("top pods".to_owned()),
                "kubectl describe nodes | grep -A8 'Allocated resources'".to_owned(),
                kubectl("describe quota".to_owned()),
            ],
        ),
        Remedy::new(
            Risk::Reversible,
            "then raise its limit, in the source that it is applied from: only if what its pods call (databases, their connections) \
             bears so many more",
            [kubectl(format!(
                "patch hpa {name} --type=merge -p '{{\"spec\":{{\"maxReplicas\":<number>}}}}'"
            ))],
        ),
    ]
}
