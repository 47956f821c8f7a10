//! A disposal case: its state and every sum, as its newest event told them.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "disposal_case")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub number: String,
    pub loan_id: Uuid,
    pub loan_number: String,
    pub facility_id: Uuid,
    pub bank_id: Uuid,
    pub bank_name: String,
    pub enterprise_id: Uuid,
    pub enterprise_name: String,
    pub cause: String,
    pub status: String,
    pub outcome: Option<String>,
    pub opened_on: Date,
    pub opened_month: String,
    pub closed_on: Option<Date>,
    pub claim_fen: i64,
    pub costs_fen: i64,
    pub reimbursed_fen: i64,
    pub proceeds_fen: i64,
    pub repaid_fen: i64,
    pub loss_fen: i64,
    pub compensated_fen: i64,
    pub written_off_fen: i64,
    pub written_back_fen: i64,
    pub recovered_fen: i64,
    pub own_back_fen: i64,
    pub extra_fen: i64,
    pub returned_fen: i64,
    pub surplus_fen: i64,
    pub version: i64,
    pub changed_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
