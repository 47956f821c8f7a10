//! What pledge-svc tells.

use chrono::NaiveDate;
use finance::{Money, Rate};
use serde::{Deserialize, Serialize};

use crate::{ApplicationId, DrawdownId, FacilityId, LoanId, OrgId, PatentId, PledgeId, RepaymentId};

/// A bank's part of a syndicated amount.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct SyndicateShare {
    /// The bank.
    pub bank_id: OrgId,
    /// Its name.
    pub bank_name: String,
    /// Its share as a fraction of the whole.
    pub share: Rate,
    /// Its part of this amount (zero where only the share is meant).
    pub amount: Money,
}

/// A member's place in a facility.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FacilityMember {
    /// The enterprise.
    pub enterprise_id: OrgId,
    /// Its name.
    pub enterprise_name: String,
    /// The most it may have drawn at once.
    pub sub_limit: Money,
    /// Drawn now.
    pub drawn: Money,
    /// Reserved by approvals not yet drawn.
    pub reserved: Money,
}

/// The state of a facility after a change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FacilityChanged {
    /// The facility.
    pub facility_id: FacilityId,
    /// Its number, for people.
    pub number: String,
    /// Its name.
    pub name: String,
    /// The (lead) bank.
    pub bank_id: OrgId,
    /// The bank's name.
    pub bank_name: String,
    /// The cluster's name.
    pub cluster: String,
    /// The industry's code.
    pub industry: String,
    /// The limit.
    pub limit: Money,
    /// Drawn now.
    pub drawn: Money,
    /// Reserved now.
    pub reserved: Money,
    /// `proposed`, `approved`, `active`, `suspended`, `expired`, `closed`, `refused`.
    pub status: String,
    /// First day of the availability window.
    pub available_from: NaiveDate,
    /// Last day of the availability window.
    pub available_until: NaiveDate,
    /// The syndicate.
    pub shares: Vec<SyndicateShare>,
    /// The members: all of them, or those that changed where it is `partial`.
    pub members: Vec<FacilityMember>,
    /// Whether members that are not listed stay as they were, rather than having left.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub partial: bool,
    /// Members that have left the list, told where it is `partial`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub left: Vec<OrgId>,
}

/// An application was submitted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApplicationSubmitted {
    /// The application.
    pub application_id: ApplicationId,
    /// The bank asked.
    pub bank_id: OrgId,
    /// Its name.
    pub bank_name: String,
    /// The enterprise that asks.
    pub enterprise_id: OrgId,
    /// Its name.
    pub enterprise_name: String,
    /// The facility, where it is under one.
    pub facility_id: Option<FacilityId>,
    /// The amount asked.
    pub amount: Money,
    /// Patents offered.
    pub patents: Vec<PatentId>,
}

/// An application was decided.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApplicationDecided {
    /// The application.
    pub application_id: ApplicationId,
    /// The bank.
    pub bank_id: OrgId,
    /// The enterprise.
    pub enterprise_id: OrgId,
    /// `approved`, `refused`, `withdrawn`; `lapsed` for an approval that was not used in its term.
    pub outcome: String,
    /// The amount approved; zero otherwise.
    pub approved_amount: Money,
    /// Calendar days from submission to decision.
    pub days: i64,
}

/// An enterprise appealed against the refusal of its application, which it may do once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApplicationAppealed {
    /// The application.
    pub application_id: ApplicationId,
    /// Its number, for people.
    pub number: String,
    /// The bank that refused.
    pub bank_id: OrgId,
    /// Its name.
    pub bank_name: String,
    /// The enterprise.
    pub enterprise_id: OrgId,
    /// Its name.
    pub enterprise_name: String,
    /// The amount asked.
    pub amount: Money,
    /// The day it was refused.
    pub refused_on: NaiveDate,
    /// The last day by which the bank has promised to decide the appeal.
    pub due_on: Option<NaiveDate>,
}

/// The bank decided an appeal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AppealDecided {
    /// The application.
    pub application_id: ApplicationId,
    /// The bank.
    pub bank_id: OrgId,
    /// The enterprise.
    pub enterprise_id: OrgId,
    /// `upheld`: the refusal stands; `reopened`: the application is assessed anew.
    pub outcome: String,
    /// Calendar days from the appeal to its decision.
    pub days: i64,
}

