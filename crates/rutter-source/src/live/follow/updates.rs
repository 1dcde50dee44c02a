//! From what comes over the network to changes of a cluster.

use std::{
    collections::BTreeMap,
    ops::ControlFlow,
    sync::Arc,
    time::{Duration, Instant},
};

use rutter_cluster::{Change, Cluster, Kind, LogKey, LogTail, Object, Pool, Str, Tables, Time, objects::Pod};
use tokio::sync::mpsc;

use super::super::{
    ContainerLog, ContainerRef, Notice, Page, Progress, Server,
    collect::{Collector, crashes},
    sink::{Changed, Message},
};
use crate::decode::page;

/// What happens to a cluster that is followed.
#[derive(Debug)]
pub enum Update {
    /// All was read: this comes first, and once.
    Loaded(Box<Cluster>),
    /// Something changed.
    Change(Change),
    /// All objects of a kind, in one namespace or in all, were read anew: others are gone.
    Replace {
        /// The kind.
        kind: Kind,
        /// The namespace; `None` for all.
        namespace: Option<Str>,
        /// What there is.
        objects: Vec<Object>,
    },
    /// A second has passed, and no change waits: the time by the server's clock.
    Tick(Time),
    /// The server doesn't answer any more: all that is known may be old.
    Away(String),
    /// It answers again, and what was missed comes.
    Answers,
    /// Changes of a kind can't be had; it is read again now and then, if it can be.
    Lost {
        /// The kind.
        kind: Kind,
        /// Why.
        why: String,
    },
    /// They can again.
    Back {
        /// The kind.
        kind: Kind,
    },
}

/// The server's clock, as far as it was told.
struct Clock {
    told: i64,
    at: Instant,
}

impl Clock {
    fn now(&self) -> Option<Time> {
        Time::from_unix(self.told.saturating_add(i64::try_from(self.at.elapsed().as_secs()).ok()?))
    }
}

/// How often strings that nothing uses any more are forgotten.
const SWEEP: Duration = Duration::from_secs(300);

type ListKey = (Kind, Option<Arc<str>>);

/// Makes updates of messages.
pub(super) struct Updates<'p> {
    collector: Option<Collector<'p>>,
    server: Option<Server>,
    clock: Option<Clock>,
    /// Lists that are being read anew.
    lists: BTreeMap<ListKey, Tables>,
    pool: Pool,
    swept: Instant,
    want: mpsc::Sender<ContainerRef>,
    /// The restarts of containers whose logs were asked for.
    logs: BTreeMap<LogKey, i64>,
}

type Taken = ControlFlow<()>;

impl<'p> Updates<'p> {
    pub(super) fn new(progress: &'p mut dyn FnMut(Progress), want: mpsc::Sender<ContainerRef>) -> Self {
        Self {
            collector: Some(Collector::new(progress)),
            server: None,
            clock: None,
            lists: BTreeMap::new(),
            pool: Pool::default(),
            swept: Instant::now(),
            want,
            logs: BTreeMap::new(),
        }
    }

    /// Makes updates of a message, if it holds any.
    pub(super) fn take(&mut self, message: Message, take: &mut dyn FnMut(Update) -> Taken) -> Taken {
        match message {
            Message::Connected(server) => {
                self.clock = server.time.map(|told| Clock { told, at: Instant::now() });
                self.server = Some(server);
            }
            Message::Time(told) => self.clock = Some(Clock { told, at: Instant::now() }),
            Message::Away(why) => return take(Update::Away(why)),
            Message::Back(told) => {
                self.clock = told.map(|told| Clock { told, at: Instant::now() }).or(self.clock.take());
                return take(Update::Answers);
            }
            Message::Watching => {
                if let (Some(collector), Some(server)) = (self.collector.take(), &self.server) {
                    return take(Update::Loaded(Box::new(collector.finish(server))));
                }
            }
            Message::Tick => return self.tick(take),
            message => match &mut self.collector {
                Some(collector) => message.deliver(collector),
                None => return self.follow(message, take),
            },
        }
        Taken::Continue(())
    }

