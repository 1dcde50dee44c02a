//! The CronJob's schedule is none.

use rutter_lessons::Severity;

use crate::{Check, Context, Found, Look, Object, Topic};

pub(crate) static CHECK: Check = Check {
    id: "cronjob-schedule",
    topic: Topic::Workload,
    title: "the CronJob's schedule is none",
    severity: Severity::High,
    default: true,
    prevents: &["job-failing"],
    look: Look::Object(look),
    text: include_str!("check.md"),
};

fn look(_: &Context<'_>, object: &Object, found: &mut Found<'_>) {
    if !object.is("batch", "CronJob") {
        return;
    }
    let Some(node) = object.at(&["spec", "schedule"]) else { return };
    let Some(text) = node.text() else { return };
    if text.contains("{{") || text.contains("${") {
        return;
    }
    if text.starts_with("TZ=") || text.starts_with("CRON_TZ=") {
        found
            .at(node, "a time zone in the schedule is refused since 1.29")
            .advice("name it in spec.timeZone");
    } else if let Some(why) = fault(text) {
        found
            .at(node, format!("`{text}` is no schedule, and the API server refuses it: {why}"))
            .advice("write five fields: minute hour day month weekday");
    }
}

/// What is wrong with a schedule, by the rules of robfig/cron's standard parser, which Kubernetes uses.
fn fault(text: &str) -> Option<String> {
    const NAMED: [&str; 7] =
        ["@yearly", "@annually", "@monthly", "@weekly", "@daily", "@midnight", "@hourly"];
    if text.starts_with('@') {
        let known = NAMED.contains(&text) || text.starts_with("@every ");
        return (!known).then(|| "there is no such name".to_owned());
    }
    let fields: Vec<&str> = text.split_whitespace().collect();
    if fields.len() != 5 {
        return Some(format!("it has {} fields, not 5", fields.len()));
    }
    let bounds = [("minute", 0, 59), ("hour", 0, 23), ("day", 1, 31), ("month", 1, 12), ("weekday", 0, 6)];
    fields.iter().zip(bounds).find_map(|(field, (name, least, most))| {
        let wrong = field.split(',').any(|part| !is_part(part, least, most));
        wrong.then(|| format!("{name} `{field}` is none between {least} and {most}"))
    })
}

/// `*`, `?`, `5`, `1-5`, `*/15`, `mon-fri`.
fn is_part(part: &str, least: u32, most: u32) -> bool {
    const NAMES: [&str; 19] = [
        "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec", "sun", "mon",
        "tue", "wed", "thu", "fri", "sat",
    ];
    let (range, step) = part.split_once('/').map_or((part, None), |(range, step)| (range, Some(step)));
    if step.is_some_and(|step| step.parse::<u32>().map_or(true, |step| step == 0)) {
        return false;
    }
    let is_value = |text: &str| {
        text.parse::<u32>().map_or_else(
            |_| NAMES.contains(&text.to_lowercase().as_str()),
            |number| (least..=most).contains(&number),
        )
    };
    matches!(range, "*" | "?")
        || match range.split_once('-') {
            Some((first, last)) => {
                let ordered = first
                    .parse::<u32>()
                    .ok()
                    .zip(last.parse::<u32>().ok())
                    .is_none_or(|(first, last)| first <= last);
                is_value(first) && is_value(last) && ordered
            }
            None => is_value(range),
        }
}
