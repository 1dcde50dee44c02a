//! A JSON document of any shape: read, and diagnosed if there is anything in it.
#![no_main]

use libfuzzer_sys::fuzz_target;
use rutter_diagnosis::{Scope, diagnose};
use rutter_source::{files::Limits, load_stream};

fuzz_target!(|bytes: &[u8]| {
    if let Ok(cluster) = load_stream("input.json", bytes, &Limits::default()) {
        diagnose(&cluster, &Scope::default());
    }
});
