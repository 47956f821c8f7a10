//! What asks for a valuation to be made anew, as it was heard of last.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "revaluation_due")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub valuation_id: Uuid,
    pub valuation_number: String,
    pub tenant: Uuid,
    pub tenant_name: String,
    pub purpose: String,
    pub patent_id: Uuid,
    pub patent_number: String,
    #[sea_orm(column_type = "Text")]
    pub patent_title: String,
    pub cause: String,
    #[sea_orm(column_type = "Text")]
    pub reason_zh: String,
    #[sea_orm(column_type = "Text")]
    pub reason_en: String,
    pub noted_on: Date,
    pub deadline: Date,
    /// Null while it is due.
    pub closed_on: Option<Date>,
    pub version: i64,
    pub changed_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
