//! Finding nodes by what they say of their software. What several have in common is said once, for the first of them.

use rutter_cluster::{ObjectRef, Objects, Resource, objects::Node};

use super::{
    ID, pool,
    skew::{self, Server, Skew},
    table::{Entry, Part, TABLE},
};
use crate::{Confidence, Context, Evidence, Finding, Findings, Outcome, Severity, hosting};

/// The first minor version whose kubelet does not start with cgroup v1 unless it is told to (`failCgroupV1`).
const NO_CGROUP_V1: u32 = 35;

pub(super) fn evaluate(context: &Context<'_>, node: &Node, findings: &mut Findings) -> Outcome {
    if !counts(node) {
        return Ok(());
    }
    findings.extend(by_skew(context, node));
    findings.extend(TABLE.iter().filter_map(|entry| over(context, node, entry)));
    findings.extend(cgroup_v1(context, node));
    findings.extend(odd(context, node));
    Ok(())
}

/// Whether a node is one to stay: what is being removed need not be mended.
fn counts(node: &Node) -> bool {
    !hosting::is_virtual(node) && !hosting::is_leaving(node)
}

/// A finding about all nodes that are like this one in something, or none if another of them comes first. `what` says in what,
/// and its value, for it is looked up once for all of them.
fn about_all(
    context: &Context<'_>,
    node: &Node,
    (what, value): (&str, &str),
    like: impl Fn(&Node) -> bool,
) -> Option<Finding> {
    let about = ObjectRef { kind: what.into(), name: value.into(), ..ObjectRef::default() };
    let alike = context.once("nodes that run alike", &about, || {
        let nodes = context.nodes().into_iter().flat_map(Objects::iter);
        nodes.filter(|other| counts(other) && like(other)).map(Resource::object_ref).collect::<Vec<_>>()
    });
    (alike.first() == Some(&node.object_ref())).then(|| {
        let mut finding = Finding::about(ID, node);
        finding.instances.clone_from(&alike);
        finding
    })
}

fn run(finding: &Finding) -> &'static str {
    if finding.instances.len() == 1 { "runs" } else { "run" }
}

fn by_skew(context: &Context<'_>, node: &Node) -> Option<Finding> {
    let server = Server::newest(context)?;
    let mine = skew::skew(node, &server)?;
    let minor = mine.minor().to_string();
    let mut finding = about_all(context, node, ("skew", &minor), |other| {
        skew::skew(other, &server).as_ref() == Some(&mine)
    })?;
    let who = format!("{} {} a kubelet of", hosting::nodes_of(&finding), run(&finding));
    let api = &server.version;
    (finding.variant, finding.message) = match mine {
        Skew::TooNew(minor) => (
            "too-new",
            format!(
                "{who} 1.{minor}, which is newer than the API server ({api}): it may be as new at most, and may ask for what that does \
                 not know"
            ),
        ),
        Skew::TooOld(minor, behind, most) => (
            "too-old",
            format!(
                "{who} 1.{minor}, which is {behind} minor versions behind the API server ({api}): at most {most} are supported, and what \
                 it says or wants may not be understood any more"
            ),
        ),
    };
    finding.severity = Severity::Medium;
    let path = "status.nodeInfo.kubeletVersion";
    let version = node.status.node_info.kubelet_version.as_str();
    finding.evidence.push(Evidence::field(node, path, version, None));
    Some(finding)
}

fn over(context: &Context<'_>, node: &Node, entry: &Entry) -> Option<Finding> {
    let version = entry.version(node)?;
    if !context.tells_time() || !entry.ends().is_some_and(|end| context.is_past(end)) {
        return None;
    }
    let mut finding =
        about_all(context, node, (entry.name(), version), |other| entry.version(other) == Some(version))?;
    finding.variant = match entry.part {
        Part::Kernel => "old-kernel",
        Part::Runtime(_) => "old-runtime",
    };
    finding.severity = Severity::Low;
    let known = if entry.known.is_empty() { String::new() } else { format!("; {}", entry.known) };
    finding.message = format!(
        "{} {} {} {version}, which nobody mends since {} ({}){known}",
        hosting::nodes_of(&finding),
        run(&finding),
        entry.name(),
        entry.ended,
        entry.by
    );
    let path = format!("status.nodeInfo.{}", entry.field());
    finding.evidence.push(Evidence::field(node, path, version, None));
    Some(finding)
}

fn cgroup_v1(context: &Context<'_>, node: &Node) -> Option<Finding> {
    let is_new = |node: &Node| {
        hosting::minor(&node.status.node_info.kubelet_version).is_some_and(|minor| minor >= NO_CGROUP_V1)
    };
    let told = |node: &Node| {
        let events = context.events(node).unwrap_or_default();
        events.into_iter().rev().find(|event| event.reason == "CgroupV1")
    };
    if !is_new(node) {
        return None;
    }
    let event = told(node)?;
    let mut finding =
        about_all(context, node, ("cgroup", "v1"), |other| is_new(other) && told(other).is_some())?;
    finding.variant = "cgroup-v1";
    finding.severity = Severity::Low;
    let verb = if finding.instances.len() == 1 { "has" } else { "have" };
    finding.message = format!(
        "{} {verb} cgroup v1, with which kubelets from 1.35 on start only if failCgroupV1 is set to false: it is going to be removed",
        hosting::nodes_of(&finding)
    );
    finding.evidence.push(Evidence::event(event));
    Some(finding)
}

fn odd(context: &Context<'_>, node: &Node) -> Option<Finding> {
    let odd = pool::odd(context, node)?;
    let mut finding = Finding::about(ID, node);
    finding.variant = "odd-one";
    finding.severity = Severity::Info;
    finding.confidence = Confidence::Likely;
    finding.message = format!(
        "{} differs from the {} other nodes of its pool in {}, and did for two weeks: what works on them need not work there",
        node.meta.name,
        odd.others,
        odd.phrase()
    );
    finding.evidence = odd.evidence(node);
    Some(finding)
}
