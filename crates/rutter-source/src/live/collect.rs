//! Makes a cluster of what is read.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use rutter_cluster::{
    Cluster, ClusterInfo, Coverage, Kind, Kubelets, LogKey, LogTail, Logs, Pool, Resource, State, Str,
    Tables, Time,
    coverage::Extent,
    objects::{ContainerStatus, Node, Pod},
};

use super::{
    ContainerLog, ContainerRef, Error, KubeletReply, NoLog, NoReply, Notice, Options, Page, Progress, Server,
    Sink, kubelets::MOST, read_blocking,
};
use crate::decode::{kubelet, page};

/// Reads the objects of `kinds` from a live cluster. `progress` is called now and then.
///
/// # Errors
/// If there is no cluster, or it can't be reached, or it doesn't accept the credentials. Anything less becomes part of the
/// coverage.
pub fn load(options: &Options, kinds: &[Kind], progress: &mut dyn FnMut(Progress)) -> Result<Cluster, Error> {
    let mut collector = Collector::new(progress);
    let server = read_blocking(options, kinds, &mut collector)?;
    Ok(collector.finish(&server))
}

type ListKey = (Kind, Option<Arc<str>>);

pub(super) struct Collector<'p> {
    progress: &'p mut dyn FnMut(Progress),
    /// Of each list what came of it so far: it may begin anew.
    lists: BTreeMap<ListKey, Tables>,
    pool: Pool,
    coverage: Coverage,
    /// Lists that are not whole, and why.
    cut: Vec<(Kind, String)>,
    /// Objects that could not be read, by kind: how many, and why the first could not.
    bad: BTreeMap<Kind, (usize, String)>,
    logs: Logs,
    logs_forbidden: bool,
    logs_left_out: usize,
    /// The owners and container names of which a log was asked for.
    logs_known: BTreeSet<(Str, Str)>,
    /// Which are wanted since that was asked last.
    logs_wanted: Vec<ContainerRef>,
    /// How many were asked for and have not come.
    logs_due: usize,
    /// How many logs could not be read, and why the first could not.
    logs_failed: Option<(usize, String)>,
    kubelets: Kubelets,
    kubelets_forbidden: bool,
    kubelets_left_out: usize,
    /// Those that the cluster itself has not heard of for a while: each would take the whole time-out.
    kubelets_silent: usize,
    /// The nodes whose kubelets were not heard, or not understood, and why the first was not.
    kubelets_failed: Option<(BTreeSet<String>, String)>,
}

impl<'p> Collector<'p> {
    pub(super) fn new(progress: &'p mut dyn FnMut(Progress)) -> Self {
        Self {
            progress,
            lists: BTreeMap::new(),
            pool: Pool::default(),
            coverage: Coverage::default(),
            cut: Vec::new(),
            bad: BTreeMap::new(),
            logs: Logs::default(),
            logs_forbidden: false,
            logs_left_out: 0,
            logs_known: BTreeSet::new(),
            logs_wanted: Vec::new(),
            logs_due: 0,
            logs_failed: None,
            kubelets: Kubelets::default(),
            kubelets_forbidden: false,
            kubelets_left_out: 0,
            kubelets_silent: 0,
            kubelets_failed: None,
        }
    }

    /// What is known of strings and lists that may come again.
    pub(super) fn take_pool(&mut self) -> Pool {
        std::mem::take(&mut self.pool)
    }

