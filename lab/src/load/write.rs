//! Writing one object.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use http::{Method, Request};
use serde_json::{Value, json};

use super::object::Object;
use super::outcome::Fate;
use super::resources::{Place, Resources};

/// Writes objects, and remembers the uid that each got for its old one.
pub(super) struct Writer {
    client: kube::Client,
    resources: Resources,
    uids: Mutex<HashMap<String, String>>,
}

impl Writer {
    pub(super) fn new(client: kube::Client) -> Self {
        Self { resources: Resources::new(client.clone()), client, uids: Mutex::default() }
    }

    /// Creates `object` with its status, or makes one that exists already the same.
    pub(super) async fn create(&self, object: &Object) -> Fate {
        if let Some(why) = made_by_server(object) {
            return Fate::PassedOver(why);
        }
        let place = match self.resources.place(object).await {
            Ok(place) => place,
            Err(why) => return Fate::Refused(why),
        };
        let body = object.to_create(&self.uids());
        let (written, fate) = match self.send(Method::POST, &place.collection, &body).await {
            Ok(written) => (written, Fate::Created),
            // Not only if the answer says that it exists: the Service `kubernetes` is refused for its address.
            Err(refused) => match self.existing(object, &place).await {
                None => return Fate::Refused(refused),
                Some(_) if object.is_implied() => return Fate::Left,
                Some(existing) => match self.replace(object, &place, body, &existing).await {
                    Ok(written) => (written, Fate::Replaced),
                    Err(why) => return Fate::Refused(why),
                },
            },
        };
        self.remember(object, &written);
        match self.complete(object, &place, written).await {
            Ok(()) => fate,
            Err(why) => Fate::Incomplete(why),
        }
    }

    /// Deletes `object`, which stays as one that is being deleted, and gives it its status, which may tell so.
    pub(super) async fn delete(&self, object: &Object) -> Result<(), String> {
        if !object.outlives_deletion() {
            return Err("nothing would hold it until it is gone".to_owned());
        }
        let place = self.resources.place(object).await?;
        let options = match object.grace_period() {
            Some(seconds) => json!({ "gracePeriodSeconds": seconds }),
            None => json!({}),
        };
        self.send(Method::DELETE, &place.of(object), &options).await?;
        let deleted = self.send(Method::GET, &place.of(object), &Value::Null).await?;
        self.write_status(object, &place, &deleted).await
    }

    async fn existing(&self, object: &Object, place: &Place) -> Option<Value> {
        self.send(Method::GET, &place.of(object), &Value::Null).await.ok()
    }

    async fn replace(
        &self,
        object: &Object,
        place: &Place,
        mut body: Value,
        existing: &Value,
    ) -> Result<Value, String> {
        body["metadata"]["resourceVersion"] = existing["metadata"]["resourceVersion"].clone();
        self.send(Method::PUT, &place.of(object), &body).await
    }

    /// Writes what cannot be written with the object itself.
    async fn complete(&self, object: &Object, place: &Place, mut written: Value) -> Result<(), String> {
        if object.kind() == "CustomResourceDefinition" {
            return self.wait_until_served(&written).await;
        }
        if object.has_ephemeral_containers()
            && let Some(path) = place.subresource(object, "ephemeralcontainers")
            && let Some(body) = self.part(object, "spec", &written)
        {
            written = self.send(Method::PUT, &path, &body).await?;
        }
        // That of an object in deletion is valid only when it is.
        if object.is_being_deleted() { Ok(()) } else { self.write_status(object, place, &written).await }
    }

    async fn write_status(&self, object: &Object, place: &Place, written: &Value) -> Result<(), String> {
        if object.has_status()
            && let Some(path) = place.subresource(object, "status")
            && let Some(body) = self.part(object, "status", written)
        {
            let sent = self.send(Method::PUT, &path, &body).await;
            sent.map_err(|why| format!("its status: {why}"))?;
        }
        Ok(())
    }

    /// `written` with the recorded `field`.
    fn part(&self, object: &Object, field: &str, written: &Value) -> Option<Value> {
        object.to_write(field, written, &self.uids())
    }

    async fn wait_until_served(&self, definition: &Value) -> Result<(), String> {
        let spec = &definition["spec"];
        let text = |value: &Value| value.as_str().unwrap_or("").to_owned();
        let (group, resource) = (text(&spec["group"]), text(&spec["names"]["plural"]));
        let versions = spec["versions"].as_array().into_iter().flatten();
        for version in versions.filter(|version| version["served"] == true) {
            self.resources.wait_for(&format!("{group}/{}", text(&version["name"])), &resource).await?;
        }
        Ok(())
    }

    async fn send(&self, method: Method, path: &str, body: &Value) -> Result<Value, String> {
        let body = if body.is_null() { Vec::new() } else { body.to_string().into_bytes() };
        let request = Request::builder().method(method).uri(path).header("content-type", "application/json");
        let request = request.body(body).map_err(|error| error.to_string())?;
        self.client.request(request).await.map_err(|error| match error {
            kube::Error::Api(status) => status.message,
            other => other.to_string(),
        })
    }

    fn remember(&self, object: &Object, written: &Value) {
        if let (Some(old), Some(new)) = (object.uid(), written["metadata"]["uid"].as_str()) {
            self.uids().insert(old.to_owned(), new.to_owned());
        }
    }

    fn uids(&self) -> MutexGuard<'_, HashMap<String, String>> {
        self.uids.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Why `object` is left to the API server.
fn made_by_server(object: &Object) -> Option<&'static str> {
    match (object.group(), object.kind()) {
        ("networking.k8s.io", "IPAddress") => Some("the API server makes one for each Service"),
        ("networking.k8s.io", "ServiceCIDR") if object.name() == "kubernetes" => {
            Some("the API server makes it from its own flags")
        }
        ("", "ComponentStatus") => Some("it is not stored but asked for"),
        _ => None,
    }
}
