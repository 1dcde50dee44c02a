use super::*;
use crate::texts::testing::survives;

const QUOTA: &str = "Error creating: pods \"web-7d9-x2\" is forbidden: exceeded quota: team, requested: limits.cpu=2,pods=1, used: limits.cpu=3,pods=4, limited: limits.cpu=4,pods=4";
const MUST_OLD: &str = "create Pod es-0 in StatefulSet es failed error: pods \"es-0\" is forbidden: failed quota: fpl-quota: must specify requests.cpu,requests.memory";
const MUST_NEW: &str = "Error creating: pods \"web-1\" is forbidden: failed quota: q: must specify limits.cpu for: a,b; limits.memory for: a";
const POD_SECURITY: &str = "(combined from similar events): Error creating: pods \"g-pc2wp\" is forbidden: violates PodSecurity \"restricted:v1.24\": host namespaces (hostNetwork=true), hostPort (container \"manager\" uses hostPorts 8443)";
const POLICY_OLD: &str = "Error creating: pods \"web-1\" is forbidden: unable to validate against any pod security policy: [spec.containers[0].securityContext.privileged: Invalid value: true: Privileged containers are not allowed]";
const DENY: &str = "Error creating: pods \"web-1\" is forbidden: SecurityContext.RunAsUser is forbidden";
const DENY_OLD: &str = "pods \"web-1\" is forbidden: pod.Spec.SecurityContext.RunAsUser is forbidden";
const WEBHOOK: &str = "Error creating: Internal error occurred: failed calling webhook \"inject.example.io\": failed to call webhook: Post \"https://inj.sys.svc:443/mutate?timeout=10s\": no endpoints available for service \"inj\"";
const WEBHOOK_OLD: &str = "Error creating: Internal error occurred: failed calling admission webhook \"inject.example.io\": Post https://inj.sys.svc:443/mutate?timeout=30s: dial tcp 10.0.0.1:443: connect: connection refused";
const WEBHOOK_DENIED: &str = "Error creating: admission webhook \"validation.gatekeeper.sh\" denied the request: [must-have-owner] no owner";
const POLICY: &str = "Error creating: pods \"web-1\" is forbidden: ValidatingAdmissionPolicy 'no-root' with binding 'all' denied request: runs as root";
const RANGE: &str =
    "Error creating: pods \"web-1\" is forbidden: maximum cpu usage per Container is 1, but limit is 2";
const ACCOUNT: &str = "Error creating: pods \"web-1\" is forbidden: error looking up service account shop/builder: serviceaccount \"builder\" not found";
const RBAC: &str = "Error creating: pods is forbidden: User \"system:x\" cannot create resource \"pods\" in API group \"\" in the namespace \"a\"";
const PRIORITY: &str =
    "Error creating: pods \"web-1\" is forbidden: no PriorityClass with name high was found";
const RUNTIME: &str =
    "Error creating: pods \"web-1\" is forbidden: pod rejected: RuntimeClass \"gvisor\" not found";
const ENDING: &str = "Error creating: pods \"web-1\" is forbidden: unable to create new content in namespace a because it is being terminated";
const INVALID: &str = "create Pod web-0 in StatefulSet web failed error: Pod \"web-0\" is invalid: spec.containers[0].image: Required value";

const SAMPLES: &[&str] = &[
    QUOTA,
    MUST_OLD,
    MUST_NEW,
    POD_SECURITY,
    POLICY_OLD,
    DENY,
    DENY_OLD,
    WEBHOOK,
    WEBHOOK_OLD,
    WEBHOOK_DENIED,
    POLICY,
    RANGE,
    ACCOUNT,
    RBAC,
    PRIORITY,
    RUNTIME,
    ENDING,
    INVALID,
];

#[test]
fn quotas() {
    let items = vec![
        QuotaItem { resource: "limits.cpu", requested: "2", used: "3", limited: "4" },
        QuotaItem { resource: "pods", requested: "1", used: "4", limited: "4" },
    ];
    assert_eq!(parse(QUOTA), Cause::QuotaExceeded { quota: "team", items });
    assert_eq!(parse(QUOTA).to_string(), "quota team is used up (limits.cpu: 3 of 4 used)");
    let resources = vec!["requests.cpu", "requests.memory"];
    assert_eq!(parse(MUST_OLD), Cause::QuotaMustSpecify { quota: "fpl-quota", resources });
    let resources = vec!["limits.cpu", "limits.memory"];
    assert_eq!(parse(MUST_NEW), Cause::QuotaMustSpecify { quota: "q", resources });
}

#[test]
fn security_then_and_now() {
    let violations =
        "host namespaces (hostNetwork=true), hostPort (container \"manager\" uses hostPorts 8443)";
    assert_eq!(parse(POD_SECURITY), Cause::PodSecurity { level: "restricted", violations });
    assert!(
        matches!(parse(POLICY_OLD), Cause::PodSecurityPolicy { detail } if detail.starts_with("unable to"))
    );
    assert_eq!(parse(DENY), Cause::SecurityContextDeny { field: "SecurityContext.RunAsUser" });
    assert_eq!(parse(DENY_OLD), Cause::SecurityContextDeny { field: "pod.Spec.SecurityContext.RunAsUser" });
}

#[test]
fn webhooks_and_policies() {
    let detail =
        "Post \"https://inj.sys.svc:443/mutate?timeout=10s\": no endpoints available for service \"inj\"";
    let webhook = "inject.example.io";
    assert_eq!(parse(WEBHOOK), Cause::WebhookUnreachable { webhook, detail, era: Era::Current });
    assert!(
        matches!(parse(WEBHOOK_OLD), Cause::WebhookUnreachable { era: Era::Old, detail, .. } if detail.starts_with("Post https"))
    );
    let message = "[must-have-owner] no owner";
    assert_eq!(parse(WEBHOOK_DENIED), Cause::WebhookDenied { webhook: "validation.gatekeeper.sh", message });
    assert_eq!(parse(POLICY), Cause::PolicyDenied { policy: "no-root", message: "runs as root" });
}

#[test]
fn missing_and_plain() {
    assert_eq!(
        parse(RANGE),
        Cause::LimitRange { detail: "maximum cpu usage per Container is 1, but limit is 2" }
    );
    assert_eq!(parse(ACCOUNT), Cause::ServiceAccountMissing { name: "builder" });
    assert!(matches!(parse(RBAC), Cause::RbacForbidden { .. }));
    assert_eq!(parse(PRIORITY), Cause::PriorityClassMissing { name: "high" });
    assert_eq!(parse(RUNTIME), Cause::RuntimeClassMissing { name: "gvisor" });
    assert_eq!(parse(ENDING), Cause::NamespaceTerminating);
    assert_eq!(parse(INVALID), Cause::InvalidSpec { detail: "spec.containers[0].image: Required value" });
    assert_eq!(parse("Error creating: pods \"web-1\" already exists"), Cause::AlreadyExists);
    assert_eq!(
        parse("Error creating: Timeout: request did not complete within requested timeout"),
        Cause::Timeout
    );
    assert_eq!(parse("Error creating: ducks"), Cause::Unknown { detail: "ducks" });
}

#[test]
fn never_panics() {
    survives(SAMPLES, |text| parse(text).to_string());
}
