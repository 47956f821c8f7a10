//! A patent's legal status as it stood last.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "patent_status")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub patent_id: Uuid,
    pub patent_number: String,
    pub status: String,
    pub effective: Date,
    pub version: i64,
    pub changed_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
