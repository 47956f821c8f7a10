//! The inbox: an event has its effect once, however often the bus brings it.

use contracts::{Envelope, EventId};
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QuerySelect};

use crate::{Fault, Tx};

mod entity {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "inbox")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub consumer: String,
        #[sea_orm(primary_key, auto_increment = false)]
        pub event_id: Uuid,
        pub received_at: DateTimeUtc,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// The events of the batch that this consumer has not yet had, recorded as had in the caller's transaction.
///
/// # Errors
/// The database's fault. A twin that takes the same events at the same time meets the primary key and is
/// run again.
pub async fn first_time<'e>(
    tx: &mut Tx,
    consumer: &str,
    batch: &'e [Envelope],
) -> Result<Vec<&'e Envelope>, Fault> {
    let had: Vec<uuid::Uuid> = entity::Entity::find()
        .select_only()
        .column(entity::Column::EventId)
        .filter(entity::Column::Consumer.eq(consumer))
        .filter(entity::Column::EventId.is_in(batch.iter().map(|envelope| envelope.id.uuid())))
        .into_tuple()
        .all(tx.conn())
        .await?;
    let mut seen: std::collections::HashSet<EventId> = had.into_iter().map(EventId::from_uuid).collect();
    let fresh: Vec<&Envelope> = batch.iter().filter(|envelope| seen.insert(envelope.id)).collect();
    if fresh.is_empty() {
        return Ok(fresh);
    }
    let now = tx.now();
    let rows = fresh.iter().map(|envelope| entity::ActiveModel {
        consumer: Set(consumer.to_owned()),
        event_id: Set(envelope.id.uuid()),
        received_at: Set(now),
    });
    entity::Entity::insert_many(rows).exec_without_returning(tx.conn()).await.map_err(crate::fault::twin)?;
    Ok(fresh)
}
