//! Whether whom a plan runs as may do what it does.

use std::fmt;

use http::Method;
use rutter_plan::Right;
use serde_json::{Value, json};

use super::{Api, Refused, send::Content};

/// A right that is missing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Missing(pub Right);

impl fmt::Display for Missing {
    /// `create pods/eviction in namespace shop`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Right { verb, group, resource, subresource, namespace } = &self.0;
        write!(f, "{verb} {resource}")?;
        if !group.is_empty() {
            write!(f, ".{group}")?;
        }
        if !subresource.is_empty() {
            write!(f, "/{subresource}")?;
        }
        if namespace.is_empty() { Ok(()) } else { write!(f, " in namespace {namespace}") }
    }
}

impl Api {
    /// Which of these rights are missing, as the API server says (`SelfSubjectAccessReview`, which everybody may create).
    ///
    /// # Errors
    /// If it doesn't say.
    pub async fn missing(&self, rights: impl IntoIterator<Item = Right>) -> Result<Vec<Missing>, Refused> {
        let mut missing = Vec::new();
        for right in rights {
            if !self.may(&right).await? {
                missing.push(Missing(right));
            }
        }
        Ok(missing)
    }

    async fn may(&self, right: &Right) -> Result<bool, Refused> {
        let review = json!({
            "apiVersion": "authorization.k8s.io/v1",
            "kind": "SelfSubjectAccessReview",
            "spec": {"resourceAttributes": {
                "verb": right.verb,
                "group": right.group,
                "resource": right.resource,
                "subresource": right.subresource,
                "namespace": right.namespace,
            }},
        });
        let content = Content { media_type: "application/json", body: &review };
        let path = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews";
        let answer = self.send(Method::POST, path, Some(content)).await?;
        Ok(answer.body.pointer("/status/allowed").and_then(Value::as_bool).unwrap_or(false))
    }
}
