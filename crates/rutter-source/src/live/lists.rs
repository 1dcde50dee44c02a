//! Reading one list, page by page.
//!
//! The next page is asked for as soon as the beginning of this one says where it starts, so that the server prepares
//! it while this one is on its way.
//!
//! **Secrets.** Only metadata is asked for. The content type of the answer doesn't tell whether the server obliged, so
//! before anything else a list that must be empty is asked for in the same way: what kind it is tells what a full one
//! would hold. If that isn't metadata, nothing more is read. Every page is held to the same, too, before its items are read.

use std::sync::Arc;

use rutter_cluster::Kind;

use super::{
    Encoding,
    answer::{Answer, Head, JSON, PROTOBUF},
    api::Api,
    failure::Failure,
    sink::{Message, Notice, Out, Page},
    url,
    work::Tally,
};

/// Objects in a page of JSON: kubectl's number.
const LIMIT: u32 = 500;
/// Objects in a page of protobuf. For every page but the first, 1.34 still asks etcd and decodes what it gives: 10,000 pods in
/// pages of 2,000 cost the server two to three times as much as in one list, in pages of 5,000 about the same. These are
/// about 25 MB each, little to hold on either side.
const LIMIT_PROTOBUF: u32 = 5000;
/// How often an expired list is gone on with at the place that the server offers.
const GO_ONS: u32 = 20;
/// How often a page whose body was cut is asked for again.
const AGAIN: u32 = 2;
/// Protobuf, several times smaller, where the server has it.
const ALL: &str = "application/vnd.kubernetes.protobuf,application/json";
/// Metadata only, or an error.
const METADATA: &str = "application/vnd.kubernetes.protobuf;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,\
    application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1";
/// Metadata only, if the server can.
const METADATA_OR_ALL: &str = "application/vnd.kubernetes.protobuf;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,\
    application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,\
    application/vnd.kubernetes.protobuf,application/json";
const WATCH_ALL: &str = "application/vnd.kubernetes.protobuf;stream=watch,application/json";
const WATCH_METADATA: &str = "application/vnd.kubernetes.protobuf;as=PartialObjectMetadata;g=meta.k8s.io;v=v1;stream=watch,\
    application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1";
/// What is read of what comes.
const EITHER: &[&str] = &[PROTOBUF, JSON];
/// The kind of a list of metadata.
const METADATA_LIST: &str = "PartialObjectMetadataList";
/// The kind of an object's metadata alone.
const METADATA_OBJECT: &str = "PartialObjectMetadata";
/// No object's name looks like this.
const NOBODY: &str = "rutter..asks..for..nothing";

/// One list at one API version.
#[derive(Debug, Clone)]
pub(super) struct List {
    pub(super) kind: Kind,
    pub(super) api_version: &'static str,
    pub(super) namespace: Option<Arc<str>>,
    /// Ask for ConfigMaps with their keys.
    pub(super) config_map_keys: bool,
}

impl List {
    fn accept(&self) -> &'static str {
        match self.kind {
            Kind::Secret => METADATA,
            Kind::ConfigMap if !self.config_map_keys => METADATA_OR_ALL,
            // Only the present version's messages are known.
            _ if self.api_version != self.kind.api_version() => JSON,
            _ => ALL,
        }
    }

    /// The only kind of list that may be read, if that matters.
    fn only(&self) -> Option<&'static str> {
        (self.kind == Kind::Secret).then_some(METADATA_LIST)
    }

    fn url(&self) -> String {
        url::list(self.kind, self.api_version, self.namespace.as_deref())
    }

    /// How to watch it from a state on.
    pub(super) fn watch_path(&self, version: &str, seconds: u32) -> String {
        let version = url::escape(version);
        let query = format!("watch=true&allowWatchBookmarks=true&timeoutSeconds={seconds}");
        format!("{}?{query}&resourceVersion={version}", self.url())
    }

    /// What a watch of it is to send.
    pub(super) fn watch_accept(&self) -> &'static str {
        match self.kind {
            Kind::Secret => WATCH_METADATA,
            Kind::ConfigMap if !self.config_map_keys => WATCH_METADATA,
            _ if self.api_version != self.kind.api_version() => JSON,
            _ => WATCH_ALL,
        }
    }

    /// The only kind of object that may be read of a watch, if that matters.
    pub(super) fn watch_only(&self) -> Option<&'static str> {
        (self.kind == Kind::Secret).then_some(METADATA_OBJECT)
    }

    fn path(&self, place: &Place) -> String {
        let path = self.url();
        let limit = if self.accept() == JSON { LIMIT } else { LIMIT_PROTOBUF };
        match place {
            Place::Start => format!("{path}?limit={limit}"),
            Place::At(token) => format!("{path}?limit={limit}&continue={}", url::escape(token)),
            Place::Whole => format!("{path}?resourceVersion=0"),
        }
    }
}

/// Where in a list a request begins.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Place {
    /// At its first page.
    Start,
    /// Where an earlier page ended.
    At(String),
    /// At its beginning, all at once, out of the server's memory.
    Whole,
}

/// Reads one list.
pub(super) struct Reader<'a> {
    api: &'a Api,
    out: &'a Out,
    tally: &'a Tally,
    list: List,
    pages: u32,
    go_ons: u32,
    restarted: bool,
    remaining: Option<u64>,
    version: String,
}

