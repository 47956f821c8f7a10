//! `migrate`, `audit verify`, `reconcile`, `rebuild-supervision`, `user reset-password`

use std::{collections::HashMap, sync::Arc};

use contracts::{Clock, Service, SystemClock};
use http_kit::config::Settings;
use identity::Scope;
use tx_kit::seal;

use super::{Failure, serve};
use crate::suite::Databases;

async fn open(settings: &Settings) -> Result<Databases, Failure> {
    settings.check_all_in_one()?;
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    Ok(Databases::open(settings, &clock).await?)
}

pub(super) async fn migrate(settings: &Settings) -> Result<(), Failure> {
    if settings.database(Service::Valuation).url.starts_with("sqlite:") {
        serve::make_folder(&settings.data)?;
    }
    open(settings).await.map(drop)
}

#[expect(clippy::print_stdout, reason = "the command's answer")]
pub(super) async fn verify_audit(settings: &Settings, json: bool) -> Result<(), Failure> {
    let databases = open(settings).await?;
    let mut broken = Vec::new();
    let mut report = Vec::new();
    for db in databases.all() {
        let found = seal::verify(db).await?;
        if let Some((position, row)) = &found.broken_at {
            broken.push(format!("{} at position {position} (row {row})", db.service()));
        }
        report.push(serde_json::json!({
            "service": db.service(), "sealed": found.sealed, "unsealed": found.unsealed, "head": found.head,
            "broken_at": found.broken_at.as_ref().map(|(position, _)| position),
        }));
        if !json {
            println!(
                "{:<12} {} sealed, {} not yet, head {}",
                db.service().name(),
                found.sealed,
                found.unsealed,
                found.head
            );
        }
    }
    if json {
        println!("{}", serde_json::Value::from(report));
    }
    if broken.is_empty() {
        Ok(())
    } else {
        Err(Failure::Broken(format!("the audit chain is broken: {}", broken.join("; "))))
    }
}

#[expect(clippy::print_stdout, reason = "the command's answer")]
pub(super) async fn reconcile(settings: &Settings, json: bool) -> Result<(), Failure> {
    let databases = open(settings).await?;
    let own = pledge_svc::books::reconciliation::reconcile(databases.pledge.read(), &Scope::system()).await?;
    let seen: HashMap<_, _> = supervision_svc::totals(databases.supervision.read())
        .await?
        .facilities
        .into_iter()
        .map(|total| (total.facility_id, total))
        .collect();
    let mut differing = 0;
    let mut report = Vec::new();
    for one in &own {
        let regulator = seen.get(&one.facility_id);
        let agrees = one.agrees
            && regulator
                .is_some_and(|total| total.drawn == one.drawn && total.loans_outstanding == one.drawn);
        differing += usize::from(!agrees);
        report.push(serde_json::json!({
            "facility": one.number, "drawn": one.drawn, "loans": one.loans_outstanding,
            "shares": one.shares_outstanding, "members": one.members_drawn, "ledger": one.ledger,
            "supervision": regulator.map(|total| total.loans_outstanding), "agrees": agrees,
        }));
        if !json {
            let mark = if agrees { "agrees" } else { "DIFFERS" };
            println!(
                "{} {mark}: drawn {}, loans {}, members {}, ledger {}",
                one.number, one.drawn, one.loans_outstanding, one.members_drawn, one.ledger
            );
        }
    }
    if json {
        println!("{}", serde_json::Value::from(report));
    }
    if differing == 0 {
        Ok(())
    } else {
        Err(Failure::Broken(format!("{differing} of {} facilities do not agree", own.len())))
    }
}

#[expect(clippy::print_stdout, reason = "the command's answer")]
pub(super) async fn rebuild_supervision(settings: &Settings) -> Result<(), Failure> {
    let databases = open(settings).await?;
    let sources = [&databases.valuation, &databases.pledge, &databases.insurance];
    let events = supervision_svc::rebuild(&databases.supervision, &sources).await?;
    println!("{events} events replayed");
    Ok(())
}

#[expect(clippy::print_stdout, reason = "the command's answer")]
pub(super) async fn reset_password(settings: &Settings, username: &str) -> Result<(), Failure> {
    let databases = open(settings).await?;
    let renewed = gateway::accounts::renew_password(&databases.gateway, username).await?;
    println!("{}\n{}", renewed.username, renewed.password);
    Ok(())
}
