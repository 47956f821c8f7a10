//! Instructions as the API shows them, and the answer of a command that is booked at once or waits.

use axum::{
    Json,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use chrono::{DateTime, NaiveDate, Utc};
use contracts::{FacilityId, LoanId, OrgId, PaymentInstructionId};
use finance::Money;
use serde::{Deserialize, Serialize};
use tx_kit::Fault;
use uuid::Uuid;

use super::{
    model::{InstructionKind, InstructionStatus},
    store,
};
use crate::facility::DepositKind;

/// What a borrower has instructed its bank to take or to pay.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct PaymentInstruction {
    /// Its id.
    pub id: PaymentInstructionId,
    /// What is instructed.
    pub kind: InstructionKind,
    /// Where it stands.
    pub status: InstructionStatus,
    /// The lead bank, which confirms it.
    pub bank_id: OrgId,
    /// Its name.
    pub bank_name: String,
    /// Who gave it.
    pub enterprise_id: OrgId,
    /// Its name.
    pub enterprise_name: String,
    /// The line.
    pub facility_id: FacilityId,
    /// The loan; null where it is about a deposit.
    pub loan_id: Option<LoanId>,
    /// The number of the loan; of the line, where it is about a deposit.
    pub number: String,
    /// Which deposit, where it is about one.
    pub deposit_kind: Option<DepositKind>,
    /// How much.
    pub amount: Money,
    /// A remark of who gave it.
    pub comment: Option<String>,
    /// Who gave it.
    pub maker: String,
    /// The business date on which it was given.
    pub instructed_on: NaiveDate,
    /// The last business date on which it may be confirmed.
    pub lapses_on: NaiveDate,
    /// Who confirmed it, sent it back or withdrew it.
    pub decided_by: Option<String>,
    /// When.
    pub decided_at: Option<DateTime<Utc>>,
    /// Why it was sent back or withdrawn.
    pub reason: Option<String>,
    /// The bank's reference of the receipt, or of what was paid out.
    pub reference: Option<String>,
    /// The payment or the movement of the deposit that was booked.
    pub booked_id: Option<Uuid>,
    /// The business date on which it was booked: the value date.
    pub booked_on: Option<NaiveDate>,
    /// When it was given.
    pub created_at: DateTime<Utc>,
    /// Rises with every step.
    pub version: i64,
}

/// A row as it is shown.
///
/// # Errors
/// [`Fault::Corrupt`]
pub(super) fn shown(row: store::row::Model) -> Result<PaymentInstruction, Fault> {
    Ok(PaymentInstruction {
        kind: store::kind_of(&row)?,
        status: store::status_of(&row)?,
        deposit_kind: store::deposit_kind_of(&row)?,
        id: row.id.into(),
        bank_id: row.bank_id.into(),
        bank_name: row.bank_name,
        enterprise_id: row.enterprise_id.into(),
        enterprise_name: row.enterprise_name,
        facility_id: row.facility_id.into(),
        loan_id: row.loan_id.map(LoanId::from_uuid),
        number: row.number,
        amount: Money::from_fen(row.amount_fen),
        comment: row.comment,
        maker: row.maker,
        instructed_on: row.instructed_on,
        lapses_on: row.lapses_on,
        decided_by: row.decided_by,
        decided_at: row.decided_at,
        reason: row.reason,
        reference: row.reference,
        booked_id: row.booked_id,
        booked_on: row.booked_on,
        created_at: row.created_at,
        version: row.version,
    })
}

/// What came of a payment that was said: 201 where it is booked, 202 where an instruction waits for the bank.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Taken<T> {
    /// It is booked.
    Booked(T),
    /// The bank confirms it once the money has come in.
    Waits(Box<PaymentInstruction>),
}

impl<T: Serialize> IntoResponse for Taken<T> {
    fn into_response(self) -> Response {
        match self {
            Self::Booked(booked) => (StatusCode::CREATED, Json(booked)).into_response(),
            Self::Waits(instruction) => (StatusCode::ACCEPTED, Json(instruction)).into_response(),
        }
    }
}
