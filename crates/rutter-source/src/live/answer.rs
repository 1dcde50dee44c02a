//! Reading the body of one response.

use std::fmt;

use http::{HeaderMap, Response, header};
use http_body_util::BodyExt;
use kube::client::Body;
use serde::{
    Deserialize, Deserializer,
    de::{IgnoredAny, MapAccess, Visitor},
};

use super::{
    Encoding,
    api::Clock,
    error::{chain, plain},
    failure::Failure,
};
use crate::decode::protobuf;

/// The media type of JSON.
pub(super) const JSON: &str = "application/json";
/// The media type of Kubernetes' protobuf.
pub(super) const PROTOBUF: &str = "application/vnd.kubernetes.protobuf";

/// The largest body: twice the list of pods of the largest cluster that Kubernetes supports.
const LARGEST: usize = 3 << 30;

/// How much of a list of Secrets is looked at for what it is.
const GUARDED: usize = 4096;

/// What stands before the items of a list.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(super) struct Head {
    /// `PodList`, `PartialObjectMetadataList`, …
    pub(super) kind: String,
    /// Where the next page begins.
    pub(super) token: Option<String>,
    /// How many objects are still to come.
    pub(super) remaining: Option<u64>,
    /// The state that it shows.
    pub(super) version: String,
    has_metadata: bool,
}

#[derive(Deserialize)]
struct ListMeta {
    #[serde(rename = "continue")]
    token: Option<String>,
    #[serde(rename = "remainingItemCount")]
    remaining: Option<u64>,
    #[serde(rename = "resourceVersion", default)]
    version: String,
}

impl Head {
    /// The head of a list, if `bytes` reach far enough. API servers write it first, so the items are rarely looked at.
    pub(super) fn find(bytes: &[u8], encoding: Encoding) -> Option<Self> {
        match encoding {
            Encoding::Json => Self::find_json(bytes),
            Encoding::Protobuf => protobuf::ListHead::find(bytes).map(|head| Self {
                kind: head.kind.to_owned(),
                token: Some(head.token.to_owned()).filter(|token| !token.is_empty()),
                remaining: head.remaining,
                version: head.version.to_owned(),
                has_metadata: true,
            }),
        }
    }

    fn find_json(bytes: &[u8]) -> Option<Self> {
        let mut head = Self::default();
        let mut json = serde_json::Deserializer::from_slice(bytes);
        // A visitor that stops early leaves an error behind; what counts is what it found.
        let whole = json.deserialize_map(HeadVisitor(&mut head)).is_ok();
        (whole && !head.kind.is_empty() || head.is_found()).then_some(head)
    }

    fn is_found(&self) -> bool {
        !self.kind.is_empty() && self.has_metadata
    }
}

struct HeadVisitor<'a>(&'a mut Head);

impl<'de> Visitor<'de> for HeadVisitor<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(key) = map.next_key::<String>()? {
            match key.as_str() {
                "kind" => self.0.kind = map.next_value()?,
                "metadata" => {
                    let meta: Option<ListMeta> = map.next_value()?;
                    self.0.has_metadata = true;
                    if let Some(meta) = meta {
                        self.0.token = meta.token.filter(|token| !token.is_empty());
                        self.0.remaining = meta.remaining;
                        self.0.version = meta.version;
                    }
                }
                _ => drop(map.next_value::<IgnoredAny>()?),
            }
            if self.0.is_found() {
                break;
            }
        }
        Ok(())
    }
}

/// A response whose body is still being read.
pub(super) struct Answer {
    body: Body,
    encoding: Encoding,
    bytes: Vec<u8>,
    ended: bool,
    clock: Clock,
}

impl Answer {
    pub(super) fn new(response: Response<Body>, clock: Clock) -> Self {
        let is_protobuf = media_type(response.headers()) == PROTOBUF;
        let encoding = if is_protobuf { Encoding::Protobuf } else { Encoding::Json };
        Self { body: response.into_body(), encoding, bytes: Vec::new(), ended: false, clock }
    }

    /// How a list in it is written.
    pub(super) fn encoding(&self) -> Encoding {
        self.encoding
    }

