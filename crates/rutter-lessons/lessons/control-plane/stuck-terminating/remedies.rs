//! What to do, by what keeps the object. A finalizer is never taken off first: it stands for work that is not done.

use rutter_cluster::ObjectRef;

use super::{finalizers, plan};
use crate::{Context, Finding, Remedy, Risk, fencing, hosting, texts::namespace as texts};

pub(super) fn remedies(context: &Context<'_>, finding: &Finding) -> Vec<Remedy> {
    let Some(object) = finding.instances.first() else { return Vec::new() };
    let is_namespace = object.kind == "Namespace";
    let look = if is_namespace { left_in(object) } else { whole(object) };
    let more = match finding.variant {
        "finalizer" => by_finalizer(context, finding, object),
        "node-silent" | "node-gone" => by_node(context, finding, object),
        "untold" if object.kind == "Pod" => by_node(context, finding, object),
        "not-stopped" => on_node(context, finding, object),
        "in-use" => in_use(context, finding, object),
        "discovery" => discovery(finding),
        _ => vec![controller()],
    };
    [look].into_iter().chain(more).collect()
}

/// `-n shop `, or nothing for what is in no namespace.
fn within(object: &ObjectRef) -> String {
    if object.namespace.is_empty() { String::new() } else { format!("-n {} ", object.namespace) }
}

fn whole(object: &ObjectRef) -> Remedy {
    let (within, kind, name) = (within(object), object.kind.to_lowercase(), &object.name);
    let title = "see what still holds it: its finalizers, its owners, and the events about it";
    let commands = [
        format!(
            "kubectl {within}get {kind} {name} -o jsonpath='{{.metadata.deletionTimestamp}} {{.metadata.finalizers}} {{.metadata.ownerReferences}}{{\"\\n\"}}'"
        ),
        format!("kubectl {within}describe {kind} {name}"),
    ];
    Remedy::new(Risk::ReadOnly, title, commands)
}

fn left_in(object: &ObjectRef) -> Remedy {
    let name = &object.name;
    let title = "see what its conditions say, and all that is left in it, with its finalizers";
    let commands = [
        format!(
            "kubectl get namespace {name} -o jsonpath='{{range .status.conditions[?(@.status==\"True\")]}}{{.type}}: {{.message}}{{\"\\n\"}}{{end}}'"
        ),
        format!(
            "kubectl api-resources --verbs=list --namespaced -o name | xargs -n 1 kubectl -n {name} get --show-kind --ignore-not-found -o custom-columns=KIND:.kind,NAME:.metadata.name,FINALIZERS:.metadata.finalizers --no-headers"
        ),
    ];
    Remedy::new(Risk::ReadOnly, title, commands)
}

/// The finalizers that are told of.
fn named(finding: &Finding) -> Vec<String> {
    let mut all = Vec::new();
    for evidence in &finding.evidence {
        let kept = texts::finalizers(&evidence.value);
        all.extend(kept.iter().map(|one| one.name.to_owned()));
        if matches!(&evidence.origin, crate::Origin::Field(path) if path == "metadata.finalizers") {
            all.extend(
                evidence.value.split([',', ' ']).filter(|one| !matches!(*one, "" | "and")).map(str::to_owned),
            );
        }
    }
    all
}

fn by_finalizer(context: &Context<'_>, finding: &Finding, object: &ObjectRef) -> Vec<Remedy> {
    let names = named(finding);
    if names.iter().any(|name| finalizers::known(name).is_some()) {
        return vec![controller()];
    }
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-');
    let domain = names.first().and_then(|name| name.split('/').next()).unwrap_or_default();
    let word = domain.split('.').next().filter(|word| !word.is_empty() && word.chars().all(plain));
    let owner = Remedy::new(
        Risk::ReadOnly,
        "find the controller that the finalizer belongs to, and why it does not answer: not installed any more, without its \
         custom resource definitions or its permissions, or crashing",
        [
            format!("kubectl get deployments,statefulsets -A | grep -i '{}'", word.unwrap_or("<name>")),
            format!("kubectl get crds,apiservices | grep -i '{}'", word.unwrap_or("<name>")),
        ],
    );
    let back = Remedy::new(
        Risk::Reversible,
        "bring that controller back (the same version, with the credentials that it had): it does what is left to do and then \
         removes the finalizer itself",
        [],
    );
    vec![owner, back, last(context, finding, object)]
}

