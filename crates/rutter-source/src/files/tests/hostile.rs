//! Input made to do harm: bombs, escapes, and data that ends early or lies.

use std::io::{Read, Write, repeat};

use tar::EntryType;
use zip::write::SimpleFileOptions;

use super::build::{append, append_raw, gzip, noise, tar, zip, zip_from, zstd, zstd_from};
use super::*;

const GIB: u64 = 1 << 30;
const MIB: usize = 1 << 20;

fn zeros(length: u64) -> impl Read {
    repeat(0).take(length)
}

#[test]
fn bombs_stop_early() {
    let tar_header = |size: u64| {
        let mut header = tar::Header::new_gnu();
        header.set_path("bomb.json").unwrap();
        header.set_size(size);
        header.set_cksum();
        header.as_bytes().to_vec()
    };
    let tarball = || std::io::Cursor::new(tar_header(GIB)).chain(zeros(GIB));
    let all = [
        ("gz", gzip(&vec![0; 16 * MIB]).repeat(64)),
        ("zst", zstd_from(zeros(GIB))),
        ("zip", zip_from("bomb.json", zeros(GIB))),
        ("tar.gz", [gzip(&tar_header(GIB)), gzip(&vec![0; 16 * MIB]).repeat(64)].concat()),
        ("tar.zst", zstd_from(tarball())),
    ];
    for (format, bytes) in all {
        let seen = stdin(&bytes);
        assert!(seen.documents.is_empty(), "{format}");
        assert!(seen.has_limit(), "{format}: {:?}", seen.skipped);
        assert!(seen.skipped[0].to_string().contains("--max-ratio"), "{format}");
        let nested = tar(&[("bomb", &bytes), ("after.json", b"{}"), ("also.json.gz", &gzip(b"{}"))]);
        assert_eq!(stdin(&nested).paths(), ["after.json", "also.json"], "{format}");
        let nested = zip(&[("bomb", &bytes), ("after.json", b"{}")]);
        assert_eq!(stdin(&nested).paths(), ["after.json"], "{format}");
    }
}

#[test]
fn output_is_read_no_further_than_the_limit() {
    let bytes = gzip(&vec![0; 16 * MIB]).repeat(64);
    let gauge = gauge::Gauge::new(&Limits::default());
    // However much the whole input allows for, the decompression stops when its own ratio says so.
    gauge.begin_input(GIB);
    let tally = gauge::Tally::default();
    let counted = gauge::Counted::new(bytes.as_slice(), tally.clone());
    let mut metered = gauge::Metered::new(gzip::GzipReader::new(counted), gauge, tally);
    let mut out = 0;
    let mut buffer = vec![0; 1 << 16];
    let error = loop {
        match metered.read(&mut buffer) {
            Ok(count) => out += count,
            Err(error) => break error,
        }
    };
    assert!((64 * MIB..65 * MIB).contains(&out), "{out}");
    assert!(matches!(SkipReason::from(&error), SkipReason::LimitExceeded(Limit::Ratio(200))));
    assert!(metered.read(&mut buffer).is_err());
}

#[test]
fn real_dumps_are_no_bombs() {
    let filler = [b' '; 8000];
    let yaml: Vec<u8> = noise(10_000 * 130).chunks(130).flat_map(|pod| [pod, &filler].concat()).collect();
    let bytes = gzip(&yaml);
    let ratio = yaml.len() / bytes.len();
    assert!((40..80).contains(&ratio) && yaml.len() > 70 * MIB, "{ratio}");
    let mut seen = Seen { forget: true, ..Seen::default() };
    walk_reader("-", bytes.as_slice(), &Limits::default(), &mut seen).unwrap();
    assert_eq!(seen.lengths, [yaml.len()]);
}

#[test]
fn each_limit_is_named() {
    let limits = Limits { max_entry_bytes: 1000, ..Limits::default() };
    let bytes = gzip(&tar(&[("big", &noise(1001)), ("small", &noise(1000))]));
    let seen = limited(&bytes, &limits);
    assert_eq!(seen.paths(), ["small"]);
    assert_eq!(seen.reasons(), [&SkipReason::LimitExceeded(Limit::EntryBytes(1000))]);

    let limits = Limits { max_total_bytes: 5000, ..Limits::default() };
    let seen = limited(&zip(&[("a", &noise(3000)), ("b", &noise(3000))]), &limits);
    assert_eq!(seen.paths(), ["a"]);
    assert_eq!(seen.reasons(), [&SkipReason::LimitExceeded(Limit::TotalBytes(5000))]);

    let limits = Limits { max_entries: 1, ..Limits::default() };
    for bytes in [tar(&[("a", b"1"), ("b", b"2")]), zip(&[("a", b"1"), ("b", b"2")])] {
        let seen = limited(&bytes, &limits);
        assert_eq!(seen.paths(), ["a"]);
        assert_eq!(seen.reasons(), [&SkipReason::LimitExceeded(Limit::Entries(1))]);
    }
}

