//! What the API server says to who may not do something (RBAC, and the node authorizer, which speaks alike).
//!
//! `apiserver/pkg/endpoints/handlers/responsewriters/errors.go`: `pods is forbidden: User "jane" cannot list resource "pods" in API
//! group "" in the namespace "shop"`; up to 1.11 `pods is forbidden: User "jane" cannot list pods in the namespace "shop"`.

use super::scan::{after, non_empty, quoted, until, word};

/// Who may not do what.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Denied<'a> {
    /// The user as the API server knows him: `system:serviceaccount:shop:web`.
    pub user: &'a str,
    /// `list`, `get`, `create`, …
    pub verb: &'a str,
    /// The resource's plural, with a subresource behind a slash: `pods/log`; or a path of the API server.
    pub resource: &'a str,
    /// The API group; empty for the core group, and where the text names none.
    pub group: &'a str,
    /// The namespace; none for what has none, and for all at once.
    pub namespace: Option<&'a str>,
}

impl<'a> Denied<'a> {
    /// Namespace and name of the ServiceAccount, if the user is one.
    pub fn service_account(&self) -> Option<(&'a str, &'a str)> {
        self.user.strip_prefix("system:serviceaccount:")?.split_once(':')
    }
}

/// Reads the message of a refusal. `None` if it is none.
pub fn parse(text: &str) -> Option<Denied<'_>> {
    let said = after(text, "User ")?;
    let user = non_empty(quoted(said)?)?;
    let (verb, rest) = after(said, " cannot ")?.split_once(' ')?;
    let named = after(rest, "resource ").or_else(|| after(rest, "path ")).and_then(quoted);
    let resource = non_empty(named.unwrap_or_else(|| word(rest)))?;
    let group = after(rest, "API group ").and_then(quoted).unwrap_or_default();
    let namespace = after(rest, "in the namespace ").and_then(quoted).and_then(non_empty);
    Some(Denied { user, verb, resource, group, namespace })
}

/// What RBAC adds: a role that is bound and does not exist.
pub fn reason(text: &str) -> Option<&str> {
    let told = until(after(text, "RBAC: ")?, "\n").trim();
    non_empty(told)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::texts::testing::survives;

    const ACCOUNT: &str = r#"Error from server (Forbidden): pods is forbidden: User "system:serviceaccount:shop:web" cannot list resource "pods" in API group "" in the namespace "shop""#;
    const CLUSTER: &str = r#"deployments.apps "web" is forbidden: User "jane" cannot patch resource "deployments" in API group "apps" at the cluster scope: RBAC: clusterrole.rbac.authorization.k8s.io "ops" not found"#;
    const OLD: &str = r#"pods is forbidden: User "jane" cannot list pods in the namespace "shop"."#;
    const PATH: &str = r#"forbidden: User "system:anonymous" cannot get path "/metrics""#;

    #[test]
    fn who_may_not_do_what() {
        let denied = parse(ACCOUNT).unwrap();
        assert_eq!(denied.service_account(), Some(("shop", "web")));
        assert_eq!((denied.verb, denied.resource, denied.group), ("list", "pods", ""));
        assert_eq!(denied.namespace, Some("shop"));
        let denied = parse(CLUSTER).unwrap();
        assert_eq!((denied.user, denied.verb, denied.resource), ("jane", "patch", "deployments"));
        assert_eq!((denied.group, denied.namespace, denied.service_account()), ("apps", None, None));
        assert_eq!(reason(CLUSTER), Some("clusterrole.rbac.authorization.k8s.io \"ops\" not found"));
        let denied = parse(OLD).unwrap();
        assert_eq!((denied.resource, denied.namespace), ("pods", Some("shop")));
        assert_eq!(parse(PATH).map(|denied| denied.resource), Some("/metrics"));
        for other in
            ["pods \"web-1\" is forbidden: exceeded quota: q", "User \"jane\" logged in", "User cannot"]
        {
            assert_eq!(parse(other), None);
        }
    }

    #[test]
    fn any_text_is_survived() {
        survives(&[ACCOUNT, CLUSTER, OLD, PATH], |text| format!("{:?} {:?}", parse(text), reason(text)));
    }
}
