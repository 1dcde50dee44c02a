//! The controller ingress-nginx: how it is known, and what its arguments name.
//!
//! Arguments: kubernetes/ingress-nginx `pkg/flags/flags.go` (0.20–1.14). Other controllers with NGINX in them (F5's) have others.

use rutter_cluster::{
    Str,
    objects::{Container, DaemonSet, Deployment, PodSpec},
};

/// The program, as images and commands name it, for ten years.
const PROGRAM: &str = "nginx-ingress-controller";
const IMAGE: &str = "ingress-nginx/controller";

/// A container that runs the controller.
#[derive(Clone, Copy)]
pub(crate) struct Controller<'a> {
    pub(crate) container: &'a Container,
}

/// A namespace and a name.
pub(crate) type Name = (String, String);

impl<'a> Controller<'a> {
    /// The one in a pod, if there is one.
    pub(crate) fn of(spec: &'a PodSpec) -> Option<Self> {
        let is_it = |container: &&Container| {
            let words = container.command.iter().chain(&container.args);
            let image = container.image.split(['@', ':']).next().unwrap_or_default();
            words.take(2).any(|word| word.rsplit('/').next() == Some(PROGRAM))
                || image.ends_with(PROGRAM)
                || container.image.contains(IMAGE)
        };
        spec.containers.iter().find(is_it).map(|container| Self { container })
    }

    /// The one that a Deployment runs, if it is to run any.
    pub(crate) fn of_deployment(deployment: &'a Deployment) -> Option<Self> {
        let is_wanted = deployment.wanted() > 0 && deployment.meta.deleted.is_none();
        Self::of(&deployment.spec.template.spec).filter(|_| is_wanted)
    }

    /// The one that a `DaemonSet` runs, if it is to run any.
    pub(crate) fn of_daemon_set(set: &'a DaemonSet) -> Option<Self> {
        let is_wanted = set.status.desired_number_scheduled > 0 && set.meta.deleted.is_none();
        Self::of(&set.spec.template.spec).filter(|_| is_wanted)
    }

    /// The value of an argument, in either form of writing it: the last one counts, as everywhere.
    pub(crate) fn argument(self, name: &str) -> Option<&'a str> {
        let words: Vec<&str> =
            self.container.command.iter().chain(&self.container.args).map(Str::as_str).collect();
        let bare = |word: &'a str| word.strip_prefix("--")?.strip_prefix(name);
        words.iter().enumerate().rev().find_map(|(n, word)| match bare(word)? {
            "" => words.get(n + 1).copied().filter(|next| !next.starts_with("--")),
            rest => rest.strip_prefix('='),
        })
    }

    /// What an argument of the form `namespace/name` names; the controller's own namespace is mostly a variable there.
    pub(crate) fn names(self, argument: &str, namespace: &str) -> Option<Name> {
        let value = self.argument(argument)?.trim_matches(['\'', '"']);
        let (of, name) = value.split_once('/')?;
        let of = if of.starts_with("$(") { namespace } else { of };
        (!of.is_empty() && !name.is_empty() && !name.contains("$(")).then(|| (of.to_owned(), name.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spec(image: &str, args: &[&str]) -> PodSpec {
        let container = Container {
            image: image.into(),
            args: args.iter().map(|arg| (*arg).into()).collect::<Vec<_>>().into(),
            ..Container::default()
        };
        PodSpec { containers: vec![container].into(), ..PodSpec::default() }
    }

    #[test]
    fn the_controller_and_what_it_names() {
        let args =
            ["/nginx-ingress-controller", "--configmap=$(POD_NAMESPACE)/nginx-configuration", "--v", "2"];
        let own = spec("registry.example/mirror/controller:v1.11", &args);
        let controller = Controller::of(&own).unwrap();
        let configuration = controller.names("configmap", "kube-system");
        assert_eq!(configuration, Some(("kube-system".into(), "nginx-configuration".into())));
        assert_eq!((controller.argument("v"), controller.argument("publish-service")), (Some("2"), None));
        assert!(Controller::of(&spec("bitnami/nginx-ingress-controller:1", &[])).is_some());
        assert!(Controller::of(&spec("example/ingress-nginx/controller:v1@sha256:0", &[])).is_some());
        assert!(Controller::of(&spec("nginx/nginx-ingress:4", &["-nginx-configmaps=a/b"])).is_none());
        let odd = spec("x/nginx-ingress-controller", &["--configmap", "--publish-service=nothing"]);
        let controller = Controller::of(&odd).unwrap();
        assert_eq!(
            (controller.names("configmap", "a"), controller.names("publish-service", "a")),
            (None, None)
        );
    }
}
