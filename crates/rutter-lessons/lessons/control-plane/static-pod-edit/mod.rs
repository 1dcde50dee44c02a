//! A static pod (kube-apiserver and the others that a kubelet runs from files) that stays away, or will, after its file was edited.
//!
//! Variants, of files: `unreadable`, `invalid` (names and mounts that the kubelet's validation refuses), `twice` (a backup beside it
//! defines the same pod), `flag` and `gate` (of another version), `flag-twice` (only the last counts), `not-mounted` (a flag names a file
//! that no volume brings in), `host-path` (a hostPath of the node isn't there; only on the node itself), `probe` (asks another port
//! than it serves), `reference` (static pods may have none); of mirror pods: `flag`, `gate`, `probe`; of nodes: `gone` (other control-plane nodes run it, this one doesn't).

mod causes;
mod flags;
mod gates;
mod gone;
mod judge;
mod refused;
mod remedies;

use rutter_cluster::{
    Kind, KindSet, Resource,
    objects::{Pod, StaticPod},
};

use crate::{Context, Evaluate, Evidence, Finding, Findings, Group, Lesson, Outcome, Severity, heals, words};

const ID: &str = "static-pod-edit";

pub(crate) const LESSON: Lesson = Lesson {
    id: ID,
    aliases: &[],
    group: Group::ControlPlane,
    title: "a static pod stays away after its file was edited",
    since: "0.1",
    lives_in: &[],
    requires: KindSet::of(&[]),
    uses: KindSet::of(&[Kind::Pod, Kind::Node]),
    evaluate: &[Evaluate::StaticPod(of_file), Evaluate::Pod(of_mirror_pod), Evaluate::Node(gone::evaluate)],
    causes: causes::CAUSES,
    remedies: remedies::remedies,
    stays: heals,
    text: include_str!("lesson.md"),
};

fn of_file(context: &Context<'_>, file: &StaticPod, findings: &mut Findings) -> Outcome {
    let Some(pod) = &file.pod else {
        findings.push(unreadable(file));
        return Ok(());
    };
    if let Some(other) = twin(context, file, pod) {
        let message = format!(
            "{other} defines {}, too: the kubelet reads every file in the folder, whatever its ending, and may run this one in place of the other",
            name(pod)
        );
        findings.push(finding(
            file,
            "twice",
            message,
            Evidence::field(file, "metadata.name", name(pod), None),
        ));
    }
    if !file.missing_paths.is_empty() {
        let paths = words::list(&file.missing_paths, 3);
        let message = format!(
            "{paths} must be there on this node before it starts (hostPath), and is not: the kubelet does not start it"
        );
        let evidence = Evidence::field(file, "spec.volumes[*].hostPath", paths, None);
        findings.push(finding(file, "host-path", message, evidence));
    }
    for problem in judge::of_file(pod, file) {
        let evidence = Evidence::field(file, problem.path, problem.value, None);
        let mut finding = finding(file, problem.variant, problem.message, evidence);
        if problem.variant == "flag-twice" {
            // It runs, but not as one of the two says.
            finding.severity = Severity::Low;
        }
        findings.push(finding);
    }
    Ok(())
}

/// A file that was never meant to be a pod only fills the kubelet's log.
fn unreadable(file: &StaticPod) -> Finding {
    let is_manifest = [".yaml", ".yml", ".json"].iter().any(|ending| file.meta.name.ends_with(ending));
    let then = if is_manifest {
        "the kubelet ends the pod that it defined, and starts none before it can be"
    } else {
        "the kubelet says so in its log at each look, and runs nothing of it"
    };
    let message = format!("it can't be read ({}): {then}", file.error);
    let evidence = Evidence::field(file, "file", file.error.as_str(), None);
    let mut finding = finding(file, "unreadable", message, evidence);
    finding.severity = if is_manifest { Severity::High } else { Severity::Low };
    finding
}

/// A mirror pod shows the same flags; but one that is well has proved that they are good.
fn of_mirror_pod(_: &Context<'_>, pod: &Pod, findings: &mut Findings) -> Outcome {
    let is_mirror = crate::hosting::is_mirror(pod);
    if !is_mirror || pod.is_ready() || pod.meta.deleted.is_some() {
        return Ok(());
    }
    for problem in judge::of_spec(&pod.spec) {
        let evidence = Evidence::field(pod, problem.path, problem.value, None);
        let mut finding = finding(pod, problem.variant, problem.message, evidence);
        finding.node = pod.spec.node_name.clone();
        findings.push(finding);
    }
    Ok(())
}

fn finding(object: &impl Resource, variant: &'static str, message: String, evidence: Evidence) -> Finding {
    let mut finding = Finding::about(ID, object);
    finding.variant = variant;
    finding.severity = Severity::High;
    finding.message = message;
    finding.evidence = vec![evidence];
    finding
}

/// `kube-system/kube-apiserver`.
fn name(pod: &Pod) -> String {
    let namespace = if pod.meta.namespace.is_empty() { "default" } else { &pod.meta.namespace };
    format!("{namespace}/{}", pod.meta.name)
}

/// Another file of the same folder that defines the same pod. Of two, the one that looks like the copy is told of. In a folder that
/// only looks like a kubelet's, copies are what it may be for.
fn twin(context: &Context<'_>, file: &StaticPod, pod: &Pod) -> Option<String> {
    if file.is_guessed {
        return None;
    }
    let folder = |name: &str| name.rsplit_once('/').map_or("", |(folder, _)| folder).to_owned();
    let own = &file.meta.name;
    let mut others = context.static_pods().iter().filter(|other| {
        other.meta.name != *own
            && folder(&other.meta.name) == folder(own)
            && other.pod.as_ref().is_some_and(|other| name(other) == name(pod))
    });
    // The shortest name is the original: kube-apiserver.yaml, beside kube-apiserver.yaml.bak.
    let original = others.find(|other| (other.meta.name.len(), &other.meta.name) < (own.len(), own))?;
    original.meta.name.rsplit('/').next().map(str::to_owned)
}
