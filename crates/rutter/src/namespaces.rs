//! Whether the namespaces that were asked for exist: an unset variable or a slip must not read like a clean bill.

use std::collections::BTreeSet;

use rutter_cluster::{Cluster, Kind, Str, coverage::Extent};

use crate::{alike, exit::Failure};

/// Those that every cluster has, whether anything is in them or not.
const EVERYWHERE: [&str; 4] = ["default", "kube-system", "kube-public", "kube-node-lease"];

/// As a flag's value: what the API server would take as the name of a namespace.
pub(crate) fn name(text: &str) -> Result<String, String> {
    let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    let ends = text.starts_with('-') || text.ends_with('-');
    if text.is_empty() {
        return Err("it is empty: is a variable not set?".to_owned());
    }
    if ends || text.len() > 63 || !text.chars().all(allowed) {
        return Err(
            "no namespace can be called that: lower-case letters, digits and dashes, at most 63".to_owned()
        );
    }
    Ok(text.to_owned())
}

/// Refuses namespaces that the source doesn't hold, if it shows which there are.
pub(crate) fn check(cluster: &Cluster, asked: &[String]) -> Result<(), Failure> {
    let known = known(cluster);
    let told = cluster.coverage().check(Kind::Namespace, "").is_ok();
    for name in asked {
        let is_there = known.contains(name.as_str()) || EVERYWHERE.contains(&name.as_str());
        if is_there || (!told && known.is_empty()) {
            continue;
        }
        let names: Vec<&str> = known.iter().map(Str::as_str).collect();
        let near = alike::nearest(name, &names);
        let hint = if near.is_empty() { names.into_iter().take(10).collect() } else { near };
        let hint = if hint.is_empty() { String::new() } else { format!("; there is {}", hint.join(", ")) };
        let why = if told { "does not exist" } else { "is not in the source" };
        return Err(Failure::Told(format!("namespace {name} {why}{hint}")));
    }
    Ok(())
}

/// The namespaces that were listed, those of the objects at hand, and those of which empty lists were read.
fn known(cluster: &Cluster) -> BTreeSet<Str> {
    let listed = cluster.namespaces.iter().map(|namespace| namespace.meta.name.clone());
    let pods = cluster.pods.iter().map(|pod| pod.meta.namespace.clone());
    let services = cluster.services.iter().map(|service| service.meta.namespace.clone());
    let deployments = cluster.deployments.iter().map(|deployment| deployment.meta.namespace.clone());
    let jobs = cluster.jobs.iter().map(|job| job.meta.namespace.clone());
    let events = cluster.events.iter().map(|event| event.meta.namespace.clone());
    let seen = Kind::ALL.iter().filter_map(|kind| match &cluster.coverage().of(*kind)?.extent {
        Extent::Namespaces(names) => Some(names.iter().cloned()),
        Extent::All | Extent::Nothing => None,
    });
    let all =
        seen.flatten().chain(listed).chain(pods).chain(services).chain(deployments).chain(jobs).chain(events);
    all.filter(|name| !name.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_the_api_servers() {
        assert_eq!(name("shop-2"), Ok("shop-2".to_owned()));
        for bad in ["", "-a", "a-", "Shop", "a/b", &"a".repeat(64)] {
            assert!(name(bad).is_err(), "{bad}");
        }
    }
}
