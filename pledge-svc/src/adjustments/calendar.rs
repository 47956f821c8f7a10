//! Due dates that move because a bank has recorded the holidays of a year: called by the close of business, which looks at
//! the loans with a roll rule for some days after the record has taken effect. What was billed stays as it was. One loan's
//! failure leaves the others moved.

use chrono::{NaiveDate, TimeDelta};
use contracts::{LoanId, OrgId};
use http_kit::ActError;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use tx_kit::{AuditEntry, Db, Fault, InTx, Tx};
use uuid::Uuid;

use super::{
    model::moved,
    now::{around, broken, of_held},
    reprice::{BY, engine, settled_until},
};
use crate::{
    loan::{LoanStatus, NewPlan, by_calendar, hold, model::owing, replace_plan, store as loans},
    parameters, risk,
    working_days::ArrangedYears,
};

/// Loans looked up at a time.
const PAGE: u64 = 200;
/// For how many days after a record has taken effect the loans are looked at: a loan that failed is tried again.
const DAYS: i64 = 7;
/// Why a plan was made anew.
const CAUSE: &str = "calendar";

/// What a run did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct DueDatesMoved {
    /// Loans whose due dates moved.
    pub moved: u64,
    /// Loans that could not be looked at; the log says why.
    pub failed: u64,
}

/// Moves the due dates to come of a bank's loans that the holidays recorded lately have made days off, on a morning. Run
/// again it does nothing.
///
/// # Errors
/// The database's fault while the loans are looked up.
pub async fn move_due_dates(db: &Db, bank: OrgId, on: NaiveDate) -> Result<DueDatesMoved, Fault> {
    let mut done = DueDatesMoved::default();
    let (recorded, since): (ArrangedYears, NaiveDate) =
        parameters::current_since(db.read(), bank, on).await?;
    if recorded.years.is_empty() || on - since > TimeDelta::days(DAYS) {
        return Ok(done);
    }
    let mut after = Uuid::nil();
    loop {
        let rows = with_a_rule(db.read(), bank, after).await?;
        let Some(last) = rows.last().map(|row| row.id) else { return Ok(done) };
        let plans = loans::plans(db.read(), &rows).await?;
        for row in &rows {
            let (terms, ..) = loans::parts(row)?;
            let terms = by_calendar(db.read(), row, terms, on).await?;
            let off = |due: NaiveDate| due > on && !terms.calendar.is_working_day(due);
            let stays =
                plans.get(&row.id).is_none_or(|plan| !plan.instalments.iter().any(|one| off(one.due)));
            if stays {
                continue;
            }
            match db.run(|tx| move_one(tx, bank, row.id.into(), on).in_tx()).await {
                Ok(moved) => done.moved += u64::from(moved),
                Err(ActError::Refused(problem)) => {
                    tracing::error!(loan.id = %row.id, "due dates do not move: {}", problem.detail().en);
                    done.failed += 1;
                }
                Err(ActError::Fault(fault)) => {
                    tracing::error!(loan.id = %row.id, %fault, "due dates could not be moved");
                    done.failed += 1;
                }
            }
        }
        after = last;
    }
}

/// The active loans of a bank with a roll rule after one, in the order of their ids: some of them.
async fn with_a_rule(
    conn: &impl ConnectionTrait,
    bank: OrgId,
    after: Uuid,
) -> Result<Vec<loans::loan::Model>, Fault> {
    use loans::loan::Column;
    Ok(loans::loan::Entity::find()
        .filter(Column::BankId.eq(bank.uuid()))
        .filter(Column::Roll.is_not_null())
        .filter(Column::Status.eq(LoanStatus::Active.name()))
        .filter(Column::Id.gt(after))
        .order_by_asc(Column::Id)
        .limit(PAGE)
        .all(conn)
        .await?)
}

async fn move_one(tx: &mut Tx, bank: OrgId, id: LoanId, on: NaiveDate) -> Result<bool, ActError> {
    let engine = engine(bank);
    let gone = || Fault::Invariant(format!("loan {id} is not one of bank {bank}"));
    let row = loans::one(tx.conn(), &engine.scope(), id).await?.ok_or_else(gone)?;
    // A day closed late: what was paid since has brought the account further than the day.
    tx.on_business_date(settled_until(&row)?.max(on));
    let mut held = hold(tx, &engine, id).await?.ok_or_else(gone)?;
    if held.status != LoanStatus::Active {
        return Ok(false);
    }
    let around = around(tx, &held).await?;
    let Some((account, schedule)) = moved(&of_held(&held, &around))? else { return Ok(false) };
    let matures_before = held.row.matures_on;
    held.account = account;
    let effective_on = held.on;
    let plan =
        NewPlan { schedule, cause: CAUSE, effective_on, made_by: BY, annual_rate: None, restructured: false };
    replace_plan(tx, &mut held, plan).await?;
    held.owed = owing(&held.terms, &held.plan, &held.account, held.on).map_err(broken)?;
    let told = risk::reassess(tx, &mut held, CAUSE).await?;
    let event = held.state_changed(CAUSE, told.parts(), false)?;
    tx.publish([(held.row.id, held.row.version, event)]).await?;
    let entry =
        AuditEntry::new(&engine.actor(), "loan.due_dates_moved", "loan", id).with(serde_json::json!({
            "plan_version": held.row.plan_version,
            "matures_on_before": matures_before,
            "matures_on": held.row.matures_on,
        }));
    tx.audit([entry]).await?;
    Ok(true)
}
