//! Texts about the API server, webhooks, names, certificates and the cloud.

use super::Said;
use rutter_lessons::{
    texts::{
        api_service, cloud, leader as leaders, namespace as namespaces, resolve as names, webhook_call,
        x509 as certificates,
    },
    words::list,
};

pub(super) fn webhook(text: &str) -> Option<Said> {
    use webhook_call::Failure;
    let call = webhook_call::parse(text)?;
    let how = match call.failure {
        Failure::NoService => "its Service does not exist".to_owned(),
        Failure::NoEndpoints => "its Service has no ready endpoint".to_owned(),
        Failure::NoPort => "its Service does not have the port".to_owned(),
        Failure::Certificate(fault) => format!("its certificate is not accepted: {fault}"),
        Failure::Timeout => "it did not answer in time".to_owned(),
        Failure::Refused => "nothing listens there".to_owned(),
        Failure::NoName(name) => format!("the name {name} does not resolve"),
        Failure::Broken => "there is no way to it, or the connection broke".to_owned(),
        Failure::BadAnswer => "its answer is no admission review".to_owned(),
        Failure::Other(words) => words.to_owned(),
    };
    Said::new(
        format!(
            "The API server refused a request because it could not ask the admission webhook {}: {how}. With failurePolicy Fail, all that the webhook is asked about is refused until it answers",
            call.webhook
        ),
        "the webhook's Service and pods; kubectl get validatingwebhookconfiguration,mutatingwebhookconfiguration",
        &["webhook-blocks"],
    )
}

pub(super) fn namespace(text: &str) -> Option<Said> {
    const LESSONS: &[&str] = &["stuck-terminating", "apiservice-unavailable"];
    let groups = namespaces::failing_groups(text);
    if !groups.is_empty() {
        return Said::new(
            format!(
                "The API groups {} don't answer, so nobody can tell what is left to delete in a namespace, and it stays Terminating",
                list(&groups, 4)
            ),
            "kubectl get apiservice: those that are not Available",
            LESSONS,
        );
    }
    let left: Vec<String> =
        namespaces::content(text).iter().map(|left| format!("{} {}", left.count, left.name)).collect();
    if !left.is_empty() {
        return Said::new(
            format!("A namespace can't go before what is in it: there are still {}", list(&left, 5)),
            "kubectl get of those kinds in the namespace, and their finalizers",
            LESSONS,
        );
    }
    let held: Vec<&str> = namespaces::finalizers(text).iter().map(|left| left.name).collect();
    if held.is_empty() {
        return None;
    }
    Said::new(
        format!("A namespace can't go because objects in it wait for a finalizer: {}", list(&held, 5)),
        "whether the controller that sets this finalizer still runs",
        LESSONS,
    )
}

pub(super) fn service(text: &str) -> Option<Said> {
    use api_service::Answer;
    if !text.contains("failing or missing response from ")
        && !text.contains("no response from http")
        && !text.contains("timed out waiting for http")
    {
        return None;
    }
    let how = match api_service::answer(text) {
        Answer::Status(status) => format!("it answered with HTTP status {status}"),
        Answer::Timeout => "it did not answer in time".to_owned(),
        Answer::Refused => "nothing listens there".to_owned(),
        Answer::Broken => "there is no way to it, or the connection broke".to_owned(),
        Answer::Other => "in words that are not known".to_owned(),
    };
    Said::new(
        format!("An aggregated API failed the API server's check: {how}"),
        "kubectl get apiservice, and the pods of the Service behind it",
        &["apiservice-unavailable"],
    )
}

pub(super) fn leader(text: &str) -> Option<Said> {
    let record = leaders::record(text)?;
    let who =
        if record.holder.is_empty() { "nobody leads".to_owned() } else { format!("{} leads", record.holder) };
    Said::new(
        format!("The record of a leader's election: {who}; it was renewed at {}", record.renewed),
        "kubectl -n kube-system get lease",
        &["controller-silent"],
    )
}

pub(super) fn load_balancer(text: &str) -> Option<Said> {
    let (reason, message) = text.split_once(": ")?;
    let answer = cloud::load_balancer(reason, message)?;
    Said::new(
        format!("A Service got no load balancer; the cloud answered: {}", answer.words),
        "kubectl describe service NAME; the cloud's quotas, subnets and rights",
        &["loadbalancer-pending", "slb-port-conflict"],
    )
}

pub(super) fn resolve(text: &str) -> Option<Said> {
    use names::Answer;
    let name = names::parse(text)?;
    let host = name.host.map_or_else(|| "A name".to_owned(), |host| format!("The name {host}"));
    let how = match name.answer {
        Answer::NotFound => "could not be resolved: a DNS server says that there is no such name",
        Answer::None => "could not be resolved: no DNS server answered, or it could not say at present",
        Answer::Unknown => "could not be resolved; the text does not tell whether DNS answered",
    };
    Said::new(
        format!("{host} {how}"),
        "whether the Service of that name exists in that namespace; kubectl -n kube-system get pods -l k8s-app=kube-dns",
        &["dns-down", "dns-inefficient", "crash-loop"],
    )
}

pub(super) fn x509(text: &str) -> Option<Said> {
    let fault = certificates::parse(text)?;
    Said::new(
        format!("A TLS certificate was not accepted: {fault}"),
        "openssl s_client -connect HOST:PORT: dates, names and issuer; the clocks of both sides",
        &["certificate-expired", "webhook-blocks"],
    )
}
