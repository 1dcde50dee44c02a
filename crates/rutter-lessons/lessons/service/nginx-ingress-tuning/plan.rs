//! The plan: values of which it is certain what was meant, and as many workers as there are CPUs. A key with a slip is a person's: its
//! value is not kept here.

use rutter_cluster::objects::{ConfigMap, Settings};
use rutter_plan::{Changes, Draft, Object, Step, pointer};

use super::{
    judge::{self, Ignored},
    settings::Form,
};
use crate::{Context, Finding, fixes};

pub(super) fn plan(context: &Context<'_>, finding: &Finding) -> Option<Draft> {
    let object = &finding.object;
    let map = context.config_maps(&object.namespace).ok()?.iter().find(|map| map.meta.name == object.name)?;
    let changes = match finding.variant {
        "workers" => workers(finding, &map.data)?,
        "ignored" => values(map),
        _ => return None,
    };
    let left = if finding.variant == "ignored" { left(map) } else { Vec::new() };
    let target = fixes::known(map).filter(|_| !changes.is_empty())?;
    let step = Step::change(&target, format!("Correct settings of {target}"), &changes, fixes::SOON);
    Some(
        Draft::new(format!("Correct settings of {target}, which ingress-nginx reads"))
            .about(&target)
            .risk(
                &target,
                "every controller loads its configuration anew, at which long connections (WebSockets) end after \
                 worker-shutdown-timeout",
            )
            .note(&target, "what applies the ConfigMap (a chart, GitOps) sets the old values again: correct them there, too")
            .then(step)
            .and(by_hand(&target, &left)),
    )
}

/// What has more than one answer, or a value that is not kept here.
fn left(map: &ConfigMap) -> Vec<String> {
    let all = judge::ignored(&map.data);
    all.iter().filter(|ignored| corrected(ignored).is_none()).map(Ignored::phrase).collect()
}

fn by_hand(target: &Object, left: &[String]) -> Option<Step> {
    let ask = format!(
        "Correct the rest of {target}, of which only a person knows what was meant: {}",
        left.join("; ")
    );
    let edit = format!("kubectl edit configmap {} -n {}", target.name, target.namespace);
    (!left.is_empty()).then(|| Step::person("correct the rest", ask, vec![edit]))
}

/// `auto` counts the machine's CPUs, not the limit's: so the number that the finding told.
fn workers(finding: &Finding, data: &Settings) -> Option<Changes> {
    const KEY: &str = "worker-processes";
    let limit = finding.evidence.iter().find(|evidence| evidence.object.kind != "ConfigMap")?;
    let milli: i64 = match limit.value.strip_suffix('m') {
        Some(milli) => milli.parse().ok()?,
        None => limit.value.parse::<i64>().ok()?.checked_mul(1000)?,
    };
    let cpus = milli.checked_add(999)? / 1000;
    let value = data.value(KEY)?;
    (cpus > 0).then(|| Changes::new().set(pointer("/data", KEY), value.as_str(), cpus.to_string()))
}

fn values(map: &ConfigMap) -> Changes {
    let all = judge::ignored(&map.data);
    all.iter()
        .filter_map(corrected)
        .fold(Changes::new(), |changes, (key, from, to)| changes.set(pointer("/data", &key), from, to))
}

/// A key whose value can only have been meant in one way, with the value that it has and the one that was meant.
fn corrected(ignored: &Ignored) -> Option<(String, String, String)> {
    match ignored {
        Ignored::Unreadable { key, value, form, .. } => {
            Some((key.clone(), value.clone(), meant(*form, value)?))
        }
        Ignored::Misspelt { .. } => None,
    }
}

/// What a value that can't be read was meant to be, where there is but one answer.
fn meant(form: Form, value: &str) -> Option<String> {
    match (form, value.trim().to_ascii_lowercase().as_str()) {
        (Form::Switch, "yes" | "on" | "enabled" | "y") => Some("true".to_owned()),
        (Form::Switch, "no" | "off" | "disabled" | "n") => Some("false".to_owned()),
        (Form::Number, text) => {
            // Whole seconds are what is read; of other units only a person knows.
            let number = text.strip_suffix('s').unwrap_or(text);
            number.parse::<i64>().ok().map(|number| number.to_string())
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_has_one_answer() {
        assert_eq!(meant(Form::Number, "75s").as_deref(), Some("75"));
        assert_eq!(meant(Form::Number, "1m"), None);
        assert_eq!(meant(Form::Switch, "On").as_deref(), Some("true"));
        assert_eq!(meant(Form::Switch, "perhaps"), None);
        assert_eq!(meant(Form::Workers, "many"), None);
    }
}
