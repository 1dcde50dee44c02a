//! How much of the disk are images: as the kubelet measured it, where the source holds that, else as far as the Node object tells.

use rutter_cluster::{KubeletStats, objects::Node};

use crate::{Context, Evidence, texts::node_disk::GcFailure, words};

/// A status lists so many images by default; as many mean that there may be more.
const LISTED: usize = 50;

/// Images are listed at the size in which they are pulled; unpacked, and with what was pulled, they take up to so many times
/// as much.
const UNPACKED: u64 = 4;

/// The share of the disk down to which the kubelet frees it, unless configured otherwise.
const LOW_THRESHOLD: u64 = 80;

/// What the figures come down to; nothing where they don't decide.
pub(super) fn verdict(context: &Context<'_>, node: &Node, failure: GcFailure<'_>) -> Option<String> {
    if let Some(measured) = measured(context, node) {
        return Some(measured.verdict());
    }
    let (images, number) = images(node)?;
    let used = used(node, failure)?;
    let figures = format!(
        "its {} are {} of about {} in use",
        words::count(number, "image"),
        words::bytes(images),
        words::bytes(used)
    );
    if number == LISTED {
        // The largest are listed: if they alone are most of it, the rest doesn't matter.
        let most = images.saturating_mul(2) >= used;
        return most.then(|| {
            format!(
                "its {LISTED} largest images are {} of about {} in use",
                words::bytes(images),
                words::bytes(used)
            )
        });
    }
    if images.saturating_mul(UNPACKED) < used {
        Some(format!("{figures}{OTHERS}"))
    } else if images.saturating_mul(2) >= used {
        Some(format!("{figures}{TOO_SMALL}"))
    } else {
        None
    }
}

const OTHERS: &str = ", so logs, emptyDir, writable layers or hostPath fill the disk";
const TOO_SMALL: &str = ", so the disk is too small for what runs there";

/// Whether images are at least half of what is in use.
pub(super) fn images_fill(context: &Context<'_>, node: &Node, failure: GcFailure<'_>) -> bool {
    if let Some(measured) = measured(context, node) {
        return measured.images_fill();
    }
    images(node).zip(used(node, failure)).is_some_and(|((sum, _), used)| sum.saturating_mul(2) >= used)
}

/// What the kubelet measured on the file system of the images, in bytes.
struct Measured {
    images: u64,
    used: u64,
    capacity: u64,
}

/// Nothing, if the kubelet was not asked, or doesn't tell.
fn measured(context: &Context<'_>, node: &Node) -> Option<Measured> {
    let stats: &KubeletStats = context.kubelet(&node.meta.name)?.stats.as_deref()?;
    let fs = &stats.node.runtime.image_fs;
    let capacity = fs.capacity_bytes.filter(|capacity| *capacity > 0)?;
    let used = capacity.checked_sub(fs.available_bytes?)?;
    Some(Measured { images: fs.used_bytes?.min(used), used, capacity })
}

impl Measured {
    fn images_fill(&self) -> bool {
        self.images >= self.used / 2
    }

    fn verdict(&self) -> String {
        let so = if self.images_fill() { TOO_SMALL } else { OTHERS };
        let [images, used, capacity] = [self.images, self.used, self.capacity].map(words::bytes);
        format!("images are {images} of the {used} in use (of {capacity}), as its kubelet measured{so}")
    }
}

fn images(node: &Node) -> Option<(u64, usize)> {
    let all = &node.status.images;
    let sum =
        all.iter().map(|image| u64::try_from(image.size_bytes).unwrap_or(0)).fold(0_u64, u64::saturating_add);
    (!all.is_empty()).then_some((sum, all.len()))
}

/// The bytes in use on the disk of the images: since 1.35 as the kubelet says, before that as follows from how much it wanted
/// to free, if images are on the node's one disk and the thresholds are the usual ones.
fn used(node: &Node, failure: GcFailure<'_>) -> Option<u64> {
    if let (Some(percent), Some(size)) = (failure.used_percent, failure.capacity) {
        return Some(size / 100 * percent.min(100));
    }
    let size = node.status.capacity.get("ephemeral-storage")?.units();
    let size = u64::try_from(size).ok()?;
    let used = (size / 100 * LOW_THRESHOLD).saturating_add(failure.wanted?);
    (used <= size).then_some(used)
}

pub(super) fn evidence(context: &Context<'_>, node: &Node) -> Vec<Evidence> {
    let mut all = Vec::new();
    if let Some(Measured { images, used, capacity }) = measured(context, node) {
        let [images, used, capacity] = [images, used, capacity].map(words::bytes);
        let value = format!("{images} are images, {used} of {capacity} in use");
        return vec![Evidence::field(node, "/stats/summary node.runtime.imageFs", value, None)];
    }
    if let Some((sum, number)) = images(node) {
        let more = if number == LISTED { " or more (a status lists 50 at most)" } else { "" };
        let value = format!("{number} images{more}, {} in all", words::bytes(sum));
        all.push(Evidence::field(node, "status.images", value, None));
    }
    let size =
        node.status.capacity.get("ephemeral-storage").and_then(|size| u64::try_from(size.units()).ok());
    all.extend(
        size.map(|size| Evidence::field(node, "status.capacity.ephemeral-storage", words::bytes(size), None)),
    );
    all
}
