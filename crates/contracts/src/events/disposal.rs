//! What pledge-svc tells of loans that are not repaid.

use chrono::NaiveDate;
use finance::Money;
use serde::{Deserialize, Serialize};

use crate::{CaseId, ClaimId, CompensationId, FacilityId, LoanId, OrgId, PatentId, PledgeId, PolicyId};

/// A disposal case after an act in it: its whole state, every sum, and what the act moved.
///
/// What came in went somewhere: `proceeds + recovered = reimbursed + repaid + own_back + extra + returned + surplus`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DisposalCaseChanged {
    /// The case.
    pub case_id: CaseId,
    /// Its number, for people.
    pub number: String,
    /// The loan.
    pub loan_id: LoanId,
    /// The loan's number.
    pub loan_number: String,
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
    /// Why it was opened: `overdue`, `decision`.
    pub cause: String,
    /// What was done: `opened`, `opening`, `not_opened`, `plan`, `cost`, `proceeds`, `sharing`, `compensation`,
    /// `payment`, `write_off`, `recovery`, `closing`.
    pub act: String,
    /// What the act moved: the costs paid, gross proceeds, the loss determined, compensation received, what a payment
    /// took off the loss, principal written off, the gross recovery; zero for the others.
    pub amount: Money,
    /// `proposed`, `collection`, `disposal`, `sharing`, `written_off`, `closed`.
    pub status: String,
    /// How it ended: `not_opened`, `cured`, `satisfied`, `ended`.
    pub outcome: Option<String>,
    /// The day it was opened.
    pub opened_on: NaiveDate,
    /// The day it ended.
    pub closed_on: Option<NaiveDate>,
    /// What was owed the day it was opened.
    pub claim: Money,
    /// Costs that the bank paid.
    pub costs: Money,
    /// Of them, met by proceeds and recoveries.
    pub reimbursed: Money,
    /// Proceeds of the collateral, gross.
    pub proceeds: Money,
    /// Of the proceeds, what the loan was paid.
    pub repaid: Money,
    /// The loss that was determined.
    pub loss: Money,
    /// Of the loss, what those who share it have paid.
    pub compensated: Money,
    /// Principal taken off the books.
    pub written_off: Money,
    /// Of it, recovered since.
    pub written_back: Money,
    /// Recovered after the loss was determined, gross.
    pub recovered: Money,
    /// Of the recoveries, what the bank got back of its own part of the loss.
    pub own_back: Money,
    /// Of the recoveries, interest beyond the loss.
    pub extra: Money,
    /// Of the recoveries, what those who paid got back.
    pub returned: Money,
    /// What belongs to the pledgor.
    pub surplus: Money,
    /// Of `proceeds`, the patents that this act sold, each with its own price: the prices add up to `amount`. Empty for every
    /// other act, and where it was told before the patents were.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sold: Vec<SoldPatent>,
}

/// A pledged patent that a case sold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SoldPatent {
    /// The patent.
    pub patent_id: PatentId,
    /// The pledge that it lay under.
    pub pledge_id: PledgeId,
    /// What it fetched, gross.
    pub price: Money,
}

/// A bank handed back to an insurer what it recovered of a loss that the insurer had paid, or gave back what had settled no
/// loss. Told once for every claim of the insurer that gets something back; amounts add up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CompensationReturned {
    /// The insurer's claim that was paid.
    pub claim_id: ClaimId,
    /// Its policy.
    pub policy_id: PolicyId,
    /// The insurer.
    pub insurer_id: OrgId,
    /// The bank's claim for compensation that it settled; none where it settled nothing and is given back.
    pub compensation_id: Option<CompensationId>,
    /// That claim's number, for people; the paper of the payment back where there is no claim.
    pub compensation_number: String,
    /// The case; none where there is no claim.
    pub case_id: Option<CaseId>,
    /// The loan.
    pub loan_id: LoanId,
    /// The bank that recovered.
    pub bank_id: OrgId,
    /// Its name.
    pub bank_name: String,
    /// What goes back now.
    pub amount: Money,
}