    fn tick(&mut self, take: &mut dyn FnMut(Update) -> Taken) -> Taken {
        if self.swept.elapsed() > SWEEP {
            self.pool.sweep();
            self.swept = Instant::now();
        }
        let now = self.clock.as_ref().and_then(Clock::now).filter(|_| self.collector.is_none());
        now.map_or(Taken::Continue(()), |now| take(Update::Tick(now)))
    }

    fn follow(&mut self, message: Message, take: &mut dyn FnMut(Update) -> Taken) -> Taken {
        match message {
            Message::Changed(changed) => self.changed(changed, take),
            Message::Page(page) => {
                self.page(page);
                Taken::Continue(())
            }
            Message::Notice(notice) => self.notice(notice, take),
            Message::Log(log) => Self::log(log, take),
            _ => Taken::Continue(()),
        }
    }

    fn changed(&mut self, changed: Changed, take: &mut dyn FnMut(Update) -> Taken) -> Taken {
        let Changed { kind, encoding, is_there, bytes } = changed;
        let mut tables = Tables::default();
        let read = self.pool.run(|| page::read_object(&bytes, encoding, kind, &mut tables));
        // One that can't be read is left as it was known.
        let Some(object) = tables.take_last(kind).filter(|_| read.is_ok()) else {
            return Taken::Continue(());
        };
        if is_there {
            if let Object::Pod(pod) = &object {
                self.want_logs(pod);
            }
            return take(Update::Change(Change::Put(object)));
        }
        let (namespace, name) = (object.meta().namespace.clone(), object.meta().name.clone());
        if kind == Kind::Pod {
            self.logs.retain(|log, _| !(log.namespace == namespace && log.pod == name));
        }
        take(Update::Change(Change::Remove { kind, namespace, name }))
    }

    fn want_logs(&mut self, pod: &Pod) {
        for (status, _) in pod.container_statuses().filter(|(status, _)| crashes(status)) {
            let key = LogKey {
                namespace: pod.meta.namespace.clone(),
                pod: pod.meta.name.clone(),
                container: status.name.clone(),
            };
            if self.logs.get(&key) == Some(&status.restart_count) {
                continue;
            }
            let wanted = ContainerRef {
                namespace: key.namespace.to_string(),
                pod: key.pod.to_string(),
                container: key.container.to_string(),
            };
            // With more than can be asked for, the next restart gets its turn.
            if self.want.try_send(wanted).is_ok() {
                self.logs.insert(key, status.restart_count);
            }
        }
    }

    fn page(&mut self, page: Page) {
        if let Some(tables) = self.lists.get_mut(&(page.kind, page.namespace.clone())) {
            // What of it can't be read is missing, as in a list that is read once.
            drop(self.pool.run(|| page::read_page(&page.bytes, page.encoding, page.kind, tables)));
        }
    }

    fn notice(&mut self, notice: Notice, take: &mut dyn FnMut(Update) -> Taken) -> Taken {
        match notice {
            Notice::Restart { kind, namespace } => {
                self.lists.insert((kind, namespace), Tables::default());
            }
            Notice::Complete { kind, namespace } => {
                let Some(mut tables) = self.lists.remove(&(kind, namespace.clone())) else {
                    return Taken::Continue(());
                };
                let objects = std::iter::from_fn(|| tables.take_last(kind)).collect();
                let namespace = namespace.map(|namespace| Str::from(&*namespace));
                return take(Update::Replace { kind, namespace, objects });
            }
            Notice::Lost { kind, why, .. } => return take(Update::Lost { kind, why }),
            Notice::Back { kind, .. } => return take(Update::Back { kind }),
            Notice::Truncated { .. } | Notice::Missed { .. } => {}
        }
        Taken::Continue(())
    }

    fn log(log: ContainerLog, take: &mut dyn FnMut(Update) -> Taken) -> Taken {
        let ContainerRef { namespace, pod, container } = log.of;
        let Ok(text) = log.text else { return Taken::Continue(()) };
        let tail = LogTail::new(&text, true);
        if tail.lines.is_empty() {
            return Taken::Continue(());
        }
        let key = LogKey { namespace: namespace.into(), pod: pod.into(), container: container.into() };
        take(Update::Change(Change::Log(key, tail)))
    }
}
