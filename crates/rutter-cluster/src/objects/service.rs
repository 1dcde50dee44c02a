use std::fmt;

use serde::{Deserialize, Deserializer, de};

use crate::{Labels, List, Meta, Str};

/// A port or a count that is a number or a name (or a percentage).
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum IntOrString {
    Int(i64),
    Name(Str),
}

impl Default for IntOrString {
    fn default() -> Self {
        Self::Int(0)
    }
}

/// Which way a part of a pod is rounded. Controllers differ: a surge goes up, what a Deployment may lack down, what a `DaemonSet` or a
/// disruption budget says up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rounded {
    /// Half a pod is one.
    Up,
    /// Half a pod is none.
    Down,
}

impl IntOrString {
    /// The number, or that percentage of `whole`; `None` where it is neither.
    pub fn scaled(&self, whole: i64, rounded: Rounded) -> Option<i64> {
        match self {
            Self::Int(number) => Some(*number),
            Self::Name(percent) => {
                let part = percent.strip_suffix('%')?.parse::<i64>().ok()?.checked_mul(whole)?;
                Some(match rounded {
                    Rounded::Up => part.checked_add(99)? / 100,
                    Rounded::Down => part / 100,
                })
            }
        }
    }
}

impl fmt::Display for IntOrString {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Int(number) => write!(f, "{number}"),
            Self::Name(name) => f.write_str(name),
        }
    }
}

