//! A pledge as it stood last. `registered_on` stays when it is cancelled.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "pledge")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub bank_id: Uuid,
    pub bank_name: String,
    pub enterprise_id: Uuid,
    pub enterprise_name: String,
    pub application_id: Uuid,
    pub status: String,
    pub registration_number: Option<String>,
    pub secured_fen: i64,
    pub collateral_fen: i64,
    pub registered_on: Option<Date>,
    pub registered_month: Option<String>,
    pub version: i64,
    pub changed_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
