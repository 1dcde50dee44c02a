//! Where in the API the objects of a kind are.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use http::Request;
use serde::Deserialize;

use super::object::Object;

/// How long the API server may take to serve a kind that was just defined.
const NEW_KIND: Duration = Duration::from_secs(10);

/// One entry of the API server's discovery: a resource, or a subresource as `resource/subresource`.
#[derive(Debug, Deserialize)]
struct Entry {
    name: String,
    kind: String,
    namespaced: bool,
}

#[derive(Debug, Deserialize)]
struct Group {
    resources: Vec<Entry>,
}

/// The resources of the API server, asked for one group at a time when they are needed.
pub(super) struct Resources {
    client: kube::Client,
    groups: Mutex<HashMap<String, Arc<Group>>>,
}

/// Where one object is.
pub(super) struct Place {
    /// The path of all objects of the kind in the namespace.
    pub(super) collection: String,
    resource: String,
    group: Arc<Group>,
}

impl Place {
    /// The path of the object.
    pub(super) fn of(&self, object: &Object) -> String {
        format!("{}/{}", self.collection, object.name())
    }

    /// The path of the object's `subresource`, if its kind has that.
    pub(super) fn subresource(&self, object: &Object, subresource: &str) -> Option<String> {
        let name = format!("{}/{subresource}", self.resource);
        let exists = self.group.resources.iter().any(|entry| entry.name == name);
        exists.then(|| format!("{}/{subresource}", self.of(object)))
    }
}

impl Resources {
    pub(super) fn new(client: kube::Client) -> Self {
        Self { client, groups: Mutex::default() }
    }

    /// Where `object` is, or why it can be nowhere.
    pub(super) async fn place(&self, object: &Object) -> Result<Place, String> {
        let group = self.group(object.api_version()).await?;
        let unknown = || format!("the API server has no kind {} in {}", object.kind(), object.api_version());
        let is_it = |entry: &&Entry| entry.kind == object.kind() && !entry.name.contains('/');
        let entry = group.resources.iter().find(is_it).ok_or_else(unknown)?;
        let resource = entry.name.clone();
        let collection = match (entry.namespaced, object.namespace()) {
            (true, Some(namespace)) => {
                format!("{}/namespaces/{namespace}/{resource}", root(object.api_version()))
            }
            (true, None) => return Err("it has no namespace".to_owned()),
            (false, _) => format!("{}/{resource}", root(object.api_version())),
        };
        Ok(Place { collection, resource, group })
    }

    /// Waits until `resource` of `api_version` is served: it was just defined.
    pub(super) async fn wait_for(&self, api_version: &str, resource: &str) -> Result<(), String> {
        let deadline = Instant::now() + NEW_KIND;
        loop {
            let found = self.ask(api_version).await;
            if found.is_ok_and(|group| group.resources.iter().any(|entry| entry.name == resource)) {
                return Ok(());
            }
            if Instant::now() >= deadline {
                return Err(format!("the API server does not serve {resource} of {api_version}"));
            }
            tokio::time::sleep(crate::process::POLL).await;
        }
    }

    async fn group(&self, api_version: &str) -> Result<Arc<Group>, String> {
        if let Some(group) = self.known().get(api_version) {
            return Ok(Arc::clone(group));
        }
        let group = Arc::new(self.ask(api_version).await?);
        self.known().insert(api_version.to_owned(), Arc::clone(&group));
        Ok(group)
    }

    async fn ask(&self, api_version: &str) -> Result<Group, String> {
        let request = Request::get(root(api_version)).body(Vec::new()).map_err(|error| error.to_string())?;
        let answer = self.client.request(request).await;
        answer.map_err(|error| format!("the API server does not know {api_version}: {error}"))
    }

    fn known(&self) -> std::sync::MutexGuard<'_, HashMap<String, Arc<Group>>> {
        self.groups.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn root(api_version: &str) -> String {
    let api = if api_version.contains('/') { "apis" } else { "api" };
    format!("/{api}/{api_version}")
}
