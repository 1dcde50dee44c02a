//! Kubernetes' protobuf, read into the same model as JSON and by the same definitions.
//!
//! | file | what |
//! | --- | --- |
//! | `wire` | fields: numbers and values |
//! | `schema` | which number is which field, of what type |
//! | `value` | serde's view of both |
//! | `envelope` | what stands around objects and lists |
//! | `watch` | the frames of a watch |

mod envelope;
mod schema;
#[cfg(test)]
pub(crate) mod tests;
mod value;
pub mod watch;
mod wire;

use rutter_cluster::{Kind, Tables};

pub(crate) use envelope::{Envelope, ListHead, is_whole, status};
pub(crate) use wire::Error;
use wire::Fields;

/// Decodes one object of `kind`, without its envelope, and keeps it.
pub(super) fn decode(bytes: &[u8], kind: Kind, tables: &mut Tables) -> Result<(), Error> {
    tables.decode(kind, value::Typed::message(schema::of(kind), bytes))
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
    let mut next = move || {
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
    };
    Ok(std::iter::from_fn(move || next()))
}
