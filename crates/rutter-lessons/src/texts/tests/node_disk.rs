use super::*;
use crate::texts::testing::survives;

const SAMPLES: &[&str] = &[
    "failed to garbage collect required amount of images. Wanted to free 5182058496 bytes, but freed 0 bytes",
    "Failed to garbage collect required amount of images. Attempted to free 5182058496 bytes, but only found 1024 bytes eligible to free.",
    "Insufficient free disk space on the node's image filesystem (88% of 26.4 GiB used). Failed to free sufficient space by deleting unused images (freed 385820817 bytes). Investigate disk usage, as it could be used by active images, logs, volumes, or other data.",
    "(combined from similar events): wanted to free 1258866278 bytes, but freed 0 bytes space with errors in image deletion: rpc error: code = Unknown desc = conflict",
    "failed to get image stats: rpc error: code = DeadlineExceeded desc = context deadline exceeded",
    "rpc error: code = DeadlineExceeded desc = context deadline exceeded",
    "failed to get imageFs info: unable to find data in memory cache",
    "failed to get imageFs info: non-existent label \"docker-images\"",
    "invalid capacity 0 on image filesystem",
    "ducks",
];

#[test]
fn kinds() {
    let expected = [
        GcKind::NothingToFree,
        GcKind::PartlyFreed,
        GcKind::PartlyFreed,
        GcKind::DeletionErrors,
        GcKind::RuntimeError { timed_out: true },
        GcKind::RuntimeError { timed_out: true },
        GcKind::StatsMissing,
        GcKind::StatsMissing,
        GcKind::CapacityZero,
        GcKind::Unknown,
    ];
    for (text, kind) in SAMPLES.iter().zip(expected) {
        assert_eq!(gc_failure(text).kind, kind, "{text}");
    }
    assert_eq!(GcKind::CapacityZero.to_string(), "the size of the image file system is not known yet");
}

#[test]
fn figures_of_three_generations() {
    let old = gc_failure(SAMPLES[0]);
    assert_eq!((old.wanted, old.freed, old.era), (Some(5_182_058_496), Some(0), Era::Old));
    let middle = gc_failure(SAMPLES[1]);
    assert_eq!((middle.wanted, middle.freed, middle.era), (Some(5_182_058_496), Some(1024), Era::Current));
    let new = gc_failure(SAMPLES[2]);
    assert_eq!((new.wanted, new.freed, new.era), (None, Some(385_820_817), Era::Current));
    assert_eq!((new.used_percent, new.capacity), (Some(88), Some(28_346_784_154)));
    let errors = gc_failure(SAMPLES[3]);
    assert_eq!(errors.wanted, Some(1_258_866_278));
    assert_eq!(errors.detail, Some("rpc error: code = Unknown desc = conflict"));
}

#[test]
fn system_ooms() {
    assert_eq!(system_oom("System OOM encountered"), Some(SystemOom { process: None, pid: None }));
    let read = system_oom("System OOM encountered, victim process: my app, pid: 4242").unwrap();
    assert_eq!((read.process, read.pid), (Some("my app"), Some(4242)));
    assert_eq!(system_oom("fine"), None);
}

#[test]
fn never_panics() {
    survives(SAMPLES, |text| gc_failure(text).kind.to_string());
    survives(&["System OOM encountered, victim process: x, pid: 4242"], |text| system_oom(text).is_some());
}
