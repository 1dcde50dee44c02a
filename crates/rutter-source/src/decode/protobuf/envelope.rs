//! What Kubernetes wraps around its messages: `runtime.Unknown { 1 typeMeta { 1 apiVersion, 2 kind }, 2 raw, … }` behind
//! four bytes that no JSON begins with.

use super::wire::{Error, Fields};

/// What every answer in protobuf begins with.
pub(super) const MAGIC: &[u8] = b"k8s\0";

/// An object or a list, and what it says it is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Envelope<'a> {
    pub(crate) api_version: &'a str,
    pub(crate) kind: &'a str,
    pub(crate) raw: &'a [u8],
}

impl<'a> Envelope<'a> {
    /// Opens one that is all there. One that was cut anywhere is an error.
    pub(crate) fn open(bytes: &'a [u8]) -> Result<Self, Error> {
        let mut fields = Fields(bytes.strip_prefix(MAGIC).ok_or_else(|| Error::new("expected protobuf"))?);
        let mut envelope = Self::default();
        let mut has_raw = false;
        while let Some((number, value)) = fields.next()? {
            match number {
                1 => (envelope.api_version, envelope.kind) = type_meta(value.bytes()?)?,
                2 => (envelope.raw, has_raw) = (value.bytes()?, true),
                _ => {}
            }
        }
        if has_raw { Ok(envelope) } else { Err(Error::new("the envelope is empty")) }
    }
}

pub(super) fn type_meta(bytes: &[u8]) -> Result<(&str, &str), Error> {
    let (mut api_version, mut kind) = ("", "");
    let mut fields = Fields(bytes);
    while let Some((number, value)) = fields.next()? {
        match number {
            1 => api_version = text(value.bytes()?)?,
            2 => kind = text(value.bytes()?)?,
            _ => {}
        }
    }
    Ok((api_version, kind))
}

pub(super) fn text(bytes: &[u8]) -> Result<&str, Error> {
    std::str::from_utf8(bytes).map_err(|_| Error::new("expected UTF-8"))
}
