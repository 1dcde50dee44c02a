//! Quantities and durations as they stand in messages.

use std::time::Duration;

/// A quantity as a message gives it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Amount<'a> {
    /// As it was written, such as `10619440Ki`, `0` or `1e3`.
    pub text: &'a str,
    /// The same in bytes; for inodes, processes and pods, their number. `None` if it isn't a quantity.
    pub number: Option<u64>,
}

impl<'a> Amount<'a> {
    /// An amount of that text.
    pub fn new(text: &'a str) -> Self {
        Self { text, number: bytes(text) }
    }

    /// An amount, or nothing where the text is empty.
    pub(super) fn of(text: &'a str) -> Option<Self> {
        (!text.is_empty()).then(|| Self::new(text))
    }
}

/// The digits that are read of a number: more than any quantity that fits `u64` has.
const DIGITS: usize = 38;

/// The bytes of a Kubernetes quantity, rounded up: `1Ki`, `2M`, `0`, `1e3`, `1.5Gi`, `100m`; also of sizes for people,
/// such as `26.4 GiB` (kubelet ≥ 1.35). `None` for what is neither, and for what doesn't fit.
pub fn bytes(text: &str) -> Option<u64> {
    let text = text.trim();
    let text = text.strip_prefix('+').unwrap_or(text);
    let split = text.find(|c: char| !(c.is_ascii_digit() || c == '.')).unwrap_or(text.len());
    let (mantissa, unit) = text.split_at_checked(split)?;
    let (digits, decimals) = decimal(mantissa)?;
    let (base, power) = scale(unit.trim())?;
    scaled(digits, decimals, base, power)
}

/// The digits of `12.5` as 125, and how many of them stand after the point.
fn decimal(text: &str) -> Option<(u128, u32)> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    if whole.len() + fraction.len() == 0 || whole.len() + fraction.len() > DIGITS || fraction.contains('.') {
        return None;
    }
    let mut digits = 0_u128;
    for digit in whole.bytes().chain(fraction.bytes()) {
        digits = digits.checked_mul(10)?.checked_add(u128::from(digit.wrapping_sub(b'0')))?;
    }
    Some((digits, u32::try_from(fraction.len()).ok()?))
}

/// A unit as a base and its power: `Ki` is 1024¹, `e3` is 10³.
fn scale(unit: &str) -> Option<(u128, i32)> {
    const PREFIXES: [char; 6] = ['K', 'M', 'G', 'T', 'P', 'E'];
    let unit = unit.strip_suffix('B').unwrap_or(unit);
    match unit {
        "" => return Some((10, 0)),
        "m" => return Some((10, -3)),
        "u" => return Some((10, -6)),
        "n" => return Some((10, -9)),
        "k" => return Some((10, 3)),
        _ => {}
    }
    if let Some(exponent) = unit.strip_prefix(['e', 'E']).filter(|e| !e.is_empty() && *e != "i") {
        let power: i32 = exponent.parse().ok()?;
        return (-DIGITS_I..=DIGITS_I).contains(&power).then_some((10, power));
    }
    let mut chars = unit.chars();
    let first = chars.next()?;
    let step = i32::try_from(PREFIXES.iter().position(|p| *p == first)?).ok()? + 1;
    match chars.as_str() {
        "i" => Some((1024, step)),
        "" => Some((10, 3 * step)),
        _ => None,
    }
}

const DIGITS_I: i32 = 38;

/// digits · 10^-decimals · base^power, rounded up.
fn scaled(digits: u128, decimals: u32, base: u128, power: i32) -> Option<u64> {
    let (mut over, mut under) = (digits, 10_u128.checked_pow(decimals)?);
    let factor = base.checked_pow(power.unsigned_abs())?;
    if power >= 0 {
        over = over.checked_mul(factor)?;
    } else {
        under = under.checked_mul(factor)?;
    }
    u64::try_from(over.div_ceil(under)).ok()
}

