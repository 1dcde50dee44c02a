//! Pods.
//!
//! From the generated.proto of `core/v1`.

use super::{
    messages,
    meta::{LabelSelector, ObjectMeta},
};

messages! {
    Pod { 1 metadata: ObjectMeta, 2 spec: PodSpec, 3 status: PodStatus }
    PodTemplateSpec { 1 metadata: ObjectMeta, 2 spec: PodSpec }
    PodSpec {
        1 volumes: [Volume], 2 containers: [Container], 3 restartPolicy: str,
        4 terminationGracePeriodSeconds: int, 6 dnsPolicy: str, 7 nodeSelector: {str}, 8 serviceAccountName: str,
        10 nodeName: str, 11 hostNetwork: bool, 15 imagePullSecrets: [LocalObjectReference],
        16 hostname: str, 17 subdomain: str, 18 affinity: Affinity, 19 schedulerName: str,
        20 initContainers: [Container], 22 tolerations: [Toleration], 24 priorityClassName: str,
        25 priority: int, 26 dnsConfig: PodDNSConfig, 28 readinessGates: [PodReadinessGate],
        33 topologySpreadConstraints: [TopologySpreadConstraint],
        38 schedulingGates: [PodSchedulingGate], 40 resources: ResourceRequirements,
    }
    PodDNSConfig { 3 options: [PodDNSConfigOption] }
    PodDNSConfigOption { 1 name: str, 2 value: str }
    LocalObjectReference { 1 name: str }
    PodReadinessGate { 1 conditionType: str }
    PodSchedulingGate { 1 name: str }
    TopologySpreadConstraint {
        1 maxSkew: int, 2 topologyKey: str, 3 whenUnsatisfiable: str, 4 labelSelector: LabelSelector,
        8 matchLabelKeys: [str],
    }
    Affinity { 1 nodeAffinity: NodeAffinity, 3 podAntiAffinity: PodAntiAffinity }
    PodAntiAffinity { 1 requiredDuringSchedulingIgnoredDuringExecution: [PodAffinityTerm] }
    PodAffinityTerm {
        1 labelSelector: LabelSelector, 2 namespaces: [str], 3 topologyKey: str,
        4 namespaceSelector: LabelSelector,
    }
    NodeAffinity { 1 requiredDuringSchedulingIgnoredDuringExecution: NodeSelector }
    NodeSelector { 1 nodeSelectorTerms: [NodeSelectorTerm] }
    NodeSelectorTerm {
        1 matchExpressions: [NodeSelectorRequirement], 2 matchFields: [NodeSelectorRequirement],
    }
    NodeSelectorRequirement { 1 key: str, 2 operator: str, 3 values: [str] }
    Toleration { 1 key: str, 2 operator: str, 3 value: str, 4 effect: str, 5 tolerationSeconds: int }
    Container {
        1 name: str, 2 image: str, 3 command: [str], 4 args: [str], 6 ports: [ContainerPort],
        7 env: [EnvVar], 8 resources: ResourceRequirements, 10 livenessProbe: Probe,
        11 readinessProbe: Probe, 14 imagePullPolicy: str, 19 envFrom: [EnvFromSource],
        22 startupProbe: Probe, 24 restartPolicy: str,
    }
    ContainerPort { 1 name: str, 2 hostPort: int, 3 containerPort: int, 4 protocol: str, 5 hostIP: str }
    ResourceRequirements { 1 limits: {quantity}, 2 requests: {quantity} }
    VolumeResourceRequirements { 1 limits: {quantity}, 2 requests: {quantity} }
    Probe {
        1 handler: (inline ProbeHandler), 2 initialDelaySeconds: int, 3 timeoutSeconds: int,
        4 periodSeconds: int, 6 failureThreshold: int,
    }
    ProbeHandler {
        1 exec: ExecAction, 2 httpGet: HTTPGetAction, 3 tcpSocket: TCPSocketAction, 4 grpc: GRPCAction,
    }
    ExecAction { 1 command: [str] }
    HTTPGetAction { 1 path: str, 2 port: int_or_string, 3 host: str }
    TCPSocketAction { 1 port: int_or_string, 2 host: str }
    GRPCAction { 1 port: int }
    EnvVar { 3 valueFrom: EnvVarSource }
    EnvVarSource { 3 configMapKeyRef: ConfigMapKeySelector, 4 secretKeyRef: SecretKeySelector }
    ConfigMapKeySelector {
        1 localObjectReference: (inline LocalObjectReference), 2 key: str, 3 optional: bool,
    }
    SecretKeySelector { 1 localObjectReference: (inline LocalObjectReference), 2 key: str, 3 optional: bool }
    EnvFromSource { 2 configMapRef: ConfigMapEnvSource, 3 secretRef: SecretEnvSource }
    ConfigMapEnvSource { 1 localObjectReference: (inline LocalObjectReference), 2 optional: bool }
    SecretEnvSource { 1 localObjectReference: (inline LocalObjectReference), 2 optional: bool }
    Volume { 1 name: str, 2 volumeSource: (inline VolumeSource) }
    VolumeSource {
        1 hostPath: HostPathVolumeSource, 2 emptyDir: EmptyDirVolumeSource,
        6 secret: SecretVolumeSource, 10 persistentVolumeClaim: PersistentVolumeClaimVolumeSource,
        19 configMap: ConfigMapVolumeSource, 29 ephemeral: EphemeralVolumeSource,
    }
    HostPathVolumeSource { 1 path: str }
    EmptyDirVolumeSource { 1 medium: str, 2 sizeLimit: quantity }
    SecretVolumeSource { 1 secretName: str, 4 optional: bool }
    PersistentVolumeClaimVolumeSource { 1 claimName: str }
    ConfigMapVolumeSource { 1 localObjectReference: (inline LocalObjectReference), 4 optional: bool }
    EphemeralVolumeSource {}
    PodStatus {
        1 phase: str, 2 conditions: [PodCondition], 3 message: str, 4 reason: str, 6 podIP: str,
        7 startTime: time, 8 containerStatuses: [ContainerStatus],
        10 initContainerStatuses: [ContainerStatus],
    }
    PodCondition { 1 type: str, 2 status: str, 4 lastTransitionTime: time, 5 reason: str, 6 message: str }
    ContainerStatus {
        1 name: str, 2 state: ContainerState, 3 lastState: ContainerState, 4 ready: bool,
        5 restartCount: int, 8 containerID: str, 9 started: bool,
    }
    ContainerState {
        1 waiting: ContainerStateWaiting, 2 running: ContainerStateRunning,
        3 terminated: ContainerStateTerminated,
    }
    ContainerStateWaiting { 1 reason: str, 2 message: str }
    ContainerStateRunning { 1 startedAt: time }
    ContainerStateTerminated {
        1 exitCode: int, 2 signal: int, 3 reason: str, 4 message: str, 5 startedAt: time,
        6 finishedAt: time,
    }
}
