//! Large files as they arrived, piece by piece, and the rows of them that were not imported.

use base64::{Engine, engine::general_purpose::STANDARD};
use chrono::TimeDelta;
use contracts::JobId;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
};
use tx_kit::{Fault, Tx, bulk::Rows};
use uuid::Uuid;

use super::file::RejectedRow;

/// Bytes of a piece.
pub(crate) const PIECE_BYTES: usize = 2 * 1024 * 1024;
/// What an import that failed leaves behind is kept this long for a look at it.
const KEPT: TimeDelta = TimeDelta::days(7);

/// A large file, in pieces.
pub mod file {
    use sea_orm::entity::prelude::*;

    /// A piece.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "import_file")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub file_id: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        pub position: i64,
        #[sea_orm(column_type = "Text")]
        pub bytes: String,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// Rows that were not imported.
pub mod error {
    use sea_orm::entity::prelude::*;

    /// A row.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "import_error")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub import_id: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        pub position: i64,
        #[sea_orm(column_type = "Text")]
        pub error: String,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// Keeps a piece of a file.
pub(crate) async fn keep(tx: &Tx, id: Uuid, position: i64, bytes: &[u8]) -> Result<(), Fault> {
    let row =
        file::ActiveModel { file_id: Set(id), position: Set(position), bytes: Set(STANDARD.encode(bytes)) };
    file::Entity::insert(row).exec_without_returning(tx.conn()).await?;
    Ok(())
}

/// The whole file.
pub(crate) async fn whole(tx: &Tx, id: Uuid) -> Result<Vec<u8>, Fault> {
    let mut bytes = Vec::new();
    let mut position = 0;
    while let Some(piece) = file::Entity::find_by_id((id, position)).one(tx.conn()).await? {
        STANDARD
            .decode_vec(&piece.bytes, &mut bytes)
            .map_err(|error| Fault::Corrupt(format!("import file {id}, piece {position}: {error}")))?;
        position += 1;
    }
    Ok(bytes)
}

/// Whether a file is here.
pub(crate) async fn is_kept(conn: &impl ConnectionTrait, id: Uuid) -> Result<bool, Fault> {
    Ok(file::Entity::find()
        .select_only()
        .column(file::Column::Position)
        .filter(file::Column::FileId.eq(id))
        .into_tuple::<i64>()
        .one(conn)
        .await?
        .is_some())
}

/// Throws a file away.
pub(crate) async fn drop_file(tx: &Tx, id: Uuid) -> Result<(), Fault> {
    file::Entity::delete_many().filter(file::Column::FileId.eq(id)).exec(tx.conn()).await?;
    Ok(())
}

/// Throws away files that nobody has read for a week: ids tell when they were made.
pub(crate) async fn drop_old(tx: &Tx) -> Result<(), Fault> {
    let until = u64::try_from((tx.now() - KEPT).timestamp_millis()).unwrap_or(0);
    let oldest_kept = Uuid::from_u128(u128::from(until) << 80);
    file::Entity::delete_many().filter(file::Column::FileId.lt(oldest_kept)).exec(tx.conn()).await?;
    Ok(())
}

/// Lists rows that were not imported, from a position on.
pub(crate) async fn add_errors(tx: &Tx, import: JobId, from: i64, rows: &[RejectedRow]) -> Result<(), Fault> {
    let models = (from..)
        .zip(rows)
        .map(|(position, row)| {
            Ok(error::ActiveModel {
                import_id: Set(import.uuid()),
                position: Set(position),
                error: Set(serde_json::to_string(row)?),
            })
        })
        .collect::<Result<Vec<_>, Fault>>()?;
    tx.conn().insert([Rows::of(models)?]).await
}

/// The first rows of an import that were not imported. Its import has been found in scope.
pub(crate) async fn errors(
    conn: &impl ConnectionTrait,
    import: JobId,
    most: u64,
) -> Result<Vec<RejectedRow>, Fault> {
    let rows = error::Entity::find()
        .filter(error::Column::ImportId.eq(import.uuid()))
        .order_by_asc(error::Column::Position)
        .limit(most)
        .all(conn)
        .await?;
    rows.iter().map(|row| serde_json::from_str(&row.error).map_err(Fault::from)).collect()
}
