//! What is recognised, and what its documents look like.

use super::build::{TIME, append, gzip, tar, zip, zstd};
use super::*;

const PODS: &[u8] = br#"{"kind":"PodList"}"#;
const NODES: &[u8] = br#"{"kind":"NodeList"}"#;

fn two() -> [(&'static str, &'static [u8]); 2] {
    [("default/pods.json", PODS), ("./nodes.json", NODES)]
}

#[test]
fn plain_input_is_one_document() {
    let seen = stdin(PODS);
    assert_eq!((seen.paths(), seen.origins()), (vec!["-"], vec!["-"]));
    assert_eq!(seen.documents[0].2, PODS);
    assert!(seen.asked.is_empty());

    let seen = file("pods.json", PODS);
    assert_eq!(seen.paths(), ["pods.json"]);
    assert!(seen.origins()[0].ends_with("/pods.json"));
    assert!(seen.documents[0].3.unwrap() > TIME);
}

#[test]
fn a_large_file_is_mapped() {
    let bytes = build::noise(300_000);
    assert_eq!(file("noise.log", &bytes).documents[0].2, bytes);
}

#[test]
fn empty_input_has_no_documents() {
    for seen in [stdin(b""), file("empty.json", b""), stdin(&gzip(b"")), stdin(&tar(&[])), stdin(&zip(&[]))] {
        assert!(seen.skipped.is_empty(), "{seen:?}");
        // An empty tar is nothing but zeros, which only a decoder can make sense of.
        assert!(seen.documents.is_empty() || seen.documents[0].2.iter().all(|byte| *byte == 0), "{seen:?}");
    }
}

#[test]
fn empty_entries_are_documents() {
    assert_eq!(stdin(&gzip(&tar(&[("a.log", b"")]))).lengths, [0]);
}

#[test]
fn every_archive_is_recognised_by_its_content() {
    let tarball = tar(&two());
    let all =
        [("tar", tarball.clone()), ("gz", gzip(&tarball)), ("zst", zstd(&tarball)), ("zip", zip(&two()))];
    for (format, bytes) in all {
        for (seen, origin) in [(stdin(&bytes), "-".to_owned()), (file("misnamed.txt", &bytes), String::new())]
        {
            assert_eq!(seen.paths(), ["default/pods.json", "nodes.json"], "{format}");
            assert_eq!(seen.documents[0].2, PODS, "{format}");
            assert_eq!(seen.documents[1].2, NODES, "{format}");
            assert!(seen.origins()[0].ends_with("!/default/pods.json"), "{format}");
            assert!(seen.origins()[0].starts_with(&origin), "{format}");
            assert!(seen.skipped.is_empty(), "{format}: {:?}", seen.skipped);
            if format != "zip" {
                assert_eq!(seen.documents[0].3, Some(TIME), "{format}");
            }
        }
    }
}

#[test]
fn compressed_documents_lose_their_suffix() {
    for (name, bytes) in [("pods.json.gz", gzip(PODS)), ("pods.json.ZST", zstd(PODS))] {
        let seen = file(name, &bytes);
        assert_eq!(seen.paths(), ["pods.json"]);
        assert!(seen.origins()[0].ends_with(name));
        assert_eq!(seen.documents[0].2, PODS);
    }
}

#[test]
fn gzip_members_are_joined_and_padding_is_ignored() {
    let mut bytes = [gzip(b"one "), gzip(b"two")].concat();
    assert_eq!(stdin(&bytes).texts(), ["one two"]);
    bytes.extend([0; 1000]);
    let seen = stdin(&bytes);
    assert_eq!(seen.texts(), ["one two"]);
    assert!(seen.skipped.is_empty());
    bytes.extend(b"garbage");
    let seen = stdin(&bytes);
    assert_eq!(seen.texts(), ["one two"]);
    assert_eq!(seen.reasons(), [&SkipReason::TrailingData]);
}

