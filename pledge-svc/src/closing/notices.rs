//! What borrowers and their officers are told at the close of a day: what falls due in three days, what falls due today,
//! what is late. A notice of one kind for one due date is given once, however often a day is closed again.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use contracts::{LoanId, OrgId, OrgKind};
use finance::Money;
use identity::Scope;
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, Select, Statement, Value,
    sea_query::{Expr, ExprTrait, OnConflict},
};
use serde::{Deserialize, Serialize};
use tx_kit::{Fault, Tx};
use uuid::Uuid;

use super::run;

/// Days before a due date on which it is announced. A default of the platform.
const ANNOUNCED_DAYS: i64 = 3;
/// Days overdue on which the borrower is told again.
const REMINDED_ON: [i64; 5] = [1, 7, 30, 60, 90];

/// The notice table.
pub mod entity {
    use sea_orm::entity::prelude::*;

    /// A row.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "notice")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub bank_id: Uuid,
        pub enterprise_id: Uuid,
        pub loan_id: Uuid,
        pub loan_number: String,
        pub kind: String,
        pub due_on: Date,
        pub amount_fen: i64,
        pub business_date: Date,
        pub created_at: DateTimeUtc,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// What a notice is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum NoticeKind {
    /// 即将到期: something falls due in a few days; its amount is in the schedule.
    DueSoon,
    /// 今日到期
    Due,
    /// 逾期
    Overdue,
}

impl NoticeKind {
    const fn name(self) -> &'static str {
        match self {
            Self::DueSoon => "due_soon",
            Self::Due => "due",
            Self::Overdue => "overdue",
        }
    }

    /// The word in Chinese.
    pub(super) const fn name_zh(self) -> &'static str {
        match self {
            Self::DueSoon => "即将到期",
            Self::Due => "今日到期",
            Self::Overdue => "逾期",
        }
    }

    pub(super) fn parse(text: &str) -> Option<Self> {
        [Self::DueSoon, Self::Due, Self::Overdue].into_iter().find(|kind| kind.name() == text)
    }
}

/// A notice to be given.
pub(super) struct NewNotice {
    pub loan: LoanId,
    pub loan_number: String,
    pub enterprise: OrgId,
    pub kind: NoticeKind,
    pub due_on: NaiveDate,
    pub amount: Money,
}

/// The mornings of which a loan's borrower is told at a close: more than one where the loan failed the days before.
#[derive(Debug, Clone, Copy)]
pub(super) struct Span {
    /// The morning of the last close; `None` before the first.
    before: Option<NaiveDate>,
    morning: NaiveDate,
}

impl Span {
    /// From the last day that was closed on a loan to a morning.
    pub(super) fn of(closed_on: Option<NaiveDate>, morning: NaiveDate) -> Self {
        Self { before: closed_on.and_then(|day| day.succ_opt()), morning }
    }

    fn has(self, day: NaiveDate) -> bool {
        day <= self.morning && self.before.is_none_or(|before| before < day)
    }
}

/// What is to be told of a loan that owes on a morning: of the reminders that have come up the latest, and what falls due
/// today, whatever else is late.
pub(super) fn kinds_of(
    dues: &[crate::loan::model::Due],
    overdue_days: i64,
    span: Span,
) -> impl Iterator<Item = (NoticeKind, NaiveDate)> {
    let since = span.morning - TimeDelta::days(overdue_days);
    let mut reminders = REMINDED_ON.iter().rev().map(|days| since + TimeDelta::days(*days));
    // Each reminder is one of its own: the day it is given for is part of it.
    let reminder = reminders.find(|day| overdue_days > 0 && span.has(*day));
    let due = dues.iter().any(|due| due.due == span.morning).then_some((NoticeKind::Due, span.morning));
    reminder.map(|day| (NoticeKind::Overdue, day)).into_iter().chain(due)
}

/// Gives notices; one that was given before is left as it is.
pub(super) async fn give(tx: &Tx, run: &run::entity::Model, notices: Vec<NewNotice>) -> Result<(), Fault> {
    let rows: Vec<entity::ActiveModel> = notices
        .into_iter()
        .map(|one| entity::ActiveModel {
            id: Set(contracts::EventId::fresh(tx.now()).uuid()),
            bank_id: Set(run.bank_id),
            enterprise_id: Set(one.enterprise.uuid()),
            loan_id: Set(one.loan.uuid()),
            loan_number: Set(one.loan_number),
            kind: Set(one.kind.name().to_owned()),
            due_on: Set(one.due_on),
            amount_fen: Set(one.amount.fen()),
            business_date: Set(run.business_date),
            created_at: Set(tx.now()),
        })
        .collect();
    let once = OnConflict::columns([entity::Column::LoanId, entity::Column::Kind, entity::Column::DueOn])
        .do_nothing()
        .to_owned();
    for chunk in rows.chunks(1_000) {
        entity::Entity::insert_many(chunk.to_vec())
            .on_conflict(once.clone())
            .exec_without_returning(tx.conn())
            .await?;
    }
    Ok(())
}

