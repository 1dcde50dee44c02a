//! Chance that repeats: every value follows from the seed and from what it is for, never from the order of the calls,
//! so two files about one object agree without anything kept between them.

use std::sync::atomic::{AtomicI64, Ordering};

/// Letters and digits that Kubernetes uses in generated names (no vowels, nothing easily confused), in sorted order.
const NAME_ALPHABET: &[u8; 27] = b"2456789bcdfghjklmnpqrstvwxz";

/// The generator splitmix64: tiny, and good enough for test data.
#[derive(Debug, Clone)]
pub(super) struct Rng(u64);

impl Rng {
    /// The generator for one thing, such as pod number 7.
    pub(super) fn of(seed: u64, what: &str, index: usize) -> Rng {
        let mut state = seed ^ 0x51_7c_c1_b7_27_22_0a_95;
        for byte in what.bytes() {
            state = (state ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
        let mut rng = Rng(state ^ (index as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15));
        rng.next();
        rng
    }

    pub(super) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number from 0 up to but without `end`, which is above 0.
    pub(super) fn below(&mut self, end: u64) -> u64 {
        self.next() % end
    }

    pub(super) fn seconds(&mut self, from: i64, to: i64) -> i64 {
        from + self.below((to - from).max(1).unsigned_abs()) as i64
    }

    pub(super) fn percent(&mut self, share: u64) -> bool {
        self.below(100) < share
    }

    pub(super) fn pick<T: Copy>(&mut self, choices: &[T]) -> T {
        choices[self.below(choices.len() as u64) as usize]
    }
}

pub(super) fn uid(seed: u64, what: &str, index: usize) -> String {
    let mut rng = Rng::of(seed, what, index);
    let (high, low) = (rng.next(), rng.next());
    format!(
        "{:08x}-{:04x}-4{:03x}-{:04x}-{:012x}",
        high >> 32,
        (high >> 16) & 0xffff,
        high & 0x0fff,
        (low >> 48) & 0x3fff | 0x8000,
        low & 0xffff_ffff_ffff
    )
}

/// The end of a generated name, such as `x7k2p`. A greater number makes a name that sorts later.
pub(super) fn name_suffix(mut number: u64, length: usize) -> String {
    let mut suffix = vec![0; length];
    for place in suffix.iter_mut().rev() {
        *place = NAME_ALPHABET[(number % 27) as usize];
        number /= 27;
    }
    String::from_utf8_lossy(&suffix).into_owned()
}

/// 64 hexadecimal digits, as in the digest of an image or the id of a container.
pub(super) fn digest(seed: u64, what: &str, index: usize) -> String {
    let mut rng = Rng::of(seed, what, index);
    format!("{:016x}{:016x}{:016x}{:016x}", rng.next(), rng.next(), rng.next(), rng.next())
}

/// How much later than in the plan all happened, in seconds.
static LATER: AtomicI64 = AtomicI64::new(0);

/// Moves all times, so that the snapshot is of this one.
pub(super) fn end_at(now: i64) {
    LATER.store(now - super::plan::NOW, Ordering::Relaxed);
}

/// A time as Kubernetes writes it, from seconds since 1970.
pub(super) fn time(seconds: i64) -> String {
    jiff::Timestamp::from_second(seconds + LATER.load(Ordering::Relaxed)).unwrap_or_default().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_greater_number_makes_a_name_that_sorts_later() {
        let names: Vec<String> = (0..100).map(|number| name_suffix(number * 997, 5)).collect();
        assert!(names.is_sorted());
    }

    #[test]
    fn uids_repeat_and_differ() {
        assert_eq!(uid(1, "pod", 7), uid(1, "pod", 7));
        assert_ne!(uid(1, "pod", 7), uid(1, "pod", 8));
        assert_ne!(uid(1, "pod", 7), uid(2, "pod", 7));
        assert_eq!(uid(1, "pod", 7).len(), 36);
    }
}
