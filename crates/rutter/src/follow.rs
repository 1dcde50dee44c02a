//! `rutter diagnose -w`: incidents as they open, change and close.

use std::{
    collections::{BTreeMap, BTreeSet},
    io,
    ops::ControlFlow,
};

use rutter_cluster::{Cluster, Coverage, Kind, Str, Time, coverage::Extent};
use rutter_diagnosis::{Diagnosis, Engine, Scope};
use rutter_lessons::{Severity, words};
use rutter_report::{
    Asked, Report,
    changes::{self, Change},
};
use rutter_source::live::{self, Update};

use crate::{
    arguments::{Diagnose, Form},
    diagnose,
    exit::{DONE, Failure},
    interrupt::{self, Watch},
    namespaces, output,
    progress::Progress,
    selector, source,
};

/// Ages are looked at anew this often, in seconds, though nothing changed.
const AGES: i64 = 5;

/// After the server was away, the time stands for so many seconds more: until what was missed is here, and kubelets, who
/// could not say that they live either, have said so.
const CATCH_UP: u8 = 20;

/// A list that can't be followed for so many seconds in which others can counts as not seen.
const LOST: u32 = 120;

/// What gets better is told once it has been so for this long, in seconds: a container that crashes again and again runs for a
/// moment each time.
const STANDS: i64 = 10;

/// Diagnoses a live cluster, and goes on saying what becomes different until it is stopped.
pub(crate) fn run(arguments: &Diagnose, scope: Scope) -> Result<u8, Failure> {
    if let Form::Yaml | Form::Html | Form::Dot | Form::Mermaid = arguments.output.form {
        return Err(Failure::Told(
            "-w writes text, json (a line for each change) or name, not a report as a whole".to_owned(),
        ));
    }
    let progress = Progress::new();
    let watch = interrupt::watch(progress.clone());
    progress.say("connecting");
    let mut tell = |done: live::Progress| source::tell(&progress, done);
    let mut follower =
        Follower { arguments, scope, watch: &watch, progress: &progress, engine: None, failure: None };
    let options = source::options(&arguments.into());
    let mut take = |update: Update| follower.take(update);
    let followed = live::follow(&options, &source::kinds(), &mut tell, &mut take);
    watch.end();
    progress.end();
    match (followed, follower.failure) {
        (Err(error), _) => Err(source::unreachable(&error)),
        // Whoever read our output has seen enough: `rutter diagnose -w | head`.
        (Ok(()), Some(Failure::Output(error))) if error.kind() == io::ErrorKind::BrokenPipe => Ok(DONE),
        (Ok(()), Some(failure)) => Err(failure),
        (Ok(()), None) => Ok(DONE),
    }
}

struct Follower<'a> {
    arguments: &'a Diagnose,
    scope: Scope,
    watch: &'a Watch,
    progress: &'a Progress,
    engine: Option<Following>,
    failure: Option<Failure>,
}

/// A kind, in one namespace or in all.
type List = (Kind, Option<Str>);

/// What is known after all was read.
struct Following {
    engine: Engine,
    names: Vec<String>,
    /// What was said last.
    said: Report,
    mark: Mark,
    /// Since when it is otherwise than was said, and not worse.
    better_since: Option<Time>,
    has_changed: bool,
    advanced: Time,
    /// The time by the server's clock, which goes on while that of the diagnosis stands.
    heard: Time,
    /// The lists whose changes don't come any more, and for how many seconds those of others came meanwhile.
    lost: BTreeMap<List, u32>,
    /// Those of them that count as not seen.
    unseen: BTreeSet<List>,
    /// Those that the engine knows to be unseen.
    covered: BTreeSet<List>,
    /// What is seen while all can be followed.
    coverage: Coverage,
    /// Whether it was said that the server doesn't answer.
    is_silent: bool,
    /// Whether it was said that something can't be watched.
    is_slow: bool,
    /// For so many ticks more the time stands.
    stands: u8,
}

