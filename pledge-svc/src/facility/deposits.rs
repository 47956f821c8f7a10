//! The acts on members' deposits with the lead bank: paying in, giving back, taking for a loss, putting back from a
//! recovery. What a member holds stands on its place; each movement is a row and a ledger movement.

use contracts::{FacilityId, LoanId, OrgId, OrgKind};
use finance::Money;
use http_kit::{ActError, IfMatch, Problem};
use identity::Caller;
use ledger::Movement;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QuerySelect,
    sea_query::Expr,
};
use serde::{Deserialize, Serialize};
use tx_kit::{AuditEntry, Fault, IdempotencyKey, InTx, Tx};
use uuid::Uuid;

use super::{
    answers,
    approve::guarded,
    model::{
        Facility, Member,
        deposit::{self, DepositKind, DepositMove},
    },
    pool,
    pool_risk::loans_at_risk,
    postings,
    store::{self, deposit::NewMove, member::Column as M},
};
use crate::{
    instructions::{self, Given, Subject, Taken},
    loan::{LoanStatus, store as loans},
    state::App,
};

/// A deposit to pay in.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
pub struct PayIn {
    /// The member.
    pub enterprise_id: OrgId,
    /// How much.
    pub amount: Money,
    /// What for; a contribution to the mutual-aid pool unless said otherwise.
    #[serde(default)]
    pub kind: DepositKind,
    /// A remark.
    #[serde(default)]
    pub comment: Option<String>,
}

/// A deposit to give back.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
pub struct GiveBack {
    /// The member.
    pub enterprise_id: OrgId,
    /// How much; everything that is held where absent.
    #[serde(default)]
    pub amount: Option<Money>,
    /// Which deposit; the contribution to the mutual-aid pool unless said otherwise.
    #[serde(default)]
    pub kind: DepositKind,
    /// A remark.
    #[serde(default)]
    pub comment: Option<String>,
}

/// A deposit moved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct DepositView {
    /// The movement's id.
    pub id: Uuid,
    /// The facility.
    pub facility_id: FacilityId,
    /// The member.
    pub enterprise_id: OrgId,
    /// Which deposit.
    pub kind: DepositKind,
    /// How it moved.
    pub moved: DepositMove,
    /// How much.
    pub amount: Money,
    /// What the member holds after it.
    pub balance: Money,
    /// What it must hold for what it owes now.
    pub required: Money,
}

/// Takes a deposit, or gives the bank the instruction where it does not debit at once.
pub(super) async fn pay_in(
    app: &App,
    caller: &Caller,
    key: &IdempotencyKey,
    (id, seen): (FacilityId, IfMatch),
    asked: &PayIn,
) -> Result<Taken<DepositView>, ActError> {
    app.db.run_once(Some(key), |tx| pay_in_in(tx, caller, (id, seen), asked).in_tx()).await
}

async fn pay_in_in(
    tx: &mut Tx,
    caller: &Caller,
    (id, seen): (FacilityId, IfMatch),
    asked: &PayIn,
) -> Result<Taken<DepositView>, ActError> {
    let held = deposit_place(tx, caller, (id, seen), asked.enterprise_id).await?;
    let (facility, member) = (&held.0, &held.1);
    if !instructions::waits(tx.conn(), caller, facility, tx.business_date()).await? {
        return book_deposit(tx, caller, &held, asked).await.map(Taken::Booked);
    }
    // What could not be taken today is not instructed either.
    deposit::pay_in(facility, member, asked.kind, asked.amount).map_err(answers::deposit_refused)?;
    let given = Given {
        facility,
        member,
        subject: Subject::Deposit(asked.kind),
        amount: asked.amount,
        comment: asked.comment.as_deref(),
    };
    Ok(Taken::Waits(Box::new(instructions::give(tx, caller, given).await?)))
}

/// Books a deposit that a member pays in, on its place as it is held.
///
/// # Errors
/// Why it is not taken; the database's fault.
pub(crate) async fn book_deposit(
    tx: &mut Tx,
    caller: &Caller,
    (facility, member): &(Facility, Member),
    asked: &PayIn,
) -> Result<DepositView, ActError> {
    let balance =
        deposit::pay_in(facility, member, asked.kind, asked.amount).map_err(answers::deposit_refused)?;
    let one = NewMove {
        member,
        kind: asked.kind,
        moved: DepositMove::PaidIn,
        amount: asked.amount,
        balance,
        loan: None,
        comment: asked.comment.as_deref(),
    };
    let movement = postings::deposit_paid_in(facility, member, asked.amount)?;
    moved(tx, caller, facility, one, movement).await
}

