//! One page of a list, as an API server sends it.

use rutter_cluster::{Kind, Tables};

use super::{
    item::{self, Bad, Decoded},
    json::each,
    protobuf,
    scan::{self, Broken, Elements},
};

/// How the items of a page were written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// As JSON, under any API version.
    Json,
    /// As Kubernetes' protobuf, under [`Kind::api_version`].
    Protobuf,
}

/// Decodes one page of a list of `kind`, as an API server wrote it.
pub(crate) fn read_page(
    bytes: &[u8],
    encoding: Encoding,
    kind: Kind,
    tables: &mut Tables,
) -> Result<Bad, String> {
    match encoding {
        Encoding::Json => read_json(bytes, kind, tables),
        Encoding::Protobuf => {
            protobuf::read_list(bytes, kind, tables).map_err(|why| format!("the answer is broken: {why}"))
        }
    }
}

/// Decodes one object of `kind`, as a watch brings it.
pub(crate) fn read_object(
    bytes: &[u8],
    encoding: Encoding,
    kind: Kind,
    tables: &mut Tables,
) -> Result<(), String> {
    match encoding {
        Encoding::Json => match item::decode_as(bytes, kind, tables) {
            Ok(Decoded::Kept(_)) => Ok(()),
            Ok(_) => Err("it has no name".to_owned()),
            Err(why) => Err(why),
        },
        Encoding::Protobuf => protobuf::read_object(bytes, kind, tables).map_err(|why| why.to_string()),
    }
}

fn read_json(text: &[u8], kind: Kind, tables: &mut Tables) -> Result<Bad, String> {
    let broken = |broken: Broken| format!("the answer is broken at byte {}: {}", broken.at, broken.why);
    let mut bad = Bad::default();
    let Some(items) = items_of(text).map_err(broken)? else { return Ok(bad) };
    let mut elements = Elements::exact(text, items);
    each(&mut elements, |range| bad.count(item::decode_as(&text[range], kind, tables))).map_err(broken)?;
    Ok(bad)
}

/// Where the items of the list in `text` begin; `None` if there are none.
fn items_of(text: &[u8]) -> Result<Option<usize>, Broken> {
    let mut at = scan::skip_space(text, scan::skip_space(text, 0) + 1);
    while text.get(at) == Some(&b'"') {
        let key_end = scan::string_end(text, at)?;
        let value = scan::skip_space(text, scan::skip_space(text, key_end) + 1);
        if &text[at..key_end] == b"\"items\"" && text.get(value) == Some(&b'[') {
            return Ok(Some(value));
        }
        let comma = scan::skip_space(text, scan::value_end(text, value)?);
        at = scan::skip_space(text, comma + 1);
    }
    Ok(None)
}
