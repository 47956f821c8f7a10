//! `migrate`, `audit verify`, `reconcile`, `rebuild-supervision`, `user reset-password`

use std::{
    collections::{BTreeSet, HashMap},
    sync::Arc,
};

use contracts::{Clock, Service, SystemClock};
use http_kit::{Start, config::Settings, own_process::StartError, telemetry};
use identity::Scope;
use pledge_svc::registration::{
    self,
    model::{Agreement, Lien, agreement},
};
use tx_kit::seal;
use valuation_svc::catalogue::encumbrance;

use super::{Failure, serve};
use crate::suite::Databases;

pub(super) async fn open(settings: &Settings) -> Result<Databases, Failure> {
    settings.check_all_in_one()?;
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    Ok(Databases::open(settings, &clock).await?)
}

pub(super) async fn migrate(settings: &Settings) -> Result<(), Failure> {
    if settings.database(Service::Valuation).url.starts_with("sqlite:") {
        serve::make_folder(&settings.data)?;
    }
    settings.check_all_in_one()?;
    let _logs = telemetry::logs_alone("ip-finance", settings).map_err(StartError::from)?;
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let databases = Databases::open_when_there(settings, &clock, &Start::patient(settings)).await?;
    for db in databases.all() {
        db.close().await;
    }
    Ok(())
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
    let liens = encumbrances(&databases).await?;
    report.push(serde_json::json!({
        "register": liens.registered, "catalogue": liens.shown, "agrees": liens.agrees,
        "not_shown": liens.not_shown, "not_registered": liens.not_registered,
    }));
    if json {
        println!("{}", serde_json::Value::from(report));
    } else {
        let mark = if liens.agrees { "agree" } else { "DIFFER" };
        println!(
            "register and catalogue {mark}: {} pledged patents, {} shown",
            liens.registered, liens.shown
        );
    }
    let mut broken = Vec::new();
    if differing > 0 {
        broken.push(format!("{differing} of {} facilities do not agree", own.len()));
    }
    let accounts = differing_accounts(&databases).await?;
    if !json {
        println!("control accounts: {}", if accounts.is_empty() { "all agree" } else { "some DIFFER" });
    }
    broken.extend(accounts);
    let recoveries = differing_recoveries(&databases).await?;
    if !json {
        let mark = if recoveries.is_empty() { "agree" } else { "DIFFER" };
        println!("disposals, fund cover and appeals by bank {mark}");
    }
    broken.extend(recoveries);
    if !liens.agrees {
        broken.push("the catalogue does not show the pledges that are registered".to_owned());
    }
    if broken.is_empty() { Ok(()) } else { Err(Failure::Broken(broken.join("; "))) }
}

/// The banks whose disposals, fund cover and appeals the regulator sees otherwise than the rows say.
async fn differing_recoveries(databases: &Databases) -> Result<Vec<String>, Failure> {
    let own = pledge_svc::books::recoveries::by_bank(databases.pledge.read()).await?;
    let seen = supervision_svc::recovery_totals(databases.supervision.read()).await?;
    let banks: BTreeSet<_> = own.keys().chain(seen.keys()).copied().collect();
    let mut differing = Vec::new();
    for bank in banks {
        let rows =
            serde_json::to_value(own.get(&bank).cloned().unwrap_or_default()).map_err(tx_kit::Fault::from)?;
        let regulator = serde_json::to_value(seen.get(&bank).cloned().unwrap_or_default())
            .map_err(tx_kit::Fault::from)?;
        if rows != regulator {
            differing.push(format!("recoveries of bank {bank}: rows {rows}, supervision {regulator}"));
        }
    }
    Ok(differing)
}

/// The control accounts whose ledger balance is not what the subjects' own rows say.
async fn differing_accounts(databases: &Databases) -> Result<Vec<String>, Failure> {
    let today = databases.pledge.clock().business_date();
    let rows = pledge_svc::books::control::control_accounts(databases.pledge.read(), &Scope::system(), today)
        .await?;
    Ok(rows
        .iter()
        .filter(|row| !row.agrees)
        .map(|row| {
            format!(
                "account {} ({}) of {}: ledger {}, rows {}",
                row.account, row.what, row.book, row.ledger, row.rows
            )
        })
        .collect())
}

/// Whether the catalogue shows the pledges that are registered.
async fn encumbrances(databases: &Databases) -> Result<Agreement, Failure> {
    let registered = registration::liens(databases.pledge.read(), &Scope::system()).await?;
    let shown = encumbrance::liens(databases.valuation.read()).await?;
    let shown = shown.into_iter().map(|(pledge_id, patent_id)| Lien { pledge_id, patent_id }).collect();
    Ok(agreement::agreement(&registered, &shown))
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
