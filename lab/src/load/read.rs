//! Reading the files of a recording.

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use serde_json::{Deserializer, Value};

use super::object::Object;
use super::outcome::Loaded;

/// The objects in the file `path`, or in the `.json` files of the folder `path`, and what was passed over.
pub(super) fn read(path: &Path) -> Result<(Vec<Object>, Loaded)> {
    let mut files = Vec::new();
    find(path, &mut files).with_context(|| format!("cannot read {}", path.display()))?;
    if files.is_empty() {
        bail!("there is no .json file in {}", path.display());
    }
    files.sort();
    let mut objects = Vec::new();
    let mut loaded = Loaded::default();
    for file in files {
        let before = objects.len();
        let empty_lists = read_file(&file, &mut objects)?;
        if objects.len() == before && empty_lists == 0 {
            loaded.pass_over(file.display().to_string(), "no object of Kubernetes' in it");
        }
    }
    let mut seen = HashSet::new();
    // The same object may be in two files: a dump has events under every API version.
    objects.retain(|object| object.uid().is_none_or(|uid| seen.insert(uid.to_owned())));
    Ok((objects, loaded))
}

fn find(path: &Path, files: &mut Vec<PathBuf>) -> std::io::Result<()> {
    if !path.is_dir() {
        files.push(path.to_owned());
        return Ok(());
    }
    for entry in fs::read_dir(path)? {
        let path = entry?.path();
        if path.is_dir() || path.extension().is_some_and(|extension| extension == "json") {
            find(&path, files)?;
        }
    }
    Ok(())
}

/// Reads one JSON value after the other, and says how many of them are empty lists.
fn read_file(file: &Path, objects: &mut Vec<Object>) -> Result<usize> {
    let text = fs::read(file).with_context(|| format!("cannot read {}", file.display()))?;
    let mut empty_lists = 0;
    for value in Deserializer::from_slice(&text).into_iter() {
        let value = value.with_context(|| format!("{} is not JSON", file.display()))?;
        match as_list(value) {
            Ok(items) if items.is_empty() => empty_lists += 1,
            Ok(items) => objects.extend(items.into_iter().filter_map(Object::new)),
            Err(single) => objects.extend(Object::new(single)),
        }
    }
    Ok(empty_lists)
}

/// The items of a list, or the value itself. The items of a list of one kind need not say what they are.
fn as_list(mut value: Value) -> Result<Vec<Value>, Value> {
    let text = |field| value.get(field).and_then(Value::as_str).unwrap_or("").to_owned();
    let (api_version, kind) = (text("apiVersion"), text("kind"));
    let Some(item_kind) = kind.strip_suffix("List") else { return Err(value) };
    let items = match value.get_mut("items").map(Value::take) {
        Some(Value::Array(items)) => items,
        // An empty list may be written as null.
        Some(Value::Null) => Vec::new(),
        _ => return Err(value),
    };
    let name = |mut item: Value| {
        if let Some(fields) = item.as_object_mut()
            && !item_kind.is_empty()
        {
            fields.entry("apiVersion").or_insert_with(|| api_version.as_str().into());
            fields.entry("kind").or_insert_with(|| item_kind.into());
        }
        item
    };
    Ok(items.into_iter().map(name).collect())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_typed_list_names_its_items() {
        let list = json!({ "kind": "ReplicaSetList", "apiVersion": "apps/v1", "items": [{ "metadata": { "name": "a" } }] });
        let item = json!({ "kind": "ReplicaSet", "apiVersion": "apps/v1", "metadata": { "name": "a" } });
        assert_eq!(as_list(list), Ok(vec![item]));
    }

    #[test]
    fn an_object_is_not_a_list_and_an_empty_list_is_one() {
        let object = json!({ "kind": "Pod", "apiVersion": "v1", "metadata": { "name": "a" } });
        assert_eq!(as_list(object.clone()), Err(object));
        assert_eq!(as_list(json!({ "kind": "PodList", "apiVersion": "v1", "items": null })), Ok(Vec::new()));
    }
}
