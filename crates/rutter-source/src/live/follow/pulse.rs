//! Whether the server is there, and what its clock says.
//!
//! A watch that says nothing tells nothing: API servers send no bookmark for a kind of which nothing has happened. So
//! something small is asked for now and then.

use std::{sync::Arc, time::Duration};

use http::header;
use tokio::{
    sync::Notify,
    time::{MissedTickBehavior, interval},
};

use super::super::{
    answer::JSON,
    api::Api,
    connection::seconds,
    failure::Failure,
    sink::{Message, Out},
};

/// How often it is asked.
const EVERY: Duration = Duration::from_secs(10);
/// How long it may take to answer.
const PATIENCE: Duration = Duration::from_secs(10);

/// Asks until nobody listens. When the server is back after it was away, `back` is told to all who wait for it: their
/// connections may be dead.
pub(super) async fn feel(api: Arc<Api>, out: &Out, back: &Notify) {
    let api = api.with_patience(PATIENCE);
    let mut interval = interval(EVERY);
    interval.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut is_away = false;
    loop {
        interval.tick().await;
        let message = match ask(&api).await {
            Ok(time) if is_away => {
                is_away = false;
                back.notify_waiters();
                Some(Message::Back(time))
            }
            Ok(time) => time.map(Message::Time),
            Err(why) if !is_away => {
                is_away = true;
                Some(Message::Away(why.to_string()))
            }
            Err(_) => None,
        };
        if let Some(message) = message
            && out.send(message).await.is_err()
        {
            return;
        }
    }
}

/// The server's clock, if it tells. A refusal is an answer, too.
async fn ask(api: &Api) -> Result<Option<i64>, Failure> {
    match api.open_once("/version", JSON, &[JSON]).await {
        Ok((headers, answer)) => {
            let date = headers.get(header::DATE).and_then(|value| value.to_str().ok());
            let time = date.and_then(seconds);
            answer.rest().await.map(|_| time)
        }
        Err(failure) if failure.code().is_some_and(|code| code < 500) => Ok(None),
        Err(failure) => Err(failure),
    }
}
