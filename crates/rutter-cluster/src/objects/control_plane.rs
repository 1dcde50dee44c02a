use serde::{Deserialize, Deserializer, de};

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
    pub object_selector: Option<LabelSelector>,
    /// For which requests it is called: any of these.
    pub rules: List<WebhookRule>,
    /// Expressions that must all hold for it to be called (1.27+).
    pub match_conditions: List<MatchCondition>,
    /// 10 by default in `v1`, 30 in `v1beta1`.
    #[serde(deserialize_with = "super::int")]
    pub timeout_seconds: i64,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct WebhookRule {
    /// `CREATE`, `UPDATE`, `DELETE`, `CONNECT` or `*`.
    pub operations: List<Str>,
    pub api_groups: List<Str>,
    /// `pods`, `pods/eviction`, `*`, `*/*`, …
    pub resources: List<Str>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct MatchCondition {
    pub name: Str,
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
    /// 443 by default.
    #[serde(deserialize_with = "super::optional_int")]
    pub port: Option<i64>,
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

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct CertificateSigningRequest {
    #[serde(rename = "metadata")]
    pub meta: Meta,
    pub spec: SigningRequestSpec,
    pub status: SigningRequestStatus,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct SigningRequestSpec {
    /// Empty before 1.18.
    pub signer_name: Str,
    /// Who asks.
    pub username: Str,
    /// `client auth`, `server auth`, …
    pub usages: List<Str>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct SigningRequestStatus {
    /// `Approved`, `Denied`, `Failed`.
    pub conditions: List<Condition>,
    /// Whether the certificate was issued; what it says is not kept.
    #[serde(rename = "certificate", deserialize_with = "is_there")]
    pub is_issued: bool,
}

/// Whether there is a text or bytes, whatever they say.
fn is_there<'de, D: Deserializer<'de>>(deserializer: D) -> Result<bool, D::Error> {
    struct Visitor;
    impl de::Visitor<'_> for Visitor {
        type Value = bool;
        fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str("a text")
        }
        fn visit_str<E: de::Error>(self, text: &str) -> Result<bool, E> {
            Ok(!text.is_empty())
        }
        fn visit_bytes<E: de::Error>(self, bytes: &[u8]) -> Result<bool, E> {
            Ok(!bytes.is_empty())
        }
        fn visit_unit<E: de::Error>(self) -> Result<bool, E> {
            Ok(false)
        }
        fn visit_none<E: de::Error>(self) -> Result<bool, E> {
            Ok(false)
        }
    }
    deserializer.deserialize_any(Visitor)
}
