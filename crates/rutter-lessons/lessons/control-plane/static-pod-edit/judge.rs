//! What is wrong with a static pod, as far as its definition alone tells.

use rutter_cluster::{
    Str,
    objects::{Container, IntOrString, Pod, PodSpec, StaticPod},
};

use super::{flags, gates, refused};
use crate::hosting;

pub(super) struct Problem {
    pub(super) variant: &'static str,
    pub(super) path: &'static str,
    pub(super) value: String,
    pub(super) message: String,
}

const ARGUMENTS: &str = "spec.containers[*].command";

/// Programs whose flags are known here.
const PROGRAMS: [&str; 4] = ["kube-apiserver", "kube-controller-manager", "kube-scheduler", "etcd"];

/// From this minor version on a kubelet refuses static pods that refer to other objects (1.34).
const NO_REFERENCES: u32 = 34;

/// A container that runs a known program.
struct Program<'a> {
    name: &'static str,
    container: &'a Container,
}

impl<'a> Program<'a> {
    fn of(spec: &'a PodSpec) -> Option<Self> {
        spec.containers.iter().find_map(|container| {
            let called = |word: &Str| word.rsplit('/').next().unwrap_or_default().to_owned();
            let words: Vec<String> =
                container.command.iter().chain(&container.args).take(1).map(called).collect();
            let name = PROGRAMS
                .iter()
                .find(|name| words.iter().any(|word| word == **name) || container.name == **name)?;
            Some(Self { name, container })
        })
    }

    /// Flags with their values: `--name=value`, or two words.
    fn flags(&self) -> Vec<(&'a str, &'a str)> {
        let words: Vec<&str> =
            self.container.command.iter().chain(&self.container.args).map(Str::as_str).collect();
        let flag = |(n, word): (usize, &&'a str)| {
            let bare = word.strip_prefix("--").or_else(|| word.strip_prefix('-'))?;
            Some(match bare.split_once('=') {
                Some(pair) => pair,
                None => (
                    bare,
                    words.get(n + 1).copied().filter(|next| !next.starts_with('-')).unwrap_or_default(),
                ),
            })
        };
        words.iter().enumerate().filter_map(flag).collect()
    }

    /// The minor version in the image's tag.
    fn minor(&self) -> Option<u32> {
        let (_, tag) = self.container.image.split('@').next()?.rsplit_once(':')?;
        hosting::minor(tag)
    }
}

/// Of a file, with what its volumes bring in.
pub(super) fn of_file(pod: &Pod, file: &StaticPod) -> Vec<Problem> {
    let mut problems = of_spec(&pod.spec);
    let program = Program::of(&pod.spec);
    problems.extend(program.as_ref().and_then(|program| not_mounted(program, &file.mount_paths)));
    // Of a manifest that may be meant for the API as well, only what holds for both is told.
    if !file.is_guessed {
        problems.extend(reference(&pod.spec, program.as_ref()));
    }
    problems.extend(program.as_ref().and_then(twice));
    problems.extend(incomplete(pod).or_else(|| refused::problem(pod, file)));
    problems
}

/// Of a flag that is given twice, the last counts, unless it is one whose values add up.
fn twice(program: &Program<'_>) -> Option<Problem> {
    let flags = program.flags();
    let is_other = |(name, value): &(&str, &str), last: &(&str, &str)| {
        name == &last.0 && value != &last.1 && !value.is_empty() && !last.1.is_empty()
    };
    let (n, (flag, last)) = flags.iter().enumerate().rev().find(|(n, last)| {
        flags::has_one_value(last.0) && flags[..*n].iter().any(|before| is_other(before, last))
    })?;
    let before = flags[..n].iter().find(|before| is_other(before, &(flag, last)))?.1;
    Some(Problem {
        variant: "flag-twice",
        path: ARGUMENTS,
        value: format!("--{flag}={before} --{flag}={last}"),
        message: format!("--{flag} is given twice, and the last counts: {last}, not {before}"),
    })
}

/// What the kubelet's own validation refuses: a pod without a name or without containers (a key with a slip of the pen, mostly).
fn incomplete(pod: &Pod) -> Option<Problem> {
    let lacks = if pod.meta.name.is_empty() {
        "metadata.name"
    } else if pod.spec.containers.is_empty() {
        "spec.containers"
    } else {
        return None;
    };
    Some(Problem {
        variant: "unreadable",
        path: "file",
        value: format!("no {lacks}"),
        message: format!("it has no {lacks}: the kubelet refuses it, and ends the pod that it defined"),
    })
}

/// Of what a mirror pod shows, too.
pub(super) fn of_spec(spec: &PodSpec) -> Vec<Problem> {
    let Some(program) = Program::of(spec) else { return Vec::new() };
    removed(&program).into_iter().chain(gate(&program)).chain(probe(spec, &program)).collect()
}

fn removed(program: &Program<'_>) -> Option<Problem> {
    let minor = program.minor()?;
    let gone: Vec<(&str, u32)> = program
        .flags()
        .into_iter()
        .filter_map(|(flag, _)| Some((flag, flags::removed(program.name, flag, minor)?)))
        .collect();
    let (flag, since) = *gone.first()?;
    Some(Problem {
        variant: "flag",
        path: ARGUMENTS,
        value: gone.iter().map(|(flag, _)| format!("--{flag}")).collect::<Vec<_>>().join(" "),
        message: format!(
            "--{flag} is gone since 1.{since}, and this is 1.{minor}: {} ends at once (unknown flag)",
            program.name
        ),
    })
}

