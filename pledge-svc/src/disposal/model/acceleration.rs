//! Declaring a loan due before its time (提前到期): the whole principal falls due at once, by the contract and for a reason,
//! with the letter that told the borrower.
//!
//! Source: 民法典 articles 673 (a loan not used as agreed may be called in early) and 563 (a breach that defeats the
//! contract's purpose); beyond them what the loan contract agrees.

use chrono::NaiveDate;
use contracts::DocumentId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Case, CaseStatus, Refusal, proposal::Flaw};

/// Why the loan is called in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[schema(as = AccelerationGround)]
#[serde(rename_all = "snake_case")]
pub enum AccelerationGround {
    /// 逾期: something due was not paid
    Overdue,
    /// 挪用: the money was not used as agreed
    Misuse,
    /// 丧失偿债能力: insolvent, out of business, or its debts at others are called in
    Insolvency,
    /// 担保受损: the collateral was lost, attacked or lowered and nothing put in its place
    Collateral,
    /// 违反约定: another breach of the contract
    Breach,
}

/// The loan is to be declared due.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Acceleration {
    /// Why.
    pub ground: AccelerationGround,
    /// What happened.
    pub reason: String,
    /// The clause of the loan contract that it rests on.
    pub clause: String,
    /// The day on which the letter reached the borrower.
    pub notified_on: NaiveDate,
    /// The letter, as a document of the case.
    pub document_id: DocumentId,
}

impl Acceleration {
    /// Everything that is wrong with it by itself, on a day.
    pub(super) fn flaws(&self, today: NaiveDate, found: &mut Vec<Flaw>) {
        super::proposal::text(found, "reason", &self.reason, 1_000);
        super::proposal::text(found, "clause", &self.clause, 200);
        if self.notified_on > today {
            found.push(Flaw::new(
                "notified_on",
                "通知送达日不得晚于今日：通知送达后贷款方可宣布到期。",
                "The letter must have reached the borrower before the loan is declared due.",
            ));
        }
    }
}

/// What of the loan the rule looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Callable {
    /// Since when the loan is declared due already.
    pub accelerated_on: Option<NaiveDate>,
    /// Days since the oldest due date that was missed.
    pub overdue_days: i64,
    /// Whether any principal has not fallen due yet.
    pub not_due: bool,
}

/// The case whose loan is declared due.
///
/// # Errors
/// Not in collection or disposal, declared due before, nothing left to fall due, or nothing overdue where that is the
/// reason given.
pub fn accelerated(case: &Case, loan: Callable, asked: &Acceleration) -> Result<Case, Refusal> {
    case.require(&[CaseStatus::Collection, CaseStatus::Disposal])?;
    if let Some(on) = loan.accelerated_on {
        return Err(Refusal::DeclaredDue { on });
    }
    if asked.ground == AccelerationGround::Overdue && loan.overdue_days == 0 {
        return Err(Refusal::NotOverdue);
    }
    if !loan.not_due {
        return Err(Refusal::AllDue);
    }
    Ok(case.with_money(case.money))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::disposal::model::samples::{case, day};

    fn asked(ground: AccelerationGround) -> Acceleration {
        Acceleration {
            ground,
            reason: "挪用贷款资金".into(),
            clause: "第十二条".into(),
            notified_on: day("2026-06-01"),
            document_id: DocumentId::from_uuid(uuid::Uuid::from_u128(1)),
        }
    }

    #[test]
    fn a_loan_is_declared_due_once_and_while_something_is_not_due() {
        let open = Callable { accelerated_on: None, overdue_days: 0, not_due: true };
        let misuse = asked(AccelerationGround::Misuse);
        let after = accelerated(&case(), open, &misuse).unwrap();
        assert_eq!((after.status, after.version), (CaseStatus::Collection, case().version + 1));
        let late = asked(AccelerationGround::Overdue);
        assert_eq!(accelerated(&case(), open, &late), Err(Refusal::NotOverdue));
        assert!(accelerated(&case(), Callable { overdue_days: 1, ..open }, &late).is_ok());
        let before = Callable { accelerated_on: Some(day("2026-05-01")), ..open };
        let on = day("2026-05-01");
        assert_eq!(accelerated(&case(), before, &misuse), Err(Refusal::DeclaredDue { on }));
        let matured = Callable { not_due: false, ..open };
        assert_eq!(accelerated(&case(), matured, &misuse), Err(Refusal::AllDue));
        let sharing = case().in_status(CaseStatus::Sharing);
        assert!(accelerated(&sharing, open, &misuse).is_err());
    }

    #[test]
    fn the_letter_reaches_the_borrower_first() {
        let early = Acceleration {
            notified_on: day("2026-06-02"),
            clause: " ".into(),
            ..asked(AccelerationGround::Breach)
        };
        let mut found = Vec::new();
        early.flaws(day("2026-06-01"), &mut found);
        let fields: Vec<_> = found.iter().map(|flaw| flaw.field.as_str()).collect();
        assert_eq!(fields, ["clause", "notified_on"]);
    }
}
