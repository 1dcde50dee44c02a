//! Nodes, Namespaces, Events, and what the control plane keeps for itself.
//!
//! From the generated.proto of `core/v1`, `coordination/v1`, `admissionregistration/v1`, `certificates/v1`,
//! kube-aggregator `pkg/apis/apiregistration/v1`.

use super::{
    messages,
    meta::{LabelSelector, ObjectMeta, ObjectReference},
};

messages! {
    Node { 1 metadata: ObjectMeta, 2 spec: NodeSpec, 3 status: NodeStatus }
    NodeSpec { 1 podCIDR: str, 3 providerID: str, 4 unschedulable: bool, 5 taints: [Taint] }
    Taint { 1 key: str, 2 value: str, 3 effect: str, 4 timeAdded: time }
    NodeStatus {
        1 capacity: {quantity}, 2 allocatable: {quantity}, 4 conditions: [NodeCondition],
        7 nodeInfo: NodeSystemInfo, 8 images: [ContainerImage],
    }
    NodeCondition {
        1 type: str, 2 status: str, 3 lastHeartbeatTime: time, 4 lastTransitionTime: time,
        5 reason: str, 6 message: str,
    }
    NodeSystemInfo {
        3 bootID: str, 4 kernelVersion: str, 5 osImage: str, 6 containerRuntimeVersion: str,
        7 kubeletVersion: str, 9 operatingSystem: str, 10 architecture: str,
    }
    ContainerImage { 2 sizeBytes: int }
    Namespace { 1 metadata: ObjectMeta, 3 status: NamespaceStatus }
    NamespaceStatus { 1 phase: str, 2 conditions: [NamespaceCondition] }
    NamespaceCondition {
        1 type: str, 2 status: str, 4 lastTransitionTime: time, 5 reason: str, 6 message: str,
    }
    Event {
        1 metadata: ObjectMeta, 2 involvedObject: ObjectReference, 3 reason: str, 4 message: str,
        5 source: EventSource, 6 firstTimestamp: time, 7 lastTimestamp: time, 8 count: int,
        9 type: str, 10 eventTime: time, 11 series: EventSeries, 14 reportingComponent: str,
    }
    EventSource { 1 component: str, 2 host: str }
    EventSeries { 1 count: int, 2 lastObservedTime: time }
    ConfigMap { 1 metadata: ObjectMeta, 2 data: {str}, 3 binaryData: {bytes} }
    // No more, though there is: values have nowhere to go, whatever a server sends.
    Secret { 1 metadata: ObjectMeta }
    Lease { 1 metadata: ObjectMeta, 2 spec: LeaseSpec }
    LeaseSpec { 1 holderIdentity: str, 2 leaseDurationSeconds: int, 4 renewTime: time }
    ValidatingWebhookConfiguration { 1 metadata: ObjectMeta, 2 webhooks: [ValidatingWebhook] }
    ValidatingWebhook {
        1 name: str, 2 clientConfig: WebhookClientConfig, 3 rules: [RuleWithOperations],
        4 failurePolicy: str, 5 namespaceSelector: LabelSelector, 7 timeoutSeconds: int,
        10 objectSelector: LabelSelector, 11 matchConditions: [MatchCondition],
    }
    MutatingWebhookConfiguration { 1 metadata: ObjectMeta, 2 webhooks: [MutatingWebhook] }
    MutatingWebhook {
        1 name: str, 2 clientConfig: WebhookClientConfig, 3 rules: [RuleWithOperations],
        4 failurePolicy: str, 5 namespaceSelector: LabelSelector, 7 timeoutSeconds: int,
        11 objectSelector: LabelSelector, 12 matchConditions: [MatchCondition],
    }
    RuleWithOperations { 1 operations: [str], 2 rule: (inline Rule) }
    Rule { 1 apiGroups: [str], 3 resources: [str] }
    MatchCondition { 1 name: str }
    WebhookClientConfig { 1 service: WebhookService, 3 url: str }
    WebhookService { 1 namespace: str, 2 name: str, 4 port: int }
    APIService { 1 metadata: ObjectMeta, 2 spec: APIServiceSpec, 3 status: APIServiceStatus }
    APIServiceSpec { 1 service: APIServiceService }
    APIServiceService { 1 namespace: str, 2 name: str, 3 port: int }
    APIServiceStatus { 1 conditions: [APIServiceCondition] }
    APIServiceCondition {
        1 type: str, 2 status: str, 3 lastTransitionTime: time, 4 reason: str, 5 message: str,
    }
    CertificateSigningRequest {
        1 metadata: ObjectMeta, 2 spec: CertificateSigningRequestSpec, 3 status: CertificateSigningRequestStatus,
    }
    CertificateSigningRequestSpec { 2 username: str, 5 usages: [str], 7 signerName: str }
    CertificateSigningRequestStatus { 1 conditions: [CertificateSigningRequestCondition], 2 certificate: bytes }
    CertificateSigningRequestCondition {
        1 type: str, 2 reason: str, 3 message: str, 4 lastUpdateTime: time, 5 lastTransitionTime: time, 6 status: str,
    }
}
