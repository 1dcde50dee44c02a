//! Making steps: the forms that plans consist of, each with what must hold before it and after it, and its way back.

use serde_json::{Map, Value, json};

use crate::{Action, Condition, Late, Object, PatchKind, Step, Undo};

/// Seconds for a person to do something.
pub(crate) const PERSON: u64 = 4 * 60 * 60;

/// Fields of one object that are to be something else: what they are now is looked at again before, and comes back if the step
/// is undone.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Changes(Vec<(String, Value, Value)>);

impl Changes {
    /// None yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// With one more: the field's JSON pointer, what it is now, and what it is to be; `null` is a field that is absent.
    #[must_use]
    pub fn set(mut self, path: impl Into<String>, from: impl Into<Value>, to: impl Into<Value>) -> Self {
        self.0.push((path.into(), from.into(), to.into()));
        self
    }

    /// Whether nothing is to be changed.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn before(&self, object: &Object) -> Vec<Condition> {
        self.0.iter().map(|(path, from, _)| Condition::field(object, path, from.clone())).collect()
    }

    fn after(&self, object: &Object) -> Vec<Condition> {
        self.0.iter().map(|(path, _, to)| Condition::field(object, path, to.clone())).collect()
    }

    fn forth(&self) -> Value {
        merge(self.0.iter().map(|(path, _, to)| (path.as_str(), to)))
    }

    fn back(&self) -> Value {
        merge(self.0.iter().map(|(path, from, _)| (path.as_str(), from)))
    }
}

/// A patch (RFC 7386) that sets these fields and no others.
fn merge<'v>(fields: impl Iterator<Item = (&'v str, &'v Value)>) -> Value {
    let mut all = Map::new();
    for (path, value) in fields {
        let keys: Vec<String> =
            path.split('/').skip(1).map(|key| key.replace("~1", "/").replace("~0", "~")).collect();
        put(&mut all, &keys, value);
    }
    Value::Object(all)
}

fn put(into: &mut Map<String, Value>, keys: &[String], value: &Value) {
    match keys {
        [] => {}
        [last] => drop(into.insert(last.clone(), value.clone())),
        [first, rest @ ..] => {
            let within = into.entry(first.clone()).or_insert_with(|| json!({}));
            if let Value::Object(within) = within {
                put(within, rest, value);
            }
        }
    }
}

/// A JSON pointer (RFC 6901) to a key within something, whatever is in its name: `/spec/selector` and `app/name`.
pub fn pointer(within: &str, key: &str) -> String {
    format!("{within}/{}", key.replace('~', "~0").replace('/', "~1"))
}

impl Step {
    /// A step that waits for nothing and undoes nothing; its stage is given when it is added to a plan.
    pub fn new(
        id: impl Into<String>,
        title: impl Into<String>,
        action: Action,
        deadline_seconds: u64,
    ) -> Self {
        Self {
            id: id.into(),
            title: title.into(),
            stage: 0,
            needs: Vec::new(),
            action,
            until: Vec::new(),
            undo: Undo::Nothing,
            deadline_seconds,
            late: Late::Hold,
        }
    }

    /// With more that must hold before it acts.
    #[must_use]
    pub fn needing(mut self, conditions: impl IntoIterator<Item = Condition>) -> Self {
        self.needs.extend(conditions);
        self
    }

    /// With more that must hold after it.
    #[must_use]
    pub fn awaiting(mut self, conditions: impl IntoIterator<Item = Condition>) -> Self {
        self.until.extend(conditions);
        self
    }

    /// It can't be taken back: why not.
    #[must_use]
    pub fn for_good(self, why: impl Into<String>) -> Self {
        Self { undo: Undo::Never { why: why.into() }, ..self }
    }

    /// Waits until these hold, and does nothing.
    pub fn wait(
        id: impl Into<String>,
        title: impl Into<String>,
        until: impl IntoIterator<Item = Condition>,
        deadline_seconds: u64,
    ) -> Self {
        Self::new(id, title, Action::Wait, deadline_seconds).awaiting(until)
    }

    /// Something that a person looks at: it changes nothing.
    pub fn look(id: impl Into<String>, ask: impl Into<String>, commands: Vec<String>) -> Self {
        let ask = ask.into();
        Self::new(id, ask.clone(), Action::Person { ask, commands, proof: false }, PERSON)
    }

    /// Something that a person does.
    pub fn person(id: impl Into<String>, ask: impl Into<String>, commands: Vec<String>) -> Self {
        Self::look(id, ask, commands).for_good("What a person did a person takes back.")
    }

    /// Something that a person knows, and says how: the words stay in the journal.
    pub fn proof(id: impl Into<String>, ask: impl Into<String>, commands: Vec<String>) -> Self {
        let ask = ask.into();
        Self::new(id, ask.clone(), Action::Person { ask, commands, proof: true }, PERSON)
    }

