//! The StatefulSet's pods have no names that resolve.

use rutter_cluster::Kind;
use rutter_lessons::Severity;

use crate::{Check, Context, Found, Look, Object, Presence, Template, Topic, Version, workloads};

pub(crate) static CHECK: Check = Check {
    id: "statefulset-service",
    topic: Topic::Workload,
    title: "the StatefulSet's pods have no names that resolve",
    severity: Severity::High,
    default: true,
    prevents: &["pod-hostname"],
    look: Look::Object(look),
    text: include_str!("check.md"),
};

fn look(context: &Context<'_>, object: &Object, found: &mut Found<'_>) {
    if !object.is("apps", "StatefulSet") {
        return;
    }
    let Some(name) = object.at(&["spec", "serviceName"]).filter(|name| name.text() != Some("")) else {
        // It has been optional since 1.33, and a patch may leave it out.
        let whole = Template::of(object).first().is_some_and(workloads::is_whole);
        if whole && context.settings.version < Version(1, 33) {
            found
                .at(object.head(), "it names no Service, which the API server refuses before 1.33; its pods have no names of their own")
                .advice("make a headless Service and name it in serviceName");
        }
        return;
    };
    let text = name.text().unwrap_or_default();
    match context.all_named(object, "Service", text).as_slice() {
        [service]
            if service.root.text_at(&["spec", "clusterIP"]) != Some("None")
                && service.at(&["spec"]).is_some() =>
        {
            let message = format!(
                "Service {text} is not headless: names such as {}-0.{text} resolve for nobody",
                object.name
            );
            found.at(name, message).advice("name a Service with clusterIP: None");
        }
        [] => {
            if let Presence::Absent { nearest } = context.presence(object, Kind::Service, text) {
                let nearest = nearest.map(|name| format!("; the nearest is {name}")).unwrap_or_default();
                let message = format!(
                    "there is no Service {text}{nearest}: names such as {}-0.{text} resolve for nobody",
                    object.name
                );
                found.at(name, message).advice("name a headless Service that is there");
            }
        }
        _ => {}
    }
}
