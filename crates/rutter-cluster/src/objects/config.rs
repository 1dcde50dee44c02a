use std::fmt;

use serde::{Deserialize, Deserializer, de};

use crate::{List, Meta, Str};

/// A ConfigMap: its keys. Values are dropped while parsing, but for [`Settings`].
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ConfigMap {
    #[serde(rename = "metadata")]
    pub meta: Meta,
    pub data: Settings,
    pub binary_data: Keys,
}

/// The keys of a ConfigMap, and the values of those few that a lesson judges: numbers and switches of ingress-nginx, which say
/// nothing of anybody's secrets. All other values are dropped while parsing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Settings {
    keys: Keys,
    /// Sorted as the keys are; clipped.
    values: List<(Str, Str)>,
}

/// Numbers and switches of ingress-nginx (`internal/ingress/controller/config`, 0.20 to 1.14), sorted.
pub const INGRESS_NGINX_SETTINGS: &[&str] = &[
    "client-body-timeout",
    "client-header-timeout",
    "disable-access-log",
    "enable-brotli",
    "enable-multi-accept",
    "enable-real-ip",
    "force-ssl-redirect",
    "generate-request-id",
    "gzip-level",
    "gzip-min-length",
    "hsts",
    "http2-max-concurrent-streams",
    "keep-alive",
    "keep-alive-requests",
    "max-worker-connections",
    "max-worker-open-files",
    "proxy-buffers-number",
    "proxy-connect-timeout",
    "proxy-next-upstream-tries",
    "proxy-read-timeout",
    "proxy-send-timeout",
    "reuse-port",
    "server-name-hash-bucket-size",
    "server-name-hash-max-size",
    "server-tokens",
    "ssl-redirect",
    "upstream-keepalive-connections",
    "upstream-keepalive-requests",
    "upstream-keepalive-timeout",
    "use-forwarded-headers",
    "use-gzip",
    "use-http2",
    "use-proxy-protocol",
    "worker-processes",
];

impl Settings {
    /// The longest value that is kept whole, in bytes; of a longer one the beginning.
    const LONGEST: usize = 32;

    pub fn contains(&self, key: &str) -> bool {
        self.keys.contains(key)
    }
    pub fn iter(&self) -> impl Iterator<Item = &Str> {
        self.keys.iter()
    }
    /// The value of one of the keys of [`INGRESS_NGINX_SETTINGS`].
    pub fn value(&self, key: &str) -> Option<&Str> {
        self.values.iter().find(|(known, _)| known == key).map(|(_, value)| value)
    }
}

impl<'de> Deserialize<'de> for Settings {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut values = Vec::new();
        let keys = deserializer.deserialize_any(KeysVisitor { values: Some(&mut values) })?;
        Ok(Self { keys, values: values.into() })
    }
}

/// A value as far as it is kept: what stands there as a text, or what somebody wrote in its place by mistake.
struct Value(Str);

impl Value {
    fn of(text: &str) -> Self {
        let end = text.floor_char_boundary(Settings::LONGEST);
        Self(text.get(..end).unwrap_or_default().into())
    }
}

impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl<'de> de::Visitor<'de> for Visitor {
            type Value = Value;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a value")
            }
            fn visit_str<E: de::Error>(self, text: &str) -> Result<Value, E> {
                Ok(Value::of(text))
            }
            fn visit_bool<E: de::Error>(self, is: bool) -> Result<Value, E> {
                Ok(Value::of(&is.to_string()))
            }
            fn visit_i64<E: de::Error>(self, number: i64) -> Result<Value, E> {
                Ok(Value::of(&number.to_string()))
            }
            fn visit_u64<E: de::Error>(self, number: u64) -> Result<Value, E> {
                Ok(Value::of(&number.to_string()))
            }
            fn visit_f64<E: de::Error>(self, number: f64) -> Result<Value, E> {
                Ok(Value::of(&number.to_string()))
            }
            fn visit_unit<E: de::Error>(self) -> Result<Value, E> {
                Ok(Value::of(""))
            }
            fn visit_none<E: de::Error>(self) -> Result<Value, E> {
                Ok(Value::of(""))
            }
            fn visit_map<A: de::MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
                while map.next_entry::<de::IgnoredAny, de::IgnoredAny>()?.is_some() {}
                Ok(Value::of(""))
            }
            fn visit_seq<A: de::SeqAccess<'de>>(self, mut list: A) -> Result<Value, A::Error> {
                while list.next_element::<de::IgnoredAny>()?.is_some() {}
                Ok(Value::of(""))
            }
        }
        deserializer.deserialize_any(Visitor)
    }
}

