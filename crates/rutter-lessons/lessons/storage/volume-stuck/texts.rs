//! What the kubelet and the attach-detach controller say of a volume that doesn't come: events `FailedMount` and
//! `FailedAttachVolume`, Kubernetes 1.12–1.37.

use crate::texts::volume;

/// Why a volume isn't there; the variants stand in the order of how much they tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Trouble<'a> {
    /// `Multi-Attach error for volume "v" Volume is already …`: another node has it.
    MultiAttach { users: Option<&'a str> },
    /// No driver of that name is registered on the node, or (`None`) no plug-in knows the volume.
    DriverMissing { driver: Option<&'a str> },
    /// `configmap "x" not found`, `references non-existent secret key: k`.
    ObjectMissing { kind: &'static str, name: &'a str, key: bool },
    /// The claim isn't there, isn't bound or is being deleted.
    Claim { detail: &'a str },
    /// `AttachVolume.Attach failed for volume "v" : …`.
    Attach { detail: &'a str },
    /// `MountVolume.SetUp failed for volume "v" : …` and its relatives.
    Mount { detail: &'a str },
    /// Only that it took too long: `Unable to attach or mount volumes: unmounted volumes=[…] …`.
    Timeout,
}

/// Reads the message of an event `FailedMount` or `FailedAttachVolume`.
pub(super) fn parse(message: &str) -> Trouble<'_> {
    let detail = message.split_once("\" : ").map_or(message, |(_, detail)| detail);
    if message.contains("Multi-Attach error") {
        let users = message.split_once("already used by ").map(|(_, users)| users);
        return Trouble::MultiAttach { users };
    }
    driver(message).or_else(|| object(detail)).or_else(|| claim(message)).unwrap_or(
        if message.contains("AttachVolume.") {
            Trouble::Attach { detail }
        } else if message.contains("Volume.") {
            Trouble::Mount { detail }
        } else {
            Trouble::Timeout
        },
    )
}

fn driver(message: &str) -> Option<Trouble<'_>> {
    if let Some(driver) = volume::unregistered_driver(message) {
        return Some(Trouble::DriverMissing { driver: Some(driver) });
    }
    message.contains("no volume plugin matched").then_some(Trouble::DriverMissing { driver: None })
}

fn object(detail: &str) -> Option<Trouble<'_>> {
    // 1.12 wrote `configmaps "x" not found`; a projected volume joins several in brackets.
    for (words, kind) in
        [(["configmap \"", "configmaps \""], "ConfigMap"), (["secret \"", "secrets \""], "Secret")]
    {
        let named = words.iter().find_map(|word| detail.split_once(word)).map(|(_, rest)| rest);
        if let Some((name, rest)) = named.and_then(|rest| rest.split_once('"'))
            && rest.starts_with(" not found")
        {
            return Some(Trouble::ObjectMissing { kind, name, key: false });
        }
    }
    for (words, kind) in [
        ("references non-existent config key: ", "ConfigMap"),
        ("references non-existent secret key: ", "Secret"),
    ] {
        if let Some((_, key)) = detail.split_once(words) {
            let name = key.split([' ', ',', ']']).next().unwrap_or(key);
            return Some(Trouble::ObjectMissing { kind, name, key: true });
        }
    }
    None
}

fn claim(message: &str) -> Option<Trouble<'_>> {
    let marks =
        ["error processing PVC ", "PVC is being deleted", "PVC is not bound", "persistentvolumeclaim \""];
    marks.iter().any(|mark| message.contains(mark)).then(|| Trouble::Claim {
        detail: message.split_once("error processing PVC ").map_or(message, |(_, rest)| rest),
    })
}

/// The name in `for volume "NAME"`: the PersistentVolume's, or the pod's own for volumes without one.
pub(super) fn volume(message: &str) -> Option<&str> {
    message.split_once("for volume \"")?.1.split_once('"').map(|(name, _)| name)
}

/// The names in `unmounted volumes=[a b]`: the pod's own.
pub(super) fn unmounted(message: &str) -> Vec<&str> {
    let list = message.split_once("unmounted volumes=[").and_then(|(_, rest)| rest.split_once(']'));
    list.map(|(names, _)| names.split([' ', ',']).filter(|name| !name.is_empty()).collect())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn old_and_new_texts() {
        let multi = r#"Multi-Attach error for volume "pvc-1" Volume is already used by pod(s) web-1"#;
        assert_eq!(parse(multi), Trouble::MultiAttach { users: Some("pod(s) web-1") });
        assert_eq!(volume(multi), Some("pvc-1"));
        let old = r#"MountVolume.SetUp failed for volume "cfg" : configmaps "app" not found"#;
        assert_eq!(parse(old), Trouble::ObjectMissing { kind: "ConfigMap", name: "app", key: false });
        let key =
            r#"MountVolume.SetUp failed for volume "cfg" : references non-existent secret key: tls.crt"#;
        assert_eq!(parse(key), Trouble::ObjectMissing { kind: "Secret", name: "tls.crt", key: true });
        let driver = r#"MountVolume.MountDevice failed for volume "pvc-1" : kubernetes.io/csi: attacher.MountDevice failed to create newCsiDriverClient: driver name ebs.csi.aws.com not found in the list of registered CSI drivers"#;
        assert_eq!(parse(driver), Trouble::DriverMissing { driver: Some("ebs.csi.aws.com") });
        let new = "Unable to attach or mount volumes: unmounted volumes=[data logs], unattached volumes=[], failed to process volumes=[]: context deadline exceeded";
        assert_eq!((parse(new), unmounted(new)), (Trouble::Timeout, vec!["data", "logs"]));
        for text in ["", "\"", "for volume \"", "unmounted volumes=[", "é\" : é"] {
            let _ = (parse(text), volume(text), unmounted(text));
        }
    }
}
