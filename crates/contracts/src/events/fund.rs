//! What pledge-svc tells of risk-compensation funds.

use chrono::NaiveDate;
use finance::{Money, Rate};
use serde::{Deserialize, Serialize};

use crate::{CompensationId, FacilityId, FundAgreementId, FundId, MovementId, OrgId};

/// A fund's account after a change: its whole state, with the movement of money where one changed it.
///
/// `capital + recovered − paid` is what it holds; never more than that is promised.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FundChanged {
    /// The fund; its organisation's id.
    pub fund_id: FundId,
    /// Its name.
    pub name: String,
    /// Who set it up.
    pub sponsor: String,
    /// The day it was opened.
    pub opened_on: NaiveDate,
    /// Paid in, replenishment included.
    pub capital: Money,
    /// Compensation paid to banks.
    pub paid: Money,
    /// Recoveries that banks handed back.
    pub recovered: Money,
    /// What of the balance is promised to banks.
    pub committed: Money,
    /// What moved.
    pub movement: Option<FundMovement>,
}

/// A movement of a fund's money.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FundMovement {
    /// The line of the fund's statement.
    pub entry_id: MovementId,
    /// `capital`, `replenishment`, `compensation`, `recovery`.
    pub kind: String,
    /// How much.
    pub amount: Money,
    /// What the fund held after it.
    pub balance: Money,
    /// The agreement, for compensation and recoveries.
    pub agreement_id: Option<FundAgreementId>,
    /// The bank, for the same.
    pub bank_id: Option<OrgId>,
    /// The bank's claim, for the same.
    pub claim_id: Option<CompensationId>,
    /// Who paid or was paid.
    pub party: String,
    /// The paper behind it.
    pub reference: String,
}

/// A fund's agreement with a bank after an act: its whole state. What is left of its commitment is
/// `commitment − paid + returned`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FundAgreementChanged {
    /// The agreement.
    pub agreement_id: FundAgreementId,
    /// Its number, for people.
    pub number: String,
    /// The fund.
    pub fund_id: FundId,
    /// Its name.
    pub fund_name: String,
    /// The (lead) bank.
    pub bank_id: OrgId,
    /// Its name.
    pub bank_name: String,
    /// The one facility covered; none where all of the bank's are that name the fund.
    pub facility_id: Option<FacilityId>,
    /// Its name.
    pub facility_name: Option<String>,
    /// What was done: `made`, `amended`, `ended`, `claimed`, `lowered`, `decided`, `recovered`, `stopped`,
    /// `released`.
    pub act: String,
    /// How much of the fund's capital stands for the bank.
    pub commitment: Money,
    /// The covered balance is at most so many times what is left of the commitment.
    pub leverage_max: Rate,
    /// The largest part of a loss that the fund bears.
    pub share_max: Rate,
    /// The circuit breaker's threshold.
    pub threshold: Rate,
    /// First day on which new loans are covered.
    pub starts_on: NaiveDate,
    /// Last day on which new loans are covered.
    pub ends_on: NaiveDate,
    /// `active`, `stopped`, `ended`.
    pub status: String,
    /// Why the circuit breaker stopped it: `compensated`, `non_performing`.
    pub stop_cause: Option<String>,
    /// The ratio that did.
    pub stop_ratio: Option<Rate>,
    /// The day it was stopped or ended.
    pub stopped_on: Option<NaiveDate>,
    /// Compensation paid.
    pub paid: Money,
    /// Recoveries handed back.
    pub returned: Money,
    /// Claimed and not decided.
    pub pending: Money,
}
