//! One further tranche of a loan: what was drawn after the loan's first draw, in its own month.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "tranche")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub loan_id: Uuid,
    pub facility_id: Uuid,
    pub bank_id: Uuid,
    pub enterprise_id: Uuid,
    pub drawn_on: Date,
    pub drawn_month: String,
    pub amount_fen: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
