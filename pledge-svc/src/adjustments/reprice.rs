//! Resets of the reference rate: on its reset day every floating loan of a bank takes the rate in force, from that day on
//! and never backwards. Called by the close of business for each day, after its loans were closed.
//!
//! A loan whose reset was missed (the fixing of its month was not recorded in time) is repriced from its reset day on as
//! far as that is not billed yet; what was billed stays as it was. One loan's failure leaves the others repriced and
//! itself due for the next run.

use chrono::NaiveDate;
use contracts::{AdjustmentId, LoanId, OrgId, OrgKind, UserId};
use finance::LprTerm;
use http_kit::ActError;
use identity::Caller;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
};
use tx_kit::{AuditEntry, Db, Fault, InTx, Tx};
use uuid::Uuid;

use super::{
    apply::apply,
    model::{AdjustmentKind, AdjustmentStatus, Change, Floating, Pricing, Refusal, at_rate_from},
    now::{around, broken, floating, of_held},
    store,
};
use crate::loan::{Held, LoanStatus, hold, store as loans};

/// Loans looked up at a time.
const PAGE: u64 = 500;
/// The failures that a run keeps in words.
const FAILURES_MAX: usize = 20;

/// As who a reset is written into history and audit trail.
pub(super) const BY: &str = "日终批处理 close of business";

/// What a run did.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Resets {
    /// Loans that took another rate.
    pub repriced: u64,
    /// Loans whose rate stayed what it was.
    pub unchanged: u64,
    /// Loans that stay due, with why; the first twenty.
    pub failed: Vec<(LoanId, String)>,
    /// How many stay due.
    pub failures: u64,
}

/// What became of one loan.
enum Reset {
    Repriced,
    Unchanged,
    /// The loan stays due: its fixing is not known, or its rate would not be one.
    Waits(String),
}

/// Resets the rate of every active loan of a bank whose reset day is `on` or was before it. Run again it does nothing.
///
/// # Errors
/// The database's fault; what one loan fails at is told in the answer.
pub async fn reset_rates(db: &Db, bank: OrgId, on: NaiveDate) -> Result<Resets, Fault> {
    let mut done = Resets::default();
    let mut after = Uuid::nil();
    loop {
        let ids = due(db.read(), bank, on, after).await?;
        let Some(last) = ids.last().copied() else { return Ok(done) };
        for id in ids {
            let outcome = db.run(|tx| reset(tx, bank, id.into(), on).in_tx()).await;
            let waits = match outcome {
                Ok(Reset::Repriced) => {
                    done.repriced += 1;
                    continue;
                }
                Ok(Reset::Unchanged) => {
                    done.unchanged += 1;
                    continue;
                }
                Ok(Reset::Waits(why)) => why,
                Err(ActError::Refused(problem)) => problem.detail().en.clone(),
                Err(ActError::Fault(fault)) => fault.to_string(),
            };
            done.failures += 1;
            if done.failed.len() < FAILURES_MAX {
                done.failed.push((id.into(), waits));
            }
        }
        after = last;
    }
}

async fn due(
    conn: &impl ConnectionTrait,
    bank: OrgId,
    on: NaiveDate,
    after: Uuid,
) -> Result<Vec<Uuid>, Fault> {
    use loans::loan::Column;
    Ok(loans::loan::Entity::find()
        .select_only()
        .column(Column::Id)
        .filter(Column::BankId.eq(bank.uuid()))
        .filter(Column::ResetOn.lte(on))
        .filter(Column::Status.eq(LoanStatus::Active.name()))
        .filter(Column::Id.gt(after))
        .order_by_asc(Column::Id)
        .limit(PAGE)
        .into_tuple()
        .all(conn)
        .await?)
}

