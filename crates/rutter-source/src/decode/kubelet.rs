//! What kubelets say of themselves, as `kubectl get --raw /api/v1/nodes/NODE/proxy/stats/summary` (and `…/configz`) writes it.

use rutter_cluster::{KubeletAnswer, Kubelets, Str};
use serde::de::DeserializeOwned;
use serde_json::Value;

/// The answer of a kubelet that `value` is, if it is one: an error if it is one by its first look, but can't be read.
pub(crate) fn answer(value: &Value) -> Option<Result<KubeletAnswer, String>> {
    if value.pointer("/node/nodeName").is_some() {
        return Some(read(value).map(KubeletAnswer::Stats));
    }
    let config = value.get("kubeletconfig").or_else(|| value.get("componentconfig"))?;
    Some(read(config).map(KubeletAnswer::Config))
}

fn read<T: DeserializeOwned>(value: &Value) -> Result<T, String> {
    T::deserialize(value).map_err(|error| error.to_string())
}

/// The node that a path says a kubelet's settings are of: `nodes/node-a/proxy/configz`, `node-a/configz.json`,
/// `configz-node-a.json`, `node-a.configz.json`.
fn node_of(path: &str) -> Option<&str> {
    let mut parts = path.rsplit('/');
    let file = parts.next()?;
    let stem = ["json", "txt", "out"]
        .iter()
        .find_map(|end| file.strip_suffix(end)?.strip_suffix('.'))
        .unwrap_or(file);
    if stem == "configz" {
        let folder = parts.find(|part| !matches!(*part, "proxy" | ""))?;
        return (folder != "nodes").then_some(folder);
    }
    let separators = ['-', '_', '.'];
    let name = stem
        .strip_prefix("configz")
        .and_then(|rest| rest.strip_prefix(separators))
        .or_else(|| stem.strip_suffix("configz").and_then(|rest| rest.strip_suffix(separators)))?;
    (!name.is_empty()).then_some(name)
}

/// Keeps an answer that was found at a path, with the node that it is of; false if that can't be told.
pub(crate) fn keep(answer: KubeletAnswer, path: &str, kubelets: &mut Kubelets) -> bool {
    let node: Str = match &answer {
        KubeletAnswer::Stats(stats) => stats.node.node_name.clone(),
        KubeletAnswer::Config(_) => match node_of(path) {
            Some(node) => node.into(),
            None => return false,
        },
    };
    kubelets.entry(node).or_default().take(answer);
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_told_by_their_shape() {
        let stats = serde_json::json!({
            "node": { "nodeName": "node-a", "fs": { "availableBytes": 5, "capacityBytes": 100 }, "runtime": null },
            "pods": [{ "podRef": { "name": "web-0", "namespace": "shop", "uid": "1" }, "volume": [
                { "name": "scratch", "usedBytes": 40, "inodesUsed": 3 }], "ephemeral-storage": { "usedBytes": 41 } }],
        });
        let Some(Ok(KubeletAnswer::Stats(stats))) = answer(&stats) else { panic!("no stats") };
        assert_eq!((stats.node.node_name.as_str(), stats.node.fs.available_bytes), ("node-a", Some(5)));
        assert_eq!(stats.pods[0].volumes[0].fs.used_bytes, Some(40));
        let config = serde_json::json!({ "kubeletconfig": {
            "evictionHard": { "nodefs.available": "10%" }, "imageGCHighThresholdPercent": 85, "evictionSoft": null } });
        let Some(Ok(KubeletAnswer::Config(config))) = answer(&config) else { panic!("no settings") };
        assert_eq!(config.eviction_hard.get("nodefs.available").map(Str::as_str), Some("10%"));
        assert_eq!(answer(&serde_json::json!({ "kind": "Pod" })), None);
        let broken = serde_json::json!({ "node": { "nodeName": "a" }, "pods": 3 });
        assert!(matches!(answer(&broken), Some(Err(_))));
    }

    #[test]
    fn settings_are_of_the_node_that_their_path_names() {
        for path in [
            "x/nodes/node-a/proxy/configz",
            "node-a/configz.json",
            "configz-node-a.json",
            "d/node-a.configz.json",
        ] {
            assert_eq!(node_of(path), Some("node-a"), "{path}");
        }
        for path in ["configz.json", "x/configz-.json", "nodes/configz", "settings.json"] {
            assert_eq!(node_of(path).filter(|node| *node != "x"), None, "{path}");
        }
    }
}
