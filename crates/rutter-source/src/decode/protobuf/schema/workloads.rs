//! Workloads, and what watches over them.
//!
//! From the generated.proto of `apps/v1`, `batch/v1`, `core/v1`, `autoscaling/v2`, `policy/v1`.

use super::{
    messages,
    meta::{LabelSelector, ObjectMeta},
    pods::PodTemplateSpec,
    services::PersistentVolumeClaim,
};

messages! {
    Deployment { 1 metadata: ObjectMeta, 2 spec: DeploymentSpec, 3 status: DeploymentStatus }
    DeploymentSpec {
        1 replicas: int, 2 selector: LabelSelector, 3 template: PodTemplateSpec,
        4 strategy: DeploymentStrategy, 5 minReadySeconds: int, 7 paused: bool,
        9 progressDeadlineSeconds: int,
    }
    DeploymentStrategy { 1 type: str, 2 rollingUpdate: RollingUpdateDeployment }
    RollingUpdateDeployment { 1 maxUnavailable: int_or_string, 2 maxSurge: int_or_string }
    DeploymentStatus {
        1 observedGeneration: int, 2 replicas: int, 3 updatedReplicas: int, 4 availableReplicas: int,
        5 unavailableReplicas: int, 6 conditions: [DeploymentCondition], 7 readyReplicas: int,
    }
    DeploymentCondition {
        1 type: str, 2 status: str, 4 reason: str, 5 message: str, 6 lastUpdateTime: time,
        7 lastTransitionTime: time,
    }
    ReplicaSet { 1 metadata: ObjectMeta, 2 spec: ReplicaSetSpec, 3 status: ReplicaSetStatus }
    ReplicaSetSpec {
        1 replicas: int, 2 selector: LabelSelector, 3 template: PodTemplateSpec,
        4 minReadySeconds: int,
    }
    ReplicaSetStatus {
        1 replicas: int, 3 observedGeneration: int, 4 readyReplicas: int, 5 availableReplicas: int,
        6 conditions: [ReplicaSetCondition],
    }
    ReplicaSetCondition {
        1 type: str, 2 status: str, 3 lastTransitionTime: time, 4 reason: str, 5 message: str,
    }
    StatefulSet { 1 metadata: ObjectMeta, 2 spec: StatefulSetSpec, 3 status: StatefulSetStatus }
    StatefulSetSpec {
        1 replicas: int, 2 selector: LabelSelector, 3 template: PodTemplateSpec,
        4 volumeClaimTemplates: [PersistentVolumeClaim], 5 serviceName: str,
        6 podManagementPolicy: str, 7 updateStrategy: StatefulSetUpdateStrategy,
        9 minReadySeconds: int,
        10 persistentVolumeClaimRetentionPolicy: StatefulSetPersistentVolumeClaimRetentionPolicy,
        11 ordinals: StatefulSetOrdinals,
    }
    StatefulSetPersistentVolumeClaimRetentionPolicy { 1 whenDeleted: str, 2 whenScaled: str }
    StatefulSetOrdinals { 1 start: int }
    StatefulSetUpdateStrategy { 1 type: str, 2 rollingUpdate: RollingUpdateStatefulSetStrategy }
    RollingUpdateStatefulSetStrategy { 1 partition: int }
    StatefulSetStatus {
        1 observedGeneration: int, 2 replicas: int, 3 readyReplicas: int, 5 updatedReplicas: int,
        6 currentRevision: str, 7 updateRevision: str, 10 conditions: [StatefulSetCondition],
        11 availableReplicas: int,
    }
    StatefulSetCondition {
        1 type: str, 2 status: str, 3 lastTransitionTime: time, 4 reason: str, 5 message: str,
    }
    DaemonSet { 1 metadata: ObjectMeta, 2 spec: DaemonSetSpec, 3 status: DaemonSetStatus }
    DaemonSetSpec {
        1 selector: LabelSelector, 2 template: PodTemplateSpec, 3 updateStrategy: DaemonSetUpdateStrategy,
        4 minReadySeconds: int,
    }
    DaemonSetUpdateStrategy { 1 type: str, 2 rollingUpdate: RollingUpdateDaemonSet }
    RollingUpdateDaemonSet { 1 maxUnavailable: int_or_string, 2 maxSurge: int_or_string }
    DaemonSetStatus {
        1 currentNumberScheduled: int, 3 desiredNumberScheduled: int, 4 numberReady: int,
        5 observedGeneration: int, 6 updatedNumberScheduled: int, 7 numberAvailable: int,
        8 numberUnavailable: int,
    }
    ReplicationController {
        1 metadata: ObjectMeta, 2 spec: ReplicationControllerSpec,
        3 status: ReplicationControllerStatus,
    }
    ReplicationControllerSpec {
        1 replicas: int, 2 selector: {str}, 3 template: PodTemplateSpec, 4 minReadySeconds: int,
    }
    ReplicationControllerStatus {
        1 replicas: int, 3 observedGeneration: int, 4 readyReplicas: int, 5 availableReplicas: int,
        6 conditions: [ReplicationControllerCondition],
    }
    ReplicationControllerCondition {
        1 type: str, 2 status: str, 3 lastTransitionTime: time, 4 reason: str, 5 message: str,
    }
    Job { 1 metadata: ObjectMeta, 2 spec: JobSpec, 3 status: JobStatus }
    JobSpec {
        1 parallelism: int, 2 completions: int, 6 template: PodTemplateSpec, 7 backoffLimit: int,
        10 suspend: bool,
    }
    JobStatus {
        1 conditions: [JobCondition], 2 startTime: time, 3 completionTime: time, 4 active: int,
        5 succeeded: int, 6 failed: int,
    }
    JobCondition { 1 type: str, 2 status: str, 4 lastTransitionTime: time, 5 reason: str, 6 message: str }
    CronJob { 1 metadata: ObjectMeta, 2 spec: CronJobSpec, 3 status: CronJobStatus }
    CronJobSpec { 1 schedule: str, 3 concurrencyPolicy: str, 4 suspend: bool }
    CronJobStatus { 4 lastScheduleTime: time, 5 lastSuccessfulTime: time }
    HorizontalPodAutoscaler {
        1 metadata: ObjectMeta, 2 spec: HorizontalPodAutoscalerSpec,
        3 status: HorizontalPodAutoscalerStatus,
    }
    HorizontalPodAutoscalerSpec {
        1 scaleTargetRef: CrossVersionObjectReference, 2 minReplicas: int, 3 maxReplicas: int,
        4 metrics: [MetricSpec], 5 behavior: HorizontalPodAutoscalerBehavior,
    }
    CrossVersionObjectReference { 1 kind: str, 2 name: str, 3 apiVersion: str }
    MetricSpec {
        1 type: str, 2 object: ObjectMetricSource, 3 pods: PodsMetricSource,
        4 resource: ResourceMetricSource, 5 external: ExternalMetricSource,
        7 containerResource: ContainerResourceMetricSource,
    }
    MetricIdentifier { 1 name: str }
    MetricTarget { 2 value: quantity, 3 averageValue: quantity, 4 averageUtilization: int }
    ObjectMetricSource { 2 target: MetricTarget, 3 metric: MetricIdentifier }
    PodsMetricSource { 1 metric: MetricIdentifier, 2 target: MetricTarget }
    ResourceMetricSource { 1 name: str, 2 target: MetricTarget }
    ContainerResourceMetricSource { 1 name: str, 2 target: MetricTarget, 3 container: str }
    ExternalMetricSource { 1 metric: MetricIdentifier, 2 target: MetricTarget }
    HorizontalPodAutoscalerBehavior { 1 scaleUp: HPAScalingRules, 2 scaleDown: HPAScalingRules }
    HPAScalingRules {
        1 selectPolicy: str, 2 policies: [HPAScalingPolicy], 3 stabilizationWindowSeconds: int,
        4 tolerance: quantity,
    }
    HPAScalingPolicy { 1 type: str, 2 value: int, 3 periodSeconds: int }
    HorizontalPodAutoscalerStatus {
        2 lastScaleTime: time, 3 currentReplicas: int, 4 desiredReplicas: int,
        5 currentMetrics: [MetricStatus], 6 conditions: [HorizontalPodAutoscalerCondition],
    }
    MetricStatus {
        1 type: str, 2 object: ObjectMetricStatus, 3 pods: PodsMetricStatus,
        4 resource: ResourceMetricStatus, 5 external: ExternalMetricStatus,
        7 containerResource: ContainerResourceMetricStatus,
    }
    MetricValueStatus { 1 value: quantity, 2 averageValue: quantity, 3 averageUtilization: int }
    ObjectMetricStatus { 1 metric: MetricIdentifier, 2 current: MetricValueStatus }
    PodsMetricStatus { 1 metric: MetricIdentifier, 2 current: MetricValueStatus }
    ResourceMetricStatus { 1 name: str, 2 current: MetricValueStatus }
    ContainerResourceMetricStatus { 1 name: str, 2 current: MetricValueStatus, 3 container: str }
    ExternalMetricStatus { 1 metric: MetricIdentifier, 2 current: MetricValueStatus }
    HorizontalPodAutoscalerCondition {
        1 type: str, 2 status: str, 3 lastTransitionTime: time, 4 reason: str, 5 message: str,
    }
    PodDisruptionBudget {
        1 metadata: ObjectMeta, 2 spec: PodDisruptionBudgetSpec, 3 status: PodDisruptionBudgetStatus,
    }
    PodDisruptionBudgetSpec {
        1 minAvailable: int_or_string, 2 selector: LabelSelector, 3 maxUnavailable: int_or_string,
        4 unhealthyPodEvictionPolicy: str,
    }
    PodDisruptionBudgetStatus {
        1 observedGeneration: int, 3 disruptionsAllowed: int, 4 currentHealthy: int, 5 desiredHealthy: int,
        6 expectedPods: int, 7 conditions: [Condition],
    }
    Condition { 1 type: str, 2 status: str, 4 lastTransitionTime: time, 5 reason: str, 6 message: str }
    ResourceQuota { 1 metadata: ObjectMeta, 2 spec: ResourceQuotaSpec, 3 status: ResourceQuotaStatus }
    ResourceQuotaSpec { 1 hard: {quantity}, 2 scopes: [str], 3 scopeSelector: ScopeSelector }
    ScopeSelector {}
    ResourceQuotaStatus { 1 hard: {quantity}, 2 used: {quantity} }
    LimitRange { 1 metadata: ObjectMeta, 2 spec: LimitRangeSpec }
    LimitRangeSpec { 1 limits: [LimitRangeItem] }
    LimitRangeItem {
        1 type: str, 2 max: {quantity}, 3 min: {quantity}, 4 default: {quantity},
        5 defaultRequest: {quantity},
    }
}
