//! Whom an incident harms: the hosts that lead to a Service without backends, and budgets that fall short.
#![expect(clippy::unwrap_used, reason = "a test says what failed by failing")]

use std::path::Path;

use rutter_diagnosis::{Harm, Scope, diagnose};
use rutter_source::{Input, files::Limits, load};

/// Two replicas of Deployment `web` crash, and Service `web` has no backend.
const CASE: &str = "../rutter-lessons/lessons/service/service-no-backends/cases/fires-not-ready";

const INGRESSES: &str = r#"{"apiVersion": "v1", "kind": "List", "items": [
  {"apiVersion": "networking.k8s.io/v1", "kind": "Ingress", "metadata": {"name": "front", "namespace": "shop", "uid": "i1"},
   "spec": {"rules": [
     {"host": "shop.example.com", "http": {"paths": [
       {"path": "/", "backend": {"service": {"name": "web", "port": {"number": 80}}}},
       {"path": "/api", "backend": {"service": {"name": "api", "port": {"number": 80}}}}]}},
     {"host": "api.example.com", "http": {"paths": [
       {"path": "/", "backend": {"service": {"name": "api", "port": {"number": 80}}}}]}}]}},
  {"apiVersion": "networking.k8s.io/v1beta1", "kind": "Ingress", "metadata": {"name": "old", "namespace": "shop", "uid": "i2"},
   "spec": {"backend": {"serviceName": "web", "servicePort": 80}}},
  {"apiVersion": "networking.k8s.io/v1", "kind": "Ingress", "metadata": {"name": "other", "namespace": "elsewhere", "uid": "i3"},
   "spec": {"rules": [{"host": "elsewhere.example.com", "http": {"paths": [
     {"path": "/", "backend": {"service": {"name": "web", "port": {"number": 80}}}}]}}]}}]}"#;

/// One that is short, one that is short of nothing, one for other pods.
const BUDGETS: &str = r#"{"apiVersion": "v1", "kind": "List", "items": [
  {"apiVersion": "policy/v1", "kind": "PodDisruptionBudget", "metadata": {"name": "web", "namespace": "shop", "uid": "b1"},
   "spec": {"minAvailable": 1, "selector": {"matchLabels": {"app": "web"}}},
   "status": {"currentHealthy": 0, "desiredHealthy": 1, "disruptionsAllowed": 0, "expectedPods": 2}},
  {"apiVersion": "policy/v1", "kind": "PodDisruptionBudget", "metadata": {"name": "strict", "namespace": "shop", "uid": "b2"},
   "spec": {"maxUnavailable": 0, "selector": {"matchLabels": {"app": "web"}}},
   "status": {"currentHealthy": 2, "desiredHealthy": 2, "disruptionsAllowed": 0, "expectedPods": 2}},
  {"apiVersion": "policy/v1", "kind": "PodDisruptionBudget", "metadata": {"name": "api", "namespace": "shop", "uid": "b3"},
   "spec": {"minAvailable": 1, "selector": {"matchLabels": {"app": "api"}}},
   "status": {"currentHealthy": 0, "desiredHealthy": 1, "disruptionsAllowed": 0, "expectedPods": 1}}]}"#;

/// The harm of all incidents of the case with this beside it.
fn harms(more: &'static str) -> Vec<Harm> {
    let case = Path::new(env!("CARGO_MANIFEST_DIR")).join(CASE);
    let inputs = [Input::Path(case), Input::Bytes("more".to_owned(), more.as_bytes().into())];
    let cluster = load(&inputs, &Limits::default()).unwrap();
    diagnose(&cluster, &Scope::default()).incidents.into_iter().map(|incident| incident.harms).collect()
}

#[test]
fn hosts_are_those_whose_requests_go_to_the_service() {
    let harms = harms(INGRESSES);
    let harm = harms.iter().find(|harm| !harm.hosts.is_empty()).unwrap();
    assert_eq!(harm.hosts, ["*", "shop.example.com"]);
    let ingresses = harm.objects.iter().filter(|object| object.kind == "Ingress");
    let names: Vec<String> = ingresses.map(|ingress| ingress.name.to_string()).collect();
    assert_eq!(names, ["front", "old"]);
    assert!(harm.budgets.is_empty());
}

#[test]
fn a_budget_is_named_where_it_lacks_healthy_pods_of_what_is_harmed() {
    let harms = harms(BUDGETS);
    let budgets: Vec<_> = harms.iter().flat_map(|harm| &harm.budgets).collect();
    assert_eq!(budgets.len(), 1, "{budgets:#?}");
    let budget = budgets[0];
    assert_eq!((budget.budget.name.as_str(), budget.healthy, budget.demanded), ("web", 0, 1));
    let workloads: Vec<String> = budget.workloads.iter().map(ToString::to_string).collect();
    assert_eq!(workloads, ["Deployment shop/web"]);
}

#[test]
fn nothing_is_named_that_was_not_seen() {
    let harms =
        harms(r#"{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "x", "namespace": "shop"}}"#);
    assert!(!harms.is_empty() && harms.iter().all(|harm| harm.hosts.is_empty() && harm.budgets.is_empty()));
}