/// The state of a pledge after a change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PledgeChanged {
    /// The pledge.
    pub pledge_id: PledgeId,
    /// The pledgee.
    pub bank_id: OrgId,
    /// The pledgee's name.
    pub bank_name: String,
    /// The pledgor.
    pub enterprise_id: OrgId,
    /// The pledgor's name.
    pub enterprise_name: String,
    /// The application it secures.
    pub application_id: ApplicationId,
    /// `submitted`, `registered`, `refused`, `cancelled`.
    pub status: String,
    /// The number in the register, once registered.
    pub registration_number: Option<String>,
    /// The secured claim.
    pub secured_amount: Money,
    /// The accepted value of the patents together.
    pub collateral_value: Money,
    /// The patents.
    pub patents: Vec<PatentId>,
    /// The facility whose loans it secures; absent where it was told before the facility was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub facility_id: Option<FacilityId>,
}

/// A loan was drawn under a facility.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LoanDrawn {
    /// The loan.
    pub loan_id: LoanId,
    /// Its number, for people.
    pub number: String,
    /// The draw that made it.
    pub drawdown_id: DrawdownId,
    /// The facility.
    pub facility_id: FacilityId,
    /// The (lead) bank.
    pub bank_id: OrgId,
    /// Its name.
    pub bank_name: String,
    /// The borrower.
    pub enterprise_id: OrgId,
    /// Its name.
    pub enterprise_name: String,
    /// The industry's code.
    pub industry: String,
    /// Principal.
    pub amount: Money,
    /// Contract rate a year.
    pub annual_rate: Rate,
    /// Day it was drawn.
    pub drawn_on: NaiveDate,
    /// Day the last instalment is due.
    pub matures_on: NaiveDate,
    /// The oldest due date that is not yet met after this; `None` when nothing is owed.
    #[serde(default)]
    pub next_due_on: Option<NaiveDate>,
    /// The product of the application under whose approval it was drawn; none where it was drawn without one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub application_product: Option<String>,
    /// `entrusted` where the bank paid the borrower's counterparty; `None` where the borrower pays itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payment_mode: Option<String>,
    /// Each bank's part.
    pub shares: Vec<SyndicateShare>,
    /// What of the principal the risk-compensation funds behind the line cover, as agreed on the day; none where the line counts
    /// on no fund, and in events of before this was told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub covered: Option<Money>,
    /// The facility's version after this: the order among all that moves its totals.
    pub facility_version: i64,
    /// Drawn on the facility after this.
    pub facility_drawn: Money,
    /// Reserved on the facility after this.
    pub facility_reserved: Money,
    /// The member's drawn after this.
    pub member_drawn: Money,
    /// The member's reserved after this.
    pub member_reserved: Money,
}

/// A further tranche of a running loan was drawn. What the loan is otherwise, its first draw has said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LoanTrancheDrawn {
    /// The loan.
    pub loan_id: LoanId,
    /// The draw.
    pub drawdown_id: DrawdownId,
    /// The facility.
    pub facility_id: FacilityId,
    /// The (lead) bank.
    pub bank_id: OrgId,
    /// The borrower.
    pub enterprise_id: OrgId,
    /// Principal of the tranche.
    pub amount: Money,
    /// Principal owed on the loan after it.
    pub outstanding: Money,
    /// Day it was drawn.
    pub drawn_on: NaiveDate,
    /// Day the last instalment is due.
    pub matures_on: NaiveDate,
    /// The oldest due date that is not yet met after this.
    pub next_due_on: Option<NaiveDate>,
    /// Each bank's part of the tranche.
    pub shares: Vec<SyndicateShare>,
    /// What of the principal the risk-compensation funds behind the line cover, as agreed on the day; none where the line counts
    /// on no fund, and in events of before this was told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub covered: Option<Money>,
    /// The facility's version after this: the order among all that moves its totals.
    pub facility_version: i64,
    /// Drawn on the facility after this.
    pub facility_drawn: Money,
    /// Reserved on the facility after this.
    pub facility_reserved: Money,
    /// The member's drawn after this.
    pub member_drawn: Money,
    /// The member's reserved after this.
    pub member_reserved: Money,
}

