//! What a lesson judges before it is a finding: for lessons that ask several questions of one object and tell the first answer.

use rutter_cluster::{Resource, Time};

use crate::{Confidence, Evidence, Finding, Severity};

/// What is wrong with an object; the fields are those of [`Finding`].
pub(crate) struct Verdict {
    pub(crate) variant: &'static str,
    pub(crate) severity: Severity,
    pub(crate) confidence: Confidence,
    pub(crate) message: String,
    pub(crate) since: Option<Time>,
    pub(crate) evidence: Vec<Evidence>,
}

impl Verdict {
    /// The finding of that lesson about the object itself.
    pub(crate) fn about(self, lesson: &'static str, object: &impl Resource) -> Finding {
        let Self { variant, severity, confidence, message, since, evidence } = self;
        Finding { variant, severity, confidence, message, since, evidence, ..Finding::about(lesson, object) }
    }
}
