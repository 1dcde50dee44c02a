//! What to do: see what the kubelet says, work outside the folder, put it back in one move, one node at a time.

use rutter_cluster::objects::StaticPod;

use crate::{Context, Finding, Remedy, Risk};

/// kubeadm's folder: a guess, where nobody said which.
const FOLDER: &str = "/etc/kubernetes/manifests";

/// Where a copy is corrected: by its path judged as a kubelet's folder, so that the check is none the milder.
const COPIES: &str = "/root/etc/kubernetes/manifests";

const OTHER_FOLDER: &str =
    "the folder is taken to be kubeadm's; it is the kubelet's staticPodPath, where that is another";

/// A file, and the folder from which the kubelet reads it.
struct Place<'a> {
    folder: &'a str,
    file: &'a str,
    /// Whether the folder is only taken to be that.
    is_guess: bool,
}

pub(super) fn remedies(context: &Context<'_>, finding: &Finding) -> Vec<Remedy> {
    let name = &finding.object.name;
    let is_file = finding.object.kind == "StaticPod";
    let file = context.static_pods().iter().find(|file| is_file && file.meta.name == *name);
    if let Some(file) = file.filter(|file| file.is_guessed || is_copy(file)) {
        return vec![correct(file)];
    }
    let given = file.and_then(|file| file.path.rsplit_once('/'));
    let (folder, file) = given.unwrap_or((FOLDER, name.rsplit('/').next().unwrap_or_default()));
    let place = Place { folder, file, is_guess: given.is_none() };
    match (is_file, finding.variant) {
        (false, _) => vec![look(finding, &place), by_file()],
        (_, "twice") => vec![look(finding, &place), move_away(&place)],
        _ => vec![look(finding, &place), edit(&place)],
    }
}

/// Whether it is what another remedy lets people correct.
fn is_copy(file: &StaticPod) -> bool {
    file.path.rsplit_once('/').is_some_and(|(folder, _)| folder == COPIES)
}

fn look(finding: &Finding, place: &Place<'_>) -> Remedy {
    let node = match finding.object.kind.as_str() {
        "Node" => format!("on {} as root", finding.object.name),
        "Pod" if !finding.node.is_empty() => format!("on {} as root", finding.node),
        _ => "on the node as root".to_owned(),
    };
    let guess = if place.is_guess { format!(" ({OTHER_FOLDER})") } else { String::new() };
    Remedy::new(
        Risk::ReadOnly,
        format!(
            "{node}, see what the kubelet says, and how the container ended; all of this works while the API is down{guess}"
        ),
        [
            "journalctl -u kubelet --since -15min --no-pager | grep -i -e 'manifest' -e 'static pod' | tail -20".to_owned(),
            "crictl ps -a | grep -e kube- -e etcd".to_owned(),
            format!("ls -la {}", place.folder),
        ],
    )
}

fn move_away(Place { folder, file, .. }: &Place<'_>) -> Remedy {
    Remedy::new(
        Risk::Disruptive,
        "compare the two, then take the one that is not meant out of the folder (never delete it: it is the way back); the kubelet may start the pod anew",
        [
            format!("mkdir -p /root/manifests-kept && mv {folder}/{file} /root/manifests-kept/"),
            "crictl ps | grep -e kube- -e etcd".to_owned(),
        ],
    )
}

fn edit(Place { folder, file, is_guess }: &Place<'_>) -> Remedy {
    let which = if *is_guess {
        OTHER_FOLDER
    } else {
        "the folder is the one that was given; of a copy, do it in the node's own"
    };
    Remedy::new(
        Risk::Disruptive,
        format!(
            "correct a copy outside the folder (below a path of the same ending, so that it is judged as what the kubelet reads), check it, and put it in place in one move; on one control-plane node only, and with etcd only while all \
             other members are well. What is kept is the file as it is: the last one that worked lies in a backup, or on another control-plane node. \
             ({which})"
        ),
        [
            format!("mkdir -p /root/manifests-kept {COPIES} && cp -p {folder}/{file} /root/manifests-kept/{file}.$(date +%s) && cp -p {folder}/{file} {COPIES}/{file}"),
            format!("${{EDITOR:-vi}} {COPIES}/{file}"),
            format!(
                "rutter diagnose --fail-on high {COPIES}/{file} && cp {COPIES}/{file} {folder}/.{file}.new && mv {folder}/.{file}.new {folder}/{file}   # names with a dot in front are not read"
            ),
            "timeout 120 sh -c 'until kubectl get --raw /readyz; do sleep 3; done' && crictl ps | grep -e kube- -e etcd".to_owned(),
        ],
    )
}

/// A manifest that no kubelet reads yet is corrected where it is.
fn correct(file: &StaticPod) -> Remedy {
    let path = if file.path.is_empty() { "<file>" } else { file.path.as_str() };
    Remedy::new(
        Risk::Reversible,
        format!(
            "correct it and look at it again, before it is put in place: in the kubelet's folder (kubeadm's is {FOLDER}) by one move, never with an editor"
        ),
        [format!("${{EDITOR:-vi}} {path}"), format!("rutter diagnose --fail-on high {path}")],
    )
}

fn by_file() -> Remedy {
    Remedy::new(
        Risk::ReadOnly,
        "there, let the files be looked at: that tells what no mirror pod shows (backups beside them, files that can't be read or aren't mounted)",
        [format!("rutter diagnose {FOLDER}")],
    )
}
