//! Takes out what looks like a credential.
//!
//! Secrets' values are never read, but messages and log lines can quote anything. What is taken out is told by its form
//! (a JWT, a key of AWS, a private key) or by the word before it (`password=`, `Bearer`, the user part of a URL). A
//! reference (`$(DB_PASSWORD)`), a name (`secret "db-password"`) or a digest is none and stays: it is what explains.

use std::{borrow::Cow, sync::LazyLock};

use regex_lite::{Captures, Regex};

/// Stands where something was taken out.
const REDACTED: &str = "<redacted>";

/// A form of credentials: words of which one is in every text that has one, in small letters, and what matches it, as its
/// group `secret` or as a whole where it has no such group.
///
/// The words are there for speed: nearly all texts have none of them.
type Form = (&'static [&'static str], &'static str);

const FORMS: &[Form] = &[
    // A PEM block, whole or cut.
    (
        &["private key"],
        r"-----BEGIN [A-Z ]*PRIVATE KEY-----(?:[^-]|\\n)*(?:-----END [A-Z ]*PRIVATE KEY-----)?",
    ),
    // A JWT: two parts of base64 that both begin with `{"`, and a signature.
    (&["eyj"], r"\beyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}(?:\.[A-Za-z0-9_-]*)?"),
    (&["akia", "asia"], r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b"),
    (
        &["gh", "glpat-", "xox"],
        r"\b(?:gh[pousr]_[A-Za-z0-9]{30,}|github_pat_[A-Za-z0-9_]{30,}|glpat-[A-Za-z0-9_-]{20,}|xox[abprs]-[A-Za-z0-9-]{10,})",
    ),
    (&["aiza"], r"\bAIza[0-9A-Za-z_-]{35}\b"),
    // `Authorization: Basic …`, `Bearer …`: long enough not to be a word of a sentence, or with a digit.
    (
        &["bearer", "basic"],
        r"(?i)\b(?:bearer|basic)\s+(?P<secret>[A-Za-z0-9+/._~=-]{20,}|[A-Za-z+/._~=-]*[0-9][A-Za-z0-9+/._~=-]{5,})",
    ),
    // The password of a URL.
    (&["://"], r"[A-Za-z][A-Za-z0-9+.-]*://[^\s/:@?#]*:(?P<secret>[^\s/@]+)@"),
    // `password=…`, `"token": "…"`, `AWS_SECRET_ACCESS_KEY=…`: an assignment, or a quoted value in JSON or YAML.
    (
        &["passw", "pwd", "secret", "token", "key", "credential", "sig"],
        r#"(?i)(?:password|passwd|pwd|secret|token|api[_-]?key|access[_-]?key|private[_-]?key|credentials?|sig|signature)(?:=|"\s*:\s*"|\\"\s*:\s*\\"|'\s*:\s*')"?'?(?P<secret>[^\s"'&,;\\]+)"#,
    ),
    // `--password …`, `password: …`: what follows a colon is often a sentence, so it must have a digit or a sign.
    (
        &["passw", "secret", "key", "token"],
        r#"(?i)(?:--(?:password|token|secret)\s+|\b(?:password|passwd|secret[_-]?key|api[_-]?key|access[_-]?key|token):\s+)(?P<secret>[A-Za-z]{3,}[0-9!$%^*+][^\s"',;]*|[A-Za-z]*[0-9!$%^*+_][^\s"',;]{5,})"#,
    ),
];

static PATTERNS: LazyLock<Vec<(&[&str], Regex)>> = LazyLock::new(|| {
    FORMS.iter().filter_map(|(words, form)| Some((*words, Regex::new(form).ok()?))).collect()
});

/// The text without what looks like a credential.
pub fn redact(text: &str) -> Cow<'_, str> {
    let small = text.to_ascii_lowercase();
    let mut text = Cow::Borrowed(text);
    for (words, pattern) in PATTERNS.iter() {
        // What was taken out adds none of these words.
        if words.iter().any(|word| small.contains(word)) && pattern.is_match(&text) {
            text = Cow::Owned(pattern.replace_all(&text, without_secret).into_owned());
        }
    }
    text
}