    /// Waits for the next piece of the body.
    async fn more(&mut self) -> Result<(), Failure> {
        match self.clock.wait(self.body.frame()).await? {
            None => self.ended = true,
            Some(Err(error)) => return Err(Failure::Cut(chain(&error))),
            Some(Ok(frame)) => {
                if let Ok(data) = frame.into_data() {
                    self.bytes.extend_from_slice(&data);
                }
                if self.bytes.len() > LARGEST {
                    return Err(Failure::TooLarge);
                }
            }
        }
        Ok(())
    }

    /// Reads up to where the items of the list begin.
    ///
    /// With `only`, a list of any other kind is an error, and so is one that doesn't say its kind at once: the
    /// connection is dropped and no more of it is read.
    pub(super) async fn head(&mut self, only: Option<&str>) -> Result<Head, Failure> {
        let mut look_at = 0;
        loop {
            if self.bytes.len() > look_at || self.ended {
                if let Some(head) = Head::find(&self.bytes, self.encoding) {
                    return match only {
                        Some(kind) if head.kind != kind => Err(Failure::Withheld),
                        _ if !head.kind.ends_with("List") => Err(Failure::NoList(plain(&head.kind))),
                        _ => Ok(head),
                    };
                }
                look_at = self.bytes.len() * 2;
            }
            if only.is_some() && self.bytes.len() > GUARDED {
                return Err(Failure::Withheld);
            }
            if self.ended {
                return Err(Failure::NoList("cut or broken".into()));
            }
            self.more().await?;
        }
    }

    /// The next piece of a body that is read as it comes; `None` at its end.
    pub(super) async fn piece(&mut self) -> Result<Option<Vec<u8>>, Failure> {
        self.more().await?;
        Ok((!self.ended).then(|| std::mem::take(&mut self.bytes)))
    }

    /// Reads to the end.
    pub(super) async fn rest(mut self) -> Result<Vec<u8>, Failure> {
        while !self.ended {
            self.more().await?;
        }
        Ok(self.bytes)
    }

    /// Reads the rest of a list. A proxy may end a body properly that it got only in part.
    pub(super) async fn rest_of_list(self) -> Result<Vec<u8>, Failure> {
        let encoding = self.encoding;
        let bytes = self.rest().await?;
        let is_whole = match encoding {
            Encoding::Json => bytes.trim_ascii_end().last() == Some(&b'}'),
            Encoding::Protobuf => protobuf::is_whole(&bytes),
        };
        if is_whole { Ok(bytes) } else { Err(Failure::Cut("the answer ends in the middle".into())) }
    }

    /// Reads at most about `limit` bytes, whatever becomes of the rest.
    pub(super) async fn beginning(mut self, limit: usize) -> Result<Vec<u8>, Failure> {
        while !self.ended && self.bytes.len() < limit {
            self.more().await?;
        }
        self.bytes.truncate(limit);
        Ok(self.bytes)
    }
}

/// The content type without its parameters.
pub(super) fn media_type(headers: &HeaderMap) -> &str {
    let value = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    value.split(';').next().unwrap_or_default().trim()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_head_is_known_before_the_items() {
        let start = br#"{"kind":"PodList","apiVersion":"v1","metadata":{"resourceVersion":"7","continue":"abc=","remainingItemCount":12},"items":[{"met"#;
        let head = Head::find_json(start).unwrap();
        assert_eq!(
            (head.kind.as_str(), head.token.as_deref(), head.remaining),
            ("PodList", Some("abc="), Some(12))
        );
        assert_eq!(Head::find_json(&start[..60]), None);
    }

    #[test]
    fn the_head_is_found_behind_the_items_too() {
        let list = br#"{"items":[{"kind":"Pod"}],"metadata":{"continue":""},"kind":"PodList"}"#;
        assert_eq!(Head::find_json(list).unwrap().token, None);
        assert_eq!(Head::find_json(&list[..30]), None);
        assert_eq!(Head::find_json(br#"{"items":[],"kind":"PodList"}"#).unwrap().kind, "PodList");
        assert_eq!(Head::find_json(br#"{"items":[]}"#), None);
        assert_eq!(Head::find_json(b"<html>"), None);
    }
}
