//! What an input is, before it is read: the folder from which a kubelet runs pods by itself, a file out of it, or anything else.

use std::{
    fs::{self, DirEntry, File},
    io::Read,
    path::Path,
};

use crate::{
    Input,
    decode::static_pod::{self, Folder, LARGEST, WELL_KNOWN},
};

/// More files than any kubelet's folder has.
const MOST_FILES: usize = 64;

/// What an input is.
pub(crate) enum Given {
    /// A folder of static pods, a file out of one, or a copy of one under its own name.
    StaticPods(Folder),
    /// One file or stream, which may be a manifest and nothing else.
    Alone(Folder),
    /// Whatever it is, it is not that.
    Other,
}

/// Tells what an input is.
pub(crate) fn what(input: &Input) -> Given {
    let path = match input {
        Input::Path(path) => path,
        Input::Stdin => return Given::Alone(Folder::default()),
        Input::Bytes(..) => return Given::Other,
    };
    let folder = |is_guessed| Folder {
        path: place(path).unwrap_or_default(),
        is_here: is_of_this_machine(path),
        is_guessed,
        ..Folder::default()
    };
    if is_of_kubelet(path) {
        Given::StaticPods(folder(false))
    } else if is_copy(path) || has_only_static_pods(path) {
        Given::StaticPods(folder(true))
    } else if path.is_file() {
        Given::Alone(folder(true))
    } else {
        Given::Other
    }
}

/// The folder itself, or that of the file, with a slash at its end; nothing if it is no text.
fn place(path: &Path) -> Option<String> {
    let whole = std::path::absolute(path).ok()?;
    let folder = if path.is_dir() { whole.as_path() } else { whole.parent()? };
    folder.to_str().map(|folder| format!("{}/", folder.trim_end_matches('/')))
}

/// Whether this is a folder from which a kubelet runs pods, or a file right in it, by its path.
fn is_of_kubelet(path: &Path) -> bool {
    let is_by_path = |path: &Path| static_pod::is_folder(&path.to_string_lossy());
    let whole = path.canonicalize().unwrap_or_else(|_| path.to_path_buf());
    if path.is_dir() {
        return is_by_path(path) || is_by_path(&whole);
    }
    [path, &whole].into_iter().filter_map(Path::parent).any(is_by_path)
}

/// Whether a file bears a well-known name, and is what a person edits: a dump of that pod has a status.
fn is_copy(path: &Path) -> bool {
    WELL_KNOWN.iter().any(|name| path.ends_with(name))
        && read(path).is_some_and(|bytes| static_pod::is_definition(&bytes))
}

/// Whether a folder of another name is one of static pods by what lies in it: a manifest under a well-known name, and nothing but
/// such manifests and their copies. What lies beside dumps or logs, or above other folders, is no kubelet's; and that it is one is
/// a guess: what was kept of such a folder, or came from elsewhere, looks the same.
fn has_only_static_pods(folder: &Path) -> bool {
    let is_manifest = |path: &Path| read(path).is_some_and(|bytes| static_pod::is_manifest(&bytes));
    if !WELL_KNOWN.iter().any(|name| is_manifest(&folder.join(name))) {
        return false;
    }
    let Ok(entries) = fs::read_dir(folder) else { return false };
    let mut files =
        entries.flatten().filter(|entry| static_pod::is_read(&entry.file_name().to_string_lossy()));
    let fits = |entry: &DirEntry| {
        let name = entry.file_name().to_string_lossy().into_owned();
        let is_copy = WELL_KNOWN.iter().any(|known| name.starts_with(known));
        !entry.path().is_dir() && (is_copy || is_manifest(&entry.path()))
    };
    files.by_ref().take(MOST_FILES).all(|entry| fits(&entry)) && files.next().is_none()
}

/// Whether this is the very folder of this machine's kubelet, and not a copy of another's.
fn is_of_this_machine(path: &Path) -> bool {
    const FOLDER: &str = "/etc/kubernetes/manifests";
    path.canonicalize().is_ok_and(|whole| whole.starts_with(FOLDER))
}

/// The bytes of a regular file. Links are not followed: whoever made the folder may have let them lead anywhere.
fn read(path: &Path) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    // Not opened before it is known: of a pipe, that never ends.
    fs::symlink_metadata(path).ok().filter(|file| file.is_file() && file.len() <= LARGEST as u64)?;
    File::open(path).ok()?.take(LARGEST as u64).read_to_end(&mut bytes).ok()?;
    Some(bytes)
}
