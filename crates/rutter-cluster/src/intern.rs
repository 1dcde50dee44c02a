//! Sharing what repeats: a cluster holds the same few thousand strings (namespaces, nodes, images, label keys,
//! reasons) hundreds of thousands of times, and all pods of a workload have the same containers.
//!
//! While a [`Pool`] runs, equal short strings and equal lists decoded on that thread share one allocation.

use std::{
    any::{Any, TypeId},
    cell::RefCell,
    hash::Hash,
    sync::{Mutex, MutexGuard, PoisonError},
};

use rustc_hash::{FxHashMap, FxHashSet};
use serde::{Deserialize, Deserializer};

use crate::{List, Str};

/// Strings longer than this are messages and the like, which rarely repeat; they are not worth a look-up.
const LONGEST_INTERNED: usize = 160;

thread_local! {
    static POOL: RefCell<Option<Pool>> = const { RefCell::new(None) };
}

/// Pools for what several threads decode, each with one of its own: nobody waits for another.
#[derive(Debug, Default)]
pub struct Pools(Mutex<Vec<Pool>>);

impl Pools {
    /// Runs `decode` with a pool that no other thread uses.
    pub fn run<T>(&self, decode: impl FnOnce() -> T) -> T {
        let mut pool = self.free().pop().unwrap_or_default();
        let result = pool.run(decode);
        self.free().push(pool);
        result
    }

    fn free(&self) -> MutexGuard<'_, Vec<Pool>> {
        // A panic of another thread leaves whole pools behind.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What was decoded and may come again.
#[derive(Default)]
pub struct Pool {
    strings: FxHashSet<Str>,
    lists: FxHashMap<TypeId, Box<dyn Lists>>,
}

impl Pool {
    /// Runs `decode`. Equal strings and lists that it makes share one allocation with each other and with those of earlier
    /// runs.
    pub fn run<T>(&mut self, decode: impl FnOnce() -> T) -> T {
        let outer = POOL.with_borrow_mut(|pool| pool.replace(std::mem::take(self)));
        let result = decode();
        *self = POOL.with_borrow_mut(|pool| std::mem::replace(pool, outer)).unwrap_or_default();
        result
    }

    /// Forgets what at most one object uses: nothing was gained by knowing that.
    pub fn sweep(&mut self) {
        // Lists first, for they use strings.
        self.lists.values_mut().for_each(|lists| lists.sweep());
        self.strings.retain(|known| known.holders() > 2);
        self.strings.shrink_to_fit();
    }

    /// How many strings and lists it holds.
    pub fn len(&self) -> usize {
        self.strings.len() + self.lists.values().map(|lists| lists.len()).sum::<usize>()
    }

    /// Whether it holds none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn list<T: Shareable>(&mut self, list: List<T>) -> List<T> {
        let known =
            self.lists.entry(TypeId::of::<T>()).or_insert_with(|| Box::<FxHashSet<List<T>>>::default());
        let Some(known) = known.as_any().downcast_mut::<FxHashSet<List<T>>>() else { return list };
        if let Some(known) = known.get(&list) {
            return known.clone();
        }
        known.insert(list.clone());
        list
    }
}

impl std::fmt::Debug for Pool {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Pool").field("len", &self.len()).finish()
    }
}

/// A string, or the equal one that the pool of this thread knows.
pub(crate) fn string(text: &str) -> Str {
    if text.len() > LONGEST_INTERNED {
        return Str::alone(text);
    }
    POOL.with_borrow_mut(|pool| {
        let Some(pool) = pool else { return Str::alone(text) };
        if let Some(known) = pool.strings.get(text) {
            return known.clone();
        }
        let new = Str::alone(text);
        pool.strings.insert(new.clone());
        new
    })
}

/// A list, or the equal one that the pool of this thread knows.
pub(crate) fn list<T: Shareable>(list: List<T>) -> List<T> {
    if list.is_empty() {
        return list;
    }
    POOL.with_borrow_mut(|pool| match pool {
        Some(pool) => pool.list(list),
        None => list,
    })
}

/// Reads a list that many objects have in common.
pub(crate) fn shared<'de, T, D>(deserializer: D) -> Result<List<T>, D::Error>
where
    T: Shareable + Deserialize<'de>,
    D: Deserializer<'de>,
{
    List::deserialize(deserializer).map(list)
}

/// What lists can be made of that are shared.
pub(crate) trait Shareable: Hash + Eq + Send + Sync + 'static {}
impl<T: Hash + Eq + Send + Sync + 'static> Shareable for T {}

/// The known lists of one type.
trait Lists: Send + Sync {
    fn as_any(&mut self) -> &mut dyn Any;
    fn len(&self) -> usize;
    fn sweep(&mut self);
}

impl<T: Shareable> Lists for FxHashSet<List<T>> {
    fn as_any(&mut self) -> &mut dyn Any {
        self
    }
    fn len(&self) -> usize {
        self.len()
    }
    fn sweep(&mut self) {
        self.retain(|known| known.holders() > 2);
        self.shrink_to_fit();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(names: &[&str]) -> List<Str> {
        list(names.iter().map(|name| Str::from(*name)).collect())
    }

    #[test]
    fn equal_strings_and_lists_share_one_allocation_only_with_a_pool() {
        let pools = Pools::default();
        let (a, b) = pools.run(|| (Str::from("node-a"), Str::from("node-a")));
        let (c, d) = pools.run(|| (names(&["a", "b"]), names(&["a", "b"])));
        assert!(Str::is_same(&a, &b) && c.is_same(&d));
        assert!(Str::is_same(&a, &pools.run(|| Str::from("node-a"))), "the free one is used again");
        assert!(!Str::is_same(&a, &Str::from("node-a")));
        assert!(!c.is_same(&names(&["a", "b"])));
    }

    #[test]
    fn a_pool_forgets_what_less_than_two_use_and_with_a_list_what_it_held() {
        let mut pool = Pool::default();
        let kept = pool.run(|| [Str::from("node-a"), Str::from("node-a")]);
        let lists = pool.run(|| [names(&["a"]), names(&["a"]), names(&["b"])]);
        assert_eq!(pool.len(), 5);
        pool.sweep();
        assert_eq!(pool.len(), 2, "of the lists' strings each is in one list");
        assert!(Str::is_same(&kept[0], &pool.run(|| Str::from("node-a"))));
        assert!(lists[0].is_same(&pool.run(|| names(&["a"]))));
        assert!(!lists[2].is_same(&pool.run(|| names(&["b"]))));
        drop((kept, lists));
        pool.sweep();
        assert!(pool.is_empty());
    }
}
