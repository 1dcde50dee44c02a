//! Every parser of event, condition and container texts, on any text.
#![no_main]

use libfuzzer_sys::fuzz_target;
use rutter_lessons::texts::*;

fuzz_target!(|text: &str| {
    let (first, rest) = text.split_once('\n').unwrap_or((text, ""));
    container_exit::start_failure(text);
    container_exit::back_off(text);
    container_exit::exit(text.len() as i64, None, first);
    eviction::parse(text);
    eviction::reclaiming(text);
    eviction::offenders(first, rest);
    eviction::starved(text);
    eviction::pressure(text);
    image_pull::parse(text);
    image_pull::cause(text);
    image_pull::pulled(text);
    let _ = image_ref::parse(text);
    image_ref::host(text);
    node_disk::gc_failure(text);
    node_disk::system_oom(text);
    node_ready::parse(text);
    pod_end::parse(first, rest);
    pod_end::lost_node(text);
    probe::parse(text);
    probe::killing(text);
    let failure = sandbox::parse(text);
    failure.stable_key();
    sandbox::reserved_name(text);
    scheduling::parse(text);
    workload_create::parse(text);
    strip_combined(text);
});
