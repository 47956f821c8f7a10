//! What borrowers and their officers are told at the close of a day: what falls due in three days, what falls due today,
//! what is late. A notice of one kind for one due date is given once, however often a day is closed again.

use std::collections::HashSet;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use contracts::{LoanId, OrgId};
use finance::{Money, MoneyError, Schedule};
use identity::Scope;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, Select};
use serde::{Deserialize, Serialize};
use tx_kit::{
    Fault, Tx,
    bulk::{Rows, Values, padded},
};
use uuid::Uuid;

pub(super) use super::notice_kind::NoticeKind;
use super::run;
use crate::{
    loan::{LoanTerms, model::Account, store as loans, store::loan},
    visible, working_days,
};

/// Loans whose plans are held at once.
const LOANS_AT_ONCE: usize = 1_000;
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
        pub loan_id: Option<Uuid>,
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

    /// The morning.
    pub(super) const fn morning(self) -> NaiveDate {
        self.morning
    }

    fn has(self, day: NaiveDate) -> bool {
        day <= self.morning && self.before.is_none_or(|before| before < day)
    }
}

/// What is to be told of a loan that owes on a morning: of the reminders that have come up the latest, be it an instalment,
/// a fee or penalty that is late, and what falls due today, whatever else is late.
pub(super) fn kinds_of(
    falls_due: bool,
    overdue_days: i64,
    span: Span,
) -> impl Iterator<Item = (NoticeKind, NaiveDate)> {
    let since = span.morning - TimeDelta::days(overdue_days);
    let mut reminders = REMINDED_ON.iter().rev().map(|days| since + TimeDelta::days(*days));
    // Each reminder is one of its own: the day it is given for is part of it.
    let reminder = reminders.find(|day| overdue_days > 0 && span.has(*day));
    let due = falls_due.then_some((NoticeKind::Due, span.morning));
    reminder.map(|day| (NoticeKind::Overdue, day)).into_iter().chain(due)
}

const GIVE: &str = "INSERT INTO notice (id, bank_id, enterprise_id, loan_id, loan_number, kind, due_on, amount_fen, \
     business_date, created_at) SELECT x.id, x.bank_id, x.enterprise_id, x.loan_id, x.loan_number, x.kind, x.due_on, \
     x.amount_fen, x.business_date, x.created_at FROM {rows} WHERE x.id IS NOT NULL \
     ON CONFLICT (loan_id, kind, due_on) DO NOTHING";

/// Gives notices; one that was given before is left as it is.
pub(super) async fn give(tx: &Tx, run: &run::entity::Model, notices: Vec<NewNotice>) -> Result<(), Fault> {
    let id = |of: &dyn Fn(&NewNotice) -> Uuid| Values::ids(notices.iter().map(of));
    let columns = vec![
        ("id", id(&|_| contracts::EventId::fresh(tx.now()).uuid())),
        ("bank_id", id(&|_| run.bank_id)),
        ("enterprise_id", id(&|one| one.enterprise.uuid())),
        ("loan_id", id(&|one| one.loan.uuid())),
        ("kind", Values::texts(notices.iter().map(|one| one.kind.name().to_owned()))),
        ("due_on", Values::Date(notices.iter().map(|one| Some(one.due_on)).collect())),
        ("amount_fen", Values::numbers(notices.iter().map(|one| one.amount.fen()))),
        ("business_date", Values::Date(notices.iter().map(|_| Some(run.business_date)).collect())),
        ("created_at", Values::Stamp(notices.iter().map(|_| Some(tx.now())).collect())),
        ("loan_number", Values::texts(notices.into_iter().map(|one| one.loan_number))),
    ];
    tx.conn().execute_with(GIVE, Rows::named("x", columns)?).await?;
    Ok(())
}

/// The due date that is announced on a morning.
pub(super) fn announced(morning: NaiveDate) -> NaiveDate {
    morning + TimeDelta::days(ANNOUNCED_DAYS)
}

/// As [`GIVE`], of loans whose rows stand as they stood when it was worked out what falls due on them next.
const ANNOUNCE: &str = "INSERT INTO notice (id, bank_id, enterprise_id, loan_id, loan_number, kind, due_on, amount_fen, \
     business_date, created_at) SELECT x.id, l.bank_id, l.enterprise_id, l.id, l.number, x.kind, l.next_due_on, d.next_fen, \
     x.business_date, x.created_at FROM {rows} JOIN loan l ON l.id = x.loan_id \
     JOIN loan_day d ON d.loan_id = l.id AND d.decided_version = l.version \
     WHERE l.next_due_on = x.due_on AND d.next_fen > 0 ON CONFLICT (loan_id, kind, due_on) DO NOTHING RETURNING loan_id";

