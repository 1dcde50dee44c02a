//! Feature gates that a version doesn't know any more, or that are locked: with one of them set so, the program ends at once.
//!
//! Read out of `pkg/features` of kubernetes/kubernetes and of its API server, 1.27 to 1.34, where all programs have their gates
//! from: a gate is removed by the first version that lacks it, and locked from the first of 1.28 or later that says `LockToDefault`.

/// The first minor version without the gates.
const REMOVED: [(u32, &str); 7] = [
    (
        28,
        "AdvancedAuditing CSIMigrationGCE CSIStorageCapacity DelegateFSGroupToCSIDriver DevicePlugins \
         DisableAcceleratorUsageMetrics DryRun EndpointSliceTerminatingCondition KubeletCredentialProviders \
         MixedProtocolLBService NetworkPolicyStatus PodHasNetworkCondition PodSecurity ServiceIPStaticSubrange \
         ServiceInternalTrafficPolicy UserNamespacesStatelessPodsSupport WindowsHostProcessContainers",
    ),
    (
        29,
        "CSIMigrationvSphere CronJobTimeZone DownwardAPIHugePages GRPCContainerProbe \
         JobMutableNodeSchedulingDirectives JobTrackingWithFinalizers LegacyServiceAccountTokenNoAutoGeneration \
         MultiCIDRRangeAllocator OpenAPIV3 ProbeTerminationGracePeriod RetroactiveDefaultStorageClass SeccompDefault \
         TopologyManager",
    ),
    (
        30,
        "APISelfSubjectReview CSIMigrationAzureFile ExpandedDNSConfig ExperimentalHostUserNamespaceDefaulting \
         IPTablesOwnershipCleanup KubeletPodResources KubeletPodResourcesGetAllocatable \
         LegacyServiceAccountTokenTracking MinimizeIPTablesRestore ProxyTerminatingEndpoints RemoveSelfLink \
         SecurityContextDeny",
    ),
    (
        31,
        "APIPriorityAndFairness CSIMigrationRBD CSINodeExpandSecret ConsistentHTTPGetHandlers \
         CustomResourceValidationExpressions DefaultHostNetworkHostPortsInPodTemplates InTreePluginAWSUnregister \
         InTreePluginAzureDiskUnregister InTreePluginAzureFileUnregister InTreePluginGCEUnregister \
         InTreePluginOpenStackUnregister InTreePluginRBDUnregister InTreePluginvSphereUnregister JobReadyPods \
         ReadWriteOncePod ServiceNodePortStaticSubrange SkipReadOnlyValidationGCE",
    ),
    (
        32,
        "CloudDualStackNodeIPs DRAControlPlaneController HPAContainerMetrics KMSv2 KMSv2KDF \
         LegacyServiceAccountTokenCleanUp MinDomainsInPodTopologySpread NewVolumeManagerReconstruction \
         NodeOutOfServiceVolumeDetach PodHostIPs ServerSideApply ServerSideFieldValidation StableLoadBalancerNodeSet \
         ValidatingAdmissionPolicy ZeroLimitedNominalConcurrencyShares",
    ),
    (
        33,
        "APIListChunking AdmissionWebhookMatchConditions AggregatedDiscoveryEndpoint AppArmor AppArmorFields \
         CPUManager DisableCloudProviders DisableKubeletCloudCredentialProviders EfficientWatchResumption \
         JobPodFailurePolicy KubeProxyDrainingTerminatingNodes PDBUnhealthyPodEvictionPolicy \
         PersistentVolumeLastPhaseTransitionTime RemainingItemCount VolumeCapacityPriority WatchBookmark",
    ),
    (
        34,
        "DevicePluginCDIDevices ElasticIndexedJob LegacySidecarContainers PodDisruptionConditions \
         StatefulSetStartOrdinal",
    ),
];

