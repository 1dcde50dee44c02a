//! One page of a list, as an API server sends it.

use rutter_cluster::{Kind, Tables, interned};

use super::{
    item,
    json::each,
    scan::{self, Broken, Elements},
};

/// Decodes one page of a list of `kind`, as an API server wrote it: how many items could not be used, and why the first could not.
pub(crate) fn read_page(text: &[u8], kind: Kind, tables: &mut Tables) -> Result<(usize, String), String> {
    let broken = |broken: Broken| format!("the answer is broken at byte {}: {}", broken.at, broken.why);
    let Some(items) = items_of(text).map_err(broken)? else { return Ok((0, String::new())) };
    let mut elements = Elements::exact(text, items);
    let mut bad = (0, String::new());
    interned(|| {
        each(&mut elements, |range| {
            let why = match item::decode_as(&text[range], kind, tables) {
                Ok(item::Decoded::Kept(_)) => return,
                Ok(_) => "it has no name".to_owned(),
                Err(why) => why,
            };
            bad.0 += 1;
            if bad.0 == 1 {
                bad.1 = why;
            }
        })
    })
    .map_err(broken)?;
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
