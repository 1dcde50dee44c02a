//! One object by itself, and the frames of a watch (`application/vnd.kubernetes.protobuf;stream=watch`).
//!
//! A frame is four bytes of length, the greatest first, and a `WatchEvent { 1 type, 2 object { 1 raw } }` without an
//! envelope; the object in it has one.

use rutter_cluster::{Kind, Tables};

use super::{
    Envelope,
    envelope::text,
    wire::{Error, Fields},
};
use crate::decode::item::{self, Decoded};

/// Far more than what an API server stores as one object.
const LONGEST: usize = 32 << 20;

/// What a watch tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Event<'a> {
    /// `ADDED`, `MODIFIED`, `DELETED`, `BOOKMARK` or `ERROR`.
    pub what: &'a str,
    /// The object in its envelope; a Status, if it is an error.
    pub object: &'a [u8],
}

/// Cuts a stream into frames.
#[derive(Debug, Default)]
pub struct Frames {
    bytes: Vec<u8>,
    /// How much of it was handed out.
    done: usize,
}

impl Frames {
    /// Takes what came.
    pub fn push(&mut self, bytes: &[u8]) {
        self.bytes.drain(..self.done);
        self.done = 0;
        self.bytes.extend_from_slice(bytes);
    }

    /// The next event, if all of it has come.
    ///
    /// # Errors
    /// If the stream isn't one of watch events. What follows can't be read either.
    pub fn next_event(&mut self) -> Result<Option<Event<'_>>, Error> {
        let rest = self.bytes.get(self.done..).unwrap_or_default();
        let Some((length, rest)) = rest.split_first_chunk::<4>() else { return Ok(None) };
        let length = usize::try_from(u32::from_be_bytes(*length)).unwrap_or(usize::MAX);
        if length > LONGEST {
            return Err(Error::new("a frame is longer than anything that makes sense"));
        }
        let Some(frame) = rest.get(..length) else { return Ok(None) };
        self.done += 4 + length;
        event(frame).map(Some)
    }
}

fn event(frame: &[u8]) -> Result<Event<'_>, Error> {
    let mut event = Event { what: "", object: &[] };
    let mut fields = Fields(frame);
    while let Some((number, value)) = fields.next()? {
        match number {
            1 => event.what = text(value.bytes()?)?,
            2 => {
                let mut extension = Fields(value.bytes()?);
                while let Some((number, value)) = extension.next()? {
                    if number == 1 {
                        event.object = value.bytes()?;
                    }
                }
            }
            _ => {}
        }
    }
    Ok(event)
}

/// Decodes one object in its envelope, which must be of `kind`, or its metadata alone, and keeps it.
///
/// # Errors
/// If it isn't such an object; then nothing is kept.
pub fn read_object(bytes: &[u8], kind: Kind, tables: &mut Tables) -> Result<(), Error> {
    let envelope = Envelope::open(bytes)?;
    let is_it = envelope.api_version == kind.api_version() && envelope.kind == kind.name();
    let is_metadata = envelope.api_version == "meta.k8s.io/v1" && envelope.kind == "PartialObjectMetadata";
    if !(is_it || is_metadata) {
        return Err(Error(format!("expected a {kind}")));
    }
    match item::decode_protobuf(envelope.raw, kind, tables) {
        Ok(Decoded::Kept(_)) => Ok(()),
        Ok(_) => Err(Error::new("it has no name")),
        Err(why) => Err(Error(why)),
    }
}

/// What an object in its envelope says it is.
///
/// # Errors
/// If it isn't an object.
#[cfg(feature = "live")]
pub(crate) fn kind(bytes: &[u8]) -> Result<&str, Error> {
    Ok(Envelope::open(bytes)?.kind)
}

/// The resource version of what an event of `BOOKMARK` tells, or of any object: `ObjectMeta { 6 resourceVersion }`.
///
/// # Errors
/// If it isn't an object.
pub fn resource_version(bytes: &[u8]) -> Result<&str, Error> {
    let mut object = Fields(Envelope::open(bytes)?.raw);
    while let Some((number, value)) = object.next()? {
        if number != 1 {
            continue;
        }
        let mut meta = Fields(value.bytes()?);
        while let Some((number, value)) = meta.next()? {
            if number == 6 {
                return text(value.bytes()?);
            }
        }
    }
    Ok("")
}
