//! Protobuf of any shape, as a list, an object and a watch of a kind that the first byte chooses.
#![no_main]

use libfuzzer_sys::fuzz_target;
use rutter_cluster::{Kind, Tables};
use rutter_source::protobuf::{Frames, read_list, read_object, resource_version};

fuzz_target!(|bytes: &[u8]| {
    let Some((first, bytes)) = bytes.split_first() else { return };
    let kind = Kind::ALL[usize::from(*first) % Kind::ALL.len()];
    let mut tables = Tables::default();
    let _ = read_list(bytes, kind, &mut tables);
    let mut frames = Frames::default();
    // With and without the lengths around it.
    frames.push(bytes);
    while let Ok(Some(event)) = frames.next_event() {
        let _ = (read_object(event.object, kind, &mut tables), resource_version(event.object));
    }
    let _ = (read_object(bytes, kind, &mut tables), resource_version(bytes));
});
