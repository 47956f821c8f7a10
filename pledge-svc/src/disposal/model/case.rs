//! A case: a loan that is not repaid, from the first letter to the end of the claim, with every yuan that passed through
//! it.

use chrono::NaiveDate;
use contracts::{CaseId, FacilityId, LoanId, OrgId};
use finance::{ByClaim, Money, MoneyError};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Plan, Refusal};

/// Why a case was opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Cause {
    /// 逾期: a due date was missed
    Overdue,
    /// 决定: by decision, for instance misuse of funds or insolvency, before anything is late
    Decision,
}

impl Cause {
    /// The name in JSON and in the database.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Overdue => "overdue",
            Self::Decision => "decision",
        }
    }

    /// The cause of this name.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Overdue, Self::Decision].into_iter().find(|cause| cause.name() == text)
    }
}

/// Where a case is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CaseStatus {
    /// 待批准立案: opened by decision, not approved yet
    Proposed,
    /// 催收
    Collection,
    /// 处置: a plan for the collateral is approved
    Disposal,
    /// 损失分担: the loss is determined and claimed on those who share it
    Sharing,
    /// 已核销: off the books, the claim kept
    WrittenOff,
    /// 结案
    Closed,
}

impl CaseStatus {
    /// Every state.
    pub const ALL: [Self; 6] =
        [Self::Proposed, Self::Collection, Self::Disposal, Self::Sharing, Self::WrittenOff, Self::Closed];

    /// The name in JSON and in the database.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Proposed => "proposed",
            Self::Collection => "collection",
            Self::Disposal => "disposal",
            Self::Sharing => "sharing",
            Self::WrittenOff => "written_off",
            Self::Closed => "closed",
        }
    }

    /// The official Chinese word.
    #[must_use]
    pub const fn name_zh(self) -> &'static str {
        match self {
            Self::Proposed => "待批准立案",
            Self::Collection => "催收",
            Self::Disposal => "处置",
            Self::Sharing => "损失分担",
            Self::WrittenOff => "已核销",
            Self::Closed => "结案",
        }
    }

    /// The state of this name.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.name() == text)
    }
}

/// How a case ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CaseOutcome {
    /// 未批准立案
    NotOpened,
    /// 恢复正常: the arrears are paid and the loan goes on
    Cured,
    /// 全额清偿
    Satisfied,
    /// 债权终结: the claim has ended in law, or everything was recovered that can be
    Ended,
}

impl CaseOutcome {
    /// Every outcome.
    pub const ALL: [Self; 4] = [Self::NotOpened, Self::Cured, Self::Satisfied, Self::Ended];

    /// The name in JSON and in the database.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::NotOpened => "not_opened",
            Self::Cured => "cured",
            Self::Satisfied => "satisfied",
            Self::Ended => "ended",
        }
    }

    /// The outcome of this name.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|outcome| outcome.name() == text)
    }
}

/// Every sum of a case. What came in went somewhere:
/// `proceeds + recovered = reimbursed + repaid + own_back + extra + returned + surplus`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
pub struct CaseMoney {
    /// Costs that the bank paid: court, appraiser, auction, counsel.
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
    /// Everything that left the books when the loan was written off: principal, interest, fees. Nothing where it never was.
    #[serde(default)]
    pub taken_off: Money,
    /// Of it, principal.
    pub written_off: Money,
    /// Of the principal, recovered since.
    pub written_back: Money,
    /// What was claimed beyond the bank's part of the loss when the loan was taken off the books: interest and fees.
    pub claim_kept: Money,
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
    /// Of the interest written off, what had been income and taxed before, less what came back of it: it is taxed once.
    pub taxed: Money,
}

impl CaseMoney {
    /// Costs not yet met.
    #[must_use]
    pub fn unmet_costs(&self) -> Money {
        self.costs.saturating_sub(self.reimbursed)
    }

    /// The bank's own part of the loss.
    #[must_use]
    pub fn own_loss(&self) -> Money {
        self.loss.saturating_sub(self.compensated)
    }

    /// What of the claim beyond the loss was not recovered since the loan was taken off the books.
    #[must_use]
    pub fn claim_left(&self) -> Money {
        self.claim_kept.saturating_sub(self.extra)
    }

    /// What the bank claims for itself on a loan off the books: its own part of the loss, and interest and fees beyond it,
    /// less what came back.
    ///
    /// # Errors
    /// [`MoneyError::Overflow`]
    pub fn claimed(&self) -> Result<Money, MoneyError> {
        self.own_loss().saturating_sub(self.own_back).checked_add(self.claim_left())
    }

