//! Loans that could not be closed: which faults are a loan's own, and the note of each.

use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, RuntimeErr, SqlxError,
    Statement, Value,
};
use tx_kit::{Fault, Tx};
use uuid::Uuid;

use super::run;

/// Loans that could not be closed.
pub mod entity {
    use sea_orm::entity::prelude::*;

    /// A row.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "closing_failure")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub bank_id: Uuid,
        pub loan_id: Uuid,
        pub business_date: Date,
        #[sea_orm(column_type = "Text")]
        pub reason: String,
        pub failed_at: DateTimeUtc,
        pub mended_at: Option<DateTimeUtc>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// A loan that could not be closed, and why.
#[derive(Debug)]
pub(super) struct Failure {
    pub loan: Uuid,
    pub reason: String,
}

/// Whether a fault is of what is stored of some loan, so that the others can be closed without it: a value that does not
/// read back, a rule that does not hold, a row that a check refuses. A database that does not answer is nobody's.
pub(super) fn is_of_data(fault: &Fault) -> bool {
    match fault {
        Fault::Corrupt(_) | Fault::Json(_) | Fault::Invariant(_) => true,
        Fault::Database(error) => !fault.is_transient() && is_refusal(error),
        _ => false,
    }
}

fn is_refusal(error: &DbErr) -> bool {
    let (DbErr::Exec(RuntimeErr::SqlxError(inner)) | DbErr::Query(RuntimeErr::SqlxError(inner))) = error
    else {
        return matches!(error, DbErr::Type(_) | DbErr::Json(_) | DbErr::TryIntoErr { .. });
    };
    match inner.as_ref() {
        SqlxError::ColumnDecode { .. } | SqlxError::Decode(_) => true,
        SqlxError::Database(refusal) => refusal.code().is_some_and(|code| is_of_values(&code)),
        _ => false,
    }
}

/// PostgreSQL's classes 22 (data) and 23 (constraints); SQLite's constraint (19) and mismatch (20), whose extended codes
/// carry the plain one in their last byte and never have five digits.
fn is_of_values(code: &str) -> bool {
    if code.len() == 5 {
        return code.starts_with("22") || code.starts_with("23");
    }
    code.parse::<u32>().is_ok_and(|code| matches!(code & 0xff, 19 | 20))
}

/// What failed before in these loans and did not fail today is mended.
const MENDED: &str = "UPDATE closing_failure SET mended_at = $1 WHERE mended_at IS NULL AND bank_id = $2 \
     AND loan_id > $3 AND loan_id <= $4 AND loan_id NOT IN (SELECT f.loan_id FROM closing_failure f \
     WHERE f.bank_id = $2 AND f.business_date = $5 AND f.loan_id > $3 AND f.loan_id <= $4)";

/// Notes what failed of the loans after one and up to another; what failed before and was closed now is mended.
pub(super) async fn note(
    tx: &Tx,
    run: &run::entity::Model,
    (after, last): (Uuid, Uuid),
    failures: &[Failure],
) -> Result<(), Fault> {
    for some in failures.chunks(1_000) {
        insert(tx, run, some).await?;
    }
    let at: DateTime<Utc> = tx.now();
    let on: NaiveDate = run.business_date;
    let values: [Value; 5] = [at.into(), run.bank_id.into(), after.into(), last.into(), on.into()];
    let statement = Statement::from_sql_and_values(tx.conn().get_database_backend(), MENDED, values);
    tx.conn().execute_raw(statement).await?;
    Ok(())
}

async fn insert(tx: &Tx, run: &run::entity::Model, failures: &[Failure]) -> Result<(), Fault> {
    let ids: Vec<Uuid> = failures.iter().map(|one| one.loan).collect();
    for failure in failures {
        tracing::warn!(loan.id = %failure.loan, "a loan could not be closed: {}", failure.reason);
    }
    entity::Entity::delete_many()
        .filter(entity::Column::BusinessDate.eq(run.business_date))
        .filter(entity::Column::LoanId.is_in(ids))
        .exec(tx.conn())
        .await?;
    let rows = failures.iter().map(|one| entity::ActiveModel {
        id: Set(contracts::EventId::fresh(tx.now()).uuid()),
        bank_id: Set(run.bank_id),
        loan_id: Set(one.loan),
        business_date: Set(run.business_date),
        reason: Set(one.reason.clone()),
        failed_at: Set(tx.now()),
        mended_at: Set(None),
    });
    entity::Entity::insert_many(rows.collect::<Vec<_>>()).exec_without_returning(tx.conn()).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_that_does_not_read_is_a_loans_own_trouble_and_a_lost_connection_is_not() {
        let lost = SqlxError::Io(std::io::Error::other("lost"));
        let lost = Fault::Database(DbErr::Exec(RuntimeErr::SqlxError(std::sync::Arc::new(lost))));
        assert!(!is_of_data(&lost));
        assert!(!is_of_data(&Fault::Conflict("a twin".to_owned())));
        assert!(is_of_data(&Fault::Corrupt("rate".to_owned())));
        for (code, own) in [
            ("22003", true),
            ("23514", true),
            ("40001", false),
            ("57P01", false),
            ("275", true),
            ("1299", true),
            ("13", false),
            ("5", false),
        ] {
            assert_eq!(is_of_values(code), own, "{code}");
        }
    }
}
