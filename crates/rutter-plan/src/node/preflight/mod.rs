//! What is to be known before a plan for nodes runs.

mod budgets;
mod deleted;
mod nodes;
mod owners;
mod replicas;
mod seen;
mod stays;
mod volumes;

use rutter_cluster::objects::Pod;

pub(super) use {nodes::has_etcd, replicas::left, volumes::pinned};

use super::{WorkDone, fit, pods::Departure, work::Work};
use crate::{Object, Remark, RemarkKind};

/// What becomes of the nodes when they are drained.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum After {
    /// They stay cordoned.
    StayAway,
    /// They come back, each batch before the next is drained.
    ComeBack(WorkDone),
    /// They are deleted.
    Deleted,
}

/// Everything that speaks against the plan, or that a person should know, the gravest first.
pub(super) fn remarks(work: &Work<'_>, batches: &[Vec<Departure<'_>>], after: After) -> Vec<Remark> {
    let mut all = Remarks::default();
    seen::look(work, batches, &mut all);
    nodes::look(work, batches, after, &mut all);
    for departure in batches.iter().flatten() {
        owners::look(work, departure, &mut all);
        volumes::look(work, departure, after, &mut all);
    }
    budgets::look(work, batches, &mut all);
    for batch in batches {
        replicas::look(work, batch, &mut all);
        if work.options.surge {
            fit::surged(work, batch, &mut all);
        }
    }
    for group in together(batches, after) {
        fit::look(work, &group, &mut all);
    }
    sort(&mut all.0);
    all.0
}

/// The nodes that are away at the same time: those that come back take pods again before the next ones go.
fn together<'d, 'c>(batches: &'d [Vec<Departure<'c>>], after: After) -> Vec<Vec<&'d Departure<'c>>> {
    match after {
        After::ComeBack(_) => batches.iter().map(|batch| batch.iter().collect()).collect(),
        After::StayAway | After::Deleted => vec![batches.iter().flatten().collect()],
    }
}

/// The gravest first, then by what they are about; each once.
pub(super) fn sort(remarks: &mut Vec<Remark>) {
    remarks.sort_by(|a, b| (a.kind, &a.about, &a.text).cmp(&(b.kind, &b.about, &b.text)));
    remarks.dedup();
}

/// Remarks that are being collected.
#[derive(Default)]
pub(super) struct Remarks(Vec<Remark>);

impl Remarks {
    pub(super) fn add(
        &mut self,
        kind: RemarkKind,
        about: impl Into<Object>,
        text: impl Into<String>,
        unless: impl Into<String>,
    ) {
        self.0.push(Remark { kind, about: about.into(), text: text.into(), unless: unless.into() });
    }

    pub(super) fn blocker(
        &mut self,
        about: impl Into<Object>,
        text: impl Into<String>,
        unless: impl Into<String>,
    ) {
        self.add(RemarkKind::Blocker, about, text, unless);
    }

    pub(super) fn risk(
        &mut self,
        about: impl Into<Object>,
        text: impl Into<String>,
        unless: impl Into<String>,
    ) {
        self.add(RemarkKind::Risk, about, text, unless);
    }

    pub(super) fn note(&mut self, about: impl Into<Object>, text: impl Into<String>) {
        self.add(RemarkKind::Note, about, text, "");
    }

    /// A blocker, or a risk if a person accepts it, which is what `flag` says.
    pub(super) fn unless(
        &mut self,
        accepted: bool,
        flag: &str,
        about: impl Into<Object>,
        text: impl Into<String>,
    ) {
        if accepted {
            self.risk(about, text, "");
        } else {
            self.blocker(about, text, flag);
        }
    }
}

/// The pod as an object.
pub(super) fn object(pod: &Pod) -> Object {
    Object::pod(&pod.meta.namespace, &pod.meta.name, &pod.meta.uid)
}

/// The first few of many names.
pub(super) fn few(names: &[String]) -> String {
    let shown = names.iter().take(4).map(String::as_str).collect::<Vec<_>>().join(", ");
    match names.len().saturating_sub(4) {
        0 => shown,
        more => format!("{shown} and {more} more"),
    }
}

/// `1 pod`, `3 pods`.
pub(super) fn counted(number: usize, what: &str) -> String {
    if number == 1 { format!("1 {what}") } else { format!("{number} {what}s") }
}