/// The last resort, with what it leaves behind.
fn last(_: &Context<'_>, finding: &Finding, object: &ObjectRef) -> Remedy {
    let shown = finding.evidence.iter().find(
        |evidence| matches!(&evidence.origin, crate::Origin::Field(path) if path == "metadata.finalizers"),
    );
    let object = shown.map_or(object, |evidence| &evidence.object);
    let title = "only if that controller is gone for good: write down what the object stands for (disks, load balancers, DNS \
                 names, other objects), clear that away by hand, and then take off this finalizer alone; what is not cleared \
                 away stays and costs, and nobody knows of it any more";
    let (within, kind) = (within(object), object.kind.to_lowercase());
    let command = if object.kind == "Namespace" && shown.is_none() {
        format!(
            "kubectl -n {} edit <kind> <name>   # the line of the finalizer under metadata.finalizers",
            object.name
        )
    } else {
        format!(
            "kubectl {within}edit {kind} {}   # the line of the finalizer under metadata.finalizers",
            object.name
        )
    };
    Remedy::new(Risk::Destructive, title, [command])
}

fn controller() -> Remedy {
    let title = "see whether the controller-manager (and what else the message names) runs and what it says: it works on \
                 deletions as soon as it is well";
    Remedy::new(
        Risk::ReadOnly,
        title,
        [
            "kubectl -n kube-system get pods -o wide | grep -E 'controller-manager|csi|cloud'".to_owned(),
            "kubectl -n kube-system get lease kube-controller-manager -o jsonpath='{.spec.renewTime}{\"\\n\"}'".to_owned(),
        ],
    )
}

/// The pod behind a finding, and its node.
fn pod_of(context: &Context<'_>, finding: &Finding, object: &ObjectRef) -> Option<(ObjectRef, String)> {
    let shown = finding.evidence.iter().map(|evidence| &evidence.object);
    let pod = [object].into_iter().chain(shown).find(|one| one.kind == "Pod")?;
    let node = context.pod(pod)?.spec.node_name.to_string();
    Some((pod.clone(), node))
}

fn by_node(context: &Context<'_>, finding: &Finding, object: &ObjectRef) -> Vec<Remedy> {
    let Some((pod, node)) = pod_of(context, finding, object) else { return vec![controller()] };
    let gone = finding.variant == "node-gone";
    let first = if gone {
        controller()
    } else {
        let title = format!("bring {node} back: its kubelet then stops what is to go, and confirms it");
        Remedy::new(Risk::ReadOnly, title, [format!("kubectl describe node {node}")])
    };
    let title = format!(
        "only when it is certain that {node} is powered off or deleted: strike the pod off; if the machine still runs, its \
         containers go on, and a StatefulSet's next pod writes to the same data as the old one"
    );
    let command = format!("kubectl -n {} delete pod {} --grace-period=0 --force", pod.namespace, pod.name);
    let strike_off = Remedy::new(Risk::Destructive, title, [command]);
    let strike_off = strike_off.perhaps_by(gone.then(|| plan::strike_off(&pod, &node)).flatten());
    let silent = context.node(&node).ok().flatten().filter(|node| !gone && fencing::is_silent(node));
    let fence = silent.map(|node| fencing::fence(context, node)).unwrap_or_default();
    [first].into_iter().chain(fence).chain([strike_off]).collect()
}