#[test]
fn headers_cannot_ask_for_memory() {
    let mut builder = tar::Builder::new(Vec::new());
    append_raw(&mut builder, b"pax", EntryType::XHeader, &vec![b' '; 16 * MIB]);
    append(&mut builder, "pods.json", b"{}");
    let bytes = builder.into_inner().unwrap();
    for bytes in [bytes.clone(), zstd(&bytes)] {
        let seen = stdin(&bytes);
        assert!(matches!(seen.reasons()[0], SkipReason::LimitExceeded(Limit::EntryHeader(_))), "{seen:?}");
    }
}

#[test]
fn sparse_entries_expand_within_the_limits() {
    for (real, expected) in [(5_000_u64, Some(5_000)), (1 << 40, None)] {
        let mut header = tar::Header::new_gnu();
        header.set_path("sparse.json").unwrap();
        header.set_entry_type(EntryType::GNUSparse);
        header.set_size(3);
        let gnu = header.as_gnu_mut().unwrap();
        gnu.set_real_size(real);
        let write = |field: &mut [u8], value: u64| {
            // Octal, or base 256 where that is too long.
            field.fill(0);
            if value < 1 << 33 {
                field[..11].copy_from_slice(format!("{value:011o}").as_bytes());
            } else {
                field[4..].copy_from_slice(&value.to_be_bytes());
                field[0] = 0x80;
            }
        };
        write(&mut gnu.sparse[0].offset, real - 3);
        write(&mut gnu.sparse[0].numbytes, 3);
        header.set_cksum();
        let mut builder = tar::Builder::new(Vec::new());
        builder.append(&header, b"end".as_slice()).unwrap();
        append(&mut builder, "after.json", b"{}");
        let bytes = builder.into_inner().unwrap();
        for bytes in [bytes.clone(), gzip(&bytes)] {
            let seen = stdin(&bytes);
            assert_eq!(seen.lengths.first().copied(), expected.or(Some(2)), "{:?}", seen.skipped);
            assert_eq!(seen.has_limit(), expected.is_none());
        }
    }
}

#[test]
fn unsafe_names_are_reported_and_not_read() {
    let names: [&[u8]; 8] = [
        b"../evil",
        b"a/../../evil",
        b"/etc/passwd",
        br"C:\evil",
        br"\\server\share",
        br"a\..\b",
        b"..",
        b"./",
    ];
    let mut builder = tar::Builder::new(Vec::new());
    for name in names {
        append_raw(&mut builder, name, EntryType::Regular, b"evil");
    }
    append(&mut builder, "good.json", b"{}");
    let bytes = builder.into_inner().unwrap();
    for bytes in [bytes.clone(), gzip(&bytes)] {
        let seen = stdin(&bytes);
        assert_eq!(seen.paths(), ["good.json"]);
        assert_eq!(seen.reasons(), vec![&SkipReason::UnsafePath; 8]);
        assert_eq!(seen.asked, ["good.json"]);
    }
    let seen = stdin(&zip(&[("../evil", b"x"), ("/abs", b"x"), (r"..\evil", b"x"), ("good.json", b"{}")]));
    assert_eq!(seen.paths(), ["good.json"]);
    assert_eq!(seen.skipped.len(), 3);
}

#[test]
fn names_cannot_act_on_a_terminal() {
    let mut builder = tar::Builder::new(Vec::new());
    append_raw(&mut builder, b"\x1b]0;x\x07\n\xff.json", EntryType::Regular, b"{}");
    let seen = stdin(&builder.into_inner().unwrap());
    assert_eq!(seen.paths(), ["\u{fffd}]0;x\u{fffd}\u{fffd}\u{fffd}.json"]);
}

#[test]
fn links_and_devices_are_reported_and_not_read() {
    let kinds = [EntryType::Symlink, EntryType::Link, EntryType::Char, EntryType::Block, EntryType::Fifo];
    let mut builder = tar::Builder::new(Vec::new());
    for kind in kinds {
        append_raw(&mut builder, b"entry", kind, b"");
    }
    append_raw(&mut builder, b"odd", EntryType::new(b'Q'), b"");
    append_raw(&mut builder, b"folder", EntryType::Directory, b"");
    let seen = stdin(&builder.into_inner().unwrap());
    let (link, special) = (&SkipReason::Link, &SkipReason::Special);
    assert_eq!(seen.reasons()[..5], [link, link, special, special, special]);
    assert_eq!(seen.reasons()[5], &SkipReason::Unsupported("a tar entry of type 'Q'".to_owned()));
    assert!(seen.documents.is_empty());

    let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    writer.add_symlink("link", "/etc/passwd", SimpleFileOptions::default()).unwrap();
    writer.add_directory("folder", SimpleFileOptions::default()).unwrap();
    let seen = stdin(&writer.finish().unwrap().into_inner());
    assert_eq!(seen.reasons(), [link]);
}

