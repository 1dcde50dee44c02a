//! Why a controller could not create its pods: event `FailedCreate`, condition `ReplicaFailure` (reason `FailedCreate`).
//!
//! The API server's and its admission plug-ins' words, 1.12–1.37, after `Error creating: ` (ReplicaSet, DaemonSet, Job) or
//! `create Pod p in StatefulSet s failed error: `. The condition has them without a prefix.

use std::fmt;

use super::Era;
use super::scan::{after, after_any, between, has, non_empty, quoted, sentence, strip_combined, until, word};

/// One resource of a quota that is used up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QuotaItem<'a> {
    /// The resource, such as `requests.memory` or `pods`.
    pub resource: &'a str,
    /// What was asked for.
    pub requested: &'a str,
    /// What is in use.
    pub used: &'a str,
    /// What the quota allows.
    pub limited: &'a str,
}

/// Why a pod could not be created.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cause<'a> {
    /// `exceeded quota: q, requested: …, used: …, limited: …`.
    QuotaExceeded {
        /// The ResourceQuota.
        quota: &'a str,
        /// The resources that don't suffice.
        items: Vec<QuotaItem<'a>>,
    },
    /// `failed quota: q: must specify …`: a quota counts what the pod doesn't state.
    QuotaMustSpecify {
        /// The ResourceQuota.
        quota: &'a str,
        /// The resources that have to be stated.
        resources: Vec<&'a str>,
    },
    /// Another word of the quota: status unknown, or no quota admits this class of pods.
    QuotaOther {
        /// The quota's words.
        detail: &'a str,
    },
    /// `violates PodSecurity "restricted:latest": …` (≥ 1.22).
    PodSecurity {
        /// `restricted` or `baseline`.
        level: &'a str,
        /// What violates it.
        violations: &'a str,
    },
    /// `unable to validate against any pod security policy` (1.12–1.24).
    PodSecurityPolicy {
        /// The API server's words.
        detail: &'a str,
    },
    /// OpenShift's `unable to validate against any security context constraint`.
    SecurityContextConstraints {
        /// The API server's words.
        detail: &'a str,
    },
    /// `SecurityContext.RunAsUser is forbidden`: the plug-in SecurityContextDeny (removed in 1.30).
    SecurityContextDeny {
        /// The field that is forbidden.
        field: &'a str,
    },
    /// A webhook said no.
    WebhookDenied {
        /// Its name.
        webhook: &'a str,
        /// Its words.
        message: &'a str,
    },
    /// A webhook could not be asked, and its failure policy is Fail.
    WebhookUnreachable {
        /// Its name.
        webhook: &'a str,
        /// How the call failed.
        detail: &'a str,
        /// `failed calling admission webhook` is old (up to about 1.13).
        era: Era,
    },
    /// A ValidatingAdmissionPolicy said no (≥ 1.26).
    PolicyDenied {
        /// Its name.
        policy: &'a str,
        /// Its words.
        message: &'a str,
    },
    /// A LimitRange.
    LimitRange {
        /// Which limit.
        detail: &'a str,
    },
    /// The ServiceAccount doesn't exist.
    ServiceAccountMissing {
        /// Its name.
        name: &'a str,
    },
    /// The controller may not do it.
    RbacForbidden {
        /// Who may not do what.
        detail: &'a str,
    },
    /// The PriorityClass doesn't exist.
    PriorityClassMissing {
        /// Its name.
        name: &'a str,
    },
    /// The RuntimeClass doesn't exist.
    RuntimeClassMissing {
        /// Its name.
        name: &'a str,
    },
    /// The namespace is being deleted.
    NamespaceTerminating,
    /// The template is invalid.
    InvalidSpec {
        /// What is invalid.
        detail: &'a str,
    },
    /// The API server or its store didn't answer in time.
    Timeout,
    /// A pod of that name exists already, or is still being deleted.
    AlreadyExists,
    /// Words that aren't known.
    Unknown {
        /// The message without the controller's prefix.
        detail: &'a str,
    },
}

/// Reads the message of a `FailedCreate` event or a `ReplicaFailure` condition.
pub fn parse(message: &str) -> Cause<'_> {
    let text = without_prefix(strip_combined(message));
    webhook(text)
        .or_else(|| policy(text))
        .or_else(|| quota(text))
        .or_else(|| security(text))
        .or_else(|| missing(text))
        .or_else(|| plain(text))
        .unwrap_or(Cause::Unknown { detail: text })
}

