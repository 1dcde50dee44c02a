//! A scenario on other nodes than its own.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use regex_lite::{Captures, Regex};

use crate::scenario::{self, Scenario};

/// What node is meant by a name in the files of a scenario: `node-b` is to be `node-c`.
pub(super) type Nodes = BTreeMap<String, String>;

/// Reads the scenario `name` with other nodes: its folder is copied to `place`, and the names are replaced in all of it.
pub(super) fn read(name: &str, nodes: &Nodes, place: &Path) -> Result<Scenario> {
    if nodes.is_empty() {
        return Scenario::read(name);
    }
    let (from, to) = (scenario::folder().join(name), place.join(name));
    fs::create_dir_all(&to).with_context(|| format!("cannot make {}", to.display()))?;
    for entry in fs::read_dir(&from).with_context(|| format!("there is no scenario {name}"))? {
        let path = entry?.path();
        let text = fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
        let file = to.join(path.file_name().unwrap_or_default());
        fs::write(&file, renamed(&text, nodes)?)
            .with_context(|| format!("cannot write {}", file.display()))?;
    }
    Scenario::read_from(place, name)
}

/// All at once, so that two nodes can change places.
fn renamed(text: &str, nodes: &Nodes) -> Result<String> {
    let name = Regex::new(r"\bnode-[a-z]\b")?;
    let new = |found: &Captures<'_>| nodes.get(&found[0]).cloned().unwrap_or_else(|| found[0].to_owned());
    Ok(name.replace_all(text, new).into_owned())
}

/// The place of a node among those of a cluster: 1 for `node-b`.
pub(super) fn index(node: &str) -> Option<usize> {
    let letter = node.strip_prefix("node-")?.bytes().next()?;
    letter.checked_sub(b'a').map(usize::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_whole_names_of_nodes_change_and_two_can_change_places() {
        let nodes = [("node-a", "node-b"), ("node-b", "node-a")];
        let nodes = nodes.map(|(from, to)| (from.to_owned(), to.to_owned())).into();
        let text = "node: node-a, lesson: node-agent-missing, object: Pod/x/scheduler-node-b, node-bc";
        let wanted = "node: node-b, lesson: node-agent-missing, object: Pod/x/scheduler-node-a, node-bc";
        assert_eq!(renamed(text, &nodes).unwrap(), wanted);
    }
}
