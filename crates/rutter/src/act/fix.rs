//! `rutter fix`: the remedy of an incident as a guarded plan.

use std::{
    thread,
    time::{Duration, Instant},
};

use rutter_cluster::{Cluster, Kind};
use rutter_diagnosis::{Diagnosis, Incident, Scope, diagnose};
use rutter_lessons::{Finding, Remedy, Risk};
use rutter_plan::{ClusterIdentity, Draft, Plan};
use rutter_remedy::Ended;

use super::{carry_out, reach};
use crate::{
    arguments::{DryRun, Fix},
    exit::{DONE, Failure, HELD},
    output, source,
};

/// How often it is looked whether the incident is over.
const LOOK: Duration = Duration::from_secs(5);

pub(super) fn run(arguments: &Fix) -> Result<u8, Failure> {
    let acting = &arguments.acting;
    let from_file = arguments.demo || !arguments.sources.is_empty();
    if from_file && acting.dry_run != DryRun::Client && !acting.show_rbac {
        return Err(Failure::Told(
            "a dump can't be changed: add --dry-run=client to see the plan, with -o yaml to keep it for `rutter run`"
                .to_owned(),
        ));
    }
    let read = source::read(&arguments.into())?;
    let diagnosis = diagnose(&read.cluster, &Scope::default());
    let incident = chosen(&diagnosis, &arguments.incident)?;
    let title = diagnosis.findings.get(incident.root).map(|root| about(&root.finding)).unwrap_or_default();
    let draft = draft(&incident.remedies, &title, arguments.remedy)?;
    let identity = identity(&read.cluster, &read.names);
    let plan = plan(draft, incident, &diagnosis, &read.cluster, identity);
    match carry_out::carried_out(&plan, acting)? {
        (_, Some(Ended::Done)) => until_closed(arguments, &incident.id),
        // It waits for a person: a script must not take that for fixed.
        (DONE, Some(Ended::Paused { .. })) => Ok(HELD),
        (code, _) => Ok(code),
    }
}

/// The incident of that id, of the beginning of one, or of that rank.
fn chosen<'d>(diagnosis: &'d Diagnosis, wanted: &str) -> Result<&'d Incident, Failure> {
    let incidents = &diagnosis.incidents;
    // As `-o name` prints them: with the severity before the id.
    let wanted = wanted.rsplit_once('/').map_or(wanted, |(_, id)| id);
    if let Some(ranked) = wanted.parse::<usize>().ok().filter(|rank| *rank > 0 && *rank <= incidents.len()) {
        return Ok(&incidents[ranked - 1]);
    }
    let alike: Vec<&Incident> = incidents.iter().filter(|incident| incident.id.starts_with(wanted)).collect();
    match alike.as_slice() {
        [one] => Ok(one),
        [] if incidents.is_empty() => {
            Err(Failure::Told("there is no incident, so there is nothing to fix".to_owned()))
        }
        [] => Err(Failure::Told(format!(
            "there is no incident {wanted:?} now: `rutter diagnose -o name` tells which there are; 1 is the first"
        ))),
        several => Err(Failure::Told(format!(
            "{wanted:?} may be {}",
            several.iter().map(|incident| incident.id.as_str()).collect::<Vec<_>>().join(" or ")
        ))),
    }
}

/// The plan of the remedy of that number, else of the first that has one. What no program should do, or can, is a checklist.
fn draft(all: &[Remedy], title: &str, number: Option<usize>) -> Result<Draft, Failure> {
    let chosen = match number {
        Some(number) => {
            let one = number.checked_sub(1).and_then(|place| all.get(place));
            let none = || Failure::Told(format!("it has no remedy {number}:\n{}", listed(all)));
            std::slice::from_ref(one.ok_or_else(none)?)
        }
        None => all,
    };
    if let Some(plan) = chosen.iter().find_map(|remedy| remedy.plan.as_deref()) {
        return Ok(plan.clone());
    }
    if chosen.is_empty() {
        return Err(Failure::Told("nothing is known to do about it".to_owned()));
    }
    let steps = chosen
        .iter()
        .map(|remedy| (remedy.title.clone(), remedy.commands.clone(), remedy.risk == Risk::ReadOnly));
    Ok(Draft::checklist(title, steps))
}

