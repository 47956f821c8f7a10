//! The register's messages as they arrived, by filing and number. They are kept for good: who says what came when.

use std::collections::BTreeMap;

use contracts::FilingId;
use identity::Scope;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, sea_query::Expr,
};
use tx_kit::{Fault, Tx};

use crate::registration::model::{CameTo, OfficeMessage};

/// The rows of messages.
mod message_row {
    use sea_orm::entity::prelude::*;

    /// One message.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "register_message")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub filing_id: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        pub sequence: i64,
        #[sea_orm(column_type = "Text")]
        pub body: String,
        /// What it came to; none while it waits for one before it.
        pub came_to: Option<String>,
        pub received_at: DateTimeUtc,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

use message_row::Column;

/// The message of a number about a filing.
///
/// # Errors
/// The database's fault.
pub async fn find(
    conn: &impl ConnectionTrait,
    _system: &Scope,
    filing: FilingId,
    sequence: i64,
) -> Result<Option<OfficeMessage>, Fault> {
    let found = message_row::Entity::find_by_id((filing.uuid(), sequence)).one(conn).await?;
    Ok(found.map(|row| serde_json::from_str(&row.body)).transpose()?)
}

/// The messages about a filing beyond a number: those that wait.
///
/// # Errors
/// The database's fault.
pub async fn list_beyond(
    conn: &impl ConnectionTrait,
    _system: &Scope,
    filing: FilingId,
    taken: i64,
) -> Result<BTreeMap<i64, OfficeMessage>, Fault> {
    let rows = message_row::Entity::find()
        .filter(Column::FilingId.eq(filing.uuid()))
        .filter(Column::Sequence.gt(taken))
        .order_by_asc(Column::Sequence)
        .all(conn)
        .await?;
    rows.into_iter().map(|row| Ok((row.sequence, serde_json::from_str(&row.body)?))).collect()
}

/// Keeps a message that has just arrived.
///
/// # Errors
/// The database's fault; a twin that kept it first makes the transaction run again.
pub async fn keep(tx: &mut Tx, message: &OfficeMessage) -> Result<(), Fault> {
    let row = message_row::ActiveModel {
        filing_id: Set(message.request_id.uuid()),
        sequence: Set(message.sequence),
        body: Set(serde_json::to_string(message)?),
        came_to: Set(None),
        received_at: Set(tx.now()),
    };
    message_row::Entity::insert(row)
        .exec_without_returning(tx.conn())
        .await
        .map_err(|error| Fault::from(error).overtaken_if_taken())?;
    Ok(())
}

/// Notes what a message came to.
///
/// # Errors
/// The database's fault.
pub async fn note(tx: &mut Tx, message: &OfficeMessage, came_to: CameTo) -> Result<(), Fault> {
    message_row::Entity::update_many()
        .col_expr(Column::CameTo, Expr::value(came_to.name()))
        .filter(Column::FilingId.eq(message.request_id.uuid()))
        .filter(Column::Sequence.eq(message.sequence))
        .exec(tx.conn())
        .await?;
    Ok(())
}
