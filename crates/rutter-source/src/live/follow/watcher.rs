//! Follows one list: watches it, and reads it again where a watch can't go on.

use std::{sync::Arc, time::Duration};

use tokio::time::{Instant, sleep};

use super::{
    super::{
        Encoding,
        answer::{Answer, JSON, PROTOBUF, media_type},
        api::Api,
        connection::date,
        failure::Failure,
        lists::{List, Reader},
        sink::{Changed, Message, Notice, Out},
        work::Tally,
    },
    frames::{Event, Frames},
};

/// The pause after a first failure; it doubles.
const PAUSE: Duration = Duration::from_millis(500);
const LONGEST_PAUSE: Duration = Duration::from_secs(30);
/// How long one watch lasts; the server ends it then, and the next goes on where it was.
const LASTS: u32 = 290;
/// How long what was known of a list that can't be followed is known at least.
const KNOWN: Duration = Duration::from_mins(1);
/// How often a list is read again that may not be watched.
const AGAIN: Duration = Duration::from_mins(1);

/// A list that was read, and up to when.
#[derive(Debug, Clone)]
pub(in super::super) struct Listed {
    pub(in super::super) list: List,
    pub(in super::super) version: String,
}

/// Follows one list.
pub(in super::super) struct Watcher {
    api: Arc<Api>,
    out: Out,
    listed: Listed,
    /// When it was said that nothing comes.
    lost: Option<Instant>,
    /// Whether it was said that it can't be watched.
    is_slow: bool,
    /// Whether it was read again because watches failed, and none has succeeded since.
    is_unwatchable: bool,
}

impl Watcher {
    pub(in super::super) fn new(api: Arc<Api>, out: Out, listed: Listed) -> Self {
        Self { api, out, listed, lost: None, is_slow: false, is_unwatchable: false }
    }

    /// Follows it until nobody listens any more.
    pub(in super::super) async fn run(mut self) {
        let mut pause = PAUSE;
        loop {
            let begun = Instant::now();
            let forgotten = self.is_forgotten();
            let result = if forgotten { self.read_again().await } else { self.watch().await };
            self.is_unwatchable |= forgotten && result.is_ok();
            let was_good = begun.elapsed() > Duration::from_secs(5) && !(forgotten && result.is_err());
            pause = if was_good { PAUSE } else { (pause * 2).min(LONGEST_PAUSE) };
            let stopped = match result {
                Ok(()) if was_good => continue,
                Ok(()) => {
                    let _: () = sleep(pause).await;
                    Ok(())
                }
                Err(failure) => self.recover(failure, pause).await,
            };
            if stopped.is_err() {
                return;
            }
        }
    }

    /// Does what a failure asks for. An error means that nobody listens any more.
    async fn recover(&mut self, failure: Failure, pause: Duration) -> Result<(), Failure> {
        if failure == Failure::HungUp {
            return Err(failure);
        }
        if failure.is_expired() {
            // Many lists may have expired at once.
            sleep(pause).await;
            return self.read_or_wait(pause).await;
        }
        if cant_be_watched(&failure) || self.is_unwatchable {
            self.slow(&failure).await?;
            sleep(AGAIN).await;
            return self.read_or_wait(pause).await;
        }
        let asked = failure.retry_after().unwrap_or_default().min(LONGEST_PAUSE);
        self.lost(failure).await?;
        sleep(pause.max(asked)).await;
        Ok(())
    }

    /// Reads the list anew; what keeps it from that is told, and waited for.
    async fn read_or_wait(&mut self, pause: Duration) -> Result<(), Failure> {
        match self.read_again().await {
            Err(failure) if failure != Failure::HungUp => {
                self.lost(failure).await?;
                sleep(pause).await;
                Ok(())
            }
            result => result,
        }
    }

    /// Reads the list anew, for what was missed.
    async fn read_again(&mut self) -> Result<(), Failure> {
        let List { kind, ref namespace, .. } = self.listed.list;
        let namespace = namespace.clone();
        self.send(Message::Notice(Notice::Restart { kind, namespace: namespace.clone() })).await?;
        let tally = Tally::default();
        let mut reader = Reader::new(&self.api, &self.out, &tally, self.listed.list.clone());
        let result = reader.read().await;
        let version = reader.version().to_owned();
        result?;
        self.listed.version = version;
        self.send(Message::Notice(Notice::Complete { kind, namespace })).await?;
        self.back().await
    }

