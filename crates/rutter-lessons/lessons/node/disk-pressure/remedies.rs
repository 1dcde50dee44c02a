//! What to do: find who fills the disk, and free space in an order that loses nothing.

use super::{detect, detect::DISK, host_paths};
use crate::{
    Context, Finding, Remedy, Risk, hosting,
    pressure::{self, Facts},
};

pub(super) fn remedies(context: &Context<'_>, finding: &Finding) -> Vec<Remedy> {
    let name = finding.object.name.as_str();
    let Some(node) = hosting::node_of(context, finding) else { return Vec::new() };
    let facts = Facts::of(&DISK, context, node);
    let writers = host_paths::writers(&facts.pods);
    let paths: Vec<&str> = writers.iter().map(|writer| writer.path).take(3).collect();
    let docker = hosting::runtime(node) == "docker";
    let inodes = detect::lacks_inodes(&facts);
    let look = if inodes { many_files(name, docker) } else { who_fills(name, docker) };
    let bound = if inodes { fewer_files() } else { bound() };
    match finding.variant {
        "taint-only" => vec![pressure::controllers(&DISK, name), pressure::untaint(&DISK, name)],
        "tail" => vec![pressure::wait(&DISK, name), look],
        "recovered" => vec![look, bound],
        _ => {
            let mut all = vec![look];
            all.extend((!paths.is_empty()).then(|| host_path(name, &paths)));
            // A file that is emptied keeps its inode.
            all.extend((!inodes).then(|| logs(name, docker)));
            all.extend([images(name, docker), bound]);
            all
        }
    }
}

fn data(docker: bool) -> &'static str {
    if docker { "/var/lib/docker" } else { "/var/lib/containerd /var/lib/containers" }
}

fn who_fills(name: &str, docker: bool) -> Remedy {
    Remedy::new(
        Risk::ReadOnly,
        format!(
            "on {name} as root, see which file system is full, who fills it, and what was deleted but is still open"
        ),
        [
            format!("df -h /var/lib/kubelet {} /var/log", data(docker)),
            format!(
                "du -xh -d2 /var/lib/kubelet/pods {} /var/log 2>/dev/null | sort -rh | head -25",
                data(docker)
            ),
            "lsof -nP +L1 2>/dev/null | sort -k7 -rn | head".to_owned(),
        ],
    )
}

fn many_files(name: &str, docker: bool) -> Remedy {
    Remedy::new(
        Risk::ReadOnly,
        format!(
            "on {name} as root, see which file system has no inode left, and which folders hold the most files"
        ),
        [
            format!("df -i /var/lib/kubelet {} /var/log", data(docker)),
            "du -x --inodes -d4 /var/lib /var/log 2>/dev/null | sort -rn | head -25".to_owned(),
        ],
    )
}

fn host_path(name: &str, paths: &[&str]) -> Remedy {
    Remedy::new(
        Risk::ReadOnly,
        format!(
            "on {name}, measure the hostPath folders, which no eviction empties, and ask the pods' owners what may go: this is \
             data, delete nothing on suspicion"
        ),
        [format!("du -xsh {}", paths.join(" "))],
    )
}

fn logs(name: &str, docker: bool) -> Remedy {
    let find = if docker {
        "find /var/lib/docker/containers -name '*-json.log*' -size +200M -exec ls -lh {} +"
    } else {
        "find /var/log/pods -name '*.log*' -size +200M -exec ls -lh {} +"
    };
    Remedy::new(
        Risk::Destructive,
        format!(
            "on {name} as root, the least harmful space first: old logs; truncate files that are still open, for removing them \
             frees nothing, and save before what somebody may need to explain this night"
        ),
        [
            "journalctl --vacuum-size=500M".to_owned(),
            find.to_owned(),
            "truncate -s 0 <one of these files>".to_owned(),
        ],
    )
}

fn images(name: &str, docker: bool) -> Remedy {
    let prune = if docker { "docker image prune -a" } else { "crictl rmi --prune" };
    Remedy::new(
        Risk::Destructive,
        format!(
            "on {name} as root, only if the registries can be reached from there, and no pod counts on an image that is nowhere \
             else (imagePullPolicy Never, air gap): remove images that no container uses, as the kubelet itself tries to; delete \
             nothing below the runtime's folder by hand"
        ),
        ["crictl images".to_owned(), prune.to_owned()],
    )
}

fn bound() -> Remedy {
    Remedy::new(
        Risk::Reversible,
        "keep it from coming back: limits of ephemeral-storage and sizeLimit of emptyDir for who wrote most, another home for \
         hostPath data, a larger disk; don't lower the eviction thresholds, they keep the node alive",
        ["kubectl get pods -A -o custom-columns='NS:.metadata.namespace,POD:.metadata.name,NODE:.spec.nodeName,LIMIT:.spec.containers[*].resources.limits.ephemeral-storage'".to_owned()],
    )
}

fn fewer_files() -> Remedy {
    Remedy::new(
        Risk::Disruptive,
        "keep it from coming back: let the program that makes so many files remove or pack them, or give its data a volume of \
         its own; no limit of Kubernetes counts files, and ext4 gets its number of inodes when it is made",
        [],
    )
}
