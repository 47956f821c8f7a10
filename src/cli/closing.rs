//! `close-of-business`

use std::{collections::BTreeMap, time::Duration};

use chrono::{DateTime, NaiveDate, Utc};
use contracts::OrgId;
use http_kit::config::Settings;
use pledge_svc::closing::{CatchUpError, CaughtUp, catch_up_all, held_until, last_day_over};
use tx_kit::Db;

use super::{Failure, maintenance::open};

/// How long the command waits for what others hold: three times what a process that was killed holds after its death. One
/// that lives and works may need longer than anybody wants to look at a command line.
const WAITS_MAX: Duration = Duration::from_secs(60);
/// How long it waits at a time at least, and where nobody holds anything any more.
const LOOKS_EVERY: Duration = Duration::from_secs(1);

/// What others hold: a bank's day, and until when.
type Held = (OrgId, NaiveDate, Option<DateTime<Utc>>);

/// Closes what is not closed yet, up to a day or the last one that is over. Another process may work on the same days:
/// each takes shards of its own. What one holds that was killed is waited for; the other banks are closed meanwhile.
#[expect(clippy::print_stdout, reason = "the command's answer")]
pub(super) async fn close_of_business(
    settings: &Settings,
    date: Option<NaiveDate>,
    json: bool,
) -> Result<(), Failure> {
    let databases = open(settings).await?;
    let db = &databases.pledge;
    let until = date.unwrap_or_else(|| last_day_over(db));
    let mut closed: BTreeMap<OrgId, u32> = BTreeMap::new();
    let mut waited = Duration::ZERO;
    let held = loop {
        let held = round(db, until, &mut closed).await?;
        if held.is_empty() || waited >= WAITS_MAX {
            break held;
        }
        let pause = pause(&held, db.clock().now()).min(WAITS_MAX.saturating_sub(waited)).max(LOOKS_EVERY);
        tell(&held, pause);
        tokio::time::sleep(pause).await;
        waited += pause;
    };
    let report: Vec<_> = closed
        .iter()
        .map(|(bank, days)| serde_json::json!({ "bank": bank, "days_closed": days, "until": until }))
        .collect();
    if json {
        println!("{}", serde_json::Value::from(report));
    } else {
        for (bank, days) in &closed {
            println!("{bank}: {days} days closed, up to {until}");
        }
    }
    if held.is_empty() { Ok(()) } else { Err(Failure::Broken(given_up(&held))) }
}

/// Closes what can be closed; gives what others hold.
async fn round(db: &Db, until: NaiveDate, closed: &mut BTreeMap<OrgId, u32>) -> Result<Vec<Held>, Failure> {
    let mut held = Vec::new();
    for (bank, outcome) in catch_up_all(db, until, "ip-finance close-of-business", || true).await? {
        let days = match outcome {
            Ok(CaughtUp::Closed { days }) => days,
            Ok(CaughtUp::Waiting { day, days }) => {
                held.push((bank, day, held_until(db, bank, day).await?));
                days
            }
            Err(CatchUpError::Refused(refused)) => return Err(Failure::Input(refused.to_string())),
            Err(CatchUpError::Fault(fault)) => return Err(fault.into()),
        };
        *closed.entry(bank).or_default() += days;
    }
    Ok(held)
}

/// Until the first of what is held is free.
fn pause(held: &[Held], now: DateTime<Utc>) -> Duration {
    let first = held.iter().map(|(_, _, until)| until.unwrap_or(now)).min().unwrap_or(now);
    (first - now).to_std().unwrap_or_default() + LOOKS_EVERY
}

#[expect(
    clippy::print_stderr,
    reason = "what the command does meanwhile; its answer goes to standard output"
)]
fn tell(held: &[Held], pause: Duration) {
    eprintln!(
        "another process holds shards of {}; trying again in {} seconds (a process that was killed holds them no \
         longer; the other banks are closed)",
        listed(held),
        pause.as_secs()
    );
}

fn given_up(held: &[Held]) -> String {
    format!(
        "another process is still at work on {}; the other banks are closed. Run the command again later: what is \
         closed stays closed",
        listed(held)
    )
}

fn listed(held: &[Held]) -> String {
    let one = |(bank, day, until): &Held| match until {
        Some(until) => format!("{bank} on {day} until {}", until.format("%H:%M:%S UTC")),
        None => format!("{bank} on {day}"),
    };
    held.iter().map(one).collect::<Vec<_>>().join("; ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: u32) -> DateTime<Utc> {
        format!("2026-11-24T02:00:{second:02}Z").parse().unwrap()
    }

    fn bank(number: u128) -> OrgId {
        OrgId::from_uuid(uuid::Uuid::from_u128(number))
    }

    #[test]
    fn it_waits_for_the_first_hold_to_end_and_a_second_more() {
        let day = "2026-11-23".parse().unwrap();
        let held = [(bank(1), day, Some(at(20))), (bank(2), day, Some(at(12)))];
        assert_eq!(pause(&held, at(2)), Duration::from_secs(11));
        assert_eq!(pause(&held, at(30)), LOOKS_EVERY, "over already");
        assert_eq!(pause(&[(bank(1), day, None)], at(2)), LOOKS_EVERY);
    }

    #[test]
    fn it_says_who_is_waited_for_until_when_and_that_the_command_may_be_repeated() {
        let day = "2026-11-23".parse().unwrap();
        let told = given_up(&[(bank(1), day, Some(at(20))), (bank(2), day, None)]);
        assert!(told.contains("on 2026-11-23 until 02:00:20 UTC; "), "{told}");
        assert!(told.contains("Run the command again"), "{told}");
    }
}
