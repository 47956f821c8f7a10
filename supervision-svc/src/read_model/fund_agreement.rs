//! A fund's agreement with a bank, as its newest event told it.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "fund_agreement")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub number: String,
    pub fund_id: Uuid,
    pub fund_name: String,
    pub bank_id: Uuid,
    pub bank_name: String,
    pub facility_id: Option<Uuid>,
    pub facility_name: Option<String>,
    pub commitment_fen: i64,
    pub leverage_max: String,
    pub share_max: String,
    pub threshold: String,
    pub starts_on: Date,
    pub ends_on: Date,
    pub status: String,
    pub stop_cause: Option<String>,
    pub stop_ratio: Option<String>,
    pub stopped_on: Option<Date>,
    pub paid_fen: i64,
    pub returned_fen: i64,
    pub pending_fen: i64,
    pub version: i64,
    pub changed_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
