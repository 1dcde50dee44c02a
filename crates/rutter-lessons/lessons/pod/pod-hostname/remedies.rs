//! What to do, by why the name can't resolve.

use rutter_cluster::Labels;

use super::detect;
use super::names::Member;
use crate::{Context, Finding, Remedy, Risk};

pub(super) fn remedies(context: &Context<'_>, finding: &Finding) -> Vec<Remedy> {
    let Some(pod) = finding.instances.first().and_then(|instance| context.pod(instance)) else {
        return Vec::new();
    };
    // Who is asked for may be of another workload, or of another namespace.
    let (namespace, member) = detect::asked_for(context, pod, finding.variant)
        .unwrap_or_else(|| (pod.meta.namespace.to_string(), detect::itself(context, pod)));
    let at = At { context, member, namespace };
    let act = match finding.variant {
        "no-service" => at.make_service(),
        "not-selected" => at.select(),
        "not-headless" => at.headless(),
        "not-published" => at.publish(),
        "no-pod" => at.wait(),
        _ => at.ask_right(),
    };
    std::iter::once(at.compare()).chain(act).collect()
}

/// Who is asked for.
struct At<'a> {
    context: &'a Context<'a>,
    member: Member<'a>,
    namespace: String,
}

impl At<'_> {
    fn get(&self, rest: &str) -> String {
        format!("kubectl -n {} {rest}", self.namespace)
    }

    /// The Service that its own specification names.
    fn service(&self) -> &str {
        self.member.subdomain()
    }

    fn names(&self) -> String {
        let (service, namespace) = (self.service(), &self.namespace);
        let hostname = match self.member.full_hostname() {
            hostname if hostname.is_empty() => "<hostname>".to_owned(),
            hostname => hostname,
        };
        format!("{hostname}.{service} (in full {hostname}.{service}.{namespace}.svc.<cluster domain>)")
    }

    fn compare(&self) -> Remedy {
        let title = "Compare the name that is asked for with those that there are: <hostname>.<subdomain> of each pod, under a \
                     Service of the subdomain's name that lists the pod";
        let columns = "NAME:.metadata.name,HOSTNAME:.spec.hostname,SUBDOMAIN:.spec.subdomain";
        let columns = format!("{columns},READY:.status.conditions[?(@.type==\"Ready\")].status");
        let endpoints = match self.service() {
            "" => "get services".to_owned(),
            service => format!("get endpointslices -l kubernetes.io/service-name={service} -o yaml"),
        };
        let commands = [
            self.get(&format!("get pods -o custom-columns='{columns}'")),
            self.get("get services"),
            self.get(&endpoints),
        ];
        let mut commands = Vec::from(commands);
        commands.dedup();
        Remedy::new(Risk::ReadOnly, title, commands)
    }

    fn make_service(&self) -> Option<Remedy> {
        let selector = self.selector();
        if self.service().is_empty() || selector.is_empty() {
            return None;
        }
        let title = format!(
            "Make the headless Service that gives the names, unless it was renamed and the manifest should follow (serviceName \
             of a StatefulSet can't be changed, only the set made anew); then {} resolves, before it is ready too",
            self.names()
        );
        let selector: Vec<String> =
            selector.iter().map(|(key, value)| format!("\"{key}\":\"{value}\"")).collect();
        let manifest = format!(
            "{{\"apiVersion\":\"v1\",\"kind\":\"Service\",\"metadata\":{{\"name\":\"{}\",\"namespace\":\"{}\"}},\"spec\":\
             {{\"clusterIP\":\"None\",\"publishNotReadyAddresses\":true,\"selector\":{{{}}}{}}}}}",
            self.service(),
            self.namespace,
            selector.join(","),
            self.ports()
        );
        let commands = [
            format!("echo '{manifest}' | kubectl apply --dry-run=server -f -"),
            format!("echo '{manifest}' | kubectl apply -f -"),
        ];
        Some(Remedy::new(Risk::Reversible, title, commands))
    }

    /// The labels that its workload selects by, or those of a pod that no controller made.
    fn selector(&self) -> Labels {
        if let Some((set, _)) = self.member.set {
            return set.spec.selector.match_labels.clone();
        }
        let Some(pod) = self.member.pod else { return Labels::default() };
        let owner = self.context.top_owner(pod);
        let by_deployment = || self.context.deployment(&owner.namespace, &owner.name).ok().flatten();
        match owner.kind.as_str() {
            "Deployment" => {
                by_deployment().map(|owner| owner.spec.selector.match_labels.clone()).unwrap_or_default()
            }
            "Pod" => pod.meta.labels.clone(),
            _ => Labels::default(),
        }
    }

    fn ports(&self) -> String {
        let Some(spec) = self.member.spec() else { return String::new() };
        let ports = spec.containers.iter().flat_map(|container| container.ports.iter());
        let ports: Vec<String> = ports
            .filter(|port| matches!(port.protocol.as_str(), "" | "TCP"))
            .map(|port| {
                let number = port.container_port;
                let name =
                    if port.name.is_empty() { format!("port-{number}") } else { port.name.to_string() };
                format!("{{\"name\":\"{name}\",\"port\":{number}}}")
            })
            .collect();
        if ports.is_empty() { String::new() } else { format!(",\"ports\":[{}]", ports.join(",")) }
    }

    fn select(&self) -> Option<Remedy> {
        let title = format!(
            "Give Service {} the labels of these pods, if nobody else needs what it selects now; in the source that it is \
             applied from too. Else make another Service and name that one",
            self.service()
        );
        let commands = [
            self.get(&format!("get service {} -o yaml", self.service())),
            self.get("get pods --show-labels"),
            self.get(&format!(
                "patch service {} -p '{{\"spec\":{{\"selector\":{{\"<label>\":\"<value>\"}}}}}}'",
                self.service()
            )),
        ];
        Some(Remedy::new(Risk::Reversible, title, commands))
    }

    fn headless(&self) -> Option<Remedy> {
        let title = format!(
            "A Service's clusterIP can't be changed to None: keep {0} for its clients under another name, and make {0} anew as \
             headless in a quiet hour; clients of its address are cut off meanwhile",
            self.service()
        );
        let commands = [self.get(&format!("get service {} -o yaml", self.service()))];
        Some(Remedy::new(Risk::Disruptive, title, commands))
    }

    fn publish(&self) -> Option<Remedy> {
        let title = format!(
            "Let Service {} give names to members that are not ready yet, if it serves only them: clients that use it to reach a \
             member would get unready ones (they should use another Service, without this)",
            self.service()
        );
        let patch = "'{\"spec\":{\"publishNotReadyAddresses\":true}}'";
        let commands = [self.get(&format!("patch service {} -p {patch}", self.service()))];
        Some(Remedy::new(Risk::Reversible, title, commands))
    }

    fn wait(&self) -> Option<Remedy> {
        let title = "Ask only for members that there are: a list of members follows replicas; where all must be there at once, the \
                     set needs podManagementPolicy Parallel, which only a set that is made anew can get (delete with \
                     --cascade=orphan keeps its pods)";
        Some(Remedy::new(Risk::Reversible, title, [self.get("get statefulsets -o wide")]))
    }

    fn ask_right(&self) -> Option<Remedy> {
        let resolves = match self.service() {
            "" => "a pod has a name only with hostname and subdomain, which the members of a StatefulSet get by themselves; to \
                   reach any pod, ask for its Service"
                .to_owned(),
            _ => format!("a name of this form resolves: {}", self.names()),
        };
        let title = format!("Correct the name in the program's settings; {resolves}");
        Some(Remedy::new(Risk::Reversible, title, [self.get("get statefulsets,services")]))
    }
}
