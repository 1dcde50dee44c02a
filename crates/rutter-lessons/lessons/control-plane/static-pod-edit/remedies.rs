//! What to do: see what the kubelet says, work outside the folder, put it back in one move, one node at a time.

use crate::{Context, Finding, Remedy, Risk};

const FOLDER: &str = "/etc/kubernetes/manifests";

pub(super) fn remedies(_: &Context<'_>, finding: &Finding) -> Vec<Remedy> {
    let file = finding.object.name.rsplit('/').next().unwrap_or_default();
    let node = match finding.object.kind.as_str() {
        "Node" => format!("on {} as root", finding.object.name),
        "Pod" if !finding.node.is_empty() => format!("on {} as root", finding.node),
        _ => "on the node as root".to_owned(),
    };
    let look = Remedy::new(
        Risk::ReadOnly,
        format!("{node}, see what the kubelet says, and how the container ended; all of this works while the API is down"),
        [
            "journalctl -u kubelet --since -15min --no-pager | grep -i -e 'manifest' -e 'static pod' | tail -20".to_owned(),
            "crictl ps -a | grep -e kube- -e etcd".to_owned(),
            format!("ls -la {FOLDER}"),
        ],
    );
    if finding.variant == "twice" {
        return vec![look, move_away(file)];
    }
    if finding.object.kind != "StaticPod" {
        return vec![look, by_file()];
    }
    vec![look, edit(file)]
}

fn move_away(file: &str) -> Remedy {
    Remedy::new(
        Risk::Disruptive,
        "compare the two, then take the one that is not meant out of the folder (never delete it: it is the way back); the kubelet may start the pod anew",
        [
            format!("mkdir -p /root/manifests-kept && mv {FOLDER}/{file} /root/manifests-kept/"),
            "crictl ps | grep -e kube- -e etcd".to_owned(),
        ],
    )
}

fn edit(file: &str) -> Remedy {
    Remedy::new(
        Risk::Disruptive,
        "correct a copy outside the folder, check it, and put it in place in one move; on one control-plane node only, and with etcd only while all \
         other members are well. What is kept is the file as it is: the last one that worked lies in a backup, or on another control-plane node. (The \
         folder is the kubelet's staticPodPath, where that is another)",
        [
            format!("mkdir -p /root/manifests-kept && cp -p {FOLDER}/{file} /root/manifests-kept/{file}.$(date +%s) && cp -p {FOLDER}/{file} /root/{file}"),
            format!("${{EDITOR:-vi}} /root/{file}"),
            format!(
                "rutter diagnose --fail-on high /root/{file} && cp /root/{file} {FOLDER}/.{file}.new && mv {FOLDER}/.{file}.new {FOLDER}/{file}   # names with a dot in front are not read"
            ),
            "timeout 120 sh -c 'until kubectl get --raw /readyz; do sleep 3; done' && crictl ps | grep -e kube- -e etcd".to_owned(),
        ],
    )
}

fn by_file() -> Remedy {
    Remedy::new(
        Risk::ReadOnly,
        "there, let the files be looked at: that tells what no mirror pod shows (backups beside them, files that can't be read or aren't mounted)",
        [format!("rutter diagnose {FOLDER}")],
    )
}
