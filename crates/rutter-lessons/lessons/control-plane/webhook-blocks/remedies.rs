//! What to do: bring back who must answer. To let requests through unchecked comes last, and says what that means.

use rutter_cluster::{
    ObjectRef, Str,
    objects::{ServiceReference, Webhook},
};

use crate::{Context, Finding, Remedy, Risk};

const POLICIES: &str = "jsonpath='{range .webhooks[*]}{.name}{\"\\t\"}{.failurePolicy}{\"\\t\"}{.clientConfig.service}{\"\\n\"}{end}'";

pub(super) fn remedies(context: &Context<'_>, finding: &Finding) -> Vec<Remedy> {
    let mut all = vec![look(finding)];
    let service = service(context, finding);
    if let Some((namespace, name)) = &service {
        all.extend(behind(context, finding.variant, namespace, name));
    }
    all.extend(by_variant(context, finding, service.as_ref()));
    all.extend(last(context, finding));
    all
}

fn resource(finding: &Finding) -> &'static str {
    match finding.object.kind.as_str() {
        "MutatingWebhookConfiguration" => "mutatingwebhookconfiguration",
        _ => "validatingwebhookconfiguration",
    }
}

fn look(finding: &Finding) -> Remedy {
    let name = &finding.object.name;
    if finding.object.kind == "Service" {
        let commands =
            ["kubectl get validatingwebhookconfigurations,mutatingwebhookconfigurations -o wide".to_owned()];
        return Remedy::new(
            Risk::ReadOnly,
            "see which configuration calls this Service, and for what",
            commands,
        );
    }
    let commands = [
        format!("kubectl get {} {name} -o {POLICIES}", resource(finding)),
        "kubectl get events -A --sort-by=.lastTimestamp | grep 'failed calling' | tail -20".to_owned(),
    ];
    Remedy::new(Risk::ReadOnly, "see what it calls and whom that keeps waiting", commands)
}

/// The Service that is called: by the configuration, or the finding's object.
fn service(context: &Context<'_>, finding: &Finding) -> Option<(Str, Str)> {
    if finding.object.kind == "Service" {
        return Some((finding.object.namespace.clone(), finding.object.name.clone()));
    }
    let webhook = first(context, finding)?;
    let ServiceReference { namespace, name, .. } = webhook.client_config.service.as_ref()?;
    Some((namespace.clone(), name.clone()))
}

/// The first of the webhooks that the finding is about, and where it stands in its configuration.
fn numbered<'c>(context: &Context<'c>, finding: &Finding) -> Vec<(usize, &'c Webhook)> {
    let configured = context.configured_webhooks().unwrap_or_default();
    let mine: Vec<&Webhook> = configured
        .into_iter()
        .filter(|(object, _): &(ObjectRef, _)| object.same(&finding.object))
        .map(|(_, webhook)| webhook)
        .collect();
    let shown = |webhook: &Webhook| {
        let path = crate::webhooks::path(&webhook.name);
        finding
            .evidence
            .iter()
            .any(|evidence| matches!(&evidence.origin, crate::Origin::Field(field) if *field == path))
    };
    mine.into_iter().enumerate().filter(|(_, webhook)| shown(webhook)).collect()
}

fn first<'c>(context: &Context<'c>, finding: &Finding) -> Option<&'c Webhook> {
    numbered(context, finding).first().map(|(_, webhook)| *webhook)
}

/// Who should answer, and what he says.
fn behind(context: &Context<'_>, variant: &str, namespace: &str, name: &str) -> Option<Remedy> {
    let there = context.service(namespace, name).ok().flatten();
    if variant == "no-service" || there.is_none() {
        return None;
    }
    let selector = there.map(|service| service.spec.selector.to_string()).filter(|labels| !labels.is_empty());
    let pods = match selector {
        Some(labels) => format!("get pods -l '{labels}' -o wide"),
        None => "get pods -o wide".to_owned(),
    };
    let commands = [
        format!("kubectl -n {namespace} get service {name} -o wide"),
        format!("kubectl -n {namespace} get endpointslices -l kubernetes.io/service-name={name}"),
        format!("kubectl -n {namespace} {pods}"),
        format!("kubectl -n {namespace} get deployments,statefulsets,daemonsets"),
    ];
    let title = match variant {
        "no-endpoints" => "see how the pods behind it fare: it works again as soon as one of them is ready",
        "no-port" => {
            "compare the port in its configuration with those of the Service, and have its installer set the right one"
        }
        _ => "see how the pods behind it fare, and what they log",
    };
    let risk = if variant == "no-port" { Risk::Reversible } else { Risk::ReadOnly };
    Some(Remedy::new(risk, title, commands))
}

