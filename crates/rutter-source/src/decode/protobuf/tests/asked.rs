//! The model asks for fields; the schema must have them.

use std::{cell::RefCell, collections::BTreeSet};

use rutter_cluster::{Kind, Tables};
use serde::{
    Deserializer,
    de::{
        IntoDeserializer, Visitor,
        value::{Error, MapDeserializer, SeqDeserializer},
    },
};

use super::super::schema::{self, Field, Holds, Message, Type};

/// What the model asks messages for that they don't have: its types stand for several messages, and for those of old API
/// versions. Of Secrets, nothing but metadata is ever decoded from protobuf.
const ELSEWHERE: &[(&[&str], &[&str])] = &[
    (
        &[
            "APIServiceCondition",
            "Condition",
            "HorizontalPodAutoscalerCondition",
            "JobCondition",
            "NamespaceCondition",
            "PodCondition",
            "ReplicaSetCondition",
            "ReplicationControllerCondition",
            "StatefulSetCondition",
        ],
        &["lastHeartbeatTime", "lastUpdateTime"],
    ),
    // One struct reads every kind of metric, of both versions that are read.
    (
        &[
            "ContainerResourceMetricSource",
            "ExternalMetricSource",
            "ObjectMetricSource",
            "PodsMetricSource",
            "ResourceMetricSource",
        ],
        &["current", "currentAverageUtilization", "targetAverageUtilization"],
    ),
    (
        &[
            "ContainerResourceMetricStatus",
            "ExternalMetricStatus",
            "ObjectMetricStatus",
            "PodsMetricStatus",
            "ResourceMetricStatus",
        ],
        &["currentAverageUtilization", "target", "targetAverageUtilization"],
    ),
    (&["ContainerResourceMetricSource", "ContainerResourceMetricStatus"], &["metric"]),
    (&["ResourceMetricSource", "ResourceMetricStatus"], &["container", "metric"]),
    (
        &[
            "ExternalMetricSource",
            "ExternalMetricStatus",
            "ObjectMetricSource",
            "ObjectMetricStatus",
            "PodsMetricSource",
            "PodsMetricStatus",
        ],
        &["container", "name"],
    ),
    (&["HorizontalPodAutoscalerSpec"], &["targetCPUUtilizationPercentage"]),
    (&["HorizontalPodAutoscalerStatus"], &["currentCPUUtilizationPercentage"]),
    (&["ConfigMapEnvSource", "SecretEnvSource"], &["key"]),
    (&["CertificateSigningRequestCondition", "DeploymentCondition"], &["lastHeartbeatTime"]),
    (&["DeploymentStatus"], &["currentRevision", "updateRevision"]),
    (
        &["Event"],
        &[
            "deprecatedCount",
            "deprecatedFirstTimestamp",
            "deprecatedLastTimestamp",
            "deprecatedSource",
            "note",
            "regarding",
            "reportingController",
        ],
    ),
    (&["GRPCAction"], &["host", "path"]),
    (&["IngressBackend"], &["serviceName", "servicePort"]),
    (&["IngressSpec"], &["backend"]),
    (&["LocalObjectReference", "PodSchedulingGate"], &["optional"]),
    (&["NodeCondition"], &["lastUpdateTime"]),
    (
        &["ReplicaSetStatus", "ReplicationControllerStatus"],
        &["currentRevision", "unavailableReplicas", "updateRevision", "updatedReplicas"],
    ),
    (&["Secret"], &["data", "type"]),
    (&["StatefulSetStatus"], &["unavailableReplicas"]),
    (&["TCPSocketAction"], &["path"]),
];

/// Answers everything that the model asks for, and notes it.
#[derive(Clone, Copy)]
struct Asked<'n> {
    of: Holds,
    notes: &'n Notes,
}

#[derive(Default)]
struct Notes {
    missing: RefCell<BTreeSet<(&'static str, &'static str)>>,
    read: RefCell<BTreeSet<(&'static str, &'static str)>>,
}

/// The fields of a message as JSON has them, with the message that each is in.
fn flat(message: &'static Message) -> Vec<(&'static Message, &'static Field)> {
    let inner = |field: &'static Field| match field.holds {
        Holds::Inline(inner) => flat(inner),
        _ => vec![(message, field)],
    };
    message.fields.iter().flat_map(inner).collect()
}

