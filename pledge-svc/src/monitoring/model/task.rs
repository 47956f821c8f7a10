//! A task of the care of a loan, and the steps that it takes. The use of a draw is proved by papers, which somebody else of
//! the bank accepts or rejects; a check is made and written down, and the next one is due some months later.

use chrono::{DateTime, Months, NaiveDate, Utc};
use contracts::{DocumentId, FacilityId, LoanId, LoanTaskId, OrgId, UserId};
use finance::Money;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::kinds::{Outcome, TaskKind, TaskStatus};

/// A task.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = LoanTask)]
pub struct Task {
    /// Its id.
    pub id: LoanTaskId,
    /// What is to be done.
    pub kind: TaskKind,
    /// The loan.
    pub loan_id: LoanId,
    /// Its number.
    pub loan_number: String,
    /// The line.
    pub facility_id: FacilityId,
    /// The lead bank.
    pub bank_id: OrgId,
    /// The borrower.
    pub enterprise_id: OrgId,
    /// Its name.
    pub enterprise_name: String,
    /// For the use of funds: the draw, the loan's own or a tranche's.
    pub draw_id: Option<Uuid>,
    /// For the use of funds: how much was drawn; for a check: nothing.
    pub amount: Option<Money>,
    /// What the money was for, in the borrower's words.
    pub purpose: Option<String>,
    /// The day of the draw, or of the check before.
    pub since: NaiveDate,
    /// The last day for it.
    pub due_on: NaiveDate,
    /// How far it is.
    pub status: TaskStatus,
    /// The papers that were brought.
    pub documents: Vec<DocumentId>,
    /// What was said with them, or found at the check.
    pub note: Option<String>,
    /// For a check: what it came to.
    pub outcome: Option<Outcome>,
    /// Who brought the papers or made the check.
    pub done_by: Option<String>,
    /// The person.
    pub done_by_id: Option<UserId>,
    /// On which day.
    pub done_on: Option<NaiveDate>,
    /// Who accepted or rejected the papers.
    pub decided_by: Option<String>,
    /// Why they were rejected, or a remark.
    pub decision_note: Option<String>,
    /// When it was written.
    pub created_at: DateTime<Utc>,
    /// Counts its changes, from 1.
    pub version: i64,
}

/// Who takes a step, and when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hand {
    /// The person.
    pub user: UserId,
    /// The person's name.
    pub name: String,
    /// The business date.
    pub on: NaiveDate,
}

/// A refused step.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The step does not follow from where the task is.
    #[error("not possible for a task that is {}", status.name())]
    NotInStatus {
        /// Where it is.
        status: TaskStatus,
    },
    /// The step is for the other kind of task.
    #[error("no step of a task of this kind")]
    OtherKind,
    /// Nothing proves it.
    #[error("no papers are named")]
    NoPapers,
    /// Who brought the papers does not decide on them.
    #[error("the same person may not decide")]
    FourEyes,
    /// The bank paid the draw out itself, against papers.
    #[error("the bank paid it out itself")]
    Entrusted,
    /// The loan is not running.
    #[error("the loan is not active")]
    LoanNotActive,
    /// The check lies in the future or before the loan.
    #[error("a check is made from {from} to {until}")]
    BadDay {
        /// The first day possible.
        from: NaiveDate,
        /// The last.
        until: NaiveDate,
    },
}

/// A day some months after another; the last day there is where the calendar ends.
#[must_use]
pub fn months_after(day: NaiveDate, months: u32) -> NaiveDate {
    day.checked_add_months(Months::new(months)).unwrap_or(NaiveDate::MAX)
}

impl Task {
    /// Whether its day is over and somebody still has to do it.
    #[must_use]
    pub fn is_overdue(&self, on: NaiveDate) -> bool {
        self.status.waits() && self.due_on < on
    }

    fn of(&self, kind: TaskKind) -> Result<(), Refusal> {
        if self.kind == kind { Ok(()) } else { Err(Refusal::OtherKind) }
    }

    /// The task with papers brought.
    ///
    /// # Errors
    /// [`Refusal`]
    pub fn supplied(
        self,
        documents: Vec<DocumentId>,
        note: Option<String>,
        by: &Hand,
    ) -> Result<Self, Refusal> {
        self.of(TaskKind::UseOfFunds)?;
        if !matches!(self.status, TaskStatus::Open | TaskStatus::Rejected | TaskStatus::Supplied) {
            return Err(Refusal::NotInStatus { status: self.status });
        }
        if documents.is_empty() {
            return Err(Refusal::NoPapers);
        }
        Ok(Self {
            status: TaskStatus::Supplied,
            documents,
            note,
            done_by: Some(by.name.clone()),
            done_by_id: Some(by.user),
            done_on: Some(by.on),
            decided_by: None,
            decision_note: None,
            version: self.version + 1,
            ..self
        })
    }

