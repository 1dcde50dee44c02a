//! Comparing pods with the template, in what admission leaves alone.

use rutter_cluster::{
    List, Resource, Str,
    objects::{Container, Pod, ReplicationController},
};

use super::ID;
use crate::{Context, Evidence, Finding, Findings, Outcome, Severity, words};

const NAMED: usize = 3;

pub(super) fn evaluate(
    context: &Context<'_>,
    controller: &ReplicationController,
    findings: &mut Findings,
) -> Outcome {
    // OpenShift's DeploymentConfigs make a controller for each revision, and replace pods by that.
    let is_owned = controller.meta.controller().is_some();
    if is_owned || controller.meta.deleted.is_some() || controller.wanted() <= 0 {
        return Ok(());
    }
    let pods = context.pods_under(&controller.object_ref())?;
    let runs = |pod: &&&Pod| !pod.is_finished() && pod.meta.deleted.is_none();
    let pods: Vec<&Pod> = pods.iter().filter(runs).copied().collect();
    let stale: Vec<(&Pod, Difference)> =
        pods.iter().filter_map(|pod| Some((*pod, difference(controller, pod)?))).collect();
    if let Some((_, first)) = stale.first() {
        findings.push(finding(controller, &stale, pods.len(), first));
    }
    Ok(())
}

/// In what a pod differs from the template: a field, its value there and here.
struct Difference {
    field: String,
    wanted: String,
    has: String,
}

/// The first thing that differs. Defaults and what webhooks fill in (resources, sidecars, volumes, environment, another
/// registry before the same image) do not count.
fn difference(controller: &ReplicationController, pod: &Pod) -> Option<Difference> {
    controller.spec.template.spec.containers.iter().find_map(|wanted| {
        let name = &wanted.name;
        let Some(has) = pod.spec.containers.iter().find(|container| container.name == *name) else {
            let field = format!("container {name}");
            return Some(Difference { field, wanted: wanted.image.to_string(), has: "not there".to_owned() });
        };
        of_container(wanted, has)
    })
}

fn of_container(wanted: &Container, has: &Container) -> Option<Difference> {
    let name = &wanted.name;
    if !wanted.image.is_empty() && last_part(&wanted.image) != last_part(&has.image) {
        let field = format!("image of {name}");
        return Some(Difference { field, wanted: wanted.image.to_string(), has: has.image.to_string() });
    }
    let lists = [("command", &wanted.command, &has.command), ("arguments", &wanted.args, &has.args)];
    // What the template leaves to the image, a webhook may fill in.
    let differs = |(_, wanted, has): &(_, &List<Str>, &List<Str>)| !wanted.is_empty() && wanted != has;
    lists.into_iter().find(differs).map(|(what, wanted, has)| Difference {
        field: format!("{what} of {name}"),
        wanted: wanted.join(" "),
        has: has.join(" "),
    })
}

/// `web:2` of `registry.example/shop/web:2`: a mirror that a webhook puts before it changes nothing.
fn last_part(image: &str) -> &str {
    image.rsplit('/').next().unwrap_or(image)
}

fn finding(
    controller: &ReplicationController,
    stale: &[(&Pod, Difference)],
    pods: usize,
    first: &Difference,
) -> Finding {
    let mut finding = Finding::about(ID, controller);
    finding.severity = Severity::Low;
    finding.instances = stale.iter().map(|(pod, _)| pod.object_ref()).collect();
    let which = match stale.len() {
        1 if pods == 1 => "its pod does not have".to_owned(),
        number if number == pods => format!("none of its {pods} pods has"),
        number => format!("{number} of {pods} pods do not have"),
    };
    let Difference { field, wanted, has } = first;
    let shown = |text: &str| words::short(if text.is_empty() { "none" } else { text }, 80);
    finding.message = format!(
        "{which} the {field} of its template ({}; what runs: {}), for a ReplicationController never replaces pods that run",
        shown(wanted),
        shown(has)
    );
    let template = Evidence::field(
        controller,
        "spec.template.spec.containers",
        format!("{field}: {}", shown(wanted)),
        None,
    );
    let of_pods = stale.iter().take(NAMED).map(|(pod, difference)| {
        let value = format!("{}: {}", difference.field, shown(&difference.has));
        Evidence::field(*pod, "spec.containers", value, pod.meta.created)
    });
    finding.evidence = [template].into_iter().chain(of_pods).collect();
    finding
}