#[test]
fn nested_archives_are_opened_up_to_the_limit() {
    let inner = gzip(&tar(&[("kubelet.log", b"hello")]));
    let outer = tar(&[("logs/node-1.tar.gz", &inner), ("pods.json.gz", &gzip(PODS))]);
    for bytes in
        [outer.clone(), gzip(&outer), zip(&[("logs/node-1.tar.gz", &inner), ("pods.json.gz", &gzip(PODS))])]
    {
        let seen = stdin(&bytes);
        assert_eq!(seen.paths(), ["logs/node-1.tar.gz/kubelet.log", "pods.json"]);
        assert_eq!(seen.origins(), ["-!/logs/node-1.tar.gz!/kubelet.log", "-!/pods.json.gz"]);
        assert!(seen.skipped.is_empty());
    }
    let deepest = gzip(&tar(&[("more.tar.gz", &gzip(&outer)), ("b.json", PODS)]));
    let seen = stdin(&deepest);
    assert_eq!(seen.paths(), ["b.json"]);
    assert_eq!(seen.reasons(), [&SkipReason::NestedTooDeep(2), &SkipReason::NestedTooDeep(2)]);
    let seen = limited(&deepest, &Limits { max_depth: 3, ..Limits::default() });
    assert_eq!(seen.documents.len(), 3);
}

#[test]
fn unwanted_entries_are_passed_over_in_silence() {
    let bytes = tar(&[("audit.log.gz", &gzip(b"x")), ("pods.json.gz", &gzip(PODS)), ("core.tar.gz", b"y")]);
    for bytes in [bytes.clone(), gzip(&bytes)] {
        let mut seen = Seen { refused: vec!["audit.log", "core"], ..Seen::default() };
        let summary = walk_reader("-", bytes.as_slice(), &Limits::default(), &mut seen).unwrap();
        assert_eq!(seen.asked, ["audit.log", "pods.json", "core.tar.gz"]);
        assert_eq!(summary, Summary { documents: 1, bytes: PODS.len() as u64, skipped: 0 });
    }
}

#[test]
fn byte_order_marks_are_removed_and_utf_16_is_decoded() {
    let text = "{\"name\":\"Zoë \u{1f680}\"}";
    let little: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let big: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
    let all = [
        [b"\xef\xbb\xbf", text.as_bytes()].concat(),
        [b"\xff\xfe".as_slice(), &little].concat(),
        [b"\xfe\xff".as_slice(), &big].concat(),
    ];
    for bytes in all {
        for seen in
            [stdin(&bytes), file("x.json", &bytes), stdin(&gzip(&bytes)), stdin(&zip(&[("x", &bytes)]))]
        {
            assert_eq!(seen.texts(), [text]);
        }
    }
    assert_eq!(stdin(b"\xff\xfea\0\x3d\xd8b").texts(), ["a\u{fffd}\u{fffd}"]);
    assert_eq!(stdin(b"\xff\xc0plain").documents[0].2, b"\xff\xc0plain");
}

#[test]
fn long_and_pax_names_are_read() {
    let long = format!("{}/pods.json", "n".repeat(300));
    let mut builder = tar::Builder::new(Vec::new());
    append(&mut builder, &long, PODS);
    let pax_name = format!("{}/nodes.json", "p".repeat(300));
    builder.append_pax_extensions([("path", pax_name.as_bytes())]).unwrap();
    append(&mut builder, "short", NODES);
    let bytes = builder.into_inner().unwrap();
    for bytes in [bytes.clone(), gzip(&bytes)] {
        assert_eq!(stdin(&bytes).paths(), [long.as_str(), pax_name.as_str()]);
    }
}

#[test]
fn old_tar_without_magic_is_recognised() {
    let mut header = tar::Header::new_old();
    header.set_path("pods.json").unwrap();
    header.set_size(PODS.len() as u64);
    header.set_cksum();
    let mut builder = tar::Builder::new(Vec::new());
    builder.append(&header, PODS).unwrap();
    assert_eq!(stdin(&builder.into_inner().unwrap()).paths(), ["pods.json"]);
}

#[test]
fn backslashes_of_windows_zips_are_separators() {
    let seen = stdin(&zip(&[(r"default\pods.json", PODS)]));
    assert_eq!(seen.paths(), ["default/pods.json"]);
}

#[test]
fn unsupported_compression_is_named() {
    let seen = file("dump.tar.xz", b"\xfd7zXZ\x00rest");
    assert_eq!(seen.reasons(), [&SkipReason::Unsupported("xz compression".to_owned())]);
    assert!(seen.skipped[0].to_string().ends_with("unpack it and give the result"));
    assert_eq!(stdin(b"BZhello").texts(), ["BZhello"]);
}

#[test]
fn missing_paths_say_what_to_do() {
    let error = walk(Path::new("/no/such\u{1b}[31m"), &Limits::default(), &mut Seen::default()).unwrap_err();
    assert_eq!(
        error.to_string(),
        "/no/such\u{fffd}[31m does not exist; check the path, or give - to read standard input"
    );
}