    /// Watches until the server ends it or something goes wrong.
    async fn watch(&mut self) -> Result<(), Failure> {
        let (mut answer, encoding) = self.open().await?;
        let mut frames = Frames::new(encoding, self.listed.list.watch_only());
        loop {
            let bytes = match answer.piece().await {
                Ok(Some(bytes)) => bytes,
                // Nothing may have happened: events, which are not in the server's cache, have no bookmarks. Whether the
                // server answers is asked elsewhere; should only this connection be dead, the next goes on where it was.
                Ok(None) | Err(Failure::Silent(_)) => return Ok(()),
                Err(failure) => return Err(failure),
            };
            for (event, version) in frames.push(&bytes)? {
                self.take(event, version, encoding).await?;
            }
        }
    }

    async fn open(&mut self) -> Result<(Answer, Encoding), Failure> {
        let path = self.listed.list.watch_path(&self.listed.version, LASTS);
        let opened = self.api.open_once(&path, self.listed.list.watch_accept(), &[PROTOBUF, JSON]).await;
        let (headers, answer) = opened?;
        self.send(Message::Answered(date(&headers))).await?;
        // It may have been forgotten while this was waited for.
        if self.is_forgotten() {
            return Err(expired());
        }
        self.is_unwatchable = false;
        self.back().await?;
        let encoding = if media_type(&headers) == PROTOBUF { Encoding::Protobuf } else { Encoding::Json };
        Ok((answer, encoding))
    }

    async fn take(&mut self, event: Event, version: String, encoding: Encoding) -> Result<(), Failure> {
        let (bytes, is_there) = match event {
            Event::Put(bytes) => (bytes, true),
            Event::Delete(bytes) => (bytes, false),
            Event::Bookmark => {
                self.listed.version = version;
                return Ok(());
            }
            // Whatever it is, reading the list anew is right; most often the place is too old.
            Event::Error => return Err(expired()),
        };
        let kind = self.listed.list.kind;
        self.send(Message::Changed(Changed { kind, encoding, is_there, bytes })).await?;
        self.listed.version = version;
        Ok(())
    }

    /// Says once that nothing comes any more.
    async fn lost(&mut self, failure: Failure) -> Result<(), Failure> {
        if self.lost.is_some() {
            return Ok(());
        }
        self.lost = Some(Instant::now());
        let List { kind, ref namespace, .. } = self.listed.list;
        let lost = Notice::Lost { kind, namespace: namespace.clone(), why: failure.to_string() };
        self.send(Message::Notice(lost)).await
    }

    /// Whether nothing has come for so long that whoever listens may have forgotten what it knew.
    fn is_forgotten(&self) -> bool {
        self.lost.is_some_and(|since| since.elapsed() > KNOWN)
    }

    /// Says that changes come again, if it was said that they don't.
    async fn back(&mut self) -> Result<(), Failure> {
        if self.lost.take().is_none() {
            return Ok(());
        }
        let List { kind, ref namespace, .. } = self.listed.list;
        self.send(Message::Notice(Notice::Back { kind, namespace: namespace.clone() })).await
    }

    /// Says once that it is only read now and then.
    async fn slow(&mut self, failure: &Failure) -> Result<(), Failure> {
        if std::mem::replace(&mut self.is_slow, true) {
            return Ok(());
        }
        let kind = self.listed.list.kind;
        self.send(Message::Notice(Notice::Slow { kind, why: failure.to_string() })).await
    }

    async fn send(&self, message: Message) -> Result<(), Failure> {
        self.out.send(message).await.map_err(|_| Failure::HungUp)
    }
}

/// What asks for the list to be read anew.
fn expired() -> Failure {
    Failure::Refused { code: 410, message: "the watch ended".into(), go_on: None, retry_after: None }
}

/// Whether the server will not let it be watched, though it may be read.
fn cant_be_watched(failure: &Failure) -> bool {
    failure.is_forbidden()
        || failure.is_absent()
        || matches!(failure.code(), Some(405 | 406))
        || *failure == Failure::Withheld
}
