//! `docs/experience.md`: what became of each heading of the article that the first lessons come from.

use std::fmt::Write as _;

use anyhow::{Context as _, bail, ensure};
use rutter_lessons::{LESSONS, Lesson, SCENARIOS};

use super::{Generated, generated};

const PAGE: &str = "docs/experience.md";

/// A heading, and the ids of its lessons.
type Heading = (&'static str, &'static [&'static str]);

/// The headings of the article, in its order, by chapter, and the lessons that hold what they tell: one at least for each.
const ARTICLE: &[(&str, &[Heading])] = &[
    (
        "Node",
        &[
            ("Correct steps to delete a node", &["node-leftovers"]),
            ("Correct steps to maintain a node", &["node-cordoned"]),
            ("ImageGCFailed", &["image-gc-failed"]),
            ("Node disk pressure", &["disk-pressure"]),
            ("Node CPU spikes", &["image-gc-failed"]),
            ("Node disconnection (unknown)", &["node-not-ready-pleg", "node-unknown", "poison-workload"]),
            ("SystemOOM", &["system-oom", "memory-pressure", "reservations-missing"]),
            ("docker daemon stuck", &["runtime-stuck"]),
        ],
    ),
    (
        "Pod",
        &[
            ("Frequent restarts", &["restarts-by-node-load"]),
            ("Resources reached the limit", &["limit-reached"]),
            ("Readiness or liveness: connection refused", &["probe-refused"]),
            ("Evicted", &["evicted"]),
            ("kubectl exec fails", &["running-but-dead"]),
            ("A pod's virtual host name", &["pod-hostname"]),
            ("Crashes one after another", &["crash-loop", "traffic-avalanche"]),
            ("DNS inefficiency", &["dns-inefficient"]),
        ],
    ),
    ("Deployment", &[("MinimumReplicationUnavailable", &["replicas-unavailable"])]),
    (
        "Service",
        &[
            ("A Service without a pod", &["service-no-backends"]),
            ("connection refused", &["service-refused", "node-agent-missing"]),
            ("No load balancing", &["service-refused"]),
        ],
    ),
    ("ReplicationController", &[("It does not update", &["replication-controller-stale"])]),
    (
        "StatefulSet",
        &[
            ("Pods are not updated", &["statefulset-stuck"]),
            ("A pod that is unknown", &["statefulset-unknown-pod"]),
        ],
    ),
    ("kube-apiserver", &[("Changing its manifest", &["static-pod-edit"])]),
    (
        "Alibaba Cloud",
        &[
            ("Another default Ingress", &["ingress-default-change"]),
            ("A load balancer without an address", &["loadbalancer-pending"]),
            ("Removing a StatefulSet's claims", &["pvc-cleanup"]),
            ("Less allocatable memory after an upgrade", &["allocatable-shrunk"]),
            ("NetworkUnavailable on a new node", &["network-unavailable"]),
            ("Traffic goes astray behind one load balancer", &["slb-port-conflict"]),
            ("Memory usage looks too high", &["memory-usage-misread"]),
            ("Tuning the Ingress controller", &["nginx-ingress-tuning"]),
            ("pid and cgroups", &["pid-cgroup"]),
            ("OSS volumes: FailedMount", &["volume-stuck"]),
        ],
    ),
];

pub(super) fn generate() -> anyhow::Result<Generated> {
    let mut text = String::from(
        "<!-- Written by `cargo xtask codegen`. Do not edit. -->\n# The experience\n\nThe first lessons come from an article about \
         running clusters (2019–2020, Kubernetes 1.12 with Docker). For each of its headings: the lesson that holds it today, where \
         it is detected, how it is explained, what is to be done, how it is prevented, and the scenario that proves it on a real \
         cluster.\n",
    );
    for (chapter, headings) in ARTICLE {
        write!(
            text,
            "\n## {chapter}\n\n| heading | lesson | detect | explain | remedy | prevent | scenario |\n\
             | --- | --- | --- | --- | --- | --- | --- |\n"
        )?;
        for (heading, lessons) in *headings {
            ensure!(!lessons.is_empty(), "{PAGE}: no lesson holds “{heading}”");
            for id in *lessons {
                let lesson = LESSONS.iter().find(|lesson| lesson.id == *id);
                let lesson = lesson.with_context(|| format!("{PAGE}: there is no lesson {id}"))?;
                writeln!(text, "{}", row(heading, lesson)?)?;
            }
        }
    }
    Ok(generated(PAGE, text))
}

/// A row has no empty column: what is missing in a lesson fails.
fn row(heading: &str, lesson: &Lesson) -> anyhow::Result<String> {
    let Lesson { id, text, .. } = lesson;
    for part in ["## How to tell", "## Why it happens", "## What to do", "## Prevention"] {
        let body =
            text.split_once(part).map_or("", |(_, rest)| rest.split("\n## ").next().unwrap_or_default());
        ensure!(!body.trim().is_empty(), "{PAGE}: {id} has nothing under `{part}`");
    }
    let proofs: Vec<String> = SCENARIOS
        .iter()
        .filter(|(lesson, _)| lesson == id)
        .map(|(_, scenario)| format!("[{scenario}](../lab/scenarios/{scenario}/scenario.yaml)"))
        .collect();
    if proofs.is_empty() {
        bail!("{PAGE}: no scenario proves {id}");
    }
    let folder = format!("../crates/rutter-lessons/lessons/{}/{id}", lesson.group.name());
    Ok(format!(
        "| {heading} | [{id}]({folder}/lesson.md) | [code]({folder}/mod.rs), [cases]({folder}/cases) | \
         [why]({folder}/lesson.md#why-it-happens) | [what to do]({folder}/lesson.md#what-to-do) | \
         [prevention]({folder}/lesson.md#prevention) | {} |",
        proofs.join(", ")
    ))
}
