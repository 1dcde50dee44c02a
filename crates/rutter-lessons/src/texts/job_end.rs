//! Why a Job ended: reasons and messages of its conditions and events.
//!
//! `pkg/controller/job/job_controller.go` and `indexed_job_utils.go`. The reasons are the API (`batch/v1`), unchanged since 1.12 but
//! for those that came with a feature: `PodFailurePolicy` (1.25), `FailedIndexes` and `MaxFailedIndexesExceeded` (1.28),
//! `SuccessPolicy` (1.30).

use super::scan::has;

/// Why a Job ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JobEnd {
    /// More of its pods failed than `backoffLimit` allows.
    BackoffLimit,
    /// It ran longer than `activeDeadlineSeconds`.
    Deadline,
    /// A rule of its `podFailurePolicy` ended it.
    PodFailurePolicy,
    /// Some of its indexes failed, each as often as it may.
    FailedIndexes,
    /// More of its indexes failed than `maxFailedIndexes` allows.
    MaxFailedIndexes,
}

/// Reads a reason, a message, or both. `DeadlineExceeded` alone is also a code of gRPC, and is not read.
pub fn parse(text: &str) -> Option<JobEnd> {
    if has(text, &["BackoffLimitExceeded", "Job has reached the specified backoff limit"]) {
        Some(JobEnd::BackoffLimit)
    } else if text.contains("Job was active longer than specified deadline") {
        Some(JobEnd::Deadline)
    } else if has(
        text,
        &["MaxFailedIndexesExceeded", "Job has exceeded the specified maximal number of failed indexes"],
    ) {
        Some(JobEnd::MaxFailedIndexes)
    } else if has(text, &["FailedIndexes", "Job has failed indexes"]) {
        Some(JobEnd::FailedIndexes)
    } else if text.contains("PodFailurePolicy") || text.contains("matching FailJob rule") {
        Some(JobEnd::PodFailurePolicy)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::texts::testing::survives;

    const TEXTS: [(&str, JobEnd); 6] = [
        ("BackoffLimitExceeded", JobEnd::BackoffLimit),
        ("Job has reached the specified backoff limit", JobEnd::BackoffLimit),
        ("Job was active longer than specified deadline", JobEnd::Deadline),
        ("Job has failed indexes", JobEnd::FailedIndexes),
        ("Job has exceeded the specified maximal number of failed indexes", JobEnd::MaxFailedIndexes),
        (
            "Container app for pod shop/tidy-1 failed with exit code 3 matching FailJob rule at index 0",
            JobEnd::PodFailurePolicy,
        ),
    ];

    #[test]
    fn how_jobs_end() {
        for (text, end) in TEXTS {
            assert_eq!(parse(text), Some(end), "{text}");
        }
        for other in ["", "DeadlineExceeded", "Job completed", "Saw completed job: tidy-1, status: Failed"] {
            assert_eq!(parse(other), None, "{other}");
        }
    }

    #[test]
    fn any_text_is_survived() {
        survives(&TEXTS.map(|(text, _)| text), |text| format!("{:?}", parse(text)));
    }
}
