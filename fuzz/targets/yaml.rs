//! A YAML document of any shape: read, and diagnosed if there is anything in it.
#![no_main]

use libfuzzer_sys::fuzz_target;
use rutter_diagnosis::{Scope, diagnose};
use rutter_source::{files::Limits, load_stream};

fuzz_target!(|bytes: &[u8]| {
    // Anything else but these two is read as YAML.
    if bytes.trim_ascii_start().first().is_some_and(|first| b"{[".contains(first)) {
        return;
    }
    if let Ok(cluster) = load_stream("input.yaml", bytes, &Limits::default()) {
        diagnose(&cluster, &Scope::default());
    }
});