    pub(super) fn finish(mut self, server: &Server) -> Cluster {
        self.tell_of_kubelets();
        // Last, so that no list that is whole hides one that isn't.
        for (kind, (number, why)) in self.bad {
            self.coverage.spoiled(kind, format!("{number} could not be read: {why}"));
        }
        for (kind, note) in self.cut {
            self.coverage.truncated(kind, note);
        }
        if self.logs_forbidden {
            self.coverage
                .problems
                .push("logs of crashed containers may not be read (get pods/log)".to_owned());
        }
        if let Some((number, why)) = self.logs_failed {
            let note = format!("logs of {number} crashed containers could not be read: {why}");
            self.coverage.problems.push(note);
        }
        if self.logs_due > 0 {
            let note = format!("logs of {} crashed containers did not come in time", self.logs_due);
            self.coverage.problems.push(note);
        }
        if self.logs_left_out > 0 {
            let note = format!("logs of {} more crashed containers were not read", self.logs_left_out);
            self.coverage.missed(Kind::Pod, State::Partial, note);
        }
        let mut tables = Tables::default();
        self.lists.into_values().for_each(|list| tables.append(list));
        let info = ClusterInfo {
            name: server.name.as_str().into(),
            version: server.version.as_str().into(),
            time: server.time.and_then(Time::from_unix),
            read_at: None,
        };
        Cluster::new(info, tables, self.coverage, self.logs).with_kubelets(self.kubelets)
    }

    /// Notes which kubelets were to be asked, and were not heard.
    fn tell_of_kubelets(&mut self) {
        let problems = &mut self.coverage.problems;
        if self.kubelets_forbidden {
            problems.push("kubelets may not be asked (get nodes/proxy)".to_owned());
        }
        if let Some((nodes, why)) = &self.kubelets_failed {
            let of = if nodes.len() == 1 { "one node".to_owned() } else { format!("{} nodes", nodes.len()) };
            problems.push(format!("what the kubelets of {of} say of themselves was not heard: {why}"));
        }
        if self.kubelets_silent > 0 {
            let silent = match self.kubelets_silent {
                1 => "1 silent kubelet was".to_owned(),
                number => format!("{number} silent kubelets were"),
            };
            problems.push(format!("{silent} not asked"));
        }
        if self.kubelets_left_out > 0 {
            problems.push(format!("{} kubelets were not asked: at most {MOST} are", self.kubelets_left_out));
        }
    }

    fn missed(&mut self, kind: Kind, namespace: Option<&str>, state: State, note: &str) {
        let note = match namespace {
            Some(namespace) => format!("{namespace}: {note}"),
            None => note.to_owned(),
        };
        self.coverage.missed(kind, state, note);
    }
}