fn listed(all: &[Remedy]) -> String {
    let each = (1..).zip(all).map(|(number, remedy)| format!("  {number}. {}", remedy.title));
    each.collect::<Vec<_>>().join("\n")
}

/// What a checklist is about: the object and what is wrong with it.
fn about(finding: &Finding) -> String {
    format!("By hand: {}: {}", finding.object, finding.message)
}

fn plan(
    draft: Draft,
    incident: &Incident,
    diagnosis: &Diagnosis,
    cluster: &Cluster,
    identity: ClusterIdentity,
) -> Plan {
    let about = diagnosis.findings.get(incident.root).map(|root| root.finding.object.name.to_string());
    let operation = reach::operation("fix", about.as_deref().unwrap_or_default());
    let mut plan = draft.plan(&operation, identity, cluster.time().to_string());
    rutter_report::harmless(cluster, &mut plan);
    plan
}

/// Which cluster a source is of.
fn identity(cluster: &Cluster, names: &[String]) -> ClusterIdentity {
    let system = cluster.find(Kind::Namespace, "", "kube-system");
    ClusterIdentity {
        name: names.join(", ").trim_start_matches("live cluster ").to_owned(),
        uid: system.map(|namespace| namespace.uid.to_string()).unwrap_or_default(),
    }
}

/// Looks until the incident is over, or the time for that is.
fn until_closed(arguments: &Fix, id: &str) -> Result<u8, Failure> {
    let begun = Instant::now();
    output::note("the plan is done; looking whether the incident is over");
    loop {
        let read = source::read(&arguments.into())?;
        let diagnosis = diagnose(&read.cluster, &Scope::default());
        if !diagnosis.incidents.iter().any(|incident| incident.id == id) {
            output::note("the incident is over");
            return Ok(DONE);
        }
        if begun.elapsed() >= arguments.wait {
            output::note(&format!(
                "the incident is not over after {} s: `rutter diagnose` tells what is left",
                arguments.wait.as_secs()
            ));
            return Ok(HELD);
        }
        thread::sleep(LOOK);
    }
}

impl<'a> From<&'a Fix> for source::Wanted<'a> {
    fn from(arguments: &'a Fix) -> Self {
        Self {
            demo: arguments.demo,
            sources: &arguments.sources,
            connect: &arguments.acting.connect,
            timeout: None,
            kubelets: false,
            limits: &arguments.limits,
            namespaces: &[],
            home: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use rutter_plan::{Action, Undo};

    use super::*;

    #[test]
    fn what_needs_a_person_is_a_checklist() {
        let look = Remedy::new(Risk::ReadOnly, "look", ["kubectl get nodes".to_owned()]);
        let ask = Remedy::new(Risk::Reversible, "ask the cloud for more", []);
        let remedies = [look, ask];
        let all = draft(&remedies, "By hand", None).unwrap();
        let asks: Vec<_> = all.steps.iter().map(|step| (&step.action, step.undo == Undo::Nothing)).collect();
        assert!(matches!(asks[0], (Action::Person { commands, .. }, true) if commands.len() == 1));
        assert!(matches!(asks[1], (Action::Person { .. }, false)));
        assert_eq!(draft(&remedies, "By hand", Some(2)).unwrap().steps.len(), 1);
        assert!(draft(&remedies, "By hand", Some(3)).is_err());
    }

    #[test]
    fn a_plan_goes_before_a_checklist() {
        let look = Remedy::new(Risk::ReadOnly, "look", []);
        let planned = Remedy::new(Risk::Disruptive, "do", []).by(Draft::new("Do it"));
        assert_eq!(draft(&[look, planned], "By hand", None).unwrap().title, "Do it");
    }
}
