//! References to images: `registry.example:5000/team/web:1.4@sha256:…`.

/// The parts of a reference to an image.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reference<'i> {
    /// The registry; `docker.io` where none is named.
    pub host: &'i str,
    /// What the registry calls it: `team/web`, and `nginx` where Docker Hub has it as `library/nginx`.
    pub path: &'i str,
    /// Its tag.
    pub tag: Option<&'i str>,
    /// Its digest: `sha256:…`.
    pub digest: Option<&'i str>,
}

impl<'i> Reference<'i> {
    /// Takes a reference apart, whether or not it is a valid one.
    pub fn of(text: &'i str) -> Self {
        let (name, digest) = text.split_once('@').map_or((text, None), |(name, digest)| (name, Some(digest)));
        let (host, rest) = match name.split_once('/') {
            Some((host, rest)) if host.contains(['.', ':']) || host == "localhost" => (host, rest),
            _ => ("docker.io", name),
        };
        let host =
            if matches!(host, "index.docker.io" | "registry-1.docker.io") { "docker.io" } else { host };
        let (path, tag) = rest.split_once(':').map_or((rest, None), |(path, tag)| (path, Some(tag)));
        let path = if host == "docker.io" { path.strip_prefix("library/").unwrap_or(path) } else { path };
        Self { host, path, tag, digest }
    }

    /// Whether another image may stand behind it tomorrow: it has no tag, or `latest`, and no digest.
    pub fn moves(&self) -> bool {
        self.digest.is_none() && matches!(self.tag, None | Some("latest"))
    }

    /// The last part of its path: `web`.
    pub fn name(&self) -> &'i str {
        self.path.rsplit('/').next().unwrap_or(self.path)
    }
}

/// Whether something is still to be put in: `${TAG}`, `{{ .Values.image }}`, `$(image)`, `<image>`.
pub fn is_unfilled(text: &str) -> bool {
    ["${", "{{", "$(", "<"].iter().any(|mark| text.contains(mark))
}

/// Whether an admission webhook puts the image in: Istio's gateways have `image: auto`.
pub fn is_injected(text: &str) -> bool {
    text == "auto"
}

/// Whether a Java program is likely in it, by its name.
pub fn is_java(text: &str) -> bool {
    const NAMES: [&str; 8] = ["java", "openjdk", "jdk", "jre", "temurin", "corretto", "tomcat", "zulu"];
    text.split(|c: char| !c.is_ascii_alphabetic()).any(|word| NAMES.contains(&word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts() {
        let parts = |text| {
            let Reference { host, path, tag, digest } = Reference::of(text);
            (host, path, tag, digest)
        };
        assert_eq!(parts("nginx"), ("docker.io", "nginx", None, None));
        assert_eq!(parts("docker.io/library/nginx:1"), ("docker.io", "nginx", Some("1"), None));
        assert_eq!(parts("bitnami/redis:7"), ("docker.io", "bitnami/redis", Some("7"), None));
        assert_eq!(parts("localhost/a/b"), ("localhost", "a/b", None, None));
        assert_eq!(
            parts("r.example:5000/a:1@sha256:0"),
            ("r.example:5000", "a", Some("1"), Some("sha256:0"))
        );
        assert_eq!(parts(""), ("docker.io", "", None, None));
    }
}
