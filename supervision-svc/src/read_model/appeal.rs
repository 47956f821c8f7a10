//! An enterprise's appeal against a refusal, of which an application has one at most; `known` once it was heard of.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "appeal")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub application_id: Uuid,
    pub number: String,
    pub bank_id: Uuid,
    pub bank_name: String,
    pub enterprise_id: Uuid,
    pub enterprise_name: String,
    pub amount_fen: i64,
    pub refused_on: Date,
    pub made_on: Date,
    pub made_month: String,
    pub due_on: Option<Date>,
    pub outcome: Option<String>,
    pub decided_on: Option<Date>,
    pub days: i64,
    pub known: bool,
    pub changed_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
