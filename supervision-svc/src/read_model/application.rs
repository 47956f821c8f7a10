//! An application and its decision; `known` once its submission was heard of.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "application")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub bank_id: Uuid,
    pub bank_name: String,
    pub enterprise_id: Uuid,
    pub enterprise_name: String,
    pub facility_id: Option<Uuid>,
    pub amount_fen: i64,
    pub approved_fen: i64,
    #[sea_orm(column_type = "Text")]
    pub patents: String,
    pub status: String,
    pub submitted_on: Date,
    pub submitted_month: String,
    pub decided_on: Option<Date>,
    pub decided_month: Option<String>,
    pub decision_days: i64,
    pub status_version: i64,
    pub decision_version: i64,
    pub known: bool,
    pub changed_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
