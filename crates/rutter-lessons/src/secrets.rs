//! Takes credentials out of commands and settings while it is still known where a word ends and what it is called.
//!
//! Reports take out what looks like a credential in a text; but a value that stands apart from its flag looks like nothing.

/// Stands where a value was.
const REDACTED: &str = "<redacted>";

/// How names end that say a credential, without the signs between their words.
const NAMES: [&str; 17] = [
    "password",
    "passwd",
    "passphrase",
    "pass",
    "pwd",
    "secret",
    "token",
    "credential",
    "credentials",
    "signature",
    "apikey",
    "accesskey",
    "secretkey",
    "privatekey",
    "authkey",
    "encryptionkey",
    "masterkey",
];

/// Whether what is called so is a credential: `--root-password`, `DB_PASSWORD`, `auth.token`.
fn is_credential(name: &str) -> bool {
    let name: String = name.chars().filter(char::is_ascii_alphanumeric).collect();
    let name = name.to_ascii_lowercase();
    NAMES.iter().any(|end| name.ends_with(end))
}

/// Whether a value only says where a credential is, or whether there is any.
fn is_reference(value: &str) -> bool {
    let is_within = |start, end| value.starts_with(start) && value.ends_with(end);
    value.is_empty() || is_within("$(", ')') || is_within("${", '}') || ["true", "false"].contains(&value)
}

/// The value of something that is called `name`, unless it is a credential.
pub fn value<'v>(name: &str, value: &'v str) -> &'v str {
    if is_credential(name) && !is_reference(value) { REDACTED } else { value }
}

/// A value of a flag.
pub fn flag(flag: &str, value: &str) -> String {
    let prefix = format!("--{flag}=");
    let whole = words(&[&format!("{prefix}{value}")]);
    whole.strip_prefix(&prefix).unwrap_or(REDACTED).to_owned()
}

/// A command line.
pub fn words(words: &[&str]) -> String {
    let mut shown = Vec::new();
    let mut is_next = false;
    for word in words {
        let is_value = is_next && !word.starts_with('-');
        is_next = is_bare_flag(word);
        shown.push(match assigned(word) {
            _ if is_value && !is_reference(word) => REDACTED.to_owned(),
            Some(kept) => format!("{kept}{REDACTED}"),
            None if word.contains(char::is_whitespace) => script(word),
            None => (*word).to_owned(),
        });
    }
    shown.join(" ")
}

/// `--token`, whose value is the next word.
fn is_bare_flag(word: &str) -> bool {
    word.starts_with('-') && !word.contains(['=', ' ']) && is_credential(word)
}

/// Of `--token=abc`, `DB_PASSWORD=abc`, `--set=db.password=abc` or `X-Token: abc`, what comes before the credential.
fn assigned(word: &str) -> Option<&str> {
    let signs = word.match_indices(['=', ':']);
    let is_assignment = |at: usize, sign: &str| {
        let (name, value) = (&word[..at], &word[at + 1..]);
        let is_pair = sign == "=" || value.starts_with(' ');
        is_pair
            && !name.contains(char::is_whitespace)
            && is_credential(name)
            && !is_reference(value.trim_matches(['"', '\'', ' ']))
    };
    let (at, _) = signs.filter(|(at, sign)| is_assignment(*at, sign)).min()?;
    Some(&word[..=at])
}

/// A word that is a script of its own. A value in quotes goes up to where they end.
fn script(text: &str) -> String {
    let mut pieces: Vec<String> = Vec::new();
    for piece in text.split_whitespace() {
        let is_open = |last: &String| ['"', '\''].iter().any(|quote| last.matches(*quote).count() % 2 == 1);
        match pieces.last_mut() {
            Some(last) if is_open(last) => {
                last.push(' ');
                last.push_str(piece);
            }
            _ => pieces.push(piece.to_owned()),
        }
    }
    let mut shown = Vec::new();
    let mut is_next = false;
    for piece in &pieces {
        let is_value = is_next && !piece.starts_with('-');
        is_next = is_bare_flag(piece);
        shown.push(match assigned(piece) {
            _ if is_value && !is_reference(piece.trim_matches(['"', '\''])) => REDACTED.to_owned(),
            Some(kept) => format!("{kept}{REDACTED}"),
            None if is_nested(piece) => {
                let quote = &piece[..1];
                format!("{quote}{}{quote}", script(&piece[1..piece.len() - 1]))
            }
            None => piece.clone(),
        });
    }
    shown.join(" ")
}

/// Whether it is several words in quotes.
fn is_nested(piece: &str) -> bool {
    let is_within = |quote: char| piece.len() > 2 && piece.starts_with(quote) && piece.ends_with(quote);
    piece.contains(char::is_whitespace) && (is_within('"') || is_within('\''))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_are_taken_out_of_commands() {
        for (given, wanted) in [
            (&["etcd", "--root-password=hunter 1, 2"][..], "etcd --root-password=<redacted>"),
            (&["a", "--token", "sekrit", "--v", "2"], "a --token <redacted> --v 2"),
            (
                &["a", "-password", "x", "--aws-secret-key=wJ"],
                "a -password <redacted> --aws-secret-key=<redacted>",
            ),
            (&["env", "DB_PASSWORD=a&b", "a"], "env DB_PASSWORD=<redacted> a"),
            (&["a", "--set=db.password=x=y"], "a --set=db.password=<redacted>"),
            (&["curl", "-H", "X-Token: abc"], "curl -H X-Token:<redacted>"),
            (
                &["sh", "-c", "redis --requirepass 'a b' --port 1"],
                "sh -c redis --requirepass <redacted> --port 1",
            ),
            // Where a value ends can't be told of a word that begins with one: rather too much.
            (&["sh", "-c", "PASSWORD=\"a b\" exec x --token t"], "sh -c PASSWORD=<redacted>"),
            (&["sh", "-c", "exec x --token t"], "sh -c exec x --token <redacted>"),
            (&["sh", "-c", "bash -c 'x --token t'"], "sh -c bash -c 'x --token <redacted>'"),
        ] {
            assert_eq!(words(given), wanted);
        }
        assert_eq!(flag("token", "a, b"), "<redacted>");
        assert_eq!(value("password", "correct horse"), "<redacted>");
    }

    #[test]
    fn what_is_no_credential_stays() {
        for given in [
            &["kube-apiserver", "--token-auth-file=/etc/tokens", "--tls-private-key-file=/a.key"][..],
            &["a", "--use-service-account-credentials=true", "--password=$(PASSWORD)"],
            &["a", "--client-key=/pki/a.key", "--image=token:1", "--token", "--v=2"],
            &["sh", "-c", "exec 'a b"],
        ] {
            assert_eq!(words(given), given.join(" "));
        }
    }
}
