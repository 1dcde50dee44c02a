//! What changes a cluster: making a plan, showing it, asking, running it, and what is told of it afterwards.

mod attendant;
mod carry_out;
mod fix;
mod journal;
mod node;
mod rbac;
mod reach;

use std::io::Read as _;

use rutter_plan::Plan;

use crate::{
    arguments::{Fix, Journal, Node, RunPlan},
    exit::Failure,
};

/// `rutter node …`.
pub(crate) fn node(arguments: &Node) -> Result<u8, Failure> {
    node::run(arguments)
}

/// `rutter fix INCIDENT`.
pub(crate) fn fix(arguments: &Fix) -> Result<u8, Failure> {
    fix::run(arguments)
}

/// `rutter run FILE`.
pub(crate) fn run(arguments: &RunPlan) -> Result<u8, Failure> {
    let text = if arguments.plan.as_os_str() == "-" {
        let mut text = String::new();
        std::io::stdin().read_to_string(&mut text).map(|_| text)
    } else {
        std::fs::read_to_string(&arguments.plan)
    };
    let name = arguments.plan.display();
    let text = text.map_err(|error| Failure::Told(format!("{name}: {error}")))?;
    // JSON is YAML.
    let plan: Plan = serde_saphyr::from_str(&text)
        .map_err(|error| Failure::Told(format!("{name} is no plan that can be run: {error}")))?;
    plan.sound().map_err(|why| Failure::Told(format!("{name} is no plan that can be run: {}", why.0)))?;
    carry_out::plan(&plan, &arguments.acting)
}

/// `rutter journal …`.
pub(crate) fn journal(arguments: &Journal) -> Result<u8, Failure> {
    journal::run(arguments)
}