/// A gate that the version does not take, however it is set. What a program emulates another version with has other locks, and of a
/// gate that is set twice, which one counts depends on the version.
fn gate(program: &Program<'_>) -> Option<Problem> {
    let minor = program.minor().filter(|_| program.name != "etcd")?;
    let flags = program.flags();
    let emulates = flags.iter().any(|(flag, _)| *flag == "emulated-version");
    let values = flags.iter().filter(|(flag, _)| *flag == "feature-gates");
    let all: Vec<(&str, bool)> = values.flat_map(|(_, value)| gates::set(value)).collect();
    let is_twofold = |gate: &str, set: bool| all.contains(&(gate, !set));
    let (gate, set, why) = all.iter().find_map(|(gate, set)| match gates::refused(gate, *set, minor)? {
        gates::Refused::LockedTo(_) if emulates || is_twofold(gate, *set) => None,
        why => Some((gate, set, why)),
    })?;
    let message = match why {
        gates::Refused::Removed(since) => format!(
            "feature gate {gate} is gone since 1.{since}, and this is 1.{minor}: {} ends at once (unrecognized feature gate)",
            program.name
        ),
        gates::Refused::LockedTo(to) => format!(
            "feature gate {gate} can't be set to {set} in 1.{minor}: {} ends at once (feature is locked to {to})",
            program.name
        ),
    };
    Some(Problem {
        variant: "gate",
        path: ARGUMENTS,
        value: format!("--feature-gates={gate}={set}"),
        message,
    })
}

/// A probe of another port than the one that is served kills the program again and again. Another container of the pod may serve
/// it, though, and programs before 1.24 have a second port without TLS.
fn probe(spec: &PodSpec, program: &Program<'_>) -> Option<Problem> {
    if spec.containers.len() > 1 {
        return None;
    }
    let (flag, default) = flags::secure_port(program.name)?;
    let told = program.flags().into_iter().rev().find(|(name, _)| *name == flag);
    let serves = told.map_or(Some(default), |(_, value)| value.parse().ok())?;
    let probes = [&program.container.liveness_probe, &program.container.startup_probe];
    let asked = probes.into_iter().flatten().find_map(|probe| match probe.port() {
        Some(IntOrString::Int(port)) if *port != serves => Some(*port),
        // A named port is declared, and somebody meant it.
        _ => None,
    })?;
    // Some serve a second port for this; then a port of that number is declared, or a flag names it.
    let named = program.flags().into_iter().any(|(_, value)| value.contains(&asked.to_string()));
    let declared = program.container.ports.iter().any(|port| port.container_port == asked);
    let is_insecure =
        flags::insecure_port(program.name) == Some(asked) && program.minor().is_none_or(|minor| minor < 24);
    (!named && !declared && !is_insecure).then(|| Problem {
        variant: "probe",
        path: "spec.containers[*].livenessProbe",
        value: format!("port {asked}, and {} serves {serves}", program.name),
        message: format!(
            "its probe asks port {asked}, and {} serves {serves}: it is killed again and again",
            program.name
        ),
    })
}

/// A file that a flag names, and that no volume brings into the container.
fn not_mounted(program: &Program<'_>, mounts: &[Str]) -> Option<Problem> {
    let is_seen = |path: &str| {
        mounts.iter().any(|mount| {
            let mount = mount.trim_end_matches('/');
            path == mount || path.strip_prefix(mount).is_some_and(|rest| rest.starts_with('/'))
        })
    };
    let (flag, path) = program
        .flags()
        .into_iter()
        .find(|(flag, value)| flags::is_read(flag) && value.starts_with('/') && !is_seen(value))?;
    Some(Problem {
        variant: "not-mounted",
        path: ARGUMENTS,
        value: format!("--{flag}={path}"),
        message: format!(
            "--{flag} names {path}, and no volumeMount brings that into the container: {} ends at once, wherever the file lies on the node",
            program.name
        ),
    })
}

/// A static pod has nobody who could read a ConfigMap, a Secret or a claim for it before the API is up.
fn reference(spec: &PodSpec, program: Option<&Program<'_>>) -> Option<Problem> {
    let by_volume = spec.volumes.iter().find_map(|volume| {
        let map = volume.config_map.as_ref().map(|map| format!("ConfigMap {}", map.name));
        let secret = volume.secret.as_ref().map(|secret| format!("Secret {}", secret.secret_name));
        let claim = volume.persistent_volume_claim.as_ref();
        map.or(secret).or_else(|| claim.map(|claim| format!("PersistentVolumeClaim {}", claim.claim_name)))
    });
    let by_environment = || {
        let all =
            spec.containers.iter().flat_map(|container| container.env_refs.iter().chain(&container.env_from));
        all.map(|reference| format!("{} {}", reference.kind, reference.name)).next()
    };
    let refers = by_volume.or_else(by_environment)?;
    let is_refused = program.and_then(Program::minor).is_none_or(|minor| minor >= NO_REFERENCES);
    is_refused.then(|| Problem {
        variant: "reference",
        path: "spec",
        value: refers.clone(),
        message: format!("it refers to {refers}, which static pods may not: kubelets from 1.34 on refuse it"),
    })
}