/// Gives a deposit back, or asks the bank to where it does not debit at once.
pub(super) async fn give_back(
    app: &App,
    caller: &Caller,
    key: &IdempotencyKey,
    (id, seen): (FacilityId, IfMatch),
    asked: &GiveBack,
) -> Result<Taken<DepositView>, ActError> {
    app.db.run_once(Some(key), |tx| give_back_in(tx, caller, (id, seen), asked).in_tx()).await
}

async fn give_back_in(
    tx: &mut Tx,
    caller: &Caller,
    (id, seen): (FacilityId, IfMatch),
    asked: &GiveBack,
) -> Result<Taken<DepositView>, ActError> {
    let held = deposit_place(tx, caller, (id, seen), asked.enterprise_id).await?;
    let (facility, member) = (&held.0, &held.1);
    if !instructions::waits(tx.conn(), caller, facility, tx.business_date()).await? {
        return book_deposit_return(tx, caller, &held, asked).await.map(Taken::Booked);
    }
    let amount = to_go_back(tx, &held, asked).await?;
    let given = Given {
        facility,
        member,
        subject: Subject::Return(asked.kind, asked.kind.held(member)),
        amount,
        comment: asked.comment.as_deref(),
    };
    Ok(Taken::Waits(Box::new(instructions::give(tx, caller, given).await?)))
}

/// What of a deposit goes back today.
async fn to_go_back(
    tx: &Tx,
    (facility, member): &(Facility, Member),
    asked: &GiveBack,
) -> Result<Money, ActError> {
    let owes = owes(tx.conn(), facility.id, member.enterprise_id).await?;
    let at_risk = loans_at_risk(tx.conn(), facility, tx.business_date()).await?;
    let base = pool::base::reckon(tx.conn(), facility, tx.business_date()).await?;
    let headroom = base.map_or(Money::ZERO, |base| base.headroom);
    let asked = (asked.kind, asked.amount);
    let amount = deposit::give_back(facility, member, asked, (owes, at_risk), headroom);
    Ok(amount.map_err(answers::deposit_refused)?)
}

/// Books a deposit that goes back to a member, on its place as it is held.
///
/// # Errors
/// Why it does not go back; the database's fault.
pub(crate) async fn book_deposit_return(
    tx: &mut Tx,
    caller: &Caller,
    held: &(Facility, Member),
    asked: &GiveBack,
) -> Result<DepositView, ActError> {
    let amount = to_go_back(tx, held, asked).await?;
    let (facility, member) = (&held.0, &held.1);
    let one = NewMove {
        member,
        kind: asked.kind,
        moved: DepositMove::GivenBack,
        amount,
        balance: asked.kind.held(member).saturating_sub(amount),
        loan: None,
        comment: asked.comment.as_deref(),
    };
    let movement = postings::deposit_given_back(facility, member, amount)?;
    moved(tx, caller, facility, one, movement).await
}

/// Locks the facility and the member's place: the bank's own facility, or the enterprise's own place.
///
/// # Errors
/// Not the caller's, or another version than was seen; the database's fault.
pub(crate) async fn deposit_place(
    tx: &Tx,
    caller: &Caller,
    (id, seen): (FacilityId, IfMatch),
    enterprise: OrgId,
) -> Result<(Facility, Member), ActError> {
    let own = match caller.org_kind {
        OrgKind::Enterprise => enterprise == caller.tenant,
        _ => true,
    };
    let facility = store::lock(tx.conn(), id)
        .await?
        .filter(|line| own && (caller.org_kind == OrgKind::Enterprise || line.bank_id == caller.tenant))
        .ok_or_else(Problem::not_found)?;
    let member =
        store::lock_members(tx.conn(), id, &[enterprise]).await?.pop().ok_or_else(Problem::not_found)?;
    seen.check(facility.version)?;
    Ok((facility, member))
}

/// Whether any loan of the member on the line is not repaid, be it of interest alone.
async fn owes(conn: &impl ConnectionTrait, facility: FacilityId, enterprise: OrgId) -> Result<bool, Fault> {
    let open = loans::loan::Entity::find()
        .filter(loans::loan::Column::FacilityId.eq(facility.uuid()))
        .filter(loans::loan::Column::EnterpriseId.eq(enterprise.uuid()))
        .filter(loans::loan::Column::Status.ne(LoanStatus::Repaid.name()))
        .count(conn)
        .await?;
    Ok(open > 0)
}

/// The members of a line of whose loans one is not settled, be it of interest or fees alone. What was written off is off
/// the line.
pub(super) async fn owing(conn: &impl ConnectionTrait, facility: FacilityId) -> Result<Vec<OrgId>, Fault> {
    let ids: Vec<Uuid> = loans::loan::Entity::find()
        .select_only()
        .column(loans::loan::Column::EnterpriseId)
        .distinct()
        .filter(loans::loan::Column::FacilityId.eq(facility.uuid()))
        .filter(loans::loan::Column::Status.eq(LoanStatus::Active.name()))
        .into_tuple()
        .all(conn)
        .await?;
    Ok(ids.into_iter().map(OrgId::from_uuid).collect())
}

