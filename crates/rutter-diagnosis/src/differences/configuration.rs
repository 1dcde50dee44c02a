//! Configuration, quotas, storage, and who is asked before a change.

use rutter_cluster::objects::{ConfigMap, PersistentVolumeClaim, ResourceQuota, StorageClass, Webhook};

use super::{Fields, fields::Shown};

/// Which keys there are; that a value is another is told by the version alone, since values are not kept.
pub(super) fn config_map(map: &ConfigMap) -> Fields {
    let mut fields = Fields::default();
    for key in map.data.iter() {
        match map.data.value(key) {
            Some(value) => fields.add_shown(key.as_str(), Shown::named(key, value)),
            None => fields.add(format!("key {key}"), "there"),
        }
    }
    for key in map.binary_data.iter() {
        fields.add(format!("key {key}"), "there");
    }
    fields
}

pub(super) fn quota(quota: &ResourceQuota) -> Fields {
    let mut fields = Fields::default();
    for (resource, quantity) in quota.spec.hard.iter() {
        fields.add(format!("hard {resource}"), quantity);
    }
    fields
}

pub(super) fn claim(claim: &PersistentVolumeClaim) -> Fields {
    let mut fields = Fields::default();
    fields.add("storage class", claim.spec.storage_class_name.as_deref().unwrap_or_default());
    fields.add("volume", &claim.spec.volume_name);
    let wanted = claim.spec.resources.requests.get("storage");
    fields.add("storage", wanted.map(|quantity| quantity.to_string()).unwrap_or_default());
    fields
}

pub(super) fn storage_class(class: &StorageClass) -> Fields {
    let mut fields = Fields::default();
    fields.add("provisioner", &class.provisioner);
    fields.add("reclaim policy", &class.reclaim_policy);
    fields.add("binding mode", &class.volume_binding_mode);
    fields
}

pub(super) fn webhooks(webhooks: &[Webhook]) -> Fields {
    let mut fields = Fields::default();
    for webhook in webhooks {
        let name = &webhook.name;
        fields.add(format!("failure policy of {name}"), &webhook.failure_policy);
        let service = webhook.client_config.service.as_ref();
        let called = service.map(|service| format!("Service {}/{}", service.namespace, service.name));
        fields.add(
            format!("target of {name}"),
            called.unwrap_or_else(|| webhook.client_config.url.to_string()),
        );
    }
    fields
}