impl<'de> Deserialize<'de> for IntOrString {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl de::Visitor<'_> for Visitor {
            type Value = IntOrString;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a number or a name")
            }
            fn visit_i64<E: de::Error>(self, value: i64) -> Result<IntOrString, E> {
                Ok(IntOrString::Int(value))
            }
            fn visit_u64<E: de::Error>(self, value: u64) -> Result<IntOrString, E> {
                Ok(IntOrString::Int(i64::try_from(value).unwrap_or(i64::MAX)))
            }
            fn visit_f64<E: de::Error>(self, value: f64) -> Result<IntOrString, E> {
                Ok(IntOrString::Int(value as i64))
            }
            fn visit_str<E: de::Error>(self, text: &str) -> Result<IntOrString, E> {
                Ok(text.parse().map_or_else(|_| IntOrString::Name(text.into()), IntOrString::Int))
            }
            fn visit_unit<E: de::Error>(self) -> Result<IntOrString, E> {
                Ok(IntOrString::default())
            }
        }
        deserializer.deserialize_any(Visitor)
    }
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Service {
    #[serde(rename = "metadata")]
    pub meta: Meta,
    pub spec: ServiceSpec,
    pub status: ServiceStatus,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ServiceSpec {
    #[serde(rename = "type")]
    pub kind: Str,
    /// Empty: endpoints are made by hand, or there are none.
    pub selector: Labels,
    #[serde(rename = "clusterIP")]
    pub cluster_ip: Str,
    pub ports: List<ServicePort>,
    pub external_name: Str,
    #[serde(rename = "externalIPs")]
    pub external_ips: List<Str>,
    pub publish_not_ready_addresses: bool,
    pub external_traffic_policy: Str,
    pub internal_traffic_policy: Str,
    pub load_balancer_class: Str,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ServicePort {
    pub name: Str,
    pub protocol: Str,
    #[serde(deserialize_with = "super::int")]
    pub port: i64,
    pub target_port: IntOrString,
    #[serde(deserialize_with = "super::int")]
    pub node_port: i64,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ServiceStatus {
    pub load_balancer: LoadBalancerStatus,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct LoadBalancerStatus {
    pub ingress: List<LoadBalancerIngress>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct LoadBalancerIngress {
    pub ip: Str,
    pub hostname: Str,
}

impl Service {
    /// Whether DNS answers with the pods' own addresses.
    pub fn is_headless(&self) -> bool {
        self.spec.cluster_ip == "None"
    }
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Endpoints {
    #[serde(rename = "metadata")]
    pub meta: Meta,
    pub subsets: List<EndpointSubset>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct EndpointSubset {
    pub addresses: List<EndpointAddress>,
    pub not_ready_addresses: List<EndpointAddress>,
    pub ports: List<EndpointPort>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct EndpointAddress {
    pub ip: Str,
    pub node_name: Str,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct EndpointPort {
    pub name: Str,
    #[serde(deserialize_with = "super::optional_int")]
    pub port: Option<i64>,
    pub protocol: Str,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct EndpointSlice {
    #[serde(rename = "metadata")]
    pub meta: Meta,
    pub endpoints: List<Endpoint>,
    pub ports: List<EndpointPort>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Endpoint {
    pub addresses: List<Str>,
    pub conditions: EndpointConditions,
    pub node_name: Str,
}

#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(default)]
pub struct EndpointConditions {
    pub ready: Option<bool>,
    pub serving: Option<bool>,
    pub terminating: Option<bool>,
}

impl Endpoint {
    /// Whether traffic is sent there; an absent condition counts as ready, as in the API's definition.
    pub fn is_ready(&self) -> bool {
        self.conditions.ready.unwrap_or(true)
    }
}

impl EndpointSlice {
    /// The Service that the slice belongs to.
    pub fn service_name(&self) -> Option<&Str> {
        self.meta.labels.get("kubernetes.io/service-name")
    }
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Ingress {
    #[serde(rename = "metadata")]
    pub meta: Meta,
    pub spec: IngressSpec,
    /// Where its controller says that it can be reached.
    pub status: ServiceStatus,
}

impl Ingress {
    /// The names of the Services that it leads to, repeated where several paths do.
    pub fn services(&self) -> impl Iterator<Item = &Str> {
        let rules = self.spec.rules.iter().filter_map(|rule| rule.http.as_ref());
        let backends = rules.flat_map(|http| &http.paths).map(|path| &path.backend);
        backends.chain(&self.spec.default_backend).filter_map(|backend| match &backend.service {
            Some(service) => Some(&service.name),
            None if !backend.service_name.is_empty() => Some(&backend.service_name),
            None => None,
        })
    }
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct IngressSpec {
    pub ingress_class_name: Str,
    #[serde(alias = "backend")]
    pub default_backend: Option<Backend>,
    pub rules: List<IngressRule>,
    pub tls: List<IngressTls>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct IngressRule {
    pub host: Str,
    pub http: Option<HttpRule>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct HttpRule {
    pub paths: List<HttpPath>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct HttpPath {
    pub path: Str,
    /// `Exact`, `Prefix` or `ImplementationSpecific`; empty before 1.18.
    pub path_type: Str,
    pub backend: Backend,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct IngressTls {
    pub hosts: List<Str>,
    pub secret_name: Str,
}

/// A backend, of `networking.k8s.io/v1` (`service`) or of the beta versions (`serviceName`, `servicePort`).
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Backend {
    pub service: Option<BackendService>,
    pub service_name: Str,
    pub service_port: IntOrString,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct BackendService {
    pub name: Str,
    pub port: BackendPort,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct BackendPort {
    pub name: Str,
    #[serde(deserialize_with = "super::int")]
    pub number: i64,
}

impl Backend {
    /// The Service's name, from whichever form; `None` for a resource backend.
    pub fn service_name(&self) -> Option<&Str> {
        let name = self.service.as_ref().map_or(&self.service_name, |service| &service.name);
        (!name.is_empty()).then_some(name)
    }
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct IngressClass {
    #[serde(rename = "metadata")]
    pub meta: Meta,
    pub spec: IngressClassSpec,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct IngressClassSpec {
    pub controller: Str,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentages_are_rounded_as_they_are_told_to_be() {
        let percent = |text: &str| IntOrString::Name(text.into());
        assert_eq!(percent("25%").scaled(3, Rounded::Down), Some(0));
        assert_eq!(percent("25%").scaled(3, Rounded::Up), Some(1));
        assert_eq!(percent("50%").scaled(4, Rounded::Up), Some(2));
        assert_eq!(percent("0%").scaled(4, Rounded::Up), Some(0));
        assert_eq!(IntOrString::Int(2).scaled(9, Rounded::Down), Some(2));
        for odd in ["25", "%", "a%", "9223372036854775807%"] {
            assert_eq!(percent(odd).scaled(3, Rounded::Up), None, "{odd}");
        }
    }
}
