//! The act: an approval on which no pledge was submitted in its term ends, and what it held of the line is let go in the
//! same transaction. The officer does it, or the close of the bank's business on the evening of the last day.

use chrono::NaiveDate;
use contracts::{ApplicationId, OrgId, OrgKind, UserId};
use http_kit::{ActError, Problem};
use identity::Caller;
use sea_orm::ConnectionTrait;
use tx_kit::{Db, Fault, InTx, Tx};
use uuid::Uuid;

use super::{
    approve::decided,
    conditions,
    hand::hand,
    model::{Application, lapse, service_levels::ServiceLevels},
    reservation, store,
};
use crate::{parameters, working_days};

/// Under which name the close of business ends an approval.
const BY: &str = "日终批处理 close of business";
/// What it gives as its reason.
const OVER: &str = "批准有效期届满，未提交质押登记";

/// Ends an approval whose last day lies before `on`, with a reason.
pub(super) async fn lapse(
    tx: &mut Tx,
    caller: &Caller,
    id: ApplicationId,
    (reason, on): (&str, NaiveDate),
) -> Result<Application, ActError> {
    let application = store::find(tx.conn(), &caller.scope(), id).await?.ok_or_else(Problem::not_found)?;
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

/// Ends every approval of a bank whose last day is a business day that is being closed, or was before it; how many ended.
/// One that cannot be ended is written down and taken along by the next close.
///
/// # Errors
/// The database's fault while they are listed.
pub(crate) async fn lapse_due(db: &Db, bank: OrgId, day: NaiveDate) -> Result<u64, Fault> {
    let morning = day.succ_opt().ok_or_else(|| Fault::Other("the calendar ends here".to_owned()))?;
    let engine = engine(bank);
    let (mut after, mut lapsed) = (Uuid::nil(), 0);
    loop {
        let ids = store::list_over(db.read(), &engine.scope(), morning, after).await?;
        let Some(last) = ids.last().copied() else { return Ok(lapsed) };
        for id in ids {
            let outcome = db.run(|tx| lapse_on(tx, &engine, id.into(), day, morning).in_tx()).await;
            match outcome {
                Ok(_) => lapsed += 1,
                Err(ActError::Refused(problem)) => {
                    tracing::warn!(application.id = %id, "an approval does not lapse: {}", problem.detail().en);
                }
                Err(ActError::Fault(fault)) => {
                    tracing::error!(application.id = %id, %fault, "an approval could not lapse");
                }
            }
        }
        after = last;
    }
}

async fn lapse_on(
    tx: &mut Tx,
    engine: &Caller,
    id: ApplicationId,
    day: NaiveDate,
    morning: NaiveDate,
) -> Result<Application, ActError> {
    tx.on_business_date(day);
    lapse(tx, engine, id, (OVER, morning)).await
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