/// A duration as Go prints it: `4m7.733081084s`, `334ms`, `1h0m0s`. `None` for anything else, negative ones included.
pub fn go_duration(text: &str) -> Option<Duration> {
    let mut rest = text.trim();
    if rest == "0" {
        return Some(Duration::ZERO);
    }
    let mut nanos = 0_u128;
    while !rest.is_empty() {
        let end = rest.find(|c: char| !(c.is_ascii_digit() || c == '.'))?;
        let (value, tail) = rest.split_at_checked(end)?;
        let (unit, tail) = go_unit(tail)?;
        let (digits, decimals) = decimal(value)?;
        let part = digits.checked_mul(unit)? / 10_u128.checked_pow(decimals)?;
        nanos = nanos.checked_add(part)?;
        rest = tail;
    }
    let seconds = u64::try_from(nanos / 1_000_000_000).ok()?;
    let below = u32::try_from(nanos % 1_000_000_000).ok()?;
    (!text.trim().is_empty()).then(|| Duration::new(seconds, below))
}

/// The unit at the start, in nanoseconds, and what follows it.
fn go_unit(text: &str) -> Option<(u128, &str)> {
    const UNITS: [(&str, u128); 8] = [
        ("ns", 1),
        ("us", 1_000),
        ("µs", 1_000),
        ("μs", 1_000),
        ("ms", 1_000_000),
        ("s", 1_000_000_000),
        ("m", 60_000_000_000),
        ("h", 3_600_000_000_000),
    ];
    UNITS.iter().find_map(|(name, nanos)| text.strip_prefix(name).map(|rest| (*nanos, rest)))
}

/// Whether a duration is Go's greatest (`2562047h47m16.854775807s`), which stands for "never".
pub fn is_never(duration: Duration) -> bool {
    duration.as_secs() >= 2_562_047 * 3600
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::texts::testing::survives;

    #[test]
    fn quantities() {
        assert_eq!(bytes("10619440Ki"), Some(10_619_440 * 1024));
        assert_eq!(bytes("0"), Some(0));
        assert_eq!(bytes("50Mi"), Some(50 << 20));
        assert_eq!(bytes("2G"), Some(2_000_000_000));
        assert_eq!(bytes("12e6"), Some(12_000_000));
        assert_eq!(bytes("1E3"), Some(1000));
        assert_eq!(bytes("1E"), Some(1_000_000_000_000_000_000));
        assert_eq!(bytes("1Ei"), Some(1 << 60));
        assert_eq!(bytes("1.5Gi"), Some(3 << 29));
        assert_eq!(bytes("100m"), Some(1));
        assert_eq!(bytes("26.4 GiB"), Some(28_346_784_154));
        assert_eq!(bytes("512B"), Some(512));
        for wrong in ["", "Ki", "-1", "1x", "1.2.3", "99999999999Ei", "1e999", "1ee", "é", "1Kiq", "."] {
            assert_eq!(bytes(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn durations() {
        assert_eq!(go_duration("4m7.733081084s"), Some(Duration::new(247, 733_081_084)));
        assert_eq!(go_duration("334ms"), Some(Duration::from_millis(334)));
        assert_eq!(go_duration("12µs"), Some(Duration::from_micros(12)));
        assert_eq!(go_duration("1h0m0s"), Some(Duration::from_hours(1)));
        assert!(go_duration("2562047h47m16.854775807s").is_some_and(is_never));
        assert_eq!(go_duration("0s"), Some(Duration::ZERO));
        for wrong in ["", "s", "5", "-1s", "1d", "1s x", "99999999999999999999999999999999999999h"] {
            assert_eq!(go_duration(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn never_panics() {
        survives(&["10619440Ki", "12.5e-3", "26.4 GiB"], bytes);
        survives(&["2562047h47m16.854775807s", "1.5µs"], go_duration);
    }
}