fn without_prefix(message: &str) -> &str {
    if let Some(rest) = message.strip_prefix("Error creating: ") {
        return rest;
    }
    let of_set = message.starts_with("create ") || message.starts_with("Create ");
    message.split_once(" failed error: ").filter(|_| of_set).map_or(message, |(_, rest)| rest)
}

fn webhook(text: &str) -> Option<Cause<'_>> {
    if let Some(rest) = after(text, "admission webhook ").filter(|rest| rest.contains("denied the request")) {
        let message = after(rest, "denied the request: ").unwrap_or_default();
        return Some(Cause::WebhookDenied { webhook: quoted(rest)?, message });
    }
    let old = text.contains("failed calling admission webhook ");
    let rest = after_any(text, &["failed calling admission webhook ", "failed calling webhook "])?;
    let webhook = quoted(rest).unwrap_or_else(|| word(until(rest, ":")));
    let detail = rest.split_once("\": ").or_else(|| rest.split_once(": ")).map_or(rest, |(_, detail)| detail);
    let detail = detail.strip_prefix("failed to call webhook: ").unwrap_or(detail);
    Some(Cause::WebhookUnreachable { webhook, detail, era: if old { Era::Old } else { Era::Current } })
}

fn policy(text: &str) -> Option<Cause<'_>> {
    let rest = after(text, "ValidatingAdmissionPolicy '")?;
    let message = after(rest, "denied request: ")?;
    Some(Cause::PolicyDenied { policy: until(rest, "'"), message })
}

fn quota(text: &str) -> Option<Cause<'_>> {
    if let Some(rest) = after_any(text, &["exceeded quota: ", "Exceeded quota: "]) {
        let lists = |open, close| between(rest, open, close).unwrap_or_default();
        let requested = lists(", requested: ", ", used: ");
        let used = lists(", used: ", ", limited: ");
        let limited = after(rest, ", limited: ").unwrap_or_default();
        return Some(Cause::QuotaExceeded { quota: word(rest), items: items(requested, used, limited) });
    }
    if let Some(rest) = after(text, "failed quota: ") {
        let quota = until(rest, ": ");
        let list = after(rest, "must specify ").unwrap_or_default();
        return Some(Cause::QuotaMustSpecify { quota, resources: resources(list) });
    }
    has(text, &["status unknown for quota", "insufficient quota to "])
        .then_some(Cause::QuotaOther { detail: text })
}

/// Three lists `a=1,b=2` in the same order.
fn items<'a>(requested: &'a str, used: &'a str, limited: &'a str) -> Vec<QuotaItem<'a>> {
    let pairs = |list: &'a str| list.split(',').filter_map(|pair| pair.trim().split_once('='));
    let with_used = pairs(requested).zip(pairs(used).map(|(_, used)| used));
    let with_all = with_used.zip(pairs(limited).map(|(_, limited)| limited));
    with_all
        .map(|(((resource, requested), used), limited)| QuotaItem { resource, requested, used, limited })
        .collect()
}

/// `limits.cpu,limits.memory` (up to about 1.2x), `limits.cpu for: a,b; limits.memory for: a` (later).
fn resources(list: &str) -> Vec<&str> {
    let separator = if list.contains(" for: ") { ';' } else { ',' };
    list.split(separator).filter_map(|one| non_empty(word(until(one, " for: ")))).collect()
}

fn security(text: &str) -> Option<Cause<'_>> {
    if let Some(rest) = after(text, "violates PodSecurity ") {
        let level = until(quoted(rest)?, ":");
        return Some(Cause::PodSecurity { level, violations: after(rest, "\": ").unwrap_or_default() });
    }
    if text.contains("security context constraint") {
        return Some(Cause::SecurityContextConstraints { detail: forbidden(text) });
    }
    if has(text, &["any pod security policy", "PodSecurityPolicy", "no providers available to validate pod"])
    {
        return Some(Cause::PodSecurityPolicy { detail: forbidden(text) });
    }
    let (head, _) = text.split_once(" is forbidden").filter(|_| text.contains("SecurityContext."))?;
    let whole = if head.contains("SecurityContext.") { head } else { text.rsplit_once(" is forbidden")?.0 };
    let field = whole.rsplit([' ', '"']).next().and_then(non_empty)?;
    Some(Cause::SecurityContextDeny { field })
}

