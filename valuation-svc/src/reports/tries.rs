//! Values tried against reports, counted in the database: every replica sees them and a restart keeps them.

use chrono::{DateTime, Utc};
use contracts::ReportId;
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter};
use tx_kit::{Fault, Tx};

use super::model::governor::{Tries, one_more};

mod row {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "valuation_report_tries")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub report_id: Uuid,
        pub since: DateTimeUtc,
        pub tries: i64,
        pub version: i64,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// Counts a value that is tried against a report; when to try again, where it may not be tried now.
///
/// # Errors
/// The database's fault; a conflict where another was counted meanwhile.
pub(super) async fn count(tx: &Tx, report: ReportId) -> Result<Option<DateTime<Utc>>, Fault> {
    let before = row::Entity::find_by_id(report.uuid()).one(tx.conn()).await?;
    let known = before.as_ref().map(|row| Tries { since: row.since, count: row.tries });
    let tries = match one_more(known, tx.now()) {
        Ok(tries) => tries,
        Err(again_at) => return Ok(Some(again_at)),
    };
    let change = row::ActiveModel {
        report_id: Set(report.uuid()),
        since: Set(tries.since),
        tries: Set(tries.count),
        version: Set(before.as_ref().map_or(1, |row| row.version + 1)),
    };
    let Some(before) = before else {
        row::Entity::insert(change)
            .exec_without_returning(tx.conn())
            .await
            .map_err(|error| Fault::from(error).overtaken_if_taken())?;
        return Ok(None);
    };
    let counted = row::Entity::update_many()
        .set(change)
        .filter(row::Column::ReportId.eq(before.report_id))
        .filter(row::Column::Version.eq(before.version))
        .exec(tx.conn())
        .await?;
    if counted.rows_affected == 1 {
        Ok(None)
    } else {
        Err(Fault::Conflict(format!("another value was tried against report {report}")))
    }
}
