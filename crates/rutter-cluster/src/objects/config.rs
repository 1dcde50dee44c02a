use std::fmt;

use serde::{Deserialize, Deserializer, de};

use crate::{List, Meta, Str};

/// A ConfigMap: its keys. Values are dropped while parsing.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ConfigMap {
    #[serde(rename = "metadata")]
    pub meta: Meta,
    pub data: Keys,
    pub binary_data: Keys,
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
        struct Visitor;
        impl<'de> de::Visitor<'de> for Visitor {
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
            fn visit_map<A: de::MapAccess<'de>>(self, mut map: A) -> Result<Keys, A::Error> {
                let mut keys = Vec::new();
                while let Some((key, de::IgnoredAny)) = map.next_entry::<Str, _>()? {
                    keys.push(key);
                }
                Ok(Keys(keys.into()))
            }
        }
        deserializer.deserialize_any(Visitor)
    }
}
