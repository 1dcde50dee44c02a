//! What clouds answer when they are asked for something, as the controllers that ask repeat it in events.
//!
//! The words are the clouds' own, so a class is told by the codes that they document: `QuotaExceeded` (Alibaba Cloud),
//! `TooManyLoadBalancers`, `RouteLimitExceeded` (AWS), `PublicIPCountLimitReached` (Azure), `Quota 'ROUTES' exceeded` (Google).

use super::scan::{after, between, has, until};

/// Why a cloud refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// A number of something is used up: only its owner can ask the cloud for more.
    Quota,
    /// The credentials are wrong or lack a right.
    Rights,
    /// No address is left in a pool or a subnet, or the one that was asked for is taken.
    Addresses,
    /// A subnet, a network or a machine that the call names is not there.
    NotFound,
    /// Too many calls: it goes on by itself.
    Throttled,
    /// The cloud did not answer.
    Unreachable,
    /// Something else.
    Other,
}

impl Refusal {
    /// The class of a cloud's answer.
    pub fn of(text: &str) -> Self {
        let text = text.to_lowercase();
        let classes: [(Self, &[&str]); 6] = [
            // Before quotas: `RequestLimitExceeded`.
            (
                Self::Throttled,
                &["throttl", "requestlimitexceeded", "rate exceeded", "toomanyrequests", "too many requests"],
            ),
            (
                Self::Addresses,
                &[
                    "no available ip",
                    "not enough free ip",
                    "insufficientfreeaddresses",
                    "subnetisfull",
                    "ipaddressgenerationfailure",
                    "no more ip",
                    "no free ip",
                    "is not allowed in config",
                    "address already in use",
                    "can't change sharing key",
                ],
            ),
            (
                Self::Quota,
                &[
                    "quota",
                    "limitexceeded",
                    "limit exceeded",
                    "limitreached",
                    "limit reached",
                    "toomanyloadbalancers",
                    "exceeded the limit",
                ],
            ),
            (
                Self::Rights,
                &[
                    "accessdenied",
                    "access denied",
                    "forbidden",
                    "unauthorized",
                    "authorizationfailed",
                    "not authorized",
                    "permission",
                    "invalidaccesskey",
                    "signaturedoesnotmatch",
                    "status code: 403",
                    "expiredtoken",
                    "invalid credentials",
                ],
            ),
            (
                Self::NotFound,
                &["notfound", "not found", "could not find any suitable subnets", "does not exist"],
            ),
            (
                Self::Unreachable,
                &[
                    "dial tcp",
                    "i/o timeout",
                    "no such host",
                    "timed out",
                    "connection refused",
                    "deadline exceeded",
                    "tls handshake timeout",
                ],
            ),
        ];
        let class = classes.into_iter().find(|(_, words)| has(&text, words));
        class.map_or(Self::Other, |(class, _)| class)
    }

    /// What it means, to stand behind `the cloud refuses it: `.
    pub fn phrase(self) -> &'static str {
        match self {
            Self::Quota => "a quota is used up",
            Self::Rights => "the credentials of its controller are wrong or lack a right",
            Self::Addresses => "there is no address to give",
            Self::NotFound => "something that the call names is not there",
            Self::Throttled => "too many calls",
            Self::Unreachable => "it does not answer",
            Self::Other => "it says why",
        }
    }
}

/// A cloud's answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Answer<'a> {
    /// Its own words, without those of the layers between.
    pub words: &'a str,
    /// Their class.
    pub refusal: Refusal,
}

impl<'a> Answer<'a> {
    fn of(error: &'a str) -> Self {
        Self { words: plain(error), refusal: Refusal::of(error) }
    }
}

/// What the last layer says: Alibaba Cloud's `Message: …`, what follows the id of a request.
fn plain(error: &str) -> &str {
    let words = after(error, " Message: ").unwrap_or(error);
    let words = words.rsplit_once(", request id:").map_or(words, |(words, _)| words);
    until(words, "\n").trim().trim_end_matches('.')
}

/// The event `FailedToCreateRoute` (1.4 and later): `Could not create route UID 10.244.1.0/24 for node node-b after 1.2s: …`.
pub fn route(message: &str) -> Option<(&str, Answer<'_>)> {
    let rest = after(message, "Could not create route ")?;
    let (route, rest) = rest.split_once(" for node ")?;
    let (_, error) = after(rest, " after ")?.split_once(": ")?;
    Some((route.rsplit(' ').next().unwrap_or(route), Answer::of(error)))
}

