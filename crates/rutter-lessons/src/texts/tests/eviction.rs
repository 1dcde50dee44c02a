use super::*;
use crate::texts::testing::survives;

const SAMPLES: &[&str] = &[
    "The node was low on resource: ephemeral-storage. Container codis-proxy was using 10619440Ki, which exceeds its request of 0. ",
    "The node was low on resource: memory. Threshold quantity: 100Mi, available: 17348Ki. Container app was using 188Ki, request is 0, has larger consumption of memory. Container side.car was using 12e6, request is 10Mi, has larger consumption of memory. ",
    "The node was low on resource: ephemeral-storage. Threshold quantity: 75100960885, available: 49664872Ki.",
    "The node had condition: [DiskPressure]. ",
    "Pod was rejected: The node had condition: [MemoryPressure DiskPressure]. ",
    "Pod The node was low on resource: [DiskPressure]. ",
    "Usage of EmptyDir volume \"cache\" exceeds the limit \"1Gi\". ",
    "Container web exceeded its local ephemeral storage limit \"50Mi\". ",
    "Pod ephemeral local storage usage exceeds the total limit of containers 50Mi. ",
];

fn amount(text: &str) -> Amount<'_> {
    Amount::new(text)
}

#[test]
fn the_articles_message() {
    let Some(Eviction::NodeLow { resource, threshold, available, containers, era }) = parse(SAMPLES[0])
    else {
        panic!("not read")
    };
    assert_eq!((resource, threshold, available, era), (Resource::EphemeralStorage, None, None, Era::Old));
    let expected =
        ContainerUse { container: "codis-proxy", usage: amount("10619440Ki"), request: amount("0") };
    assert_eq!(containers, [expected]);
    assert_eq!(containers[0].usage.number, Some(10_874_306_560));
}

#[test]
fn several_containers_and_units() {
    let Some(Eviction::NodeLow { resource, threshold, available, containers, era }) = parse(SAMPLES[1])
    else {
        panic!("not read")
    };
    assert_eq!((resource, era), (Resource::Memory, Era::Current));
    assert_eq!((threshold, available), (Some(amount("100Mi")), Some(amount("17348Ki"))));
    assert_eq!(containers.iter().map(|c| c.container).collect::<Vec<_>>(), ["app", "side.car"]);
    assert_eq!(containers[1].usage.number, Some(12_000_000));
}

#[test]
fn no_container_named() {
    let read = parse(SAMPLES[2]);
    assert!(matches!(&read, Some(Eviction::NodeLow { containers, .. }) if containers.is_empty()));
    assert_eq!(
        read.map(|e| e.to_string()).as_deref(),
        Some("the node was low on ephemeral storage (49664872Ki left)")
    );
}

#[test]
fn refused_at_admission() {
    assert_eq!(parse(SAMPLES[3]), Some(Eviction::Refused { conditions: vec!["DiskPressure"] }));
    assert_eq!(
        parse(SAMPLES[4]),
        Some(Eviction::Refused { conditions: vec!["MemoryPressure", "DiskPressure"] })
    );
    assert_eq!(parse(SAMPLES[5]), Some(Eviction::Refused { conditions: vec!["DiskPressure"] }));
}

#[test]
fn limits() {
    let cache = Eviction::EmptyDirLimit { volume: "cache", limit: amount("1Gi") };
    assert_eq!(parse(SAMPLES[6]), Some(cache));
    let web = Eviction::ContainerLimit { container: "web", limit: amount("50Mi") };
    assert_eq!(parse(SAMPLES[7]), Some(web));
    assert_eq!(parse(SAMPLES[8]), Some(Eviction::PodLimit { limit: amount("50Mi") }));
    assert_eq!(parse("Node is shutting, evicting pods"), None);
}

#[test]
fn events_of_the_node() {
    assert_eq!(reclaiming("Attempting to reclaim ephemeral-storage"), Some(Resource::EphemeralStorage));
    assert_eq!(reclaiming("Attempting to reclaim "), None);
    assert_eq!(pressure("NodeHasDiskPressure"), Some("DiskPressure"));
    assert_eq!(pressure("NodeHasNoDiskPressure"), None);
    assert_eq!(offenders("a,b", "1Ki,2"), [("a", amount("1Ki")), ("b", amount("2"))]);
    assert_eq!(starved("nodefs.inodesFree"), Some(Resource::NodeFsInodes));
}

#[test]
fn never_panics() {
    survives(SAMPLES, |text| parse(text).map(|e| e.to_string()));
    survives(&["Attempting to reclaim inodes"], |text| reclaiming(text).map(|r| r.to_string()));
    survives(&["a,b,c"], |text| offenders(text, text).len());
}