impl<'n> Asked<'n> {
    fn with(self, is: Type) -> Self {
        Self { of: Holds::One(is), ..self }
    }

    fn answer<'de, V: Visitor<'de>>(
        self,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        match self.of {
            Holds::One(Type::Str) => visitor.visit_str("x"),
            Holds::One(Type::Bytes) => visitor.visit_bytes(b"x"),
            Holds::One(Type::Int | Type::Time | Type::IntOrString) => visitor.visit_i64(1),
            Holds::One(Type::Bool) => visitor.visit_bool(true),
            Holds::One(Type::Quantity) => visitor.visit_str("1"),
            Holds::List(is) => visitor.visit_seq(SeqDeserializer::new([self.with(is)].into_iter())),
            Holds::Map(is) => visitor.visit_map(MapDeserializer::new([("x", self.with(is))].into_iter())),
            Holds::One(Type::Message(message)) | Holds::Inline(message) => {
                self.fields(message, fields, visitor)
            }
        }
    }

    fn fields<'de, V: Visitor<'de>>(
        self,
        message: &'static Message,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        let known = flat(message);
        let missing = fields.iter().filter(|name| !known.iter().any(|(_, field)| field.name == **name));
        self.notes.missing.borrow_mut().extend(missing.map(|name| (message.name, *name)));
        let asked = known.into_iter().filter(|(_, field)| fields.contains(&field.name));
        let answers = asked.map(|(of, field)| {
            self.notes.read.borrow_mut().insert((of.name, field.name));
            (field.name, Asked { of: field.holds, ..self })
        });
        visitor.visit_map(MapDeserializer::new(answers))
    }
}

impl IntoDeserializer<'_, Error> for Asked<'_> {
    type Deserializer = Self;
    fn into_deserializer(self) -> Self {
        self
    }
}

impl<'de> Deserializer<'de> for Asked<'_> {
    type Error = Error;

    fn is_human_readable(&self) -> bool {
        false
    }
    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.answer(&[], visitor)
    }
    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.answer(fields, visitor)
    }
    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_some(self)
    }
    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Error> {
        visitor.visit_newtype_struct(self)
    }
    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_unit()
    }
    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct
        seq tuple tuple_struct map enum identifier
    }
}

fn ask_for_all() -> Notes {
    let notes = Notes::default();
    for kind in Kind::served() {
        let all = Asked { of: Holds::One(Type::Message(schema::of(kind))), notes: &notes };
        Tables::default().decode(kind, all).unwrap();
    }
    notes
}

#[test]
fn the_schema_has_every_field_that_the_model_reads() {
    let pairs = |(messages, names): &(&'static [&'static str], &'static [&'static str])| {
        messages.iter().flat_map(|message| names.iter().map(|name| (*message, *name))).collect::<Vec<_>>()
    };
    let elsewhere: BTreeSet<_> = ELSEWHERE.iter().flat_map(pairs).collect();
    let missing = ask_for_all().missing.into_inner();
    let new: Vec<_> = missing.difference(&elsewhere).collect();
    assert!(new.is_empty(), "add to the schema, or here if the message has no such field: {new:?}");
    let stale: Vec<_> = elsewhere.difference(&missing).collect();
    assert!(stale.is_empty(), "nobody asks for these: {stale:?}");
}

#[test]
fn the_schema_has_no_field_that_nobody_reads() {
    let read = ask_for_all().read.into_inner();
    let mut waiting: Vec<_> = Kind::served().map(schema::of).collect();
    while let Some(message) = waiting.pop() {
        for field in message.fields {
            let is_inline = matches!(field.holds, Holds::Inline(_));
            assert!(
                is_inline || read.contains(&(message.name, field.name)),
                "{} {}",
                message.name,
                field.name
            );
            if let Holds::One(Type::Message(inner))
            | Holds::List(Type::Message(inner))
            | Holds::Inline(inner) = field.holds
            {
                waiting.push(inner);
                // The reader goes one level down at a time.
                let nests = inner.fields.iter().any(|field| matches!(field.holds, Holds::Inline(_)));
                assert!(!(is_inline && nests), "{} in {}", inner.name, message.name);
            }
        }
        assert!(message.fields.is_sorted_by_key(|field| field.number), "{}", message.name);
    }
}
