//! Who may approve a change of a loan: by how much it weighs, one approver or two within their authority, after the risk
//! manager's word where the bank wants so. The levels are those for a single borrower, as for lending and for a write-off.
//!
//! A word is about the loan as it stood: with the loan's next version a new round begins, and what was said before counts
//! no longer.

use std::collections::{HashMap, HashSet};

use contracts::{AdjustmentId, OrgKind, UserId};
use finance::{Money, Rate};
use http_kit::{ActError, IfMatch, Problem};
use identity::Caller;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect};
use tx_kit::{AuditEntry, Fault, Tx, bulk::padded};
use uuid::Uuid;

use super::{
    model::{AdjustmentStatus, Refusal, weight::Weighed},
    now::{self, Seen},
    propose::hold_led,
    store,
    view::{AdjustmentView, shown},
};
use crate::{
    facility::{self, Approval, Consent, LineAuthority, VotedOn},
    loan::{Held, store as loans},
};

/// What is voted on: the change of a loan with this principal and contract rate, at this version.
fn subject(
    row: &store::row::Model,
    (outstanding, rate_before): (Money, Rate),
    version: i64,
) -> Result<VotedOn, Fault> {
    let corrupt = |what: &str| Fault::Corrupt(format!("{what} of change {}", row.id));
    let rate_after = row.rate_after.parse().map_err(|_| corrupt("rate"))?;
    let maker = row.maker_id.ok_or_else(|| corrupt("maker"))?;
    Ok(VotedOn {
        facility: row.facility_id,
        id: row.id,
        maker: UserId::from_uuid(maker),
        weight: store::change_of(row)?.weight(Weighed { outstanding, rate_before, rate_after }),
        bank: row.bank_id.into(),
        round: i32::try_from(version).map_err(|_| corrupt("loan version"))?,
    })
}

fn on_held(row: &store::row::Model, held: &Held) -> Result<VotedOn, Fault> {
    subject(row, (held.account.outstanding, held.terms.annual_rate), held.row.version)
}

fn on_seen(row: &store::row::Model, loan: &Seen) -> Result<VotedOn, Fault> {
    subject(row, (loan.account.outstanding, loan.terms.annual_rate), loan.row.version)
}

/// Counts an approval of a change that may be carried out; gives the names of all who approved where it was the last one
/// needed.
pub(super) async fn approve(
    tx: &mut Tx,
    caller: &Caller,
    held: &Held,
    row: &store::row::Model,
    said: &Approval,
) -> Result<Option<String>, ActError> {
    let names = facility::approve_by_authority(tx, caller, on_held(row, held)?, said).await?;
    if names.is_none() {
        let entry = AuditEntry::new(&caller.actor(), "loan.adjust.approve_first", "loan", held.id())
            .with(serde_json::json!({ "adjustment": row.id, "kind": row.kind, "reason": said.comment }));
        tx.audit([entry]).await?;
    }
    Ok(names)
}

/// A change that waits for another approver, with how many are still needed.
pub(super) async fn waiting(
    tx: &Tx,
    caller: &Caller,
    held: &Held,
    row: store::row::Model,
) -> Result<AdjustmentView, ActError> {
    let approvals_missing =
        Some(facility::approvals_missing(tx.conn(), on_held(&row, held)?, tx.business_date()).await?);
    Ok(AdjustmentView { approvals_missing, ..shown(row, &caller.scope())? })
}

/// How many approvals a change that waits still needs, for the bank that decides it; `None` for everybody else.
pub(super) async fn missing(
    conn: &impl ConnectionTrait,
    caller: &Caller,
    row: &store::row::Model,
    loan: &Seen,
) -> Result<Option<u8>, Fault> {
    if !decides(caller, row) {
        return Ok(None);
    }
    Ok(Some(facility::approvals_missing(conn, on_seen(row, loan)?, loan.on).await?))
}

