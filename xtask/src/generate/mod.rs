//! `xtask generate`: big clusters as files, for measuring and for tests against false alarms.
//!
//! A plan (`plan`, `layout`, `faults`) says what exists; one module per kind of object turns it into JSON; `output`
//! writes that in the forms in which people have it. The same arguments give the same bytes.

mod etcd;
mod events;
mod faults;
mod json;
mod layout;
mod meta;
mod network;
mod nodes;
mod output;
mod plan;
mod pods;
mod policy;
mod rng;
mod storage;
mod template;
mod workloads;

use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail, ensure};
use clap::ValueEnum;

use output::{Resource, Style};

/// More nodes than that have no room in the addresses that are given out.
const MOST_NODES: usize = 60_000;
/// What the last part of a pod's address has room for.
const MOST_PODS_PER_NODE: usize = 250;

#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Args {
    #[arg(long, default_value_t = 500)]
    nodes: usize,
    #[arg(long, default_value_t = 15_000)]
    pods: usize,
    /// The folder to write, which mustn't have other files in it
    #[arg(long, required_unless_present = "etcd")]
    out: Option<PathBuf>,
    /// Instead of a folder, fill the etcd at this address, that of an API server which nothing acts on; all happened just now
    #[arg(long, conflicts_with_all = ["out", "form", "compact"])]
    etcd: Option<String>,
    #[arg(long, value_enum, default_value = "get")]
    form: Form,
    /// Write Lists as the API server sends them: on one line, with managed fields
    #[arg(long)]
    compact: bool,
    #[arg(long, default_value_t = 1)]
    seed: u64,
    #[arg(long, value_enum, default_value = "some")]
    broken: Broken,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Form {
    /// One List per resource, as of `kubectl get -A -o json`
    Get,
    /// The folders of `kubectl cluster-info dump -A -o json`
    Dump,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Broken {
    /// All is well
    None,
    /// Some nodes and workloads fail; what, is written beside the folder
    Some,
}

pub(crate) fn run(args: &Args) -> anyhow::Result<()> {
    ensure!((1..=MOST_NODES).contains(&args.nodes), "--nodes must be between 1 and {MOST_NODES}");
    let most = args.nodes * MOST_PODS_PER_NODE;
    ensure!(args.pods <= most, "{} nodes have room for at most {most} pods", args.nodes);
    if args.compact && args.form == Form::Dump {
        bail!("--compact is for --form get: a dump is always indented");
    }
    let size = layout::Size { nodes: args.nodes, pods: args.pods };
    let plan = layout::lay_out(size, args.seed, args.broken == Broken::Some);
    if let Some(address) = &args.etcd {
        rng::end_at(jiff::Timestamp::now().as_second());
        println!("wrote {} objects to {address}", etcd::write(&plan, &resources(), address)?);
    }
    if let Some(out) = &args.out {
        write_files(args, &plan, out)?;
    }
    for line in faults::summary(&plan) {
        println!("  {line}");
    }
    Ok(())
}

fn write_files(args: &Args, plan: &plan::Plan, out: &Path) -> anyhow::Result<()> {
    match args.form {
        Form::Get if args.compact => output::write_lists(plan, &resources(), Style::Compact, out)?,
        Form::Get => output::write_lists(plan, &resources(), Style::Get, out)?,
        Form::Dump => output::write_dump(plan, &resources(), out)?,
    }
    let expected = expected_path(out)?;
    output::write_json(&expected, &faults::expected(plan))?;
    println!("wrote {} and {}", out.display(), expected.display());
    Ok(())
}

/// Beside the folder, not in it: who reads the folder must not find the answers.
pub(crate) fn expected_path(out: &Path) -> anyhow::Result<PathBuf> {
    let name = out.file_name().context("--out must end in the name of a folder")?;
    Ok(out.with_file_name(format!("{}.expected.json", name.to_string_lossy())))
}

fn resources() -> Vec<Resource> {
    let of =
        |name, api_version, kind, namespaced, build| Resource { name, api_version, kind, namespaced, build };
    vec![
        of("pods", "v1", "Pod", true, pods::emit),
        of("nodes", "v1", "Node", false, nodes::emit),
        of("namespaces", "v1", "Namespace", false, policy::emit_namespaces),
        of("events", "v1", "Event", true, events::emit),
        of("services", "v1", "Service", true, network::emit_services),
        of("endpoints", "v1", "Endpoints", true, network::emit_endpoints),
        of(
            "endpointslices.discovery.k8s.io",
            "discovery.k8s.io/v1",
            "EndpointSlice",
            true,
            network::emit_slices,
        ),
        of("configmaps", "v1", "ConfigMap", true, policy::emit_config_maps),
        of("serviceaccounts", "v1", "ServiceAccount", true, policy::emit_accounts),
        of("persistentvolumeclaims", "v1", "PersistentVolumeClaim", true, storage::emit_claims),
        of("persistentvolumes", "v1", "PersistentVolume", false, storage::emit_volumes),
        of("resourcequotas", "v1", "ResourceQuota", true, policy::emit_quotas),
        of("deployments.apps", "apps/v1", "Deployment", true, workloads::emit_deployments),
        of("replicasets.apps", "apps/v1", "ReplicaSet", true, workloads::emit_replica_sets),
        of("statefulsets.apps", "apps/v1", "StatefulSet", true, workloads::emit_stateful_sets),
        of("daemonsets.apps", "apps/v1", "DaemonSet", true, workloads::emit_daemon_sets),
        of("leases.coordination.k8s.io", "coordination.k8s.io/v1", "Lease", true, nodes::emit_leases),
        of("poddisruptionbudgets.policy", "policy/v1", "PodDisruptionBudget", true, policy::emit_budgets),
        of(
            "horizontalpodautoscalers.autoscaling",
            "autoscaling/v2",
            "HorizontalPodAutoscaler",
            true,
            policy::emit_autoscalers,
        ),
        of(
            "storageclasses.storage.k8s.io",
            "storage.k8s.io/v1",
            "StorageClass",
            false,
            storage::emit_classes,
        ),
        of("csinodes.storage.k8s.io", "storage.k8s.io/v1", "CSINode", false, nodes::emit_csi_nodes),
        of(
            "priorityclasses.scheduling.k8s.io",
            "scheduling.k8s.io/v1",
            "PriorityClass",
            false,
            policy::emit_priority_classes,
        ),
    ]
}
