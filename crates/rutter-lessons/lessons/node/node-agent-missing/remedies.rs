//! What to do: read why the agent doesn't run there, keep others away, and only then start it anew.

use rutter_cluster::objects::Pod;

use super::plan;
use crate::{Context, Evidence, Finding, Origin, Remedy, Risk, Severity};

pub(super) fn remedies(context: &Context<'_>, finding: &Finding) -> Vec<Remedy> {
    let Some(at) = At::of(context, finding) else { return Vec::new() };
    let mut all = vec![at.look()];
    all.extend(at.is_kept_off.then(|| at.tolerate()));
    // With no node left that works, there is none to go to.
    all.extend((finding.severity < Severity::Critical).then(|| at.cordon()));
    all.extend(at.pod.is_some().then(|| at.again(context, finding.variant)));
    all
}

/// What commands need.
struct At<'a> {
    node: &'a str,
    namespace: &'a str,
    set: &'a str,
    /// The agent's pod there, if there is one.
    pod: Option<&'a Pod>,
    is_kept_off: bool,
}

fn is_taint(evidence: &Evidence) -> bool {
    matches!(&evidence.origin, Origin::Field(path) if path == "spec.taints")
}

impl<'a> At<'a> {
    fn of(context: &'a Context<'a>, finding: &'a Finding) -> Option<Self> {
        let set = &finding.evidence.iter().find(|evidence| evidence.object.kind == "DaemonSet")?.object;
        let own = |evidence: &Evidence| {
            let pod = context.pod(&evidence.object)?;
            let is_of_set = pod.meta.controller().is_some_and(|owner| owner.name == set.name);
            (!pod.spec.node_name.is_empty() && is_of_set).then_some(pod)
        };
        Some(Self {
            node: &finding.object.name,
            namespace: &set.namespace,
            set: &set.name,
            pod: finding.evidence.iter().find_map(own),
            is_kept_off: finding.evidence.iter().any(is_taint),
        })
    }

    fn look(&self) -> Remedy {
        let Self { node, namespace, set, pod, .. } = self;
        let mut commands = vec![
            format!("kubectl -n {namespace} get pods -o wide --field-selector spec.nodeName={node}"),
            format!("kubectl -n {namespace} describe daemonset {set}"),
        ];
        if let Some(pod) = pod.map(|pod| &pod.meta.name) {
            commands.push(format!("kubectl -n {namespace} describe pod {pod}"));
            commands.push(format!("kubectl -n {namespace} logs {pod} --all-containers --prefix --tail=50"));
        }
        let title =
            format!("see why {set} doesn't work on {node}: its pod's state and log, or why it has none");
        Remedy::new(Risk::ReadOnly, title, commands)
    }

    fn tolerate(&self) -> Remedy {
        let Self { node, namespace, set, .. } = self;
        let title = format!(
            "if pods that need it are meant to run on {node}: add a toleration of the taint to the DaemonSet, there where it \
             is kept (chart, operator, add-on's settings), for an edit by hand doesn't last; its pods on all nodes are then \
             replaced one by one"
        );
        let commands = [
            format!("kubectl get node {node} -o jsonpath='{{.spec.taints}}{{\"\\n\"}}'"),
            format!(
                "kubectl -n {namespace} get daemonset {set} -o jsonpath='{{.spec.template.spec.tolerations}}{{\"\\n\"}}'"
            ),
            format!("kubectl -n {namespace} edit daemonset {set}"),
        ];
        Remedy::new(Risk::Disruptive, title, commands)
    }

    fn cordon(&self) -> Remedy {
        let title = format!("keep new pods off {} until its agent works", self.node);
        Remedy::new(Risk::Reversible, title, [format!("kubectl cordon {}", self.node)])
    }

    fn again(&self, context: &Context<'_>, variant: &str) -> Remedy {
        let Self { node, namespace, pod, .. } = self;
        let breaks = match variant {
            "network" => "pods there may be cut off until it is ready",
            "storage" => "a driver that mounts by a process in this pod (FUSE) takes its mounts down with it",
            _ => "what runs there goes on",
        };
        let plan = pod.and_then(|pod| plan::plan(context, pod, breaks));
        let pod = pod.map_or("<pod>", |pod| pod.meta.name.as_str());
        let title = format!(
            "once the log is kept and shows nothing that comes again: start its pod on {node} anew; {breaks}"
        );
        Remedy::new(Risk::Disruptive, title, [format!("kubectl -n {namespace} delete pod {pod}")])
            .perhaps_by(plan)
    }
}
