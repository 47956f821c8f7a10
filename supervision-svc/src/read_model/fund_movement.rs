//! A movement of a fund's money: a line of its statement.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "fund_movement")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub fund_id: Uuid,
    pub agreement_id: Option<Uuid>,
    pub bank_id: Option<Uuid>,
    pub kind: String,
    pub amount_fen: i64,
    pub balance_fen: i64,
    pub claim_id: Option<Uuid>,
    pub party: String,
    pub reference: String,
    pub booked_on: Date,
    pub booked_month: String,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
