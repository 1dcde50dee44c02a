//! From what comes over the network to changes of a cluster.

use std::{
    collections::{BTreeMap, BTreeSet},
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
    /// Whether the server leaves all questions unanswered, when that changes. The time stands still as long as it does.
    Silent {
        /// Whether it is silent now.
        is_silent: bool,
        /// When, by the server's clock.
        time: Option<Time>,
    },
    /// A second has passed, and no change waits: the time by the server's clock.
    Tick(Time),
    /// Changes of a kind don't come any more; what is known of it may be old. After a minute and more it may be forgotten: then
    /// they don't come again before all of it was read anew.
    Lost {
        /// The kind.
        kind: Kind,
        /// The namespace; `None` for all.
        namespace: Option<Str>,
        /// Why.
        why: String,
    },
    /// They come again, and what was missed has come.
    Back {
        /// The kind.
        kind: Kind,
        /// The namespace; `None` for all.
        namespace: Option<Str>,
        /// When, by the server's clock.
        time: Option<Time>,
    },
    /// Changes of a kind can't be watched: it is read anew every minute.
    Slow {
        /// The kind.
        kind: Kind,
        /// Why.
        why: String,
    },
}

/// The server's clock, as far as it was told.
struct Clock {
    told: i64,
    at: Instant,
    /// When the server was heard of last.
    heard: Instant,
}

impl Clock {
    fn told(told: i64) -> Self {
        let now = Instant::now();
        Self { told, at: now, heard: now }
    }

    fn answers(&self) -> bool {
        self.heard.elapsed() < SILENCE
    }

    fn now(&self) -> Option<Time> {
        let end = Instant::now().min(self.heard + SILENCE);
        let since = end.saturating_duration_since(self.at).as_secs();
        Time::from_unix(self.told.saturating_add(i64::try_from(since).ok()?))
    }
}

/// How long the server may not answer before the time stands still: a heartbeat of a node that can't be read, because the
/// server hangs, must not look like one that was not sent.
const SILENCE: Duration = Duration::from_secs(20);
/// How often strings that nothing uses any more are forgotten.
const SWEEP: Duration = Duration::from_mins(5);

type ListKey = (Kind, Option<Arc<str>>);

/// Makes updates of messages.
pub(super) struct Updates<'p> {
    collector: Option<Collector<'p>>,
    server: Option<Server>,
    clock: Option<Clock>,
    /// Lists that are being read anew.
    lists: BTreeMap<ListKey, Tables>,
    /// Those of which something could not be understood when they were read last.
    broken: BTreeSet<ListKey>,
    pool: Pool,
    swept: Instant,
    want: mpsc::Sender<ContainerRef>,
    /// Whether it was said that the server doesn't answer.
    is_silent: bool,
    /// The restarts of containers whose logs were asked for.
    logs: BTreeMap<LogKey, i64>,
}

type Taken = ControlFlow<()>;

fn own(namespace: Option<Arc<str>>) -> Option<Str> {
    namespace.map(|namespace| Str::from(&*namespace))
}

impl<'p> Updates<'p> {
    pub(super) fn new(progress: &'p mut dyn FnMut(Progress), want: mpsc::Sender<ContainerRef>) -> Self {
        Self {
            collector: Some(Collector::new(progress)),
            server: None,
            clock: None,
            lists: BTreeMap::new(),
            broken: BTreeSet::new(),
            pool: Pool::default(),
            swept: Instant::now(),
            want,
            is_silent: false,
            logs: BTreeMap::new(),
        }
    }