    /// Deletes exactly this object, and waits until it is gone.
    pub fn delete(object: &Object, why_for_good: impl Into<String>, deadline_seconds: u64) -> Self {
        let action =
            Action::Delete { object: object.clone(), grace_seconds: None, propagation: String::new() };
        Self::new(format!("delete {}", place(object)), format!("Delete {object}"), action, deadline_seconds)
            .needing([Condition::There { object: object.clone() }])
            .awaiting([Condition::Gone { object: object.clone() }])
            .for_good(why_for_good)
    }

    /// Evicts exactly this pod, so that disruption budgets are heeded, and waits until it is gone.
    pub fn evict(pod: &Object, why_for_good: impl Into<String>, deadline_seconds: u64) -> Self {
        let action = Action::Evict { pod: pod.clone(), grace_seconds: None };
        let step = Self::delete(pod, why_for_good, deadline_seconds);
        Self { id: format!("evict {}", place(pod)), title: format!("Evict {pod}"), action, ..step }
    }

    /// Changes fields of an object, as long as they are what they were.
    pub fn change(
        object: &Object,
        title: impl Into<String>,
        changes: &Changes,
        deadline_seconds: u64,
    ) -> Self {
        let title = title.into();
        let patch = |body| Action::Patch { object: object.clone(), kind: PatchKind::Merge, body };
        let undo = Undo::Act {
            title: format!("Take back: {title}"),
            needs: changes.after(object),
            action: Box::new(patch(changes.back())),
            until: changes.before(object),
        };
        let there = Condition::There { object: object.clone() };
        let step =
            Self::new(format!("change {}", place(object)), title, patch(changes.forth()), deadline_seconds);
        let step = step.needing([there]).needing(changes.before(object)).awaiting(changes.after(object));
        Self { undo, ..step }
    }

    /// Has a workload run so many pods as long as it is asked for as many as it was.
    pub fn scale(workload: &Object, from: i64, to: i64, deadline_seconds: u64) -> Self {
        let changes = Changes::new().set("/spec/replicas", from, to);
        let title = format!("Scale {workload} from {from} to {to}");
        let step = Self::change(workload, title, &changes, deadline_seconds);
        Self { id: format!("scale {}", place(workload)), ..step }
    }

    /// Gives a Deployment the template of another of its ReplicaSets, as long as it is as it was seen; undone, it gets its
    /// present one again. `until` must not hold before, or nothing is done.
    pub fn roll_back(
        workload: &Object,
        generation: i64,
        (from, to): (&Object, &Object),
        deadline_seconds: u64,
    ) -> Self {
        let back = |to: &Object| Action::RollBack { workload: workload.clone(), to: to.clone() };
        let is_generation = |generation: i64| Condition::field(workload, "/metadata/generation", generation);
        // Each change of the template counts one further: if it is another, somebody else has changed it since.
        let undo = Undo::Act {
            title: format!("Give {workload} the template of {from} again"),
            needs: vec![
                is_generation(generation.saturating_add(1)),
                Condition::There { object: from.clone() },
            ],
            action: Box::new(back(from)),
            until: Vec::new(),
        };
        let title = format!("Give {workload} the template of {to}");
        let step = Self::new(format!("roll back {}", place(workload)), title, back(to), deadline_seconds);
        let there = [workload, to].map(|object| Condition::There { object: object.clone() });
        let not_paused = Condition::field(workload, "/spec/paused", Value::Null);
        Self { undo, ..step.needing(there).needing([is_generation(generation), not_paused]) }
    }
}

/// Where an object is, as part of a step's name.
fn place(object: &Object) -> String {
    if object.namespace.is_empty() {
        object.name.clone()
    } else {
        format!("{}/{}", object.namespace, object.name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn service() -> Object {
        Object { kind: "Service".into(), ..Object::pod("shop", "web", "u1") }
    }

    #[test]
    fn changes_go_back_to_what_was() {
        let key = pointer("/spec/selector", "app.kubernetes.io/name");
        let changes =
            Changes::new().set(key.clone(), "wbe", "web").set("/spec/selector/old", "x", Value::Null);
        let step = Step::change(&service(), "Correct it", &changes, 60);
        let Action::Patch { body, .. } = &step.action else { panic!("{step:?}") };
        assert_eq!(*body, json!({"spec": {"selector": {"app.kubernetes.io/name": "web", "old": null}}}));
        assert!(step.needs.contains(&Condition::field(&service(), &key, "wbe")));
        let Undo::Act { action, needs, until, .. } = &step.undo else { panic!("{step:?}") };
        let Action::Patch { body, .. } = &**action else { panic!("{action:?}") };
        assert_eq!(*body, json!({"spec": {"selector": {"app.kubernetes.io/name": "wbe", "old": "x"}}}));
        assert_eq!(*needs, step.until);
        assert_eq!(*until, step.needs[1..]);
    }

    #[test]
    fn a_deletion_is_of_one_object_and_for_good() {
        let step = Step::delete(&service(), "it is gone", 60);
        assert_eq!(step.needs, [Condition::There { object: service() }]);
        assert_eq!(step.until, [Condition::Gone { object: service() }]);
        assert_eq!(step.undo, Undo::Never { why: "it is gone".into() });
    }
}
