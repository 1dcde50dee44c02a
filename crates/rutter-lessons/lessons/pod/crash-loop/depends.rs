//! What a container needs and does not reach, by the last lines of its log.

use rutter_cluster::objects::{Pod, Service};

use crate::{Context, Evidence, near, texts::resolve, words};

/// How a connection failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Failed {
    Refused,
    Unresolved,
    Silent,
}

/// Words of libraries, in lower case; those about names are in `texts::resolve`.
const MARKS: [(&str, Failed); 5] = [
    ("connection refused", Failed::Refused),
    ("i/o timeout", Failed::Silent),
    ("connection timed out", Failed::Silent),
    ("no route to host", Failed::Silent),
    ("connect timed out", Failed::Silent),
];

/// Codes of the C library, which stand alone.
const CODES: [(&str, Failed); 2] = [("ECONNREFUSED", Failed::Refused), ("ETIMEDOUT", Failed::Silent)];

fn failed(line: &str) -> Option<Failed> {
    if resolve::parse(line).is_some() {
        return Some(Failed::Unresolved);
    }
    let lower = line.to_lowercase();
    let told = MARKS.iter().find(|(mark, _)| lower.contains(mark));
    let coded = || {
        let mut words = line.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_'));
        words.find_map(|word| CODES.iter().find(|(code, _)| *code == word))
    };
    told.or_else(coded).map(|(_, failed)| *failed)
}

/// What isn't reached.
pub(super) struct Dependency<'c, 'l> {
    /// The line that says so.
    pub(super) line: &'l str,
    failed: Failed,
    what: What<'c>,
    pub(super) evidence: Option<Evidence>,
}

enum What<'c> {
    /// A Service of the cluster, and how many of its pods are ready, where that is seen.
    Service { service: &'c Service, ready: Option<usize>, other_namespace: bool, wrong_port: Option<u16> },
    /// A name of the cluster's that no Service has.
    NoService { name: String, namespace: String, nearest: Option<String> },
    /// Something outside, or not known; its name, if the line has one.
    Other(Option<String>),
}

/// The newest line that says that a connection failed, and to what.
pub(super) fn dependency<'c, 'l>(
    context: &Context<'c>,
    pod: &Pod,
    lines: &[&'l str],
) -> Option<Dependency<'c, 'l>> {
    let (line, failed) = lines.iter().find_map(|line| Some((*line, failed(line)?)))?;
    let mut hosts = hosts(line);
    let unresolved =
        resolve::parse(line).and_then(|unresolved| unresolved.host).and_then(|name| host(name, true));
    if let Some(unresolved) = unresolved.filter(|first| !hosts.contains(first)) {
        hosts.insert(0, unresolved);
    }
    let (what, evidence) = hosts.iter().find_map(|host| service(context, pod, host)).unwrap_or_else(|| {
        let missing = hosts
            .iter()
            .find_map(|host| missing(context, pod, host))
            .filter(|_| failed == Failed::Unresolved);
        let name = hosts.first().map(Host::whole);
        (missing.unwrap_or(What::Other(name)), None)
    });
    Some(Dependency { line, failed, what, evidence })
}

/// A host that a line names.
#[derive(Debug, PartialEq, Eq)]
struct Host<'l> {
    name: &'l str,
    port: Option<u16>,
}

impl Host<'_> {
    fn whole(&self) -> String {
        self.port.map_or_else(|| self.name.to_owned(), |port| format!("{}:{port}", self.name))
    }

    /// Name and namespace of the Service that a cluster's DNS name stands for: `db`, `db.shop`, `db.shop.svc…`.
    fn parts<'a>(&'a self, pod: &'a Pod) -> Option<(&'a str, &'a str)> {
        let mut labels = self.name.split('.');
        let name = labels.next()?;
        let namespace = labels.next();
        let in_cluster = labels.next().is_none_or(|label| label == "svc");
        in_cluster.then_some((name, namespace.unwrap_or(&pod.meta.namespace)))
    }
}

