//! `rutter explain KIND/NAME`.

use std::{io, path::PathBuf};

use rutter_cluster::Kind;
use rutter_diagnosis::{Scope, about, diagnose};
use rutter_report::{Asked, Explanation};

use super::find::{find, unknown_kind};
use crate::{
    arguments::{Explain, ExplainForm},
    exit::{DONE, Failure},
    namespaces, output,
    source::{self, Wanted},
};

pub(super) fn run(arguments: &Explain, kind: &str, name: &str, sources: &[PathBuf]) -> Result<u8, Failure> {
    if let (Some(flag), false) = (arguments.live_flag(), sources.is_empty()) {
        return Err(Failure::Told(format!("{flag} is of a live cluster and does not go with a source")));
    }
    if arguments.demo && !sources.is_empty() {
        return Err(Failure::Told("--demo does not go with another source".to_owned()));
    }
    let wanted = Wanted {
        demo: arguments.demo,
        sources,
        connect: &arguments.live.connect,
        timeout: arguments.live.timeout,
        kubelets: arguments.live.kubelets,
        limits: &arguments.limits,
        // The root may lie in another namespace.
        namespaces: &[],
        home: arguments.namespace.as_ref(),
    };
    let read = source::read(&wanted)?;
    let cluster = &read.cluster;
    let Some(known) = Kind::of_word(kind) else {
        return Err(unknown_kind(cluster, kind, name));
    };
    let namespace = arguments.namespace.as_ref().filter(|_| known.is_namespaced());
    namespaces::check(cluster, namespace.map(std::slice::from_ref).unwrap_or_default())?;
    let object = find(cluster, known, name, namespace.map(String::as_str))?;
    if namespace.is_none() && known.is_namespaced() {
        let seen = if cluster.coverage().check(known, "").is_ok() { "" } else { " that was seen" };
        output::note(&format!("taking {object}: no other namespace{seen} has one of that name"));
    }
    let diagnosis = diagnose(cluster, &Scope::default());
    let about = about(cluster, &diagnosis, &object);
    let asked = Asked { sources: read.names, ..Asked::default() };
    let explanation = Explanation::new(cluster, &diagnosis, &about, asked);
    let written = write(&explanation, arguments.output.unwrap_or_default());
    // Giving back a gigabyte bit by bit would only take time.
    std::mem::forget((read.cluster, diagnosis));
    Ok(written.map(|()| DONE)?)
}

fn write(explanation: &Explanation, form: ExplainForm) -> io::Result<()> {
    match form {
        ExplainForm::Text => output::explanation(explanation, false),
        ExplainForm::Wide => output::explanation(explanation, true),
        ExplainForm::Json => output::json(explanation),
        ExplainForm::Yaml => output::yaml(explanation),
    }
}
