//! `-o name`: one line per incident, for scripts.

use std::io::{self, Write};

use crate::{Incident, Report, page::plain};

/// Writes `SEVERITY/ID LESSON KIND/NAMESPACE/NAME` for each incident, the worst first. What is over is left out.
///
/// The first word is what `rutter fix` and `rutter explain` take; a name that holds a blank or a control character is
/// escaped, so a line always has three words.
///
/// # Errors
/// If `out` can't be written to.
pub fn write(out: &mut dyn Write, report: &Report) -> io::Result<()> {
    report.incidents.iter().try_for_each(|incident| write_one(out, incident))
}

pub(crate) fn write_one(out: &mut dyn Write, incident: &Incident) -> io::Result<()> {
    let object = &incident.root.object;
    let parts = [&object.kind, &object.namespace, &object.name];
    let object: Vec<&str> = parts.into_iter().map(String::as_str).filter(|part| !part.is_empty()).collect();
    let [id, lesson, object] = [&incident.id, &incident.root.lesson, &object.join("/")]
        .map(|text| plain(text).replace(' ', "\\x20"));
    writeln!(out, "{}/{id} {lesson} {object}", incident.severity.name())
}
