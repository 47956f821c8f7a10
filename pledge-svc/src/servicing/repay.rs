//! The act: a payment on a loan is recorded. Facility, member, loan, shares and ledger move in one transaction.

use chrono::NaiveDate;
use contracts::{Event, FacilityId, LoanId, OrgKind, RepaymentId, events::LoanRepaid};
use finance::Money;
use http_kit::{ActError, Problem};
use identity::Caller;
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, EntityTrait, QueryFilter,
    sea_query::{Expr, ExprTrait},
};
use serde::{Deserialize, Serialize};
use tx_kit::{AuditEntry, Fault, IdempotencyKey, InTx, Tx};

use super::{
    model::repayment::{RepaymentRefused, divide, parts},
    postings,
};
use crate::{
    facility::{Facility, Member, store as lines},
    loan::{
        LoanShare, LoanStatus,
        model::{Account, standing},
        store::{self, loan::Column as L},
    },
    state::App,
};

/// A payment to record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct RepaymentRequest {
    /// What was paid.
    pub amount: Money,
    /// A remark.
    #[serde(default)]
    pub comment: Option<String>,
}

/// What is drawn and free on the facility.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct LineAfter {
    /// Principal outstanding.
    pub drawn: Money,
    /// Free.
    pub available: Money,
}

/// A payment recorded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct RepaymentView {
    /// Its id.
    pub id: RepaymentId,
    /// The loan.
    pub loan_id: LoanId,
    /// What was paid.
    pub amount: Money,
    /// Of it, interest.
    pub interest: Money,
    /// Of it, principal.
    pub principal: Money,
    /// Principal still owed.
    pub outstanding: Money,
    /// Business date.
    pub paid_on: NaiveDate,
    /// The loan after it.
    pub status: LoanStatus,
    /// The facility after it; absent in lists.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub facility: Option<LineAfter>,
}

/// Records a payment.
pub(crate) async fn repay(
    app: &App,
    caller: &Caller,
    key: &IdempotencyKey,
    loan: LoanId,
    request: &RepaymentRequest,
) -> Result<RepaymentView, ActError> {
    app.db.run_once(Some(key), |tx| repay_in(tx, caller, loan, request).in_tx()).await
}

/// Everything that was locked, in the order of the locks.
struct Locked {
    facility: Facility,
    member: Member,
    loan: store::loan::Model,
    shares: Vec<LoanShare>,
}

async fn repay_in(
    tx: &mut Tx,
    caller: &Caller,
    id: LoanId,
    request: &RepaymentRequest,
) -> Result<RepaymentView, ActError> {
    let mut locked = lock(tx, caller, id).await?;
    let (terms, account, status) = store::parts(&locked.loan)?;
    if status == LoanStatus::Repaid {
        return Err(above(Money::ZERO).into());
    }
    let schedule = terms.schedule().map_err(broken)?;
    let today = standing(&terms, &schedule, account, tx.business_date()).map_err(broken)?;
    let divided = divide(account.outstanding, &today, request.amount).map_err(|refused| match refused {
        RepaymentRefused::AboveOwed { owed } => ActError::Refused(above(owed)),
        RepaymentRefused::Overflow(error) => broken(error).into(),
    })?;
    let parts = parts(&locked.shares, &divided).map_err(broken)?;
    give_back(tx, &mut locked, divided.principal).await?;
    let status = if divided.outstanding.is_zero() && divided.interest_left.is_zero() {
        LoanStatus::Repaid
    } else {
        LoanStatus::Active
    };
    let after = Account {
        outstanding: divided.outstanding,
        interest_owed: divided.interest_left,
        interest_from: tx.business_date(),
    };
    let next_due_on = standing(&terms, &schedule, after, tx.business_date()).map_err(broken)?.unmet;
    write_loan(tx, &locked, after, status).await?;
    write_shares(tx, &locked, &parts).await?;
    let facility_id = locked.facility.id;
    ledger::store::post(tx, &postings::receipt(id, facility_id, &locked.shares, &parts)?).await?;
    let view = RepaymentView {
        id: RepaymentId::fresh(tx.now()),
        loan_id: id,
        amount: request.amount,
        interest: divided.interest,
        principal: divided.principal,
        outstanding: divided.outstanding,
        paid_on: tx.business_date(),
        status,
        facility: Some(LineAfter { drawn: locked.facility.drawn, available: locked.facility.available() }),
    };
    record(tx, caller, &locked, request, (&view, next_due_on)).await?;
    Ok(view)
}

fn above(owed: Money) -> Problem {
    Problem::refused(
        "above-outstanding",
        format!("还款金额超过当前应还总额 {owed} 元，请按应还金额还款。"),
        format!("The payment is more than is owed today, {owed} yuan. Pay at most that."),
    )
    .with("owed", owed)
}

fn broken(error: impl std::fmt::Display) -> Fault {
    Fault::Invariant(error.to_string())
}

/// Locks facility, member and loan; a loan that the caller may not pay on is not there.
async fn lock(tx: &Tx, caller: &Caller, id: LoanId) -> Result<Locked, ActError> {
    let seen = store::one(tx.conn(), &caller.scope(), id).await?.ok_or_else(Problem::not_found)?;
    // A bank of the syndicate sees the loan; the lead is its agent and records what is paid.
    if caller.org_kind == OrgKind::Bank && seen.bank_id != caller.tenant.uuid() {
        return Err(Problem::not_found().into());
    }
    let gone = || Fault::Invariant(format!("loan {id} has lost its facility or member"));
    let facility_id = FacilityId::from_uuid(seen.facility_id);
    let facility = lines::lock(tx.conn(), facility_id).await?.ok_or_else(gone)?;
    let enterprise = contracts::OrgId::from_uuid(seen.enterprise_id);
    let member = lines::lock_members(tx.conn(), facility_id, &[enterprise]).await?.pop().ok_or_else(gone)?;
    let loan = store::lock(tx.conn(), id).await?.ok_or_else(gone)?;
    let shares = store::shares(tx.conn(), [loan.id]).await?.into_iter().map(store::share_of).collect();
    Ok(Locked { facility, member, loan, shares })
}

