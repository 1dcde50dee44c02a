//! The specification of pods: a workload's template, and what admission and the scheduler add to it in a pod.

use super::json::{Json, arr, obj};
use super::plan::{Kind, Plan, Workload, WorkloadFault};

const SIDECAR_IMAGE: &str = "docker.io/envoyproxy/envoy:v1.34.1";
const MISSING_TAG: &str = "v0.0.0-missing";

/// A container, as far as the status of a pod repeats it.
pub(super) struct Container {
    pub(super) name: &'static str,
    pub(super) image: String,
    pub(super) cpu_millis: u32,
    pub(super) memory_mib: u32,
    pub(super) mounts: Vec<(String, &'static str, bool)>,
    pub(super) main: bool,
    pub(super) port: i64,
}

impl Container {
    pub(super) fn resources(&self) -> Json {
        obj! {
            "limits": obj! { "memory": format!("{}Mi", self.memory_mib * 2) },
            "requests": self.requests(),
        }
    }

    pub(super) fn requests(&self) -> Json {
        obj! { "cpu": format!("{}m", self.cpu_millis), "memory": format!("{}Mi", self.memory_mib) }
    }
}

pub(super) fn image(plan: &Plan, workload: usize) -> String {
    let of = &plan.workloads[workload];
    let mut rng = plan.rng("image", workload);
    let (major, minor, patch) = (1 + rng.below(4), rng.below(30), rng.below(12));
    let tag = match of.fault {
        WorkloadFault::ImagePull => MISSING_TAG.to_owned(),
        _ => format!("v{major}.{minor}.{patch}"),
    };
    match plan.namespace_of(of) {
        "kube-system" | "monitoring" | "logging" => format!("registry.k8s.io/{}:{tag}", of.name),
        _ => format!("registry.acme.example/platform/{}:{tag}", of.name),
    }
}

pub(super) fn containers(plan: &Plan, workload: usize) -> Vec<Container> {
    let of = &plan.workloads[workload];
    let mut mounts = Vec::new();
    if of.elaborate {
        mounts.push(("tmp".to_owned(), "/tmp", false));
    }
    if of.config_map {
        mounts.push(("config".to_owned(), "/etc/app", true));
    }
    if of.kind == Kind::StatefulSet {
        mounts.push(("data".to_owned(), "/var/lib/data", false));
    }
    let main = Container {
        name: "app",
        image: image(plan, workload),
        cpu_millis: of.cpu_millis,
        memory_mib: of.memory_mib,
        mounts,
        main: true,
        // In the host's network no two pods of a node may have one port.
        port: if of.host_network { 9100 + workload as i64 % 800 } else { 8080 },
    };
    let sidecar = of.sidecar.then(|| Container {
        name: "proxy",
        image: SIDECAR_IMAGE.to_owned(),
        cpu_millis: 50,
        memory_mib: 64,
        mounts: Vec::new(),
        main: false,
        port: 15021,
    });
    std::iter::once(main).chain(sidecar).collect()
}

pub(super) fn selector_labels(workload: &Workload) -> [(&'static str, Json); 1] {
    [("app.kubernetes.io/name", (&workload.name).into())]
}

/// The labels of the template, with the hash of the template's revision where a ReplicaSet adds it.
pub(super) fn labels(plan: &Plan, workload: &Workload, hash: Option<String>) -> Vec<(&'static str, Json)> {
    let mut labels = vec![
        ("app.kubernetes.io/name", Json::from(&workload.name)),
        ("app.kubernetes.io/part-of", plan.namespace_of(workload).to_owned().into()),
        ("app.kubernetes.io/managed-by", "Helm".into()),
    ];
    labels.extend(hash.map(|hash| ("pod-template-hash", hash.into())));
    labels
}

pub(super) fn annotations(workload: &Workload) -> Json {
    if !workload.elaborate {
        return Json::Absent;
    }
    Json::map([
        ("prometheus.io/scrape", Json::from("true")),
        ("prometheus.io/port", "9090".into()),
        ("checksum/config", format!("{:016x}", workload.created.unsigned_abs() * 2_654_435_761).into()),
    ])
}

/// The template of a workload in its present revision.
pub(super) fn template(plan: &Plan, workload: usize, hash: Option<String>) -> Json {
    let of = &plan.workloads[workload];
    obj! {
        "metadata": obj! {
            "labels": Json::map(labels(plan, of, hash)),
            "annotations": annotations(of),
        },
        "spec": pod_spec(plan, workload, None),
    }
}

/// What a pod has beyond its template.
pub(super) struct Placement {
    pub(super) pod_name: String,
    pub(super) node: String,
    pub(super) token_volume: String,
}

pub(super) fn pod_spec(plan: &Plan, workload: usize, placement: Option<&Placement>) -> Json {
    let of = &plan.workloads[workload];
    let account = service_account(of);
    let critical = of.kind == Kind::DaemonSet;
    let hostname =
        placement.filter(|_| of.kind == Kind::StatefulSet).map(|placement| placement.pod_name.clone());
    let in_pod = |value: &dyn Fn(&Placement) -> Json| placement.map_or(Json::Absent, value);
    let containers = containers(plan, workload);
    obj! {
        "volumes": volumes(of, placement),
        "containers": containers.iter().map(|one| container(of, one, placement)).collect::<Json>(),
        "restartPolicy": "Always",
        "terminationGracePeriodSeconds": 30,
        "dnsPolicy": if of.host_network { "ClusterFirstWithHostNet" } else { "ClusterFirst" },
        "serviceAccountName": account.clone(),
        "serviceAccount": account,
        "nodeName": in_pod(&|placement| (&placement.node).into()),
        "hostNetwork": Json::when(of.host_network, || true.into()),
        "securityContext": if of.elaborate { security_context() } else { obj! {} },
        "hostname": hostname.clone().map_or(Json::Absent, Json::from),
        "subdomain": hostname.map_or(Json::Absent, |_| Json::from(&of.name)),
        "affinity": affinity(of, placement),
        "schedulerName": "default-scheduler",
        "tolerations": tolerations(of, placement.is_some()),
        "priorityClassName": Json::when(critical, || "system-node-critical".into()),
        "priority": in_pod(&|_| if critical { 2_000_001_000.into() } else { 0.into() }),
        "enableServiceLinks": in_pod(&|_| true.into()),
        "preemptionPolicy": in_pod(&|_| "PreemptLowerPriority".into()),
        "topologySpreadConstraints": topology_spread(of),
    }
}

pub(super) fn service_account(workload: &Workload) -> String {
    if workload.sidecar || workload.kind == Kind::DaemonSet {
        workload.name.clone()
    } else {
        "default".to_owned()
    }
}

fn security_context() -> Json {
    obj! {
        "runAsUser": 10001,
        "runAsGroup": 10001,
        "runAsNonRoot": true,
        "fsGroup": 10001,
        "seccompProfile": obj! { "type": "RuntimeDefault" },
    }
}

fn container(workload: &Workload, container: &Container, placement: Option<&Placement>) -> Json {
    let mounts = container.mounts.iter().map(|(name, path, read_only)| {
        obj! {
            "name": name,
            "readOnly": Json::when(*read_only, || true.into()),
            "mountPath": *path,
        }
    });
    let token = placement.map(|placement| {
        obj! {
            "name": &placement.token_volume,
            "readOnly": true,
            "mountPath": "/var/run/secrets/kubernetes.io/serviceaccount",
        }
    });
    let port = obj! {
        "name": if container.main { "http" } else { "status" },
        "hostPort": Json::when(workload.host_network, || container.port.into()),
        "containerPort": container.port,
        "protocol": "TCP",
    };
    obj! {
        "name": container.name,
        "image": &container.image,
        "args": arr!["--config=/etc/app/config.yaml"],
        "ports": arr![port],
        "env": Json::when(container.main && workload.elaborate, || env(workload)),
        "resources": container.resources(),
        "volumeMounts": mounts.chain(token).collect::<Json>(),
        "livenessProbe": Json::when(workload.elaborate, || probe("/healthz", container.port, 10, 15)),
        "readinessProbe": probe("/ready", container.port, 5, 0),
        "terminationMessagePath": "/dev/termination-log",
        "terminationMessagePolicy": "File",
        "imagePullPolicy": "IfNotPresent",
        "securityContext": Json::when(workload.elaborate, container_security),
    }
}

fn container_security() -> Json {
    obj! {
        "capabilities": obj! { "drop": arr!["ALL"] },
        "readOnlyRootFilesystem": true,
        "allowPrivilegeEscalation": false,
    }
}

fn probe(path: &'static str, port: i64, period: i64, delay: i64) -> Json {
    obj! {
        "httpGet": obj! { "path": path, "port": port, "scheme": "HTTP" },
        "initialDelaySeconds": Json::when(delay > 0, || delay.into()),
        "timeoutSeconds": 1,
        "periodSeconds": period,
        "successThreshold": 1,
        "failureThreshold": 3,
    }
}

fn env(workload: &Workload) -> Json {
    let name = &workload.name;
    let from_field = |name: &'static str, path: &'static str| {
        obj! {
            "name": name,
            "valueFrom": obj! { "fieldRef": obj! { "apiVersion": "v1", "fieldPath": path } },
        }
    };
    arr![
        from_field("POD_NAME", "metadata.name"),
        from_field("POD_IP", "status.podIP"),
        obj! { "name": "SERVICE_NAME", "value": name },
        obj! { "name": "OTEL_EXPORTER_OTLP_ENDPOINT", "value": "http://otel-collector.monitoring:4317" },
        obj! {
            "name": "DATABASE_URL",
            "value": format!("postgres://{name}@{name}-db.internal.acme.example:5432/{name}?sslmode=verify-full"),
        },
        obj! {
            "name": "DATABASE_PASSWORD",
            "valueFrom": obj! { "secretKeyRef": obj! { "name": format!("{name}-db"), "key": "password" } },
        },
    ]
}

fn volumes(workload: &Workload, placement: Option<&Placement>) -> Json {
    let claim = |placement: &Placement| {
        obj! {
            "name": "data",
            "persistentVolumeClaim": obj! { "claimName": format!("data-{}", placement.pod_name) },
        }
    };
    let config = || {
        obj! {
            "name": "config",
            "configMap": obj! { "name": config_map_name(workload), "defaultMode": 420 },
        }
    };
    let token = |placement: &Placement| {
        obj! {
            "name": &placement.token_volume,
            "projected": obj! { "sources": token_sources(), "defaultMode": 420 },
        }
    };
    let mut volumes = Vec::new();
    volumes.extend(placement.filter(|_| workload.kind == Kind::StatefulSet).map(claim));
    volumes.extend(workload.elaborate.then(|| obj! { "name": "tmp", "emptyDir": obj! {} }));
    volumes.extend(workload.config_map.then(config));
    volumes.extend(placement.map(token));
    volumes.into()
}

pub(super) fn config_map_name(workload: &Workload) -> String {
    format!("{}-config", workload.name)
}

fn token_sources() -> Json {
    let namespace = obj! {
        "path": "namespace",
        "fieldRef": obj! { "apiVersion": "v1", "fieldPath": "metadata.namespace" },
    };
    arr![
        obj! { "serviceAccountToken": obj! { "expirationSeconds": 3607, "path": "token" } },
        obj! {
            "configMap": obj! {
                "name": "kube-root-ca.crt",
                "items": arr![obj! { "key": "ca.crt", "path": "ca.crt" }],
            },
        },
        obj! { "downwardAPI": obj! { "items": arr![namespace] } },
    ]
}

fn tolerations(workload: &Workload, in_pod: bool) -> Json {
    let toleration = |key: &str, effect: &'static str, seconds: Option<i64>| {
        obj! {
            "key": format!("node.kubernetes.io/{key}"),
            "operator": "Exists",
            "effect": effect,
            "tolerationSeconds": seconds.map_or(Json::Absent, Json::from),
        }
    };
    if workload.kind != Kind::DaemonSet {
        return Json::when(in_pod, || {
            arr![
                toleration("not-ready", "NoExecute", Some(300)),
                toleration("unreachable", "NoExecute", Some(300))
            ]
        });
    }
    let mut all = vec![obj! { "operator": "Exists" }];
    if in_pod {
        all.extend(["not-ready", "unreachable"].map(|key| toleration(key, "NoExecute", None)));
        let pressures = ["disk-pressure", "memory-pressure", "pid-pressure", "unschedulable"];
        all.extend(pressures.map(|key| toleration(key, "NoSchedule", None)));
    }
    all.into()
}

/// A DaemonSet's pods are bound to their node by affinity, which its controller adds.
fn affinity(workload: &Workload, placement: Option<&Placement>) -> Json {
    let Some(placement) = placement.filter(|_| workload.kind == Kind::DaemonSet) else { return Json::Absent };
    let field = obj! { "key": "metadata.name", "operator": "In", "values": arr![&placement.node] };
    obj! {
        "nodeAffinity": obj! {
            "requiredDuringSchedulingIgnoredDuringExecution": obj! {
                "nodeSelectorTerms": arr![obj! { "matchFields": arr![field] }],
            },
        },
    }
}

fn topology_spread(workload: &Workload) -> Json {
    Json::when(workload.kind == Kind::Deployment && workload.elaborate, || {
        arr![obj! {
            "maxSkew": 1,
            "topologyKey": "topology.kubernetes.io/zone",
            "whenUnsatisfiable": "ScheduleAnyway",
            "labelSelector": obj! { "matchLabels": Json::map(selector_labels(workload)) },
        }]
    })
}
