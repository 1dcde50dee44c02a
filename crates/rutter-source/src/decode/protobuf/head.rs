//! What is to be known of an answer before its items are decoded.

use super::{
    Envelope,
    envelope::{MAGIC, text, type_meta},
    wire::{Error, Fields},
};

/// What stands before the items of a list.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct ListHead<'a> {
    pub(crate) kind: &'a str,
    /// Where the next page begins; empty after the last.
    pub(crate) token: &'a str,
    /// How many objects are still to come.
    pub(crate) remaining: Option<u64>,
    /// The state that it shows.
    pub(crate) version: &'a str,
}

impl<'a> ListHead<'a> {
    /// The head of the list that `bytes` begin with; nothing as long as they don't reach far enough, or aren't a list as
    /// API servers write it: its kind and its metadata before all items.
    pub(crate) fn find(bytes: &'a [u8]) -> Option<Self> {
        let mut fields = Fields(bytes.strip_prefix(MAGIC)?);
        let (1, kind) = fields.next().ok()?? else { return None };
        let (_, kind) = type_meta(kind.bytes().ok()?).ok()?;
        let (2, 2) = fields.tag().ok()?? else { return None };
        // How long all of it is; of that only the beginning is there.
        fields.varint().ok()?;
        let (1, meta) = fields.next().ok()?? else { return None };
        let (token, remaining, version) = list_meta(meta.bytes().ok()?).ok()?;
        Some(Self { kind, token, remaining, version })
    }
}

/// Whether a list came to its end.
pub(crate) fn is_whole(bytes: &[u8]) -> bool {
    Envelope::open(bytes).is_ok()
}

/// The message of a Status, and where it says that an expired list goes on: `Status { 1 metadata, 3 message, … }`.
pub(crate) fn status(bytes: &[u8]) -> Option<(&str, &str)> {
    let envelope = Envelope::open(bytes).ok().filter(|envelope| envelope.kind == "Status")?;
    let (mut message, mut token) = ("", "");
    let mut fields = Fields(envelope.raw);
    while let Some((number, value)) = fields.next().ok()? {
        match number {
            1 => token = list_meta(value.bytes().ok()?).ok()?.0,
            3 => message = text(value.bytes().ok()?).ok()?,
            _ => {}
        }
    }
    Some((message, token))
}

/// `ListMeta { 2 resourceVersion, 3 continue, 4 remainingItemCount, … }`.
fn list_meta(bytes: &[u8]) -> Result<(&str, Option<u64>, &str), Error> {
    let (mut token, mut remaining, mut version) = ("", None, "");
    let mut fields = Fields(bytes);
    while let Some((number, value)) = fields.next()? {
        match number {
            2 => version = text(value.bytes()?)?,
            3 => token = text(value.bytes()?)?,
            4 => remaining = Some(value.varint()?),
            _ => {}
        }
    }
    Ok((token, remaining, version))
}
