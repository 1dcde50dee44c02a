//! Where a pod may go: labels and taints of nodes against what it asks for and tolerates.

use crate::{
    Quantity, Requirement, Str,
    objects::{Container, Node, NodeTerm, Pod, PodSpec, Quantities, Resources, Taint, Toleration},
};

/// What the pod asks for of one resource, in thousandths: what it asks for as a whole (1.34+), or else the greater of its
/// containers together and its largest init container; sidecars (restartable init containers) count with both.
pub fn request(pod: &Pod, resource: &str) -> i64 {
    together(pod, resource, |resources| &resources.requests)
}

/// What the pod may use of one resource, in thousandths, counted as [`request`] counts; containers without a limit count nothing.
pub fn limit(pod: &Pod, resource: &str) -> i64 {
    together(pod, resource, |resources| &resources.limits)
}

fn together(pod: &Pod, resource: &str, side: fn(&Resources) -> &Quantities) -> i64 {
    if let Some(whole) = side(&pod.spec.resources).get(resource) {
        return whole.milli();
    }
    let of = |container: &Container| side(&container.resources).get(resource).map_or(0, Quantity::milli);
    let is_sidecar = |container: &&Container| container.restart_policy == "Always";
    let sidecars: i64 =
        pod.spec.init_containers.iter().filter(is_sidecar).map(of).fold(0, i64::saturating_add);
    let main: i64 = pod.spec.containers.iter().map(of).fold(sidecars, i64::saturating_add);
    let init = pod.spec.init_containers.iter().filter(|container| !is_sidecar(container)).map(of).max();
    main.max(init.unwrap_or(0).saturating_add(sidecars))
}

/// Whether a node meets a pod's node selector and required node affinity.
pub fn has_labels(spec: &PodSpec, node: &Node) -> bool {
    spec.node_selector.iter().all(|(key, value)| node.meta.labels.get(key) == Some(value))
        && meets_any(&spec.affinity.node_terms, node)
}

/// Labels that only one node has, by their ends: `kubernetes.io/hostname`, `topology.topolvm.io/node`, `openebs.io/nodename`.
const OWN_LABELS: [&str; 3] = ["/hostname", "/node", "/nodename"];

/// Whether a label of this key is one node's own: no other has its value.
pub fn is_own(key: &str) -> bool {
    OWN_LABELS.iter().any(|end| key.ends_with(end))
}

/// What a node is called, by its name and by labels of its own.
pub fn own_names(node: &Node) -> impl Iterator<Item = &str> {
    let labels = node.meta.labels.iter().filter(|(key, _)| is_own(key)).map(|(_, value)| value.as_str());
    std::iter::once(node.meta.name.as_str()).chain(labels)
}

/// The node on which alone a volume exists, as its terms call it: `node-c`, by its name or by a label that is one node's own. Zones
/// and the like may have nodes again tomorrow.
pub fn only_node(terms: &[NodeTerm]) -> Option<Str> {
    let own = |term: &NodeTerm| {
        let mut wanted = term.match_expressions.iter().chain(term.match_fields.iter());
        let one =
            wanted.find(|one| one.operator == "In" && (is_own(&one.key) || one.key == "metadata.name"))?;
        if one.values.len() == 1 { one.values.first().cloned() } else { None }
    };
    let mut all = terms.iter().map(own);
    let first = all.next()??;
    all.all(|other| other.as_ref() == Some(&first)).then_some(first)
}

/// Whether a node meets one of these terms, if there are any.
pub fn meets_any(terms: &[NodeTerm], node: &Node) -> bool {
    terms.is_empty() || terms.iter().any(|term| meets(term, node))
}

fn meets(term: &NodeTerm, node: &Node) -> bool {
    let some = !term.match_expressions.is_empty() || !term.match_fields.is_empty();
    some && term.match_expressions.iter().all(|wanted| meets_expression(wanted, node))
        && term.match_fields.iter().all(|wanted| meets_field(wanted, node))
}

/// One requirement on labels. `Gt` and `Lt` compare whole numbers.
pub fn meets_expression(wanted: &Requirement, node: &Node) -> bool {
    let number = |text: Option<&Str>| text.and_then(|text| text.parse::<i64>().ok());
    let pair = number(node.meta.labels.get(&wanted.key)).zip(number(wanted.values.first()));
    match wanted.operator.as_str() {
        "Gt" => pair.is_some_and(|(has, bound)| has > bound),
        "Lt" => pair.is_some_and(|(has, bound)| has < bound),
        _ => wanted.matches(&node.meta.labels),
    }
}

fn meets_field(wanted: &Requirement, node: &Node) -> bool {
    let named = wanted.values.contains(&node.meta.name);
    match wanted.operator.as_str() {
        "In" => named,
        "NotIn" => !named,
        _ => true,
    }
}

/// The node's taints that keep the pod away.
pub fn untolerated<'a>(spec: &'a PodSpec, node: &'a Node) -> impl Iterator<Item = &'a Taint> {
    node.spec.taints.iter().filter(|taint| keeps_off(spec, taint))
}

/// Whether a taint keeps the pod away.
pub fn keeps_off(spec: &PodSpec, taint: &Taint) -> bool {
    matches!(taint.effect.as_str(), "NoSchedule" | "NoExecute")
        && !spec.tolerations.iter().any(|toleration| tolerates(toleration, taint))
}

fn tolerates(toleration: &Toleration, taint: &Taint) -> bool {
    let effect = toleration.effect.is_empty() || toleration.effect == taint.effect;
    let key = toleration.key.is_empty() || toleration.key == taint.key;
    let value = toleration.operator == "Exists" || toleration.value == taint.value;
    effect && key && value && (!toleration.key.is_empty() || toleration.operator == "Exists")
}
