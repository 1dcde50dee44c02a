//! Which namespaces the lists of a source show, all together.
//!
//! Files don't say whether they were made with `-A`. What can be known:
//! - a list with objects of several namespaces was made with `-A`;
//! - so were the other lists beside it: people make a folder, or a stream, in one go;
//! - a dump holds one list per namespace and kind; `kubectl cluster-info dump` makes them for two namespaces without
//!   `-A` and for at least four with it (every cluster has default, kube-system, kube-public and kube-node-lease);
//! - lists per namespace that cover every Namespace known are all.

use std::collections::{BTreeMap, BTreeSet};

use rutter_cluster::{Coverage, Kind, State, Str, coverage::Extent};

use super::{ListSeen, Singles};

/// From this many lists of one kind on, a dump was made for all namespaces.
const LISTS_OF_A_WHOLE_DUMP: usize = 4;

pub(super) fn coverage(
    lists: &[ListSeen],
    singles: &BTreeMap<Kind, Singles>,
    known: &BTreeSet<Str>,
    incomplete: &[(Kind, State, String)],
) -> Coverage {
    let mut coverage = Coverage::default();
    let whole_folders: BTreeSet<&str> =
        lists.iter().filter(|list| list.namespaces.len() > 1).map(|list| list.folder.as_str()).collect();
    let mut by_kind: BTreeMap<Kind, Vec<&ListSeen>> = BTreeMap::new();
    for list in lists {
        by_kind.entry(list.kind).or_default().push(list);
    }
    for (kind, lists) in by_kind {
        coverage.saw(kind, extent(kind, &lists, &whole_folders, known));
    }
    for (kind, singles) in singles {
        if singles.whole_folder {
            coverage.saw(*kind, Extent::All);
        } else if coverage.of(*kind).is_none() {
            coverage.missed(*kind, State::Partial, "single objects, not a list");
        }
    }
    // Last, because what is missing from one file is missing whatever the others show.
    for (kind, note) in lists.iter().filter_map(|list| Some((list.kind, list.truncated.as_ref()?))) {
        coverage.truncated(kind, note.clone());
    }
    for (kind, state, note) in incomplete {
        if *state == State::Forbidden && coverage.of(*kind).is_none() {
            coverage.missed(*kind, State::Forbidden, note.clone());
        } else {
            coverage.truncated(*kind, note.clone());
        }
    }
    coverage
}

fn extent(kind: Kind, lists: &[&ListSeen], whole_folders: &BTreeSet<&str>, known: &BTreeSet<Str>) -> Extent {
    let per_namespace = |list: &ListSeen| list.namespace.is_some() || list.typed;
    let whole = |list: &&&ListSeen| {
        list.namespaces.len() > 1 || (whole_folders.contains(list.folder.as_str()) && !per_namespace(list))
    };
    if !kind.is_namespaced() || lists.iter().any(|list| whole(&list)) {
        return Extent::All;
    }
    let typed = lists.iter().filter(|list| list.typed).count();
    let named =
        lists.iter().filter_map(|list| list.namespace.clone().or_else(|| folder_namespace(list, known)));
    let seen: BTreeSet<Str> =
        lists.iter().flat_map(|list| list.namespaces.iter().cloned()).chain(named).collect();
    // Where the namespaces are known there is no need to guess from the number of lists.
    let all = if known.is_empty() { typed >= LISTS_OF_A_WHOLE_DUMP } else { known.is_subset(&seen) };
    if all {
        return Extent::All;
    }
    if seen.is_empty() { Extent::Nothing } else { Extent::Namespaces(seen) }
}

/// The namespace that an empty list is of, where its folder bears the name of a namespace.
fn folder_namespace(list: &ListSeen, known: &BTreeSet<Str>) -> Option<Str> {
    let name = list.folder.rsplit('/').next()?;
    known.get(name).cloned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(folder: &str, kind: Kind, typed: bool, namespaces: &[&str]) -> ListSeen {
        let namespaces = namespaces.iter().map(|namespace| Str::from(*namespace)).collect();
        ListSeen { folder: folder.into(), kind, namespaces, namespace: None, typed, truncated: None }
    }

    fn extent_of(lists: &[ListSeen], kind: Kind) -> Option<Extent> {
        let coverage = coverage(lists, &BTreeMap::new(), &BTreeSet::new(), &[]);
        coverage.of(kind).map(|seen| seen.extent.clone())
    }

    #[test]
    fn known_namespaces_decide_alone() {
        let dump: Vec<_> = ["a", "b", "c", "d"].iter().map(|ns| list(ns, Kind::Pod, true, &[ns])).collect();
        let known = ["a", "b", "c", "d", "e"].map(Str::from).into();
        let seen = coverage(&dump, &BTreeMap::new(), &known, &[]);
        assert!(seen.check(Kind::Pod, "a").is_ok() && seen.check(Kind::Pod, "e").is_err());
    }

    #[test]
    fn what_is_missing_stays_missing() {
        let singles = [(Kind::Node, Singles { count: 2, whole_folder: true })].into();
        let missing = |state| [(Kind::Node, state, "node-b.yaml could not be read".to_owned())];
        let seen = coverage(&[], &singles, &BTreeSet::new(), &missing(State::Partial));
        assert_eq!(seen.state(Kind::Node), State::Partial);
        let seen = coverage(&[], &BTreeMap::new(), &BTreeSet::new(), &missing(State::Forbidden));
        assert_eq!(seen.state(Kind::Node), State::Forbidden);
    }

    #[test]
    fn a_list_of_one_namespace_shows_that_one_only() {
        let alone = [list("", Kind::Pod, false, &["shop"])];
        assert_eq!(extent_of(&alone, Kind::Pod), Some(Extent::Namespaces(["shop".into()].into())));
        let beside_a_wide_one =
            [list("", Kind::Pod, false, &["shop"]), list("", Kind::Event, false, &["shop", "other"])];
        assert_eq!(extent_of(&beside_a_wide_one, Kind::Pod), Some(Extent::All));
    }

    #[test]
    fn a_dump_shows_all_from_four_lists_on() {
        let dump: Vec<_> = ["a", "b", "c", "d"].iter().map(|ns| list(ns, Kind::Pod, true, &[])).collect();
        assert_eq!(extent_of(&dump, Kind::Pod), Some(Extent::All));
        assert_eq!(extent_of(&dump[..2], Kind::Pod), Some(Extent::Nothing));
        assert_eq!(extent_of(&dump, Kind::StatefulSet), None);
    }
}
