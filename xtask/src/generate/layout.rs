//! Lays a cluster out: draws its nodes, namespaces and workloads, breaks some, and places the pods.

use super::faults;
use super::plan::{Access, Kind, NOW, Namespace, Node, NodeFault, Plan, Pod, Workload, WorkloadFault};
use super::rng::{Rng, name_suffix, uid};

const DAY: i64 = 86_400;

const SYSTEM_NAMESPACES: [&str; 6] =
    ["default", "kube-node-lease", "kube-public", "kube-system", "logging", "monitoring"];

/// DaemonSets: namespace, name, whether in the host's network.
const AGENTS: [(&str, &str, bool); 4] = [
    ("kube-system", "kube-proxy", true),
    ("kube-system", "cilium", true),
    ("monitoring", "node-exporter", true),
    ("logging", "fluent-bit", false),
];

const TEAMS: [&str; 20] = [
    "payments",
    "checkout",
    "catalog",
    "search",
    "identity",
    "billing",
    "shipping",
    "pricing",
    "fraud",
    "analytics",
    "content",
    "messaging",
    "orders",
    "inventory",
    "loyalty",
    "media",
    "partners",
    "reports",
    "risk",
    "support",
];
const STAGES: [&str; 5] = ["prod", "staging", "eu", "us", "batch"];
const DOMAINS: [&str; 25] = [
    "account",
    "audit",
    "basket",
    "campaign",
    "customer",
    "device",
    "export",
    "feature",
    "gateway",
    "invoice",
    "ledger",
    "mailer",
    "notification",
    "offer",
    "profile",
    "quote",
    "rating",
    "refund",
    "report",
    "session",
    "stock",
    "tax",
    "token",
    "voucher",
    "webhook",
];
const ROLES: [&str; 8] = ["api", "worker", "web", "consumer", "scheduler", "grpc", "sync", "proxy"];
const STORES: [&str; 5] = ["postgres", "redis", "kafka", "mongo", "search"];

/// The size asked for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Size {
    pub(super) nodes: usize,
    pub(super) pods: usize,
}

/// A workload before it has a name and pods.
struct Draft {
    namespace: usize,
    name: Option<&'static str>,
    kind: Kind,
    replicas: usize,
    host_network: bool,
}

pub(super) fn lay_out(size: Size, seed: u64, broken: bool) -> Plan {
    let mut plan = Plan {
        seed,
        nodes: (0..size.nodes).map(|index| node(seed, index)).collect(),
        namespaces: namespaces(seed, size),
        workloads: Vec::new(),
        pods: Vec::new(),
        full_namespace: None,
    };
    // Evicted pods come on top of those that replace them.
    let evicted = if broken { faults::EVICTED_PODS } else { 0 };
    let mut drafts = draft_workloads(&plan, size.pods.saturating_sub(evicted));
    drafts.sort_by_key(|draft| draft.namespace);
    name_workloads(&mut plan, drafts);
    if broken {
        faults::break_some(&mut plan);
    }
    place_pods(&mut plan);
    if broken {
        faults::evict_some(&mut plan);
    }
    plan
}

fn node(seed: u64, index: usize) -> Node {
    let mut rng = Rng::of(seed, "node", index);
    Node {
        name: format!("ip-{}.eu-west-1.compute.internal", Plan::node_ip(index).replace('.', "-")),
        uid: uid(seed, "node", index),
        fault: NodeFault::None,
        created: NOW - rng.seconds(20 * DAY, 90 * DAY),
    }
}

fn namespaces(seed: u64, size: Size) -> Vec<Namespace> {
    let wanted = (size.pods / 120).clamp(3, 2000);
    let names = (0..wanted).map(|index| {
        let (team, stage) = (TEAMS[index % TEAMS.len()], STAGES[index / TEAMS.len() % STAGES.len()]);
        match index / (TEAMS.len() * STAGES.len()) {
            0 => format!("{team}-{stage}"),
            cell => format!("{team}-{stage}-{cell:02}"),
        }
    });
    let mut names: Vec<String> = names.chain(SYSTEM_NAMESPACES.map(str::to_owned)).collect();
    names.sort();
    let created = |index| NOW - Rng::of(seed, "namespace", index).seconds(200 * DAY, 400 * DAY);
    names
        .into_iter()
        .enumerate()
        .map(|(index, name)| Namespace { name, workloads: 0..0, created: created(index) })
        .collect()
}

fn draft_workloads(plan: &Plan, pods: usize) -> Vec<Draft> {
    let system =
        |name: &str| plan.namespaces.iter().position(|namespace| namespace.name == name).unwrap_or(0);
    let mut drafts = Vec::new();
    let mut left = pods;
    // On a node with few pods, agents take at most half of them.
    let agents = (pods / (2 * plan.nodes.len()).max(1)).min(AGENTS.len());
    for (namespace, name, host_network) in AGENTS.into_iter().take(agents) {
        let replicas = plan.nodes.len();
        left -= replicas;
        let namespace = system(namespace);
        drafts.push(Draft { namespace, name: Some(name), kind: Kind::DaemonSet, replicas, host_network });
    }
    for (name, replicas) in [("coredns", (plan.nodes.len() / 16).clamp(2, 20)), ("metrics-server", 2)] {
        let replicas = replicas.min(left);
        left -= replicas;
        let (namespace, kind) = (system("kube-system"), Kind::Deployment);
        drafts.push(Draft { namespace, name: Some(name), kind, replicas, host_network: false });
    }
    let teams: Vec<usize> = (0..plan.namespaces.len())
        .filter(|&index| !SYSTEM_NAMESPACES.contains(&plan.namespaces[index].name.as_str()))
        .collect();
    let mut rng = Rng::of(plan.seed, "draft", 0);
    while left > 0 {
        let stateful = rng.percent(12);
        let replicas =
            if stateful { rng.pick(&[1, 2, 3, 3, 5]) } else { rng.pick(&[1, 2, 2, 3, 3, 4, 6, 8, 12, 20]) };
        let replicas = replicas.min(left);
        left -= replicas;
        let kind = if stateful { Kind::StatefulSet } else { Kind::Deployment };
        drafts.push(Draft { namespace: rng.pick(&teams), name: None, kind, replicas, host_network: false });
    }
    drafts
}

