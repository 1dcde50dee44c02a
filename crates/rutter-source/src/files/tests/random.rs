//! Whatever the bytes are, nothing panics and nothing unsafe comes out.

use proptest::prelude::*;

use super::build::{gzip, tar, zip, zstd};
use super::*;

const HEADS: [&[u8]; 7] =
    [b"", b"\x1f\x8b\x08\0", b"\x28\xb5\x2f\xfd", b"PK\x03\x04", b"PK\x05\x06", b"\xff\xfe", b"\xef\xbb\xbf"];

fn small() -> Limits {
    Limits { max_entry_bytes: 1 << 20, max_total_bytes: 4 << 20, max_entries: 100, ..Limits::default() }
}

fn look(bytes: &[u8]) {
    let streamed = limited(bytes, &small());
    let mut walker = Seen::default();
    let mut walk = Walker::new(&small(), &mut walker);
    walk.open_input(&Place::named("x", "x"), bytes);
    walk.finish("x");
    for (path, origin, ..) in streamed.documents.iter().chain(&walker.documents) {
        assert!(!path.contains("..") || !path.split('/').any(|part| part == ".."), "{path:?}");
        assert!(!path.chars().chain(origin.chars()).any(char::is_control), "{origin:?}");
    }
    for skipped in streamed.skipped.iter().chain(&walker.skipped) {
        assert!(!skipped.to_string().chars().any(char::is_control), "{skipped:?}");
    }
}

fn archives() -> Vec<Vec<u8>> {
    let entries: [(&str, &[u8]); 3] =
        [("a/pods.json", b"{}"), ("b.json.gz", &gzip(b"{\"kind\":\"Node\"}")), ("c", b"")];
    let tarball = tar(&entries);
    let long = tar(&[(&"n".repeat(200), b"x")]);
    vec![tarball.clone(), gzip(&tarball), zstd(&tarball), zip(&entries), long]
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn random_bytes_do_not_panic(head in prop::sample::select(HEADS.to_vec()), tail in prop::collection::vec(any::<u8>(), 0..2000)) {
        look(&[head, &tail].concat());
    }

    #[test]
    fn changed_archives_do_not_panic(
        which in 0..5_usize,
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8),
    ) {
        let mut bytes = archives().swap_remove(which);
        for (at, byte) in changes {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        look(&bytes);
    }

    #[test]
    fn changed_tar_headers_with_a_right_checksum_do_not_panic(
        changes in prop::collection::vec((0..512_usize, any::<u8>()), 1..8),
        kind in prop::sample::select(b"0127LKSxgVMD5".to_vec()),
    ) {
        let mut bytes = tar(&[("a/pods.json", b"12 path=../x\n"), ("b.json", b"{}")]);
        for (at, byte) in changes {
            bytes[at] = byte;
        }
        bytes[156] = kind;
        bytes[148..156].fill(b' ');
        let sum: u32 = bytes[..512].iter().map(|byte| u32::from(*byte)).sum();
        bytes[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
        look(&bytes);
    }
}
