//! The Secrets with the certificates of an Ingress: whether they are there, nothing else.

use rutter_cluster::{Str, objects::Ingress};

use super::CERTIFICATE;
use crate::{Context, Seen};

/// The TLS Secrets that aren't there.
pub(super) fn missing(context: &Context<'_>, ingress: &Ingress) -> Seen<Vec<Str>> {
    let named = ingress.spec.tls.iter().map(|tls| &tls.secret_name).filter(|name| !name.is_empty());
    let mut missing = Vec::new();
    let mut there = None;
    for name in named {
        // `namespace/name`, which some controllers take, is looked for in the other namespace: not here.
        if name.contains('/') {
            continue;
        }
        if there.is_none() {
            there = Some(context.secrets(&ingress.meta.namespace)?);
        }
        let found = there.is_some_and(|all| all.iter().any(|secret| secret.meta.name == *name));
        if !found && !missing.contains(name) {
            missing.push(name.clone());
        }
    }
    Ok(missing)
}

/// Who should make its certificates, by an annotation.
pub(super) fn maker(ingress: &Ingress) -> Option<&'static str> {
    let has = |start: &str| ingress.meta.annotations.iter().any(|(key, _)| key.starts_with(start));
    if has("cert-manager.io/")
        || has("certmanager.k8s.io/")
        || ingress.meta.annotations.contains_key("kubernetes.io/tls-acme")
    {
        return Some("cert-manager");
    }
    None
}

/// Whether whoever makes certificates may still be at it.
pub(super) fn may_come(context: &Context<'_>, ingress: &Ingress) -> bool {
    maker(ingress).is_some()
        && ingress.meta.created.is_some_and(|created| context.may_be_younger(created, CERTIFICATE))
}

/// Whether its certificates come from the cloud or the controller, as annotations tell: then Secrets are not looked at.
pub(super) fn is_elsewhere(ingress: &Ingress) -> bool {
    const KEYS: [&str; 5] = [
        "alb.ingress.kubernetes.io/certificate-arn",
        "networking.gke.io/managed-certificates",
        "ingress.gcp.kubernetes.io/pre-shared-cert",
        "appgw.ingress.kubernetes.io/appgw-ssl-certificate",
        "traefik.ingress.kubernetes.io/router.tls.certresolver",
    ];
    KEYS.iter().any(|key| ingress.meta.annotations.contains_key(key))
}
