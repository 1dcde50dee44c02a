//! One page of a list, as an API server sends it.

use rutter_cluster::{Kind, Tables, interned};

use super::{
    item::{self, Decoded},
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

/// Items that could not be used: how many, and why the first could not.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Bad {
    pub(crate) number: usize,
    pub(crate) why: String,
}

impl Bad {
    fn count(&mut self, outcome: Result<Decoded, String>) {
        let why = match outcome {
            Ok(Decoded::Kept(_)) => return,
            Ok(_) => "it has no name".to_owned(),
            Err(why) => why,
        };
        self.number += 1;
        if self.number == 1 {
            self.why = why;
        }
    }
}

/// Decodes one page of a list of `kind`, as an API server wrote it.
pub(crate) fn read_page(
    bytes: &[u8],
    encoding: Encoding,
    kind: Kind,
    tables: &mut Tables,
) -> Result<Bad, String> {
    interned(|| match encoding {
        Encoding::Json => read_json(bytes, kind, tables),
        Encoding::Protobuf => read_protobuf(bytes, kind, tables),
    })
}

fn read_protobuf(bytes: &[u8], kind: Kind, tables: &mut Tables) -> Result<Bad, String> {
    let mut bad = Bad::default();
    let broken = |why: protobuf::Error| format!("the answer is broken: {why}");
    for item in protobuf::items(bytes, kind).map_err(broken)? {
        bad.count(item::decode_protobuf(item.map_err(broken)?, kind, tables));
    }
    Ok(bad)
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
        Encoding::Protobuf => {
            protobuf::watch::read_object(bytes, kind, tables).map_err(|why| why.to_string())
        }
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
