//! The acts: an application that is not corrected in its term counts as withdrawn; an approval on which no pledge was submitted in its term ends, and what it held of the line is let go in the
//! same transaction. The officer does it, or the close of the bank's business on the evening of the last day.

use chrono::NaiveDate;
use contracts::{ApplicationId, OrgId, OrgKind, UserId};
use http_kit::{ActError, IfMatch};
use identity::Caller;
use sea_orm::ConnectionTrait;
use tx_kit::{Db, Fault, InTx, Tx};
use uuid::Uuid;

use super::{
    approve::decided,
    conditions,
    hand::hand,
    model::{Application, lapse, service_levels::ServiceLevels},
    reservation,
    seen::find_seen,
    store::{self, Over},
};
use crate::{parameters, working_days};

/// Under which name the close of business ends an approval.
const BY: &str = "日终批处理 close of business";
/// What it gives as its reason for an application that was not corrected.
const NOT_CORRECTED: &str = "逾期未补正，视为撤回申请";
/// What it gives as its reason for an approval.
const OVER: &str = "批准有效期届满，未提交质押登记";

/// Ends an approval whose last day lies before `on`, with a reason.
pub(super) async fn lapse(
    tx: &mut Tx,
    caller: &Caller,
    id: ApplicationId,
    seen: IfMatch,
    (reason, on): (&str, NaiveDate),
) -> Result<Application, ActError> {
    let application = find_seen(tx, caller, id, seen).await?;
    let by = hand(caller, tx, application.bank_id).await?;
    let lapsed = lapse::lapse(application, reason, &by, on)?;
    let application = lapsed.application;
    store::update(tx, &application).await?;
    reservation::release(tx, &application, lapsed.reserved, &caller.actor()).await?;
    conditions::fall_away(tx, &application).await?;
    let more = serde_json::json!({ "approval_until": application.approval_until, "freed": lapsed.reserved });
    decided(tx, caller, &application, "application.lapse", more).await?;
    Ok(application)
}

/// Ends every approval of a bank, and every application that waits for a correction, whose last day is a business day that is
/// being closed, or was before it; how many ended.
/// One that cannot be ended is written down and taken along by the next close.
///
/// # Errors
/// The database's fault while they are listed.
pub(crate) async fn lapse_due(db: &Db, bank: OrgId, day: NaiveDate) -> Result<u64, Fault> {
    let morning = day.succ_opt().ok_or_else(|| Fault::Other("the calendar ends here".to_owned()))?;
    let engine = engine(bank);
    let mut lapsed = 0;
    for what in [Over::Approval, Over::Correction] {
        let mut after = Uuid::nil();
        loop {
            let ids = store::list_over(db.read(), &engine.scope(), what, morning, after).await?;
            let Some(last) = ids.last().copied() else { break };
            for id in ids {
                let outcome =
                    db.run(|tx| end_on(tx, &engine, (what, id.into()), (day, morning)).in_tx()).await;
                match outcome {
                    Ok(_) => lapsed += 1,
                    Err(ActError::Refused(problem)) => {
                        tracing::warn!(application.id = %id, "it does not lapse: {}", problem.detail().en);
                    }
                    Err(ActError::Fault(fault)) => {
                        tracing::error!(application.id = %id, %fault, "an application could not lapse");
                    }
                }
            }
            after = last;
        }
    }
    Ok(lapsed)
}

async fn end_on(
    tx: &mut Tx,
    engine: &Caller,
    (what, id): (Over, ApplicationId),
    (day, morning): (NaiveDate, NaiveDate),
) -> Result<Application, ActError> {
    tx.on_business_date(day);
    match what {
        Over::Approval => lapse(tx, engine, id, IfMatch::default(), (OVER, morning)).await,
        Over::Correction => uncorrected(tx, engine, id, morning).await,
    }
}

/// An application whose correction did not come in its term counts as withdrawn.
async fn uncorrected(
    tx: &mut Tx,
    engine: &Caller,
    id: ApplicationId,
    on: NaiveDate,
) -> Result<Application, ActError> {
    let application = find_seen(tx, engine, id, IfMatch::default()).await?;
    let by = hand(engine, tx, application.bank_id).await?;
    let ended = lapse::uncorrected(application, NOT_CORRECTED, &by, on)?;
    store::update(tx, &ended).await?;
    decided(tx, engine, &ended, "application.deemed_withdrawn", serde_json::Value::Null).await?;
    Ok(ended)
}

/// The last day of an approval that is given, or given back, on a day.
pub(super) async fn last_day(
    conn: &impl ConnectionTrait,
    bank: OrgId,
    on: NaiveDate,
) -> Result<Option<NaiveDate>, Fault> {
    let levels: ServiceLevels = parameters::current(conn, bank, on).await?;
    let calendar = working_days::of_bank(conn, bank, on).await?;
    Ok(calendar.add_working_days(on, levels.approval_valid_days))
}

/// The close of business as it stands in the bank's trail.
fn engine(bank: OrgId) -> Caller {
    Caller {
        user: UserId::from_uuid(Uuid::nil()),
        name: BY.to_owned(),
        tenant: bank,
        tenant_name: BY.to_owned(),
        org_kind: OrgKind::Bank,
        roles: Vec::new(),
    }
}
