//! Trying a plan on the API server without changing anything (`--dry-run=server`).

use rutter_plan::{Action, Condition, Need, Plan, Step, Verdict};

use super::{Attendant, Told, step::judge};
use crate::{Api, Refused, api::Sent};

/// Sends every write of a plan to the API server for it to check, and changes nothing. It waits for nothing: later steps may
/// be refused for what earlier ones would have done.
///
/// # Errors
/// If the API server doesn't answer.
pub async fn rehearse(api: &Api, plan: &Plan, attendant: &dyn Attendant) -> Result<(), Refused> {
    for step in &plan.steps {
        if attendant.wants_stop() {
            return Ok(());
        }
        one(api, step, attendant).await?;
    }
    Ok(())
}

async fn one(api: &Api, step: &Step, attendant: &dyn Attendant) -> Result<(), Refused> {
    let needs = step.needs.iter().flat_map(Condition::needs);
    let sight = api.see(needs.chain(step.action.touches().into_iter().map(Need::Object))).await?;
    if let Verdict::NotYet(why) | Verdict::Never(why) = judge(&step.needs, &sight) {
        attendant.tell(step, Told::WouldWait { why: &why });
    }
    if matches!(step.action, Action::Wait | Action::Person { .. }) || !api.is_dry() {
        return Ok(());
    }
    match api.act(&step.action, &sight).await {
        Sent::Taken => attendant.tell(step, Told::WouldBe { refused: None }),
        Sent::Changed => {
            attendant.tell(step, Told::WouldBe { refused: Some("it changed while it was looked at") });
        }
        Sent::NotNow(why, _) | Sent::Never(why) => {
            attendant.tell(step, Told::WouldBe { refused: Some(&why) });
        }
        Sent::Lost(why, _) => return Err(Refused::Lost(why)),
    }
    Ok(())
}