/// The first minor version that has the gates locked, and to what.
const LOCKED: [(u32, bool, &str); 10] = [
    (28, false, "ExperimentalHostUserNamespaceDefaulting"),
    (
        28,
        true,
        "APISelfSubjectReview CPUManager CSIMigrationAzureFile CSIMigrationvSphere CronJobTimeZone \
         DownwardAPIHugePages EfficientWatchResumption ExpandedDNSConfig GRPCContainerProbe IPTablesOwnershipCleanup \
         JobMutableNodeSchedulingDirectives JobTrackingWithFinalizers KubeletPodResources \
         KubeletPodResourcesGetAllocatable LegacyServiceAccountTokenNoAutoGeneration \
         LegacyServiceAccountTokenTracking MinimizeIPTablesRestore NodeOutOfServiceVolumeDetach OpenAPIV3 \
         ProbeTerminationGracePeriod ProxyTerminatingEndpoints RemoveSelfLink RetroactiveDefaultStorageClass \
         SeccompDefault ServerSideApply ServerSideFieldValidation TopologyManager WatchBookmark",
    ),
    (
        29,
        true,
        "APIListChunking APIPriorityAndFairness CSINodeExpandSecret CustomResourceValidationExpressions JobReadyPods \
         KMSv2 KMSv2KDF ReadWriteOncePod RemainingItemCount ServiceNodePortStaticSubrange",
    ),
    (
        30,
        true,
        "AdmissionWebhookMatchConditions AggregatedDiscoveryEndpoint CloudDualStackNodeIPs ConsistentHTTPGetHandlers \
         HPAContainerMetrics LegacyServiceAccountTokenCleanUp MinDomainsInPodTopologySpread \
         NewVolumeManagerReconstruction PodHostIPs PodSchedulingReadiness StableLoadBalancerNodeSet \
         ValidatingAdmissionPolicy ZeroLimitedNominalConcurrencyShares",
    ),
    (
        31,
        true,
        "AppArmor AppArmorFields DevicePluginCDIDevices DisableCloudProviders DisableKubeletCloudCredentialProviders \
         ElasticIndexedJob JobPodFailurePolicy KubeProxyDrainingTerminatingNodes LogarithmicScaleDown \
         PDBUnhealthyPodEvictionPolicy PersistentVolumeLastPhaseTransitionTime PodDisruptionConditions \
         StatefulSetStartOrdinal",
    ),
    (32, false, "AllowServiceLBStatusOnNonLB"),
    (
        32,
        true,
        "CronJobsScheduledAnnotation LoadBalancerIPMode MemoryManager PodIndexLabel RetryGenerateName \
         ServiceAccountTokenJTI ServiceAccountTokenNodeBindingValidation ServiceAccountTokenPodNodeInfo \
         SizeMemoryBackedVolumes StatefulSetAutoDeletePVC StrictCostEnforcementForVAP \
         StrictCostEnforcementForWebhooks StructuredAuthorizationConfiguration",
    ),
    (33, false, "WatchFromStorageWithoutResourceVersion"),
    (
        33,
        true,
        "AnyVolumeDataSource BtreeWatchCache CPUManagerPolicyOptions CSIMigrationPortworx HonorPVReclaimPolicy \
         JobBackoffLimitPerIndex JobSuccessPolicy MatchLabelKeysInPodAffinity NFTablesProxyMode \
         NodeInclusionPolicyInPodTopologySpread RecursiveReadOnlyMounts ServiceAccountTokenNodeBinding \
         ServiceTrafficDistribution SidecarContainers TopologyAwareHints",
    ),
    (
        34,
        true,
        "APIServerTracing AnonymousAuthConfigurableEndpoints AuthorizeNodeWithSelectors AuthorizeWithSelectors \
         ConsistentListFromCache JobPodReplacementPolicy KubeletCgroupDriverFromCRI KubeletTracing \
         MultiCIDRServiceAllocator NodeSwap OrderedNamespaceDeletion PodLifecycleSleepAction \
         PodLifecycleSleepActionAllowZero ProbeHostPodSecurityStandards RecoverVolumeExpansionFailure \
         RelaxedDNSSearchValidation RelaxedEnvironmentVariableValidation ResilientWatchCacheInitialization \
         SchedulerQueueingHints SeparateTaintEvictionController StreamingCollectionEncodingToJSON \
         StreamingCollectionEncodingToProtobuf StructuredAuthenticationConfiguration WinDSR WinOverlay",
    ),
];