impl Sink for Collector<'_> {
    fn page(&mut self, page: Page) {
        let tables = self.lists.entry((page.kind, page.namespace.clone())).or_default();
        let known = tables.pods.len();
        let read = || page::read_page(&page.bytes, page.encoding, page.kind, tables);
        match self.pool.run(read) {
            Ok(bad) if bad.number == 0 => {}
            Ok(bad) => self.bad.entry(page.kind).or_insert((0, bad.why)).0 += bad.number,
            Err(why) => self.cut.push((page.kind, why)),
        }
        let new = tables.pods.get(known..).unwrap_or_default();
        self.logs_wanted.extend(wanted(new, &mut self.logs_known));
    }

    fn notice(&mut self, notice: Notice) {
        match notice {
            Notice::Complete { kind, namespace } => {
                let one = |namespace: Arc<str>| Extent::Namespaces([Str::from(&*namespace)].into());
                self.coverage.saw(kind, namespace.map_or(Extent::All, one));
            }
            Notice::Restart { kind, namespace } => {
                self.lists.remove(&(kind, namespace));
                if kind == Kind::Pod {
                    // What is wanted may be gone, and what is there now was not asked for.
                    self.logs_known.clear();
                    self.logs_wanted.clear();
                }
            }
            Notice::Truncated { kind, note, .. } => self.cut.push((kind, note)),
            // Only of what is followed.
            Notice::Lost { .. } | Notice::Back { .. } | Notice::Slow { .. } => {}
            Notice::Missed { kind, namespace, state, note } => {
                self.missed(kind, namespace.as_deref(), state, &note);
            }
        }
    }

    fn progress(&mut self, progress: Progress) {
        (self.progress)(progress);
    }

    fn wanted_logs(&mut self) -> Vec<ContainerRef> {
        self.logs_due += self.logs_wanted.len();
        std::mem::take(&mut self.logs_wanted)
    }

    fn log(&mut self, log: ContainerLog) {
        self.logs_due = self.logs_due.saturating_sub(1);
        let ContainerRef { namespace, pod, container } = log.of;
        match log.text {
            Ok(text) => {
                let key =
                    LogKey { namespace: namespace.into(), pod: pod.into(), container: container.into() };
                let tail = LogTail::new(&text, true);
                if !tail.lines.is_empty() {
                    self.logs.insert(key, tail);
                }
            }
            Err(NoLog::Forbidden) => self.logs_forbidden = true,
            Err(NoLog::LeftOut) => self.logs_left_out += 1,
            Err(NoLog::Gone) => {}
            Err(NoLog::Failed(why)) => self.logs_failed.get_or_insert((0, why)).0 += 1,
        }
    }

    fn wanted_kubelets(&mut self) -> Vec<String> {
        let nodes = self
            .lists
            .iter()
            .filter(|((kind, _), _)| *kind == Kind::Node)
            .flat_map(|(_, tables)| &tables.nodes);
        let (silent, mut nodes): (Vec<&Node>, Vec<&Node>) = nodes.partition(|node| is_silent(node));
        self.kubelets_silent = silent.len();
        // If not all can be asked, then those that complain.
        nodes.sort_by_key(|node| (!complains(node), node.meta.name.clone()));
        nodes.into_iter().map(|node| node.meta.name.to_string()).collect()
    }

    fn kubelet(&mut self, reply: KubeletReply) {
        let failed = match reply.answer {
            Ok(bytes) => match serde_json::from_slice(&bytes).ok().as_ref().and_then(kubelet::answer) {
                Some(Ok(answer)) => {
                    self.kubelets.entry(reply.node.as_str().into()).or_default().take(answer);
                    return;
                }
                Some(Err(why)) => why,
                None => "not the answer of a kubelet".to_owned(),
            },
            Err(NoReply::Forbidden) => return self.kubelets_forbidden = true,
            Err(NoReply::LeftOut) => return self.kubelets_left_out += 1,
            Err(NoReply::Failed(why)) => why,
        };
        self.kubelets_failed.get_or_insert((BTreeSet::new(), failed)).0.insert(reply.node);
    }
}

/// Whether the cluster has lost sight of a node.
fn is_silent(node: &Node) -> bool {
    node.condition("Ready").is_some_and(|ready| ready.status == "Unknown")
}

/// Whether a node says that something is wrong with it.
fn complains(node: &Node) -> bool {
    node.status.conditions.iter().any(|condition| (condition.kind == "Ready") != condition.is_true())
}

/// The containers whose last words are worth a request: those that crash, one for each owner and container name.
fn wanted(pods: &[Pod], seen: &mut BTreeSet<(Str, Str)>) -> Vec<ContainerRef> {
    let mut wanted = Vec::new();
    for pod in pods {
        let owner = pod.meta.controller().map_or_else(|| pod.object_ref().uid, |owner| owner.uid.clone());
        for (status, _) in pod.container_statuses().filter(|(status, _)| crashes(status)) {
            if seen.insert((owner.clone(), status.name.clone())) {
                wanted.push(ContainerRef {
                    namespace: pod.meta.namespace.to_string(),
                    pod: pod.meta.name.to_string(),
                    container: status.name.to_string(),
                });
            }
        }
    }
    wanted
}

pub(super) fn crashes(status: &ContainerStatus) -> bool {
    let backing_off =
        status.state.waiting.as_ref().is_some_and(|waiting| waiting.reason == "CrashLoopBackOff");
    let crashed = status.last_state.terminated.is_some() && !status.ready;
    status.restart_count > 0 && (backing_off || crashed)
}
