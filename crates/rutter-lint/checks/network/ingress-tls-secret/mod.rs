//! The Ingress's certificate isn't there.

use rutter_cluster::Kind;
use rutter_lessons::Severity;

use crate::{Check, Context, Found, Look, Object, Presence, Topic};

pub(crate) static CHECK: Check = Check {
    id: "ingress-tls-secret",
    topic: Topic::Network,
    title: "the Ingress's certificate isn't there",
    severity: Severity::High,
    default: true,
    prevents: &["ingress-backend-error", "certificate-expired"],
    look: Look::Object(look),
    text: include_str!("check.md"),
};

fn look(context: &Context<'_>, object: &Object, found: &mut Found<'_>) {
    if object.kind != "Ingress" || object.group() != "networking.k8s.io" {
        return;
    }
    // cert-manager and its like make it when they see the Ingress.
    let is_made = object.root.entries_at(&["metadata", "annotations"]).iter().any(|(key, _)| {
        key.text().is_some_and(|key| key.contains("cert-manager") || key.contains("/tls-acme"))
    });
    if is_made {
        return;
    }
    for secret in object.root.items_at(&["spec", "tls"]).iter().filter_map(|one| one.at(&["secretName"])) {
        let Some(name) = secret.text() else { continue };
        if context.all_named(object, "Certificate", name).is_empty()
            && let Presence::Absent { nearest } = context.presence(object, Kind::Secret, name)
        {
            let nearest = nearest.map(|name| format!("; the nearest is {name}")).unwrap_or_default();
            found
                .at(secret, format!("there is no Secret {name} in its namespace{nearest}: clients get the controller's own certificate"))
                .advice("name the Secret with the certificate, or let cert-manager make it");
        }
    }
}
