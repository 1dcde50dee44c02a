//! Working off the kinds, several at once.

use std::{
    collections::VecDeque,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering},
    },
};

use rutter_cluster::{Kind, coverage::State};
use tokio::task::JoinSet;

use super::{
    Connection, Error, Options,
    api::Api,
    failure::Failure,
    follow::Listed,
    lists::{List, Reader},
    sink::{Message, Notice, Out, Progress},
    versions::{self, Served},
};

/// How many kinds are read at once.
const WORKERS: usize = 4;

/// The kinds with the longest lists, the longest first; the others follow.
const LONGEST: &[Kind] = &[
    Kind::Pod,
    Kind::Event,
    Kind::ReplicaSet,
    Kind::EndpointSlice,
    Kind::Endpoints,
    Kind::Node,
    Kind::Job,
    Kind::Deployment,
    Kind::Secret,
    Kind::ConfigMap,
    Kind::Service,
];

/// How far the reading is.
#[derive(Debug, Default)]
pub(super) struct Tally {
    bytes: AtomicU64,
    kinds_done: AtomicUsize,
    kinds: usize,
}

impl Tally {
    /// Counts bytes that came.
    pub(super) fn add_bytes(&self, bytes: usize) -> Progress {
        let bytes = self.bytes.fetch_add(bytes as u64, Ordering::Relaxed) + bytes as u64;
        Progress { kinds_done: self.kinds_done.load(Ordering::Relaxed), kinds: self.kinds, bytes }
    }

    fn add_kind(&self) -> Progress {
        self.kinds_done.fetch_add(1, Ordering::Relaxed);
        self.add_bytes(0)
    }
}

/// What the workers share.
struct Work {
    api: Arc<Api>,
    options: Arc<Options>,
    default_namespace: Arc<str>,
    served: Served,
    out: Out,
    tally: Tally,
    queue: Mutex<VecDeque<Kind>>,
    any_page: AtomicBool,
    unauthorized: Mutex<Option<String>>,
    listed: Mutex<Vec<Listed>>,
}

/// Reads all objects of the kinds; returns the lists that were read whole.
pub(super) async fn run(
    connection: &Connection,
    served: Served,
    kinds: &[Kind],
    out: Out,
) -> Result<Vec<Listed>, Error> {
    let queue = in_order(kinds);
    let work = Arc::new(Work {
        api: Arc::clone(&connection.api),
        options: Arc::clone(&connection.options),
        default_namespace: connection.server().default_namespace.as_str().into(),
        served,
        out,
        tally: Tally { kinds: queue.len(), ..Tally::default() },
        queue: Mutex::new(queue),
        any_page: AtomicBool::new(false),
        unauthorized: Mutex::new(None),
        listed: Mutex::default(),
    });
    let mut workers = JoinSet::new();
    for _ in 0..WORKERS {
        let work = Arc::clone(&work);
        workers.spawn(async move { work.off().await });
    }
    while workers.join_next().await.is_some() {}
    let unauthorized = work.unauthorized.lock().ok().and_then(|mut why| why.take());
    match unauthorized {
        Some(why) if !work.any_page.load(Ordering::Relaxed) => Err(connection.unauthorized(why)),
        _ => Ok(work.listed.lock().map(|mut listed| std::mem::take(&mut *listed)).unwrap_or_default()),
    }
}

/// Each kind once, the longest lists first.
fn in_order(kinds: &[Kind]) -> VecDeque<Kind> {
    let longest = LONGEST.iter().copied().filter(|kind| kinds.contains(kind));
    let mut queue: VecDeque<Kind> = longest.collect();
    for &kind in kinds {
        if !queue.contains(&kind) {
            queue.push_back(kind);
        }
    }
    queue
}

/// How a list ended that didn't come to its end.
struct Stop {
    failure: Failure,
    pages: u32,
    remaining: Option<u64>,
}

impl Work {
    /// Reads kinds until there are none left.
    async fn off(&self) {
        loop {
            let next = self.queue.lock().ok().and_then(|mut queue| queue.pop_front());
            let Some(kind) = next else { return };
            if self.kind(kind).await.is_err()
                || self.send(Message::Progress(self.tally.add_kind())).await.is_err()
            {
                return;
            }
        }
    }

    /// Reads one kind in every namespace that was asked for. An error means that nobody listens any more.
    async fn kind(&self, kind: Kind) -> Result<(), Failure> {
        let namespaces = self.options.namespaces.as_deref().filter(|_| kind.is_namespaced());
        let Some(namespaces) = namespaces else {
            return self.everywhere(kind).await;
        };
        for namespace in namespaces {
            let namespace: Arc<str> = namespace.as_str().into();
            match self.list(kind, Some(&namespace)).await {
                Ok(()) => self.complete(kind, Some(namespace)).await?,
                Err(stop) => self.stopped(kind, Some(namespace), stop).await?,
            }
        }
        Ok(())
    }

