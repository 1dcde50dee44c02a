//! What to do: see what NGINX was really told, change one key at a time, and keep the way back.

use super::plan;
use crate::{Context, Finding, Remedy, Risk};

pub(super) fn remedies(context: &Context<'_>, finding: &Finding) -> Vec<Remedy> {
    let namespace = &finding.object.namespace;
    match finding.variant {
        "retired" => retired(),
        "missing" => vec![Remedy::new(
            Risk::Reversible,
            "see whether it has another name, or was never made; where the defaults are meant, make an empty one, so that a typing error shows",
            [format!("kubectl get configmaps -n {namespace}")],
        )],
        _ => of_map(context, finding),
    }
}

fn of_map(context: &Context<'_>, finding: &Finding) -> Vec<Remedy> {
    let (namespace, name) = (&finding.object.namespace, &finding.object.name);
    let keep = Remedy::new(
        Risk::ReadOnly,
        "keep what is there: it is the way back",
        [format!("kubectl get configmap {name} -n {namespace} -o yaml > {name}.before.yaml")],
    );
    let what = match finding.variant {
        "file" => {
            "write each setting as a key of its own, with its value as a text in quotes (keep-alive: \"75\"), and leave the file out"
        }
        "workers" => "set worker-processes to the controller's CPU limit, rounded up, or to auto",
        _ => {
            "correct the keys and values that are named above; values are texts in quotes, times whole seconds without a unit"
        }
    };
    let change = Remedy::new(
        Risk::Disruptive,
        format!(
            "{what}: one change at a time. Every change makes all controllers load their configuration anew, at which long connections (WebSockets) \
             end after worker-shutdown-timeout; an upstream-keepalive-timeout above the backends' own idle time brings 502"
        ),
        [format!("kubectl edit configmap {name} -n {namespace}")],
    )
    .perhaps_by(plan::plan(context, finding));
    let check = Remedy::new(
        Risk::ReadOnly,
        "see in the controller's log that it was loaded, and in a controller's pod what NGINX was told",
        [
            format!(
                "kubectl get events -n {namespace} --field-selector reason=RELOAD --sort-by=.lastTimestamp | tail -5"
            ),
            format!(
                "kubectl exec -n {namespace} <a pod of the controller> -- grep -n -e worker_processes -e keepalive -e _timeout /etc/nginx/nginx.conf | head -40"
            ),
        ],
    );
    vec![keep, change, check]
}

fn retired() -> Vec<Remedy> {
    vec![
        Remedy::new(
            Risk::ReadOnly,
            "see what depends on it, above all annotations that only it knows",
            [
                "kubectl get ingresses -A".to_owned(),
                "kubectl get ingresses -A -o yaml | grep -o 'nginx.ingress.kubernetes.io/[a-z-]*' | sort | uniq -c | sort -rn".to_owned(),
            ],
        ),
        Remedy::new(
            Risk::Disruptive,
            "plan the move: to Gateway API (ingress2gateway converts a good part) or another maintained controller, beside this one, host by host; until \
             then allow no snippets (allow-snippet-annotations: \"false\") and close its admission webhook to all but the API server (CVE-2025-1974 \
             needs 1.11.5, 1.12.1 or newer)",
            [],
        ),
    ]
}
