//! The index of checks on manifests, of the names of folders alone, as that of the lessons.

use std::collections::BTreeMap;

use anyhow::ensure;

use super::{Generated, generated};
use crate::repository::{entries, name, root};

pub(crate) const PATH: &str = "crates/rutter-lint/src/registry.rs";

/// A check's id and the topic in whose folder it lives, by id.
pub(crate) fn folders() -> anyhow::Result<BTreeMap<String, String>> {
    let mut all = BTreeMap::new();
    for topic in entries(&root().join("crates/rutter-lint/checks"))? {
        for folder in entries(&topic)?.into_iter().filter(|folder| folder.join("mod.rs").is_file()) {
            let earlier = all.insert(name(&folder), name(&topic));
            ensure!(earlier.is_none(), "two checks are called {}", name(&folder));
        }
    }
    Ok(all)
}

pub(crate) fn registry() -> anyhow::Result<Generated> {
    Ok(generated(PATH, text(&folders()?)))
}

fn text(folders: &BTreeMap<String, String>) -> String {
    let module = |id: &str| id.replace('-', "_");
    let mut modules: Vec<_> = folders.iter().map(|(id, topic)| (module(id), id, topic)).collect();
    // rustfmt sorts them so.
    modules.sort();
    let mut text = String::from(
        "//! The index of all checks: written by `cargo xtask codegen`, which finds them under `checks/`. Do not edit.\n\n\
         use crate::Check;\n\n",
    );
    for (module, id, topic) in &modules {
        text += &format!("#[path = \"../checks/{topic}/{id}/mod.rs\"]\nmod {module};\n");
    }
    text += "\n/// Every check, by id.\npub static CHECKS: &[&Check] = &[\n";
    for id in folders.keys() {
        text += &format!("    &{}::CHECK,\n", module(id));
    }
    text + "];\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_check_has_a_module_and_a_place() {
        let folders = [("image-tag", "image"), ("env-twice", "pod")]
            .map(|(id, topic)| (id.to_owned(), topic.to_owned()));
        let text = text(&folders.into());
        assert!(text.contains("#[path = \"../checks/image/image-tag/mod.rs\"]\nmod image_tag;\n"));
        assert!(text.ends_with("    &env_twice::CHECK,\n    &image_tag::CHECK,\n];\n"));
    }
}