fn without_secret(found: &Captures<'_>) -> String {
    let Some(whole) = found.get(0) else { return String::new() };
    let secret = found.name("secret").unwrap_or(whole);
    if is_reference(secret.as_str()) {
        return whole.as_str().to_owned();
    }
    let (before, after) = (secret.start() - whole.start(), secret.end() - whole.start());
    format!("{}{REDACTED}{}", &whole.as_str()[..before], &whole.as_str()[after..])
}

/// Whether it only says where a credential is, or is one that was taken out already.
fn is_reference(secret: &str) -> bool {
    secret.starts_with(['$', '<', '*', '{', '[', '(', '%'])
        || ["true", "false", "null", "none", "nil", "empty"].contains(&secret.to_ascii_lowercase().as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_is_a_pattern() {
        assert_eq!(PATTERNS.len(), FORMS.len());
    }

    #[test]
    fn credentials_are_taken_out() {
        for (text, wanted) in [
            ("Authorization: Bearer abcdef0123456789", "Authorization: Bearer <redacted>"),
            ("sent Bearer QWxhZGRpbjpvcGVuIHNlc2FtZQ==", "sent Bearer <redacted>"),
            ("dsn host=db password=hunter2 dbname=x", "dsn host=db password=<redacted> dbname=x"),
            ("DB_PASSWORD=hunter2", "DB_PASSWORD=<redacted>"),
            (r#"{"password":"hunter2","user":"bob"}"#, r#"{"password":"<redacted>","user":"bob"}"#),
            (r#"{\"token\": \"abc\"}"#, r#"{\"token\": \"<redacted>\"}"#),
            ("GET /x?token=abc&user=bob", "GET /x?token=<redacted>&user=bob"),
            ("password: hunter2!", "password: <redacted>"),
            ("run --token s3cr3t-value", "run --token <redacted>"),
            ("key AKIAIOSFODNN7EXAMPLE is", "key <redacted> is"),
            ("aws_secret_access_key=wJalrXUtnFEMI/K7MDENG", "aws_secret_access_key=<redacted>"),
            ("dial postgres://bob:hunter2@db:5432/shop", "dial postgres://bob:<redacted>@db:5432/shop"),
            ("redis://:hunter2@cache:6379", "redis://:<redacted>@cache:6379"),
            ("jwt eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.c2lnbmF0dXJl.", "jwt <redacted>."),
            ("ghp_0123456789abcdefghijABCDEFGHIJ", "<redacted>"),
            ("-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----\nx", "<redacted>\nx"),
        ] {
            assert_eq!(redact(text), wanted);
            assert_eq!(redact(&redact(text)), wanted, "twice");
        }
    }

    #[test]
    fn what_only_looks_like_one_stays() {
        for text in [
            "secret \"db-password\" not found",
            "MountVolume.SetUp failed for volume \"token\": secret \"x-token-9x2fk\" not found",
            "password authentication failed for user \"app\"",
            "couldn't find key password in Secret shop/db",
            "invalid bearer token, token has expired",
            "bearer authentication required",
            "no basic auth credentials",
            "password: must not be empty",
            "token: authentication required",
            "FATAL: no password supplied",
            "using password=$(DB_PASSWORD) and password=${PW}",
            "image registry:5000/app@sha256:6c3c624b58dbbcd3c0dd82b4c53f04194d1247c6eebdaab7c610cf7d66709b3b",
            "GET http://10.0.0.1:8080/mail?to=a@b.c: connection refused",
            "Head \"https://registry.invalid:5000/v2/none/manifests/1\": dial tcp",
            "git clone ssh://git@host/x",
            "pod web-6d5f9c8b7-4d9fk uid 0a1b2c3d-0000-4000-8000-123456789abc",
            "automountServiceAccountToken: false, token=true",
            "kubectl -n shop create secret docker-registry regcred --docker-password=<password>",
            "imagePullSecrets=regcred",
        ] {
            assert_eq!(redact(text), text);
        }
    }
}
