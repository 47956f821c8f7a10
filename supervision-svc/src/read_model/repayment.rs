//! One payment on a loan.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "repayment")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub loan_id: Uuid,
    pub facility_id: Uuid,
    pub bank_id: Uuid,
    pub enterprise_id: Uuid,
    pub paid_on: Date,
    pub paid_month: String,
    pub principal_fen: i64,
    pub interest_fen: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
