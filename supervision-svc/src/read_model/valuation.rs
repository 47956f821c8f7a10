//! A valuation with the figures that hold: the model's, or those of an approved override.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "valuation")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub tenant: Uuid,
    pub tenant_name: String,
    pub patent_id: Uuid,
    pub patent_number: String,
    #[sea_orm(column_type = "Text")]
    pub patent_title: String,
    pub industry: Option<String>,
    pub purpose: String,
    pub score_hundredths: i64,
    pub grade: Option<String>,
    pub low_fen: i64,
    pub value_fen: i64,
    pub high_fen: i64,
    pub collateral_fen: i64,
    pub maximum_loan_fen: i64,
    pub valuation_date: Date,
    pub valid_until: Date,
    pub model_version: String,
    /// The version of the valuation that the figures are of.
    pub version: i64,
    pub completed_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