/// A loan's state after something other than a draw or a payment: the close of a day, a restructuring, a
/// write-off, a judgement of its risk.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LoanStateChanged {
    /// The loan.
    pub loan_id: LoanId,
    /// The facility.
    pub facility_id: FacilityId,
    /// The (lead) bank.
    pub bank_id: OrgId,
    /// The borrower.
    pub enterprise_id: OrgId,
    /// What changed it: `close`, `extension`, `restructuring`, `rollover`, `repricing`, `write_off`, `judgement`,
    /// `disposal`; `calendar` where due dates moved because a year's holidays were recorded.
    pub cause: String,
    /// Principal still owed.
    pub outstanding: Money,
    /// `active`, `repaid` or `written_off`.
    pub status: String,
    /// Contract rate a year.
    pub annual_rate: Rate,
    /// Day the last instalment is due.
    pub matures_on: NaiveDate,
    /// The oldest due date that is not yet met; `None` when nothing is owed.
    pub next_due_on: Option<NaiveDate>,
    /// Days since the oldest missed due date; 0 where none is.
    pub overdue_days: i64,
    /// `normal`, `special_mention`, `substandard`, `doubtful`, `loss`.
    pub tier: String,
    /// 1, 2 or 3 (IFRS 9, CAS 22).
    pub stage: u8,
    /// What is provided for it.
    pub provision: Money,
    /// The facility's version after this, where its totals moved; 0 where they did not.
    pub facility_version: i64,
    /// Drawn on the facility after this.
    pub facility_drawn: Money,
    /// Reserved on the facility after this.
    pub facility_reserved: Money,
    /// The member's drawn after this.
    pub member_drawn: Money,
    /// The member's reserved after this.
    pub member_reserved: Money,
}

/// A payment was received on a loan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LoanRepaid {
    /// The loan.
    pub loan_id: LoanId,
    /// The facility.
    pub facility_id: FacilityId,
    /// The bank.
    pub bank_id: OrgId,
    /// The borrower.
    pub enterprise_id: OrgId,
    /// Principal paid.
    pub principal: Money,
    /// Interest paid.
    pub interest: Money,
    /// Principal still owed.
    pub outstanding: Money,
    /// `active` or `repaid`.
    pub status: String,
    /// The oldest due date that is not yet met after this; `None` when nothing is owed.
    #[serde(default)]
    pub next_due_on: Option<NaiveDate>,
    /// The facility's version after this: the order among all that moves its totals.
    pub facility_version: i64,
    /// Drawn on the facility after this.
    pub facility_drawn: Money,
    /// Reserved on the facility after this.
    pub facility_reserved: Money,
    /// The member's drawn after this.
    pub member_drawn: Money,
    /// The member's reserved after this.
    pub member_reserved: Money,
}

/// A payment on a loan that was booked by mistake was undone: the loan is as if it had not been made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LoanRepaymentReversed {
    /// The loan.
    pub loan_id: LoanId,
    /// The payment.
    pub repayment_id: RepaymentId,
    /// The facility.
    pub facility_id: FacilityId,
    /// The bank.
    pub bank_id: OrgId,
    /// The borrower.
    pub enterprise_id: OrgId,
    /// The day on which it had been booked.
    pub paid_on: NaiveDate,
    /// Principal that it had paid and that is owed again.
    pub principal: Money,
    /// Interest that it had paid.
    pub interest: Money,
    /// Principal owed.
    pub outstanding: Money,
    /// `active`: a loan that the payment had settled is not any more.
    pub status: String,
    /// Day the last instalment is due.
    pub matures_on: NaiveDate,
    /// The oldest due date that is not met.
    pub next_due_on: Option<NaiveDate>,
    /// The facility's version after this: the order among all that moves its totals.
    pub facility_version: i64,
    /// Drawn on the facility after this.
    pub facility_drawn: Money,
    /// Reserved on the facility after this.
    pub facility_reserved: Money,
    /// The member's drawn after this.
    pub member_drawn: Money,
    /// The member's reserved after this.
    pub member_reserved: Money,
}
