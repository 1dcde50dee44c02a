use serde::Deserialize;

use super::Condition;
use crate::{LabelSelector, List, Meta, Str, Time, time};

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Namespace {
    #[serde(rename = "metadata")]
    pub meta: Meta,
    pub status: NamespaceStatus,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct NamespaceStatus {
    pub phase: Str,
    pub conditions: List<Condition>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Lease {
    #[serde(rename = "metadata")]
    pub meta: Meta,
    pub spec: LeaseSpec,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct LeaseSpec {
    pub holder_identity: Str,
    #[serde(deserialize_with = "super::int")]
    pub lease_duration_seconds: i64,
    #[serde(deserialize_with = "time::lenient")]
    pub renew_time: Option<Time>,
}

macro_rules! webhook_configuration {
    ($name:ident) => {
        #[derive(Debug, Clone, Default, Deserialize)]
        #[serde(default)]
        pub struct $name {
            #[serde(rename = "metadata")]
            pub meta: Meta,
            pub webhooks: List<Webhook>,
        }
    };
}

webhook_configuration!(ValidatingWebhookConfiguration);
webhook_configuration!(MutatingWebhookConfiguration);

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Webhook {
    pub name: Str,
    /// `Fail` (the default since v1) or `Ignore` (the default in v1beta1).
    pub failure_policy: Str,
    pub client_config: WebhookClientConfig,
    pub namespace_selector: Option<LabelSelector>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct WebhookClientConfig {
    pub url: Str,
    pub service: Option<ServiceReference>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct ServiceReference {
    pub namespace: Str,
    pub name: Str,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct ApiService {
    #[serde(rename = "metadata")]
    pub meta: Meta,
    pub spec: ApiServiceSpec,
    pub status: ApiServiceStatus,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct ApiServiceSpec {
    pub service: Option<ServiceReference>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct ApiServiceStatus {
    pub conditions: List<Condition>,
}