/// Whether the change is this bank's to decide.
fn decides(caller: &Caller, row: &store::row::Model) -> bool {
    caller.org_kind == OrgKind::Bank && row.bank_id == caller.tenant.uuid()
}

/// Records the risk manager's word on a change that waits.
pub(super) async fn consent(
    tx: &mut Tx,
    caller: &Caller,
    id: AdjustmentId,
    (said, seen): (&Consent, IfMatch),
) -> Result<AdjustmentView, ActError> {
    let scope = caller.scope();
    let found = store::find(tx.conn(), &scope, id).await?.ok_or_else(Problem::not_found)?;
    let held = hold_led(tx, caller, found.loan_id.into()).await?;
    // Read again under the loan's lock: it may have been decided while we waited.
    let row = store::find(tx.conn(), &scope, id).await?.ok_or_else(Problem::not_found)?;
    seen.check(row.version)?;
    let status = store::status_of(&row)?;
    if status != AdjustmentStatus::Proposed {
        return Err(Refusal::Decided(status).into());
    }
    facility::speak_as_risk_manager(tx, caller, on_held(&row, &held)?, said).await?;
    let entry = AuditEntry::new(&caller.actor(), "loan.adjust.risk_consent", "loan", held.id())
        .with(serde_json::json!({ "adjustment": id, "agrees": said.agrees, "comment": said.comment }));
    tx.audit([entry]).await?;
    waiting(tx, caller, &held, row).await
}

/// What the decision of a change that waits takes, and whether the one who asks may take it. For everybody but the bank
/// that decides it there is nothing, and neither is there of one that is decided.
pub(super) async fn look(
    conn: &impl ConnectionTrait,
    caller: &Caller,
    id: AdjustmentId,
    on: chrono::NaiveDate,
) -> Result<LineAuthority, ActError> {
    let scope = caller.scope();
    let row = store::find(conn, &scope, id).await?.ok_or_else(Problem::not_found)?;
    if !decides(caller, &row) || store::status_of(&row)? != AdjustmentStatus::Proposed {
        return Err(Problem::not_found().into());
    }
    let loan = now::seen(conn, &scope, row.loan_id.into(), on).await?.ok_or_else(Problem::not_found)?;
    Ok(facility::look_at_authority(conn, caller, on_seen(&row, &loan)?, on).await?)
}

/// Of changes that were found in scope, those that wait for the word of the caller's risk manager: they are the caller's
/// bank to decide, and its authority asks for that word on the loan as it stands.
pub(super) async fn risk_word_wanted(
    conn: &impl ConnectionTrait,
    caller: &Caller,
    rows: &[store::row::Model],
    on: chrono::NaiveDate,
) -> Result<HashSet<Uuid>, Fault> {
    let open = AdjustmentStatus::Proposed.name();
    let own: Vec<&store::row::Model> = rows
        .iter()
        .filter(|row| row.status == open && row.maker_id.is_some() && decides(caller, row))
        .collect();
    if own.is_empty() {
        return Ok(HashSet::new());
    }
    let loans: HashMap<Uuid, i64> = loans::loan::Entity::find()
        .select_only()
        .columns([loans::loan::Column::Id, loans::loan::Column::Version])
        .filter(loans::loan::Column::Id.is_in(padded(own.iter().map(|row| row.loan_id))))
        .into_tuple::<(Uuid, i64)>()
        .all(conn)
        .await?
        .into_iter()
        .collect();
    let mut subjects = Vec::with_capacity(own.len());
    for row in own {
        let corrupt = || Fault::Corrupt(format!("rate of change {}", row.id));
        let weighed = (Money::from_fen(row.outstanding_fen), row.rate_before.parse().map_err(|_| corrupt())?);
        subjects.push(subject(row, weighed, loans.get(&row.loan_id).copied().unwrap_or_default())?);
    }
    facility::risk_word_wanted(conn, caller.tenant, &subjects, on).await
}
