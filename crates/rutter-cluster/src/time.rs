//! Points in time, to the second, as the Kubernetes API writes them.

use std::{fmt, num::NonZero};

use serde::{Deserializer, de};

/// Seconds since the Unix epoch, kept plus one, so that an optional time takes no more room. Kubernetes writes most times to the second; finer ones are cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Time(NonZero<u64>);

/// The last second of the year 9999.
const LAST: i64 = 253_402_300_799;

impl Time {
    /// 1970-01-01T00:00:00Z: stands for "no time known" where a time must be given.
    pub const EPOCH: Time = Time(NonZero::<u64>::MIN);

    /// The time at `seconds` since the Unix epoch; `None` outside the years 1970 to 9999, in which no cluster writes.
    pub fn from_unix(seconds: i64) -> Option<Self> {
        (seconds <= LAST).then_some(Self(NonZero::<u64>::MIN.checked_add(u64::try_from(seconds).ok()?)?))
    }

    /// Reads RFC 3339 (`2026-11-23T23:32:06Z`, fractions and offsets allowed). The zero time of Go
    /// (`0001-01-01T00:00:00Z`), which old objects hold for "never", is `None` like anything else out of range.
    pub fn parse(text: &str) -> Option<Self> {
        let time: jiff::Timestamp = text.parse().ok()?;
        Self::from_unix(time.as_second())
    }

    /// Seconds since the Unix epoch.
    pub fn unix(self) -> i64 {
        self.0.get().cast_signed() - 1
    }

    /// Seconds from `earlier` to this time; negative when `earlier` is later.
    pub fn since(self, earlier: Time) -> i64 {
        self.unix() - earlier.unix()
    }

    /// This time moved by `seconds`, kept within range.
    #[must_use]
    pub fn plus(self, seconds: i64) -> Self {
        Self::from_unix(self.unix().saturating_add(seconds).clamp(0, LAST)).unwrap_or(Self::EPOCH)
    }
}

impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match jiff::Timestamp::from_second(self.unix()) {
            Ok(time) => fmt::Display::fmt(&time, f),
            Err(_) => write!(f, "@{}", self.unix()),
        }
    }
}

/// Reads an optional time; one that can't be read is `None`: a bad time must not cost the whole object.
///
/// Formats for machines give the seconds since the Unix epoch.
pub(crate) fn lenient<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Time>, D::Error> {
    let in_seconds = !deserializer.is_human_readable();
    deserializer.deserialize_any(Lenient { in_seconds })
}

struct Lenient {
    in_seconds: bool,
}

impl<'de> de::Visitor<'de> for Lenient {
    type Value = Option<Time>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a time")
    }
    fn visit_str<E: de::Error>(self, text: &str) -> Result<Option<Time>, E> {
        Ok(Time::parse(text))
    }
    fn visit_unit<E: de::Error>(self) -> Result<Option<Time>, E> {
        Ok(None)
    }
    fn visit_none<E: de::Error>(self) -> Result<Option<Time>, E> {
        Ok(None)
    }
    fn visit_bool<E: de::Error>(self, _: bool) -> Result<Option<Time>, E> {
        Ok(None)
    }
    fn visit_i64<E: de::Error>(self, number: i64) -> Result<Option<Time>, E> {
        Ok(Time::from_unix(number).filter(|_| self.in_seconds))
    }
    fn visit_u64<E: de::Error>(self, _: u64) -> Result<Option<Time>, E> {
        Ok(None)
    }
    fn visit_f64<E: de::Error>(self, _: f64) -> Result<Option<Time>, E> {
        Ok(None)
    }
    fn visit_seq<A: de::SeqAccess<'de>>(self, mut all: A) -> Result<Option<Time>, A::Error> {
        while all.next_element::<de::IgnoredAny>()?.is_some() {}
        Ok(None)
    }
    fn visit_map<A: de::MapAccess<'de>>(self, mut all: A) -> Result<Option<Time>, A::Error> {
        while all.next_entry::<de::IgnoredAny, de::IgnoredAny>()?.is_some() {}
        Ok(None)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn anything_may_stand_where_a_time_should() {
        for odd in ["5", "-5", "1.5", "true", "null", "[1,[2]]", "{\"a\":{}}", "\"soon\""] {
            let mut json = serde_json::Deserializer::from_str(odd);
            assert_eq!(lenient(&mut json).unwrap(), None, "{odd}");
        }
        let mut json = serde_json::Deserializer::from_str("\"2026-11-23T23:32:06Z\"");
        assert!(lenient(&mut json).unwrap().is_some());
    }

    #[test]
    fn reads_what_kubernetes_writes_and_nothing_out_of_range() {
        let time = Time::parse("2026-11-23T23:32:06Z").unwrap();
        assert_eq!(time.to_string(), "2026-11-23T23:32:06Z");
        assert_eq!(Time::parse("2026-11-23T23:32:06.123456Z"), Some(time));
        assert_eq!(Time::parse("2026-11-24T00:32:06+01:00"), Some(time));
        for bad in
            ["", "0001-01-01T00:00:00Z", "9999999-01-01T00:00:00Z", "yesterday", "2026-13-01T00:00:00Z"]
        {
            assert_eq!(Time::parse(bad), None, "{bad}");
        }
    }
}
