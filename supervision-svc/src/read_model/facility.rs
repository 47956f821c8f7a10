//! A facility as it stood last; a row with `state_version` 0 is known only from its draws and not shown yet.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "facility")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub number: String,
    pub name: String,
    pub bank_id: Uuid,
    pub bank_name: String,
    pub cluster: String,
    pub industry: String,
    pub limit_fen: i64,
    pub drawn_fen: i64,
    pub reserved_fen: i64,
    pub status: String,
    pub available_from: Date,
    pub available_until: Date,
    #[sea_orm(column_type = "Text")]
    pub shares: String,
    pub state_version: i64,
    /// The newest state that listed every member.
    pub whole_version: i64,
    pub totals_version: i64,
    pub changed_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