/// The words of a line that stand where hosts do: with a port, in an address, in quotes, or after words that announce one.
fn hosts(line: &str) -> Vec<Host<'_>> {
    let is_host = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | ':');
    let mut found = Vec::new();
    let mut before = "";
    let mut rest = line;
    while let Some(start) = rest.find(is_host) {
        let (lead, tail) = rest.split_at(start);
        let end = tail.find(|c| !is_host(c)).unwrap_or(tail.len());
        let (word, after) = tail.split_at(end);
        // The apostrophe of `can't` quotes nothing.
        let is_contraction = lead == "'" && !before.is_empty();
        let quoted = lead.ends_with(['"', '\'', '@', '`']) && !is_contraction;
        let announced = quoted || lead.ends_with("//") || announces(before, lead);
        found.extend(host(word, announced));
        (before, rest) = (word, after);
    }
    found
}

/// Whether a host follows, after a word and what stands between.
fn announces(word: &str, between: &str) -> bool {
    matches!(word, "lookup" | "ENOTFOUND" | "EAI_AGAIN" | "host:")
        || (word == "host" && between == "=")
        || word.ends_with("UnknownHostException:")
}

fn host(word: &str, announced: bool) -> Option<Host<'_>> {
    let word = word.trim_matches([':', '.', '-', '_']);
    let (name, port) = match word.rsplit_once(':') {
        Some((name, port)) => (name, Some(port.parse().ok()?)),
        None => (word, None),
    };
    let lower = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '.' | '-');
    let named = name.chars().any(|c| c.is_ascii_lowercase()) && name.chars().all(lower);
    let address = name.split('.').count() == 4 && name.split('.').all(|part| part.parse::<u8>().is_ok());
    let plausible = address || (named && (announced || port.is_some()));
    let reserved = matches!(name, "localhost" | "127.0.0.1" | "tcp" | "failed" | "error" | "for");
    (plausible && !reserved).then_some(Host { name, port })
}

/// The Service that a host stands for, unless it is the pod's own.
fn service<'c>(context: &Context<'c>, pod: &Pod, host: &Host<'_>) -> Option<(What<'c>, Option<Evidence>)> {
    let by_address = || {
        let all = context.services_in(&pod.meta.namespace).unwrap_or_default();
        all.iter().find(|service| service.spec.cluster_ip == host.name)
    };
    let by_name = || {
        let (name, namespace) = host.parts(pod)?;
        context.service(namespace, name).ok().flatten()
    };
    let service = by_address().or_else(by_name)?;
    let own = |selector: &rutter_cluster::Labels| {
        !selector.is_empty() && selector.iter().all(|(key, value)| pod.meta.labels.get(key) == Some(value))
    };
    let other_namespace = service.meta.namespace != pod.meta.namespace;
    if !other_namespace && own(&service.spec.selector) {
        return None;
    }
    let pods = context.pods_selected_by(service).ok().filter(|_| !service.spec.selector.is_empty());
    let ready = pods.map(|pods| pods.iter().filter(|pod| pod.is_ready()).count());
    let evidence = ready.map(|ready| {
        Evidence::field(service, "spec.selector", format!("{} ({ready} ready)", service.spec.selector), None)
    });
    let offers = |port: u16| service.spec.ports.iter().any(|offered| offered.port == i64::from(port));
    // A headless Service only gives addresses: any port of its pods may be asked.
    let bound = !service.is_headless() && !service.spec.ports.is_empty();
    let wrong_port = host.port.filter(|port| bound && !offers(*port));
    Some((What::Service { service, ready, other_namespace, wrong_port }, evidence))
}

/// A short or cluster-internal name that no Service of that namespace has.
fn missing<'c>(context: &Context<'c>, pod: &Pod, host: &Host<'_>) -> Option<What<'c>> {
    let internal = !host.name.contains('.') || host.name.contains(".svc");
    let (name, namespace) = host.parts(pod).filter(|_| internal)?;
    let absent = context.service(namespace, name).is_ok_and(|service| service.is_none());
    if !absent {
        return None;
    }
    let there = context.services_in(namespace).unwrap_or_default().iter().map(|service| &service.meta.name);
    let nearest = near::nearest(name, there).map(ToString::to_string);
    Some(What::NoService { name: name.to_owned(), namespace: namespace.to_owned(), nearest })
}