    /// Reads one kind in the whole cluster, or at least in the context's namespace.
    async fn everywhere(&self, kind: Kind) -> Result<(), Failure> {
        let stop = match self.list(kind, None).await {
            Ok(()) => return self.complete(kind, None).await,
            Err(stop) => stop,
        };
        if !(kind.is_namespaced() && stop.pages == 0 && stop.failure.is_forbidden()) {
            return self.stopped(kind, None, stop).await;
        }
        let namespace = Arc::clone(&self.default_namespace);
        let here = self.list(kind, Some(&namespace)).await;
        let forbidden = stop.failure.to_string();
        match here {
            Err(here) if here.failure.is_forbidden() && here.pages == 0 => {
                let note = format!("{forbidden}; nor in namespace {namespace}");
                self.missed(kind, None, State::Forbidden, note).await
            }
            Err(here) => {
                self.stopped(kind, Some(Arc::clone(&namespace)), here).await?;
                self.missed(kind, None, State::Forbidden, forbidden).await
            }
            Ok(()) => {
                self.complete(kind, Some(Arc::clone(&namespace))).await?;
                let note = format!("{forbidden}; read only in namespace {namespace}");
                self.missed(kind, None, State::Partial, note).await
            }
        }
    }

    /// Reads one list under the first API version that the cluster has it under.
    async fn list(&self, kind: Kind, namespace: Option<&Arc<str>>) -> Result<(), Stop> {
        let absent = Failure::Refused { code: 404, message: String::new(), go_on: None, retry_after: None };
        let mut stop = Stop { failure: absent, pages: 0, remaining: None };
        for api_version in self.served.of(kind) {
            let config_map_keys = self.options.config_map_keys;
            let list = List { kind, api_version, namespace: namespace.cloned(), config_map_keys };
            let mut reader = Reader::new(&self.api, &self.out, &self.tally, list);
            let result = reader.read().await;
            if reader.pages() > 0 {
                self.any_page.store(true, Ordering::Relaxed);
            }
            match result {
                Ok(()) => {
                    let listed = Listed { list: reader.list().clone(), version: reader.version().to_owned() };
                    if let Ok(mut all) = self.listed.lock() {
                        all.push(listed);
                    }
                    return Ok(());
                }
                Err(failure) => {
                    stop = Stop { failure, pages: reader.pages(), remaining: reader.remaining() };
                }
            }
            if stop.pages > 0 || !stop.failure.is_absent() {
                break;
            }
        }
        Err(stop)
    }

    /// Says that a list stopped, and why.
    async fn stopped(&self, kind: Kind, namespace: Option<Arc<str>>, stop: Stop) -> Result<(), Failure> {
        if stop.failure == Failure::HungUp {
            return Err(Failure::HungUp);
        }
        let mut note = match &stop.failure {
            failure if failure.is_absent() && stop.pages == 0 => versions::absent_note(kind),
            failure => failure.to_string(),
        };
        if let (true, Failure::Refused { message, .. }) = (stop.failure.is_unauthorized(), &stop.failure) {
            if let Ok(mut unauthorized) = self.unauthorized.lock() {
                unauthorized.get_or_insert_with(|| message.clone());
            }
            note = "the API server does not accept the credentials any more: log in again".into();
        }
        if stop.pages == 0 {
            let state = if stop.failure.is_forbidden() { State::Forbidden } else { State::Absent };
            return self.missed(kind, namespace, state, note).await;
        }
        let rest =
            stop.remaining.map_or_else(String::new, |count| format!(", about {count} objects are missing"));
        let note = format!("{note} (after page {}{rest})", stop.pages);
        self.send(Message::Notice(Notice::Truncated { kind, namespace, note })).await
    }

    async fn complete(&self, kind: Kind, namespace: Option<Arc<str>>) -> Result<(), Failure> {
        self.send(Message::Notice(Notice::Complete { kind, namespace })).await
    }

    async fn missed(
        &self,
        kind: Kind,
        namespace: Option<Arc<str>>,
        state: State,
        note: String,
    ) -> Result<(), Failure> {
        self.send(Message::Notice(Notice::Missed { kind, namespace, state, note })).await
    }

    async fn send(&self, message: Message) -> Result<(), Failure> {
        self.out.send(message).await.map_err(|_| Failure::HungUp)
    }
}
