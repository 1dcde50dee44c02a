//! `rutter node drain | maintain | restore | delete`.

use rutter_cluster::{Cluster, LabelSelector, objects::Node as NodeObject};
use rutter_plan::{
    Action, ClusterIdentity, OPERATION, Plan,
    node::{self, DeleteOptions, DrainOptions, MaintainOptions, RestoreOptions, Share, WorkDone},
};
use rutter_remedy::journal::Folder;
use rutter_source::live;

use super::{
    carry_out, journal,
    reach::{self, block_on},
};
use crate::{
    arguments::{Acting, Again, Drain, Node, NodeWork, Restore, UntilArgument},
    exit::Failure,
    interrupt,
    progress::Progress,
    selector, source,
};

pub(super) fn run(arguments: &Node) -> Result<u8, Failure> {
    match arguments {
        Node::Drain(given) => {
            let options = drain_options(given)?;
            plan("drain", &given.nodes, &given.acting, |cluster, nodes, operation, identity| {
                node::drain(cluster, nodes, &options, operation, identity)
            })
        }
        Node::Maintain(given) => {
            let until = match given.until {
                UntilArgument::Told => WorkDone::Confirmed,
                UntilArgument::Reboot => WorkDone::Reboot,
            };
            let options = MaintainOptions {
                drain: drain_options(&given.drain)?,
                until,
                ready_seconds: given.ready_for.as_secs() as i64,
            };
            plan(
                "maintain",
                &given.drain.nodes,
                &given.drain.acting,
                |cluster, nodes, operation, identity| {
                    node::maintain(cluster, nodes, &options, operation, identity)
                },
            )
        }
        Node::Restore(given) => restore(given),
        Node::Delete(given) => {
            let options = DeleteOptions { drain: drain_options(given)? };
            plan("delete", &given.nodes, &given.acting, |cluster, nodes, operation, identity| {
                node::delete(cluster, nodes, &options, operation, identity)
            })
        }
    }
}

fn drain_options(given: &Drain) -> Result<DrainOptions, Failure> {
    let share =
        given.max_unavailable.as_deref().map(str::parse::<Share>).transpose().map_err(Failure::Told)?;
    let budget =
        given.bypass_budget.iter().find(|name| name.split('/').filter(|part| !part.is_empty()).count() != 2);
    if let Some(wrong) = budget {
        return Err(Failure::Told(format!("--bypass-budget {wrong:?} names no budget: give NAMESPACE/NAME")));
    }
    if given.parallel == 0 {
        return Err(Failure::Told("--parallel 0 would move no pod".to_owned()));
    }
    if !given.ignore_daemonsets {
        return Err(Failure::Told(
            "pods of DaemonSets always stay: evicted, they would be back at once. Leave --ignore-daemonsets away".to_owned(),
        ));
    }
    Ok(DrainOptions {
        delete_emptydir_data: given.delete_emptydir_data,
        force: given.force,
        // As with kubectl, a negative number means the pod's own.
        grace_seconds: given.grace_period.filter(|seconds| *seconds >= 0),
        timeout_seconds: Some(given.timeout.as_secs()),
        pod_selector: labels(given.pod_selector.as_deref())?,
        max_unavailable: share,
        surge: given.surge,
        bypass_budgets: given.bypass_budget.iter().cloned().collect(),
        wait_for_budgets: true,
        parallel: given.parallel,
    })
}

fn labels(text: Option<&str>) -> Result<Option<LabelSelector>, Failure> {
    text.map(selector::parse).transpose().map_err(Failure::Told)
}

/// Reads the cluster, makes a plan and carries it out.
fn plan(
    verb: &str,
    work: &NodeWork,
    acting: &Acting,
    make: impl FnOnce(&Cluster, &[String], &str, ClusterIdentity) -> Result<Plan, String>,
) -> Result<u8, Failure> {
    let cluster = read(acting)?;
    let nodes = chosen(&cluster, work)?;
    plan_of(verb, cluster, &nodes, acting, make)
}

