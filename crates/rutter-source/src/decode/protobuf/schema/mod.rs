//! What Kubernetes' protobuf messages mean: the number, the JSON name and the type of every field that the model reads.
//!
//! Facts from the `generated.proto` files of k8s.io/api, k8s.io/apimachinery and k8s.io/kube-aggregator v0.34.4.
//! Numbers are never reused, so they hold for every release that serves these API versions; a field that a release
//! doesn't have yet is absent. A test holds the tables against what the model asks for.

mod cluster;
mod meta;
mod pods;
mod services;
mod workloads;

use rutter_cluster::Kind;

/// A message: an object, or a part of one.
#[derive(Debug)]
pub(super) struct Message {
    #[cfg_attr(not(test), expect(dead_code, reason = "tests say by it what is missing"))]
    pub(super) name: &'static str,
    /// By number.
    pub(super) fields: &'static [Field],
}

/// A field of a message.
#[derive(Debug)]
pub(super) struct Field {
    pub(super) number: u32,
    /// Its name in JSON.
    pub(super) name: &'static str,
    pub(super) holds: Holds,
}

/// What a field holds.
#[derive(Debug, Clone, Copy)]
pub(super) enum Holds {
    One(Type),
    List(Type),
    /// From strings.
    Map(Type),
    /// A message whose fields are its parent's in JSON (an embedded struct of Go).
    Inline(&'static Message),
}

/// What one value is.
#[derive(Debug, Clone, Copy)]
pub(super) enum Type {
    Str,
    Bytes,
    Int,
    Bool,
    /// `Time` or `MicroTime`.
    Time,
    Quantity,
    IntOrString,
    Message(&'static Message),
}

/// Writes down messages: `Name { number name: type, … }`, where `[type]` is a list and `{type}` a map from strings.
macro_rules! messages {
    ($($message:ident { $($number:literal $name:ident: $holds:tt),* $(,)? })*) => { $(
        #[expect(non_upper_case_globals, reason = "it bears the message's own name")]
        pub(super) static $message: $crate::decode::protobuf::schema::Message =
            $crate::decode::protobuf::schema::Message {
                name: stringify!($message),
                fields: &[$($crate::decode::protobuf::schema::Field {
                    number: $number,
                    name: stringify!($name),
                    holds: $crate::decode::protobuf::schema::holds!($holds),
                }),*],
            };
    )* };
}

macro_rules! holds {
    ([$one:tt]) => {
        $crate::decode::protobuf::schema::Holds::List($crate::decode::protobuf::schema::one!($one))
    };
    ({$one:tt}) => {
        $crate::decode::protobuf::schema::Holds::Map($crate::decode::protobuf::schema::one!($one))
    };
    ((inline $message:ident)) => {
        $crate::decode::protobuf::schema::Holds::Inline(&$message)
    };
    ($one:tt) => {
        $crate::decode::protobuf::schema::Holds::One($crate::decode::protobuf::schema::one!($one))
    };
}

macro_rules! one {
    (str) => {
        $crate::decode::protobuf::schema::Type::Str
    };
    (bytes) => {
        $crate::decode::protobuf::schema::Type::Bytes
    };
    (int) => {
        $crate::decode::protobuf::schema::Type::Int
    };
    (bool) => {
        $crate::decode::protobuf::schema::Type::Bool
    };
    (time) => {
        $crate::decode::protobuf::schema::Type::Time
    };
    (quantity) => {
        $crate::decode::protobuf::schema::Type::Quantity
    };
    (int_or_string) => {
        $crate::decode::protobuf::schema::Type::IntOrString
    };
    ($message:ident) => {
        $crate::decode::protobuf::schema::Type::Message(&$message)
    };
}

use {holds, messages, one};

/// The message of an object of `kind`, at [`Kind::api_version`].
pub(super) fn of(kind: Kind) -> &'static Message {
    match kind {
        Kind::Node => &cluster::Node,
        Kind::Namespace => &cluster::Namespace,
        // No API serves static pods.
        Kind::Pod | Kind::StaticPod => &pods::Pod,
        Kind::Event => &cluster::Event,
        Kind::Deployment => &workloads::Deployment,
        Kind::ReplicaSet => &workloads::ReplicaSet,
        Kind::StatefulSet => &workloads::StatefulSet,
        Kind::DaemonSet => &workloads::DaemonSet,
        Kind::ReplicationController => &workloads::ReplicationController,
        Kind::Job => &workloads::Job,
        Kind::CronJob => &workloads::CronJob,
        Kind::Service => &services::Service,
        Kind::Endpoints => &services::Endpoints,
        Kind::EndpointSlice => &services::EndpointSlice,
        Kind::Ingress => &services::Ingress,
        Kind::IngressClass => &services::IngressClass,
        Kind::HorizontalPodAutoscaler => &workloads::HorizontalPodAutoscaler,
        Kind::PodDisruptionBudget => &workloads::PodDisruptionBudget,
        Kind::PersistentVolumeClaim => &services::PersistentVolumeClaim,
        Kind::PersistentVolume => &services::PersistentVolume,
        Kind::StorageClass => &services::StorageClass,
        Kind::VolumeAttachment => &services::VolumeAttachment,
        Kind::CsiNode => &services::CSINode,
        Kind::ResourceQuota => &workloads::ResourceQuota,
        Kind::LimitRange => &workloads::LimitRange,
        Kind::ConfigMap => &cluster::ConfigMap,
        Kind::Secret => &cluster::Secret,
        Kind::Lease => &cluster::Lease,
        Kind::ValidatingWebhookConfiguration => &cluster::ValidatingWebhookConfiguration,
        Kind::MutatingWebhookConfiguration => &cluster::MutatingWebhookConfiguration,
        Kind::ApiService => &cluster::APIService,
        Kind::CertificateSigningRequest => &cluster::CertificateSigningRequest,
    }
}
