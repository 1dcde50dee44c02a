//! Small phrases that lessons share: durations, numbers, lists.

/// `95` → `1m35s`; two units at most, as `kubectl get` prints ages.
pub fn duration(seconds: i64) -> String {
    let seconds = seconds.max(0);
    let (days, hours, minutes) = (seconds / 86_400, seconds % 86_400 / 3600, seconds % 3600 / 60);
    let two = |a: i64, a_unit: &str, b: i64, b_unit: &str| {
        if b == 0 { format!("{a}{a_unit}") } else { format!("{a}{a_unit}{b}{b_unit}") }
    };
    match (days, hours, minutes) {
        (0, 0, 0) => format!("{seconds}s"),
        (0, 0, _) => two(minutes, "m", seconds % 60, "s"),
        (0, _, _) => two(hours, "h", minutes, "m"),
        _ => two(days, "d", hours, "h"),
    }
}

/// `(1, "pod")` → `1 pod`, `(3, "pod")` → `3 pods`. For regular plurals.
pub fn count(number: usize, noun: &str) -> String {
    format!("{number} {noun}{}", if number == 1 { "" } else { "s" })
}

/// `a, b and 3 more`.
pub fn list<T: AsRef<str>>(all: &[T], most: usize) -> String {
    let shown: Vec<&str> = all.iter().take(most).map(AsRef::as_ref).collect();
    match (shown.as_slice(), all.len().saturating_sub(most)) {
        ([.., _], more @ 1..) => format!("{} and {more} more", shown.join(", ")),
        ([first @ .., last], 0) if !first.is_empty() => format!("{} and {last}", first.join(", ")),
        _ => shown.concat(),
    }
}

/// Bytes with a binary unit, as Kubernetes writes them: `1.5Gi`.
pub fn bytes(bytes: u64) -> String {
    let units = ["", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"];
    let power = (bytes.max(1).ilog2() / 10) as usize;
    let scaled = bytes as f64 / (1_u64 << (10 * power)) as f64;
    if scaled.fract() < 0.05 { format!("{scaled:.0}{}", units[power]) } else { format!("{scaled:.1}{}", units[power]) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phrases() {
        assert_eq!([duration(0), duration(95), duration(3600), duration(90_061)], ["0s", "1m35s", "1h", "1d1h"]);
        assert_eq!(list(&["a"], 2), "a");
        assert_eq!(list(&["a", "b"], 2), "a and b");
        assert_eq!(list(&["a", "b", "c"], 2), "a, b and 1 more");
        assert_eq!(list::<&str>(&[], 2), "");
        assert_eq!([bytes(0), bytes(1536), bytes(u64::MAX)], ["0", "1.5Ki", "16Ei"]);
    }
}
