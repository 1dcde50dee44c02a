//! What to do: nothing that makes a second writer. First what answers, then the proof, then the release of what it holds.

use super::detect::{self, Held, How};
use crate::{Context, Finding, Remedy, Risk, fencing, members::Data};

/// Columns for `kubectl get volumeattachments`.
const ATTACHED: &str = "NAME:.metadata.name,VOLUME:.spec.source.persistentVolumeName,NODE:.spec.nodeName,ATTACHED:.status.attached";

pub(super) fn remedies(context: &Context<'_>, finding: &Finding) -> Vec<Remedy> {
    let object = &finding.object;
    let Ok(Some(set)) = context.stateful_set(&object.namespace, &object.name) else { return Vec::new() };
    let Ok(all) = detect::held(context, set) else { return Vec::new() };
    let Some(held) = all.iter().find(|one| one.how.variant() == finding.variant) else { return Vec::new() };
    let data = Data::of(context, held.pod);
    let mut steps = vec![fencing::what_answers(&held.node.meta.name), storage(held, &data)];
    match data.local() {
        // Released or not: only that node has the data.
        Some((claim, node)) => steps.push(bring_back(node, &claim.name)),
        None => steps.extend(fencing::fence(context, held.node)),
    }
    steps
}

fn storage(held: &Held<'_>, data: &Data<'_>) -> Remedy {
    let (namespace, name, node) = (&held.pod.meta.namespace, &held.pod.meta.name, &held.node.meta.name);
    let what = match held.how {
        How::TakenOver(_) => format!(
            "leave {name} as it is: detaching by hand, while its predecessor may still write on {node}, makes two writers; Kubernetes \
             detaches after 6 minutes where that isn't switched off"
        ),
        _ => format!(
            "don't delete {name} with --force, and don't take its finalizers off: that strikes off the record only, and if {node} still \
             runs it, its successor writes to the same data"
        ),
    };
    let claims: Vec<&str> = data.claims.iter().map(|claim| claim.name.as_str()).collect();
    let mut commands = Vec::new();
    if !claims.is_empty() {
        commands.push(format!("kubectl -n {namespace} get pvc {} -o wide", claims.join(" ")));
    }
    commands.push(format!(
        "kubectl get volumeattachments -o custom-columns='{ATTACHED}' | grep -e NAME -e '{node}'"
    ));
    Remedy::new(Risk::ReadOnly, format!("see what it holds; {what}"), commands)
}

fn bring_back(node: &str, claim: &str) -> Remedy {
    Remedy::new(
        Risk::ReadOnly,
        format!(
            "bring {node} back, or its disk into another machine of that name: the data of claim {claim} is there and nowhere else; if \
             the members hold copies and the machine is gone for good, what to give up is for whoever owns the data to say"
        ),
        [format!("kubectl describe node {node}")],
    )
}
