//! Fields of an object with their values for a person, and how two such lists differ.

use std::collections::{BTreeMap, BTreeSet};

use rutter_cluster::{Kind, Meta};

use rutter_lessons::secrets;

use super::What;

/// A value as it is compared, and as it may be told.
#[derive(Debug, Clone, Default)]
pub(super) struct Shown {
    pub(super) whole: String,
    pub(super) shown: String,
}

impl Shown {
    /// A command line.
    pub(super) fn words<'w>(words: impl IntoIterator<Item = &'w str>) -> Self {
        let words: Vec<&str> = words.into_iter().collect();
        Self { whole: words.join(" "), shown: secrets::words(&words) }
    }

    /// The value of something that is called `name`.
    pub(super) fn named(name: &str, value: &str) -> Self {
        Self { whole: value.to_owned(), shown: secrets::value(name, value).to_owned() }
    }

    /// The values of a flag.
    pub(super) fn of_flag(flag: &str, values: &[&str]) -> Self {
        let shown: Vec<String> = values.iter().map(|value| secrets::flag(flag, value)).collect();
        Self { whole: values.join(", "), shown: shown.join(", ") }
    }
}

/// Fields with their values; one that isn't there has no value.
#[derive(Debug, Default)]
pub(super) struct Fields(BTreeMap<String, Shown>);

impl Fields {
    /// Notes a value; an empty one is none.
    #[expect(clippy::needless_pass_by_value, reason = "so that a line for a field is no longer than that")]
    pub(super) fn add(&mut self, field: impl Into<String>, value: impl ToString) {
        let value = value.to_string();
        self.add_shown(field, Shown { shown: value.clone(), whole: value });
    }

    /// Notes a value of which not all may be told.
    pub(super) fn add_shown(&mut self, field: impl Into<String>, value: Shown) {
        if !value.whole.is_empty() {
            self.0.insert(field.into(), value);
        }
    }

    /// Notes a command line.
    pub(super) fn add_words<'w>(
        &mut self,
        field: impl Into<String>,
        words: impl IntoIterator<Item = &'w str>,
    ) {
        self.add_shown(field, Shown::words(words));
    }

    /// Notes several values as one: `a, b`.
    pub(super) fn add_all<T: AsRef<str>>(
        &mut self,
        field: impl Into<String>,
        all: impl IntoIterator<Item = T>,
    ) {
        let all: Vec<String> = all.into_iter().map(|value| value.as_ref().to_owned()).collect();
        self.add(field, all.join(", "));
    }

    /// What is another in `after`, by field.
    pub(super) fn changes(&self, after: &Fields) -> Vec<What> {
        let fields: BTreeSet<&String> = self.0.keys().chain(after.0.keys()).collect();
        let value = |of: &Fields, field: &String| {
            of.0.get(field).map(|value| value.shown.clone()).unwrap_or_default()
        };
        let change = |field: &String| What::Changed {
            field: field.clone(),
            before: value(self, field),
            after: value(after, field),
        };
        let whole = |of: &Fields, field: &String| of.0.get(field).map(|value| value.whole.clone());
        let differs = |field: &&String| whole(self, field) != whole(after, field);
        fields.into_iter().filter(differs).map(change).collect()
    }
}

/// That something was changed which the model doesn't hold.
///
/// The generation counts changes of a spec. Objects without one have only the resource version, which changes with their
/// metadata too.
pub(super) fn unnamed(kind: Kind, before: &Meta, after: &Meta) -> Option<What> {
    let changed = |field: &str, before: String, after: String| {
        Some(What::Changed { field: field.to_owned(), before, after })
    };
    if before.generation > 0 && after.generation > 0 {
        let generation = |meta: &Meta| format!("generation {}", meta.generation);
        return (before.generation != after.generation)
            .then(|| changed("spec", generation(before), generation(after)))?;
    }
    let is_content = matches!(kind, Kind::ConfigMap | Kind::Secret);
    let (old, new) = (&before.resource_version, &after.resource_version);
    let differs = is_content && !old.is_empty() && !new.is_empty() && old != new;
    let version = |version: &str| format!("version {version}");
    differs.then(|| changed("content", version(old), version(new)))?
}
