//! What to read: files and folders, and what has to be rendered first.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    io::Read as _,
    path::{Path, PathBuf},
};

use rutter_lint::{
    Source, SourceRole,
    yaml::{self, Node},
};

use super::{render, settings::Settled};
use crate::{arguments::Lint, exit::Failure};

/// Under which names Kustomize looks for its file.
const KUSTOMIZATIONS: [&str; 3] = ["kustomization.yaml", "kustomization.yml", "Kustomization"];
/// Folders that hold other people's files.
const NOT_OURS: [&str; 3] = ["node_modules", "vendor", "target"];
/// How deep folders may lie in each other: a link may lead back.
const DEEPEST: usize = 64;

/// What was read.
#[derive(Default)]
pub(super) struct Gathered {
    pub(super) sources: Vec<Source>,
    /// Of each source, the file that it is, if it is one that can be written.
    pub(super) paths: Vec<Option<PathBuf>>,
    pub(super) notes: Vec<String>,
    /// Something was left out.
    pub(super) is_incomplete: bool,
    /// Something could not be read or rendered, and was to be.
    pub(super) is_unreadable: bool,
}

/// What lies in the folders that were given.
#[derive(Default)]
struct Found {
    files: Vec<PathBuf>,
    charts: Vec<PathBuf>,
    /// The kustomization's file, by its folder.
    kustomizations: BTreeMap<PathBuf, PathBuf>,
}

pub(super) fn gather(arguments: &Lint, settled: &Settled) -> Result<Gathered, Failure> {
    let mut gathered = Gathered::default();
    let mut found = Found::default();
    for path in &arguments.paths {
        if path.as_os_str() == "-" {
            let mut text = Vec::new();
            std::io::stdin()
                .read_to_end(&mut text)
                .map_err(|error| Failure::Told(format!("can't read standard input: {error}")))?;
            gathered.add("-".to_owned(), text, SourceRole::Written, None);
            continue;
        }
        let kind = fs::metadata(path)
            .map_err(|error| Failure::Told(format!("can't read {}: {error}", path.display())))?;
        if kind.is_dir() {
            walk(path, settled, 0, &mut found, &mut gathered);
        } else {
            found.files.push(path.clone());
        }
    }
    let mut templates: Vec<&PathBuf> = Vec::new();
    let referenced = kustomizations(&found, &mut gathered);
    for file in &found.files {
        if is_kustomization(file) || fs::canonicalize(file).is_ok_and(|file| referenced.contains(&file)) {
            continue;
        }
        let is_named = arguments.paths.contains(file);
        if !is_named && is_template(file) {
            templates.push(file);
            continue;
        }
        gathered.read(file, SourceRole::Written);
    }
    if let Some(first) = templates.first() {
        let others =
            if templates.len() > 1 { format!(" and {} more", templates.len() - 1) } else { String::new() };
        gathered.notes.push(format!(
            "{}{others}: templates that are no YAML before they are rendered, and no chart that Helm knows: not looked at",
            shown(first)
        ));
        gathered.is_incomplete = true;
    }
    for chart in &found.charts {
        match render::helm(chart, arguments, settled) {
            Ok(text) => helm_sources(chart, &text, &mut gathered),
            Err(why) => gathered.left_out(
                &format!("the chart {}", chart.display()),
                &why,
                &format!("helm template {}", chart.display()),
            ),
        }
    }
    Ok(gathered)
}

impl Gathered {
    fn add(
        &mut self,
        name: String,
        bytes: Vec<u8>,
        role: SourceRole,
        path: Option<PathBuf>,
    ) -> Option<usize> {
        let Ok(text) = String::from_utf8(bytes) else {
            self.notes.push(format!("{name} was not looked at: it is not UTF-8"));
            self.is_unreadable = true;
            return None;
        };
        self.sources.push(Source { name, text, role });
        self.paths.push(path);
        Some(self.sources.len() - 1)
    }

