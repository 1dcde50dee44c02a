//! Services, what is behind them, and storage.
//!
//! From the generated.proto of `core/v1`, `discovery/v1`, `networking/v1`, `storage/v1`.

use super::{
    messages,
    meta::{ObjectMeta, ObjectReference},
    pods::{NodeSelector, VolumeResourceRequirements},
};

messages! {
    Service { 1 metadata: ObjectMeta, 2 spec: ServiceSpec, 3 status: ServiceStatus }
    ServiceSpec {
        1 ports: [ServicePort], 2 selector: {str}, 3 clusterIP: str, 4 type: str, 5 externalIPs: [str],
        10 externalName: str, 11 externalTrafficPolicy: str, 13 publishNotReadyAddresses: bool,
        21 loadBalancerClass: str,
        22 internalTrafficPolicy: str,
    }
    ServicePort { 1 name: str, 2 protocol: str, 3 port: int, 4 targetPort: int_or_string, 5 nodePort: int }
    ServiceStatus { 1 loadBalancer: LoadBalancerStatus }
    LoadBalancerStatus { 1 ingress: [LoadBalancerIngress] }
    LoadBalancerIngress { 1 ip: str, 2 hostname: str }
    Endpoints { 1 metadata: ObjectMeta, 2 subsets: [EndpointSubset] }
    EndpointSubset {
        1 addresses: [EndpointAddress], 2 notReadyAddresses: [EndpointAddress],
        3 ports: [EndpointPort],
    }
    EndpointAddress { 1 ip: str, 4 nodeName: str }
    EndpointPort { 1 name: str, 2 port: int, 3 protocol: str }
    EndpointSlice { 1 metadata: ObjectMeta, 2 endpoints: [Endpoint], 3 ports: [SlicePort] }
    Endpoint {
        1 addresses: [str], 2 conditions: EndpointConditions,
        6 nodeName: str,
    }
    EndpointConditions { 1 ready: bool, 2 serving: bool, 3 terminating: bool }
    SlicePort { 1 name: str, 2 protocol: str, 3 port: int }
    Ingress { 1 metadata: ObjectMeta, 2 spec: IngressSpec, 3 status: ServiceStatus }
    IngressSpec {
        1 defaultBackend: IngressBackend, 2 tls: [IngressTLS], 3 rules: [IngressRule],
        4 ingressClassName: str,
    }
    IngressTLS { 1 hosts: [str], 2 secretName: str }
    IngressRule { 1 host: str, 2 ingressRuleValue: (inline IngressRuleValue) }
    IngressRuleValue { 1 http: HTTPIngressRuleValue }
    HTTPIngressRuleValue { 1 paths: [HTTPIngressPath] }
    HTTPIngressPath { 1 path: str, 2 backend: IngressBackend, 3 pathType: str }
    IngressBackend { 4 service: IngressServiceBackend }
    IngressServiceBackend { 1 name: str, 2 port: ServiceBackendPort }
    ServiceBackendPort { 1 name: str, 2 number: int }
    IngressClass { 1 metadata: ObjectMeta, 2 spec: IngressClassSpec }
    IngressClassSpec { 1 controller: str }
    PersistentVolumeClaim {
        1 metadata: ObjectMeta, 2 spec: PersistentVolumeClaimSpec,
        3 status: PersistentVolumeClaimStatus,
    }
    PersistentVolumeClaimSpec {
        1 accessModes: [str], 2 resources: VolumeResourceRequirements, 3 volumeName: str,
        5 storageClassName: str,
    }
    PersistentVolumeClaimStatus { 1 phase: str }
    PersistentVolume {
        1 metadata: ObjectMeta, 2 spec: PersistentVolumeSpec, 3 status: PersistentVolumeStatus,
    }
    PersistentVolumeSpec {
        1 capacity: {quantity}, 2 persistentVolumeSource: (inline PersistentVolumeSource),
        3 accessModes: [str], 4 claimRef: ObjectReference, 5 persistentVolumeReclaimPolicy: str,
        6 storageClassName: str, 9 nodeAffinity: VolumeNodeAffinity,
    }
    VolumeNodeAffinity { 1 required: NodeSelector }
    PersistentVolumeSource {
        5 nfs: NFSVolumeSource, 22 csi: CSIPersistentVolumeSource,
    }
    NFSVolumeSource { 1 server: str, 2 path: str }
    CSIPersistentVolumeSource { 1 driver: str }
    PersistentVolumeStatus { 1 phase: str, 2 message: str, 3 reason: str, 4 lastPhaseTransitionTime: time }
    StorageClass {
        1 metadata: ObjectMeta, 2 provisioner: str, 4 reclaimPolicy: str, 7 volumeBindingMode: str,
    }
    VolumeAttachment {
        1 metadata: ObjectMeta, 2 spec: VolumeAttachmentSpec, 3 status: VolumeAttachmentStatus,
    }
    VolumeAttachmentSpec { 1 attacher: str, 2 source: VolumeAttachmentSource, 3 nodeName: str }
    VolumeAttachmentSource { 1 persistentVolumeName: str }
    VolumeAttachmentStatus { 1 attached: bool, 3 attachError: VolumeError, 4 detachError: VolumeError }
    VolumeError { 1 time: time, 2 message: str }
    CSINode { 1 metadata: ObjectMeta, 2 spec: CSINodeSpec }
    CSINodeSpec { 1 drivers: [CSINodeDriver] }
    CSINodeDriver { 1 name: str }
}
