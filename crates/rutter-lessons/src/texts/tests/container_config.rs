use super::*;
use crate::texts::testing::survives;

const SAMPLES: [(&str, Problem<'static>); 14] = [
    ("configmap \"app\" not found", Problem::Object { kind: "ConfigMap", name: "app" }),
    ("Error: secrets \"db\" not found", Problem::Object { kind: "Secret", name: "db" }),
    (
        "couldn't find key DB_URL in ConfigMap shop/app",
        Problem::Key { kind: "ConfigMap", name: "app", key: "DB_URL" },
    ),
    ("Couldn't find key k in Secret shop/db", Problem::Key { kind: "Secret", name: "db", key: "k" }),
    (
        "secrets \"db\" is forbidden: User \"system:node:node-a\" cannot get resource \"secrets\" in API group \"\" in the \
         namespace \"shop\": no relationship found between node 'node-a' and this object",
        Problem::Forbidden { kind: "Secret", name: "db" },
    ),
    ("container has runAsNonRoot and image will run as root (pod: \"x\")", Problem::Root),
    ("container's runAsUser breaks non-root policy (pod: \"x\", container: web)", Problem::RootUser),
    (
        "container has runAsNonRoot and image has non-numeric user (app), cannot verify user is non-root",
        Problem::UserName("app"),
    ),
    (
        "failed to sync configmap cache: timed out waiting for the condition",
        Problem::Unread { what: "a ConfigMap" },
    ),
    (
        "failed to sync secret cache: timed out waiting for the condition",
        Problem::Unread { what: "a Secret" },
    ),
    (
        "services have not yet been read at least once, cannot construct envvars",
        Problem::Unread { what: "the Services of the cluster" },
    ),
    ("object \"shop\"/\"app\" not registered", Problem::Unread { what: "a ConfigMap or Secret" }),
    (
        "failed to prepare subPath for volumeMount \"cfg\" of container \"web\"",
        Problem::SubPath { volume: Some("cfg") },
    ),
    ("something else", Problem::Other("something else")),
];

#[test]
fn messages() {
    for (text, expected) in SAMPLES {
        assert_eq!(problem(text), expected, "{text}");
    }
}

#[test]
fn any_text_is_survived() {
    survives(&SAMPLES.map(|(text, _)| text), |text| format!("{:?}", problem(text)));
}