/// What follows `pods "x" is forbidden: `.
fn forbidden(text: &str) -> &str {
    after(text, "is forbidden: ").unwrap_or(text)
}

fn missing(text: &str) -> Option<Cause<'_>> {
    let account = after_any(text, &["looking up service account ", "service account "]);
    if let Some(rest) = account.filter(|rest| has(rest, &["not found", "does not exist"])) {
        let path = word(until(rest, ": "));
        return Some(Cause::ServiceAccountMissing { name: path.rsplit('/').next().unwrap_or(path) });
    }
    if let Some(rest) = after(text, "no PriorityClass with name ") {
        return Some(Cause::PriorityClassMissing { name: quoted(rest).unwrap_or_else(|| word(rest)) });
    }
    let rest = after(text, "RuntimeClass ").filter(|rest| rest.contains("not found"))?;
    Some(Cause::RuntimeClassMissing { name: quoted(rest).unwrap_or_else(|| word(rest)) })
}

fn plain(text: &str) -> Option<Cause<'_>> {
    let ranges = [
        " usage per Container is ",
        " usage per Pod is ",
        "limit to request ratio per ",
        " usage per PersistentVolumeClaim ",
    ];
    Some(if has(text, &["because it is being terminated", "NamespaceTerminating"]) {
        Cause::NamespaceTerminating
    } else if has(text, &ranges) {
        Cause::LimitRange { detail: forbidden(text) }
    } else if has(text, &[" cannot create resource ", " cannot create pods", "cannot set blockOwnerDeletion"])
    {
        Cause::RbacForbidden { detail: forbidden(text) }
    } else if has(text, &["already exists", "object is being deleted"]) {
        Cause::AlreadyExists
    } else if let Some(detail) = after(text, " is invalid: ") {
        Cause::InvalidSpec { detail }
    } else if has(text, &["deadline exceeded", "timed out", "Timeout", "timeout", "in the time allotted"]) {
        Cause::Timeout
    } else {
        return None;
    })
}

impl fmt::Display for Cause<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::QuotaExceeded { quota, items } => {
                write!(f, "quota {quota} is used up")?;
                items
                    .first()
                    .map_or(Ok(()), |i| write!(f, " ({}: {} of {} used)", i.resource, i.used, i.limited))
            }
            Self::QuotaMustSpecify { quota, resources } => {
                write!(f, "quota {quota} demands that pods state {}", resources.join(", "))
            }
            Self::QuotaOther { detail }
            | Self::PodSecurityPolicy { detail }
            | Self::SecurityContextConstraints { detail }
            | Self::LimitRange { detail }
            | Self::RbacForbidden { detail } => write!(f, "refused: {}", sentence(detail)),
            Self::PodSecurity { level, .. } => write!(f, "refused by Pod Security (level {level})"),
            Self::SecurityContextDeny { field } => write!(f, "refused by SecurityContextDeny for {field}"),
            Self::WebhookDenied { webhook, message: "" } => write!(f, "refused by webhook {webhook}"),
            Self::WebhookDenied { webhook, message } => {
                write!(f, "refused by webhook {webhook}: {}", sentence(message))
            }
            Self::WebhookUnreachable { webhook, .. } => write!(f, "webhook {webhook} can not be reached"),
            Self::PolicyDenied { policy, .. } => write!(f, "refused by admission policy {policy}"),
            Self::ServiceAccountMissing { name } => write!(f, "service account {name} does not exist"),
            Self::PriorityClassMissing { name } => write!(f, "priority class {name} does not exist"),
            Self::RuntimeClassMissing { name } => write!(f, "runtime class {name} does not exist"),
            Self::NamespaceTerminating => f.write_str("the namespace is being deleted"),
            Self::InvalidSpec { detail } => write!(f, "the pod template is invalid: {}", sentence(detail)),
            Self::Timeout => f.write_str("the API server did not answer in time"),
            Self::AlreadyExists => f.write_str("a pod of that name still exists"),
            Self::Unknown { detail } => f.write_str(sentence(detail)),
        }
    }
}

#[cfg(test)]
#[path = "tests/workload_create.rs"]
mod tests;
