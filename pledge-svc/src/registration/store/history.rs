//! What happened to a pledge, for people, in the order in which it happened.

use chrono::{DateTime, NaiveDate, Utc};
use contracts::{FilingId, PledgeId};
use identity::Scope;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect, QueryTrait,
};
use serde::{Deserialize, Serialize};
use tx_kit::{
    Fault, Tx,
    listing::{self, ListingError, PageOf, PageRequest, Sort},
};
use utoipa::ToSchema;
use uuid::Uuid;

use super::within;

/// The rows of the history.
pub mod history_row {
    use sea_orm::entity::prelude::*;

    /// One line.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "pledge_history")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub pledge_id: Uuid,
        /// Its place in the history; what one transaction writes has one instant.
        pub position: i64,
        pub filing_id: Option<Uuid>,
        pub at: DateTimeUtc,
        pub happened_on: Date,
        pub kind: String,
        pub who: String,
        #[sea_orm(column_type = "Text")]
        pub details: String,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

use history_row::Column;

/// One line of a pledge's history.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = PledgeHistoryLine)]
pub struct HistoryLine {
    /// The line.
    #[schema(value_type = String, format = Uuid)]
    pub id: Uuid,
    /// The filing it is about, where it is about one.
    pub filing_id: Option<FilingId>,
    /// When it was written down.
    pub at: DateTime<Utc>,
    /// The day of the act itself.
    pub on: NaiveDate,
    /// What happened: `submitted`, `accepted`, `deficient`, `corrected`, `registered`, `refused`, `withdrawn`,
    /// `change_filed`, `changed`, `cancellation_filed`, `cancelled`, `annulled`, `consent_given`, `patent_ended` …
    pub kind: String,
    /// Who, for people.
    pub who: String,
    /// What was said with it: texts, grounds, amounts.
    #[schema(value_type = Object)]
    pub details: serde_json::Value,
}

/// A line to be written.
#[derive(Debug, Clone)]
pub struct NewLine<'a> {
    /// The pledge.
    pub pledge: PledgeId,
    /// The filing, where it is about one.
    pub filing: Option<FilingId>,
    /// The day of the act itself.
    pub on: NaiveDate,
    /// What happened.
    pub kind: &'a str,
    /// Who, for people.
    pub who: &'a str,
    /// What was said with it.
    pub details: serde_json::Value,
}

/// Writes a line.
///
/// # Errors
/// The database's fault.
pub async fn write(tx: &mut Tx, line: NewLine<'_>) -> Result<(), Fault> {
    let last: Option<Option<i64>> = history_row::Entity::find()
        .select_only()
        .column_as(Column::Position.max(), "last")
        .filter(Column::PledgeId.eq(line.pledge.uuid()))
        .into_tuple()
        .one(tx.conn())
        .await?;
    let row = history_row::ActiveModel {
        id: Set(contracts::EventId::fresh(tx.now()).uuid()),
        pledge_id: Set(line.pledge.uuid()),
        position: Set(last.flatten().unwrap_or(0) + 1),
        filing_id: Set(line.filing.map(FilingId::uuid)),
        at: Set(tx.now()),
        happened_on: Set(line.on),
        kind: Set(line.kind.to_owned()),
        who: Set(line.who.to_owned()),
        details: Set(line.details.to_string()),
    };
    history_row::Entity::insert(row).exec_without_returning(tx.conn()).await?;
    Ok(())
}

/// One page of the history of a pledge in scope, oldest first or newest first.
///
/// # Errors
/// A cursor of another list, or the database's fault.
pub async fn page(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    pledge: PledgeId,
    descending: bool,
    request: &PageRequest,
) -> Result<PageOf<HistoryLine>, ListingError> {
    let in_scope = within(scope).select_only().column(super::row::Column::Id).into_query();
    let select = history_row::Entity::find()
        .filter(Column::PledgeId.eq(pledge.uuid()))
        .filter(Column::PledgeId.in_subquery(in_scope));
    let sort = Sort { column: Column::Position, descending };
    let page = listing::page(select, conn, sort, Column::Id, request).await?;
    let items = page.items.into_iter().map(line_of).collect::<Result<_, Fault>>()?;
    Ok(PageOf { items, next_cursor: page.next_cursor })
}

fn line_of(row: history_row::Model) -> Result<HistoryLine, Fault> {
    Ok(HistoryLine {
        id: row.id,
        filing_id: row.filing_id.map(FilingId::from_uuid),
        at: row.at,
        on: row.happened_on,
        kind: row.kind,
        who: row.who,
        details: serde_json::from_str(&row.details)?,
    })
}
