//! What an apply would change in a cluster.

use std::collections::BTreeSet;

use rutter_cluster::{Cluster, Kind, Logs, Object, Tables};
use rutter_diagnosis::{Differences, differences};
use rutter_lint::{Source, SourceRole, manifest};
use rutter_source::{Input, files::Limits};

/// Compares the manifests with the objects of their names. Nothing, if none of them is of a kind that is compared.
pub(super) fn changes(sources: &[Source], namespace: &str, cluster: &Cluster) -> Option<Differences> {
    let after = applied(sources, namespace)?;
    let named: BTreeSet<_> = after.iter().map(key).collect();
    let cluster_with = |objects: Vec<Object>| {
        let mut tables = Tables::default();
        // Where a namespace isn't there, what is in it isn't told one by one.
        let namespaces = cluster.namespaces.iter().cloned();
        tables.namespaces.extend(
            namespaces
                .filter(|one| !named.contains(&(Kind::Namespace, String::new(), one.meta.name.to_string()))),
        );
        for object in objects {
            tables.push(object);
        }
        Cluster::new(cluster.info().clone(), tables, cluster.coverage().clone(), Logs::default())
    };
    let before = cluster.copies().into_iter().filter(|object| named.contains(&key(object))).collect();
    let (before, after) = (cluster_with(before), cluster_with(after));
    Some(differences(&before, &after))
}

fn key(object: &Object) -> (Kind, String, String) {
    (object.kind(), object.meta().namespace.to_string(), object.meta().name.to_string())
}

/// The objects of the manifests as the model has them, in the namespaces that they would go to.
fn applied(sources: &[Source], namespace: &str) -> Option<Vec<Object>> {
    let sources: Vec<&Source> = sources.iter().filter(|source| source.role != SourceRole::Origin).collect();
    let input = |source: &&Source| Input::Bytes(source.name.clone(), source.text.clone().into_bytes().into());
    let inputs: Vec<Input> = sources.iter().map(input).collect();
    let mut objects = rutter_source::load(&inputs, &Limits::default()).ok()?.copies();
    // The reader puts what names no namespace into `default`, where an API server would not.
    let nowhere: BTreeSet<(String, String)> = sources
        .iter()
        .flat_map(|source| manifest::read(0, &source.text).objects)
        .filter(|object| object.namespace.is_empty())
        .map(|object| (object.kind, object.name))
        .collect();
    for object in &mut objects {
        let key = (object.kind().name().to_owned(), object.meta().name.to_string());
        if object.kind().is_namespaced() && nowhere.contains(&key) {
            object.meta_mut().namespace = namespace.into();
        }
    }
    Some(objects)
}
