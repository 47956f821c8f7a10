//! When a case may be closed.

use chrono::NaiveDate;
use finance::Money;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Case, CaseOutcome, CaseStatus, Claim, Refusal, claim::all_decided, proposal::Flaw};

/// The case is to be closed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Closing {
    /// How it ends.
    pub outcome: CaseOutcome,
    /// Why.
    pub reason: String,
}

impl Closing {
    /// Everything that is wrong with it by itself.
    pub(super) fn flaws(&self, found: &mut Vec<Flaw>) {
        super::proposal::text(found, "reason", &self.reason, 1_000);
        if self.outcome == CaseOutcome::NotOpened {
            found.push(Flaw::new(
                "outcome",
                "结案结果须为恢复正常、全额清偿或债权终结。",
                "The outcome must be cured, satisfied or ended.",
            ));
        }
    }
}

/// The loan as the closing of its case looks at it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LoanToday {
    /// Everything owed on the books.
    pub owed: Money,
    /// Days since the oldest due date that was missed.
    pub overdue_days: i64,
}

/// The case at its end.
///
/// # Errors
/// Claims wait, or what the outcome says is not so.
pub fn closed(
    case: &Case,
    claims: &[Claim],
    loan: LoanToday,
    closing: &Closing,
    on: NaiveDate,
) -> Result<Case, Refusal> {
    use CaseStatus::{Collection, Disposal, Sharing, WrittenOff};
    all_decided(claims)?;
    match closing.outcome {
        CaseOutcome::NotOpened => return Err(Refusal::NotInStatus { status: case.status }),
        CaseOutcome::Cured => {
            case.require(&[Collection, Disposal])?;
            if loan.overdue_days > 0 {
                return Err(Refusal::StillOverdue { days: loan.overdue_days });
            }
        }
        CaseOutcome::Satisfied => {
            case.require(&[Collection, Disposal, Sharing])?;
            // Those who shared the loss must have theirs back as well.
            let others = case.money.compensated.saturating_sub(case.money.returned);
            let owed = loan.owed.checked_add(others)?;
            if owed.is_positive() {
                return Err(Refusal::StillOwed { owed });
            }
        }
        CaseOutcome::Ended => {
            case.require(&[WrittenOff, Sharing])?;
            // What is still on the books is written off before its claim may end.
            if loan.owed.is_positive() {
                return Err(Refusal::StillOwed { owed: loan.owed });
            }
        }
    }
    Ok(Case { outcome: Some(closing.outcome), closed_on: Some(on), ..case.in_status(CaseStatus::Closed) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        disposal::model::{
            CaseMoney,
            samples::{case, claim, day, yuan},
        },
        fund::Bearer,
    };

    fn end(
        case: &Case,
        claims: &[Claim],
        owed: i64,
        overdue_days: i64,
        outcome: CaseOutcome,
    ) -> Result<Case, Refusal> {
        let closing = Closing { outcome, reason: "结案".into() };
        closed(case, claims, LoanToday { owed: yuan(owed), overdue_days }, &closing, day("2026-06-01"))
    }

    #[test]
    fn a_case_is_cured_only_when_nothing_is_late() {
        assert_eq!(end(&case(), &[], 100, 3, CaseOutcome::Cured), Err(Refusal::StillOverdue { days: 3 }));
        let cured = end(&case(), &[], 100, 0, CaseOutcome::Cured).unwrap();
        assert_eq!((cured.status, cured.closed_on), (CaseStatus::Closed, Some(day("2026-06-01"))));
        let sharing = case().in_status(CaseStatus::Sharing);
        assert!(end(&sharing, &[], 100, 0, CaseOutcome::Cured).is_err());
    }

    #[test]
    fn a_case_is_satisfied_only_when_nothing_is_owed_to_bank_and_sharers() {
        let sharing = case().in_status(CaseStatus::Sharing);
        let still = |amount| Err(Refusal::StillOwed { owed: yuan(amount) });
        assert_eq!(end(&sharing, &[], 1, 0, CaseOutcome::Satisfied), still(1));
        assert!(end(&sharing, &[], 0, 0, CaseOutcome::Satisfied).is_ok());
        let money =
            CaseMoney { loss: yuan(9), compensated: yuan(5), returned: yuan(2), ..CaseMoney::default() };
        let owing = Case { money, ..sharing };
        assert_eq!(end(&owing, &[], 0, 0, CaseOutcome::Satisfied), still(3));
        assert!(end(&owing, &[], 0, 0, CaseOutcome::Ended).is_ok());
    }

    #[test]
    fn a_claim_ends_only_off_the_books_and_after_every_decision() {
        let sharing = case().in_status(CaseStatus::Sharing);
        assert_eq!(end(&sharing, &[], 1, 0, CaseOutcome::Ended), Err(Refusal::StillOwed { owed: yuan(1) }));
        assert!(end(&case(), &[], 0, 0, CaseOutcome::Ended).is_err());
        let off = case().in_status(CaseStatus::WrittenOff);
        assert!(end(&off, &[], 0, 0, CaseOutcome::Ended).is_ok());
        let waiting = [claim(1, Bearer::Fund, 1)];
        assert_eq!(end(&off, &waiting, 0, 0, CaseOutcome::Ended), Err(Refusal::ClaimsOpen { open: 1 }));
    }
}
