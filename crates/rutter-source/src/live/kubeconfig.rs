//! Finding the kubeconfig and choosing in it, by kubectl's rules.

use std::{
    env,
    ffi::OsStr,
    path::{Path, PathBuf},
};

use kube::config::{AuthInfo, Cluster, Kubeconfig, NamedContext};

use super::{
    Options,
    error::{Error, chain},
};

/// What was chosen from a kubeconfig.
#[derive(Debug, Default)]
pub(super) struct Chosen {
    /// The context's name, or the cluster's where there is no context.
    pub(super) name: String,
    /// The cluster.
    pub(super) cluster: Cluster,
    /// The user.
    pub(super) user: AuthInfo,
    /// The context's namespace.
    pub(super) namespace: Option<String>,
}

/// What was found in the files.
#[derive(Debug)]
pub(super) enum Found {
    /// A cluster and who to be there.
    Chosen(Box<Chosen>),
    /// No file, or nothing in them: `looked_at` says where.
    Nothing {
        /// The files that were looked for.
        looked_at: String,
    },
}

/// Finds and reads the kubeconfig that the options, the environment and the home folder name.
pub(super) fn find(options: &Options) -> Result<Found, Error> {
    if let Some(path) = &options.kubeconfig {
        return from_files(options, std::slice::from_ref(path), Missing::IsAnError);
    }
    let listed = env::var_os("KUBECONFIG").map(|list| paths(&list)).unwrap_or_default();
    if !listed.is_empty() {
        return from_files(options, &listed, Missing::IsSkipped);
    }
    let home = env::home_dir().map(|home| home.join(".kube").join("config"));
    from_files(options, home.as_slice(), Missing::IsSkipped)
}

/// The files of a `$KUBECONFIG`.
fn paths(list: &OsStr) -> Vec<PathBuf> {
    env::split_paths(list).filter(|path| !path.as_os_str().is_empty()).collect()
}

/// What a file that doesn't exist means.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Missing {
    /// It was named for itself.
    IsAnError,
    /// It is one of a list.
    IsSkipped,
}

/// Merges the files (the first to name something wins) and chooses.
pub(super) fn from_files(options: &Options, files: &[PathBuf], missing: Missing) -> Result<Found, Error> {
    let mut all = Kubeconfig::default();
    for file in files {
        if missing == Missing::IsSkipped && !file.exists() {
            continue;
        }
        all = all.merge(read(file)?).map_err(|error| Error::config(chain(&error)))?;
    }
    let looked_at: Vec<_> = files.iter().map(|file| file.display().to_string()).collect();
    let looked_at = looked_at.join(", ");
    if all.clusters.is_empty() && all.contexts.is_empty() && missing == Missing::IsSkipped {
        let named = options.context.as_ref().or(options.cluster.as_ref());
        return match named {
            Some(name) => Err(Error::config(format!("there is no {name:?}: no kubeconfig at {looked_at}"))),
            None => Ok(Found::Nothing { looked_at }),
        };
    }
    choose(options, &all, &looked_at).map(|chosen| Found::Chosen(Box::new(chosen)))
}

fn read(file: &Path) -> Result<Kubeconfig, Error> {
    let mut config = Kubeconfig::read_from(file).map_err(|error| {
        Error::config(format!("can't read the kubeconfig {}: {}", file.display(), chain(&error)))
    })?;
    // `current-context: ""` is what kubectl writes for none; it must not hide that of a later file.
    config.current_context = config.current_context.filter(|name| !name.is_empty());
    // Kinds differ only in files that somebody wrote by hand, and kubectl doesn't mind.
    config.kind = None;
    config.api_version = None;
    Ok(config)
}

/// Chooses context, cluster and user.
fn choose(options: &Options, all: &Kubeconfig, looked_at: &str) -> Result<Chosen, Error> {
    let context_name = options.context.as_ref().or(all.current_context.as_ref());
    let context = match context_name {
        Some(name) => Some(context(all, name, looked_at)?),
        None => None,
    };
    let context = context.unwrap_or_default();
    let cluster_name = options.cluster.clone().unwrap_or_else(|| context.cluster.clone());
    if cluster_name.is_empty() {
        let known = listed(all.contexts.iter().map(|context| context.name.as_str()));
        return Err(Error::config(format!(
            "no context is chosen in {looked_at}: choose one with --context ({known})"
        )));
    }
    let cluster = all.clusters.iter().find(|named| named.name == cluster_name);
    let Some(cluster) = cluster.and_then(|named| named.cluster.clone()) else {
        let known = listed(all.clusters.iter().map(|cluster| cluster.name.as_str()));
        return Err(Error::config(format!(
            "there is no cluster {cluster_name:?} in {looked_at}; there are: {known}"
        )));
    };
    let user = user(all, options, context.user.as_deref(), looked_at)?;
    let name = context_name.filter(|_| options.cluster.is_none()).cloned().unwrap_or(cluster_name);
    Ok(Chosen { name, cluster, user, namespace: context.namespace.filter(|name| !name.is_empty()) })
}

fn context(all: &Kubeconfig, name: &str, looked_at: &str) -> Result<kube::config::Context, Error> {
    let named: Option<&NamedContext> = all.contexts.iter().find(|context| context.name == name);
    named.and_then(|named| named.context.clone()).ok_or_else(|| {
        let known = listed(all.contexts.iter().map(|context| context.name.as_str()));
        Error::config(format!("there is no context {name:?} in {looked_at}; there are: {known}"))
    })
}

/// The user that the flag or the context names. A context may name one that isn't there: nobody, then.
fn user(
    all: &Kubeconfig,
    options: &Options,
    of_context: Option<&str>,
    looked_at: &str,
) -> Result<AuthInfo, Error> {
    let find = |name: &str| all.auth_infos.iter().find(|user| user.name == name);
    if let Some(name) = &options.user {
        let found = find(name).ok_or_else(|| {
            let known = listed(all.auth_infos.iter().map(|user| user.name.as_str()));
            Error::config(format!("there is no user {name:?} in {looked_at}; there are: {known}"))
        })?;
        return Ok(found.auth_info.clone().unwrap_or_default());
    }
    Ok(of_context.and_then(find).and_then(|user| user.auth_info.clone()).unwrap_or_default())
}

/// The names, as far as they fit on a line.
fn listed<'a>(names: impl Iterator<Item = &'a str>) -> String {
    let names: Vec<_> = names.collect();
    let shown = names.iter().take(8).copied().collect::<Vec<_>>().join(", ");
    match names.len() {
        0 => "none".into(),
        1..=8 => shown,
        more => format!("{shown} and {} more", more - 8),
    }
}
