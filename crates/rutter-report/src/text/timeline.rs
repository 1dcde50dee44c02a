//! What happened to an object and to those on the way to its roots, a line for each moment.

use std::io;

use rutter_cluster::Time;
use rutter_lessons::words;

use super::{BOLD, DIM, Options, PLAIN, times};
use crate::{
    Explanation, Happening, Moment, ObjectRef,
    page::{Page, clip_middle},
};

/// So many moments are told, unless all are asked for.
const NEWEST: usize = 20;
const UNDATED: usize = 5;

pub(super) fn write(page: &mut Page<'_>, explanation: &Explanation, options: &Options) -> io::Result<()> {
    let timeline = &explanation.timeline;
    let snapshot = explanation.cluster.time.as_deref();
    page.blank()?;
    page.lines(&[], BOLD, &heading(snapshot))?;
    let most = if options.wide { usize::MAX } else { NEWEST };
    let left_out = timeline.moments.len().saturating_sub(most);
    match (timeline.earlier + left_out, left_out) {
        (0, _) => {}
        (all, 0) => page.lines(&[(DIM, "  ")], DIM, &format!("… {all} earlier")).map(drop)?,
        (all, _) => {
            page.lines(&[(DIM, "  ")], DIM, &format!("… {all} earlier; -o wide shows more")).map(drop)?;
        }
    }
    let shown = timeline.moments.get(left_out..).unwrap_or_default();
    let columns = Columns::of(shown, snapshot);
    for moment in shown {
        line(page, explanation, moment, &columns, options)?;
    }
    if timeline.moments.is_empty() {
        page.lines(&[(PLAIN, "  ")], DIM, "nothing that was seen has a time")?;
    }
    undated(page, explanation, &columns, options)?;
    for unseen in &timeline.unseen {
        page.lines(&[(DIM, "  not seen: ")], DIM, unseen)?;
    }
    Ok(())
}

fn heading(snapshot: Option<&str>) -> String {
    snapshot.map_or_else(
        || "Timeline".to_owned(),
        |time| format!("Timeline, with how long before {}", times::full(time)),
    )
}

/// How wide the times are.
struct Columns {
    time: usize,
    age: usize,
}

impl Columns {
    fn of(moments: &[Moment], snapshot: Option<&str>) -> Self {
        let time =
            |moment: &Moment| moment.time.as_deref().map_or(0, |time| times::short(time, snapshot).len());
        Self {
            time: moments.iter().map(time).max().unwrap_or(0),
            age: moments.iter().map(|moment| ago(moment.time.as_deref(), snapshot).len()).max().unwrap_or(0),
        }
    }
}

/// `20m`, or `-5s` for what a wrong clock put behind the snapshot.
fn ago(time: Option<&str>, snapshot: Option<&str>) -> String {
    let age = || Some(snapshot.and_then(Time::parse)?.since(Time::parse(time?)?));
    match age() {
        None => String::new(),
        Some(age @ 0..) => words::duration(age),
        Some(ahead) => format!("-{}", words::duration(-ahead)),
    }
}

fn line(
    page: &mut Page<'_>,
    explanation: &Explanation,
    moment: &Moment,
    columns: &Columns,
    options: &Options,
) -> io::Result<()> {
    let snapshot = explanation.cluster.time.as_deref();
    let time = moment.time.as_deref().map_or_else(String::new, |time| times::short(time, snapshot));
    let age = ago(moment.time.as_deref(), snapshot);
    let lead = format!("  {time:0$}  {age:>1$}  ", columns.time, columns.age);
    page.lines(&[(DIM, &lead)], PLAIN, &said(explanation, moment, options)).map(drop)
}

fn said(explanation: &Explanation, moment: &Moment, options: &Options) -> String {
    let snapshot = explanation.cluster.time.as_deref();
    let who = who(&explanation.object, &moment.objects, options);
    let container = moment.container.as_deref().map_or_else(String::new, |name| format!("container {name} "));
    let sort = match moment.what {
        Happening::Event => "event ",
        Happening::Finding => "finding ",
        _ => "",
    };
    let most = if options.wide { usize::MAX } else { 160 };
    let text = clip_middle(&moment.text, most);
    let times = match (moment.count, moment.first.as_deref()) {
        (..=1, _) => String::new(),
        (many, None) => format!(" (x{many})"),
        (many, Some(first)) => format!(" (x{many} since {})", times::short(first, snapshot)),
    };
    let still = if moment.present && moment.what == Happening::Started { ", and runs" } else { "" };
    format!("{who}{container}{sort}{text}{still}{times}")
}

/// Whom it happened to; nothing for the very object that all this is about.
fn who(object: &ObjectRef, objects: &[ObjectRef], options: &Options) -> String {
    let is_it = |other: &ObjectRef| {
        (&other.kind, &other.namespace, &other.name) == (&object.kind, &object.namespace, &object.name)
    };
    match objects {
        [] => String::new(),
        [one] if is_it(one) => String::new(),
        many => format!("{}: ", super::incident::objects(many, if options.wide { usize::MAX } else { 2 })),
    }
}

/// What is so, and nothing says since when.
fn undated(
    page: &mut Page<'_>,
    explanation: &Explanation,
    columns: &Columns,
    options: &Options,
) -> io::Result<()> {
    let all = &explanation.timeline.undated;
    let most = if options.wide { usize::MAX } else { UNDATED };
    let width = (columns.time + 2 + columns.age).max(12);
    for moment in all.iter().take(most) {
        let lead = format!("  {:width$}  ", "unknown when");
        page.lines(&[(DIM, &lead)], PLAIN, &said(explanation, moment, options))?;
    }
    match all.len().saturating_sub(most) {
        0 => Ok(()),
        more => page
            .lines(&[(DIM, "  ")], DIM, &format!("and {more} more at unknown times; -o wide shows all"))
            .map(drop),
    }
}
