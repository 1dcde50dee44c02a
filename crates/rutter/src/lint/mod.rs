//! `rutter lint`: manifests before they are applied.
//!
//! | module | does |
//! | --- | --- |
//! | `files` | finds what to read: files, folders, charts, kustomizations |
//! | `render` | runs Helm and Kustomize |
//! | `changes` | what an apply would change in a cluster |
//! | `settings` | joins the configuration with the arguments |
//! | `mend` | `--fix` |
//! | `list` | `--list` |

mod changes;
mod files;
mod list;
mod mend;
mod render;
mod settings;

use std::{fs, io, path::Path};

use rutter_cluster::Cluster;
use rutter_lessons::Severity;
use rutter_lint::{Input, Outcome, State, baseline::Baseline, lint};
use rutter_report::lint::{self as forms, LintReport};

use crate::{
    arguments::{FindingForm, Lint, LintForm},
    exit::{DONE, FOUND, Failure, INCOMPLETE, USAGE},
    output, source,
};

use self::settings::Settled;

pub(crate) fn run(arguments: &Lint) -> Result<u8, Failure> {
    let settled = settings::settle(arguments)?;
    if arguments.list {
        return list::print(&settled);
    }
    check_forms(&arguments.output.forms)?;
    let mut gathered = files::gather(arguments, &settled)?;
    let cluster = cluster(arguments)?;
    let settled = settled.for_cluster(arguments, cluster.as_ref());
    let baseline = arguments.accepted.baseline.as_deref().map(baseline).transpose()?;
    let today = today();
    let input = Input {
        sources: &[],
        cluster: cluster.as_ref(),
        settings: &settled.settings,
        checks: &settled.checks,
        config: &settled.config,
        baseline: baseline.as_ref(),
        today,
    };
    let mut outcome = lint(&Input { sources: &gathered.sources, ..input });
    if outcome.objects == 0 && outcome.problems.is_empty() && !arguments.output.allow_empty {
        return Err(nothing(&gathered, &outcome));
    }
    if arguments.mending.fix || arguments.mending.diff {
        mend::mend(
            &Input { sources: &gathered.sources, ..input },
            &outcome,
            arguments.mending.diff,
            &gathered.paths,
        )?;
        if arguments.mending.diff {
            return Ok(DONE);
        }
        gathered.read_again()?;
        outcome = lint(&Input { sources: &gathered.sources, ..input });
    }
    report(arguments, &settled, &gathered, cluster.as_ref(), outcome)
}

/// Writes all that was asked for, and chooses the exit code.
fn report(
    arguments: &Lint,
    settled: &Settled,
    gathered: &files::Gathered,
    cluster: Option<&Cluster>,
    mut outcome: Outcome,
) -> Result<u8, Failure> {
    outcome.notes.extend(gathered.notes.iter().cloned());
    if let Some(path) = &arguments.accepted.write_baseline {
        write_baseline(path, &outcome)?;
    }
    let fails = |severity: Severity| severity >= settled.fail_on;
    let found = arguments.accepted.write_baseline.is_none()
        && outcome.problems.iter().any(|problem| problem.state == State::Open && fails(problem.severity));
    if let Some(least) = arguments.output.min_severity {
        outcome.problems.retain(|problem| problem.severity >= least.into());
    }
    let against = arguments.against.sources.iter().map(|path| path.display().to_string()).collect();
    let mut report = LintReport::new(&gathered.sources, &outcome, &settled.settings, against);
    let namespace = &settled.settings.namespace;
    if let Some(differences) =
        cluster.and_then(|cluster| changes::changes(&gathered.sources, namespace, cluster))
    {
        report = report.with_changes(&differences);
    }
    let default = [LintForm { form: FindingForm::Text, file: None }];
    let forms = if arguments.output.forms.is_empty() { &default[..] } else { &arguments.output.forms };
    let code = match (found, arguments.output.require_complete && gathered.is_incomplete) {
        (true, _) => FOUND,
        (false, true) => INCOMPLETE,
        (false, false) => DONE,
    };
    for form in forms {
        match write(&report, form, arguments) {
            // Whoever read our output has seen enough.
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => {}
            Err(error) => {
                let place =
                    form.file.as_ref().map_or("the output".to_owned(), |path| path.display().to_string());
                return Err(Failure::Told(format!("can't write {place}: {error}")));
            }
            Ok(()) => {}
        }
    }
    for note in &report.notes {
        output::note(note);
    }
    Ok(if gathered.is_unreadable && code == DONE { USAGE } else { code })
}

