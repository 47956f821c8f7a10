//! A loan as it stood last; `known` once its draw was heard of.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "loan")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub number: String,
    pub facility_id: Uuid,
    pub bank_id: Uuid,
    pub bank_name: String,
    pub enterprise_id: Uuid,
    pub enterprise_name: String,
    pub industry: String,
    pub principal_fen: i64,
    pub outstanding_fen: i64,
    pub interest_paid_fen: i64,
    pub annual_rate: String,
    pub drawn_on: Date,
    pub drawn_month: String,
    pub matures_on: Date,
    pub status: String,
    #[sea_orm(column_type = "Text")]
    pub shares: String,
    pub version: i64,
    pub known: bool,
    pub changed_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
