//! What all objects have in common.
//!
//! From the generated.proto of apimachinery `pkg/apis/meta/v1`, `core/v1` (ObjectReference).

use super::messages;

messages! {
    ObjectMeta {
        1 name: str, 3 namespace: str, 5 uid: str, 6 resourceVersion: str, 7 generation: int,
        8 creationTimestamp: time, 9 deletionTimestamp: time, 10 deletionGracePeriodSeconds: int,
        11 labels: {str}, 12 annotations: {str}, 13 ownerReferences: [OwnerReference],
        14 finalizers: [str],
    }
    OwnerReference { 1 kind: str, 3 name: str, 4 uid: str, 5 apiVersion: str, 6 controller: bool }
    LabelSelector { 1 matchLabels: {str}, 2 matchExpressions: [LabelSelectorRequirement] }
    LabelSelectorRequirement { 1 key: str, 2 operator: str, 3 values: [str] }
    ObjectReference {
        1 kind: str, 2 namespace: str, 3 name: str, 4 uid: str, 5 apiVersion: str, 7 fieldPath: str,
    }
}
