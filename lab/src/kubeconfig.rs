//! Kubeconfigs. They are written as JSON, which every reader of a kubeconfig takes, being YAML.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::pki::Identity;

/// How a user proves who it is.
pub(crate) enum Proof<'a> {
    Token(&'a str),
    Certificate(&'a Identity),
}

impl Proof<'_> {
    fn fields(&self) -> Value {
        match self {
            Self::Token(token) => json!({ "token": token }),
            Self::Certificate(identity) => json!({
                "client-certificate-data": STANDARD.encode(&identity.certificate),
                "client-key-data": STANDARD.encode(&identity.key),
            }),
        }
    }
}

/// The text of a kubeconfig for `user` on the API server at `server` (`ADDRESS:PORT`), whose CA is `ca` (PEM).
pub(crate) fn text(server: &str, ca: &str, user: &str, proof: &Proof<'_>) -> String {
    let server = format!("https://{server}");
    let config = json!({
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{ "name": "lab", "cluster": { "server": server, "certificate-authority-data": STANDARD.encode(ca) } }],
        "users": [{ "name": user, "user": proof.fields() }],
        "contexts": [{ "name": "lab", "context": { "cluster": "lab", "user": user } }],
        "current-context": "lab",
    });
    format!("{config:#}\n")
}