/// Turns drafts, sorted by namespace, into workloads sorted by namespace and name.
fn name_workloads(plan: &mut Plan, drafts: Vec<Draft>) {
    let mut named: Vec<(usize, String, Draft)> = Vec::with_capacity(drafts.len());
    let (mut namespace, mut count) = (usize::MAX, 0);
    for draft in drafts {
        if draft.namespace != namespace {
            (namespace, count) = (draft.namespace, 0);
        }
        named.push((namespace, draft.name.map_or_else(|| app_name(draft.kind, count), str::to_owned), draft));
        count += 1;
    }
    named.sort_by(|a, b| (a.0, &a.1).cmp(&(b.0, &b.1)));
    for (index, (namespace, name, draft)) in named.into_iter().enumerate() {
        let workload = workload(plan.seed, index, name, &draft);
        let range = &mut plan.namespaces[namespace].workloads;
        *range = if range.start == range.end { index..index + 1 } else { range.start..index + 1 };
        plan.workloads.push(workload);
    }
}

/// A name that only the `count`th workload of a namespace has.
fn app_name(kind: Kind, count: usize) -> String {
    let roles: &[&str] = if kind == Kind::StatefulSet { &STORES } else { &ROLES };
    let (domain, round) = (DOMAINS[count % DOMAINS.len()], count / DOMAINS.len());
    let role = roles[(count + round) % roles.len()];
    if round == 0 { format!("{domain}-{role}") } else { format!("{domain}-{role}-{}", round + 1) }
}

fn workload(seed: u64, index: usize, name: String, draft: &Draft) -> Workload {
    let mut rng = Rng::of(seed, "workload", index);
    let created = NOW - rng.seconds(10 * DAY, 190 * DAY);
    let app = draft.name.is_none();
    let deployment = draft.kind == Kind::Deployment;
    // Events live for an hour: what was rolled out within it is what they tell of.
    let recent = app && rng.percent(7);
    let age = if recent { rng.seconds(600, 3000) } else { rng.seconds(2 * 3600, 9 * DAY) };
    let access = match draft.kind {
        Kind::StatefulSet => Access::Headless,
        Kind::Deployment if !app || rng.percent(85) => Access::ClusterIp,
        _ => Access::None,
    };
    let elaborate = app && rng.percent(20);
    Workload {
        namespace: draft.namespace,
        name,
        kind: draft.kind,
        replicas: draft.replicas,
        pods: 0..0,
        fault: WorkloadFault::None,
        access,
        created,
        rolled_out: NOW - age,
        old_revisions: if deployment { 1 + rng.below(3) as usize } else { 0 },
        cpu_millis: rng.pick(&[50, 100, 100, 200, 250, 500]),
        memory_mib: rng.pick(&[64, 128, 256, 256, 512, 1024]),
        elaborate,
        sidecar: elaborate && rng.percent(40),
        config_map: app && rng.percent(20),
        autoscaled: app && deployment && draft.replicas >= 3 && rng.percent(25),
        disruption_budget: app && draft.replicas >= 2 && rng.percent(40),
        host_network: draft.host_network,
    }
}

/// Gives each workload its pods, spread over the nodes so that each node has about as many.
fn place_pods(plan: &mut Plan) {
    let nodes = plan.nodes.len();
    let mut slots = vec![0_u16; nodes];
    let mut turn = 0;
    for index in 0..plan.workloads.len() {
        let (kind, fault) = (plan.workloads[index].kind, plan.workloads[index].fault);
        let count = if fault == WorkloadFault::Quota { 0 } else { plan.workloads[index].replicas };
        let suffixes = suffixes(plan.seed, index, kind, count);
        let start = plan.pods.len();
        for (ordinal, suffix) in suffixes.into_iter().enumerate() {
            let node = if kind == Kind::DaemonSet { ordinal } else { next_node(plan, &mut turn) };
            let slot = slots[node];
            slots[node] += 1;
            plan.pods.push(Pod { workload: index as u32, node: node as u32, slot, evicted: false, suffix });
        }
        plan.workloads[index].pods = start..plan.pods.len();
    }
}

/// The scheduler keeps off a node with disk pressure, which others than agents left for this.
fn next_node(plan: &Plan, turn: &mut usize) -> usize {
    loop {
        let node = *turn % plan.nodes.len();
        *turn += 1;
        if plan.nodes[node].fault != NodeFault::DiskPressure || plan.nodes.len() == 1 {
            return node;
        }
    }
}

/// Ends of names, different within the workload and in the order in which a List shows them.
fn suffixes(seed: u64, workload: usize, kind: Kind, count: usize) -> Vec<u32> {
    if kind == Kind::StatefulSet {
        return (0..count as u32).collect();
    }
    let mut rng = Rng::of(seed, "suffixes", workload);
    let mut suffixes: Vec<u32> = Vec::with_capacity(count);
    while suffixes.len() < count {
        suffixes.extend((suffixes.len()..count).map(|_| rng.below(27_u64.pow(5)) as u32));
        suffixes.sort_unstable();
        suffixes.dedup();
    }
    debug_assert!(suffixes.iter().all(|&suffix| name_suffix(suffix.into(), 5).len() == 5));
    suffixes
}
