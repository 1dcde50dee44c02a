//! What the live source hands over.

use std::sync::Arc;

use rutter_cluster::{Kind, coverage::State};
use tokio::sync::{mpsc, oneshot};

use super::{ContainerLog, ContainerRef, Encoding, KubeletReply, Server};

/// One page of a list.
#[derive(Debug)]
pub struct Page {
    /// The kind of its items. The items themselves don't say it, and those of a metadata-only list
    /// (`PartialObjectMetadataList`: Secrets, and ConfigMaps unless asked for whole) say another.
    pub kind: Kind,
    /// The API version that they were read under; older than [`Kind::api_version`] in old clusters.
    pub api_version: &'static str,
    /// The namespace that was read, `None` for all or for cluster-scoped kinds.
    pub namespace: Option<Arc<str>>,
    /// Which page of its list it is, from 0.
    pub number: u32,
    /// How it is written.
    pub encoding: Encoding,
    /// The list as the API server wrote it. In JSON, `items` of an empty metadata-only list are `null`.
    pub bytes: Vec<u8>,
    /// How many objects the API server says are still to come.
    pub remaining: Option<u64>,
}

/// What is to be known about one list. Each list ends in one of these, [`Notice::Restart`] aside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Notice {
    /// All of it came.
    Complete {
        /// The kind.
        kind: Kind,
        /// The namespace, `None` for all.
        namespace: Option<Arc<str>>,
    },
    /// It begins anew: drop its pages so far.
    Restart {
        /// The kind.
        kind: Kind,
        /// The namespace, `None` for all.
        namespace: Option<Arc<str>>,
    },
    /// Its pages came up to somewhere; what came is good.
    Truncated {
        /// The kind.
        kind: Kind,
        /// The namespace, `None` for all.
        namespace: Option<Arc<str>>,
        /// What happened.
        note: String,
    },
    /// Of a list that is followed: changes don't come any more.
    Lost {
        /// The kind.
        kind: Kind,
        /// The namespace, `None` for all.
        namespace: Option<Arc<str>>,
        /// Why.
        why: String,
    },
    /// Of a list that is followed: it can't be watched, and is read anew now and then.
    Slow {
        /// The kind.
        kind: Kind,
        /// Why.
        why: String,
    },
    /// They come again.
    Back {
        /// The kind.
        kind: Kind,
        /// The namespace, `None` for all.
        namespace: Option<Arc<str>>,
    },
    /// Nothing of it came. With the state [`State::Partial`]: not all namespaces, but what was read instead has
    /// notices of its own.
    Missed {
        /// The kind.
        kind: Kind,
        /// The namespace, `None` for all.
        namespace: Option<Arc<str>>,
        /// How it counts.
        state: State,
        /// What happened.
        note: String,
    },
}

/// How far the reading is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// Kinds of which nothing more will come.
    pub kinds_done: usize,
    /// Kinds that were asked for.
    pub kinds: usize,
    /// Bytes so far, as decompressed.
    pub bytes: u64,
}

/// Takes what is read. [`read_blocking`](super::read_blocking) calls it on its caller's thread, while the network has
/// a thread of its own: decoding a page inside `page` costs no download time.
pub trait Sink {
    /// The API server answered; the lists follow.
    fn connected(&mut self, _server: &Server) {}
    /// A page of a list. Pages of different lists are interleaved, those of one list are in order.
    fn page(&mut self, page: Page);
    /// What is to be known about a list.
    fn notice(&mut self, notice: Notice);
    /// How far the reading is.
    fn progress(&mut self, _progress: Progress) {}
    /// Asked now and then, and at last when all lists are there: the containers whose previous logs are wanted, each once.
    fn wanted_logs(&mut self) -> Vec<ContainerRef> {
        Vec::new()
    }
    /// The log of a wanted container.
    fn log(&mut self, _log: ContainerLog) {}
    /// Asked once, when all lists are there, and only if kubelets may be asked: the nodes whose kubelets are to be.
    fn wanted_kubelets(&mut self) -> Vec<String> {
        Vec::new()
    }
    /// What a wanted kubelet said, or that it said nothing.
    fn kubelet(&mut self, _reply: KubeletReply) {}
}

/// What the thread of the network sends; the same that a [`Sink`] is called with.
#[derive(Debug)]
pub enum Message {
    /// See [`Sink::connected`].
    Connected(Server),
    /// See [`Sink::page`].
    Page(Page),
    /// See [`Sink::notice`].
    Notice(Notice),
    /// See [`Sink::progress`].
    Progress(Progress),
    /// See [`Sink::wanted_logs`]; the answer goes into the sender.
    WantedLogs(oneshot::Sender<Vec<ContainerRef>>),
    /// See [`Sink::log`].
    Log(ContainerLog),
    /// See [`Sink::wanted_kubelets`]; the answer goes into the sender.
    WantedKubelets(oneshot::Sender<Vec<String>>),
    /// See [`Sink::kubelet`].
    Kubelet(KubeletReply),
    /// All lists were read that can be, and are followed from now on.
    Watching,
    /// Something happened to an object.
    Changed(Changed),
    /// The server answers, and says what its clock says in seconds since 1970, if it does.
    Answered(Option<i64>),
    /// A second has passed.
    Tick,
}

/// Something that happened to an object that is followed.
#[derive(Debug)]
pub struct Changed {
    /// Its kind.
    pub kind: Kind,
    /// How it was written.
    pub encoding: Encoding,
    /// Whether it is there: it came or changed; else it went.
    pub is_there: bool,
    /// What it is now, or was last.
    pub bytes: Vec<u8>,
}

impl Message {
    /// Calls the method of `sink` that the message is for.
    pub fn deliver(self, sink: &mut dyn Sink) {
        match self {
            Message::Connected(server) => sink.connected(&server),
            Message::Page(page) => sink.page(page),
            Message::Notice(notice) => sink.notice(notice),
            Message::Progress(progress) => sink.progress(progress),
            // The asker may have been stopped in the meantime.
            Message::WantedLogs(answer) => drop(answer.send(sink.wanted_logs())),
            Message::Log(log) => sink.log(log),
            Message::WantedKubelets(answer) => drop(answer.send(sink.wanted_kubelets())),
            Message::Kubelet(reply) => sink.kubelet(reply),
            // Only for who follows.
            Message::Watching | Message::Changed(_) | Message::Answered(_) | Message::Tick => {}
        }
    }

    /// Asks the receiver for the containers whose logs it wants; nothing if it wants none or is gone.
    pub(super) async fn ask_for_logs(out: &Out) -> Option<Vec<ContainerRef>> {
        let (answer, wanted) = oneshot::channel();
        out.send(Message::WantedLogs(answer)).await.ok()?;
        wanted.await.ok().filter(|wanted| !wanted.is_empty())
    }

    /// Asks the receiver for the nodes whose kubelets it wants to hear; nothing if it wants none or is gone.
    pub(super) async fn ask_for_kubelets(out: &Out) -> Option<Vec<String>> {
        let (answer, wanted) = oneshot::channel();
        out.send(Message::WantedKubelets(answer)).await.ok()?;
        wanted.await.ok().filter(|wanted| !wanted.is_empty())
    }
}

/// Where messages go. It waits while the receiver is busy, so that pages don't pile up in memory.
pub(super) type Out = mpsc::Sender<Message>;
