//! Texts about the API server, webhooks, names, certificates and the cloud.

use super::Said;
use rutter_lessons::{
    texts::{
        api_service, cloud, denied as denials, etcd as store, leader as leaders, namespace as namespaces,
        resolve as names, webhook_call, x509 as certificates,
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

/// Who may not do what, with the command that asks whether he may.
pub(super) fn denied(text: &str) -> Option<Said> {
    let denied = denials::parse(text)?;
    let who = match denied.service_account() {
        Some((namespace, name)) => format!("ServiceAccount {namespace}/{name}"),
        None => format!("user {}", denied.user),
    };
    let group = if denied.group.is_empty() { String::new() } else { format!(".{}", denied.group) };
    let place = match denied.namespace {
        Some(namespace) => format!("in the namespace {namespace}"),
        None if denied.resource.starts_with('/') => "at the API server".to_owned(),
        None => {
            "in the whole cluster (at the cluster scope, where a RoleBinding counts for nothing)".to_owned()
        }
    };
    let why = match denials::reason(text) {
        Some(reason) => format!("; a binding names what is not there: {reason}"),
        None => ": no Role or ClusterRole that is bound to it says so".to_owned(),
    };
    Said::new(
        format!(
            "The API server knows the {who}, but it may not {} {}{group} {place}{why}",
            denied.verb, denied.resource
        ),
        "kubectl auth can-i VERB RESOURCE --as=USER -n NAMESPACE; kubectl get rolebindings,clusterrolebindings -A -o wide; with too few rights Rutter itself says in its coverage what it could not read",
        &["replicas-unavailable", "container-config-error"],
    )
}

pub(super) fn etcd(text: &str) -> Option<Said> {
    use store::Trouble;
    let (says, look) = match store::parse(text)? {
        Trouble::TimedOut => (
            "etcd, in which the API server keeps everything, did not answer a request in time: mostly its disk is too slow, or most of its members are not reached",
            "etcdctl endpoint status --cluster -w table; the disk's etcd_disk_wal_fsync_duration_seconds (99 % below 10 ms)",
        ),
        Trouble::TimedOutByLeader => (
            "etcd did not answer a request in time, because its leader was lost or could not be reached just then; a single one passes, many tell of a slow disk or network",
            "etcdctl endpoint status --cluster -w table: who leads, and how often that changed (raft term)",
        ),
        Trouble::OutOfSpace => (
            "etcd's database is as large as it may be (quota-backend-bytes, 2 GiB by default): it takes no writes any more, so nothing in the cluster can be changed, until it is compacted, defragmented, and the alarm is disarmed",
            "etcdctl alarm list; etcdctl endpoint status --cluster -w table; after a backup compact, defrag, alarm disarm; then what fills it: events and leases by count",
        ),
        Trouble::LeaderChanged => (
            "etcd's members chose another leader while a request was under way; the request may be repeated. If that comes often, a disk or the network between the members is too slow",
            "etcdctl endpoint status --cluster -w table: the raft term, and how fast it grows",
        ),
        Trouble::NoLeader => (
            "No member of etcd leads, since most are away or can't reach one another: nothing can be written or read for sure",
            "the etcd members: whether their processes run, their disks are not full, and port 2380 is open between them",
        ),
        Trouble::TooManyRequests => (
            "etcd has so many requests waiting that it refuses more",
            "who asks so much: the API server's apiserver_request_total by user agent; etcd's disk",
        ),
        Trouble::Compacted => (
            "A list or watch asked etcd for a revision that has been compacted meanwhile (every 5 minutes); clients list anew by themselves",
            "nothing, unless a client says it again and again: then it reads its pages too slowly",
        ),
        Trouble::Slow => (
            "A member of etcd was slow to answer or to write: its disk is slow, or shared with something busy",
            "the disk's etcd_disk_wal_fsync_duration_seconds (99 % below 10 ms), and what else writes there",
        ),
    };
    Said::new(says, look, &["controller-silent", "static-pod-edit"])
}