    fn read(&mut self, path: &Path, role: SourceRole) -> Option<usize> {
        match fs::read(path) {
            Ok(bytes) => self.add(shown(path), bytes, role, Some(path.to_owned())),
            Err(error) => {
                self.notes.push(format!("{} was not looked at: {error}", path.display()));
                self.is_unreadable = true;
                None
            }
        }
    }

    fn left_out(&mut self, what: &str, why: &render::Unrendered, by_hand: &str) {
        let why = match why {
            render::Unrendered::NotInstalled(program) => {
                self.is_incomplete = true;
                format!("{program} is not installed; {by_hand} | rutter lint - looks at it")
            }
            render::Unrendered::Failed(said) => {
                self.is_unreadable = true;
                said.clone()
            }
        };
        self.notes.push(format!("{what} was not looked at: {why}"));
    }

    /// The files that were mended, as they are now.
    pub(super) fn read_again(&mut self) -> Result<(), Failure> {
        for (source, path) in self.sources.iter_mut().zip(&self.paths) {
            if let Some(path) = path {
                source.text = fs::read_to_string(path).map_err(|error| {
                    Failure::Told(format!("can't read {} again: {error}", path.display()))
                })?;
            }
        }
        Ok(())
    }
}

/// As a person would type it.
fn shown(path: &Path) -> String {
    let text = path.display().to_string();
    text.strip_prefix("./").map_or(text.clone(), str::to_owned)
}

fn walk(folder: &Path, settled: &Settled, depth: usize, found: &mut Found, gathered: &mut Gathered) {
    if folder.join("Chart.yaml").is_file() {
        found.charts.push(folder.to_owned());
        return;
    }
    if let Some(file) = KUSTOMIZATIONS.iter().map(|name| folder.join(name)).find(|file| file.is_file())
        && let Ok(folder) = fs::canonicalize(folder)
    {
        found.kustomizations.insert(folder, file);
    }
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) => {
            gathered.notes.push(format!("{} was not looked at: {error}", folder.display()));
            gathered.is_unreadable = true;
            return;
        }
    };
    let mut paths: Vec<PathBuf> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
    paths.sort();
    for path in paths {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if name.starts_with('.') || is_excluded(&path, settled) {
            continue;
        }
        if path.is_dir() {
            if depth < DEEPEST && !NOT_OURS.contains(&name.as_str()) {
                walk(&path, settled, depth + 1, found, gathered);
            }
        } else if path
            .extension()
            .is_some_and(|end| ["yaml", "yml", "json"].iter().any(|known| end.eq_ignore_ascii_case(known)))
        {
            found.files.push(path);
        }
    }
}

fn is_excluded(path: &Path, settled: &Settled) -> bool {
    let shown = shown(path);
    let below = settled.folder.as_deref().and_then(|folder| {
        let (path, folder) = (std::path::absolute(path).ok()?, std::path::absolute(folder).ok()?);
        Some(path.strip_prefix(folder).ok()?.display().to_string())
    });
    settled.config.exclude_paths.iter().any(|glob| {
        let glob = glob.strip_suffix('/').unwrap_or(glob);
        fast_glob::glob_match(glob, &shown)
            || below.as_deref().is_some_and(|path| fast_glob::glob_match(glob, path))
    })
}

/// A text with instructions in it that is no YAML without them.
fn is_template(file: &Path) -> bool {
    let text = fs::read_to_string(file).unwrap_or_default();
    text.contains("{{") && !yaml::parse(&text).1.is_empty()
}

fn is_kustomization(file: &Path) -> bool {
    file.file_name().is_some_and(|name| KUSTOMIZATIONS.iter().any(|known| name == *known))
}