fn by_variant(context: &Context<'_>, finding: &Finding, service: Option<&(Str, Str)>) -> Vec<Remedy> {
    let at = service.map_or("<namespace>", |(namespace, _)| namespace.as_str());
    match finding.variant {
        "no-service" => vec![Remedy::new(
            Risk::Reversible,
            "find out whose it is and whether that is still meant to run: if so, install it again (its Service comes with it); if it \
             was removed, its configuration was left behind",
            [
                format!(
                    "kubectl get {} {} -o jsonpath='{{.metadata.creationTimestamp}} {{.metadata.labels}} {{.metadata.annotations}} {{.metadata.ownerReferences}}{{\"\\n\"}}'",
                    resource(finding),
                    finding.object.name
                ),
                format!("kubectl get namespace {at}"),
                format!("kubectl -n {at} get all"),
            ],
        )],
        "no-endpoints" if scaled_to_zero(context, service).is_some() => {
            let (kind, name) = scaled_to_zero(context, service).unwrap_or_default();
            vec![Remedy::new(
                Risk::Reversible,
                "it is scaled to zero: ask who did that, and scale it up again",
                [format!("kubectl -n {at} scale {kind} {name} --replicas=1")],
            )]
        }
        "certificate" => vec![certificate(context, at, finding)],
        "timeout" | "unreachable" | "slow" if service.is_none() => vec![Remedy::new(
            Risk::ReadOnly,
            "it is called at an address outside of the cluster: see from a machine of the control plane whether its name resolves there \
             and it answers, and ask whoever runs it",
            [],
        )],
        "timeout" | "unreachable" | "slow" => vec![Remedy::new(
            Risk::ReadOnly,
            "see whether it is overloaded, and whether the way from the control plane to its port is open: API servers outside of the \
             pod network need a firewall rule for the pods' port, and a NetworkPolicy must let them in",
            [
                format!("kubectl -n {at} get networkpolicy"),
                format!(
                    "kubectl -n {at} get pods -o custom-columns='NAME:.metadata.name,NODE:.spec.nodeName,IP:.status.podIP,PORTS:.spec.containers[*].ports[*].containerPort'"
                ),
                "kubectl get nodes".to_owned(),
            ],
        )],
        _ => Vec::new(),
    }
}

/// A workload behind the Service that wants no pod.
fn scaled_to_zero(context: &Context<'_>, service: Option<&(Str, Str)>) -> Option<(&'static str, Str)> {
    let (namespace, name) = service?;
    let service = context.service(namespace, name).ok()??;
    let selects = |labels: &rutter_cluster::Labels| {
        !service.spec.selector.is_empty()
            && service.spec.selector.iter().all(|(key, value)| labels.get(key) == Some(value))
    };
    let found = context
        .deployments_in(namespace)
        .ok()?
        .iter()
        .find(|one| one.wanted() == 0 && selects(&one.spec.template.meta.labels));
    found.map(|one| ("deployment", one.meta.name.clone()))
}

fn certificate(context: &Context<'_>, namespace: &str, finding: &Finding) -> Remedy {
    let (kind, name) = (resource(finding), &finding.object.name);
    let at = numbered(context, finding).first().map_or(0, |(at, _)| *at);
    let bundle = (finding.object.kind != "Service").then(|| format!(
        "kubectl get {kind} {name} -o jsonpath='{{.webhooks[{at}].clientConfig.caBundle}}' | base64 -d | openssl x509 -noout -subject -dates"
    ));
    Remedy::new(
        Risk::Disruptive,
        "see until when the authority in its configuration is valid and who keeps its certificate (cert-manager, a Job of the \
         operator, the operator itself): have that issue a new one, and see that the caBundle follows; then restart its pods if they \
         read it only when they start",
        bundle.into_iter().chain([
            format!("kubectl -n {namespace} get secrets --field-selector type=kubernetes.io/tls"),
            format!("kubectl -n {namespace} get jobs"),
            format!("kubectl -n {namespace} get certificates.cert-manager.io"),
        ]),
    )
}

/// The last resort, with what it gives up.
fn last(context: &Context<'_>, finding: &Finding) -> Vec<Remedy> {
    if finding.object.kind == "Service" || finding.variant == "slow" {
        return Vec::new();
    }
    let (kind, name) = (resource(finding), &finding.object.name);
    // By number and name: a webhook that was added since must not be meant.
    let set = |policy: &str| -> String {
        let all = numbered(context, finding).into_iter().map(|(at, webhook)| {
            let webhook = &webhook.name;
            format!(
                "{{\"op\":\"test\",\"path\":\"/webhooks/{at}/name\",\"value\":\"{webhook}\"}},\
                 {{\"op\":\"replace\",\"path\":\"/webhooks/{at}/failurePolicy\",\"value\":\"{policy}\"}}"
            )
        });
        let all: Vec<String> = all.collect();
        format!("kubectl patch {kind} {name} --type=json -p '[{}]'", all.join(","))
    };
    if numbered(context, finding).is_empty() {
        return Vec::new();
    }
    let title = if finding.variant == "deadlock" {
        "it does not come back by itself: with the consent of whoever it protects, let requests pass unchecked for as long as its pods \
         need to come up, then put the policy back, and exclude its own namespace by namespaceSelector so that it cannot happen again; \
         whatever is created meanwhile is neither checked nor completed by it; an operator may put the policy back by itself"
    } else {
        "only if it cannot be brought back soon, and with the consent of whoever it protects: let requests pass unchecked; whatever is \
         created then is neither checked nor completed by it (no sidecar, no policy), so keep the copy and put it back afterwards; do not \
         delete the configuration: nothing but its installer may know what it held"
    };
    vec![
        Remedy::new(
            Risk::Disruptive,
            title,
            [format!("kubectl get {kind} {name} -o yaml > {name}.backup.yaml"), set("Ignore")],
        ),
        // A copy can't be applied over what was changed since; the reverse can.
        Remedy::new(Risk::Reversible, "afterwards, put the policy back", [set("Fail")]),
    ]
}