async fn reset(tx: &mut Tx, bank: OrgId, id: LoanId, on: NaiveDate) -> Result<Reset, ActError> {
    let engine = engine(bank);
    let gone = || Fault::Invariant(format!("loan {id} is not one of bank {bank}"));
    let row = loans::one(tx.conn(), &engine.scope(), id).await?.ok_or_else(gone)?;
    // A day closed late: what was paid since has brought the account further than the day.
    tx.on_business_date(settled_until(&row)?.max(on));
    let mut held = hold(tx, &engine, id).await?.ok_or_else(gone)?;
    if settled_until(&held.row)? > held.on {
        return Err(Fault::Conflict(format!("loan {id} was paid meanwhile")).into());
    }
    let (Some(floats), Some(day)) = (floating(&held.row)?, held.row.reset_on.filter(|day| *day <= on)) else {
        return Ok(Reset::Unchanged);
    };
    let around = around(tx, &held).await?;
    let term = LprTerm::for_tenor(held.terms.tenor_months);
    let rate = match around.fixings.contract_rate(term, floats.spread_bp.into(), day) {
        Ok(rate) => rate,
        Err(error) => return Ok(Reset::Waits(error.to_string())),
    };
    let next = floats.reset.next_after(held.terms.drawn_on, day).filter(|next| *next < held.row.matures_on);
    let next = Floating { reset_on: next, ..floats };
    if rate.annual_rate == held.terms.annual_rate {
        let price = loans::loan::ActiveModel { reset_on: Set(next.reset_on), ..Default::default() };
        held.write(tx, price).await?;
        return Ok(Reset::Unchanged);
    }
    let rate_before = held.terms.annual_rate.to_string();
    let matures_before = held.row.matures_on;
    // What was billed or paid since the reset day stays at the old rate.
    let begins = day.max(held.account.interest_from);
    let made = match at_rate_from(&of_held(&held, &around), rate.annual_rate, day, next) {
        Ok(made) => made,
        Err(refusal @ Refusal::Broken(_)) => return Err(refusal.into()),
        Err(refusal) => return Ok(Reset::Waits(refusal.to_string())),
    };
    apply(tx, &mut held, AdjustmentKind::Repricing, made, &engine.name).await?;
    note(tx, &engine, &held, floats, (rate_before, matures_before), (begins, rate.fixed_on)).await?;
    Ok(Reset::Repriced)
}

/// The day up to which a loan's account is settled.
pub(super) fn settled_until(row: &loans::loan::Model) -> Result<NaiveDate, Fault> {
    let (_, account, _) = loans::parts(row)?;
    Ok(account.arrears.late_from.map_or(account.interest_from, |late| late.max(account.interest_from)))
}

/// The row of the loan's history.
async fn note(
    tx: &mut Tx,
    engine: &Caller,
    held: &Held,
    floats: Floating,
    (rate_before, matures_before): (String, NaiveDate),
    (begins, fixed_on): (NaiveDate, NaiveDate),
) -> Result<(), Fault> {
    let change = Change::Repricing(Pricing::Floating { spread_bp: floats.spread_bp, reset: floats.reset });
    let row = store::row::Model {
        id: AdjustmentId::fresh(tx.now()).uuid(),
        loan_id: held.row.id,
        loan_number: held.row.number.clone(),
        facility_id: held.row.facility_id,
        bank_id: held.row.bank_id,
        bank_name: held.row.bank_name.clone(),
        enterprise_id: held.row.enterprise_id,
        enterprise_name: held.row.enterprise_name.clone(),
        kind: AdjustmentKind::Repricing.name().to_owned(),
        status: AdjustmentStatus::Approved.name().to_owned(),
        content: serde_json::to_string(&change)?,
        reason: format!("LPR {fixed_on}"),
        assessment: None,
        outstanding_fen: held.account.outstanding.fen(),
        rate_before,
        rate_after: held.terms.annual_rate.to_string(),
        matures_before,
        matures_after: held.row.matures_on,
        plan_before: None,
        plan_after: None,
        restructured: false,
        observed_until: None,
        maker_id: None,
        maker: engine.name.clone(),
        approver_id: None,
        approver: None,
        decision_reason: None,
        created_at: tx.now(),
        decided_at: Some(tx.now()),
        effective_on: Some(begins),
        plan_version: Some(held.row.plan_version),
        // The contract itself provides for the reset.
        request_id: None,
        consent: None,
        consent_by_id: None,
        consent_by: None,
        consent_note: None,
        consented_at: None,
        version: 1,
    };
    let id = row.id;
    if !store::insert(tx, row).await? {
        return Err(broken("the history of a reset collides with an open proposal"));
    }
    let entry = AuditEntry::new(&engine.actor(), "loan.reprice", "loan", held.id()).with(serde_json::json!({
        "adjustment": id, "annual_rate": held.terms.annual_rate, "fixed_on": fixed_on,
    }));
    tx.audit([entry]).await
}

/// The close of business of a bank, as who it is written into history and audit trail.
pub(super) fn engine(bank: OrgId) -> Caller {
    Caller {
        user: UserId::from_uuid(Uuid::nil()),
        name: BY.to_owned(),
        tenant: bank,
        tenant_name: BY.to_owned(),
        org_kind: OrgKind::Bank,
        roles: Vec::new(),
    }
}
