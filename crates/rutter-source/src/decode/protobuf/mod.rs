//! Kubernetes' protobuf, read into the same model as JSON and by the same definitions.
//!
//! | file | what |
//! | --- | --- |
//! | `wire` | fields: numbers and values |
//! | `schema` | which number is which field, of what type |
//! | `value` | serde's view of both |
//! | `envelope` | what stands around objects and lists |
//! | `head` | what is known of a list before its items |
//! | `watch` | the frames of a watch |

mod envelope;
#[cfg(feature = "live")]
mod head;
mod schema;
#[cfg(test)]
pub(crate) mod tests;
mod value;
mod watch;
mod wire;

use rutter_cluster::{Kind, Tables};

use envelope::Envelope;
#[cfg(feature = "live")]
pub(crate) use head::{ListHead, is_whole, status};
#[cfg(feature = "live")]
pub(crate) use watch::kind;
pub use watch::{Event, Frames, read_object, resource_version};
pub use wire::Error;
use wire::Fields;

use super::item;
pub use super::item::Bad;

/// Decodes one object of `kind`, without its envelope, and keeps it.
pub(super) fn decode(bytes: &[u8], kind: Kind, tables: &mut Tables) -> Result<(), Error> {
    tables.decode(kind, value::Typed::message(schema::of(kind), bytes))
}

/// Decodes a list of `kind`, or of its metadata alone, in its envelope, and keeps its items.
///
/// # Errors
/// If it isn't such a list, or is broken. Items before that place are kept.
pub fn read_list(bytes: &[u8], kind: Kind, tables: &mut Tables) -> Result<Bad, Error> {
    let mut bad = Bad::default();
    for item in items(bytes, kind)? {
        bad.count(item::decode_protobuf(item?, kind, tables));
    }
    Ok(bad)
}

/// The items of a list of `kind`, or of its metadata: every list has them in field 2.
pub(super) fn items(bytes: &[u8], kind: Kind) -> Result<impl Iterator<Item = Result<&[u8], Error>>, Error> {
    let list = Envelope::open(bytes)?;
    let is_it = list.api_version == kind.api_version() && list.kind.strip_suffix("List") == Some(kind.name());
    let is_metadata = list.api_version == "meta.k8s.io/v1" && list.kind == "PartialObjectMetadataList";
    if !(is_it || is_metadata) {
        return Err(Error(format!("expected a list of {}", kind.plural())));
    }
    let mut fields = Fields(list.raw);
    Ok(std::iter::from_fn(move || {
        loop {
            match fields.next() {
                Ok(Some((2, value))) => return Some(value.bytes()),
                Ok(Some(_)) => {}
                Ok(None) => return None,
                Err(why) => {
                    fields = Fields(&[]);
                    return Some(Err(why));
                }
            }
        }
    }))
}
