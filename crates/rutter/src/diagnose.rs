//! `rutter diagnose`.

use std::{collections::BTreeSet, io};

use rutter_cluster::{Cluster, Kind, Str};
use rutter_diagnosis::{Diagnosis, Scope, diagnose, differences};
use rutter_lessons::{LESSONS, Severity};
use rutter_report::{Asked, Report};

use crate::{
    arguments::{Diagnose, Form, ScopeArguments},
    exit::{DONE, FOUND, Failure, INCOMPLETE},
    follow, namespaces, output, selector, source,
};

pub(crate) fn run(arguments: &Diagnose) -> Result<u8, Failure> {
    let scope = scope(&arguments.scope)?;
    if arguments.watch {
        return follow::run(arguments, scope);
    }
    let mut source = source::read(&arguments.into())?;
    let mut earlier = Vec::new();
    if let Some(read) = source::read_earlier(arguments, &source.cluster)? {
        (source.cluster, earlier) = (source.cluster.with_earlier(read.cluster), read.names);
    }
    namespaces::check(&source.cluster, &arguments.scope.namespace)?;
    selector::check(&source.cluster, scope.selector.as_ref(), &arguments.scope.namespace)?;
    let mut diagnosis = diagnose(&source.cluster, &scope);
    // What decides the exit code is neither what is shown nor whether anybody reads it to the end.
    let code = code(arguments, &source.cluster, &diagnosis);
    let min_severity = arguments.scope.min_severity.map(Severity::from);
    if let Some(least) = min_severity {
        diagnosis.keep_at_least(least);
    }
    let asked = Asked { sources: source.names, ..asked(arguments) };
    let mut report = Report::new(&source.cluster, &diagnosis, asked);
    compare(arguments, &scope, &mut report, &source.cluster, earlier);
    let written = write(&report, arguments.output.form);
    if arguments.output.form == Form::Name && !is_complete(&source.cluster, &arguments.scope.namespace) {
        output::note("not everything was seen: without `-o name` the report says what was not");
    }
    // Giving back a gigabyte bit by bit would only take time.
    std::mem::forget((source.cluster, diagnosis, report));
    match written {
        // Whoever read our output has seen enough: `rutter diagnose | head`.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(code),
        written => Ok(written.map(|()| code)?),
    }
}

/// Adds to a report what became different since an earlier state, if there is one.
fn compare(
    arguments: &Diagnose,
    scope: &Scope,
    report: &mut Report,
    cluster: &Cluster,
    sources: Vec<String>,
) {
    let Some(earlier) = cluster.earlier() else { return };
    let mut diagnosis = diagnose(earlier, scope);
    if let Some(least) = arguments.scope.min_severity {
        diagnosis.keep_at_least(least.into());
    }
    let asked = Asked { sources, ..asked(arguments) };
    let before = Report::new(earlier, &diagnosis, asked);
    let mut differences = differences(earlier, cluster);
    report.note_changes(cluster, &differences);
    differences.keep_within(scope, earlier, cluster);
    report.compare(&before, &differences);
}

/// What was asked for, but for the sources.
pub(crate) fn asked(arguments: &Diagnose) -> Asked {
    Asked {
        namespaces: arguments.scope.namespace.clone(),
        selector: arguments.scope.selector.clone(),
        min_severity: arguments.scope.min_severity.map(Severity::from),
        ..Asked::default()
    }
}

pub(crate) fn write(report: &Report, form: Form) -> io::Result<()> {
    match form {
        Form::Text => output::text(report, false),
        Form::Wide => output::text(report, true),
        Form::Json => output::json(report),
        Form::Yaml => output::yaml(report),
        Form::Name => output::name(report),
        Form::Html => output::html(report),
        Form::Dot => output::dot(report),
        Form::Mermaid => output::mermaid(report),
    }
}

fn scope(arguments: &ScopeArguments) -> Result<Scope, Failure> {
    let selector = arguments.selector.as_deref().map(selector::parse).transpose().map_err(Failure::Told)?;
    let namespaces: BTreeSet<Str> = arguments.namespace.iter().map(|name| Str::from(name.as_str())).collect();
    Ok(Scope { namespaces: Some(namespaces).filter(|names| !names.is_empty()), selector })
}

fn code(arguments: &Diagnose, cluster: &Cluster, diagnosis: &Diagnosis) -> u8 {
    let fail_on = arguments.output.fail_on.map(Severity::from);
    let found =
        fail_on.is_some_and(|least| diagnosis.incidents.iter().any(|incident| incident.severity >= least));
    match (found, arguments.output.require_complete) {
        (true, _) => FOUND,
        (false, true) if !is_complete(cluster, &arguments.scope.namespace) => INCOMPLETE,
        _ => DONE,
    }
}

/// Whether all was seen that the lessons read, in the namespaces that were asked for.
fn is_complete(cluster: &Cluster, namespaces: &[String]) -> bool {
    let coverage = cluster.coverage();
    let whole = |kind: Kind| {
        let everywhere = coverage.check(kind, "").is_ok();
        let in_scope = !namespaces.is_empty() && kind.is_namespaced();
        everywhere || (in_scope && namespaces.iter().all(|namespace| coverage.check(kind, namespace).is_ok()))
    };
    coverage.problems.is_empty() && LESSONS.iter().flat_map(|lesson| lesson.inputs().iter()).all(whole)
}
