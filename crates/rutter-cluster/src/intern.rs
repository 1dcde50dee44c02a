//! Sharing what repeats: a cluster holds the same few thousand strings (namespaces, nodes, images, label keys,
//! reasons) hundreds of thousands of times, and all pods of a workload have the same containers.
//!
//! While a [`Pool`] runs, equal short strings and equal lists decoded on that thread share one allocation. A deserializer
//! that can tell how a list is written ([`WRITTEN`]) spares itself the reading of one that was written alike before.

use std::{
    any::{Any, TypeId},
    cell::RefCell,
    hash::Hash,
    marker::PhantomData,
    sync::{Mutex, MutexGuard, PoisonError},
};

use rustc_hash::{FxHashMap, FxHashSet};
use serde::{Deserialize, Deserializer, de};

use crate::{List, Str};

/// Strings longer than this are messages and the like, which rarely repeat; they are not worth a look-up.
const LONGEST_INTERNED: usize = 160;

/// How much is kept of how lists of one type are written.
const MOST_WRITTEN_BYTES: usize = 8 << 20;

/// So many lists of one type are looked up in vain before that is judged: where hardly two objects have the same, it costs more than it
/// spares.
const TRIAL: usize = 1024;

/// The name under which lists that many objects share are asked for, by
/// [`deserialize_newtype_struct`](Deserializer::deserialize_newtype_struct).
///
/// A deserializer that can tell cheaply how such a list is written answers with
/// [`visit_map`](de::Visitor::visit_map) of one entry: bytes that are equal only where the lists are, and the list. If the
/// bytes are known, the list is not asked for. Any other answers with
/// [`visit_newtype_struct`](de::Visitor::visit_newtype_struct), as it would for any newtype.
pub const WRITTEN: &str = "a list as it is written";

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
        match self.known::<T>() {
            Some(known) => known.share(list),
            None => list,
        }
    }

    fn known<T: Shareable>(&mut self) -> Option<&mut Known<T>> {
        let known = self.lists.entry(TypeId::of::<T>()).or_insert_with(|| Box::<Known<T>>::default());
        known.as_any().downcast_mut()
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
    deserializer.deserialize_newtype_struct(WRITTEN, Shared(PhantomData))
}

struct Shared<T>(PhantomData<T>);

impl<'de, T: Shareable + Deserialize<'de>> de::Visitor<'de> for Shared<T> {
    type Value = List<T>;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a list")
    }
    fn visit_newtype_struct<D: Deserializer<'de>>(self, list: D) -> Result<List<T>, D::Error> {
        List::deserialize(list).map(self::list)
    }
    fn visit_map<A: de::MapAccess<'de>>(self, mut written: A) -> Result<List<T>, A::Error> {
        if !known(|known: &mut Known<T>| known.is_worth_asking()).unwrap_or_default() {
            written.next_key::<de::IgnoredAny>()?;
            return written.next_value().map(list);
        }
        match written.next_key_seed(Lookup(PhantomData))? {
            Some(Err(bytes)) => {
                let list = list(written.next_value::<List<T>>()?);
                known(|known| known.remember(bytes, list.clone()));
                Ok(list)
            }
            Some(Ok(known)) => Ok(known),
            None => Ok(List::default()),
        }
    }
}

/// Asks the pool of this thread about lists of one type; nothing if there is none.
fn known<T: Shareable, R>(ask: impl FnOnce(&mut Known<T>) -> R) -> Option<R> {
    POOL.with_borrow_mut(|pool| pool.as_mut().and_then(Pool::known::<T>).map(ask))
}

/// Looks up a list by how it is written. If there is none, what it is to be remembered by.
struct Lookup<T>(PhantomData<T>);

type Found<T> = Result<List<T>, Box<[u8]>>;

impl<'de, T: Shareable> de::DeserializeSeed<'de> for Lookup<T> {
    type Value = Found<T>;

    fn deserialize<D: Deserializer<'de>>(self, bytes: D) -> Result<Found<T>, D::Error> {
        bytes.deserialize_bytes(self)
    }
}

