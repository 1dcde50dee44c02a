//! Why the cluster could not be read at all.

use std::io;

/// Why the cluster could not be read at all, and what to do about it.
///
/// What is missing from a cluster that can be read isn't an error: see [`Notice`](super::Notice).
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Nothing says where the cluster is.
    #[error(
        "there is no cluster to read: no kubeconfig at {looked_at}, and this is not a pod in a cluster; give one with \
         --kubeconfig or $KUBECONFIG, name a dump or a folder of manifests to read instead, or look around with --demo"
    )]
    NoConfig {
        /// Where a kubeconfig was looked for.
        looked_at: String,
    },
    /// The kubeconfig or a flag can't be used.
    #[error("{why}")]
    Config {
        /// What is wrong with it and what to do.
        why: String,
    },
    /// The user's credentials could not be had.
    #[error("can't get the credentials for {server}: {why}")]
    Credentials {
        /// The API server's address.
        server: String,
        /// What failed and what to do.
        why: String,
    },
    /// The API server doesn't answer.
    #[error("can't reach the API server {server}: {why}; {advice}")]
    Unreachable {
        /// The API server's address.
        server: String,
        /// What happened.
        why: String,
        /// What to try.
        advice: String,
    },
    /// The API server doesn't accept the credentials.
    #[error(
        "the API server {server} does not accept the credentials (401 Unauthorized: {why}); they may have expired: log in \
         again as you do for kubectl, or choose another user with --context, --user or --token"
    )]
    Unauthorized {
        /// The API server's address.
        server: String,
        /// What the server said.
        why: String,
    },
    /// Something answers that isn't an API server.
    #[error(
        "what answers at {server} is not a Kubernetes API server ({answer}): a proxy or a login page may be in between; \
         check the address in the kubeconfig, HTTPS_PROXY and NO_PROXY"
    )]
    NotKubernetes {
        /// The address.
        server: String,
        /// What it answered: status and content type.
        answer: String,
    },
    /// This machine could not start what is needed for the network.
    #[error("can't start the network thread: {0}")]
    Runtime(#[source] io::Error),
}

impl Error {
    /// An unusable kubeconfig or flag.
    pub(super) fn config(why: impl Into<String>) -> Self {
        Self::Config { why: why.into() }
    }
}

/// The error with its sources, each said once: libraries differ in whether an error repeats its source.
pub(super) fn chain(error: &(dyn std::error::Error + 'static)) -> String {
    let mut text = String::new();
    let mut next = Some(error);
    while let Some(error) = next {
        let this = plain(&error.to_string());
        if !text.contains(&this) {
            if !text.is_empty() {
                text.push_str(": ");
            }
            text.push_str(&this);
        }
        next = error.source();
    }
    text
}

/// The longest text of somebody else's that goes into a note.
const LONGEST: usize = 400;

/// Somebody else's text on one line, short, and without control characters.
pub(super) fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len().min(LONGEST));
    for c in text.trim().chars() {
        match c {
            c if c.is_control() || c.is_whitespace() => {
                if !out.ends_with(' ') {
                    out.push(' ');
                }
            }
            c => out.push(c),
        }
        if out.len() >= LONGEST {
            out.push('…');
            break;
        }
    }
    out
}
