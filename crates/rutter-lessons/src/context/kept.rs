//! What is computed once for many subjects.

use std::{any::Any, collections::BTreeMap, mem::take, sync::Arc};

use rutter_cluster::ObjectRef;

use super::Context;
use crate::reads::{Key, Reads};

/// What names something that is computed once: what it is, and what it is about.
pub type Name = (&'static str, ObjectRef);

type Value = Arc<dyn Any + Send + Sync>;

/// A function of what it is about and of what it reads through its context, and of nothing else: it can't hold anything.
type Compute<T> = for<'c> fn(&Context<'c>, &ObjectRef) -> T;

/// What was computed once for many subjects, and what was read for it. It may be kept for later questions for as long as
/// none of what was read has changed.
#[derive(Default)]
pub struct Kept {
    known: BTreeMap<Name, Known>,
    /// What was computed since this was asked last.
    new: Vec<Name>,
}

impl Kept {
    /// What was computed since this was asked last, and what was read for each.
    pub fn take_new(&mut self) -> Vec<(Name, Reads)> {
        let reads = |name: Name| Some((name.clone(), (*self.known.get(&name)?.reads).clone()));
        take(&mut self.new).into_iter().filter_map(reads).collect()
    }

    /// Forgets something, which may be otherwise now, and returns what was known.
    pub fn forget(&mut self, name: &Name) -> Option<Known> {
        self.known.remove(name)
    }
}

/// A computed value.
#[derive(Clone)]
pub struct Known {
    value: Value,
    reads: Arc<Reads>,
    recipe: Arc<dyn Recipe>,
}

impl Known {
    /// Computes the value again; whether it is another one now.
    pub fn has_changed(&self, context: &Context<'_>, name: &Name) -> bool {
        !self.recipe.is_same(&self.value, &self.recipe.value(context, name))
    }
}

/// How a value is computed, whatever its type.
trait Recipe: Send + Sync {
    fn value(&self, context: &Context<'_>, name: &Name) -> Value;
    fn is_same(&self, one: &Value, other: &Value) -> bool;
}

struct Of<T>(Compute<T>);

impl<T: PartialEq + Send + Sync + 'static> Recipe for Of<T> {
    fn value(&self, context: &Context<'_>, name: &Name) -> Value {
        let value: Arc<T> = context.kept(name.0, &name.1, self.0);
        value
    }

    fn is_same(&self, one: &Value, other: &Value) -> bool {
        one.downcast_ref::<T>().zip(other.downcast_ref::<T>()).is_some_and(|(one, other)| one == other)
    }
}

/// What is computed once for as long as a context lives, and what was read for it.
pub(super) type Once = BTreeMap<Name, (Value, Arc<Reads>)>;

impl Context<'_> {
    /// What is the same for many subjects (all pods of an owner, all Services of a namespace): computed for the first.
    /// `name` says what it is, once in the program.
    pub fn once<T: Send + Sync + 'static>(
        &self,
        name: &'static str,
        about: &ObjectRef,
        compute: impl FnOnce() -> T,
    ) -> Arc<T> {
        let name = (name, about.clone());
        let found = self.once.borrow().get(&name).cloned();
        let found = found.and_then(|(value, reads)| Some((value.downcast().ok()?, reads)));
        let (value, reads) = found.unwrap_or_else(|| {
            let new = self.compute(compute);
            self.once.borrow_mut().insert(name, (new.0.clone(), new.1.clone()));
            new
        });
        self.reads.borrow_mut().join(&reads);
        value
    }

    /// Like [`Context::once`], and kept for as long as nothing that was read for it changes. When something does, it is
    /// computed again, and who used it is asked again only if it is another one then.
    pub fn kept<T: PartialEq + Send + Sync + 'static>(
        &self,
        name: &'static str,
        about: &ObjectRef,
        compute: Compute<T>,
    ) -> Arc<T> {
        let full = (name, about.clone());
        let found = self.kept.borrow().known.get(&full).cloned();
        let found = found.and_then(|known| Some((known.value.downcast().ok()?, known.reads)));
        let (value, reads) = found.unwrap_or_else(|| {
            let (value, reads) = self.compute(|| compute(self, about));
            let known = Known { value: value.clone(), reads: reads.clone(), recipe: Arc::new(Of(compute)) };
            let mut kept = self.kept.borrow_mut();
            if self.is_keeping {
                kept.new.push(full.clone());
            }
            kept.known.insert(full, known);
            (value, reads)
        });
        if self.is_keeping {
            self.asks(|| Key::kept(name, about));
        } else {
            self.reads.borrow_mut().join(&reads);
        }
        value
    }

    /// Computes something, and tells what was read for just that.
    fn compute<T>(&self, compute: impl FnOnce() -> T) -> (Arc<T>, Arc<Reads>) {
        let outer = self.reads.take();
        let new = Arc::new(compute());
        let mut reads = self.reads.replace(outer);
        reads.settle();
        (new, Arc::new(reads))
    }
}
