//! What to do: replace the pods now, and the controller by a Deployment for good.

use crate::{Context, Finding, Remedy, Risk};

pub(super) fn remedies(context: &Context<'_>, finding: &Finding) -> Vec<Remedy> {
    let (namespace, name) = (&finding.object.namespace, &finding.object.name);
    let controller = context.replication_controller(namespace, name).ok().flatten();
    let selector = controller.map(|controller| {
        let pairs = controller.spec.selector.iter().map(|(key, value)| format!("{key}={value}"));
        pairs.collect::<Vec<_>>().join(",")
    });
    let selector = selector.filter(|selector| !selector.is_empty());
    let look = Remedy::new(
        Risk::ReadOnly,
        "compare what the template says with what runs",
        [
            format!(
                "kubectl get rc {name} -n {namespace} -o jsonpath='{{.spec.template.spec.containers[*].image}}{{\"\\n\"}}'"
            ),
            format!(
                "kubectl get pods -n {namespace} -l {} -o custom-columns='POD:.metadata.name,IMAGES:.spec.containers[*].image,CREATED:.metadata.creationTimestamp'",
                selector.as_deref().unwrap_or("<the selector of the controller>")
            ),
        ],
    );
    let now = Remedy::new(
        Risk::Disruptive,
        "now: delete its pods one at a time; each comes back with the present template. Wait until the new one is Ready before the next, and stop \
         if it doesn't get ready. Data in emptyDir volumes goes with a pod",
        finding.instances.iter().take(1).flat_map(|pod| {
            [
                format!("kubectl delete pod {} -n {namespace}", pod.name),
                format!(
                    "kubectl get pods -n {namespace} -l {} -w",
                    selector.as_deref().unwrap_or("<the selector of the controller>")
                ),
            ]
        }),
    );
    let for_good = Remedy::new(
        Risk::Disruptive,
        "for good: make a Deployment with the same replicas, selector and template (the second command needs jq), and wait until its pods are ready beside the \
         old ones. Both serve for a while: not so where two may not run at a time (one writer, a ReadWriteOnce volume): there the next step comes first",
        [
            format!(
                "kubectl get rc {name} -n {namespace} -o yaml > {name}-rc.yaml   # keep it: it is the way back"
            ),
            format!(
                "kubectl get rc {name} -n {namespace} -o json | jq '{{apiVersion: \"apps/v1\", kind: \"Deployment\", metadata: {{name: .metadata.name, namespace: .metadata.namespace, labels: .metadata.labels}}, spec: {{replicas: .spec.replicas, selector: {{matchLabels: .spec.selector}}, template: .spec.template}}}}' > {name}-deployment.json"
            ),
            format!(
                "kubectl apply -f {name}-deployment.json && kubectl rollout status deployment/{name} -n {namespace}"
            ),
        ],
    );
    let then = Remedy::new(
        Risk::Disruptive,
        "only when the Deployment's pods are all ready: end the controller's pods; delete it once nothing is missed",
        [format!("kubectl scale rc {name} -n {namespace} --replicas=0")],
    );
    vec![look, now, for_good, then]
}
