//! What is to be explained: an object, or words.

use std::path::{Path, PathBuf};

use rutter_cluster::Kind;

/// What the arguments ask for.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Target {
    /// An object, and where to look for it.
    Object { kind: String, name: String, sources: Vec<PathBuf> },
    /// A kind without a name.
    KindAlone(String),
    /// An object with its namespace before it, as no command of kubectl takes it.
    WithNamespace { namespace: String, object: String },
    /// A lesson, a sign of one, or a text.
    Words(String),
}

impl Target {
    /// Words that were not quoted are one text all the same.
    pub(super) fn of(what: &str, rest: &[PathBuf]) -> Self {
        let object = |kind: &str, name: &str, sources: &[PathBuf]| Self::Object {
            kind: kind.to_owned(),
            name: name.to_owned(),
            sources: sources.to_vec(),
        };
        match (what.split_once('/'), rest) {
            (Some((namespace, object)), _) if is_object(object) && is_name(namespace) => {
                Self::WithNamespace { namespace: namespace.to_owned(), object: object.to_owned() }
            }
            (Some((kind, name)), sources) if is_kind(kind) && is_name(name) => object(kind, name, sources),
            (None, []) if Kind::of_word(what).is_some() => Self::KindAlone(what.to_owned()),
            (None, [name, sources @ ..]) if Kind::of_word(what).is_some() && is_word(name) => {
                object(what, &name.to_string_lossy(), sources)
            }
            _ => Self::Words(words(what, rest)),
        }
    }
}

/// All words as one text.
pub(super) fn words(what: &str, rest: &[PathBuf]) -> String {
    let rest = rest.iter().map(|word| word.to_string_lossy().into_owned());
    [what.to_owned()].into_iter().chain(rest).collect::<Vec<_>>().join(" ")
}

fn is_word(name: &Path) -> bool {
    is_name(&name.to_string_lossy())
}

fn is_object(text: &str) -> bool {
    text.split_once('/').is_some_and(|(kind, name)| Kind::of_word(kind).is_some() && is_name(name))
}

/// Whether it could be the name of a kind, known or not: letters, and the group behind dots.
fn is_kind(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text.chars().all(|c| c.is_ascii_alphanumeric() || ".-".contains(c))
}

/// Whether it could be the name of an object: some kinds allow any segment of a path, none allows blanks.
fn is_name(text: &str) -> bool {
    !text.is_empty() && !text.contains(|c: char| c.is_whitespace() || c == '/' || c == '%')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(words: &[&str]) -> Target {
        let rest: Vec<PathBuf> = words[1..].iter().map(PathBuf::from).collect();
        Target::of(words[0], &rest)
    }

    fn object(kind: &str, name: &str, sources: &[&str]) -> Target {
        let sources = sources.iter().map(PathBuf::from).collect();
        Target::Object { kind: kind.to_owned(), name: name.to_owned(), sources }
    }

    #[test]
    fn objects_are_told_from_words() {
        assert_eq!(of(&["pod/web-0"]), object("pod", "web-0", &[]));
        assert_eq!(of(&["pod", "web-0"]), object("pod", "web-0", &[]));
        assert_eq!(of(&["pod/web-0", "a.tar", "b"]), object("pod", "web-0", &["a.tar", "b"]));
        assert_eq!(of(&["deploy", "web", "-"]), object("deploy", "web", &["-"]));
        assert_eq!(
            of(&["certificates.cert-manager.io/web"]),
            object("certificates.cert-manager.io", "web", &[])
        );
        assert_eq!(of(&["pod"]), Target::KindAlone("pod".to_owned()));
        for words in [
            &["crash-loop"][..],
            &["OOMKilled"],
            &["0/3 nodes are available: 1 Insufficient cpu"],
            &["pod/", "x"],
            &["a/b/c"],
        ] {
            assert_eq!(of(words), Target::Words(words.join(" ")), "{words:?}");
        }
        assert_eq!(of(&["exit", "code", "137"]), Target::Words("exit code 137".to_owned()));
        let namespace =
            Target::WithNamespace { namespace: "shop".to_owned(), object: "pod/web-0".to_owned() };
        assert_eq!(of(&["shop/pod/web-0"]), namespace);
    }
}
