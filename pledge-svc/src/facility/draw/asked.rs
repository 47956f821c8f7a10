//! What a draw is asked with and how it is answered.

use chrono::NaiveDate;
use contracts::{ApplicationId, DrawdownId, FacilityId, LoanId, OrgId};
use finance::{Money, Repayment};
use http_kit::IfMatch;
use identity::Caller;
use serde::{Deserialize, Serialize};
use tx_kit::IdempotencyKey;

use crate::{
    facility::model::draw::Refusal,
    loan::{Payee, PaymentMode},
};

/// What a member asks for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DrawRequest {
    /// The member; one draws for oneself alone.
    pub enterprise_id: OrgId,
    /// Principal.
    pub amount: Money,
    /// Months.
    pub tenor_months: u32,
    /// How it is to be repaid; what the product names first unless said otherwise.
    #[serde(default)]
    pub repayment: Option<Repayment>,
    /// What the money is for.
    #[serde(default)]
    pub purpose: Option<String>,
    /// The approved application that it is drawn under, at most for what is left of it; the first that is long enough and has
    /// as much left unless said otherwise.
    #[serde(default)]
    pub application_id: Option<ApplicationId>,
    /// `entrusted` where the bank pays the borrower's counterparty, `self` where the borrower does; entrusted where a payee
    /// is named, unless said otherwise.
    #[serde(default)]
    pub payment_mode: Option<PaymentMode>,
    /// Whom the bank pays.
    #[serde(default)]
    pub payee: Option<Payee>,
    /// The code of the bank's product; `standard` unless said otherwise.
    #[serde(default)]
    pub product: Option<String>,
    /// Opening instalments in which only interest is paid; what the product gives unless said otherwise.
    #[serde(default)]
    pub grace: Option<u32>,
}

impl DrawRequest {
    /// Who pays the money out.
    #[must_use]
    pub const fn mode(&self) -> PaymentMode {
        PaymentMode::meant(self.payment_mode, self.payee.is_some())
    }
}

/// A draw that waits for its decision.
#[derive(Debug, Clone)]
pub struct Asked {
    /// Who asks.
    pub caller: Caller,
    /// Under which key.
    pub key: IdempotencyKey,
    /// For what.
    pub request: DrawRequest,
    /// The version of the facility that the caller has seen, where it named one.
    pub seen: IfMatch,
}

/// Room on a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Room {
    /// Principal outstanding.
    pub drawn: Money,
    /// Held for approved applications.
    pub reserved: Money,
    /// Free.
    pub available: Money,
}

/// A draw that was granted and disbursed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Drawdown {
    /// Its id.
    pub id: DrawdownId,
    /// The facility.
    pub facility_id: FacilityId,
    /// The member.
    pub enterprise_id: OrgId,
    /// Principal.
    pub amount: Money,
    /// Months.
    pub tenor_months: u32,
    /// The loan it made.
    pub loan_id: LoanId,
    /// The loan's number.
    pub loan_number: String,
    /// Business date.
    pub drawn_on: NaiveDate,
    /// Day the loan falls due.
    pub matures_on: NaiveDate,
    /// Always `disbursed`.
    pub status: String,
    /// The approved application that it is under; none where it was drawn without one.
    #[serde(default)]
    pub application_id: Option<ApplicationId>,
    /// That application's product.
    #[serde(default)]
    pub application_product: Option<String>,
    /// Who pays the money out.
    #[serde(default)]
    pub payment_mode: PaymentMode,
    /// What of it the funds cover on which the line counts: all, or nothing where one of them does not; none where it counts
    /// on no fund.
    #[serde(default)]
    pub covered: Option<Money>,
    /// The facility after this draw.
    pub facility: Room,
    /// The member's place after this draw.
    pub member: Room,
}

/// The first answer to a draw, which its key gives again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// Granted.
    Drawn(Box<Drawdown>),
    /// Refused by the rules; asked again under the same key it stays refused.
    Refused(Refusal),
    /// No such facility, or not a member of it. Not kept: it may become one.
    NotThere,
    /// The key was used for another request. Not kept.
    KeyReused,
    /// The facility has changed since the caller looked. Not kept.
    Stale {
        /// The version it has now.
        version: i64,
    },
}