/// The last minor version whose locks are known here: a later one may have removed the gate, or undone the lock.
const NEWEST: u32 = 34;

/// Why a program does not take a gate.
#[derive(Debug, PartialEq)]
pub(super) enum Refused {
    /// It has it no more since that minor version.
    Removed(u32),
    /// It has it, and it stays so.
    LockedTo(bool),
}

/// What a minor version of Kubernetes says of a gate that is set so.
pub(super) fn refused(gate: &str, set: bool, minor: u32) -> Option<Refused> {
    let is_one = |names: &str| names.split(' ').any(|name| name == gate);
    let removed = REMOVED.iter().find(|(since, names)| minor >= *since && is_one(names));
    if let Some((since, _)) = removed {
        return Some(Refused::Removed(*since));
    }
    let (_, to, _) =
        LOCKED.iter().find(|(since, _, names)| (*since..=NEWEST).contains(&minor) && is_one(names))?;
    (*to != set).then_some(Refused::LockedTo(*to))
}

/// The gates that a value of `--feature-gates` sets: `A=true,B=false`, from 1.31 on also `kube:A=true`. Those of other components
/// (`wardle:`), and what is no yes or no, are left out.
pub(super) fn set(value: &str) -> impl Iterator<Item = (&str, bool)> {
    value.split(',').filter_map(|one| {
        let (name, set) = one.trim().split_once('=')?;
        let name = name.strip_prefix("kube:").unwrap_or(name);
        // As Go reads it.
        let set = match set.trim() {
            "1" | "t" | "T" | "true" | "TRUE" | "True" => true,
            "0" | "f" | "F" | "false" | "FALSE" | "False" => false,
            _ => return None,
        };
        Some((name.trim(), set))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn by_version() {
        assert_eq!(refused("PodSecurity", true, 27), None);
        assert_eq!(refused("PodSecurity", true, 28), Some(Refused::Removed(28)));
        // Locked, then gone.
        assert_eq!(refused("AppArmor", false, 30), None);
        assert_eq!(refused("AppArmor", false, 31), Some(Refused::LockedTo(true)));
        assert_eq!(refused("AppArmor", true, 32), None);
        assert_eq!(refused("AppArmor", true, 33), Some(Refused::Removed(33)));
        assert_eq!(refused("NodeSwap", false, 34), Some(Refused::LockedTo(true)));
        assert_eq!(refused("NodeSwap", false, 35), None);
        assert_eq!(refused("AllowServiceLBStatusOnNonLB", true, 32), Some(Refused::LockedTo(false)));
        assert_eq!(refused("AllAlpha", true, 34), None);
    }

    #[test]
    fn values() {
        let of = |value| set(value).collect::<Vec<_>>();
        assert_eq!(of("A=true, kube:B=F"), [("A", true), ("B", false)]);
        assert_eq!(of("wardle:C=true"), [("wardle:C", true)]);
        assert_eq!(of(",A,B=maybe,=,"), []);
    }

    #[test]
    fn each_gate_stands_once_in_a_table() {
        let check = |all: Vec<&str>| {
            let once: std::collections::BTreeSet<&str> = all.iter().copied().collect();
            assert_eq!(once.len(), all.len());
            assert!(!once.contains(""));
        };
        check(REMOVED.iter().flat_map(|(_, names)| names.split(' ')).collect());
        check(LOCKED.iter().flat_map(|(.., names)| names.split(' ')).collect());
    }
}
