//! The record of a leader in the annotation `control-plane.alpha.kubernetes.io/leader` of an Endpoints object: how controllers elected
//! their leader up to 1.19 (since 1.20 both that and a Lease were written, since 1.24 only the Lease).
//!
//! `{"holderIdentity":"cp-1_7d0b","leaseDurationSeconds":15,"acquireTime":"…","renewTime":"2026-03-02T09:59:58Z","leaderTransitions":1}`.

use rutter_cluster::Time;

use super::scan::between;

/// The annotation's key.
pub const ANNOTATION: &str = "control-plane.alpha.kubernetes.io/leader";

/// Who leads, and when he last said so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Record<'a> {
    /// The host and a number: `cp-1_7d0b`. Empty once he gave it up.
    pub holder: &'a str,
    /// When he renewed it.
    pub renewed: Time,
}

/// Reads the annotation's value.
pub fn record(value: &str) -> Option<Record<'_>> {
    let field = |name: &str| {
        let start = format!("\"{name}\":");
        let (_, rest) = value.split_once(&start)?;
        between(rest, "\"", "\"")
    };
    Some(Record {
        holder: field("holderIdentity").unwrap_or_default(),
        renewed: Time::parse(field("renewTime")?)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::texts::testing::survives;

    const VALUE: &str = r#"{"holderIdentity":"cp-1_7d0b","leaseDurationSeconds":15,"acquireTime":"2026-02-10T10:00:00Z","renewTime":"2026-03-02T09:59:58Z","leaderTransitions":1}"#;

    #[test]
    fn records() {
        let found = record(VALUE);
        let renewed = Time::parse("2026-03-02T09:59:58Z");
        assert_eq!(found.map(|found| found.holder), Some("cp-1_7d0b"));
        assert!(renewed.is_some() && found.map(|found| found.renewed) == renewed);
        assert_eq!(record("{}"), None);
        assert_eq!(record(r#"{"renewTime":"soon"}"#), None);
    }

    #[test]
    fn any_text_is_survived() {
        survives(&[VALUE], |text| format!("{:?}", record(text)));
    }
}