impl Follower<'_> {
    fn take(&mut self, update: Update) -> ControlFlow<()> {
        let result = match update {
            Update::Loaded(cluster) => self.load(*cluster),
            update => self.follow(update),
        };
        match result {
            Ok(()) => ControlFlow::Continue(()),
            Err(failure) => {
                self.failure = Some(failure);
                ControlFlow::Break(())
            }
        }
    }

    /// Says what is wrong at the beginning, as without `-w`.
    fn load(&mut self, cluster: Cluster) -> Result<(), Failure> {
        self.watch.end();
        self.progress.end();
        source::refused(&cluster)?;
        namespaces::check(&cluster, &self.arguments.scope.namespace)?;
        selector::check(&cluster, self.scope.selector.as_ref(), &self.arguments.scope.namespace)?;
        let following = Following::new(cluster, self.arguments, &self.scope);
        let said = &following.said;
        match self.arguments.output.form {
            Form::Json => output::changes(&changes::changes(&blank(said), said), Form::Json)?,
            form => diagnose::write(said, form)?,
        }
        output::note("watching: incidents are told as they open, change and close; Ctrl-C ends it");
        self.engine = Some(following);
        Ok(())
    }

    fn follow(&mut self, update: Update) -> Result<(), Failure> {
        let Some(following) = &mut self.engine else { return Ok(()) };
        match update {
            Update::Change(change) => {
                following.engine.apply(change);
                following.has_changed = true;
            }
            Update::Replace { kind, namespace, objects } => {
                following.engine.replace(kind, namespace.as_deref(), objects);
                following.has_changed = true;
            }
            Update::Lost { kind, namespace, why } => following.lose(kind, namespace, &why),
            Update::Back { kind, namespace, time } => following.find(kind, namespace, time),
            Update::Silent { is_silent, time } => following.silent(is_silent, time),
            Update::Slow { kind, why } => following.slow(kind, &why),
            Update::Tick(now) => return following.tick(now, self.arguments, &self.scope),
            Update::Loaded(_) => {}
        }
        Ok(())
    }
}

impl Following {
    fn new(cluster: Cluster, arguments: &Diagnose, scope: &Scope) -> Self {
        let names = vec![format!("live cluster {}", cluster.info().name)];
        let (now, coverage) = (cluster.time(), cluster.coverage().clone());
        let engine = Engine::new(cluster);
        let (said, mark) = report(arguments, scope, &engine, &names);
        Self {
            engine,
            coverage,
            names,
            said,
            mark,
            better_since: None,
            has_changed: false,
            advanced: now,
            heard: now,
            lost: BTreeMap::new(),
            unseen: BTreeSet::new(),
            covered: BTreeSet::new(),
            is_silent: false,
            is_slow: false,
            stands: 0,
        }
    }

    fn lose(&mut self, kind: Kind, namespace: Option<Str>, why: &str) {
        if !self.waits() {
            output::note(&format!(
                "{}: {} can't be followed: {why}; until they can, what was said of them stands as it was",
                self.advanced,
                kind.plural()
            ));
        }
        self.lost.entry((kind, namespace)).or_default();
    }

    /// Counts as not seen what could not be followed for long, while the server answers: the rest must not stand still for it.
    fn give_up(&mut self) {
        if self.lost.is_empty() || !self.are_others_followed() {
            return;
        }
        self.lost.values_mut().for_each(|seconds| *seconds = seconds.saturating_add(1));
        let is_old = |(list, seconds): (&List, &u32)| {
            (*seconds >= LOST && !self.unseen.contains(list)).then(|| list.clone())
        };
        let old: Vec<List> = self.lost.iter().filter_map(is_old).collect();
        if old.is_empty() {
            return;
        }
        for (kind, namespace) in &old {
            self.engine.replace(*kind, namespace.as_deref(), Vec::new());
        }
        let kinds: BTreeSet<&str> = old.iter().map(|(kind, _)| kind.plural()).collect();
        let kinds: Vec<&str> = kinds.into_iter().collect();
        output::note(&format!(
            "{}: {} could not be followed for {}; until they can, they count as not seen",
            self.heard,
            words::list(&kinds, 4),
            words::duration(i64::from(LOST))
        ));
        self.unseen.extend(old);
    }

    /// Whether something can't be followed, and it is too early to go on without it.
    fn waits(&self) -> bool {
        self.lost.keys().any(|list| !self.unseen.contains(list))
    }

    fn are_others_followed(&self) -> bool {
        let is_lost = |kind: Kind| self.lost.keys().any(|(lost, _)| *lost == kind);
        // What did not come whole at first is not watched.
        let is_whole = |kind: Kind| self.coverage.of(kind).is_some_and(|seen| seen.extent != Extent::Nothing);
        Kind::ALL.iter().any(|kind| is_whole(*kind) && !is_lost(*kind))
    }

    /// Has the engine know what is seen now, if that is something else.
    fn cover(&mut self) {
        if self.covered == self.unseen {
            return;
        }
        self.covered.clone_from(&self.unseen);
        let mut coverage = self.coverage.clone();
        for (kind, namespace) in &self.unseen {
            coverage.lost(*kind, namespace.as_deref(), "can't be followed any more");
        }
        self.engine.cover(coverage);
        self.has_changed = true;
    }

    /// Where connections broke, that was said, and needs no second word.
    fn silent(&mut self, is_silent: bool, time: Option<Time>) {
        let is_news = is_silent && !self.waits();
        let has_said = std::mem::replace(&mut self.is_silent, is_news);
        let time = time.unwrap_or(self.advanced);
        if self.is_silent {
            output::note(&format!("{time}: the API server does not answer; what was said stands as it was"));
        } else if has_said {
            self.stands = CATCH_UP;
            output::note(&format!("{time}: the API server answers again"));
        }
    }

