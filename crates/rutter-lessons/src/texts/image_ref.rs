//! Names of images: `registry.example.com:5000/team/app:1.2@sha256:…`.
//!
//! The grammar is that of `distribution/reference`, which Docker, containerd, CRI-O and the kubelet share (1.12–1.37).

use std::borrow::Cow;
use std::fmt;

/// The registry of a name that gives none.
pub const DEFAULT_HOST: &str = "docker.io";

/// An image's name, taken apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImageRef<'a> {
    /// The registry, with its port if it has one; `docker.io` by default.
    pub host: &'a str,
    /// The repository; with `library/` before the official ones of Docker Hub.
    pub repository: Cow<'a, str>,
    /// The tag, if given.
    pub tag: Option<&'a str>,
    /// The digest, if given.
    pub digest: Option<&'a str>,
}

impl ImageRef<'_> {
    /// Whether a later pull can give another image: no digest, and no tag but `latest`.
    pub fn is_latest(&self) -> bool {
        self.digest.is_none() && matches!(self.tag, None | Some("latest"))
    }
}

/// What is wrong with an image's name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InvalidImage {
    /// There is no name.
    Empty,
    /// Letters beyond ASCII.
    NonAscii,
    /// Capital letters in the repository.
    UpperCase,
    /// White space.
    Space,
    /// A tag that isn't one.
    Tag,
    /// A digest that isn't one.
    Digest,
    /// Another character or separator where none may be.
    Malformed,
}

impl fmt::Display for InvalidImage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Empty => "the image has no name",
            Self::NonAscii => "the image name has characters that are not ASCII",
            Self::UpperCase => "the image name has capital letters",
            Self::Space => "the image name has white space",
            Self::Tag => "the image's tag is malformed",
            Self::Digest => "the image's digest is malformed",
            Self::Malformed => "the image name is malformed",
        })
    }
}

/// Takes an image's name apart.
pub fn parse(name: &str) -> Result<ImageRef<'_>, InvalidImage> {
    if name.is_empty() {
        return Err(InvalidImage::Empty);
    }
    if !name.is_ascii() {
        return Err(InvalidImage::NonAscii);
    }
    if name.contains(|c: char| c.is_whitespace()) {
        return Err(InvalidImage::Space);
    }
    let (name, digest) = apart(name, name.find('@'));
    if digest.is_some_and(|digest| !is_digest(digest)) {
        return Err(InvalidImage::Digest);
    }
    let path_start = name.rfind('/').map_or(0, |at| at + 1);
    let colon = name.rfind(':').filter(|at| *at >= path_start);
    let (name, tag) = apart(name, colon);
    if tag.is_some_and(|tag| !is_tag(tag)) {
        return Err(InvalidImage::Tag);
    }
    let (host, repository) = host_apart(name);
    check_repository(repository)?;
    let official = host == DEFAULT_HOST && !repository.contains('/');
    let repository = if official { format!("library/{repository}").into() } else { repository.into() };
    Ok(ImageRef { host, repository, tag, digest })
}

/// The registry of an image's name, even where the rest of it is malformed.
pub fn host(name: &str) -> &str {
    host_apart(name).0
}

/// Both sides of the one character at `at`.
fn apart(text: &str, at: Option<usize>) -> (&str, Option<&str>) {
    match at.and_then(|at| Some((text.get(..at)?, text.get(at + 1..)?))) {
        Some((head, tail)) => (head, Some(tail)),
        None => (text, None),
    }
}

fn host_apart(name: &str) -> (&str, &str) {
    match name.split_once('/') {
        Some(("index.docker.io", rest)) => (DEFAULT_HOST, rest),
        Some((first, rest)) if first.contains(['.', ':']) || first == "localhost" => (first, rest),
        _ => (DEFAULT_HOST, name),
    }
}

fn check_repository(repository: &str) -> Result<(), InvalidImage> {
    if repository.contains(|c: char| c.is_ascii_uppercase()) {
        return Err(InvalidImage::UpperCase);
    }
    let sound = repository.len() <= 255 && repository.split('/').all(is_component);
    if sound { Ok(()) } else { Err(InvalidImage::Malformed) }
}

/// Letters and digits, separated by `.`, `_`, `__` or hyphens.
fn is_component(part: &str) -> bool {
    let edge = |b: Option<&u8>| b.is_some_and(u8::is_ascii_alphanumeric);
    let bytes = part.as_bytes();
    let known = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-');
    edge(bytes.first())
        && edge(bytes.last())
        && bytes.iter().all(known)
        && !part.contains("..")
        && !part.contains("___")
}

fn is_tag(tag: &str) -> bool {
    let known = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.' | b'-');
    (1..=128).contains(&tag.len()) && tag.bytes().all(known) && !tag.starts_with(['.', '-'])
}

fn is_digest(digest: &str) -> bool {
    let Some((algorithm, hex)) = digest.split_once(':') else { return false };
    !algorithm.is_empty() && hex.len() >= 32 && hex.bytes().all(|b| b.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::texts::testing::survives;

    fn parts(name: &str) -> (String, String, Option<&str>, Option<&str>) {
        let read = parse(name).unwrap();
        (read.host.into(), read.repository.into_owned(), read.tag, read.digest)
    }

    #[test]
    fn names_and_defaults() {
        assert_eq!(parts("nginx"), ("docker.io".into(), "library/nginx".into(), None, None));
        assert_eq!(parts("rancher/klipper-lb:v0.4.9").1, "rancher/klipper-lb");
        assert_eq!(
            parts("registry.invalid/none:1"),
            ("registry.invalid".into(), "none".into(), Some("1"), None)
        );
        assert_eq!(parts("localhost:5000/a/b__c"), ("localhost:5000".into(), "a/b__c".into(), None, None));
        let digest = format!("sha256:{}", "a".repeat(64));
        assert_eq!(parts(&format!("quay.io/x/y:1@{digest}")).3, Some(digest.as_str()));
        assert!(parse("busybox:latest").unwrap().is_latest());
        assert!(!parse("busybox:1.35").unwrap().is_latest());
    }

    #[test]
    fn invalid_names() {
        assert_eq!(parse(""), Err(InvalidImage::Empty));
        assert_eq!(parse("镜像/应用:1"), Err(InvalidImage::NonAscii));
        assert_eq!(parse("Nginx:1"), Err(InvalidImage::UpperCase));
        assert_eq!(parse("nginx :1"), Err(InvalidImage::Space));
        assert_eq!(parse("nginx:"), Err(InvalidImage::Tag));
        assert_eq!(parse("nginx@sha256:zz"), Err(InvalidImage::Digest));
        assert_eq!(parse("a//b"), Err(InvalidImage::Malformed));
        assert_eq!(host("gcr.io/Bad Name"), "gcr.io");
    }

    #[test]
    fn never_panics() {
        survives(&["localhost:5000/a/b__c:1@sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"], |text| {
            (parse(text).is_ok(), host(text).len())
        });
    }
}