/// What a kustomization takes in: files and folders, as they are on the disk.
fn parts(folder: &Path, file: &Path) -> (Vec<PathBuf>, Vec<PathBuf>) {
    let text = fs::read_to_string(file).unwrap_or_default();
    let (documents, _) = yaml::parse(&text);
    let (mut files, mut folders) = (Vec::new(), Vec::new());
    let mut take = |name: &str| {
        let Ok(path) = fs::canonicalize(folder.join(name)) else { return };
        if path.is_dir() { folders.push(path) } else { files.push(path) }
    };
    let lists =
        ["resources", "bases", "components", "crds", "generators", "transformers", "patchesStrategicMerge"];
    for root in documents.iter().map(|document| &document.root) {
        lists.iter().flat_map(|list| root.items_at(&[list])).filter_map(Node::text).for_each(&mut take);
        for list in ["patches", "patchesJson6902", "replacements"] {
            root.items_at(&[list]).iter().filter_map(|one| one.text_at(&["path"])).for_each(&mut take);
        }
    }
    (files, folders)
}

/// A component can't be rendered by itself: it changes what others take in.
fn is_component(file: &Path) -> bool {
    let text = fs::read_to_string(file).unwrap_or_default();
    yaml::parse(&text).0.iter().any(|document| document.root.text_at(&["kind"]) == Some("Component"))
}

/// Renders the kustomizations that no other one takes in; returns the files that are parts of any.
fn kustomizations(found: &Found, gathered: &mut Gathered) -> BTreeSet<PathBuf> {
    let mut all_files = BTreeSet::new();
    let mut taken_in = BTreeSet::new();
    for (folder, file) in &found.kustomizations {
        let (files, folders) = parts(folder, file);
        all_files.extend(files);
        taken_in.extend(folders.into_iter().filter(|other| other != folder));
    }
    let is_root = |folder: &PathBuf, file: &PathBuf| !taken_in.contains(folder) && !is_component(file);
    for (folder, file) in found.kustomizations.iter().filter(|(folder, file)| is_root(folder, file)) {
        let shown = file.parent().unwrap_or(file).display().to_string();
        match render::kustomize(folder) {
            Ok(text) => {
                let mut originals = BTreeSet::new();
                collect(folder, &mut originals, &mut BTreeSet::new());
                let from = originals
                    .iter()
                    .filter_map(|path| gathered.read(&below(path), SourceRole::Origin))
                    .collect();
                gathered.add(self::shown(file), text.into_bytes(), SourceRole::Rendered { from }, None);
            }
            Err(why) => gathered.left_out(
                &format!("the kustomization {shown}"),
                &why,
                &format!("kubectl kustomize {shown}"),
            ),
        }
    }
    all_files
}

/// A path from the working folder, where it lies in it.
fn below(path: &Path) -> PathBuf {
    let here = std::env::current_dir().ok().and_then(|here| fs::canonicalize(here).ok());
    here.and_then(|here| path.strip_prefix(here).ok().map(Path::to_owned)).unwrap_or_else(|| path.to_owned())
}

/// All files that a kustomization is made of.
fn collect(folder: &Path, files: &mut BTreeSet<PathBuf>, seen: &mut BTreeSet<PathBuf>) {
    let file = KUSTOMIZATIONS.iter().map(|name| folder.join(name)).find(|file| file.is_file());
    let Some(file) = file.filter(|_| seen.insert(folder.to_owned())) else { return };
    let (own, folders) = parts(folder, &file);
    files.extend(own);
    for folder in folders {
        collect(&folder, files, seen);
    }
}

/// What `helm template` printed, by the templates of which it was made: before each document stands `# Source: CHART/templates/FILE`.
fn helm_sources(chart: &Path, text: &str, gathered: &mut Gathered) {
    let mut templates: BTreeMap<PathBuf, Option<usize>> = BTreeMap::new();
    for part in text.split("\n---\n").map(|part| part.strip_prefix("---\n").unwrap_or(part)) {
        let Some(source) = part.lines().find_map(|line| line.strip_prefix("# Source: ")) else { continue };
        let path = chart.join(source.split_once('/').map_or(source, |(_, below)| below));
        let template = *templates
            .entry(path.clone())
            .or_insert_with(|| if path.is_file() { gathered.read(&path, SourceRole::Origin) } else { None });
        let from = template.into_iter().collect();
        gathered.add(shown(&path), part.as_bytes().to_vec(), SourceRole::Rendered { from }, None);
    }
}