impl<T: Shareable> de::Visitor<'_> for Lookup<T> {
    type Value = Found<T>;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("bytes")
    }
    fn visit_bytes<E: de::Error>(self, bytes: &[u8]) -> Result<Found<T>, E> {
        Ok(known(|known: &mut Known<T>| known.written(bytes)).flatten().ok_or_else(|| bytes.into()))
    }
}

/// What lists can be made of that are shared.
pub(crate) trait Shareable: Hash + Eq + Send + Sync + 'static {}
impl<T: Hash + Eq + Send + Sync + 'static> Shareable for T {}

/// The known lists of one type.
struct Known<T> {
    lists: FxHashSet<List<T>>,
    /// By how they were written.
    written: FxHashMap<Box<[u8]>, List<T>>,
    written_bytes: usize,
    /// How many were looked up by that and found, and how many were not.
    found: usize,
    missed: usize,
}

impl<T> Default for Known<T> {
    fn default() -> Self {
        Self {
            lists: FxHashSet::default(),
            written: FxHashMap::default(),
            written_bytes: 0,
            found: 0,
            missed: 0,
        }
    }
}

impl<T: Shareable> Known<T> {
    fn share(&mut self, list: List<T>) -> List<T> {
        if let Some(known) = self.lists.get(&list) {
            return known.clone();
        }
        self.lists.insert(list.clone());
        list
    }

    fn is_worth_asking(&self) -> bool {
        self.missed < TRIAL || self.found > self.missed / 4
    }

    fn written(&mut self, bytes: &[u8]) -> Option<List<T>> {
        let known = self.written.get(bytes).cloned();
        *(if known.is_some() { &mut self.found } else { &mut self.missed }) += 1;
        known
    }

    fn remember(&mut self, bytes: Box<[u8]>, list: List<T>) {
        if self.written_bytes + bytes.len() > MOST_WRITTEN_BYTES {
            self.forget_written();
        }
        self.written_bytes += bytes.len();
        self.written.insert(bytes, list);
    }

    fn forget_written(&mut self) {
        self.written = FxHashMap::default();
        self.written_bytes = 0;
    }
}

trait Lists: Send + Sync {
    fn as_any(&mut self) -> &mut dyn Any;
    fn len(&self) -> usize;
    fn sweep(&mut self);
}

impl<T: Shareable> Lists for Known<T> {
    fn as_any(&mut self) -> &mut dyn Any {
        self
    }
    fn len(&self) -> usize {
        self.lists.len()
    }
    fn sweep(&mut self) {
        // It holds the lists, too, and pays only while thousands of objects are read.
        self.forget_written();
        self.lists.retain(|known| known.holders() > 2);
        self.lists.shrink_to_fit();
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
    fn what_is_kept_of_how_lists_are_written_has_a_bound_and_an_end() {
        let mut known = Known::<Str>::default();
        let list: List<Str> = [Str::from("a")].into();
        let spelling = |n: usize| -> Box<[u8]> { vec![n as u8; MOST_WRITTEN_BYTES / 4].into() };
        for n in 0..5 {
            assert!(known.written(&spelling(n)).is_none());
            known.remember(spelling(n), list.clone());
            assert!(known.written_bytes <= MOST_WRITTEN_BYTES && known.written(&spelling(n)).is_some());
        }
        assert!(known.written(&spelling(0)).is_none(), "it was full, and began anew");
        known.sweep();
        assert!(known.written.is_empty() && known.written_bytes == 0 && list.holders() == 1);
    }

    #[test]
    fn lists_that_never_come_again_are_soon_not_looked_up_any_more() {
        let mut known = Known::<Str>::default();
        (0..TRIAL)
            .for_each(|n| assert!(known.is_worth_asking() && known.written(&n.to_le_bytes()).is_none()));
        assert!(!known.is_worth_asking());
        known.found = TRIAL;
        assert!(known.is_worth_asking());
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
