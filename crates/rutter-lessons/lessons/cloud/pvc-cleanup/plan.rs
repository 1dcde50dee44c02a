//! The plan: after a person has said that nobody needs the data, volumes that would go with their claims are kept, and the claims go. A
//! finalizer is never touched: a claim that somebody uses waits for that.

use rutter_cluster::objects::{PersistentVolume, PersistentVolumeClaim};
use rutter_plan::{Changes, Condition, Draft, Object, Step, Undo};
use serde_json::Value;

use crate::{Context, Finding, fixes};

const POLICY: &str = "/spec/persistentVolumeReclaimPolicy";

pub(super) fn plan(context: &Context<'_>, finding: &Finding, most: usize) -> Option<Draft> {
    let claims: Vec<&PersistentVolumeClaim> = finding
        .instances
        .iter()
        .filter_map(|one| context.claim(&one.namespace, &one.name).ok().flatten())
        .filter(|claim| fixes::known(*claim).is_some())
        .take(most)
        .collect();
    let first = fixes::known(*claims.first()?)?;
    let names: Vec<&str> = claims.iter().map(|claim| claim.meta.name.as_str()).collect();
    let sure = Step::proof(
        "nobody needs them",
        format!(
            "Ask whom the data of {} belongs to, make a snapshot or another copy of what may be needed, and say who has agreed that the \
             claims go",
            names.join(", ")
        ),
        vec![format!("kubectl -n {} describe pvc {}", first.namespace, names.join(" "))],
    );
    let title = format!("Remove {} that nobody uses", crate::words::count(claims.len(), "claim"));
    let draft = Draft::new(title).then(sure);
    Some(claims.iter().fold(draft, |draft, claim| one(context, draft, claim)))
}

fn one(context: &Context<'_>, draft: Draft, claim: &PersistentVolumeClaim) -> Draft {
    let Some(object) = fixes::known(claim) else { return draft };
    let name = claim.spec.volume_name.as_str();
    let volume = context.persistent_volume("", name).ok().flatten();
    let kept = volume.and_then(|volume| keep(volume, &object));
    let policy = volume.map(|volume| volume.spec.persistent_volume_reclaim_policy.as_str());
    let draft = match (policy, &kept) {
        (Some("Delete"), None) | (None, _) => draft.blocker(
            &object,
            format!("whether its volume {name} stays is not known: the data may go with the claim"),
            "see the volume's policy, and delete the claim by hand",
        ),
        _ => draft.note(
            &object,
            format!("its volume {name} stays as Released, with the data, until somebody deletes that"),
        ),
    };
    let why = format!(
        "A new claim can take up the data again: {name} stays, and is bound by hand once its claimRef is taken out."
    );
    let delete = Step::delete(&object, why, fixes::READY).needing([
        Condition::field(&object, "/spec/volumeName", name),
        Condition::field(&object, "/status/phase", "Bound"),
        Condition::field(&object, "/metadata/deletionTimestamp", Value::Null),
    ]);
    let stays = volume.and_then(|volume| {
        let volume = fixes::known(volume)?;
        Some(Condition::field(&volume, POLICY, "Retain"))
    });
    draft.about(&object).and(kept).then(delete.needing(stays))
}

/// Undone only while the claim is there: later the volume, and its data, would go at once.
fn keep(volume: &PersistentVolume, claim: &Object) -> Option<Step> {
    let policy = &volume.spec.persistent_volume_reclaim_policy;
    let object = fixes::known(volume).filter(|_| *policy == "Delete")?;
    let changes = Changes::new().set(POLICY, policy.as_str(), "Retain");
    let title = format!("Have {object} stay when its claim goes");
    let mut step = Step::change(&object, title, &changes, fixes::SOON).needing([Condition::field(
        &object,
        "/spec/claimRef/uid",
        claim.uid.as_str(),
    )]);
    if let Undo::Act { needs, .. } = &mut step.undo {
        needs.push(Condition::There { object: claim.clone() });
        needs.push(Condition::field(claim, "/metadata/deletionTimestamp", Value::Null));
    }
    Some(step)
}
