//! A loan as it stood last; `known` once its draw was heard of. When it counts as overdue is said here, for rows
//! and for queries.

use chrono::NaiveDate;
use sea_orm::{Condition, entity::prelude::*};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "loan")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub number: String,
    pub facility_id: Uuid,
    pub bank_id: Uuid,
    pub bank_name: String,
    pub enterprise_id: Uuid,
    pub enterprise_name: String,
    pub industry: String,
    /// Everything drawn on it.
    pub principal_fen: i64,
    /// Of it, what its first draw was; the rest came with tranches.
    pub first_fen: i64,
    /// Of the principal, what funds cover; null where no draw told of any.
    pub covered_fen: Option<i64>,
    pub outstanding_fen: i64,
    pub interest_paid_fen: i64,
    pub annual_rate: String,
    pub drawn_on: Date,
    pub drawn_month: String,
    pub matures_on: Date,
    /// The oldest due date that was not met when it was last heard of; null when nothing was owed.
    pub next_due_on: Option<Date>,
    pub status: String,
    #[sea_orm(column_type = "Text")]
    pub shares: String,
    /// The tier of the classification; empty until one was heard of.
    pub tier: String,
    /// The stage of expected loss, 1 to 3; 0 until one was heard of.
    pub stage: i64,
    /// Days overdue by the bank's own count at its assessment.
    pub assessed_days: i64,
    /// What the banks provide for it.
    pub provision_fen: i64,
    /// The business date of the assessment.
    pub assessed_on: Option<Date>,
    pub version: i64,
    /// The newest draw or change of state that was heard of: terms and assessment are ordered by it, since a payment
    /// tells of neither.
    pub state_version: i64,
    pub known: bool,
    pub changed_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl Model {
    /// The oldest due date that was missed; `None` where none was or no principal is owed. The last day of the loan
    /// is one, whatever was heard of those before it.
    pub(crate) fn missed(&self, today: NaiveDate) -> Option<NaiveDate> {
        let due = self.next_due_on.map_or(self.matures_on, |due| due.min(self.matures_on));
        (self.outstanding_fen > 0 && due < today).then_some(due)
    }

    /// Days since that date; 0 where there is none.
    pub(crate) fn overdue_days(&self, today: NaiveDate) -> i64 {
        self.missed(today).map_or(0, |due| (today - due).num_days())
    }
}

/// The tiers that are non-performing (不良).
pub(crate) const NONPERFORMING: [&str; 3] = ["substandard", "doubtful", "loss"];

/// The loans on which a due date was missed: those of which [`Model::missed`] tells a date.
pub(crate) fn overdue(today: NaiveDate) -> Condition {
    let missed = Condition::any().add(Column::NextDueOn.lt(today)).add(Column::MaturesOn.lt(today));
    Condition::all().add(Column::OutstandingFen.gt(0)).add(missed)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn loan(outstanding_fen: i64, next_due_on: Option<&str>) -> Model {
        Model {
            id: Uuid::nil(),
            number: String::new(),
            facility_id: Uuid::nil(),
            bank_id: Uuid::nil(),
            bank_name: String::new(),
            enterprise_id: Uuid::nil(),
            enterprise_name: String::new(),
            industry: String::new(),
            principal_fen: 100,
            first_fen: 100,
            covered_fen: None,
            outstanding_fen,
            interest_paid_fen: 0,
            annual_rate: "0.04".into(),
            drawn_on: "2026-01-10".parse().unwrap(),
            drawn_month: "2026-01".into(),
            matures_on: "2027-01-10".parse().unwrap(),
            next_due_on: next_due_on.map(|day| day.parse().unwrap()),
            status: "active".into(),
            shares: "[]".into(),
            tier: String::new(),
            stage: 0,
            assessed_days: 0,
            provision_fen: 0,
            assessed_on: None,
            version: 1,
            state_version: 1,
            known: true,
            changed_at: DateTimeUtc::UNIX_EPOCH,
        }
    }

    #[test]
    fn a_loan_is_overdue_from_the_day_after_a_due_date_long_before_its_last_day() {
        let days = |loan: Model, today: &str| loan.overdue_days(today.parse().unwrap());
        assert_eq!(days(loan(100, Some("2026-03-10")), "2026-03-10"), 0);
        assert_eq!(days(loan(100, Some("2026-03-10")), "2026-03-11"), 1);
        assert_eq!(days(loan(0, Some("2026-03-10")), "2026-03-11"), 0, "nothing is owed");
        assert_eq!(days(loan(100, None), "2026-03-11"), 0, "no due date was told");
        assert_eq!(days(loan(100, None), "2027-01-11"), 1, "the last day is a due date");
        assert_eq!(days(loan(100, Some("2026-12-10")), "2027-01-11"), 32, "from the oldest");
    }
}