    /// Makes updates of a message, if it holds any.
    pub(super) fn take(&mut self, message: Message, take: &mut dyn FnMut(Update) -> Taken) -> Taken {
        match message {
            Message::Connected(server) => {
                self.clock = server.time.map(Clock::told);
                self.server = Some(server);
            }
            Message::Answered(Some(told)) => self.clock = Some(Clock::told(told)),
            Message::Answered(None) => {
                self.clock.iter_mut().for_each(|clock| clock.heard = Instant::now());
            }
            Message::Watching => {
                if let (Some(mut collector), Some(server)) = (self.collector.take(), &self.server) {
                    self.pool = collector.take_pool();
                    self.pool.sweep();
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
        let Some(clock) = self.clock.as_ref().filter(|_| self.collector.is_none()) else {
            return Taken::Continue(());
        };
        if clock.answers() == self.is_silent {
            self.is_silent = !self.is_silent;
            take(Update::Silent { is_silent: self.is_silent, time: clock.now() })?;
        }
        clock.now().map_or(Taken::Continue(()), |now| take(Update::Tick(now)))
    }

    fn follow(&mut self, message: Message, take: &mut dyn FnMut(Update) -> Taken) -> Taken {
        match message {
            Message::Changed(changed) => self.changed(changed, take),
            Message::Page(page) => {
                self.page(&page);
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

    /// Of pods that were read anew: those who were forgotten lost their logs with that.
    fn ask_logs_again(&mut self, namespace: Option<&str>, objects: &[Object]) {
        self.logs.retain(|log, _| namespace.is_some_and(|namespace| log.namespace != namespace));
        for object in objects {
            if let Object::Pod(pod) = object {
                self.want_logs(pod);
            }
        }
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

    fn page(&mut self, page: &Page) {
        let key = (page.kind, page.namespace.clone());
        let Some(tables) = self.lists.get_mut(&key) else { return };
        // What can't be read is not gone: then the list replaces nothing.
        if self.pool.run(|| page::read_page(&page.bytes, page.encoding, page.kind, tables)).is_err() {
            self.lists.remove(&key);
            self.broken.insert(key);
        }
    }

    fn notice(&mut self, notice: Notice, take: &mut dyn FnMut(Update) -> Taken) -> Taken {
        match notice {
            Notice::Restart { kind, namespace } => {
                self.broken.remove(&(kind, namespace.clone()));
                self.lists.insert((kind, namespace), Tables::default());
            }
            Notice::Complete { kind, namespace } => {
                let Some(mut tables) = self.lists.remove(&(kind, namespace.clone())) else {
                    return Taken::Continue(());
                };
                let objects: Vec<Object> = std::iter::from_fn(|| tables.take_last(kind)).collect();
                if kind == Kind::Pod {
                    self.ask_logs_again(namespace.as_deref(), &objects);
                }
                return take(Update::Replace { kind, namespace: own(namespace), objects });
            }
            Notice::Lost { kind, namespace, why } => {
                return take(Update::Lost { kind, namespace: own(namespace), why });
            }
            // What could not be read is not back.
            Notice::Back { kind, namespace } if self.broken.contains(&(kind, namespace.clone())) => {}
            Notice::Back { kind, namespace } => {
                let time = self.clock.as_ref().and_then(Clock::now);
                return take(Update::Back { kind, namespace: own(namespace), time });
            }
            Notice::Slow { kind, why } => return take(Update::Slow { kind, why }),
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::live::Encoding;

    #[test]
    fn time_stands_still_while_the_server_does_not_answer() {
        let ago = |seconds| Instant::now().checked_sub(Duration::from_secs(seconds)).unwrap();
        let clock = |heard| Clock { told: 1000, at: ago(100), heard: ago(heard) };
        assert_eq!((clock(1).now(), clock(1).answers()), (Time::from_unix(1100), true));
        assert_eq!((clock(60).now(), clock(60).answers()), (Time::from_unix(1060), false));
    }

    #[test]
    fn a_list_that_cannot_be_read_replaces_nothing() {
        let whole = r#"{"kind":"PodList","items":[{"metadata":{"name":"a","namespace":"b"}}]}"#;
        for (body, expected) in [(whole, 1), (&whole[..whole.len() - 3], 0)] {
            let mut progress = |_| {};
            let mut updates = Updates::new(&mut progress, mpsc::channel(1).0);
            updates.collector = None;
            let (kind, namespace) = (Kind::Pod, None);
            let page = Page {
                kind,
                api_version: "v1",
                namespace: None,
                number: 0,
                encoding: Encoding::Json,
                bytes: body.into(),
                remaining: None,
            };
            let messages = [
                Message::Notice(Notice::Restart { kind, namespace: namespace.clone() }),
                Message::Page(page),
                Message::Notice(Notice::Complete { kind, namespace }),
            ];
            let mut replaced = 0;
            for message in messages {
                let _ = updates.take(message, &mut |update| {
                    replaced += usize::from(matches!(update, Update::Replace { .. }));
                    Taken::Continue(())
                });
            }
            assert_eq!(replaced, expected);
        }
    }
}
