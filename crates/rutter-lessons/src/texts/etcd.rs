//! What etcd says through the API server, and in its own log.
//!
//! etcd's `api/v3rpc/rpctypes/error.go`, unchanged since 3.0 but for those that came later; the API server hands them on behind
//! `etcdserver: `, or `mvcc: ` for what the store itself says.

use super::scan::has;

/// What is wrong with etcd.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    /// A request got no answer in time.
    TimedOut,
    /// The same, perhaps because of an election or a connection that was lost.
    TimedOutByLeader,
    /// Its database is as large as it may be: nothing is written any more.
    OutOfSpace,
    /// Another member became the leader meanwhile.
    LeaderChanged,
    /// No member leads: most of them are away.
    NoLeader,
    /// It has more to do than it can.
    TooManyRequests,
    /// The revision that was asked for has been compacted.
    Compacted,
    /// A member wrote slowly: its disk is slow, or shared.
    Slow,
}

/// Reads a message. `None` if it is not of etcd.
pub fn parse(text: &str) -> Option<Trouble> {
    const OWN: [(&str, Trouble); 5] = [
        ("mvcc: database space exceeded", Trouble::OutOfSpace),
        ("required revision has been compacted", Trouble::Compacted),
        ("apply request took too long", Trouble::Slow),
        ("took too long (", Trouble::Slow),
        ("leader failed to send out heartbeat on time", Trouble::Slow),
    ];
    const SERVER: [(&str, Trouble); 6] = [
        ("request timed out, possibly due to", Trouble::TimedOutByLeader),
        ("request timed out", Trouble::TimedOut),
        ("leader changed", Trouble::LeaderChanged),
        ("no leader", Trouble::NoLeader),
        ("too many requests", Trouble::TooManyRequests),
        ("no space", Trouble::OutOfSpace),
    ];
    let own = OWN.iter().find(|(mark, _)| text.contains(mark));
    let server = || {
        let (_, said) = text.split_once("etcdserver: ")?;
        SERVER.iter().find(|(mark, _)| said.starts_with(mark))
    };
    let of_etcd = |trouble: &&(&str, Trouble)| {
        trouble.0 != "took too long (" || has(text, &["read-only range request", "request \""])
    };
    own.filter(of_etcd).or_else(server).map(|(_, trouble)| *trouble)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::texts::testing::survives;

    const TEXTS: [(&str, Trouble); 9] = [
        ("Error from server: etcdserver: request timed out", Trouble::TimedOut),
        ("etcdserver: request timed out, possibly due to previous leader failure", Trouble::TimedOutByLeader),
        ("rpc error: code = Unavailable desc = etcdserver: leader changed", Trouble::LeaderChanged),
        ("etcdserver: no leader", Trouble::NoLeader),
        ("etcdserver: mvcc: database space exceeded", Trouble::OutOfSpace),
        ("mvcc: database space exceeded", Trouble::OutOfSpace),
        ("etcdserver: too many requests", Trouble::TooManyRequests),
        ("etcdserver: mvcc: required revision has been compacted", Trouble::Compacted),
        (r#"{"level":"warn","msg":"apply request took too long","took":"312ms"}"#, Trouble::Slow),
    ];

    #[test]
    fn what_etcd_says() {
        for (text, trouble) in TEXTS {
            assert_eq!(parse(text), Some(trouble), "{text}");
        }
        for other in
            ["request timed out", "no leader", "etcdserver: user name is empty", "it took too long (3s)"]
        {
            assert_eq!(parse(other), None, "{other}");
        }
    }

    #[test]
    fn any_text_is_survived() {
        survives(&TEXTS.map(|(text, _)| text), |text| format!("{:?}", parse(text)));
    }
}
