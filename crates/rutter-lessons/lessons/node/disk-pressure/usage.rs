//! Who uses the disk, where the source holds what the kubelet says of itself.
//!
//! Of the file system that the kubelet keeps pods on (`node.fs`): what pods take (writable layers, logs, emptyDir), what images
//! take where they lie on the same one, and the rest, which is nobody's: hostPath folders, the system's own files and logs.

use rutter_cluster::{FsStats, KubeletConfig, KubeletStats, ObjectRef, PodStats, Str, objects::Node};

use crate::{Context, Evidence, Origin, words};

/// Of this share of the disk on, in percent, something is worth a word.
const WORTH: u64 = 5;

/// So many of those who use most are named.
const MOST: usize = 3;

/// What fills a node's disk.
pub(super) struct Usage<'c> {
    stats: &'c KubeletStats,
    config: Option<&'c KubeletConfig>,
    capacity: u64,
    used: u64,
    /// Pods by what they take, those that take most first.
    pods: Vec<(u64, &'c PodStats)>,
    /// What images take, if they lie on the same file system.
    images: Option<u64>,
}

impl<'c> Usage<'c> {
    /// Nothing, if the kubelet was not asked, or doesn't tell.
    pub(super) fn of(context: &Context<'c>, node: &Node) -> Option<Self> {
        let kubelet = context.kubelet(&node.meta.name)?;
        let stats = kubelet.stats.as_deref()?;
        let fs = &stats.node.fs;
        let capacity = fs.capacity_bytes.filter(|capacity| *capacity > 0)?;
        let used = fs.used_bytes.or_else(|| capacity.checked_sub(fs.available_bytes?))?;
        let taken = |pod: &'c PodStats| Some((pod.ephemeral_storage.used_bytes?, pod));
        let mut pods: Vec<_> = stats.pods.iter().filter_map(taken).collect();
        pods.sort_by_key(|(bytes, pod)| (std::cmp::Reverse(*bytes), &pod.pod.namespace, &pod.pod.name));
        let image_fs = &stats.node.runtime.image_fs;
        let images = image_fs.used_bytes.filter(|_| is_same(fs, image_fs));
        Some(Self { stats, config: kubelet.config.as_deref(), capacity, used, pods, images })
    }

    /// What neither pods nor images account for.
    fn rest(&self) -> u64 {
        let known =
            self.pods.iter().map(|(bytes, _)| *bytes).fold(self.images.unwrap_or(0), u64::saturating_add);
        self.used.saturating_sub(known)
    }

    fn is_much(&self, bytes: u64) -> bool {
        bytes >= self.capacity / 100 * WORTH
    }

    /// Whether the most of what is in use is neither pods' nor images': no eviction and no collection frees it.
    pub(super) fn is_nobodys(&self) -> bool {
        self.is_much(self.rest()) && self.rest() > self.used / 2
    }

    /// `9Gi of 10Gi in use: 4Gi by pod shop/cache-0 (emptyDir scratch 3.9Gi), 2Gi by images, 3Gi by nothing of Kubernetes'`.
    pub(super) fn say(&self) -> String {
        let mut parts: Vec<(u64, String)> = self
            .pods
            .iter()
            .take(MOST)
            .filter(|(bytes, _)| self.is_much(*bytes))
            .map(|(bytes, pod)| (*bytes, pod_words(*bytes, pod)))
            .collect();
        let images = self.images.filter(|bytes| self.is_much(*bytes));
        parts.extend(images.map(|bytes| (bytes, format!("{} by images", words::bytes(bytes)))));
        let rest = Some(self.rest()).filter(|bytes| self.is_much(*bytes));
        parts.extend(rest.map(|bytes| {
            (
                bytes,
                format!(
                    "{} by no pod and no image (hostPath, the system's logs and files)",
                    words::bytes(bytes)
                ),
            )
        }));
        parts.sort_by_key(|(bytes, _)| std::cmp::Reverse(*bytes));
        let head = format!("{} of {} in use", words::bytes(self.used), words::bytes(self.capacity));
        if parts.is_empty() {
            return format!("{head}, by many small things");
        }
        let parts: Vec<String> = parts.into_iter().map(|(_, part)| part).collect();
        format!("{head}: {}", parts.join(", "))
    }