/// Takes repaid principal off the line; one that does not revolve remembers it as retired.
async fn give_back(tx: &Tx, locked: &mut Locked, principal: Money) -> Result<(), Fault> {
    use lines::{facility::Column as F, member::Column as M};
    let fen = principal.fen();
    let retired = if locked.facility.revolving { 0 } else { fen };
    let facility = lines::facility::Entity::update_many()
        .col_expr(F::DrawnFen, Expr::col(F::DrawnFen).sub(fen))
        .col_expr(F::RetiredFen, Expr::col(F::RetiredFen).add(retired))
        .col_expr(F::Version, Expr::col(F::Version).add(1))
        .filter(F::Id.eq(locked.facility.id.uuid()))
        .filter(F::Version.eq(locked.facility.version))
        .filter(F::DrawnFen.gte(fen))
        .exec(tx.conn())
        .await?
        .rows_affected;
    let member = lines::member::Entity::update_many()
        .col_expr(M::DrawnFen, Expr::col(M::DrawnFen).sub(fen))
        .col_expr(M::RetiredFen, Expr::col(M::RetiredFen).add(retired))
        .filter(M::Id.eq(locked.member.id.uuid()))
        .filter(M::DrawnFen.gte(fen))
        .exec(tx.conn())
        .await?
        .rows_affected;
    if (facility, member) != (1, 1) {
        return Err(Fault::Invariant(format!(
            "a repayment did not pass the guard of facility {}",
            locked.facility.id
        )));
    }
    let less = |place: Money| place.checked_sub(principal).map_err(broken);
    locked.facility.drawn = less(locked.facility.drawn)?;
    locked.facility.retired =
        locked.facility.retired.checked_add(Money::from_fen(retired)).map_err(broken)?;
    locked.facility.version += 1;
    locked.member.drawn = less(locked.member.drawn)?;
    Ok(())
}

async fn write_loan(tx: &Tx, locked: &Locked, after: Account, status: LoanStatus) -> Result<(), Fault> {
    let change = store::loan::ActiveModel {
        outstanding_fen: Set(after.outstanding.fen()),
        interest_owed_fen: Set(after.interest_owed.fen()),
        interest_from: Set(after.interest_from),
        status: Set(status.name().to_owned()),
        version: Set(locked.loan.version + 1),
        ..Default::default()
    };
    let touched = store::loan::Entity::update_many()
        .set(change)
        .filter(L::Id.eq(locked.loan.id))
        .filter(L::Version.eq(locked.loan.version))
        .exec(tx.conn())
        .await?
        .rows_affected;
    if touched == 1 {
        Ok(())
    } else {
        Err(Fault::Invariant(format!("loan {} changed under its lock", locked.loan.id)))
    }
}

async fn write_shares(tx: &Tx, locked: &Locked, parts: &[(Money, Money)]) -> Result<(), Fault> {
    use store::share::Column as S;
    for (position, (_, principal)) in (0_i32..).zip(parts) {
        if principal.is_zero() {
            continue;
        }
        let touched = store::share::Entity::update_many()
            .col_expr(S::OutstandingFen, Expr::col(S::OutstandingFen).sub(principal.fen()))
            .filter(S::LoanId.eq(locked.loan.id))
            .filter(S::Position.eq(position))
            .filter(S::OutstandingFen.gte(principal.fen()))
            .exec(tx.conn())
            .await?
            .rows_affected;
        if touched != 1 {
            return Err(Fault::Invariant(format!(
                "a share of loan {} did not pass its guard",
                locked.loan.id
            )));
        }
    }
    Ok(())
}

async fn record(
    tx: &mut Tx,
    caller: &Caller,
    locked: &Locked,
    request: &RepaymentRequest,
    (view, next_due_on): (&RepaymentView, Option<NaiveDate>),
) -> Result<(), Fault> {
    let row = store::repayment::ActiveModel {
        id: Set(view.id.uuid()),
        loan_id: Set(view.loan_id.uuid()),
        amount_fen: Set(view.amount.fen()),
        interest_fen: Set(view.interest.fen()),
        principal_fen: Set(view.principal.fen()),
        outstanding_fen: Set(view.outstanding.fen()),
        paid_on: Set(view.paid_on),
        recorded_by: Set(caller.name.clone()),
        comment: Set(request.comment.clone()),
        created_at: Set(tx.now()),
    };
    store::repayment::Entity::insert(row).exec_without_returning(tx.conn()).await?;
    let event = Event::LoanRepaid(LoanRepaid {
        loan_id: view.loan_id,
        facility_id: locked.facility.id,
        bank_id: locked.facility.bank_id,
        enterprise_id: locked.member.enterprise_id,
        principal: view.principal,
        interest: view.interest,
        outstanding: view.outstanding,
        status: view.status.name().to_owned(),
        next_due_on,
        facility_version: locked.facility.version,
        facility_drawn: locked.facility.drawn,
        facility_reserved: locked.facility.reserved,
        member_drawn: locked.member.drawn,
        member_reserved: locked.member.reserved,
    });
    tx.publish([(view.loan_id.uuid(), locked.loan.version + 1, event)]).await?;
    let entry = AuditEntry::new(&caller.actor(), "loan.repay", "loan", view.loan_id).with(
        serde_json::json!({ "amount": view.amount, "principal": view.principal, "interest": view.interest }),
    );
    tx.audit([entry]).await
}