/// Announces by one statement what falls due on a day, of loans of which it is known; those of which it is not are left.
async fn announce_known(
    tx: &Tx,
    run: &run::entity::Model,
    due_on: NaiveDate,
    soon: Vec<Uuid>,
) -> Result<Vec<Uuid>, Fault> {
    let day = |day: NaiveDate| Values::Date(soon.iter().map(|_| Some(day)).collect());
    let columns = vec![
        ("id", Values::ids(soon.iter().map(|_| contracts::EventId::fresh(tx.now()).uuid()))),
        ("loan_id", Values::ids(soon.iter().copied())),
        ("kind", Values::texts(soon.iter().map(|_| NoticeKind::DueSoon.name().to_owned()))),
        ("due_on", day(due_on)),
        ("business_date", day(run.business_date)),
        ("created_at", Values::Stamp(soon.iter().map(|_| Some(tx.now())).collect())),
    ];
    let told = tx.conn().query_with(ANNOUNCE, Rows::named("x", columns)?).await?;
    let told: HashSet<Uuid> = told.iter().map(|row| row.try_get_by_index(0)).collect::<Result<_, _>>()?;
    Ok(soon.into_iter().filter(|loan| !told.contains(loan)).collect())
}

/// Announces what falls due in a few days on loans that were closed without being looked at, and on those that could not be closed.
pub(super) async fn announce(
    tx: &Tx,
    run: &run::entity::Model,
    scope: &Scope,
    soon: Vec<Uuid>,
) -> Result<(), Fault> {
    if soon.is_empty() {
        return Ok(());
    }
    let due_on = announced(run.business_date + TimeDelta::days(1));
    let soon = announce_known(tx, run, due_on, soon).await?;
    if soon.is_empty() {
        return Ok(());
    }
    let calendar = working_days::of_bank(tx.conn(), run.bank_id.into(), run.business_date).await?;
    let mut notices = Vec::with_capacity(soon.len());
    for ids in soon.chunks(LOANS_AT_ONCE) {
        let rows = loans::find(scope)
            .filter(loan::Column::Id.is_in(padded(ids.iter().copied())))
            .all(tx.conn())
            .await?;
        let mut plans = loans::plans(tx.conn(), &rows).await?;
        for row in rows {
            let mut of_row = || -> Result<_, Fault> {
                let (terms, account, _) = loans::parts(&row)?;
                let terms = LoanTerms { calendar, ..terms };
                let plan = plans.remove(&row.id).map_or_else(|| loans::agreed(&row), Ok)?;
                falls_due_on(&terms, &plan, &account, due_on)
                    .map_err(|error| Fault::Corrupt(error.to_string()))
            };
            match of_row() {
                Ok(None) => {}
                Ok(Some(amount)) => notices.push(due_soon(&row, due_on, amount)),
                Err(fault) => tracing::error!(loan.id = %row.id, %fault, "nothing is announced of a loan"),
            }
        }
    }
    give(tx, run, notices).await
}

/// The notice of an instalment that falls due in a few days.
pub(super) fn due_soon(row: &loan::Model, due_on: NaiveDate, amount: Money) -> NewNotice {
    NewNotice {
        loan: row.id.into(),
        loan_number: row.number.clone(),
        enterprise: row.enterprise_id.into(),
        kind: NoticeKind::DueSoon,
        due_on,
        amount,
    }
}

/// What falls due on a loan on a day to come, the instalment alone, whatever is late by then; nothing where nothing does.
///
/// # Errors
/// [`MoneyError::Overflow`]
pub(super) fn falls_due_on(
    terms: &LoanTerms,
    plan: &Schedule,
    account: &Account,
    on: NaiveDate,
) -> Result<Option<Money>, MoneyError> {
    if !plan.instalments.iter().any(|one| one.due == on && one.number > account.billed) {
        return Ok(None);
    }
    let ahead = account.clone().advanced(terms, plan, on)?;
    let dues = ahead.arrears.dues.iter().filter(|due| due.due == on);
    let amount = Money::total(dues.flat_map(|due| [due.principal, due.interest]))?;
    Ok(Some(amount).filter(|amount| amount.is_positive()))
}

/// The notices that a scope may see: a borrower's own, a bank's about its loans.
pub(super) fn find(scope: &Scope) -> Select<entity::Entity> {
    let seen = visible::between(scope, entity::Column::BankId, entity::Column::EnterpriseId);
    entity::Entity::find().filter(seen)
}

/// A notice as the API shows it.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
pub(super) struct Notice {
    id: Uuid,
    /// The loan; null where it is about a deposit.
    loan_id: Option<LoanId>,
    /// The number of the loan; of the line, where it is about a deposit.
    loan_number: String,
    /// What it is about.
    kind: NoticeKind,
    /// The due date it is about; of a reminder, the day it is given.
    due_on: NaiveDate,
    /// What is to be paid; of what falls due soon, the instalment alone.
    amount: Money,
    business_date: NaiveDate,
    created_at: DateTime<Utc>,
}

impl TryFrom<entity::Model> for Notice {
    type Error = Fault;

    fn try_from(row: entity::Model) -> Result<Self, Fault> {
        Ok(Self {
            id: row.id,
            loan_id: row.loan_id.map(LoanId::from_uuid),
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
        let falls_due = dues.iter().any(|due| due.due == day(morning));
        kinds_of(falls_due, overdue_days, span).map(|(kind, on)| (kind, on.to_string())).collect()
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
