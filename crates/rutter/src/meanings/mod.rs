//! What a text from a cluster means: the message of an event or a condition, an error, a line of a log.
//!
//! Each family of `rutter_lessons::texts` has a reader here: it takes the texts of its family, in all the wordings that the parser
//! knows, and says in a sentence or two what they mean, with the names and numbers that stand in them. To add one, write a
//! function and name it in [`FAMILIES`].

mod api;
mod container;
mod node;
mod pod;
mod workload;

/// What a text means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Meaning {
    /// The family of texts that it belongs to: the parser's name.
    pub(crate) family: &'static str,
    /// What it says, in whole sentences without a full stop at the end.
    pub(crate) says: String,
    /// What to look at, as a command or in words.
    pub(crate) look: &'static str,
    /// The lessons that read such texts, the nearest first.
    pub(crate) lessons: &'static [&'static str],
}

/// Reads the texts of one family.
struct Family {
    /// The module under `texts` whose parser it is.
    name: &'static str,
    read: fn(&str) -> Option<Said>,
}

/// What a family's reader makes of a text.
struct Said {
    says: String,
    look: &'static str,
    lessons: &'static [&'static str],
}

impl Said {
    fn new(says: impl Into<String>, look: &'static str, lessons: &'static [&'static str]) -> Option<Self> {
        Some(Self { says: says.into(), look, lessons })
    }
}

/// The families, those whose texts are told most surely first: a wrapped error holds the words of several.
const FAMILIES: &[Family] = &[
    Family { name: "scheduling", read: pod::scheduling },
    Family { name: "probe", read: container::probe },
    Family { name: "probe", read: container::killing },
    Family { name: "eviction", read: pod::eviction },
    Family { name: "pod_end", read: pod::end },
    Family { name: "node_ready", read: node::ready },
    Family { name: "oom", read: node::oom },
    Family { name: "node_disk", read: node::system_oom },
    Family { name: "node_disk", read: node::gc },
    Family { name: "cloud", read: node::route },
    Family { name: "webhook_call", read: api::webhook },
    Family { name: "etcd", read: api::etcd },
    Family { name: "workload_create", read: workload::create },
    Family { name: "denied", read: api::denied },
    Family { name: "job_end", read: workload::job_end },
    Family { name: "autoscaling", read: workload::autoscaling },
    Family { name: "autoscaling", read: workload::rescale },
    Family { name: "namespace", read: api::namespace },
    Family { name: "api_service", read: api::service },
    Family { name: "leader", read: api::leader },
    Family { name: "sandbox", read: pod::sandbox },
    Family { name: "volume", read: pod::volume },
    Family { name: "image_pull", read: container::image_pull },
    Family { name: "container_config", read: container::config },
    Family { name: "container_exit", read: container::back_off },
    Family { name: "unfinished", read: container::unfinished },
    Family { name: "container_exit", read: container::start },
    Family { name: "container_exit", read: container::exit },
    Family { name: "cloud", read: api::load_balancer },
    Family { name: "placed", read: pod::placed },
    Family { name: "resolve", read: api::resolve },
    Family { name: "x509", read: api::x509 },
    Family { name: "unfinished", read: container::deadline },
    Family { name: "no_space", read: node::no_space },
];

/// What a text means: nothing, if no family knows it. Only what is told most surely: the families behind it would read parts of the
/// same text.
pub(crate) fn meaning(text: &str) -> Option<Meaning> {
    let text = text.trim();
    let text = text.strip_prefix("Warning ").unwrap_or(text);
    let (family, said) = FAMILIES.iter().find_map(|family| Some((family, (family.read)(text)?)))?;
    Some(Meaning { family: family.name, says: said.says, look: said.look, lessons: said.lessons })
}

/// With a capital letter at the start.
fn sentence(text: &str) -> String {
    let mut rest = text.chars();
    rest.next().map_or_else(String::new, |first| first.to_uppercase().chain(rest).collect())
}

#[cfg(test)]
mod tests;