fn on_node(context: &Context<'_>, finding: &Finding, object: &ObjectRef) -> Vec<Remedy> {
    let Some((pod, node)) = pod_of(context, finding, object) else { return vec![controller()] };
    let known = context.node(&node).ok().flatten();
    let unit = hosting::runtime_unit(known);
    let uid = &pod.uid;
    let title = format!(
        "on {node} as root, see what the kubelet says of this pod, which of its containers live, and what is still mounted"
    );
    let look = Remedy::new(
        Risk::ReadOnly,
        title,
        [
            format!("journalctl -u kubelet --since -30min | grep -E '{uid}|{}' | tail -30", pod.name),
            format!("timeout 10 crictl ps -a --label io.kubernetes.pod.uid={uid}"),
            format!("grep {uid} /proc/self/mountinfo"),
            "ps -eo pid,stat,wchan:30,args | awk '$2 ~ /D/'   # a process in state D waits for its storage"
                .to_owned(),
        ],
    );
    let title = format!(
        "if the runtime holds on to it, restart the kubelet, then {unit} (with Docker only under live-restore): containers \
         stay, and the clean-up begins anew; a process in state D only goes with its storage back, or with the node's reboot"
    );
    let restart = Remedy::new(Risk::Disruptive, title, ["systemctl restart kubelet".to_owned()]);
    vec![look, restart]
}

fn in_use(context: &Context<'_>, finding: &Finding, object: &ObjectRef) -> Vec<Remedy> {
    if object.kind == "Namespace" {
        return vec![controller()];
    }
    let title = if object.kind == "PersistentVolume" {
        "a deletion cannot be taken back: if the data is needed, see to it while the claim is there (copy or snapshot it), and set \
         the volume to Retain, so that the storage stays when the objects go"
    } else {
        "a deletion cannot be taken back: if the data is needed, copy or snapshot it while the pod runs, and set the volume \
         behind the claim to Retain, so that the storage stays when the claim goes"
    };
    let claim = context.claim(&object.namespace, &object.name).ok().flatten();
    let volume = match claim.map(|claim| claim.spec.volume_name.as_str()) {
        _ if object.kind == "PersistentVolume" => object.name.as_str(),
        Some(name) if !name.is_empty() => name,
        _ => "<volume>",
    };
    let find =
        format!("kubectl {}get {} {} -o wide", within(object), object.kind.to_lowercase(), object.name);
    let keep = format!(
        "kubectl patch pv {volume} -p '{{\"spec\":{{\"persistentVolumeReclaimPolicy\":\"Retain\"}}}}'"
    );
    let (risk, unneeded) = if finding.message.contains("ended: it goes") {
        (Risk::Destructive, "if it is not needed, delete the pods that have ended and still refer to it")
    } else {
        (Risk::ReadOnly, "if it is not needed, nothing has to be done: it goes with the pods that use it")
    };
    vec![Remedy::new(Risk::Reversible, title, [find, keep]), Remedy::new(risk, unneeded, [])]
}

fn discovery(finding: &Finding) -> Vec<Remedy> {
    let groups = finding.evidence.iter().flat_map(|evidence| texts::failing_groups(&evidence.value));
    let names: Vec<String> = groups
        .filter_map(|group| group.split_once('/'))
        .map(|(group, version)| format!("{version}.{group}"))
        .collect();
    let plain = |name: &&String| name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-'));
    let name = names.iter().find(plain).map_or("<name>", String::as_str);
    let look = Remedy::new(
        Risk::ReadOnly,
        "see which APIs nobody answers for, which Service should, and how its pods fare",
        [
            "kubectl get apiservices | grep -v ' True '".to_owned(),
            format!(
                "kubectl get apiservice {name} -o jsonpath='{{.spec.service}} {{.status.conditions}}{{\"\\n\"}}'"
            ),
        ],
    );
    let mend = Remedy::new(
        Risk::Reversible,
        "bring back the server behind it: every namespace that is to go waits for it, and goes by itself then",
        [],
    );
    let drop = Remedy::new(
        Risk::Destructive,
        "only if that server was removed for good: delete its registration; objects of that API that it kept elsewhere are not \
         deleted by that, and autoscalers that use its metrics get none (they get none now)",
        [format!("kubectl delete apiservice {name}")],
    );
    vec![look, mend, drop]
}