fn offered(service: &Service) -> String {
    let ports: Vec<String> = service.spec.ports.iter().map(|port| port.port.to_string()).collect();
    words::list(&ports, 4)
}

impl Dependency<'_, '_> {
    /// Whether it is a name that was not found, or not told.
    pub(super) fn is_lookup(&self) -> bool {
        self.failed == Failed::Unresolved
    }

    /// To stand behind a colon.
    pub(super) fn phrase(&self) -> String {
        let how = match self.failed {
            Failed::Refused => "connection refused",
            Failed::Unresolved => "its name does not resolve",
            Failed::Silent => "no answer in time",
        };
        match &self.what {
            What::Service { service, ready, other_namespace, wrong_port } => {
                let name = if *other_namespace {
                    format!("{}/{}", service.meta.namespace, service.meta.name)
                } else {
                    service.meta.name.to_string()
                };
                let state = match (wrong_port, ready) {
                    (Some(port), _) => format!(", which has no port {port}, only {}", offered(service)),
                    (None, Some(0)) => ", which has no ready pod".to_owned(),
                    (None, Some(ready)) => format!(", although it has {}", words::count(*ready, "ready pod")),
                    (None, None) => String::new(),
                };
                format!("it cannot reach Service {name} ({how}){state}")
            }
            What::NoService { name, namespace, nearest } => {
                let nearest =
                    nearest.as_ref().map_or_else(String::new, |name| format!(" (the nearest is {name})"));
                format!(
                    "it needs {name}, but there is no Service of that name in namespace {namespace}{nearest}"
                )
            }
            What::Other(Some(name)) => format!("it cannot reach {name} ({how})"),
            What::Other(None) => format!("it cannot reach something that it needs ({how})"),
        }
    }

    /// The Service that is not reached.
    pub(super) fn service(&self) -> Option<&Service> {
        match &self.what {
            What::Service { service, .. } => Some(service),
            _ => None,
        }
    }

    /// Namespace and name of the Service that there isn't.
    pub(super) fn no_service(&self) -> Option<(&str, &str)> {
        match &self.what {
            What::NoService { name, namespace, .. } => Some((namespace, name)),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn failures_in_lines() {
        assert_eq!(failed("connect ECONNREFUSED 10.0.0.1:80"), Some(Failed::Refused));
        assert_eq!(failed("ModuleNotFoundError: No module named 'x'"), None);
        assert_eq!(failed("PSQL: Connection refused"), Some(Failed::Refused));
        // The server for names is what does not answer.
        let unanswered =
            "dial tcp: lookup db on 10.96.0.10:53: read udp 10.0.0.1:4->10.96.0.10:53: i/o timeout";
        assert_eq!(failed(unanswered), Some(Failed::Unresolved));
    }

    #[test]
    fn hosts_in_lines() {
        let named = |line| hosts(line).iter().map(Host::whole).collect::<Vec<String>>();
        assert_eq!(named("dial tcp 10.0.0.1:5432: connect: connection refused"), ["10.0.0.1:5432"]);
        assert_eq!(named("dial tcp: lookup db on 10.96.0.10:53: no such host"), ["db", "10.96.0.10:53"]);
        assert_eq!(named("could not translate host name \"db.shop\" to address"), ["db.shop"]);
        assert_eq!(named("Error: getaddrinfo ENOTFOUND redis"), ["redis"]);
        assert_eq!(named("java.net.UnknownHostException: kafka-0.kafka"), ["kafka-0.kafka"]);
        assert_eq!(named("connect ECONNREFUSED postgres:5432"), ["postgres:5432"]);
        assert_eq!(named("GET http://api/v1: connection refused"), ["api"]);
        assert_eq!(named("connect to host=db port=5432 failed: Connection refused"), ["db"]);
        assert!(named("[Errno -3] Temporary failure in name resolution").is_empty());
        assert!(named("no route to host, lookup failed").is_empty());
        assert!(named("** server can't find db-1.db: NXDOMAIN").is_empty(), "texts::resolve knows this one");
        assert!(named("the api failed: connection refused at 10:30:12").is_empty());
    }
}
