//! What became of the objects.

use std::collections::BTreeMap;
use std::fmt;

use super::object::Object;

/// What became of one object.
pub(super) enum Fate {
    Created,
    /// The API server had made one of that name itself, which now is as it was recorded.
    Replaced,
    /// It is there, and nothing says that it should be different.
    Left,
    PassedOver(&'static str),
    Refused(String),
    /// The object is there, but not all of it.
    Incomplete(String),
}

/// What became of the objects of a recording.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Loaded {
    /// How many objects of each kind were created.
    pub created: BTreeMap<String, usize>,
    /// How many objects of each kind the API server had already, and were made to be as they were recorded.
    pub replaced: BTreeMap<String, usize>,
    /// What was not even tried.
    pub passed_over: Vec<PassedOver>,
    /// What the API server would not have, or not all of.
    pub refused: Vec<Refusal>,
}

/// An object, or part of it, that the API server would not have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// Its kind, namespace and name.
    pub object: String,
    /// What the API server said.
    pub why: String,
}

/// A file or an object that was not tried.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PassedOver {
    /// The file, or the object's kind, namespace and name.
    pub what: String,
    /// Why not.
    pub why: String,
}

impl Loaded {
    pub(super) fn count(&mut self, object: &Object, fate: Fate) {
        let kind = || object.kind().to_owned();
        match fate {
            Fate::Created => *self.created.entry(kind()).or_default() += 1,
            Fate::Replaced => *self.replaced.entry(kind()).or_default() += 1,
            Fate::Left => {}
            Fate::PassedOver(why) => self.pass_over(object.to_string(), why),
            Fate::Refused(why) => self.refuse(object, why),
            Fate::Incomplete(why) => {
                *self.created.entry(kind()).or_default() += 1;
                self.refuse(object, why);
            }
        }
    }

    pub(super) fn refuse(&mut self, object: &Object, why: String) {
        self.refused.push(Refusal { object: object.to_string(), why });
    }

    pub(super) fn pass_over(&mut self, what: String, why: &str) {
        self.passed_over.push(PassedOver { what, why: why.to_owned() });
    }
}

impl fmt::Display for Loaded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (title, counts) in [("created", &self.created), ("replaced", &self.replaced)] {
            writeln!(f, "{title} {}", counts.values().sum::<usize>())?;
            for (kind, count) in counts {
                writeln!(f, "  {count:>6} {kind}")?;
            }
        }
        writeln!(f, "passed over {}", self.passed_over.len())?;
        for passed in &self.passed_over {
            writeln!(f, "  {}: {}", passed.what, passed.why)?;
        }
        writeln!(f, "refused {}", self.refused.len())?;
        for refusal in &self.refused {
            writeln!(f, "  {}: {}", refusal.object, refusal.why)?;
        }
        Ok(())
    }
}