/// Writes a movement of a deposit that was decided: the place, the row, the ledger, the audit; margin is held against
/// the borrowing base at once.
async fn moved(
    tx: &mut Tx,
    caller: &Caller,
    facility: &Facility,
    one: NewMove<'_>,
    movement: Movement,
) -> Result<DepositView, ActError> {
    write_place(tx, &one).await?;
    let version = store::facility::ActiveModel { version: Set(facility.version + 1), ..Default::default() };
    guarded(tx, facility, version).await?;
    let id = store::deposit::record(tx, facility, &caller.name, std::slice::from_ref(&one))
        .await?
        .pop()
        .unwrap_or_default();
    ledger::store::post(tx, &[movement]).await?;
    let action = match one.moved {
        DepositMove::PaidIn => "facility.deposit.pay_in",
        _ => "facility.deposit.give_back",
    };
    let entry = AuditEntry::new(&caller.actor(), action, "facility", facility.id).with(serde_json::json!({
        "member": one.member.enterprise_id, "kind": one.kind, "amount": one.amount, "balance": one.balance,
    }));
    tx.audit([entry]).await?;
    let view = DepositView {
        id,
        facility_id: facility.id,
        enterprise_id: one.member.enterprise_id,
        kind: one.kind,
        moved: one.moved,
        amount: one.amount,
        balance: one.balance,
        required: match one.kind {
            DepositKind::MutualAid => facility
                .terms
                .liability
                .deposit_required(one.member.sub_limit, one.member.drawn)
                .map_err(|error| Fault::Invariant(error.to_string()))?,
            DepositKind::Margin => Money::ZERO,
        },
    };
    if one.kind == DepositKind::Margin {
        pool::base::recompute(tx, facility.id, "deposit", &caller.actor()).await?;
    }
    Ok(view)
}

/// Writes what a member holds, on the place as it was read.
pub(super) async fn write_place(tx: &Tx, one: &NewMove<'_>) -> Result<(), Fault> {
    let column = match one.kind {
        DepositKind::MutualAid => M::DepositFen,
        DepositKind::Margin => M::MarginFen,
    };
    let touched = store::member::Entity::update_many()
        .col_expr(column, Expr::value(one.balance.fen()))
        .filter(M::Id.eq(one.member.id.uuid()))
        .filter(column.eq(one.kind.held(one.member).fen()))
        .exec(tx.conn())
        .await?
        .rows_affected;
    if touched == 1 {
        Ok(())
    } else {
        Err(Fault::Invariant(format!("a deposit of member {} changed under its lock", one.member.id)))
    }
}

/// Members looked at in one statement.
const ROWS_PER_STATEMENT: usize = 1_000;

/// Gives everything back that members hold: those who leave, or all where the line closes. They owe nothing, as the
/// change that lets them go has seen; the facility and the members are locked.
pub(super) async fn give_back_all(
    tx: &mut Tx,
    caller: &Caller,
    facility: &Facility,
    members: &[&Member],
) -> Result<(), Fault> {
    let kinds = [DepositKind::MutualAid, DepositKind::Margin];
    let held = members.iter().flat_map(|member| kinds.map(|kind| (*member, kind)));
    let held: Vec<(&Member, DepositKind)> =
        held.filter(|(member, kind)| kind.held(member).is_positive()).collect();
    let mut movements = Vec::with_capacity(held.len());
    let mut moves = Vec::with_capacity(held.len());
    for (member, kind) in &held {
        let amount = kind.held(member);
        movements.push(postings::deposit_given_back(facility, member, amount)?);
        moves.push(NewMove {
            member,
            kind: *kind,
            moved: DepositMove::GivenBack,
            amount,
            balance: Money::ZERO,
            loan: None,
            comment: None,
        });
    }
    for chunk in held.chunks(ROWS_PER_STATEMENT) {
        store::member::Entity::update_many()
            .col_expr(M::DepositFen, Expr::value(0_i64))
            .col_expr(M::MarginFen, Expr::value(0_i64))
            .filter(M::Id.is_in(chunk.iter().map(|(member, _)| member.id.uuid())))
            .exec(tx.conn())
            .await?;
    }
    store::deposit::record(tx, facility, &caller.name, &moves).await?;
    ledger::store::post(tx, &movements).await?;
    Ok(())
}

/// The loan a deposit was taken for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ForLoan {
    /// The loan.
    pub loan: LoanId,
    /// Its borrower.
    pub borrower: OrgId,
}