    /// What came in and what went out, which are equal or something is very wrong.
    ///
    /// # Errors
    /// [`MoneyError::Overflow`]
    pub fn sides(&self) -> Result<(Money, Money), MoneyError> {
        let came_in = self.proceeds.checked_add(self.recovered)?;
        let went_out = Money::total([
            self.reimbursed,
            self.repaid,
            self.own_back,
            self.extra,
            self.returned,
            self.surplus,
        ])?;
        Ok((came_in, went_out))
    }
}

/// A case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Case {
    /// Its id.
    pub id: CaseId,
    /// Its number, for people.
    pub number: String,
    /// The loan.
    pub loan_id: LoanId,
    /// The loan's number.
    pub loan_number: String,
    /// The facility.
    pub facility_id: FacilityId,
    /// Its name.
    pub facility_name: String,
    /// The (lead) bank.
    pub bank_id: OrgId,
    /// Its name.
    pub bank_name: String,
    /// The borrower.
    pub enterprise_id: OrgId,
    /// Its name.
    pub enterprise_name: String,
    /// Why it was opened.
    pub cause: Cause,
    /// The reason in words.
    pub reason: Option<String>,
    /// Where it is.
    pub status: CaseStatus,
    /// The day it was opened.
    pub opened_on: NaiveDate,
    /// Who opened it.
    pub opened_by: String,
    /// What was owed that day.
    pub claim: ByClaim,
    /// The plan in force.
    pub plan: Option<Plan>,
    /// Every sum.
    pub money: CaseMoney,
    /// How it ended.
    pub outcome: Option<CaseOutcome>,
    /// The day it ended.
    pub closed_on: Option<NaiveDate>,
    /// Counts its changes, from 1.
    pub version: i64,
}

impl Case {
    /// The case where it is in one of these states.
    ///
    /// # Errors
    /// [`Refusal::NotInStatus`]
    pub fn require(&self, states: &[CaseStatus]) -> Result<(), Refusal> {
        if states.contains(&self.status) { Ok(()) } else { Err(Refusal::NotInStatus { status: self.status }) }
    }

    /// The case with other sums.
    #[must_use]
    pub fn with_money(&self, money: CaseMoney) -> Self {
        Self { money, version: self.version + 1, ..self.clone() }
    }

    /// The case in another state.
    #[must_use]
    pub fn in_status(&self, status: CaseStatus) -> Self {
        Self { status, version: self.version + 1, ..self.clone() }
    }

    /// The case after the decision to open it: collection begins, or it is not opened.
    ///
    /// # Errors
    /// Not waiting for that decision.
    pub fn opening_decided(&self, approved: bool, on: NaiveDate) -> Result<Self, Refusal> {
        self.require(&[CaseStatus::Proposed])?;
        if approved {
            return Ok(self.in_status(CaseStatus::Collection));
        }
        Ok(Self {
            outcome: Some(CaseOutcome::NotOpened),
            closed_on: Some(on),
            ..self.in_status(CaseStatus::Closed)
        })
    }

    /// The case after costs were paid.
    ///
    /// # Errors
    /// Not open, or a sum beyond the range.
    pub fn cost_paid(&self, amount: Money) -> Result<Self, Refusal> {
        self.require(&[
            CaseStatus::Collection,
            CaseStatus::Disposal,
            CaseStatus::Sharing,
            CaseStatus::WrittenOff,
        ])?;
        let costs = self.money.costs.checked_add(amount)?;
        Ok(self.with_money(CaseMoney { costs, ..self.money }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::disposal::model::samples::{case, day, yuan};

    #[test]
    fn a_case_opened_by_decision_waits_for_another_person() {
        let proposed = Case { status: CaseStatus::Proposed, cause: Cause::Decision, ..case() };
        assert_eq!(proposed.cost_paid(yuan(1)), Err(Refusal::NotInStatus { status: CaseStatus::Proposed }));
        let on = day("2026-06-01");
        assert_eq!(proposed.opening_decided(true, on).unwrap().status, CaseStatus::Collection);
        let closed = proposed.opening_decided(false, on).unwrap();
        assert_eq!((closed.status, closed.outcome), (CaseStatus::Closed, Some(CaseOutcome::NotOpened)));
        assert!(closed.opening_decided(true, on).is_err());
    }

    #[test]
    fn costs_are_paid_as_long_as_the_case_is_open() {
        let paid = case().cost_paid(yuan(300)).unwrap();
        assert_eq!((paid.money.unmet_costs(), paid.version), (yuan(300), 2));
        let closed = paid.in_status(CaseStatus::Closed);
        assert!(closed.cost_paid(yuan(1)).is_err());
    }

    #[test]
    fn every_name_reads_back() {
        for status in CaseStatus::ALL {
            assert_eq!(CaseStatus::parse(status.name()), Some(status));
        }
        for outcome in CaseOutcome::ALL {
            assert_eq!(CaseOutcome::parse(outcome.name()), Some(outcome));
        }
        assert_eq!(Cause::parse("overdue"), Some(Cause::Overdue));
    }
}
