//! To which StatefulSet a claim belongs, or belonged: by its name, `TEMPLATE-SET-NUMBER`, and its labels.

use rutter_cluster::objects::{PersistentVolumeClaim, StatefulSet};

use crate::{Context, Seen};

/// Where a claim comes from.
pub(super) enum Member<'c> {
    /// Of a StatefulSet that is there; the claim's number.
    Of(&'c StatefulSet, i64),
    /// Of one that is gone: its name, as far as the labels tell.
    Gone(String),
}

pub(super) fn of<'c>(context: &Context<'c>, claim: &PersistentVolumeClaim) -> Seen<Option<Member<'c>>> {
    let Some((stem, number)) = numbered(&claim.meta.name) else { return Ok(None) };
    for set in context.stateful_sets_in(&claim.meta.namespace)? {
        let mut templates = set.spec.volume_claim_templates.iter();
        let is_of = |template: &str| stem.strip_prefix(template).and_then(|rest| rest.strip_prefix('-'));
        if templates.any(|template| is_of(&template.meta.name) == Some(set.meta.name.as_str())) {
            return Ok(Some(Member::Of(set, number)));
        }
    }
    Ok(labelled(claim, stem).map(Member::Gone))
}

/// `data-db-2` → (`data-db`, 2).
fn numbered(name: &str) -> Option<(&str, i64)> {
    let (stem, number) = name.rsplit_once('-')?;
    let is_plain = !number.is_empty() && number.bytes().all(|digit| digit.is_ascii_digit());
    let is_short = number == "0" || !number.starts_with('0');
    number.parse().ok().filter(|_| is_plain && is_short).map(|number| (stem, number))
}

/// The StatefulSet's controller gives its claims the labels that it selects its pods by (`getPersistentVolumeClaims`): one of them
/// is mostly a part of its name. What a person or an operator made is none.
fn labelled(claim: &PersistentVolumeClaim, stem: &str) -> Option<String> {
    let manager = claim.meta.labels.get("app.kubernetes.io/managed-by");
    if !claim.meta.owner_references.is_empty() || manager.is_some_and(|manager| *manager != "Helm") {
        return None;
    }
    let (_, set) = stem.split_once('-')?;
    let mut values = claim.meta.labels.iter().map(|(_, value)| value.as_str());
    values.any(|value| value.len() > 1 && set.contains(value)).then(|| set.to_owned())
}

/// The claim without its number: what those of one template of one StatefulSet have in common.
pub(super) fn stem(claim: &PersistentVolumeClaim) -> &str {
    numbered(&claim.meta.name).map_or("", |(stem, _)| stem)
}

pub(super) fn number(claim: &PersistentVolumeClaim) -> i64 {
    numbered(&claim.meta.name).map_or(0, |(_, number)| number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers() {
        assert_eq!(numbered("data-db-12"), Some(("data-db", 12)));
        for name in ["data", "data-", "data-x", "data-01", "-", "data--1a", "data-99999999999999999999"] {
            assert_eq!(numbered(name), None, "{name}");
        }
    }
}
