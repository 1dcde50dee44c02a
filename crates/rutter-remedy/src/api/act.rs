//! The writes that plans announce, and no others.

use std::time::Duration;

use http::Method;
use rutter_plan::{Action, Object, PatchKind, Sight, plural};
use serde_json::{Value, json};

use super::{
    Api, Refused, path,
    send::{Answer, Content},
};

/// Who wrote, as the API server notes it on the fields.
const MANAGER: &str = "rutter";

/// What became of a write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sent {
    /// It was taken.
    Taken,
    /// The object changed since it was looked at: look again.
    Changed,
    /// Not now: why, and it may be sent again after so long.
    NotNow(String, Duration),
    /// No answer came, or one that doesn't tell: it may have been taken or not, and is asked about after so long.
    Lost(String, Duration),
    /// Not taken, and sending it again won't help.
    Never(String),
}

impl Api {
    /// Sends a step's write. `sight` is what its conditions were judged by: an object that changed since is not written to.
    pub async fn act(&self, action: &Action, sight: &Sight) -> Sent {
        let sent = match action {
            Action::Wait | Action::Person { .. } => return Sent::Taken,
            Action::Patch { object, kind, body } => {
                let media_type = match kind {
                    PatchKind::Merge => "application/merge-patch+json",
                    PatchKind::Strategic => "application/strategic-merge-patch+json",
                };
                self.patch(object, media_type, body.clone(), sight).await
            }
            Action::RollBack { workload, to } => match Action::template(sight, to) {
                Ok(template) => self.template(workload, &template, sight).await,
                Err(unread) => return Sent::Never(unread.0),
            },
            Action::Taint { node, key, value, effect } => {
                let add = json!({"key": key, "value": value, "effect": effect});
                self.taints(node, sight, |taints| taints.push(add)).await
            }
            Action::Untaint { node, key, effect } => {
                let is_it = |taint: &Value| taint["key"] == **key && taint["effect"] == **effect;
                self.taints(node, sight, |taints| taints.retain(|taint| !is_it(taint))).await
            }
            Action::Evict { pod, grace_seconds } => self.evict(pod, *grace_seconds).await,
            Action::Delete { object, grace_seconds, propagation } => {
                let mut options = options(object, *grace_seconds);
                if !propagation.is_empty() {
                    options["propagationPolicy"] = json!(propagation);
                }
                self.write(Method::DELETE, &path::of(object), "application/json", &options).await
            }
            Action::Create { manifest } => self.create(action, manifest).await,
        };
        outcome(action, sent)
    }

    async fn patch(
        &self,
        object: &Object,
        media_type: &'static str,
        mut body: Value,
        sight: &Sight,
    ) -> Result<Answer, Refused> {
        let seen = sight.object(object).ok().flatten();
        let version = seen.and_then(|seen| seen.pointer("/metadata/resourceVersion")).cloned();
        // A version in the patch makes it fail if the object is no longer the one that was looked at.
        if let (Some(version), Some(fields)) = (version, body.as_object_mut()) {
            let meta = fields.entry("metadata").or_insert_with(|| json!({}));
            meta["resourceVersion"] = version;
            if !object.uid.is_empty() {
                meta["uid"] = json!(object.uid);
            }
        }
        self.write(Method::PATCH, &path::of(object), media_type, &body).await
    }

    /// Replaces a pod template as a whole: a merge would leave what the other one lacks.
    async fn template(&self, workload: &Object, template: &Value, sight: &Sight) -> Result<Answer, Refused> {
        let seen = sight.object(workload).ok().flatten();
        let version = seen.and_then(|seen| seen.pointer("/metadata/resourceVersion")).cloned();
        let body = json!([
            {"op": "replace", "path": "/metadata/resourceVersion", "value": version},
            {"op": "replace", "path": "/spec/template", "value": template},
        ]);
        self.write(Method::PATCH, &path::of(workload), "application/json-patch+json", &body).await
    }

    /// Changes a node's taints as they were seen; another change in between makes the write fail.
    async fn taints(
        &self,
        node: &Object,
        sight: &Sight,
        change: impl FnOnce(&mut Vec<Value>),
    ) -> Result<Answer, Refused> {
        let seen = sight.object(node).ok().flatten();
        let taints = seen.and_then(|seen| seen.pointer("/spec/taints")).and_then(Value::as_array);
        let mut taints = taints.cloned().unwrap_or_default();
        change(&mut taints);
        let body = json!({"spec": {"taints": taints}});
        self.patch(node, "application/merge-patch+json", body, sight).await
    }

    async fn evict(&self, pod: &Object, grace_seconds: Option<i64>) -> Result<Answer, Refused> {
        let body = json!({
            "apiVersion": "policy/v1",
            "kind": "Eviction",
            "metadata": {"name": pod.name, "namespace": pod.namespace},
            "deleteOptions": options(pod, grace_seconds),
        });
        self.write(Method::POST, &format!("{}/eviction", path::of(pod)), "application/json", &body).await
    }

    async fn create(&self, action: &Action, manifest: &Value) -> Result<Answer, Refused> {
        let object = action.writes_to().unwrap_or_default();
        let all = path::of_all(&object.api_version, &object.namespace, &plural(&object.kind));
        self.write(Method::POST, &all, "application/json", manifest).await
    }

    async fn write(
        &self,
        method: Method,
        path: &str,
        media_type: &'static str,
        body: &Value,
    ) -> Result<Answer, Refused> {
        let dry = if self.dry { "&dryRun=All" } else { "" };
        let path = format!("{path}?fieldManager={MANAGER}{dry}");
        self.send(method, &path, Some(Content { media_type, body })).await
    }
}

/// A deletion of this very object.
fn options(object: &Object, grace_seconds: Option<i64>) -> Value {
    let mut options = json!({"apiVersion": "v1", "kind": "DeleteOptions"});
    if !object.uid.is_empty() {
        options["preconditions"] = json!({"uid": object.uid});
    }
    if let Some(seconds) = grace_seconds {
        options["gracePeriodSeconds"] = json!(seconds);
    }
    options
}

/// What an answer to a write means.
fn outcome(action: &Action, sent: Result<Answer, Refused>) -> Sent {
    let Err(refused) = sent else { return Sent::Taken };
    let goes = matches!(action, Action::Evict { .. } | Action::Delete { .. });
    let wait = refused.wait();
    match &refused {
        Refused::Lost(why) => Sent::Lost(why.clone(), wait),
        // The one of that uid is gone.
        Refused::Said { code: 404, .. } if goes => Sent::Taken,
        Refused::Said { code: 409, .. } => Sent::Changed,
        // A budget; or two on one pod, which the eviction handler answers with 500.
        Refused::Said { code: 429, .. } => Sent::NotNow(refused.to_string(), wait),
        Refused::Said { code: 500, message, .. }
            if goes && message.contains("does not support more than one pod disruption budget") =>
        {
            Sent::NotNow(refused.to_string(), wait)
        }
        // The server may have failed before the write or after it.
        Refused::Said { code, .. } if *code >= 500 => Sent::Lost(refused.to_string(), wait),
        Refused::Said { .. } => Sent::Never(refused.to_string()),
    }
}
