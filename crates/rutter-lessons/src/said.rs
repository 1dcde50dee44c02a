//! What containers say of names that they can't resolve: lines of termination messages and of the ends of logs.

use rutter_cluster::{
    Str,
    objects::{ContainerStatus, Pod},
};

use crate::{
    Context, Evidence, containers,
    texts::resolve::{self, Unresolved},
};

/// A line about a name, and where it stands.
pub(crate) struct Said<'c> {
    pub(crate) status: &'c ContainerStatus,
    pub(crate) line: &'c str,
    pub(crate) unresolved: Unresolved<'c>,
    /// In the log, not in the message of an end.
    in_log: bool,
}

impl Said<'_> {
    pub(crate) fn evidence(&self, pod: &Pod) -> Evidence {
        let line = containers::clean(self.line);
        if self.in_log {
            return Evidence::log(pod, &self.status.name, line);
        }
        let ended = containers::last_end(self.status).and_then(|end| end.ended.finished_at);
        let path = containers::path(pod, self.status, "(terminated).message");
        Evidence::field(pod, path, line, ended)
    }
}

/// The lines in which a pod's containers say that a name does not resolve, the newest of each first.
pub(crate) fn unresolved<'c>(context: &Context<'c>, pod: &'c Pod) -> Vec<Said<'c>> {
    let statuses = pod.container_statuses().map(|(status, _)| status);
    statuses.flat_map(|status| of_container(context, pod, status)).collect()
}

fn of_container<'c>(context: &Context<'c>, pod: &Pod, status: &'c ContainerStatus) -> Vec<Said<'c>> {
    // What the last run said is past once the next one works.
    let works = status.ready && status.state.running.is_some();
    let log = context.log(pod, &status.name).filter(|log| !(works && log.previous));
    let log: &[Str] = log.map_or(&[], |log| &log.lines);
    let logged = log.iter().rev().map(|line| (line.as_str(), true));
    let last = containers::last_end(status).filter(|_| !works);
    let told = last.map_or("", |end| end.ended.message.as_str());
    let told = told.lines().rev().take(20).map(|line| (line, false));
    let read = |(line, in_log): (&'c str, bool)| {
        resolve::parse(line).map(|unresolved| Said { status, line, unresolved, in_log })
    };
    logged.chain(told).filter_map(read).collect()
}