impl<'a> Reader<'a> {
    pub(super) fn new(api: &'a Api, out: &'a Out, tally: &'a Tally, list: List) -> Self {
        Self {
            api,
            out,
            tally,
            list,
            pages: 0,
            go_ons: 0,
            restarted: false,
            remaining: None,
            version: String::new(),
        }
    }

    /// How many pages were handed over.
    pub(super) fn pages(&self) -> u32 {
        self.pages
    }

    /// How many objects are missing, as far as the server said.
    pub(super) fn remaining(&self) -> Option<u64> {
        self.remaining
    }

    /// The state that the list showed: that of its first page, if the later ones are of others.
    pub(super) fn version(&self) -> &str {
        &self.version
    }

    /// The list.
    pub(super) fn list(&self) -> &List {
        &self.list
    }

    /// Reads it to its end.
    pub(super) async fn read(&mut self) -> Result<(), Failure> {
        if let Some(only) = self.list.only() {
            self.probe(only).await?;
        }
        let mut place = Place::Start;
        let (mut head, mut answer) = self.open(&place).await?;
        self.version.clone_from(&head.version);
        loop {
            let next_place = head.token.take().map(Place::At);
            if next_place.as_ref() == Some(&place) {
                return Err(Failure::Cut("the server offers the same page again and again".into()));
            }
            let (bytes, next) = tokio::join!(self.body(&place, answer), self.open_next(next_place.as_ref()));
            self.hand_over(&place, bytes?, head.remaining).await?;
            (place, (head, answer)) = match (next_place, next) {
                (Some(place), Some(Ok(opened))) => (place, opened),
                (Some(_), Some(Err(failure))) => self.recover(failure).await?,
                _ => return Ok(()),
            };
        }
    }

    /// Finds out what kind of list would come, from one that is empty.
    async fn probe(&self, only: &str) -> Result<(), Failure> {
        // Answered out of the server's memory.
        let query = format!("limit=1&resourceVersion=0&fieldSelector=metadata.name%3D{NOBODY}");
        let path = format!("{}?{query}", self.list.url());
        let opened = self.api.open(&path, self.list.accept(), EITHER).await;
        let (_, mut answer) = opened.map_err(|failure| match failure {
            failure if failure.code() == Some(406) => Failure::Withheld,
            // What may not be asked for is the list; the name is only ours.
            Failure::Refused { code, message, go_on, retry_after } => {
                let message = message.replace(&format!(" \"{NOBODY}\""), "");
                Failure::Refused { code, message, go_on, retry_after }
            }
            failure => failure,
        })?;
        answer.head(Some(only)).await.map(drop)
    }

    async fn open(&self, place: &Place) -> Result<(Head, Answer), Failure> {
        let path = self.list.path(place);
        let (_, mut answer) = self.api.open(&path, self.list.accept(), EITHER).await?;
        let head = answer.head(self.list.only()).await?;
        Ok((head, answer))
    }

    async fn open_next(&self, place: Option<&Place>) -> Option<Result<(Head, Answer), Failure>> {
        Some(self.open(place?).await)
    }

    /// The whole body of a page, asked for again if it was cut: the same place gives the same page.
    async fn body(&self, place: &Place, answer: Answer) -> Result<(Encoding, Vec<u8>), Failure> {
        let mut encoding = answer.encoding();
        let mut result = answer.rest_of_list().await;
        for _ in 0..AGAIN {
            match result {
                Err(Failure::Cut(_)) => {
                    let (_, answer) = self.open(place).await?;
                    encoding = answer.encoding();
                    result = answer.rest_of_list().await;
                }
                _ => break,
            }
        }
        Ok((encoding, result?))
    }

    async fn hand_over(
        &mut self,
        place: &Place,
        (encoding, bytes): (Encoding, Vec<u8>),
        remaining: Option<u64>,
    ) -> Result<(), Failure> {
        if *place == Place::Whole {
            self.send(Message::Notice(Notice::Restart {
                kind: self.list.kind,
                namespace: self.list.namespace.clone(),
            }))
            .await?;
            self.pages = 0;
        }
        self.remaining = remaining;
        let progress = self.tally.add_bytes(bytes.len());
        let page = Page {
            kind: self.list.kind,
            api_version: self.list.api_version,
            namespace: self.list.namespace.clone(),
            number: self.pages,
            encoding,
            bytes,
            remaining,
        };
        self.send(Message::Page(page)).await?;
        self.pages += 1;
        self.send(Message::Progress(progress)).await
    }

    /// Goes on where the server offers to when it has forgotten the list, or once more from the beginning.
    async fn recover(&mut self, failure: Failure) -> Result<(Place, (Head, Answer)), Failure> {
        if !failure.is_expired() {
            return Err(failure);
        }
        let offered = match failure {
            Failure::Refused { go_on, .. } if self.go_ons < GO_ONS => go_on,
            _ => None,
        };
        let place = match offered {
            Some(token) => {
                self.go_ons += 1;
                Place::At(token)
            }
            None if self.restarted => return Err(Failure::Cut("the list expired again".into())),
            None => {
                self.restarted = true;
                Place::Whole
            }
        };
        let opened = self.open(&place).await?;
        if place == Place::Whole {
            self.version.clone_from(&opened.0.version);
        }
        Ok((place, opened))
    }

    async fn send(&self, message: Message) -> Result<(), Failure> {
        self.out.send(message).await.map_err(|_| Failure::HungUp)
    }
}