    /// What the kubelet said.
    pub(super) fn evidence(&self, node: &Node) -> Vec<Evidence> {
        let fs = &self.stats.node.fs;
        let said =
            |what: &str, value: String| Evidence::field(node, format!("/stats/summary {what}"), value, None);
        let mut all = vec![said("node.fs", fs_words(fs))];
        let image_fs = &self.stats.node.runtime.image_fs;
        if self.images.is_none() && image_fs.capacity_bytes.is_some() {
            all.push(said("node.runtime.imageFs", fs_words(image_fs)));
        }
        for (bytes, pod) in self.pods.iter().take(MOST).filter(|(bytes, _)| self.is_much(*bytes)) {
            let object = ObjectRef {
                api_version: Str::from("v1"),
                kind: Str::from("Pod"),
                namespace: pod.pod.namespace.clone(),
                name: pod.pod.name.clone(),
                uid: pod.pod.uid.clone(),
            };
            let origin = Origin::Field("/stats/summary ephemeral-storage.usedBytes".to_owned());
            all.push(Evidence { object, origin, value: words::bytes(*bytes), time: None });
        }
        all.extend(
            self.thresholds().map(|value| Evidence::field(node, "/configz evictionHard", value, None)),
        );
        all
    }

    /// From when on the kubelet evicts, by its own settings.
    fn thresholds(&self) -> Option<String> {
        let disk = |(signal, _): &(&Str, &Str)| signal.contains("fs.");
        let hard = &self.config?.eviction_hard;
        let all: Vec<String> =
            hard.iter().filter(disk).map(|(signal, value)| format!("{signal}<{value}")).collect();
        (!all.is_empty()).then(|| all.join(", "))
    }
}

/// Two views of one file system: their sizes agree, and what is left differs by what was written between two looks.
fn is_same(fs: &FsStats, other: &FsStats) -> bool {
    let near = |a: Option<u64>, b: Option<u64>| match (a, b) {
        (Some(a), Some(b)) => a.abs_diff(b) <= a.max(b) / 20,
        _ => false,
    };
    fs.capacity_bytes.is_some()
        && fs.capacity_bytes == other.capacity_bytes
        && fs.inodes == other.inodes
        && near(fs.available_bytes, other.available_bytes)
}

/// `4Gi by pod shop/cache-0 (emptyDir scratch 3.9Gi)`.
fn pod_words(bytes: u64, pod: &PodStats) -> String {
    let name = format!("{} by pod {}/{}", words::bytes(bytes), pod.pod.namespace, pod.pod.name);
    let volumes = pod
        .volumes
        .iter()
        .filter_map(|volume| Some((volume.fs.used_bytes?, format!("volume {}", volume.name))));
    let layers = pod
        .containers
        .iter()
        .filter_map(|one| Some((one.rootfs.used_bytes?, format!("files in container {}", one.name))));
    let logs =
        pod.containers.iter().filter_map(|one| Some((one.logs.used_bytes?, format!("logs of {}", one.name))));
    let most =
        volumes.chain(layers).chain(logs).filter(|(part, _)| *part <= bytes).max_by_key(|(part, _)| *part);
    match most {
        Some((part, what)) if part >= bytes / 2 => format!("{name} ({what} {})", words::bytes(part)),
        _ => name,
    }
}

/// `1Gi of 10Gi left, 12 of 2000 inodes left`.
fn fs_words(fs: &FsStats) -> String {
    let mut parts = Vec::new();
    if let (Some(left), Some(all)) = (fs.available_bytes, fs.capacity_bytes) {
        parts.push(format!("{} of {} left", words::bytes(left), words::bytes(all)));
    }
    if let (Some(left), Some(all)) = (fs.inodes_free, fs.inodes) {
        parts.push(format!("{left} of {all} inodes left"));
    }
    parts.join(", ")
}
