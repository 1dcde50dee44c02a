//! Archives and compressed files: whatever they claim, what comes out of them stays within the limits.
#![no_main]

use libfuzzer_sys::fuzz_target;
use rutter_source::files::{Document, Limits, Skipped, Visitor, walk_reader};

const LIMITS: Limits = Limits {
    max_entry_bytes: 1 << 16,
    max_total_bytes: 1 << 18,
    max_entries: 100,
    max_ratio: 50,
    max_depth: 2,
};

#[derive(Default)]
struct Sizes {
    documents: u64,
    bytes: u64,
}

impl Visitor for Sizes {
    fn wants(&mut self, path: &str, _size: u64) -> bool {
        is_safe(path);
        true
    }

    fn document(&mut self, document: Document<'_>) {
        is_safe(document.path);
        let size = document.bytes.len() as u64;
        assert!(size <= LIMITS.max_entry_bytes, "a document of {size} bytes");
        self.documents += 1;
        self.bytes += size;
    }

    fn skipped(&mut self, skipped: Skipped) {
        assert!(!skipped.origin.chars().any(char::is_control), "{:?}", skipped.origin);
    }
}

/// A path stays below the source, and can be printed.
fn is_safe(path: &str) {
    assert!(!path.starts_with('/') && !path.split('/').any(|part| part == ".."), "{path:?}");
    assert!(!path.chars().any(char::is_control), "{path:?}");
}

fuzz_target!(|bytes: &[u8]| {
    let mut sizes = Sizes::default();
    let summary = walk_reader("input", bytes, &LIMITS, &mut sizes).expect("bytes can't fail to be read");
    assert_eq!((summary.documents, summary.bytes), (sizes.documents, sizes.bytes));
    // UTF-16 grows by half when it becomes UTF-8.
    assert!(sizes.bytes <= 2 * (LIMITS.max_total_bytes + bytes.len() as u64), "{} bytes", sizes.bytes);
});