fn write(report: &LintReport, form: &LintForm, arguments: &Lint) -> io::Result<()> {
    let all = form.form == FindingForm::Wide || arguments.accepted.show_suppressed;
    let mut bytes = Vec::new();
    match form.form {
        FindingForm::Text | FindingForm::Wide => forms::write_text(&mut bytes, report, all)?,
        FindingForm::Short => forms::write_short(&mut bytes, report)?,
        FindingForm::Json => rutter_report::json::write(&mut bytes, report)?,
        FindingForm::Yaml => rutter_report::yaml::write(&mut bytes, report)?,
        FindingForm::Sarif => forms::write_sarif(&mut bytes, report, arguments.accepted.baseline.is_some())?,
        FindingForm::Junit => forms::write_junit(&mut bytes, report)?,
        FindingForm::Github => forms::write_github(&mut bytes, report)?,
        FindingForm::Markdown => forms::write_markdown(&mut bytes, report)?,
        FindingForm::Name => forms::write_names(&mut bytes, report)?,
    }
    match &form.file {
        Some(path) => fs::write(path, anstream::adapter::strip_bytes(&bytes).into_vec()),
        None if matches!(form.form, FindingForm::Text | FindingForm::Wide) => output::styled(&bytes),
        None => output::bytes(&bytes),
    }
}

/// Two forms on one output would be neither.
fn check_forms(forms: &[LintForm]) -> Result<(), Failure> {
    if forms.iter().filter(|form| form.file.is_none()).count() > 1 {
        return Err(Failure::Told(
            "only one form can go to standard output: name files for the others, -o sarif=FILE".to_owned(),
        ));
    }
    Ok(())
}

fn nothing(gathered: &files::Gathered, outcome: &Outcome) -> Failure {
    let mut text = match outcome.others {
        0 => "there is no Kubernetes object in what was given".to_owned(),
        others => format!(
            "none of the {others} documents that were given is a Kubernetes object (with apiVersion and kind)"
        ),
    };
    for note in &gathered.notes {
        text.extend(["\n  ", note]);
    }
    Failure::Told(text + "\n  --allow-empty takes that for no error")
}

fn cluster(arguments: &Lint) -> Result<Option<Cluster>, Failure> {
    let sources = &arguments.against.sources;
    if sources.is_empty() {
        return Ok(None);
    }
    let is_live = |path: &&std::path::PathBuf| path.as_os_str() == "live";
    let live = sources.iter().any(|path| is_live(&path));
    if live && sources.len() > 1 {
        return Err(Failure::Told("--against live can't be joined with others".to_owned()));
    }
    let wanted = source::Wanted {
        demo: false,
        sources: if live { &[] } else { sources },
        connect: &arguments.against.connect,
        timeout: arguments.against.timeout,
        kubelets: false,
        limits: &arguments.against.limits,
        namespaces: &[],
        home: arguments.checks.namespace.as_ref(),
    };
    Ok(Some(source::read(&wanted)?.cluster))
}

fn baseline(path: &Path) -> Result<Baseline, Failure> {
    let text = fs::read_to_string(path)
        .map_err(|error| Failure::Told(format!("can't read the baseline {}: {error}", path.display())))?;
    Baseline::parse(&text).map_err(|why| {
        Failure::Told(format!("{} is no baseline: {why}; --write-baseline writes one", path.display()))
    })
}

/// All that isn't accepted: what a run finds from then on is new.
fn write_baseline(path: &Path, outcome: &Outcome) -> Result<(), Failure> {
    let kept = outcome.problems.iter().filter(|problem| !matches!(problem.state, State::Accepted(_)));
    let baseline = Baseline::new(
        kept.map(|problem| (problem.fingerprint.as_str(), problem.finding.check, &problem.finding.object)),
    );
    fs::write(path, baseline.text())
        .map_err(|error| Failure::Told(format!("can't write the baseline {}: {error}", path.display())))?;
    output::note(&format!(
        "{} findings are in {}; they no longer count with --baseline",
        baseline.len(),
        path.display()
    ));
    Ok(())
}

fn today() -> Option<jiff::civil::Date> {
    Some(jiff::tz::Offset::UTC.to_datetime(jiff::Timestamp::now()).date())
}