    fn slow(&mut self, kind: Kind, why: &str) {
        if !std::mem::replace(&mut self.is_slow, true) {
            let kind = kind.plural();
            output::note(&format!(
                "not all can be watched ({kind}: {why}); what can't is read again every minute"
            ));
        }
    }

    fn find(&mut self, kind: Kind, namespace: Option<Str>, time: Option<Time>) {
        let list = (kind, namespace);
        let was_lost = self.lost.remove(&list).is_some();
        self.unseen.remove(&list);
        if was_lost && !self.waits() {
            self.stands = CATCH_UP;
            let time = time.unwrap_or(self.advanced);
            output::note(&format!("{time}: all is followed again; what was missed is read"));
        }
    }

    /// How long nothing need be looked at while nothing changes.
    fn pause(&self) -> i64 {
        if self.better_since.is_some() { 1 } else { AGES }
    }

    /// Says what became different.
    fn tick(&mut self, now: Time, arguments: &Diagnose, scope: &Scope) -> Result<(), Failure> {
        match self.news(now, arguments, scope) {
            Some(changes) => Ok(output::changes(&changes, arguments.output.form)?),
            None => Ok(()),
        }
    }

    /// What is worth a word, when a second has passed.
    fn news(&mut self, now: Time, arguments: &Diagnose, scope: &Scope) -> Option<Vec<Change>> {
        self.heard = self.heard.max(now);
        self.give_up();
        self.cover();
        // While the server is away, no age may grow into a fault that nobody saw.
        let passes = !self.waits() && self.stands == 0;
        self.stands = self.stands.saturating_sub(1);
        let is_due = passes && now.since(self.advanced) >= self.pause();
        if !self.has_changed && !is_due {
            return None;
        }
        self.has_changed = false;
        if passes {
            // One of several servers may be a second behind.
            self.advanced = self.advanced.max(now);
            self.engine.advance(self.advanced);
        }
        self.engine.settle();
        let diagnosis = diagnosis(arguments, scope, &self.engine);
        let mark = mark(&diagnosis);
        if mark == self.mark {
            self.better_since = None;
            return None;
        }
        let since = *self.better_since.get_or_insert(self.advanced);
        if !is_worse(&self.mark, &mark) && self.advanced.since(since) < STANDS {
            return None;
        }
        self.better_since = None;
        let report = made(arguments, &self.engine, &diagnosis, &self.names);
        let changes = changes::changes(&self.said, &report);
        (self.said, self.mark) = (report, mark);
        Some(changes)
    }
}

/// What must differ for a report to be worth making: of each incident how bad it is, what is said of it and what follows.
type Mark = BTreeMap<String, (Severity, String, BTreeSet<String>)>;

/// Whether there is an incident that was not there, or one that is more severe than it was.
fn is_worse(before: &Mark, after: &Mark) -> bool {
    after.iter().any(|(id, (severity, ..))| before.get(id).is_none_or(|(known, ..)| severity > known))
}

fn mark(diagnosis: &Diagnosis) -> Mark {
    let of = |incident: &rutter_diagnosis::Incident| {
        let finding = |n: usize| &diagnosis.findings[n];
        let explains = incident.explains.iter().map(|explained| finding(explained.finding).id.clone());
        let message = &finding(incident.root).finding.message;
        let words = message.chars().filter(|c| !c.is_ascii_digit()).collect();
        (incident.id.clone(), (incident.severity, words, explains.collect()))
    };
    diagnosis.incidents.iter().map(of).collect()
}

fn diagnosis(arguments: &Diagnose, scope: &Scope, engine: &Engine) -> Diagnosis {
    let mut diagnosis = engine.diagnosis(scope);
    if let Some(least) = arguments.scope.min_severity {
        diagnosis.keep_at_least(Severity::from(least));
    }
    diagnosis
}

fn made(arguments: &Diagnose, engine: &Engine, diagnosis: &Diagnosis, names: &[String]) -> Report {
    let asked = Asked { sources: names.to_vec(), ..diagnose::asked(arguments) };
    Report::new(engine.cluster(), diagnosis, asked)
}

fn report(arguments: &Diagnose, scope: &Scope, engine: &Engine, names: &[String]) -> (Report, Mark) {
    let diagnosis = diagnosis(arguments, scope, engine);
    (made(arguments, engine, &diagnosis, names), mark(&diagnosis))
}

/// The same report with nothing found: against it, everything is new.
fn blank(report: &Report) -> Report {
    Report { incidents: Vec::new(), history: Vec::new(), findings: Vec::new(), ..report.clone() }
}

#[cfg(test)]
mod tests;
