//! What is wrong with a key or its value.

use rutter_cluster::{Str, objects::Settings};

use super::settings::{Form, OTHERS, SETTINGS};
use crate::near;

/// A key that does nothing, and why.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Ignored {
    /// Nearly the name of a setting, which it is not.
    Misspelt { key: String, meant: &'static str },
    /// A value that can't be read, so that the default holds.
    Unreadable { key: String, value: String, form: Form, default: &'static str },
}

impl Ignored {
    pub(super) fn key(&self) -> &str {
        match self {
            Self::Misspelt { key, .. } | Self::Unreadable { key, .. } => key,
        }
    }

    pub(super) fn phrase(&self) -> String {
        match self {
            Self::Misspelt { key, meant } => format!("{key} (is it {meant}?)"),
            Self::Unreadable { key, value, form, default } => {
                let form = match form {
                    Form::Number => "a number without a unit",
                    Form::Switch => "true or false",
                    Form::Workers => "a number or auto",
                };
                format!("{key} \"{value}\" ({form} is read, so {default} holds)")
            }
        }
    }
}

/// All keys that do nothing, as far as that is certain: a key that is unlike all others may be of a version that isn't known here.
pub(super) fn ignored(data: &Settings) -> Vec<Ignored> {
    data.iter().filter_map(|key| misspelt(key).or_else(|| unreadable(data, key))).collect()
}

fn known() -> impl Iterator<Item = &'static str> + Clone {
    SETTINGS.iter().map(|(key, ..)| *key).chain(OTHERS.iter().copied())
}

fn misspelt(key: &str) -> Option<Ignored> {
    if known().any(|known| known == key) {
        return None;
    }
    // As the directive of NGINX, which it configures, is written.
    let dashed = key.to_lowercase().replace(['_', ' '], "-");
    let meant =
        known().find(|known| *known == dashed).or_else(|| known().find(|known| near::is_slip(key, known)))?;
    Some(Ignored::Misspelt { key: key.to_owned(), meant })
}

fn unreadable(data: &Settings, key: &str) -> Option<Ignored> {
    let (_, form, default) = SETTINGS.iter().find(|(known, ..)| *known == key)?;
    let value = data.value(key)?;
    // An empty value is read as 0 or false, which may be meant.
    let is_read = value.is_empty()
        || match form {
            Form::Number => value.parse::<i64>().is_ok(),
            Form::Switch => {
                const SWITCHES: [&str; 12] =
                    ["1", "t", "T", "TRUE", "true", "True", "0", "f", "F", "FALSE", "false", "False"];
                SWITCHES.contains(&value.as_str())
            }
            Form::Workers => value == "auto" || value.parse::<u32>().is_ok(),
        };
    (!is_read).then(|| Ignored::Unreadable {
        key: key.to_owned(),
        value: value.to_string(),
        form: *form,
        default,
    })
}

/// A whole file where one key for each setting belongs: its name, if nothing else that is known is set.
pub(super) fn file(data: &Settings) -> Option<&str> {
    let is_set = data.iter().any(|key| known().any(|known| known == key.as_str()));
    let is_file = |key: &&str| {
        let ending = key.rsplit_once('.').map(|(_, ending)| ending);
        matches!(ending, Some("conf" | "yaml" | "yml" | "json" | "properties" | "txt" | "cfg"))
            || matches!(*key, "config" | "nginx" | "data" | "configuration")
    };
    data.iter().map(Str::as_str).find(is_file).filter(|_| !is_set)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(json: &str) -> Settings {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn slips_and_values_that_cannot_be_read() {
        let said = |json: &str| ignored(&settings(json)).iter().map(Ignored::phrase).collect::<Vec<_>>();
        assert_eq!(said(r#"{"keep_alive": "75"}"#), ["keep_alive (is it keep-alive?)"]);
        assert_eq!(said(r#"{"upstream-keepalive-connection": "1"}"#).len(), 1);
        assert_eq!(
            said(r#"{"keep-alive": "75s"}"#),
            ["keep-alive \"75s\" (a number without a unit is read, so 75 holds)"]
        );
        assert_eq!(said(r#"{"use-gzip": "yes", "use-http2": "on"}"#).len(), 2);
        let fine = r#"{"keep-alive": "", "use-gzip": "True", "worker-processes": "auto", "http-snippet": "x", "vendor-option": "1"}"#;
        assert!(said(fine).is_empty());
    }

    #[test]
    fn files() {
        assert_eq!(file(&settings(r#"{"nginx.conf": "worker_processes 4;"}"#)), Some("nginx.conf"));
        assert_eq!(file(&settings(r#"{"nginx.conf": "x", "keep-alive": "75"}"#)), None);
        assert_eq!(file(&settings(r#"{"vendor-option": "1"}"#)), None);
    }
}
