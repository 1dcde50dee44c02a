//! What a lesson sees of the cluster.
//!
//! Every relation that a lesson follows goes through here. That serves three ends: a relation into something that the
//! source doesn't show answers [`Unseen`], never an empty list; what kinds were read is recorded, so that a test holds
//! lessons to the inputs that they declare; and, where that is wanted, what exactly was read, so that an answer is asked
//! for again when, and only when, something that it depends on has changed.

mod hints;
mod kept;
mod questions;

use std::cell::{Cell, RefCell};

use rutter_cluster::{Cluster, Kind, KindSet, Str, Time, Unseen};

use self::kept::Once;
pub use self::kept::{Kept, Known, Name};
use crate::reads::{Key, Reads};

/// The answer to a question about a relation.
pub type Seen<T> = Result<T, Unseen>;

/// A cluster, as one lesson sees it.
pub struct Context<'c> {
    cluster: &'c Cluster,
    read: Cell<KindSet>,
    once: RefCell<Once>,
    /// The same, of what can be kept for later.
    kept: RefCell<Kept>,
    is_recording: bool,
    /// Whether what is computed once is kept for later questions, so that it is a question itself.
    is_keeping: bool,
    reads: RefCell<Reads>,
}

impl<'c> Context<'c> {
    /// A view of `cluster` that has read nothing yet.
    pub fn new(cluster: &'c Cluster) -> Self {
        Self {
            cluster,
            read: Cell::default(),
            once: RefCell::default(),
            kept: RefCell::default(),
            is_recording: false,
            is_keeping: false,
            reads: RefCell::default(),
        }
    }

    /// A view that notes what exactly is read through it.
    pub fn recording(cluster: &'c Cluster) -> Self {
        Self { is_recording: true, ..Self::new(cluster) }
    }

    /// A view that notes what exactly is read through it, and knows already what was computed once and still holds.
    pub fn going_on(cluster: &'c Cluster, kept: Kept) -> Self {
        Self { kept: RefCell::new(kept), is_keeping: true, ..Self::recording(cluster) }
    }

    /// What was computed once, to go on with.
    pub fn into_kept(self) -> Kept {
        self.kept.into_inner()
    }

    /// What was read since this was asked last.
    pub fn take_reads(&self) -> Reads {
        let mut reads = self.reads.take();
        reads.settle();
        reads
    }

    /// Notes a question that is asked of the cluster by another way than this view.
    pub fn asks(&self, key: impl FnOnce() -> Key) {
        if self.is_recording {
            self.reads.borrow_mut().keys.push(key());
        }
    }

    /// The kinds that were read through this view.
    pub fn kinds_read(&self) -> KindSet {
        self.read.get()
    }

    /// The time of the snapshot: what "now" means to a lesson.
    pub fn now(&self) -> Time {
        if self.is_recording {
            self.reads.borrow_mut().now = true;
        }
        self.cluster.time()
    }

    /// Whether that time has come. Once it has, the answer holds for good.
    pub fn is_past(&self, time: Time) -> bool {
        let past = self.cluster.time() >= time;
        if !past && self.is_recording {
            self.reads.borrow_mut().before(time);
        }
        past
    }

    /// Whether `time` is less than `seconds` ago: an answer that holds until it isn't any more.
    fn is_within(&self, time: Time, seconds: i64) -> bool {
        let within = self.cluster.time().since(time).max(0) < seconds;
        if within && self.is_recording {
            self.reads.borrow_mut().before(time.plus(seconds));
        }
        within
    }

    /// Seconds since `time`, as of the snapshot; never negative: a clock may be ahead.
    pub fn age(&self, time: Time) -> i64 {
        self.now().since(time).max(0)
    }

    /// Whether something was younger than `seconds` when the snapshot was taken. Where the source holds nothing that
    /// ticks by itself (a live clock, heartbeats, leases, events), its time is only the newest of what happened to its
    /// objects: then nothing counts as young.
    pub fn is_younger(&self, time: Time, seconds: i64) -> bool {
        self.tells_time() && self.is_within(time, seconds)
    }

    /// Whether something may have been younger than `seconds`. Where nothing ticks, an age is only a lower bound: what is
    /// close to the newest time in the source may be old, or may just have begun. For what looks no different at a start.
    pub fn may_be_younger(&self, time: Time, seconds: i64) -> bool {
        self.is_within(time, seconds)
    }

    /// Whether the source holds something that ticks by itself, so that ages as of its time mean something.
    pub fn tells_time(&self) -> bool {
        let cluster = self.cluster;
        cluster.info().time.is_some()
            || !(cluster.nodes.is_empty() && cluster.leases.is_empty() && cluster.events.is_empty())
    }

    /// The API server's version, empty if unknown (`v1.34.4`).
    pub fn version(&self) -> &'c Str {
        &self.cluster.info().version
    }

    fn see(&self, kind: Kind, namespace: &str) -> Seen<()> {
        self.note(kind);
        self.cluster.coverage().check(kind, namespace)
    }

    fn note(&self, kind: Kind) {
        let mut read = self.read.get();
        read.insert(kind);
        self.read.set(read);
    }
}
