//! An insurance policy; `known` once its binding was heard of.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "policy")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub number: String,
    pub insurer_id: Uuid,
    pub insurer_name: String,
    pub product: String,
    pub insured_id: Uuid,
    pub insured_name: String,
    pub patent_id: Option<Uuid>,
    pub loan_id: Option<Uuid>,
    pub beneficiary_id: Option<Uuid>,
    pub limit_fen: i64,
    pub premium_fen: i64,
    pub returned_fen: i64,
    pub starts_on: Date,
    pub ends_on: Date,
    pub bound_month: String,
    pub ended_month: Option<String>,
    pub status: String,
    pub known: bool,
    pub changed_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