/// Whether an event about a Service tells that it got no load balancer, and what the cloud answered. `SyncLoadBalancerFailed`
/// since 1.14, `CreatingLoadBalancerFailed` before (`service_controller.go`); `AllocationFailed` is MetalLB's,
/// `FailedBuildModel` and `FailedDeployModel` are those of the load balancer controllers of AWS and Alibaba Cloud.
pub fn load_balancer<'a>(reason: &str, message: &'a str) -> Option<Answer<'a>> {
    let words = match reason {
        "SyncLoadBalancerFailed" => {
            let words = message.strip_prefix("Error syncing load balancer: ").unwrap_or(message);
            words.strip_prefix("failed to ensure load balancer: ").unwrap_or(words)
        }
        "CreatingLoadBalancerFailed" => {
            let words =
                message.strip_prefix("Error creating load balancer (will retry): ").unwrap_or(message);
            match between(words, "failed to ensure load balancer for service ", ": ") {
                Some(_) => after(words, ": ").unwrap_or(words),
                None => words,
            }
        }
        "AllocationFailed" => {
            let named = message.strip_prefix("Failed to allocate IP for ").unwrap_or(message);
            after(named, ": ").unwrap_or(named)
        }
        "FailedBuildModel" | "FailedDeployModel" => after(message, " due to ").unwrap_or(message),
        _ => return None,
    };
    Some(Answer::of(words))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::texts::testing::survives;

    const ROUTE: &str = "Could not create route 5f2b5ee4-0a6f-11ea-8d9e-00163e08cd06 172.20.3.128/25 for node cn-shenzhen.10.0.0.7 after 12.3s: timed out waiting for the condition -> WaitCreate: ceate route for table vtb-wz9 error, Aliyun API Error: RequestId: 7006BF4E Status Code: 400 Code: QuotaExceeded Message: Route entry quota exceeded in this route table  ";

    #[test]
    fn routes() {
        let (cidr, answer) = route(ROUTE).unwrap();
        assert_eq!(cidr, "172.20.3.128/25");
        assert_eq!(answer.refusal, Refusal::Quota);
        assert_eq!(answer.words, "Route entry quota exceeded in this route table");
        assert_eq!(route("Created route"), None);
    }

    #[test]
    fn load_balancers() {
        for (reason, message, words, refusal) in [
            (
                "SyncLoadBalancerFailed",
                "Error syncing load balancer: failed to ensure load balancer: quota exceeded",
                "quota exceeded",
                Refusal::Quota,
            ),
            (
                "CreatingLoadBalancerFailed",
                "Error creating load balancer (will retry): failed to ensure load balancer for service shop/web: TooManyLoadBalancers: Exceeded quota of account\n\tstatus code: 400, request id: 1",
                "TooManyLoadBalancers: Exceeded quota of account",
                Refusal::Quota,
            ),
            (
                "CreatingLoadBalancerFailed",
                "Error creating load balancer (will retry): error getting LB for service shop/web: Forbidden",
                "error getting LB for service shop/web: Forbidden",
                Refusal::Rights,
            ),
            (
                "AllocationFailed",
                "Failed to allocate IP for \"shop/web\": no available IPs",
                "no available IPs",
                Refusal::Addresses,
            ),
            (
                "FailedBuildModel",
                "Failed build model due to unable to resolve at least one subnet (0 match VPC and tags: [kubernetes.io/role/elb])",
                "unable to resolve at least one subnet (0 match VPC and tags: [kubernetes.io/role/elb])",
                Refusal::Other,
            ),
            (
                "SyncLoadBalancerFailed",
                "Error syncing load balancer: failed to ensure load balancer: RequestLimitExceeded: slow down",
                "RequestLimitExceeded: slow down",
                Refusal::Throttled,
            ),
        ] {
            let answer = load_balancer(reason, message).unwrap();
            assert_eq!((answer.words, answer.refusal), (words, refusal), "{message}");
        }
        assert_eq!(load_balancer("EnsuringLoadBalancer", "Ensuring load balancer"), None);
    }

    #[test]
    fn any_text_is_survived() {
        survives(&[ROUTE, "Error syncing load balancer: failed to ensure load balancer: x"], |text| {
            format!("{:?}{:?}", route(text), load_balancer("CreatingLoadBalancerFailed", text))
        });
    }
}