/// The same, of a cluster that was read.
fn plan_of(
    verb: &str,
    cluster: Cluster,
    nodes: &[String],
    acting: &Acting,
    make: impl FnOnce(&Cluster, &[String], &str, ClusterIdentity) -> Result<Plan, String>,
) -> Result<u8, Failure> {
    let identity = block_on(async {
        let (api, server) = reach::api(&acting.connect, true).await?;
        reach::identity(&api, &server).await
    })?;
    let operation = reach::operation(verb, nodes.first().map_or("", String::as_str));
    let plan = make(&cluster, nodes, &operation, identity).map_err(Failure::Told)?;
    drop(cluster);
    carry_out::plan(&plan, acting)
}

fn read(acting: &Acting) -> Result<Cluster, Failure> {
    let progress = Progress::new();
    let watch = interrupt::watch(progress.clone());
    progress.say("connecting");
    let mut tell = |done| source::tell(&progress, done);
    let loaded = live::load(&source::connect(&acting.connect), node::READS, &mut tell);
    watch.end();
    progress.end();
    loaded.map_err(|error| Failure::Told(error.to_string()))
}

/// The nodes that are meant. A selector that selects none selects nothing, and never all.
fn chosen(cluster: &Cluster, work: &NodeWork) -> Result<Vec<String>, Failure> {
    let Some(text) = &work.selector else { return Ok(work.nodes.clone()) };
    if text.trim().is_empty() {
        return Err(Failure::Told("an empty -l would mean all nodes: name them".to_owned()));
    }
    let wanted = selector::parse(text).map_err(Failure::Told)?;
    let is_wanted = |node: &&NodeObject| wanted.matches(&node.meta.labels);
    let nodes: Vec<String> =
        cluster.nodes.iter().filter(is_wanted).map(|node| node.meta.name.to_string()).collect();
    if nodes.is_empty() {
        return Err(Failure::Told(format!("no node has the labels {text}")));
    }
    Ok(nodes)
}

/// Brings nodes back. What `maintain` began on this machine, it finishes; else what the nodes themselves tell is taken back.
fn restore(given: &Restore) -> Result<u8, Failure> {
    let folder = reach::folder(&given.acting.journals)?;
    let cluster = read(&given.acting)?;
    let nodes = chosen(&cluster, &given.nodes)?;
    if let Some((operation, step)) = waiting(&cluster, &nodes, &folder) {
        let again = Again { operation, acting: given.acting.clone() };
        return block_on(journal::take_up(&again, false, Some(step)));
    }
    let options = RestoreOptions {
        ready_seconds: given.ready_for.as_secs() as i64,
        timeout_seconds: Some(given.timeout.as_secs()),
    };
    plan_of("restore", cluster, &nodes, &given.acting, |cluster, nodes, operation, identity| {
        node::restore(cluster, nodes, &options, operation, identity)
    })
}

/// The maintenance that holds the node and waits for a person, and the step at which, if there is one node and its journal is
/// here. Not what waits before a node is deleted: whoever wants it back must not be taken at that word.
fn waiting(cluster: &Cluster, nodes: &[String], folder: &Folder) -> Option<(String, String)> {
    let [only] = nodes else { return None };
    let node = cluster.nodes.iter().find(|node| node.meta.name == only.as_str())?;
    let operation = node.meta.annotations.get(OPERATION)?;
    let summary = folder.list().ok()?.into_iter().find(|of| of.operation == operation.as_str())?;
    let history = summary.history.ok()?;
    let (step, _) = history.halted()?;
    let plan = history.plan()?;
    let asks = matches!(plan.step(step)?.action, Action::Person { proof: false, .. });
    let deletes = plan
        .steps
        .iter()
        .any(|step| matches!(&step.action, Action::Delete { object, .. } if object.kind == "Node"));
    (asks && !deletes && history.outcome().is_none()).then(|| (operation.to_string(), step.to_owned()))
}