/// A Secret: its type and keys. Values are dropped while parsing and never stored.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Secret {
    #[serde(rename = "metadata")]
    pub meta: Meta,
    #[serde(rename = "type")]
    pub kind: Str,
    /// Absent where only metadata was read (a live cluster): then a missing key can't be told from the object.
    pub data: Option<Keys>,
}

/// The keys of a map whose values were dropped.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Keys(List<Str>);

impl Keys {
    pub fn contains(&self, key: &str) -> bool {
        self.0.iter().any(|known| known == key)
    }
    pub fn iter(&self) -> impl Iterator<Item = &Str> {
        self.0.iter()
    }
}

impl<'de> Deserialize<'de> for Keys {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(KeysVisitor { values: None })
    }
}

struct KeysVisitor<'v> {
    /// Takes the values of known settings, where any may be kept.
    values: Option<&'v mut Vec<(Str, Str)>>,
}

impl<'de> de::Visitor<'de> for KeysVisitor<'_> {
    type Value = Keys;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a map")
    }
    fn visit_unit<E: de::Error>(self) -> Result<Keys, E> {
        Ok(Keys::default())
    }
    fn visit_none<E: de::Error>(self) -> Result<Keys, E> {
        Ok(Keys::default())
    }
    fn visit_str<E: de::Error>(self, _redacted: &str) -> Result<Keys, E> {
        Ok(Keys::default())
    }
    fn visit_map<A: de::MapAccess<'de>>(mut self, mut map: A) -> Result<Keys, A::Error> {
        let mut keys = Vec::new();
        while let Some(key) = map.next_key::<Str>()? {
            let is_setting = || INGRESS_NGINX_SETTINGS.binary_search(&key.as_str()).is_ok();
            match self.values.as_mut().filter(|_| is_setting()) {
                Some(values) => {
                    let Value(value) = map.next_value()?;
                    values.push((key.clone(), value));
                }
                None => {
                    map.next_value::<de::IgnoredAny>()?;
                }
            }
            keys.push(key);
        }
        Ok(Keys(keys.into()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_known_settings_keep_their_values() {
        assert!(INGRESS_NGINX_SETTINGS.is_sorted());
        let text = r#"{"data": {"password": "hunter2", "keep-alive": "75", "worker-processes": 16, "hsts": null, "use-gzip": {"a": [1]},
            "keep-alive-requests": "0123456789012345678901234567890123456789"}, "binaryData": {"keep-alive": "NzU="}}"#;
        let map: ConfigMap = serde_json::from_str(text).unwrap();
        assert!(map.data.contains("password") && map.binary_data.contains("keep-alive"));
        assert!(!format!("{map:?}").contains("hunter2"));
        let value = |key| map.data.value(key).map(Str::as_str);
        assert_eq!((value("keep-alive"), value("worker-processes")), (Some("75"), Some("16")));
        assert_eq!((value("hsts"), value("use-gzip"), value("password")), (Some(""), Some(""), None));
        assert_eq!(value("keep-alive-requests").map(str::len), Some(Settings::LONGEST));
    }

    #[test]
    fn nothing_of_a_secret_is_kept() {
        let secret: Secret =
            serde_json::from_str(r#"{"data": {"worker-processes": "aHVudGVyMg=="}}"#).unwrap();
        assert!(!format!("{secret:?}").contains("aHVudGVyMg"));
    }
}