#[test]
fn encrypted_and_unknown_entries_of_a_zip_are_named() {
    let bytes = zip(&[("a.json", b"secret"), ("b.json", b"{}")]);
    let directory = bytes.windows(4).position(|window| window == b"PK\x01\x02").unwrap();
    let mut encrypted = bytes.clone();
    encrypted[directory + 8] |= 1;
    let seen = stdin(&encrypted);
    assert_eq!((seen.paths(), seen.reasons()), (vec!["b.json"], vec![&SkipReason::Encrypted]));
    let mut unknown = bytes;
    unknown[directory + 10] = 93;
    let seen = stdin(&unknown);
    assert_eq!(seen.paths(), ["b.json"]);
    assert!(matches!(seen.reasons()[0], SkipReason::Unsupported(_)), "{:?}", seen.skipped);
}

#[test]
fn truncated_input_gives_what_came_before() {
    let text = noise(400_000).iter().map(|byte| b'a' + byte % 26).collect::<Vec<_>>();
    let entries: [(&str, &[u8]); 3] = [("a.json", &text), ("b.json", &text), ("c.json", &text)];
    let tarball = tar(&entries);
    let all = [
        ("tar", tarball.clone()),
        ("tar.gz", gzip(&tarball)),
        ("tar.zst", zstd(&tarball)),
        ("zip", zip(&entries)),
        ("gz", gzip(&text)),
        ("zst", zstd(&text)),
    ];
    for (format, bytes) in all {
        let whole = stdin(&bytes).documents.len();
        for part in 1..20 {
            let cut = &bytes[..bytes.len() * part / 20];
            for seen in [stdin(cut), file("cut", cut)] {
                let context = format!("{format} {part}/20: {:?} {:?}", seen.lengths, seen.skipped);
                assert!(seen.reasons().contains(&&SkipReason::Truncated), "{context}");
                assert!(seen.documents.len() <= whole, "{context}");
                let all_prefixes = seen.documents.iter().all(|(_, _, bytes, _)| text.starts_with(bytes));
                assert!(all_prefixes, "{context}");
                if part >= 10 {
                    assert!(!seen.documents.is_empty(), "{context}");
                    assert_eq!(seen.lengths[0].min(10_000), 10_000, "{context}");
                }
            }
        }
        for end in bytes.len().saturating_sub(40)..bytes.len() {
            stdin(&bytes[..end]);
        }
    }
}

#[test]
fn a_tar_without_its_end_mark_may_be_truncated() {
    let bytes = tar(&[("a.json", b"{}")]);
    let seen = stdin(&bytes[..1024]);
    assert_eq!(seen.paths(), ["a.json"]);
    assert_eq!(seen.reasons(), [&SkipReason::Truncated]);
    let seen = stdin(&[bytes.clone(), bytes].concat());
    assert_eq!(seen.reasons(), [&SkipReason::TrailingData]);
}

#[test]
fn damage_is_noticed() {
    let text = noise(100_000);
    let all = [
        ("gz", gzip(&text)),
        ("tar.gz", gzip(&tar(&[("a", &text)]))),
        ("zip", zip(&[("a", &text)])),
        ("tar.zst", zstd(&tar(&[("a", &text)]))),
    ];
    for (format, mut bytes) in all {
        let middle = bytes.len() / 2;
        bytes[middle] ^= 0x55;
        let seen = stdin(&bytes);
        // Zstd has no checksum unless asked for; the others do.
        assert!(format == "tar.zst" || !seen.skipped.is_empty(), "{format}");
    }
}

#[test]
fn problems_are_reported_up_to_a_number() {
    let mut builder = tar::Builder::new(Vec::new());
    for _ in 0..10_005 {
        append_raw(&mut builder, b"link", EntryType::Symlink, b"");
    }
    let bytes = builder.into_inner().unwrap();
    let mut seen = Seen::default();
    let summary = walk_reader("-", bytes.as_slice(), &Limits::default(), &mut seen).unwrap();
    assert_eq!(summary.skipped, 10_005);
    assert_eq!(seen.skipped.len(), 10_001);
    assert_eq!(seen.skipped[10_000].why, SkipReason::AndMore(5));
}

#[test]
fn an_error_of_the_stream_is_reported_after_what_came_before() {
    struct Broken;
    impl Read for Broken {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            Err(io::Error::from_raw_os_error(5))
        }
    }
    let bytes = tar(&[("a.json", b"{}"), ("b.json", b"{}")]);
    let mut seen = Seen::default();
    walk_reader("-", bytes[..1500].chain(Broken), &Limits::default(), &mut seen).unwrap();
    assert_eq!(seen.paths(), ["a.json"]);
    assert!(matches!(seen.reasons()[0], SkipReason::Unreadable(_)), "{:?}", seen.skipped);
}

#[test]
fn output_that_is_written_in_pieces_is_read() {
    let (reader, mut writer) = io::pipe().unwrap();
    let bytes = gzip(&tar(&[("a.json", b"{}")]));
    let thread = std::thread::spawn(move || {
        for byte in bytes {
            writer.write_all(&[byte]).unwrap();
        }
    });
    let mut seen = Seen::default();
    walk_reader("-", reader, &Limits::default(), &mut seen).unwrap();
    thread.join().unwrap();
    assert_eq!(seen.texts(), ["{}"]);
}
