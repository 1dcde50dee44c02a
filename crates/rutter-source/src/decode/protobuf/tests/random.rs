//! Bytes of any kind neither crash nor grow.

use proptest::prelude::*;
use serde_json::json;

use super::*;

/// A field at a time: numbers that messages use, lengths that fit or not, messages in messages.
fn fields() -> impl Strategy<Value = Vec<u8>> {
    let leaf = prop_oneof![
        (1u32..45, any::<i64>()).prop_map(|(at, value)| encode::number(at, value)),
        (1u32..45, "\\PC{0,8}").prop_map(|(at, text)| bytes(at, text.as_bytes())),
        proptest::collection::vec(any::<u8>(), 0..12),
    ];
    leaf.prop_recursive(6, 64, 6, |inner| {
        (1u32..45, proptest::collection::vec(inner, 0..6)).prop_map(|(at, all)| bytes(at, &all.concat()))
    })
}

proptest! {
    #[test]
    fn any_message_is_read_or_refused(message in proptest::collection::vec(fields(), 0..6), kind in 0..Kind::ALL.len()) {
        let kind = Kind::ALL[kind];
        let message = message.concat();
        let mut tables = Tables::default();
        let _ = decode(&message, kind, &mut tables);
        let page = envelope(kind.api_version(), &format!("{kind}List"), &message);
        let _ = (ListHead::find(&page), is_whole(&page), super::super::status(&page));
        let _ = read_list(&page, kind, &mut tables);
        let mut frames = Frames::default();
        frames.push(&message);
        let _ = frames.next_event();
    }

    #[test]
    fn a_page_with_a_wrong_byte_is_read_or_refused(at in any::<prop::sample::Index>(), byte in any::<u8>(), cut in any::<bool>()) {
        let pod = json!({"metadata": {"name": "a", "labels": {"k": "v"}}, "spec": {"containers": [
            {"name": "c", "args": ["x"], "livenessProbe": {"httpGet": {"port": "http"}}, "resources": {"limits": {"cpu": "1"}}}]}});
        let mut page = list(Kind::Pod, &[pod.clone(), pod], "", None);
        let at = at.index(page.len());
        page[at] = byte;
        if cut {
            page.truncate(at);
        }
        let mut tables = Tables::default();
        let _ = (read_list(&page, Kind::Pod, &mut tables), ListHead::find(&page), is_whole(&page));
    }
}
