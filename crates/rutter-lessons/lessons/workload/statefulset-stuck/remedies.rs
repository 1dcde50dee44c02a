//! What to do: see that the template is right now, see to the data, and then delete exactly the one pod.

use rutter_cluster::{Resource, objects::StatefulSet};

use super::{
    data,
    detect::{self, Blocker},
    plan,
};
use crate::{
    Context, Finding, Remedy, Risk, containers, hosting,
    members::{self, Data, Quorum},
    words,
};

/// Columns for `kubectl get pods`.
const PODS: &str = "NAME:.metadata.name,TEMPLATE:.metadata.labels.controller-revision-hash,\
                    READY:.status.conditions[?(@.type==\"Ready\")].status,NODE:.spec.nodeName,UID:.metadata.uid";

/// Evictions of this version since this minor version of Kubernetes.
const POLICY_V1: u32 = 22;

pub(super) fn remedies(context: &Context<'_>, finding: &Finding) -> Vec<Remedy> {
    let object = &finding.object;
    let Ok(Some(set)) = context.stateful_set(&object.namespace, &object.name) else { return Vec::new() };
    let Ok(Some(blocker)) = detect::blocker(context, set) else { return Vec::new() };
    let mend = blocker.was_ready.then(|| mend(set, &blocker));
    let all = [mend, Some(compare(set, &blocker)), Some(look_at_data(context, set, &blocker))];
    all.into_iter()
        .flatten()
        .chain([delete(context, set, &blocker).perhaps_by(plan::plan(context, set, &blocker))])
        .collect()
}

/// What was ready under its template can be so again: the least that can be done.
fn mend(set: &StatefulSet, blocker: &Blocker<'_>) -> Remedy {
    let (namespace, name) = (&set.meta.namespace, &blocker.pod.meta.name);
    Remedy::new(
        Risk::ReadOnly,
        format!("see why {name} is no longer ready: when it is again, the rollout goes on by itself"),
        [format!("kubectl -n {namespace} describe pod {name}")],
    )
}

fn compare(set: &StatefulSet, blocker: &Blocker<'_>) -> Remedy {
    let namespace = &set.meta.namespace;
    let update = &set.status.update_revision;
    let tried = match (blocker.proofs, blocker.doubts) {
        (0, _) => "no pod of it is ready yet, so if it is wrong, too, the next pod will not get ready either"
            .to_owned(),
        (1, 0) => "another pod of it is ready".to_owned(),
        (ready, 0) => format!("{ready} other pods of it are ready"),
        (ready, broken) => format!(
            "{ready} of the {} other pods of it {} ready and {broken} not: find out why first, or the next pod may not get ready either",
            ready + broken,
            if ready == 1 { "is" } else { "are" }
        ),
    };
    Remedy::new(
        Risk::ReadOnly,
        format!(
            "see that {} still is what the rollout waits for, and that the present template ({update}) is right: {tried}",
            blocker.pod.meta.name
        ),
        [
            format!(
                "kubectl -n {namespace} get pods -l '{}' -o custom-columns='{PODS}'",
                set.spec.selector.match_labels
            ),
            format!("kubectl -n {namespace} get controllerrevisions {} {update} -o yaml", blocker.revision),
        ],
    )
}

fn look_at_data(context: &Context<'_>, set: &StatefulSet, blocker: &Blocker<'_>) -> Remedy {
    let pod = blocker.pod;
    let (namespace, name) = (&set.meta.namespace, &pod.meta.name);
    let data = Data::of(context, pod);
    let claims: Vec<&str> = data.claims.iter().map(|claim| claim.name.as_str()).collect();
    let mut commands = Vec::new();
    if !claims.is_empty() {
        commands.push(format!("kubectl -n {namespace} get pvc {} -o wide", claims.join(" ")));
    }
    commands.push(format!("kubectl -n {namespace} get poddisruptionbudgets"));
    let title = format!(
        "see what becomes of the data of {name} when it is deleted: {}{}",
        data::phrase(context, pod, &data),
        others(context, set)
    );
    Remedy::new(Risk::ReadOnly, title, commands)
}

/// Whether the other members can do without it, as far as that can be told.
fn others(context: &Context<'_>, set: &StatefulSet) -> String {
    match Quorum::of(context, set) {
        Ok(_) if set.wanted() == 1 => String::new(),
        Ok(quorum) if quorum.is_majority() => {
            format!(
                "; {} without it, a majority, but whether they hold what it holds only the application knows",
                quorum.phrase()
            )
        }
        Ok(quorum) => format!(
            "; {}, no majority: if the members vote or replicate, ask the application whether this one is needed before it is \
             deleted",
            quorum.phrase()
        ),
        Err(_) => String::new(),
    }
}

/// An eviction, not a deletion: it asks the PodDisruptionBudget, and by its uid it meets no other pod of that name.
fn delete(context: &Context<'_>, set: &StatefulSet, blocker: &Blocker<'_>) -> Remedy {
    let pod = blocker.pod.object_ref();
    let (namespace, name) = (&set.meta.namespace, &pod.name);
    let budgets = members::budgets(context, blocker.pod);
    let asks = match budgets.as_deref() {
        Ok([]) => "; no PodDisruptionBudget is asked, as none selects it".to_owned(),
        Ok([one]) => format!(
            "; PodDisruptionBudget {} is asked, and if it refuses (429), too few of the others are healthy: mend these first",
            one.meta.name
        ),
        Ok(many) => {
            let names: Vec<&str> = many.iter().map(|one| one.meta.name.as_str()).collect();
            let title = format!(
                "then delete {name}, and only it, so that it is made anew of the present template; an eviction is not possible, as \
                 several PodDisruptionBudgets select it ({})",
                words::list(&names, 3)
            );
            return Remedy::new(
                Risk::Disruptive,
                title,
                [format!("kubectl -n {namespace} delete pod {name} --wait=false")],
            );
        }
        Err(_) => "; a PodDisruptionBudget, if there is one, is asked".to_owned(),
    };
    let title =
        format!("then evict {name}, and only it, so that it is made anew of the present template{asks}");
    let guard = if pod.uid.is_empty() {
        String::new()
    } else {
        format!(",\"deleteOptions\":{{\"preconditions\":{{\"uid\":\"{}\"}}}}", pod.uid)
    };
    let old = hosting::minor(context.version()).is_some_and(|minor| minor < POLICY_V1);
    let version = if old { "policy/v1beta1" } else { "policy/v1" };
    let command = format!(
        "echo '{{\"apiVersion\":\"{version}\",\"kind\":\"Eviction\",\"metadata\":{{\"namespace\":\"{namespace}\",\"name\":\"{name}\"}}{guard}}}' | \
         kubectl create --raw /api/v1/namespaces/{namespace}/pods/{name}/eviction -f -"
    );
    let watch = containers::rolled_workload(&set.object_ref())
        .map(|workload| format!("kubectl -n {namespace} rollout status {workload} --timeout=5m"));
    Remedy::new(Risk::Disruptive, title, [command].into_iter().chain(watch))
}
