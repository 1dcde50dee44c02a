//! Volumes that can't be mounted: the words of the kubelet that more than one lesson reads.

use super::scan::non_empty;

/// The CSI driver of which the kubelet says that it isn't registered on the node: `driver name ebs.csi.aws.com not found in
/// the list of registered CSI drivers` (`pkg/volume/csi/csi_client.go`).
pub fn unregistered_driver(message: &str) -> Option<&str> {
    let (head, _) = message.split_once(" not found in the list of registered CSI drivers")?;
    head.rsplit(' ').next().and_then(non_empty)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_driver_is_read() {
        let words = r#"MountVolume.MountDevice failed for volume "pvc-1" : kubernetes.io/csi: attacher.MountDevice failed to create newCsiDriverClient: driver name ebs.csi.aws.com not found in the list of registered CSI drivers"#;
        assert_eq!(unregistered_driver(words), Some("ebs.csi.aws.com"));
        assert_eq!(unregistered_driver(" not found in the list of registered CSI drivers"), None);
        assert_eq!(unregistered_driver("timed out waiting for the condition"), None);
    }
}
