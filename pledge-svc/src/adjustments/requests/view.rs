//! Requests as the API shows them.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};
use contracts::{AdjustmentId, ChangeRequestId, FacilityId, LoanId, OrgId};
use finance::Money;
use identity::Scope;
use sea_orm::ConnectionTrait;
use serde::{Deserialize, Serialize};
use tx_kit::Fault;
use utoipa::ToSchema;

use super::{
    super::model::{AdjustmentKind, Change, Figures, RequestStatus},
    store,
};

/// What a borrower asks its bank to change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = ChangeRequest)]
pub(super) struct RequestView {
    /// Its id.
    pub id: ChangeRequestId,
    /// The loan.
    pub loan_id: LoanId,
    /// The loan's number.
    pub loan_number: String,
    /// The facility.
    pub facility_id: FacilityId,
    /// The lead bank.
    pub bank_id: OrgId,
    /// Its name.
    pub bank_name: String,
    /// The borrower.
    pub enterprise_id: OrgId,
    /// Its name.
    pub enterprise_name: String,
    /// What kind of change.
    pub kind: AdjustmentKind,
    /// What has become of it.
    pub status: RequestStatus,
    /// What is asked for.
    pub change: Change,
    /// Why.
    pub reason: String,
    /// What it came to on the day it was asked for; absent where it could not be done that day.
    pub figures: Option<Figures>,
    /// Principal outstanding that day.
    pub outstanding: Money,
    /// Who asked, for the borrower.
    pub asker: String,
    /// The last day on which the bank answers; the request lapses with it.
    pub answer_by: NaiveDate,
    /// Who answered, or withdrew it.
    pub answerer: Option<String>,
    /// With which words.
    pub answer: Option<String>,
    /// The proposal that it became.
    pub adjustment_id: Option<AdjustmentId>,
    /// When it was asked for.
    pub created_at: DateTime<Utc>,
    /// When it was answered.
    pub answered_at: Option<DateTime<Utc>>,
    /// Rises with every step.
    pub version: i64,
}

/// Rows that were found in a scope, with the proposals that they became.
pub(super) async fn shown(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    rows: Vec<store::row::Model>,
) -> Result<Vec<RequestView>, Fault> {
    let ids: Vec<_> = rows.iter().map(|row| row.id).collect();
    let became: HashMap<_, _> = store::find_proposals(conn, scope, &ids).await?.into_iter().collect();
    rows.into_iter()
        .map(|row| {
            let adjustment = became.get(&row.id).copied();
            view(row, adjustment.map(AdjustmentId::from_uuid))
        })
        .collect()
}

/// One of them.
pub(super) async fn shown_one(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    row: store::row::Model,
) -> Result<RequestView, Fault> {
    let became = store::find_proposals(conn, scope, &[row.id]).await?.pop();
    view(row, became.map(|(_, adjustment)| AdjustmentId::from_uuid(adjustment)))
}

fn view(row: store::row::Model, adjustment_id: Option<AdjustmentId>) -> Result<RequestView, Fault> {
    let kind = AdjustmentKind::parse(&row.kind)
        .ok_or_else(|| Fault::Corrupt(format!("kind of request {}", row.id)))?;
    Ok(RequestView {
        id: row.id.into(),
        loan_id: row.loan_id.into(),
        facility_id: row.facility_id.into(),
        bank_id: row.bank_id.into(),
        enterprise_id: row.enterprise_id.into(),
        kind,
        status: store::status_of(&row)?,
        change: store::change_of(&row)?,
        figures: store::figures_of(&row)?,
        outstanding: Money::from_fen(row.outstanding_fen),
        loan_number: row.loan_number,
        bank_name: row.bank_name,
        enterprise_name: row.enterprise_name,
        reason: row.reason,
        asker: row.asker,
        answer_by: row.answer_by,
        answerer: row.answerer,
        answer: row.answer,
        adjustment_id,
        created_at: row.created_at,
        answered_at: row.answered_at,
        version: row.version,
    })
}
