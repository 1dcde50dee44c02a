//! Kubernetes resource quantities (`250m`, `64Mi`, `1e3`), as exact thousandths.
//!
//! Source of the format: apimachinery `pkg/api/resource/quantity.go`, unchanged since 1.0.

use std::fmt;

use serde::{Deserialize, Deserializer, de};

/// A resource quantity in thousandths of its unit (cores, bytes, pieces). Values out of range saturate.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Quantity(i64);

impl Quantity {
    /// A quantity of whole units (bytes, cores).
    pub fn from_units(units: i64) -> Self {
        Self(units.saturating_mul(1000))
    }

    /// Thousandths, the unit that CPU is usually given in.
    pub fn milli(self) -> i64 {
        self.0
    }

    /// Whole units, rounded up as Kubernetes does.
    pub fn units(self) -> i64 {
        self.0.div_euclid(1000) + i64::from(self.0.rem_euclid(1000) > 0)
    }

    /// Reads a quantity; `None` if it isn't one.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let digits =
            text.find(|c: char| !(c.is_ascii_digit() || matches!(c, '.' | '+' | '-'))).unwrap_or(text.len());
        let (number, suffix) = text.split_at(digits);
        let (numerator, denominator) = scale(suffix)?;
        let thousandths = decimal_thousandths(number)?;
        let scaled = thousandths
            .checked_mul(numerator)
            .map_or(if thousandths < 0 { i128::MIN } else { i128::MAX }, |value| {
                value.div_euclid(denominator) + i128::from(value.rem_euclid(denominator) > 0)
            });
        Some(Self(scaled.clamp(i64::MIN.into(), i64::MAX.into()) as i64))
    }
}

/// The factor of a suffix, as a fraction; `None` for an unknown suffix.
fn scale(suffix: &str) -> Option<(i128, i128)> {
    Some(match suffix {
        "" => (1, 1),
        "n" => (1, 1_000_000_000),
        "u" => (1, 1_000_000),
        "m" => (1, 1000),
        "k" => (1000, 1),
        "M" => (1_000_000, 1),
        "G" => (1_000_000_000, 1),
        "T" => (1_000_000_000_000, 1),
        "P" => (1_000_000_000_000_000, 1),
        "E" => (1_000_000_000_000_000_000, 1),
        "Ki" => (1 << 10, 1),
        "Mi" => (1 << 20, 1),
        "Gi" => (1 << 30, 1),
        "Ti" => (1 << 40, 1),
        "Pi" => (1 << 50, 1),
        "Ei" => (1 << 60, 1),
        _ => {
            let exponent: i32 = suffix.strip_prefix(['e', 'E'])?.parse().ok()?;
            // Beyond these every value saturates or vanishes, and ten to that power no longer fits.
            let power = 10_i128.pow(exponent.unsigned_abs().min(24));
            if exponent < 0 { (1, power) } else { (power, 1) }
        }
    })
}

/// `-1.5` → -1500; digits beyond the 12th decimal are dropped.
fn decimal_thousandths(number: &str) -> Option<i128> {
    let (sign, number) = match number.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, number.strip_prefix('+').unwrap_or(number)),
    };
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    if whole.is_empty() && fraction.is_empty()
        || !(whole.bytes().chain(fraction.bytes())).all(|b| b.is_ascii_digit())
    {
        return None;
    }
    // Anything of more than 24 digits saturates in the caller whatever its suffix.
    let whole: i128 =
        if whole.is_empty() { 0 } else { whole.parse::<i128>().unwrap_or(i128::MAX).min(10_i128.pow(24)) };
    let mut thousandths = whole * 1000;
    for (digit, worth) in fraction.bytes().zip([100, 10, 1]) {
        thousandths += i128::from(digit - b'0') * worth;
    }
    // Kubernetes rounds up what it can't hold.
    if fraction.len() > 3 && fraction.bytes().skip(3).any(|b| b != b'0') {
        thousandths += 1;
    }
    Some(sign * thousandths)
}

impl fmt::Display for Quantity {
    /// A short form for a person: `250m`, `1.5`, `64Mi`, `2Gi`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const BINARY: [(i64, &str); 5] =
            [(1 << 50, "Pi"), (1 << 40, "Ti"), (1 << 30, "Gi"), (1 << 20, "Mi"), (1 << 10, "Ki")];
        if self.0 % 1000 != 0 {
            return write!(f, "{}m", self.0);
        }
        let units = self.0 / 1000;
        for (size, suffix) in BINARY {
            if units.unsigned_abs() >= size.unsigned_abs() {
                return if units % size == 0 {
                    write!(f, "{}{suffix}", units / size)
                } else {
                    write!(f, "{:.1}{suffix}", units as f64 / size as f64)
                };
            }
        }
        write!(f, "{units}")
    }
}

struct QuantityVisitor;

impl<'de> de::Visitor<'de> for QuantityVisitor {
    type Value = Option<Quantity>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a quantity")
    }
    fn visit_str<E: de::Error>(self, text: &str) -> Result<Self::Value, E> {
        Ok(Quantity::parse(text))
    }
    fn visit_i64<E: de::Error>(self, units: i64) -> Result<Self::Value, E> {
        Ok(Some(Quantity::from_units(units)))
    }
    fn visit_u64<E: de::Error>(self, units: u64) -> Result<Self::Value, E> {
        Ok(Some(Quantity::from_units(i64::try_from(units).unwrap_or(i64::MAX))))
    }
    fn visit_f64<E: de::Error>(self, units: f64) -> Result<Self::Value, E> {
        Ok(Some(Quantity((units * 1000.0) as i64)))
    }
    fn visit_unit<E: de::Error>(self) -> Result<Self::Value, E> {
        Ok(None)
    }
    fn visit_none<E: de::Error>(self) -> Result<Self::Value, E> {
        Ok(None)
    }
}

/// Reads an optional quantity; one that can't be read is `None`: it must not cost the whole object.
pub(crate) fn lenient<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Quantity>, D::Error> {
    deserializer.deserialize_any(QuantityVisitor)
}

/// Like [`lenient`], for maps of quantities.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Lenient(pub(crate) Option<Quantity>);

impl<'de> Deserialize<'de> for Lenient {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        lenient(deserializer).map(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_every_suffix_and_saturates() {
        for (text, milli) in [
            ("250m", 250),
            ("1", 1000),
            ("0.5", 500),
            ("64Mi", 67_108_864_000),
            ("1e3", 1_000_000),
            ("1E", i64::MAX),
            ("2k", 2_000_000),
            ("-1", -1000),
            ("100n", 1),
            (".5", 500),
            ("99999999999999999999999999999", i64::MAX),
            ("1e999", i64::MAX),
            ("1e-999", 1),
        ] {
            assert_eq!(Quantity::parse(text).map(Quantity::milli), Some(milli), "{text}");
        }
        for bad in ["", "Mi", "1x", "1.2.3", "--1", "1e", "NaN"] {
            assert_eq!(Quantity::parse(bad), None, "{bad}");
        }
        assert_eq!(Quantity::parse("64Mi").unwrap().to_string(), "64Mi");
        assert_eq!(Quantity::parse("1500m").unwrap().to_string(), "1500m");
    }

    proptest::proptest! {
        #[test]
        fn never_panics(text in "\\PC{0,40}") {
            if let Some(quantity) = Quantity::parse(&text) {
                let _ = (quantity.to_string(), quantity.units());
            }
        }
    }
}