    /// The task with its papers accepted, or rejected for a reason.
    ///
    /// # Errors
    /// [`Refusal`]
    pub fn decided(self, accepted: bool, note: Option<String>, by: &Hand) -> Result<Self, Refusal> {
        self.of(TaskKind::UseOfFunds)?;
        if self.status != TaskStatus::Supplied {
            return Err(Refusal::NotInStatus { status: self.status });
        }
        if self.done_by_id == Some(by.user) {
            return Err(Refusal::FourEyes);
        }
        Ok(Self {
            status: if accepted { TaskStatus::Accepted } else { TaskStatus::Rejected },
            decided_by: Some(by.name.clone()),
            decision_note: note,
            version: self.version + 1,
            ..self
        })
    }

    /// The task of a check that was made on a day.
    ///
    /// # Errors
    /// [`Refusal`]
    pub fn checked(
        self,
        (outcome, findings): (Outcome, String),
        documents: Vec<DocumentId>,
        checked_on: NaiveDate,
        by: &Hand,
    ) -> Result<Self, Refusal> {
        self.of(TaskKind::Check)?;
        if self.status != TaskStatus::Open {
            return Err(Refusal::NotInStatus { status: self.status });
        }
        if checked_on < self.since || checked_on > by.on {
            return Err(Refusal::BadDay { from: self.since, until: by.on });
        }
        Ok(Self {
            status: TaskStatus::Done,
            outcome: Some(outcome),
            note: Some(findings),
            documents,
            done_by: Some(by.name.clone()),
            done_by_id: Some(by.user),
            done_on: Some(checked_on),
            version: self.version + 1,
            ..self
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn hand(number: u128) -> Hand {
        let user = UserId::from_uuid(Uuid::from_u128(number));
        Hand { user, name: format!("人{number}"), on: day("2026-12-24") }
    }

    fn task(kind: TaskKind) -> Task {
        let id = Uuid::from_u128;
        Task {
            id: LoanTaskId::from_uuid(id(1)),
            kind,
            loan_id: LoanId::from_uuid(id(2)),
            loan_number: "L1".into(),
            facility_id: FacilityId::from_uuid(id(3)),
            bank_id: OrgId::from_uuid(id(4)),
            enterprise_id: OrgId::from_uuid(id(5)),
            enterprise_name: "企业".into(),
            draw_id: None,
            amount: None,
            purpose: None,
            since: day("2026-11-24"),
            due_on: day("2026-12-23"),
            status: TaskStatus::Open,
            documents: Vec::new(),
            note: None,
            outcome: None,
            done_by: None,
            done_by_id: None,
            done_on: None,
            decided_by: None,
            decision_note: None,
            created_at: "2026-11-24T10:00:00Z".parse().unwrap(),
            version: 1,
        }
    }

    #[test]
    fn papers_are_brought_by_one_and_decided_by_another_and_brought_again_when_rejected() {
        let papers = vec![DocumentId::from_uuid(Uuid::from_u128(9))];
        let open = task(TaskKind::UseOfFunds);
        assert!(open.is_overdue(day("2026-12-24")) && !open.is_overdue(day("2026-12-23")));
        assert_eq!(open.clone().supplied(Vec::new(), None, &hand(1)), Err(Refusal::NoPapers));
        assert!(open.clone().decided(true, None, &hand(2)).is_err(), "nothing was brought");
        let brought = open.supplied(papers.clone(), None, &hand(1)).unwrap();
        assert!(!brought.is_overdue(day("2026-12-24")), "it waits for the bank");
        assert_eq!(brought.clone().decided(true, None, &hand(1)), Err(Refusal::FourEyes));
        let rejected = brought.decided(false, Some("发票与合同不符".into()), &hand(2)).unwrap();
        assert!(rejected.is_overdue(day("2026-12-24")));
        let again = rejected.supplied(papers, None, &hand(1)).unwrap();
        assert_eq!(again.decided(true, None, &hand(2)).unwrap().status, TaskStatus::Accepted);
    }

    #[test]
    fn a_check_is_made_once_on_a_day_that_has_come() {
        let made = |on: &str| {
            let findings = (Outcome::Watch, "存货周转变慢".to_owned());
            task(TaskKind::Check).checked(findings, Vec::new(), day(on), &hand(1))
        };
        assert!(matches!(made("2026-12-25"), Err(Refusal::BadDay { .. })));
        assert!(matches!(made("2026-11-23"), Err(Refusal::BadDay { .. })));
        let done = made("2026-12-20").unwrap();
        assert_eq!((done.status, done.done_on), (TaskStatus::Done, Some(day("2026-12-20"))));
        let again = done.checked((Outcome::Sound, "正常".into()), Vec::new(), day("2026-12-20"), &hand(1));
        assert_eq!(again, Err(Refusal::NotInStatus { status: TaskStatus::Done }));
        let papers = vec![DocumentId::from_uuid(Uuid::from_u128(9))];
        assert_eq!(task(TaskKind::Check).supplied(papers, None, &hand(1)), Err(Refusal::OtherKind));
    }

    #[test]
    fn the_next_check_falls_due_some_months_later() {
        assert_eq!(months_after(day("2026-11-30"), 3), day("2027-02-28"));
    }
}
