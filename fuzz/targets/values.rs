//! Quantities, times, durations and sizes in any spelling.
#![no_main]

use libfuzzer_sys::fuzz_target;
use rutter_cluster::{Quantity, Time};
use rutter_lessons::texts::{bytes, go_duration, quantity};

fuzz_target!(|text: &str| {
    if let Some(quantity) = Quantity::parse(text) {
        Quantity::from_units(quantity.units());
    }
    if let Some(time) = Time::parse(text) {
        // What was understood can be written and understood again.
        assert_eq!(Time::parse(&time.to_string()), Some(time));
        time.since(Time::from_unix(0).expect("1970"));
        std::hint::black_box(time.plus(i64::MAX));
        std::hint::black_box(time.plus(i64::MIN));
    }
    bytes(text);
    if let Some(duration) = go_duration(text) {
        quantity::is_never(duration);
    }
});
