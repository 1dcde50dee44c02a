//! Texts that are credentials, by their form or by the name under which they stand.

use crate::image;

/// What a value is, if it is a credential in plain text.
pub(crate) fn is_one(name: &str, value: &str) -> Option<&'static str> {
    if let Some(what) = by_form(value) {
        return Some(what);
    }
    by_name(&name.to_ascii_uppercase(), value)
}

/// Forms that nothing else has.
fn by_form(value: &str) -> Option<&'static str> {
    const TOKENS: [(&str, usize, &str); 11] = [
        ("AKIA", 20, "a key of AWS"),
        ("ghp_", 40, "a token of GitHub"),
        ("gho_", 40, "a token of GitHub"),
        ("github_pat_", 40, "a token of GitHub"),
        ("glpat-", 26, "a token of GitLab"),
        ("xoxb-", 30, "a token of Slack"),
        ("xoxp-", 30, "a token of Slack"),
        ("sk_live_", 24, "a key of Stripe"),
        ("AIza", 39, "a key of Google"),
        ("dckr_pat_", 30, "a token of Docker Hub"),
        ("npm_", 40, "a token of npm"),
    ];
    let plain = |text: &str| text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-'));
    let token = TOKENS
        .iter()
        .find(|(start, length, _)| value.starts_with(start) && value.len() >= *length && plain(value));
    if let Some((.., what)) = token {
        return Some(what);
    }
    if value.contains("-----BEGIN ") && value.contains("PRIVATE KEY-----") {
        return Some("a private key");
    }
    has_password(value).then_some("an address with a password")
}

/// `scheme://user:password@host`, the password being one.
fn has_password(value: &str) -> bool {
    let Some((scheme, rest)) = value.split_once("://") else { return false };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let Some((user, _)) = authority.rsplit_once('@') else { return false };
    let Some((_, password)) = user.split_once(':') else { return false };
    scheme.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'+') && is_plain(password)
}

/// Names that say it, where the value is no reference, path, switch or placeholder.
fn by_name(name: &str, value: &str) -> Option<&'static str> {
    const SWITCHED: [&str; 9] =
        ["ALLOW", "ENABLE", "DISABLE", "REQUIRE", "RANDOM", "RESET", "USE", "SHOW", "GENERATE"];
    let words: Vec<&str> = name.split(['_', '-', '.']).collect();
    let (last, before) = words.split_last()?;
    if words.iter().any(|word| SWITCHED.contains(word)) || !is_plain(value) {
        return None;
    }
    if matches!(*last, "PASSWORD" | "PASSWD" | "PASS" | "PASSPHRASE" | "DBPASSWORD")
        || last.ends_with("PASSWORD")
    {
        return Some("a password");
    }
    let previous = before.last().copied().unwrap_or_default();
    let key = *last == "KEY"
        && matches!(previous, "API" | "ACCESS" | "SECRET" | "PRIVATE" | "ENCRYPTION" | "SIGNING");
    let says = matches!(*last, "TOKEN" | "SECRET" | "APIKEY" | "SECRETKEY") || key;
    (says && is_random(value)).then_some("a secret")
}

/// Whether it may be a credential itself: not a reference to one, a path, a switch or something to be filled in.
fn is_plain(value: &str) -> bool {
    const STARTS: [&str; 12] =
        ["/", "./", "$", "file:", "vault:", "ref+", "secret:", "arn:", "sm://", "op://", "ENC[", "%"];
    const EMPTY: [&str; 12] =
        ["true", "false", "yes", "no", "on", "off", "none", "null", "nil", "n/a", "disabled", "enabled"];
    let lower = value.trim().to_ascii_lowercase();
    lower.len() >= 3
        && !EMPTY.contains(&lower.as_str())
        && !STARTS.iter().any(|start| value.starts_with(start))
        && !image::is_unfilled(value)
        && !value.contains(">>")
        && !lower.bytes().all(|b| matches!(b, b'*' | b'x' | b'.' | b'-'))
        && !["placeholder", "replace", "redacted", "todo", "your-", "your_", "example"]
            .iter()
            .any(|w| lower.contains(w))
}

/// Letters of both cases and digits without order, or many hexadecimal digits.
fn is_random(value: &str) -> bool {
    let has = |is: fn(&u8) -> bool| value.bytes().any(|b| is(&b));
    let one_word =
        value.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/' | b'=' | b'_' | b'-'));
    let digits = value.bytes().filter(u8::is_ascii_digit).count();
    let hex = value.len() >= 32 && value.bytes().all(|b| b.is_ascii_hexdigit());
    let mixed = has(u8::is_ascii_lowercase) && has(u8::is_ascii_uppercase) && digits >= 3;
    one_word && value.len() >= 16 && (hex && digits >= 4 || mixed)
}
