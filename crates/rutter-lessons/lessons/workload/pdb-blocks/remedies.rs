//! What to do: more pods or a looser budget, as its owner decides; never around the budget.

use rutter_cluster::objects::{IntOrString, PodDisruptionBudget};

use super::covered;
use crate::{Context, Finding, Remedy, Risk, backup};

pub(super) fn remedies(context: &Context<'_>, finding: &Finding) -> Vec<Remedy> {
    let (namespace, name) = (&finding.object.namespace, &finding.object.name);
    let budgets = context.budgets_in(namespace).unwrap_or_default();
    let Some(budget) = budgets.iter().find(|budget| budget.meta.name == *name) else { return Vec::new() };
    let mut all = vec![look(budget)];
    match finding.variant {
        "two-budgets" => all.push(one_of_two(finding)),
        "unhealthy" => all.extend([mend(budget), let_broken_go(budget)]),
        "not-computed" => all.push(owners(budget)),
        _ => {
            all.extend(one_more(context, budget));
            all.push(loosen(budget));
        }
    }
    all
}

fn labels(budget: &PodDisruptionBudget) -> String {
    let labels = budget.spec.selector.as_ref().map(|selector| selector.match_labels.to_string());
    labels.filter(|labels| !labels.is_empty()).map_or_else(String::new, |labels| format!(" -l '{labels}'"))
}

fn look(budget: &PodDisruptionBudget) -> Remedy {
    let (namespace, name) = (&budget.meta.namespace, &budget.meta.name);
    Remedy::new(
        Risk::ReadOnly,
        "see what the budget counts, where its pods are, and whether somebody waits to drain a node; a drain with --disable-eviction or \
         --force, or deleting the pods, only goes around what the budget protects",
        [
            format!("kubectl -n {namespace} get pdb {name} -o yaml"),
            format!("kubectl -n {namespace} get pods{} -o wide", labels(budget)),
            "kubectl get nodes | grep -E 'NAME|SchedulingDisabled'".to_owned(),
        ],
    )
}

/// One pod more than the budget demands, where that gives room.
fn one_more(context: &Context<'_>, budget: &PodDisruptionBudget) -> Option<Remedy> {
    let Some(IntOrString::Int(_)) =
        budget.spec.min_available.as_ref().filter(|_| budget.spec.max_unavailable.is_none())
    else {
        return None;
    };
    let owners = covered::owners(context, budget);
    let owner = &owners.first().filter(|_| owners.len() == 1)?.object;
    if owner.kind != "Deployment" {
        return None;
    }
    let more = budget.status.desired_healthy.saturating_add(1);
    let namespace = &budget.meta.namespace;
    Some(Remedy::new(
        Risk::Reversible,
        "give it one pod more than the budget demands, if the application may run so often (no second writer, no licence for one), \
         and in its source where an autoscaler or GitOps sets the number; for a single drain, put the number back afterwards",
        [
            format!("kubectl -n {namespace} get hpa"),
            format!("kubectl -n {namespace} scale deployment/{} --replicas={more}", owner.name),
        ],
    ))
}

fn loosen(budget: &PodDisruptionBudget) -> Remedy {
    let (namespace, name) = (&budget.meta.namespace, &budget.meta.name);
    Remedy::new(
        Risk::Disruptive,
        format!(
            "or let one pod go at a time, with the consent of whoever the budget protects: an only pod is then gone until its successor is \
             ready, and a member of a quorum is missing for so long; in the source first where GitOps applies it; the way back is `kubectl \
             replace -f {name}.backup.yaml`"
        ),
        [format!(
            "{} && kubectl -n {namespace} patch pdb {name} --type=merge -p '{{\"spec\":{{\"minAvailable\":null,\"maxUnavailable\":1}}}}'",
            backup::command(
                &format!("kubectl -n {namespace} get pdb {name}"),
                1,
                &format!("{name}.backup.yaml"),
            ),
        )],
    )
}

fn one_of_two(finding: &Finding) -> Remedy {
    let namespace = &finding.object.namespace;
    let names: Vec<String> = finding
        .evidence
        .iter()
        .filter(|evidence| evidence.object.kind == "PodDisruptionBudget")
        .map(|evidence| evidence.object.name.to_string())
        .collect();
    // Which of them goes is its owners' decision: no command that is pasted may make it.
    let deletions: Vec<String> =
        names.iter().map(|name| format!("`kubectl -n {namespace} delete pdb {name}`")).collect();
    let get = format!("kubectl -n {namespace} get pdb {}", names.join(" "));
    Remedy::new(
        Risk::Reversible,
        format!(
            "decide which of the two is meant, keep copies of both (`kubectl apply -f budgets.backup.yaml` is the way back), and take the other \
             away, or narrow its selector: until then no eviction of these pods succeeds: {}",
            deletions.join(" or ")
        ),
        [backup::command(&get, names.len(), "budgets.backup.yaml")],
    )
}

fn mend(budget: &PodDisruptionBudget) -> Remedy {
    let namespace = &budget.meta.namespace;
    Remedy::new(
        Risk::ReadOnly,
        "mend the broken pods first: with them ready again, the budget has room",
        [format!("kubectl -n {namespace} describe pods{}", labels(budget))],
    )
}

fn let_broken_go(budget: &PodDisruptionBudget) -> Remedy {
    let (namespace, name) = (&budget.meta.namespace, &budget.meta.name);
    Remedy::new(
        Risk::Reversible,
        "or let pods be evicted that are not ready, whatever the count (1.26 and later): not where one that is not ready may hold the \
         only good copy of data, as in a database that recovers",
        [format!(
            "kubectl -n {namespace} patch pdb {name} --type=merge -p '{{\"spec\":{{\"unhealthyPodEvictionPolicy\":\"AlwaysAllow\"}}}}'"
        )],
    )
}

fn owners(budget: &PodDisruptionBudget) -> Remedy {
    let namespace = &budget.meta.namespace;
    Remedy::new(
        Risk::ReadOnly,
        "see whose these pods are: of pods without a controller, or with one that has no scale, a budget can only demand a number \
         (minAvailable: 1), not a share and not maxUnavailable",
        [format!(
            "kubectl -n {namespace} get pods{} -o custom-columns='NAME:.metadata.name,OWNER:.metadata.ownerReferences[*].kind'",
            labels(budget)
        )],
    )
}
