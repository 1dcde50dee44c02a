//! Names of pods, and whom they mean.

use rutter_cluster::{
    ObjectRef,
    objects::{Pod, PodSpec, StatefulSet},
};

use crate::Context;

/// A name as a program asks for it: `web-1`, `web-1.web`, `web-1.web.shop`, `web-1.web.shop.svc.cluster.local`.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Asked<'a> {
    pub(super) member: &'a str,
    /// Empty where only the member was named.
    pub(super) service: &'a str,
    pub(super) namespace: &'a str,
}

pub(super) fn asked<'a>(host: &'a str, pod: &'a Pod) -> Option<Asked<'a>> {
    let mut labels = host.split('.');
    let member = labels.next().filter(|label| !label.is_empty())?;
    let service = labels.next().unwrap_or_default();
    let namespace = labels.next().unwrap_or(&pod.meta.namespace);
    let in_cluster = labels.next().is_none_or(|label| label == "svc");
    in_cluster.then_some(Asked { member, service, namespace })
}

/// Whom a name means.
#[derive(Clone, Copy)]
pub(super) struct Member<'c> {
    pub(super) pod: Option<&'c Pod>,
    /// The set that makes it, and its number there.
    pub(super) set: Option<(&'c StatefulSet, i64)>,
}

/// The pod of that name or hostname, or the set that would make it.
pub(super) fn member<'c>(context: &Context<'c>, asked: &Asked<'_>) -> Option<Member<'c>> {
    let (namespace, name) = (asked.namespace.into(), asked.member.into());
    let named = context.pod(&ObjectRef { namespace, name, ..ObjectRef::default() });
    let pod = if named.is_some() {
        named
    } else {
        // Only then are all pods of the namespace looked at.
        let pods = context.pods_in(asked.namespace).ok()?;
        pods.iter().find(|pod| pod.spec.hostname == *asked.member)
    };
    let set = set(context, asked);
    (pod.is_some() || set.is_some()).then_some(Member { pod, set })
}

/// The set that makes the pod of that name, and its number there.
pub(super) fn set<'c>(context: &Context<'c>, asked: &Asked<'_>) -> Option<(&'c StatefulSet, i64)> {
    let (set, number) = asked.member.rsplit_once('-')?;
    let number: i64 = number.parse().ok()?;
    Some((context.stateful_set(asked.namespace, set).ok()??, number))
}

impl<'c> Member<'c> {
    /// The Service that its name is under, by its own specification.
    pub(super) fn subdomain(&self) -> &'c str {
        let of_set = || self.set.map_or("", |(set, _)| set.spec.service_name.as_str());
        self.pod.map(|pod| pod.spec.subdomain.as_str()).filter(|name| !name.is_empty()).unwrap_or_else(of_set)
    }

    /// Its hostname, where it has one that DNS knows.
    pub(super) fn hostname(&self) -> &'c str {
        self.pod.map_or("", |pod| pod.spec.hostname.as_str())
    }

    /// Its hostname, or the one that it will get.
    pub(super) fn full_hostname(&self) -> String {
        match (self.hostname(), self.set) {
            ("", Some((set, number))) => format!("{}-{number}", set.meta.name),
            (hostname, _) => hostname.to_owned(),
        }
    }

    pub(super) fn spec(&self) -> Option<&'c PodSpec> {
        let of_set = || self.set.map(|(set, _)| &set.spec.template.spec);
        self.pod.map(|pod| &pod.spec).or_else(of_set)
    }

    pub(super) fn labels(&self) -> Option<&'c rutter_cluster::Labels> {
        let of_set = || self.set.map(|(set, _)| &set.spec.template.meta.labels);
        self.pod.map(|pod| &pod.meta.labels).or_else(of_set)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_members() {
        let mut pod = Pod::default();
        pod.meta.namespace = "shop".into();
        let parts = |host| asked(host, &pod).map(|asked| format!("{asked:?}"));
        let web = |service, namespace| Some(format!("{:?}", Asked { member: "web-1", service, namespace }));
        assert_eq!(parts("web-1"), web("", "shop"));
        assert_eq!(parts("web-1.web"), web("web", "shop"));
        assert_eq!(parts("web-1.web.other"), web("web", "other"));
        assert_eq!(parts("web-1.web.other.svc.cluster.local"), web("web", "other"));
        assert_eq!(parts("web-1.web.example.com"), None);
        assert_eq!(parts(""), None);
    }
}