const DUE_SOON: &str = "SELECT id, number, enterprise_id FROM loan \
     WHERE bank_id = $1 AND status = 'active' AND next_due_on = $2";

/// Announces what falls due in a few days.
pub(super) async fn announce(tx: &Tx, run: &run::entity::Model) -> Result<(), Fault> {
    let due_on = run.business_date + TimeDelta::days(1 + ANNOUNCED_DAYS);
    let values: [Value; 2] = [run.bank_id.into(), due_on.into()];
    let backend = tx.conn().get_database_backend();
    let rows = tx.conn().query_all_raw(Statement::from_sql_and_values(backend, DUE_SOON, values)).await?;
    let notices = rows
        .iter()
        .map(|row| {
            Ok(NewNotice {
                loan: row.try_get_by_index::<Uuid>(0)?.into(),
                loan_number: row.try_get_by_index(1)?,
                enterprise: row.try_get_by_index::<Uuid>(2)?.into(),
                kind: NoticeKind::DueSoon,
                due_on,
                amount: Money::ZERO,
            })
        })
        .collect::<Result<_, Fault>>()?;
    give(tx, run, notices).await
}

/// The notices that a scope may see: a borrower's own, a bank's about its loans.
pub(super) fn find(scope: &Scope) -> Select<entity::Entity> {
    let tenant = scope.tenant().uuid();
    let seen = match scope.kind() {
        _ if scope.sees_all() => Condition::all(),
        OrgKind::Bank => Condition::all().add(entity::Column::BankId.eq(tenant)),
        OrgKind::Enterprise => Condition::all().add(entity::Column::EnterpriseId.eq(tenant)),
        _ => Condition::all().add(Expr::val(1).eq(0)),
    };
    entity::Entity::find().filter(seen)
}

/// A notice as the API shows it.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
pub(super) struct Notice {
    id: Uuid,
    loan_id: LoanId,
    loan_number: String,
    /// What it is about.
    kind: NoticeKind,
    /// The due date it is about; of a reminder, the day it is given.
    due_on: NaiveDate,
    /// What is to be paid; zero where the schedule says it.
    amount: Money,
    business_date: NaiveDate,
    created_at: DateTime<Utc>,
}

impl TryFrom<entity::Model> for Notice {
    type Error = Fault;

    fn try_from(row: entity::Model) -> Result<Self, Fault> {
        Ok(Self {
            id: row.id,
            loan_id: row.loan_id.into(),
            loan_number: row.loan_number,
            kind: NoticeKind::parse(&row.kind)
                .ok_or_else(|| Fault::Corrupt(format!("notice kind {}", row.kind)))?,
            due_on: row.due_on,
            amount: Money::from_fen(row.amount_fen),
            business_date: row.business_date,
            created_at: row.created_at,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::loan::model::Due;

    fn told(dues: &[&str], closed_on: Option<&str>, morning: &str) -> Vec<(NoticeKind, String)> {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        let dues: Vec<Due> = (1..)
            .zip(dues)
            .map(|(number, due)| Due {
                number,
                due: day(due),
                principal: Money::ZERO,
                interest: Money::from_fen(1),
                spared: false,
            })
            .collect();
        let missed = dues.iter().map(|due| due.due).find(|due| *due < day(morning));
        let overdue_days = missed.map_or(0, |due| (day(morning) - due).num_days());
        let span = Span::of(closed_on.map(day), day(morning));
        kinds_of(&dues, overdue_days, span).map(|(kind, on)| (kind, on.to_string())).collect()
    }

    #[test]
    fn what_falls_due_is_told_beside_what_is_late() {
        let both = told(&["2026-11-24", "2026-12-24"], Some("2026-12-22"), "2026-12-24");
        assert_eq!(
            both,
            [(NoticeKind::Overdue, "2026-12-24".into()), (NoticeKind::Due, "2026-12-24".into())]
        );
        assert_eq!(
            told(&["2026-12-24"], Some("2026-12-22"), "2026-12-24"),
            [(NoticeKind::Due, "2026-12-24".into())]
        );
        assert!(told(&["2026-12-24"], Some("2026-12-24"), "2026-12-26").is_empty(), "two days late");
    }

    #[test]
    fn a_loan_that_failed_for_some_days_is_reminded_of_once_when_it_is_taken_along() {
        let late = told(&["2026-12-01"], Some("2026-12-01"), "2026-12-11");
        assert_eq!(late, [(NoticeKind::Overdue, "2026-12-08".into())], "the seventh day lay between");
        assert!(told(&["2026-12-01"], Some("2026-12-10"), "2026-12-12").is_empty());
        assert_eq!(told(&["2026-12-01"], None, "2026-12-03"), [(NoticeKind::Overdue, "2026-12-02".into())]);
    }
}
